//! Rotary positions: which angle each pair of channels turns by.
//!
//! Su et al. 2021, eq. 34, <https://arxiv.org/abs/2104.09864>: pair i of a
//! token at position p turns by `p · θ^(-2i/d)`. Models trained on short
//! contexts stretch the frequencies for longer ones:
//!
//! - `linear`: all divided by a factor; Chen et al. 2023,
//!   <https://arxiv.org/abs/2306.15595>.
//! - `yarn`: low ones divided, high ones kept, a ramp between, and attention
//!   sharpened; Peng et al. 2023, §3, <https://arxiv.org/abs/2309.00071>.
//! - `llama3`: the same idea with bands by wavelength; Llama team 2024,
//!   <https://arxiv.org/abs/2407.21783>, spelled out in transformers'
//!   `_compute_llama3_parameters`.
//! - `factors`: a divisor per pair, as GGUF files carry.
//!
//! Left out: `dynamic` and `longrope`, whose angles depend on how long the
//! sequence has become, so that cached keys would have to be turned again.
//!
//! Angles are computed in f32 as transformers does: at position 4000 an f64
//! angle differs in the fourth digit of its cosine.

use std::f32::consts::TAU;
use std::f64::consts::TAU as TAU64;

use tensor::{LoadError, Rotation};

use crate::config::Keys;

const SUPPORTED: &str = "default, linear, llama3, yarn";

pub(crate) struct Rope {
    /// Radians per position, by pair.
    frequencies: Vec<f32>,
    /// Scales cosines and sines, so the logits by its square.
    attention_factor: f32,
}

/// Where and how a config says it.
pub(crate) struct RopeDefaults {
    pub(crate) theta_key: &'static str,
    /// The key of the share of a head's channels that turn, and the share if
    /// the config doesn't say; None for architectures in which all turn.
    pub(crate) fraction: Option<(&'static str, f64)>,
}

/// As most models have it.
pub(crate) const WHOLE_HEAD: RopeDefaults = RopeDefaults {
    theta_key: "rope_theta",
    fraction: None,
};

impl Rope {
    /// From the older `rope_theta` and `rope_scaling`, or transformers 5's
    /// `rope_parameters`. As there, a `rope_scaling` that says anything hides
    /// all of `rope_parameters`.
    pub(crate) fn load(
        keys: &Keys,
        head_dim: usize,
        defaults: &RopeDefaults,
    ) -> Result<Self, LoadError> {
        let new = keys.section("rope_parameters")?;
        let old = keys.section("rope_scaling")?.filter(|old| !old.is_empty());
        let section = old.or(new);
        let mut theta = keys.positive_or(defaults.theta_key, 10_000.0)?;
        let mut kind = "default";
        if let Some(section) = &section {
            theta = section.positive_or("rope_theta", theta)?;
            kind = match section.text("rope_type")? {
                Some(kind) => kind,
                None => section.text("type")?.unwrap_or(kind),
            };
        }
        let rotary_dim = rotary_dim(keys, section.as_ref(), kind, head_dim, defaults)?;
        let plain = Self {
            frequencies: plain_frequencies(theta, rotary_dim),
            attention_factor: 1.0,
        };
        let Some(scaling) = section else {
            return Ok(plain);
        };
        let rope = match kind {
            "default" => plain,
            "linear" => plain.linear(&scaling)?,
            "llama3" => plain.llama3(keys, &scaling)?,
            "yarn" => plain.yarn(keys, &scaling, theta)?,
            "factors" => plain.factors(&scaling)?,
            other => return Err(scaling.unsupported("rope_type", other, SUPPORTED)),
        };
        // Each value may be in range and all together still overflow.
        match rope.frequencies.iter().all(|f| f.is_finite()) {
            true => Ok(rope),
            false => Err(scaling.wrong("rope_type", "one of finite frequencies", kind)),
        }
    }

    /// The rotations of tokens at `positions`, for all layers of a step.
    pub(crate) fn at(&self, positions: &[u32]) -> Rotation {
        let angles = positions
            .iter()
            .flat_map(|&p| self.frequencies.iter().map(move |f| f * p as f32));
        let (sin, cos) = angles
            .map(|angle| angle.sin_cos())
            .map(|(sin, cos)| (sin * self.attention_factor, cos * self.attention_factor))
            .unzip();
        Rotation::new(2 * self.frequencies.len(), cos, sin)
    }

    fn linear(mut self, scaling: &Keys) -> Result<Self, LoadError> {
        let factor = scaling.positive("factor")? as f32;
        self.frequencies.iter_mut().for_each(|f| *f /= factor);
        Ok(self)
    }

    fn factors(mut self, scaling: &Keys) -> Result<Self, LoadError> {
        let factors = scaling.positives("factors", self.frequencies.len())?;
        for (f, factor) in self.frequencies.iter_mut().zip(factors) {
            *f /= factor as f32;
        }
        Ok(self)
    }

