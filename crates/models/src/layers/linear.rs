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

    /// What each of `layers` makes of the same `x`; faster than one by one.
    pub(crate) fn forward_all<const N: usize>(layers: [&Self; N], x: &Tensor) -> [Tensor; N] {
        let biases = layers.map(|layer| layer.bias.as_ref().map(Vector::tensor));
        let stored: Option<Vec<_>> = layers
            .iter()
            .zip(&biases)
            .map(|(layer, bias)| match &layer.weight {
                Matrix::Trained(_) => None,
                Matrix::Stored(weight) => Some((weight, bias.as_ref())),
            })
            .collect();
        let Some(stored) = stored.and_then(|all| <[_; N]>::try_from(all).ok()) else {
            return layers.map(|layer| layer.forward(x));
        };
        let all = x.linear_stored_all(stored, layers[0].activations);
        for (layer, y) in layers.iter().zip(&all) {
            trace::report(&layer.name, y);
        }
        all
    }
}
