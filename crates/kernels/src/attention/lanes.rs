//! The vector steps of attention, for eight and for sixteen lanes.
//!
//! The kernel is written once over [`Lanes`]; its methods are inlined into the
//! functions that enable the instructions.

use super::BLOCK;
use super::tile::{Element, Tile, tile, widen};
use super::vector::pack;
use std::arch::x86_64::*;
use std::ops::Range;

mod avx2;
pub(super) use avx2::Avx2;

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
    /// Writes column `c` of a square of floats, whose rows are `stride` apart,
    /// to `out[c · BLOCK]` and on.
    unsafe fn transpose(out: *mut f32, x: *const f32, stride: usize);
    /// [`tile`] with these instructions.
    unsafe fn tile<E: Element, const R: usize>(t: &Tile);
    /// [`widen`] with these instructions.
    unsafe fn widen<E: Element>(out: *mut f32, from: *const E, count: usize, next: *const u8);
    /// [`pack`] with these instructions.
    unsafe fn pack(k_out: &mut [f32], v_out: &mut [f32], rows: &Rows);
}

/// Keys and values as they were computed, of a block and a head.
pub(super) struct Rows<'a> {
    pub(super) k: &'a [f32],
    pub(super) v: &'a [f32],
    /// Where the block's first key begins, and how far apart they are.
    pub(super) first: usize,
    pub(super) stride: usize,
    pub(super) dim: usize,
    /// Those of the block that a query sees.
    pub(super) keys: Range<usize>,
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

    #[inline(always)]
    unsafe fn transpose(out: *mut f32, x: *const f32, stride: usize) {
        // SAFETY: as above.
        unsafe {
            let row = |i: usize| _mm512_loadu_ps(x.add(i * stride));
            let mut fours = [_mm512_setzero_ps(); 16];
            // Lane `l` of `fours[4g + c]` is column `4l + c` of rows `4g` to `4g + 3`.
            for g in 0..4 {
                let (a, b) = (row(4 * g), row(4 * g + 1));
                let (c, d) = (row(4 * g + 2), row(4 * g + 3));
                let low = _mm512_castps_pd(_mm512_unpacklo_ps(a, b));
                let low2 = _mm512_castps_pd(_mm512_unpacklo_ps(c, d));
                let high = _mm512_castps_pd(_mm512_unpackhi_ps(a, b));
                let high2 = _mm512_castps_pd(_mm512_unpackhi_ps(c, d));
                fours[4 * g] = _mm512_castpd_ps(_mm512_unpacklo_pd(low, low2));
                fours[4 * g + 1] = _mm512_castpd_ps(_mm512_unpackhi_pd(low, low2));
                fours[4 * g + 2] = _mm512_castpd_ps(_mm512_unpacklo_pd(high, high2));
                fours[4 * g + 3] = _mm512_castpd_ps(_mm512_unpackhi_pd(high, high2));
            }
            const EVEN: i32 = 0b10_00_10_00;
            const ODD: i32 = 0b11_01_11_01;
            for c in 0..4 {
                let even = _mm512_shuffle_f32x4::<EVEN>(fours[c], fours[4 + c]);
                let odd = _mm512_shuffle_f32x4::<ODD>(fours[c], fours[4 + c]);
                let even2 = _mm512_shuffle_f32x4::<EVEN>(fours[8 + c], fours[12 + c]);
                let odd2 = _mm512_shuffle_f32x4::<ODD>(fours[8 + c], fours[12 + c]);
                let column = |n: usize, v| _mm512_storeu_ps(out.add(n * BLOCK), v);
                column(c, _mm512_shuffle_f32x4::<EVEN>(even, even2));
                column(4 + c, _mm512_shuffle_f32x4::<EVEN>(odd, odd2));
                column(8 + c, _mm512_shuffle_f32x4::<ODD>(even, even2));
                column(12 + c, _mm512_shuffle_f32x4::<ODD>(odd, odd2));
            }
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

    unsafe fn widen<E: Element>(out: *mut f32, from: *const E, count: usize, next: *const u8) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
        unsafe fn with_features<E: Element>(
            out: *mut f32,
            from: *const E,
            count: usize,
            next: *const u8,
        ) {
            // SAFETY: the caller's promises; the instructions are enabled.
            unsafe { widen::<Avx512, E>(out, from, count, next) }
        }
        // SAFETY: the caller's promises.
        unsafe { with_features::<E>(out, from, count, next) }
    }

    unsafe fn pack(k_out: &mut [f32], v_out: &mut [f32], rows: &Rows) {
        #[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
        unsafe fn with_features(k_out: &mut [f32], v_out: &mut [f32], rows: &Rows) {
            // SAFETY: the caller's promises; the instructions are enabled.
            unsafe { pack::<Avx512>(k_out, v_out, rows) }
        }
        // SAFETY: the caller's promises.
        unsafe { with_features(k_out, v_out, rows) }
    }
}
