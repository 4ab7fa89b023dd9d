//! Products by AVX-512, VNNI and BF16: a lane for each row of a strip.
//!
//! A tile is one or two strips and a few rows of `x`. Its integer sums start at
//! the offset's share, take in a block's eight quads, and go to the float sums
//! by one product. Weights go through once per tile, four values of `x` at a
//! time are broadcast to all lanes.

mod finish;
mod floats;
mod round;

use std::arch::x86_64::*;

use super::activations::Rounded;
use super::job::Job;
use super::scratch::Columns;
use super::strip::{BLOCK, Kind, Strip};
use finish::{add_columns, finish, set_strip};
pub(super) use floats::{bf16, f32, pairs};
pub(super) use round::{limit, round};

const LINE: usize = 64;

/// How many bytes of weights are asked for before they are multiplied.
const AHEAD: usize = 12 << 10;

/// Asks for the line that is multiplied [`AHEAD`] bytes after the one at `at`,
/// if `S` strips are multiplied side by side. Weights lie one after the other, a
/// strip behind the other and a matrix behind the other.
///
/// A block takes so many instructions that those in a core's window ask for
/// about 40 lines, and its own prefetching falls short of what memory can do.
#[inline(always)]
fn fetch<const S: usize>(strip: &[u8], at: usize) {
    let ahead = (AHEAD / S / LINE * LINE).min(strip.len());
    let others = if at + ahead < strip.len() {
        0
    } else {
        (S - 1) * strip.len()
    };
    let line = strip.as_ptr().wrapping_add(at + ahead + others);
    // SAFETY: a hint; no address is wrong.
    unsafe { _mm_prefetch::<_MM_HINT_T0>(line.cast()) };
}

/// Rows of `x` in a tile of two strips: 12 sums in integers, 12 in floats.
const X: usize = 6;

/// A [`Kind`] of strip at compile time.
trait Form {
    const KIND: Kind;
    const NIBBLES: bool;
    /// Scales are floats, not halves.
    const FLOATS: bool;
    /// Groups of a block.
    const GROUPS: usize;
    const OFFSET: bool;
    const MIN: bool;
}

struct Q4<const MIN: bool>;
impl<const MIN: bool> Form for Q4<MIN> {
    const KIND: Kind = Kind::Nibbles { min: MIN };
    const NIBBLES: bool = true;
    const FLOATS: bool = false;
    const GROUPS: usize = 1;
    const OFFSET: bool = !MIN;
    const MIN: bool = MIN;
}

struct Q8;
impl Form for Q8 {
    const KIND: Kind = Kind::Bytes;
    const NIBBLES: bool = false;
    const FLOATS: bool = false;
    const GROUPS: usize = 1;
    const OFFSET: bool = true;
    const MIN: bool = false;
}

struct Wide<const GROUPS: usize, const MIN: bool>;
impl<const GROUPS: usize, const MIN: bool> Form for Wide<GROUPS, MIN> {
    const KIND: Kind = Kind::Wide {
        group16: GROUPS == 2,
        min: MIN,
    };
    const NIBBLES: bool = false;
    const FLOATS: bool = true;
    const GROUPS: usize = GROUPS;
    const OFFSET: bool = true;
    const MIN: bool = MIN;
}

