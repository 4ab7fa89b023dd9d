//! The engine's only door.
//!
//! One thread owns the model's KV pool and all sequences. Callers hand it
//! requests under a lock that is held for bookkeeping only, never during a step.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};
use std::thread::{self, JoinHandle};
use std::time::{Duration, Instant};

use models::LanguageModel;

use self::pace::Pace;
use crate::live::Live;
use crate::pages::PAGE;
use crate::sampler::BadSampling;
use crate::scheduler::{Limits, Plan, Refusal, Scheduler, SequenceId, Submission};
use crate::step::{Callback, Event, Failure, FinishReason, Request, StepOutcome, Stepper};

mod config;
mod pace;

use self::config::limits;

pub use self::config::{EngineConfig, StartError};

/// Why a request was not taken.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Reject {
    /// It can never run.
    #[error(transparent)]
    Refused(Refusal),
    /// The queue is full for now.
    #[error("{why}")]
    Busy { why: Refusal, retry_after_s: u32 },
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
    /// Pages that no sequence holds.
    pub free_pages: usize,
    /// Of those, the ones kept for the prefix in them.
    pub cached_pages: usize,
    /// Tokens computed so far.
    pub computed_tokens: u64,
    /// Tokens that did not need to be, as their prefix was known.
    pub reused_tokens: u64,
    /// Tokens guessed ahead since the start, and those that came true.
    pub guessed: u64,
    pub came_true: u64,
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
    pace: Pace,
    computed_tokens: u64,
    arrivals: Vec<(SequenceId, Live)>,
    cancelled: Vec<SequenceId>,
    guessed: u64,
    came_true: u64,
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
        Self::start_with_draft(model, None, config)
    }

    /// As [`start`](Self::start), with a small model of the same vocabulary that
    /// guesses what the large one will say. Answers are the same, sooner if it
    /// guesses well.
    pub fn start_with_draft(
        model: Arc<dyn LanguageModel>,
        draft: Option<Arc<dyn LanguageModel>>,
        config: &EngineConfig,
    ) -> Result<Self, StartError> {
        let limits = limits(&*model, draft.as_deref(), config)?;
        let vocab = model.shape().vocab;
        let shared = Arc::new(Shared {
            state: Mutex::new(State {
                scheduler: Scheduler::new(limits.clone()),
                pace: Pace::default(),
                computed_tokens: 0,
                arrivals: Vec::new(),
                cancelled: Vec::new(),
                guessed: 0,
                came_true: 0,
                stopping: false,
            }),
            changed: Condvar::new(),
        });
        let stepper = Stepper::new(model, draft, limits.pages, config.cache);
        let stepper = stepper.ok_or(StartError::Reserve {
            kv_bytes: config.kv_bytes,
        })?;
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

    /// Whether so many requests with one prompt can wait at a time at all.
    pub fn queue_holds(&self, candidates: usize, prompt: usize) -> Result<(), Reject> {
        let holds = self.inner.limits.queue_holds(candidates, prompt);
        holds.map_err(Reject::Refused)
    }

    /// Queues a request, or says at once why not. Never waits for the model.
    pub fn submit(&self, request: Request, callback: Callback) -> Result<SequenceId, Reject> {
        let vocab = self.inner.vocab;
        if let Some(&id) = request.prompt.iter().find(|&&id| id as usize >= vocab) {
            return Err(Reject::Vocabulary { id, vocab });
        }
        request.sampling.check(vocab)?;
        // Before the prompt is copied.
        let limits = &self.inner.limits;
        let fits = limits.fits(request.prompt.len(), request.max_tokens);
        fits.map_err(Reject::Refused)?;
        let submission = Submission {
            prompt: request.prompt.clone(),
            max_tokens: request.max_tokens,
            priority: request.priority,
            every_row: request.prompt_logprobs,
        };
        let mut state = self.inner.shared.lock();
        if state.stopping {
            return Err(Reject::Stopped);
        }
        let id = match state.scheduler.admit(submission) {
            Ok(id) => id,
            Err(why) if why.passes() => {
                let backlog = state.scheduler.backlog(state.pace.answer_tokens());
                let retry_after_s = state.pace.retry_after_s(backlog);
                return Err(Reject::Busy { why, retry_after_s });
            }
            Err(why) => return Err(Reject::Refused(why)),
        };
        state.arrivals.push((id, Live::new(request, callback)));
        self.inner.shared.changed.notify_all();
        Ok(id)
    }

    /// Frees a sequence's pages now and lets its callback hear
    /// `Finished(Cancelled)` soon. An event under way in another thread may come
    /// before it; within a callback there is none, however many tokens the step
    /// has for the sequence. Does nothing when the sequence is over.
    pub fn cancel(&self, id: SequenceId) {
        let mut state = self.inner.shared.lock();
        if state.scheduler.cancel(id) {
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
        let pages = state.scheduler.pages();
        Status {
            running,
            waiting,
            pages: pages.total(),
            free_pages: pages.free(),
            cached_pages: pages.cached(),
            computed_tokens: state.computed_tokens,
            reused_tokens: state.scheduler.reused_tokens(),
            guessed: state.guessed,
            came_true: state.came_true,
        }
    }

    /// Whether it takes nothing any more: its thread has ended.
    pub fn is_stopped(&self) -> bool {
        self.inner.shared.lock().stopping
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

    /// Whether the sequence was cancelled and has not heard of it.
    fn is_cancelled(&self, id: SequenceId) -> bool {
        self.lock().cancelled.contains(&id)
    }

    fn commit(&self, plan: &Plan, outcome: &StepOutcome, took: Duration) {
        let mut state = self.lock();
        let finished = &outcome.finished;
        let cost = state.scheduler.cost(plan);
        let (tokens, answers) = (outcome.sampled.len(), finished.len());
        state.pace.add(cost, took, tokens, answers);
        state.computed_tokens += plan.tokens() as u64;
        state.guessed += outcome.guessed as u64;
        state.came_true += outcome.came_true as u64;
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
            let started = Instant::now();
            let outcome = stepper.step(&plan, &|id| shared.is_cancelled(id));
            shared.commit(&plan, &outcome, started.elapsed());
        }
    }
}

#[cfg(test)]
mod tests;
