//! RMSNorm: `y_i = w_i · x_i · s`, `s = 1 / √(mean(x²) + ε)`.
//!
//! Zhang and Sennrich 2019, eq. 4, <https://arxiv.org/abs/1910.07467>; ε, which
//! the paper leaves out, stands under the root as in Llama. Backward:
//!
//! ```text
//! g_i   = w_i · dy_i
//! dx_i += s · (g_i − x_i · s² · mean(g ⊙ x))
//! dw_i += Σ_rows dy_i · x_i · s
//! ```

use crate::parallel::{Disjoint, for_each, for_rows, grain_rows};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Normalises each row of `x` and scales it by `weight`.
///
/// Shapes: `out` and `x` are `[rows, dim]`, `weight` is `[dim]`.
///
/// # Panics
/// If the lengths disagree or `weight` is empty.
pub fn rms_norm(out: &mut [f32], x: &[f32], weight: &[f32], eps: f32) {
    let dim = weight.len();
    assert!(dim > 0);
    assert!(
        x.len().is_multiple_of(dim),
        "{} values in rows of {dim}",
        x.len()
    );
    assert_eq!(out.len(), x.len());
    let row = KERNELS.row;
    for_rows(out, dim, grain_rows(dim), &|first, rows| {
        for (out, x) in rows
            .chunks_exact_mut(dim)
            .zip(x[first * dim..].chunks_exact(dim))
        {
            row(out, x, weight, eps);
        }
    });
}

/// Adds the gradients of [`rms_norm`] to `dx` and `dweight`.
///
/// # Panics
/// If the lengths disagree or `weight` is empty.
pub fn rms_norm_backward(
    dx: &mut [f32],
    dweight: &mut [f32],
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
    assert_eq!((dx.len(), dy.len(), dweight.len()), (x.len(), x.len(), dim));
    let backward = KERNELS.backward;
    let mut scales = vec![0.0; x.len() / dim];
    let (dx, all_scales) = (Disjoint::new(dx), Disjoint::new(&mut scales));
    for_each(x.len() / dim, grain_rows(dim), &|rows| {
        for r in rows {
            let row = r * dim..(r + 1) * dim;
            // SAFETY: `for_each` gives each row to one call only.
            let (dx, scale) = unsafe { (dx.slice(row.clone()), all_scales.slice(r..r + 1)) };
            scale[0] = backward(dx, &dy[row.clone()], &x[row], weight, eps);
        }
    });
    let columns = KERNELS.columns;
    // Over columns in parallel, over rows in order: one order of sums.
    for_rows(dweight, 1, COLUMNS, &|first, dweight| {
        columns(dweight, first, dy, x, &scales);
    });
}

/// Columns per task of the weight's gradient.
const COLUMNS: usize = 64;

/// Kernel for one row. All slices have the same length.
type Row = fn(out: &mut [f32], x: &[f32], weight: &[f32], eps: f32);
/// One row's `dx`; returns the row's scale `s`.
type Backward = fn(dx: &mut [f32], dy: &[f32], x: &[f32], weight: &[f32], eps: f32) -> f32;
/// Some columns' `dw`, from column `first` on, over all rows.
type Columns = fn(dweight: &mut [f32], first: usize, dy: &[f32], x: &[f32], scales: &[f32]);

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
                row: |out, x, w, eps| unsafe { avx2::row(out, x, w, eps) },
                // SAFETY: as above.
                backward: |dx, dy, x, w, eps| unsafe { avx2::backward(dx, dy, x, w, eps) },
                // SAFETY: as above.
                columns: |dw, first, dy, x, s| unsafe { avx2::columns(dw, first, dy, x, s) },
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
    use crate::float::{Float, dot};

    #[inline(always)]
    fn scale<F: Float>(x: &[F], eps: F) -> F {
        F::ONE / (dot(x, x) / F::of(x.len() as f64) + eps).sqrt()
    }

    #[inline(always)]
    pub(super) fn row<F: Float>(out: &mut [F], x: &[F], weight: &[F], eps: F) {
        let scale = scale(x, eps);
        for ((out, &x), &w) in out.iter_mut().zip(x).zip(weight) {
            *out = w * (x * scale);
        }
    }

    #[inline(always)]
    pub(super) fn backward<F: Float>(dx: &mut [F], dy: &[F], x: &[F], weight: &[F], eps: F) -> F {
        let s = scale(x, eps);
        let mut along = F::ZERO;
        for ((&dy, &x), &w) in dy.iter().zip(x).zip(weight) {
            along += w * dy * x;
        }
        let along = s * s * along / F::of(x.len() as f64);
        for (((dx, &dy), &x), &w) in dx.iter_mut().zip(dy).zip(x).zip(weight) {
            *dx += s * (w * dy - x * along);
        }
        s
    }

    #[inline(always)]
    pub(super) fn columns<F: Float>(
        dweight: &mut [F],
        first: usize,
        dy: &[F],
        x: &[F],
        scales: &[F],
    ) {
        let dim = x.len() / scales.len().max(1);
        for (r, &s) in scales.iter().enumerate() {
            let at = r * dim + first;
            for ((dw, &dy), &x) in dweight.iter_mut().zip(&dy[at..]).zip(&x[at..]) {
                *dw += dy * x * s;
            }
        }
    }
}

