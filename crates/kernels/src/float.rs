//! The numbers that scalar definitions are written over.
//!
//! Kernels compute in `f32`; the same definition in `f64` lets finite
//! differences judge a backward to many more digits.

use std::ops::{Add, AddAssign, Div, Mul, MulAssign, Neg, Sub, SubAssign};

/// `f32` or `f64`.
pub trait Float:
    Copy
    + Send
    + Sync
    + PartialOrd
    + Default
    + std::fmt::Debug
    + Add<Output = Self>
    + Sub<Output = Self>
    + Mul<Output = Self>
    + Div<Output = Self>
    + Neg<Output = Self>
    + AddAssign
    + SubAssign
    + MulAssign
    + 'static
{
    const ZERO: Self;
    const ONE: Self;
    const NEG_INFINITY: Self;
    /// The nearest value to a constant.
    fn of(x: f64) -> Self;
    fn to_f64(self) -> f64;
    fn exp(self) -> Self;
    fn tanh(self) -> Self;
    fn sqrt(self) -> Self;
    fn abs(self) -> Self;
    /// The larger one; a NaN gives way.
    fn max(self, other: Self) -> Self;
}

macro_rules! float {
    ($t:ty) => {
        impl Float for $t {
            const ZERO: Self = 0.0;
            const ONE: Self = 1.0;
            const NEG_INFINITY: Self = <$t>::NEG_INFINITY;
            #[inline(always)]
            fn of(x: f64) -> Self {
                x as $t
            }
            #[inline(always)]
            fn to_f64(self) -> f64 {
                self.into()
            }
            #[inline(always)]
            fn exp(self) -> Self {
                self.exp()
            }
            #[inline(always)]
            fn tanh(self) -> Self {
                self.tanh()
            }
            #[inline(always)]
            fn sqrt(self) -> Self {
                self.sqrt()
            }
            #[inline(always)]
            fn abs(self) -> Self {
                self.abs()
            }
            #[inline(always)]
            fn max(self, other: Self) -> Self {
                self.max(other)
            }
        }
    };
}

float!(f32);
float!(f64);

/// Running sums in a dot product: enough for the compiler to use vectors.
const LANES: usize = 16;

/// `Σ aᵢ·bᵢ`, in an order that depends on the length alone.
#[inline(always)]
pub(crate) fn dot<F: Float>(a: &[F], b: &[F]) -> F {
    let ((a16, a), (b16, b)) = (a.as_chunks::<LANES>(), b.as_chunks::<LANES>());
    let mut sums = [F::ZERO; LANES];
    for (a, b) in a16.iter().zip(b16) {
        for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
            *sum += a * b;
        }
    }
    for ((sum, &a), &b) in sums.iter_mut().zip(a).zip(b) {
        *sum += a * b;
    }
    fold(sums)
}

/// `Σ f(aᵢ)`, in an order that depends on the length alone.
#[inline(always)]
pub(crate) fn sum<F: Float>(a: &[F], f: impl Fn(F) -> F) -> F {
    let (a16, a) = a.as_chunks::<LANES>();
    let mut sums = [F::ZERO; LANES];
    for a in a16 {
        for (sum, &a) in sums.iter_mut().zip(a) {
            *sum += f(a);
        }
    }
    for (sum, &a) in sums.iter_mut().zip(a) {
        *sum += f(a);
    }
    fold(sums)
}

#[inline(always)]
fn fold<F: Float>(mut sums: [F; LANES]) -> F {
    let mut half = LANES / 2;
    while half > 0 {
        for i in 0..half {
            let other = sums[i + half];
            sums[i] += other;
        }
        half /= 2;
    }
    sums[0]
}
