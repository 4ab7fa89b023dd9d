//! The vector kernel: tiles of rows against blocks of keys.
//!
//! A tile's scores of a block are as many sums as there are rows and keys, all
//! in registers: keys lie dimension by dimension, so a vector holds one
//! dimension of many keys, and a query's value meets it as a broadcast. The
//! output is gathered likewise, 64 columns of it at a time. An element of the
//! cache becomes a float where it is loaded, once for all rows of the tile.

#![allow(clippy::needless_range_loop)] // rows and vectors are registers, with numbers

use super::lanes::Lanes;
use super::{BLOCK, LANES, padded};
use std::marker::PhantomData;
use std::ops::Range;

/// How far, as a power of two, scores may exceed what is subtracted from them
/// before the sums are scaled anew.
const LAZY: f32 = 8.0;

/// What the cache stores.
pub(super) trait Element: Copy {
    /// Whether a token's key and value have scales.
    const SCALED: bool = false;
    /// Whether the tile asks for the next block meanwhile.
    const FETCH: bool = true;
    /// # Safety
    /// As [`Lanes`]' methods.
    unsafe fn load<S: Lanes>(x: *const Self) -> S::V;
}

impl Element for f32 {
    #[inline(always)]
    unsafe fn load<S: Lanes>(x: *const Self) -> S::V {
        // SAFETY: here and below: the caller's promise.
        unsafe { S::load(x) }
    }
}

/// A half.
impl Element for u16 {
    #[inline(always)]
    unsafe fn load<S: Lanes>(x: *const Self) -> S::V {
        // SAFETY: as above.
        unsafe { S::load_f16(x) }
    }
}

impl Element for i8 {
    const SCALED: bool = true;
    #[inline(always)]
    unsafe fn load<S: Lanes>(x: *const Self) -> S::V {
        // SAFETY: as above.
        unsafe { S::load_i8(x) }
    }
}

/// What was stored as `E`, widened to a float for several tiles.
#[derive(Clone, Copy)]
#[repr(transparent)]
pub(super) struct Wide<E>(f32, PhantomData<E>);

impl<E: Element> Element for Wide<E> {
    const SCALED: bool = E::SCALED;
    const FETCH: bool = false;
    #[inline(always)]
    unsafe fn load<S: Lanes>(x: *const Self) -> S::V {
        // SAFETY: as above; the representation is that of a float.
        unsafe { S::load(x.cast()) }
    }
}

/// Widens a block's keys and values to `out`, and asks for the next.
///
/// # Safety
/// As [`Lanes`]' methods; `count`, a multiple of the lanes, is how many numbers
/// stand at `from` and have room at `out`.
#[inline(always)]
pub(super) unsafe fn widen<S: Lanes, E: Element>(
    out: *mut f32,
    from: *const E,
    count: usize,
    next: *const u8,
) {
    const LINE: usize = 64;
    for i in (0..count).step_by(S::LANES) {
        if (i * size_of::<E>()).is_multiple_of(LINE) {
            fetch::<E>(next, i, S::LANES);
        }
        // SAFETY: the caller's promise.
        unsafe { S::store(out.add(i), E::load::<S>(from.add(i))) };
    }
}

/// Some rows and a block of keys.
pub(super) struct Tile<'a> {
    /// The tile's rows are the first so many as its kernel takes.
    pub(super) rows: &'a [State],
    pub(super) dim: usize,
    /// Factor of the scores, times log₂ e.
    pub(super) scale: f32,
    /// The block's number in its sequence.
    pub(super) block: usize,
    /// `[dim][BLOCK]`
    pub(super) k: *const u8,
    /// `[BLOCK][padded dim]`
    pub(super) v: *const u8,
    /// `[BLOCK]` for keys, the same for values; only of scaled elements.
    pub(super) scales: *const f32,
    /// What to fetch meanwhile: as many bytes as `k` and `v` take.
    pub(super) next: *const u8,
}

/// A row, and its part of the sums.
pub(super) struct State {
    pub(super) q: *const f32,
    /// See [`part_len`].
    pub(super) part: *mut f32,
    pub(super) visible: Range<usize>,
}

impl State {
    pub(super) const NONE: Self = Self {
        q: std::ptr::null(),
        part: std::ptr::null_mut(),
        visible: 0..0,
    };

