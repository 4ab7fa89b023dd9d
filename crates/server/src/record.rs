//! What is told of each request: who asked for what, and what came of it.
//!
//! A record is told once, when nothing works on its request any more: the answer was taken or given
//! up, and what it used is written down. Texts of prompts and answers are in it only where an
//! observer wants them.

use std::pin::Pin;
use std::sync::{Arc, Mutex};
use std::task::{Context, Poll};
use std::time::{Duration, Instant, SystemTime};

use api::Usage;
use axum::body::{Body, Bytes};
use axum::extract::{MatchedPath, Request};
use axum::http::{HeaderMap, header};
use axum::response::Response;
use hyper::body::{Body as _, Frame, SizeHint};

use crate::app::lock;

/// A request and what came of it.
#[derive(Clone, Debug)]
pub struct Record {
    /// As the client reads it in `x-request-id`.
    pub id: String,
    pub began: SystemTime,
    pub method: String,
    /// Without the query.
    pub path: String,
    /// The path's pattern, if there is such a path.
    pub route: Option<String>,
    /// `traceparent` of W3C's Trace Context, well-formed.
    pub traceparent: Option<String>,
    pub tracestate: Option<String>,
    /// Empty where no key was asked for or the right one was not given.
    pub key_id: String,
    /// What was asked of a model, as usage names it.
    pub endpoint: Option<&'static str>,
    /// As it was asked for.
    pub model: Option<String>,
    pub usage: Option<Usage>,
    /// Zero where there was no answer.
    pub status: u16,
    /// OpenAI's name of the error's kind, and its code.
    pub error: Option<(String, Option<String>)>,
    /// What only the operator may read.
    pub private: Option<String>,
    /// Bytes of the bodies, as far as they were read and written.
    pub bytes_in: u64,
    pub bytes_out: u64,
    /// Until the answer began.
    pub first: Duration,
    /// Until nothing worked on it any more.
    pub took: Duration,
    /// Whether the answer came in pieces.
    pub streamed: bool,
    /// Whether the answer was taken to its end.
    pub whole: bool,
    /// The bodies' texts, if they are wanted.
    pub request_text: Option<String>,
    pub answer_text: Option<String>,
}

/// Where the operator reads. It must not wait.
pub trait Observer: Send + Sync {
    /// Nothing works on this request any more.
    fn request(&self, record: &Record);
    /// Something went wrong that clients must not read.
    fn report(&self, what: &str);
    /// Whether records shall hold the texts of bodies.
    fn wants_texts(&self) -> bool {
        false
    }
}

/// Nobody reads.
impl Observer for () {
    fn request(&self, _: &Record) {}
    fn report(&self, _: &str) {}
}

/// The kind of answers that come in pieces.
const STREAM: &str = "text/event-stream";

/// Bytes of a body's text that are held.
const TEXT: usize = 64 << 10;

/// A request's record in the making. Clones are the same; the last one that goes tells it.
#[derive(Clone, Default)]
pub(crate) struct Watch {
    inner: Option<Arc<Inner>>,
}

struct Inner {
    observer: Arc<dyn Observer>,
    began: Instant,
    record: Mutex<Record>,
}

impl std::fmt::Debug for Watch {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Watch")
    }
}

impl Watch {
    pub(crate) fn of(observer: &Arc<dyn Observer>, id: &str, request: &Request) -> Self {
        let headers = request.headers();
        let traceparent = text(headers, "traceparent").filter(|value| is_traceparent(value));
        let route = request.extensions().get::<MatchedPath>();
        let record = Record {
            id: id.to_owned(),
            began: SystemTime::now(),
            method: request.method().to_string(),
            path: request.uri().path().to_owned(),
            route: route.map(|route| route.as_str().to_owned()),
            traceparent: traceparent.map(str::to_owned),
            tracestate: text(headers, "tracestate").map(str::to_owned),
            key_id: String::new(),
            endpoint: None,
            model: None,
            usage: None,
            status: 0,
            error: None,
            private: None,
            bytes_in: 0,
            bytes_out: 0,
            first: Duration::ZERO,
            took: Duration::ZERO,
            streamed: false,
            whole: false,
            request_text: None,
            answer_text: None,
        };
        let inner = Inner {
            observer: Arc::clone(observer),
            began: Instant::now(),
            record: Mutex::new(record),
        };
        Self {
            inner: Some(Arc::new(inner)),
        }
    }

    fn note(&self, note: impl FnOnce(&mut Record)) {
        if let Some(inner) = &self.inner {
            note(&mut lock(&inner.record));
        }
    }

    pub(crate) fn caller(&self, key_id: &str) {
        self.note(|record| record.key_id = key_id.to_owned());
    }

    pub(crate) fn asked(&self, endpoint: &'static str, model: &str) {
        self.note(|record| {
            record.endpoint = Some(endpoint);
            record.model = Some(model.to_owned());
        });
    }

    pub(crate) fn used(&self, usage: Usage) {
        self.note(|record| record.usage = Some(usage));
    }

    pub(crate) fn is_none(&self) -> bool {
        self.inner.is_none()
    }

