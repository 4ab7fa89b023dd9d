//! Which of several answers somebody liked best.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::{Database, DatabaseError, Page};

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preference {
    pub id: String,
    /// Seconds of Unix time.
    pub created_at: i64,
    /// JSON: the prompt or the messages, the candidates, the choice.
    pub body: String,
}

/// What ids of preferences begin with.
pub const PREFERENCE: &str = "pref_";

impl Preference {
    /// An id that sorts behind the earlier ones.
    pub fn new_id() -> String {
        format!("{PREFERENCE}{}", Uuid::now_v7().simple())
    }
}

fn preference(row: &AnyRow) -> Result<Preference, sqlx::Error> {
    Ok(Preference {
        id: row.try_get("id")?,
        created_at: row.try_get("created_at")?,
        body: row.try_get("body")?,
    })
}

impl Database {
    pub async fn add_preference(&self, new: &Preference) -> Result<(), DatabaseError> {
        let insert = "INSERT INTO preferences (id, created_at, body) VALUES ($1, $2, $3)";
        sqlx::query(insert)
            .bind(&new.id)
            .bind(new.created_at)
            .bind(&new.body)
            .execute(&self.pool)
            .await?;
        Ok(())
    }

    pub async fn preferences(&self, page: &Page) -> Result<Vec<Preference>, DatabaseError> {
        let select = format!(
            "SELECT id, created_at, body FROM preferences WHERE {} LIMIT $2",
            page.clause("$1")
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(select));
        let query = query.bind(page.after()).bind(page.limit);
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.iter().map(preference).collect::<Result<_, _>>()?)
    }

    /// Whether there was one.
    pub async fn delete_preference(&self, id: &str) -> Result<bool, DatabaseError> {
        let query = sqlx::query("DELETE FROM preferences WHERE id = $1").bind(id);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }
}