    fn visible_in(&self, block: usize) -> Range<usize> {
        let clip = |position: usize| position.saturating_sub(block * BLOCK).min(BLOCK);
        clip(self.visible.start)..clip(self.visible.end)
    }
}

/// One block for `R` rows; `N` vectors hold a block's keys.
///
/// # Safety
/// The CPU has the instructions of `S`; there are `R` rows, whose queries,
/// parts and visible keys are where they should be, the keys being `E`.
#[inline(always)]
pub(super) unsafe fn tile<S: Lanes, E: Element, const R: usize, const N: usize>(t: &Tile) {
    let rows = t.rows.as_ptr();
    // SAFETY: for all that follows: the caller's promises.
    unsafe {
        let first = (*rows).visible_in(t.block);
        let last = (*rows.add(R - 1)).visible_in(t.block);
        // Rows' visible keys begin and end in the order of the rows. A row that
        // sees none of this block makes the common ones empty.
        let any = first.start..last.end;
        let common = last.start..first.end.max(last.start);
        let mut p = [[0.0f32; BLOCK]; R];
        {
            let mut s = scores::<S, E, R, N>(t);
            let scale = S::splat(t.scale);
            for n in 0..N {
                let mut factor = scale;
                if E::SCALED {
                    factor = S::mul(scale, S::load(t.scales.add(n * S::LANES)));
                }
                for r in 0..R {
                    s[r][n] = S::mul(s[r][n], factor);
                }
            }
            if common.len() < BLOCK {
                for r in 0..R {
                    let visible = (*rows.add(r)).visible_in(t.block);
                    let bits = ((1u64 << visible.end) - (1u64 << visible.start)) as u32;
                    for n in 0..N {
                        s[r][n] = S::visible(bits >> (n * S::LANES), s[r][n]);
                    }
                }
            }
            for r in 0..R {
                let row = &*rows.add(r);
                // Not a row that sees nothing: it has no maximum yet.
                if common.is_empty() && row.visible_in(t.block).is_empty() {
                    continue;
                }
                exponentiate::<S, E, N>(t, row, s[r], &mut p[r]);
            }
        }
        let mut c = 0;
        while c < padded(t.dim) {
            if c + 4 * S::LANES <= padded(t.dim) {
                gather::<S, E, R, 4>(t, &p, &any, &common, c);
                c += 4 * S::LANES;
            } else {
                gather::<S, E, R, 1>(t, &p, &any, &common, c);
                c += S::LANES;
            }
        }
    }
}

/// `q · k` of every row and key.
///
/// # Safety
/// As [`tile`]'s.
#[inline(always)]
unsafe fn scores<S: Lanes, E: Element, const R: usize, const N: usize>(t: &Tile) -> [[S::V; N]; R] {
    // SAFETY: the caller's promises.
    unsafe {
        let k = t.k.cast::<E>();
        let mut q = [std::ptr::null(); R];
        for r in 0..R {
            q[r] = (*t.rows.as_ptr().add(r)).q;
        }
        let mut s = [[S::splat(0.0); N]; R];
        for d in 0..t.dim {
            if E::FETCH {
                fetch::<E>(t.next, d * BLOCK, BLOCK);
            }
            let mut values = [S::splat(0.0); R];
            for r in 0..R {
                values[r] = S::splat(*q[r].add(d));
            }
            for n in 0..N {
                let k = E::load::<S>(k.add(d * BLOCK + n * S::LANES));
                for r in 0..R {
                    s[r][n] = S::fma(values[r], k, s[r][n]);
                }
            }
        }
        s
    }
}

/// Asks for `count` elements from number `at` on.
#[inline(always)]
fn fetch<E>(from: *const u8, at: usize, count: usize) {
    const LINE: usize = 64;
    for line in 0..(count * size_of::<E>()).div_ceil(LINE) {
        let line = from.wrapping_add(at * size_of::<E>() + line * LINE);
        // SAFETY: a hint; no address is wrong.
        unsafe {
            std::arch::x86_64::_mm_prefetch::<{ std::arch::x86_64::_MM_HINT_T0 }>(line.cast())
        }
    }
}

