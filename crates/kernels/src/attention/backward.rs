//! The gradients of attention over whole, packed sequences.
//!
//! ```text
//! p    = softmax(scale · q·kᵀ)         dv_j += Σ_i p_ij · do_i
//! dp_ij = do_i·v_j                     ds_ij = scale · p_ij · (dp_ij − Σ_l p_il·dp_il)
//! dq_i += Σ_j ds_ij · k_j              dk_j += Σ_i ds_ij · q_i
//! ```
//!
//! The probabilities are computed again rather than kept. A task is one
//! sequence and one head of keys, whose sums it alone adds up, in order.

use super::Shape;
use crate::parallel::{Disjoint, for_each};
use crate::simd::{Level, allowed, definitions_only};
use std::sync::LazyLock;

/// Adds the gradients of causal attention to `dq`, `dk` and `dv`.
///
/// `lens` are the lengths of the sequences, packed one after the other. Shapes:
/// `dq`, `dout` and `q` are `[T, heads · head_dim]`, the others
/// `[T, kv_heads · head_dim]`.
///
/// # Panics
/// If the lengths disagree.
pub fn attention_backward(
    dq: &mut [f32],
    dk: &mut [f32],
    dv: &mut [f32],
    dout: &[f32],
    q: &[f32],
    k: &[f32],
    v: &[f32],
    lens: &[usize],
    shape: &Shape,
) {
    shape.assert_valid();
    let tokens = lens.iter().try_fold(0usize, |sum, &n| sum.checked_add(n));
    // Heads of keys are no more than heads.
    let width = tokens.and_then(|tokens| tokens.checked_mul(shape.heads * shape.head_dim));
    let (Some(tokens), Some(width)) = (tokens, width) else {
        panic!("sequences of {lens:?} tokens fit in memory");
    };
    let kv_width = tokens * shape.kv_heads * shape.head_dim;
    assert_eq!((dq.len(), dout.len(), q.len()), (width, width, width));
    assert_eq!((dk.len(), dv.len()), (kv_width, kv_width));
    assert_eq!((k.len(), v.len()), (kv_width, kv_width));
    let (dq, dk, dv) = (Disjoint::new(dq), Disjoint::new(dk), Disjoint::new(dv));
    let call = Call {
        dq,
        dk,
        dv,
        dout,
        q,
        k,
        v,
        shape,
    };
    let kernel = *KERNEL;
    for_each(lens.len() * shape.kv_heads, 1, &|range| {
        for task in range {
            let (seq, kv_head) = (task / shape.kv_heads, task % shape.kv_heads);
            let first = lens[..seq].iter().sum();
            // SAFETY: tasks are different heads or sequences.
            unsafe { kernel(&call, first, lens[seq], kv_head) };
        }
    });
}

pub(super) struct Call<'a, F> {
    pub(super) dq: Disjoint<'a, F>,
    pub(super) dk: Disjoint<'a, F>,
    pub(super) dv: Disjoint<'a, F>,
    pub(super) dout: &'a [F],
    pub(super) q: &'a [F],
    pub(super) k: &'a [F],
    pub(super) v: &'a [F],
    pub(super) shape: &'a Shape,
}

/// Adds the gradients of the sequence of `len` tokens that starts at row
/// `first`, for one head of keys and its query heads.
///
/// # Safety
/// While it runs, nothing else may touch these heads of these rows of `dq`,
/// `dk` and `dv`.
pub(super) type Kernel = unsafe fn(&Call<f32>, first: usize, len: usize, kv_head: usize);

