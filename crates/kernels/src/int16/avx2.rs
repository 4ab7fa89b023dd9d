//! Products by AVX2: a strip is two vectors of eight rows.

use std::arch::x86_64::*;

use super::{BLOCK, Job, LINE, MOST, Range, Rounded, STRIP, TINY, blocks, padded, scalar};

/// Rows of `x` in a tile: twelve sums of a strip, which leave four registers for weights,
/// a pair and a product.
pub(super) const X: usize = 6;

/// See [`Round`](super::Round).
#[target_feature(enable = "avx2,fma")]
pub(super) fn round(x: &[f32], p: &mut [i16], scale: &mut [f32]) {
    let blocks = x.chunks(BLOCK).zip(p.chunks_mut(BLOCK));
    for ((x, p), scale) in blocks.zip(scale) {
        *scale = match (
            <&[f32; BLOCK]>::try_from(x),
            <&mut [i16; BLOCK]>::try_from(&mut *p),
        ) {
            (Ok(x), Ok(p)) => round_block(x, p),
            _ => scalar::round_block(x, p),
        };
    }
}

#[inline]
#[target_feature(enable = "avx2,fma")]
fn round_block(x: &[f32; BLOCK], p: &mut [i16; BLOCK]) -> f32 {
    let magnitude = _mm256_set1_epi32(i32::MAX);
    let mut largest = _mm256_setzero_si256();
    // SAFETY: `at` is below the length by 8 at least; loadu takes any alignment.
    let load = |at: usize| unsafe { _mm256_loadu_ps(x.as_ptr().add(at)) };
    for at in (0..BLOCK).step_by(8) {
        let bits = _mm256_and_si256(_mm256_castps_si256(load(at)), magnitude);
        largest = _mm256_max_epu32(largest, bits);
    }
    let mut lanes = [0u32; 8];
    // SAFETY: 32 writable bytes; storeu takes any alignment.
    unsafe { _mm256_storeu_si256(lanes.as_mut_ptr().cast(), largest) };
    let largest = f32::from_bits(lanes.into_iter().max().unwrap_or(0));
    if !largest.is_finite() || largest < TINY {
        *p = [0; BLOCK];
        return if largest < TINY { 0.0 } else { f32::NAN };
    }
    let inverse = _mm256_set1_ps(MOST / largest);
    for at in (0..BLOCK).step_by(16) {
        // The default rounding is to the nearest, ties to even.
        let [a, b] = [at, at + 8].map(|at| _mm256_cvtps_epi32(_mm256_mul_ps(load(at), inverse)));
        // Packing works in halves of 128 bits, which are put in order again.
        let packed = _mm256_permute4x64_epi64::<0b11_01_10_00>(_mm256_packs_epi32(a, b));
        // SAFETY: 16 writable integers from `at` on.
        unsafe { _mm256_storeu_si256(p.as_mut_ptr().add(at).cast(), packed) };
    }
    largest / MOST
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn product(job: &Job, x: &Rounded, strips: Range<usize>) {
    for strip in strips {
        for row in (0..job.m).step_by(x.height) {
            // SAFETY: the caller's promise.
            unsafe {
                match x.height {
                    1 => tile::<1>(job, x, row, strip),
                    2 => tile::<2>(job, x, row, strip),
                    3 => tile::<3>(job, x, row, strip),
                    4 => tile::<4>(job, x, row, strip),
                    5 => tile::<5>(job, x, row, strip),
                    _ => tile::<X>(job, x, row, strip),
                }
            }
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of this strip.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const M: usize>(job: &Job, x: &Rounded, row: usize, strip: usize) {
    let (width, blocks) = (padded(job.w.cols), blocks(job.w.cols));
    // Slices are cut to what is read below.
    let p = x.p[row * width..][..M * width].as_ptr().cast::<i32>();
    let scale: [*const f32; M] =
        std::array::from_fn(|t| x.scale[(row + t) * blocks..][..blocks].as_ptr());
    let lines = width / 2 + blocks;
    let weights = job.w.strip(strip)[..lines * LINE].as_ptr();

    let mut acc = [[_mm256_setzero_ps(); M]; 2];
    let mut line = 0;
    for b in 0..blocks {
        let pairs = (width - b * BLOCK).min(BLOCK) / 2;
        let mut dot = [[_mm256_setzero_si256(); M]; 2];
        // SAFETY: lines and pairs are below what the strip and all rows have.
        unsafe {
            for j in 0..pairs {
                let at = weights.add((line + j) * LINE).cast::<__m256i>();
                let w = [_mm256_loadu_si256(at), _mm256_loadu_si256(at.add(1))];
                for t in 0..M {
                    let pair = p.add((b * BLOCK / 2 + j) * M + t);
                    let pair = _mm256_set1_epi32(pair.read_unaligned());
                    for h in 0..2 {
                        let products = _mm256_madd_epi16(w[h], pair);
                        dot[h][t] = _mm256_add_epi32(dot[h][t], products);
                    }
                }
            }
            line += pairs;
            let at = weights.add(line * LINE).cast::<f32>();
            let w_scale = [_mm256_loadu_ps(at), _mm256_loadu_ps(at.add(8))];
            for t in 0..M {
                let x_scale = _mm256_set1_ps(*scale[t].add(b));
                for h in 0..2 {
                    let scale = _mm256_mul_ps(w_scale[h], x_scale);
                    acc[h][t] = _mm256_fmadd_ps(scale, _mm256_cvtepi32_ps(dot[h][t]), acc[h][t]);
                }
            }
            line += 1;
        }
    }
    for t in 0..M.min(job.m - row) {
        // SAFETY: the caller's promise.
        unsafe { set_strip(job, row + t, strip, [acc[0][t], acc[1][t]]) };
    }
}

/// Sets the outputs of a strip to sums plus bias.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn set_strip(job: &Job, x_row: usize, strip: usize, sums: [__m256; 2]) {
    let first = strip * STRIP;
    let count = STRIP.min(job.w.rows - first);
    let at = x_row * job.w.rows + first;
    // SAFETY: the caller's promise; the part lives in this call only.
    let out = unsafe { job.out.slice(at..at + count) };
    let bias = job.bias.map(|bias| &bias[first..first + count]);
    if let Ok(out) = <&mut [f32; STRIP]>::try_from(&mut *out) {
        let bias = bias.and_then(|bias| <&[f32; STRIP]>::try_from(bias).ok());
        let out = out.as_chunks_mut::<8>().0;
        for (h, (sum, out)) in sums.into_iter().zip(out).enumerate() {
            // SAFETY: eight floats of each from there on; loadu and storeu take any alignment.
            unsafe {
                let sum = bias.map_or(sum, |bias| {
                    _mm256_add_ps(sum, _mm256_loadu_ps(bias.as_ptr().add(8 * h)))
                });
                _mm256_storeu_ps(out.as_mut_ptr(), sum);
            }
        }
        return;
    }
    let mut all = [[0.0; 8]; 2];
    for (sum, all) in sums.into_iter().zip(&mut all) {
        // SAFETY: eight writable floats; storeu takes any alignment.
        unsafe { _mm256_storeu_ps(all.as_mut_ptr(), sum) };
    }
    for (i, (out, sum)) in out.iter_mut().zip(all.as_flattened()).enumerate() {
        *out = sum + bias.map_or(0.0, |bias| bias[i]);
    }
}
