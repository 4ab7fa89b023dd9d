//! Element types of stored tensors, and the geometry of their blocks.
//!
//! The quantised ones are ggml's, <https://github.com/ggml-org/ggml>
//! (`ggml-common.h`), with MXFP4 as in the OCP Microscaling specification v1.0,
//! <https://www.opencompute.org/documents/ocp-microscaling-formats-mx-v1-0-spec-final-pdf>.
//! Left out: the i-quants with lattice codebooks, ternary types and integers.

/// Type of a stored tensor's elements.
///
/// A row is a whole number of blocks; floats are blocks of one value.
#[allow(non_camel_case_types)] // the field's names have the underscore
#[derive(Clone, Copy, PartialEq, Eq, Debug, Hash)]
pub enum DType {
    F32,
    F16,
    BF16,
    Q4_0,
    Q4_1,
    Q5_0,
    Q5_1,
    Q8_0,
    Q2_K,
    Q3_K,
    Q4_K,
    Q5_K,
    Q6_K,
    IQ4_NL,
    IQ4_XS,
    MXFP4,
}

/// One line per type: ggml's id, values and bytes per block, name.
const TABLE: [(DType, u32, usize, usize, &str); 16] = [
    (DType::F32, 0, 1, 4, "F32"),
    (DType::F16, 1, 1, 2, "F16"),
    (DType::BF16, 30, 1, 2, "BF16"),
    (DType::Q4_0, 2, 32, 18, "Q4_0"),
    (DType::Q4_1, 3, 32, 20, "Q4_1"),
    (DType::Q5_0, 6, 32, 22, "Q5_0"),
    (DType::Q5_1, 7, 32, 24, "Q5_1"),
    (DType::Q8_0, 8, 32, 34, "Q8_0"),
    (DType::Q2_K, 10, 256, 84, "Q2_K"),
    (DType::Q3_K, 11, 256, 110, "Q3_K"),
    (DType::Q4_K, 12, 256, 144, "Q4_K"),
    (DType::Q5_K, 13, 256, 176, "Q5_K"),
    (DType::Q6_K, 14, 256, 210, "Q6_K"),
    (DType::IQ4_NL, 20, 32, 18, "IQ4_NL"),
    (DType::IQ4_XS, 23, 256, 136, "IQ4_XS"),
    (DType::MXFP4, 39, 32, 17, "MXFP4"),
];

impl DType {
    /// Every type, in the order of the enum.
    pub const ALL: [DType; TABLE.len()] = {
        let mut all = [DType::F32; TABLE.len()];
        let mut i = 0;
        while i < all.len() {
            all[i] = TABLE[i].0;
            i += 1;
        }
        all
    };

    /// The type with this id in a GGUF file, if it is one of ours.
    pub fn from_ggml(id: u32) -> Option<Self> {
        TABLE.iter().find(|line| line.1 == id).map(|line| line.0)
    }

    /// The id in a GGUF file.
    pub fn ggml_id(self) -> u32 {
        self.line().1
    }

    /// Values per block.
    pub fn block_len(self) -> usize {
        self.line().2
    }

    /// Bytes per block.
    pub fn block_bytes(self) -> usize {
        self.line().3
    }

    /// Bytes of a row of `cols` values; `None` if `cols` isn't a whole number
    /// of blocks or the size overflows.
    pub fn row_bytes(self, cols: usize) -> Option<usize> {
        if !cols.is_multiple_of(self.block_len()) {
            return None;
        }
        (cols / self.block_len()).checked_mul(self.block_bytes())
    }

    /// The name that GGUF tools print.
    pub fn name(self) -> &'static str {
        self.line().4
    }

    /// Whether values are small integers with a scale shared by a group.
    pub fn is_quantised(self) -> bool {
        self.block_len() > 1
    }

    fn line(self) -> &'static (DType, u32, usize, usize, &'static str) {
        &TABLE[self as usize]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_table_is_in_the_order_of_the_enum() {
        for (i, dtype) in DType::ALL.into_iter().enumerate() {
            assert_eq!(dtype as usize, i);
            assert_eq!(DType::from_ggml(dtype.ggml_id()), Some(dtype));
            assert_eq!(format!("{dtype:?}"), dtype.name());
        }
        assert_eq!(DType::from_ggml(9), None);
        assert_eq!(DType::from_ggml(u32::MAX), None);
    }

    #[test]
    fn row_bytes_rejects_broken_blocks_and_overflow() {
        assert_eq!(DType::Q4_K.row_bytes(512), Some(288));
        assert_eq!(DType::Q4_K.row_bytes(128), None);
        assert_eq!(DType::F16.row_bytes(3), Some(6));
        assert_eq!(DType::Q8_0.row_bytes(0), Some(0));
        assert_eq!(DType::F32.row_bytes(usize::MAX), None);
        assert_eq!(DType::Q8_0.row_bytes(usize::MAX - 31), None);
    }
}
