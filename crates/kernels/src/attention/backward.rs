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
use crate::simd::{Level, allowed};
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
    let tokens: usize = lens.iter().sum();
    let width = tokens * shape.heads * shape.head_dim;
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
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        // SAFETY: AVX2 and FMA were detected just above; the rows are the
        // caller's promise.
        kernels.push(("avx2", |call, first, len, head| unsafe {
            avx2::head(call, first, len, head)
        }));
    }
    if allowed(Level::Scalar) {
        kernels.push(("scalar", |call, first, len, head| {
            // SAFETY: the caller's promise.
            unsafe { scalar::head(call, first, len, head, scalar::softmax) }
        }));
    }
    kernels
}

pub(super) mod scalar {
    use super::Call;
    use crate::float::{Float, dot};
    use crate::softmax::scalar::max;

    pub(in super::super) fn softmax<F: Float>(x: &mut [F]) {
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
    #[inline(always)]
    pub(in super::super) unsafe fn head<F: Float>(
        call: &Call<F>,
        first: usize,
        len: usize,
        kv_head: usize,
        softmax: impl Fn(&mut [F]),
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

    #[inline(always)]
    fn add<F: Float>(y: &mut [F], a: F, x: &[F]) {
        for (y, &x) in y.iter_mut().zip(x) {
            *y += a * x;
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{Call, scalar};

    /// The definition, compiled for wider vectors, with the fast softmax.
    ///
    /// # Safety
    /// As the definition's.
    #[target_feature(enable = "avx2,fma")]
    pub(super) unsafe fn head(call: &Call<f32>, first: usize, len: usize, kv_head: usize) {
        let softmax = |x: &mut [f32]| {
            let width = x.len();
            crate::softmax::softmax_rows(x, width);
        };
        // SAFETY: the caller's promise.
        unsafe { scalar::head(call, first, len, kv_head, softmax) }
    }
}
