//! WordPiece: from each place in a word the longest piece that fits.
//!
//! Wu et al. 2016, §4.1, <https://arxiv.org/abs/1609.08144>, as BERT uses it: a
//! word that cannot be spelt to its end is one unknown token, and pieces after a
//! word's first begin with a prefix, `##`.

use crate::hash::Map;

pub(crate) struct WordPiece {
    /// Pieces by their bytes; those that go on with a word without the prefix.
    first: Map<Box<[u8]>, u32>,
    further: Map<Box<[u8]>, u32>,
    /// Bytes of the longest piece.
    longest: usize,
    pub(crate) prefix: String,
    pub(crate) unk: u32,
    /// A word of more characters is unknown.
    pub(crate) most_chars: usize,
}

impl WordPiece {
    pub(crate) fn new(prefix: &str, unk: u32, most_chars: usize) -> Self {
        Self {
            first: Map::default(),
            further: Map::default(),
            longest: 0,
            prefix: prefix.to_owned(),
            unk,
            most_chars,
        }
    }

    pub(crate) fn add(&mut self, piece: &str, id: u32) {
        self.longest = self.longest.max(piece.len());
        // A text may hold the prefix itself, so such a piece is both.
        self.first.insert(piece.as_bytes().into(), id);
        if let Some(rest) = piece.strip_prefix(&self.prefix) {
            self.further.insert(rest.as_bytes().into(), id);
        }
    }

    /// O(n · longest piece), and `n` is bounded by `most_chars`.
    pub(crate) fn encode(&self, word: &str, out: &mut Vec<u32>) {
        let begun = out.len();
        let mut start = 0;
        if word.chars().nth(self.most_chars).is_some() {
            return out.push(self.unk);
        }
        while start < word.len() {
            let pieces = if start == 0 {
                &self.first
            } else {
                &self.further
            };
            let most = word.len().min(start + self.longest);
            let fits = (start + 1..=most).rev().find_map(|end| {
                let id = pieces.get(&word.as_bytes()[start..end])?;
                Some((end, *id))
            });
            let Some((end, id)) = fits else {
                out.truncate(begun);
                return out.push(self.unk);
            };
            out.push(id);
            start = end;
        }
    }
}
