//! Bodies of requests, and what is said about what they hold.

use std::time::Duration;

use api::{Error, Fields};
use axum::body::{Body, Bytes};
use axum::extract::{FromRequest, Request};
use axum::http::{HeaderValue, StatusCode};
use axum::response::Response;

use crate::error::ApiError;
use crate::paths::PathModel;

/// Time for a body to arrive.
const ARRIVAL: Duration = Duration::from_secs(60);

/// The fields of a JSON body.
pub(crate) struct Json(pub(crate) Fields);

impl<S: Send + Sync> FromRequest<S> for Json {
    type Rejection = ApiError;

    async fn from_request(request: Request<Body>, state: &S) -> Result<Self, ApiError> {
        let model = request.extensions().get::<PathModel>().cloned();
        let arriving = Bytes::from_request(request, state);
        let body = tokio::time::timeout(ARRIVAL, arriving).await.map_err(|_| {
            let message = format!("The body did not arrive within {} s.", ARRIVAL.as_secs());
            ApiError::new(StatusCode::REQUEST_TIMEOUT, Error::request(message))
        })?;
        let body = body.map_err(|rejection| {
            let status = rejection.status();
            let message = match status {
                StatusCode::PAYLOAD_TOO_LARGE => "The body of your request is too large.",
                _ => "The body of your request could not be read.",
            };
            ApiError::new(status, Error::request(message))
        })?;
        let mut fields = Fields::parse(&body)?;
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
