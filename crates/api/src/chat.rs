//! `POST /v1/chat/completions`.

use serde::Serialize;
use serde_json::{Value, json};

use crate::completions::Head;
use crate::error::Code;
use crate::fields::{Fields, missing, unsupported, wrong_type};
use crate::sampling::Sampling;
use crate::{Error, Parsed, Told, Usage};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub role: String,
    pub content: String,
}

#[derive(Clone, Debug, PartialEq)]
pub struct ChatRequest {
    pub model: String,
    pub messages: Vec<Message>,
    /// `None`: as many as the context holds.
    pub max_tokens: Option<usize>,
    /// How many of the likeliest tokens to tell.
    pub logprobs: Option<usize>,
    pub sampling: Sampling,
}

const ROLES: [&str; 6] = [
    "developer",
    "system",
    "user",
    "assistant",
    "tool",
    "function",
];

impl ChatRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let model = f.model()?;
        let old = f.count("max_tokens", 0..=u32::MAX)?;
        let request = Self {
            model,
            messages: messages(f.value("messages"))?,
            max_tokens: f.count("max_completion_tokens", 0..=u32::MAX)?.or(old),
            logprobs: logprobs(f)?,
            sampling: Sampling::take(f)?,
        };
        let text = json!({"type": "text"});
        f.refuse("tools", &[json!([])])?;
        f.refuse("tool_choice", &[json!("none"), json!("auto")])?;
        f.refuse("functions", &[json!([])])?;
        f.refuse("function_call", &[json!("none"), json!("auto")])?;
        f.refuse("response_format", &[text])?;
        f.refuse("modalities", &[json!(["text"])])?;
        f.refuse("audio", &[])?;
        f.refuse("prediction", &[])?;
        f.refuse("store", &[json!(false)])?;
        f.refuse("web_search_options", &[])?;
        f.refuse("reasoning_effort", &[json!("none")])?;
        f.refuse("verbosity", &[json!("medium")])?;
        f.refuse("service_tier", &[json!("auto"), json!("default")])?;
        // Without tools there is nothing to call in parallel.
        f.note("parallel_tool_calls");
        // Labels of stored answers, and none is stored.
        f.note("metadata");
        let ignored = fields.rest();
        Ok(Parsed { request, ignored })
    }
}

fn logprobs(fields: &mut Fields) -> Result<Option<usize>, Error> {
    let wanted = fields.bool("logprobs")?.unwrap_or(false);
    let top = fields.count("top_logprobs", 0..=20)?;
    if top.is_some() && !wanted {
        let message = "'top_logprobs' is only allowed when 'logprobs' is true.";
        return Err(Error::field("top_logprobs", Code::InvalidValue, message));
    }
    Ok(wanted.then(|| top.unwrap_or(0)))
}

fn messages(value: Option<Value>) -> Result<Vec<Message>, Error> {
    const NAME: &str = "messages";
    let all = match value {
        None => return Err(missing(NAME)),
        Some(Value::Array(all)) => all,
        Some(other) => return Err(wrong_type(NAME, "an array of objects", &other)),
    };
    if all.is_empty() {
        let message = format!(
            "Invalid '{NAME}': empty array. Expected an array with minimum length 1, but got an \
             empty array instead."
        );
        return Err(Error::field(NAME, Code::ArrayBelowMinLength, message));
    }
    all.into_iter()
        .enumerate()
        .map(|(i, m)| message(i, m))
        .collect()
}

fn message(i: usize, value: Value) -> Result<Message, Error> {
    let at = |name: &str| format!("messages[{i}].{name}");
    let mut fields = match value {
        Value::Object(map) => Fields::new(map),
        other => return Err(wrong_type(&format!("messages[{i}]"), "an object", &other)),
    };
    let role = match fields.value("role") {
        None => return Err(missing(&at("role"))),
        Some(Value::String(role)) => role,
        Some(other) => return Err(wrong_type(&at("role"), "a string", &other)),
    };
    if !ROLES.contains(&role.as_str()) {
        let param = at("role");
        let roles = ROLES.map(|role| format!("'{role}'")).join(", ");
        let message = format!("Invalid value: '{role}'. Supported values are: {roles}.");
        return Err(Error::field(param, Code::InvalidValue, message));
    }
    for name in ["tool_calls", "function_call", "tool_call_id", "audio"] {
        if fields.value(name).is_some_and(|v| v != json!([])) {
            return Err(unsupported(&at(name)));
        }
    }
    let content = match fields.value("content") {
        None if role == "assistant" => String::new(),
        None => return Err(missing(&at("content"))),
        Some(Value::String(text)) => text,
        Some(Value::Array(parts)) => text_of(&parts, &at("content"))?,
        Some(other) => {
            return Err(wrong_type(
                &at("content"),
                "a string or an array of parts",
                &other,
            ));
        }
    };
    // A name tells speakers apart, which templates do not.
    Ok(Message { role, content })
}

/// The text of a message that comes in parts.
fn text_of(parts: &[Value], param: &str) -> Result<String, Error> {
    let mut text = String::new();
    for (i, part) in parts.iter().enumerate() {
        match (
            part["type"].as_str(),
            part["text"].as_str(),
            part["refusal"].as_str(),
        ) {
            (Some("text"), Some(part), _) | (Some("refusal"), _, Some(part)) => text += part,
            (Some(kind @ ("image_url" | "input_audio" | "file")), ..) => {
                let message =
                    format!("Invalid content type. {kind} is not supported by this model.");
                return Err(Error::field(param, Code::UnsupportedValue, message));
            }
            _ => return Err(wrong_type(&format!("{param}[{i}]"), "a content part", part)),
        }
    }
    Ok(text)
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub index: usize,
    pub content: String,
    pub logprobs: Option<Vec<Token>>,
    pub finish_reason: &'static str,
}

