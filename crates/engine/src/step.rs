//! One step: the planned tokens through the model, the rows that matter
//! through the sampler, the outcome to its request.
//!
//! Logits are computed for the rows that predict something wanted, a few rows
//! at a time: a long prompt's `[T, vocab]` would be gigabytes.

use std::any::Any;
use std::collections::HashMap;
use std::io::{self, Write};
use std::ops::ControlFlow;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;

use kernels::attention::CacheType;
use models::LanguageModel;
use tensor::Tensor;

use crate::draft::Draft;
use crate::grammar::{Grammar, GrammarError};
use crate::live::Live;
use crate::paged::{KvPool, Paged};
use crate::sampler::{Logprobs, SampleError, Sampling};
use crate::scheduler::{Chunk, Plan, Priority, SequenceId};
use crate::speculate::{Costs, Speculation};

/// Whether somebody has cancelled a sequence, perhaps from within a callback of this step.
pub(crate) type Cancelled<'a> = &'a dyn Fn(SequenceId) -> bool;

/// Rows of logits held at a time.
const LOGIT_ROWS: usize = 32;

/// What to compute: token ids in, events out.
#[derive(Debug, Clone, Default)]
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
    pub speculation: Speculation,
    /// What the answer may be.
    pub grammar: Option<Grammar>,
}

