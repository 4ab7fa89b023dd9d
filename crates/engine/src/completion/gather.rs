//! The candidates' deltas become one answer.

use std::ops::ControlFlow;
use std::sync::{Arc, mpsc};

use super::writer::{Note, Outlet};
use super::{CompletionError, Generation, OnDelta};
use crate::delta::{Call, CallDelta, Choice, Completion, Delta};
use crate::handle::Engine;
use crate::scheduler::SequenceId;
use crate::step::{Failure, FinishReason};

/// An answer that comes. Dropping it cancels what is left.
pub struct Underway {
    engine: Engine,
    ids: Vec<SequenceId>,
    /// What was heard so far.
    completion: Completion,
    prompt_tokens: usize,
    /// Candidates that are not finished.
    left: usize,
    /// Where there are more candidates than answers.
    best: Option<Best>,
}

/// How many of the candidates are answers, and whether with log-probabilities.
#[derive(Clone, Copy)]
struct Best {
    n: usize,
    logprobs: bool,
}

impl Drop for Underway {
    fn drop(&mut self) {
        self.ids.iter().for_each(|&id| self.engine.cancel(id));
    }
}

/// Begins an answer and hears it to its end.
pub(super) fn wait(
    begin: impl FnOnce(Outlet) -> Result<Underway, CompletionError>,
    on_delta: OnDelta,
) -> Result<Completion, CompletionError> {
    let (sender, notes) = mpsc::channel();
    let mut underway = begin(Arc::new(move |note| sender.send(note).is_ok()))?;
    loop {
        let note = notes.recv();
        // Every writer is gone: the engine has lost its callbacks.
        let note = note.unwrap_or(Note::Failed(Failure::Stopped));
        if let Some(completion) = underway.hear(note, on_delta)? {
            return Ok(completion);
        }
    }
}

impl Underway {
    pub(super) fn new(engine: &Engine, generation: &Generation, prompt_tokens: usize) -> Self {
        let best = Best {
            n: generation.n,
            logprobs: generation.logprobs.is_some(),
        };
        Self {
            engine: engine.clone(),
            ids: Vec::new(),
            completion: Completion::default(),
            prompt_tokens,
            left: 0,
            best: (generation.candidates() > generation.n).then_some(best),
        }
    }

    pub(super) fn add(&mut self, id: SequenceId) {
        self.ids.push(id);
        self.completion.choices.push(Choice::default());
        self.left += 1;
    }

    /// Takes what a candidate said, and hands on what is new; the best of several are
    /// handed on when all are there, each in one delta. The answer, once it is whole or
    /// `on_delta` has broken off.
    pub fn hear(
        &mut self,
        note: Note,
        on_delta: OnDelta,
    ) -> Result<Option<Completion>, CompletionError> {
        let (delta, sampled) = match note {
            Note::Delta(delta, sampled) => (delta, sampled),
            Note::Cached(tokens) => {
                self.completion.usage.cached_tokens = tokens;
                return Ok(None);
            }
            Note::Failed(failure) => return Err(CompletionError::Failed(failure)),
        };
        // Who leaves before anything was said has used nothing.
        self.completion.usage.prompt_tokens = self.prompt_tokens;
        self.completion.usage.completion_tokens += sampled;
        self.left -= usize::from(delta.finish.is_some());
        let shown = match self.best {
            None => delta.clone(),
            // Nothing to show yet, but a chance to break off.
            Some(_) => Delta::default(),
        };
        self.completion.push(delta);
        let flow = on_delta(shown);
        if flow.is_continue() && self.left > 0 {
            return Ok(None);
        }
        let all = self.leave();
        Ok(Some(match self.best {
            None => all,
            Some(best) => best.of(all, flow, on_delta),
        }))
    }

    /// What came until now, for who will not hear more.
    pub fn leave(&mut self) -> Completion {
        let mut completion = std::mem::take(&mut self.completion);
        for choice in &mut completion.choices {
            choice.finish.get_or_insert(FinishReason::Cancelled);
        }
        completion
    }
}

impl Best {
    /// Hands on the `n` best, each in one delta.
    fn of(self, all: Completion, flow: ControlFlow<()>, on_delta: OnDelta) -> Completion {
        let mut broken = flow.is_break();
        let mut best = Completion {
            usage: all.usage,
            ..Completion::default()
        };
        for (choice, chosen) in ranked(all.choices).into_iter().take(self.n).enumerate() {
            if broken {
                let finish = Some(FinishReason::Cancelled);
                best.choices.push(Choice {
                    finish,
                    ..Choice::default()
                });
                continue;
            }
            let Choice {
                text,
                calls,
                mut tokens,
                finish,
            } = chosen;
            let call = |(index, call): (usize, Call)| CallDelta {
                index,
                name: Some(call.name),
                arguments: call.arguments,
            };
            if !self.logprobs {
                tokens.iter_mut().for_each(|t| t.logprob = None);
            }
            let delta = Delta {
                choice,
                text,
                calls: calls.into_iter().enumerate().map(call).collect(),
                tokens,
                finish,
            };
            best.push(delta.clone());
            broken = on_delta(delta).is_break();
        }
        best
    }
}

/// Greatest mean log-probability first; equals keep the order of their seeds.
fn ranked(mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.sort_by(|a, b| b.mean_logprob().total_cmp(&a.mean_logprob()));
    choices
}
