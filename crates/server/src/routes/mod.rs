//! A file per resource.

pub(crate) mod batches;
pub(crate) mod chat;
pub(crate) mod completions;
pub(crate) mod edits;
pub(crate) mod embeddings;
pub(crate) mod files;
pub(crate) mod models;
pub(crate) mod organization;
mod platform;
pub(crate) mod responses;
pub(crate) mod system;
mod tools;

use std::time::Instant;

use api::completions::Head;
use api::pages::{self, PageRequest};
use api::sampling::Sampling;
use axum::body::Body;
use axum::extract::{DefaultBodyLimit, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{Next, from_fn_with_state};
use axum::response::{IntoResponse, Response};
use axum::routing::{delete, get, patch, post, put};
use axum::{Extension, Router};
use engine::{FinishReason, Generation, Speculation};
use percent_encoding::percent_decode_str;
use serde_json::Value;
use store::Page;
use uuid::Uuid;

use crate::app::{App, now};
use crate::body::{BodyLimit, Strict, measured};
use crate::caller::{Caller, ORGANIZATION};
use crate::error::{ApiError, Failed};
use crate::guard::{Guard, guard};
use crate::record::Watch;
use crate::serve::Limits;
use crate::shelf::Loaded;
use crate::upload::{BESIDE, FileLimit};

pub(crate) fn router(app: App, guarded: Guard, limits: &Limits) -> Router {
    endpoints(limits)
        .layer(from_fn_with_state((app.clone(), guarded), guard))
        // Whoever watches the server needs no key.
        .route("/health", get(system::health))
        .route("/openapi.json", get(system::openapi))
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(app.clone(), told))
        .with_state(app)
}

/// For what the server itself asks, on behalf of callers whom it has let in:
/// requests come with their [`Caller`](crate::caller::Caller).
pub(crate) fn inner_router(app: App, limits: &Limits) -> Router {
    endpoints(limits)
        .layer(from_fn_with_state(app.clone(), told))
        .with_state(app)
}

fn endpoints(limits: &Limits) -> Router<App> {
    Router::new()
        .route("/v1/models", get(models::list))
        .route(
            "/v1/models/{*model}",
            get(models::retrieve).delete(models::delete),
        )
        .route("/v1/engines", get(models::engines))
        .route("/v1/engines/{*model}", get(models::engine))
        .route("/v1/completions", post(completions::create))
        .route("/v1/chat/completions", post(chat::create))
        .route("/v1/edits", post(edits::create))
        .route("/v1/embeddings", post(embeddings::create))
        .route(
            "/v1/files",
            get(files::list)
                .post(files::create)
                // The upload counts for itself.
                .layer(DefaultBodyLimit::max(limits.file.saturating_add(BESIDE))),
        )
        .route("/v1/files/{id}", get(files::retrieve).delete(files::delete))
        .route("/v1/files/{id}/content", get(files::content))
        .route("/v1/batches", get(batches::list).post(batches::create))
        .route("/v1/batches/{id}", get(batches::retrieve))
        .route("/v1/batches/{id}/cancel", post(batches::cancel))
        .route(
            "/v1/organization/usage/completions",
            get(organization::completions),
        )
        .route(
            "/v1/organization/usage/embeddings",
            get(organization::embeddings),
        )
        .route("/v1/organization/costs", get(organization::costs))
        .route("/v1/responses", post(responses::create))
        .route("/v1/responses/input_tokens", post(responses::input_tokens))
        .route(
            "/v1/responses/{id}",
            get(responses::retrieve).delete(responses::delete),
        )
        .route("/v1/responses/{id}/cancel", post(responses::cancel))
        .route(
            "/v1/responses/{id}/input_items",
            get(responses::input_items),
        )
        .route("/v1/tokenize", post(system::tokenize))
        .route("/metrics", get(system::metrics))
        .merge(platform())
        .fallback(unknown)
        .method_not_allowed_fallback(wrong_method)
        .layer(from_fn_with_state(BodyLimit::of(limits), measured))
        .layer(Extension(Strict(limits.strict)))
        .layer(Extension(FileLimit {
            bytes: limits.file,
            time: limits.arrival,
        }))
}

/// What OpenAI's API lacks and the pages need.
fn platform() -> Router<App> {
    use platform::{keys, logs, models, preferences, prompt, settings};
    Router::new()
        .route("/api/models", get(models::list))
        .route("/api/models/{model}", delete(models::remove))
        .route(
            "/api/models/{model}/pull",
            post(models::pull).delete(models::stop_pull),
        )
        .route("/api/models/{model}/load", post(models::load))
        .route("/api/models/{model}/unload", post(models::unload))
        .route("/api/inspect/prompt", post(prompt::inspect))
        .route("/api/keys", get(keys::list).post(keys::create))
        .route("/api/keys/{id}", patch(keys::limit).delete(keys::revoke))
        .route("/api/logs", get(logs::list).delete(logs::forget))
        .route("/api/logs/settings", put(logs::settings))
        .route("/api/logs/{id}", get(logs::retrieve))
        .route("/api/settings", get(settings::retrieve))
        .route(
            "/api/preferences",
            get(preferences::list).post(preferences::create),
        )
        .route("/api/preferences/export", get(preferences::export))
        .route("/api/preferences/{id}", delete(preferences::delete))
}

