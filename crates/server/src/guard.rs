//! Who may ask: keys, and no web page from elsewhere.
//!
//! A page on any site can send requests to a loopback server, and with a name
//! of its own that resolves to 127.0.0.1 even read the answers. So `Host` must
//! name this machine where only this machine is meant, and an `Origin` must be
//! one of a page that this machine serves, or that the operator names.

use std::net::SocketAddr;
use std::sync::Arc;

use api::Error;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

use crate::app::App;
use crate::caller;
use crate::cors;
use crate::error::ApiError;
use crate::record::Watch;

/// What is asked of a request before it is read.
#[derive(Clone)]
pub struct Guard {
    keys: Arc<[String]>,
    /// Only requests to this machine's own names.
    loopback: bool,
    /// Of pages from elsewhere that may ask.
    origins: Arc<[String]>,
}

/// A server that anyone can reach needs a key.
#[derive(Debug, thiserror::Error)]
#[error("{address} can be reached from other machines, and no key is asked for")]
pub struct NoKey {
    address: SocketAddr,
}

impl Guard {
    /// For a server at `address`, with the operator's own `keys`; `stored` says whether
    /// others are kept. Without any, everyone on this machine may ask.
    pub fn new(address: SocketAddr, keys: Vec<String>, stored: bool) -> Result<Self, NoKey> {
        let loopback = address.ip().is_loopback();
        match keys.is_empty() && !stored && !loopback {
            true => Err(NoKey { address }),
            false => Ok(Self {
                keys: keys.into(),
                loopback,
                origins: Arc::default(),
            }),
        }
    }

    /// Lets pages of these origins ask, such as `https://chat.example`.
    #[must_use]
    pub fn allowing(self, origins: Vec<String>) -> Self {
        let origins = origins.into();
        Self { origins, ..self }
    }

    fn check(&self, headers: &HeaderMap) -> Result<(), ApiError> {
        let text = |name| headers.get(name).map(|v| v.to_str().unwrap_or("?"));
        let host = text(header::HOST).unwrap_or_default();
        let forbidden =
            |message: String| ApiError::new(StatusCode::FORBIDDEN, Error::request(message));
        if self.loopback && !is_loopback(host) {
            return Err(forbidden(format!(
                "This server answers to localhost, not to {host:?}."
            )));
        }
        if let Some(origin) = text(header::ORIGIN) {
            let page = origin.split_once("://").map_or("", |(_, host)| host);
            let own = page == host || (self.loopback && is_loopback(page));
            if !own && !self.origins.iter().any(|allowed| allowed == origin) {
                return Err(forbidden(format!(
                    "Pages of {origin} may not use this server; `lyceum serve --allow-origin \
                     {origin}` lets them."
                )));
            }
        }
        Ok(())
    }

    /// Whether a key is one that the operator gave.
    pub(crate) fn knows(&self, key: &str) -> bool {
        let same = |known: &String| same(known.as_bytes(), key.as_bytes());
        self.keys.iter().any(same)
    }

    /// Whether nothing but keys in the database can keep callers out.
    pub(crate) fn open(&self) -> bool {
        self.loopback && self.keys.is_empty()
    }
}

/// The key that came with a request, in any of the ways that clients send it.
pub(crate) fn key(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let bearer = text("authorization").and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let key = bearer.or(text("api-key")).or(text("x-api-key"));
    let key = key.map(str::to_owned).or_else(|| password(headers))?;
    (!key.is_empty()).then_some(key)
}

/// Browsers that are asked for a name and a password send the key as the latter.
fn password(headers: &HeaderMap) -> Option<String> {
    let value = headers.get(header::AUTHORIZATION)?.to_str().ok()?;
    let (scheme, encoded) = value.split_once(' ')?;
    if !scheme.eq_ignore_ascii_case("basic") {
        return None;
    }
    let decoded = STANDARD.decode(encoded.trim()).ok()?;
    let text = String::from_utf8(decoded).ok()?;
    Some(text.split_once(':')?.1.to_owned())
}

/// In a time that does not tell how much of a key was right.
fn same(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && std::hint::black_box(differing) == 0
}

pub(crate) fn masked(key: &str) -> String {
    let chars: Vec<char> = key.chars().collect();
    match chars.len() {
        0..=8 => "*".repeat(chars.len()),
        n => {
            let (start, end): (String, String) =
                (chars[..4].iter().collect(), chars[n - 3..].iter().collect());
            format!("{start}{}{end}", "*".repeat(n - 7))
        }
    }
}

/// Whether a host, with or without a port, is this machine.
fn is_loopback(host: &str) -> bool {
    let name = match host.strip_prefix('[') {
        Some(rest) => rest.split(']').next().unwrap_or_default(),
        None => host.split(':').next().unwrap_or_default(),
    };
    name.eq_ignore_ascii_case("localhost")
        || name
            .parse::<std::net::IpAddr>()
            .is_ok_and(|ip| ip.is_loopback())
}

