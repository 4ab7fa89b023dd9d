//! Responses and the items they are made of.

use sqlx::Row as _;
use sqlx::any::AnyRow;
use sqlx::{Any, Transaction};

use super::{Database, DatabaseError};

/// A response as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredResponse {
    pub id: String,
    /// The response whose items stand before this one's.
    pub previous_id: Option<String>,
    /// Responses before this one.
    pub depth: i64,
    /// In seconds of Unix time.
    pub expires_at: Option<i64>,
    pub state: ResponseState,
}

/// What changes while a response is made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseState {
    pub status: String,
    /// Until when somebody is sure to answer it, in seconds of Unix time; `None`
    /// once there is nothing to wait for.
    pub lease_until: Option<i64>,
    /// JSON: the object without its output.
    pub body: String,
    /// JSON: where the stream's deltas ended.
    pub deltas: String,
}

/// A part of a conversation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ResponseItem {
    pub id: String,
    /// Made by the model, not given to it.
    pub output: bool,
    /// JSON.
    pub body: String,
}

/// What stands before an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ResponseChain {
    Whole(Vec<ResponseItem>),
    /// One of the responses is gone.
    Broken,
    TooLong,
}

fn response(row: &AnyRow) -> Result<StoredResponse, sqlx::Error> {
    Ok(StoredResponse {
        id: row.try_get("id")?,
        previous_id: row.try_get("previous_id")?,
        depth: row.try_get("depth")?,
        expires_at: row.try_get("expires_at")?,
        state: ResponseState {
            status: row.try_get("status")?,
            lease_until: row.try_get("lease_until")?,
            body: row.try_get("body")?,
            deltas: row.try_get("deltas")?,
        },
    })
}

fn item(row: &AnyRow) -> Result<ResponseItem, sqlx::Error> {
    Ok(ResponseItem {
        id: row.try_get("id")?,
        output: row.try_get::<i64, _>("output")? != 0,
        body: row.try_get("body")?,
    })
}

async fn add_items(
    transaction: &mut Transaction<'_, Any>,
    response_id: &str,
    from: i64,
    items: &[ResponseItem],
) -> Result<(), sqlx::Error> {
    let insert = "INSERT INTO response_items (response_id, position, output, id, body) \
                  VALUES ($1, $2, $3, $4, $5)";
    for (position, item) in (from..).zip(items) {
        sqlx::query(insert)
            .bind(response_id)
            .bind(position)
            .bind(i64::from(item.output))
            .bind(&item.id)
            .bind(&item.body)
            .execute(&mut **transaction)
            .await?;
    }
    Ok(())
}

impl Database {
    /// Keeps a new response with its items, input first.
    pub async fn add_response(
        &self,
        new: &StoredResponse,
        items: &[ResponseItem],
    ) -> Result<(), DatabaseError> {
        let insert = "INSERT INTO responses (id, previous_id, depth, status, lease_until, body, \
                      deltas, expires_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";
        let mut transaction = self.pool.begin().await?;
        sqlx::query(insert)
            .bind(&new.id)
            .bind(&new.previous_id)
            .bind(new.depth)
            .bind(&new.state.status)
            .bind(new.state.lease_until)
            .bind(&new.state.body)
            .bind(&new.state.deltas)
            .bind(new.expires_at)
            .execute(&mut *transaction)
            .await?;
        add_items(&mut transaction, &new.id, 0, items).await?;
        Ok(transaction.commit().await?)
    }

    /// A response that has not expired.
    pub async fn response(
        &self,
        id: &str,
        now: i64,
    ) -> Result<Option<StoredResponse>, DatabaseError> {
        let select = "SELECT id, previous_id, depth, status, lease_until, body, deltas, \
                      expires_at FROM responses \
                      WHERE id = $1 AND COALESCE(expires_at, $2 + 1) > $2";
        let query = sqlx::query(select).bind(id).bind(now);
        let row = query.fetch_optional(&self.pool);
        Ok(row.await?.as_ref().map(response).transpose()?)
    }

    /// A response's own items, input first.
    pub async fn response_items(&self, id: &str) -> Result<Vec<ResponseItem>, DatabaseError> {
        let select = "SELECT id, output, body FROM response_items WHERE response_id = $1 \
                      ORDER BY position";
        let rows = sqlx::query(select).bind(id).fetch_all(&self.pool).await?;
        Ok(rows.iter().map(item).collect::<Result<_, _>>()?)
    }

