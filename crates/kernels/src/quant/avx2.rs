//! Products by AVX2, FMA and F16C.
//!
//! All outputs go through one [`tile`] (rounded activations) or [`tile_f32`]:
//! a few rows of weights meet a few rows of `x`, and each pair has an
//! accumulator of eight lanes of its own. Where the weights come from is a
//! closure: out of the stored bytes for one row of `x`, from a buffer unpacked
//! once for many. Both see the same numbers, so both give the same bits.
//! (A closure is inlined only into functions with all the features it has.)

mod unpack;

use std::arch::x86_64::*;
use std::array;
use std::ops::Range;

use super::activations::{BLOCK, Quantised, TINY, padded_groups};
use super::unpack::{group_len, has_min};
use super::{Job, Scratch, room, scalar};
use crate::dtype::DType;
use crate::simd::avx2::{LANES, load, store, sum};
use unpack::{scales, with_format};

/// Rows of weights in a tile.
const W: usize = 4;
/// Rows of rounded `x` in a tile: 8 accumulators.
const X: usize = 2;
/// Rows of float `x` in a tile: 12 accumulators, so that the products hide the
/// latency of the sums.
const X_F32: usize = 3;

#[target_feature(enable = "avx2,fma")]
pub(super) fn round(x: &[f32; BLOCK], q: &mut [i8; BLOCK]) -> f32 {
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
    // Packing works within halves, so the order is mended afterwards.
    let packed = _mm256_packs_epi16(_mm256_packs_epi32(a, b), _mm256_packs_epi32(c, d));
    let order = _mm256_setr_epi32(0, 4, 1, 5, 2, 6, 3, 7);
    let packed = _mm256_permutevar8x32_epi32(packed, order);
    // SAFETY: `q` is 32 writable bytes; storeu takes any alignment.
    unsafe { _mm256_storeu_si256(q.as_mut_ptr().cast(), packed) };
    largest / 127.0
}

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) fn dequantise(out: &mut [f32], dtype: DType, bytes: &[u8]) {
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

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) fn int8(job: &Job, x: &Quantised, rows: Range<usize>) {
    if group_len(job.w.dtype) == 16 {
        int8_by::<16>(job, x, rows);
    } else {
        int8_by::<32>(job, x, rows);
    }
}

#[target_feature(enable = "avx2,fma,f16c")]
fn int8_by<const GROUP: usize>(job: &Job, x: &Quantised, rows: Range<usize>) {
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
                    tile::<W, 1, GROUP>(job, x, &s, [i, rows.start, 0], |w, b| q(row[w], b));
                    i += W;
                }
                for i in i..len {
                    let row = job.w.row(rows.start + i);
                    tile::<1, 1, GROUP>(job, x, &s, [i, rows.start, 0], |_, b| q(row, b));
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
            int8_row_of_tiles::<X, GROUP>(job, x, &s, buffer, [len, rows.start, j]);
            j += X;
        }
        for j in j..job.m {
            int8_row_of_tiles::<1, GROUP>(job, x, &s, buffer, [len, rows.start, j]);
        }
    });
}

/// All unpacked rows of weights with a few rows of `x`.
#[target_feature(enable = "avx2,fma,f16c")]
fn int8_row_of_tiles<const X: usize, const GROUP: usize>(
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
        tile::<W, X, GROUP>(job, x, s, [i, first, x_row], |w, b| load_i8(&rows[w][b]));
        i += W;
    }
    for i in i..len {
        let row = row(i);
        tile::<1, X, GROUP>(job, x, s, [i, first, x_row], |_, b| load_i8(&row[b]));
    }
}

