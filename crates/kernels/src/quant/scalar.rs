//! The definitions: portable, one output at a time.

use std::ops::Range;

use super::activations::{Rounded, RowMut, TINY};
use super::half::{bf16_to_f32, f16_to_f32};
use super::job::Job;
use super::packed::View;
use super::scratch::{Columns, Scratch, Wide, room};
use super::strip::{BLOCK, STRIP, Strip};
use super::unpack::{self, group_len, has_min};
use crate::dtype::DType;

/// A row's canonical view. `min` is empty if the format has none.
struct Canonical<'a> {
    q: &'a [i8],
    scale: &'a [f32],
    min: &'a [f32],
}

fn unpack_row<'a>(scratch: &'a mut Scratch, dtype: DType, row: &[u8]) -> Canonical<'a> {
    let cols = row.len() / dtype.block_bytes() * dtype.block_len();
    let groups = cols / group_len(dtype);
    let q = room(&mut scratch.q, cols);
    let scale = room(&mut scratch.scale, groups);
    let min = room(&mut scratch.min, if has_min(dtype) { groups } else { 0 });
    unpack::integers(dtype, row, q);
    unpack::scales(dtype, row, scale, min);
    Canonical { q, scale, min }
}

pub(super) fn dequantise(out: &mut [f32], dtype: DType, bytes: &[u8]) {
    match dtype {
        DType::F32 => decode(out, bytes, f32::from_le_bytes),
        DType::F16 => decode(out, bytes, |b| f16_to_f32(u16::from_le_bytes(b))),
        DType::BF16 => decode(out, bytes, |b| bf16_to_f32(u16::from_le_bytes(b))),
        _ => Scratch::with(|scratch| {
            let row = unpack_row(scratch, dtype, bytes);
            let group = group_len(dtype);
            let groups = out.chunks_exact_mut(group).zip(row.q.chunks_exact(group));
            for (i, (out, q)) in groups.enumerate() {
                let scale = row.scale[i];
                for (out, &q) in out.iter_mut().zip(q) {
                    *out = scale * f32::from(q);
                }
                // Only where there is one: adding 0 would lose the sign of -0.
                if let Some(min) = row.min.get(i) {
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

/// Unpacks a strip of stored rows; those beyond the last get the scale 0.
pub(super) fn unpack(w: &View, strip: usize, wide: &mut Wide) {
    let first = strip * STRIP;
    wide.clear(w.dtype, w.cols);
    Scratch::with(|scratch| {
        for lane in 0..STRIP.min(w.rows - first) {
            let row = unpack_row(scratch, w.dtype, w.row(first + lane));
            for (quad, q) in wide.quads.iter_mut().zip(row.q.as_chunks().0) {
                quad.as_chunks_mut::<4>().0[lane] = q.map(|q| q as u8 ^ 128);
            }
            wide.set_scales(lane, row.scale, row.min);
        }
    });
}

pub(super) fn round(x: &[f32], limit: f32, out: RowMut) -> usize {
    let mut found = 0;
    let blocks = x.as_chunks::<BLOCK>().0.iter().enumerate();
    for ((b, x), p) in blocks.zip(out.p.as_chunks_mut::<BLOCK>().0) {
        let mut x = *x;
        for (i, x) in x.iter_mut().enumerate() {
            if x.abs() > limit {
                (out.cols[found], out.values[found]) = ((b * BLOCK + i) as u32, *x);
                *x = 0.0;
                found += 1;
            }
        }
        out.scale[b] = round_block(&x, p);
        let halves = p.as_chunks::<16>().0.iter();
        let totals = halves.map(|p| p.iter().map(|&p| i32::from(p)).sum());
        for (out, total) in out.total[2 * b..].iter_mut().zip(totals) {
            *out = total;
        }
    }
    found
}

fn round_block(x: &[f32; BLOCK], p: &mut [i8; BLOCK]) -> f32 {
    // As integers, magnitudes of floats are in order, and NaN is above all.
    let largest = x.iter().map(|x| x.abs().to_bits()).max();
    let largest = f32::from_bits(largest.unwrap_or(0));
    *p = [0; BLOCK];
    if !largest.is_finite() {
        return f32::NAN;
    }
    if largest < TINY {
        return 0.0;
    }
    let inverse = 127.0 / largest;
    for (p, x) in p.iter_mut().zip(x) {
        *p = (x * inverse).round_ties_even() as i8;
    }
    largest / 127.0
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
pub(super) unsafe fn f32(job: &Job, x: &[f32], strips: Range<usize>) {
    let cols = job.w.cols;
    // Out of the scratch while in use, as `dequantise` borrows that too.
    let mut values = Scratch::with(|s| std::mem::take(&mut s.values));
    let w = room(&mut values, cols);
    for row in strips.start * STRIP..job.w.rows.min(strips.end * STRIP) {
        job.w.dequantise_row(w, row);
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
/// While it runs, nothing else may touch the outputs of these strips.
pub(super) unsafe fn int8(job: &Job, x: &Rounded, first: usize, strips: &[Strip], _: &mut Columns) {
    let mut columns = Vec::new();
    for (s, strip) in strips.iter().enumerate() {
        strip.columns(x.columns(), &mut columns);
        for i in 0..job.m {
            let mut sums = [0.0; STRIP];
            for (lane, sum) in sums.iter_mut().enumerate() {
                *sum = int8_output(strip, x, i, lane);
                let (places, values) = x.outliers(i, x.count(i));
                for (&place, value) in places.iter().zip(values) {
                    *sum += columns[place as usize][lane] * value;
                }
            }
            // SAFETY: the caller's promise.
            unsafe { job.set_strip(i, first + s, &sums) };
        }
    }
}

/// But for the outliers.
fn int8_output(strip: &Strip, x: &Rounded, row: usize, lane: usize) -> f32 {
    let (p, scale, sums) = (x.p(row), x.scale(row), x.sum(row, strip.kind));
    let (group, mut sum) = (strip.kind.group(), 0.0);
    for (g, p) in p.chunks_exact(group).enumerate() {
        let first = g * group;
        let products = p.iter().enumerate();
        // Exact: 32 products of 7 and 8 bits are within 24 bits.
        let dot: i32 = products
            .map(|(i, &p)| strip.integer(first + i, lane) * i32::from(p))
            .sum();
        sum += strip.scales(first)[lane] * scale[first / BLOCK] * dot as f32;
        if let Some(x) = sums.get(g) {
            sum += strip.mins(first)[lane] * x;
        }
    }
    sum
}
