//! The seam between models and sequences: who attends to whom.
//!
//! A model sees packed tokens `[T, C]`, those of all sequences of a step one
//! after the other. Only its attention knows which belong together, where they
//! stand and what is cached; so one `forward` serves training, prefill and
//! decode. Here are [`Causal`], over whole sequences and on the tape, and
//! [`Bidirectional`], of encoders; the engine has one over pages of cached keys.

use std::sync::Arc;

use tensor::Tensor;

/// Heads, scale and window of an attention.
pub use kernels::attention::Shape as AttentionShape;

/// The attention of one step, layer by layer.
pub trait Attention {
    /// Where each token of the step stands in its sequence, from 0.
    fn positions(&self) -> &[u32];

    /// What the step's tokens gather in layer `layer`.
    ///
    /// `q` is `[T, heads · head_dim]`, `k` and `v` are `[T, kv_heads ·
    /// head_dim]`, already turned by their positions; the result has the shape
    /// of `q`.
    fn attend(
        &mut self,
        layer: usize,
        shape: &AttentionShape,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
    ) -> Tensor;
}

/// Whole sequences from their first token on, each token seeing those before.
pub struct Causal {
    lens: Arc<[usize]>,
    positions: Vec<u32>,
}

impl Causal {
    /// Sequences of `lens` tokens each, packed.
    pub fn new(lens: &[usize]) -> Self {
        Self {
            lens: lens.into(),
            positions: positions(lens),
        }
    }
}

fn positions(lens: &[usize]) -> Vec<u32> {
    let position = |p| u32::try_from(p).expect("contexts are shorter than 2³²");
    lens.iter().flat_map(|&n| (0..n).map(position)).collect()
}

impl Attention for Causal {
    fn positions(&self) -> &[u32] {
        &self.positions
    }

    fn attend(
        &mut self,
        _layer: usize,
        shape: &AttentionShape,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
    ) -> Tensor {
        q.causal_attention(k, v, &self.lens, shape)
    }
}

/// Whole sequences, each token seeing all of its own. Not for a tape.
pub struct Bidirectional {
    lens: Arc<[usize]>,
    positions: Vec<u32>,
}

impl Bidirectional {
    /// Sequences of `lens` tokens each, packed.
    pub fn new(lens: &[usize]) -> Self {
        Self {
            lens: lens.into(),
            positions: positions(lens),
        }
    }
}

impl Attention for Bidirectional {
    fn positions(&self) -> &[u32] {
        &self.positions
    }

    fn attend(
        &mut self,
        _layer: usize,
        shape: &AttentionShape,
        q: &Tensor,
        k: &Tensor,
        v: &Tensor,
    ) -> Tensor {
        q.bidirectional_attention(k, v, &self.lens, shape)
    }
}
