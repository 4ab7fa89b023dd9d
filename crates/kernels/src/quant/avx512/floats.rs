//! Products with floats, a lane for each row of a strip, and of pairs.

use std::arch::x86_64::*;
use std::ops::Range;

use super::super::avx2;
use super::super::half::f32_to_bf16;
use super::super::job::Job;
use super::super::packed::Form;
use super::super::scratch::with_values;
use super::super::strip::STRIP;
use super::{LINE, fetch, set_strip};

/// Rows of `x` in a tile: of two strips that is 12 sums, enough to hide their
/// latency, with fewer loads than of one.
const X: usize = 6;

/// Sets the outputs of some strips.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c")]
pub(in super::super) unsafe fn f32(job: &Job, x: &[f32], strips: Range<usize>) {
    if job.w.form == Form::Stored && !job.w.dtype.is_quantised() {
        // SAFETY: the caller's promise.
        return unsafe { avx2::f32(job, x, strips) };
    }
    if job.w.form == Form::Pairs {
        // SAFETY: the caller's promise.
        return unsafe { halves::strips(job, x, job.w.cols, strips, |s| job.w.strip_pairs(s)) };
    }
    for strip in strips {
        with_values(
            &job.w,
            strip,
            |w, strip, wide| avx2::unpack(w, strip, wide),
            |w| {
                let w = as_bytes(w);
                // SAFETY: the caller's promise.
                unsafe { columns::strips(job, x, job.w.cols, strip..strip + 1, |_| w) };
            },
        );
    }
}

/// Sets the outputs of some strips of pairs.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c")]
pub(in super::super) unsafe fn bf16(job: &Job, x: &[u32], strips: Range<usize>) {
    // SAFETY: the caller's promise.
    unsafe {
        let cols = job.w.cols.div_ceil(2);
        pairs_of_halves::strips(job, x, cols, strips, |s| job.w.strip_pairs(s));
    }
}

/// The bytes of columns.
fn as_bytes(w: &[[f32; STRIP]]) -> &[[u8; 64]] {
    // SAFETY: both are 64 bytes, of any bits; bytes need no alignment.
    unsafe { std::slice::from_raw_parts(w.as_ptr().cast(), w.len()) }
}

/// Rounds a row to bfloat16, in pairs.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16")]
pub(in super::super) fn pairs(x: &[f32], out: &mut [u32]) {
    let (x32, tail) = x.as_chunks::<32>();
    let (out16, out_tail) = out.split_at_mut(16 * x32.len());
    for (x, out) in x32.iter().zip(out16.as_chunks_mut::<16>().0) {
        // SAFETY: 32 readable floats, 16 writable pairs.
        unsafe {
            let (a, b) = (
                _mm512_loadu_ps(x.as_ptr()),
                _mm512_loadu_ps(x.as_ptr().add(16)),
            );
            let pairs: __m512i = std::mem::transmute(_mm512_cvtne2ps_pbh(b, a));
            _mm512_storeu_si512(out.as_mut_ptr().cast(), pairs);
        }
    }
    for (x, out) in tail.chunks(2).zip(out_tail) {
        let half = |i: usize| x.get(i).map_or(0, |&x| u32::from(f32_to_bf16(x)));
        *out = half(0) | half(1) << 16;
    }
}

