//! Attention over keys and values that lie in blocks of a pool.
//!
//! ```text
//! out_i = Σ_j softmax_j(scale · q_i·k_j) · v_j      j ≤ i, and j > i − window
//! ```
//!
//! or all j, where a sequence is [`bidirectional`](Sequence::bidirectional).
//!
//! Vaswani et al. 2017, eq. 1, <https://arxiv.org/abs/1706.03762>; several
//! query heads may share a head of keys and values (Ainslie et al. 2023,
//! <https://arxiv.org/abs/2305.13245>). The softmax is computed online (Milakov
//! and Gimelshein 2018, <https://arxiv.org/abs/1805.02867>): every query walks
//! its keys in blocks of [`BLOCK`], counted from position 0 of its sequence,
//! with a running maximum, a running sum and a running output. It begins anew
//! every [`SPAN`] positions and merges the spans in order, so that threads can
//! share the keys of a single query (Dao et al. 2023,
//! <https://crfm.stanford.edu/2023/10/12/flashdecoding.html>).
//!
//! So a query's steps depend on its position alone, and a sequence computed
//! whole, in chunks, with a cache or over scattered pages gives the same bits.
//! Left out: dropout, biases, the backward of what is not causal.

use crate::parallel::{Disjoint, for_each, threads};
use crate::simd::{Level, allowed};
use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;

mod backward;
mod cache;
#[cfg(target_arch = "x86_64")]
mod lanes;
mod scalar;
mod spans;
#[cfg(test)]
mod tests;
#[cfg(target_arch = "x86_64")]
mod tile;
#[cfg(target_arch = "x86_64")]
mod vector;

pub use backward::attention_backward;
pub use cache::{Cache, CacheType};

/// Keys per block; also the size of a page of the cache.
pub const BLOCK: usize = 32;

/// Positions after which a query begins a new sum.
const SPAN: usize = 512;

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
    /// Whether a query also sees the keys after its own, up to the last query's.
    pub bidirectional: bool,
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
    assert_eq!(k_pool.len(), v_pool.len());
    let (k, v) = (k_pool, v_pool);
    attend(out, q, Keys::Rows { k, v }, seqs, shape);
}

/// [`attention`] over a layer of a cache: a sequence's `blocks` are its pages,
/// each times [`BLOCK`].
///
/// # Panics
/// As [`attention`], and if the cache is of another shape.
pub fn attention_cached(
    out: &mut [f32],
    q: &[f32],
    cache: &Cache,
    layer: usize,
    seqs: &[Sequence],
    shape: &Shape,
) {
    let is = (cache.kv_heads(), cache.head_dim());
    assert_eq!(is, (shape.kv_heads, shape.head_dim));
    assert!(layer < cache.layers(), "layer {layer} of {cache:?}");
    attend(out, q, Keys::Cached { cache, layer }, seqs, shape);
}

fn attend(out: &mut [f32], q: &[f32], keys: Keys<f32>, seqs: &[Sequence], shape: &Shape) {
    shape.assert_valid();
    assert_eq!(out.len(), q.len());
    assert_apart(seqs, q.len() / (shape.heads * shape.head_dim));
    let call = Call {
        out: Disjoint::new(out),
        q,
        keys,
        shape,
    };
    let tasks = seqs.iter().map(|seq| shape.kv_heads * chunks(seq, shape));
    let tasks = tasks.sum();
    let most = seqs.iter().map(|seq| spans(seq, shape).len()).max();
    if threads() > 1 && tasks < FEW * threads() && most.unwrap_or(0) > 1 {
        return spans::split(&call, seqs, *KERNEL, spans::ROOM);
    }
    for_each(tasks, 1, &|range| {
        let mut scratch = SCRATCH.take();
        for task in range {
            let (seq, kv_head, rows) = find(seqs, shape, task);
            // SAFETY: tasks are different rows of different sequences, which
            // share no row of `out` by the check above.
            unsafe { spans::whole(&call, *KERNEL, seq, kv_head, rows, &mut scratch) };
        }
        SCRATCH.set(scratch);
    });
}

/// Tasks per thread below which spans become tasks of their own.
const FEW: usize = 8;

thread_local! {
    /// Kept between calls, so that there is nothing to allocate.
    static SCRATCH: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
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
const ROWS: usize = 96;

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

/// The spans that a sequence's queries see something of.
fn spans(seq: &Sequence, shape: &Shape) -> Range<usize> {
    let Some(more) = seq.queries.checked_sub(1) else {
        return 0..0;
    };
    let first = match seq.bidirectional {
        true => 0,
        false => shape.visible(seq.first_position).start,
    };
    first / SPAN..(seq.first_position + more) / SPAN + 1
}

struct Call<'a, F> {
    out: Disjoint<'a, F>,
    q: &'a [F],
    keys: Keys<'a, F>,
    shape: &'a Shape,
}

/// Where keys and values are.
#[derive(Clone, Copy)]
enum Keys<'a, F> {
    Rows { k: &'a [F], v: &'a [F] },
    Cached { cache: &'a Cache, layer: usize },
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
            visible: match seq.bidirectional {
                true => 0..seq.first_position + seq.queries,
                false => shape.visible(seq.first_position + query),
            },
        }
    }

    /// The spans that it sees something of.
    fn spans(&self) -> Range<usize> {
        self.visible.start / SPAN..self.visible.end.div_ceil(SPAN)
    }
}

/// Lanes of a row's sum: those of the widest vector.
const LANES: usize = 16;

/// A head's width in whole vectors.
fn padded(head_dim: usize) -> usize {
    head_dim.next_multiple_of(LANES)
}

/// What a row has summed up is `[output: padded head_dim][sum: LANES]`, both
/// without the factor `2^max`, and `max` with room up to a vector.
fn part_len(head_dim: usize) -> usize {
    padded(head_dim) + 2 * LANES
}

/// Sums up one span of keys for some rows of one sequence and one head of keys:
/// a part each. `keys` is room for a block of keys and values.
type Kernel<F> = fn(
    &Call<F>,
    seq: &Sequence,
    kv_head: usize,
    rows: Range<usize>,
    span: usize,
    parts: &mut [F],
    keys: &mut [F],
);

static KERNEL: LazyLock<Kernel<f32>> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernel<f32>)> {
    let mut kernels: Vec<(&'static str, Kernel<f32>)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    {
        use lanes::{Avx2, Avx512};
        if allowed(Level::Avx512) {
            // SAFETY: AVX-512 and all that it stands for were detected just above.
            kernels.push(("avx512", |c, s, head, rows, span, parts, keys| unsafe {
                vector::span::<Avx512>(c, s, head, rows, span, parts, keys)
            }));
        }
        if allowed(Level::Avx2) && is_x86_feature_detected!("f16c") {
            // SAFETY: AVX2, FMA and F16C were detected just above.
            kernels.push(("avx2", |c, s, head, rows, span, parts, keys| unsafe {
                vector::span::<Avx2>(c, s, head, rows, span, parts, keys)
            }));
        }
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", scalar::span));
    }
    kernels
}
