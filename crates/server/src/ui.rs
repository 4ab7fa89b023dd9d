//! The pages of `ui/`: part of the program, or read from a folder while somebody works on them.
//!
//! The API goes before the pages: what begins like one of its paths is never a page, so that
//! clients get errors in OpenAI's shape and never HTML. Any other address that a browser opens is
//! the application, which knows by the address what to show. Pages need no key, as they hold
//! nothing but what is published; what they ask of the API does.

use std::fs;
use std::hash::{DefaultHasher, Hash as _, Hasher as _};
use std::path::PathBuf;
use std::sync::Arc;

use axum::body::{Body, Bytes};
use axum::extract::Request;
use axum::http::uri::PathAndQuery;
use axum::http::{HeaderMap, HeaderValue, Method, Response, StatusCode, Uri, header};

include!(concat!(env!("OUT_DIR"), "/files.rs"));

/// A file of `ui/dist`.
struct File {
    /// As in `a/index.js`.
    name: &'static str,
    plain: &'static [u8],
    gzip: &'static [u8],
}

/// First segments of the API's paths, today's and those of the pages to come.
const API: [&str; 6] = ["api", "health", "metrics", "openai", "openapi.json", "v1"];

const INDEX: &str = "index.html";

/// Nothing is loaded from, sent to or shown on other sites, and no text becomes markup or code.
/// Svelte makes its own templates by the one policy that is named.
const CONTENT_SECURITY_POLICY: &str = "default-src 'self'; script-src 'self'; style-src 'self'; \
     img-src 'self' blob: data:; media-src 'self' blob:; connect-src 'self'; object-src 'none'; \
     base-uri 'self'; form-action 'none'; frame-ancestors 'none'; \
     require-trusted-types-for 'script'; trusted-types svelte-trusted-html";

/// Where pages come from, and where browsers find them.
#[derive(Clone, Default)]
pub struct Ui {
    inner: Arc<Inner>,
}

#[derive(Default)]
struct Inner {
    base: String,
    folder: Option<PathBuf>,
}

impl Ui {
    /// `base` is empty, or a path such as `/team/ai` below which a proxy shows this server.
    pub fn new(base: &str) -> Self {
        Self::with(base, None)
    }

    /// Read from a folder, each time anew.
    pub fn in_folder(base: &str, folder: PathBuf) -> Self {
        Self::with(base, Some(folder))
    }

    fn with(base: &str, folder: Option<PathBuf>) -> Self {
        let base = base.trim_end_matches('/').to_owned();
        let inner = Arc::new(Inner { base, folder });
        Self { inner }
    }

    /// A request as if this server stood at the root. Proxies may leave the base path out or not.
    pub(crate) fn below_base(&self, mut request: Request<Body>) -> Request<Body> {
        let uri = request.uri();
        let Some(rest) = uri.path().strip_prefix(&self.inner.base) else {
            return request;
        };
        if self.inner.base.is_empty() || !(rest.is_empty() || rest.starts_with('/')) {
            return request;
        }
        let query = uri.query().map(|query| format!("?{query}"));
        let path = format!(
            "/{}{}",
            rest.trim_start_matches('/'),
            query.unwrap_or_default()
        );
        if let Ok(path) = path.parse::<PathAndQuery>() {
            let mut parts = uri.clone().into_parts();
            parts.path_and_query = Some(path);
            if let Ok(uri) = Uri::from_parts(parts) {
                *request.uri_mut() = uri;
            }
        }
        request
    }

    /// The page that a request asks for; none if it is for the API.
    pub(crate) fn page(&self, request: &Request<Body>) -> Option<Response<Body>> {
        let path = request.uri().path().trim_start_matches('/');
        let first = path.split('/').next().unwrap_or_default();
        if ![Method::GET, Method::HEAD].contains(request.method()) || API.contains(&first) {
            return None;
        }
        let headers = request.headers();
        self.file(path, headers)
            .or_else(|| opened(headers).then(|| self.file(INDEX, headers))?)
    }

    fn file(&self, name: &str, headers: &HeaderMap) -> Option<Response<Body>> {
        if let Some(folder) = &self.inner.folder {
            let inside = name
                .split('/')
                .all(|part| !part.is_empty() && !part.starts_with('.') && !part.contains('\\'));
            // Whoever works on pages is alone, and may wait for a disk.
            let bytes = inside.then(|| fs::read(folder.join(name)).ok())??;
            return Some(self.answer(name, bytes.into(), None, headers));
        }
        let file = FILES.iter().find(|file| file.name == name)?;
        // The application's address is filled in, so the packed one would be another text.
        let gzip = (name != INDEX && accepts_gzip(headers)).then_some(file.gzip);
        Some(self.answer(name, Bytes::from_static(file.plain), gzip, headers))
    }

