//! Uploads: a file in parts of a form, which goes to its blob as it comes.

use std::time::{Duration, Instant};

use api::error::Code;
use api::{Error, Fields};
use axum::extract::Multipart;
use axum::extract::multipart::{Field, MultipartError};
use axum::http::StatusCode;
use serde_json::{Map, Value};
use store::{BlobWriter, File};

use crate::app::App;
use crate::body::DROPPED;
use crate::error::ApiError;
use crate::jsonl::JsonLines;
use crate::query;

/// What an uploaded file may be.
#[derive(Clone, Copy)]
pub(crate) struct FileLimit {
    pub(crate) bytes: usize,
    /// Time for each piece of it to arrive.
    pub(crate) time: Duration,
}

/// Bytes of an upload beside the file's.
pub(crate) const BESIDE: usize = (1 << 20) + DROPPED;

/// Bytes of a file that have to come within a second, on the whole.
const SLOWEST: usize = 1 << 10;

/// Parts of an upload, and bytes of one that is text.
const PARTS: usize = 32;
const TEXT: usize = 64 << 10;

/// A file whose bytes have come; nobody can ask for it yet.
pub(crate) struct Uploaded {
    pub(crate) id: String,
    pub(crate) filename: String,
    pub(crate) bytes: usize,
    pub(crate) lines: JsonLines,
    pub(crate) writer: BlobWriter,
}

/// Reads the file, and the other parts as fields, in any order.
pub(crate) async fn receive(
    app: &App,
    form: Multipart,
    limit: FileLimit,
) -> Result<(Uploaded, Fields), ApiError> {
    let mut uploaded = None;
    match parts(app, form, limit, &mut uploaded).await {
        Ok(fields) => match uploaded {
            Some(uploaded) => Ok((uploaded, fields)),
            None => Err(ApiError::bad(api::fields::missing("file"))),
        },
        Err(e) => {
            if let Some(uploaded) = uploaded {
                uploaded.writer.abort().await?;
            }
            Err(e)
        }
    }
}

async fn parts(
    app: &App,
    mut form: Multipart,
    limit: FileLimit,
    uploaded: &mut Option<Uploaded>,
) -> Result<Fields, ApiError> {
    let mut map = Map::new();
    for _ in 0..PARTS {
        let Some(mut part) = arrived(limit.time, form.next_field()).await? else {
            return Ok(Fields::new(map));
        };
        let name = part.name().unwrap_or_default().to_owned();
        if name != "file" {
            let text = text(&name, &mut part, limit.time).await?;
            set(&mut map, &name, query::value(&text))?;
            continue;
        }
        if uploaded.is_some() {
            return Err(twice(&name));
        }
        let filename = part.file_name().unwrap_or("file").to_owned();
        api::files::filename(&filename)?;
        let id = File::new_id();
        let file = uploaded.insert(Uploaded {
            writer: app.blobs().begin(&id),
            id,
            filename,
            bytes: 0,
            lines: JsonLines::default(),
        });
        store(file, &mut part, limit).await?;
    }
    let message = format!("Your request has too many parts: at most {PARTS}.");
    Err(ApiError::bad(Error::request(message)))
}

async fn store(
    file: &mut Uploaded,
    part: &mut Field<'_>,
    limit: FileLimit,
) -> Result<(), ApiError> {
    let began = Instant::now();
    while let Some(bytes) = arrived(limit.time, part.chunk()).await? {
        file.bytes += bytes.len();
        if began.elapsed() > limit.time + Duration::from_secs((file.bytes / SLOWEST) as u64) {
            let message = format!("The file arrived at less than {SLOWEST} bytes per second.");
            return Err(ApiError::new(
                StatusCode::REQUEST_TIMEOUT,
                Error::request(message),
            ));
        }
        if file.bytes > limit.bytes {
            // Who still sends hears why only then.
            let mut dropped = 0;
            while dropped < DROPPED
                && let Ok(Some(bytes)) = arrived(limit.time, part.chunk()).await
            {
                dropped += bytes.len();
            }
            let message = format!("The file is too large: at most {} bytes.", limit.bytes);
            let error = Error::field("file", Code::InvalidValue, message);
            return Err(ApiError::new(StatusCode::PAYLOAD_TOO_LARGE, error));
        }
        file.lines.feed(&bytes);
        file.writer.write(bytes).await?;
    }
    file.lines.end();
    Ok(())
}

async fn text(name: &str, part: &mut Field<'_>, time: Duration) -> Result<String, ApiError> {
    let mut text = Vec::new();
    while let Some(bytes) = arrived(time, part.chunk()).await? {
        text.extend_from_slice(&bytes);
        if text.len() > TEXT {
            let message = format!("Invalid '{name}': longer than {TEXT} bytes.");
            return Err(ApiError::bad(Error::field(
                name,
                Code::InvalidValue,
                message,
            )));
        }
    }
    String::from_utf8(text).map_err(|_| {
        let message = format!("Invalid '{name}': not UTF-8.");
        ApiError::bad(Error::field(name, Code::InvalidValue, message))
    })
}

/// Sets `a` or, within it, `a[b]`.
fn set(map: &mut Map<String, Value>, name: &str, value: Value) -> Result<(), ApiError> {
    let nested = name.strip_suffix(']').and_then(|n| n.split_once('['));
    let earlier = match nested {
        None => map.insert(name.to_owned(), value),
        Some((outer, inner)) => {
            let object = map
                .entry(outer)
                .or_insert_with(|| Value::Object(Map::new()));
            let Value::Object(object) = object else {
                return Err(twice(outer));
            };
            object.insert(inner.to_owned(), value)
        }
    };
    earlier.map_or(Ok(()), |_| Err(twice(name)))
}

fn twice(name: &str) -> ApiError {
    let message = format!("Duplicate form field: '{name}' was sent more than once.");
    ApiError::bad(Error::field(name, Code::InvalidValue, message))
}

/// What comes next of a form; a client that sends nothing for a while is gone.
async fn arrived<T>(
    time: Duration,
    next: impl Future<Output = Result<Option<T>, MultipartError>>,
) -> Result<Option<T>, ApiError> {
    let next = tokio::time::timeout(time, next).await.map_err(|_| {
        let seconds = time.as_secs();
        let message = format!("Nothing of the body arrived for {seconds} s.");
        ApiError::new(StatusCode::REQUEST_TIMEOUT, Error::request(message))
    })?;
    next.map_err(|e| {
        let message = format!(
            "We could not parse the form of your request: {}.",
            e.body_text()
        );
        ApiError::new(e.status(), Error::request(message))
    })
}
