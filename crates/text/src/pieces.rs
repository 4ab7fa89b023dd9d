//! The tokens by id: how the vocabulary spells them, and their bytes.

use crate::bytes::{append_from_alphabet, fallback_byte};
use crate::error::TokenizerError;
use crate::names::{Names, Span};
use std::borrow::Cow;

/// Ids may leave this many gaps.
const GAPS: usize = 1 << 16;

#[derive(Default)]
pub(crate) struct Pieces {
    pieces: Vec<Option<Piece>>,
    /// All texts and bytes.
    buffer: Vec<u8>,
    ids: Names,
    /// Whether there are tokens spelt the same.
    twins: bool,
    pub(crate) spelling: Spelling,
}

#[derive(Clone, Copy)]
struct Piece {
    text: Span,
    bytes: Span,
    special: bool,
}

/// How the bytes of a text are spelt in the vocabulary.
#[derive(Clone, Debug, Default)]
pub(crate) struct Spelling {
    /// In the byte-level alphabet.
    pub(crate) byte_level: bool,
    /// `<0x0A>` is a byte.
    pub(crate) byte_fallback: bool,
    /// From, to: `▁` to a space.
    pub(crate) replace: Vec<(String, String)>,
    /// How many spaces the beginning of a text loses.
    pub(crate) strip_start: usize,
    /// Ends a word: a space, but not at the end of a text.
    pub(crate) suffix: String,
    /// Begins a piece that goes on with a word; any other begins one, after a space.
    pub(crate) further: String,
}

impl Spelling {
    /// Appends the bytes of a piece.
    fn append(&self, bytes: &mut Vec<u8>, text: &str) {
        let before = bytes.len();
        if self.byte_level && append_from_alphabet(bytes, text) {
            return self.end_word(bytes, before);
        }
        if self.byte_fallback
            && let Some(byte) = fallback_byte(text)
        {
            return bytes.push(byte);
        }
        let mut text = Cow::Borrowed(text);
        if !self.further.is_empty() {
            text = match text.strip_prefix(&self.further) {
                Some(rest) => Cow::Owned(rest.to_owned()),
                None => Cow::Owned(format!(" {text}")),
            };
        }
        for (from, to) in &self.replace {
            if text.contains(from.as_str()) {
                text = Cow::Owned(text.replace(from.as_str(), to));
            }
        }
        bytes.extend_from_slice(text.as_bytes());
        self.end_word(bytes, before);
    }

    /// For the bytes of a piece that begin at `start`.
    fn end_word(&self, bytes: &mut Vec<u8>, start: usize) {
        if !self.suffix.is_empty() && bytes[start..].ends_with(self.suffix.as_bytes()) {
            bytes.truncate(bytes.len() - self.suffix.len());
            bytes.push(b' ');
        }
    }
}

fn two_texts(field: &str, id: u64, text: &str, other: &str) -> TokenizerError {
    let got = format!("{id} for {text:?} and {other:?}");
    TokenizerError::field(field, "an id of its own for each token", got)
}

impl Pieces {
    /// Tokens are to come, about `count`, spelt so.
    pub(crate) fn new(spelling: Spelling, count: usize) -> Self {
        let mut pieces = Self {
            spelling,
            ..Self::default()
        };
        pieces.pieces.reserve(count);
        pieces.ids.reserve(count);
        pieces
    }

    /// Adds a token of the vocabulary; `limit` is the number of all tokens.
    pub(crate) fn add(
        &mut self,
        field: &str,
        id: u64,
        text: &str,
        limit: usize,
    ) -> Result<(), TokenizerError> {
        let slot = self.slot(field, id, text, limit)?;
        if let Some(other) = self.text(slot as u32) {
            return Err(two_texts(field, id, text, other));
        }
        self.fill(slot, text, false, false);
        // The first of two tokens spelt the same is found by its name.
        self.twins |= !self.ids.add(text.as_bytes(), id as u32);
        Ok(())
    }

    /// Adds a token that is found in texts as it stands, or says of one in the
    /// vocabulary that it is.
    pub(crate) fn add_verbatim(
        &mut self,
        field: &str,
        id: u64,
        text: &str,
        special: bool,
        limit: usize,
    ) -> Result<(), TokenizerError> {
        if let Some(known) = self.id(text)
            && u64::from(known) != id
        {
            let wanted = format!("{known}, the id of {text:?} in the vocabulary");
            return Err(TokenizerError::field(field, wanted, id.to_string()));
        }
        let slot = self.slot(field, id, text, limit)?;
        if let Some(other) = self.text(slot as u32).filter(|&other| other != text) {
            return Err(two_texts(field, id, text, other));
        }
        let verbatim = special || self.spelling.byte_level;
        self.fill(slot, text, verbatim, special);
        self.ids.set(text.as_bytes(), id as u32);
        Ok(())
    }

    fn fill(&mut self, slot: usize, text: &str, verbatim: bool, special: bool) {
        let Self {
            buffer, spelling, ..
        } = self;
        let text_span = Span::push(buffer, text.as_bytes());
        let bytes = match verbatim {
            true => text_span,
            false => Span::push_by(buffer, |buffer| spelling.append(buffer, text)),
        };
        self.pieces[slot] = Some(Piece {
            text: text_span,
            bytes,
            special,
        });
    }

    /// Where a token's piece belongs.
    fn slot(
        &mut self,
        field: &str,
        id: u64,
        text: &str,
        limit: usize,
    ) -> Result<usize, TokenizerError> {
        let limit = limit.saturating_add(GAPS).min(u32::MAX as usize);
        let index = usize::try_from(id).ok().filter(|&id| id < limit);
        let Some(index) = index else {
            let wanted = format!("an id below {limit} for {text:?}");
            return Err(TokenizerError::field(field, wanted, id.to_string()));
        };
        if index >= self.pieces.len() {
            self.pieces.resize(index + 1, None);
        }
        Ok(index)
    }

    fn get(&self, id: u32) -> Option<&Piece> {
        self.pieces.get(id as usize)?.as_ref()
    }

    pub(crate) fn text(&self, id: u32) -> Option<&str> {
        let text = self.get(id)?.text.of(&self.buffer);
        Some(str::from_utf8(text).expect("it was a text when it came"))
    }

    pub(crate) fn bytes(&self, id: u32) -> Option<&[u8]> {
        self.get(id).map(|piece| piece.bytes.of(&self.buffer))
    }

    pub(crate) fn is_special(&self, id: u32) -> bool {
        self.get(id).is_some_and(|piece| piece.special)
    }

    pub(crate) fn id(&self, text: &str) -> Option<u32> {
        self.ids.get(text.as_bytes())
    }

    /// Whether `left` with `right` behind it is known to be the name of `id`.
    pub(crate) fn is_joined(&self, id: u32, left: &str, right: &str) -> bool {
        let (left, right) = (left.as_bytes(), right.as_bytes());
        let joined = |text: &[u8]| {
            text.len() == left.len() + right.len()
                && text.starts_with(left)
                && text.ends_with(right)
        };
        !self.twins
            && self
                .get(id)
                .is_some_and(|p| joined(p.text.of(&self.buffer)))
    }

    pub(crate) fn len(&self) -> usize {
        self.pieces.len()
    }

    /// The tokens `<0x00>` to `<0xFF>`, if all exist.
    pub(crate) fn fallback_bytes(&self) -> Option<Box<[u32; 256]>> {
        let mut ids = Box::new([0; 256]);
        for (byte, id) in ids.iter_mut().enumerate() {
            *id = self.id(&format!("<0x{byte:02X}>"))?;
        }
        Some(ids)
    }
}
