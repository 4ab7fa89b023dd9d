//! Files of users, whose contents are blobs of the same name. A row is written
//! when its blob is whole, so that one without a row is of no use to anyone.

use sqlx::any::AnyRow;
use sqlx::{AnyConnection, Row as _};
use uuid::Uuid;

use super::{Database, DatabaseError, Page};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct File {
    /// Also the name of the blob.
    pub id: String,
    /// As the client named it.
    pub filename: String,
    pub purpose: String,
    pub bytes: i64,
    /// Seconds of Unix time.
    pub created_at: i64,
    pub expires_at: Option<i64>,
}

/// What ids of files begin with.
pub const FILE: &str = "file-";

impl File {
    /// An id that sorts behind the earlier ones.
    pub fn new_id() -> String {
        format!("{FILE}{}", Uuid::now_v7().simple())
    }
}

const COLUMNS: &str = "id, filename, purpose, bytes, created_at, expires_at";

fn file(row: &AnyRow) -> Result<File, sqlx::Error> {
    Ok(File {
        id: row.try_get("id")?,
        filename: row.try_get("filename")?,
        purpose: row.try_get("purpose")?,
        bytes: row.try_get("bytes")?,
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
    })
}

pub(super) async fn insert(
    connection: &mut AnyConnection,
    file: &File,
) -> Result<(), DatabaseError> {
    let insert = "INSERT INTO files (id, filename, purpose, bytes, created_at, expires_at) \
                  VALUES ($1, $2, $3, $4, $5, $6)";
    sqlx::query(insert)
        .bind(&file.id)
        .bind(&file.filename)
        .bind(&file.purpose)
        .bind(file.bytes)
        .bind(file.created_at)
        .bind(file.expires_at)
        .execute(connection)
        .await?;
    Ok(())
}

impl Database {
    pub async fn add_file(&self, file: &File) -> Result<(), DatabaseError> {
        insert(&mut *self.pool.acquire().await?, file).await
    }

    /// A file that has not expired.
    pub async fn file(&self, id: &str, now: i64) -> Result<Option<File>, DatabaseError> {
        let select = format!(
            "SELECT {COLUMNS} FROM files WHERE id = $1 AND COALESCE(expires_at, $2 + 1) > $2"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(id).bind(now);
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(file).transpose()?)
    }

    /// A page of those that have not expired, of one purpose if it is given.
    pub async fn files(
        &self,
        purpose: Option<&str>,
        page: &Page,
        now: i64,
    ) -> Result<Vec<File>, DatabaseError> {
        let select = format!(
            "SELECT {COLUMNS} FROM files WHERE COALESCE(expires_at, $1 + 1) > $1 \
             AND (purpose = $2 OR $2 = '') AND {} LIMIT $4",
            page.clause("$3")
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(select))
            .bind(now)
            .bind(purpose.unwrap_or_default())
            .bind(page.after())
            .bind(page.limit);
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.iter().map(file).collect::<Result<_, _>>()?)
    }

    /// Whether there was one, expired or not.
    pub async fn delete_file(&self, id: &str) -> Result<bool, DatabaseError> {
        let query = sqlx::query("DELETE FROM files WHERE id = $1").bind(id);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Up to a thousand ids of files that have expired.
    pub async fn expired_files(&self, now: i64) -> Result<Vec<String>, DatabaseError> {
        let select = "SELECT id FROM files WHERE expires_at <= $1 LIMIT 1000";
        let rows = sqlx::query(select).bind(now).fetch_all(&self.pool).await?;
        let ids = rows.iter().map(|row| row.try_get("id"));
        Ok(ids.collect::<Result<_, _>>()?)
    }

    /// Whether a blob belongs to a file.
    pub async fn has_file(&self, id: &str) -> Result<bool, DatabaseError> {
        let query = sqlx::query("SELECT id FROM files WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&self.pool).await?.is_some())
    }
}
