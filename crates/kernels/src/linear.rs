//! Linear layers: `out = x·wᵀ + b`, and their gradients.
//!
//! ```text
//! out[m,n]  = x[m,k] · w[n,k]ᵀ + b[n]
//! dx[m,k]  += dy[m,n] · w[n,k]
//! dw[n,k]  += dy[m,n]ᵀ · x[m,k]
//! db[n]    += Σ_m dy[m,n]
//! ```
//!
//! Two block kernels do the work. *Inner*: every output is a dot product of
//! two contiguous rows. *Outer*: the gradients, where the summed axis is not
//! contiguous, add up outer products of a packed column and a packed row.
//! Blocks of the output are the tasks; each element is summed in one order,
//! which depends on the length of the sum alone.

use crate::parallel::{Disjoint, for_each, for_rows};
use crate::simd::{Level, allowed};
use std::ops::Range;
use std::sync::LazyLock;

#[cfg(target_arch = "x86_64")]
mod avx2;
#[cfg(test)]
mod tests;

/// `out = x·wᵀ + bias`.
///
/// Shapes: `out` is `[m, n]`, `x` is `[m, k]`, `w` is `[n, k]`, `bias` is
/// `[n]`; `m` and `n` follow from the lengths.
///
/// # Panics
/// If the lengths disagree or `k` is 0.
pub fn linear(out: &mut [f32], x: &[f32], w: &[f32], bias: Option<&[f32]>, k: usize) {
    let (m, n) = (rows(x, k), rows(w, k));
    assert_eq!(out.len(), m * n);
    assert!(bias.is_none_or(|b| b.len() == n));
    let call = Inner {
        out: Disjoint::new(out),
        x,
        w,
        bias,
        k,
        n,
    };
    let inner = KERNELS.inner;
    for_blocks(m, n, (INNER_ROWS, INNER_COLS), m * n * k, &|rows, cols| {
        // SAFETY: blocks do not overlap.
        unsafe { inner(&call, rows, cols) }
    });
}

/// `dx += dy·w`.
///
/// Shapes: `dx` is `[m, k]`, `dy` is `[m, n]`, `w` is `[n, k]`.
///
/// # Panics
/// If the lengths disagree or `n` is 0.
pub fn linear_dx(dx: &mut [f32], dy: &[f32], w: &[f32], n: usize) {
    let m = rows(dy, n);
    assert!(w.len().is_multiple_of(n), "{} in {n} rows", w.len());
    let k = w.len() / n;
    assert_eq!(dx.len(), m * k);
    outer(
        Outer {
            out: Disjoint::new(dx),
            a: dy,
            a_row: n,
            a_step: 1,
            b: w,
            steps: n,
            cols: k,
        },
        m,
    );
}

/// `dw += dyᵀ·x`.
///
/// Shapes: `dw` is `[n, k]`, `dy` is `[m, n]`, `x` is `[m, k]`.
///
/// # Panics
/// If the lengths disagree or `n` is 0.
pub fn linear_dw(dw: &mut [f32], dy: &[f32], x: &[f32], n: usize) {
    let m = rows(dy, n);
    assert!(dw.len().is_multiple_of(n), "{} in {n} rows", dw.len());
    let k = dw.len() / n;
    assert_eq!(x.len(), m * k);
    outer(
        Outer {
            out: Disjoint::new(dw),
            a: dy,
            a_row: 1,
            a_step: n,
            b: x,
            steps: m,
            cols: k,
        },
        n,
    );
}

/// `db += Σ_rows dy`, in the order of the rows.
///
/// Shapes: `db` is `[n]`, `dy` is `[m, n]`.
///
/// # Panics
/// If the lengths disagree or `db` is empty.
pub fn bias_grad(db: &mut [f32], dy: &[f32]) {
    let n = db.len();
    rows(dy, n);
    for_rows(db, 1, BIAS_COLS, &|first, db| {
        scalar::add_columns(db, first, dy, n)
    });
}

fn rows(x: &[f32], width: usize) -> usize {
    assert!(
        width > 0 && x.len().is_multiple_of(width),
        "{} in rows of {width}",
        x.len()
    );
    x.len() / width
}

fn outer(call: Outer<f32>, rows: usize) {
    let kernel = KERNELS.outer;
    let (cols, steps) = (call.cols, call.steps);
    for_blocks(
        rows,
        cols,
        (OUTER_ROWS, OUTER_COLS),
        rows * cols * steps,
        &|rows, cols| {
            // SAFETY: blocks do not overlap.
            unsafe { kernel(&call, rows, cols) }
        },
    );
}

