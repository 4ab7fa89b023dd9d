//! Products with weights that stay in their stored form: `y = x·Wᵀ + b`.
//!
//! One view serves every quantised format: groups of 16 or 32 values share a
//! scale and a minimum, `w = scale·q + min` with `q` an `i8`. So for
//! activations quantised in the same way, `x = s·p` in blocks of 32,
//!
//! ```text
//! Σ w·x = Σ_groups scale·s·Σ q·p + min·s·Σ p
//! ```
//!
//! with integer sums inside (Jacob et al. 2018, §2.3,
//! <https://arxiv.org/abs/1712.05877>; blocks as in llama.cpp). An output is
//! summed in an order that depends on `cols` and the format alone, so its bits
//! don't depend on the other rows of `x`, on threads or on chunks.
//!
//! Left out: mixtures of experts, gradients (trained weights are f32), and
//! encoders of the formats whose scales are searched for.

mod activations;
#[cfg(target_arch = "x86_64")]
mod avx2;
mod encode;
pub(crate) mod half;
mod scalar;
#[cfg(test)]
mod tests;
mod unpack;

use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;

use crate::dtype::DType;
use crate::parallel::{self, Disjoint};
#[cfg(target_arch = "x86_64")]
use crate::simd::{self, Level};
use activations::Quantised;
pub use encode::quantise;

/// A stored weight: `rows` rows of `cols` values, each a whole number of blocks.
#[derive(Clone, Copy)]
pub struct Matrix<'a> {
    pub dtype: DType,
    pub rows: usize,
    pub cols: usize,
    pub bytes: &'a [u8],
}

impl Matrix<'_> {
    fn row_bytes(&self) -> usize {
        self.dtype.row_bytes(self.cols).unwrap_or_else(|| {
            let (name, block) = (self.dtype.name(), self.dtype.block_len());
            panic!("{} columns of {name}, in blocks of {block}", self.cols)
        })
    }

    fn row(&self, row: usize) -> &[u8] {
        let len = self.row_bytes();
        &self.bytes[row * len..(row + 1) * len]
    }
}

/// How a product with quantised weights sees `x`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activations {
    /// As it is; weights are dequantised.
    F32,
    /// Rounded to 8 bits in blocks of 32, those with outliers in two planes of
    /// 8 bits. Weights that aren't quantised are multiplied as with
    /// [`Activations::F32`].
    Int8,
}

/// Writes the values of stored blocks.
///
/// # Panics
/// If `bytes` isn't `out.len()` values of `dtype`.
pub fn dequantise(out: &mut [f32], dtype: DType, bytes: &[u8]) {
    assert_eq!(dtype.row_bytes(out.len()), Some(bytes.len()), "{dtype:?}");
    // A whole number of blocks of every format per chunk.
    const CHUNK: usize = 4096;
    let stride = dtype.block_bytes() * (CHUNK / dtype.block_len());
    let whole = Disjoint::new(out);
    parallel::for_each(whole.len().div_ceil(CHUNK), 8, &|chunks| {
        for chunk in chunks {
            let first = chunk * CHUNK;
            let last = whole.len().min(first + CHUNK);
            // SAFETY: `for_each` gives each chunk to one call only.
            let out = unsafe { whole.slice(first..last) };
            let rest = &bytes[chunk * stride..];
            let len = stride.min(rest.len());
            (KERNELS.dequantise)(out, dtype, &rest[..len]);
        }
    });
}

/// `out = x·Wᵀ + bias`.
///
/// Shapes: `x` is `[m, cols]`, `w` is `[rows, cols]`, `bias` is `[rows]`, `out`
/// is `[m, rows]`.
///
/// # Panics
/// If the lengths disagree, or `cols` isn't a whole number of blocks. Both are
/// checked when a model is loaded, so here a mismatch is a bug.
pub fn matmul(
    out: &mut [f32],
    x: &[f32],
    w: &Matrix,
    bias: Option<&[f32]>,
    activations: Activations,
) {
    matmul_by(&KERNELS, out, x, w, bias, activations);
}

