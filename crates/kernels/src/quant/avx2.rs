//! Products by AVX2, FMA and F16C.
//!
//! All outputs go through one [`tile`] (rounded activations) or its like in
//! `floats.rs`: a few rows of weights meet a few rows of `x`, and each pair has an
//! accumulator of eight lanes of its own. Where the weights come from is a
//! closure: out of the stored bytes for one row of `x`, from a buffer unpacked
//! once for many. Both see the same numbers, so both give the same bits.
//! (A closure is inlined only into functions with all the features it has.)

mod floats;
mod round;
mod unpack;

use std::arch::x86_64::*;
use std::array;
use std::ops::Range;

use super::activations::{BLOCK, FINER, Quantised, padded_groups};
use super::unpack::{group_len, has_min};
use super::{Job, Scratch, room};
use crate::dtype::DType;
use crate::simd::avx2::{LANES, load, sum};
pub(super) use floats::{dequantise, f32};
pub(super) use round::{refine, round};
use unpack::{scales, with_format};

/// Rows of weights in a tile.
const W: usize = 4;
/// Rows of rounded `x` in a tile: 8 accumulators.
const X: usize = 2;
/// Scales and minima of some rows of weights; `min` is empty if there are none.
struct Scales<'a> {
    scale: &'a [f32],
    min: &'a [f32],
    /// Groups of a row, padded; the padding of `min` is zero.
    stride: usize,
}

impl<'a> Scales<'a> {
    #[target_feature(enable = "avx2,f16c")]
    fn unpack(
        job: &Job,
        rows: Range<usize>,
        scale: &'a mut Vec<f32>,
        min: &'a mut Vec<f32>,
    ) -> Self {
        let dtype = job.w.dtype;
        let groups = job.w.cols / group_len(dtype);
        let stride = padded_groups(job.w.cols, group_len(dtype));
        let scale = room(scale, rows.len() * stride);
        let min = room(min, if has_min(dtype) { scale.len() } else { 0 });
        for (i, row) in rows.enumerate() {
            let at = i * stride..(i + 1) * stride;
            let none: &mut [f32] = &mut [];
            let min = if min.is_empty() {
                none
            } else {
                &mut min[at.clone()]
            };
            scales(dtype, job.w.row(row), &mut scale[at], min);
            if let Some(padding) = min.get_mut(groups..) {
                padding.fill(0.0);
            }
        }
        Self { scale, min, stride }
    }

