//! Moves stored rows to their lanes of a strip: see [`packed`](super::packed)
//! for the layout.
//!
//! A row's 32-bit words go to every sixteenth word of its strip. Row after row
//! that is a store of four bytes each; sixteen rows together are a
//! transposition, and as fast as memory.

use std::sync::LazyLock;

use super::packed::Form;
use super::strip::STRIP;
#[cfg(target_arch = "x86_64")]
use crate::simd;

/// Writes `rows`, at most 16 stored rows of `row_bytes`, to the first lanes of
/// a strip in a packed form.
pub(super) fn pack(form: Form, strip: &mut [u8], rows: &[u8], row_bytes: usize) {
    (*PACK)(form, strip, rows, row_bytes);
}

type Pack = fn(form: Form, strip: &mut [u8], rows: &[u8], row_bytes: usize);

static PACK: LazyLock<Pack> = LazyLock::new(|| kernels()[0].1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Pack)> {
    let mut kernels: Vec<(&'static str, Pack)> = Vec::new();
    // Every CPU of this architecture has SSE2.
    #[cfg(target_arch = "x86_64")]
    if !simd::definitions_only() {
        // SAFETY: see above.
        kernels.push(("sse2", |form, strip, rows, row_bytes| unsafe {
            sse2::pack(form, strip, rows, row_bytes);
        }));
    }
    kernels.push(("scalar", scalar::pack));
    kernels
}

mod scalar {
    use super::*;

    pub(super) fn pack(form: Form, strip: &mut [u8], rows: &[u8], row_bytes: usize) {
        if row_bytes == 0 {
            return;
        }
        for (lane, row) in rows.chunks_exact(row_bytes).enumerate() {
            match form {
                Form::Nibbles { min: false } => blocks::<18, 1>(strip, lane, row, 0),
                Form::Nibbles { min: true } => blocks::<20, 2>(strip, lane, row, 0),
                Form::Bytes => blocks::<34, 1>(strip, lane, row, 128),
                Form::Pairs => pairs(strip, lane, row),
                Form::Stored => unreachable!("has no strips"),
            }
        }
    }

    /// Blocks with `HALVES` halves before their values. Both packed layouts keep
    /// the first half of a block in the low nibbles of 16 bytes, so whole bytes
    /// move.
    fn blocks<const STORED: usize, const HALVES: usize>(
        strip: &mut [u8],
        lane: usize,
        row: &[u8],
        sign: u8,
    ) {
        let quads = (STORED - 2 * HALVES) / 4;
        let packed = strip.chunks_exact_mut(64 * quads + 32 * HALVES);
        for (out, block) in packed.zip(row.as_chunks::<STORED>().0) {
            let (vectors, tables) = out.split_at_mut(64 * quads);
            let (halves, values) = block.split_at(2 * HALVES);
            for (table, half) in tables.chunks_exact_mut(32).zip(halves.chunks_exact(2)) {
                table[2 * lane..][..2].copy_from_slice(half);
            }
            let values = values.as_chunks::<4>().0;
            for (vector, values) in vectors.chunks_exact_mut(64).zip(values) {
                vector[4 * lane..][..4].copy_from_slice(&values.map(|q| q ^ sign));
            }
        }
    }

    pub(super) fn pairs(strip: &mut [u8], lane: usize, row: &[u8]) {
        for (vector, values) in strip.chunks_exact_mut(64).zip(row.chunks(4)) {
            vector[4 * lane..][..values.len()].copy_from_slice(values);
        }
    }
}

#[cfg(target_arch = "x86_64")]
mod sse2 {
    use std::arch::x86_64::*;

    use super::*;

    /// A last strip of fewer rows is left to the definition.
    #[target_feature(enable = "sse2")]
    pub(super) fn pack(form: Form, strip: &mut [u8], rows: &[u8], row_bytes: usize) {
        if row_bytes == 0 || rows.len() != STRIP * row_bytes {
            return scalar::pack(form, strip, rows, row_bytes);
        }
        match form {
            Form::Nibbles { min: false } => blocks::<18, 1>(strip, rows, row_bytes, 0),
            Form::Nibbles { min: true } => blocks::<20, 2>(strip, rows, row_bytes, 0),
            Form::Bytes => blocks::<34, 1>(strip, rows, row_bytes, 128),
            Form::Pairs => {
                blocks::<16, 0>(strip, rows, row_bytes, 0);
                let done = row_bytes / 16;
                let rest = &mut strip[256 * done..];
                for (lane, row) in rows.chunks_exact(row_bytes).enumerate() {
                    scalar::pairs(rest, lane, &row[16 * done..]);
                }
            }
            Form::Stored => unreachable!("has no strips"),
        }
    }

    /// As the definition's, for sixteen rows.
    #[target_feature(enable = "sse2")]
    fn blocks<const STORED: usize, const HALVES: usize>(
        strip: &mut [u8],
        rows: &[u8],
        row_bytes: usize,
        sign: u8,
    ) {
        let sign = _mm_set1_epi8(sign as i8);
        let quads = (STORED - 2 * HALVES) / 4;
        let packed = strip.chunks_exact_mut(64 * quads + 32 * HALVES);
        for (b, out) in packed.take(row_bytes / STORED).enumerate() {
            let (vectors, tables) = out.split_at_mut(64 * quads);
            let vectors = vectors.as_chunks_mut::<16>().0;
            let tables = tables.as_chunks_mut::<8>().0;
            for four in 0..STRIP / 4 {
                let first = &rows[4 * four * row_bytes + b * STORED..];
                // No iterator's closure: it might not be compiled in place.
                let blocks: [&[u8; STORED]; 4] = [
                    block(first),
                    block(&first[row_bytes..]),
                    block(&first[2 * row_bytes..]),
                    block(&first[3 * row_bytes..]),
                ];
                for (i, block) in blocks.into_iter().enumerate() {
                    for half in 0..HALVES {
                        let table = &mut tables[4 * half + four];
                        table[2 * i..][..2].copy_from_slice(&block[2 * half..][..2]);
                    }
                }
                for part in 0..quads / 4 {
                    let words = four_words(blocks, 2 * HALVES + 16 * part);
                    for (j, words) in words.into_iter().enumerate() {
                        let out = &mut vectors[16 * part + 4 * j + four];
                        store(out, _mm_xor_si128(words, sign));
                    }
                }
            }
        }
    }

    fn block<const STORED: usize>(bytes: &[u8]) -> &[u8; STORED] {
        bytes.first_chunk().expect("as many blocks as a row has")
    }

    /// Four words from `at` on: the first of each block, the second of each, and
    /// so on.
    #[inline]
    #[target_feature(enable = "sse2")]
    fn four_words<const STORED: usize>(blocks: [&[u8; STORED]; 4], at: usize) -> [__m128i; 4] {
        let (a, b) = (load(&blocks[0][at..]), load(&blocks[1][at..]));
        let (c, d) = (load(&blocks[2][at..]), load(&blocks[3][at..]));
        let (ab, cd) = (_mm_unpacklo_epi32(a, b), _mm_unpacklo_epi32(c, d));
        let (ab_high, cd_high) = (_mm_unpackhi_epi32(a, b), _mm_unpackhi_epi32(c, d));
        [
            _mm_unpacklo_epi64(ab, cd),
            _mm_unpackhi_epi64(ab, cd),
            _mm_unpacklo_epi64(ab_high, cd_high),
            _mm_unpackhi_epi64(ab_high, cd_high),
        ]
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn load(bytes: &[u8]) -> __m128i {
        let bytes = bytes.first_chunk::<16>().expect("16 bytes of a block");
        // SAFETY: the reference covers 16 readable bytes; loadu takes any alignment.
        unsafe { _mm_loadu_si128(bytes.as_ptr().cast()) }
    }

    #[inline]
    #[target_feature(enable = "sse2")]
    fn store(out: &mut [u8; 16], v: __m128i) {
        // SAFETY: the reference covers 16 writable bytes; storeu takes any alignment.
        unsafe { _mm_storeu_si128(out.as_mut_ptr().cast(), v) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dtype::DType;
    use crate::quant::packed::strip_bytes;
    use testkit::Rng;

    /// Every kernel this CPU can run writes what the definition does.
    #[test]
    fn kernels_agree() {
        let mut rng = Rng::new(13);
        let types = [DType::Q4_0, DType::Q4_1, DType::Q8_0, DType::BF16];
        for dtype in types {
            let form = Form::of(dtype);
            let cols = |count| dtype.block_len() * count;
            for (lanes, cols) in (0..=STRIP).flat_map(|l| (0..=33).map(move |c| (l, cols(c)))) {
                let row_bytes = dtype.row_bytes(cols).unwrap();
                let mut rows = vec![0; lanes * row_bytes];
                rows.fill_with(|| rng.below(256) as u8);
                let pack = |pack: Pack| {
                    let mut strip = vec![0; strip_bytes(form, cols)];
                    pack(form, &mut strip, &rows, row_bytes);
                    strip
                };
                let want = pack(scalar::pack);
                for (name, kernel) in kernels() {
                    let got = pack(kernel);
                    assert!(got == want, "{name}, {lanes} rows of {cols} {dtype:?}");
                }
            }
        }
    }
}