fn matmul_by(
    kernels: &Kernels,
    out: &mut [f32],
    x: &[f32],
    w: &Matrix,
    bias: Option<&[f32]>,
    activations: Activations,
) {
    let m = out.len().checked_div(w.rows).unwrap_or(0);
    assert_eq!(out.len(), m * w.rows, "outputs in rows of {}", w.rows);
    if m == 0 {
        return;
    }
    assert_eq!(x.len(), m * w.cols, "{m} rows of {}", w.cols);
    assert_eq!(Some(w.bytes.len()), w.row_bytes().checked_mul(w.rows));
    assert!(bias.is_none_or(|b| b.len() == w.rows));

    let job = Job {
        out: Disjoint::new(out),
        m,
        w: *w,
        bias,
    };
    let run = |x: X| {
        let tiles = w.rows.div_ceil(TILE_ROWS);
        // A task worth a thread: about 5 µs.
        let grain = 400_000 / (m * w.cols * TILE_ROWS).max(1);
        parallel::for_each(tiles, grain, &|tiles| {
            for tile in tiles {
                let rows = tile * TILE_ROWS..w.rows.min((tile + 1) * TILE_ROWS);
                // SAFETY: tiles share no row, and `for_each` gives each to one
                // call only.
                unsafe {
                    match x {
                        X::F32(x) => (kernels.f32)(&job, x, rows),
                        X::Int8(x) => (kernels.int8)(&job, x, rows),
                    }
                }
            }
        });
    };
    if activations == Activations::Int8 && w.dtype.is_quantised() && w.cols > 0 {
        Quantised::with(x, w.cols, w.dtype, (kernels.round, kernels.refine), |x| {
            run(X::Int8(x))
        });
    } else {
        run(X::F32(x));
    }
}

/// Rows of weights that are unpacked together and then meet every row of `x`.
const TILE_ROWS: usize = 16;

#[derive(Clone, Copy)]
enum X<'a> {
    F32(&'a [f32]),
    Int8(&'a Quantised),
}

/// One call of [`matmul`], but for the form of `x`.
struct Job<'a> {
    out: Disjoint<'a, f32>,
    m: usize,
    w: Matrix<'a>,
    bias: Option<&'a [f32]>,
}

impl Job<'_> {
    /// Sets an output to `sum` plus bias.
    ///
    /// # Safety
    /// While it runs, nothing else may touch this output.
    #[inline]
    unsafe fn set(&self, x_row: usize, w_row: usize, sum: f32) {
        let at = x_row * self.w.rows + w_row;
        // SAFETY: the caller's promise; the part lives for this line only.
        let out = unsafe { self.out.slice(at..at + 1) };
        out[0] = sum + self.bias.map_or(0.0, |b| b[w_row]);
    }
}

/// A version of each step. The products compute the outputs of some rows of
/// weights, at most [`TILE_ROWS`], for all rows of `x`.
///
/// # Safety
/// While a product runs, nothing else may touch the outputs of its rows of
/// weights.
struct Kernels {
    dequantise: fn(out: &mut [f32], dtype: DType, bytes: &[u8]),
    round: activations::Round,
    refine: activations::Refine,
    f32: unsafe fn(&Job, x: &[f32], w_rows: Range<usize>),
    int8: unsafe fn(&Job, x: &Quantised, w_rows: Range<usize>),
}

static KERNELS: LazyLock<Kernels> = LazyLock::new(|| kernels().swap_remove(0).1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernels)> {
    let mut kernels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if simd::allowed(Level::Avx2) && is_x86_feature_detected!("f16c") {
        let avx2 = Kernels {
            // SAFETY: AVX2 and FMA are allowed only where detected, F16C was
            // detected just now; so in all five.
            dequantise: |out, dtype, bytes| unsafe { avx2::dequantise(out, dtype, bytes) },
            // SAFETY: see above.
            round: |x, q| unsafe { avx2::round(x, q) },
            // SAFETY: see above.
            refine: |x, q, scale, r| unsafe { avx2::refine(x, q, scale, r) },
            // SAFETY: see above; the rows are the caller's promise.
            f32: |job, x, rows| unsafe { avx2::f32(job, x, rows) },
            // SAFETY: see above; the rows are the caller's promise.
            int8: |job, x, rows| unsafe { avx2::int8(job, x, rows) },
        };
        kernels.push(("avx2", avx2));
    }
    let scalar = Kernels {
        dequantise: scalar::dequantise,
        round: scalar::round,
        refine: scalar::refine,
        f32: scalar::f32,
        int8: scalar::int8,
    };
    kernels.push(("scalar", scalar));
    kernels
}

/// Buffers that a thread keeps between calls, so that products don't allocate.
#[derive(Default)]
struct Scratch {
    q: Vec<i8>,
    scale: Vec<f32>,
    min: Vec<f32>,
    values: Vec<f32>,
}

impl Scratch {
    /// Runs `f` with this thread's buffers, which hold anything.
    fn with<R>(f: impl FnOnce(&mut Scratch) -> R) -> R {
        thread_local! {
            static SCRATCH: Cell<Scratch> = Cell::default();
        }
        let mut scratch = SCRATCH.take();
        let result = f(&mut scratch);
        SCRATCH.set(scratch);
        result
    }
}

/// The first `len` places of a buffer, grown if need be.
fn room<T: Copy + Default>(buffer: &mut Vec<T>, len: usize) -> &mut [T] {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
    &mut buffer[..len]
}
