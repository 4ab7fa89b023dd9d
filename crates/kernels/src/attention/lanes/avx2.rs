//! Eight lanes.

use super::super::BLOCK;
use super::super::tile::{Element, Tile, tile, widen};
use super::super::vector::pack;
use super::{EXP2, Lanes, Rows};
use std::arch::x86_64::*;

pub(in super::super) struct Avx2;

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

    #[inline(always)]
    unsafe fn transpose(out: *mut f32, x: *const f32, stride: usize) {
        // SAFETY: as above.
        unsafe {
            let row = |i: usize| _mm256_loadu_ps(x.add(i * stride));
            let mut fours = [_mm256_setzero_ps(); 8];
            // As with sixteen lanes.
            for g in 0..2 {
                let (a, b) = (row(4 * g), row(4 * g + 1));
                let (c, d) = (row(4 * g + 2), row(4 * g + 3));
                let low = _mm256_castps_pd(_mm256_unpacklo_ps(a, b));
                let low2 = _mm256_castps_pd(_mm256_unpacklo_ps(c, d));
                let high = _mm256_castps_pd(_mm256_unpackhi_ps(a, b));
                let high2 = _mm256_castps_pd(_mm256_unpackhi_ps(c, d));
                fours[4 * g] = _mm256_castpd_ps(_mm256_unpacklo_pd(low, low2));
                fours[4 * g + 1] = _mm256_castpd_ps(_mm256_unpackhi_pd(low, low2));
                fours[4 * g + 2] = _mm256_castpd_ps(_mm256_unpacklo_pd(high, high2));
                fours[4 * g + 3] = _mm256_castpd_ps(_mm256_unpackhi_pd(high, high2));
            }
            for c in 0..4 {
                let (a, b) = (fours[c], fours[4 + c]);
                let column = |n: usize, v| _mm256_storeu_ps(out.add(n * BLOCK), v);
                column(c, _mm256_permute2f128_ps::<0x20>(a, b));
                column(4 + c, _mm256_permute2f128_ps::<0x31>(a, b));
            }
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

    unsafe fn widen<E: Element>(out: *mut f32, from: *const E, count: usize, next: *const u8) {
        #[target_feature(enable = "avx2,fma,f16c")]
        unsafe fn with_features<E: Element>(
            out: *mut f32,
            from: *const E,
            count: usize,
            next: *const u8,
        ) {
            // SAFETY: the caller's promises; the instructions are enabled.
            unsafe { widen::<Avx2, E>(out, from, count, next) }
        }
        // SAFETY: the caller's promises.
        unsafe { with_features::<E>(out, from, count, next) }
    }

    unsafe fn pack(k_out: &mut [f32], v_out: &mut [f32], rows: &Rows) {
        #[target_feature(enable = "avx2,fma,f16c")]
        unsafe fn with_features(k_out: &mut [f32], v_out: &mut [f32], rows: &Rows) {
            // SAFETY: the caller's promises; the instructions are enabled.
            unsafe { pack::<Avx2>(k_out, v_out, rows) }
        }
        // SAFETY: the caller's promises.
        unsafe { with_features(k_out, v_out, rows) }
    }
}
