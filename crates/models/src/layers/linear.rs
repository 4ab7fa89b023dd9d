//! `y = W x + b`, over a weight in whatever form it has.

use kernels::quant::Activations;
use tensor::{Tensor, trace};

use crate::weights::{Matrix, Vector};

pub(crate) struct Linear {
    pub(crate) name: String,
    /// `[out, in]`.
    pub(crate) weight: Matrix,
    pub(crate) bias: Option<Vector>,
    /// How a quantised weight meets its input.
    pub(crate) activations: Activations,
}

impl Linear {
    /// `[T, in]` to `[T, out]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Tensor {
        let bias = self.bias.as_ref().map(Vector::tensor);
        let y = match &self.weight {
            Matrix::Trained(weight) => x.linear(&weight.tensor(), bias.as_ref()),
            Matrix::Stored(weight) => x.linear_stored(weight, bias.as_ref(), self.activations),
        };
        trace::report(&self.name, &y);
        y
    }
}
