//! `POST /v1/responses` and what is kept of it.

mod answer;
mod input;
mod query;
mod tools;

pub use answer::{Outcome, Writer, deleted, initial, input_tokens, with_output};
pub use input::{Input, Item, Reads, is_id, item_of};
pub use query::{ItemsRequest, RetrieveRequest};

use serde_json::{Map, Value, json};

use crate::error::Code;
use crate::fields::{Fields, at_most, unsupported, unsupported_value, wrong_type};
use crate::sampling::{Sampling, stream_options};
use crate::tools::{Format, Tools};
use crate::{Error, Parsed};

/// A request, read.
#[derive(Clone, Debug, PartialEq)]
pub struct CreateResponse {
    pub model: String,
    pub context: Context,
    /// `None`: as the caller may.
    pub store: Option<bool>,
    pub background: bool,
    /// `None`: as many as the context holds.
    pub max_output_tokens: Option<usize>,
    /// How many of the likeliest tokens to tell, if any.
    pub logprobs: Option<usize>,
    pub sampling: Sampling,
    pub format: Format,
    /// What the answer repeats of the request.
    pub echo: Map<String, Value>,
}

/// What the model is to read.
#[derive(Clone, Debug, PartialEq)]
pub struct Context {
    pub instructions: Option<String>,
    pub previous_response_id: Option<String>,
    pub input: Vec<Input>,
    /// What it may call.
    pub tools: Tools,
    /// Whether the oldest items may be left out.
    pub truncate: bool,
}

/// Values of `include`: all but the last speak of items that no answer holds here.
const INCLUDABLE: [&str; 8] = [
    "file_search_call.results",
    "web_search_call.results",
    "web_search_call.action.sources",
    "message.input_image.image_url",
    "computer_call_output.output.image_url",
    "code_interpreter_call.outputs",
    "reasoning.encrypted_content",
    LOGPROBS,
];
const LOGPROBS: &str = "message.output_text.logprobs";

impl CreateResponse {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let model = f.model()?;
        let (context, mut echo) = Context::take(f)?;
        let stream = f.bool("stream")?.unwrap_or(false);
        stream_options(f, stream)?;
        let include = includes(f)?;
        let top_logprobs = f.count("top_logprobs", 0..=20)?;
        let max_output_tokens = f.count("max_output_tokens", 1..=u32::MAX)?;
        let background = f.bool("background")?.unwrap_or(false);
        let store = f.bool("store")?;
        if background && store == Some(false) {
            let message = "A response in the background must be stored: 'background' needs \
                           'store' to be true.";
            return Err(Error::field("background", Code::InvalidValue, message));
        }
        for name in ["user", "safety_identifier", "prompt_cache_key"] {
            echo.insert(name.to_owned(), json!(f.string(name)?));
        }
        // The old field is absent where nobody sent it.
        echo.retain(|name, value| name != "user" || !value.is_null());
        let mut insert = |name: &str, value: Value| echo.insert(name.to_owned(), value);
        insert("metadata", metadata(f.value("metadata"))?);
        // How often tools are run that OpenAI runs itself; functions are the client's.
        let most_calls = f.count("max_tool_calls", 1..=u32::MAX)?;
        insert("max_tool_calls", json!(most_calls));
        let (format, repeated) = text(f)?;
        insert("text", repeated);
        insert("reasoning", reasoning(f)?);
        f.refuse("service_tier", &[json!("auto"), json!("default")])?;
        refuse_the_rest(f)?;
        let mut sampling = Sampling::take(f)?;
        sampling.stream = stream;
        insert("model", json!(model));
        insert("temperature", json!(sampling.temperature));
        insert("top_p", json!(sampling.top_p));
        insert("presence_penalty", json!(sampling.presence_penalty));
        insert("frequency_penalty", json!(sampling.frequency_penalty));
        insert("top_logprobs", json!(top_logprobs.unwrap_or(0)));
        insert("max_output_tokens", json!(max_output_tokens));
        insert("background", json!(background));
        insert("previous_response_id", json!(context.previous_response_id));
        insert("instructions", json!(context.instructions));
        let truncation = if context.truncate { "auto" } else { "disabled" };
        insert("truncation", json!(truncation));
        insert("service_tier", json!("default"));
        let asked = include || top_logprobs.is_some_and(|top| top > 0);
        let request = Self {
            model,
            context,
            store,
            background,
            max_output_tokens,
            logprobs: asked.then(|| top_logprobs.unwrap_or(0)),
            sampling,
            format,
            echo,
        };
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

impl Context {
    /// What the model is to read, and how the answer repeats its tools.
    fn take(f: &mut Fields) -> Result<(Self, Map<String, Value>), Error> {
        let (tools, echo) = tools::take(f)?;
        let context = Self {
            tools,
            instructions: f.string("instructions")?,
            previous_response_id: f.string("previous_response_id")?,
            input: input::parse(f)?,
            truncate: match f.string("truncation")?.as_deref() {
                None | Some("disabled") => false,
                Some("auto") => true,
                Some(other) => {
                    return Err(unsupported_value(
                        "truncation",
                        other,
                        &["auto", "disabled"],
                    ));
                }
            },
        };
        Ok((context, echo))
    }

