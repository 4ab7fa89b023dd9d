//! One step: the planned tokens through the model, the rows that matter
//! through the sampler, the outcome to its request.
//!
//! Logits are computed for the rows that predict something wanted, a few rows
//! at a time: a long prompt's `[T, vocab]` would be gigabytes.

use std::any::Any;
use std::collections::HashMap;
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kernels::attention::CacheType;
use models::LanguageModel;
use tensor::Tensor;

use crate::paged::{KvPool, Paged};
use crate::sampler::{Logprobs, SampleError, Sampler, Sampling, check_logits};
use crate::scheduler::{Chunk, Plan, Priority, SequenceId};

/// Rows of logits held at a time.
const LOGIT_ROWS: usize = 32;

/// What to compute: token ids in, events out.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Request {
    pub prompt: Vec<u32>,
    /// 0 only computes the prompt.
    pub max_tokens: usize,
    pub sampling: Sampling,
    /// Tokens that end the answer; they are reported like any other.
    pub stop_ids: Vec<u32>,
    /// Reports log-probabilities, with that many of the likeliest tokens.
    pub logprobs: Option<usize>,
    /// Reports the prompt's tokens too, with log-probabilities.
    pub prompt_logprobs: bool,
    pub priority: Priority,
}

/// What becomes of a request, in order; the last one is `Finished` or `Failed`
/// unless the callback breaks off.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// The prompt is computed up to this token, and not finished.
    Prefilled(usize),
    /// The next prompt token; the first one has no probability.
    Prompt {
        token: u32,
        logprobs: Option<Logprobs>,
    },
    /// The next sampled token.
    Token {
        token: u32,
        logprobs: Option<Logprobs>,
    },
    Finished(FinishReason),
    Failed(Failure),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum FinishReason {
    /// A stop token or a stop string.
    Stop,
    /// `max_tokens` were generated.
    Length,
    /// By [`crate::Engine::cancel`] or by the callback.
    Cancelled,
}

/// Why a sequence could not go on.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum Failure {
    #[error("cannot sample token {index} of the answer")]
    Sample { index: usize, source: SampleError },
    #[error("cannot score token {index} of the prompt")]
    Score { index: usize, source: SampleError },
    #[error("the model failed in a step: {message}")]
    Panic { message: String },
    #[error("the engine is stopped")]
    Stopped,
}

/// Hears of a sequence's events on the engine's thread, so it must not block.
/// `Break` cancels the sequence in the same step, with no further event.
pub type Callback = Box<dyn FnMut(Event) -> ControlFlow<()> + Send>;

/// A sequence from admission to its last event.
pub(crate) struct Live {
    /// Prompt and sampled tokens.
    tokens: Vec<u32>,
    request: Request,
    sampler: Sampler,
    callback: Callback,
    /// Prompt tokens reported. They are computed again after giving way, not
    /// reported again.
    reported: usize,
}

impl Live {
    pub(crate) fn new(mut request: Request, callback: Callback) -> Self {
        let sampling = std::mem::take(&mut request.sampling);
        Self {
            tokens: request.prompt.clone(),
            sampler: Sampler::new(sampling),
            request,
            callback,
            reported: 0,
        }
    }

    /// Whether the sequence goes on. A callback that panics is one that breaks off.
    fn send(&mut self, event: Event) -> bool {
        let called = catch_unwind(AssertUnwindSafe(|| (self.callback)(event)));
        matches!(called, Ok(ControlFlow::Continue(())))
    }

    fn generated(&self) -> usize {
        self.tokens.len() - self.request.prompt.len()
    }

    /// Positions of the chunk's rows whose logits are wanted.
    fn wanted(&self, chunk: &Chunk) -> Vec<usize> {
        let first = match self.request.prompt_logprobs {
            // The row at a position predicts the token behind it.
            true => self.reported.max(1) - 1,
            false => usize::MAX,
        };
        let prompt = self.request.prompt.len();
        let scores = |position: usize| position >= first && position + 1 < prompt;
        let samples = |position| {
            chunk.last && position + 1 == chunk.tokens.end && self.request.max_tokens > 0
        };
        chunk
            .tokens
            .clone()
            .filter(|&p| scores(p) || samples(p))
            .collect()
    }

    /// Reports the first prompt token, which no row predicts.
    fn begin(&mut self) -> bool {
        if !self.request.prompt_logprobs || self.reported > 0 {
            return true;
        }
        self.reported = 1;
        self.send(Event::Prompt {
            token: self.tokens[0],
            logprobs: None,
        })
    }

    /// After the chunk's rows; false when the sequence is over.
    fn chunk_end(&mut self, chunk: &Chunk) -> bool {
        if !chunk.last {
            return self.send(Event::Prefilled(chunk.tokens.end));
        }
        if self.request.max_tokens == 0 {
            self.send(Event::Finished(FinishReason::Length));
        }
        self.request.max_tokens > 0
    }