/// Defines a module with a function `strips` that sets the outputs of some strips,
/// of which `w` gives the columns: steps along them each add something to the
/// sums of some rows of `x`.
macro_rules! products {
    ($name:ident, $features:literal, $x:ty, $step:expr) => {
        mod $name {
            use super::*;

            /// # Safety
            /// While it runs, nothing else may touch the outputs of these strips.
            #[target_feature(enable = $features)]
            pub(super) unsafe fn strips<'a>(
                job: &Job,
                x: &[$x],
                cols: usize,
                strips: Range<usize>,
                w: impl Fn(usize) -> &'a [[u8; 64]],
            ) {
                // SAFETY: the caller's promise.
                unsafe {
                    // One row has to stream: one strip after the other.
                    if strips.len() == 2 && job.m > 1 {
                        let first = strips.start;
                        rows(job, x, cols, first, [w(first), w(first + 1)]);
                    } else {
                        strips.for_each(|strip| rows(job, x, cols, strip, [w(strip)]));
                    }
                }
            }

            /// # Safety
            /// While it runs, nothing else may touch the outputs of these strips.
            #[target_feature(enable = $features)]
            unsafe fn rows<const S: usize>(
                job: &Job,
                x: &[$x],
                cols: usize,
                first: usize,
                w: [&[[u8; 64]]; S],
            ) {
                let mut i = 0;
                while i < job.m {
                    let left = job.m - i;
                    // Tiles of about the same size.
                    let count = left.div_ceil(left.div_ceil(X));
                    // SAFETY: the caller's promise.
                    unsafe {
                        match count {
                            1 => tile::<S, 1>(job, x, cols, first, w, i),
                            2 => tile::<S, 2>(job, x, cols, first, w, i),
                            3 => tile::<S, 3>(job, x, cols, first, w, i),
                            4 => tile::<S, 4>(job, x, cols, first, w, i),
                            5 => tile::<S, 5>(job, x, cols, first, w, i),
                            _ => tile::<S, X>(job, x, cols, first, w, i),
                        }
                    }
                    i += count;
                }
            }

            /// # Safety
            /// While it runs, nothing else may touch the outputs of these strips.
            #[inline]
            #[target_feature(enable = $features)]
            unsafe fn tile<const S: usize, const M: usize>(
                job: &Job,
                x: &[$x],
                cols: usize,
                first: usize,
                w: [&[[u8; 64]]; S],
                row: usize,
            ) {
                let x: [&[$x]; M] = std::array::from_fn(|t| &x[(row + t) * cols..][..cols]);
                let len = w[0].len();
                assert!(w.iter().all(|w| w.len() == len));

                let mut acc = [[_mm512_setzero_ps(); M]; S];
                for at in 0..len {
                    if row == 0 {
                        w.iter()
                            .for_each(|w| fetch::<S>(w.as_flattened(), LINE * at));
                    }
                    let w: [__m512; S] = std::array::from_fn(|s| {
                        // SAFETY: 64 readable bytes; loadu takes any alignment.
                        unsafe { _mm512_loadu_ps(w[s][at].as_ptr().cast()) }
                    });
                    let step = $step;
                    for t in 0..M {
                        for s in 0..S {
                            acc[s][t] = step(acc[s][t], w[s], x[t], at);
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
        }
    };
}

products!(
    columns,
    "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c",
    f32,
    |acc: __m512, w: __m512, x: &[f32], at: usize| {
        _mm512_fmadd_ps(w, _mm512_set1_ps(x[at]), acc)
    }
);
products!(
    halves,
    "avx512f,avx512bw,avx512vl,avx512dq,avx2,fma,f16c",
    f32,
    |acc: __m512, w: __m512, x: &[f32], at: usize| {
        let w = _mm512_castps_si512(w);
        let even = _mm512_castsi512_ps(_mm512_slli_epi32::<16>(w));
        let acc = _mm512_fmadd_ps(even, _mm512_set1_ps(x[2 * at]), acc);
        let Some(&x) = x.get(2 * at + 1) else {
            return acc;
        };
        let odd = _mm512_and_si512(w, _mm512_set1_epi32(0xFFFF_0000_u32 as i32));
        _mm512_fmadd_ps(_mm512_castsi512_ps(odd), _mm512_set1_ps(x), acc)
    }
);
products!(
    pairs_of_halves,
    "avx512f,avx512bw,avx512vl,avx512dq,avx512bf16,avx2,fma,f16c",
    u32,
    |acc: __m512, w: __m512, x: &[u32], at: usize| {
        let x = _mm512_set1_epi32(x[at] as i32);
        // SAFETY: vectors of the same size; any bits are a value.
        unsafe {
            let w = std::mem::transmute::<__m512, __m512bh>(w);
            let x = std::mem::transmute::<__m512i, __m512bh>(x);
            _mm512_dpbf16_ps(acc, w, x)
        }
    }
);
