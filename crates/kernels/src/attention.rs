//! Causal attention over keys and values that lie in blocks of a pool.
//!
//! ```text
//! out_i = Σ_j softmax_j(scale · q_i·k_j) · v_j      j ≤ i, and j > i − window
//! ```
//!
//! Vaswani et al. 2017, eq. 1, <https://arxiv.org/abs/1706.03762>; several
//! query heads may share a head of keys and values (Ainslie et al. 2023,
//! <https://arxiv.org/abs/2305.13245>). The softmax is computed online (Milakov
//! and Gimelshein 2018, <https://arxiv.org/abs/1805.02867>): every query walks
//! its keys in blocks of [`BLOCK`], counted from position 0 of its sequence,
//! with a running maximum, a running sum and a running output.
//!
//! So a query's steps depend on its position alone, and a sequence computed
//! whole, in chunks, with a cache or over scattered pages gives the same bits.
//! Left out: attention that is not causal, dropout, biases.

use crate::parallel::{Disjoint, for_each};
use crate::simd::{Level, allowed};
use std::ops::Range;
use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
mod avx2;
mod backward;
#[cfg(test)]
mod tests;

pub use backward::attention_backward;

/// Keys per block; also the size of a page of the cache.
pub const BLOCK: usize = 32;

/// The heads, and what they see.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Shape {
    /// Query heads; a multiple of `kv_heads`.
    pub heads: usize,
    pub kv_heads: usize,
    pub head_dim: usize,
    /// Factor of the scores, usually `1/√head_dim`.
    pub scale: f32,
    /// The query at position `p` sees keys in `(p − window, p]`.
    pub window: Option<usize>,
}

/// Some queries of one sequence, and where its keys and values are.
#[derive(Clone, Copy, Debug)]
pub struct Sequence<'a> {
    /// The first query's row in `q` and `out`.
    pub first_query: usize,
    pub queries: usize,
    /// The first query's position in the sequence.
    pub first_position: usize,
    /// For each run of [`BLOCK`] keys, from position 0 on, the row of the first
    /// in the pools. Blocks that no query sees may name any row.
    pub blocks: &'a [usize],
}

impl Shape {
    fn assert_valid(&self) {
        assert!(
            self.heads > 0 && self.kv_heads > 0 && self.head_dim > 0,
            "{self:?}"
        );
        assert!(self.heads.is_multiple_of(self.kv_heads), "{self:?}");
        assert!(self.window != Some(0), "{self:?}");
        // Kernels multiply these; a product that wraps would make rows overlap.
        let width = self.heads.checked_mul(self.head_dim);
        assert!(width.is_some(), "a row of {self:?} has a width");
    }

    /// Query heads per head of keys and values.
    fn group(&self) -> usize {
        self.heads / self.kv_heads
    }

    /// The positions that a query sees.
    fn visible(&self, position: usize) -> Range<usize> {
        let first = self.window.map_or(0, |w| (position + 1).saturating_sub(w));
        first..position + 1
    }
}

/// Attention of all sequences' queries.
///
/// Shapes: `out` and `q` are `[T, heads · head_dim]`, the pools
/// `[rows, kv_heads · head_dim]`. Rows of `out` that belong to no sequence stay
/// as they are.
///
/// # Panics
/// If the lengths disagree, sequences share rows of `out`, or a visible key
/// lies outside the pools or `blocks`.
pub fn attention(
    out: &mut [f32],
    q: &[f32],
    k_pool: &[f32],
    v_pool: &[f32],
    seqs: &[Sequence],
    shape: &Shape,
) {
    shape.assert_valid();
    let width = shape.heads * shape.head_dim;
    assert_eq!(out.len(), q.len());
    assert_eq!(k_pool.len(), v_pool.len());
    assert_apart(seqs, q.len() / width);
    let call = Call {
        out: Disjoint::new(out),
        q,
        k: k_pool,
        v: v_pool,
        shape,
    };
    let tasks = seqs
        .iter()
        .map(|seq| shape.kv_heads * chunks(seq, shape))
        .sum();
    let kernel = *KERNEL;
    for_each(tasks, 1, &|range| {
        for task in range {
            let (seq, kv_head, rows) = find(seqs, shape, task);
            // SAFETY: tasks are different rows of different sequences, which
            // share no row of `out` by the check above.
            unsafe { kernel(&call, seq, kv_head, rows) };
        }
    });
}

/// Every row of `out` belongs to one sequence at most, and is one of `rows`.
fn assert_apart(seqs: &[Sequence], rows: usize) {
    let mut end = 0usize;
    for seq in seqs {
        assert!(
            seq.first_query >= end,
            "sequences stand in the order of their queries"
        );
        let last = seq.first_query.checked_add(seq.queries);
        assert!(
            last.is_some_and(|last| last <= rows),
            "queries {} and {} more are rows, of which there are {rows}",
            seq.first_query,
            seq.queries
        );
        end = seq.first_query + seq.queries;
    }
}