    fn row(of: &[f32], row: usize, stride: usize) -> &[f32] {
        if of.is_empty() {
            of
        } else {
            &of[row * stride..(row + 1) * stride]
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
#[target_feature(enable = "avx2,fma,f16c")]
pub(super) unsafe fn int8(job: &Job, x: &Quantised, rows: Range<usize>) {
    // SAFETY: the caller's promise.
    unsafe {
        if group_len(job.w.dtype) == 16 {
            int8_by::<16>(job, x, rows);
        } else {
            int8_by::<32>(job, x, rows);
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn int8_by<const GROUP: usize>(job: &Job, x: &Quantised, rows: Range<usize>) {
    Scratch::with(|scratch| {
        let Scratch {
            q: buffer,
            scale,
            min,
            ..
        } = scratch;
        let s = Scales::unpack(job, rows.clone(), scale, min);
        let (cols, len) = (job.w.cols, rows.len());
        if job.m == 1 {
            with_format!(job.w.dtype, q => {
                let mut i = 0;
                while i + W <= len {
                    let row: [&[u8]; W] = array::from_fn(|w| job.w.row(rows.start + i + w));
                    // SAFETY: the caller's promise.
                    unsafe {
                        tile::<W, 1, GROUP>(job, x, &s, [i, rows.start, 0], |w, b| q(row[w], b));
                    }
                    i += W;
                }
                for i in i..len {
                    let row = job.w.row(rows.start + i);
                    // SAFETY: the caller's promise.
                    unsafe {
                        tile::<1, 1, GROUP>(job, x, &s, [i, rows.start, 0], |_, b| q(row, b));
                    }
                }
            });
            return;
        }
        let buffer = room(buffer, len * cols);
        with_format!(job.w.dtype, q => {
            for (i, out) in buffer.chunks_exact_mut(cols).enumerate() {
                let row = job.w.row(rows.start + i);
                for (b, out) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
                    // SAFETY: `out` is 32 writable bytes; storeu takes any alignment.
                    unsafe { _mm256_storeu_si256(out.as_mut_ptr().cast(), q(row, b)) };
                }
            }
        });
        let mut j = 0;
        while j + X <= job.m {
            // SAFETY: the caller's promise.
            unsafe { int8_row_of_tiles::<X, GROUP>(job, x, &s, buffer, [len, rows.start, j]) };
            j += X;
        }
        for j in j..job.m {
            // SAFETY: the caller's promise.
            unsafe { int8_row_of_tiles::<1, GROUP>(job, x, &s, buffer, [len, rows.start, j]) };
        }
    });
}

/// All unpacked rows of weights with a few rows of `x`.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn int8_row_of_tiles<const X: usize, const GROUP: usize>(
    job: &Job,
    x: &Quantised,
    s: &Scales,
    q: &[i8],
    [len, first, x_row]: [usize; 3],
) {
    let row = |i: usize| {
        q[i * job.w.cols..(i + 1) * job.w.cols]
            .as_chunks::<BLOCK>()
            .0
    };
    let mut i = 0;
    while i + W <= len {
        let rows: [_; W] = array::from_fn(|w| row(i + w));
        // SAFETY: the caller's promise.
        unsafe {
            tile::<W, X, GROUP>(job, x, s, [i, first, x_row], |w, b| load_i8(&rows[w][b]));
        }
        i += W;
    }
    for i in i..len {
        let row = row(i);
        // SAFETY: the caller's promise.
        unsafe { tile::<1, X, GROUP>(job, x, s, [i, first, x_row], |_, b| load_i8(&row[b])) };
    }
}

/// Sets `W·X` outputs: rows of weights from `first + w_row`, the rows of `s`
/// from `w_row`, rows of `x` from `x_row`.
///
/// Lane `l` sums, over the blocks in order, the products of values `4l..4l+4`,
/// with those of their residuals if there are any, and before that the products
/// of minima; then come the lanes.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
unsafe fn tile<const W: usize, const X: usize, const GROUP: usize>(
    job: &Job,
    x: &Quantised,
    s: &Scales,
    [w_row, first, x_row]: [usize; 3],
    q: impl Fn(usize, usize) -> __m256i,
) {
    let blocks = job.w.cols / BLOCK;
    let p: [&[[i8; BLOCK]]; X] = array::from_fn(|i| &x.q(x_row + i).as_chunks().0[..blocks]);
    let r: [&[[i8; BLOCK]]; X] = array::from_fn(|i| &x.r(x_row + i).as_chunks().0[..blocks]);
    let refined: [&[bool]; X] = array::from_fn(|i| &x.refined(x_row + i)[..blocks]);
    let p_scale: [&[f32]; X] = array::from_fn(|i| &x.scale(x_row + i)[..blocks]);
    let per_block = BLOCK / GROUP;
    let scale: [&[f32]; W] =
        array::from_fn(|w| &Scales::row(s.scale, w_row + w, s.stride)[..per_block * blocks]);
    let mut acc = [[_mm256_setzero_ps(); W]; X];
    for (i, acc) in acc.iter_mut().enumerate() {
        let sums = x.sum(x_row + i).as_chunks::<LANES>().0;
        for (w, acc) in acc.iter_mut().enumerate() {
            let min = Scales::row(s.min, w_row + w, s.stride);
            for (min, sum) in min.as_chunks::<LANES>().0.iter().zip(sums) {
                *acc = _mm256_fmadd_ps(load(min), load(sum), *acc);
            }
        }
    }
    let part = _mm256_set1_ps(1.0 / FINER);
    for b in 0..blocks {
        for w in 0..W {
            let q = q(w, b);
            let scale = if GROUP == BLOCK {
                _mm256_set1_ps(scale[w][b])
            } else {
                let (low, high) = (scale[w][2 * b], scale[w][2 * b + 1]);
                _mm256_set_m128(_mm_set1_ps(high), _mm_set1_ps(low))
            };
            for i in 0..X {
                let mut dot = products(q, &p[i][b]);
                if refined[i][b] {
                    dot = _mm256_fmadd_ps(products(q, &r[i][b]), part, dot);
                }
                let scale = _mm256_mul_ps(scale, _mm256_set1_ps(p_scale[i][b]));
                acc[i][w] = _mm256_fmadd_ps(dot, scale, acc[i][w]);
            }
        }
    }
    for (i, acc) in acc.iter().enumerate() {
        for (w, &acc) in acc.iter().enumerate() {
            // SAFETY: the caller's promise.
            unsafe { job.set(x_row + i, first + w_row + w, sum(acc)) };
        }
    }
}

/// Products of 32 integers with `q`, added up in fours, exactly.
#[inline]
#[target_feature(enable = "avx2")]
fn products(q: __m256i, p: &[i8; BLOCK]) -> __m256 {
    // |q|·(±p): pairs stay within 2·128·127 < 2¹⁵, so nothing saturates.
    let pairs = _mm256_maddubs_epi16(_mm256_abs_epi8(q), _mm256_sign_epi8(load_i8(p), q));
    _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, _mm256_set1_epi16(1)))
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_i8(q: &[i8; BLOCK]) -> __m256i {
    // SAFETY: the reference covers 32 readable bytes; loadu takes any alignment.
    unsafe { _mm256_loadu_si256(q.as_ptr().cast()) }
}
