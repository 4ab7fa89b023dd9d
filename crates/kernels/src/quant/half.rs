//! 16-bit floats: IEEE 754 half precision and bfloat16, to and from f32.

/// The value of a half. A signalling NaN may come out quiet.
///
/// The fields move into place as they are; one product then mends the
/// exponent's bias, and normalises subnormals on the way. Exact.
#[inline]
pub(crate) fn f16_to_f32(half: u16) -> f32 {
    const BIAS: f32 = f32::from_bits((127 + 112) << 23);
    let sign = u32::from(half & 0x8000) << 16;
    let bits = u32::from(half & 0x7FFF) << 13;
    let magnitude = (f32::from_bits(bits) * BIAS).to_bits();
    let special = if half & 0x7C00 == 0x7C00 {
        0x7F80_0000
    } else {
        0
    };
    f32::from_bits(sign | magnitude | special)
}

/// The nearest half, ties to even; beyond the largest half, infinity.
pub(crate) fn f32_to_f16(x: f32) -> u16 {
    let sign = (x.to_bits() >> 16) as u16 & 0x8000;
    let bits = x.to_bits() & 0x7FFF_FFFF;
    let magnitude = match bits {
        0x7F80_0001.. => 0x7E00 | (bits >> 13) as u16 & 0x01FF,
        // From 65520, half an ulp above the largest half.
        0x477F_F000.. => 0x7C00,
        // From 2⁻¹⁴, the smallest normal half.
        0x3880_0000.. => (round_shift(bits, 13) - (112 << 10)) as u16,
        // Adding 0.5 lines up the last bit of a subnormal half, 2⁻²⁴, with
        // that of the sum, and the addition rounds.
        _ => ((f32::from_bits(bits) + 0.5).to_bits() - 0.5f32.to_bits()) as u16,
    };
    sign | magnitude
}

/// The value of a bfloat16: the upper half of an f32.
#[inline]
pub(crate) fn bf16_to_f32(x: u16) -> f32 {
    f32::from_bits(u32::from(x) << 16)
}

/// The nearest bfloat16, ties to even.
pub(crate) fn f32_to_bf16(x: f32) -> u16 {
    let bits = x.to_bits();
    if x.is_nan() {
        return (bits >> 16) as u16 | 0x40; // quiet, so that it cannot round to ∞
    }
    round_shift(bits, 16) as u16
}

/// `bits / 2^shift`, rounded to nearest, ties to even.
fn round_shift(bits: u32, shift: u32) -> u32 {
    let even = (bits >> shift) & 1;
    (bits + (1 << (shift - 1)) - 1 + even) >> shift
}
