//! Byte-pair encoding: the pair of neighbours with the lowest rank is merged,
//! the leftmost first, until no pair has one.
//!
//! Sennrich et al. 2016, alg. 1, <https://arxiv.org/abs/1508.07909>.
//!
//! Symbols are token ids from the beginning, and merges stand in one table
//! keyed by two ids. SentencePiece's BPE is the same with ranks from scores,
//! where pairs of equal score share a rank.

use crate::bytes::from_alphabet;
use crate::error::TokenizerError;
use crate::hash::Map;
use crate::names::Names;
use crate::pieces::Pieces;
use crate::split::MARK;
use std::cmp::Reverse;
use std::collections::BinaryHeap;

/// Words up to this many symbols are merged by scanning for the best pair;
/// beyond it the heap wins.
const SCAN_LIMIT: usize = 24;

#[derive(Default)]
pub(crate) struct Bpe {
    pub(crate) merges: Map<u64, (u32, u32)>,
    /// The text of each token that is looked up to its id. For byte-level models
    /// the text is the raw bytes.
    pub(crate) ids: Names,
    /// Words are bytes, not characters.
    pub(crate) byte_level: bool,
    /// A word that is a token is not merged.
    pub(crate) ignore_merges: bool,
    /// Before each symbol but the first.
    pub(crate) prefix: String,
    /// Behind the last symbol.
    pub(crate) suffix: String,
    /// Tokens for the bytes of characters without one, if all 256 exist.
    pub(crate) byte_fallback: Option<Box<[u32; 256]>>,
    pub(crate) unk: Option<u32>,
    /// Neighbouring unknown characters are one token.
    pub(crate) fuse_unk: bool,
    pub(crate) bytes: Vec<Option<u32>>,
    /// What the next merge is likely to make: trainers number the merged tokens
    /// in the order of their merges.
    pub(crate) next: u32,
}

fn key(left: u32, right: u32) -> u64 {
    u64::from(left) << 32 | u64::from(right)
}

impl Bpe {
    /// Whether a word's bytes are its first symbols, whatever stands around them.
    fn starts_from_bytes(&self) -> bool {
        self.byte_level && self.prefix.is_empty() && self.suffix.is_empty()
    }

    pub(crate) fn add_merge(&mut self, left: u32, right: u32, rank: u32, merged: u32) {
        self.merges.insert(key(left, right), (rank, merged));
    }

    /// Makes a token of the vocabulary known to the model.
    pub(crate) fn add_piece(&mut self, piece: &str, id: u32) {
        if self.starts_from_bytes() && !self.ignore_merges && piece.chars().nth(1).is_some() {
            return; // Only bytes are looked up.
        }
        let bytes = match self.byte_level {
            true => from_alphabet(piece),
            false => None,
        };
        let bytes = match bytes {
            Some(bytes) if self.suffix.is_empty() => bytes,
            // With a suffix, which is written in the alphabet too.
            Some(_) => match piece.strip_suffix(self.suffix.as_str()) {
                Some(word) => {
                    let word = from_alphabet(word).unwrap_or_default();
                    [word.as_slice(), self.suffix.as_bytes()].concat()
                }
                None => from_alphabet(piece).unwrap_or_default(),
            },
            // A token outside of the alphabet cannot come from bytes.
            None if self.byte_level => return,
            None => piece.as_bytes().to_vec(),
        };
        self.ids.add(&bytes, id);
    }

    /// Adds a merge by its pieces, which the vocabulary must have.
    pub(crate) fn add_named_merge(
        &mut self,
        pieces: &Pieces,
        left: &str,
        right: &str,
        rank: u32,
        field: &dyn Fn() -> String,
    ) -> Result<(), TokenizerError> {
        let id = |piece: &str| {
            let unknown =
                || TokenizerError::field(field(), "pieces of the vocabulary", format!("{piece:?}"));
            pieces.id(piece).ok_or_else(unknown)
        };
        let tail = right.strip_prefix(self.prefix.as_str()).unwrap_or(right);
        let merged = match pieces.is_joined(self.next, left, tail) {
            true => self.next,
            false => id(&[left, tail].concat())?,
        };
        self.next = merged.wrapping_add(1);
        self.add_merge(id(left)?, id(right)?, rank, merged);
        Ok(())
    }

    /// So many merges are to come.
    pub(crate) fn reserve_merges(&mut self, count: usize) {
        self.merges.reserve(count);
    }

    /// After `ids` is filled.
    pub(crate) fn index_bytes(&mut self) {
        let bytes = 0..=255u8;
        self.bytes = bytes.map(|b| self.ids.get(&[b])).collect();
    }

    /// Whether no merge reaches over the border before a [`MARK`] behind another
    /// character; then the words between such borders can be encoded alone.
    ///
    /// By induction over the merges, a symbol is spelt as the text it stands for,
    /// so the one behind a border begins with the mark. The one before it ends
    /// in another character; symbols of bytes end in `>` or in what they have
    /// been merged with.
    pub(crate) fn keeps_words_apart(&self, pieces: &Pieces) -> bool {
        let whole = self.byte_level || self.ignore_merges;
        let affixes = !self.prefix.is_empty() || !self.suffix.is_empty();
        let known = |id: u32| pieces.text(id).unwrap_or("");
        // An unknown mark could be one token with what is before it.
        let mark = self.ids.get(MARK.to_string().as_bytes());
        let marks = mark.is_some() && self.unk.is_none_or(|id| !known(id).ends_with(MARK));
        let crosses = |&pair: &u64| {
            let (left, right) = ((pair >> 32) as u32, pair as u32);
            known(right).starts_with(MARK) && !known(left).ends_with(MARK)
        };
        !whole && !affixes && marks && !self.merges.keys().any(crosses)
    }

