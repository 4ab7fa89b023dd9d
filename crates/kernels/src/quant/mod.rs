//! Products with weights that stay in their stored precision: `y = x·Wᵀ + b`.
//!
//! One view serves every quantised format: groups of 16 or 32 values share a
//! scale and a minimum, `w = scale·q + min` with `q` an `i8`. So for
//! activations quantised in the same way, `x = s·p` in blocks of 32 and a few
//! outliers `o` beside them,
//!
//! ```text
//! Σ w·x = Σ_groups (scale·s·Σ q·p + min·Σ x) + Σ_outliers scale·q·o
//! ```
//!
//! with integer sums inside (Jacob et al. 2018, §2.3,
//! <https://arxiv.org/abs/1712.05877>; blocks as in llama.cpp). An output is
//! summed in this order, which depends on `cols` and the format alone, so its
//! bits don't depend on the other rows of `x`, on threads or on chunks.
//!
//! Read `packed.rs` for the layout, `activations.rs` for the rounding,
//! `scalar.rs` for the products.
//!
//! Left out: mixtures of experts, gradients (trained weights are f32), and
//! encoders of the formats whose scales are searched for.

mod activations;
#[cfg(target_arch = "x86_64")]
#[allow(clippy::needless_range_loop)] // an index names the same lanes of several arrays
mod avx2;
#[cfg(target_arch = "x86_64")]
#[allow(clippy::needless_range_loop)] // see above
mod avx512;
mod encode;
pub(crate) mod half;
mod job;
mod pack;
mod packed;
mod scalar;
mod scratch;
mod strip;
#[cfg(test)]
mod tests;
mod unpack;
mod versions;

use std::ops::Range;

use crate::dtype::DType;
use crate::parallel::{self, Disjoint};
use activations::{Needs, Rounded};
pub use encode::quantise;
use job::Job;
pub use packed::Packed;
use packed::{Form, kind};
use scratch::{COLUMNS, Columns, WIDE};
use strip::{STRIP, Strip};
use versions::{KERNELS, Kernels};

/// How a product with weights below 32 bits sees `x`.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Activations {
    /// As it is; weights are dequantised.
    F32,
    /// Rounded to what the CPU multiplies fastest: for quantised weights to 8
    /// bits in blocks of 32 but for outliers, for weights in BF16 to that if
    /// there are such instructions. Other weights are multiplied as with
    /// [`Activations::F32`].
    Int8,
}

/// One of several products with the same `x`: `out = x·Wᵀ + bias`.
///
/// `bias` is `[rows]`, `out` is `[m, rows]`.
pub struct Product<'a> {
    pub out: &'a mut [f32],
    pub w: &'a Packed,
    pub bias: Option<&'a [f32]>,
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
/// If the lengths disagree. They are checked when a model is loaded, so here a
/// mismatch is a bug.
pub fn matmul(
    out: &mut [f32],
    x: &[f32],
    w: &Packed,
    bias: Option<&[f32]>,
    activations: Activations,
) {
    matmul_all(&mut [Product { out, w, bias }], x, activations);
}

/// Several products with one `x` (`[m, cols]`), which is rounded once, in one
/// parallel region. Each has the same bits as alone.
///
/// # Panics
/// As [`matmul`]; all weights must have the same `cols`.
pub fn matmul_all(products: &mut [Product], x: &[f32], activations: Activations) {
    matmul_all_by(&KERNELS, products, x, activations);
}

/// Products that share a parallel region; more than a layer has.
const JOBS: usize = 4;

fn matmul_all_by(kernels: &Kernels, products: &mut [Product], x: &[f32], a: Activations) {
    for products in products.chunks_mut(JOBS) {
        let mut jobs = [const { None }; JOBS];
        for (job, product) in jobs.iter_mut().zip(&mut *products) {
            let view = product.w.view();
            *job = Some(Job::new(product.out, view, product.bias));
        }
        multiply(kernels, &jobs, x, a);
    }
}

