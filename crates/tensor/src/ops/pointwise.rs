//! Element by element, and the choice of columns.

use kernels::activation::{Activation, activation, activation_backward};
use kernels::elementwise;
use kernels::gated::{silu_mul, silu_mul_backward};

use crate::tape::record;
use crate::tensor::Tensor;

impl Tensor {
    /// `self + other`, of one shape.
    pub fn add(&self, other: &Tensor) -> Tensor {
        assert_eq!(self.shape(), other.shape());
        let out = Tensor::computed(self.shape(), |out| {
            elementwise::add(out, self.data(), other.data());
        });
        record(out, &[self, other], || {
            let (a, b) = (self.clone(), other.clone());
            Box::new(move |dy, gradients| {
                gradients.add([&a], |[da]| elementwise::add_assign(da, dy));
                gradients.add([&b], |[db]| elementwise::add_assign(db, dy));
            })
        })
    }

    /// `self ⊙ other`, of one shape.
    pub fn mul(&self, other: &Tensor) -> Tensor {
        assert_eq!(self.shape(), other.shape());
        let out = Tensor::computed(self.shape(), |out| {
            elementwise::mul(out, self.data(), other.data());
        });
        record(out, &[self, other], || {
            let (a, b) = (self.clone(), other.clone());
            Box::new(move |dy, gradients| {
                gradients.add([&a], |[da]| elementwise::mul_add(da, dy, b.data()));
                gradients.add([&b], |[db]| elementwise::mul_add(db, dy, a.data()));
            })
        })
    }

    /// `factor · self`.
    pub fn scale(&self, factor: f32) -> Tensor {
        let out = Tensor::computed(self.shape(), |out| {
            out.copy_from_slice(self.data());
            elementwise::scale(out, factor);
        });
        record(out, &[self], || {
            let x = self.clone();
            Box::new(move |dy, gradients| {
                gradients.add([&x], |[dx]| elementwise::axpy(dx, factor, dy));
            })
        })
    }

    /// The function `kind` of each element.
    pub fn activation(&self, kind: Activation) -> Tensor {
        let out = Tensor::computed(self.shape(), |out| activation(out, self.data(), kind));
        record(out, &[self], || {
            let x = self.clone();
            Box::new(move |dy, gradients| {
                gradients.add([&x], |[dx]| activation_backward(dx, dy, x.data(), kind));
            })
        })
    }

    /// `silu(self) ⊙ up`: SwiGLU's gate.
    pub fn silu_mul(&self, up: &Tensor) -> Tensor {
        assert_eq!(self.shape(), up.shape());
        let out = Tensor::computed(self.shape(), |out| silu_mul(out, self.data(), up.data()));
        record(out, &[self, up], || {
            let (gate, up) = (self.clone(), up.clone());
            Box::new(move |dy, gradients| {
                gradients.add([&gate, &up], |[dgate, dup]| {
                    silu_mul_backward(dgate, dup, dy, gate.data(), up.data());
                });
            })
        })
    }

    /// Of each run of `period` columns those from `first` on, `width` of them.
    ///
    /// Splits a fused projection: with the row as one period, `[q, k, v]` side
    /// by side; with a shorter one, `[q, k, v]` head by head.
    ///
    /// # Panics
    /// If a row is no whole number of periods, or a period too short.
    pub fn columns(&self, period: usize, first: usize, width: usize) -> Tensor {
        assert!(self.cols().is_multiple_of(period) && first + width <= period);
        let cols = self.cols() / period * width;
        let out = Tensor::computed(&[self.rows(), cols], |out| {
            let runs = self.data().chunks_exact(period);
            for (out, run) in out.chunks_exact_mut(width).zip(runs) {
                out.copy_from_slice(&run[first..first + width]);
            }
        });
        record(out, &[self], || {
            let x = self.clone();
            Box::new(move |dy, gradients| {
                gradients.add([&x], |[dx]| {
                    for (dx, dy) in dx.chunks_exact_mut(period).zip(dy.chunks_exact(width)) {
                        elementwise::add_assign(&mut dx[first..first + width], dy);
                    }
                });
            })
        })
    }
}
