//! Logits to a token.
//!
//! In OpenAI's order, with logits μ and c\[j\] the times token j was sampled:
//!
//! ```text
//! μ[j] += bias[j]
//! μ[j] -= c[j]·frequency_penalty + (c[j] > 0)·presence_penalty
//! p = softmax(μ / temperature)       temperature 0: argmax, lowest id on ties
//! top-k     the k most likely
//! top-p     the fewest most likely that make top_p of what top-k left
//! min-p     those with p ≥ min_p · max p
//! ```
//!
//! The prompt does not count in c: the published formula
//! (<https://platform.openai.com/docs/api-reference/completions/create>) speaks
//! of tokens "sampled prior to the current position".
//! Top-p: Holtzman et al. 2019, <https://arxiv.org/abs/1904.09751>; min-p: Nguyen
//! et al. 2024, <https://arxiv.org/abs/2407.01082>. Top-k and top-p keep the lower
//! ids of equally likely tokens.
//!
//! Log-probabilities are those of the model: the log-softmax of its raw logits,
//! before bias, penalties, temperature and filters, and before a grammar bans tokens,
//! which comes first of all.

use std::cmp::Ordering;

use self::row::Row;
use crate::grammar::Allowed;
use crate::rng::{Rng, random_seed};

pub use self::logprobs::Logprobs;

mod logprobs;
mod row;

/// How to choose the next token. The default samples from the model as it is.
#[derive(Debug, Clone, PartialEq)]
pub struct Sampling {
    /// 0 always takes the most likely token.
    pub temperature: f32,
    /// 0 keeps all.
    pub top_k: usize,
    /// 1 keeps all; 0 the most likely one.
    pub top_p: f32,
    /// 0 keeps all.
    pub min_p: f32,
    pub frequency_penalty: f32,
    pub presence_penalty: f32,
    /// Added to the logits of these ids.
    pub logit_bias: Vec<(u32, f32)>,
    /// The same seed draws the same numbers; `None` draws others each time.
    pub seed: Option<u64>,
}

impl Default for Sampling {
    fn default() -> Self {
        Self {
            temperature: 1.0,
            top_k: 0,
            top_p: 1.0,
            min_p: 0.0,
            frequency_penalty: 0.0,
            presence_penalty: 0.0,
            logit_bias: Vec::new(),
            seed: None,
        }
    }
}

/// A parameter outside its range.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
#[error("{name} is {got}, wanted {wanted}")]
pub struct BadSampling {
    pub name: &'static str,
    pub got: f64,
    pub wanted: String,
}

/// Logits from which no token can be taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SampleError {
    #[error("the model's logit of token {token} is {got}, wanted a finite number")]
    Logit { token: usize, got: String },
    #[error("no token is left: every logit is -inf")]
    Nothing,
}

impl Sampling {
    /// Checks every range; ids of the bias lie below `vocab`.
    pub fn check(&self, vocab: usize) -> Result<(), BadSampling> {
        let within = |name, got: f32, low: f32, high: f32| {
            // Written so that NaN fails.
            match got >= low && got <= high {
                true => Ok(()),
                false => {
                    let wanted = format!("a number from {low} to {high}");
                    Err(BadSampling {
                        name,
                        got: f64::from(got),
                        wanted,
                    })
                }
            }
        };
        within("temperature", self.temperature, 0.0, 2.0)?;
        within("top_p", self.top_p, 0.0, 1.0)?;
        within("min_p", self.min_p, 0.0, 1.0)?;
        within("frequency_penalty", self.frequency_penalty, -2.0, 2.0)?;
        within("presence_penalty", self.presence_penalty, -2.0, 2.0)?;
        for &(id, bias) in &self.logit_bias {
            within("logit_bias", bias, -100.0, 100.0)?;
            if id as usize >= vocab {
                let wanted = format!("a token id below {vocab}");
                return Err(BadSampling {
                    name: "logit_bias",
                    got: f64::from(id),
                    wanted,
                });
            }
        }
        Ok(())
    }
}

