//! Activations rounded, four blocks at a time: what is found out about each of
//! them (its largest value, its sums) is found out in lanes side by side.

use std::arch::x86_64::*;
use std::array;

use super::super::activations::{RowMut, SLACK, TINY, limit_of};
use super::super::strip::BLOCK;

/// Blocks side by side.
const SIDE: usize = 4;
/// Vectors of a block.
const VECTORS: usize = 2;

/// As [`activations::limit`](super::super::activations::limit).
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2")]
pub(in super::super) fn limit(row: &[f32]) -> f32 {
    let mut squares = [_mm512_setzero_ps(); VECTORS];
    for x in row.as_chunks::<BLOCK>().0 {
        for (i, squares) in squares.iter_mut().enumerate() {
            // SAFETY: a block is 32 readable floats; loadu takes any alignment.
            let x = unsafe { _mm512_loadu_ps(x.as_ptr().add(16 * i)) };
            *squares = _mm512_add_ps(*squares, _mm512_mul_ps(x, x));
        }
    }
    // Halves onto halves, in the order of the definition.
    let x = _mm512_add_ps(squares[0], squares[1]);
    let x = _mm256_add_ps(_mm512_castps512_ps256(x), _mm512_extractf32x8_ps::<1>(x));
    let x = _mm_add_ps(_mm256_castps256_ps128(x), _mm256_extractf128_ps::<1>(x));
    let x = _mm_add_ps(x, _mm_movehl_ps(x, x));
    let x = _mm_cvtss_f32(_mm_add_ss(x, _mm_shuffle_ps::<1>(x, x)));
    limit_of((x / row.len() as f32).sqrt())
}

#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2")]
pub(in super::super) fn round(x: &[f32], limit: f32, out: RowMut) -> usize {
    let blocks = x.len() / BLOCK;
    assert!(out.p.len() == x.len() && out.scale.len() == blocks && out.total.len() == 2 * blocks);
    let mut found = 0;
    for first in (0..blocks).step_by(SIDE) {
        let count = SIDE.min(blocks - first);
        // Blocks that are not there are zero.
        let mut x: [[__m512; VECTORS]; SIDE] = array::from_fn(|b| {
            array::from_fn(|i| match b < count {
                // SAFETY: the block has 32 readable floats.
                true => unsafe { _mm512_loadu_ps(x.as_ptr().add((first + b) * BLOCK + 16 * i)) },
                false => _mm512_setzero_ps(),
            })
        });
        for (b, x) in x.iter_mut().enumerate() {
            for (i, x) in x.iter_mut().enumerate() {
                let col = (first + b) * BLOCK + 16 * i;
                found += take_outliers(x, limit, col, found, out.cols, out.values);
            }
        }
        let (scale, inverse, ordinary) = scales(&x);
        let q: [[__m512i; VECTORS]; SIDE] = array::from_fn(|b| {
            let inverse = _mm512_set1_ps(inverse[b]);
            let mask = if ordinary & (1 << b) == 0 { 0 } else { !0 };
            x[b].map(|x| _mm512_maskz_cvtps_epi32(mask, _mm512_mul_ps(x, inverse)))
        });
        let p = [narrow(q[0], q[1]), narrow(q[2], q[3])];
        let (here, all) = (1u8 << count, 1u64 << (BLOCK * count % 64));
        // SAFETY: a mask has as many bits as there are values from the first
        // block of these on.
        unsafe {
            let to = out.p.as_mut_ptr().add(first * BLOCK);
            let low = if count < 2 { all - 1 } else { !0 };
            _mm512_mask_storeu_epi8(to, low, p[0]);
            if count > 2 {
                let high = if count < 4 { all - 1 } else { !0 };
                _mm512_mask_storeu_epi8(to.add(64), high, p[1]);
            }
            _mm_mask_storeu_ps(out.scale.as_mut_ptr().add(first), here - 1, scale);
            let halves = ((1u32 << (2 * count)) - 1) as u8;
            _mm256_mask_storeu_epi32(out.total.as_mut_ptr().add(2 * first), halves, totals(p));
        }
    }
    found
}

