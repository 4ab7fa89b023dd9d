//! AdamW: one update of some parameters from their gradient.
//!
//! Loshchilov and Hutter 2019, algorithm 2, <https://arxiv.org/abs/1711.05101>,
//! with PyTorch's reading of it, where the decay is `lr · wd`:
//!
//! ```text
//! p ← p · (1 − lr·wd)
//! m ← β₁·m + (1 − β₁)·g            v ← β₂·v + (1 − β₂)·g²
//! p ← p − lr / (1 − β₁ᵗ) · m / (√v / √(1 − β₂ᵗ) + ε)
//! ```

use crate::parallel::{Disjoint, for_each};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Elements per task.
const GRAIN: usize = 1 << 14;

/// Updates `p` and the moments `m` and `v`; `step` counts from 1.
///
/// # Panics
/// If the lengths differ or `step` is 0.
pub fn adamw(
    p: &mut [f32],
    g: &[f32],
    m: &mut [f32],
    v: &mut [f32],
    lr: f32,
    beta1: f32,
    beta2: f32,
    eps: f32,
    weight_decay: f32,
    step: u64,
) {
    assert_eq!((g.len(), m.len(), v.len()), (p.len(), p.len(), p.len()));
    assert!(step > 0, "steps count from 1");
    let factors = Factors::new(lr, beta1, beta2, eps, weight_decay, step);
    let kernel = *KERNEL;
    let (p, m, v) = (Disjoint::new(p), Disjoint::new(m), Disjoint::new(v));
    for_each(g.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        let (p, m, v) = unsafe {
            (
                p.slice(range.clone()),
                m.slice(range.clone()),
                v.slice(range.clone()),
            )
        };
        kernel(p, &g[range], m, v, &factors);
    });
}

/// What is the same for all elements, computed in `f64`: `1 − β₂ᵗ` would lose
/// its digits in `f32`.
struct Factors {
    keep: f32,
    beta1: f32,
    rest1: f32,
    beta2: f32,
    rest2: f32,
    step_size: f32,
    /// `1 / √(1 − β₂ᵗ)`
    root: f32,
    eps: f32,
}

impl Factors {
    fn new(lr: f32, beta1: f32, beta2: f32, eps: f32, weight_decay: f32, step: u64) -> Self {
        // What was written as 0.999 means 0.999, not the float nearest to it.
        let decimal = |x: f32| x.to_string().parse::<f64>().unwrap_or(f64::from(x));
        let (lr, b1, b2) = (decimal(lr), decimal(beta1), decimal(beta2));
        let power = |b: f64| b.powf(step as f64);
        Self {
            keep: (1.0 - lr * decimal(weight_decay)) as f32,
            beta1,
            rest1: (1.0 - b1) as f32,
            beta2,
            rest2: (1.0 - b2) as f32,
            step_size: (lr / (1.0 - power(b1))) as f32,
            root: (1.0 / (1.0 - power(b2)).sqrt()) as f32,
            eps,
        }
    }
}

type Kernel = fn(p: &mut [f32], g: &[f32], m: &mut [f32], v: &mut [f32], factors: &Factors);

static KERNEL: LazyLock<Kernel> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernel)> {
    let mut kernels: Vec<(&'static str, Kernel)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        // SAFETY: AVX2 was detected just above.
        kernels.push(("avx2", |p, g, m, v, factors| unsafe {
            avx2::update(p, g, m, v, factors)
        }));
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", scalar::update));
    }
    kernels
}

mod scalar {
    use super::Factors;

    #[inline(always)]
    pub(super) fn update(p: &mut [f32], g: &[f32], m: &mut [f32], v: &mut [f32], f: &Factors) {
        for (((p, &g), m), v) in p.iter_mut().zip(g).zip(m).zip(v) {
            *m = f.beta1 * *m + f.rest1 * g;
            *v = f.beta2 * *v + f.rest2 * g * g;
            *p = *p * f.keep - f.step_size * (*m / (v.sqrt() * f.root + f.eps));
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{Factors, scalar};

    /// The definition, compiled for wider vectors.
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn update(p: &mut [f32], g: &[f32], m: &mut [f32], v: &mut [f32], f: &Factors) {
        scalar::update(p, g, m, v, f);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::assert_same_bits;
    use testkit::{Rng, assert_close};

    /// Bit for bit: every operation is rounded by itself in every version.
    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0xADA);
        let factors = Factors::new(1e-3, 0.9, 0.999, 1e-8, 0.01, 3);
        for len in 0..=67 {
            let start = [rng.normals(len), rng.normals(len)];
            let (g, v) = (rng.normals(len), vec![0.5; len]);
            let all = |kernel: Kernel| {
                let ([mut p, mut m], mut v) = (start.clone(), v.clone());
                kernel(&mut p, &g, &mut m, &mut v, &factors);
                [p, m, v].concat()
            };
            let want = all(scalar::update);
            for (name, kernel) in kernels() {
                assert_same_bits(&format!("{name}, length {len}"), &all(kernel), &want);
            }
        }
    }

    /// By hand: at step 1 the bias corrections cancel, so `p` moves by the
    /// learning rate against the gradient's sign, after the decay.
    #[test]
    fn the_first_step_is_the_sign_of_the_gradient() {
        let (mut p, g) = ([1.0, -2.0, 3.0], [0.5, -1e-3, 40.0]);
        let (mut m, mut v) = ([0.0; 3], [0.0; 3]);
        adamw(&mut p, &g, &mut m, &mut v, 0.1, 0.9, 0.999, 1e-12, 0.5, 1);
        assert_close("p", &p, &[0.95 - 0.1, -1.9 + 0.1, 2.85 - 0.1], 1e-6);
        assert_close("m", &m, &[0.05, -1e-4, 4.0], 1e-6);
        assert_close("v", &v, &[2.5e-4, 1e-9, 1.6], 1e-6);
    }

    /// Against the formula in `f64` over some steps.
    #[test]
    fn follows_the_formula() {
        let (mut p, mut m, mut v) = ([0.7f32], [0.0], [0.0]);
        let (mut p64, mut m64, mut v64) = (0.7f64, 0.0, 0.0);
        for t in 1..=20 {
            let g = (f64::from(t) * 0.7).sin();
            adamw(
                &mut p,
                &[g as f32],
                &mut m,
                &mut v,
                3e-3,
                0.9,
                0.95,
                1e-8,
                0.1,
                t as u64,
            );
            p64 *= 1.0 - 3e-3 * 0.1;
            m64 = 0.9 * m64 + 0.1 * g;
            v64 = 0.95 * v64 + 0.05 * g * g;
            let root = (v64 / (1.0 - 0.95f64.powi(t))).sqrt();
            p64 -= 3e-3 * (m64 / (1.0 - 0.9f64.powi(t))) / (root + 1e-8);
            assert_close(&format!("step {t}"), &p, &[p64 as f32], 1e-6);
        }
    }
}
