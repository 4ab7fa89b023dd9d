//! Token ids to text, as they come.

use crate::pieces::Pieces;
use crate::tokenizer::Tokenizer;
use std::sync::Arc;

/// Which tokens a [`DecodeStream`] shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Rendering {
    /// Special tokens give no text.
    TextOnly,
    Everything,
}

/// Decodes tokens one by one; what it gives, joined, is what
/// [`Tokenizer::decode`] gives for all.
///
/// A character is given when it is whole, and never before.
#[derive(Clone)]
pub struct DecodeStream {
    tokenizer: Arc<Tokenizer>,
    rendering: Rendering,
    decode: Decode,
}

impl std::fmt::Debug for DecodeStream {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DecodeStream")
            .field("decode", &self.decode)
            .finish_non_exhaustive()
    }
}

impl DecodeStream {
    /// Stands at the beginning of a text. To go on in the middle of one, push
    /// the ids before it first.
    pub fn new(tokenizer: Arc<Tokenizer>, rendering: Rendering) -> Self {
        Self {
            tokenizer,
            rendering,
            decode: Decode::default(),
        }
    }

    /// The text that `id` completes; often empty.
    pub fn push(&mut self, id: u32) -> String {
        let mut text = String::new();
        if self.rendering == Rendering::Everything || !self.tokenizer.is_special(id) {
            self.decode
                .push(&self.tokenizer.parts.pieces, id, &mut text);
        }
        text
    }

    /// What is left at the end: a U+FFFD for a character that never came whole.
    pub fn finish(&mut self) -> String {
        let mut text = String::new();
        self.decode.finish(&mut text);
        text
    }
}

/// The state between two tokens.
#[derive(Clone, Debug, Default)]
pub(crate) struct Decode {
    /// The beginning of a character, at most three bytes between pushes.
    held: Vec<u8>,
    /// Spaces already stripped; stripping ends at the first other byte.
    stripped: usize,
    begun: bool,
    /// A space that shows if a token follows.
    space: bool,
}

impl Decode {
    pub(crate) fn push(&mut self, pieces: &Pieces, id: u32, text: &mut String) {
        let Some(mut bytes) = pieces.bytes(id) else {
            return;
        };
        if std::mem::take(&mut self.space) {
            self.held.push(b' ');
        }
        let spelling = &pieces.spelling;
        while !self.begun && self.stripped < spelling.strip_start && bytes.first() == Some(&b' ') {
            bytes = &bytes[1..];
            self.stripped += 1;
        }
        self.begun |= !bytes.is_empty();
        if !spelling.suffix.is_empty()
            && let [front @ .., b' '] = bytes
        {
            bytes = front;
            self.space = true;
        }
        self.held.extend_from_slice(bytes);
        self.release(text);
    }

    /// Moves whole characters to `text`, and U+FFFD for what can be none.
    fn release(&mut self, text: &mut String) {
        let mut done = 0;
        while let Some(chunk) = self.held[done..].utf8_chunks().next() {
            text.push_str(chunk.valid());
            done += chunk.valid().len();
            let invalid = chunk.invalid();
            let unfinished = std::str::from_utf8(invalid).is_err_and(|e| e.error_len().is_none());
            if unfinished && done + invalid.len() == self.held.len() {
                break;
            }
            if !invalid.is_empty() {
                text.push(char::REPLACEMENT_CHARACTER);
                done += invalid.len();
            }
        }
        self.held.drain(..done);
    }

    pub(crate) fn finish(&mut self, text: &mut String) {
        if !self.held.is_empty() {
            text.push(char::REPLACEMENT_CHARACTER);
        }
        *self = Self::default();
    }
}
