//! A sequence from admission to its end.

use crate::pages::{PAGE, PageId, Pages, pages_for};
use crate::scheduler::{Chunk, SequenceId};

/// Whose work comes first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Priority {
    /// Somebody waits for it.
    #[default]
    Live,
    /// Takes what live work leaves, and gives way to it.
    Batch,
}

/// What is to be admitted.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Submission {
    pub prompt: Vec<u32>,
    pub max_tokens: usize,
    pub priority: Priority,
    /// Every row of the prompt is wanted, so all are computed, whatever is cached.
    pub every_row: bool,
}

#[derive(Debug)]
pub(super) struct Sequence {
    pub(super) id: SequenceId,
    pub(super) priority: Priority,
    pub(super) every_row: bool,
    /// Tokens known: the prompt, and those sampled.
    pub(super) tokens: Vec<u32>,
    /// Tokens whose keys and values are in `pages`.
    pub(super) computed: usize,
    /// There are never more tokens.
    pub(super) limit: usize,
    pub(super) pages: Vec<PageId>,
    /// Pages in front that are known by their tokens.
    pub(super) published: usize,
    /// Guessed tokens to verify in the next step.
    pub(super) guesses: usize,
}

impl Sequence {
    pub(super) fn new(id: SequenceId, submission: Submission) -> Self {
        Self {
            id,
            priority: submission.priority,
            every_row: submission.every_row,
            limit: submission.prompt.len() + submission.max_tokens,
            tokens: submission.prompt,
            computed: 0,
            pages: Vec::new(),
            published: 0,
            guesses: 0,
        }
    }

    /// Orders sequences: by priority, then by age.
    pub(super) fn rank(&self) -> (Priority, SequenceId) {
        (self.priority, self.id)
    }

    pub(super) fn length(&self) -> usize {
        self.tokens.len()
    }

    pub(super) fn pending(&self) -> usize {
        self.length() - self.computed
    }

    /// Pages that its known tokens need beyond those it has.
    pub(super) fn missing_pages(&self) -> usize {
        pages_for(self.length()).saturating_sub(self.pages.len())
    }

    /// The tokens whose pages others may have: all but the last, whose row
    /// predicts the next one, so that it is computed in any case.
    pub(super) fn reusable(&self) -> &[u32] {
        match self.every_row {
            true => &[],
            false => &self.tokens[..self.length() - 1],
        }
    }

    /// Pages of [reusable](Self::reusable) tokens that `other` will have too.
    pub(super) fn common_pages(&self, other: &Self) -> usize {
        let pairs = self.reusable().iter().zip(&other.tokens);
        pairs.take_while(|(a, b)| a == b).count() / PAGE
    }

    /// The next so many known tokens, and guesses behind them; none without tokens.
    pub(super) fn chunk(&mut self, tokens: usize, guesses: usize) -> Option<Chunk> {
        self.guesses = 0;
        let known = self.computed + tokens;
        (tokens > 0).then(|| Chunk {
            sequence: self.id,
            tokens: self.computed..known + guesses,
            pages: self.pages.clone(),
            guesses,
            last: known == self.length(),
        })
    }

    /// Gives up its pages, to be computed again.
    pub(super) fn reset(&mut self, pages: &mut Pages) {
        pages.release(std::mem::take(&mut self.pages));
        (self.computed, self.published, self.guesses) = (0, 0, 0);
    }

    /// Makes its pages known that were filled since.
    pub(super) fn publish(&mut self, pages: &mut Pages) {
        while (self.published + 1) * PAGE <= self.computed {
            let run = &self.tokens[self.published * PAGE..][..PAGE];
            pages.publish(&mut self.pages, self.published, run);
            self.published += 1;
        }
    }
}
