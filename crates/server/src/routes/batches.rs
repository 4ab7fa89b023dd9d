//! `/v1/batches`, <https://platform.openai.com/docs/api-reference/batch>.

use api::batches::{BatchRequest, WINDOW_S};
use api::error::Code;
use api::pages::{PageRequest, is_id};
use api::{Error, Parsed};
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use store::{BATCH, Batch, BatchState, NewBatch};

use super::files::known;
use super::{json, one_more, page};
use crate::app::{App, now};
use crate::body::{Json, tell_ignored};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::query::Query;

pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = BatchRequest::parse(fields)?;
    let created_at = now() as i64;
    let input = known(&app, &request.input_file_id).await?;
    let wrong = match input {
        None => Some("there is no such file"),
        Some(file) if file.purpose != "batch" => Some("its purpose is not \"batch\""),
        Some(_) => None,
    };
    if let Some(why) = wrong {
        let id = &request.input_file_id;
        let message = format!("Invalid 'input_file_id': {id}: {why}.");
        let error = Error::field("input_file_id", Code::InvalidValue, message);
        return Err(ApiError::bad(error));
    }
    let new = NewBatch {
        endpoint: request.endpoint,
        input_file_id: request.input_file_id,
        created_at,
        expires_at: created_at + WINDOW_S,
        metadata: request.metadata.map(|pairs| pairs.to_string()),
        output_expires_s: request.output_expires_s,
        key_id: caller.key_id,
    };
    let batch = app.database().add_batch(&new).await?;
    app.wake_batches();
    let mut response = json(&answer(&batch));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

pub(crate) async fn list(
    State(app): State<App>,
    Query(mut fields): Query,
) -> Result<Response, ApiError> {
    let asked = PageRequest::parse(&mut fields, BATCH, 20, 100)?;
    let ignored = fields.rest()?;
    let found = app.database().batches(&one_more(&asked)).await?;
    let mut response = json(&page(&asked, found, |batch| answer(&batch)));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

pub(crate) async fn retrieve(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    Ok(json(&answer(&find(&app, &id).await?)))
}

pub(crate) async fn cancel(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let id = find(&app, &id).await?.id;
    let cancelled = app.database().cancel_batch(&id, now() as i64).await?;
    let batch = find(&app, &id).await?;
    if !cancelled && !matches!(batch.state, BatchState::Cancelling | BatchState::Cancelled) {
        let state = batch.state.name();
        let message = format!("Cannot cancel a batch with status '{state}'.");
        return Err(ApiError::bad(Error::request(message)));
    }
    Ok(json(&answer(&batch)))
}

async fn find(app: &App, id: &str) -> Result<Batch, ApiError> {
    let batch = match is_id(id, BATCH) {
        true => app.database().batch(id).await?,
        false => None,
    };
    batch.ok_or_else(|| {
        let error = Error::request(format!("No batch found with id '{id}'.")).with_param("id");
        ApiError::new(StatusCode::NOT_FOUND, error)
    })
}

/// JSON that we wrote.
fn kept(text: Option<&String>) -> Value {
    text.and_then(|text| serde_json::from_str(text).ok())
        .unwrap_or_default()
}

fn answer(batch: &Batch) -> Value {
    let errors = match kept(batch.errors.as_ref()) {
        Value::Null => Value::Null,
        data => json!({"object": "list", "data": data}),
    };
    json!({
        "id": batch.id,
        "object": "batch",
        "endpoint": batch.new.endpoint,
        "model": batch.model,
        "errors": errors,
        "input_file_id": batch.new.input_file_id,
        "completion_window": "24h",
        "status": batch.state.name(),
        "output_file_id": batch.output_file_id,
        "error_file_id": batch.error_file_id,
        "created_at": batch.new.created_at,
        "in_progress_at": batch.in_progress_at,
        "expires_at": batch.new.expires_at,
        "finalizing_at": batch.finalizing_at,
        "completed_at": batch.completed_at,
        "failed_at": batch.failed_at,
        "expired_at": batch.expired_at,
        "cancelling_at": batch.cancelling_at,
        "cancelled_at": batch.cancelled_at,
        "request_counts": {
            "total": batch.total,
            "completed": batch.completed,
            "failed": batch.failed,
        },
        "metadata": kept(batch.new.metadata.as_ref()),
    })
}
