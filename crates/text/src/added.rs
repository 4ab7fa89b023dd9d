//! Tokens found in a text before anything else looks at it: special ones and
//! those a tokenizer was given later.

use crate::error::TokenizerError;
use crate::unicode::WORD;
use aho_corasick::{AhoCorasick, MatchKind};

#[derive(Clone, Debug, Default)]
pub(crate) struct Added {
    pub(crate) id: u32,
    pub(crate) content: String,
    /// Stands for something other than text.
    pub(crate) special: bool,
    /// Not within a word.
    pub(crate) single_word: bool,
    /// Takes the whitespace before it.
    pub(crate) lstrip: bool,
    /// Takes the whitespace behind it.
    pub(crate) rstrip: bool,
    /// Looked for in the normalised text.
    pub(crate) normalized: bool,
}

/// A search for many tokens at once; the longest at a place is taken.
pub(crate) struct Finder {
    automaton: Option<AhoCorasick>,
    added: Vec<Added>,
}

pub(crate) enum Segment<'a> {
    /// Its text, and whether the whole text begins here.
    Text(&'a str, bool),
    Token(u32),
}

impl Finder {
    /// `added` with their contents as they stand in the text searched.
    pub(crate) fn new(mut added: Vec<Added>) -> Result<Self, TokenizerError> {
        added.retain(|token| !token.content.is_empty());
        let automaton = match added.is_empty() {
            true => None,
            false => {
                let built = AhoCorasick::builder()
                    .match_kind(MatchKind::LeftmostLongest)
                    .build(added.iter().map(|token| &token.content));
                let wrong = |e: aho_corasick::BuildError| {
                    let wanted = "tokens that fit a search automaton";
                    TokenizerError::field("added_tokens", wanted, e.to_string())
                };
                Some(built.map_err(wrong)?)
            }
        };
        Ok(Self { automaton, added })
    }

    /// Cuts `text`; special tokens are text if not `specials`.
    pub(crate) fn cut<'a>(
        &self,
        text: &'a str,
        specials: bool,
        segment: &mut dyn FnMut(Segment<'a>),
    ) {
        let mut done = 0;
        for found in self.automaton.iter().flat_map(|a| a.find_iter(text)) {
            let token = &self.added[found.pattern().as_usize()];
            let (before, behind) = (&text[..found.start()], &text[found.end()..]);
            if token.special && !specials || token.single_word && in_word(before, behind) {
                continue;
            }
            // An earlier token may have taken this text as its whitespace.
            if found.end() <= done {
                continue;
            }
            let (mut start, mut end) = (found.start(), found.end());
            if token.lstrip {
                start = before.trim_end().len();
            }
            if token.rstrip {
                end = text.len() - behind.trim_start().len();
            }
            if done < start {
                segment(Segment::Text(&text[done..start], done == 0));
            }
            segment(Segment::Token(token.id));
            done = end;
        }
        if done < text.len() {
            segment(Segment::Text(&text[done..], done == 0));
        }
    }
}

fn in_word(before: &str, behind: &str) -> bool {
    let word = |c: Option<char>| c.is_some_and(|c| WORD.has(c));
    word(before.chars().next_back()) || word(behind.chars().next())
}
