//! `POST /v1/edits`, which clients of 2023 call.

use serde_json::{Value, json};

use crate::fields::Fields;
use crate::sampling::Sampling;
use crate::{Error, Parsed, Usage};

#[derive(Clone, Debug, PartialEq)]
pub struct EditRequest {
    pub model: String,
    /// Empty for a text that the instruction alone makes.
    pub input: String,
    pub instruction: String,
    pub sampling: Sampling,
}

impl EditRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        f.refuse("stream", &[json!(false)])?;
        let request = Self {
            model: f.model()?,
            input: f.string("input")?.unwrap_or_default(),
            instruction: f.required_string("instruction")?,
            sampling: Sampling::take(f)?,
        };
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

/// The answer; an edit has no id.
pub fn answer(created: u64, texts: &[String], usage: Usage) -> Value {
    let choices = texts.iter().enumerate();
    let choices = choices.map(|(index, text)| json!({"text": text, "index": index}));
    json!({
        "object": "edit",
        "created": created,
        "choices": choices.collect::<Value>(),
        "usage": usage,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_edit_needs_an_instruction() {
        let parse = |body: Value| {
            let fields = Fields::parse(body.to_string().as_bytes()).unwrap();
            EditRequest::parse(fields).map(|p| p.request)
        };
        let e = parse(json!({"model": "m", "input": "x"})).unwrap_err();
        assert_eq!(e.param.as_deref(), Some("instruction"));
        let edit = parse(json!({"model": "m", "instruction": "Write.", "n": 2})).unwrap();
        assert_eq!((edit.input.as_str(), edit.sampling.n), ("", 2));
        let streamed = json!({"model": "m", "instruction": "Write.", "stream": true});
        assert_eq!(
            parse(streamed).unwrap_err().param.as_deref(),
            Some("stream")
        );
    }
}
