//! Activations rounded, a block at a time.

use std::arch::x86_64::*;

use super::super::activations::{self, RowMut, SLACK, TINY};
use super::super::strip::BLOCK;

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
pub(in super::super) fn limit(row: &[f32]) -> f32 {
    activations::limit(row)
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
pub(in super::super) fn round(x: &[f32], limit: f32, out: RowMut) -> usize {
    let blocks = x.as_chunks::<BLOCK>().0;
    let (p, total) = (
        out.p.as_chunks_mut::<BLOCK>().0,
        out.total.as_chunks_mut::<2>().0,
    );
    let (limit, mut found) = (_mm512_set1_ps(limit), 0);
    let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let out_blocks = p.iter_mut().zip(out.scale).zip(total);
    for (b, (x, ((p, scale), total))) in blocks.iter().zip(out_blocks).enumerate() {
        // SAFETY: a block is 32 readable floats; loadu takes any alignment.
        let mut x: [__m512; 2] =
            std::array::from_fn(|i| unsafe { _mm512_loadu_ps(x.as_ptr().add(16 * i)) });
        let magnitude = x.map(|x| _mm512_abs_ps(x));
        let mask = magnitude.map(|m| _mm512_cmp_ps_mask::<_CMP_GT_OQ>(m, limit));
        if mask != [0, 0] {
            for i in 0..2 {
                let col = _mm512_set1_epi32((b * BLOCK + 16 * i) as i32);
                let cols = _mm512_maskz_compress_epi32(mask[i], _mm512_add_epi32(col, lanes));
                let values = _mm512_maskz_compress_ps(mask[i], x[i]);
                let at = found..found + SLACK;
                let (cols_out, values_out) = (&mut out.cols[at.clone()], &mut out.values[at]);
                // SAFETY: 16 writable values each.
                unsafe {
                    _mm512_storeu_si512(cols_out.as_mut_ptr().cast(), cols);
                    _mm512_storeu_ps(values_out.as_mut_ptr(), values);
                }
                found += mask[i].count_ones() as usize;
                x[i] = _mm512_maskz_mov_ps(!mask[i], x[i]);
            }
        }
        // As integers, magnitudes of floats are in order, and NaN is above all.
        let bits = x.map(|x| _mm512_castps_si512(_mm512_abs_ps(x)));
        let largest = _mm512_reduce_max_epi32(_mm512_max_epi32(bits[0], bits[1]));
        let largest = f32::from_bits(largest as u32);
        if !largest.is_finite() || largest < TINY {
            *p = [0; BLOCK];
            *total = [0, 0];
            *scale = if largest.is_finite() { 0.0 } else { f32::NAN };
            continue;
        }
        let inverse = _mm512_set1_ps(127.0 / largest);
        *scale = largest / 127.0;
        for i in 0..2 {
            let q = _mm512_cvtps_epi32(_mm512_mul_ps(x[i], inverse));
            total[i] = _mm512_reduce_add_epi32(q);
            // SAFETY: half a block of 32 writable bytes.
            unsafe {
                _mm_storeu_si128(p.as_mut_ptr().add(16 * i).cast(), _mm512_cvtepi32_epi8(q));
            }
        }
    }
    found
}
