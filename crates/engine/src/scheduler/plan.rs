//! What is to be computed in a step.

use std::ops::Range;

use crate::pages::PageId;

/// A sequence's name; younger sequences have greater ones.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SequenceId(pub(crate) u64);

/// One step's work.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    /// At most one chunk per sequence.
    pub chunks: Vec<Chunk>,
}

impl Plan {
    /// Tokens to compute.
    pub fn tokens(&self) -> usize {
        self.chunks.iter().map(|c| c.tokens.len()).sum()
    }
}

/// Consecutive tokens of a sequence to compute.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Chunk {
    pub sequence: SequenceId,
    /// Positions of the tokens.
    pub tokens: Range<usize>,
    /// The sequence's pages from position 0 on; they cover `tokens.end`.
    pub pages: Vec<PageId>,
    /// The last so many of `tokens` are guesses, at positions from the sequence's
    /// length on; only a `last` chunk has any.
    pub guesses: usize,
    /// No known token stands behind: the row of the last known token predicts the
    /// next one, and the row of each guess the one behind it.
    pub last: bool,
}