/// A token and what else it could have been.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Token {
    pub token: String,
    pub logprob: f32,
    pub bytes: Vec<u8>,
    pub top_logprobs: Vec<Alternative>,
}

#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Alternative {
    pub token: String,
    pub logprob: f32,
    pub bytes: Vec<u8>,
}

fn logprobs_value(tokens: Option<&[Token]>) -> Value {
    match tokens {
        Some(tokens) => json!({"content": tokens, "refusal": null}),
        None => Value::Null,
    }
}

/// The whole answer.
pub fn answer(head: &Head, choices: &[Choice], usage: Usage) -> Value {
    let choice = |c: &Choice| {
        json!({
            "index": c.index,
            "message": {
                "role": "assistant",
                "content": c.content,
                "refusal": null,
                "annotations": [],
            },
            "logprobs": logprobs_value(c.logprobs.as_deref()),
            "finish_reason": c.finish_reason,
        })
    };
    let choices = choices.iter().map(choice).collect();
    let mut map = head.object("chat.completion", choices, Told::Now(usage));
    map.insert("service_tier".to_owned(), json!("default"));
    Value::Object(map)
}

const CHUNK: &str = "chat.completion.chunk";

/// A piece of an answer.
#[derive(Clone, Debug, PartialEq)]
pub enum Piece<'a> {
    /// The first of a choice; it alone names the role.
    Begin,
    Content {
        text: &'a str,
        logprobs: Option<&'a [Token]>,
    },
    End(&'static str),
}

/// A chunk of a stream.
pub fn chunk(head: &Head, index: usize, piece: &Piece, usage: Told) -> Value {
    let (delta, logprobs, finish) = match *piece {
        Piece::Begin => (json!({"role": "assistant", "content": ""}), None, None),
        Piece::Content { text, logprobs } => (json!({"content": text}), logprobs, None),
        Piece::End(reason) => (json!({}), None, Some(reason)),
    };
    let choice = json!({
        "index": index,
        "delta": delta,
        "logprobs": logprobs_value(logprobs),
        "finish_reason": finish,
    });
    Value::Object(head.object(CHUNK, json!([choice]), usage))
}

/// The last chunk of a stream that tells its usage.
pub fn usage_chunk(head: &Head, usage: Usage) -> Value {
    Value::Object(head.object(CHUNK, json!([]), Told::Now(usage)))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: Value) -> Result<Parsed<ChatRequest>, Error> {
        ChatRequest::parse(Fields::parse(body.to_string().as_bytes()).unwrap())
    }

    fn with(name: &str, value: Value) -> Result<Parsed<ChatRequest>, Error> {
        let mut body = json!({"model": "m", "messages": [{"role": "user", "content": "Hi"}]});
        body[name] = value;
        parse(body)
    }

    #[test]
    fn content_may_come_in_parts() {
        let parts = json!([{"role": "user", "content": [
            {"type": "text", "text": "a"}, {"type": "text", "text": "b"}]}]);
        assert_eq!(
            with("messages", parts).unwrap().request.messages[0].content,
            "ab"
        );
        let image = json!([{"role": "user", "content": [
            {"type": "image_url", "image_url": {"url": "x"}}]}]);
        let e = with("messages", image).unwrap_err();
        assert_eq!(e.code, Some(Code::UnsupportedValue));
    }

    #[test]
    fn what_is_documented_is_honoured_or_refused_by_name() {
        for (name, value) in [
            ("tools", json!([{"type": "function"}])),
            ("response_format", json!({"type": "json_object"})),
            ("prediction", json!({"type": "content"})),
            ("store", json!(true)),
        ] {
            let e = with(name, value).unwrap_err();
            assert_eq!(
                (e.param.as_deref(), e.code),
                (Some(name), Some(Code::UnsupportedParameter))
            );
        }
        for (name, value) in [
            ("tools", json!([])),
            ("response_format", json!({"type": "text"})),
            ("store", json!(null)),
            ("metadata", json!({"a": "b"})),
        ] {
            assert!(with(name, value).unwrap().ignored.is_empty(), "{name}");
        }
        assert_eq!(with("id_slot", json!(3)).unwrap().ignored, ["id_slot"]);
    }

    #[test]
    fn messages_have_roles_and_contents() {
        for (messages, param) in [
            (json!([]), "messages"),
            (json!([{"content": "x"}]), "messages[0].role"),
            (
                json!([{"role": "king", "content": "x"}]),
                "messages[0].role",
            ),
            (json!([{"role": "user"}]), "messages[0].content"),
            (
                json!([{"role": "user", "content": 1}]),
                "messages[0].content",
            ),
            (json!(["x"]), "messages[0]"),
        ] {
            let e = with("messages", messages).unwrap_err();
            assert_eq!(e.param.as_deref(), Some(param));
        }
        assert!(with("top_logprobs", json!(2)).is_err());
        assert!(with("logprobs", json!(true)).unwrap().request.logprobs == Some(0));
        let max = |name| with(name, json!(7)).unwrap().request.max_tokens;
        assert_eq!(
            (max("max_tokens"), max("max_completion_tokens")),
            (Some(7), Some(7))
        );
    }
}
