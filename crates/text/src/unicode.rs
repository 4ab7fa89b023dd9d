//! Character classes, one bit for each code point.
//!
//! The tables come from `regex-syntax`, so that the scanners here and the
//! generic patterns agree on what a letter is.

use regex_syntax::hir::{Class, HirKind};
use std::sync::LazyLock;

/// A set of characters.
pub(crate) struct CharSet {
    bits: Vec<u64>,
}

impl CharSet {
    fn new(pattern: &str) -> Self {
        let hir = regex_syntax::parse(pattern).expect("the patterns below are constants");
        let HirKind::Class(Class::Unicode(class)) = hir.kind() else {
            unreachable!("{pattern} is a Unicode class");
        };
        let mut bits = vec![0u64; 0x11_0000 / 64];
        for range in class.ranges() {
            for c in range.start() as usize..=range.end() as usize {
                bits[c / 64] |= 1 << (c % 64);
            }
        }
        Self { bits }
    }

    #[inline]
    pub(crate) fn has(&self, c: char) -> bool {
        let c = c as usize;
        self.bits[c / 64] >> (c % 64) & 1 == 1
    }
}

pub(crate) static LETTER: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{L}"));
pub(crate) static NUMBER: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\p{N}"));
pub(crate) static WORD: LazyLock<CharSet> = LazyLock::new(|| CharSet::new(r"\w"));

// BERT's steps know the classes of Unicode 8.0, as they do in `tokenizers`:
// trained vocabularies depend on where words were cut.
pub(crate) static PUNCTUATION: LazyLock<CharSet> =
    LazyLock::new(|| CharSet::new(r"[[\p{P}&&\p{age:8.0}]\x{166D}\x{111C9}]"));
pub(crate) static OTHER: LazyLock<CharSet> =
    LazyLock::new(|| CharSet::new(r"[[\p{Cc}\p{Cf}&&\p{age:8.0}]\p{Co}]"));
pub(crate) static NONSPACING: LazyLock<CharSet> =
    LazyLock::new(|| CharSet::new(r"[[\p{Mn}&&\p{age:8.0}]\x{1734}--\x{111C9}]"));

/// ASCII punctuation (symbols included) or Unicode's.
pub(crate) fn is_punctuation(c: char) -> bool {
    c.is_ascii_punctuation() || PUNCTUATION.has(c)
}
