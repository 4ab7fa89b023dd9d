//! Values of each format, a vector at a time; the layouts are explained in the
//! portable `unpack.rs`, which these must agree with.

use std::arch::x86_64::*;

use super::super::packed::View;
use super::super::scratch::{Scratch, Wide, room};
use super::super::strip::{BLOCK, STRIP};
use super::super::unpack::{self as portable, E2M1, IQ4, group_len, has_min};
use crate::dtype::DType;
use crate::simd::avx2::LANES;

/// Runs `$body` with `$q` the function that unpacks 32 integers of the type:
/// `$q(row, b)` are values `32·b..32·b + 32`.
///
/// A macro, so that the function is inlined into the loops of the body.
macro_rules! with_format {
    ($dtype:expr, $q:ident => $body:expr) => {
        with_format!($dtype, $q => $body,
            Q4_0 q4_0, Q4_1 q4_1, Q5_0 q5_0, Q5_1 q5_1, Q8_0 q8_0, Q2_K q2_k, Q3_K q3_k,
            Q4_K q4_k, Q5_K q5_k, Q6_K q6_k, IQ4_NL iq4_nl, IQ4_XS iq4_xs, MXFP4 mxfp4)
    };
    ($dtype:expr, $q:ident => $body:expr, $($variant:ident $function:ident),*) => {
        match $dtype {
            $(DType::$variant => {
                let $q = |row: &[u8], b: usize| $crate::quant::avx2::unpack::$function(row, b);
                $body
            })*
            DType::F32 | DType::F16 | DType::BF16 => unreachable!("not quantised"),
        }
    };
}
pub(super) use with_format;

/// Unpacks a strip of stored rows; those beyond the last get the scale 0.
#[target_feature(enable = "avx2,fma,f16c")]
pub(in super::super) fn strip(w: &View, strip: usize, wide: &mut Wide) {
    let (dtype, cols) = (w.dtype, w.cols);
    let first = strip * STRIP;
    let count = STRIP.min(w.rows - first);
    let groups = cols / group_len(dtype);
    // All lanes are written below, of a whole strip.
    if count < STRIP || wide.quads.len() != cols / 4 {
        wide.clear(dtype, cols);
    }
    wide.scale.resize(groups, [0.0; STRIP]);
    wide.min
        .resize(if has_min(dtype) { groups } else { 0 }, [0.0; STRIP]);
    Scratch::with(|scratch| {
        let scale = room(&mut scratch.scale, groups);
        let min = room(&mut scratch.min, wide.min.len());
        for lane in 0..count {
            scales(dtype, w.row(first + lane), scale, min);
            wide.set_scales(lane, scale, min);
        }
    });
    let sign = _mm256_set1_epi8(-128);
    with_format!(dtype, q => {
        for half in 0..count.div_ceil(LANES) {
            // Of a strip cut short, the last row stands in for those behind it;
            // they have the scale 0.
            let row: [&[u8]; LANES] =
                std::array::from_fn(|i| w.row(first + (half * LANES + i).min(count - 1)));
            for (b, quads) in wide.quads.as_chunks_mut::<{ BLOCK / 4 }>().0.iter_mut().enumerate() {
                let mut rows = [sign; LANES];
                for (out, row) in rows.iter_mut().zip(row) {
                    *out = _mm256_xor_si256(q(row, b), sign);
                }
                for (quad, lanes) in quads.iter_mut().zip(transpose(rows)) {
                    let out = &mut quad.as_chunks_mut::<32>().0[half];
                    // SAFETY: 32 writable bytes; storeu takes any alignment.
                    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), lanes) };
                }
            }
        }
    });
}

/// Rows of eight 32-bit lanes become columns.
#[inline]
#[target_feature(enable = "avx2")]
fn transpose(r: [__m256i; 8]) -> [__m256i; 8] {
    let low = |i: usize| _mm256_unpacklo_epi32(r[i], r[i + 1]);
    let high = |i: usize| _mm256_unpackhi_epi32(r[i], r[i + 1]);
    // Two rows each: columns 0 and 1 (4 and 5 in the upper half), or 2 and 3.
    let (a, b, c, d) = (low(0), low(2), low(4), low(6));
    let (e, f, g, h) = (high(0), high(2), high(4), high(6));
    // Four rows each: a column, and in the upper half the fourth after it.
    let first = [
        (_mm256_unpacklo_epi64(a, b), _mm256_unpacklo_epi64(c, d)),
        (_mm256_unpackhi_epi64(a, b), _mm256_unpackhi_epi64(c, d)),
        (_mm256_unpacklo_epi64(e, f), _mm256_unpacklo_epi64(g, h)),
        (_mm256_unpackhi_epi64(e, f), _mm256_unpackhi_epi64(g, h)),
    ];
    let lower = |i: usize| _mm256_permute2x128_si256::<0x20>(first[i].0, first[i].1);
    let upper = |i: usize| _mm256_permute2x128_si256::<0x31>(first[i].0, first[i].1);
    [
        lower(0),
        lower(1),
        lower(2),
        lower(3),
        upper(0),
        upper(1),
        upper(2),
        upper(3),
    ]
}

