//! Bodies of requests, and what is said about what they hold.

use std::sync::{Arc, Mutex};
use std::time::Duration;

use api::{Error, Fields};
use axum::body::Body;
use axum::extract::{FromRequest, Request, State};
use axum::http::{Extensions, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use serde_json::Value;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio_stream::StreamExt as _;

use crate::app::lock;
use crate::error::ApiError;
use crate::paths::PathModel;
use crate::serve::Limits;

/// What a body may be, and all that are being read together.
#[derive(Clone)]
pub(crate) struct BodyLimit {
    bytes: usize,
    /// Time for it to arrive.
    time: Duration,
    /// In blocks.
    room: Arc<Semaphore>,
    all: usize,
}

impl BodyLimit {
    pub(crate) fn of(limits: &Limits) -> Self {
        let all = limits.bodies.div_ceil(BLOCK).min(Semaphore::MAX_PERMITS);
        Self {
            bytes: limits.body,
            time: limits.arrival,
            room: Arc::new(Semaphore::new(all)),
            all,
        }
    }
}

/// Bytes that are counted as one.
const BLOCK: usize = 1 << 10;

/// The room that a request's body takes until its answer begins. Clones are the same.
#[derive(Clone)]
struct Taken {
    limit: BodyLimit,
    blocks: Arc<Mutex<Option<OwnedSemaphorePermit>>>,
}

impl Taken {
    /// Takes room for so many bytes in all.
    fn take(&self, bytes: usize) -> Result<(), ApiError> {
        let mut held = lock(&self.blocks);
        let wanted = bytes.div_ceil(BLOCK);
        let more =
            wanted.saturating_sub(held.as_ref().map_or(0, OwnedSemaphorePermit::num_permits));
        if wanted > self.limit.all {
            let message = format!(
                "The body of your request holds too much: it takes about {bytes} bytes to read, \
                 and there are {}.",
                self.limit.all * BLOCK
            );
            let error = Error::request(message);
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, error));
        }
        // It is no more than all there are, whose number fits.
        let more = u32::try_from(more).unwrap_or(u32::MAX);
        let room = Arc::clone(&self.limit.room).try_acquire_many_owned(more);
        let room = room.map_err(|_| ApiError::overloaded(1))?;
        match &mut *held {
            Some(held) => held.merge(room),
            None => *held = Some(room),
        }
        Ok(())
    }
}

/// Gives a request's room back when its answer begins: what was read is with a model then.
pub(crate) async fn measured(
    State(limit): State<BodyLimit>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    let blocks = Arc::default();
    let taken = Taken { limit, blocks };
    request.extensions_mut().insert(taken.clone());
    let response = next.run(request).await;
    *lock(&taken.blocks) = None;
    response
}

/// About what a body takes when it is parsed: a value for each thing in it.
fn parsed(body: &[u8]) -> usize {
    let parts = body.iter().filter(|byte| b",:[{".contains(byte)).count();
    body.len() + parts * size_of::<Value>()
}

/// Whether fields that OpenAI does not know are refused; else they are named.
#[derive(Clone, Copy, Default)]
pub(crate) struct Strict(pub(crate) bool);

impl Strict {
    pub(crate) fn of(extensions: &Extensions) -> bool {
        extensions.get::<Self>().is_some_and(|strict| strict.0)
    }
}

/// Of a body that is too large so much more is read and dropped: who still sends
/// hears why only then.
pub(crate) const DROPPED: usize = 4 << 20;

async fn read(body: Body, taken: &Taken) -> Result<Vec<u8>, ApiError> {
    let limit = taken.limit.bytes;
    let (mut bytes, mut dropped) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            let message = "The body of your request could not be read.";
            return Err(ApiError::bad(Error::request(message)));
        };
        if dropped == 0 && bytes.len() + chunk.len() <= limit {
            taken.take(bytes.len() + chunk.len())?;
            bytes.extend_from_slice(&chunk);
            continue;
        }
        dropped += chunk.len();
        if dropped > DROPPED {
            break;
        }
    }
    if dropped > 0 {
        let message = format!("The body of your request is too large: at most {limit} bytes.");
        return Err(ApiError::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            Error::request(message),
        ));
    }
    taken.take(parsed(&bytes))?;
    Ok(bytes)
}

/// The fields of a JSON body.
pub(crate) struct Json(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, ApiError> {
        let model = request.extensions().get::<PathModel>().cloned();
        let strict = Strict::of(request.extensions());
        let taken = request.extensions().get::<Taken>().cloned();
        let taken = taken.ok_or_else(ApiError::internal)?;
        let time = taken.limit.time;
        let arriving = read(request.into_body(), &taken);
        let body = tokio::time::timeout(time, arriving).await.map_err(|_| {
            let message = format!("The body did not arrive within {} s.", time.as_secs());
            ApiError::new(StatusCode::REQUEST_TIMEOUT, Error::request(message))
        })??;
        let mut fields = Fields::parse(&body)?.strict(strict);
        if let Some(PathModel(model)) = model {
            fields.set("model", model);
        }
        Ok(Self(fields))
    }
}

/// Names the fields that had no effect.
pub(crate) fn tell_ignored(response: &mut Response, ignored: &[String]) {
    if ignored.is_empty() {
        return;
    }
    // A name may hold anything; what a header can't is left out.
    let list: String = ignored
        .join(",")
        .chars()
        .filter(char::is_ascii_graphic)
        .take(500)
        .collect();
    if let Ok(value) = HeaderValue::from_str(&list) {
        response.headers_mut().insert("x-lyceum-ignored", value);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn taken(limit: &BodyLimit) -> Taken {
        Taken {
            limit: limit.clone(),
            blocks: Arc::default(),
        }
    }

    #[test]
    fn all_bodies_together_have_a_limit() {
        let limit = BodyLimit::of(&Limits {
            bodies: 10 * BLOCK,
            ..Limits::default()
        });
        let (a, b) = (taken(&limit), taken(&limit));
        a.take(3 * BLOCK).unwrap();
        a.take(6 * BLOCK).unwrap();
        assert_eq!(b.take(5 * BLOCK).unwrap_err().status, 503, "6 are taken");
        b.take(4 * BLOCK).unwrap();
        assert_eq!(a.take(7 * BLOCK).unwrap_err().status, 503);
        assert_eq!(a.take(11 * BLOCK).unwrap_err().status, 413, "of its own");
        drop(b);
        a.take(10 * BLOCK).unwrap();
    }

    #[test]
    fn small_values_take_more_than_their_text() {
        let ids = format!("[{}0]", "0,".repeat(1000));
        assert!(parsed(ids.as_bytes()) > 1000 * size_of::<Value>());
        let text = format!("\"{}\"", "a".repeat(1000));
        assert_eq!(parsed(text.as_bytes()), text.len());
    }
}
