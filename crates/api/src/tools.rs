//! Functions that a model may call, and what its answer has to be.

use serde_json::{Map, Value};

use crate::Error;
use crate::error::Code;
use crate::fields::{Fields, at_most, missing, unsupported_value, wrong_type};

/// A function.
#[derive(Clone, Debug, PartialEq)]
pub struct Function {
    pub name: String,
    pub description: Option<String>,
    /// The JSON schema of its arguments.
    pub parameters: Option<Map<String, Value>>,
    pub strict: bool,
}

/// Whether functions are called.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Choice {
    None,
    #[default]
    Auto,
    Required,
    /// This one.
    Named(String),
    /// Some of them, and whether one must be.
    Among {
        names: Vec<String>,
        required: bool,
    },
}

/// The functions of a request.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tools {
    pub functions: Vec<Function>,
    pub choice: Choice,
    pub parallel: bool,
    /// Asked for with `functions` as in June 2023, and answered so.
    pub legacy: bool,
}

/// A call that a model has made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Call {
    pub id: String,
    pub name: String,
    /// JSON, as the model wrote it.
    pub arguments: String,
}

/// What the text of an answer is.
#[derive(Clone, Debug, PartialEq)]
pub enum Format {
    Text,
    JsonObject,
    JsonSchema(Map<String, Value>),
}

/// Functions of a request.
const TOOLS: usize = 128;
/// Longest name.
const NAME: usize = 64;

impl Tools {
    pub(crate) fn take(fields: &mut Fields) -> Result<Self, Error> {
        let parallel = fields.bool("parallel_tool_calls")?;
        let tools = tools(fields)?;
        let choice = fields.value("tool_choice");
        let old = functions(fields)?;
        let old_choice = fields.value("function_call");
        if !tools.is_empty() && !old.is_empty() {
            let message = "'functions' cannot be used beside 'tools', which came in their place.";
            return Err(Error::field("functions", Code::InvalidValue, message));
        }
        let legacy = !old.is_empty();
        let (param, functions, choice) = match legacy {
            true => {
                no_choice("tool_choice", choice.as_ref())?;
                let choice = function_call(fields, old_choice)?;
                ("function_call", old, choice)
            }
            false => {
                no_choice("function_call", old_choice.as_ref())?;
                ("tool_choice", tools, tool_choice(fields, choice)?)
            }
        };
        let tools = Self {
            functions,
            choice,
            // Only one fits into a message of June 2023.
            parallel: parallel.unwrap_or(true) && !legacy,
            legacy,
        };
        tools.check(param, parallel.is_some())?;
        Ok(tools)
    }

    /// `param` is where the choice stands; `parallel` says whether calls side by side were
    /// spoken of where that means nothing without functions.
    pub(crate) fn check(&self, param: &str, parallel: bool) -> Result<(), Error> {
        if self.functions.is_empty() {
            if !matches!(self.choice, Choice::None | Choice::Auto) {
                let message = format!("'{param}' is only allowed when 'tools' are specified.");
                return Err(Error::field(param, Code::InvalidValue, message));
            }
            if parallel {
                let name = "parallel_tool_calls";
                let message = format!("'{name}' is only allowed when 'tools' are specified.");
                return Err(Error::field(name, Code::InvalidValue, message));
            }
        }
        let names: &[String] = match &self.choice {
            Choice::Named(name) => std::slice::from_ref(name),
            Choice::Among { names, .. } => names,
            _ => &[],
        };
        let known = |name: &String| self.functions.iter().any(|f| f.name == *name);
        if let Some(name) = names.iter().find(|name| !known(name)) {
            let message = format!("Invalid '{param}': no function is named '{name}'.");
            return Err(Error::field(param, Code::InvalidValue, message));
        }
        Ok(())
    }
}

/// A choice of the other generation means nothing, unless it chooses nothing.
fn no_choice(param: &str, value: Option<&Value>) -> Result<(), Error> {
    match value.is_none_or(|v| v == "none" || v == "auto") {
        true => Ok(()),
        false => {
            let of = match param {
                "tool_choice" => "tools",
                _ => "functions",
            };
            let message = format!("'{param}' is only allowed when '{of}' are specified.");
            Err(Error::field(param, Code::InvalidValue, message))
        }
    }
}

