//! The block kernels with AVX2 and FMA.

use super::{Inner, OUTER_ROWS, Outer};
use crate::simd::avx2::LANES;
use std::arch::x86_64::*;
use std::ops::Range;

/// Columns summed before the lanes are: four rows of `w` that long stay in a
/// first-level cache.
const INNER_STEPS: usize = 1024;
/// Rows of `x`, rows of `w` in a tile: 12 accumulators, 3 + 1 operands.
const TILE_ROWS: usize = 3;
const TILE_COLS: usize = 4;

/// # Safety
/// While it runs, nothing else may touch these rows and columns of `out`.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn inner(c: &Inner<f32>, rows: Range<usize>, cols: Range<usize>) {
    for start in (0..c.k).step_by(INNER_STEPS) {
        let steps = start..c.k.min(start + INNER_STEPS);
        let mut j = cols.start;
        while j < cols.end {
            // A single row streams `w`: more rows of it at once.
            let wide = rows.len() == 1 && cols.end - j >= 2 * TILE_COLS;
            let width = (if wide { 2 * TILE_COLS } else { TILE_COLS }).min(cols.end - j);
            let mut i = rows.start;
            while i < rows.end {
                let height = TILE_ROWS.min(rows.end - i);
                // SAFETY: the caller's promise.
                unsafe {
                    match height {
                        3 => tile::<3, TILE_COLS>(c, i, j..j + width, steps.clone()),
                        2 => tile::<2, TILE_COLS>(c, i, j..j + width, steps.clone()),
                        _ if wide => {
                            tile::<1, { 2 * TILE_COLS }>(c, i, j..j + width, steps.clone())
                        }
                        _ => tile::<1, TILE_COLS>(c, i, j..j + width, steps.clone()),
                    }
                }
                i += height;
            }
            j += width;
        }
    }
}

/// `R` rows from `i` on, at most `C` columns; adds to `out` unless the steps
/// are the first, and adds the bias after the last.
///
/// # Safety
/// While it runs, nothing else may touch these rows and columns of `out`.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn tile<const R: usize, const C: usize>(
    call: &Inner<f32>,
    i: usize,
    cols: Range<usize>,
    steps: Range<usize>,
) {
    let mut x: [&[f32]; R] = [&[]; R];
    for (r, x) in x.iter_mut().enumerate() {
        *x = &call.x[(i + r) * call.k..][steps.clone()];
    }
    let mut w: [&[f32]; C] = [&[]; C];
    for (r, w) in w.iter_mut().enumerate() {
        // Beyond the last row: that one again, and its sums are dropped.
        *w = &call.w[(cols.start + r).min(cols.end - 1) * call.k..][steps.clone()];
    }
    let sums = dots(x, w);
    for (r, sums) in sums.iter().enumerate() {
        let row = (i + r) * call.n;
        // SAFETY: the caller's promise.
        let out = unsafe { call.out.slice(row + cols.start..row + cols.end) };
        for (c, (out, sum)) in out.iter_mut().zip(sums).enumerate() {
            *out = if steps.start == 0 { *sum } else { *out + sum };
            if let (Some(bias), true) = (call.bias, steps.end == call.k) {
                *out += bias[cols.start + c];
            }
        }
    }
}

/// Dot products of each of `x` with each of `w`. `C` is 4 or 8.
///
/// # Panics
/// If the lengths differ.
#[inline]
#[target_feature(enable = "avx2,fma")]
pub(crate) fn dots<const R: usize, const C: usize>(
    x: [&[f32]; R],
    w: [&[f32]; C],
) -> [[f32; C]; R] {
    let len = x[0].len();
    assert!(x.iter().all(|x| x.len() == len) && w.iter().all(|w| w.len() == len));
    let mut sums = [[_mm256_setzero_ps(); C]; R];
    let mut at = 0;
    while at + LANES <= len {
        let mut xs = [_mm256_setzero_ps(); R];
        for r in 0..R {
            // SAFETY: 8 floats from `at` on lie within every slice.
            xs[r] = unsafe { _mm256_loadu_ps(x[r].as_ptr().add(at)) };
        }
        for c in 0..C {
            // SAFETY: as above.
            let w = unsafe { _mm256_loadu_ps(w[c].as_ptr().add(at)) };
            for r in 0..R {
                sums[r][c] = _mm256_fmadd_ps(xs[r], w, sums[r][c]);
            }
        }
        at += LANES;
    }
    if at < len {
        let mask = first_lanes(len - at);
        for c in 0..C {
            // SAFETY: the mask lets it read the slice's last floats only.
            let w = unsafe { _mm256_maskload_ps(w[c].as_ptr().add(at), mask) };
            for r in 0..R {
                // SAFETY: as above.
                let x = unsafe { _mm256_maskload_ps(x[r].as_ptr().add(at), mask) };
                sums[r][c] = _mm256_fmadd_ps(x, w, sums[r][c]);
            }
        }
    }
    let mut out = [[0.0; C]; R];
    for r in 0..R {
        for c in (0..C).step_by(4) {
            let four = sum_four(sums[r][c], sums[r][c + 1], sums[r][c + 2], sums[r][c + 3]);
            // SAFETY: `C` is a multiple of 4, so 4 floats from `c` on exist.
            unsafe { _mm_storeu_ps(out[r].as_mut_ptr().add(c), four) };
        }
    }
    out
}

