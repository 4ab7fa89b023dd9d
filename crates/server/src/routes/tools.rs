//! Functions and their calls, between the wire and the engine.

use api::chat::{ChatRequest, Piece};
use api::tools::{Call, Choice, Format, Function, Tools};
use engine::{CallDelta, FinishReason, GrammarOf, Schema, Tool, ToolCall};
use uuid::Uuid;

use crate::error::ApiError;

/// The id of a new call.
pub(super) fn id() -> String {
    let id = Uuid::new_v4().simple().to_string();
    format!("call_{}", &id[..24])
}

/// What the model is told of, and what it may call.
pub(super) fn tools(tools: Tools) -> engine::Tools {
    let parallel = tools.parallel;
    let (allowed, required, parallel) = match tools.choice {
        // It is not told what it may not call.
        Choice::None => return engine::Tools::default(),
        Choice::Auto => (None, false, parallel),
        Choice::Required => (None, true, parallel),
        Choice::Named(name) => (Some(vec![name]), true, false),
        Choice::Among { names, required } => (Some(names), required, parallel),
    };
    engine::Tools {
        allowed,
        required,
        parallel,
        tools: tools.functions.into_iter().map(tool).collect(),
    }
}

fn tool(f: Function) -> Tool {
    Tool {
        name: f.name,
        description: f.description,
        parameters: f.parameters.map(Schema),
        strict: f.strict,
    }
}

pub(super) fn format(format: Format) -> Option<Schema> {
    match format {
        Format::Text => None,
        Format::JsonObject => Some(Schema::object()),
        Format::JsonSchema(schema) => Some(Schema(schema)),
    }
}

/// A call of an earlier message.
pub(super) fn made(call: Call) -> ToolCall {
    ToolCall {
        id: call.id,
        name: call.name,
        arguments: call.arguments,
    }
}

/// A call of an answer.
pub(super) fn call(call: engine::Call) -> Call {
    Call {
        id: id(),
        name: call.name,
        arguments: call.arguments,
    }
}

/// What came to a call, as pieces of a stream; `id` is for one that begins.
pub(super) fn pieces<'a>(
    call: &'a CallDelta,
    id: &'a str,
    legacy: bool,
) -> impl Iterator<Item = Piece<'a>> {
    let (index, text) = (call.index, call.arguments.as_str());
    let name = call.name.as_deref();
    let begin = name.map(|name| match legacy {
        true => Piece::Function { name },
        false => Piece::Call { index, id, name },
    });
    let more = (!text.is_empty()).then_some(match legacy {
        true => Piece::FunctionArguments { text },
        false => Piece::Arguments { index, text },
    });
    begin.into_iter().chain(more)
}

/// Why an answer ended.
pub(super) fn reason(finish: Option<FinishReason>, called: bool, legacy: bool) -> &'static str {
    match (super::reason(finish), called) {
        ("stop", true) if legacy => "function_call",
        ("stop", true) => "tool_calls",
        (reason, _) => reason,
    }
}

/// Where a request has the parts that grammars are made of.
pub(super) struct Places {
    legacy: bool,
    format: bool,
}

impl Places {
    pub(super) fn of(request: &ChatRequest) -> Self {
        Self {
            legacy: request.tools.legacy,
            format: request.format != Format::Text,
        }
    }

    /// Names the field that an error is about.
    pub(super) fn name(&self, e: ApiError) -> ApiError {
        let Some(of) = e.grammar else {
            return e;
        };
        let param = match of {
            GrammarOf::Tool(i) if self.legacy => format!("functions[{i}].parameters"),
            GrammarOf::Tool(i) => format!("tools[{i}].function.parameters"),
            GrammarOf::Format => "response_format".to_owned(),
            GrammarOf::Answer if self.format => "response_format".to_owned(),
            GrammarOf::Answer if self.legacy => "functions".to_owned(),
            GrammarOf::Answer => "tools".to_owned(),
        };
        e.in_schema(&param)
    }
}
