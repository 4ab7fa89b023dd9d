//! Rows that outlive the process: SQLite in the data directory, or PostgreSQL
//! where several servers share them.
//!
//! The same numbered migrations and the same queries run on both; `$1` names a
//! parameter in either. A statement that was answered is on the disk. Each
//! table's queries stand in a file of their own below.

mod batch_lines;
mod batches;
mod files;
mod keys;
mod page;
mod preferences;
mod responses;
#[cfg(test)]
mod tests;
mod usage;

use std::path::Path;
use std::time::Duration;

use sqlx::AnyPool;
use sqlx::any::AnyPoolOptions;

pub use batch_lines::BatchLine;
pub use batches::{BATCH, Batch, BatchState, NewBatch};
pub use files::{FILE, File};
pub use keys::{Key, KeyLimits, Scope, hash};
pub use page::Page;
pub use preferences::{PREFERENCE, Preference};
pub use responses::{ResponseChain, ResponseItem, ResponseState, StoredResponse};
pub use usage::{KeyUse, UsageRow, Used};

use crate::data_dir::{make_private, make_private_file};

/// Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Database {
    pub(crate) pool: AnyPool,
}

/// The database did not do what it was asked to: it is full, locked, or gone.
/// The same may succeed later.
#[derive(Debug, thiserror::Error)]
#[error("the database {doing}")]
pub struct DatabaseError {
    doing: &'static str,
    #[source]
    source: Box<dyn std::error::Error + Send + Sync>,
}

impl From<sqlx::Error> for DatabaseError {
    fn from(source: sqlx::Error) -> Self {
        let doing = match &source {
            sqlx::Error::PoolTimedOut | sqlx::Error::Io(_) | sqlx::Error::PoolClosed => {
                "cannot be reached"
            }
            _ => "refused a statement",
        };
        let source = Box::new(source);
        Self { doing, source }
    }
}

/// Connections at a time.
const CONNECTIONS: u32 = 8;

/// Time to wait for one, or for another process that writes.
const PATIENCE: Duration = Duration::from_secs(5);

impl Database {
    /// The database of a data directory, made if it is not there.
    pub async fn in_folder(folder: &Path) -> Result<Self, DatabaseError> {
        let path = folder.join("lyceum.db");
        // Prompts stand in it.
        let made = make_private(folder).and_then(|()| make_private_file(&path));
        made.map_err(|source| DatabaseError {
            doing: "cannot be made",
            source: Box::new(source),
        })?;
        Self::open(&format!("sqlite://{}?mode=rwc", path.display())).await
    }

    /// The database of an address: `postgres://…`, or `sqlite://PATH?mode=rwc`.
    pub async fn open(url: &str) -> Result<Self, DatabaseError> {
        sqlx::any::install_default_drivers();
        let sqlite = url.starts_with("sqlite:");
        let pool = AnyPoolOptions::new()
            .max_connections(CONNECTIONS)
            .acquire_timeout(PATIENCE)
            // A file does not hang up, and asking costs as much as what is asked then.
            .test_before_acquire(!sqlite)
            .after_connect(move |connection, _| {
                Box::pin(async move {
                    if sqlite {
                        // Readers do not wait for writers; what is committed is on the disk.
                        let settings = "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                                        PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;";
                        sqlx::raw_sql(settings).execute(connection).await?;
                    }
                    Ok(())
                })
            })
            .connect(url)
            .await?;
        let migrated = sqlx::migrate!("./migrations").run(&pool).await;
        migrated.map_err(|source| DatabaseError {
            doing: "could not be brought up to date",
            source: Box::new(source),
        })?;
        Ok(Self { pool })
    }

    /// Whether it answers.
    pub async fn check(&self) -> Result<(), DatabaseError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
