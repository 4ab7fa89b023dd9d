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
//! before bias, penalties, temperature and filters.

use std::cmp::Ordering;
use std::collections::HashMap;

use crate::rng::{Rng, random_seed};

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
    counts: HashMap<u32, u32>,
    rng: Rng,
    /// Token and, in turn, its logit and its probability.
    candidates: Vec<(u32, f64)>,
}

impl Sampler {
    pub fn new(sampling: Sampling) -> Self {
        let rng = Rng::new(sampling.seed.unwrap_or_else(random_seed));
        Self {
            sampling,
            counts: HashMap::new(),
            rng,
            candidates: Vec::new(),
        }
    }

    /// Takes the next token and counts it. `logits` is `[vocab]`, as the model
    /// gave them. One random number is drawn, at temperature 0 none.
    pub fn sample(&mut self, logits: &[f32]) -> Result<u32, SampleError> {
        check_logits(logits)?;
        self.candidates.clear();
        self.candidates
            .extend((0..).zip(logits.iter().map(|&l| f64::from(l))));
        self.shift();
        let best = argmax(&self.candidates).ok_or(SampleError::Nothing)?;
        let token = match self.sampling.temperature == 0.0 {
            true => best.0,
            false => {
                self.filter(best.1);
                draw(&self.candidates, self.rng.uniform())
            }
        };
        *self.counts.entry(token).or_default() += 1;
        Ok(token)
    }

    /// Bias and penalties.
    fn shift(&mut self) {
        let s = &self.sampling;
        // Ids outside the vocabulary are refused before a sampler is made.
        for &(id, bias) in &s.logit_bias {
            self.candidates[id as usize].1 += f64::from(bias);
        }
        let (frequency, presence) = (
            f64::from(s.frequency_penalty),
            f64::from(s.presence_penalty),
        );
        for (&id, &count) in &self.counts {
            self.candidates[id as usize].1 -= f64::from(count) * frequency + presence;
        }
    }

    /// Leaves the candidates that may be drawn, with unnormalised probabilities;
    /// `max` is the greatest logit.
    fn filter(&mut self, max: f64) {
        let s = &self.sampling;
        let c = &mut self.candidates;
        let temperature = f64::from(s.temperature);
        // The most likely one gets 1, so the sum is finite and not zero.
        c.iter_mut()
            .for_each(|(_, x)| *x = ((*x - max) / temperature).exp());
        if s.top_k > 0 && s.top_k < c.len() {
            c.select_nth_unstable_by(s.top_k - 1, likelier);
            c.truncate(s.top_k);
        }
        if s.top_p < 1.0 {
            keep_nucleus(c, f64::from(s.top_p));
        }
        if s.min_p > 0.0 {
            c.retain(|&(_, p)| p >= f64::from(s.min_p));
        }
        // Selecting shuffles; the draw walks in the order of the ids, whatever was kept.
        c.sort_unstable_by_key(|&(id, _)| id);
    }
}

/// Most likely first, then by id.
fn likelier(a: &(u32, f64), b: &(u32, f64)) -> Ordering {
    b.1.total_cmp(&a.1).then(a.0.cmp(&b.0))
}

/// The first greatest value, if one is above -inf.
fn argmax(candidates: &[(u32, f64)]) -> Option<(u32, f64)> {
    let mut best = (0, f64::NEG_INFINITY);
    for &(id, logit) in candidates {
        if logit > best.1 {
            best = (id, logit);
        }
    }
    (best.1 > f64::NEG_INFINITY).then_some(best)
}

/// Keeps the fewest most likely candidates that make `top_p` of the mass, at
/// least one. Sorts no more of them than it must.
fn keep_nucleus(c: &mut Vec<(u32, f64)>, top_p: f64) {
    let wanted = top_p * c.iter().map(|&(_, p)| p).sum::<f64>();
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

/// The candidate at `u` of the cumulated mass, `u` in [0, 1).
fn draw(candidates: &[(u32, f64)], u: f64) -> u32 {
    let at = u * candidates.iter().map(|&(_, p)| p).sum::<f64>();
    let mut mass = 0.0;
    for &(id, p) in candidates {
        mass += p;
        if at < mass {
            return id;
        }
    }
    // Rounding at the very end: the last one that can be drawn at all.
    candidates
        .iter()
        .rev()
        .find(|c| c.1 > 0.0)
        .expect("the most likely one has mass")
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

/// A token's log-probability and the likeliest ones in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Logprobs {
    pub logprob: f32,
    /// Likeliest first, lower ids first on ties.
    pub top: Vec<(u32, f32)>,
}

impl Logprobs {
    /// Of `token` and the `count` likeliest, from raw logits.
    pub fn of(logits: &[f32], token: u32, count: usize) -> Self {
        let mut all = vec![0.0; logits.len()];
        kernels::softmax::log_softmax_row(&mut all, logits);
        let logprob = all[token as usize];
        let mut top: Vec<(u32, f32)> = (0..).zip(all).collect();
        let count = count.min(top.len());
        let by = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if count > 0 && count < top.len() {
            top.select_nth_unstable_by(count - 1, by);
        }
        top.truncate(count);
        top.sort_unstable_by(by);
        Self { logprob, top }
    }
}

#[cfg(test)]
mod tests;
