//! The gate of SwiGLU: `y = silu(gate) · up`.
//!
//! Shazeer 2020, eq. 5, <https://arxiv.org/abs/2002.05202>. Backward, with
//! `s = 1/(1 + e^(−gate))`:
//!
//! ```text
//! dup   += dy · gate·s
//! dgate += dy · up · s·(1 + gate·(1 − s))
//! ```

use crate::parallel::{Disjoint, for_each};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Elements per task.
const GRAIN: usize = 1 << 13;

/// `out = silu(gate) · up`.
///
/// # Panics
/// If the lengths differ.
pub fn silu_mul(out: &mut [f32], gate: &[f32], up: &[f32]) {
    assert_eq!((gate.len(), up.len()), (out.len(), out.len()));
    let forward = KERNELS.forward;
    let out = Disjoint::new(out);
    for_each(gate.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        forward(
            unsafe { out.slice(range.clone()) },
            &gate[range.clone()],
            &up[range],
        );
    });
}

/// Adds the gradients of [`silu_mul`] to `dgate` and `dup`.
///
/// # Panics
/// If the lengths differ.
pub fn silu_mul_backward(dgate: &mut [f32], dup: &mut [f32], dy: &[f32], gate: &[f32], up: &[f32]) {
    let len = dy.len();
    assert_eq!(
        (dgate.len(), dup.len(), gate.len(), up.len()),
        (len, len, len, len)
    );
    let backward = KERNELS.backward;
    let (dgate, dup) = (Disjoint::new(dgate), Disjoint::new(dup));
    for_each(len, GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        let (dgate, dup) = unsafe { (dgate.slice(range.clone()), dup.slice(range.clone())) };
        backward(
            dgate,
            dup,
            &dy[range.clone()],
            &gate[range.clone()],
            &up[range],
        );
    });
}

type Forward = fn(out: &mut [f32], gate: &[f32], up: &[f32]);
type Backward = fn(dgate: &mut [f32], dup: &mut [f32], dy: &[f32], gate: &[f32], up: &[f32]);

struct Kernels {
    forward: Forward,
    backward: Backward,
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
                forward: |out, gate, up| unsafe { avx2::forward(out, gate, up) },
                // SAFETY: as above.
                backward: |dg, du, dy, gate, up| unsafe { avx2::backward(dg, du, dy, gate, up) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        let (forward, backward) = (scalar::forward, scalar::backward);
        kernels.push(("scalar", Kernels { forward, backward }));
    }
    kernels
}

mod scalar {
    use crate::activation::scalar::sigmoid;
    use crate::float::Float;

    pub(super) fn forward<F: Float>(out: &mut [F], gate: &[F], up: &[F]) {
        for ((out, &gate), &up) in out.iter_mut().zip(gate).zip(up) {
            *out = gate * sigmoid(gate) * up;
        }
    }

