//! Weights in the layout that the products want, converted once at load,
//! without loss.
//!
//! A *strip* is 16 rows side by side, so that one vector has a lane for each
//! row and an output needs no horizontal sum. Along the columns, values lie in
//! *quads* of four, what one lane multiplies and adds up in an instruction:
//! byte `4·row + i` of a quad's 64 bytes is value `i` of that row.
//!
//! | form | types | a strip's bytes |
//! |---|---|---|
//! | nibbles | Q4_0, Q4_1 | per block 4 vectors, scales, minima if any |
//! | bytes | Q8_0 | per block 8 vectors, scales |
//! | pairs | BF16 | a vector per 2 columns, a 32-bit lane for each row |
//!
//! Scales and minima are halves, 16 per block of 32 columns; that they stand
//! between the vectors makes a weight one stream of memory. Vector `j` of
//! nibbles has quad `j` in the low halves of its bytes and quad `4 + j` in the
//! high ones; bytes are `q + 128`. The last strip is filled up with rows of
//! zeros. Other types keep their stored bytes: other quantised ones, which are
//! unpacked strip by strip, are smaller than any such layout, and F16 and F32
//! are read as they are.

use std::cell::Cell;

use super::half::{bf16_to_f32, f16_to_f32};
use super::pack::pack;
use super::strip::{BLOCK, Kind, STRIP, Strip};
use super::unpack::{group_len, has_min};
use crate::dtype::DType;
use crate::mem::{Arena, Bytes};
use crate::parallel;

/// Bytes that are read together: worth a thread, and packed from a core's cache.
const READ: usize = 128 << 10;

thread_local! {
    /// Rows read by this thread.
    static ROWS: Cell<Vec<u8>> = Cell::default();
}

/// How a weight lies in memory.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Form {
    Nibbles {
        min: bool,
    },
    Bytes,
    Pairs,
    /// As in its file, row after row.
    Stored,
}

impl Form {
    pub(super) fn of(dtype: DType) -> Self {
        match dtype {
            DType::Q4_0 => Form::Nibbles { min: false },
            DType::Q4_1 => Form::Nibbles { min: true },
            DType::Q8_0 => Form::Bytes,
            DType::BF16 => Form::Pairs,
            _ => Form::Stored,
        }
    }
}

/// A weight `[rows, cols]`, packed where its type has a packed form. A clone
/// shares the memory.
#[derive(Clone, Debug)]
pub struct Packed {
    dtype: DType,
    rows: usize,
    cols: usize,
    form: Form,
    bytes: Bytes,
}

impl Packed {
    /// Packs stored rows into `arena`; keeps `bytes` where there is no packed
    /// form. Where there is one, `bytes` are needed no longer, and no page of
    /// their file has been mapped: else a weight would be in memory twice.
    ///
    /// # Panics
    /// If `cols` isn't a whole number of blocks, or `bytes` isn't `rows` rows.
    pub fn new(dtype: DType, rows: usize, cols: usize, bytes: &Bytes, arena: &mut Arena) -> Self {
        let stored = View::stored(dtype, rows, cols, bytes);
        let form = Form::of(dtype);
        let bytes = if form == Form::Stored {
            bytes.clone()
        } else {
            let strip = strip_bytes(form, cols);
            arena.part(stored.strips() * strip, |out| {
                pack_rows(form, out, strip, rows, bytes);
            })
        };
        Self {
            dtype,
            rows,
            cols,
            form,
            bytes,
        }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    pub fn dtype(&self) -> DType {
        self.dtype
    }

    /// Writes a row's values, bit for bit those of
    /// [`dequantise`](super::dequantise).
    ///
    /// # Panics
    /// If there is no such row, or `out` isn't `cols` long.
    pub fn dequantise_row(&self, out: &mut [f32], row: usize) {
        let (rows, cols) = (self.rows, self.cols);
        assert!(row < rows, "row {row} of {rows}");
        assert_eq!(out.len(), cols, "values of a row of {cols}");
        self.view().dequantise_row(out, row);
    }

    /// All values, row after row.
    pub fn to_f32(&self) -> Vec<f32> {
        let mut out = vec![0.0; self.rows * self.cols];
        crate::parallel::for_rows(&mut out, self.cols, 16, &|first, rows| {
            for (i, out) in rows.chunks_exact_mut(self.cols).enumerate() {
                self.view().dequantise_row(out, first + i);
            }
        });
        out
    }

    pub(super) fn view(&self) -> View<'_> {
        View {
            dtype: self.dtype,
            rows: self.rows,
            cols: self.cols,
            form: self.form,
            bytes: &self.bytes,
        }
    }
}

/// A weight, borrowed.
#[derive(Clone, Copy)]
pub(super) struct View<'a> {
    pub(super) dtype: DType,
    pub(super) rows: usize,
    pub(super) cols: usize,
    pub(super) form: Form,
    pub(super) bytes: &'a [u8],
}

