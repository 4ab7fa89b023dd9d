//! Weights as floats, and products of them with floats.

use std::arch::x86_64::*;
use std::array;
use std::ops::Range;

use super::super::job::Job;
use super::super::packed::Form;
use super::super::scalar;
use super::super::scratch::{Scratch, room, with_values};
use super::super::strip::{BLOCK, STRIP};
use super::super::unpack::{group_len, has_min};
use super::HALVES;
use super::unpack::{self, scales, with_format};
use crate::dtype::DType;
use crate::simd::avx2::{LANES, load, store, sum};

/// Rows of weights in a tile.
const W: usize = 4;
/// Rows of `x` in a tile: 12 accumulators, so that the products hide the
/// latency of the sums.
const X: usize = 3;

#[target_feature(enable = "avx2,fma,f16c")]
pub(in super::super) fn dequantise(out: &mut [f32], dtype: DType, bytes: &[u8]) {
    Scratch::with(|s| decode(out, dtype, bytes, &mut s.scale, &mut s.min));
}

/// Dequantises; `scale` and `min` are buffers.
#[target_feature(enable = "avx2,fma,f16c")]
fn decode(out: &mut [f32], dtype: DType, bytes: &[u8], scale: &mut Vec<f32>, min: &mut Vec<f32>) {
    if !dtype.is_quantised() {
        let (out8, tail) = out.as_chunks_mut::<LANES>();
        let stride = LANES * dtype.block_bytes();
        for (i, out) in out8.iter_mut().enumerate() {
            store(out, unpack::floats(dtype, bytes, i));
        }
        return scalar::dequantise(tail, dtype, &bytes[out8.len() * stride..]);
    }
    let group = group_len(dtype);
    let scale = room(scale, out.len() / group);
    let min = room(min, if has_min(dtype) { scale.len() } else { 0 });
    scales(dtype, bytes, scale, min);
    let per_block = BLOCK / group;
    with_format!(dtype, q => {
        for (b, out) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
            let q = q(bytes, b);
            let halves = [_mm256_castsi256_si128(q), _mm256_extracti128_si256::<1>(q)];
            for (i, out) in out.as_chunks_mut::<LANES>().0.iter_mut().enumerate() {
                let half = halves[i / 2];
                let q = if i % 2 == 0 { half } else { _mm_unpackhi_epi64(half, half) };
                let q = _mm256_cvtepi32_ps(_mm256_cvtepi8_epi32(q));
                let g = b * per_block + i * LANES / group;
                // No FMA: the definition rounds the product.
                let w = _mm256_mul_ps(_mm256_set1_ps(scale[g]), q);
                let w = match min.get(g) {
                    Some(&min) => _mm256_add_ps(w, _mm256_set1_ps(min)),
                    None => w,
                };
                store(out, w);
            }
        }
    });
}

/// Sets the outputs of some strips.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[target_feature(enable = "avx2,fma,f16c")]
pub(in super::super) unsafe fn f32(job: &Job, x: &[f32], strips: Range<usize>) {
    let cols = job.w.cols;
    if job.w.form == Form::Stored && !job.w.dtype.is_quantised() {
        let rows = strips.start * STRIP..job.w.rows.min(strips.end * STRIP);
        // SAFETY: the caller's promise.
        return unsafe { f32_rows(job, x, rows) };
    }
    for strip in strips {
        if job.w.form == Form::Pairs {
            let pairs = job.w.strip_pairs(strip);
            let w = |at: usize, half: usize| {
                let pair = &pairs[at / 2].as_chunks::<32>().0[half];
                // SAFETY: 32 readable bytes; loadu takes any alignment.
                let pair = unsafe { _mm256_loadu_si256(pair.as_ptr().cast()) };
                _mm256_castsi256_ps(if at.is_multiple_of(2) {
                    _mm256_slli_epi32::<16>(pair)
                } else {
                    _mm256_and_si256(pair, _mm256_set1_epi32(0xFFFF_0000_u32 as i32))
                })
            };
            // SAFETY: the caller's promise.
            unsafe { strip_tiles(job, x, cols, strip, w) };
        } else {
            with_values(
                &job.w,
                strip,
                |w, strip, wide| unpack::strip(w, strip, wide),
                |values| {
                    let w = |at: usize, half: usize| load(&values[at].as_chunks().0[half]);
                    // SAFETY: the caller's promise.
                    unsafe { strip_tiles(job, x, cols, strip, w) };
                },
            );
        }
    }
}

