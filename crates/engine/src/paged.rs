//! Attention over KV pages: the engine's end of the models' seam.
//!
//! The tokens of a step are chunks of sequences, packed. Each layer's new keys
//! and values go to their rows of the pool; then every query sees its sequence's
//! keys through the page list, in the same order as if they lay together.
//! Keys are f32. Pages behind a sliding window are kept, not reused.

use kernels::attention::Sequence;
use models::{Attention, AttentionShape, ModelShape};
use tensor::Tensor;

use crate::pages::PAGE;
use crate::scheduler::Chunk;

/// Keys and values of all sequences, by layer.
pub struct KvPool {
    layers: Vec<Layer>,
    /// Floats in a row: `kv_heads · head_dim`.
    width: usize,
}

struct Layer {
    /// `[pages · PAGE, width]`, as `values`.
    keys: Vec<f32>,
    values: Vec<f32>,
}

impl KvPool {
    /// Room for `pages` pages. The system hands out the memory as it is touched.
    pub fn new(shape: &ModelShape, pages: usize) -> Self {
        let width = shape.kv_heads * shape.head_dim;
        let floats = pages * PAGE * width;
        let layer = || Layer {
            keys: vec![0.0; floats],
            values: vec![0.0; floats],
        };
        Self {
            layers: (0..shape.layers).map(|_| layer()).collect(),
            width,
        }
    }

    /// Bytes of a page in all layers, saturating.
    pub fn page_bytes(shape: &ModelShape) -> usize {
        let floats = [PAGE, shape.layers, shape.kv_heads, shape.head_dim];
        floats
            .into_iter()
            .fold(2 * size_of::<f32>(), usize::saturating_mul)
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
        let width = self.pool.width;
        assert_eq!(
            (k.cols(), v.cols()),
            (width, width),
            "keys and values of layer {layer}"
        );
        let layer = &mut self.pool.layers[layer];
        for (i, &row) in self.rows.iter().enumerate() {
            layer.keys[row * width..][..width].copy_from_slice(k.row(i));
            layer.values[row * width..][..width].copy_from_slice(v.row(i));
        }
        let sequences: Vec<Sequence> = self
            .spans
            .iter()
            .map(|s| Sequence {
                first_query: s.first_query,
                queries: s.queries,
                first_position: s.first_position,
                blocks: &s.blocks,
            })
            .collect();
        let mut out = vec![0.0; q.data().len()];
        let (keys, values) = (&layer.keys, &layer.values);
        kernels::attention::attention(&mut out, q.data(), keys, values, &sequences, shape);
        Tensor::new(q.shape(), out)
    }
}

#[cfg(test)]
mod tests;
