//! `/v1/files`, <https://platform.openai.com/docs/api-reference/files>.

use api::files::{self, Upload};
use api::pages::{PageRequest, is_id};
use api::{Error, Parsed};
use axum::Extension;
use axum::body::Body;
use axum::extract::multipart::{Multipart, MultipartRejection};
use axum::extract::{Path, State};
use axum::http::{StatusCode, header};
use axum::response::{IntoResponse, Response};
use percent_encoding::{NON_ALPHANUMERIC, utf8_percent_encode};
use serde_json::{Value, json};
use store::{FILE, File};

use super::{json, one_more, page};
use crate::app::{App, now};
use crate::body::{Strict, tell_ignored};
use crate::error::ApiError;
use crate::query::Query;
use crate::upload::{FileLimit, Uploaded, receive};

/// What files of lines are for.
const OF_LINES: [&str; 2] = ["batch", "fine-tune"];

/// Files of one page, and the seconds after which files for batches expire.
const PAGE: i64 = 10_000;
const BATCH_DAYS_S: i64 = 30 * 24 * 3600;

pub(crate) async fn create(
    State(app): State<App>,
    Extension(limit): Extension<FileLimit>,
    Extension(Strict(strict)): Extension<Strict>,
    form: Result<Multipart, MultipartRejection>,
) -> Result<Response, ApiError> {
    let form = form.map_err(|e| {
        let message = format!("Expected a form of multipart/form-data: {}.", e.body_text());
        ApiError::bad(Error::request(message))
    })?;
    let (uploaded, fields) = receive(&app, form, limit).await?;
    let described = Upload::parse(fields.strict(strict)).map_err(ApiError::from);
    let wrong = uploaded.lines.first_wrong();
    let checked = described.and_then(|Parsed { request, ignored }| match wrong {
        Some(line) if OF_LINES.contains(&request.purpose.as_str()) => {
            Err(ApiError::bad(files::not_jsonl(line)))
        }
        _ => Ok((request, ignored)),
    });
    let (request, ignored) = match checked {
        Ok(checked) => checked,
        Err(e) => {
            uploaded.writer.abort().await?;
            return Err(e);
        }
    };
    let file = keep(&app, uploaded, request).await?;
    let mut response = json(&answer(file));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// The blob first, then the row: an upload that was answered has both.
async fn keep(app: &App, uploaded: Uploaded, request: Upload) -> Result<File, ApiError> {
    let created_at = now() as i64;
    let of_batch = (request.purpose == "batch").then_some(BATCH_DAYS_S);
    let file = File {
        id: uploaded.id,
        filename: uploaded.filename,
        purpose: request.purpose,
        bytes: uploaded.bytes as i64,
        created_at,
        expires_at: request.expires_after_s.or(of_batch).map(|s| created_at + s),
    };
    uploaded.writer.finish().await?;
    // Where this fails the row may be there nevertheless: the sweep sees whether it is.
    app.database().add_file(&file).await?;
    Ok(file)
}

pub(crate) async fn list(
    State(app): State<App>,
    Query(mut fields): Query,
) -> Result<Response, ApiError> {
    let asked = PageRequest::parse(&mut fields, FILE, PAGE, PAGE)?;
    let purpose = fields.string("purpose")?;
    let ignored = fields.rest()?;
    let found = match purpose.as_deref() {
        Some(purpose) if !files::is_purpose(purpose) => Vec::new(),
        purpose => {
            let rows = one_more(&asked);
            let found = app.database().files(purpose, &rows, now() as i64);
            found.await?
        }
    };
    let mut response = json(&page(&asked, found, answer));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

pub(crate) async fn retrieve(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    Ok(json(&answer(find(&app, &id).await?)))
}

pub(crate) async fn content(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let file = find(&app, &id).await?;
    let pieces = app.blobs().read(&file.id).await?;
    let name = utf8_percent_encode(&file.filename, NON_ALPHANUMERIC);
    let headers = [
        (header::CONTENT_TYPE, "application/octet-stream".to_owned()),
        (header::CONTENT_LENGTH, file.bytes.to_string()),
        // No browser shall take what somebody uploaded for a page of ours.
        (header::X_CONTENT_TYPE_OPTIONS, "nosniff".to_owned()),
        (
            header::CONTENT_DISPOSITION,
            format!("attachment; filename*=UTF-8''{name}"),
        ),
    ];
    Ok((headers, Body::from_stream(pieces)).into_response())
}

pub(crate) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let file = find(&app, &id).await?;
    // Of two that delete it at once, one is told so.
    if !app.database().delete_file(&file.id).await? {
        return Err(missing(&id));
    }
    app.blobs().delete(&file.id).await?;
    Ok(json(&files::deleted(&id)))
}

async fn find(app: &App, id: &str) -> Result<File, ApiError> {
    known(app, id).await?.ok_or_else(|| missing(id))
}

/// The file, if there is one; any text may be asked for.
pub(super) async fn known(app: &App, id: &str) -> Result<Option<File>, ApiError> {
    match is_id(id, FILE) {
        true => Ok(app.database().file(id, now() as i64).await?),
        false => Ok(None),
    }
}

fn missing(id: &str) -> ApiError {
    ApiError::new(StatusCode::NOT_FOUND, files::no_such_file(id))
}

/// Seconds after which a file's status tells that it can be used; it could be
/// before, but clients of 2023 expect to see it `uploaded` first.
const PROCESSED_S: i64 = 1;

fn answer(file: File) -> Value {
    let processed = now() as i64 > file.created_at + PROCESSED_S;
    json!(files::File {
        id: file.id,
        object: "file",
        bytes: file.bytes,
        created_at: file.created_at,
        expires_at: file.expires_at,
        filename: file.filename,
        purpose: file.purpose,
        status: if processed { "processed" } else { "uploaded" },
        status_details: None,
    })
}
