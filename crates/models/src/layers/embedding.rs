//! Rows of a table: tokens or positions as vectors.

use tensor::{Tensor, trace};

use crate::weights::Matrix;

pub(crate) struct Embedding {
    pub(crate) name: String,
    /// `[rows, C]`.
    pub(crate) table: Matrix,
}

impl Embedding {
    /// Rows `ids`: `[T, C]`. Of a quantised table only these are dequantised.
    ///
    /// # Panics
    /// If an id is no row.
    pub(crate) fn forward(&self, ids: &[u32]) -> Tensor {
        let rows = match &self.table {
            Matrix::Trained(table) => table.tensor().embedding(ids),
            Matrix::Stored(table) => Tensor::gathered(table, ids),
        };
        trace::report(&self.name, &rows);
        rows
    }
}
