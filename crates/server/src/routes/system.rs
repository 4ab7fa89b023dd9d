//! Our own additions: `/v1/tokenize`, `/health`, `/metrics`, `/openapi.json`.

use std::time::Duration;

use api::Error;
use api::error::Code;
use axum::extract::State;
use axum::http::header;
use axum::response::{IntoResponse, Response};
use engine::Status;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::json;
use crate::app::App;
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;
use crate::shelf::Model;

/// How a text falls into tokens: `{"model", "input"}` gives ids and pieces.
/// What looks like a special token is one, as in a prompt. `context` is how many the model holds.
pub(crate) async fn tokenize(
    State(app): State<App>,
    Json(mut fields): Json,
) -> Result<Response, ApiError> {
    let model = fields.required_string("model")?;
    let input = fields.required_string("input")?;
    let ignored = fields.rest()?;
    if input.len() > TEXT {
        let message = format!(
            "Invalid 'input': string too long. Expected at most {TEXT} bytes, but got {} instead.",
            input.len()
        );
        return Err(Error::field("input", Code::StringAboveMaxLength, message).into());
    }
    let loaded = app.any_model(&model).await?;
    let answer = spawn_blocking(move || tokenization(&model, &loaded, &input)).await;
    let answer = answer.map_err(|_| ApiError::internal())?;
    let mut response = json(&answer);
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// Bytes of a text to be shown in tokens, each of which may become an object.
pub(super) const TEXT: usize = 256 << 10;

fn tokenization(model: &str, loaded: &Model, input: &str) -> Value {
    let (tokenizer, ids, context) = match loaded {
        Model::Text(loaded) => {
            let model = &loaded.model;
            (model.tokenizer(), model.encode(input), model.context())
        }
        Model::Embedder(loaded) => {
            let model = &loaded.model;
            (model.tokenizer(), model.encode(input), model.context())
        }
    };
    let piece = |&id: &u32| {
        let bytes = tokenizer.piece_bytes(id).unwrap_or_default();
        json!({"id": id, "text": String::from_utf8_lossy(bytes), "bytes": bytes})
    };
    let pieces: Vec<_> = ids.iter().map(piece).collect();
    json!({"object": "tokenization", "model": model, "count": ids.len(), "context": context,
           "tokens": pieces})
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
    let mut models = Vec::new();
    let mut text = "# HELP lyceum_texts_waiting Texts that wait for their embedding.\n\
                    # TYPE lyceum_texts_waiting gauge\n"
        .to_owned();
    for (model, loaded) in app.models().loaded() {
        let model = model.replace('\\', "\\\\").replace('"', "\\\"");
        match loaded {
            Model::Text(loaded) => models.push((model, loaded.model.engine().status())),
            Model::Embedder(loaded) => {
                let waiting = loaded.model.waiting();
                text += &format!("lyceum_texts_waiting{{model=\"{model}\"}} {waiting}\n");
            }
        }
    }
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