fn tools(body: &mut Fields) -> Result<Vec<Function>, Error> {
    let tools = list("tools", body.value("tools"))?.into_iter().enumerate();
    let functions = tools.map(|(i, tool)| {
        let param = format!("tools[{i}]");
        let mut fields = body.nested(&param, tool)?;
        kind(&param, &mut fields, &["function"])?;
        let name = format!("{param}.function");
        match fields.object("function")? {
            Some(mut function) => one(&name, &mut function),
            None => Err(missing(&name)),
        }
    });
    unique("tools", functions.collect::<Result<_, _>>()?)
}

fn functions(body: &mut Fields) -> Result<Vec<Function>, Error> {
    let functions = list("functions", body.value("functions"))?;
    let functions = functions.into_iter().enumerate().map(|(i, function)| {
        let param = format!("functions[{i}]");
        one(&param, &mut body.nested(&param, function)?)
    });
    unique("functions", functions.collect::<Result<_, _>>()?)
}

pub(crate) fn list(param: &str, value: Option<Value>) -> Result<Vec<Value>, Error> {
    let list = match value {
        None => Vec::new(),
        Some(Value::Array(list)) => list,
        Some(other) => return Err(wrong_type(param, "an array of objects", &other)),
    };
    at_most(param, list.len(), TOOLS)?;
    Ok(list)
}

pub(crate) fn unique(param: &str, functions: Vec<Function>) -> Result<Vec<Function>, Error> {
    for (i, function) in functions.iter().enumerate() {
        if functions[..i].iter().any(|f| f.name == function.name) {
            let name = &function.name;
            let message = format!("Invalid '{param}': two functions are named '{name}'.");
            return Err(Error::field(param, Code::InvalidValue, message));
        }
    }
    Ok(functions)
}

/// The function whose fields these are, at `param`.
pub(crate) fn one(param: &str, fields: &mut Fields) -> Result<Function, Error> {
    Ok(Function {
        name: name(&format!("{param}.name"), fields.required_string("name")?)?,
        description: fields.string("description")?,
        parameters: object(&format!("{param}.parameters"), fields.value("parameters"))?,
        strict: fields.bool("strict")?.unwrap_or(false),
    })
}

fn object(param: &str, value: Option<Value>) -> Result<Option<Map<String, Value>>, Error> {
    match value {
        None => Ok(None),
        Some(Value::Object(map)) => Ok(Some(map)),
        Some(other) => Err(wrong_type(param, "an object", &other)),
    }
}

/// Takes a `type`, which has to be one of these.
pub(crate) fn kind(param: &str, fields: &mut Fields, known: &[&str]) -> Result<String, Error> {
    let param = format!("{param}.type");
    let kind = match fields.value("type") {
        None => return Err(missing(&param)),
        Some(Value::String(kind)) => kind,
        Some(other) => return Err(wrong_type(&param, "a string", &other)),
    };
    match known.contains(&kind.as_str()) {
        true => Ok(kind),
        false => Err(unsupported_value(&param, &kind, known)),
    }
}

pub(crate) fn name(param: &str, name: String) -> Result<String, Error> {
    let good = |c: char| c.is_ascii_alphanumeric() || c == '_' || c == '-';
    if !name.is_empty() && name.len() <= NAME && name.chars().all(good) {
        return Ok(name);
    }
    let message = format!(
        "Invalid '{param}': string does not match pattern. Expected a string that matches the \
         pattern '^[a-zA-Z0-9_-]{{1,{NAME}}}$'."
    );
    Err(Error::field(param, Code::InvalidValue, message))
}

fn tool_choice(body: &Fields, value: Option<Value>) -> Result<Choice, Error> {
    const PARAM: &str = "tool_choice";
    let value = match value {
        None => return Ok(Choice::Auto),
        Some(Value::String(chosen)) => return word(PARAM, &chosen),
        Some(value @ Value::Object(_)) => value,
        Some(other) => return Err(wrong_type(PARAM, "a string or an object", &other)),
    };
    let mut fields = body.nested(PARAM, value)?;
    if kind(PARAM, &mut fields, &["function", "allowed_tools"])? == "function" {
        return Ok(Choice::Named(chosen(PARAM, &mut fields)?));
    }
    let inner = format!("{PARAM}.allowed_tools");
    let allowed = fields.object("allowed_tools")?;
    let mut allowed = allowed.ok_or_else(|| missing(&inner))?;
    let required = match allowed.required_string("mode")?.as_str() {
        "auto" => false,
        "required" => true,
        other => {
            let param = format!("{inner}.mode");
            return Err(unsupported_value(&param, other, &["auto", "required"]));
        }
    };
    let param = format!("{inner}.tools");
    let tools = list(&param, allowed.value("tools"))?.into_iter();
    let names = tools.enumerate().map(|(i, tool)| {
        let param = format!("{param}[{i}]");
        let mut fields = body.nested(&param, tool)?;
        kind(&param, &mut fields, &["function"])?;
        chosen(&param, &mut fields)
    });
    let names: Vec<String> = names.collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Err(missing(&param));
    }
    Ok(Choice::Among { names, required })
}