/// The horizontal sums of four vectors: neighbours, pairs of them, halves.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn sum_four(a: __m256, b: __m256, c: __m256, d: __m256) -> __m128 {
    let sums = _mm256_hadd_ps(_mm256_hadd_ps(a, b), _mm256_hadd_ps(c, d));
    _mm_add_ps(
        _mm256_castps256_ps128(sums),
        _mm256_extractf128_ps::<1>(sums),
    )
}

/// A mask of the first `count` lanes.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn first_lanes(count: usize) -> __m256i {
    let lane = _mm256_setr_epi32(0, 1, 2, 3, 4, 5, 6, 7);
    _mm256_cmpgt_epi32(_mm256_set1_epi32(count as i32), lane)
}

/// Steps summed in registers before they are added to the output.
const OUTER_STEPS: usize = 256;
/// Rows and columns of an outer tile: 12 accumulators, 1 + 2 operands.
const HIGH: usize = 6;
const WIDE: usize = 2 * LANES;

/// # Safety
/// While it runs, nothing else may touch these rows and columns of `out`.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn outer(c: &Outer<f32>, rows: Range<usize>, cols: Range<usize>) {
    let mut a = [[[0.0; HIGH]; OUTER_STEPS]; OUTER_ROWS / HIGH];
    let mut b = [[0.0; WIDE]; OUTER_STEPS];
    for start in (0..c.steps).step_by(OUTER_STEPS) {
        let steps = start..c.steps.min(start + OUTER_STEPS);
        for (t, a) in a.iter_mut().take(rows.len().div_ceil(HIGH)).enumerate() {
            pack_a(
                &mut a[..steps.len()],
                c,
                rows.start + t * HIGH,
                rows.end,
                start,
            );
        }
        for j in cols.clone().step_by(WIDE) {
            let width = WIDE.min(cols.end - j);
            for (b, s) in b.iter_mut().zip(steps.clone()) {
                let from = &c.b[s * c.cols + j..][..width];
                if let Ok(all) = <&[f32; WIDE]>::try_from(from) {
                    *b = *all;
                } else {
                    b[..width].copy_from_slice(from);
                }
            }
            for (t, a) in a.iter().enumerate() {
                let first = rows.start + t * HIGH;
                if first >= rows.end {
                    break;
                }
                let sums = outer_tile(&a[..steps.len()], &b[..steps.len()]);
                for (i, sums) in (first..rows.end).zip(&sums) {
                    // SAFETY: the caller's promise.
                    let out = unsafe { c.out.slice(i * c.cols + j..i * c.cols + j + width) };
                    for (out, sum) in out.iter_mut().zip(sums) {
                        *out += sum;
                    }
                }
            }
        }
    }
}

/// Rows `i..end`, at most six, step by step.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn pack_a(a: &mut [[f32; HIGH]], c: &Outer<f32>, i: usize, end: usize, start: usize) {
    let high = HIGH.min(end - i);
    if c.a_row == 1 && high == HIGH {
        for (s, a) in a.iter_mut().enumerate() {
            a.copy_from_slice(&c.a[i + (start + s) * c.a_step..][..HIGH]);
        }
        return;
    }
    for r in 0..HIGH {
        // Beyond the last row: that one again, and its sums are dropped.
        let from = &c.a[(i + r.min(high - 1)) * c.a_row + start * c.a_step..];
        for (a, x) in a.iter_mut().zip(from.iter().step_by(c.a_step)) {
            a[r] = *x;
        }
    }
}

/// `Σ_s a_s ⊗ b_s`.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn outer_tile(a: &[[f32; HIGH]], b: &[[f32; WIDE]]) -> [[f32; WIDE]; HIGH] {
    let mut sums = [[_mm256_setzero_ps(); 2]; HIGH];
    for (a, b) in a.iter().zip(b) {
        // SAFETY: the reference covers 16 readable floats.
        let (low, high) = unsafe {
            (
                _mm256_loadu_ps(b.as_ptr()),
                _mm256_loadu_ps(b.as_ptr().add(LANES)),
            )
        };
        for r in 0..HIGH {
            let a = _mm256_set1_ps(a[r]);
            sums[r][0] = _mm256_fmadd_ps(a, low, sums[r][0]);
            sums[r][1] = _mm256_fmadd_ps(a, high, sums[r][1]);
        }
    }
    let mut out = [[0.0; WIDE]; HIGH];
    for (out, [low, high]) in out.iter_mut().zip(sums) {
        // SAFETY: the reference covers 16 writable floats.
        unsafe {
            _mm256_storeu_ps(out.as_mut_ptr(), low);
            _mm256_storeu_ps(out.as_mut_ptr().add(LANES), high);
        }
    }
    out
}
