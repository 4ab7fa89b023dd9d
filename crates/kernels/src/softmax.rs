//! Softmax and its logarithm over the rows of a matrix.
//!
//! ```text
//! softmax(x)_i     = e^(x_i − M) / Σ_j e^(x_j − M)         M = max_j x_j
//! log_softmax(x)_i = x_i − M − ln Σ_j e^(x_j − M)
//! ```
//!
//! The sum runs in `f64`: over a vocabulary of 10⁵ pieces, `f32` would lose
//! digits that log probabilities show. An entry of −∞ has probability 0; a row
//! of nothing else, or with a NaN, gives NaN.

use crate::parallel::{for_rows, grain_rows};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Turns each row of `x` into its softmax.
///
/// Shape: `x` is `[rows, width]`.
///
/// # Panics
/// If `x` is no whole number of rows.
pub fn softmax_rows(x: &mut [f32], width: usize) {
    for_rows(x, width, grain_rows(width), &|_, rows| {
        for row in rows.chunks_exact_mut(width) {
            let (max, sum) = max_and_sum(row);
            (KERNELS.exp)(row, max, (1.0 / sum) as f32);
        }
    });
}

/// Writes the log probabilities of one row of logits.
///
/// # Panics
/// If the lengths differ.
pub fn log_softmax_row(out: &mut [f32], logits: &[f32]) {
    assert_eq!(out.len(), logits.len());
    let (max, sum) = max_and_sum(logits);
    let total = f64::from(max) + sum.ln();
    for (out, &x) in out.iter_mut().zip(logits) {
        *out = (f64::from(x) - total) as f32;
    }
}

/// `M` and `Σ_j e^(x_j − M)` of one row.
pub(crate) fn max_and_sum(row: &[f32]) -> (f32, f64) {
    let max = (KERNELS.max)(row);
    (max, (KERNELS.sum_exp)(row, max))
}

struct Kernels {
    max: fn(x: &[f32]) -> f32,
    sum_exp: fn(x: &[f32], max: f32) -> f64,
    /// `x ← e^(x − max) · factor`
    exp: fn(x: &mut [f32], max: f32, factor: f32),
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
                max: |x| unsafe { avx2::max(x) },
                // SAFETY: as above.
                sum_exp: |x, max| unsafe { avx2::sum_exp(x, max) },
                // SAFETY: as above.
                exp: |x, max, factor| unsafe { avx2::exp_rows(x, max, factor) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        let (max, sum_exp, exp) = (scalar::max, scalar::sum_exp, scalar::exp);
        kernels.push(("scalar", Kernels { max, sum_exp, exp }));
    }
    kernels
}

pub(crate) mod scalar {
    use crate::float::Float;

    pub(crate) fn max<F: Float>(x: &[F]) -> F {
        x.iter().fold(F::NEG_INFINITY, |max, &x| max.max(x))
    }

    pub(crate) fn sum_exp<F: Float>(x: &[F], max: F) -> f64 {
        x.iter().map(|&x| (x - max).exp().to_f64()).sum()
    }

