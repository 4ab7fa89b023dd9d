//! Spans by vectors: what a tile needs, block by block.

use super::lanes::{Lanes, Rows};
use super::tile::{Element, State, Tile, Wide};
use super::{BLOCK, Call, Keys, LANES, ROWS, Row, SPAN, Sequence, padded, part_len};
use std::ops::Range;

/// Sums up one span of keys for some rows, into their `parts`.
///
/// # Safety
/// The CPU has the instructions of `S`.
pub(super) unsafe fn span<S: Lanes>(
    call: &Call<f32>,
    seq: &Sequence,
    kv_head: usize,
    rows: Range<usize>,
    span: usize,
    parts: &mut [f32],
    scratch: &mut [f32],
) {
    let positions = span * SPAN..(span + 1) * SPAN;
    let part_len = part_len(call.shape.head_dim);
    assert!(rows.len() <= ROWS && parts.len() == rows.len() * part_len);
    let count = rows.len();
    let parts = parts.as_mut_ptr();
    let mut states = [const { State::NONE }; ROWS];
    for (r, state) in states[..count].iter_mut().enumerate() {
        let row = Row::new(seq, call.shape, kv_head, rows.start + r);
        let clip = |position: usize| position.clamp(positions.start, positions.end);
        *state = State {
            q: call.q[row.at].as_ptr(),
            // SAFETY: `parts` has room for `count` rows.
            part: unsafe { parts.add(r * part_len) },
            visible: clip(row.visible.start)..clip(row.visible.end),
        };
    }
    let states = &states[..count];
    for state in states {
        // SAFETY: the part has this many floats, and only its row uses it.
        let part = unsafe { std::slice::from_raw_parts_mut(state.part, part_len) };
        part.fill(0.0);
        part[part_len - LANES] = f32::NEG_INFINITY;
    }
    // Later rows see later keys.
    let visible = states[0].visible.start..states[count - 1].visible.end;
    for block in visible.start / BLOCK..visible.end.div_ceil(BLOCK) {
        let at = Block {
            call,
            seq,
            kv_head,
            block,
        };
        let seen = visible.clone();
        // SAFETY: the caller's promise; the states are those of the rows.
        unsafe { at.all_rows::<S>(states, seen, scratch) };
    }
}

struct Block<'a> {
    call: &'a Call<'a, f32>,
    seq: &'a Sequence<'a>,
    kv_head: usize,
    block: usize,
}

impl Block<'_> {
    /// Adds this block to all rows, which together see `visible`.
    ///
    /// # Safety
    /// The CPU has the instructions of `S`; states name queries and parts.
    unsafe fn all_rows<S: Lanes>(
        &self,
        rows: &[State],
        visible: Range<usize>,
        scratch: &mut [f32],
    ) {
        let Self {
            call,
            seq,
            kv_head,
            block,
        } = *self;
        let dim = call.shape.head_dim;
        let (keys, values) = (dim * BLOCK, padded(dim) * BLOCK);
        let mut tile = Tile {
            rows,
            dim,
            scale: call.shape.scale * std::f32::consts::LOG2_E,
            block,
            k: std::ptr::null(),
            v: std::ptr::null(),
            scales: std::ptr::null(),
            next: std::ptr::null(),
        };
        match call.keys {
            Keys::Rows { k, v } => {
                let clip = |position: usize| position.saturating_sub(block * BLOCK).min(BLOCK);
                let of_block = Rows {
                    k,
                    v,
                    first: (seq.blocks[block] * call.shape.kv_heads + kv_head) * dim,
                    stride: call.shape.kv_heads * dim,
                    dim,
                    keys: clip(visible.start)..clip(visible.end),
                };
                let (k_out, v_out) = scratch.split_at_mut(keys);
                // SAFETY: the caller's promise.
                unsafe { S::pack(k_out, v_out, &of_block) };
                tile.k = scratch.as_ptr().cast();
                tile.v = scratch[keys..].as_ptr().cast();
                // SAFETY: the scratch holds keys and values.
                unsafe { tiles::<S, Wide<f32>>(&tile) }
            }
            Keys::Cached { cache, layer } => {
                let ahead = (block + 1).min(visible.end.div_ceil(BLOCK) - 1);
                let head = cache.head(layer, seq.blocks[block], kv_head);
                let size = cache.kind().size();
                tile.next = cache.head(layer, seq.blocks[ahead], kv_head).as_ptr();
                tile.k = head.as_ptr();
                tile.v = head[keys * size..].as_ptr();
                if size == 1 {
                    tile.scales = head[(keys + values) * size..].as_ptr().cast();
                }
                let wide = &mut scratch[..keys + values];
                // SAFETY: a head of the cache holds keys, values and scales, the
                // scratch as many floats.
                unsafe {
                    match size {
                        1 => stored::<S, i8>(&mut tile, keys, wide),
                        2 => stored::<S, u16>(&mut tile, keys, wide),
                        _ => stored::<S, f32>(&mut tile, keys, wide),
                    }
                }
            }
        }
    }
}