/// Scales and minima of a row, as the portable function of this name, which is
/// slower only where a pair of halves goes with every 32 values.
#[inline]
#[target_feature(enable = "avx2,f16c")]
pub(super) fn scales(dtype: DType, row: &[u8], scale: &mut [f32], min: &mut [f32]) {
    match dtype {
        DType::Q4_1 => pairs::<20>(row, scale, min),
        DType::Q5_1 => pairs::<24>(row, scale, min),
        DType::Q5_0 => singles::<22>(row, scale),
        DType::IQ4_NL => singles::<18>(row, scale),
        _ => portable::scales(dtype, row, scale, min),
    }
}

#[inline]
#[target_feature(enable = "avx2,f16c")]
fn singles<const N: usize>(row: &[u8], scale: &mut [f32]) {
    for (block, scale) in row.as_chunks::<N>().0.iter().zip(scale) {
        let half = i32::from(u16::from_le_bytes([block[0], block[1]]));
        *scale = _mm_cvtss_f32(_mm_cvtph_ps(_mm_cvtsi32_si128(half)));
    }
}

#[inline]
#[target_feature(enable = "avx2,f16c")]
fn pairs<const N: usize>(row: &[u8], scale: &mut [f32], min: &mut [f32]) {
    let groups = scale.iter_mut().zip(min);
    for (block, (scale, min)) in row.as_chunks::<N>().0.iter().zip(groups) {
        let both = i32::from_le_bytes([block[0], block[1], block[2], block[3]]);
        let both = _mm_cvtph_ps(_mm_cvtsi32_si128(both));
        *scale = _mm_cvtss_f32(both);
        *min = _mm_cvtss_f32(_mm_movehdup_ps(both));
    }
}

