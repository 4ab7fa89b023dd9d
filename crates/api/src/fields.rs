//! A request's fields, taken one by one. Null counts as absent everywhere.

use std::fmt::Display;
use std::mem::take;
use std::ops::RangeInclusive;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::{Map, Value};

use crate::Error;
use crate::error::Code;

/// Fields without effect that are named; more of them would fill an answer's head.
const NAMED: usize = 32;

/// The fields of a JSON object that have not been taken yet. What is left when it is
/// dropped had no effect, and the body it stands in remembers that.
#[derive(Debug)]
pub struct Fields {
    map: Map<String, Value>,
    /// Where the object stands in the body; empty for the body itself.
    place: String,
    /// A field that nobody takes is an error.
    strict: bool,
    /// Of the whole body.
    idle: Arc<Mutex<Vec<Idle>>>,
}

/// A field that had no effect.
#[derive(Debug)]
struct Idle {
    path: String,
    /// OpenAI documents it.
    known: bool,
}

impl Fields {
    /// Reads a body.
    pub fn parse(body: &[u8]) -> Result<Self, Error> {
        match serde_json::from_slice(body) {
            Ok(Value::Object(map)) => Ok(Self::new(map)),
            Ok(_) => Err(Error::request(
                "The JSON body of your request is not an object.",
            )),
            Err(e) => Err(Error::request(format!(
                "We could not parse the JSON body of your request: {e}."
            ))),
        }
    }

    pub fn new(map: Map<String, Value>) -> Self {
        Self {
            map,
            place: String::new(),
            strict: false,
            idle: Arc::default(),
        }
    }

    /// The fields of an object within the same body, at `place`.
    pub fn nested(&self, place: &str, value: Value) -> Result<Self, Error> {
        match value {
            Value::Object(map) => Ok(Self {
                map,
                place: place.to_owned(),
                strict: self.strict,
                idle: Arc::clone(&self.idle),
            }),
            other => Err(wrong_type(place, "an object", &other)),
        }
    }

    /// Refuses what nobody takes, where it would only be named.
    #[must_use]
    pub fn strict(mut self, strict: bool) -> Self {
        self.strict = strict;
        self
    }

    fn path(&self, name: &str) -> String {
        match self.place.as_str() {
            "" => name.to_owned(),
            place => format!("{place}.{name}"),
        }
    }

    /// Sets a field to what the path of a request says.
    pub fn set(&mut self, name: &str, value: String) {
        self.map.insert(name.to_owned(), Value::String(value));
    }

    /// A field's value; null is none.
    pub fn value(&mut self, name: &str) -> Option<Value> {
        self.map.remove(name).filter(|value| !value.is_null())
    }

    /// The fields of an object within this one.
    pub fn object(&mut self, name: &str) -> Result<Option<Self>, Error> {
        let path = self.path(name);
        match self.value(name) {
            None => Ok(None),
            Some(value) => self.nested(&path, value).map(Some),
        }
    }

    fn typed<T>(
        &mut self,
        name: &str,
        wanted: &str,
        convert: impl FnOnce(&Value) -> Option<T>,
    ) -> Result<Option<T>, Error> {
        match self.value(name) {
            None => Ok(None),
            Some(value) => convert(&value)
                .map(Some)
                .ok_or_else(|| wrong_type(&self.path(name), wanted, &value)),
        }
    }

    pub fn bool(&mut self, name: &str) -> Result<Option<bool>, Error> {
        self.typed(name, "a boolean", Value::as_bool)
    }

    pub fn string(&mut self, name: &str) -> Result<Option<String>, Error> {
        self.typed(name, "a string", |v| v.as_str().map(str::to_owned))
    }

    pub fn required_string(&mut self, name: &str) -> Result<String, Error> {
        let string = self.string(name)?;
        string.ok_or_else(|| missing(&self.path(name)))
    }

    /// The model that is asked, of whose absence OpenAI says less than of others'.
    pub fn model(&mut self) -> Result<String, Error> {
        let model = self.string("model")?;
        model.ok_or_else(|| Error::request("you must provide a model parameter"))
    }

    /// A number within a range.
    pub fn decimal(
        &mut self,
        name: &str,
        range: RangeInclusive<f64>,
    ) -> Result<Option<f64>, Error> {
        let value = self.typed(name, "a decimal", Value::as_f64)?;
        let path = self.path(name);
        value.map(|v| in_range(&path, v, range)).transpose()
    }

    /// An integer within a range.
    pub fn integer(
        &mut self,
        name: &str,
        range: RangeInclusive<i64>,
    ) -> Result<Option<i64>, Error> {
        let codes = (Code::IntegerBelowMinValue, Code::IntegerAboveMaxValue);
        let value = self.typed(name, "an integer", integer)?;
        value
            .map(|v| within(&self.path(name), "integer", v, &range, codes))
            .transpose()
    }

