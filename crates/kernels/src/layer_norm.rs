//! LayerNorm: `y_i = w_i · x̂_i + b_i`, `x̂ = (x − mean(x)) · s`,
//! `s = 1 / √(var(x) + ε)`, the variance over `dim` values, not `dim − 1`.
//!
//! Ba, Kiros and Hinton 2016, eq. 4, <https://arxiv.org/abs/1607.06450>.
//! Backward:
//!
//! ```text
//! g_i   = w_i · dy_i
//! dx_i += s · (g_i − mean(g) − x̂_i · mean(g ⊙ x̂))
//! dw_i += Σ_rows dy_i · x̂_i        db_i += Σ_rows dy_i
//! ```

use crate::parallel::{Disjoint, for_each, for_rows, grain_rows};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Normalises each row of `x`, scales it by `weight` and shifts it by `bias`.
///
/// Shapes: `out` and `x` are `[rows, dim]`, `weight` and `bias` are `[dim]`.
///
/// # Panics
/// If the lengths disagree or `weight` is empty.
pub fn layer_norm(out: &mut [f32], x: &[f32], weight: &[f32], bias: &[f32], eps: f32) {
    let dim = weight.len();
    assert!(dim > 0);
    assert!(
        x.len().is_multiple_of(dim),
        "{} values in rows of {dim}",
        x.len()
    );
    assert_eq!((out.len(), bias.len()), (x.len(), dim));
    let row = KERNELS.row;
    for_rows(out, dim, grain_rows(dim), &|first, rows| {
        for (out, x) in rows
            .chunks_exact_mut(dim)
            .zip(x[first * dim..].chunks_exact(dim))
        {
            row(out, x, weight, bias, eps);
        }
    });
}

/// Adds the gradients of [`layer_norm`] to `dx`, `dweight` and `dbias`.
///
/// # Panics
/// If the lengths disagree or `weight` is empty.
pub fn layer_norm_backward(
    dx: &mut [f32],
    dweight: &mut [f32],
    dbias: &mut [f32],
    dy: &[f32],
    x: &[f32],
    weight: &[f32],
    eps: f32,
) {
    let dim = weight.len();
    assert!(dim > 0);
    assert!(
        x.len().is_multiple_of(dim),
        "{} values in rows of {dim}",
        x.len()
    );
    assert_eq!((dx.len(), dy.len()), (x.len(), x.len()));
    assert_eq!((dweight.len(), dbias.len()), (dim, dim));
    let backward = KERNELS.backward;
    let mut moments = vec![[0.0; 2]; x.len() / dim];
    let (dx, all_moments) = (Disjoint::new(dx), Disjoint::new(&mut moments));
    for_each(x.len() / dim, grain_rows(dim), &|rows| {
        for r in rows {
            let row = r * dim..(r + 1) * dim;
            // SAFETY: `for_each` gives each row to one call only.
            let (dx, moments) = unsafe { (dx.slice(row.clone()), all_moments.slice(r..r + 1)) };
            moments[0] = backward(dx, &dy[row.clone()], &x[row], weight, eps);
        }
    });
    let columns = KERNELS.columns;
    let dbias = Disjoint::new(dbias);
    // Over columns in parallel, over rows in order: one order of sums.
    for_rows(dweight, 1, COLUMNS, &|first, dweight| {
        // SAFETY: `for_rows` gives each column to one call only.
        let dbias = unsafe { dbias.slice(first..first + dweight.len()) };
        columns(dweight, dbias, first, dy, x, &moments);
    });
}

/// Columns per task of the weight's gradient.
const COLUMNS: usize = 64;

/// Kernel for one row. All slices have the same length.
type Row = fn(out: &mut [f32], x: &[f32], weight: &[f32], bias: &[f32], eps: f32);
/// One row's `dx`; returns the row's mean and scale `s`.
type Backward = fn(dx: &mut [f32], dy: &[f32], x: &[f32], weight: &[f32], eps: f32) -> [f32; 2];
/// Some columns' `dw` and `db`, from column `first` on, over all rows.
type Columns = fn(&mut [f32], &mut [f32], first: usize, dy: &[f32], x: &[f32], &[[f32; 2]]);

struct Kernels {
    row: Row,
    backward: Backward,
    columns: Columns,
}

