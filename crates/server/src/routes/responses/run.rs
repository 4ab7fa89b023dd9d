//! A response being made: told to whoever listens, and kept before its end is told.

use std::ops::ControlFlow;
use std::time::Duration;

use api::responses::{Item, Outcome, Writer};
use engine::FinishReason;
use serde_json::{Value, json};
use store::{DatabaseError, ResponseItem, ResponseState, StoredResponse};
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

use super::context::{Conversation, of_input};
use crate::app::{App, now};
use crate::ask::{Answers, Note};
use crate::error::ApiError;
use crate::routes::chat::tokens;
use crate::routes::tools;
use crate::sse::Events;

/// Seconds for which a response is kept.
pub(crate) const KEPT_S: i64 = 30 * 24 * 3600;

/// A response in the background whose server is not heard of for so long has failed.
const LEASE_S: i64 = 15;

/// How often a server says that it still answers, and sees whether it should.
const BEAT: Duration = Duration::from_secs(1);

/// Time in which a server that still answers is heard of for sure, whatever its clock says.
pub(super) const SILENCE: Duration = Duration::from_secs(3);

/// Time for a client to take an event of a response that does not wait for it.
const PATIENCE: Duration = Duration::from_secs(5);

/// Where a response is kept.
pub(super) struct Record {
    id: String,
    previous_id: Option<String>,
    depth: i64,
    input: Vec<ResponseItem>,
}

fn kept(item: &Value, output: bool) -> ResponseItem {
    ResponseItem {
        id: item["id"].as_str().unwrap_or_default().to_owned(),
        output,
        body: item.to_string(),
    }
}

/// A response as it is kept, without its output.
pub(super) fn state(response: &Value, deltas: String, lease_until: Option<i64>) -> ResponseState {
    let mut body = response.clone();
    body["output"] = json!([]);
    ResponseState {
        status: body["status"].as_str().unwrap_or_default().to_owned(),
        lease_until,
        body: body.to_string(),
        deltas,
    }
}

fn lease() -> i64 {
    now() as i64 + LEASE_S
}

impl Record {
    pub(super) fn new(response: &Value, conversation: Conversation) -> Self {
        let item = |item: Item| kept(&item.value, false);
        Self {
            id: response["id"].as_str().unwrap_or_default().to_owned(),
            previous_id: conversation.previous_id,
            depth: conversation.depth,
            input: conversation.own.into_iter().map(item).collect(),
        }
    }

    fn stored(&self, state: ResponseState) -> StoredResponse {
        StoredResponse {
            id: self.id.clone(),
            previous_id: self.previous_id.clone(),
            depth: self.depth,
            expires_at: Some(now() as i64 + KEPT_S),
            state,
        }
    }

    /// Keeps a response that others will ask for before it is made.
    pub(super) async fn begin(&self, app: &App, response: &Value) -> Result<(), ApiError> {
        let new = self.stored(state(response, "[]".to_owned(), Some(lease())));
        Ok(app.database().add_response(&new, &self.input).await?)
    }
}

pub(super) struct Run {
    pub(super) app: App,
    pub(super) answers: Answers,
    pub(super) writer: Writer,
    pub(super) logprobs: bool,
    /// Where it is stored.
    pub(super) record: Option<Record>,
    /// It goes on when nobody listens.
    pub(super) background: bool,
    pub(super) listener: Option<Events>,
}

/// Whoever wanted the response is gone, or has called it off.
struct Gone;

impl Run {
    /// Makes it for someone who waits for the whole.
    pub(super) async fn whole(mut self, first: Option<Note>) -> Result<Value, ApiError> {
        self.writer.begin();
        let outcome = match self.make(first).await {
            Ok(outcome) => outcome?,
            // Nobody listens here who could go.
            Err(Gone) => return Err(ApiError::internal()),
        };
        self.writer.end(&outcome, self.answers.usage(), now());
        self.keep().await?;
        Ok(self.writer.response().clone())
    }

    /// Makes it, telling each step.
    pub(super) async fn told(mut self, first: Option<Note>) {
        let begun = self.writer.begin();
        if self.tell(&begun).await.is_break() {
            return;
        }
        let Ok(outcome) = self.make(first).await else {
            return;
        };
        let outcome = outcome.unwrap_or_else(|e| Outcome::Failed(of_input(e).told(&self.app)));
        let before = self.writer.clone();
        let mut ended = self.writer.end(&outcome, self.answers.usage(), now());
        match self.keep().await {
            Ok(true) => {}
            // Someone else has ended it.
            Ok(false) => ended.clear(),
            Err(e) => {
                self.writer = before;
                let failed = Outcome::Failed(e.told(&self.app));
                ended = self.writer.end(&failed, self.answers.usage(), now());
            }
        }
        if self.tell(&ended).await.is_continue()
            && let Some(listener) = self.listener
        {
            listener.done().await;
        }
    }

