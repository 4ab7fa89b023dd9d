//! Guessing tokens ahead, to compute several rows of a sequence in one step.
//!
//! A step of one row reads all weights; a second row costs a small part of
//! that. So a sequence may bring guesses of its next tokens (Leviathan et al.
//! 2022, <https://arxiv.org/abs/2211.17192>; Chen et al. 2023,
//! <https://arxiv.org/abs/2302.01318>). Each row is then sampled as ever, with
//! the sequence's own sampler, and a guess counts if it is the token sampled in
//! its place. As a row has the same bits in any company, the answer is the
//! plain one, token for token. The papers accept a guess at random, so that its
//! distribution is kept; equality with the plain answer also keeps its seed.
//!
//! Guesses come from two places: [`Lookup`], what followed the latest occurrence
//! of the last tokens (Saxena 2023,
//! <https://github.com/apoorvumang/prompt-lookup-decoding>), and a draft model.
//! How many are made follows from how many came true: [`Costs::best`].

use std::collections::HashMap;

use models::ModelShape;

/// Most guesses of a sequence in a step.
pub(crate) const MAX_GUESSES: usize = 8;

/// Whether tokens are guessed ahead. The answer is the same either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Speculation {
    Off,
    /// From the text so far, and by the engine's draft model if it has one.
    #[default]
    On,
}

/// How likely a guess comes true: a running mean of what became of guesses.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Trust(f64);

impl Trust {
    /// The share of the newest outcome.
    const RATE: f64 = 0.125;

    pub(crate) fn new(prior: f64) -> Self {
        Self(prior)
    }

    pub(crate) fn learn(&mut self, came_true: bool) {
        self.0 += (f64::from(u8::from(came_true)) - self.0) * Self::RATE;
    }
}

/// What a step costs, in units of a step without rows, which only reads weights.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) struct Costs {
    /// Rows that are computed anyway.
    pub(crate) rows: usize,
    /// What making a guess costs, beside verifying it.
    pub(crate) guess: f64,
}

impl Costs {
    /// Of a row. Measured with SmolLM2-135M in Q4_1 on two cores of Zen 4; other
    /// models read weights and compute with them in the same proportion.
    const ROW: f64 = 0.1;

    /// How many guesses give the most tokens for the cost, and that ratio.
    ///
    /// The i-th comes true if all before do, so with a chance of `trust` to the
    /// i-th power.
    pub(crate) fn best(self, trust: Trust, most: usize) -> (usize, f64) {
        let (mut tokens, mut chance) = (self.rows as f64, 1.0);
        let mut cost = 1.0 + Self::ROW * self.rows as f64;
        let mut best = (0, tokens / cost);
        for guesses in 1..=most {
            chance *= trust.0;
            tokens += chance;
            cost += Self::ROW + self.guess;
            if tokens / cost > best.1 {
                best = (guesses, tokens / cost);
            }
        }
        best
    }
}

/// What a draft's token costs, if a step of `model` without rows costs 1.
pub(crate) fn draft_cost(draft: &ModelShape, model: &ModelShape) -> f64 {
    // Weights of the blocks, about 12·hidden² each, and of the output.
    let weights = |s: &ModelShape| {
        let hidden = s.hidden as f64;
        12.0 * s.layers as f64 * hidden * hidden + s.vocab as f64 * hidden
    };
    weights(draft) / weights(model)
}

/// Tokens whose latest occurrence is looked up; longer ones tell more.
const LONG: usize = 3;
const SHORT: usize = 2;

/// Where in a sequence its latest tokens occurred before.
///
/// One entry for each run of [`LONG`] and [`SHORT`] tokens, so no more than two
/// for each token of the context; a token is added in constant time.
#[derive(Debug)]
pub(crate) struct Lookup {
    /// The position behind the latest occurrence; short runs end with [`NONE`].
    behind: HashMap<[u32; LONG], u32>,
    /// Tokens that have been added.
    added: usize,
    /// After long runs and after short ones.
    trust: [Trust; 2],
}

/// No token: ids are below a vocabulary's size.
const NONE: u32 = u32::MAX;

/// A place to copy from.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Source {
    position: usize,
    /// Index of its trust.
    kind: usize,
}

impl Lookup {
    pub(crate) fn new() -> Self {
        Self {
            behind: HashMap::new(),
            added: 0,
            trust: [Trust::new(0.4), Trust::new(0.25)],
        }
    }

    /// Adds what stands in `tokens` beyond those it had; from `prompt` on, each
    /// token tells whether a guess in its place would have come true.
    pub(crate) fn add(&mut self, tokens: &[u32], prompt: usize) {
        for at in self.added..tokens.len() {
            let before = &tokens[..at];
            if let Some(source) = self.source(before).filter(|_| at >= prompt) {
                self.trust[source.kind].learn(tokens[source.position] == tokens[at]);
            }
            for run in [LONG, SHORT] {
                if let Some(key) = key(before, run) {
                    let at = u32::try_from(at).expect("contexts are shorter than 2³²");
                    self.behind.insert(key, at);
                }
            }
        }
        self.added = tokens.len();
    }

    /// How likely a guess is right, if there is one to make.
    pub(crate) fn trust(&self, tokens: &[u32]) -> Option<Trust> {
        Some(self.trust[self.source(tokens)?.kind])
    }

    /// What may follow `tokens`, which have been added: what followed before, and
    /// where that reaches their end, itself again.
    pub(crate) fn guesses(&self, tokens: &[u32], count: usize) -> Vec<u32> {
        let Some(Source { position, .. }) = self.source(tokens) else {
            return Vec::new();
        };
        tokens[position..]
            .iter()
            .copied()
            .cycle()
            .take(count)
            .collect()
    }

    /// Where the latest tokens occurred before, and what followed.
    fn source(&self, tokens: &[u32]) -> Option<Source> {
        [LONG, SHORT].iter().enumerate().find_map(|(kind, &run)| {
            let &position = self.behind.get(&key(tokens, run)?)?;
            let position = position as usize;
            Some(Source { position, kind })
        })
    }
}

/// The last `run` tokens, if there are so many.
fn key(tokens: &[u32], run: usize) -> Option<[u32; LONG]> {
    let first = tokens.len().checked_sub(run)?;
    let mut key = [NONE; LONG];
    key[..run].copy_from_slice(&tokens[first..]);
    Some(key)
}

#[cfg(test)]
mod tests;