/// All rows of `x` with adjacent strips, from `first`.
///
/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
pub(super) unsafe fn int8(
    job: &Job,
    x: &Rounded,
    first: usize,
    strips: &[Strip],
    columns: &mut Columns,
) {
    let Some(kind) = strips.first().map(|s| s.kind) else {
        return;
    };
    // SAFETY: the caller's promise.
    unsafe {
        match kind {
            Kind::Nibbles { min: false } => tiles::<Q4<false>>(job, x, first, strips, columns),
            Kind::Nibbles { min: true } => tiles::<Q4<true>>(job, x, first, strips, columns),
            Kind::Bytes => tiles::<Q8>(job, x, first, strips, columns),
            Kind::Wide { group16, min } => match (group16, min) {
                (false, false) => tiles::<Wide<1, false>>(job, x, first, strips, columns),
                (false, true) => tiles::<Wide<1, true>>(job, x, first, strips, columns),
                (true, false) => tiles::<Wide<2, false>>(job, x, first, strips, columns),
                (true, true) => tiles::<Wide<2, true>>(job, x, first, strips, columns),
            },
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
unsafe fn tiles<F: Form>(job: &Job, x: &Rounded, first: usize, strips: &[Strip], c: &mut Columns) {
    let blocks = job.w.cols / BLOCK;
    for strip in strips {
        // What `tile` relies on.
        assert!(strip.kind == F::KIND && strip.blocks.len() == blocks * F::KIND.stride());
        if F::FLOATS {
            assert_eq!(strip.scale.len(), blocks * F::GROUPS);
            assert!(!F::MIN || strip.min.len() == strip.scale.len());
        }
    }
    // SAFETY: the caller's promise; the strips were checked just above.
    unsafe {
        if let ([a, b], true) = (strips, job.m > 1) {
            rows::<F, 2>(job, x, first, [a, b], c);
        } else {
            for (i, strip) in strips.iter().enumerate() {
                rows::<F, 1>(job, x, first + i, [strip], c);
            }
        }
    }
}

/// # Safety
/// While it runs, nothing else may touch the outputs of these strips, which
/// must have all their parts.
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
unsafe fn rows<F: Form, const S: usize>(
    job: &Job,
    x: &Rounded,
    first: usize,
    strips: [&Strip; S],
    c: &mut Columns,
) {
    let mut i = 0;
    while i < job.m {
        let left = job.m - i;
        // Tiles of about the same size.
        let count = left.div_ceil(left.div_ceil(X));
        // SAFETY: the caller's promises.
        unsafe {
            match count {
                1 => tile::<F, S, 1>(job, x, i, first, strips, c),
                2 => tile::<F, S, 2>(job, x, i, first, strips, c),
                3 => tile::<F, S, 3>(job, x, i, first, strips, c),
                4 => tile::<F, S, 4>(job, x, i, first, strips, c),
                5 => tile::<F, S, 5>(job, x, i, first, strips, c),
                _ => tile::<F, S, X>(job, x, i, first, strips, c),
            }
        }
        i += count;
    }
}

/// Sixteen scales, or minima (`k` is 1), of group `at`.
///
/// # Safety
/// The strip must have the group.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,f16c")]
unsafe fn table<F: Form>(strip: &Strip, k: usize, at: usize) -> __m512 {
    // SAFETY: the caller's promise; there are 16 halves or floats.
    unsafe {
        if F::FLOATS {
            let floats = if k == 0 { strip.scale } else { strip.min };
            _mm512_loadu_ps(floats.as_ptr().add(at).cast())
        } else {
            let at = at * F::KIND.stride() + 64 * F::KIND.vectors() + 32 * k;
            _mm512_cvtph_ps(_mm256_loadu_si256(strip.blocks.as_ptr().add(at).cast()))
        }
    }
}

/// `Σ q·p` over group `g` of block `b`.
///
/// # Safety
/// The block must be in all strips and in all rows of `p` and `start`.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
unsafe fn dots<F: Form, const S: usize, const M: usize>(
    strips: [&Strip; S],
    p: [*const i8; M],
    start: [*const i32; M],
    b: usize,
    g: usize,
) -> [[__m512i; M]; S] {
    let low = _mm512_set1_epi8(15);
    // SAFETY: the caller's promise.
    unsafe {
        let mut dot = [[_mm512_setzero_si512(); M]; S];
        if F::OFFSET {
            for t in 0..M {
                let start = if F::NIBBLES {
                    *start[t].add(b)
                } else if F::GROUPS == 2 {
                    *start[t].add(2 * b + g)
                } else {
                    *start[t].add(2 * b) + *start[t].add(2 * b + 1)
                };
                let start = _mm512_set1_epi32(start);
                dot.iter_mut().for_each(|dot| dot[t] = start);
            }
        }
        let quads = 8 / F::GROUPS;
        let vectors = if F::NIBBLES { 4 } else { quads };
        for j in 0..vectors {
            let at = b * F::KIND.stride() + 64 * (quads * g + j);
            let w: [__m512i; S] = std::array::from_fn(|s| {
                _mm512_loadu_si512(strips[s].blocks.as_ptr().add(at).cast())
            });
            let four = |t: usize, j: usize| {
                let p = p[t].add(BLOCK * b + 4 * j).cast::<i32>();
                _mm512_set1_epi32(p.read_unaligned())
            };
            if F::NIBBLES {
                let high = w.map(|w| _mm512_and_si512(_mm512_srli_epi16::<4>(w), low));
                let w = w.map(|w| _mm512_and_si512(w, low));
                for t in 0..M {
                    let p = four(t, j);
                    for s in 0..S {
                        dot[s][t] = _mm512_dpbusd_epi32(dot[s][t], w[s], p);
                    }
                }
                for t in 0..M {
                    let p = four(t, 4 + j);
                    for s in 0..S {
                        dot[s][t] = _mm512_dpbusd_epi32(dot[s][t], high[s], p);
                    }
                }
            } else {
                for t in 0..M {
                    let p = four(t, quads * g + j);
                    for s in 0..S {
                        dot[s][t] = _mm512_dpbusd_epi32(dot[s][t], w[s], p);
                    }
                }
            }
        }
        dot
    }
}

/// Sets the outputs of `S` strips for `M` rows of `x` from `row`.
///
/// # Safety
/// While it runs, nothing else may touch these outputs; strips must have all
/// their parts.
#[inline]
#[target_feature(enable = "avx512f,avx512bw,avx512vl,avx512dq,avx512vnni,avx2,fma,f16c")]
unsafe fn tile<F: Form, const S: usize, const M: usize>(
    job: &Job,
    x: &Rounded,
    row: usize,
    first: usize,
    strips: [&Strip; S],
    columns: &mut Columns,
) {
    let blocks = job.w.cols / BLOCK;
    let kind = strips[0].kind;
    // Slices are cut to what is read below.
    let p: [*const i8; M] = std::array::from_fn(|t| x.p(row + t)[..blocks * BLOCK].as_ptr());
    let scale: [*const f32; M] = std::array::from_fn(|t| x.scale(row + t)[..blocks].as_ptr());
    let starts = if !F::OFFSET {
        0
    } else if F::NIBBLES {
        blocks
    } else {
        2 * blocks
    };
    let start: [*const i32; M] = std::array::from_fn(|t| x.start(row + t, kind)[..starts].as_ptr());
    let sums = if F::MIN { F::GROUPS * blocks } else { 0 };
    let sum: [*const f32; M] = std::array::from_fn(|t| x.sum(row + t, kind)[..sums].as_ptr());

    let mut acc = [[_mm512_setzero_ps(); M]; S];
    for b in 0..blocks {
        if row == 0 && !F::FLOATS {
            for strip in strips {
                for line in 0..F::KIND.stride().div_ceil(LINE) {
                    fetch::<S>(strip.blocks, b * F::KIND.stride() + line * LINE);
                }
            }
        }
        // SAFETY: all reads are of block `b` of slices that have all blocks.
        unsafe {
            for g in 0..F::GROUPS {
                let dot = dots::<F, S, M>(strips, p, start, b, g);
                for s in 0..S {
                    let group = F::GROUPS * b + g;
                    let w_scale = table::<F>(strips[s], 0, group);
                    for t in 0..M {
                        let scale = _mm512_mul_ps(w_scale, _mm512_set1_ps(*scale[t].add(b)));
                        let dot = _mm512_cvtepi32_ps(dot[s][t]);
                        acc[s][t] = _mm512_fmadd_ps(scale, dot, acc[s][t]);
                    }
                    if F::MIN {
                        let min = table::<F>(strips[s], 1, group);
                        for t in 0..M {
                            let sum = _mm512_set1_ps(*sum[t].add(group));
                            acc[s][t] = _mm512_fmadd_ps(min, sum, acc[s][t]);
                        }
                    }
                }
            }
        }
    }
    if row == 0 {
        // Only now that they are near: picking columns out of weights that are
        // still in memory keeps the core from fetching them in order.
        for (strip, columns) in strips.iter().zip(&mut *columns) {
            add_columns(strip, x.columns(), columns);
        }
    }
    // SAFETY: the caller's promise.
    unsafe { finish(job, x, row, first, columns, acc) };
}
