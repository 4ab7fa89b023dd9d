//! Activations, element by element, and their derivatives.
//!
//! ```text
//! gelu(x)      = x·Φ(x) = x/2 · (1 + erf(x/√2))     Hendrycks and Gimpel 2016, §2
//! gelu_tanh(x) = x/2 · (1 + tanh(√(2/π)·(x + 0.044715·x³)))       the same, §2
//! silu(x)      = x / (1 + e⁻ˣ)
//! relu(x)      = max(x, 0), and NaN stays NaN
//! ```
//!
//! <https://arxiv.org/abs/1606.08415>. An element's result does not depend on
//! where it stands: the last few go through the same vector steps, padded.

use crate::parallel::{Disjoint, for_each};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Which function.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activation {
    /// With the error function.
    Gelu,
    /// GPT-2's approximation (`gelu_new`, `gelu_pytorch_tanh`).
    GeluTanh,
    /// Also called swish.
    Silu,
    Relu,
}

/// Elements per task.
const GRAIN: usize = 1 << 13;

/// `out = f(x)`.
///
/// # Panics
/// If the lengths differ.
pub fn activation(out: &mut [f32], x: &[f32], kind: Activation) {
    assert_eq!(out.len(), x.len());
    let forward = KERNELS.forward;
    let out = Disjoint::new(out);
    for_each(x.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        forward(unsafe { out.slice(range.clone()) }, &x[range], kind);
    });
}

/// `dx += dy · f′(x)`.
///
/// # Panics
/// If the lengths differ.
pub fn activation_backward(dx: &mut [f32], dy: &[f32], x: &[f32], kind: Activation) {
    assert_eq!((dx.len(), dy.len()), (x.len(), x.len()));
    let backward = KERNELS.backward;
    let dx = Disjoint::new(dx);
    for_each(x.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        backward(
            unsafe { dx.slice(range.clone()) },
            &dy[range.clone()],
            &x[range],
            kind,
        );
    });
}

struct Kernels {
    forward: fn(out: &mut [f32], x: &[f32], kind: Activation),
    backward: fn(dx: &mut [f32], dy: &[f32], x: &[f32], kind: Activation),
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
                forward: |out, x, kind| unsafe { avx2::forward(out, x, kind) },
                // SAFETY: as above.
                backward: |dx, dy, x, kind| unsafe { avx2::backward(dx, dy, x, kind) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        let (forward, backward) = (scalar::forward, scalar::backward);
        kernels.push(("scalar", Kernels { forward, backward }));
    }
    kernels
}

/// `√(2/π)`
const GELU_SCALE: f64 = std::f64::consts::FRAC_2_SQRT_PI * std::f64::consts::FRAC_1_SQRT_2;
/// The cubic's factor in [`Activation::GeluTanh`].
const GELU_CUBIC: f64 = 0.044_715;

pub(crate) mod scalar {
    use super::{Activation, GELU_CUBIC, GELU_SCALE};
    use crate::float::Float;
    use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

    pub(super) fn forward<F: Float>(out: &mut [F], x: &[F], kind: Activation) {
        for (out, &x) in out.iter_mut().zip(x) {
            *out = value(x, kind);
        }
    }

    pub(super) fn backward<F: Float>(dx: &mut [F], dy: &[F], x: &[F], kind: Activation) {
        for ((dx, &dy), &x) in dx.iter_mut().zip(dy).zip(x) {
            *dx += dy * derivative(x, kind);
        }
    }

    fn value<F: Float>(x: F, kind: Activation) -> F {
        let half = F::of(0.5);
        match kind {
            Activation::Gelu => half * x * (F::ONE + erf(x * F::of(FRAC_1_SQRT_2))),
            Activation::GeluTanh => {
                let inner = F::of(GELU_SCALE) * (x + F::of(GELU_CUBIC) * x * x * x);
                half * x * (F::ONE + inner.tanh())
            }
            Activation::Silu => x * sigmoid(x),
            // Not `max`, to which a NaN gives way.
            Activation::Relu if x < F::ZERO => F::ZERO,
            Activation::Relu => x,
        }
    }

