//! The engine's only door.
//!
//! One thread owns the model's KV pool and all sequences. Callers hand it
//! requests under a lock that is held for bookkeeping only, never during a step.

use std::collections::HashMap;
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};

use kernels::attention::CacheType;
use models::LanguageModel;

use crate::paged::KvPool;
use crate::pages::{PAGE, pages_for};
use crate::sampler::BadSampling;
use crate::scheduler::{Limits, Plan, Refusal, Scheduler, SequenceId};
use crate::step::{Callback, Event, Failure, FinishReason, Live, Request, StepOutcome, Stepper};

/// The engine's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineConfig {
    /// Tokens of a sequence; the model's context if that is less or none is given.
    pub context: Option<usize>,
    /// Memory for keys and values.
    pub kv_bytes: usize,
    /// How keys and values are stored.
    pub cache: CacheType,
    /// Tokens computed in a step.
    pub max_step_tokens: usize,
    /// Sequences running at a time.
    pub max_sequences: usize,
    /// Sequences waiting.
    pub queue: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            context: None,
            kv_bytes: 1 << 30,
            cache: CacheType::default(),
            max_step_tokens: 512,
            max_sequences: 32,
            queue: 256,
        }
    }
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "the KV cache may take {kv_bytes} bytes; {PAGE} tokens of this model take {page_bytes}"
    )]
    Memory { kv_bytes: usize, page_bytes: usize },
    #[error("{name} is {got}, wanted at least {wanted}")]
    Limit {
        name: &'static str,
        got: usize,
        wanted: usize,
    },
    #[error("cannot start the engine's thread")]
    Thread(#[source] std::io::Error),
}

impl StartError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Memory { page_bytes, .. } => {
                Some(format!("give the KV cache at least {page_bytes} bytes"))
            }
            Self::Limit { name, wanted, .. } => Some(format!("set {name} to {wanted} or more")),
            Self::Thread(_) => None,
        }
    }
}

/// Why a request was not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reject {
    #[error(transparent)]
    Refused(#[from] Refusal),
    #[error(transparent)]
    Sampling(#[from] BadSampling),
    #[error("token {id} of the prompt is outside the vocabulary of {vocab}")]
    Vocabulary { id: u32, vocab: usize },
    #[error("the engine is stopped")]
    Stopped,
}

/// What the engine is doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Status {
    pub running: usize,
    pub waiting: usize,
    pub pages: usize,
    pub free_pages: usize,
}

/// A running engine. Clones are the same engine; dropping the last one stops it.
#[derive(Clone)]
pub struct Engine {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
    vocab: usize,
    limits: Limits,
    thread: Option<JoinHandle<()>>,
}

struct Shared {
    state: Mutex<State>,
    /// Work came, the last sequence left, or the engine is to stop.
    changed: Condvar,
}

struct State {
    scheduler: Scheduler,
    /// Of the sequences that are not over: who shares one must have the same.
    prompts: HashMap<SequenceId, Vec<u32>>,
    arrivals: Vec<(SequenceId, Live)>,
    cancelled: Vec<SequenceId>,
    stopping: bool,
}

/// What the thread takes out of the state at a time.
struct Work {
    arrivals: Vec<(SequenceId, Live)>,
    cancelled: Vec<SequenceId>,
    plan: Option<Plan>,
}

impl Engine {
    /// Takes memory for the KV cache and starts the thread.
    pub fn start(model: Arc<dyn LanguageModel>, config: &EngineConfig) -> Result<Self, StartError> {
        let limits = limits(&*model, config)?;
        let vocab = model.shape().vocab;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                scheduler: Scheduler::new(limits.clone()),
                prompts: HashMap::new(),
                arrivals: Vec::new(),
                cancelled: Vec::new(),
                stopping: false,
            }),
            changed: Condvar::new(),
        });
        let stepper = Stepper::new(model, limits.pages, config.cache);
        let of_thread = Arc::clone(&shared);
        let thread = thread::Builder::new()
            .name("engine".to_owned())
            .spawn(move || {
                run(Running {
                    shared: of_thread,
                    stepper,
                })
            })
            .map_err(StartError::Thread)?;
        Ok(Self {
            inner: Arc::new(Inner {
                shared,
                vocab,
                limits,
                thread: Some(thread),
            }),
        })
    }

    /// Queues a request, or says at once why not. Never waits for the model.
    pub fn submit(&self, request: Request, callback: Callback) -> Result<SequenceId, Reject> {
        let vocab = self.inner.vocab;
        if let Some(&id) = request.prompt.iter().find(|&&id| id as usize >= vocab) {
            return Err(Reject::Vocabulary { id, vocab });
        }
        request.sampling.check(vocab)?;
        let mut state = self.inner.shared.lock();
        if state.stopping {
            return Err(Reject::Stopped);
        }
        // Scores of the prompt need its every row, so there is nothing to share.
        let parent = request
            .same_prompt_as
            .filter(|_| !request.prompt_logprobs)
            .filter(|id| state.prompts.get(id) == Some(&request.prompt));
        let id = state
            .scheduler
            .admit(request.prompt.len(), request.max_tokens, parent)?;
        state.prompts.insert(id, request.prompt.clone());
        state.arrivals.push((id, Live::new(request, callback)));
        self.inner.shared.changed.notify_all();
        Ok(id)
    }

    /// Frees a sequence's pages now and lets its callback hear
    /// `Finished(Cancelled)` soon; a token of the step under way may come before
    /// it. Does nothing when the sequence is over.
    pub fn cancel(&self, id: SequenceId) {
        let mut state = self.inner.shared.lock();
        if state.scheduler.cancel(id) {
            state.prompts.remove(&id);
            state.cancelled.push(id);
            self.inner.shared.changed.notify_all();
        }
    }

    /// Most tokens that the prompt and the answer may have together.
    pub fn context(&self) -> usize {
        self.inner
            .limits
            .context
            .min(self.inner.limits.pages * PAGE)
    }

    pub fn status(&self) -> Status {
        let state = self.inner.shared.lock();
        let (running, waiting) = state.scheduler.counts();
        let free_pages = state.scheduler.free_pages();
        Status {
            running,
            waiting,
            pages: self.inner.limits.pages,
            free_pages,
        }
    }

    /// Waits until no sequence is left, or the engine is stopped.
    pub fn drain(&self) {
        let mut state = self.inner.shared.lock();
        while !state.stopping && !state.scheduler.is_idle() {
            let changed = &self.inner.shared.changed;
            state = changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.stop();
        let Some(thread) = self.thread.take() else {
            return;
        };
        // A callback may hold the last clone; a thread cannot wait for itself.
        if thread.thread().id() != thread::current().id() {
            // The thread's panic has been printed and its requests have failed.
            let _ = thread.join();
        }
    }
}

