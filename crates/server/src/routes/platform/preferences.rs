//! `/api/preferences`: which of several answers somebody liked best, kept for training.

use api::error::Code;
use api::fields::{at_most, in_range, missing, not_empty, wrong_type};
use api::pages::{PageRequest, is_id};
use api::{Error, Fields};
use axum::body::{Body, Bytes};
use axum::extract::{Path, State};
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Map, Value, json};
use store::{Database, DatabaseError, PREFERENCE, Page, Preference};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;

use crate::app::{App, now};
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;
use crate::query::Query;
use crate::routes::{json, one_more, page};

/// Answers that can be seen beside each other.
const CANDIDATES: usize = 16;

/// Messages of a conversation.
const MESSAGES: usize = 2048;

/// Preferences of one page.
const PAGE: i64 = 20;
const LONGEST: i64 = 100;

pub(crate) async fn create(
    State(app): State<App>,
    Json(mut fields): Json,
) -> Result<Response, ApiError> {
    let said = read(&mut fields)?;
    let ignored = fields.rest()?;
    let kept = Preference {
        id: Preference::new_id(),
        created_at: now() as i64,
        body: said.to_string(),
    };
    app.database().add_preference(&kept).await?;
    let mut response = json(&told(&kept));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<App>,
    Query(mut fields): Query,
) -> Result<Response, ApiError> {
    let asked = PageRequest::parse(&mut fields, PREFERENCE, PAGE, LONGEST)?;
    let ignored = fields.rest()?;
    let found = app.database().preferences(&one_more(&asked)).await?;
    let mut response = json(&page(&asked, found, |kept| told(&kept)));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// A line for each answer that another one was preferred to, the oldest first.
pub(crate) async fn export(State(app): State<App>) -> Result<Response, ApiError> {
    let (lines, waiting) = mpsc::channel(2);
    let database = app.database().clone();
    // The first page tells whether there will be any.
    let first = next(&database, None).await?;
    tokio::spawn(export_all(database, first, lines));
    let headers = [
        (header::CONTENT_TYPE, "application/jsonl"),
        (
            header::CONTENT_DISPOSITION,
            "attachment; filename=\"preferences.jsonl\"",
        ),
    ];
    let body = Body::from_stream(ReceiverStream::new(waiting));
    Ok((headers, body).into_response())
}

async fn next(database: &Database, after: Option<String>) -> Result<Vec<Preference>, ApiError> {
    let page = Page {
        after,
        limit: LONGEST,
        ascending: true,
    };
    Ok(database.preferences(&page).await?)
}

async fn export_all(
    database: Database,
    mut rows: Vec<Preference>,
    lines: mpsc::Sender<Result<Bytes, DatabaseError>>,
) {
    while let Some(last) = rows.last().map(|row| row.id.clone()) {
        let text: String = rows.iter().flat_map(pairs).collect();
        if lines.send(Ok(text.into())).await.is_err() {
            return;
        }
        let page = Page {
            after: Some(last),
            limit: LONGEST,
            ascending: true,
        };
        rows = match database.preferences(&page).await {
            Ok(rows) => rows,
            Err(e) => {
                // The body breaks off, so that nobody takes it for whole.
                let _ = lines.send(Err(e)).await;
                return;
            }
        };
    }
}

/// The lines of a preference; none where nothing was preferred.
fn pairs(kept: &Preference) -> Vec<String> {
    let said = body(kept);
    let texts: Vec<_> = said["candidates"]
        .as_array()
        .into_iter()
        .flatten()
        .collect();
    let chosen = said["choice"]
        .as_u64()
        .and_then(|n| usize::try_from(n).ok());
    let Some(chosen) = chosen.filter(|&n| n < texts.len()) else {
        return Vec::new();
    };
    let (name, context) = match &said["messages"] {
        Value::Null => ("prompt", &said["prompt"]),
        messages => ("messages", messages),
    };
    let rejected = texts.iter().enumerate().filter(|(n, _)| *n != chosen);
    let line = |(_, rejected): (usize, &&Value)| {
        let line = json!({name: context, "chosen": texts[chosen]["text"],
            "rejected": rejected["text"]});
        format!("{line}\n")
    };
    rejected.map(line).collect()
}

pub(crate) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    if !is_id(&id, PREFERENCE) || !app.database().delete_preference(&id).await? {
        return Err(ApiError::nothing("preference", &id));
    }
    Ok(json(
        &json!({"id": id, "object": "preference", "deleted": true}),
    ))
}