/// Turns a row's scores into `2^(score − max)`, counting them in its sum.
///
/// What is subtracted follows the largest score only when it is left far
/// behind: any number near it would do.
///
/// # Safety
/// As [`tile`]'s.
#[inline(always)]
unsafe fn exponentiate<S: Lanes, E: Element, const N: usize>(
    t: &Tile,
    row: &State,
    s: [S::V; N],
    p: &mut [f32; BLOCK],
) {
    let columns = padded(t.dim);
    // SAFETY: the caller's promises; a part is the output, a sum per lane and
    // the maximum.
    unsafe {
        let (sums, max) = (row.part.add(columns), row.part.add(columns + LANES));
        let mut most = s[0];
        for n in 1..N {
            most = S::max(most, s[n]);
        }
        if S::any_above(most, *max + LAZY) {
            // At first `max` is −∞, and the zeros are multiplied by zero.
            let new = S::max_lane(most).max(*max);
            let shrink = S::exp2(S::splat(*max - new));
            *max = new;
            for i in (0..columns + LANES).step_by(S::LANES) {
                S::store(row.part.add(i), S::mul(S::load(row.part.add(i)), shrink));
            }
        }
        let max = S::splat(*max);
        for n in 0..N {
            let e = S::exp2(S::sub(s[n], max));
            let sum = sums.add(n * S::LANES % LANES);
            S::store(sum, S::add(S::load(sum), e));
            let mut weight = e;
            if E::SCALED {
                weight = S::mul(e, S::load(t.scales.add(BLOCK + n * S::LANES)));
            }
            S::store(p.as_mut_ptr().add(n * S::LANES), weight);
        }
    }
}

/// Adds `Σ_j p_j · v_j` in `N` vectors of columns from `c` on.
///
/// # Safety
/// As [`tile`]'s; the columns lie in the padded head.
#[inline(always)]
unsafe fn gather<S: Lanes, E: Element, const R: usize, const N: usize>(
    t: &Tile,
    p: &[[f32; BLOCK]; R],
    any: &Range<usize>,
    common: &Range<usize>,
    c: usize,
) {
    // SAFETY: the caller's promises.
    unsafe {
        let (rows, columns) = (t.rows.as_ptr(), padded(t.dim));
        let v = t.v.cast::<E>().add(c);
        let next = t.next.wrapping_add(t.v.addr() - t.k.addr());
        let mut sums = [[S::splat(0.0); N]; R];
        for r in 0..R {
            for n in 0..N {
                sums[r][n] = S::load((*rows.add(r)).part.add(c + n * S::LANES));
            }
        }
        // A row adds its keys in order: those before what all see, those, those
        // after.
        let (before, after) = if common.is_empty() {
            (any.clone(), 0..0)
        } else {
            (any.start..common.start, common.end..any.end)
        };
        edge::<S, E, R, N>(t, p, before, v, &mut sums);
        for j in common.clone() {
            if E::FETCH {
                fetch::<E>(next, j * columns + c, N * S::LANES);
            }
            let mut weights = [S::splat(0.0); R];
            for r in 0..R {
                weights[r] = S::splat(p[r][j]);
            }
            for n in 0..N {
                let v = E::load::<S>(v.add(j * columns + n * S::LANES));
                for r in 0..R {
                    sums[r][n] = S::fma(weights[r], v, sums[r][n]);
                }
            }
        }
        edge::<S, E, R, N>(t, p, after, v, &mut sums);
        for r in 0..R {
            for n in 0..N {
                S::store((*rows.add(r)).part.add(c + n * S::LANES), sums[r][n]);
            }
        }
    }
}

/// Adds keys that only some of the rows see. The others must not even multiply
/// them by 0: what is stored there may be anything.
///
/// # Safety
/// As [`gather`]'s.
#[inline(always)]
unsafe fn edge<S: Lanes, E: Element, const R: usize, const N: usize>(
    t: &Tile,
    p: &[[f32; BLOCK]; R],
    keys: Range<usize>,
    v: *const E,
    sums: &mut [[S::V; N]; R],
) {
    // SAFETY: the caller's promises.
    unsafe {
        for j in keys {
            for r in 0..R {
                if (*t.rows.as_ptr().add(r)).visible_in(t.block).contains(&j) {
                    let weight = S::splat(p[r][j]);
                    for n in 0..N {
                        let v = E::load::<S>(v.add(j * padded(t.dim) + n * S::LANES));
                        sums[r][n] = S::fma(weight, v, sums[r][n]);
                    }
                }
            }
        }
    }
}
