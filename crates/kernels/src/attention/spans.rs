//! Rows from their spans: one after the other, or by several threads.

use super::{
    BLOCK, Call, Kernel, LANES, Row, SCRATCH, Sequence, chunks, find, padded, part_len, spans,
};
use crate::float::{Float, sum};
use crate::parallel::{Disjoint, for_each};
use std::cell::Cell;
use std::ops::Range;

thread_local! {
    /// Kept between calls, so that there is nothing to allocate.
    static PARTS: Cell<Vec<f32>> = const { Cell::new(Vec::new()) };
}

/// Computes some rows of one sequence and one head of keys, span by span.
///
/// # Safety
/// While it runs, nothing else may touch these rows of `out`.
pub(super) unsafe fn whole<F: Float>(
    call: &Call<F>,
    kernel: Kernel<F>,
    seq: &Sequence,
    kv_head: usize,
    rows: Range<usize>,
    scratch: &mut Vec<F>,
) {
    let len = part_len(call.shape.head_dim);
    let (sums, keys) = (rows.len() * len, 2 * padded(call.shape.head_dim) * BLOCK);
    let (parts, rest) = aligned(scratch, 2 * sums + keys).split_at_mut(sums);
    let (totals, keys) = rest.split_at_mut(sums);
    let row = |r: usize| Row::new(seq, call.shape, kv_head, rows.start + r);
    let spans = row(0).spans().start..row(rows.len() - 1).spans().end;
    for r in 0..rows.len() {
        // SAFETY: the caller's promise.
        will_write(unsafe { call.out.slice(row(r).at) });
    }
    for span in spans {
        kernel(call, seq, kv_head, rows.clone(), span, parts, keys);
        let both = totals.chunks_exact_mut(len).zip(parts.chunks_exact(len));
        for (r, (total, part)) in both.enumerate() {
            merge(total, part, &row(r), span);
        }
    }
    for (r, total) in totals.chunks_exact(len).enumerate() {
        // SAFETY: the caller's promise.
        finish(unsafe { call.out.slice(row(r).at) }, total);
    }
}

/// As [`whole`] for all sequences, in parallel over spans too.
pub(super) fn split(call: &Call<f32>, seqs: &[Sequence], kernel: Kernel<f32>) {
    let len = part_len(call.shape.head_dim);
    let rows = |seq: &Sequence| seq.queries * call.shape.group();
    // Parts are `[sequence][span][kv_head][row]`.
    let floats =
        |seq: &Sequence| spans(seq, call.shape).len() * call.shape.kv_heads * rows(seq) * len;
    let mut memory = PARTS.take();
    let count: usize = seqs.iter().map(floats).sum();
    let (total, parts) = aligned(&mut memory, len + count).split_at_mut(len);
    let parts = Disjoint::new(parts);
    let tasks_of = |seq: &Sequence| {
        spans(seq, call.shape).len() * call.shape.kv_heads * chunks(seq, call.shape)
    };
    for_each(seqs.iter().map(tasks_of).sum(), 1, &|range| {
        let mut scratch = SCRATCH.take();
        let keys = aligned(&mut scratch, 2 * padded(call.shape.head_dim) * BLOCK);
        for mut task in range {
            let mut at = 0;
            for seq in seqs {
                if task < tasks_of(seq) {
                    let per_span = tasks_of(seq) / spans(seq, call.shape).len();
                    let (_, kv_head, range) =
                        find(std::slice::from_ref(seq), call.shape, task % per_span);
                    let span = task / per_span;
                    at += (span * call.shape.kv_heads + kv_head) * rows(seq) * len;
                    let part = at + range.start * len..at + range.end * len;
                    let span = spans(seq, call.shape).start + span;
                    // SAFETY: each task has its rows of its span's parts.
                    let part = unsafe { parts.slice(part) };
                    kernel(call, seq, kv_head, range, span, part, keys);
                    break;
                }
                task -= tasks_of(seq);
                at += floats(seq);
            }
        }
        SCRATCH.set(scratch);
    });
    let mut at = 0;
    for seq in seqs {
        let per_span = call.shape.kv_heads * rows(seq) * len;
        for r in 0..call.shape.kv_heads * rows(seq) {
            let row = Row::new(seq, call.shape, r / rows(seq), r % rows(seq));
            for span in row.spans() {
                let at = at + (span - spans(seq, call.shape).start) * per_span + r * len;
                // SAFETY: the threads are done.
                merge(total, unsafe { parts.slice(at..at + len) }, &row, span);
            }
            // SAFETY: as above, and nobody else writes to `out`.
            finish(unsafe { call.out.slice(row.at) }, total);
        }
        at += floats(seq);
    }
    PARTS.set(memory);
}

/// `len` numbers, the first of them aligned to a cache line.
fn aligned<F: Float>(scratch: &mut Vec<F>, len: usize) -> &mut [F] {
    const LINE: usize = 64;
    if scratch.len() < len + LINE {
        scratch.resize(len + LINE, F::ZERO);
    }
    let offset = scratch.as_ptr().align_offset(LINE).min(LINE);
    &mut scratch[offset..offset + len]
}

/// Asks for memory that is written in a while, so that writes need not wait.
fn will_write<F>(out: &mut [F]) {
    #[cfg(target_arch = "x86_64")]
    for line in out.chunks(64 / size_of::<F>()) {
        use std::arch::x86_64::{_MM_HINT_ET0, _mm_prefetch};
        // SAFETY: a hint, about memory that is there.
        unsafe { _mm_prefetch::<_MM_HINT_ET0>(line.as_ptr().cast()) }
    }
    #[cfg(not(target_arch = "x86_64"))]
    let _ = out;
}

/// Adds what a row summed up in a span to what it has of those before.
fn merge<F: Float>(total: &mut [F], part: &[F], row: &Row, span: usize) {
    if !row.spans().contains(&span) {
        return;
    }
    if span == row.spans().start {
        return total.copy_from_slice(part);
    }
    let max = total.len() - LANES;
    let factor = |less: F| (less * F::of(std::f64::consts::LN_2)).exp();
    let ahead = part[max] - total[max];
    let sums = total[..max].iter_mut().zip(&part[..max]);
    if ahead > F::ZERO {
        let factor = factor(-ahead);
        for (total, part) in sums {
            *total = *total * factor + *part;
        }
        total[max] = part[max];
    } else {
        let factor = factor(ahead);
        for (total, part) in sums {
            *total += *part * factor;
        }
    }
}

/// A row's output from all it summed up.
fn finish<F: Float>(out: &mut [F], total: &[F]) {
    let (columns, _) = total.split_at(total.len() - LANES);
    let (columns, sums) = columns.split_at(columns.len() - LANES);
    let inverse = F::ONE / sum(sums, |x| x);
    for (out, x) in out.iter_mut().zip(columns) {
        *out = *x * inverse;
    }
}
