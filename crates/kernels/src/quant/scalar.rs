//! The definitions: portable, one output at a time.

use std::ops::Range;

use super::activations::{BLOCK, FINER, Quantised, TINY};
use super::half::{bf16_to_f32, f16_to_f32};
use super::unpack::{self, group_len, has_min};
use super::{Job, Scratch, room};
use crate::dtype::DType;

/// A row's canonical view. `min` is empty if the format has none.
struct View<'a> {
    q: &'a [i8],
    scale: &'a [f32],
    min: &'a [f32],
}

fn unpack<'a>(scratch: &'a mut Scratch, dtype: DType, row: &[u8]) -> View<'a> {
    let cols = row.len() / dtype.block_bytes() * dtype.block_len();
    let groups = cols / group_len(dtype);
    let q = room(&mut scratch.q, cols);
    let scale = room(&mut scratch.scale, groups);
    let min = room(&mut scratch.min, if has_min(dtype) { groups } else { 0 });
    unpack::integers(dtype, row, q);
    unpack::scales(dtype, row, scale, min);
    View { q, scale, min }
}

pub(super) fn dequantise(out: &mut [f32], dtype: DType, bytes: &[u8]) {
    match dtype {
        DType::F32 => decode(out, bytes, f32::from_le_bytes),
        DType::F16 => decode(out, bytes, |b| f16_to_f32(u16::from_le_bytes(b))),
        DType::BF16 => decode(out, bytes, |b| bf16_to_f32(u16::from_le_bytes(b))),
        _ => Scratch::with(|scratch| {
            let view = unpack(scratch, dtype, bytes);
            let group = group_len(dtype);
            let groups = out.chunks_exact_mut(group).zip(view.q.chunks_exact(group));
            for (i, (out, q)) in groups.enumerate() {
                let scale = view.scale[i];
                for (out, &q) in out.iter_mut().zip(q) {
                    *out = scale * f32::from(q);
                }
                // Only where there is one: adding 0 would lose the sign of -0.
                if let Some(min) = view.min.get(i) {
                    out.iter_mut().for_each(|out| *out += min);
                }
            }
        }),
    }
}

fn decode<const N: usize>(out: &mut [f32], bytes: &[u8], value: impl Fn([u8; N]) -> f32) {
    for (out, bytes) in out.iter_mut().zip(bytes.as_chunks().0) {
        *out = value(*bytes);
    }
}

pub(super) fn round(x: &[f32; BLOCK], q: &mut [i8; BLOCK]) -> f32 {
    // As integers, magnitudes of floats are in order, and NaN is above all.
    let largest = x.iter().map(|x| x.abs().to_bits()).max();
    let largest = f32::from_bits(largest.unwrap_or(0));
    *q = [0; BLOCK];
    if !largest.is_finite() {
        return f32::NAN;
    }
    if largest < TINY {
        return 0.0;
    }
    let inverse = 127.0 / largest;
    for (q, x) in q.iter_mut().zip(x) {
        *q = (x * inverse).round_ties_even() as i8;
    }
    largest / 127.0
}

pub(super) fn refine(x: &[f32; BLOCK], q: &[i8; BLOCK], scale: f32, r: &mut [i8; BLOCK]) {
    let inverse = FINER / scale;
    for ((r, x), &q) in r.iter_mut().zip(x).zip(q) {
        *r = ((x - scale * f32::from(q)) * inverse).round_ties_even() as i8;
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
pub(super) unsafe fn f32(job: &Job, x: &[f32], w_rows: Range<usize>) {
    let cols = job.w.cols;
    // Out of the scratch while in use, as `dequantise` borrows that too.
    let mut values = Scratch::with(|s| std::mem::take(&mut s.values));
    let w = room(&mut values, cols);
    for row in w_rows {
        dequantise(w, job.w.dtype, job.w.row(row));
        for i in 0..job.m {
            let x = &x[i * cols..(i + 1) * cols];
            let sum = w.iter().zip(x).map(|(w, x)| w * x).sum();
            // SAFETY: the caller's promise.
            unsafe { job.set(i, row, sum) };
        }
    }
    Scratch::with(|s| s.values = values);
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these rows of weights.
pub(super) unsafe fn int8(job: &Job, x: &Quantised, w_rows: Range<usize>) {
    let group = group_len(job.w.dtype);
    Scratch::with(|scratch| {
        for row in w_rows {
            let w = unpack(scratch, job.w.dtype, job.w.row(row));
            for i in 0..job.m {
                let (p, s, p_sum) = (x.q(i), x.scale(i), x.sum(i));
                let (refined, r) = (x.refined(i), x.r(i));
                let mut sum = 0.0;
                for (g, q) in w.q.chunks_exact(group).enumerate() {
                    let (at, block) = (g * group..(g + 1) * group, g * group / BLOCK);
                    let mut product = dot(q, &p[at.clone()]);
                    if refined[block] {
                        product += dot(q, &r[at]) / FINER;
                    }
                    sum += w.scale[g] * s[block] * product;
                }
                for (min, p_sum) in w.min.iter().zip(p_sum) {
                    sum += min * p_sum;
                }
                // SAFETY: the caller's promise.
                unsafe { job.set(i, row, sum) };
            }
        }
    });
}

/// Exact: 32 products of 7 bits each are within 24 bits.
fn dot(a: &[i8], b: &[i8]) -> f32 {
    let products = a.iter().zip(b).map(|(&a, &b)| i32::from(a) * i32::from(b));
    products.sum::<i32>() as f32
}
