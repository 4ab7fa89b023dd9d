//! What was used, by minute, key, model and endpoint.

use std::collections::BTreeMap;
use std::ops::AddAssign;

use sqlx::Row as _;
use sqlx::any::AnyRow;

use super::{Database, DatabaseError};

/// What a request, or all of a row's, used.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Used {
    pub requests: i64,
    pub input_tokens: i64,
    /// Of the input, what was known already.
    pub cached_tokens: i64,
    pub output_tokens: i64,
}

impl Used {
    pub fn tokens(&self) -> i64 {
        self.input_tokens + self.output_tokens
    }
}

impl AddAssign for Used {
    fn add_assign(&mut self, more: Self) {
        self.requests += more.requests;
        self.input_tokens += more.input_tokens;
        self.cached_tokens += more.cached_tokens;
        self.output_tokens += more.output_tokens;
    }
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UsageRow {
    /// When the time that is summed begins, in seconds of Unix time.
    pub start: i64,
    /// Empty where no key was asked for.
    pub key_id: String,
    pub model: String,
    pub endpoint: String,
    pub used: Used,
}

/// What a key was used for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct KeyUse {
    pub requests: i64,
    /// The minute in which it was last used, in seconds of Unix time.
    pub last: i64,
}

fn used(row: &AnyRow) -> Result<Used, sqlx::Error> {
    Ok(Used {
        requests: row.try_get("requests")?,
        input_tokens: row.try_get("input_tokens")?,
        cached_tokens: row.try_get("cached_tokens")?,
        output_tokens: row.try_get("output_tokens")?,
    })
}

/// PostgreSQL sums integers into decimals.
const SUMS: &str = "CAST(COALESCE(SUM(requests), 0) AS BIGINT) AS requests, \
                    CAST(COALESCE(SUM(input_tokens), 0) AS BIGINT) AS input_tokens, \
                    CAST(COALESCE(SUM(cached_tokens), 0) AS BIGINT) AS cached_tokens, \
                    CAST(COALESCE(SUM(output_tokens), 0) AS BIGINT) AS output_tokens";

/// Tokens of each key, always in the same order, as servers that share a database wait for each
/// other's rows.
fn totals(rows: &[UsageRow]) -> BTreeMap<&str, i64> {
    let mut totals = BTreeMap::new();
    for row in rows {
        *totals.entry(row.key_id.as_str()).or_default() += row.used.tokens();
    }
    totals
}

impl Database {
    /// Adds rows to what is there, all or none of them.
    pub async fn add_usage(&self, rows: &[UsageRow]) -> Result<(), DatabaseError> {
        let insert = "INSERT INTO usage AS u (minute, key_id, model, endpoint, requests, \
                      input_tokens, cached_tokens, output_tokens) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8) \
                      ON CONFLICT (minute, key_id, model, endpoint) DO UPDATE SET \
                      requests = u.requests + excluded.requests, \
                      input_tokens = u.input_tokens + excluded.input_tokens, \
                      cached_tokens = u.cached_tokens + excluded.cached_tokens, \
                      output_tokens = u.output_tokens + excluded.output_tokens";
        let mut transaction = self.pool.begin().await?;
        for row in rows {
            let minute = row.start.div_euclid(60) * 60;
            sqlx::query(insert)
                .bind(minute)
                .bind(&row.key_id)
                .bind(&row.model)
                .bind(&row.endpoint)
                .bind(row.used.requests)
                .bind(row.used.input_tokens)
                .bind(row.used.cached_tokens)
                .bind(row.used.output_tokens)
                .execute(&mut *transaction)
                .await?;
        }
        let total = "UPDATE api_keys SET used_tokens = used_tokens + $1 WHERE id = $2";
        for (key_id, tokens) in totals(rows) {
            let query = sqlx::query(total).bind(tokens).bind(key_id);
            query.execute(&mut *transaction).await?;
        }
        Ok(transaction.commit().await?)
    }

    /// Sums over each `width_s` seconds, from `start` until before `end`, the oldest
    /// first.
    pub async fn usage(
        &self,
        start: i64,
        end: i64,
        width_s: i64,
    ) -> Result<Vec<UsageRow>, DatabaseError> {
        let select = format!(
            "SELECT minute - minute % $1 AS start, key_id, model, endpoint, {SUMS} FROM usage \
             WHERE minute >= $2 AND minute < $3 \
             GROUP BY 1, key_id, model, endpoint ORDER BY 1, key_id, model, endpoint"
        );
        let query = sqlx::query(sqlx::AssertSqlSafe(select));
        let query = query.bind(width_s).bind(start).bind(end);
        let rows = query.fetch_all(&self.pool).await?;
        let row = |row: &AnyRow| {
            Ok::<_, sqlx::Error>(UsageRow {
                start: row.try_get("start")?,
                key_id: row.try_get("key_id")?,
                model: row.try_get("model")?,
                endpoint: row.try_get("endpoint")?,
                used: used(row)?,
            })
        };
        Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
    }

    /// All that a key has used.
    pub async fn used_by(&self, key_id: &str) -> Result<Used, DatabaseError> {
        let select = format!("SELECT {SUMS} FROM usage WHERE key_id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(key_id);
        Ok(used(&query.fetch_one(&self.pool).await?)?)
    }

    /// The same of all keys that were used, told in short.
    pub async fn use_of_keys(&self) -> Result<Vec<(String, KeyUse)>, DatabaseError> {
        let select = "SELECT key_id, CAST(SUM(requests) AS BIGINT) AS requests, \
                      MAX(minute) AS last FROM usage GROUP BY key_id";
        let rows = sqlx::query(select).fetch_all(&self.pool).await?;
        let row = |row: &AnyRow| {
            let (requests, last) = (row.try_get("requests")?, row.try_get("last")?);
            Ok::<_, sqlx::Error>((row.try_get("key_id")?, KeyUse { requests, last }))
        };
        Ok(rows.iter().map(row).collect::<Result<_, _>>()?)
    }
}
