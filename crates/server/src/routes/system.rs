//! Our own additions: `/v1/tokenize`, `/health`, `/metrics`, `/openapi.json`.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::Status;
use serde_json::json;
use tokio::time::timeout;

use super::json;
use crate::app::{App, Loaded};
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;

/// How a text falls into tokens: `{"model", "input"}` gives ids and pieces.
/// What looks like a special token is one, as in a prompt.
pub(crate) async fn tokenize(
    State(app): State<App>,
    Json(mut fields): Json,
) -> Result<Response, ApiError> {
    let model = fields.required_string("model")?;
    let input = fields.required_string("input")?;
    let loaded = app.model(&model).await?;
    let tokenizer = loaded.model.tokenizer();
    let ids = loaded.model.encode(&input);
    let pieces: Vec<_> = ids
        .iter()
        .map(|&id| {
            let bytes = tokenizer.piece_bytes(id).unwrap_or_default();
            json!({"id": id, "text": String::from_utf8_lossy(bytes), "bytes": bytes})
        })
        .collect();
    let answer = json!({"object": "tokenization", "model": model, "count": ids.len(),
                        "tokens": pieces});
    let mut response = json(&answer);
    tell_ignored(&mut response, &fields.rest());
    Ok(response)
}

/// Whether it makes sense to ask this server: without its database it lets nobody in.
pub(crate) async fn health(State(app): State<App>) -> Result<Response, ApiError> {
    let checked = timeout(PATIENCE, app.database().check()).await;
    checked.map_err(|_| {
        let message = "The server cannot keep anything right now: the database does not answer.";
        ApiError::unavailable(message, None).with_private("the database does not answer".to_owned())
    })??;
    Ok(json(&json!({"status": "ok"})))
}

/// Time for a database to answer.
const PATIENCE: Duration = Duration::from_secs(3);

/// What this server answers to, as programs read it. Tests hold it against the routes and
/// against what requests may hold.
pub(crate) async fn openapi() -> Response {
    const DOCUMENT: &str = include_str!("../openapi.json");
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, DOCUMENT).into_response()
}

/// Name, kind, explanation and value.
type Metric = (&'static str, &'static str, &'static str, fn(&Status) -> u64);

const METRICS: [Metric; 6] = [
    (
        "sequences_running",
        "gauge",
        "Sequences being computed.",
        |s| s.running as u64,
    ),
    (
        "sequences_waiting",
        "gauge",
        "Sequences in the queue.",
        |s| s.waiting as u64,
    ),
    (
        "cache_pages",
        "gauge",
        "Pages of the key-value cache.",
        |s| s.pages as u64,
    ),
    (
        "cache_pages_free",
        "gauge",
        "Pages that no sequence holds.",
        |s| s.free_pages as u64,
    ),
    (
        "tokens_computed_total",
        "counter",
        "Tokens computed.",
        |s| s.computed_tokens,
    ),
    (
        "tokens_reused_total",
        "counter",
        "Tokens whose prefix was known.",
        |s| s.reused_tokens,
    ),
];

/// In the text format of Prometheus.
pub(crate) async fn metrics(State(app): State<App>) -> Response {
    let status = |(model, loaded): (String, Arc<Loaded>)| {
        let model = model.replace('\\', "\\\\").replace('"', "\\\"");
        (model, loaded.model.engine().status())
    };
    let models: Vec<_> = app.loaded().into_iter().map(status).collect();
    let mut text = String::new();
    for (name, kind, help, value) in METRICS {
        text += &format!("# HELP lyceum_{name} {help}\n# TYPE lyceum_{name} {kind}\n");
        for (model, status) in &models {
            let value = value(status);
            text += &format!("lyceum_{name}{{model=\"{model}\"}} {value}\n");
        }
    }
    let headers = [(header::CONTENT_TYPE, "text/plain; version=0.0.4")];
    (headers, text).into_response()
}
