//! Functions as responses name them: all fields of a tool beside its type.

use serde_json::{Map, Value, json};

use crate::Error;
use crate::error::Code;
use crate::fields::{Fields, missing, unsupported_value, wrong_type};
use crate::tools::{Choice, Function, Tools, kind, list, one, unique, word};

/// The functions of a request, and how the answer repeats what was asked of them.
pub(super) fn take(f: &mut Fields) -> Result<(Tools, Map<String, Value>), Error> {
    let parallel = f.bool("parallel_tool_calls")?.unwrap_or(true);
    let listed = list("tools", f.value("tools"))?.into_iter().enumerate();
    let functions = listed.map(|(i, value)| {
        let param = format!("tools[{i}]");
        tool(&param, &mut f.nested(&param, value)?)
    });
    let functions: Vec<_> = functions.collect::<Result<_, _>>()?;
    let repeated: Vec<_> = functions.iter().map(|(_, repeated)| repeated).collect();
    let mut echo = Map::new();
    echo.insert("tools".to_owned(), json!(repeated));
    let functions = functions.into_iter().map(|(function, _)| function);
    let asked = f.value("tool_choice").unwrap_or(json!("auto"));
    echo.insert("tool_choice".to_owned(), asked.clone());
    echo.insert("parallel_tool_calls".to_owned(), json!(parallel));
    let tools = Tools {
        functions: unique("tools", functions.collect())?,
        choice: choice(f, asked)?,
        parallel,
        legacy: false,
    };
    tools.check("tool_choice", false)?;
    Ok((tools, echo))
}

/// A tool has to be a function.
fn tool(param: &str, fields: &mut Fields) -> Result<(Function, Value), Error> {
    let kind = fields.required_string("type")?;
    if kind != "function" {
        let message = format!(
            "Tools of type '{kind}' are not supported by this server. Supported values are: \
             'function'."
        );
        let param = format!("{param}.type");
        return Err(Error::field(param, Code::UnsupportedValue, message));
    }
    // What only programs that run on OpenAI's side could use.
    fields.refuse("allowed_callers", &[json!(["direct"])])?;
    fields.refuse("async", &[json!(false)])?;
    fields.refuse("defer_loading", &[json!(false)])?;
    fields.refuse("output_schema", &[])?;
    let strict = fields.bool("strict")?;
    let mut function = one(param, fields)?;
    function.strict = strict.unwrap_or(false);
    let repeated = json!({"type": "function", "name": function.name,
                          "description": function.description,
                          "parameters": function.parameters, "strict": strict});
    Ok((function, repeated))
}

fn choice(body: &Fields, value: Value) -> Result<Choice, Error> {
    const PARAM: &str = "tool_choice";
    let mut fields = match value {
        Value::String(chosen) => return word(PARAM, &chosen),
        value @ Value::Object(_) => body.nested(PARAM, value)?,
        other => return Err(wrong_type(PARAM, "a string or an object", &other)),
    };
    if kind(PARAM, &mut fields, &["function", "allowed_tools"])? == "function" {
        return Ok(Choice::Named(fields.required_string("name")?));
    }
    let required = match fields.required_string("mode")?.as_str() {
        "auto" => false,
        "required" => true,
        other => {
            let param = format!("{PARAM}.mode");
            return Err(unsupported_value(&param, other, &["auto", "required"]));
        }
    };
    let param = format!("{PARAM}.tools");
    let tools = list(&param, fields.value("tools"))?.into_iter();
    let names = tools.enumerate().map(|(i, tool)| {
        let param = format!("{param}[{i}]");
        let mut fields = body.nested(&param, tool)?;
        kind(&param, &mut fields, &["function"])?;
        fields.required_string("name")
    });
    let names: Vec<String> = names.collect::<Result<_, _>>()?;
    if names.is_empty() {
        return Err(missing(&param));
    }
    Ok(Choice::Among { names, required })
}
