//! Tensors as a file stores them, and where they come from.

use std::path::Path;

use kernels::dtype::DType;
use kernels::mem::Bytes;

use crate::error::LoadError;

/// A tensor as stored: perhaps quantised, perhaps still on disk.
#[derive(Clone, Debug)]
pub struct RawTensor {
    pub dtype: DType,
    /// Row-major, outermost axis first. Quantised blocks lie along the last.
    pub shape: Vec<usize>,
    /// Little-endian. May start at any address.
    pub bytes: Bytes,
}

impl RawTensor {
    /// An f32 tensor of its own.
    ///
    /// # Panics
    /// If `values` do not fill `shape`.
    pub fn from_f32(shape: &[usize], values: &[f32]) -> Self {
        assert_eq!(shape.iter().product::<usize>(), values.len());
        let bytes: Vec<u8> = values.iter().flat_map(|v| v.to_le_bytes()).collect();
        Self {
            dtype: DType::F32,
            shape: shape.to_vec(),
            bytes: bytes.into(),
        }
    }

    /// How many values it has.
    pub fn len(&self) -> usize {
        self.shape.iter().product()
    }

    /// Whether an axis is zero.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// All values, dequantised.
    pub fn to_f32(&self) -> Vec<f32> {
        let mut values = vec![0.0; self.len()];
        kernels::quant::dequantise(&mut values, self.dtype, &self.bytes);
        values
    }
}

/// Named tensors: a file, or several.
pub trait Source: Send + Sync {
    /// The file or folder, for error messages.
    fn path(&self) -> &Path;

    /// All names, in the order they are stored.
    fn names(&self) -> Vec<String>;

    /// The shape of a tensor of any type; None if there is no such tensor.
    fn shape(&self, name: &str) -> Option<Vec<usize>>;

    /// The tensor called `name`; its bytes are shared, not copied.
    ///
    /// # Errors
    /// If there is no such tensor, or its type is none of [`DType`]'s.
    fn get(&self, name: &str) -> Result<RawTensor, LoadError>;
}

/// How many values a tensor of this shape has; None if that overflows.
pub(crate) fn checked_len(shape: &[usize]) -> Option<usize> {
    shape.iter().try_fold(1usize, |n, &dim| n.checked_mul(dim))
}
