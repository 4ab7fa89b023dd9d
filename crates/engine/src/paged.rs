//! Attention over KV pages: the engine's end of the models' seam.
//!
//! The tokens of a step are chunks of sequences, packed. Each layer's new keys
//! and values go to their rows of the pool; then every query sees its sequence's
//! keys through the page list, in the same order as if they lay together.
//! Pages behind a sliding window are kept, not reused.

use kernels::attention::{Cache, CacheType, Sequence, attention_cached};
use models::{Attention, AttentionShape, ModelShape};
use tensor::Tensor;

use crate::pages::PAGE;
use crate::scheduler::Chunk;

/// Keys and values of all sequences.
pub struct KvPool {
    cache: Cache,
}

impl KvPool {
    /// Room for `pages` pages, which take memory as they are touched; `None` if the
    /// system has no address space for them.
    pub fn new(shape: &ModelShape, pages: usize, kind: CacheType) -> Option<Self> {
        let ModelShape {
            layers,
            kv_heads,
            head_dim,
            ..
        } = *shape;
        Some(Self {
            cache: Cache::new(kind, layers, kv_heads, head_dim, pages)?,
        })
    }

    /// Bytes of a page in all layers, saturating.
    pub fn page_bytes(shape: &ModelShape, kind: CacheType) -> usize {
        Cache::page_bytes(kind, shape.layers, shape.kv_heads, shape.head_dim)
    }
}

/// The attention of one step.
pub struct Paged<'a> {
    pool: &'a mut KvPool,
    positions: Vec<u32>,
    /// Pool row of each token.
    rows: Vec<usize>,
    spans: Vec<Span>,
}

/// A chunk's queries and where its sequence's keys lie.
struct Span {
    first_query: usize,
    queries: usize,
    first_position: usize,
    blocks: Vec<usize>,
}

impl<'a> Paged<'a> {
    /// The step that computes `chunks`, in this order.
    ///
    /// # Panics
    /// If a position does not fit in 32 bits.
    pub fn new(pool: &'a mut KvPool, chunks: &[Chunk]) -> Self {
        let (mut positions, mut rows, mut spans) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in chunks {
            spans.push(Span {
                first_query: rows.len(),
                queries: chunk.tokens.len(),
                first_position: chunk.tokens.start,
                blocks: chunk.pages.iter().map(|page| page.first_row()).collect(),
            });
            for position in chunk.tokens.clone() {
                positions.push(u32::try_from(position).expect("contexts are shorter than 2³²"));
                rows.push(chunk.pages[position / PAGE].first_row() + position % PAGE);
            }
        }
        Self {
            pool,
            positions,
            rows,
            spans,
        }
    }
}

impl Attention for Paged<'_> {
    fn positions(&self) -> &[u32] {
        &self.positions
    }

    fn attend(
        &mut self,
        layer: usize,
        shape: &AttentionShape,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
    ) -> Tensor {
        let cache = &mut self.pool.cache;
        let width = cache.width();
        assert_eq!(
            (k.cols(), v.cols()),
            (width, width),
            "keys and values of layer {layer}"
        );
        cache.store(layer, &self.rows, k.data(), v.data());
        let sequences: Vec<Sequence> = self
            .spans
            .iter()
            .map(|s| Sequence {
                first_query: s.first_query,
                queries: s.queries,
                first_position: s.first_position,
                bidirectional: false,
                blocks: &s.blocks,
            })
            .collect();
        Tensor::computed(q.shape(), |out| {
            attention_cached(out, q.data(), cache, layer, &sequences, shape);
        })
    }
}

#[cfg(test)]
mod tests;
