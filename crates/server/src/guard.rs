//! Who may ask: keys, and no web page from elsewhere.
//!
//! A page on any site can send requests to a loopback server, and with a name
//! of its own that resolves to 127.0.0.1 even read the answers. So `Host` must
//! name this machine where only this machine is meant, and an `Origin` must be
//! one of a page that this machine serves.

use std::net::SocketAddr;
use std::sync::Arc;

use api::Error;
use api::error::Code;
use axum::body::Body;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::Next;
use axum::response::{IntoResponse, Response};

use store::Scope;

use crate::error::ApiError;

/// Who asks, as the guard found; an extension of every request that passed it.
#[derive(Clone, Debug)]
pub(crate) struct Caller {
    /// Empty where no key is asked for.
    pub(crate) key_id: String,
    pub(crate) scope: Scope,
}

/// What is asked of a request before it is read.
#[derive(Clone)]
pub struct Guard {
    keys: Arc<[String]>,
    /// Only requests to this machine's own names.
    loopback: bool,
}

/// A server that anyone can reach needs a key.
#[derive(Debug, thiserror::Error)]
#[error("{address} can be reached from other machines, and no key is asked for")]
pub struct NoKey {
    address: SocketAddr,
}

impl Guard {
    /// For a server at `address`; without keys everyone may ask.
    pub fn new(address: SocketAddr, keys: Vec<String>) -> Result<Self, NoKey> {
        let loopback = address.ip().is_loopback();
        match keys.is_empty() && !loopback {
            true => Err(NoKey { address }),
            false => Ok(Self {
                keys: keys.into(),
                loopback,
            }),
        }
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
            if page != host && !(self.loopback && is_loopback(page)) {
                return Err(forbidden(format!(
                    "Pages of {origin} may not use this server."
                )));
            }
        }
        if self.keys.is_empty() {
            return Ok(());
        }
        let unauthorized = |error| Err(ApiError::new(StatusCode::UNAUTHORIZED, error));
        let Some(key) = key(headers) else {
            let message = "You didn't provide an API key. You need to provide your API key in an \
                           Authorization header using Bearer auth (i.e. Authorization: Bearer \
                           YOUR_KEY).";
            return unauthorized(Error::request(message));
        };
        if self
            .keys
            .iter()
            .any(|known| same(known.as_bytes(), key.as_bytes()))
        {
            return Ok(());
        }
        let message = format!("Incorrect API key provided: {}.", masked(&key));
        unauthorized(Error::request(message).with_code(Code::InvalidApiKey))
    }
}

/// The key that came with a request, in any of the ways that clients send it.
fn key(headers: &HeaderMap) -> Option<String> {
    let text = |name: &str| headers.get(name)?.to_str().ok();
    let bearer = text("authorization").and_then(|value| {
        let (scheme, key) = value.split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    });
    let key = bearer.or(text("api-key")).or(text("x-api-key"))?;
    (!key.is_empty()).then(|| key.to_owned())
}

/// In a time that does not tell how much of a key was right.
fn same(a: &[u8], b: &[u8]) -> bool {
    let differing = a.iter().zip(b).fold(0, |sum, (a, b)| sum | (a ^ b));
    a.len() == b.len() && std::hint::black_box(differing) == 0
}

fn masked(key: &str) -> String {
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
    State(guard): State<Guard>,
    mut request: Request<Body>,
    next: Next,
) -> Response {
    match guard.check(request.headers()) {
        Ok(()) => {
            let caller = Caller {
                key_id: String::new(),
                scope: Scope::Admin,
            };
            request.extensions_mut().insert(caller);
            next.run(request).await
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
        let guard = Guard::new("127.0.0.1:80".parse().unwrap(), Vec::new()).unwrap();
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
    fn a_key_comes_in_several_ways() {
        let keys = vec!["sk-local-1234567".to_owned(), "My API Key".to_owned()];
        let guard = Guard::new("0.0.0.0:80".parse().unwrap(), keys).unwrap();
        for (pairs, want) in [
            (&[("authorization", "Bearer sk-local-1234567")][..], 200),
            (&[("authorization", "bearer My API Key")], 200),
            (&[("api-key", "sk-local-1234567")], 200),
            (&[("x-api-key", "sk-local-1234567")], 200),
            (&[("authorization", "Bearer sk-local-1234568")], 401),
            (&[("authorization", "Bearer ")], 401),
            (&[], 401),
        ] {
            assert_eq!(status(&guard, pairs), want, "{pairs:?}");
        }
        let wrong = guard
            .check(&headers(&[("api-key", "sk-secret-abcdef")]))
            .unwrap_err();
        assert!(
            wrong.error.message.contains("sk-s*********def"),
            "{wrong:?}"
        );
        assert!(Guard::new("0.0.0.0:80".parse().unwrap(), Vec::new()).is_err());
    }
}
