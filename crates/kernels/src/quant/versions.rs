//! The versions of each step, by instruction set.

use std::ops::Range;
use std::sync::LazyLock;

use super::activations::{self, Limit, Pairs, Round, Rounded};
use super::job::Job;
use super::packed::View;
use super::scalar;
use super::scratch::{Columns, Wide};
use super::strip::Strip;
#[cfg(target_arch = "x86_64")]
use super::{avx2, avx512};
use crate::dtype::DType;
#[cfg(target_arch = "x86_64")]
use crate::simd::{self, Level};

/// A product of weights in pairs with rows of pairs.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
type Bf16 = unsafe fn(&Job, x: &[u32], strips: Range<usize>);

/// A version of each step.
///
/// # Safety
/// While a product runs, nothing else may touch the outputs of its strips.
pub(super) struct Kernels {
    pub(super) dequantise: fn(out: &mut [f32], dtype: DType, bytes: &[u8]),
    pub(super) limit: Limit,
    pub(super) round: Round,
    pub(super) unpack: fn(w: &View, strip: usize, wide: &mut Wide),
    /// All rows of `x` with adjacent strips, at most [`UNIT`].
    pub(super) int8: unsafe fn(&Job, x: &Rounded, first: usize, strips: &[Strip], &mut Columns),
    pub(super) f32: unsafe fn(&Job, x: &[f32], strips: Range<usize>),
    /// Of weights in pairs, if there are instructions for it.
    pub(super) bf16: Option<Bf16>,
    pub(super) pairs: Option<Pairs>,
}

pub(super) static KERNELS: LazyLock<Kernels> = LazyLock::new(|| kernels().swap_remove(0).1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
pub(super) fn kernels() -> Vec<(&'static str, Kernels)> {
    let mut kernels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if simd::allowed(Level::Avx512) {
        let bf16 = is_x86_feature_detected!("avx512bf16");
        let avx512 = Kernels {
            // SAFETY: AVX-512, and with it AVX2, FMA and F16C, are allowed only
            // where detected; so in all of these.
            dequantise: |out, dtype, bytes| unsafe { avx2::dequantise(out, dtype, bytes) },
            // SAFETY: see above.
            limit: |x| unsafe { avx512::limit(x) },
            // SAFETY: see above.
            round: |x, limit, out| unsafe { avx512::round(x, limit, out) },
            // SAFETY: see above.
            unpack: |w, strip, wide| unsafe { avx2::unpack(w, strip, wide) },
            // SAFETY: see above; the outputs are the caller's promise.
            int8: |job, x, first, strips, c| unsafe { avx512::int8(job, x, first, strips, c) },
            // SAFETY: see above; the outputs are the caller's promise.
            f32: |job, x, strips| unsafe { avx512::f32(job, x, strips) },
            // SAFETY: BF16 was detected just above; the outputs are the
            // caller's promise.
            bf16: bf16.then_some(|job, x, strips| unsafe { avx512::bf16(job, x, strips) }),
            // SAFETY: BF16 was detected just above.
            pairs: bf16.then_some(|x, out| unsafe { avx512::pairs(x, out) }),
        };
        kernels.push(("avx512", avx512));
    }
    #[cfg(target_arch = "x86_64")]
    if simd::allowed(Level::Avx2) && is_x86_feature_detected!("f16c") {
        let avx2 = Kernels {
            // SAFETY: AVX2 and FMA are allowed only where detected, F16C was
            // detected just now; so in all of these.
            dequantise: |out, dtype, bytes| unsafe { avx2::dequantise(out, dtype, bytes) },
            // SAFETY: see above.
            limit: |x| unsafe { avx2::limit(x) },
            // SAFETY: see above.
            round: |x, limit, out| unsafe { avx2::round(x, limit, out) },
            // SAFETY: see above.
            unpack: |w, strip, wide| unsafe { avx2::unpack(w, strip, wide) },
            // SAFETY: see above; the outputs are the caller's promise.
            int8: |job, x, first, strips, c| unsafe { avx2::int8(job, x, first, strips, c) },
            // SAFETY: see above; the outputs are the caller's promise.
            f32: |job, x, strips| unsafe { avx2::f32(job, x, strips) },
            bf16: None,
            pairs: None,
        };
        kernels.push(("avx2", avx2));
    }
    let scalar = Kernels {
        dequantise: scalar::dequantise,
        limit: activations::limit,
        round: scalar::round,
        unpack: scalar::unpack,
        int8: scalar::int8,
        f32: scalar::f32,
        bf16: None,
        pairs: None,
    };
    kernels.push(("scalar", scalar));
    kernels
}
