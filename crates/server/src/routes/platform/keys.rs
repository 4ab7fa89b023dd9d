//! `/api/keys`: who may use the server, and how much, as `lyceum keys` has it.

use std::collections::HashMap;

use api::Fields;
use api::error::Code;
use api::fields::unsupported_value;
use api::pages::is_id;
use axum::extract::{Path, State};
use axum::response::Response;
use serde_json::{Value, json};
use store::{Key, KeyLimits, KeyUse, Scope};

use crate::app::{App, now};
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;
use crate::routes::json;

/// What ids of keys begin with.
const KEY: &str = "key_";

/// Bytes of a name.
const NAME: usize = 100;

/// Seconds until a key expires, at most: more than a person's life.
const LIFE_S: i64 = 1 << 32;

/// What JSON's numbers hold in every language.
const MOST: i64 = 9_007_199_254_740_991;

pub(crate) async fn list(State(app): State<App>) -> Result<Response, ApiError> {
    let used = app.database().use_of_keys().await?;
    let used: HashMap<_, _> = used.into_iter().collect();
    let keys = app.database().keys().await?;
    let data: Vec<_> = keys
        .iter()
        .map(|key| told(key, used.get(&key.id).copied()))
        .collect();
    Ok(json(&json!({"object": "list", "data": data})))
}

pub(crate) async fn create(
    State(app): State<App>,
    Json(mut fields): Json,
) -> Result<Response, ApiError> {
    let name = fields.required_string("name")?;
    let scope = scope(&mut fields)?;
    let expires_in = fields.integer("expires_in", 1..=LIFE_S)?;
    let limits = limits(&mut fields)?;
    let ignored = fields.rest()?;
    check_name(&app, &name).await?;
    let now = now() as i64;
    let expires_at = expires_in.map(|seconds| now + seconds);
    let made = app
        .database()
        .create_key(&name, scope, limits, now, expires_at);
    let (key, secret) = made.await?;
    let mut answer = told(&key, None);
    // Shown this once.
    answer["value"] = json!(secret);
    let mut response = json(&answer);
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// Sets all limits anew; those that are left out end.
pub(crate) async fn limit(
    State(app): State<App>,
    Path(id): Path<String>,
    Json(mut fields): Json,
) -> Result<Response, ApiError> {
    let limits = limits(&mut fields)?;
    let ignored = fields.rest()?;
    find(&app, &id).await?;
    if !app.database().limit_key(&id, limits).await? {
        return Err(ended(&id));
    }
    let mut response = json(&told(&find(&app, &id).await?, None));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// Ends it, from the next request on.
pub(crate) async fn revoke(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    find(&app, &id).await?;
    if !app.database().revoke_key(&id, now() as i64).await? {
        return Err(ended(&id));
    }
    Ok(json(&told(&find(&app, &id).await?, None)))
}

async fn find(app: &App, id: &str) -> Result<Key, ApiError> {
    let found = match is_id(id, KEY) {
        true => app.database().key(id).await?,
        false => None,
    };
    found.ok_or_else(|| ApiError::nothing("key", id))
}

fn ended(id: &str) -> ApiError {
    ApiError::conflict(format!("The key '{id}' was revoked."))
}

async fn check_name(app: &App, name: &str) -> Result<(), ApiError> {
    let wrong =
        |code: Code, message: String| Err(ApiError::bad(api::Error::field("name", code, message)));
    if name.trim().is_empty() || name.len() > NAME {
        let message = format!(
            "Invalid 'name': a key's name has 1 to {NAME} bytes, not {}.",
            name.len()
        );
        return wrong(Code::InvalidValue, message);
    }
    let mut keys = app.database().keys().await?.into_iter();
    match keys.any(|key| key.name == name && key.revoked_at.is_none()) {
        true => {
            let message = format!("There is a key named '{name}' already.");
            wrong(Code::InvalidValue, message)
        }
        false => Ok(()),
    }
}

fn scope(fields: &mut Fields) -> Result<Scope, ApiError> {
    let Some(name) = fields.string("scope")? else {
        return Ok(Scope::All);
    };
    let known = Scope::ALL.into_iter().find(|scope| scope.name() == name);
    let names = Scope::ALL.map(Scope::name);
    known.ok_or_else(|| unsupported_value("scope", &name, &names).into())
}

fn limits(fields: &mut Fields) -> Result<KeyLimits, ApiError> {
    Ok(KeyLimits {
        budget_tokens: fields.integer("budget_tokens", 0..=MOST)?,
        requests_per_minute: fields.integer("requests_per_minute", 1..=MOST)?,
        tokens_per_minute: fields.integer("tokens_per_minute", 1..=MOST)?,
    })
}

fn state(key: &Key) -> &'static str {
    match (key.revoked_at, key.is_live(now() as i64)) {
        (Some(_), _) => "revoked",
        (None, false) => "expired",
        (None, true) => "live",
    }
}

fn told(key: &Key, used: Option<KeyUse>) -> Value {
    json!({
        "id": key.id,
        "object": "key",
        "name": key.name,
        "redacted": key.redacted,
        "scope": key.scope.name(),
        "state": state(key),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "revoked_at": key.revoked_at,
        "last_used_at": used.map(|used| used.last),
        "requests": used.map_or(0, |used| used.requests),
        "used_tokens": key.used_tokens,
        "budget_tokens": key.limits.budget_tokens,
        "requests_per_minute": key.limits.requests_per_minute,
        "tokens_per_minute": key.limits.tokens_per_minute,
    })
}
