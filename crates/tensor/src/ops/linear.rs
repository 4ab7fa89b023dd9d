//! Products with weights, and rows of tables.

use kernels::linear::{bias_grad, linear, linear_dw, linear_dx};
use kernels::quant::{self, Activations, Matrix};
use kernels::{embedding, parallel};

use crate::source::RawTensor;
use crate::tape::{Gradients, record};
use crate::tensor::Tensor;

/// Rows of a table that one thread gathers at a time.
const GATHER_GRAIN: usize = 8;

impl Tensor {
    /// `self · wᵀ + b`: `[T, in]` with `w` `[out, in]`, `b` `[out]` gives `[T, out]`.
    pub fn linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        let (n, k) = (weight.rows(), weight.cols());
        assert_eq!(self.cols(), k, "columns of x and of the weight");
        let mut out = vec![0.0; self.rows() * n];
        let b = bias.map(Tensor::data);
        linear(&mut out, self.data(), weight.data(), b, k);
        let inputs = [self, weight, bias.unwrap_or(weight)];
        record(Tensor::new(&[self.rows(), n], out), &inputs, || {
            let (x, w, b) = (self.clone(), weight.clone(), bias.cloned());
            Box::new(move |dy, gradients| {
                if x.is_tracked() {
                    gradients.add([&x], |[dx]| linear_dx(dx, dy, w.data(), n));
                }
                if w.is_tracked() {
                    gradients.add([&w], |[dw]| linear_dw(dw, dy, x.data(), n));
                }
                bias_backward(b.as_ref(), dy, gradients);
            })
        })
    }

    /// As [`linear`](Self::linear) with a weight as the file stores it, which
    /// gets no gradient; `self` does.
    pub fn linear_stored(
        &self,
        weight: &RawTensor,
        bias: Option<&Tensor>,
        activations: Activations,
    ) -> Tensor {
        let matrix = matrix(weight);
        let (n, k) = (matrix.rows, matrix.cols);
        assert_eq!(self.cols(), k, "columns of x and of the weight");
        let mut out = vec![0.0; self.rows() * n];
        let b = bias.map(Tensor::data);
        quant::matmul(&mut out, self.data(), &matrix, b, activations);
        let inputs = [self, bias.unwrap_or(self)];
        record(Tensor::new(&[self.rows(), n], out), &inputs, || {
            let (x, w, b) = (self.clone(), weight.clone(), bias.cloned());
            Box::new(move |dy, gradients| {
                if x.is_tracked() {
                    gradients.add([&x], |[dx]| linear_dx(dx, dy, &w.to_f32(), n));
                }
                bias_backward(b.as_ref(), dy, gradients);
            })
        })
    }

    /// Rows `ids` of this table `[V, C]`: `[T, C]`.
    ///
    /// # Panics
    /// If an id is no row.
    pub fn embedding(&self, ids: &[u32]) -> Tensor {
        let dim = self.cols();
        let mut out = vec![0.0; ids.len() * dim];
        embedding::embedding(&mut out, self.data(), ids, dim);
        record(Tensor::new(&[ids.len(), dim], out), &[self], || {
            let (table, ids) = (self.clone(), ids.to_vec());
            Box::new(move |dy, gradients| {
                gradients.add([&table], |[dtable]| {
                    embedding::embedding_backward(dtable, dy, &ids, dim);
                });
            })
        })
    }
}

impl RawTensor {
    /// Rows `ids` of this table `[V, C]`, dequantised: `[T, C]`.
    ///
    /// # Panics
    /// If it is no matrix of whole blocks, or an id is no row of it.
    pub fn gather(&self, ids: &[u32]) -> Tensor {
        let matrix = matrix(self);
        let (rows, dim) = (matrix.rows, matrix.cols);
        let row_bytes = self.bytes.len() / rows;
        let mut out = vec![0.0; ids.len() * dim];
        parallel::for_rows(&mut out, dim, GATHER_GRAIN, &|first, out| {
            for (row, &id) in out.chunks_exact_mut(dim).zip(&ids[first..]) {
                let id = id as usize;
                assert!(id < rows, "row {id} of a table of {rows}");
                let bytes = &self.bytes[id * row_bytes..][..row_bytes];
                quant::dequantise(row, self.dtype, bytes);
            }
        });
        Tensor::new(&[ids.len(), dim], out)
    }
}

fn matrix(raw: &RawTensor) -> Matrix<'_> {
    let [rows, cols] = raw.shape[..] else {
        panic!("a weight of shape {:?} is no matrix", raw.shape);
    };
    Matrix {
        dtype: raw.dtype,
        rows,
        cols,
        bytes: &raw.bytes,
    }
}

fn bias_backward(bias: Option<&Tensor>, dy: &[f32], gradients: &mut Gradients) {
    if let Some(bias) = bias {
        gradients.add([bias], |[db]| bias_grad(db, dy));
    }
}
