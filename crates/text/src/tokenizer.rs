//! A tokenizer as a whole: added tokens, normalisation, splitting, the model,
//! and the way back.

use crate::added::{Added, Finder, Segment};
use crate::bpe::Bpe;
use crate::error::TokenizerError;
use crate::hash::Map;
use crate::normalize::{Normalize, normalize};
use crate::pieces::Pieces;
use crate::split::{Split, split};
use crate::stream::Decode;
use crate::unigram::Unigram;
use crate::wordpiece::WordPiece;

/// What special tokens in a text mean.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Specials {
    /// The tokens themselves, as in a rendered chat template.
    Parse,
    /// Text, as in what a user typed.
    Plain,
}

/// The tokens that mark a text with a hole.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Fim {
    pub prefix: u32,
    pub suffix: u32,
    pub middle: u32,
}

/// Turns text to token ids and back. Shared between threads as it is.
pub struct Tokenizer {
    pub(crate) parts: Parts,
    /// Searched in the text as given.
    raw: Finder,
    /// Searched in the normalised text.
    normalized: Finder,
}

/// What a file says.
pub(crate) struct Parts {
    pub(crate) pieces: Pieces,
    pub(crate) added: Vec<Added>,
    pub(crate) normalize: Vec<Normalize>,
    pub(crate) split: Vec<Split>,
    pub(crate) model: Model,
    pub(crate) named: Named,
}

/// Tokens with a role.
#[derive(Clone, Debug, Default)]
pub(crate) struct Named {
    pub(crate) bos: Option<u32>,
    pub(crate) eos: Option<u32>,
    pub(crate) eot: Option<u32>,
    pub(crate) unk: Option<u32>,
    pub(crate) pad: Option<u32>,
    /// Stand before a text, and behind it.
    pub(crate) prefix: Vec<u32>,
    pub(crate) suffix: Vec<u32>,
    pub(crate) fim: Option<Fim>,
}

pub(crate) enum Model {
    Bpe(Bpe),
    Unigram(Unigram),
    WordPiece(WordPiece),
}

impl std::fmt::Debug for Tokenizer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let mut out = f.debug_struct("Tokenizer");
        out.field("vocab", &self.vocab_size())
            .finish_non_exhaustive()
    }
}

/// Names of the fill-in-the-middle tokens that models have been given.
const FIM_NAMES: [[&str; 3]; 5] = [
    ["<|fim_prefix|>", "<|fim_suffix|>", "<|fim_middle|>"],
    ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"],
    ["<fim-prefix>", "<fim-suffix>", "<fim-middle>"],
    ["▁<PRE>", "▁<SUF>", "▁<MID>"],
    ["<PRE>", "<SUF>", "<MID>"],
];

impl Tokenizer {
    pub(crate) fn assemble(mut parts: Parts) -> Result<Self, TokenizerError> {
        let (mut late, early): (Vec<_>, Vec<_>) = parts
            .added
            .iter()
            .cloned()
            .partition(|token| token.normalized);
        for token in &mut late {
            token.content = normalize(&parts.normalize, &token.content).into_owned();
        }
        let id = |name: &str| parts.pieces.id(name);
        let known = FIM_NAMES.iter().find_map(|[prefix, suffix, middle]| {
            let (prefix, suffix, middle) = (id(prefix)?, id(suffix)?, id(middle)?);
            Some(Fim {
                prefix,
                suffix,
                middle,
            })
        });
        parts.named.fim = parts.named.fim.or(known);
        if let Model::Bpe(bpe) = &parts.model
            && bpe.keeps_words_apart(&parts.pieces)
        {
            parts.split.push(Split::MarkRuns);
        }
        Ok(Self {
            raw: Finder::new(early)?,
            normalized: Finder::new(late)?,
            parts,
        })
    }

    /// The ids of `text`, without those that frame it (see [`Self::frame`]).
    ///
    /// Takes O(n log n) in the length of the text.
    pub fn encode(&self, text: &str, specials: Specials) -> Vec<u32> {
        let parse = specials == Specials::Parse;
        let mut words = Words::new(&self.parts.model, text.len());
        self.raw.cut(text, parse, &mut |segment| match segment {
            Segment::Token(id) => words.ids.push(id),
            Segment::Text(text, first) => {
                let text = normalize(&self.parts.normalize, text);
                self.normalized
                    .cut(&text, parse, &mut |segment| match segment {
                        Segment::Token(id) => words.ids.push(id),
                        Segment::Text(text, second) => {
                            let first = first && second;
                            split(&self.parts.split, text, first, &mut |word| words.push(word));
                        }
                    });
            }
        });
        words.ids
    }

