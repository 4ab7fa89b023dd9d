//! From a handler to the engine and back.
//!
//! The engine answers on threads of its own; a request waits for its prompts on
//! blocking threads, which push what comes into a channel. Whoever drops the
//! channel cancels what is left.

use std::ops::ControlFlow;
use std::sync::Arc;

use engine::{ChatRequest, Completion, CompletionError, CompletionRequest, Delta};
use tokio::sync::{Semaphore, mpsc};

use crate::app::Loaded;

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
        result: Result<Completion, CompletionError>,
    },
}

/// Prompts of a request that are under way at a time.
const AT_ONCE: usize = 32;

/// Notes that wait for the handler.
const WAITING: usize = 64;

/// Answers all prompts.
pub(crate) fn ask(loaded: &Arc<Loaded>, tasks: Vec<Task>, deltas: bool) -> mpsc::Receiver<Note> {
    let (sender, notes) = mpsc::channel(WAITING);
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
    notes
}

fn answer(loaded: &Loaded, prompt: usize, task: &Task, deltas: bool, sender: &mpsc::Sender<Note>) {
    let mut hear = |delta| {
        let gone = match deltas {
            true => sender.blocking_send(Note::Delta { prompt, delta }).is_err(),
            false => sender.is_closed(),
        };
        match gone {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    };
    let result = match task {
        Task::Completion(request) => loaded.model.complete(request, &mut hear),
        Task::Chat(request) => loaded.model.chat(request, &mut hear),
    };
    // Nobody may be there to hear it.
    let _ = sender.blocking_send(Note::Done { prompt, result });
}
