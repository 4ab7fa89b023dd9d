//! Functions and their calls in a conversation, as a template takes them.

use serde_json::{Value, json};

use super::Message;
use crate::answer::Schema;
use crate::tool_call::{CallSyntax, Tool};

/// A message without calls. Of a name the template may make something.
pub(super) fn plain(m: &Message) -> Value {
    let mut value = json!({"role": m.role, "content": m.content});
    if let Some(name) = &m.name {
        value["name"] = json!(name);
    }
    value
}

/// A function that nobody calls.
pub(super) fn example() -> Value {
    let tool = Tool {
        name: "example".to_owned(),
        description: Some("An example.".to_owned()),
        parameters: Some(Schema::object()),
        strict: false,
    };
    tool.to_json()
}

/// Messages and functions for a template that knows them, as `transformers` gives them:
/// arguments are values, not strings.
pub(super) fn native(
    messages: &[Message],
    tools: &[Tool],
    syntax: CallSyntax,
) -> (Vec<Value>, Vec<Value>) {
    let message = |m: &Message| {
        let mut value = plain(m);
        let calls = m.tool_calls.iter().map(|call| {
            let function = json!({"name": call.name, "arguments": call.value()});
            json!({"type": "function", "id": id(&call.id, syntax), "function": function})
        });
        if !m.tool_calls.is_empty() {
            value["tool_calls"] = calls.collect();
        }
        if let Some(called) = &m.tool_call_id {
            value["tool_call_id"] = json!(id(called, syntax));
        }
        value
    };
    (
        messages.iter().map(message).collect(),
        tools.iter().map(Tool::to_json).collect(),
    )
}

/// Mistral's templates take only ids of nine letters and digits.
fn id(id: &str, syntax: CallSyntax) -> String {
    if syntax != CallSyntax::Mistral {
        return id.to_owned();
    }
    let known: Vec<char> = id.chars().filter(char::is_ascii_alphanumeric).collect();
    let last = known[known.len().saturating_sub(9)..].iter();
    format!("{:0>9}", last.collect::<String>())
}

/// The same in words, for a template that knows none of it: functions in the
/// instructions, calls in the assistant's text, results as the user's.
pub(super) fn spelt(messages: &[Message], tools: &[Tool]) -> Vec<Value> {
    let mut out: Vec<Message> = Vec::new();
    let mut rest = messages;
    if !tools.is_empty() {
        let mut told = instructions(tools);
        if let [first, others @ ..] = messages
            && first.role == "system"
        {
            told = format!("{}\n\n{told}", first.content);
            rest = others;
        }
        out.push(Message::new("system", told));
    }
    for m in rest {
        if m.tool_call_id.is_some() {
            let result = format!("<tool_response>\n{}\n</tool_response>", m.content);
            match out.last_mut() {
                // Results of one turn are one message.
                Some(last) if last.content.ends_with("</tool_response>") => {
                    last.content = format!("{}\n{result}", last.content);
                }
                _ => out.push(Message::new("user", result)),
            }
            continue;
        }
        let calls = m.tool_calls.iter().map(|c| CallSyntax::Hermes.write(c));
        let said = (!m.content.is_empty()).then(|| m.content.clone());
        let parts: Vec<String> = said.into_iter().chain(calls).collect();
        out.push(Message::new(&m.role, parts.join("\n")));
    }
    out.iter().map(plain).collect()
}

fn instructions(tools: &[Tool]) -> String {
    let listed: Vec<String> = tools.iter().map(|t| t.to_json().to_string()).collect();
    format!(
        "You can call functions. Each line within <tools></tools> describes one, its parameters \
         as a JSON schema:\n<tools>\n{}\n</tools>\nTo call a function, write its name and its \
         arguments as JSON within <tool_call></tool_call>:\n<tool_call>\n{{\"name\": \"the \
         function's name\", \"arguments\": {{\"parameter\": \"value\"}}}}\n</tool_call>\nIts \
         result comes within <tool_response></tool_response>.",
        listed.join("\n")
    )
}
