//! From a handler to the engine and back.
//!
//! The engine answers on a thread of its own, which pushes what comes into a channel;
//! a task per prompt waits there, so that a stream that is open costs no thread.

use std::collections::BTreeMap;
use std::ops::ControlFlow;
use std::sync::Arc;

use api::Usage;
use engine::completion::Note as Said;
use engine::{
    ChatRequest, Completion, CompletionError, CompletionRequest, Delta, Failure, Generation,
    Outlet, Priority, Underway,
};
use tokio::runtime::Handle;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, mpsc, watch};
use tokio::task::spawn_blocking;

use crate::ending::Ending;
use crate::error::ApiError;
use crate::meter::Charge;
use crate::shelf::Loaded;

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

    /// Whether it is begun sooner than a thread for it wakes up: a little text to tokenize,
    /// and neither a template, which is a foreign program, nor a grammar.
    fn is_small(&self) -> bool {
        let Self::Completion(request) = self else {
            return false;
        };
        let prompt = match &request.prompt {
            engine::Prompt::Text(text) => text.len(),
            engine::Prompt::Ids(ids) => ids.len(),
        };
        prompt + request.suffix.as_ref().map_or(0, String::len) <= SMALL
    }
}

/// Bytes or ids that are tokenized and copied within 0.1 ms.
const SMALL: usize = 2048;

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

/// Why a prompt has no answer, and what was used until then.
struct Broken {
    error: Box<ApiError>,
    used: engine::Usage,
}

/// What is heard of a request's prompts. Dropping it cancels what is left.
pub(crate) struct Answers {
    notes: mpsc::Receiver<Result<Note, Broken>>,
    /// Prompts that are not done.
    left: usize,
    /// Of those that are.
    usage: Usage,
    /// Until it is settled.
    charge: Option<Charge>,
    /// Closed when nobody waits any more.
    _here: watch::Sender<()>,
    ending: Ending,
}

