//! The vector steps of attention, for eight and for sixteen lanes.
//!
//! The kernel is written once over [`Lanes`]; its methods are inlined into the
//! functions that enable the instructions.

use super::tile::{Element, Tile, tile};
use std::arch::x86_64::*;

/// Coefficients of `2^f − 1`, by powers of `f` from 5 to 1, for `|f| ≤ ½`: the
/// relative error is at most 1.1e-7, an ulp (fitted to the smallest maximum,
/// with the first two terms given).
const EXP2: [f32; 5] = [
    0.001_330_03,
    0.009_669_71,
    0.055_505_6,
    0.240_222_82,
    std::f32::consts::LN_2,
];

/// Vectors of floats.
///
/// # Safety
/// Of every method: the CPU has the instructions, pointers cover a vector.
pub(super) unsafe trait Lanes {
    type V: Copy;
    const LANES: usize;
    /// Most rows in a tile: what the registers hold.
    const TILE: usize;
    unsafe fn splat(x: f32) -> Self::V;
    unsafe fn load(x: *const f32) -> Self::V;
    unsafe fn load_f16(x: *const u16) -> Self::V;
    unsafe fn load_i8(x: *const i8) -> Self::V;
    unsafe fn store(out: *mut f32, v: Self::V);
    unsafe fn add(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn sub(a: Self::V, b: Self::V) -> Self::V;
    unsafe fn mul(a: Self::V, b: Self::V) -> Self::V;
    /// `a · b + c`, rounded once.
    unsafe fn fma(a: Self::V, b: Self::V, c: Self::V) -> Self::V;
    unsafe fn max(a: Self::V, b: Self::V) -> Self::V;
    /// Whether a lane is above `limit`; a NaN is not.
    unsafe fn any_above(a: Self::V, limit: f32) -> bool;
    /// The largest lane.
    unsafe fn max_lane(v: Self::V) -> f32;
    /// Lanes whose bit is set, −∞ in the others.
    unsafe fn visible(bits: u32, v: Self::V) -> Self::V;
    /// `2^v`, to 2 ulp; below 2^−126 it may be 0. For `v ≤ 127`.
    unsafe fn exp2(v: Self::V) -> Self::V;
    /// [`tile`] with these instructions.
    unsafe fn tile<E: Element, const R: usize>(t: &Tile);
}

pub(super) struct Avx512;

// SAFETY: it has no obligations of its own.
unsafe impl Lanes for Avx512 {
    type V = __m512;
    const LANES: usize = 16;
    const TILE: usize = 6;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m512 {
        // SAFETY: here and below: the caller's promises.
        unsafe { _mm512_set1_ps(x) }
    }

