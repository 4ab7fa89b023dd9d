//! Who asks: the operator's own keys, those in the database, or anyone on this
//! machine while there are none; and what a key may do.

use std::time::Instant;

use api::Error;
use api::error::Code;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use axum::response::Response;
use store::{Key, Scope, key_hash};

use crate::app::{App, now};
use crate::error::ApiError;
use crate::guard::{Guard, key, masked};
use crate::limit::{Standing, Standings, spelt};
use crate::record::Watch;

/// An extension of every request that passed the guard.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Empty where no key is asked for; [`OPERATOR`] for the operator's own.
    pub(crate) key_id: String,
    /// May see and do everything.
    pub(crate) admin: bool,
    /// What is told of the request.
    pub(crate) watch: Watch,
}

/// The one that answers name, and that all keys belong to.
pub(crate) const ORGANIZATION: &str = "lyceum";

/// What usage calls the keys that the operator gave when starting the server.
const OPERATOR: &str = "operator";

/// Finds who asks, and takes a request from what their key may have.
pub(crate) async fn admit(
    app: &App,
    guard: &Guard,
    method: &Method,
    uri: &Uri,
    headers: &HeaderMap,
) -> Result<(Caller, Standings), ApiError> {
    let caller = |key_id: &str| Caller {
        key_id: key_id.to_owned(),
        admin: true,
        watch: Watch::default(),
    };
    let given = key(headers);
    if given.as_ref().is_some_and(|key| guard.knows(key)) {
        check_organization(headers)?;
        return Ok((caller(OPERATOR), Standings::default()));
    }
    if let Some(given) = &given
        && let Some(stored) = app.database().key_by_hash(&key_hash(given)).await?
    {
        check_organization(headers)?;
        return admit_key(app, &stored, method, uri).await;
    }
    if guard.open() && !app.database().has_keys().await? {
        return Ok((caller(""), Standings::default()));
    }
    let error = match given {
        None => Error::request(
            "You didn't provide an API key. You need to provide your API key in an Authorization \
             header using Bearer auth (i.e. Authorization: Bearer YOUR_KEY).",
        ),
        Some(key) => wrong(&format!("Incorrect API key provided: {}.", masked(&key))),
    };
    Err(ApiError::new(StatusCode::UNAUTHORIZED, error))
}

/// A key belongs to this server's organisation. Where no key is asked for, nobody belongs to
/// any, and clients send whatever `OPENAI_ORG_ID` says.
fn check_organization(headers: &HeaderMap) -> Result<(), ApiError> {
    match headers.get("openai-organization") {
        Some(named) if !named.is_empty() && named != ORGANIZATION => {
            let message = format!(
                "OpenAI-Organization header should match organization for API key: that is \
                 \"{ORGANIZATION}\", and need not be sent."
            );
            let error = Error::request(message).with_code(Code::MismatchedOrganization);
            Err(ApiError::new(StatusCode::UNAUTHORIZED, error))
        }
        _ => Ok(()),
    }
}

fn wrong(message: &str) -> Error {
    Error::request(message).with_code(Code::InvalidApiKey)
}

fn ended(key: &Key) -> ApiError {
    let how = if key.revoked_at.is_some() {
        "was revoked"
    } else {
        "has expired"
    };
    let message = format!("Incorrect API key provided: {} {how}.", key.redacted);
    ApiError::new(StatusCode::UNAUTHORIZED, wrong(&message))
}

fn within_budget(key: &Key) -> Result<(), ApiError> {
    match key.limits.budget_tokens {
        Some(budget) if key.used_tokens >= budget => Err(ApiError::no_quota()),
        _ => Ok(()),
    }
}

async fn admit_key(
    app: &App,
    key: &Key,
    method: &Method,
    uri: &Uri,
) -> Result<(Caller, Standings), ApiError> {
    if !key.is_live(now() as i64) {
        return Err(ended(key));
    }
    if !may(key.scope, method, uri.path()) {
        let message = format!(
            "You have insufficient permissions for this operation: the API key {} has the scope \
             \"{}\".",
            key.redacted,
            key.scope.name()
        );
        return Err(ApiError::new(
            StatusCode::FORBIDDEN,
            Error::request(message),
        ));
    }
    let caller = Caller {
        key_id: key.id.clone(),
        admin: key.scope == Scope::Admin,
        watch: Watch::default(),
    };
    // Looking costs nothing.
    if method != Method::POST {
        return Ok((caller, Standings::default()));
    }
    within_budget(key)?;
    let admitted = app.limiter().admit(key, Instant::now());
    Ok((caller, admitted.map_err(ApiError::exhausted)?))
}

