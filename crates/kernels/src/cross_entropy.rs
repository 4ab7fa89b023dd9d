//! Softmax and cross-entropy in one: `loss = mean_t (ln Σ_j e^(x_tj) − x_t,target)`.
//!
//! The mean is over tokens whose target is not [`IGNORED`]. Backward:
//! `dx_tj += dloss / count · (softmax(x_t)_j − [j = target])`. Neither step
//! stores the probabilities.

use crate::parallel::{Disjoint, for_each, grain_rows};
use crate::simd::{Level, allowed};
use crate::softmax::max_and_sum;
use std::sync::LazyLock;

/// A target that does not count, as in PyTorch.
pub const IGNORED: i64 = -100;

/// The mean loss in nats, and the number of targets that count; with none, 0.
///
/// Shapes: `logits` is `[T, vocab]`, `targets` is `[T]`.
///
/// # Panics
/// If `logits` is no whole number of rows or a target lies outside the
/// vocabulary.
pub fn cross_entropy(logits: &[f32], targets: &[i64]) -> (f32, usize) {
    let vocab = vocab(logits, targets);
    let mut losses = vec![0.0f64; targets.len()];
    let out = Disjoint::new(&mut losses);
    for_each(targets.len(), grain_rows(vocab), &|rows| {
        for t in rows {
            if let Some(target) = counted(targets[t], vocab) {
                let row = &logits[t * vocab..][..vocab];
                let (max, sum) = max_and_sum(row);
                // SAFETY: `for_each` gives each row to one call only.
                let loss = unsafe { out.slice(t..t + 1) };
                loss[0] = f64::from(max) + sum.ln() - f64::from(row[target]);
            }
        }
    });
    let count = targets.iter().filter(|&&t| t != IGNORED).count();
    (
        (losses.iter().sum::<f64>() / count.max(1) as f64) as f32,
        count,
    )
}

/// Adds the gradient of [`cross_entropy`]'s mean, times `dloss`, to `dlogits`.
///
/// # Panics
/// As [`cross_entropy`].
pub fn cross_entropy_backward(dlogits: &mut [f32], logits: &[f32], targets: &[i64], dloss: f32) {
    assert_eq!(dlogits.len(), logits.len());
    let vocab = vocab(logits, targets);
    let count = targets.iter().filter(|&&t| t != IGNORED).count();
    let share = f64::from(dloss) / count.max(1) as f64;
    let add_exp = *ADD_EXP;
    let dlogits = Disjoint::new(dlogits);
    for_each(targets.len(), grain_rows(vocab), &|rows| {
        for t in rows {
            if let Some(target) = counted(targets[t], vocab) {
                let row = &logits[t * vocab..][..vocab];
                // SAFETY: `for_each` gives each row to one call only.
                let dx = unsafe { dlogits.slice(t * vocab..(t + 1) * vocab) };
                let (max, sum) = max_and_sum(row);
                add_exp(dx, row, max, (share / sum) as f32);
                dx[target] -= share as f32;
            }
        }
    });
}

fn vocab(logits: &[f32], targets: &[i64]) -> usize {
    let tokens = targets.len().max(1);
    assert!(
        logits.len().is_multiple_of(tokens),
        "{} in {tokens} rows",
        logits.len()
    );
    logits.len() / tokens
}

fn counted(target: i64, vocab: usize) -> Option<usize> {
    if target == IGNORED {
        return None;
    }
    let inside = usize::try_from(target).ok().filter(|&t| t < vocab);
    assert!(
        inside.is_some(),
        "target {target} in a vocabulary of {vocab}"
    );
    inside
}

/// `dx += e^(x − max) · factor`
type AddExp = fn(dx: &mut [f32], x: &[f32], max: f32, factor: f32);

static ADD_EXP: LazyLock<AddExp> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, AddExp)> {
    let mut kernels: Vec<(&'static str, AddExp)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        // SAFETY: AVX2 and FMA were detected just above.
        kernels.push(("avx2", |dx, x, max, factor| unsafe {
            avx2::add_exp(dx, x, max, factor)
        }));
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", scalar::add_exp));
    }
    kernels
}

mod scalar {
    use crate::float::Float;