/// Values `8·c..8·c + 8` of a row of floats.
#[inline]
#[target_feature(enable = "avx2,f16c")]
pub(super) fn floats(dtype: DType, row: &[u8], c: usize) -> __m256 {
    match dtype {
        DType::F16 => f16s(row, c),
        DType::BF16 => bf16s(row, c),
        _ => f32s(row, c),
    }
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn f32s(row: &[u8], c: usize) -> __m256 {
    _mm256_castsi256_ps(load32(block::<32>(row, c), 0))
}

#[inline]
#[target_feature(enable = "avx2,f16c")]
pub(super) fn f16s(row: &[u8], c: usize) -> __m256 {
    _mm256_cvtph_ps(load16(block::<16>(row, c), 0))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn bf16s(row: &[u8], c: usize) -> __m256 {
    let halves = _mm256_cvtepu16_epi32(load16(block::<16>(row, c), 0));
    _mm256_castsi256_ps(_mm256_slli_epi32::<16>(halves))
}

/// The `b`-th block of `N` bytes.
#[inline]
fn block<const N: usize>(row: &[u8], b: usize) -> &[u8; N] {
    &row.as_chunks().0[b]
}

#[inline]
#[target_feature(enable = "avx2")]
fn load16(bytes: &[u8], at: usize) -> __m128i {
    let bytes: &[u8] = &bytes[at..at + 16];
    // SAFETY: the slice covers 16 readable bytes; loadu takes any alignment.
    unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load32(bytes: &[u8], at: usize) -> __m256i {
    let bytes: &[u8] = &bytes[at..at + 32];
    // SAFETY: the slice covers 32 readable bytes; loadu takes any alignment.
    unsafe { _mm256_loadu_si256(bytes.as_ptr().cast()) }
}

/// Low nibbles of 16 bytes, then high ones.
#[inline]
#[target_feature(enable = "avx2")]
fn nibbles(bytes: &[u8], at: usize) -> __m256i {
    let low = load16(bytes, at);
    let both = _mm256_set_m128i(_mm_srli_epi16::<4>(low), low);
    _mm256_and_si256(both, _mm256_set1_epi8(15))
}

/// 32 fields of a few bits, `shift` bits up in their bytes.
#[inline]
#[target_feature(enable = "avx2")]
fn fields(bytes: &[u8], at: usize, shift: usize, mask: i8) -> __m256i {
    let shifted = _mm256_srl_epi16(load32(bytes, at), _mm_cvtsi32_si128(shift as i32));
    _mm256_and_si256(shifted, _mm256_set1_epi8(mask))
}

/// `value` where the bit of 32 bytes is set.
#[inline]
#[target_feature(enable = "avx2")]
fn where_set(bytes: &[u8], at: usize, bit: usize, value: i8) -> __m256i {
    let mask = _mm256_set1_epi8((1u8 << bit) as i8);
    let set = _mm256_cmpeq_epi8(_mm256_and_si256(load32(bytes, at), mask), mask);
    _mm256_and_si256(set, _mm256_set1_epi8(value))
}

/// 16 where a bit of four bytes is set.
#[inline]
#[target_feature(enable = "avx2")]
fn fifth_bits(bytes: &[u8], at: usize) -> __m256i {
    let bits = i32::from_le_bytes([bytes[at], bytes[at + 1], bytes[at + 2], bytes[at + 3]]);
    // Each byte of bits eight times, in each place a different bit of it.
    let (low, high) = (0x0101_0101_0101_0101, 0x0202_0202_0202_0202);
    let (lower, upper) = (0, low);
    let order = _mm256_setr_epi64x(lower, upper, high, high + low);
    let spread = _mm256_shuffle_epi8(_mm256_set1_epi32(bits), order);
    let bit = _mm256_set1_epi64x(0x8040_2010_0804_0201_u64 as i64);
    let set = _mm256_cmpeq_epi8(_mm256_and_si256(spread, bit), bit);
    _mm256_and_si256(set, _mm256_set1_epi8(16))
}

#[inline]
#[target_feature(enable = "avx2")]
fn look_up(table: &[i8; 16], indices: __m256i) -> __m256i {
    // SAFETY: the reference covers 16 readable bytes; loadu takes any alignment.
    let table = unsafe { _mm_loadu_si128(table.as_ptr().cast()) };
    _mm256_shuffle_epi8(_mm256_broadcastsi128_si256(table), indices)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q4_0(row: &[u8], b: usize) -> __m256i {
    _mm256_sub_epi8(nibbles(block::<18>(row, b), 2), _mm256_set1_epi8(8))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q4_1(row: &[u8], b: usize) -> __m256i {
    nibbles(block::<20>(row, b), 4)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q5_0(row: &[u8], b: usize) -> __m256i {
    let block = block::<22>(row, b);
    let q = _mm256_or_si256(nibbles(block, 6), fifth_bits(block, 2));
    _mm256_sub_epi8(q, _mm256_set1_epi8(16))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q5_1(row: &[u8], b: usize) -> __m256i {
    let block = block::<24>(row, b);
    _mm256_or_si256(nibbles(block, 8), fifth_bits(block, 4))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q8_0(row: &[u8], b: usize) -> __m256i {
    load32(block::<34>(row, b), 2)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn iq4_nl(row: &[u8], b: usize) -> __m256i {
    look_up(&IQ4, nibbles(block::<18>(row, b), 2))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn mxfp4(row: &[u8], b: usize) -> __m256i {
    look_up(&E2M1, nibbles(block::<17>(row, b), 1))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q2_k(row: &[u8], b: usize) -> __m256i {
    let (block, i) = (block::<84>(row, b / 8), b % 8);
    fields(block, 16 + 32 * (i / 4), 2 * (i % 4), 3)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q3_k(row: &[u8], b: usize) -> __m256i {
    let (block, i) = (block::<110>(row, b / 8), b % 8);
    let low = fields(block, 32 + 32 * (i / 4), 2 * (i % 4), 3);
    let high = where_set(block, 0, i, 4);
    _mm256_sub_epi8(_mm256_or_si256(low, high), _mm256_set1_epi8(4))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q4_k(row: &[u8], b: usize) -> __m256i {
    let (block, i) = (block::<144>(row, b / 8), b % 8);
    fields(block, 16 + 32 * (i / 2), 4 * (i % 2), 15)
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q5_k(row: &[u8], b: usize) -> __m256i {
    let (block, i) = (block::<176>(row, b / 8), b % 8);
    let low = fields(block, 48 + 32 * (i / 2), 4 * (i % 2), 15);
    _mm256_or_si256(low, where_set(block, 16, i, 16))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn q6_k(row: &[u8], b: usize) -> __m256i {
    let (block, i) = (block::<210>(row, b / 8), b % 8);
    let (half, i) = (i / 4, i % 4);
    let low = fields(block, 64 * half + 32 * (i % 2), 4 * (i / 2), 15);
    let high = fields(block, 128 + 32 * half, 2 * i, 3);
    let q = _mm256_or_si256(low, _mm256_slli_epi16::<4>(high));
    _mm256_sub_epi8(q, _mm256_set1_epi8(32))
}

#[inline]
#[target_feature(enable = "avx2")]
pub(super) fn iq4_xs(row: &[u8], b: usize) -> __m256i {
    let (block, i) = (block::<136>(row, b / 8), b % 8);
    look_up(&IQ4, nibbles(block, 8 + 16 * i))
}
