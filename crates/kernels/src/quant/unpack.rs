//! The canonical view of every quantised format, in portable code.
//!
//! Values come in groups of 16 or 32 that share a scale and, in some formats,
//! a minimum: `w = scale·q + min`, with `q` an `i8`. What differs between
//! formats is where the bits of `q` lie and how scales are stored.
//!
//! The layouts are those of ggml's `ggml-common.h`,
//! <https://github.com/ggml-org/ggml>. Formats named `K` and `IQ4_XS` pack 256
//! values, the others 32.

use super::half::f16_to_f32;
use crate::dtype::DType;

/// What four bits stand for in IQ4_NL and IQ4_XS.
pub(super) const IQ4: [i8; 16] = [
    -127, -104, -83, -65, -49, -35, -22, -10, 1, 13, 25, 38, 53, 69, 89, 113,
];

/// What four bits stand for in MXFP4: E2M1 floats, doubled to be integers; the
/// scale is halved instead.
pub(super) const E2M1: [i8; 16] = [0, 1, 2, 3, 4, 6, 8, 12, 0, -1, -2, -3, -4, -6, -8, -12];

/// Values that share a scale.
pub(super) fn group_len(dtype: DType) -> usize {
    match dtype {
        DType::Q2_K | DType::Q3_K | DType::Q6_K => 16,
        _ => 32,
    }
}

/// Whether the format stores minima.
pub(super) fn has_min(dtype: DType) -> bool {
    use DType::*;
    matches!(dtype, Q4_1 | Q5_1 | Q2_K | Q4_K | Q5_K)
}

fn half(bytes: &[u8], at: usize) -> f32 {
    f16_to_f32(u16::from_le_bytes([bytes[at], bytes[at + 1]]))
}

/// Scale, and minimum where there is one, of each group of a row.
///
/// `row` is whole blocks; `scale` and `min` have a place for each group, and
/// may be longer. `min` isn't written if the format has none.
///
/// # Panics
/// If `dtype` isn't quantised or a slice is too short.
#[inline]
pub(super) fn scales(dtype: DType, row: &[u8], scale: &mut [f32], min: &mut [f32]) {
    match dtype {
        DType::Q4_0 | DType::IQ4_NL => simple::<18>(row, scale),
        DType::Q5_0 => simple::<22>(row, scale),
        DType::Q8_0 => simple::<34>(row, scale),
        DType::Q4_1 => with_min::<20>(row, scale, min),
        DType::Q5_1 => with_min::<24>(row, scale, min),
        DType::MXFP4 => {
            for (block, scale) in row.as_chunks::<17>().0.iter().zip(scale) {
                *scale = e8m0_half(block[0]);
            }
        }
        DType::Q2_K => {
            let groups = scale.as_chunks_mut::<16>().0.iter_mut();
            let groups = groups.zip(min.as_chunks_mut::<16>().0);
            for (block, (scale, min)) in row.as_chunks::<84>().0.iter().zip(groups) {
                let (d, d_min) = (half(block, 80), half(block, 82));
                for i in 0..16 {
                    scale[i] = d * f32::from(block[i] & 15);
                    min[i] = -(d_min * f32::from(block[i] >> 4));
                }
            }
        }
        DType::Q3_K => {
            let groups = scale.as_chunks_mut::<16>().0.iter_mut();
            for (block, scale) in row.as_chunks::<110>().0.iter().zip(groups) {
                let (packed, d) = (&block[96..108], half(block, 108));
                for i in 0..16 {
                    let low = (packed[i % 8] >> (4 * (i / 8))) & 15;
                    let high = (packed[8 + i % 4] >> (2 * (i / 4))) & 3;
                    scale[i] = d * (f32::from(low | high << 4) - 32.0);
                }
            }
        }
        DType::Q4_K => k_scales::<144>(row, scale, min),
        DType::Q5_K => k_scales::<176>(row, scale, min),
        DType::Q6_K => {
            let groups = scale.as_chunks_mut::<16>().0.iter_mut();
            for (block, scale) in row.as_chunks::<210>().0.iter().zip(groups) {
                let d = half(block, 208);
                for i in 0..16 {
                    scale[i] = d * f32::from(block[192 + i] as i8);
                }
            }
        }
        DType::IQ4_XS => {
            let groups = scale.as_chunks_mut::<8>().0.iter_mut();
            for (block, scale) in row.as_chunks::<136>().0.iter().zip(groups) {
                let (d, high) = (half(block, 0), u16::from_le_bytes([block[2], block[3]]));
                for i in 0..8 {
                    let low = (block[4 + i / 2] >> (4 * (i % 2))) & 15;
                    let high = (high >> (2 * i)) as u8 & 3;
                    scale[i] = d * (f32::from(low | high << 4) - 32.0);
                }
            }
        }
        DType::F32 | DType::F16 | DType::BF16 => panic!("{} has no scales", dtype.name()),
    }
}

fn simple<const N: usize>(row: &[u8], scale: &mut [f32]) {
    for (block, scale) in row.as_chunks::<N>().0.iter().zip(scale) {
        *scale = half(block, 0);
    }
}

