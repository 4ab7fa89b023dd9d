//! The forward with AVX2 and FMA: tiles of up to three rows that see the same
//! keys of a block.

use super::{BLOCK, Call, ROWS, Row, Sequence, scalar};
use crate::linear::dots;
use crate::simd::avx2::{LANES, exp, load, max as max_lane, store, sum as sum_lanes};
use std::arch::x86_64::*;
use std::ops::Range;

/// Rows in a tile.
const TILE: usize = 3;
/// Keys scored at a time, by a tile and by a single row: enough sums at once
/// to hide the latency of an addition.
const KEYS: usize = 4;
const KEYS_OF_ONE: usize = 8;

/// Running maximum and sum of a row.
#[derive(Clone, Copy)]
struct Running {
    max: f32,
    sum: f32,
}

/// # Safety
/// While it runs, nothing else may touch these rows of `out`.
#[target_feature(enable = "avx2,fma")]
pub(super) unsafe fn rows(call: &Call<f32>, seq: &Sequence, kv_head: usize, rows: Range<usize>) {
    if !call.shape.head_dim.is_multiple_of(LANES) {
        // SAFETY: the caller's promise.
        return unsafe { scalar::rows(call, seq, kv_head, rows) };
    }
    let count = rows.len();
    // Beyond the last row: that one again, never used.
    let all: [Row; ROWS] =
        std::array::from_fn(|r| Row::new(seq, call.shape, kv_head, rows.start + r.min(count - 1)));
    let all = &all[..count];
    let mut running = [Running {
        max: f32::NEG_INFINITY,
        sum: 0.0,
    }; ROWS];
    for row in all {
        // SAFETY: the caller's promise.
        unsafe { call.out.slice(row.at.clone()) }.fill(0.0);
    }
    // Later rows see later keys.
    for block in all[0].blocks().start..all[count - 1].blocks().end {
        let mut r = 0;
        while r < count {
            let keys = all[r].visible_in(block);
            let next = all[r + 1..].iter().take(TILE - 1);
            let same = 1 + next
                .take_while(|next| next.visible_in(block) == keys)
                .count();
            if !keys.is_empty() {
                let (tile, state) = (&all[r..r + same], &mut running[r..r + same]);
                let at = Block {
                    call,
                    kv_head,
                    first: seq.blocks[block],
                    keys,
                };
                // SAFETY: the caller's promise.
                unsafe {
                    match tile {
                        [a, b, c] => step(&at, [a, b, c], state),
                        [a, b] => step(&at, [a, b], state),
                        [a, ..] => step(&at, [a], state),
                        [] => {}
                    }
                }
            }
            r += same;
        }
    }
    for (row, running) in all.iter().zip(running) {
        // SAFETY: the caller's promise.
        let out = unsafe { call.out.slice(row.at.clone()) };
        let sum = _mm256_set1_ps(running.sum);
        for out in out.as_chunks_mut::<LANES>().0 {
            let quotient = _mm256_div_ps(load(out), sum);
            store(out, quotient);
        }
    }
}

/// The visible keys of one block.
struct Block<'a> {
    call: &'a Call<'a, f32>,
    kv_head: usize,
    /// The block's first row in the pools.
    first: usize,
    keys: Range<usize>,
}

impl Block<'_> {
    /// Where a key, or a value, starts in its pool.
    fn at(&self, key: usize) -> usize {
        let shape = self.call.shape;
        ((self.first + key) * shape.kv_heads + self.kv_head) * shape.head_dim
    }
}

/// One block for `R` rows that see the same keys of it.
///
/// # Safety
/// While it runs, nothing else may touch these rows of `out`.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn step<const R: usize>(block: &Block, rows: [&Row; R], running: &mut [Running]) {
    let dim = block.call.shape.head_dim;
    let mut p = [[f32::NEG_INFINITY; BLOCK]; R];
    if R == 1 {
        score::<R, KEYS_OF_ONE>(block, &rows, &mut p);
    } else {
        score::<R, KEYS>(block, &rows, &mut p);
    }
    let mut shrink = [0.0; R];
    for ((p, running), shrink) in p.iter_mut().zip(running).zip(&mut shrink) {
        *shrink = exponentiate(p, running);
    }
    let v = block.call.v;
    // So that every read below lies in the pool.
    assert!(block.at(block.keys.end - 1) + dim <= v.len());
    let mut d = 0;
    while d < dim {
        // SAFETY: `d` and the 64, 32 or 8 columns after it lie in the head, the
        // keys in the pool; the rows of `out` are the caller's promise.
        unsafe {
            if R == 1 && d + 8 * LANES <= dim {
                gather::<R, 8>(block, &rows, &p, &shrink, d);
                d += 8 * LANES;
            } else if d + 4 * LANES <= dim {
                gather::<R, 4>(block, &rows, &p, &shrink, d);
                d += 4 * LANES;
            } else {
                gather::<R, 1>(block, &rows, &p, &shrink, d);
                d += LANES;
            }
        }
    }
}

