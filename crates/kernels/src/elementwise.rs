//! Sums and products, element by element.
//!
//! One rounding per operation, never fused, so every version gives the same
//! bits. The fast versions are the definition compiled for wider vectors.

use crate::parallel::{Disjoint, for_each};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Elements per task: below this a thread costs more than it brings.
const GRAIN: usize = 1 << 15;

/// `out = a + b`.
///
/// # Panics
/// Here and below: if the lengths differ.
pub fn add(out: &mut [f32], a: &[f32], b: &[f32]) {
    binary(KERNELS.add, out, a, b);
}

/// `out = a · b`.
pub fn mul(out: &mut [f32], a: &[f32], b: &[f32]) {
    binary(KERNELS.mul, out, a, b);
}

/// `acc += a · b`: the backward of [`mul`].
pub fn mul_add(acc: &mut [f32], a: &[f32], b: &[f32]) {
    binary(KERNELS.mul_add, acc, a, b);
}

/// `a += b`.
pub fn add_assign(a: &mut [f32], b: &[f32]) {
    unary(KERNELS.axpy, a, 1.0, b);
}

/// `y += a · x`.
pub fn axpy(y: &mut [f32], a: f32, x: &[f32]) {
    unary(KERNELS.axpy, y, a, x);
}

/// `x = s · x`.
pub fn scale(x: &mut [f32], s: f32) {
    let x = Disjoint::new(x);
    for_each(x.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        (KERNELS.scale)(unsafe { x.slice(range) }, s);
    });
}

fn binary(kernel: Binary, out: &mut [f32], a: &[f32], b: &[f32]) {
    assert_eq!(out.len(), a.len());
    assert_eq!(out.len(), b.len());
    let out = Disjoint::new(out);
    for_each(a.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        kernel(
            unsafe { out.slice(range.clone()) },
            &a[range.clone()],
            &b[range],
        );
    });
}

fn unary(kernel: Axpy, y: &mut [f32], a: f32, x: &[f32]) {
    assert_eq!(y.len(), x.len());
    let y = Disjoint::new(y);
    for_each(x.len(), GRAIN, &|range| {
        // SAFETY: `for_each` gives each element to one call only.
        kernel(unsafe { y.slice(range.clone()) }, a, &x[range]);
    });
}

type Binary = fn(out: &mut [f32], a: &[f32], b: &[f32]);
type Axpy = fn(y: &mut [f32], a: f32, x: &[f32]);

struct Kernels {
    add: Binary,
    mul: Binary,
    mul_add: Binary,
    axpy: Axpy,
    scale: fn(x: &mut [f32], s: f32),
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
                // SAFETY: here and below: AVX2 was detected just above.
                add: |out, a, b| unsafe { avx2::add(out, a, b) },
                // SAFETY: as above.
                mul: |out, a, b| unsafe { avx2::mul(out, a, b) },
                // SAFETY: as above.
                mul_add: |acc, a, b| unsafe { avx2::mul_add(acc, a, b) },
                // SAFETY: as above.
                axpy: |y, a, x| unsafe { avx2::axpy(y, a, x) },
                // SAFETY: as above.
                scale: |x, s| unsafe { avx2::scale(x, s) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        let (add, mul, mul_add) = (scalar::add, scalar::mul, scalar::mul_add);
        kernels.push((
            "scalar",
            Kernels {
                add,
                mul,
                mul_add,
                axpy: scalar::axpy,
                scale: scalar::scale,
            },
        ));
    }
    kernels
}

mod scalar {
    #[inline(always)]
    pub(super) fn add(out: &mut [f32], a: &[f32], b: &[f32]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a + b;
        }
    }

    #[inline(always)]
    pub(super) fn mul(out: &mut [f32], a: &[f32], b: &[f32]) {
        for ((out, a), b) in out.iter_mut().zip(a).zip(b) {
            *out = a * b;
        }
    }

    #[inline(always)]
    pub(super) fn mul_add(acc: &mut [f32], a: &[f32], b: &[f32]) {
        for ((acc, a), b) in acc.iter_mut().zip(a).zip(b) {
            *acc += a * b;
        }
    }

    #[inline(always)]
    pub(super) fn axpy(y: &mut [f32], a: f32, x: &[f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }

    #[inline(always)]
    pub(super) fn scale(x: &mut [f32], s: f32) {
        for x in x {
            *x *= s;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::scalar;

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn add(out: &mut [f32], a: &[f32], b: &[f32]) {
        scalar::add(out, a, b);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn mul(out: &mut [f32], a: &[f32], b: &[f32]) {
        scalar::mul(out, a, b);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn mul_add(acc: &mut [f32], a: &[f32], b: &[f32]) {
        scalar::mul_add(acc, a, b);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn axpy(y: &mut [f32], a: f32, x: &[f32]) {
        scalar::axpy(y, a, x);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn scale(x: &mut [f32], s: f32) {
        scalar::scale(x, s);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::assert_same_bits;
    use testkit::Rng;

    /// Bit for bit: the operations are rounded one by one in every version.
    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0xADD);
        for len in 0..=67 {
            let (a, b, start) = (rng.normals(len), rng.normals(len), rng.normals(len));
            let all = |k: &Kernels| {
                let mut out = [const { Vec::new() }; 5].map(|_: Vec<f32>| start.clone());
                (k.add)(&mut out[0], &a, &b);
                (k.mul)(&mut out[1], &a, &b);
                (k.mul_add)(&mut out[2], &a, &b);
                (k.axpy)(&mut out[3], 0.3, &b);
                (k.scale)(&mut out[4], 0.3);
                out.concat()
            };
            let list = kernels();
            let want = all(&list[list.len() - 1].1);
            for (name, kernel) in &list {
                assert_same_bits(&format!("{name}, length {len}"), &all(kernel), &want);
            }
        }
    }

    #[test]
    fn the_public_functions_do_what_they_say() {
        // Long enough to be cut into tasks.
        let len = 2 * GRAIN + 5;
        let mut rng = Rng::new(1);
        let (a, b) = (rng.normals(len), rng.normals(len));
        let each = |f: &dyn Fn(f32, f32) -> f32| -> Vec<f32> {
            a.iter().zip(&b).map(|(&a, &b)| f(a, b)).collect()
        };
        let mut out = vec![f32::NAN; len];
        add(&mut out, &a, &b);
        assert_same_bits("add", &out, &each(&|a, b| a + b));
        mul(&mut out, &a, &b);
        assert_same_bits("mul", &out, &each(&|a, b| a * b));
        mul_add(&mut out, &a, &b);
        assert_same_bits("mul_add", &out, &each(&|a, b| a * b + a * b));
        let mut out = a.clone();
        add_assign(&mut out, &b);
        assert_same_bits("add_assign", &out, &each(&|a, b| a + b));
        let mut out = a.clone();
        axpy(&mut out, 0.7, &b);
        assert_same_bits("axpy", &out, &each(&|a, b| a + 0.7 * b));
        scale(&mut out, 0.5);
        assert_same_bits("scale", &out, &each(&|a, b| (a + 0.7 * b) * 0.5));
    }
}
