//! Old and Azure paths become today's before they are routed.
//!
//! | sent | routed | model |
//! |---|---|---|
//! | `/v1/engines/ada/completions` | `/v1/completions` | `ada` |
//! | `/openai/deployments/gpt/chat/completions?api-version=…` | `/v1/chat/completions` | `gpt` |
//! | `/openai/v1/models`, `/openai/models?api-version=…` | `/v1/models` | |

use axum::body::Body;
use axum::extract::Request;
use axum::http::Uri;
use axum::http::uri::PathAndQuery;
use percent_encoding::percent_decode_str;

/// The model that a path names.
#[derive(Clone)]
pub(crate) struct PathModel(pub(crate) String);

const VERSION: &str = "api-version=";

/// What can be asked of a model in a path.
const VERBS: [&str; 4] = ["chat/completions", "completions", "embeddings", "edits"];

pub(crate) fn rewrite(mut request: Request<Body>) -> Request<Body> {
    let Some((path, model)) = today(request.uri().path()) else {
        return request;
    };
    // There is one version of Azure's API here.
    let kept = request.uri().query().map(|query| {
        let pairs = query.split('&').filter(|pair| !pair.starts_with(VERSION));
        pairs.collect::<Vec<_>>().join("&")
    });
    let path = match kept {
        Some(query) if !query.is_empty() => format!("{path}?{query}"),
        _ => path,
    };
    if let Ok(path) = path.parse::<PathAndQuery>() {
        let mut parts = request.uri().clone().into_parts();
        parts.path_and_query = Some(path);
        if let Ok(uri) = Uri::from_parts(parts) {
            *request.uri_mut() = uri;
        }
    }
    if let Some(model) = model {
        request.extensions_mut().insert(PathModel(model));
    }
    request
}

/// Today's path for an older one, and the model that it names.
fn today(path: &str) -> Option<(String, Option<String>)> {
    let named = |rest: &str| {
        VERBS.iter().find_map(|verb| {
            let model = rest.strip_suffix(verb)?.strip_suffix('/')?;
            Some((format!("/v1/{verb}"), Some(decoded(model)?)))
        })
    };
    if let Some(rest) = path.strip_prefix("/v1/engines/") {
        return named(rest);
    }
    let azure = path.strip_prefix("/openai/")?;
    if let Some(rest) = azure.strip_prefix("deployments/") {
        return named(rest);
    }
    let rest = azure.strip_prefix("v1/").unwrap_or(azure);
    Some((format!("/v1/{rest}"), None))
}

/// A name as a path has it.
pub(crate) fn decoded(name: &str) -> Option<String> {
    let text = percent_decode_str(name).decode_utf8().ok()?;
    (!text.is_empty()).then(|| text.into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn azures_version_is_no_parameter() {
        for (sent, routed) in [
            ("/openai/files?api-version=1", "/v1/files"),
            ("/openai/files?limit=2&api-version=1", "/v1/files?limit=2"),
            (
                "/openai/v1/files?api-version=1&after=a",
                "/v1/files?after=a",
            ),
            ("/v1/files?api-version=1", "/v1/files?api-version=1"),
        ] {
            let request = Request::builder().uri(sent).body(Body::empty()).unwrap();
            assert_eq!(rewrite(request).uri(), routed, "{sent}");
        }
    }

    #[test]
    fn older_paths_name_their_model() {
        for (sent, routed, model) in [
            (
                "/v1/engines/ada/completions",
                "/v1/completions",
                Some("ada"),
            ),
            (
                "/v1/engines/a%3Ab/chat/completions",
                "/v1/chat/completions",
                Some("a:b"),
            ),
            (
                "/openai/deployments/org/x/embeddings",
                "/v1/embeddings",
                Some("org/x"),
            ),
            ("/openai/models", "/v1/models", None),
            ("/openai/v1/models/a", "/v1/models/a", None),
        ] {
            let want = (routed.to_owned(), model.map(str::to_owned));
            assert_eq!(today(sent), Some(want), "{sent}");
        }
        for other in [
            "/v1/completions",
            "/v1/engines",
            "/v1/engines/ada",
            "/health",
        ] {
            assert_eq!(today(other), None, "{other}");
        }
    }
}