    fn llama3(mut self, keys: &Keys, scaling: &Keys) -> Result<Self, LoadError> {
        let factor = scaling.positive("factor")? as f32;
        let low = scaling.positive("low_freq_factor")? as f32;
        let high = scaling.positive("high_freq_factor")? as f32;
        if high <= low {
            let wanted = format!("more than low_freq_factor {low}");
            return Err(scaling.wrong("high_freq_factor", &wanted, &high.to_string()));
        }
        let context = original_context(keys, scaling)? as f32;
        for f in &mut self.frequencies {
            let wavelength = TAU / *f;
            if wavelength > context / low {
                *f /= factor;
            } else if wavelength >= context / high {
                let smooth = (context / wavelength - low) / (high - low);
                *f = (1.0 - smooth) * *f / factor + smooth * *f;
            }
        }
        Ok(self)
    }

    fn yarn(mut self, keys: &Keys, scaling: &Keys, theta: f64) -> Result<Self, LoadError> {
        let context = original_context(keys, scaling)? as f64;
        let longer = keys.size("max_position_embeddings")? as f64;
        let factor = scaling.positive_or("factor", longer / context)?;
        let beta_fast = scaling.positive_or("beta_fast", 32.0)?;
        let beta_slow = scaling.positive_or("beta_slow", 1.0)?;
        let truncate = scaling.flag_or("truncate", true)?;

        // The pair that turns `rotations` times within the original context.
        let dim = 2.0 * self.frequencies.len() as f64;
        let pair = |rotations: f64| dim * (context / (rotations * TAU64)).ln() / (2.0 * theta.ln());
        let (mut low, mut high) = (pair(beta_fast), pair(beta_slow));
        if truncate {
            (low, high) = (low.floor(), high.ceil());
        }
        (low, high) = (low.max(0.0), high.min(dim - 1.0));
        if low == high {
            high += 0.001;
        }
        for (i, f) in self.frequencies.iter_mut().enumerate() {
            let ramp = ((i as f32 - low as f32) / (high - low) as f32).clamp(0.0, 1.0);
            let divided = *f / factor as f32;
            *f = divided * ramp + *f * (1.0 - ramp);
        }
        self.attention_factor = yarn_attention_factor(scaling, factor)? as f32;
        Ok(self)
    }
}

/// √(1/t) of YaRN's eq. 22, or DeepSeek's generalisation of it.
fn yarn_attention_factor(scaling: &Keys, factor: f64) -> Result<f64, LoadError> {
    if let Some(given) = scaling.optional_float("attention_factor")? {
        return Ok(given);
    }
    let mscale = |m: f64| {
        if factor <= 1.0 {
            1.0
        } else {
            0.1 * m * factor.ln() + 1.0
        }
    };
    let above = scaling.float_or("mscale", 0.0)?;
    let below = scaling.float_or("mscale_all_dim", 0.0)?;
    if above > 0.0 && below > 0.0 {
        return Ok(mscale(above) / mscale(below));
    }
    Ok(mscale(1.0))
}

/// How many channels of a head turn.
fn rotary_dim(
    keys: &Keys,
    section: Option<&Keys>,
    kind: &str,
    head_dim: usize,
    defaults: &RopeDefaults,
) -> Result<usize, LoadError> {
    const KEY: &str = "partial_rotary_factor";
    let (key, default) = defaults.fraction.unwrap_or((KEY, 1.0));
    let mut fraction = keys.positive_or(key, default)?;
    if let Some(section) = section {
        fraction = section.positive_or(KEY, fraction)?;
    }
    if defaults.fraction.is_none() {
        // transformers doesn't look at it here, and fails under a scaling.
        if kind != "default" && fraction != 1.0 {
            let got = format!("{fraction} with rope_type {kind}");
            return Err(keys.unsupported(key, &got, "1"));
        }
        fraction = 1.0;
    }
    let rotary_dim = (head_dim as f64 * fraction) as usize;
    if rotary_dim > head_dim || rotary_dim < 2 || !rotary_dim.is_multiple_of(2) {
        let wanted = format!("an even share of head_dim {head_dim}");
        return Err(keys.wrong(key, &wanted, &fraction.to_string()));
    }
    Ok(rotary_dim)
}

/// The context before stretching. Beside the section it counts for more than
/// in it, as in transformers.
fn original_context(keys: &Keys, scaling: &Keys) -> Result<usize, LoadError> {
    let key = "original_max_position_embeddings";
    match (keys.optional_size(key)?, scaling.optional_size(key)?) {
        (Some(context), _) | (None, Some(context)) => Ok(context),
        (None, None) => keys.size("max_position_embeddings"),
    }
}

/// θ^(-2i/d), the power in f64 and all else in f32 as PyTorch.
fn plain_frequencies(theta: f64, rotary_dim: usize) -> Vec<f32> {
    let exponent = |i: usize| f64::from(i as f32 / rotary_dim as f32);
    (0..rotary_dim)
        .step_by(2)
        .map(|i| 1.0 / theta.powf(exponent(i)) as f32)
        .collect()
}
