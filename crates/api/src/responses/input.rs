//! What a request gives the model to read.

use serde_json::{Map, Value, json};
use uuid::Uuid;

use crate::Error;
use crate::error::Code;
use crate::fields::{
    Fields, at_most, missing, not_empty, unsupported, unsupported_content, unsupported_value,
    wrong_type,
};
use crate::tools::{self, Call};

/// Items of a request.
const ITEMS: usize = 2048;

#[derive(Clone, Debug, PartialEq)]
pub enum Input {
    Item(Item),
    /// An item that is kept under this id; `param` is where it was asked for.
    Reference {
        id: String,
        param: String,
    },
}

/// An item, as the model reads it and as it is kept.
#[derive(Clone, Debug, PartialEq)]
pub struct Item {
    pub reads: Reads,
    /// The object, with an id.
    pub value: Value,
}

/// What the model reads of an item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reads {
    Message {
        role: String,
        text: String,
    },
    /// It has called a function.
    Call(Call),
    /// What came of that.
    Output {
        call_id: String,
        text: String,
    },
}

impl Item {
    pub fn id(&self) -> &str {
        self.value["id"].as_str().unwrap_or_default()
    }

    /// Bytes that the model reads.
    pub fn size_bytes(&self) -> usize {
        match &self.reads {
            Reads::Message { text, .. } | Reads::Output { text, .. } => text.len(),
            Reads::Call(call) => call.name.len() + call.arguments.len(),
        }
    }
}

/// Whether something could be an id: not every database keeps all characters.
pub fn is_id(text: &str) -> bool {
    text.len() <= 64 && text.bytes().all(|byte| byte.is_ascii_graphic())
}

/// An item that was kept.
pub fn item_of(value: Value) -> Result<Item, Error> {
    match item("input", value, &Fields::new(Map::new()))? {
        Input::Item(item) => Ok(item),
        Input::Reference { param, .. } => Err(missing(&param)),
    }
}

const ROLES: [&str; 4] = ["user", "assistant", "system", "developer"];

pub(super) fn parse(body: &mut Fields) -> Result<Vec<Input>, Error> {
    const NAME: &str = "input";
    let all = match body.value(NAME) {
        None => return Err(missing(NAME)),
        Some(Value::String(text)) => vec![json!({"role": "user", "content": text})],
        Some(Value::Array(all)) => all,
        Some(other) => return Err(wrong_type(NAME, "a string or an array of items", &other)),
    };
    not_empty(NAME, all.len())?;
    at_most(NAME, all.len(), ITEMS)?;
    let all = all.into_iter().enumerate();
    let all = all.map(|(i, value)| item(&format!("{NAME}[{i}]"), value, body));
    let all = all.collect::<Result<Vec<_>, _>>()?;
    let mut seen = std::collections::HashSet::new();
    for (i, input) in all.iter().enumerate() {
        let id = match input {
            Input::Item(item) => item.id(),
            Input::Reference { id, .. } => id,
        };
        if !seen.insert(id) {
            let message = format!("Duplicate item found with id {id}.");
            let param = format!("{NAME}[{i}].id");
            return Err(Error::field(param, Code::InvalidValue, message));
        }
    }
    Ok(all)
}

/// The item at `at` of `body`.
fn item(at: &str, value: Value, body: &Fields) -> Result<Input, Error> {
    let mut fields = body.nested(at, value)?;
    match fields.string("type")?.as_deref() {
        // The easy form has no type.
        None | Some("message") => Ok(Input::Item(message(at, fields)?)),
        Some("function_call") => Ok(Input::Item(call(at, fields)?)),
        Some("function_call_output") => Ok(Input::Item(output(at, fields)?)),
        Some("item_reference") => {
            let param = format!("{at}.id");
            let id = fields.required_string("id")?;
            Ok(Input::Reference { id, param })
        }
        Some(other) => {
            let message = format!("Items of type '{other}' are not supported by this server.");
            let param = format!("{at}.type");
            Err(Error::field(param, Code::UnsupportedValue, message))
        }
    }
}

fn message(at: &str, mut fields: Fields) -> Result<Item, Error> {
    let at_field = |name: &str| format!("{at}.{name}");
    let role = fields.required_string("role")?;
    if !ROLES.contains(&role.as_str()) {
        return Err(unsupported_value(&at_field("role"), &role, &ROLES));
    }
    let param = at_field("content");
    let (text, content) = match fields.value("content") {
        None => return Err(missing(&param)),
        Some(Value::String(text)) => {
            let part = part_of(&role, &text, &mut Fields::new(Map::new()));
            (text, vec![part])
        }
        Some(Value::Array(parts)) => contents(&param, &role, parts, &fields)?,
        Some(other) => {
            return Err(wrong_type(&param, "a string or an array of parts", &other));
        }
    };
    let id = id(at, &mut fields, "msg")?;
    let value = json!({"id": id, "type": "message", "status": "completed", "role": role,
                       "content": content});
    let reads = Reads::Message { role, text };
    Ok(Item { reads, value })
}

