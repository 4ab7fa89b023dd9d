//! SentencePiece's compiled normalisation rules.
//!
//! A little-endian u32 with the size in bytes of a double-array trie, the trie
//! (Aoe 1989, as Darts-clone lays it out), then the replacements, each ended
//! by a zero byte; the trie's values are offsets into these.

use crate::error::TokenizerError;
use unicode_segmentation::UnicodeSegmentation;

pub(crate) struct Charsmap {
    units: Vec<u32>,
    replacements: Vec<u8>,
}

impl Charsmap {
    pub(crate) fn parse(bytes: &[u8], field: &str) -> Result<Self, TokenizerError> {
        let wrong = |wanted: &str, got: String| TokenizerError::field(field, wanted, got);
        let Some((size, rest)) = bytes.split_first_chunk::<4>() else {
            return Err(wrong("a trie's size", format!("{} bytes", bytes.len())));
        };
        let size = u32::from_le_bytes(*size) as usize;
        if size > rest.len() || !size.is_multiple_of(4) || size == 0 {
            let got = format!("{size} with {} bytes behind it", rest.len());
            return Err(wrong("the size of a trie within the bytes", got));
        }
        let (trie, replacements) = rest.split_at(size);
        let units = trie.as_chunks::<4>().0.iter();
        if std::str::from_utf8(replacements).is_err() {
            return Err(wrong("replacements in UTF-8", "other bytes".into()));
        }
        Ok(Self {
            units: units.map(|&unit| u32::from_le_bytes(unit)).collect(),
            replacements: replacements.to_vec(),
        })
    }

    /// Replaces grapheme by grapheme where there is a rule for a whole one, as
    /// `tokenizers` does, else character by character.
    pub(crate) fn apply(&self, text: &str) -> String {
        let mut out = String::with_capacity(text.len());
        for grapheme in text.graphemes(true) {
            // Rules are for short clusters only.
            if grapheme.len() < 6
                && let Some(replacement) = self.replacement(grapheme)
            {
                out.push_str(replacement);
                continue;
            }
            for c in grapheme.chars() {
                match self.replacement(c.encode_utf8(&mut [0; 4])) {
                    Some(replacement) => out.push_str(replacement),
                    None => out.push(c),
                }
            }
        }
        out
    }

    /// The rule for the shortest prefix of `key` that has one.
    fn replacement(&self, key: &str) -> Option<&str> {
        let mut node = offset(*self.units.first()?);
        for &byte in key.as_bytes() {
            // Leaves end a text with a zero, which therefore has no rule.
            if byte == 0 {
                return None;
            }
            node ^= byte as usize;
            let unit = *self.units.get(node)?;
            if unit & (1 << 31 | 0xFF) != u32::from(byte) {
                return None;
            }
            node ^= offset(unit);
            if unit >> 8 & 1 == 1 {
                let value = self.units.get(node)? & !(1 << 31);
                let text = self.replacements.get(value as usize..)?;
                let end = text.iter().position(|&b| b == 0)?;
                return std::str::from_utf8(&text[..end]).ok();
            }
        }
        None
    }
}

fn offset(unit: u32) -> usize {
    ((unit >> 10) << ((unit & (1 << 9)) >> 6)) as usize
}
