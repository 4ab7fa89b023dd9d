//! Buffers that threads keep, and strips unpacked into them.

use std::cell::Cell;

use super::UNIT;
use super::packed::{Form, View, kind};
use super::strip::{Kind, STRIP, Strip};
use super::unpack::{group_len, has_min};
use crate::dtype::DType;

/// A strip unpacked from stored rows, see [`Kind::Wide`].
#[derive(Default)]
pub(super) struct Wide {
    pub(super) quads: Vec<[u8; 64]>,
    pub(super) scale: Vec<[f32; STRIP]>,
    pub(super) min: Vec<[f32; STRIP]>,
}

impl Wide {
    /// A strip of zeros.
    pub(super) fn clear(&mut self, dtype: DType, cols: usize) {
        let groups = cols / group_len(dtype);
        self.quads.clear();
        self.quads.resize(cols / 4, [128; 64]);
        self.scale.clear();
        self.scale.resize(groups, [0.0; STRIP]);
        self.min.clear();
        let mins = if has_min(dtype) { groups } else { 0 };
        self.min.resize(mins, [0.0; STRIP]);
    }

    pub(super) fn set_scales(&mut self, lane: usize, scale: &[f32], min: &[f32]) {
        for (to, from) in [(&mut self.scale, scale), (&mut self.min, min)] {
            for (to, from) in to.iter_mut().zip(from) {
                to[lane] = *from;
            }
        }
    }

    pub(super) fn strip(&self, kind: Kind) -> Strip<'_> {
        Strip {
            kind,
            blocks: self.quads.as_flattened(),
            scale: &self.scale,
            min: &self.min,
        }
    }
}

/// Outliers' columns of a strip or two.
pub(super) type Columns = [Vec<[f32; STRIP]>; UNIT];

thread_local! {
    pub(super) static WIDE: Cell<[Wide; UNIT]> = Cell::default();
    pub(super) static COLUMNS: Cell<Columns> = Cell::default();
    static VALUES: Cell<Vec<[f32; STRIP]>> = Cell::default();
}

/// Buffers that a thread keeps between calls, so that products don't allocate.
#[derive(Default)]
pub(super) struct Scratch {
    pub(super) q: Vec<i8>,
    pub(super) scale: Vec<f32>,
    pub(super) min: Vec<f32>,
    pub(super) values: Vec<f32>,
}

impl Scratch {
    /// Runs `f` with this thread's buffers, which hold anything.
    pub(super) fn with<R>(f: impl FnOnce(&mut Scratch) -> R) -> R {
        thread_local! {
            static SCRATCH: Cell<Scratch> = Cell::default();
        }
        let mut scratch = SCRATCH.take();
        let result = f(&mut scratch);
        SCRATCH.set(scratch);
        result
    }
}

/// The first `len` places of a buffer, grown if need be.
pub(super) fn room<T: Copy + Default>(buffer: &mut Vec<T>, len: usize) -> &mut [T] {
    if buffer.len() < len {
        buffer.resize(len, T::default());
    }
    &mut buffer[..len]
}

/// Runs `f` with the values of a strip of a quantised weight, column by column.
/// Inlined, so that it is compiled for its caller's instructions.
#[inline(always)]
pub(super) fn with_values(
    w: &View,
    strip: usize,
    unpack: impl FnOnce(&View, usize, &mut Wide),
    f: impl FnOnce(&[[f32; STRIP]]),
) {
    let (mut wide, mut values) = (WIDE.take(), VALUES.take());
    match w.form {
        Form::Stored => {
            unpack(w, strip, &mut wide[0]);
            wide[0].strip(kind(w)).values(w.cols, &mut values);
        }
        _ => w.strip(strip).values(w.cols, &mut values),
    }
    f(&values);
    WIDE.set(wide);
    VALUES.set(values);
}
