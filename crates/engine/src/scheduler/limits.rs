//! What can be admitted at all.

use crate::cost::CostModel;
use crate::pages::PAGE;

/// What the scheduler must never exceed.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Limits {
    /// Tokens of a sequence, prompt and answer.
    pub context: usize,
    /// KV pages of all sequences.
    pub pages: usize,
    /// Tokens computed in a step; at least `max_sequences`. Where attention makes
    /// tokens dearer, there are fewer.
    pub max_step_tokens: usize,
    /// Sequences running at a time.
    pub max_sequences: usize,
    /// Sequences waiting; batch work counts live work too, but not the reverse.
    pub queue: usize,
    /// Tokens of theirs.
    pub queue_tokens: usize,
    /// What tokens cost.
    pub cost: CostModel,
}

/// Why a sequence was not admitted.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Refusal {
    #[error("the prompt is empty")]
    Empty,
    #[error(
        "{prompt} prompt tokens and {max_tokens} to generate make {}; the context holds {context}",
        prompt.saturating_add(*max_tokens)
    )]
    Context {
        prompt: usize,
        max_tokens: usize,
        context: usize,
    },
    #[error(
        "{prompt} prompt tokens and {max_tokens} to generate make {}; \
         the KV cache holds {capacity}",
        prompt.saturating_add(*max_tokens)
    )]
    Memory {
        prompt: usize,
        max_tokens: usize,
        capacity: usize,
    },
    #[error("{limit} requests are waiting already")]
    QueueFull { limit: usize },
    #[error(
        "{candidates} candidates of a prompt of {prompt} tokens; \
         the queue holds {limit} requests and {limit_tokens} tokens"
    )]
    Candidates {
        candidates: usize,
        prompt: usize,
        limit: usize,
        limit_tokens: usize,
    },
    #[error("{waiting} tokens are waiting already, and the queue holds {limit}, not {prompt} more")]
    QueueTokens {
        prompt: usize,
        waiting: usize,
        limit: usize,
    },
}

impl Refusal {
    /// Whether the same sequence may be admitted later.
    pub fn passes(&self) -> bool {
        matches!(self, Self::QueueFull { .. } | Self::QueueTokens { .. })
    }
}

impl Limits {
    /// Tokens to aim at in a step, at the cost of the first position. What is left
    /// to the limit lets the end of a prompt do without a step of its own.
    pub fn target_tokens(&self) -> usize {
        (self.max_step_tokens * 4 / 5).max(1)
    }

    /// Whether so many candidates of one prompt find room in an empty queue.
    pub fn queue_holds(&self, candidates: usize, prompt: usize) -> Result<(), Refusal> {
        let tokens = candidates.saturating_mul(prompt);
        let fits = candidates <= self.queue && tokens <= self.queue_tokens;
        // A single one waits where nobody else does, however long it is.
        match candidates <= 1 || fits {
            true => Ok(()),
            false => Err(Refusal::Candidates {
                candidates,
                prompt,
                limit: self.queue,
                limit_tokens: self.queue_tokens,
            }),
        }
    }

    /// Whether a sequence could ever run, alone at worst.
    pub fn fits(&self, prompt: usize, max_tokens: usize) -> Result<(), Refusal> {
        if prompt == 0 {
            return Err(Refusal::Empty);
        }
        let total = prompt.saturating_add(max_tokens);
        let context = self.context;
        if total > context {
            return Err(Refusal::Context {
                prompt,
                max_tokens,
                context,
            });
        }
        let capacity = self.pages.saturating_mul(PAGE);
        if total > capacity {
            return Err(Refusal::Memory {
                prompt,
                max_tokens,
                capacity,
            });
        }
        Ok(())
    }
}