    pub(super) fn exp<F: Float>(x: &mut [F], max: F, factor: F) {
        for x in x {
            *x = (*x - max).exp() * factor;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use crate::simd::avx2::{LANES, exp, lanes, load, max as max_lane, store};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn max(x: &[f32]) -> f32 {
        let (x8, x_tail) = x.as_chunks::<LANES>();
        let mut max = _mm256_set1_ps(f32::NEG_INFINITY);
        for x in x8 {
            max = _mm256_max_ps(max, load(x));
        }
        x_tail.iter().fold(max_lane(max), |max, &x| max.max(x))
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn sum_exp(x: &[f32], max: f32) -> f64 {
        let (x8, x_tail) = x.as_chunks::<LANES>();
        let max = _mm256_set1_ps(max);
        let mut sums = [_mm256_setzero_pd(); 2];
        let mut add = |x: &[f32; LANES]| {
            let e = exp(_mm256_sub_ps(load(x), max));
            let high = _mm256_extractf128_ps::<1>(e);
            sums[0] = _mm256_add_pd(sums[0], _mm256_cvtps_pd(_mm256_castps256_ps128(e)));
            sums[1] = _mm256_add_pd(sums[1], _mm256_cvtps_pd(high));
        };
        for x in x8 {
            add(x);
        }
        if !x_tail.is_empty() {
            // Each −∞ adds 0.
            let mut last = [f32::NEG_INFINITY; LANES];
            last[..x_tail.len()].copy_from_slice(x_tail);
            add(&last);
        }
        let mut four = [0.0; 4];
        // SAFETY: the reference covers 4 writable doubles.
        unsafe { _mm256_storeu_pd(four.as_mut_ptr(), _mm256_add_pd(sums[0], sums[1])) };
        four.iter().sum()
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn exp_rows(x: &mut [f32], max: f32, factor: f32) {
        let (x8, x_tail) = x.as_chunks_mut::<LANES>();
        let (max, factor) = (_mm256_set1_ps(max), _mm256_set1_ps(factor));
        let value = |x: &[f32; LANES]| _mm256_mul_ps(exp(_mm256_sub_ps(load(x), max)), factor);
        for x in x8 {
            let y = value(x);
            store(x, y);
        }
        if !x_tail.is_empty() {
            let mut last = [0.0; LANES];
            last[..x_tail.len()].copy_from_slice(x_tail);
            x_tail.copy_from_slice(&lanes(value(&last))[..x_tail.len()]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::{Rng, assert_close};

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0x50F7);
        for len in 1..=67 {
            let mut x: Vec<f32> = rng.normals(len).iter().map(|x| 5.0 * x).collect();
            if len % 3 == 0 {
                x[len / 2] = f32::NEG_INFINITY;
            }
            let max = scalar::max(&x);
            let (sum, mut want) = (scalar::sum_exp(&x, max), x.clone());
            scalar::exp(&mut want, max, 0.3);
            for (name, k) in kernels() {
                let what = format!("{name}, length {len}");
                assert_eq!((k.max)(&x).to_bits(), max.to_bits(), "{what}");
                // 2 ulp per term.
                assert_close(&what, &[(k.sum_exp)(&x, max) as f32], &[sum as f32], 5e-7);
                let mut got = x.clone();
                (k.exp)(&mut got, max, 0.3);
                assert_close(&what, &got, &want, 5e-7);
            }
        }
    }

    #[test]
    fn rows_sum_to_one() {
        let mut rng = Rng::new(2);
        let width = 1001;
        let mut x: Vec<f32> = rng.normals(40 * width).iter().map(|x| 30.0 * x).collect();
        let logits = x[..width].to_vec();
        softmax_rows(&mut x, width);
        for (r, row) in x.chunks_exact(width).enumerate() {
            let sum: f64 = row.iter().map(|&p| f64::from(p)).sum();
            assert!((sum - 1.0).abs() < 1e-6, "row {r} sums to {sum}");
        }
        let mut logs = vec![f32::NAN; width];
        log_softmax_row(&mut logs, &logits);
        let probabilities: Vec<f32> = logs.iter().map(|l| l.exp()).collect();
        assert_close("e^log_softmax", &probabilities, &x[..width], 2e-6);
    }

    #[test]
    fn a_shift_changes_nothing_and_large_logits_do_not_overflow() {
        let mut out = [0.0; 3];
        log_softmax_row(&mut out, &[3e4, 3e4 + 1.0, f32::NEG_INFINITY]);
        // ln(1/(1 + e)) and ln(e/(1 + e))
        assert_close("two", &out[..2], &[-1.313_261_7, -0.313_261_7], 1e-6);
        assert_eq!(out[2], f32::NEG_INFINITY);
    }
}