/// The definition, compiled for wider vectors: sums run in lanes already.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::scalar;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn row(out: &mut [f32], x: &[f32], weight: &[f32], eps: f32) {
        scalar::row(out, x, weight, eps);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn backward(dx: &mut [f32], dy: &[f32], x: &[f32], w: &[f32], eps: f32) -> f32 {
        scalar::backward(dx, dy, x, w, eps)
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn columns(dw: &mut [f32], first: usize, dy: &[f32], x: &[f32], scales: &[f32]) {
        scalar::columns(dw, first, dy, x, scales);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
    use testkit::{Rng, assert_close};

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0x5EED);
        for dim in 1..=67 {
            let (x, w, dy) = (rng.normals(dim), rng.normals(dim), rng.normals(dim));
            let all = |k: &Kernels| {
                // NaN marks any element a kernel forgets to write.
                let mut out = [vec![f32::NAN; dim], w.clone(), x.clone()];
                (k.row)(&mut out[0], &x, &w, 1e-5);
                let s = (k.backward)(&mut out[1], &dy, &x, &w, 1e-5);
                (k.columns)(&mut out[2], 0, &dy, &x, &[s]);
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
        let (x, w) = (rng.normals(rows * dim), rng.normals(dim));
        let (mut all, mut one) = (vec![0.0; rows * dim], vec![0.0; dim]);
        rms_norm(&mut all, &x, &w, 1e-5);
        for (r, x) in x.chunks_exact(dim).enumerate() {
            rms_norm(&mut one, x, &w, 1e-5);
            assert_same_bits(&format!("row {r}"), &all[r * dim..][..dim], &one);
        }
    }

    #[test]
    fn backward_is_the_gradient() {
        let mut rng = Rng::new(11);
        let (rows, dim, eps) = (3, 5, 1e-2);
        let (x, w) = (normals(&mut rng, rows * dim), normals(&mut rng, dim));
        let dy = normals(&mut rng, rows * dim);
        let loss = |x: &[f64], w: &[f64]| {
            let mut out = vec![0.0; rows * dim];
            for (out, x) in out.chunks_exact_mut(dim).zip(x.chunks_exact(dim)) {
                scalar::row(out, x, w, eps);
            }
            dot(&out, &dy)
        };
        let (mut dx, mut dw) = (vec![0.0; x.len()], vec![0.0; dim]);
        let mut scales = vec![];
        for ((dx, dy), x) in dx
            .chunks_exact_mut(dim)
            .zip(dy.chunks_exact(dim))
            .zip(x.chunks_exact(dim))
        {
            scales.push(scalar::backward(dx, dy, x, &w, eps));
        }
        scalar::columns(&mut dw[..2], 0, &dy, &x, &scales);
        scalar::columns(&mut dw[2..], 2, &dy, &x, &scales);
        assert_gradient("dx", &x, &dx, |x| loss(x, &w));
        assert_gradient("dw", &w, &dw, |w| loss(&x, w));
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
        let (mut dx, mut dw) = (vec![1.0; rows * dim], vec![1.0; dim]);
        rms_norm_backward(&mut dx, &mut dw, &dy, &x, &w, 1e-5);
        let (mut want_dx, mut want_dw) = (vec![1.0; rows * dim], vec![1.0; dim]);
        for r in 0..rows {
            let at = r * dim..(r + 1) * dim;
            let (dy, x) = (&dy[at.clone()], &x[at.clone()]);
            let s = scalar::backward(&mut want_dx[at], dy, x, &w, 1e-5);
            scalar::columns(&mut want_dw, 0, dy, x, &[s]);
        }
        assert_close("dx", &dx, &want_dx, 1e-5);
        assert_close("dw", &dw, &want_dw, 1e-5);
    }
}