/// A request's sampling with what it has sampled so far.
#[derive(Debug, Clone)]
pub struct Sampler {
    sampling: Sampling,
    /// By id: the tokens whose logits are not the model's own.
    shifts: Vec<Shift>,
    rng: Rng,
    /// Token and, in turn, its logit and its probability.
    candidates: Vec<(u32, f64)>,
}

/// What moves a token's logit.
#[derive(Debug, Clone)]
struct Shift {
    id: u32,
    bias: f64,
    count: u32,
}

impl Sampler {
    pub fn new(sampling: Sampling) -> Self {
        let mut sampler = Self {
            shifts: Vec::new(),
            rng: Rng::new(sampling.seed.unwrap_or_else(random_seed)),
            candidates: Vec::new(),
            sampling,
        };
        for (id, bias) in sampler.sampling.logit_bias.clone() {
            sampler.shift(id).bias += f64::from(bias);
        }
        sampler
    }

    /// Takes the next token and counts it. `logits` is `[vocab]`, as the model
    /// gave them. One random number is drawn, at temperature 0 none.
    pub fn sample(&mut self, logits: &[f32]) -> Result<u32, SampleError> {
        self.sample_among(logits, None)
    }

    /// As [`sample`](Self::sample), of the allowed tokens: others count as if the model
    /// had banned them.
    pub(crate) fn sample_among(
        &mut self,
        logits: &[f32],
        allowed: Option<&Allowed>,
    ) -> Result<u32, SampleError> {
        let row = Row::new(logits, &self.sampling, &self.shifts, allowed)?;
        let token = self.choose(&row)?;
        self.count(token);
        Ok(token)
    }

    fn choose(&mut self, row: &Row) -> Result<u32, SampleError> {
        let (best, max) = row.best().ok_or(SampleError::Nothing)?;
        if self.sampling.temperature == 0.0 {
            return Ok(best);
        }
        let u = self.rng.uniform();
        if self.sampling.filters() {
            self.filter(row, max);
            return Ok(draw(&self.candidates, u * mass(&self.candidates)));
        }
        // The block first, then the token in it.
        let temperature = f64::from(self.sampling.temperature);
        let sums = row.sums(max, temperature);
        let (mut at, mut block) = (u * sums.iter().sum::<f64>(), 0);
        while block + 1 < sums.len() && at >= sums[block] {
            at -= sums[block];
            block += 1;
        }
        // Rounding at the very end: the last one that can be drawn at all.
        while sums[block] == 0.0 {
            block -= 1;
        }
        self.candidates.clear();
        row.block(&mut self.candidates, block);
        exponentials(&mut self.candidates, max, temperature);
        self.candidates.sort_unstable_by_key(|&(id, _)| id);
        Ok(draw(&self.candidates, at))
    }

    /// Leaves the candidates that may be drawn, with unnormalised probabilities,
    /// by id; `max` is the greatest logit.
    fn filter(&mut self, row: &Row, max: f64) {
        let s = &self.sampling;
        let c = &mut self.candidates;
        let temperature = f64::from(s.temperature);
        let top_k = (s.top_k > 0 && s.top_k < row.rest.len()).then_some(s.top_k);
        let mut total = None;
        // Logits below it are not kept, whatever else is.
        let floor = match top_k {
            Some(k) => row.kth_block(k),
            None => {
                // Those below a share of the most likely one; rounding must not
                // take what the filters below would keep.
                let above = |share: f64| {
                    let distance = temperature * share.ln();
                    max + distance - 1e-12 * (max.abs() + distance.abs())
                };
                let mut floor = above(f64::from(s.min_p));
                if s.top_p < 1.0 {
                    let sum: f64 = row.sums(max, temperature).iter().sum();
                    // All below it together have less than the nucleus leaves.
                    let rest = (1.0 - f64::from(s.top_p)) * sum;
                    floor = floor.max(above(rest / row.rest.len() as f64));
                    total = Some(sum);
                }
                floor
            }
        };
        c.clear();
        row.at_least(c, floor);
        // The most likely one gets 1, so the sum is finite and not zero.
        exponentials(c, max, temperature);
        if let Some(k) = top_k.filter(|&k| k < c.len()) {
            c.select_nth_unstable_by(k - 1, likelier);
            c.truncate(k);
        }
        if s.top_p < 1.0 {
            let total = total.unwrap_or_else(|| mass(c));
            keep_nucleus(c, f64::from(s.top_p) * total);
        }
        if s.min_p > 0.0 {
            c.retain(|&(_, p)| p >= f64::from(s.min_p));
        }
        // Selecting shuffles; the draw walks in the order of the ids, whatever was kept.
        c.sort_unstable_by_key(|&(id, _)| id);
    }

