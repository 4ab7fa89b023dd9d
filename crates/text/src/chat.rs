//! Chat templates: a conversation to the text that a model was trained on.
//!
//! Templates are Jinja as `transformers` runs it: blocks take their line's
//! whitespace, Python's string methods work, `tojson` writes like Python's
//! `json.dumps`, and `raise_exception` and `strftime_now` are there.
//!
//! A template is a program of a stranger: it has a limit of steps and of depth,
//! and sees nothing but its input.

mod python;
mod tools;

use crate::error::TemplateError;
use crate::tool_call::{CallSyntax, Tool, ToolCall};
use minijinja::syntax::SyntaxConfig;
use minijinja::value::Serde;
use minijinja::{Environment, Error, ErrorKind, Value, context};
use std::sync::OnceLock;

use serde::{Deserialize, Serialize};

/// Steps that rendering may take.
const FUEL: u64 = 20_000_000;
const RECURSION: usize = 100;
/// Longest template in bytes.
const LENGTH_LIMIT: usize = 1 << 20;
const NAME: &str = "chat_template";

/// What one side says.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Message {
    /// `system`, `user` or `assistant`, and what else a template knows.
    pub role: String,
    pub content: String,
    /// Of an assistant.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub tool_calls: Vec<ToolCall>,
    /// Which call a tool's message answers.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tool_call_id: Option<String>,
    /// The tool's.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub name: Option<String>,
}

impl Message {
    pub fn new(role: impl Into<String>, content: impl Into<String>) -> Self {
        Self {
            role: role.into(),
            content: content.into(),
            tool_calls: Vec::new(),
            tool_call_id: None,
            name: None,
        }
    }
}

/// All that a template can see.
#[derive(Clone, Debug, Default)]
pub struct ChatInput {
    /// Objects with at least a role.
    pub messages: Vec<serde_json::Value>,
    /// Functions the model may call, as JSON schemas; none if empty.
    pub tools: Vec<serde_json::Value>,
    /// End with what begins the model's answer.
    pub add_generation_prompt: bool,
    pub bos: String,
    pub eos: String,
    /// Seconds since 1970, for templates that tell the date, in UTC.
    pub now_s: Option<i64>,
    /// Further variables of the template.
    pub extra: serde_json::Map<String, serde_json::Value>,
}

/// A parsed template.
#[derive(Debug)]
pub struct ChatTemplate {
    environment: Environment<'static>,
    /// How calls are written, if the template knows functions; found out when it is
    /// first asked, as that takes two renderings.
    native: OnceLock<Option<CallSyntax>>,
}

/// Why `raise_exception` was called.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
struct Refusal(String);

impl ChatTemplate {
    pub fn parse(source: &str) -> Result<Self, TemplateError> {
        if source.len() > LENGTH_LIMIT {
            let detail = format!("{} bytes, wanted at most {LENGTH_LIMIT}", source.len());
            return Err(TemplateError::Parse { line: 1, detail });
        }
        let mut environment = Environment::new();
        let mut syntax = SyntaxConfig::builder();
        syntax.trim_blocks(true).lstrip_blocks(true);
        environment.set_syntax(syntax.build().expect("the delimiters are the default ones"));
        environment.set_fuel(Some(FUEL));
        environment.set_recursion_limit(RECURSION);
        environment
            .set_unknown_method_callback(minijinja_contrib::pycompat::unknown_method_callback);
        environment.add_function("raise_exception", raise_exception);
        environment.add_filter("tojson", python::to_json);
        let added = environment.add_template_owned(NAME, source.to_owned());
        added.map_err(|e| TemplateError::Parse {
            line: line(&e),
            detail: detail(&e),
        })?;
        let native = OnceLock::new();
        Ok(Self {
            environment,
            native,
        })
    }

    /// The text of `messages`, and of what begins the model's answer.
    ///
    /// `bos` and `eos` are the tokens' spelling; empty if there are none.
    pub fn render(
        &self,
        messages: &[Message],
        add_generation_prompt: bool,
        bos: &str,
        eos: &str,
    ) -> Result<String, TemplateError> {
        self.render_with_tools(messages, &[], add_generation_prompt, bos, eos)
    }

