//! Products by AVX-512 VNNI, which adds a pair of products to each of 16 sums.

use std::arch::x86_64::*;

use super::{BLOCK, Job, LINE, MOST, Range, Rounded, STRIP, TINY, blocks, padded};

/// Rows of `x` in a tile: of two strips that is 12 sums in integers and 12 in floats.
pub(super) const X: usize = 6;

/// See [`Round`](super::Round).
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
pub(super) fn round(x: &[f32], p: &mut [i16], scale: &mut [f32]) {
    let blocks = x.chunks(BLOCK).zip(p.chunks_mut(BLOCK));
    for ((x, p), scale) in blocks.zip(scale) {
        *scale = round_block(x, p);
    }
}

#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
fn round_block(x: &[f32], p: &mut [i16]) -> f32 {
    let mask = |at: usize| u16::MAX >> (STRIP - STRIP.min(x.len() - at));
    // SAFETY: a mask has as many bits as there are values from `at` on.
    let load = |at: usize| unsafe { _mm512_maskz_loadu_ps(mask(at), x.as_ptr().add(at)) };
    let magnitude = _mm512_set1_epi32(i32::MAX);
    let mut largest = _mm512_setzero_si512();
    for at in (0..x.len()).step_by(STRIP) {
        let bits = _mm512_and_si512(_mm512_castps_si512(load(at)), magnitude);
        largest = _mm512_max_epu32(largest, bits);
    }
    let largest = f32::from_bits(_mm512_reduce_max_epu32(largest));
    p.fill(0);
    if !largest.is_finite() {
        return f32::NAN;
    }
    if largest < TINY {
        return 0.0;
    }
    let inverse = _mm512_set1_ps(MOST / largest);
    for at in (0..x.len()).step_by(STRIP) {
        // The default rounding is to the nearest, ties to even.
        let p32 = _mm512_cvtps_epi32(_mm512_mul_ps(load(at), inverse));
        // SAFETY: there are as many integers as values, or one more.
        unsafe {
            let to = p.as_mut_ptr().add(at);
            _mm256_mask_storeu_epi16(to, mask(at), _mm512_cvtepi32_epi16(p32));
        }
    }
    largest / MOST
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
pub(super) unsafe fn product(job: &Job, x: &Rounded, strips: Range<usize>) {
    let first = strips.start;
    // SAFETY: the caller's promise.
    unsafe {
        if strips.len() == 2 {
            rows(job, x, first, [job.w.strip(first), job.w.strip(first + 1)]);
        } else {
            strips.for_each(|strip| rows(job, x, strip, [job.w.strip(strip)]));
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
unsafe fn rows<const S: usize>(job: &Job, x: &Rounded, first: usize, strips: [&[u8]; S]) {
    for row in (0..job.m).step_by(x.height) {
        // SAFETY: the caller's promise.
        unsafe {
            match x.height {
                1 => tile::<S, 1>(job, x, row, first, strips),
                2 => tile::<S, 2>(job, x, row, first, strips),
                3 => tile::<S, 3>(job, x, row, first, strips),
                4 => tile::<S, 4>(job, x, row, first, strips),
                5 => tile::<S, 5>(job, x, row, first, strips),
                _ => tile::<S, X>(job, x, row, first, strips),
            }
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
unsafe fn tile<const S: usize, const M: usize>(
    job: &Job,
    x: &Rounded,
    row: usize,
    first: usize,
    strips: [&[u8]; S],
) {
    let (cols, width, blocks) = (job.w.cols, padded(job.w.cols), blocks(job.w.cols));
    // Slices are cut to what is read below.
    let p = x.p[row * width..][..M * width].as_ptr().cast::<i32>();
    let scale: [*const f32; M] =
        std::array::from_fn(|t| x.scale[(row + t) * blocks..][..blocks].as_ptr());
    let lines = width / 2 + blocks;
    let strips: [*const u8; S] = strips.map(|strip| strip[..lines * LINE].as_ptr());

    let mut acc = [[_mm512_setzero_ps(); M]; S];
    let mut line = 0;
    for b in 0..blocks {
        let pairs = (width - b * BLOCK).min(BLOCK) / 2;
        let mut dot = [[_mm512_setzero_si512(); M]; S];
        // SAFETY: lines and pairs are below what all strips and rows have.
        unsafe {
            for j in 0..pairs {
                let w: [__m512i; S] = std::array::from_fn(|s| {
                    _mm512_loadu_si512(strips[s].add((line + j) * LINE).cast())
                });
                for t in 0..M {
                    let pair = p.add((b * BLOCK / 2 + j) * M + t);
                    let pair = _mm512_set1_epi32(pair.read_unaligned());
                    for s in 0..S {
                        dot[s][t] = _mm512_dpwssd_epi32(dot[s][t], w[s], pair);
                    }
                }
            }
            line += pairs;
            for s in 0..S {
                let w_scale = _mm512_loadu_ps(strips[s].add(line * LINE).cast());
                for t in 0..M {
                    let scale = _mm512_mul_ps(w_scale, _mm512_set1_ps(*scale[t].add(b)));
                    acc[s][t] = _mm512_fmadd_ps(scale, _mm512_cvtepi32_ps(dot[s][t]), acc[s][t]);
                }
            }
            line += 1;
        }
    }
    debug_assert_eq!((line, cols.div_ceil(2) + blocks), (lines, lines));
    for s in 0..S {
        for t in 0..M.min(job.m - row) {
            // SAFETY: the caller's promise.
            unsafe { set_strip(job, row + t, first + s, acc[s][t]) };
        }
    }
}

/// Sets the outputs of a strip to sums plus bias.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[inline]
#[target_feature(enable = "avx512f")]
unsafe fn set_strip(job: &Job, x_row: usize, strip: usize, mut sums: __m512) {
    let first = strip * STRIP;
    let count = STRIP.min(job.w.rows - first);
    let mask = u16::MAX >> (STRIP - count);
    let at = x_row * job.w.rows + first;
    // SAFETY: the caller's promise; a mask has as many bits as there are values in a
    // slice.
    unsafe {
        if let Some(bias) = job.bias {
            let bias = &bias[first..first + count];
            sums = _mm512_add_ps(sums, _mm512_maskz_loadu_ps(mask, bias.as_ptr()));
        }
        let out = job.out.slice(at..at + count);
        _mm512_mask_storeu_ps(out.as_mut_ptr(), mask, sums);
    }
}
