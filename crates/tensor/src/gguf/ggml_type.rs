//! Names of ggml's tensor types, for errors about those we lack.

use kernels::dtype::DType;

/// Types of ggml's that [`DType`] lacks.
const OTHERS: &[(u32, &str)] = &[
    (4, "Q4_2 (withdrawn)"),
    (5, "Q4_3 (withdrawn)"),
    (9, "Q8_1"),
    (15, "Q8_K"),
    (16, "IQ2_XXS"),
    (17, "IQ2_XS"),
    (18, "IQ3_XXS"),
    (19, "IQ1_S"),
    (21, "IQ3_S"),
    (22, "IQ2_S"),
    (24, "I8"),
    (25, "I16"),
    (26, "I32"),
    (27, "I64"),
    (28, "F64"),
    (29, "IQ1_M"),
    (31, "Q4_0_4_4 (withdrawn)"),
    (32, "Q4_0_4_8 (withdrawn)"),
    (33, "Q4_0_8_8 (withdrawn)"),
    (34, "TQ1_0"),
    (35, "TQ2_0"),
    (40, "NVFP4"),
    (41, "Q1_0"),
];

/// An unsupported type, for an error.
pub(super) fn describe(code: u32) -> String {
    match OTHERS.iter().find(|(c, _)| *c == code) {
        Some((_, name)) => format!("ggml's {name}"),
        None => format!("{code}, which ggml does not define"),
    }
}

pub(super) fn supported() -> String {
    let names: Vec<&str> = DType::ALL.iter().map(|d| d.name()).collect();
    names.join(", ")
}