async fn unknown(method: Method, uri: Uri) -> ApiError {
    let message = format!("Invalid URL ({method} {})", uri.path());
    ApiError::new(StatusCode::NOT_FOUND, api::Error::request(message))
}

async fn wrong_method(method: Method, uri: Uri) -> ApiError {
    let message = format!(
        "Not allowed to {method} on {}. (HINT: Perhaps you meant to use a different HTTP method?)",
        uri.path()
    );
    ApiError::new(StatusCode::METHOD_NOT_ALLOWED, api::Error::request(message))
}

/// What every answer says about itself.
async fn told(State(app): State<App>, request: Request<Body>, next: Next) -> Response {
    let started = Instant::now();
    let id = format!("req_{}", Uuid::new_v4().simple());
    let watch = watched(&app, &id, &request);
    let mut request = watch.request(request);
    match request.extensions_mut().get_mut::<Caller>() {
        // The server itself asks.
        Some(caller) => {
            watch.caller(&caller.key_id);
            caller.watch = watch.clone();
        }
        None => {
            request.extensions_mut().insert(watch.clone());
        }
    }
    // Names in paths are texts; axum's own refusal would not be in OpenAI's shape.
    let mut response = match percent_decode_str(request.uri().path()).decode_utf8() {
        Ok(_) => next.run(request).await,
        Err(_) => ApiError::bad(api::Error::request("The path is not UTF-8.")).into_response(),
    };
    if let Some(Failed { error, private }) = response.extensions_mut().remove() {
        watch.failed(&error, private.as_deref());
        if let Some(private) = private.filter(|_| watch.is_none()) {
            app.report(&format!("{id}: {private}"));
        }
    }
    let took = started.elapsed().as_millis().to_string();
    for (name, value) in [
        ("x-request-id", id.as_str()),
        ("openai-processing-ms", took.as_str()),
        ("openai-version", "2020-10-01"),
        ("openai-organization", ORGANIZATION),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
    watch.response(response)
}

/// Whoever only looks whether the server is there, or at it, again and again, is not told of.
fn watched(app: &App, id: &str, request: &Request<Body>) -> Watch {
    let path = request.uri().path();
    let looks = request.method() == Method::GET && path.starts_with("/api/");
    match looks || path == "/health" {
        true => Watch::default(),
        false => Watch::of(app.observer(), id, request),
    }
}

pub(crate) fn json(value: &Value) -> Response {
    let headers = [(header::CONTENT_TYPE, "application/json")];
    (headers, value.to_string()).into_response()
}

/// What to ask for so that a [`page`] can tell whether there is more.
fn one_more(asked: &PageRequest) -> Page {
    Page {
        after: asked.after.clone(),
        limit: asked.limit + 1,
        ascending: asked.ascending,
    }
}

/// A page of a list, of the rows that [`one_more`] gave.
fn page<T>(asked: &PageRequest, mut rows: Vec<T>, answer: impl FnMut(T) -> Value) -> Value {
    let has_more = rows.len() as i64 > asked.limit;
    rows.truncate(asked.limit as usize);
    pages::list(rows.into_iter().map(answer).collect(), has_more)
}

/// A role as templates know it: they have one name for instructions, and one for results.
fn role(role: &str) -> &str {
    match role {
        "developer" => "system",
        "function" => "tool",
        role => role,
    }
}

/// What answers and chunks of a request have in common. The model is named as
/// it was asked for.
fn head(prefix: &str, model: &str, loaded: &Loaded) -> Head {
    Head {
        id: format!("{prefix}-{}", Uuid::new_v4().simple()),
        created: now(),
        model: model.to_owned(),
        fingerprint: loaded.fingerprint.clone(),
    }
}

/// How to answer, for the engine.
fn generation(s: &Sampling) -> Generation {
    Generation {
        sampling: engine::Sampling {
            temperature: s.temperature as f32,
            top_k: s.top_k,
            top_p: s.top_p as f32,
            min_p: s.min_p as f32,
            frequency_penalty: s.frequency_penalty as f32,
            presence_penalty: s.presence_penalty as f32,
            logit_bias: s
                .logit_bias
                .iter()
                .map(|&(id, bias)| (id, bias as f32))
                .collect(),
            // Any 64 bits will do.
            seed: s.seed.map(|seed| seed as u64),
        },
        n: s.n,
        stop: s.stop.clone(),
        speculation: Speculation::On,
        ..Generation::default()
    }
}

fn reason(finish: Option<FinishReason>) -> &'static str {
    match finish {
        Some(FinishReason::Length) => "length",
        Some(FinishReason::Stop | FinishReason::Cancelled) | None => "stop",
    }
}

/// A log-probability as JSON can hold it.
fn finite(logprob: f32) -> f32 {
    if logprob.is_finite() {
        logprob
    } else {
        -9999.0
    }
}
