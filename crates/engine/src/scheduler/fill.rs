//! How a step's budget is shared out.
//!
//! A step cannot be interrupted, so what it costs is what a newcomer waits. Steps
//! are therefore filled up to a target of *cost*, not of tokens: each decode gets
//! its token, then prompts the rest, the least work left first (which makes the
//! mean wait the shortest: Schrage 1968, <https://doi.org/10.1287/opre.16.3.687>),
//! and live work before batch work. So that no stream of short prompts starves a
//! long one, one step in [`PATIENCE`] + 1 begins with the oldest.

use std::cmp::Reverse;

use super::plan::Chunk;
use super::sequence::{Priority, Sequence};
use super::{Limits, Scheduler};
use crate::cost::CostModel;
use crate::pages::{PAGE, Pages, pages_for};

/// Steps in a row that may pass over the oldest prompt.
pub const PATIENCE: usize = 8;

/// What is left of a step.
struct Left {
    cost: CostModel,
    tokens: usize,
    /// The cost to aim at.
    aim: u64,
    /// What the end of a prompt may take, rather than need a step of its own.
    most: u64,
}

impl Left {
    fn new(limits: &Limits) -> Self {
        let (target, most) = (limits.target_tokens(), limits.max_step_tokens);
        Self {
            cost: limits.cost,
            tokens: most,
            aim: limits.cost.tokens(target),
            most: limits.cost.tokens(most),
        }
    }

    /// Takes `tokens` from position `first` on.
    fn spend(&mut self, first: usize, tokens: usize) {
        let price = self.cost.range(first..first + tokens);
        self.tokens -= tokens;
        self.aim = self.aim.saturating_sub(price);
        self.most = self.most.saturating_sub(price);
    }

    /// Raises what is left to a share of the whole, so that prompts go on however
    /// many decodes there are.
    fn keep_share(&mut self, whole: &Self) {
        self.aim = self.aim.max(whole.aim / 4);
        self.most = self.most.max(self.aim);
    }

    /// Takes as many of a prompt's tokens as there is room for.
    fn prompt(&mut self, sequence: &Sequence, at_least: usize) -> usize {
        let (first, pending) = (sequence.computed, sequence.pending());
        let whole = self.cost.range(first..first + pending);
        let tokens = match self.aim > 0 && whole <= self.most {
            true => pending,
            false => self.cost.fit(first, self.aim),
        };
        let tokens = tokens.max(at_least).min(pending).min(self.tokens);
        self.spend(first, tokens);
        tokens
    }

    /// Takes as many guesses as were asked for and there is room for. A known
    /// prefix is worth more than a guess, so none is forgotten for one.
    fn guesses(&mut self, sequence: &mut Sequence, pages: &mut Pages, reserve: usize) -> usize {
        let length = sequence.length();
        // The last guess that comes true is followed by one more token.
        let room = (sequence.limit - length).saturating_sub(1);
        let fit = self.cost.fit(length, self.aim).min(self.tokens);
        let wanted = length + sequence.guesses.min(room).min(fit);
        while sequence.pages.len() < pages_for(wanted) && pages.free() > reserve {
            match pages.take_blank() {
                Some(page) => sequence.pages.push(page),
                None => break,
            }
        }
        let guesses = wanted.min(sequence.pages.len() * PAGE) - length;
        self.spend(length, guesses);
        guesses
    }
}

impl Scheduler {
    /// Chunks of the running sequences, in their order.
    pub(super) fn fill(&mut self) -> Vec<Chunk> {
        let whole = Left::new(&self.limits);
        let mut left = Left::new(&self.limits);
        let mut tokens = vec![0; self.running.len()];
        let mut guesses = vec![0; self.running.len()];
        for (tokens, sequence) in tokens.iter_mut().zip(&self.running) {
            if sequence.pending() == 1 {
                *tokens = 1;
                left.spend(sequence.computed, 1);
            }
        }
        left.keep_share(&whole);

        let prompts = self.prompts();
        let mut at_least = 1;
        for &i in &prompts {
            tokens[i] = left.prompt(&self.running[i], at_least);
            at_least = 0;
        }
        // Guesses come last, else those of live work could starve a batch prompt. A
        // page is in reserve for each that runs, so that nobody gives way for one.
        let reserve = self.running.len();
        for priority in [Priority::Live, Priority::Batch] {
            for (i, sequence) in self.running.iter_mut().enumerate() {
                if sequence.priority == priority && tokens[i] == sequence.pending() {
                    guesses[i] = left.guesses(sequence, &mut self.pages, reserve);
                }
            }
        }
        let oldest = prompts.iter().min();
        self.passed_over = match oldest.is_some_and(|&i| tokens[i] == 0) {
            true => self.passed_over + 1,
            false => 0,
        };
        let chunks = self.running.iter_mut().zip(tokens).zip(guesses);
        chunks
            .filter_map(|((sequence, tokens), guesses)| sequence.chunk(tokens, guesses))
            .collect()
    }

    /// Indices of the running sequences with more than one token to compute, those
    /// first that are to be served first.
    fn prompts(&self) -> Vec<usize> {
        let several = |&i: &usize| self.running[i].pending() > 1;
        let mut prompts: Vec<usize> = (0..self.running.len()).filter(several).collect();
        let oldest = prompts.first().copied();
        let aged = oldest.filter(|_| self.passed_over >= PATIENCE);
        prompts.sort_by_key(|&i| {
            let s = &self.running[i];
            let work = self.limits.cost.range(s.computed..s.length());
            (Reverse(aged == Some(i)), s.priority, work, s.id)
        });
        prompts
    }
}
