//! A row of logits, of which a sampler looks at no more than it must.

use std::borrow::Cow;

use kernels::blocks::{BLOCK, block_max, block_sum_exp};

use crate::grammar::Allowed;

use super::{SampleError, Sampling, Shift, check_logits};

/// One row of logits: the model's own as they are, the few shifted ones apart,
/// and the greatest of each block, so that few blocks are looked into.
pub(super) struct Row<'a> {
    /// −∞ in place of the shifted ones.
    pub(super) rest: Cow<'a, [f32]>,
    /// Of `rest`.
    maxima: Vec<f32>,
    /// By id.
    shifted: Vec<(u32, f64)>,
}

impl<'a> Row<'a> {
    pub(super) fn new(
        logits: &'a [f32],
        s: &Sampling,
        shifts: &[Shift],
        allowed: Option<&Allowed>,
    ) -> Result<Self, SampleError> {
        let mut row = Self {
            rest: Cow::Borrowed(logits),
            maxima: vec![0.0; logits.len().div_ceil(BLOCK)],
            shifted: Vec::with_capacity(shifts.len()),
        };
        block_max(&mut row.maxima, logits);
        if row.maxima.iter().any(|max| max.is_nan()) {
            check_logits(logits)?;
        }
        if let Some(allowed) = allowed {
            allowed.apply(row.rest.to_mut());
        } else if shifts.is_empty() {
            return Ok(row);
        }
        let frequency = f64::from(s.frequency_penalty);
        let presence = f64::from(s.presence_penalty);
        let rest = row.rest.to_mut();
        for shift in shifts {
            // Ids outside the vocabulary are refused before a sampler is made.
            let logit = std::mem::replace(&mut rest[shift.id as usize], f32::NEG_INFINITY);
            let mut value = f64::from(logit) + shift.bias;
            if shift.count > 0 {
                value -= f64::from(shift.count) * frequency + presence;
            }
            row.shifted.push((shift.id, value));
        }
        block_max(&mut row.maxima, rest);
        Ok(row)
    }

    /// The first greatest value, if one is above -inf.
    pub(super) fn best(&self) -> Option<(u32, f64)> {
        let max = self.maxima.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
        let first = |values: &[f32]| values.iter().position(|&x| x == max);
        let block = first(&self.maxima)? * BLOCK;
        let token = block + first(&self.rest[block..])?;
        let mut best = (token as u32, f64::from(max));
        for &(id, logit) in &self.shifted {
            if logit > best.1 || (logit == best.1 && id < best.0) {
                best = (id, logit);
            }
        }
        (best.1 > f64::NEG_INFINITY).then_some(best)
    }

    /// A logit that at least `k` tokens reach.
    pub(super) fn kth_block(&self, k: usize) -> f64 {
        if k > self.maxima.len() {
            return f64::NEG_INFINITY;
        }
        let mut maxima = self.maxima.clone();
        let (_, kth, _) = maxima.select_nth_unstable_by(k - 1, |a, b| b.total_cmp(a));
        f64::from(*kth)
    }

    /// Adds the tokens with at least that logit.
    pub(super) fn at_least(&self, out: &mut Vec<(u32, f64)>, floor: f64) {
        for (block, &max) in self.maxima.iter().enumerate() {
            if f64::from(max) >= floor {
                out.extend(self.own(block).filter(|c| c.1 >= floor));
            }
        }
        out.extend(self.shifted.iter().filter(|c| c.1 >= floor));
    }

    /// Adds the tokens of a block.
    pub(super) fn block(&self, out: &mut Vec<(u32, f64)>, block: usize) {
        let of_block = |c: &&(u32, f64)| c.0 as usize / BLOCK == block;
        out.extend(self.own(block));
        out.extend(self.shifted.iter().filter(of_block));
    }

    /// The tokens of a block that are not shifted, nor banned by the model.
    fn own(&self, block: usize) -> impl Iterator<Item = (u32, f64)> {
        let first = block * BLOCK;
        let end = self.rest.len().min(first + BLOCK);
        (first as u32..)
            .zip(self.rest[first..end].iter().map(|&l| f64::from(l)))
            .filter(|c| c.1 > f64::NEG_INFINITY)
    }

    /// Unnormalised probabilities, summed up by block.
    pub(super) fn sums(&self, max: f64, temperature: f64) -> Vec<f64> {
        let mut sums = vec![0.0; self.maxima.len()];
        block_sum_exp(&mut sums, &self.rest, max, 1.0 / temperature);
        for &(id, logit) in &self.shifted {
            sums[id as usize / BLOCK] += ((logit - max) / temperature).exp();
        }
        sums
    }
}
