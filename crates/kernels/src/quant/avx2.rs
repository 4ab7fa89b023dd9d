//! Products by AVX2, FMA and F16C: eight lanes for half the rows of a strip.
//!
//! A tile is a strip, in two halves, and a row or two of `x`. Without products
//! of four bytes added to 32 bits, as AVX-512 has them, nibbles are added up
//! in 16 bits over a block, where they cannot overflow; bytes are split into
//! magnitude and sign.

mod floats;
mod round;
mod unpack;

use std::arch::x86_64::*;

use super::activations::Rounded;
use super::job::Job;
use super::scratch::Columns;
use super::strip::{BLOCK, Kind, STRIP, Strip};
use crate::simd::avx2::{LANES, load, store};
pub(super) use floats::{dequantise, f32};
pub(super) use round::{limit, round};
pub(super) use unpack::strip as unpack;

/// Rows of `x` in a tile.
const X: usize = 2;

/// Halves of a strip.
const HALVES: usize = STRIP / LANES;

/// All rows of `x` with adjacent strips, from `first`.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn int8(
    job: &Job,
    x: &Rounded,
    first: usize,
    strips: &[Strip],
    [columns, _]: &mut Columns,
) {
    for (at, strip) in (first..).zip(strips) {
        // SAFETY: the caller's promise.
        unsafe {
            match strip.kind {
                Kind::Nibbles { min: false } => rows::<true, 1, false>(job, x, at, strip, columns),
                Kind::Nibbles { min: true } => rows::<true, 1, true>(job, x, at, strip, columns),
                Kind::Bytes => rows::<false, 1, false>(job, x, at, strip, columns),
                Kind::Wide { group16, min } => match (group16, min) {
                    (false, false) => rows::<false, 1, false>(job, x, at, strip, columns),
                    (false, true) => rows::<false, 1, true>(job, x, at, strip, columns),
                    (true, false) => rows::<false, 2, false>(job, x, at, strip, columns),
                    (true, true) => rows::<false, 2, true>(job, x, at, strip, columns),
                },
            }
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of this strip.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn rows<const NIBBLES: bool, const GROUPS: usize, const MIN: bool>(
    job: &Job,
    x: &Rounded,
    at: usize,
    strip: &Strip,
    columns: &mut Vec<[f32; STRIP]>,
) {
    let blocks = job.w.cols / BLOCK;
    // What `tile` relies on.
    assert_eq!(strip.kind.vectors() == 4, NIBBLES);
    assert_eq!(strip.kind.has_min(), MIN);
    assert_eq!(strip.blocks.len(), blocks * strip.kind.stride());
    if let Kind::Wide { .. } = strip.kind {
        assert_eq!(strip.scale.len(), blocks * GROUPS);
        assert!(!MIN || strip.min.len() == strip.scale.len());
    }
    let mut i = 0;
    while i + X <= job.m {
        // SAFETY: the caller's promise, and the checks above.
        unsafe { tile::<NIBBLES, GROUPS, MIN, X>(job, x, i, at, strip, columns) };
        i += X;
    }
    for i in i..job.m {
        // SAFETY: the caller's promise, and the checks above.
        unsafe { tile::<NIBBLES, GROUPS, MIN, 1>(job, x, i, at, strip, columns) };
    }
}

/// Eight scales, or minima (`k` is 1), of group `at`, for a half of the lanes.
///
/// # Safety
/// The strip must have the group.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn table(strip: &Strip, k: usize, at: usize, half: usize) -> __m256 {
    // SAFETY: the caller's promise; there are 16 halves or floats.
    unsafe {
        if let Kind::Wide { .. } = strip.kind {
            let floats = if k == 0 { strip.scale } else { strip.min };
            _mm256_loadu_ps(floats.as_ptr().add(at).cast::<f32>().add(half * LANES))
        } else {
            let at = at * strip.kind.stride() + 64 * strip.kind.vectors() + 32 * k;
            let halves = strip.blocks.as_ptr().add(at).cast::<__m128i>();
            _mm256_cvtph_ps(_mm_loadu_si128(halves.add(half)))
        }
    }
}

/// `Σ u·p` in 16 bits, or `Σ q·p` in 32, over group `g` of block `b`.
///
/// # Safety
/// The block must be in the strip and in all rows of `p`.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn dots<const NIBBLES: bool, const GROUPS: usize, const M: usize>(
    strip: &Strip,
    p: [*const i8; M],
    b: usize,
    g: usize,
) -> [[__m256i; M]; HALVES] {
    let (low, ones) = (_mm256_set1_epi8(15), _mm256_set1_epi16(1));
    // SAFETY: the caller's promise.
    unsafe {
        let four = |t: usize, j: usize| {
            let p = p[t].add(BLOCK * b + 4 * j).cast::<i32>();
            _mm256_set1_epi32(p.read_unaligned())
        };
        let mut dot = [[_mm256_setzero_si256(); M]; HALVES];
        let quads = 8 / GROUPS;
        for j in 0..if NIBBLES { 4 } else { quads } {
            let at = b * strip.kind.stride() + 64 * (quads * g + j);
            let quad = strip.blocks.as_ptr().add(at).cast::<__m256i>();
            for h in 0..HALVES {
                let w = _mm256_loadu_si256(quad.add(h));
                if NIBBLES {
                    let high = _mm256_and_si256(_mm256_srli_epi16::<4>(w), low);
                    let w = _mm256_and_si256(w, low);
                    for t in 0..M {
                        // Eight pairs of 2·15·127 are within 2¹⁵.
                        let a = _mm256_maddubs_epi16(w, four(t, j));
                        let b = _mm256_maddubs_epi16(high, four(t, 4 + j));
                        dot[h][t] = _mm256_add_epi16(dot[h][t], _mm256_add_epi16(a, b));
                    }
                } else {
                    // |q|·(±p): pairs stay within 2·128·127 < 2¹⁵.
                    let q = _mm256_xor_si256(w, _mm256_set1_epi8(-128));
                    let magnitude = _mm256_abs_epi8(q);
                    for t in 0..M {
                        let p = _mm256_sign_epi8(four(t, quads * g + j), q);
                        let pairs = _mm256_maddubs_epi16(magnitude, p);
                        let fours = _mm256_madd_epi16(pairs, ones);
                        dot[h][t] = _mm256_add_epi32(dot[h][t], fours);
                    }
                }
            }
        }
        dot
    }
}

/// Sets the outputs of a strip for `M` rows of `x` from `row`.
///
/// # Safety
/// While it runs, nothing else may touch these outputs; the strip must have all
/// its parts.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn tile<const NIBBLES: bool, const GROUPS: usize, const MIN: bool, const M: usize>(
    job: &Job,
    x: &Rounded,
    row: usize,
    at: usize,
    strip: &Strip,
    columns: &mut Vec<[f32; STRIP]>,
) {
    let blocks = job.w.cols / BLOCK;
    // Slices are cut to what is read below.
    let p: [*const i8; M] = std::array::from_fn(|t| x.p(row + t)[..blocks * BLOCK].as_ptr());
    let scale: [&[f32]; M] = std::array::from_fn(|t| &x.scale(row + t)[..blocks]);
    let starts = if NIBBLES && !MIN { blocks } else { 0 };
    let start: [&[i32]; M] = std::array::from_fn(|t| &x.start(row + t, strip.kind)[..starts]);
    let sums = if MIN { GROUPS * blocks } else { 0 };
    let sum: [&[f32]; M] = std::array::from_fn(|t| &x.sum(row + t, strip.kind)[..sums]);

    let ones = _mm256_set1_epi16(1);
    let mut acc = [[_mm256_setzero_ps(); M]; HALVES];
    for b in 0..blocks {
        // SAFETY: all reads are of block `b` of slices that have all blocks.
        unsafe {
            for g in 0..GROUPS {
                let dot = dots::<NIBBLES, GROUPS, M>(strip, p, b, g);
                let group = GROUPS * b + g;
                for h in 0..HALVES {
                    let w_scale = table(strip, 0, group, h);
                    for t in 0..M {
                        let mut dot = dot[h][t];
                        if NIBBLES {
                            dot = _mm256_madd_epi16(dot, ones);
                            if !MIN {
                                dot = _mm256_add_epi32(dot, _mm256_set1_epi32(start[t][b]));
                            }
                        }
                        let scale = _mm256_mul_ps(w_scale, _mm256_set1_ps(scale[t][b]));
                        acc[h][t] = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(dot), acc[h][t]);
                    }
                    if MIN {
                        let min = table(strip, 1, group, h);
                        for t in 0..M {
                            let sum = _mm256_set1_ps(sum[t][group]);
                            acc[h][t] = _mm256_fmadd_ps(min, sum, acc[h][t]);
                        }
                    }
                }
            }
        }
    }
    if row == 0 {
        // Only now that the weights are near, see `avx512`.
        strip.columns(x.columns(), columns);
    }
    for t in 0..M {
        // SAFETY: the caller's promise.
        unsafe { finish(job, x, row + t, at, columns, acc.map(|acc| acc[t])) };
    }
}

/// Adds the outliers' products to the sums of an output, and sets it.
///
/// # Safety
/// While it runs, nothing else may touch this output.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn finish(
    job: &Job,
    x: &Rounded,
    row: usize,
    at: usize,
    columns: &[[f32; STRIP]],
    mut acc: [__m256; HALVES],
) {
    let (places, values) = x.outliers(row, x.count(row));
    for (&place, &value) in places.iter().zip(values) {
        let column = columns[place as usize].as_chunks().0;
        for (acc, column) in acc.iter_mut().zip(column) {
            *acc = _mm256_fmadd_ps(load(column), _mm256_set1_ps(value), *acc);
        }
    }
    let mut sums = [0.0; STRIP];
    for (sums, acc) in sums.as_chunks_mut().0.iter_mut().zip(acc) {
        store(sums, acc);
    }
    // SAFETY: the caller's promise.
    unsafe { job.set_strip(row, at, &sums) };
}
