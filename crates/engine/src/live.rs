//! A sequence on the engine's thread: what it knows, and what it tells its
//! callback.

use std::ops::{ControlFlow, Range};
use std::panic::{AssertUnwindSafe, catch_unwind};

use crate::sampler::{Logprobs, Sampler, check_logits};
use crate::scheduler::Chunk;
use crate::speculate::{Costs, Lookup, MAX_GUESSES, Speculation, Trust};
use crate::step::{Callback, Event, Failure, FinishReason, Request};

/// A sequence from admission to its last event.
pub(crate) struct Live {
    /// Prompt and sampled tokens.
    tokens: Vec<u32>,
    request: Request,
    sampler: Sampler,
    callback: Callback,
    /// A token of it was computed.
    begun: bool,
    /// Prompt tokens reported. They are computed again after giving way, not
    /// reported again.
    reported: usize,
    guesser: Option<Guesser>,
}

/// A sequence's guesses of its next tokens.
struct Guesser {
    lookup: Lookup,
    /// In the draft model.
    trust: Trust,
    /// Steps without guesses of the draft, so without news of it.
    untried: usize,
    /// To be verified in the next step, from the position `first` on.
    guesses: Vec<u32>,
    first: usize,
    /// The draft is to make them.
    drafts: bool,
}

/// Steps after which a draft that was not worth it is tried again.
const RETRY: usize = 32;

impl Guesser {
    /// What became of the draft's guesses, if it made any, in `tokens`.
    fn learn(&mut self, tokens: &[u32]) {
        for (guess, token) in self.guesses.iter().zip(&tokens[self.first..]) {
            self.untried = 0;
            self.trust.learn(guess == token);
            if guess != token {
                return;
            }
        }
    }
}

impl Live {
    pub(crate) fn new(mut request: Request, callback: Callback) -> Self {
        let sampling = std::mem::take(&mut request.sampling);
        let guesser = (request.speculation == Speculation::On).then(|| Guesser {
            lookup: Lookup::new(),
            trust: Trust::new(0.6),
            untried: 0,
            guesses: Vec::new(),
            first: 0,
            drafts: false,
        });
        Self {
            tokens: request.prompt.clone(),
            sampler: Sampler::new(sampling),
            request,
            callback,
            begun: false,
            reported: 0,
            guesser,
        }
    }

    /// Whether the sequence goes on. A callback that panics is one that breaks off.
    pub(crate) fn send(&mut self, event: Event) -> bool {
        let called = catch_unwind(AssertUnwindSafe(|| (self.callback)(event)));
        matches!(called, Ok(ControlFlow::Continue(())))
    }

    fn generated(&self) -> usize {
        self.tokens.len() - self.request.prompt.len()
    }

    /// Positions of the chunk's rows whose logits are wanted.
    pub(crate) fn wanted(&self, chunk: &Chunk) -> Vec<usize> {
        let first = match self.request.prompt_logprobs {
            // The row at a position predicts the token behind it.
            true => self.reported.max(1) - 1,
            false => usize::MAX,
        };
        let prompt = self.request.prompt.len();
        let scores = |position: usize| position >= first && position + 1 < prompt;
        let samples = |position| {
            let guessed = position + 1 + chunk.guesses;
            chunk.last && guessed >= chunk.tokens.end && self.request.max_tokens > 0
        };
        chunk
            .tokens
            .clone()
            .filter(|&p| scores(p) || samples(p))
            .collect()
    }

    /// Guesses made for the next step.
    pub(crate) fn guessed(&self) -> usize {
        self.guesser.as_ref().map_or(0, |g| g.guesses.len())
    }

    /// Tokens known.
    pub(crate) fn length(&self) -> usize {
        self.tokens.len()
    }

    pub(crate) fn since(&self, length: usize) -> &[u32] {
        &self.tokens[length..]
    }

    /// Whether the token stands there: a guess may not.
    pub(crate) fn stands(&self, position: usize, token: u32) -> bool {
        self.tokens.get(position) == Some(&token)
    }

