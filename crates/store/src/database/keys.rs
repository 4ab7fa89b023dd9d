//! API keys, of which only hashes are kept: they are random enough that a fast
//! hash cannot be reversed.

use sha2::{Digest as _, Sha256};
use sqlx::Row as _;
use sqlx::any::AnyRow;
use uuid::Uuid;

use super::{Database, DatabaseError};
use crate::folder::hex;

/// What a key may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scope {
    /// Everything, also usage and keys of others.
    Admin,
    /// Everything but the organisation's pages.
    All,
    /// Ask models; keep and change nothing.
    Inference,
}

impl Scope {
    pub const ALL: [Self; 3] = [Self::Admin, Self::All, Self::Inference];

    pub fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::All => "all",
            Self::Inference => "inference",
        }
    }

    fn parse(name: &str) -> Self {
        let known = Self::ALL.into_iter().find(|scope| scope.name() == name);
        // What a newer program wrote is taken for the least.
        known.unwrap_or(Self::Inference)
    }
}

/// What a key may use; `None` is without limit.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct KeyLimits {
    /// Tokens in all.
    pub budget_tokens: Option<i64>,
    pub requests_per_minute: Option<i64>,
    pub tokens_per_minute: Option<i64>,
}

/// A key without what makes it one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Key {
    pub id: String,
    pub name: String,
    /// `sk-abc…wxyz`.
    pub redacted: String,
    pub scope: Scope,
    pub created_at: i64,
    pub expires_at: Option<i64>,
    pub revoked_at: Option<i64>,
    pub limits: KeyLimits,
    /// In all.
    pub used_tokens: i64,
}

impl Key {
    /// Whether it opens anything at a time.
    pub fn is_live(&self, now: i64) -> bool {
        self.revoked_at.is_none() && self.expires_at.is_none_or(|at| now < at)
    }
}

/// SHA-256 of a key, in hexadecimal.
pub fn hash(key: &str) -> String {
    hex(&Sha256::digest(key.as_bytes()))
}

/// 244 random bits.
fn secret(scope: Scope) -> String {
    let prefix = if scope == Scope::Admin {
        "sk-admin-"
    } else {
        "sk-"
    };
    let (a, b) = (Uuid::new_v4().simple(), Uuid::new_v4().simple());
    format!("{prefix}{a}{b}")
}

const COLUMNS: &str = "id, name, redacted, scope, created_at, expires_at, revoked_at, \
                       budget_tokens, requests_per_minute, tokens_per_minute, used_tokens";

fn key(row: &AnyRow) -> Result<Key, sqlx::Error> {
    Ok(Key {
        id: row.try_get("id")?,
        name: row.try_get("name")?,
        redacted: row.try_get("redacted")?,
        scope: Scope::parse(row.try_get("scope")?),
        created_at: row.try_get("created_at")?,
        expires_at: row.try_get("expires_at")?,
        revoked_at: row.try_get("revoked_at")?,
        limits: KeyLimits {
            budget_tokens: row.try_get("budget_tokens")?,
            requests_per_minute: row.try_get("requests_per_minute")?,
            tokens_per_minute: row.try_get("tokens_per_minute")?,
        },
        used_tokens: row.try_get("used_tokens")?,
    })
}

impl Database {
    /// A new key, and the text that is shown once.
    pub async fn create_key(
        &self,
        name: &str,
        scope: Scope,
        limits: KeyLimits,
        now: i64,
        expires_at: Option<i64>,
    ) -> Result<(Key, String), DatabaseError> {
        let secret = secret(scope);
        let tail = &secret[secret.len() - 4..];
        let created = Key {
            id: format!("key_{}", Uuid::new_v4().simple()),
            name: name.to_owned(),
            redacted: format!("{}...{tail}", &secret[..secret.len() - 58]),
            scope,
            created_at: now,
            expires_at,
            revoked_at: None,
            limits,
            used_tokens: 0,
        };
        let insert = "INSERT INTO api_keys (id, name, hash, redacted, scope, created_at, \
                      expires_at, budget_tokens, requests_per_minute, tokens_per_minute) \
                      VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)";
        sqlx::query(insert)
            .bind(&created.id)
            .bind(&created.name)
            .bind(hash(&secret))
            .bind(&created.redacted)
            .bind(scope.name())
            .bind(now)
            .bind(expires_at)
            .bind(limits.budget_tokens)
            .bind(limits.requests_per_minute)
            .bind(limits.tokens_per_minute)
            .execute(&self.pool)
            .await?;
        Ok((created, secret))
    }

    /// All keys, the oldest first.
    pub async fn keys(&self) -> Result<Vec<Key>, DatabaseError> {
        let select = format!("SELECT {COLUMNS} FROM api_keys ORDER BY created_at, id");
        let rows = sqlx::query(sqlx::AssertSqlSafe(select))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.iter().map(key).collect::<Result<_, _>>()?)
    }

    /// The key with a hash, if there is one, live or not.
    pub async fn key_by_hash(&self, hash: &str) -> Result<Option<Key>, DatabaseError> {
        let select = format!("SELECT {COLUMNS} FROM api_keys WHERE hash = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(hash);
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(key).transpose()?)
    }

    /// The key with an id, if there is one, live or not.
    pub async fn key(&self, id: &str) -> Result<Option<Key>, DatabaseError> {
        let select = format!("SELECT {COLUMNS} FROM api_keys WHERE id = $1");
        let query = sqlx::query(sqlx::AssertSqlSafe(select)).bind(id);
        let row = query.fetch_optional(&self.pool).await?;
        Ok(row.as_ref().map(key).transpose()?)
    }

    /// Whether any key was ever made, and so must be shown: who revokes the last one wants to
    /// keep its holder out, not to let everybody in.
    pub async fn has_keys(&self) -> Result<bool, DatabaseError> {
        let select = "SELECT id FROM api_keys LIMIT 1";
        let row = sqlx::query(select).fetch_optional(&self.pool).await?;
        Ok(row.is_some())
    }

    /// Ends a key; false if there is none of that id or name, or it had ended.
    pub async fn revoke_key(&self, id: &str, now: i64) -> Result<bool, DatabaseError> {
        let update = "UPDATE api_keys SET revoked_at = $1 \
                      WHERE (id = $2 OR name = $2) AND revoked_at IS NULL";
        let query = sqlx::query(update).bind(now).bind(id);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }

    /// Forgets the keys that are revoked, and says how many; what they used is kept.
    pub async fn forget_keys(&self) -> Result<u64, DatabaseError> {
        let delete = "DELETE FROM api_keys WHERE revoked_at IS NOT NULL";
        Ok(sqlx::query(delete)
            .execute(&self.pool)
            .await?
            .rows_affected())
    }

    /// Changes what a key may use; false if there is none of that id or name.
    pub async fn limit_key(&self, id: &str, limits: KeyLimits) -> Result<bool, DatabaseError> {
        let update = "UPDATE api_keys SET budget_tokens = $1, requests_per_minute = $2, \
                      tokens_per_minute = $3 WHERE (id = $4 OR name = $4) AND revoked_at IS NULL";
        let query = sqlx::query(update)
            .bind(limits.budget_tokens)
            .bind(limits.requests_per_minute)
            .bind(limits.tokens_per_minute)
            .bind(id);
        Ok(query.execute(&self.pool).await?.rows_affected() > 0)
    }
}
