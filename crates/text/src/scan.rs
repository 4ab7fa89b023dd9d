//! Hand-written scanners for the patterns that most tokenizers split by.
//!
//! Radford et al. 2019 (GPT-2), and its successors in tiktoken:
//!
//! ```text
//! gpt2    's|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+
//! cl100k  (?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}
//!         | ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+
//! ```
//!
//! Both match at every position, so a text is cut without gaps.

use crate::unicode::{LETTER, NUMBER};

pub(crate) const GPT2: &str =
    r"'s|'t|'re|'ve|'m|'ll|'d| ?\p{L}+| ?\p{N}+| ?[^\s\p{L}\p{N}]+|\s+(?!\S)|\s+";
pub(crate) const CL100K: &str = concat!(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}{1,3}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
);
pub(crate) const QWEN2: &str = concat!(
    r"(?i:'s|'t|'re|'ve|'m|'ll|'d)|[^\r\n\p{L}\p{N}]?\p{L}+|\p{N}",
    r"| ?[^\s\p{L}\p{N}]+[\r\n]*|\s*[\r\n]+|\s+(?!\S)|\s+",
);

/// Which of the patterns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scanner {
    Gpt2,
    /// With the longest run of digits in a piece.
    Cl100k {
        digits: usize,
    },
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Letter,
    Number,
    Space,
    Other,
}

#[inline]
fn kind(c: char) -> Kind {
    if c.is_ascii() {
        return match c {
            'a'..='z' | 'A'..='Z' => Kind::Letter,
            '0'..='9' => Kind::Number,
            ' ' | '\t'..='\r' => Kind::Space,
            _ => Kind::Other,
        };
    }
    if LETTER.has(c) {
        Kind::Letter
    } else if NUMBER.has(c) {
        Kind::Number
    } else if c.is_whitespace() {
        Kind::Space
    } else {
        Kind::Other
    }
}

impl Scanner {
    /// The scanner for a pattern, if there is one.
    pub(crate) fn of(pattern: &str) -> Option<Self> {
        match pattern {
            GPT2 => Some(Self::Gpt2),
            CL100K => Some(Self::Cl100k { digits: 3 }),
            QWEN2 => Some(Self::Cl100k { digits: 1 }),
            _ => None,
        }
    }

    /// The length in bytes of the piece that `text` begins with.
    ///
    /// # Panics
    /// If `text` is empty.
    pub(crate) fn next(self, text: &str) -> usize {
        let any_case = self != Self::Gpt2;
        if let Some(n) = contraction(text, any_case) {
            return n;
        }
        let mut chars = text.chars();
        let first = chars
            .next()
            .expect("the caller stops at the end of the text");
        let rest = chars.as_str();
        let second = rest.chars().next().map(kind);
        let one = first.len_utf8();
        let first_kind = kind(first);
        match (self, first_kind) {
            (_, Kind::Letter) => run(text, Kind::Letter),
            (Self::Gpt2, Kind::Number | Kind::Other) => run(text, first_kind),
            (Self::Gpt2, Kind::Space) => match second {
                Some(next) if first == ' ' && next != Kind::Space => one + run(rest, next),
                _ => spaces(text),
            },
            (Self::Cl100k { digits }, Kind::Number) => {
                let numbers = text
                    .chars()
                    .take(digits)
                    .take_while(|&c| kind(c) == Kind::Number);
                numbers.map(char::len_utf8).sum()
            }
            (Self::Cl100k { .. }, _)
                if second == Some(Kind::Letter) && !matches!(first, '\r' | '\n') =>
            {
                one + run(rest, Kind::Letter)
            }
            (Self::Cl100k { .. }, Kind::Other) => with_newlines(text, run(text, Kind::Other)),
            (Self::Cl100k { .. }, Kind::Space) => {
                if first == ' ' && second == Some(Kind::Other) {
                    return with_newlines(text, one + run(rest, Kind::Other));
                }
                let end = run(text, Kind::Space);
                match text[..end].rfind(['\r', '\n']) {
                    Some(at) => at + 1,
                    None => spaces(text),
                }
            }
        }
    }
}

/// `'s|'t|'re|'ve|'m|'ll|'d`. Without regard to case, `ſ` is an `s`.
fn contraction(text: &str, any_case: bool) -> Option<usize> {
    let rest = text.strip_prefix('\'')?;
    let bytes = rest.as_bytes();
    let fold = |i: usize| {
        let b = bytes.get(i).copied().unwrap_or(0);
        if any_case { b.to_ascii_lowercase() } else { b }
    };
    match (fold(0), fold(1)) {
        (b's' | b't' | b'm' | b'd', _) => Some(2),
        (b'r' | b'v', b'e') | (b'l', b'l') => Some(3),
        _ if any_case && rest.starts_with('ſ') => Some(1 + 'ſ'.len_utf8()),
        _ => None,
    }
}

/// The bytes of the run of one kind at the beginning.
fn run(text: &str, of: Kind) -> usize {
    text.char_indices()
        .find(|&(_, c)| kind(c) != of)
        .map_or(text.len(), |(at, _)| at)
}

/// `\s+(?!\S)|\s+`: the last space of several goes to the word behind it.
fn spaces(text: &str) -> usize {
    let end = run(text, Kind::Space);
    let last = text[..end].chars().next_back().map_or(0, char::len_utf8);
    if end < text.len() && end > last {
        return end - last;
    }
    end
}

fn with_newlines(text: &str, end: usize) -> usize {
    let newlines = text.as_bytes()[end..].iter();
    end + newlines.take_while(|b| matches!(b, b'\r' | b'\n')).count()
}
