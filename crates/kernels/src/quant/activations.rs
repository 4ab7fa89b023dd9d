//! Activations rounded to 8 bits, in blocks of 32 values with one scale.

use std::cell::Cell;

use super::unpack::{group_len, has_min};
use crate::dtype::DType;

pub(super) const BLOCK: usize = 32;

/// Rounds a block: `q = round(x / scale)`, ties to even, with the scale
/// `max |x| / 127`; gives the scale.
///
/// A block below 1e-30 counts as zero, since the reciprocal of its scale might
/// overflow. One with an infinity or NaN gets the scale NaN, so that every
/// output it goes into is NaN.
pub(super) type Round = fn(x: &[f32; BLOCK], q: &mut [i8; BLOCK]) -> f32;

/// Below this a block is zero.
pub(super) const TINY: f32 = 1e-30;

/// Rows of `x`, rounded.
#[derive(Default)]
pub(super) struct Quantised {
    q: Vec<i8>,
    scale: Vec<f32>,
    /// `scale·Σq` of each group of the weights, in rows padded with zeros to
    /// whole vectors; only for formats with minima.
    sum: Vec<f32>,
    cols: usize,
    sums: usize,
}

/// Groups of a row of weights, rounded up to whole vectors.
pub(super) fn padded_groups(cols: usize, group: usize) -> usize {
    (cols / group).next_multiple_of(8)
}

impl Quantised {
    /// Runs `f` with `x` (`[m, cols]`) rounded for weights of type `dtype`.
    pub(super) fn with<R>(
        x: &[f32],
        cols: usize,
        dtype: DType,
        round: Round,
        f: impl FnOnce(&Self) -> R,
    ) -> R {
        thread_local! {
            static BUFFER: Cell<Quantised> = Cell::default();
        }
        let mut buffer = BUFFER.take();
        buffer.set(x, cols, dtype, round);
        let result = f(&buffer);
        BUFFER.set(buffer);
        result
    }

    fn set(&mut self, x: &[f32], cols: usize, dtype: DType, round: Round) {
        let group = group_len(dtype);
        self.cols = cols;
        self.sums = if has_min(dtype) {
            padded_groups(cols, group)
        } else {
            0
        };
        let m = x.len().checked_div(cols).unwrap_or(0);
        self.q.resize(x.len(), 0);
        self.scale.resize(x.len() / BLOCK, 0.0);
        self.sum.clear();
        self.sum.resize(m * self.sums, 0.0);
        let (x, q) = (x.as_chunks().0, self.q.as_chunks_mut().0);
        for ((x, q), scale) in x.iter().zip(q).zip(&mut self.scale) {
            *scale = round(x, q);
        }
        if self.sums == 0 {
            return;
        }
        let rows = self.q.chunks_exact(cols);
        let rows = rows.zip(self.scale.chunks_exact(cols / BLOCK));
        for ((q, scale), sum) in rows.zip(self.sum.chunks_exact_mut(self.sums)) {
            for (i, (q, sum)) in q.chunks_exact(group).zip(sum).enumerate() {
                let total: i32 = q.iter().map(|&q| i32::from(q)).sum();
                *sum = scale[i * group / BLOCK] * total as f32;
            }
        }
    }

    pub(super) fn q(&self, row: usize) -> &[i8] {
        &self.q[row * self.cols..(row + 1) * self.cols]
    }

    pub(super) fn scale(&self, row: usize) -> &[f32] {
        let blocks = self.cols / BLOCK;
        &self.scale[row * blocks..(row + 1) * blocks]
    }

    /// Empty if the weights have no minima.
    pub(super) fn sum(&self, row: usize) -> &[f32] {
        &self.sum[row * self.sums..(row + 1) * self.sums]
    }
}
