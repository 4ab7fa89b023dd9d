//! The file of a batch, line by line.

use std::collections::{HashSet, VecDeque};
use std::pin::Pin;

use api::batches::{BYTES, LINES, Line, problem};
use axum::body::Bytes;
use serde_json::Value;
use store::{Batch, BlobError};
use tokio_stream::{Stream, StreamExt as _};

use crate::app::App;
use crate::error::ApiError;
use crate::jsonl::Lines;

/// Problems that are told of.
const TOLD: usize = 100;

type Pieces = Pin<Box<dyn Stream<Item = Result<Bytes, BlobError>> + Send>>;

/// Lines as text, each with its number from 1; blank ones are left out.
struct Texts {
    pieces: Pieces,
    lines: Lines,
    /// Read and not asked for yet.
    ready: VecDeque<(usize, Vec<u8>)>,
    ended: bool,
}

impl Texts {
    /// `None` if the file is gone.
    async fn open(app: &App, id: &str) -> Result<Option<Self>, ApiError> {
        let pieces: Pieces = match app.blobs().read(id).await {
            Ok(pieces) => Box::pin(pieces),
            Err(BlobError::Missing(_)) => return Ok(None),
            Err(e) => return Err(e.into()),
        };
        Ok(Some(Self {
            pieces,
            lines: Lines::default(),
            ready: VecDeque::new(),
            ended: false,
        }))
    }

    async fn next(&mut self) -> Result<Option<(usize, Vec<u8>)>, ApiError> {
        while self.ready.is_empty() && !self.ended {
            let ready = &mut self.ready;
            let keep = |number, line: &[u8]| {
                if !line.trim_ascii().is_empty() {
                    ready.push_back((number, line.to_vec()));
                }
            };
            match self.pieces.next().await {
                Some(piece) => {
                    // The upload has seen that no line is too long.
                    self.lines.feed(&piece?, keep);
                }
                None => {
                    self.lines.end(keep);
                    self.ended = true;
                }
            }
        }
        Ok(self.ready.pop_front())
    }
}

/// Lines of a batch that was found right.
pub(super) struct Input {
    texts: Texts,
    endpoint: String,
}

impl Input {
    /// `None` if the file is gone.
    pub(super) async fn open(app: &App, batch: &Batch) -> Result<Option<Self>, ApiError> {
        let texts = Texts::open(app, &batch.new.input_file_id).await?;
        let endpoint = batch.new.endpoint.clone();
        Ok(texts.map(|texts| Self { texts, endpoint }))
    }

    /// The next line that is not among those that are done.
    pub(super) async fn next(
        &mut self,
        done: &HashSet<i64>,
    ) -> Result<Option<(i64, Line)>, ApiError> {
        while let Some((number, text)) = self.texts.next().await? {
            if done.contains(&(number as i64)) {
                continue;
            }
            if let Ok(line) = Line::parse(&text, number, &self.endpoint) {
                return Ok(Some((number as i64, line)));
            }
        }
        Ok(None)
    }
}

/// The file was deleted, or has expired.
pub(super) fn gone(batch: &Batch) -> Value {
    let message = format!("The file {} is gone.", batch.new.input_file_id);
    problem("invalid_input_file", &message, Some("input_file_id"), None)
}

/// What is known of an input that is right.
pub(super) struct Checked {
    pub(super) total: i64,
    pub(super) model: Option<String>,
}

/// Reads all lines; the problems if there are any.
pub(super) async fn check(
    app: &App,
    batch: &Batch,
) -> Result<Result<Checked, Vec<Value>>, ApiError> {
    let id = &batch.new.input_file_id;
    let whole = |code, message: &str| Ok(Err(vec![problem(code, message, None, None)]));
    let now = crate::app::now() as i64;
    let file = app.database().file(id, now).await?;
    let (Some(file), Some(mut texts)) = (file, Texts::open(app, id).await?) else {
        return Ok(Err(vec![gone(batch)]));
    };
    if file.bytes > BYTES {
        let message = format!("The file has {} bytes, at most {BYTES}.", file.bytes);
        return whole("file_too_large", &message);
    }
    let (mut problems, mut seen, mut total) = (Vec::new(), HashSet::new(), 0);
    let mut model: Option<Option<String>> = None;
    while let Some((number, text)) = texts.next().await? {
        total += 1;
        if total > LINES {
            return whole("too_many_requests", &format!("More than {LINES} lines."));
        }
        let wrong = match Line::parse(&text, number, &batch.new.endpoint) {
            Err(problem) => Some(problem),
            Ok(line) if seen.contains(&line.custom_id) => {
                let message = format!("The custom_id {:?} comes twice.", line.custom_id);
                let param = Some("custom_id");
                Some(problem(
                    "duplicate_custom_id",
                    &message,
                    param,
                    Some(number),
                ))
            }
            Ok(line) => {
                seen.insert(line.custom_id);
                let first = model.get_or_insert_with(|| line.model.clone());
                (*first != line.model).then(|| {
                    let message = "All requests of a batch must ask the same model.";
                    problem(
                        "mismatched_model",
                        message,
                        Some("body.model"),
                        Some(number),
                    )
                })
            }
        };
        problems.extend(wrong);
        if problems.len() == TOLD {
            break;
        }
    }
    if total == 0 {
        return whole("empty_file", "The file has no requests.");
    }
    let (total, model) = (total as i64, model.flatten());
    Ok(match problems.is_empty() {
        true => Ok(Checked { total, model }),
        false => Err(problems),
    })
}
