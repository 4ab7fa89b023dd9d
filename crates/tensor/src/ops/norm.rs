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
        let out = Tensor::computed(self.shape(), |out| {
            rms_norm(out, self.data(), weight.data(), eps);
        });
        record(out, &[self, weight], || {
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
        let out = Tensor::computed(self.shape(), |out| {
            layer_norm(out, self.data(), weight.data(), bias.data(), eps);
        });
        record(out, &[self, weight, bias], || {
            let (x, w, b) = (self.clone(), weight.clone(), bias.clone());
            Box::new(move |dy, gradients| {
                gradients.add([&x, &w, &b], |[dx, dw, db]| {
                    layer_norm_backward(dx, dw, db, dy, x.data(), w.data(), eps);
                });
            })
        })
    }
}