    /// Uses the logits of the row at `position`; false when the sequence is over.
    fn row(&mut self, position: usize, logits: &[f32]) -> bool {
        let next = position + 1;
        if next < self.request.prompt.len() {
            if let Err(source) = check_logits(logits) {
                let index = next;
                self.send(Event::Failed(Failure::Score { index, source }));
                return false;
            }
            let token = self.tokens[next];
            self.reported = next + 1;
            let top = self.request.logprobs.unwrap_or(0);
            let logprobs = Some(Logprobs::of(logits, token, top));
            return self.send(Event::Prompt { token, logprobs });
        }
        let token = match self.sampler.sample(logits) {
            Ok(token) => token,
            Err(source) => {
                let index = self.generated();
                self.send(Event::Failed(Failure::Sample { index, source }));
                return false;
            }
        };
        self.tokens.push(token);
        let logprobs = self
            .request
            .logprobs
            .map(|top| Logprobs::of(logits, token, top));
        if !self.send(Event::Token { token, logprobs }) {
            return false;
        }
        let reason = if self.request.stop_ids.contains(&token) {
            FinishReason::Stop
        } else if self.generated() == self.request.max_tokens {
            FinishReason::Length
        } else {
            return true;
        };
        self.send(Event::Finished(reason));
        false
    }
}

/// What a step gave.
#[derive(Debug, Default)]
pub(crate) struct StepOutcome {
    /// Tokens, each sequence's in order; of those that are over, too.
    pub(crate) sampled: Vec<(SequenceId, u32)>,
    /// Guesses to verify in the next step, by number.
    pub(crate) guesses: Vec<(SequenceId, usize)>,
    pub(crate) finished: Vec<SequenceId>,
    /// The model panicked: no key or value of the plan is worth keeping.
    pub(crate) failed: bool,
}

/// The model, its KV pool and the sequences that use them.
pub(crate) struct Stepper {
    model: Arc<dyn LanguageModel>,
    pool: KvPool,
    live: HashMap<SequenceId, Live>,
}

impl Stepper {
    pub(crate) fn new(model: Arc<dyn LanguageModel>, pages: usize, cache: CacheType) -> Self {
        let pool = KvPool::new(&model.shape(), pages, cache);
        Self {
            model,
            pool,
            live: HashMap::new(),
        }
    }

    pub(crate) fn add(&mut self, id: SequenceId, live: Live) {
        self.live.insert(id, live);
    }

    /// Ends a sequence with a last event, if it is still there.
    pub(crate) fn end(&mut self, id: SequenceId, event: Event) {
        if let Some(mut live) = self.live.remove(&id) {
            live.send(event);
        }
    }

    /// Ends all sequences.
    pub(crate) fn end_all(&mut self, event: &Event) {
        for (_, mut live) in self.live.drain() {
            live.send(event.clone());
        }
    }

    /// Computes a plan. A panic in the model ends its sequences and no other.
    pub(crate) fn step(&mut self, plan: &Plan) -> StepOutcome {
        let mut outcome = StepOutcome::default();
        let computed = catch_unwind(AssertUnwindSafe(|| self.compute(plan, &mut outcome)));
        if let Err(panic) = computed {
            outcome.failed = true;
            let message = panic_message(&*panic);
            for chunk in &plan.chunks {
                self.end(
                    chunk.sequence,
                    Event::Failed(Failure::Panic {
                        message: message.clone(),
                    }),
                );
                outcome.finished.push(chunk.sequence);
            }
        }
        outcome
    }

    fn compute(&mut self, plan: &Plan, outcome: &mut StepOutcome) {
        let StepOutcome {
            sampled, finished, ..
        } = outcome;
        let mut over = |live: &mut HashMap<_, _>, id| {
            live.remove(&id);
            finished.push(id);
        };
        let mut ids = Vec::new();
        // (row of the step, chunk, position)
        let mut wanted = Vec::new();
        for (i, chunk) in plan.chunks.iter().enumerate() {
            let live = self
                .live
                .get_mut(&chunk.sequence)
                .expect("planned sequences are live");
            let goes_on = live.begin();
            let first = ids.len();
            ids.extend_from_slice(&live.tokens[chunk.tokens.clone()]);
            if !goes_on {
                over(&mut self.live, chunk.sequence);
                continue;
            }
            let row = |position| (first + position - chunk.tokens.start, i, position);
            wanted.extend(live.wanted(chunk).into_iter().map(row));
        }
        let hidden = self
            .model
            .forward(&ids, &mut Paged::new(&mut self.pool, &plan.chunks));
        for rows in wanted.chunks(LOGIT_ROWS) {
            let picked: Vec<f32> = rows
                .iter()
                .flat_map(|&(row, ..)| hidden.row(row))
                .copied()
                .collect();
            let logits = self
                .model
                .logits(&Tensor::new(&[rows.len(), hidden.cols()], picked));
            for (i, &(_, chunk, position)) in rows.iter().enumerate() {
                let id = plan.chunks[chunk].sequence;
                // It may have ended at an earlier row.
                let Some(live) = self.live.get_mut(&id) else {
                    continue;
                };
                let known = live.tokens.len();
                let goes_on = live.row(position, logits.row(i));
                sampled.extend(live.tokens[known..].iter().map(|&token| (id, token)));
                if !goes_on {
                    over(&mut self.live, id);
                }
            }
        }
        for chunk in &plan.chunks {
            let Some(live) = self.live.get_mut(&chunk.sequence) else {
                continue;
            };
            if !live.chunk_end(chunk) {
                over(&mut self.live, chunk.sequence);
            }
        }
    }
}

/// What the panic said.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}