impl<'a> View<'a> {
    /// A weight as its file has it.
    ///
    /// # Panics
    /// See [`Packed::new`].
    pub(super) fn stored(dtype: DType, rows: usize, cols: usize, bytes: &'a [u8]) -> Self {
        let row_bytes = dtype.row_bytes(cols).unwrap_or_else(|| {
            let (name, block) = (dtype.name(), dtype.block_len());
            panic!("{cols} columns of {name}, in blocks of {block}")
        });
        assert_eq!(
            Some(bytes.len()),
            row_bytes.checked_mul(rows),
            "{rows} rows"
        );
        Self {
            dtype,
            rows,
            cols,
            form: Form::Stored,
            bytes,
        }
    }

    pub(super) fn strips(&self) -> usize {
        self.rows.div_ceil(STRIP)
    }

    /// A stored row.
    pub(super) fn row(&self, row: usize) -> &'a [u8] {
        debug_assert_eq!(self.form, Form::Stored);
        let len = self.cols / self.dtype.block_len() * self.dtype.block_bytes();
        &self.bytes[row * len..(row + 1) * len]
    }

    /// A strip's bytes in a packed form.
    #[inline]
    pub(super) fn strip_bytes(&self, strip: usize) -> &'a [u8] {
        let len = strip_bytes(self.form, self.cols);
        &self.bytes[strip * len..(strip + 1) * len]
    }

    /// A strip's columns, two by two.
    pub(super) fn strip_pairs(&self, strip: usize) -> &'a [[u8; 64]] {
        self.strip_bytes(strip).as_chunks().0
    }

    /// A strip in one of the quantised packed forms. Inlined, so that it is made
    /// where it is needed.
    #[inline(always)]
    pub(super) fn strip(&self, strip: usize) -> Strip<'a> {
        Strip {
            kind: kind(self),
            blocks: self.strip_bytes(strip),
            scale: &[],
            min: &[],
        }
    }

    pub(super) fn dequantise_row(&self, out: &mut [f32], row: usize) {
        let (strip, lane) = (row / STRIP, row % STRIP);
        match self.form {
            Form::Stored => super::dequantise(out, self.dtype, self.row(row)),
            Form::Pairs => {
                let pairs = self.strip_bytes(strip).as_chunks::<64>().0;
                for (out, pair) in out.chunks_mut(2).zip(pairs) {
                    for (i, out) in out.iter_mut().enumerate() {
                        let at = 4 * lane + 2 * i;
                        *out = bf16_to_f32(u16::from_le_bytes([pair[at], pair[at + 1]]));
                    }
                }
            }
            Form::Nibbles { .. } | Form::Bytes => {
                let strip = self.strip(strip);
                for (b, out) in out.as_chunks_mut::<BLOCK>().0.iter_mut().enumerate() {
                    let scale = half(strip.halves(0, BLOCK * b), lane);
                    for (i, out) in out.iter_mut().enumerate() {
                        *out = scale * strip.integer(BLOCK * b + i, lane) as f32;
                    }
                    // Only where there is one: adding 0 would lose the sign of -0.
                    if strip.kind.has_min() {
                        let min = half(strip.halves(1, BLOCK * b), lane);
                        out.iter_mut().for_each(|out| *out += min);
                    }
                }
            }
        }
    }
}

fn half(halves: &[u8; 32], lane: usize) -> f32 {
    f16_to_f32(u16::from_le_bytes([halves[2 * lane], halves[2 * lane + 1]]))
}

/// Bytes of a strip.
pub(super) fn strip_bytes(form: Form, cols: usize) -> usize {
    match packed_kind(form) {
        Some(kind) => cols / BLOCK * kind.stride(),
        None if form == Form::Pairs => 64 * cols.div_ceil(2),
        None => 0,
    }
}

/// Packs all rows into strips of so many bytes.
fn pack_rows(form: Form, out: &mut [u8], strip: usize, rows: usize, bytes: &Bytes) {
    if out.is_empty() {
        return;
    }
    let row_bytes = bytes.len() / rows;
    let rows_bytes = STRIP * row_bytes;
    let strips = (READ / rows_bytes).max(1);
    parallel::for_rows(out, strip, strips, &|first, out| {
        let mut buffer = ROWS.take();
        for (i, out) in out.chunks_mut(strips * strip).enumerate() {
            let start = (first + i * strips) * rows_bytes;
            let end = bytes.len().min(start + strips * rows_bytes);
            let rows = bytes.read(start..end, &mut buffer);
            for (out, rows) in out.chunks_exact_mut(strip).zip(rows.chunks(rows_bytes)) {
                pack(form, out, rows, row_bytes);
            }
        }
        ROWS.set(buffer);
    });
}

/// What strips of quantised weights look like if they are packed.
fn packed_kind(form: Form) -> Option<Kind> {
    match form {
        Form::Nibbles { min } => Some(Kind::Nibbles { min }),
        Form::Bytes => Some(Kind::Bytes),
        Form::Pairs | Form::Stored => None,
    }
}

/// What strips of a quantised weight look like.
pub(super) fn kind(w: &View) -> Kind {
    packed_kind(w.form).unwrap_or_else(|| Kind::Wide {
        group16: group_len(w.dtype) == 16,
        min: has_min(w.dtype),
    })
}