/// Rows of `x` and of `w` in an inner task: with 1024 columns of either, 384
/// and 256 KiB.
const INNER_ROWS: usize = 96;
const INNER_COLS: usize = 64;
/// Rows and columns of the output in an outer task; multiples of the tile's.
const OUTER_ROWS: usize = 96;
const OUTER_COLS: usize = 256;
const BIAS_COLS: usize = 256;
/// Fewer multiplications than this are not worth waking a thread.
const SMALL: usize = 1 << 16;

/// Calls `f` for all blocks of an output of `rows` × `cols`.
fn for_blocks(
    rows: usize,
    cols: usize,
    block: (usize, usize),
    work: usize,
    f: &(dyn Fn(Range<usize>, Range<usize>) + Sync),
) {
    let down = rows.div_ceil(block.0);
    let tasks = down * cols.div_ceil(block.1);
    let grain = if work < SMALL { tasks } else { 1 };
    // Down first: the blocks of a column share their rows of `w`.
    for_each(tasks, grain, &|range| {
        for task in range {
            let (r, c) = (task % down * block.0, task / down * block.1);
            f(r..rows.min(r + block.0), c..cols.min(c + block.1));
        }
    });
}

/// `out[i,j] = Σ_k x[i,k]·w[j,k] + bias[j]`
struct Inner<'a, F> {
    out: Disjoint<'a, F>,
    x: &'a [F],
    w: &'a [F],
    bias: Option<&'a [F]>,
    k: usize,
    n: usize,
}

/// `out[i,j] += Σ_s a[i·a_row + s·a_step]·b[s,j]`
struct Outer<'a, F> {
    out: Disjoint<'a, F>,
    a: &'a [F],
    a_row: usize,
    a_step: usize,
    b: &'a [F],
    steps: usize,
    cols: usize,
}

/// Each computes one block of the output, given by rows and columns.
///
/// # Safety
/// While one runs, nothing else may touch its block of `out`.
struct Kernels {
    inner: unsafe fn(&Inner<f32>, Range<usize>, Range<usize>),
    outer: unsafe fn(&Outer<f32>, Range<usize>, Range<usize>),
}

static KERNELS: LazyLock<Kernels> = LazyLock::new(|| kernels().swap_remove(0).1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernels)> {
    let mut kernels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        kernels.push((
            "avx2",
            Kernels {
                // SAFETY: AVX2 and FMA were detected just above; the block is
                // the caller's promise.
                inner: |call, rows, cols| unsafe { avx2::inner(call, rows, cols) },
                // SAFETY: as above.
                outer: |call, rows, cols| unsafe { avx2::outer(call, rows, cols) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        kernels.push((
            "scalar",
            Kernels {
                inner: scalar::inner,
                outer: scalar::outer,
            },
        ));
    }
    kernels
}

mod scalar {
    use super::{Inner, Outer};
    use crate::float::{Float, dot};
    use std::ops::Range;

    /// # Safety
    /// While it runs, nothing else may touch these rows and columns of `out`.
    pub(super) unsafe fn inner<F: Float>(c: &Inner<F>, rows: Range<usize>, cols: Range<usize>) {
        for i in rows {
            // SAFETY: the caller's promise.
            let out = unsafe { c.out.slice(i * c.n + cols.start..i * c.n + cols.end) };
            let x = &c.x[i * c.k..][..c.k];
            for (out, j) in out.iter_mut().zip(cols.clone()) {
                let bias = c.bias.map_or(F::ZERO, |b| b[j]);
                *out = dot(x, &c.w[j * c.k..][..c.k]) + bias;
            }
        }
    }

    /// # Safety
    /// While it runs, nothing else may touch these rows and columns of `out`.
    pub(super) unsafe fn outer<F: Float>(c: &Outer<F>, rows: Range<usize>, cols: Range<usize>) {
        for i in rows {
            // SAFETY: the caller's promise.
            let out = unsafe { c.out.slice(i * c.cols + cols.start..i * c.cols + cols.end) };
            for s in 0..c.steps {
                let a = c.a[i * c.a_row + s * c.a_step];
                let b = &c.b[s * c.cols + cols.start..][..out.len()];
                for (out, &b) in out.iter_mut().zip(b) {
                    *out += a * b;
                }
            }
        }
    }

    /// Adds up columns from `first` on, row by row.
    pub(super) fn add_columns<F: Float>(db: &mut [F], first: usize, dy: &[F], n: usize) {
        for dy in dy.chunks_exact(n) {
            for (db, &dy) in db.iter_mut().zip(&dy[first..]) {
                *db += dy;
            }
        }
    }
}