    fn derivative<F: Float>(x: F, kind: Activation) -> F {
        let half = F::of(0.5);
        match kind {
            Activation::Gelu => {
                let density = F::of(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2) * (-half * x * x).exp();
                half * (F::ONE + erf(x * F::of(FRAC_1_SQRT_2))) + x * density
            }
            Activation::GeluTanh => {
                let (scale, cubic) = (F::of(GELU_SCALE), F::of(GELU_CUBIC));
                let t = (scale * (x + cubic * x * x * x)).tanh();
                let slope = scale * (F::ONE + F::of(3.0) * cubic * x * x);
                half * (F::ONE + t) + half * x * (F::ONE - t * t) * slope
            }
            Activation::Silu => {
                let s = sigmoid(x);
                s * (F::ONE + x * (F::ONE - s))
            }
            // 1 at NaN, as PyTorch has it.
            Activation::Relu if x <= F::ZERO => F::ZERO,
            Activation::Relu => F::ONE,
        }
    }

    /// `1 / (1 + e⁻ˣ)`
    pub(crate) fn sigmoid<F: Float>(x: F) -> F {
        F::ONE / (F::ONE + (-x).exp())
    }

    /// The error function, by its series of positive terms (Abramowitz and
    /// Stegun 7.1.6): `2/√π · e^(−x²) · Σ 2ⁿ x²ⁿ⁺¹ / (1·3·…·(2n+1))`.
    fn erf<F: Float>(x: F) -> F {
        let square = x.to_f64() * x.to_f64();
        if square.is_nan() {
            // The series would never end.
            return x;
        }
        if square > 36.0 {
            // 1 − erf(6) is 2e-17.
            return if x > F::ZERO { F::ONE } else { -F::ONE };
        }
        let (mut term, mut sum, mut n) = (x.to_f64(), 0.0, 1.0);
        while sum + term != sum {
            sum += term;
            n += 2.0;
            term *= 2.0 * square / n;
        }
        F::of(FRAC_2_SQRT_PI * (-square).exp() * sum)
    }
}