    pub(crate) fn failed(&self, error: &api::Error, private: Option<&str>) {
        // Their names are those on the wire.
        let name = |value: serde_json::Result<serde_json::Value>| {
            let value = value.ok()?;
            value.as_str().map(str::to_owned)
        };
        let kind = name(serde_json::to_value(error.kind)).unwrap_or_default();
        let code = error.code.and_then(|code| name(serde_json::to_value(code)));
        self.note(|record| {
            record.error = Some((kind, code));
            // The same may be told again on its way.
            if let Some(private) = private {
                record.private = Some(private.to_owned());
            }
        });
    }

    /// The request, whose body is watched.
    pub(crate) fn request(&self, request: Request) -> Request {
        let texts = self.wants_texts(request.headers());
        request.map(|body| self.body(body, Way::In, texts))
    }

    /// The response, whose body is watched.
    pub(crate) fn response(&self, response: Response) -> Response {
        let Some(inner) = &self.inner else {
            return response;
        };
        self.note(|record| {
            record.status = response.status().as_u16();
            record.first = inner.began.elapsed();
            let kind = text(response.headers(), header::CONTENT_TYPE.as_str());
            record.streamed = kind.is_some_and(|kind| kind.starts_with(STREAM));
        });
        let texts = self.wants_texts(response.headers());
        response.map(|body| self.body(body, Way::Out, texts))
    }

    /// Files are not asked for, only what is said to models and by them; a new key is not, either.
    fn wants_texts(&self, headers: &HeaderMap) -> bool {
        let kind = text(headers, header::CONTENT_TYPE.as_str()).unwrap_or_default();
        let said = ["application/json", STREAM];
        let said = said.iter().any(|said| kind.starts_with(said));
        let wanted = |inner: &Arc<Inner>| {
            inner.observer.wants_texts() && lock(&inner.record).path.starts_with("/v1/")
        };
        said && self.inner.as_ref().is_some_and(wanted)
    }

    fn body(&self, body: Body, way: Way, texts: bool) -> Body {
        let mut watched = Watched {
            body,
            watch: self.clone(),
            way,
            texts,
            text: Vec::new(),
        };
        watched.look_for_end();
        Body::new(watched)
    }
}

fn text<'h>(headers: &'h HeaderMap, name: &str) -> Option<&'h str> {
    headers.get(name)?.to_str().ok()
}

/// Version, trace, parent and flags, <https://www.w3.org/TR/trace-context/>.
fn is_traceparent(value: &str) -> bool {
    let parts: Vec<&str> = value.split('-').collect();
    let hex = |part: &str| part.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let lengths: Vec<usize> = parts.iter().map(|part| part.len()).collect();
    let zero = |part: &str| part.bytes().all(|b| b == b'0');
    lengths == [2, 32, 16, 2]
        && parts.iter().all(|part| hex(part))
        && parts[0] != "ff"
        && !zero(parts[1])
        && !zero(parts[2])
}

impl Drop for Inner {
    fn drop(&mut self) {
        let took = self.began.elapsed();
        let mut record = lock(&self.record);
        record.took = took;
        self.observer.request(&record);
    }
}

#[derive(Clone, Copy, PartialEq)]
enum Way {
    In,
    Out,
}

/// A body whose bytes are counted on their way.
struct Watched {
    body: Body,
    watch: Watch,
    way: Way,
    texts: bool,
    text: Vec<u8>,
}

impl Watched {
    /// Whoever writes an answer does not ask for more behind its end.
    fn look_for_end(&mut self) {
        if self.way == Way::Out && self.body.is_end_stream() {
            self.watch.note(|record| record.whole = true);
        }
    }

    fn count(&mut self, bytes: &Bytes) {
        let count = bytes.len() as u64;
        let way = self.way;
        self.watch.note(|record| match way {
            Way::In => record.bytes_in += count,
            Way::Out => record.bytes_out += count,
        });
        if self.texts {
            let room = TEXT.saturating_sub(self.text.len());
            self.text.extend_from_slice(&bytes[..room.min(bytes.len())]);
        }
    }
}

impl hyper::body::Body for Watched {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let polled = Pin::new(&mut self.body).poll_frame(context);
        match &polled {
            Poll::Ready(Some(Ok(frame))) => {
                if let Some(bytes) = frame.data_ref() {
                    self.count(bytes);
                }
                self.look_for_end();
            }
            Poll::Ready(None) if self.way == Way::Out => {
                self.watch.note(|record| record.whole = true);
            }
            _ => {}
        }
        polled
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        if !self.texts {
            return;
        }
        let text = String::from_utf8_lossy(&self.text).into_owned();
        let way = self.way;
        self.watch.note(|record| match way {
            Way::In => record.request_text = Some(text),
            Way::Out => record.answer_text = Some(text),
        });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_is_well_formed_is_a_traceparent() {
        let good = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        assert!(is_traceparent(good));
        for bad in [
            "",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7",
            "ff-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01",
            "00-00000000000000000000000000000000-00f067aa0ba902b7-01",
            "00-4bf92f3577b34da6a3ce929d0e0e4736-0000000000000000-01",
            "00-4BF92F3577B34DA6A3CE929D0E0E4736-00f067aa0ba902b7-01",
        ] {
            assert!(!is_traceparent(bad), "{bad}");
        }
        assert!(!is_traceparent(&good.replace('4', "\u{e9}")));
    }
}