impl Answers {
    /// `None` once all prompts are done. After an error there is nothing to hear.
    pub(crate) async fn next(&mut self) -> Result<Option<Note>, ApiError> {
        if self.left == 0 {
            return Ok(None);
        }
        let note = tokio::select! {
            // Whoever falls silent before they are done has panicked.
            note = self.notes.recv() => note.unwrap_or_else(|| Err(ApiError::internal().into())),
            () = self.ending.over() => Err(ApiError::stopping().into()),
        };
        match note {
            Ok(note) => {
                if let Note::Done { completion, .. } = &note {
                    self.left -= 1;
                    add(&mut self.usage, completion.usage);
                }
                Ok(Some(note))
            }
            Err(Broken { error, used }) => {
                add(&mut self.usage, used);
                if let Some(charge) = &self.charge {
                    charge.watch.failed(&error.error, error.private());
                }
                Err(*error)
            }
        }
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

fn add(usage: &mut Usage, counted: engine::Usage) {
    usage.add(
        counted.prompt_tokens,
        counted.cached_tokens,
        counted.completion_tokens,
    );
}

impl From<ApiError> for Broken {
    /// Nothing was used.
    fn from(error: ApiError) -> Self {
        Self {
            error: Box::new(error),
            used: engine::Usage::default(),
        }
    }
}

impl Drop for Answers {
    /// Who leaves is charged for what was computed until then.
    fn drop(&mut self) {
        let (Some(charge), Ok(_)) = (self.charge.take(), Handle::try_current()) else {
            return;
        };
        let (_, nothing) = mpsc::channel(1);
        let (mut notes, mut usage) = (std::mem::replace(&mut self.notes, nothing), self.usage);
        self.ending.spawn(async move {
            while let Some(note) = notes.recv().await {
                match note {
                    Ok(Note::Delta { .. }) => {}
                    Ok(Note::Done { completion, .. }) => add(&mut usage, completion.usage),
                    Err(Broken { used, .. }) => add(&mut usage, used),
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
pub(crate) fn priority() -> Priority {
    PRIORITY.try_with(|&priority| priority).unwrap_or_default()
}

/// Prompts of a request that are under way at a time.
const AT_ONCE: usize = 32;

/// Notes that wait for the handler.
const WAITING: usize = 64;

/// Answers all prompts, at somebody's charge.
pub(crate) fn ask(loaded: &Arc<Loaded>, tasks: Vec<Task>, deltas: bool, charge: Charge) -> Answers {
    let (sender, notes) = mpsc::channel(WAITING);
    let (here, mut gone) = watch::channel(());
    let answers = Answers {
        notes,
        left: tasks.len(),
        usage: Usage::default(),
        ending: charge.app.ending().clone(),
        charge: Some(charge),
        _here: here,
    };
    let priority = priority();
    let loaded = Arc::clone(loaded);
    tokio::spawn(async move {
        let permits = Arc::new(Semaphore::new(AT_ONCE));
        for (prompt, mut task) in tasks.into_iter().enumerate() {
            task.generation().priority = priority;
            let permit = tokio::select! {
                permit = Arc::clone(&permits).acquire_owned() => permit,
                _ = gone.changed() => return,
            };
            let Ok(permit) = permit else {
                return;
            };
            let asked = Asked {
                loaded: Arc::clone(&loaded),
                prompt,
                deltas,
                notes: sender.clone(),
                gone: gone.clone(),
            };
            tokio::spawn(asked.answer(task, permit));
        }
    });
    answers
}

/// A prompt that is being answered.
struct Asked {
    loaded: Arc<Loaded>,
    prompt: usize,
    deltas: bool,
    notes: mpsc::Sender<Result<Note, Broken>>,
    gone: watch::Receiver<()>,
}

impl Asked {
    async fn answer(mut self, task: Task, _permit: OwnedSemaphorePermit) {
        let chat = matches!(task, Task::Chat(_));
        let prompt = self.prompt;
        let note = match self.heard(task).await {
            Ok(completion) => Ok(Note::Done { prompt, completion }),
            Err(Broken { error, used }) if chat => Err(Broken {
                error: Box::new(error.of_chat()),
                used,
            }),
            Err(broken) => Err(broken),
        };
        // Nobody may be there to hear it.
        let _ = self.notes.send(note).await;
    }

    /// The answer, or what came of it until its client left.
    async fn heard(&mut self, task: Task) -> Result<Completion, Broken> {
        // What is said waits for a client that reads slowly, as the engine must not.
        let (outlet, mut said) = mpsc::unbounded_channel();
        let loaded = Arc::clone(&self.loaded);
        let outlet = Arc::new(move |note| outlet.send(note).is_ok());
        let begun = if task.is_small() {
            begin(&loaded, &task, outlet)
        } else {
            // Tokenizers, templates and grammars compute.
            let begun = spawn_blocking(move || begin(&loaded, &task, outlet)).await;
            begun.map_err(|_| ApiError::internal())?
        };
        let mut underway = begun.map_err(ApiError::from)?;
        loop {
            let note = tokio::select! {
                note = said.recv() => note,
                _ = self.gone.changed() => return Ok(underway.leave()),
            };
            // Every writer is gone: the engine has lost its callbacks.
            let note = note.unwrap_or(Said::Failed(Failure::Stopped));
            let mut new = Vec::new();
            let mut hear = |delta| {
                new.push(delta);
                ControlFlow::Continue(())
            };
            let whole = underway.hear(note, &mut hear).map_err(|e| Broken {
                error: Box::new(e.into()),
                used: underway.leave().usage,
            })?;
            for delta in new.into_iter().filter(|_| self.deltas) {
                let prompt = self.prompt;
                let _ = self.notes.send(Ok(Note::Delta { prompt, delta })).await;
            }
            if let Some(whole) = whole {
                return Ok(whole);
            }
        }
    }
}

fn begin(loaded: &Loaded, task: &Task, outlet: Outlet) -> Result<Underway, CompletionError> {
    match task {
        Task::Completion(request) => loaded.model.begin_completion(request, outlet),
        Task::Chat(request) => loaded.model.begin_chat(request, outlet),
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

    fn answers(notes: mpsc::Receiver<Result<Note, Broken>>, left: usize) -> Answers {
        Answers {
            notes,
            left,
            usage: Usage::default(),
            charge: None,
            _here: watch::channel(()).0,
            ending: Ending::default(),
        }
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
        assert!(done.await.is_ok());
        drop(sender);
        let e = answers(notes, 2).whole().await.unwrap_err();
        assert_eq!(e.status.as_u16(), 500);
    }

    #[tokio::test]
    async fn what_fails_in_the_middle_was_used_until_then() {
        let (sender, notes) = mpsc::channel(WAITING);
        let mut used = engine::Usage::default();
        (used.prompt_tokens, used.completion_tokens) = (7, 4000);
        let error = Box::new(ApiError::internal());
        assert!(sender.send(Err(Broken { error, used })).await.is_ok());
        let mut answers = answers(notes, 1);
        assert!(answers.next().await.is_err());
        assert_eq!(answers.usage().total_tokens, 4007);
    }

    #[tokio::test]
    async fn at_the_end_of_the_server_answers_fail() {
        let (_sender, notes) = mpsc::channel(WAITING);
        let mut answers = answers(notes, 1);
        answers.ending.fail();
        let e = answers.whole().await.unwrap_err();
        assert_eq!(e.status.as_u16(), 503);
    }
}