    /// As [`Self::render`], with functions that the model may call.
    pub fn render_with_tools(
        &self,
        messages: &[Message],
        tools: &[Tool],
        add_generation_prompt: bool,
        bos: &str,
        eos: &str,
    ) -> Result<String, TemplateError> {
        let calls = |m: &Message| !m.tool_calls.is_empty() || m.tool_call_id.is_some();
        let (messages, tools) = if tools.is_empty() && !messages.iter().any(calls) {
            (messages.iter().map(tools::plain).collect(), Vec::new())
        } else if let Some(syntax) = self.native() {
            tools::native(messages, tools, syntax)
        } else {
            (tools::spelt(messages, tools), Vec::new())
        };
        self.render_input(&ChatInput {
            messages,
            tools,
            add_generation_prompt,
            bos: bos.to_owned(),
            eos: eos.to_owned(),
            now_s: std::time::SystemTime::now()
                .duration_since(std::time::UNIX_EPOCH)
                .ok()
                .and_then(|now| i64::try_from(now.as_secs()).ok()),
            ..ChatInput::default()
        })
    }

    /// How the model writes calls of functions.
    pub fn call_syntax(&self) -> CallSyntax {
        self.native().unwrap_or(CallSyntax::Hermes)
    }

    /// The same, if the template writes functions down in a form that is known here.
    fn native(&self) -> Option<CallSyntax> {
        let probe = |tools: Vec<serde_json::Value>| {
            self.render_input(&ChatInput {
                messages: vec![tools::plain(&Message::new("user", "Hello"))],
                tools,
                now_s: Some(0),
                ..ChatInput::default()
            })
        };
        *self.native.get_or_init(|| {
            let template = self.environment.get_template(NAME);
            let source = template.expect("`parse` has added it").source().to_owned();
            let syntax = CallSyntax::of_template(&source)?;
            let (without, with) = (probe(Vec::new()), probe(vec![tools::example()]));
            (without.ok()? != with.ok()?).then_some(syntax)
        })
    }

    /// As [`Self::render`], with everything a template can see.
    pub fn render_input(&self, input: &ChatInput) -> Result<String, TemplateError> {
        let template = self.environment.get_template(NAME);
        let template = template.expect("`parse` has added it");
        let now_s = input.now_s;
        let strftime_now = Value::from_function(move |format: &str| match now_s {
            Some(now_s) => Ok(python::strftime(format, now_s)),
            None => Err(Error::new(
                ErrorKind::InvalidOperation,
                "the date is not known",
            )),
        });
        let known = context! {
            messages => Value::from(Serde(&input.messages)),
            // Templates ask whether it is none.
            tools => (!input.tools.is_empty()).then(|| Value::from(Serde(&input.tools))),
            documents => (),
            add_generation_prompt => input.add_generation_prompt,
            bos_token => &input.bos,
            eos_token => &input.eos,
            strftime_now,
        };
        let all = context! { ..known, ..Value::from(Serde(&input.extra)) };
        template.render(all).map_err(|e| {
            let (line, detail) = (line(&e), detail(&e));
            let mut causes =
                std::iter::successors(Some(&e as &dyn std::error::Error), |e| e.source());
            match causes.find_map(|cause| cause.downcast_ref::<Refusal>()) {
                Some(Refusal(why)) => TemplateError::Refused {
                    line,
                    detail: why.clone(),
                },
                None => TemplateError::Render { line, detail },
            }
        })
    }
}

fn raise_exception(why: String) -> Result<Value, Error> {
    let error = Error::new(ErrorKind::InvalidOperation, "raise_exception was called");
    Err(error.with_source(Refusal(why)))
}

fn line(error: &Error) -> usize {
    error.line().unwrap_or(1)
}

fn detail(error: &Error) -> String {
    match error.detail() {
        Some(detail) => format!("{}: {detail}", error.kind()),
        None => error.kind().to_string(),
    }
}

#[cfg(test)]
mod tests;