fn body(kept: &Preference) -> Value {
    serde_json::from_str(&kept.body).unwrap_or_default()
}

fn told(kept: &Preference) -> Value {
    let mut answer = json!({"id": kept.id, "object": "preference", "created_at": kept.created_at});
    if let (Value::Object(answer), Value::Object(said)) = (&mut answer, body(kept)) {
        answer.extend(said);
    }
    answer
}

/// What is kept of it.
fn read(fields: &mut Fields) -> Result<Value, Error> {
    let prompt = fields.string("prompt")?;
    let messages = messages(fields)?;
    match (&prompt, &messages) {
        (None, None) => return Err(missing("prompt")),
        (Some(_), Some(_)) => {
            let message = "Invalid 'messages': there is a prompt beside them.";
            return Err(Error::field("messages", Code::InvalidValue, message));
        }
        _ => {}
    }
    let candidates = candidates(fields)?;
    let choice = choice(fields, candidates.len())?;
    let blind = fields.bool("blind")?.unwrap_or(false);
    Ok(
        json!({"prompt": prompt, "messages": messages, "candidates": candidates,
        "choice": choice, "blind": blind}),
    )
}

fn messages(fields: &mut Fields) -> Result<Option<Vec<Value>>, Error> {
    let messages = match fields.value("messages") {
        None => return Ok(None),
        Some(Value::Array(messages)) => messages,
        Some(other) => return Err(wrong_type("messages", "an array of objects", &other)),
    };
    not_empty("messages", messages.len())?;
    at_most("messages", messages.len(), MESSAGES)?;
    for (n, message) in messages.iter().enumerate() {
        let role = format!("messages[{n}].role");
        match message.get("role") {
            Some(Value::String(_)) => {}
            None | Some(Value::Null) => return Err(missing(&role)),
            Some(other) => return Err(wrong_type(&role, "a string", other)),
        }
    }
    Ok(Some(messages))
}

fn candidates(fields: &mut Fields) -> Result<Vec<Value>, Error> {
    let all = match fields.value("candidates") {
        None => return Err(missing("candidates")),
        Some(Value::Array(all)) => all,
        Some(other) => return Err(wrong_type("candidates", "an array of objects", &other)),
    };
    at_most("candidates", all.len(), CANDIDATES)?;
    if all.len() < 2 {
        let message = format!(
            "Invalid 'candidates': one is preferred to another, so there are two at least, not \
             {}.",
            all.len()
        );
        return Err(Error::field(
            "candidates",
            Code::ArrayBelowMinLength,
            message,
        ));
    }
    let all = all.into_iter().enumerate().map(|(n, value)| {
        let place = format!("candidates[{n}]");
        candidate(&place, &mut fields.nested(&place, value)?)
    });
    all.collect()
}

/// The candidate whose fields these are, at `place`.
fn candidate(place: &str, fields: &mut Fields) -> Result<Value, Error> {
    let parameters = match fields.value("parameters") {
        None => Map::new(),
        Some(Value::Object(parameters)) => parameters,
        Some(other) => {
            let name = format!("{place}.parameters");
            return Err(wrong_type(&name, "an object", &other));
        }
    };
    let model = fields.required_string("model")?;
    let text = fields.required_string("text")?;
    Ok(json!({"model": model, "parameters": parameters, "text": text}))
}

/// A candidate's number, or that there is none.
fn choice(fields: &mut Fields, candidates: usize) -> Result<Value, Error> {
    let wanted = "a candidate's number, 'tie' or 'none'";
    match fields.value("choice") {
        None => Err(missing("choice")),
        Some(Value::String(word)) if ["tie", "none"].contains(&word.as_str()) => Ok(json!(word)),
        Some(Value::Number(number)) if number.is_i64() => {
            let last = candidates as f64 - 1.0;
            let number = number.as_f64().unwrap_or(-1.0);
            Ok(json!(in_range("choice", number, 0.0..=last)? as u64))
        }
        Some(other) => Err(wrong_type("choice", wanted, &other)),
    }
}