static KERNELS: LazyLock<Kernels> = LazyLock::new(|| kernels().swap_remove(0).1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernels)> {
    let mut kernels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        kernels.push((
            "avx2",
            Kernels {
                // SAFETY: AVX2 and FMA were detected just above.
                row: |out, x, w, b, eps| unsafe { avx2::row(out, x, w, b, eps) },
                // SAFETY: as above.
                backward: |dx, dy, x, w, eps| unsafe { avx2::backward(dx, dy, x, w, eps) },
                // SAFETY: as above.
                columns: |dw, db, first, dy, x, m| unsafe {
                    avx2::columns(dw, db, first, dy, x, m)
                },
            },
        ));
    }
    if allowed(Level::Scalar) {
        kernels.push((
            "scalar",
            Kernels {
                row: scalar::row,
                backward: scalar::backward,
                columns: scalar::columns,
            },
        ));
    }
    kernels
}

mod scalar {
    use crate::float::{Float, sum};

    /// Mean and scale, in two passes: the variance of values far from zero
    /// would drown in the difference of two large sums.
    #[inline(always)]
    fn moments<F: Float>(x: &[F], eps: F) -> [F; 2] {
        let n = F::of(x.len() as f64);
        let mean = sum(x, |x| x) / n;
        let variance = sum(x, |x| (x - mean) * (x - mean)) / n;
        [mean, F::ONE / (variance + eps).sqrt()]
    }

    #[inline(always)]
    pub(super) fn row<F: Float>(out: &mut [F], x: &[F], weight: &[F], bias: &[F], eps: F) {
        let [mean, s] = moments(x, eps);
        for (((out, &x), &w), &b) in out.iter_mut().zip(x).zip(weight).zip(bias) {
            *out = w * ((x - mean) * s) + b;
        }
    }

    #[inline(always)]
    pub(super) fn backward<F: Float>(
        dx: &mut [F],
        dy: &[F],
        x: &[F],
        weight: &[F],
        eps: F,
    ) -> [F; 2] {
        let n = F::of(x.len() as f64);
        let [mean, s] = moments(x, eps);
        let (mut total, mut along) = (F::ZERO, F::ZERO);
        for ((&dy, &x), &w) in dy.iter().zip(x).zip(weight) {
            total += w * dy;
            along += w * dy * ((x - mean) * s);
        }
        let (total, along) = (total / n, along / n);
        for (((dx, &dy), &x), &w) in dx.iter_mut().zip(dy).zip(x).zip(weight) {
            *dx += s * (w * dy - total - (x - mean) * s * along);
        }
        [mean, s]
    }

    #[inline(always)]
    pub(super) fn columns<F: Float>(
        dweight: &mut [F],
        dbias: &mut [F],
        first: usize,
        dy: &[F],
        x: &[F],
        moments: &[[F; 2]],
    ) {
        let dim = x.len() / moments.len().max(1);
        for (r, &[mean, s]) in moments.iter().enumerate() {
            let (dy, x) = (&dy[r * dim + first..], &x[r * dim + first..]);
            for (((dw, db), &dy), &x) in dweight.iter_mut().zip(&mut *dbias).zip(dy).zip(x) {
                *dw += dy * ((x - mean) * s);
                *db += dy;
            }
        }
    }
}

