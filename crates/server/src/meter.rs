//! Usage is written down before an answer is ended, so that none that a client
//! has seen the end of is lost; answers that end at the same time share a commit.

use std::collections::BTreeMap;
use std::sync::Arc;

use engine::Priority;
use store::{Database, DatabaseError, UsageRow, Used};
use tokio::sync::{mpsc, oneshot};

use crate::app::{App, now};
use crate::error::ApiError;
use crate::record::Watch;

/// Rows that wait to be written.
const WAITING: usize = 1024;

type Written = Result<(), Arc<DatabaseError>>;

struct Entry {
    row: UsageRow,
    written: oneshot::Sender<Written>,
}

/// Cheap to clone; clones are the same.
#[derive(Clone)]
pub(crate) struct Meter {
    entries: mpsc::Sender<Entry>,
}

impl Meter {
    /// Starts the task that writes; it ends with the last clone.
    pub(crate) fn start(database: Database) -> Self {
        let (entries, mut waiting) = mpsc::channel(WAITING);
        tokio::spawn(async move {
            let mut batch: Vec<Entry> = Vec::new();
            while waiting.recv_many(&mut batch, WAITING).await > 0 {
                let rows = merged(&batch);
                let written = database.add_usage(&rows).await.map_err(Arc::new);
                for entry in batch.drain(..) {
                    // Who left before the end does not wait for it.
                    let _ = entry.written.send(written.clone());
                }
            }
        });
        Self { entries }
    }

    /// Returns when the row is on the disk.
    pub(crate) async fn write(&self, row: UsageRow) -> Result<(), ApiError> {
        let (written, wait) = oneshot::channel();
        let sent = self.entries.send(Entry { row, written }).await;
        sent.map_err(|_| ApiError::internal())?;
        let written = wait.await.map_err(|_| ApiError::internal())?;
        written.map_err(|e| ApiError::not_kept(&*e))
    }
}

/// One row for each key, model, endpoint and minute, always in the same order, as
/// servers that share a database wait for each other's rows.
fn merged(batch: &[Entry]) -> Vec<UsageRow> {
    let mut rows: BTreeMap<_, UsageRow> = BTreeMap::new();
    for Entry { row, .. } in batch {
        let same = (row.start / 60, &row.key_id, &row.model, &row.endpoint);
        rows.entry(same)
            .and_modify(|sum| sum.used += row.used)
            .or_insert_with(|| row.clone());
    }
    rows.into_values().collect()
}

/// Who pays for an answer.
#[derive(Clone)]
pub(crate) struct Charge {
    pub(crate) app: App,
    pub(crate) key_id: String,
    /// As it was asked for.
    pub(crate) model: String,
    pub(crate) endpoint: &'static str,
    pub(crate) priority: Priority,
    pub(crate) watch: Watch,
}

impl Charge {
    /// Returns when it is on the disk.
    pub(crate) async fn write(self, usage: api::Usage) -> Result<(), ApiError> {
        let used = Used {
            requests: 1,
            input_tokens: usage.prompt_tokens as i64,
            cached_tokens: usage.cached_tokens as i64,
            output_tokens: usage.completion_tokens as i64,
        };
        self.watch.used(usage);
        // What the limiter did not let in does not keep others out.
        if self.priority == Priority::Live {
            self.app.limiter().used(&self.key_id, used.tokens());
        }
        let row = UsageRow {
            start: now() as i64,
            key_id: self.key_id,
            model: self.model,
            endpoint: self.endpoint.to_owned(),
            used,
        };
        self.app.meter().write(row).await
    }
}