    async fn make(&mut self, first: Option<Note>) -> Result<Result<Outcome, ApiError>, Gone> {
        let mut beat = interval(BEAT);
        beat.set_missed_tick_behavior(MissedTickBehavior::Skip);
        let mut outcome = Outcome::Completed;
        let (mut queued, mut note) = (first.is_none(), first);
        loop {
            if let Some(Note::Delta { delta, .. }) = note {
                if delta.finish == Some(FinishReason::Length) {
                    outcome = Outcome::Cut;
                }
                let told = match self.logprobs {
                    true => tokens(&delta.tokens),
                    false => Vec::new(),
                };
                let mut events = self.writer.push(&delta.text, &told);
                for more in delta.calls {
                    if let Some(name) = more.name {
                        events.extend(self.writer.call(tools::id(), name));
                    }
                    events.extend(self.writer.arguments(&more.arguments));
                }
                if self.tell(&events).await.is_break() {
                    return Err(Gone);
                }
            }
            let next = loop {
                tokio::select! {
                    next = self.answers.next() => break next,
                    () = closed(self.listener.as_ref()), if !self.background => return Err(Gone),
                    _ = beat.tick(), if self.background => self.beat().await?,
                }
            };
            note = match next {
                Ok(Some(note)) => Some(note),
                Ok(None) => break,
                Err(e) => return Ok(Err(e)),
            };
            if std::mem::take(&mut queued) {
                self.start().await?;
            }
        }
        Ok(self.answers.settle().await.map(|()| outcome))
    }

    /// Tells events to whoever listens; breaks if that was who it was made for.
    async fn tell(&mut self, events: &[Value]) -> ControlFlow<()> {
        for event in events {
            let Some(listener) = &self.listener else {
                break;
            };
            let heard = match self.background {
                true => timeout(PATIENCE, listener.named(event))
                    .await
                    .unwrap_or(false),
                false => listener.named(event).await,
            };
            if !heard {
                self.listener = None;
                if !self.background {
                    return ControlFlow::Break(());
                }
            }
        }
        ControlFlow::Continue(())
    }

    /// Says that it is still answered, and hears whether it should be.
    async fn beat(&self) -> Result<(), Gone> {
        let Some(record) = &self.record else {
            return Ok(());
        };
        match self
            .app
            .database()
            .renew_response(&record.id, lease())
            .await
        {
            Ok(false) => Err(Gone),
            // A database that is away for a moment is asked again.
            Ok(true) | Err(_) => Ok(()),
        }
    }

    /// What was queued has begun.
    async fn start(&self) -> Result<(), Gone> {
        let Some(record) = &self.record else {
            return Ok(());
        };
        let begun = state(self.writer.response(), "[]".to_owned(), Some(lease()));
        let changed = self
            .app
            .database()
            .change_response(&record.id, &begun, &[], None);
        match changed.await {
            Ok(false) => Err(Gone),
            Ok(true) | Err(_) => Ok(()),
        }
    }

    /// Keeps it at its end; false if it was ended by someone else.
    async fn keep(&self) -> Result<bool, ApiError> {
        let Some(record) = &self.record else {
            return Ok(true);
        };
        let response = self.writer.response();
        let ended = state(response, self.writer.deltas(), None);
        let output = response["output"].as_array().map_or(&[][..], Vec::as_slice);
        let output: Vec<_> = output.iter().map(|item| kept(item, true)).collect();
        let database = self.app.database();
        if !self.background {
            let items: Vec<_> = record.input.iter().cloned().chain(output).collect();
            database.add_response(&record.stored(ended), &items).await?;
            return Ok(true);
        }
        // Nobody would ask for it again: it is tried while the lease holds.
        let mut tries = 1..LEASE_S;
        loop {
            let kept = database
                .change_response(&record.id, &ended, &output, None)
                .await;
            match kept {
                Err(_) if tries.next().is_some() => sleep(BEAT).await,
                kept => return kept.map_err(|e: DatabaseError| e.into()),
            }
        }
    }
}

async fn closed(listener: Option<&Events>) {
    match listener {
        Some(listener) => listener.closed().await,
        None => std::future::pending().await,
    }
}