    /// As [`integer`](Self::integer), for what counts something.
    pub fn count(
        &mut self,
        name: &str,
        range: RangeInclusive<u32>,
    ) -> Result<Option<usize>, Error> {
        let range = i64::from(*range.start())..=i64::from(*range.end());
        Ok(self.integer(name, range)?.map(|n| n as usize))
    }

    /// A string, or up to `most` of them.
    pub fn strings(&mut self, name: &str, most: usize) -> Result<Vec<String>, Error> {
        let strings = self.typed(name, "a string or an array of strings", |v| match v {
            Value::String(one) => Some(vec![one.clone()]),
            Value::Array(all) => {
                let strings = all.iter().map(|v| v.as_str().map(str::to_owned));
                strings.collect()
            }
            _ => None,
        })?;
        let strings = strings.unwrap_or_default();
        at_most(&self.path(name), strings.len(), most)?;
        Ok(strings)
    }

    /// A field that OpenAI documents and that has no effect here; it may have a
    /// value that asks for nothing.
    pub fn refuse(&mut self, name: &str, nothing: &[Value]) -> Result<(), Error> {
        match self.value(name) {
            Some(value) if !nothing.contains(&value) => Err(unsupported(&self.path(name))),
            _ => Ok(()),
        }
    }

    /// A field that is only noted upstream, and has no effect on the answer.
    pub fn note(&mut self, name: &str) {
        self.map.remove(name);
    }

    /// A documented field that has no effect here, which the answer names.
    pub fn ignore(&mut self, name: &str) {
        if self.value(name).is_some() {
            self.tell_idle(name, true);
        }
    }

    fn tell_idle(&self, name: &str, known: bool) {
        let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.len() < NAMED {
            let path = self.path(name);
            idle.push(Idle { path, known });
        }
    }

    /// The paths of all that had no effect in the body whose fields these are; objects
    /// within it must have been dropped.
    pub fn rest(self) -> Result<Vec<String>, Error> {
        let (strict, idle) = (self.strict, Arc::clone(&self.idle));
        drop(self);
        let idle = take(&mut *idle.lock().unwrap_or_else(PoisonError::into_inner));
        match idle.iter().find(|field| !field.known) {
            Some(Idle { path, .. }) if strict => {
                let message = format!("Unknown parameter: '{path}'.");
                Err(Error::field(path, Code::UnknownParameter, message))
            }
            _ => Ok(idle.into_iter().map(|field| field.path).collect()),
        }
    }
}

impl Drop for Fields {
    fn drop(&mut self) {
        for (name, value) in take(&mut self.map) {
            if !value.is_null() {
                self.tell_idle(&name, false);
            }
        }
    }
}

/// An array's length, which must not be zero.
pub fn not_empty(name: &str, got: usize) -> Result<(), Error> {
    if got > 0 {
        return Ok(());
    }
    let message = format!(
        "Invalid '{name}': empty array. Expected an array with minimum length 1, but got an \
         empty array instead."
    );
    Err(Error::field(name, Code::ArrayBelowMinLength, message))
}

/// An array's length, which has a limit.
pub fn at_most(name: &str, got: usize, most: usize) -> Result<(), Error> {
    if got <= most {
        return Ok(());
    }
    let message = format!(
        "Invalid '{name}': array too long. Expected an array with maximum length {most}, but got \
         an array with length {got} instead."
    );
    Err(Error::field(name, Code::ArrayAboveMaxLength, message))
}

pub fn missing(name: &str) -> Error {
    let message = format!("Missing required parameter: '{name}'.");
    Error::field(name, Code::MissingRequiredParameter, message)
}

pub fn unsupported(name: &str) -> Error {
    let message = format!("Unsupported parameter: '{name}' is not supported by this server yet.");
    Error::field(name, Code::UnsupportedParameter, message)
}

/// A part of a message that is no text.
pub fn unsupported_content(name: &str, kind: &str) -> Error {
    let message = format!("Invalid content type. {kind} is not supported by this model.");
    Error::field(name, Code::UnsupportedValue, message)
}

/// A word that is none of the known ones.
pub fn unsupported_value(name: &str, got: &str, known: &[&str]) -> Error {
    let known: Vec<String> = known.iter().map(|word| format!("'{word}'")).collect();
    let message = format!(
        "Invalid value: '{got}'. Supported values are: {}.",
        known.join(", ")
    );
    Error::field(name, Code::InvalidValue, message)
}

