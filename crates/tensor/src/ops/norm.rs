//! Normalisations along the channels.

use kernels::layer_norm::{layer_norm, layer_norm_backward};
use kernels::rms_norm::{rms_norm, rms_norm_backward};

use crate::tape::record;
use crate::tensor::Tensor;

impl Tensor {
    /// RMSNorm of each run of as many values as `weight` has: a row, or a head
    /// of a row.
    pub fn rms_norm(&self, weight: &Tensor, eps: f32) -> Tensor {
        assert!(self.cols().is_multiple_of(weight.cols()));
        let mut out = vec![0.0; self.data().len()];
        rms_norm(&mut out, self.data(), weight.data(), eps);
        record(Tensor::new(self.shape(), out), &[self, weight], || {
            let (x, w) = (self.clone(), weight.clone());
            Box::new(move |dy, gradients| {
                gradients.add([&x, &w], |[dx, dw]| {
                    rms_norm_backward(dx, dw, dy, x.data(), w.data(), eps);
                });
            })
        })
    }

    /// LayerNorm of each row.
    pub fn layer_norm(&self, weight: &Tensor, bias: &Tensor, eps: f32) -> Tensor {
        assert_eq!((weight.cols(), bias.cols()), (self.cols(), self.cols()));
        let mut out = vec![0.0; self.data().len()];
        layer_norm(&mut out, self.data(), weight.data(), bias.data(), eps);
        let inputs = [self, weight, bias];
        record(Tensor::new(self.shape(), out), &inputs, || {
            let (x, w, b) = (self.clone(), weight.clone(), bias.clone());
            Box::new(move |dy, gradients| {
                gradients.add([&x, &w, &b], |[dx, dw, db]| {
                    layer_norm_backward(dx, dw, db, dy, x.data(), w.data(), eps);
                });
            })
        })
    }
}