    /// What `POST /v1/responses/input_tokens` asks about.
    pub fn parse(mut fields: Fields) -> Result<Parsed<(String, Self)>, Error> {
        let f = &mut fields;
        let model = f.model()?;
        let (context, _) = Self::take(f)?;
        text(f)?;
        reasoning(f)?;
        f.refuse("conversation", &[])?;
        f.refuse("personality", &[])?;
        let request = (model, context);
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

/// What is documented and not here.
fn refuse_the_rest(f: &mut Fields) -> Result<(), Error> {
    for name in [
        "access_programs",
        "background_options",
        "context_management",
        "conversation",
        "image",
        "moderation",
        "prompt",
    ] {
        f.refuse(name, &[])?;
    }
    f.refuse("n", &[json!(1)])?;
    f.refuse("stop", &[])?;
    // How long what was computed is remembered changes no answer.
    f.note("prompt_cache_options");
    f.note("prompt_cache_retention");
    Ok(())
}

/// Whether log-probabilities are to be included.
fn includes(f: &mut Fields) -> Result<bool, Error> {
    let include = f.strings("include", INCLUDABLE.len())?;
    match include.iter().find(|i| !INCLUDABLE.contains(&i.as_str())) {
        Some(unknown) => Err(unsupported_value("include", unknown, &INCLUDABLE)),
        None => Ok(include.iter().any(|i| i == LOGPROBS)),
    }
}

/// A client's own pairs.
pub(crate) fn metadata(value: Option<Value>) -> Result<Value, Error> {
    const NAME: &str = "metadata";
    let map = match value {
        None => return Ok(json!({})),
        Some(Value::Object(map)) => map,
        Some(other) => return Err(wrong_type(NAME, "an object", &other)),
    };
    at_most(NAME, map.len(), 16)?;
    for (key, value) in &map {
        let Some(value) = value.as_str() else {
            return Err(wrong_type(&format!("{NAME}.{key}"), "a string", value));
        };
        if key.chars().count() > 64 || value.chars().count() > 512 {
            let message = format!(
                "Invalid '{NAME}': a key has at most 64 characters and a value at most 512."
            );
            return Err(Error::field(NAME, Code::StringAboveMaxLength, message));
        }
    }
    Ok(Value::Object(map))
}

/// What the text is to be, and how the answer repeats it.
fn text(f: &mut Fields) -> Result<(Format, Value), Error> {
    const PARAM: &str = "text.format";
    let mut asked = None;
    if let Some(mut text) = f.object("text")? {
        text.refuse("verbosity", &[json!("medium")])?;
        asked = text.value("format");
    }
    let asked = asked.unwrap_or(json!({"type": "text"}));
    let mut fields = f.nested(PARAM, asked.clone())?;
    // What chats say of a schema one level deeper.
    let format = match Format::by_kind(PARAM, &mut fields)? {
        Some(known) => known,
        None => Format::described(PARAM, &mut fields)?,
    };
    Ok((format, json!({"format": asked, "verbosity": "medium"})))
}

fn reasoning(f: &mut Fields) -> Result<Value, Error> {
    let mut effort = None;
    if let Some(mut reasoning) = f.object("reasoning")? {
        effort = reasoning.string("effort")?;
        if effort.as_deref().is_some_and(|effort| effort != "none") {
            return Err(unsupported("reasoning.effort"));
        }
        for name in ["summary", "generate_summary", "context", "mode"] {
            reasoning.refuse(name, &[])?;
        }
    }
    Ok(json!({"effort": effort, "summary": null}))
}

#[cfg(test)]
mod tests;