impl Shared {
    /// Poisoning is ignored: whoever panics inside stops the engine, see [`Running`].
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn stop(&self) {
        self.lock().stopping = true;
        self.changed.notify_all();
    }

    /// Sleeps until there is something to do; `None` means stop.
    fn next(&self) -> Option<Work> {
        let mut state = self.lock();
        loop {
            if state.stopping {
                return None;
            }
            let plan = state.scheduler.plan();
            let work = Work {
                arrivals: std::mem::take(&mut state.arrivals),
                cancelled: std::mem::take(&mut state.cancelled),
                plan,
            };
            if work.plan.is_some() || !work.arrivals.is_empty() || !work.cancelled.is_empty() {
                return Some(work);
            }
            state = self
                .changed
                .wait(state)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn commit(&self, plan: &Plan, outcome: &StepOutcome) {
        let mut state = self.lock();
        let finished = &outcome.finished;
        if outcome.failed {
            for &id in finished {
                state.scheduler.cancel(id);
            }
        } else {
            state.scheduler.commit(plan, &outcome.sampled, finished);
        }
        for &(id, n) in &outcome.guesses {
            state.scheduler.guess(id, n);
        }
        finished
            .iter()
            .for_each(|id| drop(state.prompts.remove(id)));
        if state.scheduler.is_idle() {
            self.changed.notify_all();
        }
    }
}

/// The thread's belongings. However it ends, nobody is left waiting.
struct Running {
    shared: Arc<Shared>,
    stepper: Stepper,
}

impl Drop for Running {
    fn drop(&mut self) {
        self.shared.stop();
        let arrivals = std::mem::take(&mut self.shared.lock().arrivals);
        arrivals
            .into_iter()
            .for_each(|(id, live)| self.stepper.add(id, live));
        self.stepper.end_all(&Event::Failed(Failure::Stopped));
    }
}

fn run(mut running: Running) {
    let Running { shared, stepper } = &mut running;
    while let Some(work) = shared.next() {
        work.arrivals
            .into_iter()
            .for_each(|(id, live)| stepper.add(id, live));
        for id in work.cancelled {
            stepper.end(id, Event::Finished(FinishReason::Cancelled));
        }
        if let Some(plan) = work.plan {
            let outcome = stepper.step(&plan);
            shared.commit(&plan, &outcome);
        }
    }
}

/// The scheduler's limits for a model under a configuration.
fn limits(model: &dyn LanguageModel, config: &EngineConfig) -> Result<Limits, StartError> {
    let at_least = |name, got, wanted| match got < wanted {
        true => Err(StartError::Limit { name, got, wanted }),
        false => Ok(()),
    };
    at_least("max_sequences", config.max_sequences, 1)?;
    at_least(
        "max_step_tokens",
        config.max_step_tokens,
        config.max_sequences,
    )?;
    at_least("queue", config.queue, 1)?;
    at_least("context", config.context.unwrap_or(1), 1)?;
    let shape = model.shape();
    let context = config
        .context
        .map_or(shape.context, |c| c.min(shape.context));
    let page_bytes = KvPool::page_bytes(&shape, config.cache);
    // More than all running sequences can fill would never be touched.
    let useful = pages_for(context).saturating_mul(config.max_sequences);
    let pages = (config.kv_bytes / page_bytes).min(useful);
    if pages == 0 {
        return Err(StartError::Memory {
            kv_bytes: config.kv_bytes,
            page_bytes,
        });
    }
    Ok(Limits {
        context,
        pages,
        max_step_tokens: config.max_step_tokens,
        max_sequences: config.max_sequences,
        queue: config.queue,
    })
}

#[cfg(test)]
mod tests;
