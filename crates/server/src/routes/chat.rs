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

use super::{finite, generation, head, json, reason};
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
    let charge = app.charge(&caller, &request.model, "chat.completions");
    let mut answers = ask(&loaded, vec![task(request)], streams, charge);
    let mut response = if streams {
        let writer = Writer {
            head,
            logprobs,
            usage,
            begun: Vec::new(),
        };
        sse::stream(app, answers, writer).await?
    } else {
        let choices = answers.whole().await?.into_iter().flat_map(|c| c.choices);
        let choices = choices.enumerate();
        let choices = choices.map(|(index, choice)| Choice {
            index,
            content: choice.text,
            logprobs: logprobs.then(|| tokens(&choice.tokens)),
            finish_reason: reason(choice.finish),
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

fn task(request: ChatRequest) -> Task {
    let message = |m: api::chat::Message| {
        // Templates know the instructions by their older name.
        let role = if m.role == "developer" {
            "system".to_owned()
        } else {
            m.role
        };
        Message::new(role, m.content)
    };
    Task::Chat(engine::ChatRequest {
        generation: Generation {
            max_tokens: request.max_tokens,
            logprobs: request.logprobs,
            ..generation(&request.sampling)
        },
        messages: request.messages.into_iter().map(message).collect(),
    })
}

/// The chunks of a stream.
struct Writer {
    head: Head,
    logprobs: bool,
    usage: Told,
    /// Choices whose role was told.
    begun: Vec<bool>,
}

impl Chunks for Writer {
    fn of(&mut self, _: usize, delta: Delta) -> Vec<Value> {
        let Delta {
            choice,
            text,
            tokens: new,
            finish,
        } = delta;
        if text.is_empty() && new.is_empty() && finish.is_none() {
            return Vec::new();
        }
        if self.begun.len() <= choice {
            self.begun.resize(choice + 1, false);
        }
        let new = self.logprobs.then(|| tokens(&new));
        let begin = !std::mem::replace(&mut self.begun[choice], true);
        let says = !text.is_empty() || new.as_ref().is_some_and(|new| !new.is_empty());
        let content = Piece::Content {
            text: &text,
            logprobs: new.as_deref(),
        };
        let pieces = [
            begin.then_some(Piece::Begin),
            says.then_some(content),
            finish.map(|finish| Piece::End(reason(Some(finish)))),
        ];
        let pieces = pieces.iter().flatten();
        pieces
            .map(|piece| chunk(&self.head, choice, piece, self.usage))
            .collect()
    }

    fn last(&self, usage: Usage) -> Option<Value> {
        (self.usage == Told::Later).then(|| usage_chunk(&self.head, usage))
    }
}

fn tokens(tokens: &[engine::Token]) -> Vec<Token> {
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