/// Writes the scores of visible keys.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn score<const R: usize, const K: usize>(
    block: &Block,
    rows: &[&Row; R],
    scores: &mut [[f32; BLOCK]; R],
) {
    let dim = block.call.shape.head_dim;
    let mut q: [&[f32]; R] = [&[]; R];
    for (q, row) in q.iter_mut().zip(rows) {
        *q = &block.call.q[row.at.clone()];
    }
    let keys = block.keys.clone();
    for j in keys.clone().step_by(K) {
        let mut k: [&[f32]; K] = [&[]; K];
        for (c, k) in k.iter_mut().enumerate() {
            // Beyond the last key: that one again, and its score is dropped.
            *k = &block.call.k[block.at((j + c).min(keys.end - 1))..][..dim];
        }
        for (scores, dots) in scores.iter_mut().zip(dots(q, k)) {
            for (score, dot) in scores[j..keys.end.min(j + K)].iter_mut().zip(dots) {
                *score = dot * block.call.shape.scale;
            }
        }
    }
}

/// Turns a block's scores into `e^(score − max)`, 0 for those not visible;
/// returns the factor for what was summed before.
#[inline]
#[target_feature(enable = "avx2,fma")]
fn exponentiate(p: &mut [f32; BLOCK], running: &mut Running) -> f32 {
    let (vectors, _) = p.as_chunks_mut::<LANES>();
    let mut max = _mm256_set1_ps(running.max);
    for v in vectors.iter() {
        max = _mm256_max_ps(max, load(v));
    }
    let max = max_lane(max);
    let mut sum = _mm256_setzero_ps();
    for v in vectors {
        let e = exp(_mm256_sub_ps(load(v), _mm256_set1_ps(max)));
        sum = _mm256_add_ps(sum, e);
        store(v, e);
    }
    let shrink = exp(_mm256_set1_ps(running.max - max));
    let shrink = _mm_cvtss_f32(_mm256_castps256_ps128(shrink));
    *running = Running {
        max,
        sum: running.sum * shrink + sum_lanes(sum),
    };
    shrink
}

/// `out ← out · shrink + Σ_j p_j · v_j` in `N` vectors of columns from `d` on.
///
/// # Safety
/// The columns lie in the head, the block's keys in the pool; while it runs,
/// nothing else may touch these rows of `out`.
#[inline]
#[target_feature(enable = "avx2,fma")]
unsafe fn gather<const R: usize, const N: usize>(
    block: &Block,
    rows: &[&Row; R],
    p: &[[f32; BLOCK]; R],
    shrink: &[f32; R],
    d: usize,
) {
    let mut sums = [[_mm256_setzero_ps(); N]; R];
    for r in 0..R {
        let columns = rows[r].at.start + d..rows[r].at.start + d + N * LANES;
        // SAFETY: the caller's promise.
        let out = unsafe { block.call.out.slice(columns) };
        for (sum, out) in sums[r].iter_mut().zip(out.as_chunks::<LANES>().0) {
            *sum = _mm256_mul_ps(load(out), _mm256_set1_ps(shrink[r]));
        }
    }
    let start = block.at(0) + d;
    let stride = block.at(1) - block.at(0);
    for j in block.keys.clone() {
        let mut v = [_mm256_setzero_ps(); N];
        for (n, v) in v.iter_mut().enumerate() {
            // SAFETY: the caller's promise about keys and columns.
            *v = unsafe {
                _mm256_loadu_ps(block.call.v.as_ptr().add(start + j * stride + n * LANES))
            };
        }
        for r in 0..R {
            let p = _mm256_set1_ps(p[r][j]);
            for n in 0..N {
                sums[r][n] = _mm256_fmadd_ps(p, v[n], sums[r][n]);
            }
        }
    }
    for r in 0..R {
        let columns = rows[r].at.start + d..rows[r].at.start + d + N * LANES;
        // SAFETY: the caller's promise.
        let out = unsafe { block.call.out.slice(columns) };
        for (sum, out) in sums[r].iter().zip(out.as_chunks_mut::<LANES>().0) {
            store(out, *sum);
        }
    }
}