pub fn wrong_type(name: &str, wanted: &str, got: &Value) -> Error {
    let got = match got {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(n) if n.is_f64() => "a decimal",
        Value::Number(_) => "an integer",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    let message = format!("Invalid type for '{name}': expected {wanted}, but got {got} instead.");
    Error::field(name, Code::InvalidType, message)
}

/// Clients written in JavaScript may send `1.0` for 1.
fn integer(value: &Value) -> Option<i64> {
    let whole = |v: f64| (v.fract() == 0.0 && v.abs() < 9e15).then_some(v as i64);
    value.as_i64().or_else(|| value.as_f64().and_then(whole))
}

/// A number of the field `name`, within a range.
pub fn in_range(name: &str, value: f64, range: RangeInclusive<f64>) -> Result<f64, Error> {
    let codes = (Code::DecimalBelowMinValue, Code::DecimalAboveMaxValue);
    within(name, "decimal", value, &range, codes)
}

fn within<T: PartialOrd + Display + Copy>(
    name: &str,
    kind: &str,
    value: T,
    range: &RangeInclusive<T>,
    (below, above): (Code, Code),
) -> Result<T, Error> {
    let (side, sign, bound, code) = if value < *range.start() {
        ("below minimum", ">=", range.start(), below)
    } else if value > *range.end() {
        ("above maximum", "<=", range.end(), above)
    } else {
        return Ok(value);
    };
    let message = format!(
        "Invalid '{name}': {kind} {side} value. Expected a value {sign} {bound}, \
         but got {value} instead."
    );
    Err(Error::field(name, code, message))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn fields(value: Value) -> Fields {
        Fields::parse(value.to_string().as_bytes()).unwrap()
    }

    #[test]
    fn a_number_out_of_range_is_told_as_openai_does() {
        let mut f = fields(json!({"temperature": 200, "n": 0, "x": 3.0}));
        let e = f.decimal("temperature", 0.0..=2.0).unwrap_err();
        let want = "Invalid 'temperature': decimal above maximum value. Expected a value <= 2, \
                    but got 200 instead.";
        assert_eq!(
            (e.message.as_str(), e.code),
            (want, Some(Code::DecimalAboveMaxValue))
        );
        let e = f.count("n", 1..=128).unwrap_err();
        assert_eq!(
            (e.param.as_deref(), e.code),
            (Some("n"), Some(Code::IntegerBelowMinValue))
        );
        assert_eq!(f.integer("x", 0..=9).unwrap(), Some(3));
    }

    #[test]
    fn null_is_absent_and_the_rest_is_named() {
        let mut f = fields(json!({"seed": null, "n": null, "keep_alive": 5, "user": null}));
        assert_eq!(f.integer("seed", 0..=1).unwrap(), None);
        assert_eq!(f.count("n", 1..=2).unwrap(), None);
        assert_eq!(f.rest().unwrap(), ["keep_alive"]);
    }

    #[test]
    fn a_strict_reader_refuses_what_nobody_took() {
        let strict = |value| fields(value).strict(true).rest();
        let e = strict(json!({"seed": null, "keep_alive": 5})).unwrap_err();
        let want = (Some("keep_alive"), Some(Code::UnknownParameter));
        assert_eq!((e.param.as_deref(), e.code), want);
        assert!(strict(json!({"seed": null})).unwrap().is_empty());
    }

    #[test]
    fn what_nobody_took_within_objects_is_named_by_its_path() {
        let read = |strict| {
            let body = json!({"a": {"b": {"known": 1, "odd": 2}, "noted": 3}, "last": 4});
            let mut f = fields(body).strict(strict);
            let mut a = f.object("a").unwrap().unwrap();
            a.ignore("noted");
            let mut b = a.object("b").unwrap().unwrap();
            b.note("known");
            drop((b, a));
            f.rest()
        };
        assert_eq!(read(false).unwrap(), ["a.noted", "a.b.odd", "last"]);
        assert_eq!(read(true).unwrap_err().param.as_deref(), Some("a.b.odd"));
    }

    #[test]
    fn names_of_idle_fields_have_a_limit() {
        let many = (0..1000).map(|i| (format!("field{i}"), json!(1)));
        let f = fields(Value::Object(many.collect()));
        assert_eq!(f.rest().unwrap().len(), NAMED);
    }

    #[test]
    fn what_is_not_there_yet_is_refused_unless_it_asks_for_nothing() {
        let nothing = [json!([]), json!(false)];
        for (value, refused) in [(json!([]), false), (json!(null), false), (json!([1]), true)] {
            let mut f = fields(json!({"tools": value}));
            assert_eq!(f.refuse("tools", &nothing).is_err(), refused);
        }
    }

    #[test]
    fn wrong_types_and_bodies_are_named() {
        let mut f = fields(json!({"stop": [1], "echo": "yes", "model": 1}));
        for e in [
            f.strings("stop", 4).unwrap_err(),
            f.bool("echo").unwrap_err(),
            f.required_string("model").unwrap_err(),
        ] {
            assert_eq!(e.code, Some(Code::InvalidType), "{e:?}");
        }
        let e = f.required_string("prompt").unwrap_err();
        assert_eq!(e.code, Some(Code::MissingRequiredParameter));
        for body in ["", "{", "[]", "\"x\"", "{\"a\": \u{1}}"] {
            assert!(Fields::parse(body.as_bytes()).is_err(), "{body}");
        }
        assert!(Fields::parse(b"{\"a\": \"\xff\"}").is_err());
        let mut f = fields(json!({"stop": ["a", "b", "c"]}));
        assert_eq!(
            f.strings("stop", 2).unwrap_err().code,
            Some(Code::ArrayAboveMaxLength)
        );
    }
}
