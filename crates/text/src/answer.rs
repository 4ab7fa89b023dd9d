//! What an answer may be, as a grammar: JSON of a schema, calls of functions, or both.
//!
//! Grammars are written in the Lark dialect of llguidance, see
//! <https://github.com/guidance-ai/llguidance>. JSON is written on one line, with a space
//! behind commas and colons, as `json.dumps` does and models have read most of it.

use std::fmt::Write as _;

use serde_json::{Map, Value, json};

use crate::tool_call::{CallSyntax, Tool};

/// Most calls in an answer.
pub const MAX_CALLS: usize = 32;

/// A JSON schema, not looked into.
#[derive(Clone, Debug, PartialEq)]
pub struct Schema(pub Map<String, Value>);

impl Schema {
    /// Any object.
    pub fn object() -> Self {
        let only = ("type".to_owned(), json!("object"));
        Self([only].into_iter().collect())
    }
}

/// Functions, and whether they are called.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Tools {
    /// What the model is told of.
    pub tools: Vec<Tool>,
    /// Names of those that may be called; `None`: all.
    pub allowed: Option<Vec<String>>,
    /// Text alone is no answer.
    pub required: bool,
    /// More than one call in an answer.
    pub parallel: bool,
}

impl Tools {
    /// Those that may be called, each with its place among all.
    pub fn callable(&self) -> impl Iterator<Item = (usize, &Tool)> {
        let allowed = |tool: &Tool| match &self.allowed {
            Some(names) => names.contains(&tool.name),
            None => true,
        };
        self.tools
            .iter()
            .enumerate()
            .filter(move |(_, tool)| allowed(tool))
    }
}

/// A grammar of what a schema lets pass.
pub fn schema_grammar(schema: &Schema) -> String {
    format!("start: %json {}\n", spaced(schema, false))
}

/// A grammar of a tool's arguments.
pub fn arguments_grammar(tool: &Tool) -> String {
    format!("start: %json {}\n", arguments(tool))
}

/// A grammar of answers with calls, the text beside them of a schema if there is one.
/// `special` gives the id of a marker that is a token and not text.
pub fn calls_grammar(
    tools: &Tools,
    format: Option<&Schema>,
    syntax: CallSyntax,
    special: &dyn Fn(&str) -> Option<u32>,
) -> String {
    let marker = |marker: &str| match special(marker) {
        Some(id) => format!("<[{id}]>"),
        None => quoted(marker),
    };
    let open = syntax.open();
    let more = |another: String| match tools.parallel {
        true => format!("( {another} call ){{0,{}}}", MAX_CALLS - 1),
        false => String::new(),
    };
    let (begin, calls) = match syntax {
        CallSyntax::Hermes => {
            let open = marker(open);
            let more = more(format!("\"\\n\" {open}"));
            (open, format!("call {more}"))
        }
        CallSyntax::Mistral => {
            let more = more("\", \"".to_owned());
            (marker(open), format!("/ ?\\[/ call {more} \"]\""))
        }
        // Its template knows of one call at a time.
        CallSyntax::Llama => ("".to_owned(), "call".to_owned()),
    };
    let begun = format!("{begin} {calls}");
    let mut source = match (tools.required, format) {
        (true, _) => format!("start: {begun}\n"),
        (false, Some(schema)) => {
            let schema = spaced(schema, false);
            format!("start: json | {begun}\njson: %json {schema}\n")
        }
        (false, None) if open.is_empty() => {
            format!("start: TEXT | {begun}\nTEXT: /(\\s*[^{{\\s](?s:.*))?/\n")
        }
        (false, None) if special(open).is_some() => {
            format!("start: TEXT ( {begun} )?\nTEXT: /(?s:.*)/\n")
        }
        (false, None) => {
            let found = regex(open);
            format!(
                "start: TEXT | before {calls}\nbefore[lazy]: /(?s:.*){found}/\n\
                 TEXT: /(?s:.*)/ & ~/(?s:.*){found}(?s:.*)/\n"
            )
        }
    };
    let (before, behind) = match syntax {
        CallSyntax::Hermes => ("\\n", format!("\"}}\\n\" {}", marker(syntax.close()))),
        CallSyntax::Llama | CallSyntax::Mistral => ("", "\"}\"".to_owned()),
    };
    let names: Vec<_> = tools.callable().map(|(i, _)| format!("call_{i}")).collect();
    let _ = writeln!(source, "call: {}", names.join(" | "));
    for (i, tool) in tools.callable() {
        let head = format!(
            "{before}{{\\\"name\\\": \\\"{}\\\", \\\"{}\\\": ",
            tool.name,
            syntax.arguments()
        );
        let _ = writeln!(source, "call_{i}: \"{head}\" arguments_{i} {behind}");
        let _ = writeln!(source, "arguments_{i}: %json {}", arguments(tool));
    }
    source
}

fn arguments(tool: &Tool) -> Value {
    match &tool.parameters {
        Some(schema) => spaced(schema, !tool.strict),
        None => json!({"type": "object", "properties": {}, "additionalProperties": false}),
    }
}

/// A schema with how its JSON is written; what a client says of that does not count.
fn spaced(schema: &Schema, lenient: bool) -> Value {
    let mut schema = schema.0.clone();
    let style = json!({
        "whitespace_flexible": false,
        "item_separator": ", ",
        "key_separator": ": ",
        "lenient": lenient,
    });
    schema.insert("x-guidance".to_owned(), style);
    Value::Object(schema)
}

fn quoted(text: &str) -> String {
    json!(text).to_string()
}

fn regex(text: &str) -> String {
    let escaped = text.chars().map(|c| match c {
        c if "\\/.*+?|()[]{}^$".contains(c) => format!("\\{c}"),
        c => c.to_string(),
    });
    escaped.collect()
}
