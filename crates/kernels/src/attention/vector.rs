//! Spans by vectors: what a tile needs, block by block.

use super::lanes::Lanes;
use super::tile::{Element, State, Tile};
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
    let states: [State; ROWS] = std::array::from_fn(|r| {
        // Beyond the last row: that one again, never used.
        let r = r.min(count - 1);
        let row = Row::new(seq, call.shape, kv_head, rows.start + r);
        let clip = |position: usize| position.clamp(positions.start, positions.end);
        State {
            q: call.q[row.at].as_ptr(),
            // SAFETY: `parts` has room for `count` rows.
            part: unsafe { parts.add(r * part_len) },
            visible: clip(row.visible.start)..clip(row.visible.end),
        }
    });
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
            Keys::Rows { .. } => {
                let clip = |position: usize| position.saturating_sub(block * BLOCK).min(BLOCK);
                let seen = clip(visible.start)..clip(visible.end);
                pack(call, seq.blocks[block], seen, kv_head, scratch);
                tile.k = scratch.as_ptr().cast();
                tile.v = scratch[keys..].as_ptr().cast();
                tile.next = tile.k;
                // SAFETY: the scratch holds keys and values.
                unsafe { tiles::<S, f32>(&tile) }
            }
            Keys::Cached { cache, layer } => {
                let ahead = (block + 1).min(visible.end.div_ceil(BLOCK) - 1);
                let head = cache.head(layer, seq.blocks[block], kv_head);
                let size = cache.kind().size();
                tile.next = cache.head(layer, seq.blocks[ahead], kv_head).as_ptr();
                tile.k = head.as_ptr();
                tile.v = head[keys * size..].as_ptr();
                // SAFETY: a head of the cache holds keys, values and scales.
                unsafe {
                    match size {
                        1 => {
                            tile.scales = head[keys + values..].as_ptr().cast();
                            tiles::<S, i8>(&tile);
                        }
                        2 => tiles::<S, u16>(&tile),
                        _ => tiles::<S, f32>(&tile),
                    }
                }
            }
        }
    }
}

/// Copies a block's visible keys and values to where a cache would have them.
fn pack(call: &Call<f32>, first: usize, keys: Range<usize>, kv_head: usize, out: &mut [f32]) {
    let Keys::Rows { k, v } = call.keys else {
        unreachable!("a cache is read as it is");
    };
    let dim = call.shape.head_dim;
    let (k_out, v_out) = out.split_at_mut(dim * BLOCK);
    for j in keys {
        let at = ((first + j) * call.shape.kv_heads + kv_head) * dim;
        for (out, k) in k_out
            .iter_mut()
            .skip(j)
            .step_by(BLOCK)
            .zip(&k[at..at + dim])
        {
            *out = *k;
        }
        v_out[j * padded(dim)..][..dim].copy_from_slice(&v[at..at + dim]);
    }
}

/// Cuts the rows into tiles.
///
/// # Safety
/// As [`tile`]'s, for all rows.
unsafe fn tiles<S: Lanes, E: Element>(all: &Tile) {
    for (i, rows) in all.rows.chunks(S::TILE).enumerate() {
        // The first tile fetches; for the others, what is there already.
        let next = if i == 0 { all.next } else { all.k };
        let t = Tile { rows, next, ..*all };
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