    pub(crate) fn encode(&self, word: &str, out: &mut Vec<u32>) {
        if self.ignore_merges
            && let Some(id) = self.ids.get(word.as_bytes())
        {
            return out.push(id);
        }
        let start = out.len();
        if self.starts_from_bytes() {
            self.byte_symbols(word, out);
        } else {
            self.char_symbols(word, out);
        }
        let merged = if out.len() - start <= SCAN_LIMIT {
            self.merge_by_scan(&mut out[start..])
        } else {
            self.merge_by_heap(&mut out[start..])
        };
        out.truncate(start + merged);
    }

    fn byte_symbols(&self, word: &str, out: &mut Vec<u32>) {
        let mut unknown = false;
        for &byte in word.as_bytes() {
            match self.bytes[byte as usize] {
                Some(id) => out.push(id),
                None if unknown && self.fuse_unk => {}
                None => out.extend(self.unk),
            }
            unknown = self.bytes[byte as usize].is_none();
        }
    }

    fn char_symbols(&self, word: &str, out: &mut Vec<u32>) {
        let mut unknown = false;
        let mut text = Vec::new();
        let mut start = 0;
        while start < word.len() {
            let char_end = |at: usize| word[at..].chars().next().map_or(1, char::len_utf8);
            let end = start + if self.byte_level { 1 } else { char_end(start) };
            text.clear();
            if start > 0 {
                text.extend_from_slice(self.prefix.as_bytes());
            }
            text.extend_from_slice(&word.as_bytes()[start..end]);
            if end == word.len() {
                text.extend_from_slice(self.suffix.as_bytes());
            }
            let known = self.ids.get(text.as_slice());
            match (known, &self.byte_fallback) {
                (Some(id), _) => out.push(id),
                (None, Some(bytes)) => out.extend(text.iter().map(|&b| bytes[b as usize])),
                (None, None) if unknown && self.fuse_unk => {}
                (None, None) => out.extend(self.unk),
            }
            unknown = known.is_none();
            start = end;
        }
    }

    /// Merges in place; gives how many symbols are left.
    fn merge_by_scan(&self, symbols: &mut [u32]) -> usize {
        let mut len = symbols.len();
        let look = |left, right| self.merges.get(&key(left, right)).copied();
        let mut ranks = [None; SCAN_LIMIT];
        for i in 1..len {
            ranks[i - 1] = look(symbols[i - 1], symbols[i]);
        }
        loop {
            let pairs = ranks[..len.saturating_sub(1)].iter().enumerate();
            let best = pairs
                .filter_map(|(i, r)| r.map(|(rank, id)| (rank, i, id)))
                .min();
            let Some((_, i, id)) = best else {
                return len;
            };
            symbols[i] = id;
            symbols.copy_within(i + 2..len, i + 1);
            ranks.copy_within(i + 1..len - 1, i);
            len -= 1;
            if i > 0 {
                ranks[i - 1] = look(symbols[i - 1], id);
            }
            ranks[i] = if i + 1 < len {
                look(id, symbols[i + 1])
            } else {
                None
            };
        }
    }

    /// As [`Self::merge_by_scan`], in O(n log n): a linked list and a heap of
    /// pairs, of which stale ones are skipped.
    fn merge_by_heap(&self, symbols: &mut [u32]) -> usize {
        const NONE: usize = usize::MAX;
        let len = symbols.len();
        let mut next: Vec<usize> = (1..=len).collect();
        let mut previous: Vec<usize> = (0..len).map(|i| i.wrapping_sub(1)).collect();
        let mut heap = BinaryHeap::new();
        let look = |symbols: &[u32], left: usize, right: usize| {
            let (rank, _) = *self.merges.get(&key(symbols[left], symbols[right]))?;
            Some(Reverse((rank, left, symbols[left], symbols[right])))
        };
        heap.extend((1..len).filter_map(|i| look(symbols, i - 1, i)));
        while let Some(Reverse((_, left, left_id, right_id))) = heap.pop() {
            let right = next[left];
            // A merged symbol is marked by its own index as the next.
            let gone = right == left || right == len;
            if gone || symbols[left] != left_id || symbols[right] != right_id {
                continue;
            }
            symbols[left] = self.merges[&key(left_id, right_id)].1;
            let after = next[right];
            next[left] = after;
            next[right] = right;
            if after < len {
                previous[after] = left;
                heap.extend(look(symbols, left, after));
            }
            if previous[left] != NONE {
                heap.extend(look(symbols, previous[left], left));
            }
        }
        let (mut kept, mut at) = (0, 0);
        while at < len {
            symbols[kept] = symbols[at];
            kept += 1;
            at = next[at];
        }
        kept
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::Rng;

    /// Both ways to merge give the same, ties and repetitions included.
    #[test]
    fn scan_and_heap_agree() {
        for seed in 0..3000 {
            let mut rng = Rng::new(seed);
            let mut bpe = Bpe::default();
            for _ in 0..rng.below(30) {
                let (left, right) = (rng.below(8) as u32, rng.below(8) as u32);
                bpe.add_merge(left, right, rng.below(10) as u32, rng.below(8) as u32);
            }
            let len = rng.below(SCAN_LIMIT + 1);
            let mut scanned: Vec<u32> = (0..len).map(|_| rng.below(4) as u32).collect();
            let mut heaped = scanned.clone();
            let n = bpe.merge_by_scan(&mut scanned);
            let m = bpe.merge_by_heap(&mut heaped);
            assert_eq!(scanned[..n], heaped[..m], "seed {seed}");
        }
    }
}