/// Moves outliers out of a vector that begins at column `col`; says how many.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq")]
fn take_outliers(
    x: &mut __m512,
    limit: f32,
    col: usize,
    found: usize,
    cols: &mut [u32],
    values: &mut [f32],
) -> usize {
    let mask = _mm512_cmp_ps_mask::<_CMP_GT_OQ>(_mm512_abs_ps(*x), _mm512_set1_ps(limit));
    if mask == 0 {
        return 0;
    }
    let lanes = _mm512_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15);
    let lanes = _mm512_add_epi32(_mm512_set1_epi32(col as i32), lanes);
    let at = found..found + SLACK;
    let (cols, values) = (&mut cols[at.clone()], &mut values[at]);
    // SAFETY: 16 writable values each.
    unsafe {
        let col = _mm512_maskz_compress_epi32(mask, lanes);
        _mm512_storeu_si512(cols.as_mut_ptr().cast(), col);
        _mm512_storeu_ps(values.as_mut_ptr(), _mm512_maskz_compress_ps(mask, *x));
    }
    *x = _mm512_maskz_mov_ps(!mask, *x);
    mask.count_ones() as usize
}

/// Of each block its scale, what it is multiplied with, and whether it is
/// neither zero nor without end.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2")]
fn scales(x: &[[__m512; VECTORS]; SIDE]) -> (__m128, [f32; SIDE], u8) {
    // As integers, magnitudes of floats are in order, and NaN is above all.
    let most: [__m512i; SIDE] = array::from_fn(|b| {
        let [x, y] = x[b].map(|x| _mm512_castps_si512(_mm512_abs_ps(x)));
        _mm512_max_epi32(x, y)
    });
    let pair = |a, b| {
        let (low, high) = (_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
        _mm512_max_epi32(low, high)
    };
    // Every four lanes become one of each block, then all fours become one.
    let (a, b) = (pair(most[0], most[1]), pair(most[2], most[3]));
    let most = _mm512_max_epi32(_mm512_unpacklo_epi64(a, b), _mm512_unpackhi_epi64(a, b));
    let low = _mm512_castsi512_si256(most);
    let most = _mm256_max_epi32(low, _mm512_extracti64x4_epi64::<1>(most));
    let low = _mm256_castsi256_si128(most);
    let most = _mm_castsi128_ps(_mm_max_epi32(low, _mm256_extracti128_si256::<1>(most)));

    let finite = _mm_cmp_ps_mask::<_CMP_LE_OQ>(most, _mm_set1_ps(f32::MAX));
    let ordinary = finite & _mm_cmp_ps_mask::<_CMP_GE_OQ>(most, _mm_set1_ps(TINY));
    let steps = _mm_set1_ps(127.0);
    let scale = _mm_maskz_div_ps(ordinary, most, steps);
    let scale = _mm_mask_mov_ps(_mm_set1_ps(f32::NAN), finite, scale);
    let mut inverse = [0.0; SIDE];
    // SAFETY: four writable floats.
    unsafe {
        _mm_storeu_ps(
            inverse.as_mut_ptr(),
            _mm_maskz_div_ps(ordinary, steps, most),
        )
    };
    (scale, inverse, ordinary)
}

/// Two blocks of integers within ±127, as bytes in their order.
#[inline]
#[target_feature(enable = "avx512f,avx512bw")]
fn narrow(a: [__m512i; VECTORS], b: [__m512i; VECTORS]) -> __m512i {
    let (a, b) = (
        _mm512_packs_epi32(a[0], a[1]),
        _mm512_packs_epi32(b[0], b[1]),
    );
    // Four bytes of each vector, four times over.
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 2, 6, 10, 14, 3, 7, 11, 15);
    _mm512_permutexvar_epi32(order, _mm512_packs_epi16(a, b))
}

/// The sum of each half block.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512vnni,avx2")]
fn totals(p: [__m512i; 2]) -> __m256i {
    let ones = _mm512_set1_epi8(1);
    // A half is four lanes.
    let [a, b] = p.map(|p| _mm512_dpbusd_epi32(_mm512_setzero_si512(), ones, p));
    let sums = _mm512_add_epi32(_mm512_unpacklo_epi32(a, b), _mm512_unpackhi_epi32(a, b));
    let sums = _mm512_add_epi32(sums, _mm512_shuffle_epi32::<0b01_00_11_10>(sums));
    let order = _mm512_setr_epi32(0, 4, 8, 12, 1, 5, 9, 13, 0, 0, 0, 0, 0, 0, 0, 0);
    _mm512_castsi512_si256(_mm512_permutexvar_epi32(order, sums))
}
