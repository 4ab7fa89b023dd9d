//! Embedding: rows of a table, picked by id.
//!
//! `out_t = table[id_t]`. Copies only, so there is one version for all CPUs.

use crate::parallel::{for_rows, grain_rows};

/// Copies row `ids[t]` of `table` to row `t` of `out`.
///
/// Shapes: `out` is `[ids, dim]`, `table` is `[vocab, dim]`.
///
/// # Panics
/// If the shapes disagree or an id lies outside the table.
pub fn embedding(out: &mut [f32], table: &[f32], ids: &[u32], dim: usize) {
    assert_eq!(out.len(), ids.len() * dim);
    for_rows(out, dim, grain_rows(dim), &|first, rows| {
        scalar::gather(rows, table, &ids[first..], dim);
    });
}

/// `dtable[id_t] += dy_t`, in the order of `t`.
///
/// Shapes: `dtable` is `[vocab, dim]`, `dy` is `[ids, dim]`.
///
/// # Panics
/// As [`embedding`].
pub fn embedding_backward(dtable: &mut [f32], dy: &[f32], ids: &[u32], dim: usize) {
    assert_eq!(dy.len(), ids.len() * dim);
    scalar::scatter_add(dtable, dy, ids, dim);
}

mod scalar {
    use crate::float::Float;

    pub(super) fn gather<F: Float>(out: &mut [F], table: &[F], ids: &[u32], dim: usize) {
        for (out, &id) in out.chunks_exact_mut(dim).zip(ids) {
            out.copy_from_slice(&table[id as usize * dim..][..dim]);
        }
    }

    pub(super) fn scatter_add<F: Float>(dtable: &mut [F], dy: &[F], ids: &[u32], dim: usize) {
        for (dy, &id) in dy.chunks_exact(dim).zip(ids) {
            let row = &mut dtable[id as usize * dim..][..dim];
            for (d, &dy) in row.iter_mut().zip(dy) {
                *d += dy;
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
    use testkit::Rng;

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(2);
        let (vocab, dim, count) = (50, 33, 3000);
        let table = rng.normals(vocab * dim);
        let ids: Vec<u32> = (0..count).map(|_| rng.below(vocab) as u32).collect();
        let (mut got, mut want) = (vec![f32::NAN; count * dim], vec![f32::NAN; count * dim]);
        embedding(&mut got, &table, &ids, dim);
        scalar::gather(&mut want, &table, &ids, dim);
        assert_same_bits("embedding", &got, &want);
        assert_same_bits(
            "row 7",
            &got[7 * dim..8 * dim],
            &table[ids[7] as usize * dim..][..dim],
        );
    }

    #[test]
    fn backward_is_the_gradient() {
        let mut rng = Rng::new(3);
        let (vocab, dim, ids) = (4, 3, [2u32, 0, 2, 3, 2]);
        let (table, dy) = (
            normals(&mut rng, vocab * dim),
            normals(&mut rng, ids.len() * dim),
        );
        let mut grad = vec![0.0; table.len()];
        scalar::scatter_add(&mut grad, &dy, &ids, dim);
        assert_gradient("dtable", &table, &grad, |table| {
            let mut out = vec![0.0; dy.len()];
            scalar::gather(&mut out, table, &ids, dim);
            dot(&out, &dy)
        });
    }
}
