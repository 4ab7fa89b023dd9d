//! Sixteen rows of weights side by side, as products read them.

use super::half::f16_to_f32;

/// Rows of a strip.
pub(super) const STRIP: usize = 16;

/// Columns that share a scale of activations.
pub(super) const BLOCK: usize = 32;

/// What a tile of products reads of 16 rows of weights.
#[derive(Clone, Copy)]
pub(super) struct Strip<'a> {
    pub(super) kind: Kind,
    /// Four or eight vectors per block.
    pub(super) quads: &'a [[u8; 64]],
    /// Per block, in the packed forms.
    pub(super) half_scale: &'a [[u8; 32]],
    pub(super) half_min: &'a [[u8; 32]],
    /// Per group, in the unpacked forms.
    pub(super) scale: &'a [[f32; STRIP]],
    pub(super) min: &'a [[f32; STRIP]],
}

/// Forms of a strip: what a product has to do is fixed by this alone.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub(super) enum Kind {
    /// Nibbles; `q = u - 8`, or `q = u` and a minimum.
    Nibbles { min: bool },
    /// Bytes; `q = u - 128`.
    Bytes,
    /// Unpacked from another type: bytes, `q = u - 128`, scales in floats for
    /// groups of 32 or 16.
    Wide { group16: bool, min: bool },
}

impl Kind {
    pub(super) fn offset(self) -> i32 {
        match self {
            Kind::Nibbles { min: false } => 8,
            Kind::Nibbles { min: true } => 0,
            Kind::Bytes | Kind::Wide { .. } => 128,
        }
    }

    pub(super) fn has_min(self) -> bool {
        matches!(
            self,
            Kind::Nibbles { min: true } | Kind::Wide { min: true, .. }
        )
    }

    pub(super) fn group(self) -> usize {
        match self {
            Kind::Wide { group16: true, .. } => 16,
            _ => 32,
        }
    }
}

impl<'a> Strip<'a> {
    /// The 32-bit lanes that have a column's quad, and how far its bits are up.
    #[inline(always)]
    fn place(&self, col: usize) -> (&'a [u8; 64], u32, u32) {
        let (b, j, i) = (col / BLOCK, col % BLOCK / 4, col as u32 % 4);
        match self.kind {
            Kind::Nibbles { .. } => (&self.quads[4 * b + j % 4], 8 * i + 4 * (j as u32 / 4), 15),
            _ => (&self.quads[8 * b + j], 8 * i, 255),
        }
    }

    /// `q`, of which a value is `scale·q + min`.
    pub(super) fn integer(&self, col: usize, lane: usize) -> i32 {
        let (quad, shift, mask) = self.place(col);
        let bits = quad.as_chunks::<4>().0[lane];
        ((u32::from_le_bytes(bits) >> shift) & mask) as i32 - self.kind.offset()
    }

    /// The scale of each row for the group with this column.
    #[inline(always)]
    pub(super) fn scales(&self, col: usize) -> [f32; STRIP] {
        Self::table(self.half_scale, self.scale, col / self.kind.group())
    }

    /// The minimum of each row for the group with this column.
    ///
    /// # Panics
    /// If there are none.
    #[inline(always)]
    pub(super) fn mins(&self, col: usize) -> [f32; STRIP] {
        Self::table(self.half_min, self.min, col / self.kind.group())
    }

    #[inline(always)]
    fn table(halves: &[[u8; 32]], floats: &[[f32; STRIP]], at: usize) -> [f32; STRIP] {
        if let Some(halves) = halves.get(at) {
            let mut out = [0.0; STRIP];
            for (out, half) in out.iter_mut().zip(halves.as_chunks().0) {
                *out = f16_to_f32(u16::from_le_bytes(*half));
            }
            return out;
        }
        floats[at]
    }

    /// The values of all columns. Inlined, so that it is compiled for its
    /// caller's instructions.
    #[inline(always)]
    pub(super) fn values(&self, cols: usize, out: &mut Vec<[f32; STRIP]>) {
        out.clear();
        let group = self.kind.group();
        for first in (0..cols).step_by(group) {
            out.extend((first..first + group).map(|col| self.column(col)));
            if self.kind.has_min() {
                let mins = self.mins(first);
                for column in &mut out[first..] {
                    for (value, min) in column.iter_mut().zip(mins) {
                        *value += min;
                    }
                }
            }
        }
    }

    /// `scale·q` of a column. Inlined, so that it is compiled for its caller's
    /// instructions.
    #[inline(always)]
    pub(super) fn column(&self, col: usize) -> [f32; STRIP] {
        let (quad, shift, mask) = self.place(col);
        let (offset, mut out) = (self.kind.offset(), self.scales(col));
        for (out, bits) in out.iter_mut().zip(quad.as_chunks().0) {
            let q = ((u32::from_le_bytes(*bits) >> shift) & mask) as i32 - offset;
            *out *= q as f32;
        }
        out
    }
}
