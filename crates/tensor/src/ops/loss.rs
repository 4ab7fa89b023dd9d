//! What training minimises.

use kernels::cross_entropy::{cross_entropy, cross_entropy_backward};

use crate::tape::record;
use crate::tensor::Tensor;

impl Tensor {
    /// Mean of -log softmax(self)\[target\] over the rows of these logits
    /// `[T, V]` that have a target; -100 means none. One value.
    ///
    /// # Panics
    /// If there isn't a target per row, or one is no column.
    pub fn cross_entropy(&self, targets: &[i64]) -> Tensor {
        assert_eq!(targets.len(), self.rows(), "targets per row");
        let (mean, _) = cross_entropy(self.data(), targets);
        record(Tensor::new(&[1], vec![mean]), &[self], || {
            let (logits, targets) = (self.clone(), targets.to_vec());
            Box::new(move |dloss, gradients| {
                gradients.add([&logits], |[dlogits]| {
                    cross_entropy_backward(dlogits, logits.data(), &targets, dloss[0]);
                });
            })
        })
    }
}
