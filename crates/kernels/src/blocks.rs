//! A row of logits summed up in blocks of [`BLOCK`], so that who picks from it
//! looks at few of them.
//!
//! ```text
//! block_max(x)_b     = max_i x_i             over i in [b·BLOCK, (b + 1)·BLOCK)
//! block_sum_exp(x)_b = Σ_i e^((x_i − M)·f)
//! ```
//!
//! The last block may be shorter. Sums run in `f64`, as a draw from a
//! distribution adds up a whole vocabulary.

use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Values in a block.
pub const BLOCK: usize = 64;

/// The greatest value of each block; NaN for one with a NaN or +∞ in it.
///
/// Shapes: `out` is `[⌈n / BLOCK⌉]`, `x` is `[n]`.
///
/// # Panics
/// If the lengths disagree.
pub fn block_max(out: &mut [f32], x: &[f32]) {
    assert_eq!(out.len(), x.len().div_ceil(BLOCK));
    (KERNELS.max)(out, x);
}

/// The sum of `e^((x − max)·factor)` of each block, for `max` above every value
/// and a `factor` above zero; values of −∞ add nothing.
///
/// Shapes: `out` is `[⌈n / BLOCK⌉]`, `x` is `[n]`.
///
/// # Panics
/// If the lengths disagree.
pub fn block_sum_exp(out: &mut [f64], x: &[f32], max: f64, factor: f64) {
    assert_eq!(out.len(), x.len().div_ceil(BLOCK));
    (KERNELS.sum_exp)(out, x, max, factor);
}

struct Kernels {
    max: fn(out: &mut [f32], x: &[f32]),
    sum_exp: fn(out: &mut [f64], x: &[f32], max: f64, factor: f64),
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
                max: |out, x| unsafe { avx2::max(out, x) },
                // SAFETY: as above.
                sum_exp: |out, x, max, factor| unsafe { avx2::sum_exp(out, x, max, factor) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        let (max, sum_exp) = (scalar::max, scalar::sum_exp);
        kernels.push(("scalar", Kernels { max, sum_exp }));
    }
    kernels
}

mod scalar {
    use super::BLOCK;

    pub(super) fn max(out: &mut [f32], x: &[f32]) {
        for (out, x) in out.iter_mut().zip(x.chunks(BLOCK)) {
            let broken = x.iter().any(|x| x.is_nan() || *x == f32::INFINITY);
            let max = x.iter().fold(f32::NEG_INFINITY, |max, &x| max.max(x));
            *out = if broken { f32::NAN } else { max };
        }
    }

    pub(super) fn sum_exp(out: &mut [f64], x: &[f32], max: f64, factor: f64) {
        for (out, x) in out.iter_mut().zip(x.chunks(BLOCK)) {
            let exp = |&x: &f32| ((f64::from(x) - max) * factor).exp();
            *out = x.iter().map(exp).sum();
        }
    }
}

