//! Batches of requests, who works on them, and what came of their lines.
//!
//! A server works on a batch while it holds its lease, which it renews; what it
//! writes counts only while the lease is its own. So one that was killed is
//! followed by another when its lease has run out, and two never write the end
//! of the same batch.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::files::insert;
use super::{Database, DatabaseError, File, Page};

/// What ids of batches begin with.
pub const BATCH: &str = "batch_";

/// Where a batch is in its life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum BatchState {
    Validating,
    Failed,
    InProgress,
    Finalizing,
    Completed,
    Expired,
    Cancelling,
    Cancelled,
}

impl BatchState {
    const ALL: [Self; 8] = [
        Self::Validating,
        Self::Failed,
        Self::InProgress,
        Self::Finalizing,
        Self::Completed,
        Self::Expired,
        Self::Cancelling,
        Self::Cancelled,
    ];

    pub fn name(self) -> &'static str {
        match self {
            Self::Validating => "validating",
            Self::Failed => "failed",
            Self::InProgress => "in_progress",
            Self::Finalizing => "finalizing",
            Self::Completed => "completed",
            Self::Expired => "expired",
            Self::Cancelling => "cancelling",
            Self::Cancelled => "cancelled",
        }
    }

    fn parse(name: &str) -> Self {
        let known = Self::ALL.into_iter().find(|state| state.name() == name);
        // What a newer program wrote is not touched.
        known.unwrap_or(Self::Failed)
    }

    /// The column of the time when it was reached.
    fn stamp(self) -> &'static str {
        match self {
            Self::Validating => "created_at",
            Self::Failed => "failed_at",
            Self::InProgress => "in_progress_at",
            Self::Finalizing => "finalizing_at",
            Self::Completed => "completed_at",
            Self::Expired => "expired_at",
            Self::Cancelling => "cancelling_at",
            Self::Cancelled => "cancelled_at",
        }
    }
}

/// What is known when a batch is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewBatch {
    pub endpoint: String,
    pub input_file_id: String,
    pub created_at: i64,
    pub expires_at: i64,
    /// JSON.
    pub metadata: Option<String>,
    pub output_expires_s: Option<i64>,
    /// Who asks.
    pub key_id: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Batch {
    pub id: String,
    pub new: NewBatch,
    pub state: BatchState,
    pub in_progress_at: Option<i64>,
    pub finalizing_at: Option<i64>,
    pub completed_at: Option<i64>,
    pub failed_at: Option<i64>,
    pub expired_at: Option<i64>,
    pub cancelling_at: Option<i64>,
    pub cancelled_at: Option<i64>,
    pub model: Option<String>,
    pub total: i64,
    pub completed: i64,
    pub failed: i64,
    pub output_file_id: Option<String>,
    pub error_file_id: Option<String>,
    /// JSON.
    pub errors: Option<String>,
}

const COLUMNS: &str = "id, endpoint, input_file_id, status, created_at, expires_at, \
                       in_progress_at, finalizing_at, completed_at, failed_at, expired_at, \
                       cancelling_at, cancelled_at, model, total, completed, failed, \
                       output_file_id, error_file_id, errors, metadata, output_expires_s, \
                       key_id";

fn batch(row: &AnyRow) -> Result<Batch, sqlx::Error> {
    Ok(Batch {
        id: row.try_get("id")?,
        new: NewBatch {
            endpoint: row.try_get("endpoint")?,
            input_file_id: row.try_get("input_file_id")?,
            created_at: row.try_get("created_at")?,
            expires_at: row.try_get("expires_at")?,
            metadata: row.try_get("metadata")?,
            output_expires_s: row.try_get("output_expires_s")?,
            key_id: row.try_get("key_id")?,
        },
        state: BatchState::parse(row.try_get("status")?),
        in_progress_at: row.try_get("in_progress_at")?,
        finalizing_at: row.try_get("finalizing_at")?,
        completed_at: row.try_get("completed_at")?,
        failed_at: row.try_get("failed_at")?,
        expired_at: row.try_get("expired_at")?,
        cancelling_at: row.try_get("cancelling_at")?,
        cancelled_at: row.try_get("cancelled_at")?,
        model: row.try_get("model")?,
        total: row.try_get("total")?,
        completed: row.try_get("completed")?,
        failed: row.try_get("failed")?,
        output_file_id: row.try_get("output_file_id")?,
        error_file_id: row.try_get("error_file_id")?,
        errors: row.try_get("errors")?,
    })
}

/// The states of batches that somebody must work on.
const OPEN: &str = "('validating', 'in_progress', 'finalizing', 'cancelling')";