/// Sets `W·X` outputs: rows of weights from `first + w_row`, the rows of `s`
/// from `w_row`, rows of `x` from `x_row`.
///
/// Lane `l` sums, over the blocks in order, the products of values `4l..4l+4`,
/// and before that the products of minima; then come the lanes.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn tile<const W: usize, const X: usize, const GROUP: usize>(
    job: &Job,
    x: &Quantised,
    s: &Scales,
    [w_row, first, x_row]: [usize; 3],
    q: impl Fn(usize, usize) -> __m256i,
) {
    let blocks = job.w.cols / BLOCK;
    let p: [&[[i8; BLOCK]]; X] = array::from_fn(|i| &x.q(x_row + i).as_chunks().0[..blocks]);
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
    let ones = _mm256_set1_epi16(1);
    for b in 0..blocks {
        for w in 0..W {
            let q = q(w, b);
            let scale = if GROUP == BLOCK {
                _mm256_set1_ps(scale[w][b])
            } else {
                let (low, high) = (scale[w][2 * b], scale[w][2 * b + 1]);
                _mm256_set_m128(_mm_set1_ps(high), _mm_set1_ps(low))
            };
            let magnitude = _mm256_abs_epi8(q);
            for i in 0..X {
                // |q|·(±p): pairs stay within 2·128·127 < 2¹⁵, so nothing
                // saturates.
                let pairs = _mm256_maddubs_epi16(magnitude, _mm256_sign_epi8(load_i8(&p[i][b]), q));
                let dot = _mm256_cvtepi32_ps(_mm256_madd_epi16(pairs, ones));
                let scale = _mm256_mul_ps(scale, _mm256_set1_ps(p_scale[i][b]));
                acc[i][w] = _mm256_fmadd_ps(dot, scale, acc[i][w]);
            }
        }
    }
    for (i, acc) in acc.iter().enumerate() {
        for (w, &acc) in acc.iter().enumerate() {
            // SAFETY: these rows of weights are ours alone.
            unsafe { job.set(x_row + i, first + w_row + w, sum(acc)) };
        }
    }
}

#[inline]
#[target_feature(enable = "avx2")]
fn load_i8(q: &[i8; BLOCK]) -> __m256i {
    // SAFETY: the reference covers 32 readable bytes; loadu takes any alignment.
    unsafe { _mm256_loadu_si256(q.as_ptr().cast()) }
}

#[target_feature(enable = "avx2,fma,f16c")]
pub(super) fn f32(job: &Job, x: &[f32], rows: Range<usize>) {
    let (dtype, cols) = (job.w.dtype, job.w.cols);
    // F32 needs no decoding; halves are decoded once per tile of `x`.
    let once = job.m <= X_F32 && !dtype.is_quantised() || dtype == DType::F32;
    if once && cols.is_multiple_of(LANES) {
        let bytes = |row| job.w.row(row);
        match dtype {
            DType::F32 => f32_tiles(job, x, rows, bytes, |w, c| unpack::f32s(w, c)),
            DType::F16 => f32_tiles(job, x, rows, bytes, |w, c| unpack::f16s(w, c)),
            _ => f32_tiles(job, x, rows, bytes, |w, c| unpack::bf16s(w, c)),
        }
        return;
    }
    Scratch::with(|scratch| {
        let Scratch {
            values, scale, min, ..
        } = scratch;
        let values = room(values, rows.len() * cols);
        let len = job.w.row_bytes();
        let bytes = &job.w.bytes[rows.start * len..rows.end * len];
        decode(values, dtype, bytes, scale, min);
        let (values, first) = (&*values, rows.start);
        let row = |row: usize| &values[(row - first) * cols..(row - first + 1) * cols];
        f32_tiles(job, x, rows, row, |w, c| load(&w.as_chunks().0[c]));
    });
}

/// All of `rows` with all rows of `x`, in tiles. `row` finds a row of weights,
/// `w8` its `c`-th eight values.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn f32_tiles<'w, T: 'w>(
    job: &Job,
    x: &[f32],
    rows: Range<usize>,
    row: impl Fn(usize) -> &'w [T] + Copy,
    w8: impl Fn(&[T], usize) -> __m256 + Copy,
) where
    [T]: Tail,
{
    let mut j = 0;
    while j + X_F32 <= job.m {
        f32_row_of_tiles::<X_F32, T>(job, x, rows.clone(), j, row, w8);
        j += X_F32;
    }
    for j in j..job.m {
        f32_row_of_tiles::<1, T>(job, x, rows.clone(), j, row, w8);
    }
}

#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn f32_row_of_tiles<'w, const X: usize, T: 'w>(
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
        tile_f32::<W, X, T>(job, x, [x_row, r], array::from_fn(|w| row(r + w)), w8);
        r += W;
    }
    for r in r..rows.end {
        tile_f32::<1, X, T>(job, x, [x_row, r], [row(r)], w8);
    }
}

/// Sets `W·X` outputs. Lane `l` sums the products of values `l`, `8 + l`, …;
/// then come the lanes, and the products left over.
#[inline]
#[target_feature(enable = "avx2,fma,f16c")]
fn tile_f32<const W: usize, const X: usize, T>(
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
            // SAFETY: these rows of weights are ours alone.
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
