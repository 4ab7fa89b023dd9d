//! What browsers are told about pages that another server serves. Which pages may ask at
//! all, `guard` decides; here they learn that they may, and what they may read.
//!
//! <https://fetch.spec.whatwg.org/#http-cors-protocol>

use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};

/// What our routes know.
const METHODS: &str = "GET, POST, DELETE";

/// Headers that clients send beside those that need no leave.
const SENT: [&str; 8] = [
    "accept",
    "api-key",
    "authorization",
    "content-type",
    "idempotency-key",
    "user-agent",
    "x-api-key",
    "x-client-request-id",
];

/// The same by how their names begin: the SDKs' own.
const SENT_WITH: [&str; 2] = ["openai-", "x-stainless-"];

/// Headers of answers that a page may read.
const READ: &str = "x-request-id, openai-processing-ms, openai-version, openai-organization, \
                    x-ratelimit-limit-requests, x-ratelimit-limit-tokens, \
                    x-ratelimit-remaining-requests, x-ratelimit-remaining-tokens, \
                    x-ratelimit-reset-requests, x-ratelimit-reset-tokens, retry-after, \
                    x-should-retry, x-lyceum-ignored";

/// Seconds for which a browser need not ask again.
const REMEMBERED: &str = "600";

/// Whether a browser asks if a page may ask.
pub(crate) fn is_preflight(method: &Method, headers: &HeaderMap) -> bool {
    method == Method::OPTIONS
        && headers.contains_key(header::ORIGIN)
        && headers.contains_key(header::ACCESS_CONTROL_REQUEST_METHOD)
}

/// The answer to a preflight of a page that may ask.
pub(crate) fn preflight(asked: &HeaderMap) -> Response {
    let mut response = StatusCode::NO_CONTENT.into_response();
    let mut tell = |name: HeaderName, value: &str| {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    };
    tell(header::ACCESS_CONTROL_ALLOW_METHODS, METHODS);
    tell(header::ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    let wanted = asked.get(header::ACCESS_CONTROL_REQUEST_HEADERS);
    let wanted = wanted
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let allowed: Vec<_> = wanted
        .split(',')
        .map(str::trim)
        .filter(|name| may(name))
        .collect();
    if !allowed.is_empty() {
        tell(header::ACCESS_CONTROL_ALLOW_HEADERS, &allowed.join(", "));
    }
    // Chrome asks this of pages from the internet about servers on one's own machine.
    let private = "access-control-request-private-network";
    if asked.get(private).is_some_and(|value| value == "true") {
        let name = HeaderName::from_static("access-control-allow-private-network");
        tell(name, "true");
    }
    response
}

fn may(name: &str) -> bool {
    let name = name.to_ascii_lowercase();
    SENT.contains(&name.as_str()) || SENT_WITH.iter().any(|start| name.starts_with(start))
}

/// Lets a page of `origin` read the answer.
pub(crate) fn open(response: &mut Response, origin: HeaderValue) {
    let headers = response.headers_mut();
    headers.insert(header::ACCESS_CONTROL_ALLOW_ORIGIN, origin);
    let read = HeaderValue::from_static(READ);
    headers.insert(header::ACCESS_CONTROL_EXPOSE_HEADERS, read);
    // Another page's answer has another name in it.
    headers.append(header::VARY, HeaderValue::from_static("origin"));
}
