//! `POST /v1/chat/completions`,
//! <https://platform.openai.com/docs/api-reference/chat>.

use api::chat::{Alternative, ChatRequest, Choice, Piece, Token, answer, chunk, usage_chunk};
use api::completions::Head;
use api::{Parsed, Told, Usage};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use engine::{Delta, Generation, Message};
use serde_json::Value;

use super::tools::{self, Places};
use super::{finite, generation, head, json, role};
use crate::app::App;
use crate::ask::{Task, ask};
use crate::body::{Json, tell_ignored};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::sse::{self, Chunks};

pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = ChatRequest::parse(fields)?;
    let loaded = app.model(&request.model).await?;
    let head = head("chatcmpl", &request.model, &loaded);
    let logprobs = request.logprobs.is_some();
    let sampling = &request.sampling;
    let (streams, usage) = (sampling.stream, sampling.usage_in_chunks);
    let legacy = request.tools.legacy;
    let charge = app.charge(&caller, &request.model, "chat.completions");
    let errors = Places::of(&request);
    let task = Task::Chat(chat(request));
    let mut answers = ask(&loaded, vec![task], streams, charge);
    let mut response = if streams {
        let writer = Writer {
            head,
            logprobs,
            legacy,
            usage,
            begun: Vec::new(),
        };
        sse::stream(app, answers, writer)
            .await
            .map_err(|e| errors.name(e))?
    } else {
        let whole = answers.whole().await.map_err(|e| errors.name(e))?;
        let choices = whole.into_iter().flat_map(|c| c.choices).enumerate();
        let choices = choices.map(|(index, choice)| Choice {
            index,
            legacy,
            finish_reason: tools::reason(choice.finish, !choice.calls.is_empty(), legacy),
            logprobs: logprobs.then(|| tokens(&choice.tokens)),
            content: (choice.calls.is_empty() || !choice.text.is_empty()).then_some(choice.text),
            calls: choice.calls.into_iter().map(tools::call).collect(),
        });
        json(&answer(
            &head,
            &choices.collect::<Vec<_>>(),
            answers.usage(),
        ))
    };
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

pub(super) fn chat(request: ChatRequest) -> engine::ChatRequest {
    let message = |m: api::chat::Message| Message {
        tool_calls: m.calls.into_iter().map(tools::made).collect(),
        tool_call_id: m.call_id,
        name: m.name,
        ..Message::new(role(&m.role), m.content)
    };
    engine::ChatRequest {
        generation: Generation {
            max_tokens: request.max_tokens,
            logprobs: request.logprobs,
            ..generation(&request.sampling)
        },
        messages: request.messages.into_iter().map(message).collect(),
        tools: tools::tools(request.tools),
        format: tools::format(request.format),
    }
}

/// The chunks of a stream.
struct Writer {
    head: Head,
    logprobs: bool,
    /// Calls are told as in June 2023.
    legacy: bool,
    usage: Told,
    /// Choices, as far as they were told.
    begun: Vec<Begun>,
}

#[derive(Clone, Copy, Default)]
struct Begun {
    role: bool,
    calls: bool,
}

impl Chunks for Writer {
    fn of(&mut self, _: usize, delta: Delta) -> Vec<Value> {
        let Delta {
            choice,
            text,
            calls,
            tokens: new,
            finish,
        } = delta;
        if text.is_empty() && calls.is_empty() && new.is_empty() && finish.is_none() {
            return Vec::new();
        }
        if self.begun.len() <= choice {
            self.begun.resize(choice + 1, Begun::default());
        }
        let new = self.logprobs.then(|| tokens(&new));
        let begun = &mut self.begun[choice];
        let begin = !std::mem::replace(&mut begun.role, true);
        begun.calls |= !calls.is_empty();
        let called = begun.calls;
        let says = !text.is_empty() || new.as_ref().is_some_and(|new| !new.is_empty());
        let content = Piece::Content {
            text: &text,
            logprobs: new.as_deref(),
        };
        let ids: Vec<String> = calls.iter().map(|_| tools::id()).collect();
        let calls = calls.iter().zip(&ids);
        let calls = calls.flat_map(|(call, id)| tools::pieces(call, id, self.legacy));
        let begin = begin.then_some(Piece::Begin {
            content: says || !called,
        });
        let reason = |finish| Piece::End(tools::reason(Some(finish), called, self.legacy));
        let pieces = begin.into_iter().chain(says.then_some(content));
        let pieces = pieces.chain(calls).chain(finish.map(reason));
        pieces
            .map(|piece| chunk(&self.head, choice, &piece, self.usage))
            .collect()
    }

    fn last(&self, usage: Usage) -> Option<Value> {
        (self.usage == Told::Later).then(|| usage_chunk(&self.head, usage))
    }
}

pub(super) fn tokens(tokens: &[engine::Token]) -> Vec<Token> {
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
    let token = |t: &engine::Token| Token {
        token: text(&t.bytes),
        logprob: finite(t.logprob.unwrap_or(f32::NEG_INFINITY)),
        bytes: t.bytes.clone(),
        top_logprobs: t
            .top
            .iter()
            .map(|a| Alternative {
                token: text(&a.bytes),
                logprob: finite(a.logprob),
                bytes: a.bytes.clone(),
            })
            .collect(),
    };
    tokens.iter().map(token).collect()
}
