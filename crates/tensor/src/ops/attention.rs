//! Rotary positions and attention over whole sequences.

use std::sync::Arc;

use kernels::attention::{BLOCK, Sequence, Shape, attention, attention_backward};
use kernels::rope::{rope, rope_backward};

use crate::tape::record;
use crate::tensor::Tensor;

/// By which angles the tokens of a step are turned; shared by its layers.
#[derive(Clone)]
pub struct Rotation {
    rotary_dim: usize,
    cos: Arc<[f32]>,
    sin: Arc<[f32]>,
}

impl Rotation {
    /// `cos` and `sin` are `[T, rotary_dim / 2]`.
    ///
    /// # Panics
    /// If they are not.
    pub fn new(rotary_dim: usize, cos: Vec<f32>, sin: Vec<f32>) -> Self {
        assert!(rotary_dim > 0 && rotary_dim.is_multiple_of(2));
        assert!(cos.len().is_multiple_of(rotary_dim / 2) && cos.len() == sin.len());
        let (cos, sin) = (cos.into(), sin.into());
        Self {
            rotary_dim,
            cos,
            sin,
        }
    }
}

impl Tensor {
    /// RoPE on `[T, heads · head_dim]`: pairs (i, i + rotary_dim/2) of each
    /// head turned by the token's angles; what lies beyond stays.
    pub fn rope(&self, rotation: &Rotation, head_dim: usize) -> Tensor {
        let Rotation {
            rotary_dim,
            cos,
            sin,
        } = rotation.clone();
        assert_eq!(cos.len(), self.rows() * rotary_dim / 2, "angles per token");
        let out = Tensor::computed(self.shape(), |out| {
            out.copy_from_slice(self.data());
            rope(out, &cos, &sin, head_dim, rotary_dim);
        });
        record(out, &[self], || {
            let x = self.clone();
            Box::new(move |dy, gradients| {
                let mut turned = dy.to_vec();
                rope_backward(&mut turned, &cos, &sin, head_dim, rotary_dim);
                gradients.add([&x], |[dx]| {
                    kernels::elementwise::add_assign(dx, &turned);
                });
            })
        })
    }

    /// Causal attention of `self`, the queries `[T, heads · head_dim]`, over
    /// `k` and `v` `[T, kv_heads · head_dim]`: whole sequences of `lens` tokens
    /// each, packed.
    ///
    /// # Panics
    /// If the lengths don't add up to `T`.
    pub fn causal_attention(
        &self,
        k: &Tensor,
        v: &Tensor,
        lens: &Arc<[usize]>,
        shape: &Shape,
    ) -> Tensor {
        let out = self.whole_attention(k, v, lens, shape, false);
        record(out, &[self, k, v], || {
            let (q, k, v) = (self.clone(), k.clone(), v.clone());
            let (lens, shape) = (Arc::clone(lens), *shape);
            Box::new(move |dy, gradients| {
                gradients.add([&q, &k, &v], |[dq, dk, dv]| {
                    let (q, k, v) = (q.data(), k.data(), v.data());
                    attention_backward(dq, dk, dv, dy, q, k, v, &lens, &shape);
                });
            })
        })
    }

    /// As [`causal_attention`](Self::causal_attention), each token seeing all of
    /// its sequence. Not for a tape.
    ///
    /// # Panics
    /// If the lengths don't add up to `T`.
    pub fn bidirectional_attention(
        &self,
        k: &Tensor,
        v: &Tensor,
        lens: &Arc<[usize]>,
        shape: &Shape,
    ) -> Tensor {
        self.whole_attention(k, v, lens, shape, true)
    }

    fn whole_attention(
        &self,
        k: &Tensor,
        v: &Tensor,
        lens: &Arc<[usize]>,
        shape: &Shape,
        bidirectional: bool,
    ) -> Tensor {
        assert_eq!(lens.iter().sum::<usize>(), self.rows(), "packed tokens");
        let mut starts = Vec::with_capacity(lens.len());
        let mut blocks: Vec<Vec<usize>> = Vec::with_capacity(lens.len());
        let mut start = 0;
        for &len in lens.iter() {
            starts.push(start);
            blocks.push((start..start + len).step_by(BLOCK).collect());
            start += len;
        }
        let sequences: Vec<Sequence> = (0..lens.len())
            .map(|i| Sequence {
                first_query: starts[i],
                queries: lens[i],
                first_position: 0,
                bidirectional,
                blocks: &blocks[i],
            })
            .collect();
        Tensor::computed(self.shape(), |out| {
            attention(out, self.data(), k.data(), v.data(), &sequences, shape);
        })
    }
}
