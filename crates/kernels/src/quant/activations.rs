//! Activations rounded to 8 bits, in blocks of 32 values with one scale; what
//! stands out of its row stays a float.
//!
//! A block's largest value sets the step of all of it, and a transformer's rows
//! have a few values far larger than the rest. Those beyond 3 times the row's
//! root mean square are taken out and multiplied as floats, as in LLM.int8()
//! (Dettmers et al. 2022, <https://arxiv.org/abs/2208.07339>), but per row. By
//! Chebyshev's inequality they are less than a ninth of all; in SmolLM2-135M,
//! one in 80.
//!
//! Measured on SmolLM2-135M in Q4_1, against float activations, over 4000
//! tokens: a mean KL divergence of 7.7e-4 and the same first choice at 98.4 %
//! of positions, without outliers 5.1e-3 and 95.4 %.

use std::cell::Cell;
use std::ops::Range;

use super::strip::{BLOCK, Kind};
use crate::parallel::{self, Disjoint};

/// Outliers are beyond this many times the root mean square of their row.
const OUTLIER: f32 = 3.0;

/// Below this nothing is an outlier: squares may have vanished.
const NEVER_OUTLIER: f32 = 1e-18;

/// Below this a block is zero.
pub(super) const TINY: f32 = 1e-30;

/// Rounds a row. The steps, in every version with the same bits:
///
/// 1. Values with `|x| > limit`, the outliers, go to `out` in order, and count
///    as zero from here on.
/// 2. A block has the scale `max |x| / 127`, and `p = round(x·(127 / max))`,
///    ties to even. A block below 1e-30 counts as zero, since the reciprocal
///    might overflow. One with an infinity or NaN gets the scale NaN, so that
///    every output it goes into is NaN.
pub(super) type Round = fn(x: &[f32], limit: f32, out: RowMut) -> usize;

/// What outliers of a row exceed, see [`limit`].
pub(super) type Limit = fn(row: &[f32]) -> f32;

/// Where a row goes; the result of [`Round`] is how many outliers it has.
pub(super) struct RowMut<'a> {
    pub(super) p: &'a mut [i8],
    /// Per block.
    pub(super) scale: &'a mut [f32],
    /// `Σ p`, per half block.
    pub(super) total: &'a mut [i32],
    /// Room for all outliers there can be, and for [`SLACK`] more.
    pub(super) cols: &'a mut [u32],
    pub(super) values: &'a mut [f32],
}

/// A vector may be stored behind the last outlier.
pub(super) const SLACK: usize = 16;

/// Tables that only some kinds of weights read.
#[derive(Clone, Copy, Default)]
pub(super) struct Needs {
    start8: bool,
    start128: bool,
    sum32: bool,
    sum16: bool,
}

impl Needs {
    pub(super) fn add(&mut self, kind: Kind) {
        self.start8 |= kind.offset() == 8;
        self.start128 |= kind.offset() == 128;
        self.sum32 |= kind.has_min() && kind.group() == 32;
        self.sum16 |= kind.has_min() && kind.group() == 16;
    }
}

/// Rows of `x`, rounded.
#[derive(Default)]
pub(super) struct Rounded {
    cols: usize,
    p: Vec<i8>,
    scale: Vec<f32>,
    total: Vec<i32>,
    /// `-8·Σ p` per block: takes the offset of the weights off.
    start8: Vec<i32>,
    /// `-128·Σ p` per half block.
    start128: Vec<i32>,
    /// `Σ x` per block, what minima are multiplied with.
    sum32: Vec<f32>,
    /// The same per half block.
    sum16: Vec<f32>,
    /// Outliers of each row, and room for more.
    count: Vec<usize>,
    col: Vec<u32>,
    value: Vec<f32>,
    /// Columns with an outlier in any row, in order.
    columns: Vec<u32>,
    /// Of each column, its place among `columns`.
    place: Vec<u32>,
}

/// Places for the outliers of a row: more than a ninth of its values.
fn room(cols: usize) -> usize {
    cols / 8 + 1 + SLACK
}

impl Rounded {
    /// Runs `f` with `x` (`[m, cols]`) rounded.
    pub(super) fn with<R>(
        x: &[f32],
        cols: usize,
        needs: Needs,
        (limit, round): (Limit, Round),
        f: impl FnOnce(&Self) -> R,
    ) -> R {
        thread_local! {
            static BUFFER: Cell<Rounded> = Cell::default();
        }
        let mut buffer = BUFFER.take();
        buffer.set(x, cols, needs, limit, round);
        let result = f(&buffer);
        BUFFER.set(buffer);
        result
    }

