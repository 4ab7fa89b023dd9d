//! The candidates' deltas become one answer, on the caller's thread.

use std::ops::ControlFlow;
use std::sync::mpsc::Receiver;

use super::writer::Note;
use super::{CompletionError, OnDelta};
use crate::delta::{Call, CallDelta, Choice, Completion, Delta};
use crate::handle::Engine;
use crate::scheduler::SequenceId;
use crate::step::{Failure, FinishReason};

/// A request's candidates under way. Dropping it cancels them.
pub(super) struct Submitted {
    pub(super) engine: Engine,
    pub(super) ids: Vec<SequenceId>,
    pub(super) messages: Receiver<Note>,
    pub(super) prompt_tokens: usize,
}

impl Drop for Submitted {
    fn drop(&mut self) {
        self.ids.iter().for_each(|&id| self.engine.cancel(id));
    }
}

impl Submitted {
    /// Hands deltas on as they come.
    pub(super) fn stream(self, on_delta: OnDelta) -> Result<Completion, CompletionError> {
        self.fold(&mut |completion, delta| {
            completion.push(delta.clone());
            on_delta(delta)
        })
    }

    /// Waits for all candidates and hands on the `n` best, each in one delta.
    pub(super) fn best(
        self,
        n: usize,
        with_logprobs: bool,
        on_delta: OnDelta,
    ) -> Result<Completion, CompletionError> {
        let mut broken = false;
        let all = self.fold(&mut |completion, delta| {
            completion.push(delta);
            // Nothing to show yet, but a chance to break off.
            let flow = on_delta(Delta::default());
            broken = flow.is_break();
            flow
        })?;
        let mut best = Completion {
            usage: all.usage,
            ..Completion::default()
        };
        for (choice, chosen) in ranked(all.choices).into_iter().take(n).enumerate() {
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
            if !with_logprobs {
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
        Ok(best)
    }

    /// Folds the candidates' deltas until all are finished or `take` breaks off.
    fn fold(
        self,
        take: &mut dyn FnMut(&mut Completion, Delta) -> ControlFlow<()>,
    ) -> Result<Completion, CompletionError> {
        let mut completion = Completion::default();
        completion
            .choices
            .resize_with(self.ids.len(), Default::default);
        completion.usage.prompt_tokens = self.prompt_tokens;
        let mut left = self.ids.len();
        while left > 0 {
            let note = self.messages.recv();
            // Every writer is gone: the engine has lost its callbacks.
            let note = note.unwrap_or(Note::Failed(Failure::Stopped));
            let (delta, sampled) = match note {
                Note::Delta(delta, sampled) => (delta, sampled),
                Note::Cached(tokens) => {
                    completion.usage.cached_tokens = tokens;
                    continue;
                }
                Note::Failed(failure) => return Err(CompletionError::Failed(failure)),
            };
            completion.usage.completion_tokens += sampled;
            left -= usize::from(delta.finish.is_some());
            if take(&mut completion, delta).is_break() {
                break;
            }
        }
        for choice in &mut completion.choices {
            choice.finish.get_or_insert(FinishReason::Cancelled);
        }
        Ok(completion)
    }
}

/// Greatest mean log-probability first; equals keep the order of their seeds.
fn ranked(mut choices: Vec<Choice>) -> Vec<Choice> {
    choices.sort_by(|a, b| b.mean_logprob().total_cmp(&a.mean_logprob()));
    choices
}