fn with_min<const N: usize>(row: &[u8], scale: &mut [f32], min: &mut [f32]) {
    let groups = scale.iter_mut().zip(min);
    for (block, (scale, min)) in row.as_chunks::<N>().0.iter().zip(groups) {
        (*scale, *min) = (half(block, 0), half(block, 2));
    }
}

/// Q4_K and Q5_K: eight scales and eight minima of 6 bits in bytes 4 to 15.
/// The first four of each lie whole in the lower bits of a byte; the others
/// have their low nibbles in the last four bytes and their upper two bits on
/// top of the first ones.
fn k_scales<const N: usize>(row: &[u8], scale: &mut [f32], min: &mut [f32]) {
    let groups = scale.as_chunks_mut::<8>().0.iter_mut();
    let groups = groups.zip(min.as_chunks_mut::<8>().0);
    for (block, (scale, min)) in row.as_chunks::<N>().0.iter().zip(groups) {
        let (d, d_min, packed) = (half(block, 0), half(block, 2), &block[4..16]);
        for i in 0..4 {
            let (s, m, rest) = (packed[i], packed[4 + i], packed[8 + i]);
            scale[i] = d * f32::from(s & 63);
            min[i] = -(d_min * f32::from(m & 63));
            scale[4 + i] = d * f32::from(rest & 15 | (s >> 2) & 48);
            min[4 + i] = -(d_min * f32::from(rest >> 4 | (m >> 2) & 48));
        }
    }
}

/// Half of the power of two with exponent byte `e`: `2^(e - 128)`.
fn e8m0_half(e: u8) -> f32 {
    match e {
        0 | 1 => f32::from_bits(0x0020_0000 << e), // subnormal
        _ => f32::from_bits(u32::from(e - 1) << 23),
    }
}

/// The integers of a row.
///
/// # Panics
/// If `dtype` isn't quantised, or `q` isn't as long as the row.
pub(super) fn integers(dtype: DType, row: &[u8], q: &mut [i8]) {
    let value = match dtype {
        DType::Q4_0 => |b: &[u8], i| nibble(&b[2..], i) as i8 - 8,
        DType::Q4_1 => |b: &[u8], i| nibble(&b[4..], i) as i8,
        DType::Q5_0 => |b: &[u8], i| (nibble(&b[6..], i) | bit(&b[2..], i) << 4) as i8 - 16,
        DType::Q5_1 => |b: &[u8], i| (nibble(&b[8..], i) | bit(&b[4..], i) << 4) as i8,
        DType::Q8_0 => |b: &[u8], i| b[2 + i] as i8,
        DType::IQ4_NL => |b: &[u8], i| IQ4[usize::from(nibble(&b[2..], i))],
        DType::MXFP4 => |b: &[u8], i| E2M1[usize::from(nibble(&b[1..], i))],
        DType::Q2_K => |b: &[u8], i| crumb(&b[16..], i) as i8,
        DType::Q3_K => |b: &[u8], i| {
            // A clear bit in the mask takes 4 off.
            let high = (b[i % 32] >> (i / 32)) & 1;
            crumb(&b[32..], i) as i8 - 4 * (1 - high as i8)
        },
        DType::Q4_K => |b: &[u8], i| nibble_of_64(&b[16..], i) as i8,
        DType::Q5_K => |b: &[u8], i| {
            let high = (b[16 + i % 32] >> (i / 32)) & 1;
            (nibble_of_64(&b[48..], i) | high << 4) as i8
        },
        DType::Q6_K => |b: &[u8], i| {
            let low = b[64 * (i / 128) + i % 64] >> (4 * (i % 128 / 64));
            (low & 15 | crumb(&b[128..], i) << 4) as i8 - 32
        },
        DType::IQ4_XS => |b: &[u8], i| {
            let block = &b[8 + 16 * (i / 32)..];
            IQ4[usize::from(nibble(block, i % 32))]
        },
        DType::F32 | DType::F16 | DType::BF16 => panic!("{} has no integers", dtype.name()),
    };
    let value: fn(&[u8], usize) -> i8 = value;
    let blocks = row.chunks_exact(dtype.block_bytes());
    assert_eq!(q.len(), blocks.len() * dtype.block_len());
    for (block, q) in blocks.zip(q.chunks_exact_mut(dtype.block_len())) {
        for (i, q) in q.iter_mut().enumerate() {
            *q = value(block, i);
        }
    }
}

/// Value `i` of 32: the low nibbles of 16 bytes are the first half.
fn nibble(bytes: &[u8], i: usize) -> u8 {
    (bytes[i % 16] >> (4 * (i / 16))) & 15
}

/// Value `i` of 256: each 32 bytes hold 32 low nibbles, then 32 high ones.
fn nibble_of_64(bytes: &[u8], i: usize) -> u8 {
    (bytes[32 * (i / 64) + i % 32] >> (4 * (i % 64 / 32))) & 15
}

/// Two bits, value `i` of 256: each 32 bytes hold 4 times 32 values.
fn crumb(bytes: &[u8], i: usize) -> u8 {
    (bytes[32 * (i / 128) + i % 32] >> (2 * (i % 128 / 32))) & 3
}

fn bit(bytes: &[u8], i: usize) -> u8 {
    (bytes[i / 8] >> (i % 8)) & 1
}