/// Whether work that a caller left to the server may still be done.
pub(crate) async fn still_may(app: &App, caller: &Caller) -> Result<(), ApiError> {
    let Some(key) = app.database().key(&caller.key_id).await? else {
        return match caller.key_id.as_str() {
            // Nobody's, or the operator's own.
            "" | OPERATOR => Ok(()),
            _ => {
                let error = wrong("Incorrect API key provided: it was revoked.");
                Err(ApiError::new(StatusCode::UNAUTHORIZED, error))
            }
        };
    };
    if !key.is_live(now() as i64) {
        return Err(ended(&key));
    }
    within_budget(&key)
}

/// What asks a model and keeps nothing.
const INFERENCE: [&str; 7] = [
    "/v1/chat/completions",
    "/v1/completions",
    "/v1/edits",
    "/v1/embeddings",
    "/v1/moderations",
    "/v1/tokenize",
    "/api/inspect/prompt",
];

/// What is about everybody's use, and about the machine.
const ORGANIZATIONS: [&str; 4] = [
    "/v1/organization/",
    "/api/keys",
    "/api/logs",
    "/api/settings",
];

fn may(scope: Scope, method: &Method, path: &str) -> bool {
    let looks = method == Method::GET;
    let models = ["/v1/models", "/v1/engines", "/api/models"];
    let models = models.iter().any(|models| path.starts_with(models));
    let everybodys = ORGANIZATIONS.iter().any(|begin| path.starts_with(begin));
    match scope {
        Scope::Admin => true,
        Scope::All => !everybodys && (looks || !path.starts_with("/api/models")),
        Scope::Inference => INFERENCE.contains(&path) || (models && looks),
    }
}

/// Tells what is left.
pub(crate) fn tell(response: &mut Response, standings: &Standings) {
    let mut tell = |what: &str, standing: &Standing| {
        for (part, value) in [
            ("limit", standing.limit.to_string()),
            ("remaining", standing.remaining.to_string()),
            ("reset", spelt(standing.reset)),
        ] {
            let name = HeaderName::try_from(format!("x-ratelimit-{part}-{what}"));
            if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from(value)) {
                response.headers_mut().insert(name, value);
            }
        }
    };
    if let Some(requests) = &standings.requests {
        tell("requests", requests);
    }
    if let Some(tokens) = &standings.tokens {
        tell("tokens", tokens);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scopes_open_what_they_name() {
        for (scope, method, path, want) in [
            (Scope::Inference, Method::POST, "/v1/chat/completions", true),
            (Scope::Inference, Method::GET, "/v1/models/a", true),
            (Scope::Inference, Method::DELETE, "/v1/models/a", false),
            (Scope::Inference, Method::POST, "/v1/files", false),
            (Scope::Inference, Method::GET, "/metrics", false),
            (Scope::All, Method::POST, "/v1/files", true),
            (
                Scope::All,
                Method::GET,
                "/v1/organization/usage/completions",
                false,
            ),
            (
                Scope::Admin,
                Method::GET,
                "/v1/organization/usage/completions",
                true,
            ),
            (Scope::Inference, Method::GET, "/api/models", true),
            (Scope::Inference, Method::POST, "/api/inspect/prompt", true),
            (Scope::Inference, Method::POST, "/api/preferences", false),
            (Scope::All, Method::POST, "/api/preferences", true),
            (Scope::All, Method::POST, "/api/models/a/load", false),
            (Scope::All, Method::DELETE, "/api/models/a", false),
            (Scope::All, Method::GET, "/api/keys", false),
            (Scope::All, Method::GET, "/api/logs/req_1", false),
            (Scope::All, Method::GET, "/api/settings", false),
            (Scope::Admin, Method::DELETE, "/api/logs", true),
        ] {
            assert_eq!(may(scope, &method, path), want, "{scope:?} {method} {path}");
        }
    }
}