    pub(super) fn add_exp<F: Float>(dx: &mut [F], x: &[F], max: F, factor: F) {
        for (dx, &x) in dx.iter_mut().zip(x) {
            *dx += (x - max).exp() * factor;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use crate::simd::avx2::{LANES, exp, load, store};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn add_exp(dx: &mut [f32], x: &[f32], max: f32, factor: f32) {
        let (dx8, dx_tail) = dx.as_chunks_mut::<LANES>();
        let (x8, x_tail) = x.as_chunks::<LANES>();
        let (max8, factor8) = (_mm256_set1_ps(max), _mm256_set1_ps(factor));
        for (dx, x) in dx8.iter_mut().zip(x8) {
            let e = exp(_mm256_sub_ps(load(x), max8));
            let sum = _mm256_fmadd_ps(e, factor8, load(dx));
            store(dx, sum);
        }
        super::scalar::add_exp(dx_tail, x_tail, max, factor);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, normals};
    use crate::softmax::scalar::{max, sum_exp};
    use testkit::{Rng, assert_close};

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0xCE);
        for len in 0..=67 {
            let (x, start) = (rng.normals(len), rng.normals(len));
            let mut want = start.clone();
            scalar::add_exp(&mut want, &x, 3.0, 0.3);
            for (name, add_exp) in kernels() {
                let mut got = start.clone();
                add_exp(&mut got, &x, 3.0, 0.3);
                // 2 ulp of the exponential, one rounding.
                assert_close(&format!("{name}, length {len}"), &got, &want, 5e-7);
            }
        }
    }

    /// The loss written down naively, in `f64`.
    fn loss(logits: &[f64], targets: &[i64]) -> f64 {
        let vocab = logits.len() / targets.len();
        let counted = targets.iter().enumerate().filter(|(_, t)| **t != IGNORED);
        let losses = counted.clone().map(|(t, &target)| {
            let row = &logits[t * vocab..][..vocab];
            row.iter().map(|x| x.exp()).sum::<f64>().ln() - row[target as usize]
        });
        losses.sum::<f64>() / counted.count() as f64
    }

    #[test]
    fn backward_is_the_gradient() {
        let mut rng = Rng::new(3);
        let (vocab, targets) = (7, [2, IGNORED, 0, 6]);
        let logits = normals(&mut rng, vocab * targets.len());
        let mut grad = vec![0.0; logits.len()];
        for (t, &target) in targets.iter().enumerate().filter(|(_, t)| **t != IGNORED) {
            let (row, dx) = (
                &logits[t * vocab..][..vocab],
                &mut grad[t * vocab..][..vocab],
            );
            let max = max(row);
            scalar::add_exp(dx, row, max, 1.0 / 3.0 / sum_exp(row, max));
            dx[target as usize] -= 1.0 / 3.0;
        }
        assert_gradient("dlogits", &logits, &grad, |x| loss(x, &targets));

        let logits32: Vec<f32> = logits.iter().map(|&x| x as f32).collect();
        let (got, count) = cross_entropy(&logits32, &targets);
        assert_eq!(count, 3);
        assert_close("loss", &[got], &[loss(&logits, &targets) as f32], 1e-6);
        let mut got = vec![1.0; logits.len()];
        cross_entropy_backward(&mut got, &logits32, &targets, 0.5);
        let want: Vec<f32> = grad.iter().map(|&g| (1.0 + 0.5 * g) as f32).collect();
        assert_close("dlogits", &got, &want, 1e-6);
    }

    #[test]
    fn a_certain_prediction_costs_nothing_and_ignored_tokens_do_not_count() {
        let logits = [0.0, 1000.0, 5.0, 5.0];
        assert_eq!(cross_entropy(&logits, &[1, IGNORED]), (0.0, 1));
        let (loss, count) = cross_entropy(&logits, &[IGNORED, 0]);
        assert_close("ln 2", &[loss], &[std::f32::consts::LN_2], 1e-6);
        assert_eq!(count, 1);
        assert_eq!(cross_entropy(&logits, &[IGNORED, IGNORED]), (0.0, 0));
        assert_eq!(cross_entropy(&[], &[]), (0.0, 0));
    }

    #[test]
    #[should_panic(expected = "target 2 in a vocabulary of 2")]
    fn a_target_outside_the_vocabulary_is_a_bug() {
        cross_entropy(&[0.0; 4], &[1, 2]);
    }
}
