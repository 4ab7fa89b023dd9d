//! Activations rounded, eight at a time.

use std::arch::x86_64::*;
use std::array;

use super::super::activations::{BLOCK, FINER, TINY};
use crate::simd::avx2::{LANES, load};

#[target_feature(enable = "avx2,fma")]
pub(in super::super) fn round(x: &[f32; BLOCK], q: &mut [i8; BLOCK]) -> f32 {
    let parts = x.as_chunks::<LANES>().0;
    // As integers, magnitudes of floats are in order, and NaN is above all.
    let magnitude = _mm256_set1_epi32(i32::MAX);
    let mut largest = _mm256_setzero_si256();
    for x in parts {
        let bits = _mm256_and_si256(_mm256_castps_si256(load(x)), magnitude);
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
        *q = [0; BLOCK];
        return if largest.is_finite() { 0.0 } else { f32::NAN };
    }
    let inverse = _mm256_set1_ps(127.0 / largest);
    let [a, b, c, d] =
        array::from_fn(|i| _mm256_cvtps_epi32(_mm256_mul_ps(load(&parts[i]), inverse)));
    pack(q, [a, b, c, d]);
    largest / 127.0
}

#[target_feature(enable = "avx2,fma")]
pub(in super::super) fn refine(x: &[f32; BLOCK], q: &[i8; BLOCK], scale: f32, r: &mut [i8; BLOCK]) {
    let (x, q) = (x.as_chunks().0, q.as_chunks().0);
    let inverse = _mm256_set1_ps(FINER / scale);
    let scale = _mm256_set1_ps(scale);
    let parts = array::from_fn(|i| {
        let q: &[i8; LANES] = &q[i];
        let q = _mm_cvtsi64_si128(i64::from_le_bytes(q.map(|q| q as u8)));
        let q = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(q));
        // No FMA: the definition rounds the product.
        let rest = _mm256_sub_ps(load(&x[i]), _mm256_mul_ps(scale, q));
        _mm256_cvtps_epi32(_mm256_mul_ps(rest, inverse))
    });
    pack(r, parts);
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
