//! `y = W x + b`, over a weight in whatever form it has.

use kernels::int16;
use kernels::quant::{Activations, Packed};
use tensor::{Parameter, Tensor, trace};

use crate::weights::{Matrix, Vector};

/// A weight `[out, in]`.
pub(crate) enum Weight {
    Trained(Parameter),
    Stored(Packed),
    /// Rounded when it was loaded.
    Int16(int16::Weight),
}

impl From<Matrix> for Weight {
    fn from(matrix: Matrix) -> Self {
        match matrix {
            Matrix::Trained(parameter) => Self::Trained(parameter),
            Matrix::Stored(packed) => Self::Stored(packed),
        }
    }
}

pub(crate) struct Linear {
    pub(crate) name: String,
    pub(crate) weight: Weight,
    pub(crate) bias: Option<Vector>,
    /// How a quantised weight meets its input.
    pub(crate) activations: Activations,
}

impl Linear {
    /// `[T, in]` to `[T, out]`.
    pub(crate) fn forward(&self, x: &Tensor) -> Tensor {
        let [y] = Self::forward_all([self], x);
        y
    }

    /// What each of `layers` makes of the same `x`; faster than one by one.
    pub(crate) fn forward_all<const N: usize>(layers: [&Self; N], x: &Tensor) -> [Tensor; N] {
        let biases = layers.map(|layer| layer.bias.as_ref().map(Vector::tensor));
        let of = |i: usize| (&layers[i].weight, biases[i].as_ref());
        let all = if let Some(stored) = all(|i| match of(i) {
            (Weight::Stored(weight), bias) => Some((weight, bias)),
            _ => None,
        }) {
            x.linear_stored_all(stored, layers[0].activations)
        } else if let Some(rounded) = all(|i| match of(i) {
            (Weight::Int16(weight), bias) => Some((weight, bias)),
            _ => None,
        }) {
            x.linear_int16_all(rounded)
        } else {
            std::array::from_fn(|i| match of(i) {
                (Weight::Trained(weight), bias) => x.linear(&weight.tensor(), bias),
                _ => layers[i].forward(x),
            })
        };
        for (layer, y) in layers.iter().zip(&all) {
            trace::report(&layer.name, y);
        }
        all
    }
}

/// `f` of each place, if it has something for all.
fn all<T, const N: usize>(f: impl Fn(usize) -> Option<T>) -> Option<[T; N]> {
    let all: Option<Vec<T>> = (0..N).map(f).collect();
    all.and_then(|all| all.try_into().ok())
}