/// The id that an item was given, or a new one.
fn id(at: &str, fields: &mut Fields, prefix: &str) -> Result<String, Error> {
    // What a conversation is given is complete, or as complete as it will ever be.
    fields.string("status")?;
    let id = fields.string("id")?.filter(|id| !id.is_empty());
    if let Some(id) = id.as_ref().filter(|id| !is_id(id)) {
        let message = format!("Invalid '{at}.id': {id:?}. Expected at most 64 letters and digits.");
        return Err(Error::field(
            format!("{at}.id"),
            Code::InvalidValue,
            message,
        ));
    }
    Ok(id.unwrap_or_else(|| new_id(prefix)))
}

/// The id of a new item.
pub(super) fn new_id(prefix: &str) -> String {
    format!("{prefix}_{}", Uuid::new_v4().simple())
}

fn call(at: &str, mut fields: Fields) -> Result<Item, Error> {
    let id = id(at, &mut fields, "fc")?;
    let call = Call {
        id: call_id(at, &mut fields)?,
        name: tools::name(&format!("{at}.name"), fields.required_string("name")?)?,
        arguments: fields.required_string("arguments")?,
    };
    let value = json!({"id": id, "type": "function_call", "status": "completed",
                       "call_id": call.id, "name": call.name, "arguments": call.arguments});
    let reads = Reads::Call(call);
    Ok(Item { reads, value })
}

fn output(at: &str, mut fields: Fields) -> Result<Item, Error> {
    let id = id(at, &mut fields, "fco")?;
    let call_id = call_id(at, &mut fields)?;
    let param = format!("{at}.output");
    let (text, output) = match fields.value("output") {
        None => return Err(missing(&param)),
        Some(Value::String(text)) => (text.clone(), json!(text)),
        Some(Value::Array(parts)) => {
            let (text, parts) = contents(&param, "tool", parts, &fields)?;
            (text, Value::Array(parts))
        }
        Some(other) => {
            return Err(wrong_type(&param, "a string or an array of parts", &other));
        }
    };
    let value = json!({"id": id, "type": "function_call_output", "status": "completed",
                       "call_id": call_id, "output": output});
    let reads = Reads::Output { call_id, text };
    Ok(Item { reads, value })
}

/// What a call and its result know each other by.
fn call_id(at: &str, fields: &mut Fields) -> Result<String, Error> {
    let id = fields.required_string("call_id")?;
    if is_id(&id) && !id.is_empty() {
        return Ok(id);
    }
    let message =
        format!("Invalid '{at}.call_id': {id:?}. Expected 1 to 64 letters, digits and signs.");
    let param = format!("{at}.call_id");
    Err(Error::field(param, Code::InvalidValue, message))
}

/// A text as the part that its role has.
fn part_of(role: &str, text: &str, fields: &mut Fields) -> Value {
    if role != "assistant" {
        return json!({"type": "input_text", "text": text});
    }
    let mut list = |name: &str| {
        fields
            .value(name)
            .filter(Value::is_array)
            .unwrap_or(json!([]))
    };
    json!({"type": "output_text", "text": text, "annotations": list("annotations"),
           "logprobs": list("logprobs")})
}

/// The text of a message that comes in parts, and the parts.
fn contents(
    param: &str,
    role: &str,
    parts: Vec<Value>,
    message: &Fields,
) -> Result<(String, Vec<Value>), Error> {
    let (mut all, mut contents) = (String::new(), Vec::new());
    for (i, part) in parts.into_iter().enumerate() {
        let at = format!("{param}[{i}]");
        let mut fields = message.nested(&at, part)?;
        let kind = fields.required_string("type")?;
        let field = match kind.as_str() {
            "input_text" | "output_text" | "text" => "text",
            "refusal" => "refusal",
            "input_image" | "input_file" | "input_audio" => {
                return Err(unsupported_content(&at, &kind));
            }
            _ => return Err(unsupported(&format!("{at}.type"))),
        };
        let text = fields.required_string(field)?;
        contents.push(match field {
            "refusal" if role == "assistant" => json!({"type": "refusal", "refusal": text}),
            _ => part_of(role, &text, &mut fields),
        });
        all += &text;
    }
    Ok((all, contents))
}