/// The definition, compiled for wider vectors: sums run in lanes already.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::scalar;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn row(out: &mut [f32], x: &[f32], weight: &[f32], bias: &[f32], eps: f32) {
        scalar::row(out, x, weight, bias, eps);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn backward(
        dx: &mut [f32],
        dy: &[f32],
        x: &[f32],
        weight: &[f32],
        eps: f32,
    ) -> [f32; 2] {
        scalar::backward(dx, dy, x, weight, eps)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn columns(
        dweight: &mut [f32],
        dbias: &mut [f32],
        first: usize,
        dy: &[f32],
        x: &[f32],
        moments: &[[f32; 2]],
    ) {
        scalar::columns(dweight, dbias, first, dy, x, moments);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
    use testkit::{Rng, assert_close};

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0x1A7E);
        for dim in 1..=67 {
            let (x, w, dy) = (rng.normals(dim), rng.normals(dim), rng.normals(dim));
            let all = |k: &Kernels| {
                // NaN marks any element a kernel forgets to write.
                let mut out = [vec![f32::NAN; dim], w.clone(), x.clone(), dy.clone()];
                (k.row)(&mut out[0], &x, &w, &dy, 1e-5);
                let moments = (k.backward)(&mut out[1], &dy, &x, &w, 1e-5);
                let [_, _, dw, db] = &mut out;
                (k.columns)(dw, db, 0, &dy, &x, &[moments]);
                out.concat()
            };
            let list = kernels();
            let want = all(&list[list.len() - 1].1);
            for (name, kernel) in &list {
                // Sums of `dim` terms in another order: dim·ε relative.
                let tolerance = dim as f32 * f32::EPSILON;
                assert_close(
                    &format!("{name}, dim {dim}"),
                    &all(kernel),
                    &want,
                    tolerance,
                );
            }
        }
    }

    #[test]
    fn rows_do_not_see_each_other() {
        let mut rng = Rng::new(9);
        let (rows, dim) = (100, 577);
        let (x, w, b) = (rng.normals(rows * dim), rng.normals(dim), rng.normals(dim));
        let (mut all, mut one) = (vec![0.0; rows * dim], vec![0.0; dim]);
        layer_norm(&mut all, &x, &w, &b, 1e-5);
        for (r, x) in x.chunks_exact(dim).enumerate() {
            layer_norm(&mut one, x, &w, &b, 1e-5);
            assert_same_bits(&format!("row {r}"), &all[r * dim..][..dim], &one);
        }
    }

    #[test]
    fn a_row_far_from_zero_keeps_its_variance() {
        let x: Vec<f32> = (0..16).map(|i| 10_000.0 + (i % 2) as f32).collect();
        let mut out = [0.0; 16];
        layer_norm(&mut out, &x, &[1.0; 16], &[0.0; 16], 0.0);
        assert_close("±1", &out[..2], &[-1.0, 1.0], 1e-6);
    }

    #[test]
    fn backward_is_the_gradient() {
        let mut rng = Rng::new(11);
        let (rows, dim, eps) = (3, 5, 1e-2);
        let (x, w) = (normals(&mut rng, rows * dim), normals(&mut rng, dim));
        let (b, dy) = (normals(&mut rng, dim), normals(&mut rng, rows * dim));
        let loss = |x: &[f64], w: &[f64], b: &[f64]| {
            let mut out = vec![0.0; rows * dim];
            for (out, x) in out.chunks_exact_mut(dim).zip(x.chunks_exact(dim)) {
                scalar::row(out, x, w, b, eps);
            }
            dot(&out, &dy)
        };
        let (mut dx, mut dw, mut db) = (vec![0.0; x.len()], vec![0.0; dim], vec![0.0; dim]);
        let mut moments = vec![];
        for r in 0..rows {
            let at = r * dim..(r + 1) * dim;
            let (dy, x) = (&dy[at.clone()], &x[at.clone()]);
            moments.push(scalar::backward(&mut dx[at], dy, x, &w, eps));
        }
        scalar::columns(&mut dw[..2], &mut db[..2], 0, &dy, &x, &moments);
        scalar::columns(&mut dw[2..], &mut db[2..], 2, &dy, &x, &moments);
        assert_gradient("dx", &x, &dx, |x| loss(x, &w, &b));
        assert_gradient("dw", &w, &dw, |w| loss(&x, w, &b));
        assert_gradient("db", &b, &db, |b| loss(&x, &w, b));
    }

    #[test]
    fn the_public_backward_adds_row_by_row() {
        let mut rng = Rng::new(12);
        let (rows, dim) = (90, 200);
        let (x, w, dy) = (
            rng.normals(rows * dim),
            rng.normals(dim),
            rng.normals(rows * dim),
        );
        let (mut dx, mut dw, mut db) = (vec![1.0; rows * dim], vec![1.0; dim], vec![1.0; dim]);
        layer_norm_backward(&mut dx, &mut dw, &mut db, &dy, &x, &w, 1e-5);
        let mut want = [vec![1.0; rows * dim], vec![1.0; dim], vec![1.0; dim]];
        for r in 0..rows {
            let at = r * dim..(r + 1) * dim;
            let (dy, x) = (&dy[at.clone()], &x[at.clone()]);
            let moments = scalar::backward(&mut want[0][at], dy, x, &w, 1e-5);
            let [_, dw, db] = &mut want;
            scalar::columns(dw, db, 0, dy, x, &[moments]);
        }
        assert_close("dx", &dx, &want[0], 1e-5);
        assert_close("dw", &dw, &want[1], 1e-5);
        assert_close("db", &db, &want[2], 1e-5);
    }
}
