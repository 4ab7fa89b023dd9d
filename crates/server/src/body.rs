//! Bodies of requests, and what is said about what they hold.

use std::time::Duration;

use api::{Error, Fields};
use axum::body::Body;
use axum::extract::{FromRequest, Request};
use axum::http::{Extensions, HeaderValue, StatusCode};
use axum::response::Response;
use tokio_stream::StreamExt as _;

use crate::error::ApiError;
use crate::paths::PathModel;

/// What a body may be.
#[derive(Clone, Copy)]
pub(crate) struct BodyLimit {
    pub(crate) bytes: usize,
    /// Time for it to arrive.
    pub(crate) time: Duration,
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

async fn read(body: Body, limit: usize) -> Result<Vec<u8>, ApiError> {
    let (mut bytes, mut dropped) = (Vec::new(), 0);
    let mut chunks = body.into_data_stream();
    while let Some(chunk) = chunks.next().await {
        let Ok(chunk) = chunk else {
            let message = "The body of your request could not be read.";
            return Err(ApiError::bad(Error::request(message)));
        };
        if dropped == 0 && bytes.len() + chunk.len() <= limit {
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
    Ok(bytes)
}

/// The fields of a JSON body.
pub(crate) struct Json(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, _: &S) -> Result<Self, ApiError> {
        let model = request.extensions().get::<PathModel>().cloned();
        let strict = Strict::of(request.extensions());
        let limit = request.extensions().get::<BodyLimit>().copied();
        let BodyLimit { bytes, time } = limit.ok_or_else(ApiError::internal)?;
        let arriving = read(request.into_body(), bytes);
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
