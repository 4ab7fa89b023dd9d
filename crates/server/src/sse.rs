//! Server-sent events as OpenAI's clients read them: `data: {json}`, and
//! `data: [DONE]` at the end. Old clients decide by the content type, and take
//! only lines that begin with `data: `, one event in one write.

use std::convert::Infallible;
use std::time::Duration;

use api::{Error, Usage};
use axum::body::{Body, Bytes};
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::Delta;
use serde_json::Value;
use tokio::sync::mpsc;
use tokio::time::{Instant, interval_at};
use tokio_stream::StreamExt as _;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::App;
use crate::ask::{Answers, Note};
use crate::error::ApiError;

/// A comment after so long without an event keeps proxies from hanging up.
const PING: Duration = Duration::from_secs(15);

/// Events that wait for a client to read them.
const WAITING: usize = 64;

/// How an endpoint words what comes.
pub(crate) trait Chunks: Send + 'static {
    /// What a delta of a prompt gives.
    fn of(&mut self, prompt: usize, delta: Delta) -> Vec<Value>;
    /// The last chunk, where the usage was asked for.
    fn last(&self, usage: Usage) -> Option<Value>;
}

/// The answer as chunks. An error before the first one is an error of the
/// request.
pub(crate) async fn stream(
    app: App,
    mut answers: Answers,
    mut chunks: impl Chunks,
) -> Result<Response, ApiError> {
    let first = answers.next().await?;
    let (events, response) = events();
    let ending = app.ending().clone();
    ending.spawn(async move {
        let mut next = Ok::<_, ApiError>(first);
        // The end of a choice may be the end of the answer, which is told when it is charged.
        let mut end = None;
        loop {
            match next {
                Ok(Some(Note::Delta { prompt, delta })) => {
                    let ends = delta.finish.is_some();
                    let mut told = chunks.of(prompt, delta);
                    let earlier = std::mem::replace(&mut end, told.pop_if(|_| ends));
                    for chunk in earlier.into_iter().chain(told) {
                        if !events.data(&chunk).await {
                            return;
                        }
                    }
                }
                Ok(Some(Note::Done { .. })) => {}
                Ok(None) => break,
                Err(e) => {
                    events.error(&e.told(&app)).await;
                    return;
                }
            }
            next = answers.next().await;
        }
        if let Err(e) = answers.settle().await {
            events.error(&e.told(&app)).await;
            return;
        }
        for chunk in end.into_iter().chain(chunks.last(answers.usage())) {
            if !events.data(&chunk).await {
                return;
            }
        }
        events.done().await;
    });
    Ok(response)
}

pub(crate) struct Events {
    sender: mpsc::Sender<Bytes>,
}

/// The writing end of a stream, and the answer that is its other end.
pub(crate) fn events() -> (Events, Response) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let pinged =
        ReceiverStream::new(receiver).timeout_repeating(interval_at(Instant::now() + PING, PING));
    let pinged = pinged.map(|event| {
        Ok::<_, Infallible>(event.unwrap_or_else(|_| Bytes::from_static(b": ping\n\n")))
    });
    let headers = [
        (header::CONTENT_TYPE, "text/event-stream"),
        (header::CACHE_CONTROL, "no-cache"),
    ];
    let body = Body::from_stream(pinged);
    (Events { sender }, (headers, body).into_response())
}

impl Events {
    /// Sends an event; false if nobody listens any more.
    async fn data(&self, value: &Value) -> bool {
        self.line(&value.to_string()).await
    }

    /// Sends an event under its own type's name; false if nobody listens any more.
    pub(crate) async fn named(&self, value: &Value) -> bool {
        let kind = value["type"].as_str().unwrap_or_default();
        let event = Bytes::from(format!("event: {kind}\ndata: {value}\n\n"));
        self.sender.send(event).await.is_ok()
    }

    /// Returns once nobody listens any more.
    pub(crate) async fn closed(&self) {
        self.sender.closed().await;
    }

    /// Tells a failure that came after the answer had begun.
    pub(crate) async fn error(&self, error: &Error) -> bool {
        self.line(&error.body()).await
    }

    pub(crate) async fn done(self) {
        self.line("[DONE]").await;
    }

    async fn line(&self, data: &str) -> bool {
        let event = Bytes::from(format!("data: {data}\n\n"));
        self.sender.send(event).await.is_ok()
    }
}