    fn answer(
        &self,
        name: &str,
        plain: Bytes,
        gzip: Option<&'static [u8]>,
        asked: &HeaderMap,
    ) -> Response<Body> {
        let bytes = match (gzip, name) {
            (Some(gzip), _) => Bytes::from_static(gzip),
            (None, INDEX) => self.placed(&plain).into(),
            (None, _) => plain,
        };
        let tag = tag(&bytes);
        let known = asked.get(header::IF_NONE_MATCH);
        let known = known.is_some_and(|known| known.as_bytes() == tag.as_bytes());
        let mut response = match known {
            true => Response::new(Body::empty()),
            false => Response::new(Body::from(bytes)),
        };
        if known {
            *response.status_mut() = StatusCode::NOT_MODIFIED;
        }
        let headers = response.headers_mut();
        headers.insert(header::ETAG, tag);
        for (name, value) in [
            (header::CONTENT_TYPE, content_type(name)),
            // Asked for each time, as a new program has new pages under the same names.
            (header::CACHE_CONTROL, "no-cache"),
            (header::VARY, "accept-encoding"),
            (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
            (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
            (header::REFERRER_POLICY, "no-referrer"),
        ] {
            headers.insert(name, HeaderValue::from_static(value));
        }
        let alone = HeaderValue::from_static("same-origin");
        headers.insert("cross-origin-opener-policy", alone);
        if gzip.is_some() {
            let gzip = HeaderValue::from_static("gzip");
            headers.insert(header::CONTENT_ENCODING, gzip);
        }
        response
    }

    /// The application's page, with addresses that hold wherever it is opened.
    fn placed(&self, index: &[u8]) -> String {
        let base = &self.inner.base;
        String::from_utf8_lossy(index)
            .replace("\"./a/", &format!("\"{base}/a/"))
            .replace(
                "name=\"base-path\" content=\"\"",
                &format!("name=\"base-path\" content=\"{base}\""),
            )
    }
}

/// Whether a browser opens an address, rather than loading something for a page.
fn opened(headers: &HeaderMap) -> bool {
    let accept = headers.get(header::ACCEPT).and_then(|v| v.to_str().ok());
    accept.is_some_and(|accept| accept.contains("text/html"))
}

fn accepts_gzip(headers: &HeaderMap) -> bool {
    let codings = headers.get(header::ACCEPT_ENCODING);
    let codings = codings.and_then(|v| v.to_str().ok()).unwrap_or_default();
    codings.split(',').any(|coding| {
        let (coding, weight) = coding.split_once(';').unwrap_or((coding, ""));
        let refused = weight.trim().trim_start_matches("q=").parse() == Ok(0.0);
        coding.trim().eq_ignore_ascii_case("gzip") && !refused
    })
}

/// What changes whenever the bytes do.
fn tag(bytes: &[u8]) -> HeaderValue {
    let mut hasher = DefaultHasher::new();
    bytes.hash(&mut hasher);
    let tag = format!("\"{:016x}\"", hasher.finish());
    HeaderValue::from_str(&tag).expect("quotes and digits are a header's")
}

fn content_type(name: &str) -> &'static str {
    match name.rsplit('.').next() {
        Some("css") => "text/css; charset=utf-8",
        Some("html") => "text/html; charset=utf-8",
        Some("js") => "text/javascript; charset=utf-8",
        Some("json") => "application/json",
        Some("svg") => "image/svg+xml",
        Some("txt") => "text/plain; charset=utf-8",
        _ => "application/octet-stream",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(path: &str) -> Request<Body> {
        Request::builder().uri(path).body(Body::empty()).unwrap()
    }

    #[test]
    fn a_base_path_is_taken_off_where_it_is_there() {
        let ui = Ui::new("/team/ai/");
        for (sent, seen) in [
            ("/team/ai", "/"),
            ("/team/ai/", "/"),
            ("/team/ai/v1/models?limit=1", "/v1/models?limit=1"),
            ("/team/air", "/team/air"),
            ("/v1/models", "/v1/models"),
        ] {
            assert_eq!(ui.below_base(asked(sent)).uri(), seen, "{sent}");
            assert_eq!(Ui::default().below_base(asked(sent)).uri(), sent);
        }
    }

    #[test]
    fn gzip_is_sent_to_those_who_take_it() {
        for (sent, want) in [
            ("gzip, deflate", true),
            ("br;q=1.0, GZIP;q=0.5", true),
            ("gzip;q=0", false),
            ("identity", false),
        ] {
            let mut headers = HeaderMap::new();
            headers.insert(header::ACCEPT_ENCODING, sent.parse().unwrap());
            assert_eq!(accepts_gzip(&headers), want, "{sent}");
        }
        assert!(!accepts_gzip(&HeaderMap::new()));
    }

    #[test]
    fn nothing_outside_a_folder_is_read() {
        let ui = Ui::in_folder("", PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("src"));
        assert!(ui.page(&asked("/ui.rs")).is_some());
        for path in ["/../Cargo.toml", "/./ui.rs", "//ui.rs/", "/..%2fCargo.toml"] {
            assert!(ui.page(&asked(path)).is_none(), "{path}");
        }
    }
}
