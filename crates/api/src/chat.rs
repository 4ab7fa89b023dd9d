//! `POST /v1/chat/completions`.

use serde::Serialize;
use serde_json::{Value, json};

use crate::completions::Head;
use crate::error::Code;
use crate::fields::{
    Fields, missing, not_empty, unsupported_content, unsupported_value, wrong_type,
};
use crate::sampling::Sampling;
use crate::tools::{self, Call, Format, Tools};
use crate::{Error, Parsed, Told, Usage};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Message {
    pub role: String,
    pub content: String,
    /// Calls that an assistant has made.
    pub calls: Vec<Call>,
    /// Which call a message of a tool answers.
    pub call_id: Option<String>,
    /// Of the function whose result this is, or of who speaks.
    pub name: Option<String>,
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
    pub tools: Tools,
    pub format: Format,
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
            messages: messages(f)?,
            max_tokens: f.count("max_completion_tokens", 0..=u32::MAX)?.or(old),
            logprobs: logprobs(f)?,
            sampling: Sampling::take(f)?,
            tools: Tools::take(f)?,
            format: Format::take(f)?,
        };
        f.refuse("modalities", &[json!(["text"])])?;
        f.refuse("audio", &[])?;
        f.refuse("prediction", &[])?;
        f.refuse("moderation", &[])?;
        f.refuse("store", &[json!(false)])?;
        f.refuse("web_search_options", &[])?;
        f.refuse("reasoning_effort", &[json!("none")])?;
        f.refuse("verbosity", &[json!("medium")])?;
        f.refuse("service_tier", &[json!("auto"), json!("default")])?;
        // Prefixes are kept as long as there is room for them, whatever is asked for.
        f.note("prompt_cache_options");
        f.note("prompt_cache_retention");
        // Labels of stored answers, and none is stored.
        f.note("metadata");
        let ignored = fields.rest()?;
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

fn messages(body: &mut Fields) -> Result<Vec<Message>, Error> {
    const NAME: &str = "messages";
    let all = match body.value(NAME) {
        None => return Err(missing(NAME)),
        Some(Value::Array(all)) => all,
        Some(other) => return Err(wrong_type(NAME, "an array of objects", &other)),
    };
    not_empty(NAME, all.len())?;
    all.into_iter()
        .enumerate()
        .map(|(i, message)| {
            let place = format!("{NAME}[{i}]");
            self::message(&place, &mut body.nested(&place, message)?)
        })
        .collect()
}

/// The message whose fields these are, at `place`.
fn message(place: &str, fields: &mut Fields) -> Result<Message, Error> {
    let at = |name: &str| format!("{place}.{name}");
    let role = fields.required_string("role")?;
    if !ROLES.contains(&role.as_str()) {
        return Err(unsupported_value(&at("role"), &role, &ROLES));
    }
    fields.refuse("audio", &[])?;
    // Of an answer that is sent back: links of searches, which no answer here has.
    fields.note("annotations");
    let calls = calls(&role, &at, fields)?;
    let name = fields.string("name")?;
    let call_id = match role.as_str() {
        "tool" => Some(fields.required_string("tool_call_id")?),
        "function" => match &name {
            Some(name) => Some(legacy_id(name)),
            None => return Err(missing(&at("name"))),
        },
        _ => None,
    };
    let content = match fields.value("content") {
        // What it said instead.
        None if role == "assistant" => fields.string("refusal")?.unwrap_or_default(),
        None => return Err(missing(&at("content"))),
        Some(Value::String(text)) => text,
        Some(Value::Array(parts)) => text_of(parts, &at("content"), fields)?,
        Some(other) => {
            let wanted = "a string or an array of parts";
            return Err(wrong_type(&at("content"), wanted, &other));
        }
    };
    Ok(Message {
        role,
        content,
        calls,
        call_id,
        name,
    })
}

/// The calls of an assistant's message.
fn calls(role: &str, at: &dyn Fn(&str) -> String, fields: &mut Fields) -> Result<Vec<Call>, Error> {
    if role != "assistant" {
        for name in ["tool_calls", "function_call"] {
            if fields.value(name).is_some_and(|calls| calls != json!([])) {
                let message = format!("'{}' is only allowed in an assistant's message.", at(name));
                return Err(Error::field(at(name), Code::InvalidValue, message));
            }
        }
    }
    let mut calls = tools::calls(&at("tool_calls"), fields)?;
    if let Some(mut old) = fields.object("function_call")? {
        let call = tools::called(&at("function_call"), String::new(), &mut old)?;
        let id = legacy_id(&call.name);
        calls.push(Call { id, ..call });
    }
    Ok(calls)
}

/// Calls of June 2023 have no ids: results name the function.
fn legacy_id(name: &str) -> String {
    format!("call_{name}")
}

/// The text of a message that comes in parts.
fn text_of(parts: Vec<Value>, param: &str, message: &Fields) -> Result<String, Error> {
    let mut text = String::new();
    for (i, part) in parts.into_iter().enumerate() {
        let place = format!("{param}[{i}]");
        let mut fields = message.nested(&place, part)?;
        let kind = fields.required_string("type")?;
        match kind.as_str() {
            "text" | "refusal" => text += &fields.required_string(&kind)?,
            "image_url" | "input_audio" | "file" => return Err(unsupported_content(param, &kind)),
            other => {
                let known = ["text", "refusal"];
                return Err(unsupported_value(&format!("{place}.type"), other, &known));
            }
        }
    }
    Ok(text)
}