    /// All items up to a response's last, the oldest first.
    pub async fn response_chain(
        &self,
        id: &str,
        most_chars: i64,
    ) -> Result<ResponseChain, DatabaseError> {
        // Depths fall along a chain, so it ends.
        let chain = "WITH RECURSIVE chain (id, previous_id, depth) AS ( \
                     SELECT id, previous_id, depth FROM responses WHERE id = $1 UNION ALL \
                     SELECT r.id, r.previous_id, r.depth FROM responses r \
                     JOIN chain c ON r.id = c.previous_id AND r.depth < c.depth) ";
        let measure = format!(
            "{chain} SELECT CAST(MIN(chain.depth) AS BIGINT) AS lowest, \
             CAST(COALESCE(SUM(LENGTH(i.body)), 0) AS BIGINT) AS chars FROM chain \
             LEFT JOIN response_items i ON i.response_id = chain.id"
        );
        let select = format!(
            "{chain} SELECT i.id AS id, i.output AS output, i.body AS body FROM chain \
             JOIN response_items i ON i.response_id = chain.id ORDER BY chain.depth, i.position"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(measure)).bind(id);
        let measured = query.fetch_one(&self.pool).await?;
        if measured.try_get::<Option<i64>, _>("lowest")? != Some(0) {
            return Ok(ResponseChain::Broken);
        }
        if measured.try_get::<i64, _>("chars")? > most_chars {
            return Ok(ResponseChain::TooLong);
        }
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(id);
        let rows = query.fetch_all(&self.pool).await?;
        let items = rows.iter().map(item).collect::<Result<_, _>>()?;
        Ok(ResponseChain::Whole(items))
    }

    /// An item of that id.
    pub async fn response_item(&self, id: &str) -> Result<Option<ResponseItem>, DatabaseError> {
        let select = "SELECT id, output, body FROM response_items WHERE id = $1 LIMIT 1";
        let row = sqlx::query(select).bind(id).fetch_optional(&self.pool);
        Ok(row.await?.as_ref().map(item).transpose()?)
    }

    /// Changes a response that is still under way, and adds what it gave; false
    /// if it is gone or was ended by somebody else. `lease` is the one that must
    /// still stand, if any will not do.
    pub async fn change_response(
        &self,
        id: &str,
        state: &ResponseState,
        output: &[ResponseItem],
        lease: Option<i64>,
    ) -> Result<bool, DatabaseError> {
        let update = "UPDATE responses SET status = $1, lease_until = $2, body = $3, deltas = $4 \
                      WHERE id = $5 AND lease_until IS NOT NULL AND lease_until = \
                      COALESCE($6, lease_until)";
        let mut transaction = self.pool.begin().await?;
        let changed = sqlx::query(update)
            .bind(&state.status)
            .bind(state.lease_until)
            .bind(&state.body)
            .bind(&state.deltas)
            .bind(id)
            .bind(lease)
            .execute(&mut *transaction)
            .await?;
        if changed.rows_affected() == 0 {
            return Ok(false);
        }
        let count = "SELECT COUNT(*) AS items FROM response_items WHERE response_id = $1";
        let count = sqlx::query(count).bind(id).fetch_one(&mut *transaction);
        let items: i64 = count.await?.try_get("items")?;
        add_items(&mut transaction, id, items, output).await?;
        transaction.commit().await?;
        Ok(true)
    }

    /// Says that somebody still answers it; false if nobody needs to.
    pub async fn renew_response(&self, id: &str, until: i64) -> Result<bool, DatabaseError> {
        let update = "UPDATE responses SET lease_until = $1 \
                      WHERE id = $2 AND lease_until IS NOT NULL";
        let renewed = sqlx::query(update).bind(until).bind(id);
        Ok(renewed.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Forgets a response and its items; false if there was none.
    pub async fn delete_response(&self, id: &str) -> Result<bool, DatabaseError> {
        let delete = sqlx::query("DELETE FROM responses WHERE id = $1").bind(id);
        Ok(delete.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Forgets responses that have expired; those of which nobody said when they do expire
    /// at `unless`.
    pub async fn expire_responses(&self, now: i64, unless: i64) -> Result<(), DatabaseError> {
        let say = "UPDATE responses SET expires_at = $1 WHERE expires_at IS NULL";
        sqlx::query(say).bind(unless).execute(&self.pool).await?;
        // A few at a time, as others want to write.
        let delete = "DELETE FROM responses WHERE id IN \
                      (SELECT id FROM responses WHERE expires_at <= $1 LIMIT 100)";
        loop {
            let deleted = sqlx::query(delete).bind(now).execute(&self.pool).await?;
            if deleted.rows_affected() == 0 {
                return Ok(());
            }
        }
    }
}

#[cfg(test)]
mod tests;