#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    use super::{Activation, GELU_CUBIC, GELU_SCALE};
    use crate::simd::avx2::{LANES, exp, load, store};
    use std::arch::x86_64::*;
    use std::f32::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI};

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn forward(out: &mut [f32], x: &[f32], kind: Activation) {
        match kind {
            Activation::Gelu => map(out, x, |x| _mm256_mul_ps(x, normal_cdf(x))),
            Activation::GeluTanh => map(out, x, |x| _mm256_mul_ps(x, gelu_gate(x))),
            Activation::Silu => map(out, x, |x| _mm256_mul_ps(x, sigmoid(x))),
            Activation::Relu => {
                // The second operand is the result if one is NaN.
                map(out, x, |x| _mm256_max_ps(_mm256_setzero_ps(), x))
            }
        }
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn backward(dx: &mut [f32], dy: &[f32], x: &[f32], kind: Activation) {
        let one = _mm256_set1_ps(1.0);
        match kind {
            Activation::Gelu => add_product(dx, dy, x, |x| {
                let square = _mm256_mul_ps(x, x);
                let density = exp(_mm256_mul_ps(square, _mm256_set1_ps(-0.5)));
                let scale = _mm256_set1_ps(0.5 * FRAC_2_SQRT_PI * FRAC_1_SQRT_2);
                _mm256_fmadd_ps(_mm256_mul_ps(x, scale), density, normal_cdf(x))
            }),
            // With g = (1 + tanh u)/2: (xg)′ = g + x·2g(1 − g)·u′.
            Activation::GeluTanh => add_product(dx, dy, x, |x| {
                let gate = gelu_gate(x);
                let cubic = _mm256_set1_ps((3.0 * GELU_CUBIC * 2.0 * GELU_SCALE) as f32);
                let scale = _mm256_set1_ps((2.0 * GELU_SCALE) as f32);
                let slope = _mm256_fmadd_ps(_mm256_mul_ps(cubic, x), x, scale);
                let bell = _mm256_mul_ps(gate, _mm256_sub_ps(one, gate));
                _mm256_fmadd_ps(_mm256_mul_ps(x, bell), slope, gate)
            }),
            Activation::Silu => add_product(dx, dy, x, |x| {
                let s = sigmoid(x);
                _mm256_mul_ps(s, _mm256_fmadd_ps(x, _mm256_sub_ps(one, s), one))
            }),
            Activation::Relu => add_product(dx, dy, x, |x| {
                _mm256_and_ps(one, _mm256_cmp_ps::<_CMP_NLE_UQ>(x, _mm256_setzero_ps()))
            }),
        }
    }

    /// `1 / (1 + e⁻ˣ)`
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn sigmoid(x: __m256) -> __m256 {
        let one = _mm256_set1_ps(1.0);
        let negative = _mm256_xor_ps(x, _mm256_set1_ps(-0.0));
        _mm256_div_ps(one, _mm256_add_ps(one, exp(negative)))
    }

    /// `(1 + tanh u)/2`, which is `sigmoid(2u)`.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn gelu_gate(x: __m256) -> __m256 {
        let scale = _mm256_set1_ps((2.0 * GELU_SCALE) as f32);
        let cubic = _mm256_set1_ps((2.0 * GELU_SCALE * GELU_CUBIC) as f32);
        let square = _mm256_mul_ps(x, x);
        sigmoid(_mm256_mul_ps(x, _mm256_fmadd_ps(cubic, square, scale)))
    }

    /// Φ, the normal distribution function, by
    /// `erfc(a) = e^(−a²) · P(t)`, `t = 1 / (1 + 0.4·a)`, `a = |x|/√2`.
    ///
    /// P is a least-squares fit of ours to erfc, weighted to level its error
    /// over 0 ≤ a ≤ 4.2; it is within 1e-10, so that rounding dominates.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn normal_cdf(x: __m256) -> __m256 {
        const P: [f32; 9] = [
            0.074_582_9,
            -0.387_926_77,
            0.647_288_2,
            -0.292_886_1,
            0.313_369_06,
            0.205_679_9,
            0.209_501_45,
            0.230_955_62,
            -0.000_564_197_67,
        ];
        let (one, half) = (_mm256_set1_ps(1.0), _mm256_set1_ps(0.5));
        let a = _mm256_andnot_ps(_mm256_set1_ps(-0.0), x);
        let slope = _mm256_set1_ps(0.4 * FRAC_1_SQRT_2);
        let t = _mm256_div_ps(one, _mm256_fmadd_ps(a, slope, one));
        let mut p = _mm256_set1_ps(P[0]);
        for c in &P[1..] {
            p = _mm256_fmadd_ps(p, t, _mm256_set1_ps(*c));
        }
        let square = _mm256_mul_ps(x, x);
        let tail = _mm256_mul_ps(exp(_mm256_mul_ps(square, _mm256_set1_ps(-0.5))), p);
        let tail = _mm256_mul_ps(half, tail);
        // The sign bit of x picks the tail itself or the rest.
        _mm256_blendv_ps(_mm256_sub_ps(one, tail), tail, x)
    }

    /// `out = f(x)`, eight at a time.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn map(out: &mut [f32], x: &[f32], f: impl Fn(__m256) -> __m256) {
        let (x8, x_tail) = x.as_chunks::<LANES>();
        let (out8, out_tail) = out.as_chunks_mut::<LANES>();
        for (out, x) in out8.iter_mut().zip(x8) {
            store(out, f(load(x)));
        }
        if !x_tail.is_empty() {
            let mut last = padded(x_tail);
            let y = f(load(&last));
            store(&mut last, y);
            out_tail.copy_from_slice(&last[..x_tail.len()]);
        }
    }

    /// `dx += dy · f(x)`, eight at a time.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn add_product(dx: &mut [f32], dy: &[f32], x: &[f32], f: impl Fn(__m256) -> __m256) {
        let (x8, x_tail) = x.as_chunks::<LANES>();
        let (dy8, dy_tail) = dy.as_chunks::<LANES>();
        let (dx8, dx_tail) = dx.as_chunks_mut::<LANES>();
        for ((dx, dy), x) in dx8.iter_mut().zip(dy8).zip(x8) {
            let sum = _mm256_fmadd_ps(load(dy), f(load(x)), load(dx));
            store(dx, sum);
        }
        if !x_tail.is_empty() {
            let mut last = padded(dx_tail);
            let (dy, x) = (load(&padded(dy_tail)), load(&padded(x_tail)));
            let sum = _mm256_fmadd_ps(dy, f(x), load(&last));
            store(&mut last, sum);
            dx_tail.copy_from_slice(&last[..x_tail.len()]);
        }
    }

    /// Fewer than eight floats, filled up with zeros.
    #[inline]
    pub(crate) fn padded(x: &[f32]) -> [f32; LANES] {
        let mut all = [0.0; LANES];
        all[..x.len()].copy_from_slice(x);
        all
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
    use testkit::{Rng, assert_close};

    const ALL: [Activation; 4] = [
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Relu,
    ];

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0xAC7);
        for kind in ALL {
            for len in 0..=67 {
                let x: Vec<f32> = rng.normals(len).iter().map(|x| 3.0 * x).collect();
                let (dy, start) = (rng.normals(len), rng.normals(len));
                let all = |k: &Kernels| {
                    let (mut out, mut dx) = (vec![f32::NAN; len], start.clone());
                    (k.forward)(&mut out, &x, kind);
                    (k.backward)(&mut dx, &dy, &x, kind);
                    [out, dx].concat()
                };
                let list = kernels();
                let want = all(&list[list.len() - 1].1);
                for (name, kernel) in &list {
                    // Some ten roundings, the largest of values near |x|.
                    let what = format!("{name}, {kind:?}, length {len}");
                    assert_close(&what, &all(kernel), &want, 1e-6);
                }
            }
        }
    }

    /// Over the whole line, absolutely: where |x| is large nothing overflows.
    #[test]
    fn extremes_agree() {
        let mut x: Vec<f32> = (-4000..=4000).map(|i| i as f32 * 0.005).collect();
        x.extend([-1e30, -500.0, -89.0, 89.0, 500.0, 1e30, -0.0]);
        for kind in ALL {
            let mut want = vec![0.0; x.len()];
            scalar::forward(&mut want, &x, kind);
            for (name, k) in kernels() {
                let mut got = vec![f32::NAN; x.len()];
                (k.forward)(&mut got, &x, kind);
                for ((x, got), want) in x.iter().zip(&got).zip(&want) {
                    let bound = 1e-6 * want.abs().max(0.5);
                    assert!(
                        (got - want).abs() <= bound,
                        "{name} {kind:?}({x}): {got}, {want}"
                    );
                }
            }
        }
    }

    #[test]
    fn known_values() {
        let x = [1.0, -0.5];
        let mut out = [0.0; 2];
        // Φ(1) = 0.8413447461, Φ(−0.5) = 0.3085375387.
        activation(&mut out, &x, Activation::Gelu);
        assert_close("gelu", &out, &[0.841_344_8, -0.154_268_77], 1e-6);
        activation(&mut out, &x, Activation::GeluTanh);
        assert_close("gelu_tanh", &out, &[0.841_192, -0.154_286], 1e-6);
        activation(&mut out, &x, Activation::Silu);
        assert_close("silu", &out, &[0.731_058_6, -0.188_770_34], 1e-6);
        activation(&mut out, &x, Activation::Relu);
        assert_close("relu", &out, &[1.0, 0.0], 0.0);
    }

    /// A NaN is somebody's mistake, which must not become a number.
    #[test]
    fn nan_stays_nan() {
        // In vectors and in what is left of them.
        let mut x = [-1.0; 11];
        (x[2], x[9]) = (f32::NAN, f32::NAN);
        for kind in ALL {
            for (name, k) in kernels() {
                let what = format!("{name}, {kind:?}");
                let mut out = [0.0; 11];
                (k.forward)(&mut out, &x, kind);
                for (x, out) in x.iter().zip(out) {
                    assert_eq!(out.is_nan(), x.is_nan(), "{what}({x}) = {out}");
                }
                if kind == Activation::Relu {
                    let mut dx = [0.0; 11];
                    (k.backward)(&mut dx, &[2.0; 11], &x, kind);
                    let want = x.map(|x| if x.is_nan() { 2.0 } else { 0.0 });
                    assert_eq!(dx, want, "{what}");
                }
            }
        }
    }

    #[test]
    fn an_element_does_not_see_its_place() {
        let mut rng = Rng::new(4);
        let x = rng.normals(2 * GRAIN + 11);
        for kind in ALL {
            let (mut all, mut some) = (vec![0.0; x.len()], vec![0.0; x.len() - 3]);
            activation(&mut all, &x, kind);
            activation(&mut some, &x[3..], kind);
            assert_same_bits(&format!("{kind:?}"), &all[3..], &some);
        }
    }

    #[test]
    fn backward_is_the_gradient() {
        let mut rng = Rng::new(6);
        let (x, dy) = (normals(&mut rng, 20), normals(&mut rng, 20));
        for kind in ALL {
            let mut dx = vec![0.0; x.len()];
            scalar::backward(&mut dx, &dy, &x, kind);
            assert_gradient(&format!("{kind:?}"), &x, &dx, |x| {
                let mut out = vec![0.0; x.len()];
                scalar::forward(&mut out, x, kind);
                dot(&out, &dy)
            });
        }
    }
}
