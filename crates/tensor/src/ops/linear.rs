//! Products with weights, and rows of tables.

use kernels::int16;
use kernels::linear::{bias_grad, linear, linear_dw, linear_dx};
use kernels::quant::{Activations, Packed, Product, matmul_all};
use kernels::{embedding, parallel};

use crate::buffer::Buffer;
use crate::tape::{Gradients, record};
use crate::tensor::Tensor;

/// Rows of a table that one thread gathers at a time.
const GATHER_GRAIN: usize = 8;

impl Tensor {
    /// `self · wᵀ + b`: `[T, in]` with `w` `[out, in]`, `b` `[out]` gives `[T, out]`.
    pub fn linear(&self, weight: &Tensor, bias: Option<&Tensor>) -> Tensor {
        let (n, k) = (weight.rows(), weight.cols());
        assert_eq!(self.cols(), k, "columns of x and of the weight");
        let out = Tensor::computed(&[self.rows(), n], |out| {
            linear(out, self.data(), weight.data(), bias.map(Tensor::data), k);
        });
        let inputs = [self, weight, bias.unwrap_or(weight)];
        record(out, &inputs, || {
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

    /// As [`linear`](Self::linear) with a weight as it was stored, which gets no
    /// gradient; `self` does.
    pub fn linear_stored(
        &self,
        weight: &Packed,
        bias: Option<&Tensor>,
        activations: Activations,
    ) -> Tensor {
        let [out] = self.linear_stored_all([(weight, bias)], activations);
        out
    }

    /// Several of [`linear_stored`](Self::linear_stored) at once, which costs
    /// less: q, k and v; gate and up.
    pub fn linear_stored_all<const N: usize>(
        &self,
        layers: [(&Packed, Option<&Tensor>); N],
        activations: Activations,
    ) -> [Tensor; N] {
        let mut outs = layers.map(|(w, _)| Buffer::any(self.rows() * w.rows()));
        let mut products: Vec<Product> = layers
            .iter()
            .zip(&mut outs)
            .map(|(&(w, bias), out)| {
                assert_eq!(self.cols(), w.cols(), "columns of x and of the weight");
                let bias = bias.map(Tensor::data);
                Product { out, w, bias }
            })
            .collect();
        matmul_all(&mut products, self.data(), activations);
        let mut layers = layers.into_iter();
        outs.map(|out| {
            let (w, bias) = layers.next().expect("as many outputs as layers");
            let out = Tensor::of(&[self.rows(), w.rows()], out);
            record(out, &[self, bias.unwrap_or(self)], || {
                let (x, w, b) = (self.clone(), w.clone(), bias.cloned());
                Box::new(move |dy, gradients| {
                    if x.is_tracked() {
                        gradients.add([&x], |[dx]| linear_dx(dx, dy, &w.to_f32(), w.rows()));
                    }
                    bias_backward(b.as_ref(), dy, gradients);
                })
            })
        })
    }

    /// As [`linear_stored_all`](Self::linear_stored_all) with weights in 16-bit integers,
    /// which are for inference alone.
    ///
    /// # Panics
    /// If a tape follows `self`.
    pub fn linear_int16_all<const N: usize>(
        &self,
        layers: [(&int16::Weight, Option<&Tensor>); N],
    ) -> [Tensor; N] {
        assert!(!self.is_tracked(), "weights in 16 bits have no gradient");
        let mut outs = layers.map(|(w, _)| Buffer::any(self.rows() * w.rows()));
        let products = layers.iter().zip(&mut outs).map(|(&(w, bias), out)| {
            assert_eq!(self.cols(), w.cols(), "columns of x and of the weight");
            let bias = bias.map(Tensor::data);
            int16::Product { out, w, bias }
        });
        int16::matmul_all(&mut products.collect::<Vec<_>>(), self.data());
        let mut layers = layers.into_iter();
        outs.map(|out| {
            let (w, _) = layers.next().expect("as many outputs as layers");
            Tensor::of(&[self.rows(), w.rows()], out)
        })
    }

    /// Rows `ids` of this table `[V, C]`: `[T, C]`.
    ///
    /// # Panics
    /// If an id is no row.
    pub fn embedding(&self, ids: &[u32]) -> Tensor {
        let dim = self.cols();
        let out = Tensor::computed(&[ids.len(), dim], |out| {
            embedding::embedding(out, self.data(), ids, dim);
        });
        record(out, &[self], || {
            let (table, ids) = (self.clone(), ids.to_vec());
            Box::new(move |dy, gradients| {
                gradients.add([&table], |[dtable]| {
                    embedding::embedding_backward(dtable, dy, &ids, dim);
                });
            })
        })
    }

    /// Rows `ids` of a stored table `[V, C]`, dequantised: `[T, C]`.
    ///
    /// # Panics
    /// If an id is no row.
    pub fn gathered(table: &Packed, ids: &[u32]) -> Tensor {
        let dim = table.cols();
        Tensor::computed(&[ids.len(), dim], |out| {
            parallel::for_rows(out, dim, GATHER_GRAIN, &|first, out| {
                for (row, &id) in out.chunks_exact_mut(dim).zip(&ids[first..]) {
                    let (id, rows) = (id as usize, table.rows());
                    assert!(id < rows, "row {id} of a table of {rows}");
                    table.dequantise_row(row, id);
                }
            });
        })
    }
}

fn bias_backward(bias: Option<&Tensor>, dy: &[f32], gradients: &mut Gradients) {
    if let Some(bias) = bias {
        gradients.add([bias], |[db]| bias_grad(db, dy));
    }
}
