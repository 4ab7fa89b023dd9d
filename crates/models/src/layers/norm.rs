//! Normalisation along the channels.

use tensor::{Tensor, trace};

use crate::weights::Vector;

/// `w ⊙ x / √(mean(x²) + ε)`; Zhang and Sennrich 2019,
/// <https://arxiv.org/abs/1910.07467>.
pub(crate) struct RmsNorm {
    pub(crate) name: String,
    pub(crate) weight: Vector,
    pub(crate) eps: f32,
}

impl RmsNorm {
    /// Over each row of `[T, C]`, or each head if the weight is a head long.
    pub(crate) fn forward(&self, x: &Tensor) -> Tensor {
        let y = x.rms_norm(&self.weight.tensor(), self.eps);
        trace::report(&self.name, &y);
        y
    }
}

/// `w ⊙ (x - mean) / √(variance + ε) + b`; Ba, Kiros and Hinton 2016,
/// <https://arxiv.org/abs/1607.06450>.
pub(crate) struct LayerNorm {
    pub(crate) name: String,
    pub(crate) weight: Vector,
    pub(crate) bias: Vector,
    pub(crate) eps: f32,
}

impl LayerNorm {
    /// Over each row of `[T, C]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Tensor {
        let y = x.layer_norm(&self.weight.tensor(), &self.bias.tensor(), self.eps);
        trace::report(&self.name, &y);
        y
    }
}