    pub(super) fn backward<F: Float>(
        dgate: &mut [F],
        dup: &mut [F],
        dy: &[F],
        gate: &[F],
        up: &[F],
    ) {
        for ((((dgate, dup), &dy), &gate), &up) in
            dgate.iter_mut().zip(dup).zip(dy).zip(gate).zip(up)
        {
            let s = sigmoid(gate);
            *dup += dy * (gate * s);
            *dgate += dy * up * (s * (F::ONE + gate * (F::ONE - s)));
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use crate::activation::avx2::{padded, sigmoid};
    use crate::simd::avx2::{LANES, load, store};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn forward(out: &mut [f32], gate: &[f32], up: &[f32]) {
        let (gate8, gate_tail) = gate.as_chunks::<LANES>();
        let (up8, up_tail) = up.as_chunks::<LANES>();
        let (out8, out_tail) = out.as_chunks_mut::<LANES>();
        for ((out, gate), up) in out8.iter_mut().zip(gate8).zip(up8) {
            forward8(out, gate, up);
        }
        if !out_tail.is_empty() {
            let mut last = [0.0; LANES];
            forward8(&mut last, &padded(gate_tail), &padded(up_tail));
            out_tail.copy_from_slice(&last[..out_tail.len()]);
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn forward8(out: &mut [f32; LANES], gate: &[f32; LANES], up: &[f32; LANES]) {
        let gate = load(gate);
        store(
            out,
            _mm256_mul_ps(_mm256_mul_ps(gate, sigmoid(gate)), load(up)),
        );
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn backward(
        dgate: &mut [f32],
        dup: &mut [f32],
        dy: &[f32],
        gate: &[f32],
        up: &[f32],
    ) {
        let (dgate8, dgate_tail) = dgate.as_chunks_mut::<LANES>();
        let (dup8, dup_tail) = dup.as_chunks_mut::<LANES>();
        let (dy8, dy_tail) = dy.as_chunks::<LANES>();
        let (gate8, gate_tail) = gate.as_chunks::<LANES>();
        let (up8, up_tail) = up.as_chunks::<LANES>();
        for ((((dgate, dup), dy), gate), up) in
            dgate8.iter_mut().zip(dup8).zip(dy8).zip(gate8).zip(up8)
        {
            backward8(dgate, dup, dy, gate, up);
        }
        let rest = dy_tail.len();
        if rest > 0 {
            let (mut dgate, mut dup) = (padded(dgate_tail), padded(dup_tail));
            let (dy, gate, up) = (padded(dy_tail), padded(gate_tail), padded(up_tail));
            backward8(&mut dgate, &mut dup, &dy, &gate, &up);
            dgate_tail.copy_from_slice(&dgate[..rest]);
            dup_tail.copy_from_slice(&dup[..rest]);
        }
    }

    #[inline]
    #[target_feature(enable = "avx2,fma")]
    fn backward8(
        dgate: &mut [f32; LANES],
        dup: &mut [f32; LANES],
        dy: &[f32; LANES],
        gate: &[f32; LANES],
        up: &[f32; LANES],
    ) {
        let one = _mm256_set1_ps(1.0);
        let (dy, gate, up) = (load(dy), load(gate), load(up));
        let s = sigmoid(gate);
        let slope = _mm256_mul_ps(s, _mm256_fmadd_ps(gate, _mm256_sub_ps(one, s), one));
        store(dup, _mm256_fmadd_ps(dy, _mm256_mul_ps(gate, s), load(dup)));
        store(
            dgate,
            _mm256_fmadd_ps(_mm256_mul_ps(dy, up), slope, load(dgate)),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
    use testkit::{Rng, assert_close};

    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0x6A7E);
        for len in 0..=67 {
            let [gate, up, dy] = [(); 3].map(|()| rng.normals(len));
            let start = [rng.normals(len), rng.normals(len)];
            let all = |k: &Kernels| {
                let (mut out, [mut dgate, mut dup]) = (vec![f32::NAN; len], start.clone());
                (k.forward)(&mut out, &gate, &up);
                (k.backward)(&mut dgate, &mut dup, &dy, &gate, &up);
                [out, dgate, dup].concat()
            };
            let list = kernels();
            let want = all(&list[list.len() - 1].1);
            for (name, kernel) in &list {
                // Some eight roundings.
                assert_close(&format!("{name}, length {len}"), &all(kernel), &want, 1e-6);
            }
        }
    }

    #[test]
    fn an_element_does_not_see_its_place() {
        let mut rng = Rng::new(4);
        let (gate, up) = (rng.normals(2 * GRAIN + 11), rng.normals(2 * GRAIN + 11));
        let (mut all, mut some) = (vec![0.0; gate.len()], vec![0.0; gate.len() - 3]);
        silu_mul(&mut all, &gate, &up);
        silu_mul(&mut some, &gate[3..], &up[3..]);
        assert_same_bits("silu_mul", &all[3..], &some);
    }

    #[test]
    fn backward_is_the_gradient() {
        let mut rng = Rng::new(8);
        let [gate, up, dy] = [(); 3].map(|()| normals(&mut rng, 12));
        let (mut dgate, mut dup) = (vec![0.0; 12], vec![0.0; 12]);
        scalar::backward(&mut dgate, &mut dup, &dy, &gate, &up);
        let loss = |gate: &[f64], up: &[f64]| {
            let mut out = vec![0.0; 12];
            scalar::forward(&mut out, gate, up);
            dot(&out, &dy)
        };
        assert_gradient("dgate", &gate, &dgate, |gate| loss(gate, &up));
        assert_gradient("dup", &up, &dup, |up| loss(&gate, up));
    }
}