    fn set(&mut self, x: &[f32], cols: usize, needs: Needs, limit: Limit, round: Round) {
        let (m, blocks, room) = (x.len() / cols, x.len() / BLOCK, room(cols));
        let per_row = cols / BLOCK;
        self.cols = cols;
        grow(&mut self.p, x.len());
        grow(&mut self.scale, blocks);
        grow(&mut self.total, 2 * blocks);
        let len = |needed: bool, len| if needed { len } else { 0 };
        grow(&mut self.start8, len(needs.start8, blocks));
        grow(&mut self.start128, len(needs.start128, 2 * blocks));
        grow(&mut self.sum32, len(needs.sum32, blocks));
        grow(&mut self.sum16, len(needs.sum16, 2 * blocks));
        grow(&mut self.count, m);
        grow(&mut self.col, m * room);
        grow(&mut self.value, m * room);

        let p = Disjoint::new(&mut self.p);
        let scale = Disjoint::new(&mut self.scale);
        let total = Disjoint::new(&mut self.total);
        let start8 = Disjoint::new(&mut self.start8);
        let start128 = Disjoint::new(&mut self.start128);
        let sum32 = Disjoint::new(&mut self.sum32);
        let sum16 = Disjoint::new(&mut self.sum16);
        let count = Disjoint::new(&mut self.count);
        let col = Disjoint::new(&mut self.col);
        let value = Disjoint::new(&mut self.value);
        let one = |i: usize| {
            let (blocks, halves) = (
                i * per_row..(i + 1) * per_row,
                2 * i * per_row..2 * (i + 1) * per_row,
            );
            let table = |needed: bool, range: &Range<usize>| {
                if needed { range.clone() } else { 0..0 }
            };
            let x = &x[i * cols..(i + 1) * cols];
            // SAFETY: these are the parts of row `i`, which `for_each` gives to
            // one call only.
            unsafe {
                let row = RowMut {
                    p: p.slice(i * cols..(i + 1) * cols),
                    scale: scale.slice(blocks.clone()),
                    total: total.slice(halves.clone()),
                    cols: col.slice(i * room..(i + 1) * room),
                    values: value.slice(i * room..(i + 1) * room),
                };
                let found = round(x, limit(x), row);
                count.slice(i..i + 1)[0] = found;
                Tables {
                    scale: scale.slice(blocks.clone()),
                    total: total.slice(halves.clone()),
                    start8: start8.slice(table(needs.start8, &blocks)),
                    start128: start128.slice(table(needs.start128, &halves)),
                    sum32: sum32.slice(table(needs.sum32, &blocks)),
                    sum16: sum16.slice(table(needs.sum16, &halves)),
                }
                .fill(
                    &col.slice(i * room..(i + 1) * room)[..found],
                    &value.slice(i * room..(i + 1) * room)[..found],
                );
            }
        };
        // A task worth a thread: about 5 µs.
        parallel::for_each(m, 16_384 / cols.max(1), &|rows| rows.for_each(one));
        self.collect_columns(m);
    }

    /// Lists the columns with outliers, and has each outlier know its place.
    fn collect_columns(&mut self, m: usize) {
        let room = room(self.cols);
        if m == 1 {
            // All of them, in order.
            let cols = &mut self.col[..self.count[0]];
            self.columns.clear();
            self.columns.extend_from_slice(cols);
            (0..).zip(cols).for_each(|(place, col)| *col = place);
            return;
        }
        self.place.clear();
        self.place.resize(self.cols, 0);
        for i in 0..m {
            for &col in &self.col[i * room..][..self.count[i]] {
                self.place[col as usize] = 1;
            }
        }
        self.columns.clear();
        for (col, place) in self.place.iter_mut().enumerate() {
            if *place != 0 {
                *place = self.columns.len() as u32;
                self.columns.push(col as u32);
            }
        }
        let most = self.count[..m].iter().copied().max().unwrap_or(0);
        for i in 0..m {
            let (count, at) = (self.count[i], i * room);
            for col in &mut self.col[at..at + count] {
                *col = self.place[*col as usize];
            }
            // Zeros in the first of the columns, so that rows whose numbers of
            // outliers differ can take the same steps.
            self.col[at + count..at + most].fill(0);
            self.value[at + count..at + most].fill(0.0);
        }
    }

