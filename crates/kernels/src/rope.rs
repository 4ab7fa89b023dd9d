//! RoPE: rotates pairs of a head's elements by angles that grow with position.
//!
//! Su et al. 2021, eq. 34, <https://arxiv.org/abs/2104.09864>, with the pairs
//! `(i, i + rotary/2)` of GPT-NeoX and of Llama in Hugging Face's layout:
//!
//! ```text
//! y_i         = x_i·cos_i − x_j·sin_i        j = i + rotary/2
//! y_j         = x_j·cos_i + x_i·sin_i
//! ```
//!
//! Frequencies and their scalings are the model's affair: cos and sin come as
//! rows of a table, one per token. The backward is the inverse rotation.

use crate::parallel::{for_rows, grain_rows};
use crate::simd::{Level, allowed};
use std::sync::LazyLock;

/// Rotates the first `rotary_dim` elements of every head of `x` in place.
///
/// Shapes: `x` is `[T, heads · head_dim]`, `cos` and `sin` are
/// `[T, rotary_dim / 2]`.
///
/// # Panics
/// If the shapes disagree, or `rotary_dim` is odd, zero or over `head_dim`.
pub fn rope(x: &mut [f32], cos: &[f32], sin: &[f32], head_dim: usize, rotary_dim: usize) {
    rotate(x, cos, sin, head_dim, rotary_dim, 1.0);
}

/// Turns the gradient of [`rope`]'s result into that of its input, in place.
///
/// # Panics
/// As [`rope`].
pub fn rope_backward(dy: &mut [f32], cos: &[f32], sin: &[f32], head_dim: usize, rotary_dim: usize) {
    rotate(dy, cos, sin, head_dim, rotary_dim, -1.0);
}

fn rotate(
    x: &mut [f32],
    cos: &[f32],
    sin: &[f32],
    head_dim: usize,
    rotary_dim: usize,
    direction: f32,
) {
    let half = rotary_dim / 2;
    assert!(half > 0 && rotary_dim.is_multiple_of(2) && rotary_dim <= head_dim);
    assert_eq!(cos.len(), sin.len());
    assert!(
        cos.len().is_multiple_of(half),
        "{} in rows of {half}",
        cos.len()
    );
    if x.is_empty() {
        return;
    }
    let tokens = cos.len() / half;
    assert!(
        tokens > 0 && x.len().is_multiple_of(tokens),
        "{} in {tokens} rows",
        x.len()
    );
    let width = x.len() / tokens;
    assert!(
        width.is_multiple_of(head_dim),
        "{width} in heads of {head_dim}"
    );
    let row = *ROW;
    for_rows(x, width, grain_rows(width), &|first, rows| {
        for (t, x) in rows.chunks_exact_mut(width).enumerate() {
            let at = (first + t) * half;
            row(
                x,
                &cos[at..at + half],
                &sin[at..at + half],
                head_dim,
                direction,
            );
        }
    });
}

/// Kernel for one token's heads; `direction` is 1 or −1.
type Row = fn(x: &mut [f32], cos: &[f32], sin: &[f32], head_dim: usize, direction: f32);

static ROW: LazyLock<Row> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Row)> {
    let mut kernels: Vec<(&'static str, Row)> = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        // SAFETY: AVX2 was detected just above.
        kernels.push(("avx2", |x, c, s, dim, sign| unsafe {
            avx2::row(x, c, s, dim, sign)
        }));
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", scalar::row));
    }
    kernels
}

mod scalar {
    use crate::float::Float;

    #[inline(always)]
    pub(super) fn row<F: Float>(x: &mut [F], cos: &[F], sin: &[F], head_dim: usize, direction: F) {
        let half = cos.len();
        for head in x.chunks_exact_mut(head_dim) {
            let (low, high) = head.split_at_mut(half);
            for (((a, b), &c), &s) in low.iter_mut().zip(high).zip(cos).zip(sin) {
                let s = s * direction;
                (*a, *b) = (*a * c - *b * s, *b * c + *a * s);
            }
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    /// The definition, compiled for wider vectors.
    #[target_feature(enable = "avx2,fma")]
    pub(super) fn row(x: &mut [f32], cos: &[f32], sin: &[f32], head_dim: usize, direction: f32) {
        super::scalar::row(x, cos, sin, head_dim, direction);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
    use testkit::{Rng, assert_close};

    fn angles(rng: &mut Rng, count: usize) -> (Vec<f32>, Vec<f32>) {
        let angles = rng.normals(count);
        (
            angles.iter().map(|a| a.cos()).collect(),
            angles.iter().map(|a| a.sin()).collect(),
        )
    }

    /// Bit for bit: products and sums are rounded one by one in every version.
    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(0x209E);
        for (half, head_dim) in [(1, 2), (3, 7), (8, 16), (20, 64), (32, 64), (37, 80)] {
            let (cos, sin) = angles(&mut rng, half);
            let x = rng.normals(3 * head_dim);
            let mut want = x.clone();
            scalar::row(&mut want, &cos, &sin, head_dim, -1.0);
            for (name, row) in kernels() {
                let mut got = x.clone();
                row(&mut got, &cos, &sin, head_dim, -1.0);
                assert_same_bits(&format!("{name}, {half} of {head_dim}"), &got, &want);
            }
        }
    }

    #[test]
    fn rotates_by_hand() {
        // A quarter turn takes (x, y) to (−y, x); the last element stays.
        let mut x = [1.0, 2.0, 3.0, 4.0, 5.0];
        rope(&mut x, &[0.0, 0.0], &[1.0, 1.0], 5, 4);
        assert_eq!(x, [-3.0, -4.0, 1.0, 2.0, 5.0]);
    }

    #[test]
    fn backward_undoes_and_is_the_gradient() {
        let mut rng = Rng::new(5);
        let (tokens, heads, head_dim, rotary) = (40, 3, 16, 12);
        let x = rng.normals(tokens * heads * head_dim);
        let (cos, sin) = angles(&mut rng, tokens * rotary / 2);
        let mut y = x.clone();
        rope(&mut y, &cos, &sin, head_dim, rotary);
        rope_backward(&mut y, &cos, &sin, head_dim, rotary);
        // Two rotations, a few roundings each.
        assert_close("there and back", &y, &x, 4.0 * f32::EPSILON);

        let (x, dy) = (normals(&mut rng, 14), normals(&mut rng, 14));
        let (cos, sin) = ([0.5, 0.1, 0.7], [0.3, 0.9, -0.2]);
        let mut dx = dy.clone();
        scalar::row(&mut dx, &cos, &sin, 7, -1.0);
        assert_gradient("dx", &x, &dx, |x| {
            let mut y = x.to_vec();
            scalar::row(&mut y, &cos, &sin, 7, 1.0);
            dot(&y, &dy)
        });
    }
}