/// What becomes of a request, in order; the last one is `Finished` or `Failed`
/// unless the callback breaks off.
#[derive(Debug, Clone, PartialEq)]
pub enum Event {
    /// So many of the prompt's tokens were found computed; comes first, if there are some.
    Cached(usize),
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
    /// A stop token, a stop string or the end of the grammar.
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
    #[error("the grammar gives up at token {index} of the answer")]
    Grammar { index: usize, source: GrammarError },
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

/// What a step gave.
#[derive(Debug, Default)]
pub(crate) struct StepOutcome {
    /// Tokens, each sequence's in order; of those that are over, too.
    pub(crate) sampled: Vec<(SequenceId, u32)>,
    /// Guesses to verify in the next step, by number.
    pub(crate) guesses: Vec<(SequenceId, usize)>,
    pub(crate) finished: Vec<SequenceId>,
    /// Guesses that were verified in this step, and how many came true.
    pub(crate) guessed: usize,
    pub(crate) came_true: usize,
    /// The model panicked: no key or value of the plan is worth keeping.
    pub(crate) failed: bool,
}

/// The model, its KV pool and the sequences that use them.
pub(crate) struct Stepper {
    model: Arc<dyn LanguageModel>,
    pool: KvPool,
    pub(crate) draft: Option<Draft>,
    live: HashMap<SequenceId, Live>,
}

/// A row whose logits are wanted.
struct Wanted {
    row: usize,
    /// The token that the row was computed from, and where it stands.
    token: u32,
    position: usize,
    guess: bool,
    sequence: SequenceId,
}

impl Stepper {
    pub(crate) fn new(
        model: Arc<dyn LanguageModel>,
        draft: Option<Arc<dyn LanguageModel>>,
        pages: usize,
        cache: CacheType,
    ) -> Option<Self> {
        let pool = KvPool::new(&model.shape(), pages, cache)?;
        let draft = match draft {
            Some(draft) => Some(Draft::new(draft, &model.shape(), pages, cache)?),
            None => None,
        };
        Some(Self {
            model,
            pool,
            draft,
            live: HashMap::new(),
        })
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
    pub(crate) fn step(&mut self, plan: &Plan, cancelled: Cancelled) -> StepOutcome {
        let mut outcome = StepOutcome::default();
        let compute = || self.compute(plan, cancelled, &mut outcome);
        let computed = catch_unwind(AssertUnwindSafe(compute));
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

    fn compute(&mut self, plan: &Plan, cancelled: Cancelled, outcome: &mut StepOutcome) {
        self.draft(plan);
        let chunks = self.guessed(plan);
        let (ids, wanted) = self.rows(&chunks, outcome);
        let attention = &mut Paged::new(&mut self.pool, &chunks);
        let hidden = self.model.forward(&ids, attention);
        for rows in wanted.chunks(LOGIT_ROWS) {
            let logits = self.model.logits(&pick(&hidden, rows));
            for (i, row) in rows.iter().enumerate() {
                // It may have ended at an earlier row, or its guess was refuted.
                let live = self.hearing(row.sequence, cancelled);
                let Some(live) = live.filter(|live| live.stands(row.position, row.token)) else {
                    continue;
                };
                outcome.came_true += usize::from(row.guess);
                let known = live.length();
                let goes_on = live.row(row.position, logits.row(i));
                let tokens = live.since(known).iter();
                outcome.sampled.extend(tokens.map(|&t| (row.sequence, t)));
                if !goes_on {
                    self.over(row.sequence, outcome);
                }
            }
        }
        let guesses: usize = chunks.iter().map(|c| c.guesses).sum();
        outcome.guessed = guesses;
        let costs = Costs {
            rows: ids.len() - guesses,
            guess: 0.0,
        };
        let draft = self.draft.as_ref().map(|draft| draft.cost);
        for chunk in &chunks {
            let Some(live) = self.hearing(chunk.sequence, cancelled) else {
                continue;
            };
            if !live.chunk_end(chunk) {
                self.over(chunk.sequence, outcome);
            } else if chunk.last {
                let guesses = live.guess(costs, draft).map(|n| (chunk.sequence, n));
                outcome.guesses.extend(guesses);
            }
        }
    }

    /// Lets the draft guess. Nobody needs it, so should it panic, the engine goes on
    /// without it for good.
    fn draft(&mut self, plan: &Plan) {
        let Some(draft) = &mut self.draft else {
            return;
        };
        let guess = || draft.guess(plan, &mut self.live);
        if let Err(panic) = catch_unwind(AssertUnwindSafe(guess)) {
            self.draft = None;
            let message = panic_message(&*panic);
            // That nobody can read it is no reason to fail.
            let _ = writeln!(
                io::stderr(),
                "the draft model failed and is left out from now on: {message}"
            );
        }
    }

    /// The plan's chunks with the guesses that were made: a draft may leave some out.
    fn guessed(&self, plan: &Plan) -> Vec<Chunk> {
        let mut chunks = plan.chunks.clone();
        for chunk in &mut chunks {
            let live = self.live.get(&chunk.sequence);
            let made = live.expect("planned sequences are live").guessed();
            let missing = chunk.guesses.saturating_sub(made);
            chunk.guesses -= missing;
            chunk.tokens.end -= missing;
        }
        chunks
    }

    /// The token of each row, and the rows whose logits are wanted.
    fn rows(&mut self, chunks: &[Chunk], outcome: &mut StepOutcome) -> (Vec<u32>, Vec<Wanted>) {
        let (mut ids, mut wanted) = (Vec::new(), Vec::new());
        for chunk in chunks {
            let live = self.live.get_mut(&chunk.sequence);
            let live = live.expect("planned sequences are live");
            let first = ids.len();
            // Of one that breaks off now, too: others may share its keys.
            ids.extend(live.range(chunk.tokens.clone()));
            if !live.begin(chunk) {
                self.over(chunk.sequence, outcome);
                continue;
            }
            for position in live.wanted(chunk) {
                let row = first + position - chunk.tokens.start;
                wanted.push(Wanted {
                    row,
                    token: ids[row],
                    position,
                    guess: position >= chunk.tokens.end - chunk.guesses,
                    sequence: chunk.sequence,
                });
            }
        }
        (ids, wanted)
    }

    /// A sequence that is to hear of its rows: not one that is over, and of one
    /// that is cancelled only its end is left to tell.
    fn hearing(&mut self, id: SequenceId, cancelled: Cancelled) -> Option<&mut Live> {
        self.live.get_mut(&id).filter(|_| !cancelled(id))
    }

    fn over(&mut self, id: SequenceId, outcome: &mut StepOutcome) {
        self.live.remove(&id);
        outcome.finished.push(id);
    }
}

/// The hidden states of the wanted rows; all of them are not copied.
fn pick(hidden: &Tensor, rows: &[Wanted]) -> Tensor {
    if rows.len() == hidden.rows() {
        return hidden.clone();
    }
    let picked = rows.iter().flat_map(|wanted| hidden.row(wanted.row));
    Tensor::new(&[rows.len(), hidden.cols()], picked.copied().collect())
}

/// What the panic said.
fn panic_message(panic: &(dyn Any + Send)) -> String {
    let text = panic.downcast_ref::<&str>().map(|s| (*s).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    text.unwrap_or_else(|| "a panic without a message".to_owned())
}
