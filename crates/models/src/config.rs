//! Reading the keys of config.json, with errors that name them.
//!
//! A config is foreign: each value is checked when it is read, so that sizes
//! are neither zero nor so large that products of two overflow.

use std::path::{Path, PathBuf};

use serde_json::{Map, Value};
use tensor::LoadError;
use tensor::error::quoted;

use crate::checkpoint::Checkpoint;

/// No width, vocabulary or context is larger.
const LARGEST: usize = 1 << 28;
/// No model has more blocks.
const MOST_LAYERS: usize = 1 << 12;

/// The keys of a config, or of a section of it.
pub(crate) struct Keys<'a> {
    path: PathBuf,
    map: &'a Map<String, Value>,
    /// How a key's name begins in messages: `rope_scaling.`, say.
    prefix: String,
}

impl<'a> Keys<'a> {
    pub(crate) fn of(checkpoint: &'a Checkpoint) -> Self {
        Self {
            path: config_path(&checkpoint.path),
            map: &checkpoint.config,
            prefix: String::new(),
        }
    }

    /// The object at `key`; None if it is absent or null.
    pub(crate) fn section(&self, key: &str) -> Result<Option<Self>, LoadError> {
        let section = |value: &'a Value| {
            value.as_object().map(|map| Self {
                path: self.path.clone(),
                map,
                prefix: format!("{}{key}.", self.prefix),
            })
        };
        self.optional(key, "an object", section)
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.map.is_empty()
    }

    /// A width, vocabulary or context.
    pub(crate) fn size(&self, key: &str) -> Result<usize, LoadError> {
        self.optional_size(key)?.ok_or_else(|| self.missing(key))
    }

    pub(crate) fn size_or(&self, key: &str, default: usize) -> Result<usize, LoadError> {
        Ok(self.optional_size(key)?.unwrap_or(default))
    }

    pub(crate) fn optional_size(&self, key: &str) -> Result<Option<usize>, LoadError> {
        self.optional(key, &format!("an integer from 1 to {LARGEST}"), |v| {
            let size = usize::try_from(v.as_u64()?).ok()?;
            (1..=LARGEST).contains(&size).then_some(size)
        })
    }

    /// A size whose absence means `default` and whose null means none.
    pub(crate) fn size_unless_null(
        &self,
        key: &str,
        default: usize,
    ) -> Result<Option<usize>, LoadError> {
        match self.map.contains_key(key) {
            true => self.optional_size(key),
            false => Ok(Some(default)),
        }
    }

    /// A number of things, perhaps none.
    pub(crate) fn count_or(&self, key: &str, default: usize) -> Result<usize, LoadError> {
        let count = |v: &Value| usize::try_from(v.as_u64()?).ok();
        Ok(self
            .optional(key, "an integer not below 0", count)?
            .unwrap_or(default))
    }

    /// How many blocks.
    pub(crate) fn layers(&self, key: &str) -> Result<usize, LoadError> {
        match self.size(key)? {
            layers if layers > MOST_LAYERS => {
                Err(self.wrong(key, &format!("at most {MOST_LAYERS}"), &layers.to_string()))
            }
            layers => Ok(layers),
        }
    }

    /// `whole / parts` for keys of these names, which must come out even.
    pub(crate) fn divide(
        &self,
        (whole_key, whole): (&str, usize),
        (parts_key, parts): (&str, usize),
    ) -> Result<usize, LoadError> {
        if whole.is_multiple_of(parts) {
            return Ok(whole / parts);
        }
        let wanted = format!("a multiple of {parts_key} {parts}");
        Err(self.wrong(whole_key, &wanted, &whole.to_string()))
    }

    /// A finite number not below zero.
    pub(crate) fn float_or(&self, key: &str, default: f64) -> Result<f64, LoadError> {
        Ok(self.optional_float(key)?.unwrap_or(default))
    }

    pub(crate) fn optional_float(&self, key: &str) -> Result<Option<f64>, LoadError> {
        let float = |v: &Value| v.as_f64().filter(|x| (0.0..=1e30).contains(x));
        self.optional(key, "a number from 0 to 1e30", float)
    }

    /// A finite number above zero, for what is divided by.
    pub(crate) fn positive_or(&self, key: &str, default: f64) -> Result<f64, LoadError> {
        let float = |v: &Value| v.as_f64().filter(|x| (1e-30..=1e30).contains(x));
        let got = self.optional(key, "a number above 0, up to 1e30", float)?;
        Ok(got.unwrap_or(default))
    }

    pub(crate) fn positive(&self, key: &str) -> Result<f64, LoadError> {
        if self.map.get(key).is_none_or(Value::is_null) {
            return Err(self.missing(key));
        }
        self.positive_or(key, 1.0)
    }

    /// The numbers above zero at `key`, exactly `count` of them.
    pub(crate) fn positives(&self, key: &str, count: usize) -> Result<Vec<f64>, LoadError> {
        let floats = |v: &Value| {
            let list = v.as_array().filter(|list| list.len() == count)?;
            let float = |v: &Value| v.as_f64().filter(|x| (1e-30..=1e30).contains(x));
            list.iter().map(float).collect::<Option<Vec<f64>>>()
        };
        let wanted = format!("{count} numbers above 0");
        self.optional(key, &wanted, floats)?
            .ok_or_else(|| self.missing(key))
    }

    pub(crate) fn flag_or(&self, key: &str, default: bool) -> Result<bool, LoadError> {
        let flag = self.optional(key, "true or false", Value::as_bool)?;
        Ok(flag.unwrap_or(default))
    }

    pub(crate) fn text(&self, key: &str) -> Result<Option<&'a str>, LoadError> {
        self.optional(key, "a string", Value::as_str)
    }

    /// The strings at `key`; None if it is absent or null.
    pub(crate) fn texts(&self, key: &str) -> Result<Option<Vec<&'a str>>, LoadError> {
        let texts = |v: &'a Value| v.as_array()?.iter().map(Value::as_str).collect();
        self.optional(key, "a list of strings", texts)
    }

    /// Fails unless the flag at `key` is `wanted`, the default.
    pub(crate) fn only(&self, key: &str, wanted: bool) -> Result<(), LoadError> {
        match self.flag_or(key, wanted)? {
            got if got == wanted => Ok(()),
            got => Err(self.unsupported(key, &got.to_string(), &wanted.to_string())),
        }
    }

    /// A value that is legal and not the one we want.
    pub(crate) fn wrong(&self, key: &str, wanted: &str, got: &str) -> LoadError {
        LoadError::Format {
            path: self.path.clone(),
            field: format!("{}{key}", self.prefix),
            wanted: wanted.to_string(),
            got: got.to_string(),
        }
    }

    pub(crate) fn unsupported(&self, key: &str, got: &str, supported: &str) -> LoadError {
        LoadError::Unsupported {
            path: self.path.clone(),
            what: format!("{}{key}", self.prefix),
            got: quoted(got),
            supported: supported.to_string(),
        }
    }

    fn missing(&self, key: &str) -> LoadError {
        LoadError::MissingKey {
            path: self.path.clone(),
            key: format!("{}{key}", self.prefix),
        }
    }

    /// The value at `key` as `read` understands it; None if it is absent or null.
    fn optional<T>(
        &self,
        key: &str,
        wanted: &str,
        read: impl FnOnce(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, LoadError> {
        match self.map.get(key) {
            None | Some(Value::Null) => Ok(None),
            Some(value) => match read(value) {
                Some(read) => Ok(Some(read)),
                None => Err(self.wrong(key, wanted, &shown(value))),
            },
        }
    }
}

/// The window of each of `layers` attentions, as Qwen2 and Qwen3 say it: those
/// of `layer_types`, else those from `max_window_layers` on.
pub(crate) fn sliding_windows(keys: &Keys, layers: usize) -> Result<Vec<Option<usize>>, LoadError> {
    if !keys.flag_or("use_sliding_window", false)? {
        return Ok(vec![None; layers]);
    }
    let window = keys.size_unless_null("sliding_window", 4096)?;
    let first = keys.count_or("max_window_layers", 28)?;
    let Some(types) = keys.texts("layer_types")? else {
        return Ok((0..layers).map(|i| window.filter(|_| i >= first)).collect());
    };
    if types.len() != layers {
        let wanted = format!("{layers} strings, one per layer");
        return Err(keys.wrong("layer_types", &wanted, &types.len().to_string()));
    }
    let of = |&kind: &&str| match kind {
        "full_attention" => Ok(None),
        "sliding_attention" => Ok(window),
        other => Err(keys.unsupported("layer_types", other, "full_attention, sliding_attention")),
    };
    types.iter().map(of).collect()
}

/// The file that a config of the model at `path` comes from.
fn config_path(path: &Path) -> PathBuf {
    let is_safetensors = path.extension().is_some_and(|e| e == "safetensors");
    match path.is_dir() {
        true => path.join("config.json"),
        false if is_safetensors => path.with_file_name("config.json"),
        false => path.to_path_buf(),
    }
}

/// A value for a message: an array or object by its kind only.
fn shown(value: &Value) -> String {
    match value {
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "an object".to_string(),
        Value::String(text) => quoted(text),
        simple => simple.to_string(),
    }
}
