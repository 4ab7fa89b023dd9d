//! What a `Split` or `Replace` looks for.
//!
//! A pattern from a file can take exponential time, so a search ends after
//! [`BACKTRACK_LIMIT`] steps. Then the rest of the line it began in stays one
//! piece, and the search goes on with the next line; after [`GIVE_UPS`] such
//! lines all of the rest is one piece. No text is lost, but its ids can differ
//! from those of a search without limit. The known patterns have scanners of
//! their own, which know no limit.

use crate::error::TokenizerError;
use crate::scan::Scanner;
use serde_json::Value;

/// Steps that one match of a generic pattern may take before it is given up.
const BACKTRACK_LIMIT: usize = 1_000_000;
/// So many lines of a text may be given up.
const GIVE_UPS: usize = 32;
/// Bytes a compiled pattern may take.
const SIZE_LIMIT: usize = 8 << 20;
/// Longest pattern in bytes.
const LENGTH_LIMIT: usize = 16 << 10;

pub(crate) enum Pattern {
    Scanner(Scanner),
    Literal(String),
    Regex(Box<fancy_regex::Regex>),
}

impl Pattern {
    /// `{"Regex": "…"}` or `{"String": "…"}`.
    pub(crate) fn parse(value: &Value, field: &str) -> Result<Self, TokenizerError> {
        if let Some(text) = value.get("String").and_then(Value::as_str) {
            return Ok(Self::Literal(text.to_owned()));
        }
        match value.get("Regex").and_then(Value::as_str) {
            Some(text) => Self::regex(text, field),
            None => Err(TokenizerError::field(
                field,
                "{\"Regex\": text} or {\"String\": text}",
                value.to_string(),
            )),
        }
    }

    pub(crate) fn regex(pattern: &str, field: &str) -> Result<Self, TokenizerError> {
        if let Some(scanner) = Scanner::of(pattern) {
            return Ok(Self::Scanner(scanner));
        }
        if pattern.len() > LENGTH_LIMIT {
            let wanted = format!("a pattern of at most {LENGTH_LIMIT} bytes");
            let got = format!("{} bytes", pattern.len());
            return Err(TokenizerError::field(field, wanted, got));
        }
        let regex = fancy_regex::RegexBuilder::new(pattern)
            .backtrack_limit(BACKTRACK_LIMIT)
            .delegate_size_limit(SIZE_LIMIT)
            .delegate_dfa_size_limit(SIZE_LIMIT)
            .build();
        match regex {
            Ok(regex) => Ok(Self::Regex(Box::new(regex))),
            Err(source) => Err(TokenizerError::Pattern {
                field: field.to_owned(),
                pattern: pattern.to_owned(),
                source: Box::new(source),
            }),
        }
    }

    /// Cuts `text` into matches and what lies between.
    pub(crate) fn cut(&self, text: &str, piece: &mut dyn FnMut(usize, usize, bool)) {
        let mut at = 0;
        let mut found = |start: usize, end: usize| {
            if start > at {
                piece(at, start, false);
            }
            piece(start, end, true);
            at = end;
        };
        match self {
            Self::Scanner(scanner) => {
                let mut start = 0;
                while start < text.len() {
                    let end = start + scanner.next(&text[start..]);
                    found(start, end);
                    start = end;
                }
            }
            Self::Literal(literal) if literal.is_empty() => {}
            Self::Literal(literal) => {
                for (start, matched) in text.match_indices(literal.as_str()) {
                    found(start, start + matched.len());
                }
            }
            Self::Regex(regex) => {
                find_all(regex, text, &mut found);
            }
        }
        if at < text.len() {
            piece(at, text.len(), false);
        }
    }

    pub(crate) fn replace_all(&self, text: &str, with: &str) -> String {
        let mut out = String::with_capacity(text.len());
        self.cut(text, &mut |start, end, matched| {
            out.push_str(if matched { with } else { &text[start..end] });
        });
        out
    }
}

/// Calls `found` with each match; a line that takes too long has none.
fn find_all(regex: &fancy_regex::Regex, text: &str, found: &mut dyn FnMut(usize, usize)) {
    let mut at = 0;
    for _ in 0..GIVE_UPS {
        let mut failed = false;
        let input = fancy_regex::RegexInput::new(text).from_pos(at);
        for matched in regex.find_iter_input(input) {
            match matched {
                Ok(matched) => {
                    found(matched.start(), matched.end());
                    at = matched.end();
                }
                Err(_) => failed = true,
            }
        }
        let line = text[at..].find('\n').filter(|_| failed);
        match line {
            Some(newline) => at += newline + 1,
            None => return,
        }
    }
}
