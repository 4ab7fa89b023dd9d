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
    /// Quads of each block, behind them its scales and minima as halves, unless
    /// those are floats.
    pub(super) blocks: &'a [u8],
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

    /// Vectors of quads in a block.
    pub(super) const fn vectors(self) -> usize {
        match self {
            Kind::Nibbles { .. } => 4,
            Kind::Bytes | Kind::Wide { .. } => 8,
        }
    }

    /// Bytes of a block.
    pub(super) const fn stride(self) -> usize {
        let halves = match self {
            Kind::Nibbles { min: true } => 2,
            Kind::Nibbles { min: false } | Kind::Bytes => 1,
            Kind::Wide { .. } => 0,
        };
        64 * self.vectors() + 2 * STRIP * halves
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
    pub(super) fn place(&self, col: usize) -> (&'a [[u8; 32]], u32, u32) {
        let (b, j, i) = (col / BLOCK, col % BLOCK / 4, col as u32 % 4);
        let (j, up) = match self.kind {
            Kind::Nibbles { .. } => (j % 4, 4 * (j as u32 / 4)),
            _ => (j, 0),
        };
        let at = b * self.kind.stride() + 64 * j;
        let quad = &self.blocks.as_chunks::<32>().0[at / 32..][..2];
        let mask = if self.kind.vectors() == 4 { 15 } else { 255 };
        (quad, 8 * i + up, mask)
    }

    /// `q`, of which a value is `scale·q + min`.
    pub(super) fn integer(&self, col: usize, lane: usize) -> i32 {
        let (quad, shift, mask) = self.place(col);
        let bits = quad.as_flattened().as_chunks::<4>().0[lane];
        ((u32::from_le_bytes(bits) >> shift) & mask) as i32 - self.kind.offset()
    }

    /// The scale of each row for the group with this column.
    #[inline(always)]
    pub(super) fn scales(&self, col: usize) -> [f32; STRIP] {
        self.table(self.scale, 0, col)
    }

    /// The minimum of each row for the group with this column.
    ///
    /// # Panics
    /// If there are none.
    #[inline(always)]
    pub(super) fn mins(&self, col: usize) -> [f32; STRIP] {
        self.table(self.min, 1, col)
    }

    /// The `k`-th table of halves that a column's block has.
    #[inline(always)]
    pub(super) fn halves(&self, k: usize, col: usize) -> &'a [u8; 32] {
        let at = col / BLOCK * self.kind.stride() + 64 * self.kind.vectors();
        &self.blocks.as_chunks().0[at / 32 + k]
    }

    #[inline(always)]
    fn table(&self, floats: &[[f32; STRIP]], k: usize, col: usize) -> [f32; STRIP] {
        if let Kind::Wide { .. } = self.kind {
            return floats[col / self.kind.group()];
        }
        let mut out = [0.0; STRIP];
        let halves = self.halves(k, col).as_chunks().0;
        for (out, half) in out.iter_mut().zip(halves) {
            *out = f16_to_f32(u16::from_le_bytes(*half));
        }
        out
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

    /// `scale·q` of some columns. Inlined, as `column`.
    #[inline(always)]
    pub(super) fn columns(&self, cols: &[u32], out: &mut Vec<[f32; STRIP]>) {
        if out.len() < cols.len() {
            out.resize(cols.len(), [0.0; STRIP]);
        }
        // No iterator's closure: it might not be compiled for its caller's
        // instructions.
        for i in 0..cols.len() {
            out[i] = self.column(cols[i] as usize);
        }
    }

    /// `scale·q` of a column. Inlined, so that it is compiled for its caller's
    /// instructions.
    #[inline(always)]
    pub(super) fn column(&self, col: usize) -> [f32; STRIP] {
        let (quad, shift, mask) = self.place(col);
        let (offset, mut out) = (self.kind.offset(), self.scales(col));
        for (out, bits) in out.iter_mut().zip(quad.as_flattened().as_chunks().0) {
            let q = ((u32::from_le_bytes(*bits) >> shift) & mask) as i32 - offset;
            *out *= q as f32;
        }
        out
    }
}
