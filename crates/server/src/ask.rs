//! From a handler to the engine and back.
//!
//! The engine answers on threads of its own; a request waits for its prompts on
//! blocking threads, which push what comes into a channel.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use api::Usage;
use engine::{ChatRequest, Completion, CompletionRequest, Delta, Generation, Priority};
use tokio::runtime::Handle;
use tokio::sync::{Semaphore, mpsc};

use crate::app::Loaded;
use crate::error::ApiError;
use crate::meter::Charge;

/// A prompt and how to answer it.
pub(crate) enum Task {
    Completion(CompletionRequest),
    Chat(ChatRequest),
}

impl Task {
    fn generation(&mut self) -> &mut Generation {
        match self {
            Self::Completion(request) => &mut request.generation,
            Self::Chat(request) => &mut request.generation,
        }
    }
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
    /// Until it is settled.
    charge: Option<Charge>,
    /// Set when nobody waits any more.
    gone: Arc<AtomicBool>,
}

impl Answers {
    /// `None` once all prompts are done. After an error there is nothing to hear.
    pub(crate) async fn next(&mut self) -> Result<Option<Note>, ApiError> {
        if self.left == 0 {
            return Ok(None);
        }
        // Whoever falls silent before they are done has panicked.
        let silent = || Err(ApiError::internal());
        let note = self.notes.recv().await.unwrap_or_else(silent);
        let note = note.inspect_err(|e| {
            if let Some(charge) = &self.charge {
                charge.watch.failed(&e.error, e.private());
            }
        })?;
        if let Note::Done { completion, .. } = &note {
            self.left -= 1;
            add(&mut self.usage, completion);
        }
        Ok(Some(note))
    }

    /// Writes down what was used. A client may see the end of its answer only after.
    pub(crate) async fn settle(&mut self) -> Result<(), ApiError> {
        match self.charge.take() {
            Some(charge) => charge.write(self.usage).await,
            None => Ok(()),
        }
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
        self.settle().await?;
        Ok(completions.into_values().collect())
    }
}

fn add(usage: &mut Usage, completion: &Completion) {
    let counted = completion.usage;
    usage.add(counted.prompt_tokens, counted.completion_tokens);
}

impl Drop for Answers {
    /// Who leaves is charged for what was computed until then.
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
        let (Some(charge), Ok(runtime)) = (self.charge.take(), Handle::try_current()) else {
            return;
        };
        let (_, nothing) = mpsc::channel(1);
        let (mut notes, mut usage) = (std::mem::replace(&mut self.notes, nothing), self.usage);
        runtime.spawn(async move {
            while let Some(note) = notes.recv().await {
                if let Ok(Note::Done { completion, .. }) = note {
                    add(&mut usage, &completion);
                }
            }
            // What was refused used nothing.
            if usage.total_tokens > 0 {
                // There is nobody to tell.
                let _ = charge.write(usage).await;
            }
        });
    }
}

tokio::task_local! {
    static PRIORITY: Priority;
}

/// Lets live requests go before what a future asks.
pub(crate) fn in_background<F: Future>(asks: F) -> impl Future<Output = F::Output> {
    PRIORITY.scope(Priority::Batch, asks)
}

/// Of what is asked here.
fn priority() -> Priority {
    PRIORITY.try_with(|&priority| priority).unwrap_or_default()
}

/// Prompts of a request that are under way at a time.
const AT_ONCE: usize = 32;

/// Notes that wait for the handler.
const WAITING: usize = 64;

/// Answers all prompts, at somebody's charge.
pub(crate) fn ask(loaded: &Arc<Loaded>, tasks: Vec<Task>, deltas: bool, charge: Charge) -> Answers {
    let (sender, notes) = mpsc::channel(WAITING);
    let gone = Arc::new(AtomicBool::new(false));
    let answers = Answers {
        notes,
        left: tasks.len(),
        usage: Usage::default(),
        charge: Some(charge),
        gone: Arc::clone(&gone),
    };
    let priority = priority();
    let loaded = Arc::clone(loaded);
    tokio::spawn(async move {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        for (prompt, mut task) in tasks.into_iter().enumerate() {
            task.generation().priority = priority;
            let Ok(permit) = Arc::clone(&permits).acquire_owned().await else {
                return;
            };
            if gone.load(Ordering::Relaxed) {
                return;
            }
            let (loaded, sender) = (Arc::clone(&loaded), sender.clone());
            let gone = Arc::clone(&gone);
            tokio::task::spawn_blocking(move || {
                let mut hear = |delta| {
                    if deltas {
                        // Nobody may be there to hear it.
                        let _ = sender.blocking_send(Ok(Note::Delta { prompt, delta }));
                    }
                    match gone.load(Ordering::Relaxed) {
                        true => ControlFlow::Break(()),
                        false => ControlFlow::Continue(()),
                    }
                };
                let result = answer(&loaded, &task, &mut hear);
                let note = result.map(|completion| Note::Done { prompt, completion });
                let _ = sender.blocking_send(note);
                drop(permit);
            });
        }
    });
    answers
}

fn answer(
    loaded: &Loaded,
    task: &Task,
    hear: &mut dyn FnMut(Delta) -> ControlFlow<()>,
) -> Result<Completion, ApiError> {
    match task {
        Task::Completion(request) => Ok(loaded.model.complete(request, hear)?),
        Task::Chat(request) => {
            let result = loaded.model.chat(request, hear);
            result.map_err(|e| ApiError::from(e).of_chat())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn what_is_asked_in_the_background_goes_last() {
        assert_eq!(priority(), Priority::Live);
        assert_eq!(in_background(async { priority() }).await, Priority::Batch);
        let other = in_background(async { tokio::spawn(async { priority() }).await });
        assert_eq!(
            other.await.unwrap(),
            Priority::Live,
            "tasks say so themselves"
        );
    }

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
        let mut answers = Answers {
            notes,
            left: 2,
            usage: Usage::default(),
            charge: None,
            gone: Arc::default(),
        };
        assert_eq!(answers.whole().await.unwrap_err().status.as_u16(), 500);
    }
}
