//! `/api/logs`: the last requests, as the server remembers them until it ends.

use std::time::UNIX_EPOCH;

use api::error::Code;
use api::fields::{missing, wrong_type};
use api::pages::is_id;
use api::{Error, Fields};
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};

use crate::app::App;
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;
use crate::query::Query;
use crate::record::Record;
use crate::routes::json;

/// What ids of requests begin with.
const REQUEST: &str = "req_";

/// Requests of one page.
const PAGE: u32 = 50;
const LONGEST: u32 = 500;

/// Which answers are wanted.
#[derive(Clone, Copy, PartialEq)]
enum Status {
    Any,
    Good,
    Bad,
    Just(u16),
}

impl Status {
    fn read(fields: &mut Fields) -> Result<Self, Error> {
        match fields.value("status") {
            None => Ok(Self::Any),
            Some(Value::String(word)) if word == "ok" => Ok(Self::Good),
            Some(Value::String(word)) if word == "error" => Ok(Self::Bad),
            Some(Value::Number(status)) => match status.as_u64() {
                Some(status @ 0..=999) => Ok(Self::Just(status as u16)),
                _ => Err(Error::field(
                    "status",
                    Code::InvalidValue,
                    "Invalid 'status': an HTTP status has three digits.",
                )),
            },
            Some(other) => Err(wrong_type("status", "'ok', 'error' or an integer", &other)),
        }
    }

    fn is(self, status: u16) -> bool {
        match self {
            Self::Any => true,
            Self::Good => (200..400).contains(&status),
            Self::Bad => !(200..400).contains(&status),
            Self::Just(wanted) => status == wanted,
        }
    }
}

pub(crate) async fn list(
    State(app): State<App>,
    Query(mut fields): Query,
) -> Result<Response, ApiError> {
    let limit = fields.count("limit", 1..=LONGEST)?.unwrap_or(PAGE as usize);
    let after = fields.string("after")?;
    let model = fields.string("model")?;
    let path = fields.string("path")?;
    let status = Status::read(&mut fields)?;
    let ignored = fields.rest()?;
    let wanted = |record: &Record| {
        let of_model = model.is_none() || record.model == model;
        let below = path
            .as_ref()
            .is_none_or(|path| record.path.starts_with(path));
        of_model && below && status.is(record.status)
    };
    let journal = app.journal();
    let mut found = journal.list(after.as_deref(), limit + 1, wanted);
    let has_more = found.len() > limit;
    found.truncate(limit);
    let data: Vec<_> = found.iter().map(|record| told(record)).collect();
    let mut response = json(&json!({
        "object": "list",
        "keeps_bodies": journal.keeps_bodies(),
        "data": data,
        "has_more": has_more,
    }));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

pub(crate) async fn retrieve(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let found = is_id(&id, REQUEST).then(|| app.journal().get(&id));
    let record = found.flatten();
    let record = record.ok_or_else(|| ApiError::nothing("request in the log", &id))?;
    let mut answer = told(&record);
    answer["request"] = json!(record.request_text);
    answer["response"] = json!(record.answer_text);
    Ok(json(&answer))
}

/// Forgets all.
pub(crate) async fn forget(State(app): State<App>) -> Response {
    app.journal().forget();
    json(&json!({"object": "list", "deleted": true}))
}

/// Whether what is said to models and by them is kept, from now on.
pub(crate) async fn settings(
    State(app): State<App>,
    Json(mut fields): Json,
) -> Result<Response, ApiError> {
    let keep = fields.bool("keeps_bodies")?;
    let keep = keep.ok_or_else(|| missing("keeps_bodies"))?;
    let ignored = fields.rest()?;
    app.journal().keep_bodies(keep);
    let mut response = json(&json!({"keeps_bodies": keep}));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

fn told(record: &Record) -> Value {
    let since = record.began.duration_since(UNIX_EPOCH).unwrap_or_default();
    let key = Some(&record.key_id).filter(|id| !id.is_empty());
    let usage = record.usage.as_ref();
    let first = record.first.as_millis() as u64;
    let first = record.streamed.then_some(first);
    let error = record.error.as_ref();
    let error = error.map(|(kind, code)| json!({"type": kind, "code": code}));
    json!({
        "id": record.id,
        "object": "request",
        "time": since.as_millis() as f64 / 1000.0,
        "path": record.path,
        "method": record.method,
        "model": record.model,
        "key": key,
        "status": record.status,
        "stream": record.streamed,
        "whole": record.whole,
        "ms": record.took.as_millis() as u64,
        "first_token_ms": first,
        "input_tokens": usage.map(|usage| usage.prompt_tokens),
        "output_tokens": usage.map(|usage| usage.completion_tokens),
        "error": error,
    })
}