static KERNEL: LazyLock<Kernel> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
pub(super) fn kernels() -> Vec<(&'static str, Kernel)> {
    let mut kernels: Vec<(&'static str, Kernel)> = Vec::new();
    if !definitions_only() {
        // Plain code over the products of matrices, which are what is fast.
        kernels.push(("blocked", blocked::head));
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", scalar::head));
    }
    kernels
}

pub(super) mod scalar {
    use super::Call;
    use crate::float::{Float, dot};
    use crate::softmax::scalar::max;

    fn softmax<F: Float>(x: &mut [F]) {
        let max = max(x);
        let mut sum = F::ZERO;
        for x in &mut *x {
            *x = (*x - max).exp();
            sum += *x;
        }
        for x in x {
            *x = *x / sum;
        }
    }

    /// # Safety
    /// While it runs, nothing else may touch these heads of these rows of
    /// `dq`, `dk` and `dv`.
    pub(in super::super) unsafe fn head<F: Float>(
        call: &Call<F>,
        first: usize,
        len: usize,
        kv_head: usize,
    ) {
        let (shape, dim) = (call.shape, call.shape.head_dim);
        let scale = F::of(f64::from(shape.scale));
        let key = |position: usize| {
            let start = ((first + position) * shape.kv_heads + kv_head) * dim;
            start..start + dim
        };
        let (mut p, mut dp) = (vec![F::ZERO; len], vec![F::ZERO; len]);
        for (i, head) in (0..len).flat_map(|i| (0..shape.group()).map(move |h| (i, h))) {
            let start = ((first + i) * shape.heads + kv_head * shape.group() + head) * dim;
            let query = start..start + dim;
            let (q, dout) = (&call.q[query.clone()], &call.dout[query.clone()]);
            // SAFETY: here and below: the caller's promise; one at a time.
            let dq = unsafe { call.dq.slice(query) };
            let visible = shape.visible(i);
            let (p, dp) = (&mut p[visible.clone()], &mut dp[visible.clone()]);
            for ((p, dp), j) in p.iter_mut().zip(&mut *dp).zip(visible.clone()) {
                *p = dot(q, &call.k[key(j)]) * scale;
                *dp = dot(dout, &call.v[key(j)]);
            }
            softmax(p);
            let mean = dot(p, dp);
            for ((&p, &dp), j) in p.iter().zip(&*dp).zip(visible) {
                let ds = scale * p * (dp - mean);
                add(dq, ds, &call.k[key(j)]);
                // SAFETY: as above.
                add(unsafe { call.dk.slice(key(j)) }, ds, q);
                // SAFETY: as above.
                add(unsafe { call.dv.slice(key(j)) }, p, dout);
            }
        }
    }

    fn add<F: Float>(y: &mut [F], a: F, x: &[F]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}

/// Blocks of queries against all keys they see, as products of matrices.
mod blocked {
    use super::{Call, Shape};
    use crate::float::dot;
    use crate::linear::{linear, linear_dw, linear_dx};
    use crate::softmax::softmax_rows;
    use std::ops::Range;

    /// Queries per block.
    const QUERIES: usize = 64;

    /// # Safety
    /// As the definition's.
    pub(super) unsafe fn head(call: &Call<f32>, first: usize, len: usize, kv_head: usize) {
        let (shape, dim) = (call.shape, call.shape.head_dim);
        let at = |i: usize, heads: usize, head: usize| {
            let start = ((first + i) * heads + head) * dim;
            start..start + dim
        };
        let copy = |x: &[f32], rows: Range<usize>, heads: usize, head: usize| -> Vec<f32> {
            rows.flat_map(|i| x[at(i, heads, head)].iter().copied())
                .collect()
        };
        let k = copy(call.k, 0..len, shape.kv_heads, kv_head);
        let v = copy(call.v, 0..len, shape.kv_heads, kv_head);
        let (mut dk, mut dv) = (vec![0.0; k.len()], vec![0.0; v.len()]);
        for head in kv_head * shape.group()..(kv_head + 1) * shape.group() {
            for start in (0..len).step_by(QUERIES) {
                let rows = start..len.min(start + QUERIES);
                let keys = shape.visible(start).start..rows.end;
                let values = keys.start * dim..keys.end * dim;
                let q = copy(call.q, rows.clone(), shape.heads, head);
                let dout = copy(call.dout, rows.clone(), shape.heads, head);
                let mut p = vec![0.0; rows.len() * keys.len()];
                let mut ds = p.clone();
                linear(&mut p, &q, &k[values.clone()], None, dim);
                linear(&mut ds, &dout, &v[values.clone()], None, dim);
                differentiate(&mut p, &mut ds, rows.clone(), keys.clone(), shape);
                let mut dq = vec![0.0; q.len()];
                linear_dx(&mut dq, &ds, &k[values.clone()], keys.len());
                linear_dw(&mut dk[values.clone()], &ds, &q, keys.len());
                linear_dw(&mut dv[values], &p, &dout, keys.len());
                for (i, row) in rows.zip(dq.chunks_exact(dim)) {
                    // SAFETY: here and below: the caller's promise.
                    add(unsafe { call.dq.slice(at(i, shape.heads, head)) }, row);
                }
            }
        }
        for (i, (dk, dv)) in dk.chunks_exact(dim).zip(dv.chunks_exact(dim)).enumerate() {
            let row = at(i, shape.kv_heads, kv_head);
            // SAFETY: as above.
            add(unsafe { call.dk.slice(row.clone()) }, dk);
            // SAFETY: as above.
            add(unsafe { call.dv.slice(row) }, dv);
        }
    }

    /// Turns `q·k` into `p` and `dp` into `ds`, 0 where a query does not see.
    fn differentiate(
        p: &mut [f32],
        ds: &mut [f32],
        rows: Range<usize>,
        keys: Range<usize>,
        shape: &Shape,
    ) {
        let width = keys.len();
        for (i, (p, ds)) in rows.zip(p.chunks_exact_mut(width).zip(ds.chunks_exact_mut(width))) {
            let visible = shape.visible(i);
            let visible = visible.start - keys.start..visible.end - keys.start;
            for hidden in [0..visible.start, visible.end..width] {
                p[hidden.clone()].fill(0.0);
                ds[hidden].fill(0.0);
            }
            let (p, ds) = (&mut p[visible.clone()], &mut ds[visible.clone()]);
            for p in &mut *p {
                *p *= shape.scale;
            }
            softmax_rows(p, visible.len());
            let mean = dot(p, ds);
            for (ds, &p) in ds.iter_mut().zip(&*p) {
                *ds = shape.scale * p * (*ds - mean);
            }
        }
    }

    fn add(y: &mut [f32], x: &[f32]) {
        for (y, x) in y.iter_mut().zip(x) {
            *y += x;
        }
    }
}