/// A choice that names no function.
pub(crate) fn word(param: &str, word: &str) -> Result<Choice, Error> {
    match word {
        "none" => Ok(Choice::None),
        "auto" => Ok(Choice::Auto),
        "required" => Ok(Choice::Required),
        _ => Err(unsupported_value(
            param,
            word,
            &["none", "auto", "required"],
        )),
    }
}

fn function_call(body: &Fields, value: Option<Value>) -> Result<Choice, Error> {
    const PARAM: &str = "function_call";
    match value {
        None => Ok(Choice::Auto),
        Some(Value::String(word)) => match word.as_str() {
            "none" => Ok(Choice::None),
            "auto" => Ok(Choice::Auto),
            _ => Err(unsupported_value(PARAM, &word, &["none", "auto"])),
        },
        Some(value @ Value::Object(_)) => {
            let name = body.nested(PARAM, value)?.required_string("name")?;
            Ok(Choice::Named(name))
        }
        Some(other) => Err(wrong_type(PARAM, "a string or an object", &other)),
    }
}

/// The name in `{"function": {"name": …}}`.
fn chosen(param: &str, fields: &mut Fields) -> Result<String, Error> {
    let function = fields.object("function")?;
    let mut function = function.ok_or_else(|| missing(&format!("{param}.function")))?;
    function.required_string("name")
}

impl Format {
    pub(crate) fn take(fields: &mut Fields) -> Result<Self, Error> {
        const PARAM: &str = "response_format";
        let Some(mut fields) = fields.object(PARAM)? else {
            return Ok(Self::Text);
        };
        if let Some(known) = Self::by_kind(PARAM, &mut fields)? {
            return Ok(known);
        }
        let param = format!("{PARAM}.json_schema");
        let described = fields.object("json_schema")?;
        Self::described(&param, &mut described.ok_or_else(|| missing(&param))?)
    }

    /// A format that its type says all of; `None` for a schema.
    pub(crate) fn by_kind(param: &str, fields: &mut Fields) -> Result<Option<Self>, Error> {
        let known = ["text", "json_object", "json_schema"];
        Ok(match kind(param, fields, &known)?.as_str() {
            "text" => Some(Self::Text),
            "json_object" => Some(Self::JsonObject),
            _ => None,
        })
    }

    /// A schema and what stands beside it, at `param`.
    pub(crate) fn described(param: &str, fields: &mut Fields) -> Result<Self, Error> {
        name(&format!("{param}.name"), fields.required_string("name")?)?;
        // What the model is told beside; it reads it in no template.
        fields.ignore("description");
        // The schema is kept to either way.
        fields.bool("strict")?;
        let schema = object(&format!("{param}.schema"), fields.value("schema"))?;
        Ok(schema.map_or(Self::JsonObject, Self::JsonSchema))
    }
}

/// The calls of a message of an assistant.
pub(crate) fn calls(param: &str, message: &mut Fields) -> Result<Vec<Call>, Error> {
    let calls = list(param, message.value("tool_calls"))?;
    let call = |(i, call)| {
        let param = format!("{param}[{i}]");
        let mut fields = message.nested(&param, call)?;
        let id = fields.required_string("id")?;
        kind(&param, &mut fields, &["function"])?;
        // Which place it had in a stream.
        fields.note("index");
        let function = fields.object("function")?;
        let param = format!("{param}.function");
        called(&param, id, &mut function.ok_or_else(|| missing(&param))?)
    };
    calls.into_iter().enumerate().map(call).collect()
}

/// A function that was called.
pub(crate) fn called(param: &str, id: String, fields: &mut Fields) -> Result<Call, Error> {
    Ok(Call {
        id,
        name: name(&format!("{param}.name"), fields.required_string("name")?)?,
        arguments: fields.required_string("arguments")?,
    })
}

#[cfg(test)]
mod tests;
