//! How tokens are chosen, the same for completions and chats.

use serde_json::Value;

use crate::error::Code;
use crate::fields::{Fields, in_range, wrong_type};
use crate::{Error, Told};

/// OpenAI's parameters, and three of ours.
#[derive(Clone, Debug, PartialEq)]
pub struct Sampling {
    pub temperature: f64,
    pub top_p: f64,
    pub frequency_penalty: f64,
    pub presence_penalty: f64,
    /// Token ids and what is added to their logits.
    pub logit_bias: Vec<(u32, f64)>,
    pub seed: Option<i64>,
    /// Ours: 0 keeps all.
    pub top_k: usize,
    /// Ours: 0 keeps all.
    pub min_p: f64,
    pub n: usize,
    pub stop: Vec<String>,
    pub stream: bool,
    /// What chunks say of the usage.
    pub usage_in_chunks: Told,
}

/// Stop sequences of a request.
const STOPS: usize = 4;

impl Sampling {
    pub(crate) fn take(fields: &mut Fields) -> Result<Self, Error> {
        let stream = fields.bool("stream")?.unwrap_or(false);
        let sampling = Self {
            temperature: fields.decimal("temperature", 0.0..=2.0)?.unwrap_or(1.0),
            top_p: fields.decimal("top_p", 0.0..=1.0)?.unwrap_or(1.0),
            frequency_penalty: fields
                .decimal("frequency_penalty", -2.0..=2.0)?
                .unwrap_or(0.0),
            presence_penalty: fields
                .decimal("presence_penalty", -2.0..=2.0)?
                .unwrap_or(0.0),
            logit_bias: logit_bias(fields)?,
            seed: fields.integer("seed", i64::MIN..=i64::MAX)?,
            top_k: fields.count("top_k", 0..=u32::MAX)?.unwrap_or(0),
            min_p: fields.decimal("min_p", 0.0..=1.0)?.unwrap_or(0.0),
            n: fields.count("n", 1..=128)?.unwrap_or(1),
            stop: fields.strings("stop", STOPS)?,
            usage_in_chunks: usage_in_chunks(fields, stream)?,
            stream,
        };
        if sampling.stop.iter().any(String::is_empty) {
            let message = "Invalid 'stop': an empty string would stop everywhere.";
            return Err(Error::field("stop", Code::InvalidValue, message));
        }
        // Who asks, and for what it is worth: it changes no answer.
        for name in ["user", "safety_identifier", "prompt_cache_key"] {
            fields.note(name);
        }
        Ok(sampling)
    }
}

fn logit_bias(fields: &mut Fields) -> Result<Vec<(u32, f64)>, Error> {
    const NAME: &str = "logit_bias";
    let map = match fields.value(NAME) {
        None => return Ok(Vec::new()),
        Some(Value::Object(map)) => map,
        Some(other) => return Err(wrong_type(NAME, "an object", &other)),
    };
    let entry = |(key, value): (String, Value)| {
        let id = key.parse().map_err(|_| {
            let message =
                format!("Invalid key in '{NAME}': {key}. You should only be submitting token ids.");
            Error::field(NAME, Code::InvalidValue, message)
        })?;
        let bias = value.as_f64();
        let bias = bias.ok_or_else(|| wrong_type(NAME, "an object of numbers", &value))?;
        Ok((id, in_range(NAME, bias, -100.0..=100.0)?))
    };
    map.into_iter().map(entry).collect()
}

fn usage_in_chunks(fields: &mut Fields, stream: bool) -> Result<Told, Error> {
    let Some(mut options) = stream_options(fields, stream)? else {
        return Ok(Told::Never);
    };
    Ok(match options.bool("include_usage")? {
        Some(true) => Told::Later,
        _ => Told::Never,
    })
}

/// What is asked of a stream, beside what has no effect.
pub(crate) fn stream_options(fields: &mut Fields, stream: bool) -> Result<Option<Fields>, Error> {
    const NAME: &str = "stream_options";
    let Some(mut options) = fields.object(NAME)? else {
        return Ok(None);
    };
    if !stream {
        let message = "The 'stream_options' parameter is only allowed when 'stream' is enabled.";
        return Err(Error::field(NAME, Code::InvalidValue, message));
    }
    // Random characters beside each delta: nothing anyone relies on.
    options.bool("include_obfuscation")?;
    Ok(Some(options))
}
