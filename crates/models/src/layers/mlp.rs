//! The position-wise part of a block.

use kernels::activation::Activation;
use tensor::{LoadError, Tensor, trace};

use crate::config::Keys;
use crate::layers::Linear;
use crate::weights::{Dim, Weights};

/// `W₂ f(W₁ x + b₁) + b₂`; Vaswani et al. 2017, eq. 2,
/// <https://arxiv.org/abs/1706.03762>.
pub(crate) struct Mlp {
    pub(crate) up: Linear,
    pub(crate) activation: Activation,
    /// Name of the activation's module.
    pub(crate) activation_name: String,
    pub(crate) down: Linear,
}

impl Mlp {
    pub(crate) fn forward(&self, x: &Tensor) -> Tensor {
        let h = self.up.forward(x).activation(self.activation);
        trace::report(&self.activation_name, &h);
        self.down.forward(&h)
    }
}

/// SwiGLU: `W_down (silu(W_gate x) ⊙ W_up x)`; Shazeer 2020, eq. 6,
/// <https://arxiv.org/abs/2002.05202>.
pub(crate) struct GatedMlp {
    activation_name: String,
    w_gate: Linear,
    w_up: Linear,
    w_down: Linear,
}

impl GatedMlp {
    /// `w` stands at the block's `mlp`.
    pub(crate) fn load(
        w: &Weights,
        hidden: Dim,
        mlp_hidden: Dim,
        bias: bool,
    ) -> Result<Self, LoadError> {
        Ok(Self {
            activation_name: w.name("act_fn"),
            w_gate: w.linear("gate_proj", hidden, mlp_hidden, bias)?,
            w_up: w.linear("up_proj", hidden, mlp_hidden, bias)?,
            w_down: w.linear("down_proj", mlp_hidden, hidden, bias)?,
        })
    }

    pub(crate) fn forward(&self, x: &Tensor) -> Tensor {
        let [gate, up] = Linear::forward_all([&self.w_gate, &self.w_up], x);
        // The fused kernel has no such value of its own.
        trace::report_with(|| {
            let silu = gate.activation(Activation::Silu);
            (self.activation_name.clone(), silu)
        });
        self.w_down.forward(&gate.silu_mul(&up))
    }
}

/// The activation called by its name in transformers at `key`.
pub(crate) fn activation(keys: &Keys, key: &str, default: &str) -> Result<Activation, LoadError> {
    match keys.text(key)?.unwrap_or(default) {
        "gelu" => Ok(Activation::Gelu),
        "gelu_new" | "gelu_pytorch_tanh" | "gelu_fast" => Ok(Activation::GeluTanh),
        "silu" | "swish" => Ok(Activation::Silu),
        "relu" => Ok(Activation::Relu),
        other => Err(keys.unsupported(key, other, "gelu, gelu_new, gelu_fast, silu, relu")),
    }
}