#[derive(Clone, Debug, PartialEq)]
pub struct Choice {
    pub index: usize,
    /// None beside calls, if there is no text.
    pub content: Option<String>,
    pub calls: Vec<Call>,
    /// The call is told as in June 2023.
    pub legacy: bool,
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
        // Calls have no content of which there were some.
        Some([]) => json!({"content": null, "refusal": null}),
        Some(tokens) => json!({"content": tokens, "refusal": null}),
        None => Value::Null,
    }
}

/// The whole answer.
pub fn answer(head: &Head, choices: &[Choice], usage: Usage) -> Value {
    let choice = |c: &Choice| {
        let mut message = json!({
            "role": "assistant",
            "content": c.content,
            "refusal": null,
            "annotations": [],
        });
        let told = |call: &Call| json!({"name": call.name, "arguments": call.arguments});
        let call = |call: &Call| json!({"id": call.id, "type": "function", "function": told(call)});
        match c.calls.first() {
            Some(first) if c.legacy => message["function_call"] = told(first),
            Some(_) => message["tool_calls"] = c.calls.iter().map(call).collect(),
            None => {}
        }
        json!({
            "index": c.index,
            "message": message,
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
    /// The first of a choice; it alone names the role. Of calls alone it tells that
    /// there is no content.
    Begin {
        content: bool,
    },
    /// A call begins: the only piece with its id and name, as clients join strings.
    Call {
        index: usize,
        id: &'a str,
        name: &'a str,
    },
    /// More of a call's arguments.
    Arguments {
        index: usize,
        text: &'a str,
    },
    /// The same of the one call of June 2023.
    Function {
        name: &'a str,
    },
    FunctionArguments {
        text: &'a str,
    },
    Content {
        text: &'a str,
        logprobs: Option<&'a [Token]>,
    },
    End(&'static str),
}

/// A chunk of a stream.
pub fn chunk(head: &Head, index: usize, piece: &Piece, usage: Told) -> Value {
    let (delta, logprobs, finish) = match *piece {
        Piece::Begin { content } => {
            let content = content.then_some("");
            (json!({"role": "assistant", "content": content}), None, None)
        }
        Piece::Call { index, id, name } => {
            let function = json!({"name": name, "arguments": ""});
            let call = json!({"index": index, "id": id, "type": "function", "function": function});
            (json!({"tool_calls": [call]}), None, None)
        }
        Piece::Arguments { index, text } => {
            let call = json!({"index": index, "function": {"arguments": text}});
            (json!({"tool_calls": [call]}), None, None)
        }
        Piece::Function { name } => {
            let call = json!({"name": name, "arguments": ""});
            (json!({"function_call": call}), None, None)
        }
        Piece::FunctionArguments { text } => {
            (json!({"function_call": {"arguments": text}}), None, None)
        }
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
            ("audio", json!({"voice": "alloy"})),
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
            ("store", json!(null)),
            ("metadata", json!({"a": "b"})),
        ] {
            assert!(with(name, value).unwrap().ignored.is_empty(), "{name}");
        }
        assert_eq!(with("id_slot", json!(3)).unwrap().ignored, ["id_slot"]);
    }

    #[test]
    fn what_has_no_effect_within_objects_is_named_by_its_path() {
        let call = json!({"id": "a", "type": "function", "index": 0,
            "function": {"name": "f", "arguments": "{}", "parsed_arguments": {}}});
        let messages = json!([
            {"role": "user", "content": [{"type": "text", "text": "a", "detail": 1}], "mood": 1},
            {"role": "assistant", "content": "b", "annotations": [], "tool_calls": [call]},
        ]);
        let ignored = with("messages", messages).unwrap().ignored;
        let want = [
            "messages[0].content[0].detail",
            "messages[0].mood",
            "messages[1].tool_calls[0].function.parsed_arguments",
        ];
        assert_eq!(ignored, want);
        let tools = json!([{"type": "function", "cache": 1,
            "function": {"name": "f", "parameters": {"type": "object", "any": 1}}}]);
        assert_eq!(with("tools", tools).unwrap().ignored, ["tools[0].cache"]);
        let format = json!({"type": "json_schema", "json_schema": {"name": "n",
            "description": "a person", "schema": {"type": "object"}}});
        let ignored = with("response_format", format).unwrap().ignored;
        assert_eq!(ignored, ["response_format.json_schema.description"]);
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
        let refused = json!([{"role": "assistant", "content": null, "refusal": "No."}]);
        let refused = with("messages", refused).unwrap().request;
        assert_eq!(refused.messages[0].content, "No.");
        assert!(with("top_logprobs", json!(2)).is_err());
        assert!(with("logprobs", json!(true)).unwrap().request.logprobs == Some(0));
        let max = |name| with(name, json!(7)).unwrap().request.max_tokens;
        assert_eq!(
            (max("max_tokens"), max("max_completion_tokens")),
            (Some(7), Some(7))
        );
    }
}