pub(crate) async fn guard(
    State((app, guard)): State<(App, Guard)>,
    request: Request<Body>,
    next: Next,
) -> Response {
    let (method, headers) = (request.method(), request.headers());
    if let Err(e) = guard.check(headers) {
        return e.into_response();
    }
    let origin = headers.get(header::ORIGIN).cloned();
    let mut response = match cors::is_preflight(method, headers) {
        // Browsers ask this without a key.
        true => cors::preflight(headers),
        false => admitted(&app, &guard, request, next).await,
    };
    if let Some(origin) = origin {
        cors::open(&mut response, origin);
    }
    response
}

async fn admitted(app: &App, guard: &Guard, mut request: Request<Body>, next: Next) -> Response {
    let (method, uri, headers) = (request.method(), request.uri(), request.headers());
    match caller::admit(app, guard, method, uri, headers).await {
        Ok((mut caller, standings)) => {
            if let Some(watch) = request.extensions_mut().remove::<Watch>() {
                watch.caller(&caller.key_id);
                caller.watch = watch;
            }
            request.extensions_mut().insert(caller);
            let mut response = tokio::select! {
                response = next.run(request) => response,
                () = app.ending().over() => ApiError::stopping().into_response(),
            };
            caller::tell(&mut response, &standings);
            response
        }
        Err(e) => e.into_response(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let pairs = pairs.iter().map(|(name, value)| {
            (
                header::HeaderName::from_static(name),
                value.parse().unwrap(),
            )
        });
        pairs.collect()
    }

    fn status(guard: &Guard, pairs: &[(&'static str, &str)]) -> u16 {
        guard
            .check(&headers(pairs))
            .map_or_else(|e| e.status.as_u16(), |()| 200)
    }

    #[test]
    fn pages_from_elsewhere_are_kept_out() {
        let guard = Guard::new("127.0.0.1:80".parse().unwrap(), Vec::new(), false).unwrap();
        for (pairs, want) in [
            (&[("host", "localhost:8080")][..], 200),
            (&[("host", "127.0.0.1")], 200),
            (&[("host", "[::1]:8080")], 200),
            (&[("host", "evil.example")], 403),
            (&[("host", "localhost.evil.example")], 403),
            (&[], 403),
            (
                &[("host", "localhost"), ("origin", "http://localhost:5173")],
                200,
            ),
            (
                &[("host", "localhost"), ("origin", "https://evil.example")],
                403,
            ),
            (&[("host", "localhost"), ("origin", "null")], 403),
        ] {
            assert_eq!(status(&guard, pairs), want, "{pairs:?}");
        }
    }

    #[test]
    fn pages_that_the_operator_names_are_let_in() {
        let guard = Guard::new("127.0.0.1:80".parse().unwrap(), Vec::new(), false).unwrap();
        let guard = guard.allowing(vec!["https://chat.example".to_owned()]);
        for (origin, want) in [
            ("https://chat.example", 200),
            ("http://chat.example", 403),
            ("https://chat.example:8443", 403),
            ("https://chat.example.evil", 403),
            ("http://localhost:5173", 200),
        ] {
            let pairs = [("host", "localhost"), ("origin", origin)];
            assert_eq!(status(&guard, &pairs), want, "{origin}");
        }
        let pairs = [("host", "evil.example"), ("origin", "https://chat.example")];
        assert_eq!(status(&guard, &pairs), 403, "whoever answers for us");
    }

    #[test]
    fn a_key_comes_in_several_ways() {
        let basic = format!("Basic {}", STANDARD.encode("anyone:My API Key"));
        for (name, value, want) in [
            ("authorization", "Bearer sk-local-1", Some("sk-local-1")),
            ("authorization", "bearer My API Key", Some("My API Key")),
            ("authorization", basic.as_str(), Some("My API Key")),
            ("authorization", "Basic !", None),
            ("authorization", "Bearer ", None),
            ("api-key", "sk-local-1", Some("sk-local-1")),
            ("x-api-key", "sk-local-1", Some("sk-local-1")),
            ("cookie", "sk-local-1", None),
        ] {
            assert_eq!(
                key(&headers(&[(name, value)])).as_deref(),
                want,
                "{name}: {value}"
            );
        }
        assert_eq!(masked("sk-secret-abcdef"), "sk-s*********def");
        assert_eq!(masked("short"), "*****");
    }

    #[test]
    fn others_machines_need_a_key() {
        let everywhere = "0.0.0.0:80".parse().unwrap();
        let here = "127.0.0.1:80".parse().unwrap();
        assert!(Guard::new(everywhere, Vec::new(), false).is_err());
        assert!(!Guard::new(everywhere, Vec::new(), true).unwrap().open());
        assert!(Guard::new(here, Vec::new(), false).unwrap().open());
        let guard = Guard::new(here, vec!["My API Key".to_owned()], false).unwrap();
        assert!(!guard.open() && guard.knows("My API Key") && !guard.knows("My API Kez"));
    }
}