    /// Puts the tokens around `ids` that the model was trained to see there,
    /// for most models the bos token or nothing.
    pub fn frame(&self, ids: &[u32]) -> Vec<u32> {
        let Named { prefix, suffix, .. } = &self.parts.named;
        [prefix.as_slice(), ids, suffix].concat()
    }

    /// The text of `ids`, special tokens included. Bytes that are not UTF-8
    /// become U+FFFD; unknown ids are left out.
    pub fn decode(&self, ids: &[u32]) -> String {
        let mut decode = Decode::default();
        let mut text = String::new();
        for &id in ids {
            decode.push(&self.parts.pieces, id, &mut text);
        }
        decode.finish(&mut text);
        text
    }

    /// The bytes that `id` adds to a text; not always whole characters.
    pub fn piece_bytes(&self, id: u32) -> Option<&[u8]> {
        self.parts.pieces.bytes(id)
    }

    /// The token as the vocabulary spells it, for example `Ġthe`.
    pub fn piece(&self, id: u32) -> Option<String> {
        self.parts.pieces.text(id).map(str::to_owned)
    }

    /// The token that the vocabulary spells so.
    pub fn id_of(&self, piece: &str) -> Option<u32> {
        self.parts.pieces.id(piece)
    }

    /// One more than the highest id.
    pub fn vocab_size(&self) -> usize {
        self.parts.pieces.len()
    }

    /// Whether `id` stands for something other than text.
    pub fn is_special(&self, id: u32) -> bool {
        self.parts.pieces.is_special(id)
    }

    /// The token that begins a text.
    pub fn bos(&self) -> Option<u32> {
        self.parts.named.bos
    }

    /// The token that ends a text.
    pub fn eos(&self) -> Option<u32> {
        self.parts.named.eos
    }

    /// The token that ends a turn, where it is not the one that ends a text.
    pub fn eot(&self) -> Option<u32> {
        self.parts.named.eot
    }

    pub fn unk(&self) -> Option<u32> {
        self.parts.named.unk
    }

    pub fn pad(&self) -> Option<u32> {
        self.parts.named.pad
    }

    /// Whether the model expects bos before a text.
    pub fn adds_bos(&self) -> bool {
        let bos = self.parts.named.bos;
        bos.is_some_and(|bos| self.parts.named.prefix.contains(&bos))
    }

    /// Whether the model expects eos behind a text.
    pub fn adds_eos(&self) -> bool {
        let eos = self.parts.named.eos;
        eos.is_some_and(|eos| self.parts.named.suffix.contains(&eos))
    }

    /// The fill-in-the-middle tokens, if the vocabulary has all three.
    pub fn fim(&self) -> Option<Fim> {
        self.parts.named.fim
    }
}

/// Longest word in bytes that is remembered.
const CACHED_WORD: usize = 48;
/// How many are.
const CACHED_WORDS: usize = 1 << 15;

/// Encodes words, remembering those seen in this text.
struct Words<'a> {
    model: &'a Model,
    ids: Vec<u32>,
    /// Where in `ids` a word was encoded before.
    seen: Map<Box<[u8]>, (usize, usize)>,
}

impl<'a> Words<'a> {
    fn new(model: &'a Model, text_len: usize) -> Self {
        Self {
            model,
            ids: Vec::with_capacity(text_len / 3),
            seen: Map::default(),
        }
    }

    fn push(&mut self, word: &str) {
        if let Some(&(start, end)) = self.seen.get(word.as_bytes()) {
            return self.ids.extend_from_within(start..end);
        }
        let start = self.ids.len();
        match self.model {
            Model::Bpe(bpe) => bpe.encode(word, &mut self.ids),
            Model::Unigram(unigram) => unigram.encode(word, &mut self.ids),
            Model::WordPiece(pieces) => pieces.encode(word, &mut self.ids),
        }
        if word.len() <= CACHED_WORD && self.seen.len() < CACHED_WORDS {
            self.seen
                .insert(word.as_bytes().into(), (start, self.ids.len()));
        }
    }
}

#[cfg(test)]
mod tests;
