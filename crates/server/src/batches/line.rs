//! A line of a batch is asked as a client would ask it, and again if it may go
//! better then.

use std::collections::HashMap;
use std::time::Duration;

use api::batches::{Line, answered, not_asked};
use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::{HeaderMap, Method, Request, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde_json::Value;
use store::{Batch, BatchLine};
use tokio::task::{Id, JoinError, JoinSet};
use tower::ServiceExt as _;
use uuid::Uuid;

use super::{Worker, in_background};
use crate::app::App;
use crate::caller::{self, Caller};
use crate::record::Watch;

/// Times that a line is asked, and the time before the second.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// What a server may ask for as a pause.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Bytes of an answer.
const ANSWER: usize = 64 << 20;

/// Lines under way. Dropping it ends them.
#[derive(Default)]
pub(super) struct Asked {
    tasks: JoinSet<(bool, Value)>,
    lines: HashMap<Id, (i64, String)>,
}

impl Asked {
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn ask(&mut self, worker: &Worker, batch: &Batch, number: i64, line: Line) {
        let custom_id = line.custom_id.clone();
        let client = Client {
            app: worker.app.clone(),
            router: worker.router.clone(),
            caller: Caller {
                key_id: batch.new.key_id.clone(),
                watch: Watch::default(),
            },
            endpoint: batch.new.endpoint.clone(),
        };
        let task = self.tasks.spawn(in_background(client.answer(line)));
        self.lines.insert(task.id(), (number, custom_id));
    }

    /// What came of those that are done, of one at least; nothing if none is
    /// under way.
    pub(super) async fn answers(&mut self) -> Vec<BatchLine> {
        let mut lines = Vec::new();
        let Some(first) = self.tasks.join_next_with_id().await else {
            return lines;
        };
        lines.extend(self.line(first));
        while let Some(next) = self.tasks.try_join_next_with_id() {
            lines.extend(self.line(next));
        }
        lines
    }

    fn line(&mut self, result: Result<(Id, (bool, Value)), JoinError>) -> Option<BatchLine> {
        let id = result.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let (line, custom_id) = self.lines.remove(&id)?;
        let (succeeded, result) = match result {
            Ok((_, answer)) => answer,
            // It panicked, and would again.
            Err(_) => {
                let message = "The server had an error while processing this request.";
                (
                    false,
                    not_asked(&new_id(), &custom_id, "server_error", message),
                )
            }
        };
        let result = result.to_string();
        Some(BatchLine {
            line,
            succeeded,
            result,
        })
    }
}

fn new_id() -> String {
    format!("batch_req_{}", Uuid::new_v4().simple())
}

pub(super) fn expired(custom_id: &str) -> String {
    let message = "This request could not be executed before the completion window expired.";
    not_asked(&new_id(), custom_id, "batch_expired", message).to_string()
}

struct Client {
    app: App,
    router: Router,
    caller: Caller,
    endpoint: String,
}

impl Client {
    async fn answer(self, line: Line) -> (bool, Value) {
        let body = line.body.to_string();
        let mut pause = PAUSE;
        for tried in 1.. {
            let response = self.once(&body).await;
            let status = response.status();
            let asked = may_go_better(status, response.headers());
            if let Some(asked) = asked.filter(|_| tried < TRIES) {
                tokio::time::sleep(asked.max(pause).min(LONGEST_PAUSE)).await;
                pause *= 2;
                continue;
            }
            return (status.is_success(), result(&line.custom_id, response).await);
        }
        unreachable!("the last try is answered")
    }

    async fn once(&self, body: &str) -> Response {
        // The key may have been revoked since, or have used all that it may.
        if let Err(e) = caller::still_may(&self.app, &self.caller).await {
            return e.into_response();
        }
        let request = Request::builder()
            .method(Method::POST)
            .uri(&self.endpoint)
            .header(header::CONTENT_TYPE, "application/json")
            .extension(self.caller.clone())
            .body(Body::from(body.to_owned()))
            .expect("an endpoint is a path");
        let response = self.router.clone().oneshot(request).await;
        response.unwrap_or_else(|e| match e {})
    }
}

/// The time to wait before the same is asked again, if that makes sense.
fn may_go_better(status: StatusCode, headers: &HeaderMap) -> Option<Duration> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    if text("x-should-retry") == Some("false") {
        return None;
    }
    if status != StatusCode::TOO_MANY_REQUESTS && !status.is_server_error() {
        return None;
    }
    let seconds = text("retry-after").and_then(|s| s.parse().ok());
    Some(Duration::from_secs(seconds.unwrap_or(0)))
}

async fn result(custom_id: &str, response: Response) -> Value {
    let (parts, body) = response.into_parts();
    let request_id = parts.headers.get("x-request-id");
    let request_id = request_id
        .and_then(|id| id.to_str().ok())
        .unwrap_or_default();
    let bytes = to_bytes(body, ANSWER).await.ok();
    match bytes.and_then(|bytes| serde_json::from_slice(&bytes).ok()) {
        Some(body) => answered(
            &new_id(),
            custom_id,
            parts.status.as_u16(),
            request_id,
            body,
        ),
        None => {
            let message = "The answer to this request is no JSON, or too long.";
            not_asked(&new_id(), custom_id, "server_error", message)
        }
    }
}
