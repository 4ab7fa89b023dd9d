//! The files of a batch's results.

use api::files::BATCH_OUTPUT;
use axum::body::Bytes;
use store::{Batch, BatchState, BlobWriter, File};

use super::Worker;
use crate::app::{App, now};
use crate::error::ApiError;

/// Bytes of results that are held at a time.
const PAGE: i64 = 4 << 20;

/// A file that is being written.
struct Results {
    id: String,
    bytes: i64,
    writer: BlobWriter,
}

impl Results {
    fn begin(app: &App) -> Self {
        let id = File::new_id();
        Self {
            writer: app.blobs().begin(&id),
            id,
            bytes: 0,
        }
    }

    async fn write(&mut self, mut line: String) -> Result<(), ApiError> {
        line.push('\n');
        self.bytes += line.len() as i64;
        Ok(self.writer.write(Bytes::from(line)).await?)
    }

    async fn finish(self, batch: &Batch, kind: &str) -> Result<File, ApiError> {
        self.writer.finish().await?;
        let created_at = now() as i64;
        Ok(File {
            filename: format!("{}_{kind}.jsonl", batch.id),
            id: self.id,
            purpose: BATCH_OUTPUT.to_owned(),
            bytes: self.bytes,
            created_at,
            expires_at: batch.new.output_expires_s.map(|s| created_at + s),
        })
    }
}

/// Writes what came of the lines into a file of outputs and one of errors, and
/// ends the batch with them. What this leaves if it does not come to its end is
/// swept.
pub(super) async fn end(
    worker: &Worker,
    batch: &Batch,
    state: BatchState,
    errors: Option<&str>,
) -> Result<(), ApiError> {
    let (app, database) = (&worker.app, worker.app.database());
    let (mut output, mut error) = (None, None);
    let mut after = 0;
    loop {
        let lines = database.batch_lines(&batch.id, after, PAGE).await?;
        let Some(last) = lines.last() else { break };
        after = last.line;
        for line in lines {
            let file = if line.succeeded {
                &mut output
            } else {
                &mut error
            };
            let file = file.get_or_insert_with(|| Results::begin(app));
            file.write(line.result).await?;
        }
    }
    let output = match output {
        Some(file) => Some(file.finish(batch, "output").await?),
        None => None,
    };
    let error = match error {
        Some(file) => Some(file.finish(batch, "error").await?),
        None => None,
    };
    let files = (output.as_ref(), error.as_ref());
    let end = (state, now() as i64);
    if !database
        .end_batch(&batch.id, &worker.owner, end, errors, files)
        .await?
    {
        // It is another's, who writes files of their own.
        for file in [output, error].into_iter().flatten() {
            app.blobs().delete(&file.id).await?;
        }
    }
    Ok(())
}
