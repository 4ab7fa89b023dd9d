//! A line of a batch is asked as a client would ask it, and again if it may go
//! better then: for as long as the batch has time where the server only wants it
//! later, and a few times where something went wrong.

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

use super::{End, Worker, in_background};
use crate::app::App;
use crate::caller::{self, Caller};
use crate::record::Watch;

/// Times that a line may go wrong, and the time before it is asked again.
const TRIES: u32 = 5;
const PAUSE: Duration = Duration::from_millis(500);

/// A line is asked again after as long as this, whatever the server asks for.
const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// Bytes of an answer.
const ANSWER: usize = 64 << 20;

/// Lines under way. Dropping it ends them.
#[derive(Default)]
pub(super) struct Asked {
    tasks: JoinSet<Answer>,
    lines: HashMap<Id, (i64, String)>,
}

/// What came of a line, and whether that is what was wanted; `None` if there was no time left.
type Answer = Option<(bool, Value)>;

/// What came of some lines.
#[derive(Default)]
pub(super) struct Came {
    pub(super) lines: Vec<BatchLine>,
    /// Others had no time left.
    pub(super) given_up: bool,
}

impl Asked {
    pub(super) fn len(&self) -> usize {
        self.tasks.len()
    }

    pub(super) fn ask(
        &mut self,
        worker: &Worker,
        batch: &Batch,
        end: &End,
        number: i64,
        line: Line,
    ) {
        let custom_id = line.custom_id.clone();
        let client = Client {
            app: worker.app.clone(),
            router: worker.router.clone(),
            caller: Caller {
                key_id: batch.new.key_id.clone(),
                admin: false,
                watch: Watch::default(),
            },
            endpoint: batch.new.endpoint.clone(),
            end: end.clone(),
        };
        let task = self.tasks.spawn(in_background(client.answer(line)));
        self.lines.insert(task.id(), (number, custom_id));
    }

    /// What came of those that are done, of one at least; `None` if none is
    /// under way.
    pub(super) async fn answers(&mut self) -> Option<Came> {
        let mut came = Came::default();
        let mut next = Some(self.tasks.join_next_with_id().await?);
        while let Some(result) = next {
            match self.line(result) {
                Some(line) => came.lines.push(line),
                None => came.given_up = true,
            }
            next = self.tasks.try_join_next_with_id();
        }
        Some(came)
    }

    fn line(&mut self, result: Result<(Id, Answer), JoinError>) -> Option<BatchLine> {
        let id = result.as_ref().map_or_else(JoinError::id, |(id, _)| *id);
        let (line, custom_id) = self.lines.remove(&id)?;
        let (succeeded, result) = match result {
            Ok((_, answer)) => answer?,
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
    end: End,
}

impl Client {
    async fn answer(self, line: Line) -> Answer {
        let body = line.body.to_string();
        let over = || self.end.reached().is_some();
        let response = insist(|| self.once(&body), over, tokio::time::sleep).await?;
        let succeeded = response.status().is_success();
        Some((succeeded, result(&line.custom_id, response).await))
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

/// Whether the same may go better when it is asked again.
enum Again {
    Never,
    /// Something went wrong.
    Perhaps,
    /// The server has said when, so that it is no fault of what was asked.
    Later(Duration),
}

impl Again {
    fn of(status: StatusCode, headers: &HeaderMap) -> Self {
        let text = |name: &str| headers.get(name)?.to_str().ok();
        if text("x-should-retry") == Some("false") {
            return Self::Never;
        }
        let seconds = text("retry-after").and_then(|s| s.parse().ok());
        match (status, seconds) {
            (StatusCode::TOO_MANY_REQUESTS | StatusCode::SERVICE_UNAVAILABLE, Some(seconds)) => {
                Self::Later(Duration::from_secs(seconds))
            }
            (StatusCode::TOO_MANY_REQUESTS, None) => Self::Perhaps,
            _ if status.is_server_error() => Self::Perhaps,
            _ => Self::Never,
        }
    }
}

/// Asks until there is an answer that would not get better; `None` if it is `over` before.
async fn insist<F: Future<Output = Response>, S: Future<Output = ()>>(
    ask: impl Fn() -> F,
    over: impl Fn() -> bool,
    sleep: impl Fn(Duration) -> S,
) -> Option<Response> {
    let (mut tries, mut pause) = (1, PAUSE);
    loop {
        let response = ask().await;
        let wait = match Again::of(response.status(), response.headers()) {
            Again::Later(wait) => wait,
            Again::Perhaps if tries < TRIES => {
                tries += 1;
                Duration::ZERO
            }
            Again::Perhaps | Again::Never => return Some(response),
        };
        sleep(wait.max(pause).min(LONGEST_PAUSE)).await;
        pause = LONGEST_PAUSE.min(2 * pause);
        if over() {
            return None;
        }
    }
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

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;

    fn said(status: u16, retry_after: Option<&str>) -> Response {
        let response = Response::builder().status(status);
        let response = match retry_after {
            Some(seconds) => response.header("retry-after", seconds),
            None => response,
        };
        response.body(Body::empty()).unwrap()
    }

    /// The status that a line ends with and how often it was asked, where the server says the
    /// first each time but the last, and a batch has time for `most`.
    async fn insisted(first: (u16, Option<&str>), times: u32, most: u32) -> (Option<u16>, u32) {
        let asked = Cell::new(0);
        let ask = || async {
            asked.set(asked.get() + 1);
            match asked.get() > times {
                true => said(200, None),
                false => said(first.0, first.1),
            }
        };
        let sleep = |time| {
            assert!((PAUSE..=LONGEST_PAUSE).contains(&time));
            std::future::ready(())
        };
        let came = insist(ask, || asked.get() >= most, sleep).await;
        (came.map(|response| response.status().as_u16()), asked.get())
    }

    #[tokio::test]
    async fn what_is_only_wanted_later_is_asked_until_there_is_no_time() {
        for busy in [(503, Some("1")), (429, Some("3600"))] {
            assert_eq!(insisted(busy, 100, 1000).await, (Some(200), 101));
            assert_eq!(insisted(busy, 1000, 100).await, (None, 100));
        }
        let (tries, wrong) = (TRIES, (500, None));
        assert_eq!(insisted(wrong, tries - 1, 1000).await, (Some(200), tries));
        assert_eq!(insisted(wrong, tries, 1000).await, (Some(500), tries));
        // A model that cannot be loaded is unavailable, too.
        assert_eq!(insisted((503, None), tries, 1000).await, (Some(503), tries));
        assert_eq!(insisted((400, Some("1")), 9, 1000).await, (Some(400), 1));
    }
}