    /// Guesses what follows, after a step of `costs.rows` rows; a guess of the
    /// draft costs `draft`. Returns how many tokens are to be verified.
    pub(crate) fn guess(&mut self, costs: Costs, draft: Option<f64>) -> Option<usize> {
        let most = self.most_guesses();
        let g = self.guesser.as_mut()?;
        g.lookup.add(&self.tokens, self.request.prompt.len());
        if g.drafts {
            g.learn(&self.tokens);
        }
        g.guesses.clear();
        g.first = self.tokens.len();
        g.drafts = false;
        let (mut count, mut ratio) = (0, 0.0);
        if let Some(trust) = g.lookup.trust(&self.tokens) {
            (count, ratio) = costs.best(trust, most);
        }
        if let Some(guess) = draft {
            let mut best = Costs { guess, ..costs }.best(g.trust, most);
            g.untried += 1;
            if best.0 == 0 && g.untried >= RETRY {
                best.0 = most.min(1);
            }
            if best.0 > 0 && (best.1 > ratio || count == 0) {
                count = best.0;
                g.drafts = true;
            }
        }
        if !g.drafts {
            g.guesses = g.lookup.guesses(&self.tokens, count);
        }
        (count > 0).then_some(count)
    }

    /// Whether the draft is to guess another of the chunk's tokens.
    pub(crate) fn wants_draft(&self, chunk: &Chunk) -> bool {
        let wants = |g: &Guesser| g.drafts && g.guesses.len() < chunk.guesses;
        self.guesser.as_ref().is_some_and(wants)
    }

    /// Whether guesses of the draft are likely to be wanted behind the chunk, which
    /// is of a prompt: then its keys are best computed as the prompt's are.
    pub(crate) fn expects_draft(&self, chunk: &Chunk, costs: Costs) -> bool {
        let prompt = chunk.tokens.start < self.request.prompt.len();
        let gains = |g: &Guesser| costs.best(g.trust, self.most_guesses()).0 > 0;
        prompt && self.guesser.as_ref().is_some_and(gains)
    }

    /// Guesses that may come true: the last is followed by one more token.
    fn most_guesses(&self) -> usize {
        let left = self.request.max_tokens - self.generated();
        left.saturating_sub(1).min(MAX_GUESSES)
    }

    /// Adds a guess of the draft.
    pub(crate) fn push_draft(&mut self, token: u32) {
        self.guesser.iter_mut().for_each(|g| g.guesses.push(token));
    }

    /// Tokens at these positions, known or guessed.
    pub(crate) fn range(&self, positions: Range<usize>) -> impl Iterator<Item = u32> {
        let guesses = self.guesser.as_ref().map_or(&[][..], |g| &g.guesses);
        let all = self.tokens.iter().chain(guesses).copied();
        all.skip(positions.start).take(positions.len())
    }

    /// Before the chunk's rows: reports what was there before the first of them, and the
    /// first prompt token, which no row predicts; false when the sequence is over.
    pub(crate) fn begin(&mut self, chunk: &Chunk) -> bool {
        let begun = std::mem::replace(&mut self.begun, true);
        let cached = chunk.tokens.start;
        // What is found later, after giving way, it may have computed itself.
        if !begun && cached > 0 && !self.send(Event::Cached(cached)) {
            return false;
        }
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
    pub(crate) fn chunk_end(&mut self, chunk: &Chunk) -> bool {
        if !chunk.last {
            return self.send(Event::Prefilled(chunk.tokens.end));
        }
        if self.request.max_tokens == 0 {
            self.send(Event::Finished(FinishReason::Length));
        }
        self.request.max_tokens > 0
    }

    /// The next token, and whether the grammar lets nothing follow. Guesses change
    /// nothing: a row is sampled only when all tokens before it are.
    fn choose(&mut self, logits: &[f32]) -> Result<(u32, bool), Failure> {
        let index = self.generated();
        let sample = |source| Failure::Sample { index, source };
        let Some(grammar) = &mut self.request.grammar else {
            return Ok((self.sampler.sample(logits).map_err(sample)?, false));
        };
        let gives_up = |source| Failure::Grammar { index, source };
        let allowed = grammar.allowed().map_err(gives_up)?;
        let token = self.sampler.sample_among(logits, Some(&allowed));
        let token = token.map_err(sample)?;
        let goes_on = grammar.take(token).map_err(gives_up)?;
        Ok((token, !goes_on))
    }

    /// Uses the logits of the row at `position`; false when the sequence is over.
    pub(crate) fn row(&mut self, position: usize, logits: &[f32]) -> bool {
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
        let (token, complete) = match self.choose(logits) {
            Ok(chosen) => chosen,
            Err(failure) => {
                self.send(Event::Failed(failure));
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
        let reason = if complete || self.request.stop_ids.contains(&token) {
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
