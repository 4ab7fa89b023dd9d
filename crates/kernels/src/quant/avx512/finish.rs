//! What a tile does after its blocks: products with outliers, outputs.

use std::arch::x86_64::*;

use super::super::activations::Rounded;
use super::super::job::Job;
use super::super::scratch::Columns;
use super::super::strip::{Kind, STRIP, Strip};

/// `scale·q` of columns, as [`Strip::columns`].
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
pub(super) fn add_columns(strip: &Strip, cols: &[u32], out: &mut Vec<[f32; STRIP]>) {
    if out.len() < cols.len() {
        out.resize(cols.len(), [0.0; STRIP]);
    }
    let (group, offset) = (strip.kind.group(), _mm512_set1_epi32(strip.kind.offset()));
    for (&col, out) in cols.iter().zip(out) {
        let (quad, shift, mask) = strip.place(col as usize);
        let at = col as usize / group;
        // SAFETY: 64 readable bytes, 16 writable floats, and 16 scales in one
        // of the tables.
        unsafe {
            let bits = _mm512_loadu_si512(quad.as_ptr().cast());
            let bits = _mm512_srl_epi32(bits, _mm_cvtsi32_si128(shift as i32));
            let u = _mm512_and_si512(bits, _mm512_set1_epi32(mask as i32));
            let q = _mm512_cvtepi32_ps(_mm512_sub_epi32(u, offset));
            let scale = if let Kind::Wide { .. } = strip.kind {
                _mm512_loadu_ps(strip.scale[at].as_ptr())
            } else {
                let halves = strip.halves(0, col as usize);
                _mm512_cvtph_ps(_mm256_loadu_si256(halves.as_ptr().cast()))
            };
            _mm512_storeu_ps(out.as_mut_ptr(), _mm512_mul_ps(scale, q));
        }
    }
}

/// Adds the outliers' products to the sums of a tile, and sets its outputs.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
pub(super) unsafe fn finish<const S: usize, const M: usize>(
    job: &Job,
    x: &Rounded,
    row: usize,
    first: usize,
    columns: &Columns,
    mut acc: [[__m512; M]; S],
) {
    let added = columns[..S].iter().map(Vec::len).min();
    assert!(added >= Some(x.columns().len()));
    // All rows take as many steps, side by side: sums that wait for each other
    // are slow, and so are branches that every row takes differently. Sums
    // begin at +0, so that adding a zero changes none (but the sign of one that
    // underflowed from below).
    let count = (row..row + M).map(|row| x.count(row)).max().unwrap_or(0);
    let outliers: [_; M] = std::array::from_fn(|t| x.outliers(row + t, count));
    for i in 0..count {
        for (t, (places, values)) in outliers.iter().enumerate() {
            // SAFETY: there are `count` of them. Places are below the number of
            // columns with outliers, as many as there are; a column is 16 floats.
            unsafe {
                let place = *places.get_unchecked(i) as usize;
                let value = _mm512_set1_ps(*values.get_unchecked(i));
                for s in 0..S {
                    let column = _mm512_loadu_ps(columns[s].as_ptr().add(place).cast());
                    acc[s][t] = _mm512_fmadd_ps(column, value, acc[s][t]);
                }
            }
        }
    }
    for s in 0..S {
        for t in 0..M {
            // SAFETY: the caller's promise.
            unsafe { set_strip(job, row + t, first + s, acc[s][t]) };
        }
    }
}

/// Sets the outputs of a strip to sums plus bias, as [`Job::set_strip`].
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[inline]
#[target_feature(enable = "avx512f")]
pub(super) unsafe fn set_strip(job: &Job, x_row: usize, strip: usize, mut sums: __m512) {
    let first = strip * STRIP;
    let count = STRIP.min(job.w.rows - first);
    let mask = u16::MAX >> (STRIP - count);
    let at = x_row * job.w.rows + first;
    // SAFETY: the caller's promise; a mask has as many bits as there are values
    // in a slice.
    unsafe {
        if let Some(bias) = job.bias {
            let bias = &bias[first..first + count];
            sums = _mm512_add_ps(sums, _mm512_maskz_loadu_ps(mask, bias.as_ptr()));
        }
        let out = job.out.slice(at..at + count);
        _mm512_mask_storeu_ps(out.as_mut_ptr(), mask, sums);
    }
}
