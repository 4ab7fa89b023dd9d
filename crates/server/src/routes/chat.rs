//! `POST /v1/chat/completions`,
//! <https://platform.openai.com/docs/api-reference/chat>.

use api::chat::{Alternative, ChatRequest, Choice, Piece, Token, answer, chunk, usage_chunk};
use api::completions::Head;
use api::{Parsed, Usage};
use axum::extract::State;
use axum::response::Response;
use engine::{Completion, Delta, Generation, Message};
use tokio::sync::mpsc::Receiver;

use super::{finite, generation, head, json, reason};
use crate::app::App;
use crate::ask::{Note, Task, ask};
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;
use crate::sse::{self, Events};

pub(crate) async fn create(
    State(app): State<App>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = ChatRequest::parse(fields)?;
    let loaded = app.model(&request.model).await?;
    let head = head("chatcmpl", &request.model, &loaded);
    let logprobs = request.logprobs.is_some();
    let sampling = &request.sampling;
    let (streams, include_usage) = (sampling.stream, sampling.include_usage);
    let mut notes = ask(&loaded, vec![task(request)], streams);
    let mut response = if streams {
        stream(app, notes, head, logprobs, include_usage).await?
    } else {
        let completion = loop {
            match notes.recv().await {
                Some(Note::Done { result, .. }) => break result,
                Some(Note::Delta { .. }) => {}
                None => return Err(ApiError::internal()),
            }
        };
        let completion = completion.map_err(|e| ApiError::from(e).of_chat())?;
        let usage = usage(&completion);
        let choices: Vec<_> = completion.choices.into_iter().enumerate().collect();
        let choices = choices.into_iter().map(|(index, choice)| Choice {
            index,
            content: choice.text,
            logprobs: logprobs.then(|| tokens(&choice.tokens)),
            finish_reason: reason(choice.finish),
        });
        json(&answer(&head, &choices.collect::<Vec<_>>(), usage))
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

fn usage(completion: &Completion) -> Usage {
    Usage::new(
        completion.usage.prompt_tokens,
        completion.usage.completion_tokens,
    )
}

/// The answer as chunks. An error before the first one is an error of the
/// request.
async fn stream(
    app: App,
    mut notes: Receiver<Note>,
    head: Head,
    logprobs: bool,
    usage_follows: bool,
) -> Result<Response, ApiError> {
    let first = match notes.recv().await {
        Some(Note::Done { result, .. }) => {
            let completion = result.map_err(|e| ApiError::from(e).of_chat())?;
            Note::Done {
                prompt: 0,
                result: Ok(completion),
            }
        }
        Some(note) => note,
        None => return Err(ApiError::internal()),
    };
    let (events, response) = sse::events();
    let mut writer = Writer {
        events,
        head,
        logprobs,
        usage_follows,
        begun: Vec::new(),
    };
    tokio::spawn(async move {
        let mut next = Some(first);
        while let Some(note) = next {
            match note {
                Note::Delta { delta, .. } => {
                    if !writer.delta(delta).await {
                        return;
                    }
                }
                Note::Done {
                    result: Ok(completion),
                    ..
                } => {
                    return writer.end(usage(&completion)).await;
                }
                Note::Done { result: Err(e), .. } => {
                    writer
                        .events
                        .error(&ApiError::from(e).of_chat().told(&app))
                        .await;
                    return;
                }
            }
            next = notes.recv().await;
        }
    });
    Ok(response)
}

struct Writer {
    events: Events,
    head: Head,
    logprobs: bool,
    usage_follows: bool,
    /// Choices whose role was told.
    begun: Vec<bool>,
}

impl Writer {
    /// False if nobody listens any more.
    async fn delta(&mut self, delta: Delta) -> bool {
        let Delta {
            choice,
            text,
            tokens: new,
            finish,
        } = delta;
        if text.is_empty() && new.is_empty() && finish.is_none() {
            return true;
        }
        if self.begun.len() <= choice {
            self.begun.resize(choice + 1, false);
        }
        if !std::mem::replace(&mut self.begun[choice], true)
            && !self.send(choice, &Piece::Begin).await
        {
            return false;
        }
        if !text.is_empty() || (self.logprobs && !new.is_empty()) {
            let new = self.logprobs.then(|| tokens(&new));
            let piece = Piece::Content {
                text: &text,
                logprobs: new.as_deref(),
            };
            if !self.send(choice, &piece).await {
                return false;
            }
        }
        match finish {
            Some(finish) => self.send(choice, &Piece::End(reason(Some(finish)))).await,
            None => true,
        }
    }

    async fn send(&self, index: usize, piece: &Piece<'_>) -> bool {
        let chunk = chunk(&self.head, index, piece, self.usage_follows);
        self.events.data(&chunk).await
    }

    async fn end(self, usage: Usage) {
        if self.usage_follows {
            self.events.data(&usage_chunk(&self.head, usage)).await;
        }
        self.events.done().await;
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
