//! Rows from their spans: one after the other, or by several threads.

use super::{
    BLOCK, Call, Kernel, LANES, Row, SCRATCH, Sequence, Shape, chunks, find, padded, part_len,
    spans,
};
use crate::float::{Float, sum};
use crate::parallel::{Disjoint, for_each, grain_rows};
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

/// Floats that the parts of [`split`] may take: 16 MiB.
pub(super) const ROOM: usize = 1 << 22;

/// As [`whole`] for all sequences, in parallel over spans too.
///
/// Parts are computed and merged for some spans at a time, so that they take
/// `room` floats, or more only as far as a single span does: for fewer than `FEW`
/// tasks a thread, that is at most `FEW · ROWS` rows a thread, 0.5 MB for heads of
/// 128. What the rows have of earlier spans takes as much as one span.
pub(super) fn split(call: &Call<f32>, seqs: &[Sequence], kernel: Kernel<f32>, room: usize) {
    let len = part_len(call.shape.head_dim);
    let rows = rows_of(seqs, call.shape);
    let most = seqs.iter().map(|seq| spans(seq, call.shape).len()).max();
    let most = most.unwrap_or(0);
    let at_once = spans_at_once(most, rows * len, room);
    let mut memory = PARTS.take();
    let floats = aligned(&mut memory, (1 + at_once) * rows * len);
    let (totals, parts) = floats.split_at_mut(rows * len);
    for first in (0..most).step_by(at_once) {
        let some = first..most.min(first + at_once);
        compute(call, seqs, kernel, some.clone(), &Disjoint::new(parts));
        gather(call, seqs, some, parts, &Disjoint::new(totals));
    }
    PARTS.set(memory);
}

/// How many of `most` spans to compute at a time, `room` being for so many times the
/// `floats` of one: at least one, and about the same number each time.
pub(super) fn spans_at_once(most: usize, floats: usize, room: usize) -> usize {
    let fit = (room / floats.max(1)).clamp(1, most.max(1));
    most.div_ceil(most.div_ceil(fit).max(1)).max(1)
}

/// Computes the parts of `some` spans, each sequence's counted from the first that
/// it sees. Parts are `[span][sequence][kv_head][row]`.
fn compute(
    call: &Call<f32>,
    seqs: &[Sequence],
    kernel: Kernel<f32>,
    some: Range<usize>,
    parts: &Disjoint<f32>,
) {
    let len = part_len(call.shape.head_dim);
    let rows = rows_of(seqs, call.shape);
    let tasks = seqs.iter().map(|seq| chunks(seq, call.shape));
    let per_span = tasks.sum::<usize>() * call.shape.kv_heads;
    for_each(some.len() * per_span, 1, &|range| {
        let mut scratch = SCRATCH.take();
        let keys = aligned(&mut scratch, 2 * padded(call.shape.head_dim) * BLOCK);
        for task in range {
            let (i, task) = (task / per_span, task % per_span);
            let (seq, kv_head, range) = find(seqs, call.shape, task);
            let Some(span) = spans(seq, call.shape).nth(some.start + i) else {
                continue;
            };
            let before = seqs.partition_point(|s| s.first_query < seq.first_query);
            let before = rows_of(&seqs[..before], call.shape);
            let first = i * rows + before + kv_head * seq.queries * call.shape.group();
            let part = (first + range.start) * len..(first + range.end) * len;
            // SAFETY: each task has its rows of its span's parts.
            let part = unsafe { parts.slice(part) };
            kernel(call, seq, kv_head, range, span, part, keys);
        }
        SCRATCH.set(scratch);
    });
}

/// Merges the parts of `some` spans into the totals, in order, and finishes the rows
/// that see no later one.
fn gather(
    call: &Call<f32>,
    seqs: &[Sequence],
    some: Range<usize>,
    parts: &[f32],
    totals: &Disjoint<f32>,
) {
    let len = part_len(call.shape.head_dim);
    let rows = rows_of(seqs, call.shape);
    for_each(rows, grain_rows(some.len() * len), &|range| {
        for r in range {
            // SAFETY: each row has a total of its own.
            let total = unsafe { totals.slice(r * len..(r + 1) * len) };
            let (seq, row) = find_row(seqs, call.shape, r);
            let first = spans(seq, call.shape).start + some.start;
            for i in 0..some.len() {
                let part = &parts[(i * rows + r) * len..][..len];
                merge(total, part, &row, first + i);
            }
            if (first..first + some.len()).contains(&(row.spans().end - 1)) {
                // SAFETY: rows are disjoint, and each is finished once.
                finish(unsafe { call.out.slice(row.at) }, total);
            }
        }
    });
}

/// Rows of all sequences and heads.
fn rows_of(seqs: &[Sequence], shape: &Shape) -> usize {
    seqs.iter().map(|seq| seq.queries * shape.heads).sum()
}

/// Row number `r` of `[sequence][kv_head][row]`.
fn find_row<'a, 'b>(
    seqs: &'a [Sequence<'b>],
    shape: &Shape,
    mut r: usize,
) -> (&'a Sequence<'b>, Row) {
    for seq in seqs {
        if r < seq.queries * shape.heads {
            let per_head = seq.queries * shape.group();
            let row = Row::new(seq, shape, r / per_head, r % per_head);
            return (seq, row);
        }
        r -= seq.queries * shape.heads;
    }
    unreachable!("rows are counted over the same sequences");
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
