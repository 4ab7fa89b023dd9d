//! The definition: one key after the other, over any kind of float.

use super::{BLOCK, Call, Keys, LANES, Row, SPAN, Sequence, part_len};
use crate::float::{Float, dot};
use std::ops::Range;

pub(super) fn span<F: Float>(
    call: &Call<F>,
    seq: &Sequence,
    kv_head: usize,
    rows: Range<usize>,
    span: usize,
    parts: &mut [F],
    keys: &mut [F],
) {
    let dim = call.shape.head_dim;
    let scale = F::of(f64::from(call.shape.scale) * std::f64::consts::LOG2_E);
    let exp2 = |x: F| (x * F::of(std::f64::consts::LN_2)).exp();
    for (row, part) in rows.zip(parts.chunks_exact_mut(part_len(dim))) {
        let row = Row::new(seq, call.shape, kv_head, row);
        let q = &call.q[row.at.clone()];
        part.fill(F::ZERO);
        let (part, max) = part.split_at_mut(part.len() - LANES);
        let (out, sum) = part.split_at_mut(part.len() - LANES);
        max[0] = F::NEG_INFINITY;
        let start = row.visible.start.max(span * SPAN);
        let end = row.visible.end.min((span + 1) * SPAN);
        for first in (start / BLOCK * BLOCK..end).step_by(BLOCK) {
            let visible = start.max(first) - first..end.min(first + BLOCK) - first;
            let (k, v) = keys.split_at_mut(dim * BLOCK);
            let mut p = [F::ZERO; BLOCK];
            let mut new_max = max[0];
            for j in visible.clone() {
                let at = j * dim..(j + 1) * dim;
                let slot = seq.blocks[first / BLOCK] + j;
                call.keys
                    .read(&mut k[at.clone()], &mut v[at.clone()], slot, kv_head, call);
                p[j] = dot(q, &k[at]) * scale;
                new_max = new_max.max(p[j]);
            }
            let shrink = exp2(max[0] - new_max);
            max[0] = new_max;
            sum[0] *= shrink;
            for out in &mut *out {
                *out *= shrink;
            }
            for j in visible {
                let p = exp2(p[j] - new_max);
                sum[0] += p;
                for (out, &v) in out.iter_mut().zip(&v[j * dim..(j + 1) * dim]) {
                    *out += p * v;
                }
            }
        }
    }
}

impl<F: Float> Keys<'_, F> {
    /// A slot's key and value.
    fn read(&self, k: &mut [F], v: &mut [F], slot: usize, kv_head: usize, call: &Call<F>) {
        let dim = call.shape.head_dim;
        match *self {
            Keys::Rows { k: keys, v: values } => {
                let at = (slot * call.shape.kv_heads + kv_head) * dim;
                k.copy_from_slice(&keys[at..at + dim]);
                v.copy_from_slice(&values[at..at + dim]);
            }
            Keys::Cached { cache, layer } => {
                for (d, (k, v)) in k.iter_mut().zip(v).enumerate() {
                    let (key, value) = cache.read(layer, slot, kv_head, d);
                    (*k, *v) = (F::of(key.into()), F::of(value.into()));
                }
            }
        }
    }
}