/// A strip with all rows of `x`. `w` gives half a column of it.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of this strip.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn strip_tiles(
    job: &Job,
    x: &[f32],
    cols: usize,
    strip: usize,
    w: impl Fn(usize, usize) -> __m256 + Copy,
) {
    let mut i = 0;
    while i + W <= job.m {
        // SAFETY: the caller's promise.
        unsafe { strip_tile::<W>(job, x, cols, strip, i, w) };
        i += W;
    }
    for i in i..job.m {
        // SAFETY: the caller's promise.
        unsafe { strip_tile::<1>(job, x, cols, strip, i, w) };
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of this strip.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn strip_tile<const M: usize>(
    job: &Job,
    x: &[f32],
    cols: usize,
    strip: usize,
    row: usize,
    w: impl Fn(usize, usize) -> __m256,
) {
    let x: [&[f32]; M] = array::from_fn(|t| &x[(row + t) * cols..][..cols]);
    let mut acc = [[_mm256_setzero_ps(); HALVES]; M];
    for at in 0..cols {
        for half in 0..HALVES {
            let w = w(at, half);
            for t in 0..M {
                acc[t][half] = _mm256_fmadd_ps(w, _mm256_set1_ps(x[t][at]), acc[t][half]);
            }
        }
    }
    for (t, acc) in acc.iter().enumerate() {
        let mut sums = [0.0; STRIP];
        for (sums, acc) in sums.as_chunks_mut().0.iter_mut().zip(acc) {
            store(sums, *acc);
        }
        // SAFETY: the caller's promise.
        unsafe { job.set_strip(row + t, strip, &sums) };
    }
}

/// Floats that lie in rows.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn f32_rows(job: &Job, x: &[f32], rows: Range<usize>) {
    let (dtype, cols) = (job.w.dtype, job.w.cols);
    // F32 needs no decoding; halves are decoded once per tile of `x`.
    let once = job.m <= X && !dtype.is_quantised() || dtype == DType::F32;
    if once && cols.is_multiple_of(LANES) {
        let bytes = |row| job.w.row(row);
        // SAFETY: the caller's promise.
        unsafe {
            match dtype {
                DType::F32 => f32_tiles(job, x, rows, bytes, |w, c| unpack::f32s(w, c)),
                DType::F16 => f32_tiles(job, x, rows, bytes, |w, c| unpack::f16s(w, c)),
                _ => f32_tiles(job, x, rows, bytes, |w, c| unpack::bf16s(w, c)),
            }
        }
        return;
    }
    Scratch::with(|scratch| {
        let Scratch {
            values, scale, min, ..
        } = scratch;
        let values = room(values, rows.len() * cols);
        let len = dtype.row_bytes(cols).unwrap_or(0);
        let bytes = &job.w.bytes[rows.start * len..rows.end * len];
        decode(values, dtype, bytes, scale, min);
        let (values, first) = (&*values, rows.start);
        let row = |row: usize| &values[(row - first) * cols..(row - first + 1) * cols];
        // SAFETY: the caller's promise.
        unsafe { f32_tiles(job, x, rows, row, |w, c| load(&w.as_chunks().0[c])) };
    });
}

/// All of `rows` with all rows of `x`, in tiles. `row` finds a row of weights,
/// `w8` its `c`-th eight values.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn f32_tiles<'w, T: 'w>(
    job: &Job,
    x: &[f32],
    rows: Range<usize>,
    row: impl Fn(usize) -> &'w [T] + Copy,
    w8: impl Fn(&[T], usize) -> __m256 + Copy,
) where
    [T]: Tail,
{
    let mut j = 0;
    while j + X <= job.m {
        // SAFETY: the caller's promise.
        unsafe { f32_row_of_tiles::<X, T>(job, x, rows.clone(), j, row, w8) };
        j += X;
    }
    for j in j..job.m {
        // SAFETY: the caller's promise.
        unsafe { f32_row_of_tiles::<1, T>(job, x, rows.clone(), j, row, w8) };
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn f32_row_of_tiles<'w, const X: usize, T: 'w>(
    job: &Job,
    x: &[f32],
    rows: Range<usize>,
    x_row: usize,
    row: impl Fn(usize) -> &'w [T] + Copy,
    w8: impl Fn(&[T], usize) -> __m256 + Copy,
) where
    [T]: Tail,
{
    let cols = job.w.cols;
    let x: [&[f32]; X] = array::from_fn(|i| &x[(x_row + i) * cols..(x_row + i + 1) * cols]);
    let mut r = rows.start;
    while r + W <= rows.end {
        let rows = array::from_fn(|w| row(r + w));
        // SAFETY: the caller's promise.
        unsafe { tile_f32::<W, X, T>(job, x, [x_row, r], rows, w8) };
        r += W;
    }
    for r in r..rows.end {
        // SAFETY: the caller's promise.
        unsafe { tile_f32::<1, X, T>(job, x, [x_row, r], [row(r)], w8) };
    }
}

/// Sets `W·X` outputs. Lane `l` sums the products of values `l`, `8 + l`, …;
/// then come the lanes, and the products left over.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn tile_f32<const W: usize, const X: usize, T>(
    job: &Job,
    x: [&[f32]; X],
    [x_row, w_row]: [usize; 2],
    rows: [&[T]; W],
    w8: impl Fn(&[T], usize) -> __m256,
) where
    [T]: Tail,
{
    let whole = job.w.cols / LANES;
    let x8: [&[[f32; LANES]]; X] = array::from_fn(|i| &x[i].as_chunks().0[..whole]);
    let mut acc = [[_mm256_setzero_ps(); W]; X];
    for c in 0..whole {
        let mut x = [_mm256_setzero_ps(); X];
        for (x, x8) in x.iter_mut().zip(x8) {
            *x = load(&x8[c]);
        }
        for w in 0..W {
            let weights = w8(rows[w], c);
            for i in 0..X {
                acc[i][w] = _mm256_fmadd_ps(weights, x[i], acc[i][w]);
            }
        }
    }
    for (i, acc) in acc.iter().enumerate() {
        for (w, &acc) in acc.iter().enumerate() {
            let tail = rows[w].tail(whole).iter().zip(&x[i][whole * LANES..]);
            let total = tail.fold(sum(acc), |sum, (w, x)| w.mul_add(*x, sum));
            // SAFETY: the caller's promise.
            unsafe { job.set(x_row + i, w_row + w, total) };
        }
    }
}

/// What is left of a row after `whole` vectors.
trait Tail {
    fn tail(&self, whole: usize) -> &[f32];
}

impl Tail for [f32] {
    fn tail(&self, whole: usize) -> &[f32] {
        &self[whole * LANES..]
    }
}

/// Stored bytes are used as they are only where no vector is broken.
impl Tail for [u8] {
    fn tail(&self, _whole: usize) -> &[f32] {
        &[]
    }
}