    fn row<'a, T>(&self, of: &'a [T], row: usize, per_block: usize) -> &'a [T] {
        let len = self.cols / BLOCK * per_block;
        &of[row * len..(row + 1) * len]
    }

    pub(super) fn p(&self, row: usize) -> &[i8] {
        self.row(&self.p, row, BLOCK)
    }

    pub(super) fn scale(&self, row: usize) -> &[f32] {
        self.row(&self.scale, row, 1)
    }

    /// `-offset·Σ p`, per block for nibbles, per half block for bytes, empty
    /// for an offset of 0.
    pub(super) fn start(&self, row: usize, kind: Kind) -> &[i32] {
        match kind.offset() {
            8 => self.row(&self.start8, row, 1),
            128 => self.row(&self.start128, row, 2),
            _ => &[],
        }
    }

    /// `Σ x` per group, empty for weights without minima.
    pub(super) fn sum(&self, row: usize, kind: Kind) -> &[f32] {
        match (kind.has_min(), kind.group()) {
            (false, _) => &[],
            (true, 32) => self.row(&self.sum32, row, 1),
            (true, _) => self.row(&self.sum16, row, 2),
        }
    }

    /// How many outliers a row has.
    pub(super) fn count(&self, row: usize) -> usize {
        self.count[row]
    }

    /// A row's outliers in order: places among the columns of [`Self::columns`],
    /// values; then zeros in some place, up to `count`, which is that of the row
    /// or one with more.
    pub(super) fn outliers(&self, row: usize, count: usize) -> (&[u32], &[f32]) {
        let at = row * room(self.cols);
        (&self.col[at..at + count], &self.value[at..at + count])
    }

    /// Columns that meet an outlier of some row.
    pub(super) fn columns(&self) -> &[u32] {
        &self.columns
    }
}

/// Rounds a row to bfloat16, in pairs; the last may lack a value.
pub(super) type Pairs = fn(x: &[f32], out: &mut [u32]);

/// Runs `f` with `x` (`[m, cols]`) as rows of pairs.
pub(super) fn with_pairs<R>(
    x: &[f32],
    cols: usize,
    pairs: Pairs,
    f: impl FnOnce(&[u32]) -> R,
) -> R {
    thread_local! {
        static BUFFER: Cell<Vec<u32>> = Cell::default();
    }
    let (mut buffer, width) = (BUFFER.take(), cols.div_ceil(2));
    let len = x.len() / cols * width;
    grow(&mut buffer, len);
    let out = &mut buffer[..len];
    parallel::for_rows(out, width, 16_384 / cols, &|first, out| {
        for (i, out) in out.chunks_exact_mut(width).enumerate() {
            pairs(&x[(first + i) * cols..][..cols], out);
        }
    });
    let result = f(out);
    BUFFER.set(buffer);
    result
}

/// A row's tables, those that are needed; the others are empty.
struct Tables<'a> {
    scale: &'a [f32],
    total: &'a [i32],
    start8: &'a mut [i32],
    start128: &'a mut [i32],
    sum32: &'a mut [f32],
    sum16: &'a mut [f32],
}

impl Tables<'_> {
    fn fill(self, cols: &[u32], values: &[f32]) {
        let pairs = self.total.as_chunks::<2>().0;
        for (start, [a, b]) in self.start8.iter_mut().zip(pairs) {
            *start = -8 * (a + b);
        }
        for (start, total) in self.start128.iter_mut().zip(self.total) {
            *start = -128 * total;
        }
        let per_block = self.scale.iter().zip(pairs);
        for (sum, (scale, [a, b])) in self.sum32.iter_mut().zip(per_block.clone()) {
            *sum = scale * (a + b) as f32;
        }
        let sums = self.sum16.as_chunks_mut::<2>().0;
        for (sum, (scale, pair)) in sums.iter_mut().zip(per_block) {
            *sum = pair.map(|total| scale * total as f32);
        }
        for (&col, value) in cols.iter().zip(values) {
            if let Some(sum) = self.sum32.get_mut(col as usize / 32) {
                *sum += value;
            }
            if let Some(sum) = self.sum16.get_mut(col as usize / 16) {
                *sum += value;
            }
        }
    }
}

/// What outliers of a row exceed. Inlined, so that it is compiled for its
/// caller's instructions.
#[inline(always)]
pub(super) fn limit(row: &[f32]) -> f32 {
    limit_of(root_mean_square(row))
}

/// As [`limit`], for a row with this root mean square.
pub(super) fn limit_of(root_mean_square: f32) -> f32 {
    match OUTLIER * root_mean_square {
        limit if limit.is_finite() => limit.max(NEVER_OUTLIER),
        _ => f32::INFINITY,
    }
}

/// Makes room for `len` elements.
fn grow<T: Clone + Default>(of: &mut Vec<T>, len: usize) {
    if of.len() < len {
        of.resize(len, T::default());
    }
}

/// In one order everywhere, as what is an outlier hangs on it.
#[inline(always)]
fn root_mean_square(row: &[f32]) -> f32 {
    let mut lanes = [0.0f32; BLOCK];
    for x in row.as_chunks::<BLOCK>().0 {
        for i in 0..BLOCK {
            lanes[i] += x[i] * x[i];
        }
    }
    let mut half = BLOCK / 2;
    while half > 0 {
        for i in 0..half {
            lanes[i] += lanes[i + half];
        }
        half /= 2;
    }
    (lanes[0] / row.len() as f32).sqrt()
}