impl Database {
    pub async fn add_batch(&self, new: &NewBatch) -> Result<Batch, DatabaseError> {
        let insert = format!(
            "INSERT INTO batches (id, endpoint, input_file_id, status, created_at, expires_at, \
             metadata, output_expires_s, key_id, total, completed, failed, lease_owner, \
             lease_until) \
             VALUES ($1, $2, $3, 'validating', $4, $5, $6, $7, $8, 0, 0, 0, '', 0) \
             RETURNING {COLUMNS}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(insert))
            .bind(format!("{BATCH}{}", Uuid::now_v7().simple()))
            .bind(&new.endpoint)
            .bind(&new.input_file_id)
            .bind(new.created_at)
            .bind(new.expires_at)
            .bind(new.metadata.as_deref())
            .bind(new.output_expires_s)
            .bind(&new.key_id);
        Ok(batch(&query.fetch_one(&self.pool).await?)?)
    }

    pub async fn batch(&self, id: &str) -> Result<Option<Batch>, DatabaseError> {
        let select = format!("SELECT {COLUMNS} FROM batches WHERE id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(id);
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(batch).transpose()?)
    }

    pub async fn batches(&self, page: &Page) -> Result<Vec<Batch>, DatabaseError> {
        let select = format!(
            "SELECT {COLUMNS} FROM batches WHERE {} LIMIT $2",
            page.clause("$1")
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(select));
        let query = query.bind(page.after()).bind(page.limit);
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.iter().map(batch).collect::<Result<_, _>>()?)
    }

    /// Asks for a batch's end; false if it is ending or has ended.
    pub async fn cancel_batch(&self, id: &str, now: i64) -> Result<bool, DatabaseError> {
        let update = "UPDATE batches SET status = 'cancelling', cancelling_at = $1 \
                      WHERE id = $2 AND status IN ('validating', 'in_progress')";
        let query = sqlx::query(update).bind(now).bind(id);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Takes the oldest batch that nobody works on.
    pub async fn claim_batch(
        &self,
        owner: &str,
        now: i64,
        until: i64,
    ) -> Result<Option<Batch>, DatabaseError> {
        // The condition is there twice: of two that find the same one, the later
        // waits for the earlier one's write, and asks its own condition again.
        let update = format!(
            "UPDATE batches SET lease_owner = $1, lease_until = $2 WHERE lease_until < $3 \
             AND id = (SELECT id FROM batches WHERE status IN {OPEN} AND lease_until < $3 \
             ORDER BY id LIMIT 1) RETURNING {COLUMNS}"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(update));
        let query = query.bind(owner).bind(until).bind(now);
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(batch).transpose()?)
    }

    /// Goes on working on it; `None` if it is another's now.
    pub async fn renew_batch(
        &self,
        id: &str,
        owner: &str,
        until: i64,
    ) -> Result<Option<BatchState>, DatabaseError> {
        let update = "UPDATE batches SET lease_until = $1 WHERE id = $2 AND lease_owner = $3 \
                      RETURNING status";
        let query = sqlx::query(update).bind(until).bind(id).bind(owner);
        let row = query.fetch_optional(&self.pool).await?;
        let state = row.map(|row| row.try_get("status").map(BatchState::parse));
        Ok(state.transpose()?)
    }

    /// Lets others work on it after a time.
    pub async fn release_batch(
        &self,
        id: &str,
        owner: &str,
        after: i64,
    ) -> Result<(), DatabaseError> {
        let update = "UPDATE batches SET lease_owner = '', lease_until = $1 \
                      WHERE id = $2 AND lease_owner = $3";
        let query = sqlx::query(update).bind(after).bind(id).bind(owner);
        query.execute(&self.pool).await?;
        Ok(())
    }

    /// Its input was found right; false if it was cancelled, or is another's.
    pub async fn begin_batch(
        &self,
        id: &str,
        owner: &str,
        total: i64,
        model: Option<&str>,
        now: i64,
    ) -> Result<bool, DatabaseError> {
        let update = "UPDATE batches SET status = 'in_progress', in_progress_at = $1, \
                      total = $2, model = $3 \
                      WHERE id = $4 AND lease_owner = $5 AND status = 'validating'";
        let query = sqlx::query(update).bind(now).bind(total).bind(model);
        let query = query.bind(id).bind(owner);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// All lines are there; false if it was cancelled, or is another's.
    pub async fn finalize_batch(
        &self,
        id: &str,
        owner: &str,
        now: i64,
    ) -> Result<bool, DatabaseError> {
        let update = "UPDATE batches SET status = 'finalizing', finalizing_at = $1 \
                      WHERE id = $2 AND lease_owner = $3 AND status = 'in_progress'";
        let query = sqlx::query(update).bind(now).bind(id).bind(owner);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Ends a batch together with the files of its results, whose blobs are
    /// there; false, and nothing done, if it is another's.
    pub async fn end_batch(
        &self,
        id: &str,
        owner: &str,
        (state, now): (BatchState, i64),
        errors: Option<&str>,
        (output, error): (Option<&File>, Option<&File>),
    ) -> Result<bool, DatabaseError> {
        let update = format!(
            "UPDATE batches SET status = $1, {} = $2, errors = $3, output_file_id = $4, \
             error_file_id = $5, lease_owner = '', lease_until = 0 \
             WHERE id = $6 AND lease_owner = $7",
            state.stamp()
        );
        let mut transaction = self.pool.begin().await?;
        let query = sqlx::query(sqlx::AssertSqlSafe(update))
            .bind(state.name())
            .bind(now)
            .bind(errors)
            .bind(output.map(|file| file.id.as_str()))
            .bind(error.map(|file| file.id.as_str()))
            .bind(id)
            .bind(owner);
        if query.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(false);
        }
        for file in [output, error].into_iter().flatten() {
            insert(&mut transaction, file).await?;
        }
        let delete = "DELETE FROM batch_lines WHERE batch_id = $1";
        let query = sqlx::query(delete).bind(id);
        query.execute(&mut *transaction).await?;
        transaction.commit().await?;
        Ok(true)
    }
}