    /// Remembers that the token was sampled, if that changes anything.
    fn count(&mut self, token: u32) {
        if self.sampling.frequency_penalty != 0.0 || self.sampling.presence_penalty != 0.0 {
            self.shift(token).count += 1;
        }
    }

    fn shift(&mut self, id: u32) -> &mut Shift {
        let at = self.shifts.partition_point(|s| s.id < id);
        if self.shifts.get(at).is_none_or(|s| s.id != id) {
            let (bias, count) = (0.0, 0);
            self.shifts.insert(at, Shift { id, bias, count });
        }
        &mut self.shifts[at]
    }
}

impl Sampling {
    /// Whether some tokens are kept from being drawn.
    fn filters(&self) -> bool {
        self.top_k > 0 || self.top_p < 1.0 || self.min_p > 0.0
    }
}

/// Logits to unnormalised probabilities.
fn exponentials(candidates: &mut [(u32, f64)], max: f64, temperature: f64) {
    for (_, x) in candidates {
        *x = ((*x - max) / temperature).exp();
    }
}

fn mass(candidates: &[(u32, f64)]) -> f64 {
    candidates.iter().map(|&(_, p)| p).sum()
}

/// Most likely first, then by id.
fn likelier(a: &(u32, f64), b: &(u32, f64)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// Keeps the fewest most likely candidates that make `wanted`, at least one.
/// Sorts no more of them than it must.
fn keep_nucleus(c: &mut Vec<(u32, f64)>, wanted: f64) {
    let (mut sorted, mut kept, mut mass) = (0, 0, 0.0);
    while kept == 0 || (mass < wanted && kept < c.len()) {
        if kept == sorted {
            let more = (4 * sorted).max(64).min(c.len());
            if more < c.len() {
                c[sorted..].select_nth_unstable_by(more - sorted - 1, likelier);
            }
            c[sorted..more].sort_unstable_by(likelier);
            sorted = more;
        }
        mass += c[kept].1;
        kept += 1;
    }
    c.truncate(kept);
}

/// The candidate at `at` of the cumulated mass.
fn draw(candidates: &[(u32, f64)], at: f64) -> u32 {
    let mut mass = 0.0;
    for &(id, p) in candidates {
        mass += p;
        if at < mass {
            return id;
        }
    }
    // Rounding at the very end: the last one that can be drawn at all.
    let last = candidates.iter().rfind(|c| c.1 > 0.0);
    last.or(candidates.last())
        .expect("the most likely one is kept")
        .0
}

/// Whether the logits are a distribution's.
pub(crate) fn check_logits(logits: &[f32]) -> Result<(), SampleError> {
    // -inf is a model's way to ban a token; NaN and +inf are broken weights.
    let broken = |l: &f32| l.is_nan() || *l == f32::INFINITY;
    if let Some(token) = logits.iter().position(broken) {
        let got = logits[token].to_string();
        return Err(SampleError::Logit { token, got });
    }
    match logits.iter().all(|l| *l == f32::NEG_INFINITY) {
        true => Err(SampleError::Nothing),
        false => Ok(()),
    }
}

#[cfg(test)]
mod tests;
