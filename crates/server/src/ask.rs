//! From a handler to the engine and back.
//!
//! The engine answers on threads of its own; a request waits for its prompts on
//! blocking threads, which push what comes into a channel.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use api::Usage;
use engine::{ChatRequest, Completion, CompletionRequest, Delta};
use tokio::sync::{Semaphore, mpsc};

use crate::app::Loaded;
use crate::error::ApiError;

/// A prompt and how to answer it.
pub(crate) enum Task {
    Completion(CompletionRequest),
    Chat(ChatRequest),
}

/// What happened to prompt number `prompt`.
pub(crate) enum Note {
    /// Only if asked for. The first one comes when all about the prompt was
    /// found right.
    Delta { prompt: usize, delta: Delta },
    Done {
        prompt: usize,
        completion: Completion,
    },
}

/// What is heard of a request's prompts. Dropping it cancels what is left.
pub(crate) struct Answers {
    notes: mpsc::Receiver<Result<Note, ApiError>>,
    /// Prompts that are not done.
    left: usize,
    /// Of those that are.
    usage: Usage,
}

impl Answers {
    /// `None` once all prompts are done. After an error there is nothing to hear.
    pub(crate) async fn next(&mut self) -> Result<Option<Note>, ApiError> {
        if self.left == 0 {
            return Ok(None);
        }
        // Whoever falls silent before they are done has panicked.
        let silent = || Err(ApiError::internal());
        let note = self.notes.recv().await.unwrap_or_else(silent)?;
        if let Note::Done { completion, .. } = &note {
            self.left -= 1;
            let counted = completion.usage;
            self.usage
                .add(counted.prompt_tokens, counted.completion_tokens);
        }
        Ok(Some(note))
    }

    /// Of the prompts that are done.
    pub(crate) fn usage(&self) -> Usage {
        self.usage
    }

    /// All prompts' answers, in the order of the prompts.
    pub(crate) async fn whole(&mut self) -> Result<Vec<Completion>, ApiError> {
        let mut completions = BTreeMap::new();
        while let Some(note) = self.next().await? {
            if let Note::Done { prompt, completion } = note {
                completions.insert(prompt, completion);
            }
        }
        Ok(completions.into_values().collect())
    }
}

/// Prompts of a request that are under way at a time.
const AT_ONCE: usize = 32;

/// Notes that wait for the handler.
const WAITING: usize = 64;

/// Answers all prompts.
pub(crate) fn ask(loaded: &Arc<Loaded>, tasks: Vec<Task>, deltas: bool) -> Answers {
    let (sender, notes) = mpsc::channel(WAITING);
    let left = tasks.len();
    let loaded = Arc::clone(loaded);
    tokio::spawn(async move {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        for (prompt, task) in tasks.into_iter().enumerate() {
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                return;
            };
            if sender.is_closed() {
                return;
            }
            let (loaded, sender) = (Arc::clone(&loaded), sender.clone());
            tokio::task::spawn_blocking(move || {
                answer(&loaded, prompt, &task, deltas, &sender);
                drop(permit);
            });
        }
    });
    let usage = Usage::default();
    Answers { notes, left, usage }
}

fn answer(
    loaded: &Loaded,
    prompt: usize,
    task: &Task,
    deltas: bool,
    sender: &mpsc::Sender<Result<Note, ApiError>>,
) {
    let mut hear = |delta| {
        let gone = match deltas {
            true => sender
                .blocking_send(Ok(Note::Delta { prompt, delta }))
                .is_err(),
            false => sender.is_closed(),
        };
        match gone {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let result = match task {
        Task::Completion(request) => {
            let result = loaded.model.complete(request, &mut hear);
            result.map_err(ApiError::from)
        }
        Task::Chat(request) => {
            let result = loaded.model.chat(request, &mut hear);
            result.map_err(|e| ApiError::from(e).of_chat())
        }
    };
    let note = result.map(|completion| Note::Done { prompt, completion });
    // Nobody may be there to hear it.
    let _ = sender.blocking_send(note);
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Half of the prompts' answers are no answer.
    #[tokio::test]
    async fn a_prompt_that_falls_silent_is_an_error() {
        let (sender, notes) = mpsc::channel(WAITING);
        let completion = Completion::default();
        let done = sender.send(Ok(Note::Done {
            prompt: 0,
            completion,
        }));
        done.await.unwrap();
        drop(sender);
        let (left, usage) = (2, Usage::default());
        let mut answers = Answers { notes, left, usage };
        assert_eq!(answers.whole().await.unwrap_err().status.as_u16(), 500);
    }
}