/// Written so that the compiler turns each loop over lanes into vectors.
#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::BLOCK;
    use std::f64::consts::{LN_2, LOG2_E};

    /// Enough vectors to hide the latency of a sum.
    const LANES: usize = 32;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn max(out: &mut [f32], x: &[f32]) {
        let (blocks, tail) = x.as_chunks::<BLOCK>();
        for (out, x) in out.iter_mut().zip(blocks) {
            *out = max_of(x);
        }
        if !tail.is_empty() {
            out[blocks.len()] = max_of(&padded(tail));
        }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn sum_exp(out: &mut [f64], x: &[f32], max: f64, factor: f64) {
        let (blocks, tail) = x.as_chunks::<BLOCK>();
        for (out, x) in out.iter_mut().zip(blocks) {
            *out = sum_exp_of(x, max, factor);
        }
        if !tail.is_empty() {
            out[blocks.len()] = sum_exp_of(&padded(tail), max, factor);
        }
    }

    /// A short block: −∞ is no maximum and adds nothing.
    fn padded(tail: &[f32]) -> [f32; BLOCK] {
        let mut block = [f32::NEG_INFINITY; BLOCK];
        block[..tail.len()].copy_from_slice(tail);
        block
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn max_of(x: &[f32; BLOCK]) -> f32 {
        let mut max = [f32::NEG_INFINITY; LANES];
        let mut nan = [0u32; LANES];
        for x in x.as_chunks::<LANES>().0 {
            for i in 0..LANES {
                max[i] = if x[i] > max[i] { x[i] } else { max[i] };
                nan[i] |= u32::from(x[i].is_nan());
            }
        }
        let max = max.into_iter().fold(f32::NEG_INFINITY, f32::max);
        match max == f32::INFINITY || nan.iter().any(|&n| n != 0) {
            true => f32::NAN,
            false => max,
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn sum_exp_of(x: &[f32; BLOCK], max: f64, factor: f64) -> f64 {
        let mut sums = [0.0; LANES];
        for x in x.as_chunks::<LANES>().0 {
            for i in 0..LANES {
                sums[i] += exp((f64::from(x[i]) - max) * factor);
            }
        }
        sums.into_iter().sum()
    }

    /// `eˣ` for `x` at most 0, to 2 ulp; 0 where it would be below 3e-307.
    ///
    /// `x = n·ln 2 + r`, `|r| ≤ ln 2 / 2`; `eʳ` by its Taylor series to `r¹³`,
    /// whose next term is below 5e-18. Adding 1.5·2⁵² rounds `x·log₂ e` to `n`
    /// and leaves it in the lowest bits of the sum.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn exp(x: f64) -> f64 {
        const ROUND: f64 = 6_755_399_441_055_744.0;
        // ln 2 in two parts: n, of 11 bits, times the first, of 33, is exact.
        const LN_2_HIGH: f64 = f64::from_bits(LN_2.to_bits() & !0xF_FFFF);
        let shifted = x.mul_add(LOG2_E, ROUND);
        let n = shifted - ROUND;
        let r = n.mul_add(-LN_2_HIGH, x);
        let r = n.mul_add(-LN_2_LOW, r);
        let mut p = TAYLOR[0];
        for c in &TAYLOR[1..] {
            p = p.mul_add(r, *c);
        }
        let power = f64::from_bits((shifted.to_bits() << 52).wrapping_add(1023 << 52));
        if x > -706.0 { p * power } else { 0.0 }
    }

    /// ln 2 less its first 33 bits, of which a double holds the next 53.
    const LN_2_LOW: f64 = 7.440_617_110_012_397e-11;

    /// `1/13!` to `1/0!`.
    const TAYLOR: [f64; 14] = {
        let mut terms = [1.0; 14];
        let (mut i, mut factorial) = (0, 1.0);
        while i < 14 {
            terms[13 - i] = 1.0 / factorial;
            i += 1;
            factorial *= i as f64;
        }
        terms
    };
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::Rng;

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0xB10C);
        for len in (1..=2 * BLOCK + 3).chain([1000]) {
            for (max, factor) in [(20.0, 1.0), (55.5, 0.7), (1e4, 13.0), (3e38, 1e30)] {
                let mut x: Vec<f32> = rng.normals(len).iter().map(|x| 5.0 * x).collect();
                x[len / 2] = f32::NEG_INFINITY;
                let blocks = len.div_ceil(BLOCK);
                let (mut want_max, mut want) = (vec![f32::NAN; blocks], vec![f64::NAN; blocks]);
                scalar::max(&mut want_max, &x);
                scalar::sum_exp(&mut want, &x, max, factor);
                for (name, k) in kernels() {
                    let (mut got_max, mut got) = (vec![f32::NAN; blocks], vec![f64::NAN; blocks]);
                    (k.max)(&mut got_max, &x);
                    (k.sum_exp)(&mut got, &x, max, factor);
                    assert_eq!(got_max, want_max, "{name}, length {len}");
                    for (got, want) in got.iter().zip(&want) {
                        // Sums of 64 in two orders, each term to 2 ulp.
                        let tolerance = 66.0 * f64::EPSILON * want + 1e-300;
                        assert!(
                            (got - want).abs() <= tolerance,
                            "{name}, {len}: {got}, {want}"
                        );
                    }
                }
            }
        }
    }

    #[test]
    fn broken_values_are_seen_wherever_they_stand() {
        for (name, k) in kernels() {
            for bad in [f32::NAN, f32::INFINITY] {
                for at in 0..BLOCK + 5 {
                    let mut x = [1.0; BLOCK + 5];
                    x[at] = bad;
                    let mut out = [0.0; 2];
                    (k.max)(&mut out, &x);
                    let want = [at < BLOCK, at >= BLOCK];
                    assert_eq!(out.map(f32::is_nan), want, "{name}, {bad} at {at}");
                }
            }
        }
    }

    /// Over the whole range, value by value, to 2 ulp.
    #[test]
    fn exponentials_are_those_of_the_library() {
        for (name, k) in kernels() {
            for i in 0..70_000 {
                let x = -(i as f32) * 0.01;
                let mut got = [f64::NAN];
                (k.sum_exp)(&mut got, &[x], 0.0, 1.0);
                let want = f64::from(x).exp();
                assert!(
                    (got[0] - want).abs() <= 2.0 * f64::EPSILON * want,
                    "{name}: e^{x}"
                );
            }
        }
    }
}
