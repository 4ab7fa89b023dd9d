//! Activations rounded, eight at a time.

use std::arch::x86_64::*;
use std::array;

use super::super::activations::{self, RowMut, TINY};
use super::super::strip::BLOCK;
use crate::simd::avx2::{LANES, load};

#[target_feature(enable = "avx2")]
pub(in super::super) fn limit(row: &[f32]) -> f32 {
    activations::limit(row)
}

#[target_feature(enable = "avx2,fma")]
pub(in super::super) fn round(x: &[f32], limit: f32, out: RowMut) -> usize {
    let blocks = x.as_chunks::<BLOCK>().0;
    let p = out.p.as_chunks_mut::<BLOCK>().0;
    let total = out.total.as_chunks_mut::<2>().0;
    let mut found = 0;
    let out_blocks = p.iter_mut().zip(out.scale).zip(total);
    for (b, (x, ((p, scale), total))) in blocks.iter().zip(out_blocks).enumerate() {
        let parts = x.as_chunks::<LANES>().0;
        let mut x: [__m256; 4] = array::from_fn(|i| load(&parts[i]));
        let sign = _mm256_set1_ps(-0.0);
        for (i, x) in x.iter_mut().enumerate() {
            let magnitude = _mm256_andnot_ps(sign, *x);
            let out_of_row = _mm256_cmp_ps::<_CMP_GT_OQ>(magnitude, _mm256_set1_ps(limit));
            let mut mask = _mm256_movemask_ps(out_of_row);
            if mask == 0 {
                continue;
            }
            while mask != 0 {
                let lane = mask.trailing_zeros() as usize;
                out.cols[found] = (b * BLOCK + i * LANES + lane) as u32;
                out.values[found] = parts[i][lane];
                found += 1;
                mask &= mask - 1;
            }
            *x = _mm256_andnot_ps(out_of_row, *x);
        }
        *scale = block(x, p, total);
    }
    found
}

/// Rounds a block to `p` with `total` per half; gives the scale.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn block(x: [__m256; 4], p: &mut [i8; BLOCK], total: &mut [i32; 2]) -> f32 {
    // As integers, magnitudes of floats are in order, and NaN is above all.
    let magnitude = _mm256_set1_epi32(i32::MAX);
    let mut largest = _mm256_setzero_si256();
    for x in x {
        let bits = _mm256_and_si256(_mm256_castps_si256(x), magnitude);
        largest = _mm256_max_epi32(largest, bits);
    }
    let v = _mm_max_epi32(
        _mm256_castsi256_si128(largest),
        _mm256_extracti128_si256::<1>(largest),
    );
    let v = _mm_max_epi32(v, _mm_shuffle_epi32::<0b01_00_11_10>(v));
    let v = _mm_max_epi32(v, _mm_shuffle_epi32::<0b10_11_00_01>(v));
    let largest = f32::from_bits(_mm_cvtsi128_si32(v) as u32);
    if !largest.is_finite() || largest < TINY {
        *p = [0; BLOCK];
        *total = [0; 2];
        return if largest.is_finite() { 0.0 } else { f32::NAN };
    }
    let inverse = _mm256_set1_ps(127.0 / largest);
    let q = x.map(|x| _mm256_cvtps_epi32(_mm256_mul_ps(x, inverse)));
    *total = [
        sum(_mm256_add_epi32(q[0], q[1])),
        sum(_mm256_add_epi32(q[2], q[3])),
    ];
    pack(p, q);
    largest / 127.0
}

#[inline]
#[target_feature(enable = "avx2")]
fn sum(v: __m256i) -> i32 {
    let v = _mm_add_epi32(_mm256_castsi256_si128(v), _mm256_extracti128_si256::<1>(v));
    let v = _mm_add_epi32(v, _mm_shuffle_epi32::<0b01_00_11_10>(v));
    _mm_cvtsi128_si32(_mm_add_epi32(v, _mm_shuffle_epi32::<0b10_11_00_01>(v)))
}

/// Stores 32 integers, given in order, as bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn pack(out: &mut [i8; BLOCK], [a, b, c, d]: [__m256i; 4]) {
    // Packing works within halves, so the order is mended afterwards.
    let packed = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let packed = _mm256_permutevar8x32_epi32(packed, order);
    // SAFETY: `out` is 32 writable bytes; storeu takes any alignment.
    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), packed) };
}