/// Copies a block's visible keys and values to where a cache would have them.
///
/// # Safety
/// The CPU has the instructions of `S`.
#[inline(always)]
pub(super) unsafe fn pack<S: Lanes>(k_out: &mut [f32], v_out: &mut [f32], rows: &Rows) {
    let (dim, keys) = (rows.dim, &rows.keys);
    let at = |j: usize| rows.first + j * rows.stride;
    for j in keys.clone() {
        v_out[j * padded(dim)..][..dim].copy_from_slice(&rows.v[at(j)..at(j) + dim]);
    }
    let mut j = keys.start;
    while j < keys.end {
        let (count, mut d) = if j + S::LANES <= keys.end {
            let whole = dim / S::LANES * S::LANES;
            for d in (0..whole).step_by(S::LANES) {
                let x = &rows.k[at(j) + d..at(j + S::LANES - 1) + d + S::LANES];
                let out = &mut k_out[d * BLOCK + j..][..(S::LANES - 1) * BLOCK + S::LANES];
                // SAFETY: the slices hold the square and its columns.
                unsafe { S::transpose(out.as_mut_ptr(), x.as_ptr(), rows.stride) };
            }
            (S::LANES, whole)
        } else {
            (1, 0)
        };
        while d < dim {
            for j in j..j + count {
                k_out[d * BLOCK + j] = rows.k[at(j) + d];
            }
            d += 1;
        }
        j += count;
    }
}

/// [`tiles`] of a block of the cache, whose keys are so many numbers; several
/// tiles share what they widen, to `wide`.
///
/// # Safety
/// As [`tile`](super::tile::tile)'s, for all rows; `wide` has as many floats as
/// there are keys and values.
unsafe fn stored<S: Lanes, E: Element>(tile: &mut Tile, keys: usize, wide: &mut [f32]) {
    // SAFETY: the caller's promises; values follow the keys.
    unsafe {
        if tile.rows.len() <= S::TILE {
            return tiles::<S, E>(tile);
        }
        S::widen::<E>(wide.as_mut_ptr(), tile.k.cast(), wide.len(), tile.next);
        tile.k = wide.as_ptr().cast();
        tile.v = wide[keys..].as_ptr().cast();
        tiles::<S, Wide<E>>(tile)
    }
}

/// Cuts the rows into tiles.
///
/// # Safety
/// As [`tile`]'s, for all rows.
unsafe fn tiles<S: Lanes, E: Element>(all: &Tile) {
    for rows in all.rows.chunks(S::TILE) {
        let t = Tile { rows, ..*all };
        // SAFETY: the caller's promises.
        unsafe {
            match rows.len() {
                1 => S::tile::<E, 1>(&t),
                2 => S::tile::<E, 2>(&t),
                3 => S::tile::<E, 3>(&t),
                4 => S::tile::<E, 4>(&t),
                5 => S::tile::<E, 5>(&t),
                _ => S::tile::<E, 6>(&t),
            }
        }
    }
}