fn multiply(kernels: &Kernels, jobs: &[Option<Job>], x: &[f32], activations: Activations) {
    let jobs = || jobs.iter().flatten().filter(|job| job.w.rows > 0);
    let Some(first) = jobs().next() else {
        return;
    };
    let (m, cols) = (first.m, first.w.cols);
    assert_eq!(x.len(), m * cols, "{m} rows of {cols}");
    for job in jobs() {
        assert_eq!((job.m, job.w.cols), (m, cols), "products of one x");
    }
    if m == 0 {
        return;
    }
    let path = |job: &Job| match job.w.form {
        _ if activations == Activations::F32 || cols == 0 => Path::F32,
        Form::Pairs if kernels.bf16.is_some() => Path::Bf16,
        _ if job.w.dtype.is_quantised() => Path::Int8,
        _ => Path::F32,
    };
    let mut needs = None;
    for job in jobs().filter(|job| path(job) == Path::Int8) {
        needs.get_or_insert_with(Needs::default).add(kind(&job.w));
    }
    let bf16 = jobs().any(|job| path(job) == Path::Bf16);

    let run = |rounded: Option<&Rounded>, pairs: &[u32]| {
        let units = jobs().map(Job::units).sum();
        // A task worth a thread: about 5 µs.
        let grain = 400_000 / (m * cols * STRIP * UNIT).max(1);
        parallel::for_each(units, grain, &|units| {
            let mut columns = COLUMNS.take();
            for mut unit in units {
                let Some(job) = jobs().find(|job| {
                    let here = unit < job.units();
                    unit -= if here { 0 } else { job.units() };
                    here
                }) else {
                    break;
                };
                let strips = unit * UNIT..job.w.strips().min((unit + 1) * UNIT);
                // SAFETY: units share no row of weights, and `for_each` gives
                // each to one call only.
                unsafe {
                    match (path(job), rounded, kernels.bf16) {
                        (Path::Int8, Some(x), _) => int8(kernels, job, x, strips, &mut columns),
                        (Path::Bf16, _, Some(bf16)) => bf16(job, pairs, strips),
                        _ => (kernels.f32)(job, x, strips),
                    }
                }
            }
            COLUMNS.set(columns);
        });
    };
    let with_pairs = |rounded: Option<&Rounded>| match kernels.pairs.filter(|_| bf16) {
        Some(pairs) => activations::with_pairs(x, cols, pairs, |x| run(rounded, x)),
        None => run(rounded, &[]),
    };
    match needs {
        Some(needs) => Rounded::with(x, cols, needs, (kernels.limit, kernels.round), |x| {
            with_pairs(Some(x))
        }),
        None => with_pairs(None),
    }
}

/// Strips that meet all rows of `x` together.
const UNIT: usize = 2;

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
unsafe fn int8(
    kernels: &Kernels,
    job: &Job,
    x: &Rounded,
    strips: Range<usize>,
    columns: &mut Columns,
) {
    let (first, count) = (strips.start, strips.len());
    if job.w.form != Form::Stored {
        let run = |strips: &[Strip], columns: &mut Columns| {
            // SAFETY: the caller's promise.
            unsafe { (kernels.int8)(job, x, first, strips, columns) }
        };
        return match count {
            1 => run(&[job.w.strip(first)], columns),
            _ => run(&[job.w.strip(first), job.w.strip(first + 1)], columns),
        };
    }
    let mut wide = WIDE.take();
    for (wide, strip) in wide.iter_mut().zip(strips) {
        (kernels.unpack)(&job.w, strip, wide);
    }
    let strips = wide.each_ref().map(|wide| wide.strip(kind(&job.w)));
    // SAFETY: the caller's promise.
    unsafe { (kernels.int8)(job, x, first, &strips[..count], columns) };
    WIDE.set(wide);
}

/// The form in which a product sees `x`.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Path {
    F32,
    Int8,
    Bf16,
}
