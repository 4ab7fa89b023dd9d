//! Metadata with typed access; every error names the key.

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use super::strings::Strings;
use super::value::{Array, Value};
use crate::error::LoadError;

/// The key-value pairs of a file, in its order.
///
/// Getters answer None for a missing key and an error for a value of another
/// type; [`Metadata::required`] makes the former an error too. Integer types
/// convert into each other where the value fits, as writers differ in them.
#[derive(Debug)]
pub struct Metadata {
    path: PathBuf,
    pairs: Vec<(String, Value)>,
    by_key: HashMap<String, usize>,
}

impl Metadata {
    pub(super) fn new(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            pairs: Vec::new(),
            by_key: HashMap::new(),
        }
    }

    /// Adds a pair; false, and nothing is added, if the key is there.
    pub(super) fn insert(&mut self, key: String, value: Value) -> bool {
        if self.by_key.contains_key(&key) {
            return false;
        }
        self.by_key.insert(key.clone(), self.pairs.len());
        self.pairs.push((key, value));
        true
    }

    /// All pairs, in the file's order.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.pairs.iter().map(|(key, value)| (key.as_str(), value))
    }

    /// The value of `key`, of whatever type.
    pub fn get(&self, key: &str) -> Option<&Value> {
        Some(&self.pairs[*self.by_key.get(key)?].1)
    }

    /// What `getter` finds under `key`, or an error that the key is missing:
    /// `metadata.required("llama.block_count", Metadata::u64)`.
    pub fn required<'a, T>(
        &'a self,
        key: &str,
        getter: fn(&'a Self, &str) -> Result<Option<T>, LoadError>,
    ) -> Result<T, LoadError> {
        getter(self, key)?.ok_or_else(|| LoadError::MissingKey {
            path: self.path.clone(),
            key: key.to_owned(),
        })
    }

    /// A string.
    pub fn str(&self, key: &str) -> Result<Option<&str>, LoadError> {
        self.typed(key, "a string", |value| match value {
            Value::String(text) => Some(text.as_str()),
            _ => None,
        })
    }

    /// An integer that is not negative.
    pub fn u64(&self, key: &str) -> Result<Option<u64>, LoadError> {
        self.typed(key, "an integer, not negative", Value::as_u64)
    }

    /// A float. Of an f32, the shortest decimal it stands for: 1e-5, not
    /// 9.999999747378752e-6.
    pub fn f64(&self, key: &str) -> Result<Option<f64>, LoadError> {
        self.typed(key, "a float", |value| match *value {
            Value::F32(v) if v.is_finite() => {
                let shortest = format!("{v:?}").parse();
                Some(shortest.expect("a float's own text"))
            }
            Value::F64(v) if v.is_finite() => Some(v),
            _ => None,
        })
    }

    /// A bool.
    pub fn bool(&self, key: &str) -> Result<Option<bool>, LoadError> {
        self.typed(key, "a bool", |value| match *value {
            Value::Bool(v) => Some(v),
            _ => None,
        })
    }

    /// An array of strings.
    pub fn strings(&self, key: &str) -> Result<Option<&Strings>, LoadError> {
        self.typed(key, "an array of strings", |value| match value {
            Value::Array(Array::String(v)) => Some(v),
            _ => None,
        })
    }

    /// An array of strings, of which an empty one is left.
    pub fn take_strings(&mut self, key: &str) -> Result<Option<Strings>, LoadError> {
        if self.strings(key)?.is_none() {
            return Ok(None);
        }
        match &mut self.pairs[self.by_key[key]].1 {
            Value::Array(Array::String(strings)) => Ok(Some(std::mem::take(strings))),
            _ => Ok(None),
        }
    }

    /// An array of f32.
    pub fn f32s(&self, key: &str) -> Result<Option<&[f32]>, LoadError> {
        self.typed(key, "an array of f32", |value| match value {
            Value::Array(Array::F32(v)) => Some(v.as_slice()),
            _ => None,
        })
    }

    /// An array of i32, or of u32 below 2^31.
    pub fn i32s(&self, key: &str) -> Result<Option<Vec<i32>>, LoadError> {
        self.typed(key, "an array of i32", |value| match value {
            Value::Array(Array::I32(v)) => Some(v.clone()),
            Value::Array(Array::U32(v)) => v.iter().map(|&v| v.try_into().ok()).collect(),
            _ => None,
        })
    }

    /// An array of bytes, signed or not.
    pub fn bytes(&self, key: &str) -> Result<Option<Vec<u8>>, LoadError> {
        self.typed(key, "an array of bytes", |value| match value {
            Value::Array(Array::U8(v)) => Some(v.clone()),
            Value::Array(Array::I8(v)) => Some(v.iter().map(|&v| v as u8).collect()),
            _ => None,
        })
    }

    /// An error about the value of `key`.
    pub fn format(
        &self,
        key: &str,
        wanted: impl Into<String>,
        got: impl Into<String>,
    ) -> LoadError {
        LoadError::Format {
            path: self.path.clone(),
            field: format!("metadata key {key}"),
            wanted: wanted.into(),
            got: got.into(),
        }
    }

    fn typed<'a, T>(
        &'a self,
        key: &str,
        wanted: &str,
        convert: impl Fn(&'a Value) -> Option<T>,
    ) -> Result<Option<T>, LoadError> {
        let Some(value) = self.get(key) else {
            return Ok(None);
        };
        match convert(value) {
            Some(converted) => Ok(Some(converted)),
            None => Err(self.format(key, wanted, describe(value))),
        }
    }
}

fn describe(value: &Value) -> String {
    match value {
        Value::Array(_) | Value::String(_) => value.kind().to_owned(),
        Value::Bool(v) => format!("the bool {v}"),
        Value::F32(v) => format!("the float {v}"),
        Value::F64(v) => format!("the float {v}"),
        Value::I8(v) => format!("the integer {v}"),
        Value::I16(v) => format!("the integer {v}"),
        Value::I32(v) => format!("the integer {v}"),
        Value::I64(v) => format!("the integer {v}"),
        Value::U8(v) => format!("the integer {v}"),
        Value::U16(v) => format!("the integer {v}"),
        Value::U32(v) => format!("the integer {v}"),
        Value::U64(v) => format!("the integer {v}"),
    }
}
