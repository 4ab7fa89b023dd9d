//! Encoders, for export and for tests: nearest values for a scale that is read
//! off a block's extremes, as in the `gguf` package, `gguf-py/gguf/quants.py` of
//! <https://github.com/ggml-org/llama.cpp>.

use super::half::{f32_to_bf16, f32_to_f16};
use crate::dtype::DType;

/// Encodes values as F32, F16, BF16, Q8_0, Q4_0 or Q4_1.
///
/// # Panics
/// If `x` isn't a whole number of blocks, or for any other type.
pub fn quantise(dtype: DType, x: &[f32]) -> Vec<u8> {
    let size = dtype.row_bytes(x.len()).unwrap_or_else(|| {
        let (name, block) = (dtype.name(), dtype.block_len());
        panic!("{} values of {name}, in blocks of {block}", x.len())
    });
    let mut out = Vec::with_capacity(size);
    match dtype {
        DType::F32 => out.extend(x.iter().flat_map(|x| x.to_le_bytes())),
        DType::F16 => out.extend(x.iter().flat_map(|&x| f32_to_f16(x).to_le_bytes())),
        DType::BF16 => out.extend(x.iter().flat_map(|&x| f32_to_bf16(x).to_le_bytes())),
        DType::Q8_0 => x.as_chunks().0.iter().for_each(|x| q8_0(x, &mut out)),
        DType::Q4_0 => x.as_chunks().0.iter().for_each(|x| q4_0(x, &mut out)),
        DType::Q4_1 => x.as_chunks().0.iter().for_each(|x| q4_1(x, &mut out)),
        _ => panic!("no encoder for {}", dtype.name()),
    }
    out
}

fn reciprocal(d: f32) -> f32 {
    if d == 0.0 { 0.0 } else { 1.0 / d }
}

fn push_half(out: &mut Vec<u8>, x: f32) {
    out.extend(f32_to_f16(x).to_le_bytes());
}

fn q8_0(x: &[f32; 32], out: &mut Vec<u8>) {
    let largest = x.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    let d = largest / 127.0;
    let inverse = reciprocal(d);
    push_half(out, d);
    // Ties away from zero.
    out.extend(x.iter().map(|x| (x * inverse).round() as i8 as u8));
}

/// The value of largest magnitude, sign kept, becomes -8.
fn q4_0(x: &[f32; 32], out: &mut Vec<u8>) {
    let extreme = x[1..]
        .iter()
        .fold(x[0], |m, &x| if x.abs() > m.abs() { x } else { m });
    let d = extreme / -8.0;
    let inverse = reciprocal(d);
    push_half(out, d);
    let nibble = |x: f32| ((x * inverse + 8.5) as u8).min(15);
    push_nibbles(out, x, nibble);
}

fn q4_1(x: &[f32; 32], out: &mut Vec<u8>) {
    let max = x.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    let min = x.iter().copied().fold(f32::INFINITY, f32::min);
    let d = (max - min) / 15.0;
    let inverse = reciprocal(d);
    push_half(out, d);
    push_half(out, min);
    push_nibbles(out, x, |x| (((x - min) * inverse + 0.5) as u8).min(15));
}

/// The first half of a block goes into the low nibbles of 16 bytes.
fn push_nibbles(out: &mut Vec<u8>, x: &[f32; 32], nibble: impl Fn(f32) -> u8) {
    let (low, high) = x.split_at(16);
    let pairs = low.iter().zip(high);
    out.extend(pairs.map(|(&low, &high)| nibble(low) | nibble(high) << 4));
}
