//! Cutting a text into words before the model sees it, after Hugging Face's
//! `tokenizers` ("pre-tokenizers").

use crate::pattern::Pattern;
use crate::unicode::{NUMBER, WORD, is_punctuation};

/// What SentencePiece writes for a space.
pub(crate) const MARK: char = '▁';

pub(crate) enum Split {
    Pattern {
        pattern: Pattern,
        behavior: Behavior,
        invert: bool,
    },
    Chars {
        class: CharClass,
        behavior: Behavior,
    },
    /// Runs of word characters and runs of other visible ones.
    Words,
    Metaspace(Metaspace),
    /// Words that begin with their [`MARK`]s.
    MarkRuns,
    /// A space in front of each piece that has none.
    SpacePrefix,
}

/// Spaces become `replacement`, and words begin with it.
pub(crate) struct Metaspace {
    pub(crate) replacement: char,
    pub(crate) prepend: Prepend,
    pub(crate) split: bool,
}

#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Prepend {
    Always,
    /// Where the text begins.
    First,
    Never,
}

#[derive(Clone, Copy)]
pub(crate) enum CharClass {
    Digit,
    Punctuation,
    Whitespace,
    Char(char),
}

impl CharClass {
    fn has(self, c: char) -> bool {
        match self {
            Self::Digit => NUMBER.has(c),
            Self::Punctuation => is_punctuation(c),
            Self::Whitespace => c.is_whitespace(),
            Self::Char(this) => c == this,
        }
    }
}

/// What becomes of a match.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Behavior {
    Removed,
    Isolated,
    MergedWithPrevious,
    MergedWithNext,
    Contiguous,
}

/// A piece of a text: where it ends, and whether it is a match.
struct Cut {
    start: usize,
    end: usize,
    matched: bool,
}

/// Calls `word` with each word of `text`, in order. `first`: the whole text
/// begins here.
pub(crate) fn split(steps: &[Split], text: &str, first: bool, word: &mut dyn FnMut(&str)) {
    if text.is_empty() {
        return;
    }
    let Some((step, rest)) = steps.split_first() else {
        return word(text);
    };
    let mut piece = |text: &str, start: usize, end: usize| {
        split(rest, &text[start..end], first && start == 0, word);
    };
    match step {
        Split::Pattern {
            pattern,
            behavior: Behavior::Isolated,
            ..
        } => {
            pattern.cut(text, &mut |start, end, _| piece(text, start, end));
        }
        Split::Pattern {
            pattern,
            behavior,
            invert,
        } => {
            let mut cuts = Vec::new();
            pattern.cut(text, &mut |start, end, matched| {
                cuts.push(Cut {
                    start,
                    end,
                    matched: matched != *invert,
                });
            });
            behave(&cuts, *behavior, &mut |start, end| piece(text, start, end));
        }
        Split::Chars { class, behavior } => {
            let cuts = by_class(text, *class);
            behave(&cuts, *behavior, &mut |start, end| piece(text, start, end));
        }
        Split::Words => by_kind(text, &mut |start, end| piece(text, start, end)),
        Split::Metaspace(metaspace) => {
            let text = metaspace.replace(text, first);
            if !metaspace.split {
                return piece(&text, 0, text.len());
            }
            let mut start = 0;
            for (at, _) in text.match_indices(metaspace.replacement) {
                if at > start {
                    piece(&text, start, at);
                }
                start = at;
            }
            piece(&text, start, text.len());
        }
        Split::MarkRuns => by_mark_runs(text, &mut |start, end| piece(text, start, end)),
        Split::SpacePrefix if text.starts_with(' ') => piece(text, 0, text.len()),
        Split::SpacePrefix => {
            let text = format!(" {text}");
            piece(&text, 0, text.len());
        }
    }
}

/// Characters of the class one by one, others in runs.
fn by_class(text: &str, class: CharClass) -> Vec<Cut> {
    let mut cuts: Vec<Cut> = Vec::new();
    for (start, c) in text.char_indices() {
        let (end, matched) = (start + c.len_utf8(), class.has(c));
        match cuts.last_mut() {
            Some(last) if !matched && !last.matched => last.end = end,
            _ => cuts.push(Cut {
                start,
                end,
                matched,
            }),
        }
    }
    cuts
}

/// Runs of word characters and of other visible ones.
fn by_kind(text: &str, piece: &mut dyn FnMut(usize, usize)) {
    let class = |c: char| match c {
        c if WORD.has(c) => 0,
        c if c.is_whitespace() => 1,
        _ => 2,
    };
    let mut start = 0;
    while let Some(c) = text[start..].chars().next() {
        let run = text[start..].find(|other| class(other) != class(c));
        let end = run.map_or(text.len(), |run| start + run);
        if class(c) != 1 {
            piece(start, end);
        }
        start = end;
    }
}

/// Before each [`MARK`] that stands behind another character.
fn by_mark_runs(text: &str, piece: &mut dyn FnMut(usize, usize)) {
    let (mut start, mut run_end) = (0, 0);
    for (at, mark) in text.match_indices(MARK) {
        if at > run_end {
            piece(start, at);
            start = at;
        }
        run_end = at + mark.len();
    }
    piece(start, text.len());
}

impl Metaspace {
    fn replace(&self, text: &str, first: bool) -> String {
        let prepend = match self.prepend {
            Prepend::Always => true,
            Prepend::First => first,
            Prepend::Never => false,
        };
        let mut out = String::with_capacity(text.len() + 4);
        if prepend && !text.starts_with([' ', self.replacement]) {
            out.push(self.replacement);
        }
        let replaced = text
            .chars()
            .map(|c| if c == ' ' { self.replacement } else { c });
        out.extend(replaced);
        out
    }
}

/// Joins or drops the cuts as the behaviour says.
fn behave(cuts: &[Cut], behavior: Behavior, piece: &mut dyn FnMut(usize, usize)) {
    let mut open: Option<(usize, usize)> = None;
    for (i, cut) in cuts.iter().enumerate() {
        let previous = i.checked_sub(1).map(|i| cuts[i].matched);
        let joins = match behavior {
            Behavior::Removed | Behavior::Isolated => false,
            Behavior::Contiguous => previous == Some(cut.matched),
            Behavior::MergedWithPrevious => cut.matched && previous == Some(false),
            Behavior::MergedWithNext => !cut.matched && previous == Some(true),
        };
        match &mut open {
            Some((_, end)) if joins => *end = cut.end,
            _ => {
                if let Some((start, end)) = open.take() {
                    piece(start, end);
                }
                if behavior != Behavior::Removed || !cut.matched {
                    open = Some((cut.start, cut.end));
                }
            }
        }
    }
    if let Some((start, end)) = open {
        piece(start, end);
    }
}
