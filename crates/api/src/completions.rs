//! `POST /v1/completions`.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::{Map, Value, json};

use crate::error::Code;
use crate::fields::Fields;
use crate::prompt::{Prompt, prompts};
use crate::sampling::Sampling;
use crate::{Error, Parsed, Told};

#[derive(Clone, Debug, PartialEq)]
pub struct CompletionRequest {
    pub model: String,
    pub prompts: Vec<Prompt>,
    pub suffix: Option<String>,
    pub max_tokens: usize,
    pub logprobs: Option<usize>,
    pub echo: bool,
    /// 0 means `n`.
    pub best_of: usize,
    pub sampling: Sampling,
}

impl CompletionRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let request = Self {
            model: f.model()?,
            // Without one it is upstream as if a new document began.
            prompts: prompts(f, "prompt")?.unwrap_or_else(|| vec![Prompt::Text(String::new())]),
            suffix: f.string("suffix")?.filter(|suffix| !suffix.is_empty()),
            max_tokens: f.count("max_tokens", 0..=u32::MAX)?.unwrap_or(16),
            logprobs: f.count("logprobs", 0..=5)?,
            echo: f.bool("echo")?.unwrap_or(false),
            best_of: f.count("best_of", 0..=20)?.unwrap_or(0),
            sampling: Sampling::take(f)?,
        };
        request.check()?;
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }

    fn check(&self) -> Result<(), Error> {
        let (n, best_of) = (self.sampling.n, self.best_of);
        if best_of != 0 && n > best_of {
            let message = format!(
                "You requested that the server return more choices than it will generate (HINT: \
                 you must set 'n' (currently {n}) to be at most 'best_of' (currently {best_of}), \
                 or omit either parameter if you don't specifically want to use them.)"
            );
            return Err(Error::request(message));
        }
        if best_of > n && self.sampling.stream {
            let message = "'best_of' candidates compete before any can be shown: leave 'stream' \
                           out, or set 'best_of' to 'n'.";
            return Err(Error::field("best_of", Code::UnsupportedValue, message));
        }
        Ok(())
    }
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Choice {
    pub text: String,
    pub index: usize,
    pub logprobs: Option<Logprobs>,
    pub finish_reason: Option<&'static str>,
}

/// Parallel arrays, an entry per token.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
pub struct Logprobs {
    pub tokens: Vec<String>,
    /// The very first token of an echoed prompt has none.
    pub token_logprobs: Vec<Option<f32>>,
    pub top_logprobs: Vec<Option<BTreeMap<String, f32>>>,
    /// In characters of prompt and completion.
    pub text_offset: Vec<usize>,
}

/// What all answers and chunks of a request have in common.
#[derive(Clone, Debug)]
pub struct Head {
    pub id: String,
    pub created: u64,
    pub model: String,
    pub fingerprint: String,
}

impl Head {
    /// An object with these fields and `choices`.
    pub(crate) fn object(&self, object: &str, choices: Value, usage: Told) -> Map<String, Value> {
        let value = json!({
            "id": self.id,
            "object": object,
            "created": self.created,
            "model": self.model,
            "choices": choices,
            "system_fingerprint": self.fingerprint,
        });
        let mut map = match value {
            Value::Object(map) => map,
            _ => Map::new(),
        };
        let usage = match usage {
            Told::Never => return map,
            Told::Later => Value::Null,
            Told::Now(usage) => json!(usage),
        };
        map.insert("usage".to_owned(), usage);
        map
    }
}

/// An answer, or a chunk of one: both look alike.
pub fn answer(head: &Head, choices: &[Choice], usage: Told) -> Value {
    Value::Object(head.object("text_completion", json!(choices), usage))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: Value) -> Result<Parsed<CompletionRequest>, Error> {
        CompletionRequest::parse(Fields::parse(body.to_string().as_bytes()).unwrap())
    }

    #[test]
    fn defaults_are_openais() {
        let r = parse(json!({"model": "m", "prompt": "Say"}))
            .unwrap()
            .request;
        assert_eq!(
            (r.max_tokens, r.sampling.temperature, r.sampling.n),
            (16, 1.0, 1)
        );
        assert_eq!((r.logprobs, r.echo, r.best_of), (None, false, 0));
    }

    #[test]
    fn a_prompt_has_four_forms() {
        let prompts =
            |prompt| parse(json!({"model": "m", "prompt": prompt})).map(|p| p.request.prompts);
        let text = |t: &str| Prompt::Text(t.to_owned());
        assert_eq!(prompts(json!("a")).unwrap(), [text("a")]);
        assert_eq!(prompts(json!(["a", "b"])).unwrap(), [text("a"), text("b")]);
        assert_eq!(prompts(json!([1, 2])).unwrap(), [Prompt::Ids(vec![1, 2])]);
        let lists = prompts(json!([[1], [2, 3]])).unwrap();
        assert_eq!(lists, [Prompt::Ids(vec![1]), Prompt::Ids(vec![2, 3])]);
        assert_eq!(prompts(json!(null)).unwrap(), [text("")]);
        for bad in [
            json!([]),
            json!([1, "a"]),
            json!({}),
            json!([-1]),
            json!([1.5]),
        ] {
            assert!(prompts(bad.clone()).is_err(), "{bad}");
        }
    }

    #[test]
    fn candidates_have_to_make_sense() {
        let with = |more: Value| {
            let mut body = json!({"model": "m", "prompt": "a"});
            body.as_object_mut()
                .unwrap()
                .extend(more.as_object().unwrap().clone());
            parse(body)
        };
        assert!(with(json!({"n": 3, "best_of": 2})).is_err());
        assert!(with(json!({"best_of": 0})).is_ok());
        let e = with(json!({"best_of": 2, "stream": true})).unwrap_err();
        assert_eq!(e.param.as_deref(), Some("best_of"));
        assert!(with(json!({"best_of": 2, "n": 2, "stream": true})).is_ok());
        assert!(with(json!({"stream_options": {"include_usage": true}})).is_err());
        assert!(with(json!({"logit_bias": {"foo": 0}})).is_err());
        assert!(with(json!({"logit_bias": {"50256": -101}})).is_err());
        assert!(with(json!({"stop": ["a", "b", "c", "d", "e"]})).is_err());
        let parsed = with(json!({"keep_alive": 1, "user": "u"})).unwrap();
        assert_eq!(parsed.ignored, ["keep_alive"]);
    }
}