/// Rows per task. A *row* is a query of one head; those that share a head of
/// keys are counted query by query: row `r` is query `r / group` of the
/// group's head `r % group`.
const ROWS: usize = 48;

fn chunks(seq: &Sequence, shape: &Shape) -> usize {
    (seq.queries * shape.group()).div_ceil(ROWS)
}

/// What is task number `task`: a sequence, a head of keys, rows.
fn find<'a, 'b>(
    seqs: &'a [Sequence<'b>],
    shape: &Shape,
    mut task: usize,
) -> (&'a Sequence<'b>, usize, Range<usize>) {
    for seq in seqs {
        let chunks = chunks(seq, shape);
        if task < chunks * shape.kv_heads {
            let (kv_head, first) = (task / chunks, task % chunks * ROWS);
            let end = (seq.queries * shape.group()).min(first + ROWS);
            return (seq, kv_head, first..end);
        }
        task -= chunks * shape.kv_heads;
    }
    unreachable!("tasks are counted over the same sequences");
}

struct Call<'a, F> {
    out: Disjoint<'a, F>,
    q: &'a [F],
    k: &'a [F],
    v: &'a [F],
    shape: &'a Shape,
}

/// A row: where its query and output are, and what it sees.
struct Row {
    at: Range<usize>,
    visible: Range<usize>,
}

impl Row {
    fn new(seq: &Sequence, shape: &Shape, kv_head: usize, row: usize) -> Self {
        let (query, head) = (
            row / shape.group(),
            kv_head * shape.group() + row % shape.group(),
        );
        let start = ((seq.first_query + query) * shape.heads + head) * shape.head_dim;
        Self {
            at: start..start + shape.head_dim,
            visible: shape.visible(seq.first_position + query),
        }
    }

    /// The blocks that hold what it sees.
    fn blocks(&self) -> Range<usize> {
        self.visible.start / BLOCK..self.visible.end.div_ceil(BLOCK)
    }

    /// What it sees of a block; may be empty.
    fn visible_in(&self, block: usize) -> Range<usize> {
        let clip = |position: usize| position.saturating_sub(block * BLOCK).min(BLOCK);
        clip(self.visible.start)..clip(self.visible.end)
    }
}

/// Computes some rows of one sequence and one head of keys.
///
/// # Safety
/// While it runs, nothing else may touch these rows of `out`.
type Kernel = unsafe fn(&Call<f32>, seq: &Sequence, kv_head: usize, rows: Range<usize>);

static KERNEL: LazyLock<Kernel> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernel)> {
    let mut kernels: Vec<(&'static str, Kernel)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        // SAFETY: AVX2 and FMA were detected just above; the rows are the
        // caller's promise.
        kernels.push(("avx2", |call, seq, head, rows| unsafe {
            avx2::rows(call, seq, head, rows)
        }));
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", scalar::rows));
    }
    kernels
}

mod scalar {
    use super::{BLOCK, Call, Row, Sequence};
    use crate::float::{Float, dot};
    use std::ops::Range;

    /// # Safety
    /// While it runs, nothing else may touch these rows of `out`.
    pub(super) unsafe fn rows<F: Float>(
        call: &Call<F>,
        seq: &Sequence,
        kv_head: usize,
        rows: Range<usize>,
    ) {
        let (dim, kv_width) = (
            call.shape.head_dim,
            call.shape.kv_heads * call.shape.head_dim,
        );
        let scale = F::of(f64::from(call.shape.scale));
        for row in rows {
            let row = Row::new(seq, call.shape, kv_head, row);
            let q = &call.q[row.at.clone()];
            // SAFETY: the caller's promise.
            let out = unsafe { call.out.slice(row.at.clone()) };
            out.fill(F::ZERO);
            let (mut max, mut sum) = (F::NEG_INFINITY, F::ZERO);
            for block in row.blocks() {
                let at = |key: usize| (seq.blocks[block] + key) * kv_width + kv_head * dim;
                let keys = row.visible_in(block);
                let mut p = [F::ZERO; BLOCK];
                let mut new_max = max;
                for j in keys.clone() {
                    p[j] = dot(q, &call.k[at(j)..][..dim]) * scale;
                    new_max = new_max.max(p[j]);
                }
                let shrink = (max - new_max).exp();
                (max, sum) = (new_max, sum * shrink);
                for out in &mut *out {
                    *out *= shrink;
                }
                for j in keys {
                    let p = (p[j] - max).exp();
                    sum += p;
                    for (out, &v) in out.iter_mut().zip(&call.v[at(j)..][..dim]) {
                        *out += p * v;
                    }
                }
            }
            for out in out {
                *out = *out / sum;
            }
        }
    }
}