    #[inline(always)]
    unsafe fn load(x: *const f32) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_loadu_ps(x) }
    }

    #[inline(always)]
    unsafe fn load_f16(x: *const u16) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_cvtph_ps(_mm256_loadu_si256(x.cast())) }
    }

    #[inline(always)]
    unsafe fn load_i8(x: *const i8) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_cvtepi32_ps(_mm512_cvtepi8_epi32(_mm_loadu_si128(x.cast()))) }
    }

    #[inline(always)]
    unsafe fn store(out: *mut f32, v: __m512) {
        // SAFETY: as above.
        unsafe { _mm512_storeu_ps(out, v) }
    }

    #[inline(always)]
    unsafe fn add(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_add_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn sub(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_sub_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn mul(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_mul_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn fma(a: __m512, b: __m512, c: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn max(a: __m512, b: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_max_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn any_above(a: __m512, limit: f32) -> bool {
        // SAFETY: as above.
        unsafe { _mm512_cmp_ps_mask::<_CMP_GT_OQ>(a, _mm512_set1_ps(limit)) != 0 }
    }

    #[inline(always)]
    unsafe fn max_lane(v: __m512) -> f32 {
        // SAFETY: as above.
        unsafe { _mm512_reduce_max_ps(v) }
    }

    #[inline(always)]
    unsafe fn visible(bits: u32, v: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe { _mm512_mask_blend_ps(bits as u16, _mm512_set1_ps(f32::NEG_INFINITY), v) }
    }

    #[inline(always)]
    unsafe fn exp2(v: __m512) -> __m512 {
        // SAFETY: as above.
        unsafe {
            // The constant stands first: `max` returns its second operand if one
            // is NaN.
            let v = _mm512_max_ps(_mm512_set1_ps(-150.0), v);
            const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
            let n = _mm512_roundscale_ps::<NEAREST>(v);
            let f = _mm512_sub_ps(v, n);
            let mut p = _mm512_set1_ps(EXP2[0]);
            for c in &EXP2[1..] {
                p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(*c));
            }
            p = _mm512_fmadd_ps(p, f, _mm512_set1_ps(1.0));
            _mm512_scalef_ps(p, n)
        }
    }

    unsafe fn tile<E: Element, const R: usize>(t: &Tile) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
        unsafe fn with_features<E: Element, const R: usize>(t: &Tile) {
            // SAFETY: the caller's promises; the instructions are enabled.
            unsafe { tile::<Avx512, E, R, 2>(t) }
        }
        // SAFETY: the caller's promises.
        unsafe { with_features::<E, R>(t) }
    }
}

pub(super) struct Avx2;

// SAFETY: it has no obligations of its own.
unsafe impl Lanes for Avx2 {
    type V = __m256;
    const LANES: usize = 8;
    const TILE: usize = 3;

    #[inline(always)]
    unsafe fn splat(x: f32) -> __m256 {
        // SAFETY: here and below: the caller's promises.
        unsafe { _mm256_set1_ps(x) }
    }

    #[inline(always)]
    unsafe fn load(x: *const f32) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_loadu_ps(x) }
    }

    #[inline(always)]
    unsafe fn load_f16(x: *const u16) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_cvtph_ps(_mm_loadu_si128(x.cast())) }
    }

    #[inline(always)]
    unsafe fn load_i8(x: *const i8) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(_mm_loadl_epi64(x.cast()))) }
    }

    #[inline(always)]
    unsafe fn store(out: *mut f32, v: __m256) {
        // SAFETY: as above.
        unsafe { _mm256_storeu_ps(out, v) }
    }

    #[inline(always)]
    unsafe fn add(a: __m256, b: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_add_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn sub(a: __m256, b: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_sub_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn mul(a: __m256, b: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_mul_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn fma(a: __m256, b: __m256, c: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_fmadd_ps(a, b, c) }
    }

    #[inline(always)]
    unsafe fn max(a: __m256, b: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe { _mm256_max_ps(a, b) }
    }

    #[inline(always)]
    unsafe fn any_above(a: __m256, limit: f32) -> bool {
        // SAFETY: as above.
        unsafe {
            let above = _mm256_cmp_ps::<_CMP_GT_OQ>(a, _mm256_set1_ps(limit));
            _mm256_movemask_ps(above) != 0
        }
    }

    #[inline(always)]
    unsafe fn max_lane(v: __m256) -> f32 {
        // SAFETY: as above.
        unsafe { crate::simd::avx2::max(v) }
    }

    #[inline(always)]
    unsafe fn visible(bits: u32, v: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe {
            let lane = _mm256_setr_epi32(1, 2, 4, 8, 16, 32, 64, 128);
            let bits = _mm256_and_si256(_mm256_set1_epi32(bits as i32), lane);
            let set = _mm256_castsi256_ps(_mm256_cmpeq_epi32(bits, lane));
            _mm256_blendv_ps(_mm256_set1_ps(f32::NEG_INFINITY), v, set)
        }
    }

    #[inline(always)]
    unsafe fn exp2(v: __m256) -> __m256 {
        // SAFETY: as above.
        unsafe {
            // As above; 2^−127 has the exponent bits of 0, and so is 0.
            let v = _mm256_max_ps(_mm256_set1_ps(-127.0), v);
            const NEAREST: i32 = _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC;
            let n = _mm256_round_ps::<NEAREST>(v);
            let f = _mm256_sub_ps(v, n);
            let mut p = _mm256_set1_ps(EXP2[0]);
            for c in &EXP2[1..] {
                p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(*c));
            }
            p = _mm256_fmadd_ps(p, f, _mm256_set1_ps(1.0));
            let n = _mm256_add_epi32(_mm256_cvtps_epi32(n), _mm256_set1_epi32(127));
            _mm256_mul_ps(p, _mm256_castsi256_ps(_mm256_slli_epi32::<23>(n)))
        }
    }

    unsafe fn tile<E: Element, const R: usize>(t: &Tile) {
        #[target_feature(enable = "avx2,fma,f16c")]
        unsafe fn with_features<E: Element, const R: usize>(t: &Tile) {
            // SAFETY: the caller's promises; the instructions are enabled.
            unsafe { tile::<Avx2, E, R, 4>(t) }
        }
        // SAFETY: the caller's promises.
        unsafe { with_features::<E, R>(t) }
    }
}
