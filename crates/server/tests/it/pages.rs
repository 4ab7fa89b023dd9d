//! Pages that another server serves, as browsers ask for them.

use server::Limits;

use crate::running::{Answer, ORIGIN, Server};

pub(crate) fn asked(
    server: &Server,
    method: &str,
    path: &str,
    headers: &str,
    body: &str,
) -> Answer {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: \
         application/json\r\ncontent-length: {}\r\n{headers}\r\n",
        body.len()
    );
    Answer::of_bytes(&server.said(format!("{head}{body}").as_bytes()))
}

fn preflight(server: &Server, origin: &str, wanted: &str) -> Answer {
    let headers = format!(
        "origin: {origin}\r\naccess-control-request-method: POST\r\n\
         access-control-request-headers: {wanted}\r\n"
    );
    asked(server, "OPTIONS", "/v1/chat/completions", &headers, "")
}

fn header<'a>(answer: &'a Answer, name: &str) -> Option<&'a str> {
    answer
        .headers
        .get(name)
        .map(|value| value.to_str().unwrap())
}

fn cors_headers(answer: &Answer) -> usize {
    let names = answer.headers.keys().map(|name| name.as_str());
    names
        .filter(|name| name.starts_with("access-control-"))
        .count()
}

/// What openai-node sends from a browser, `dangerouslyAllowBrowser` set.
const SENT: &str = "authorization,content-type,openai-organization,x-stainless-arch,\
                    x-stainless-retry-count,x-stainless-runtime";

#[test]
fn a_browser_learns_that_a_page_may_ask() {
    // No key comes with a preflight.
    let server = Server::start_with(vec!["sk-right".to_owned()], Limits::default());
    for origin in [ORIGIN, "http://localhost:5173"] {
        let answer = preflight(&server, origin, SENT);
        assert_eq!((answer.status, answer.text.as_str()), (204, ""), "{origin}");
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(origin));
        let methods = header(&answer, "access-control-allow-methods").unwrap();
        assert!(
            ["GET", "POST", "DELETE"]
                .iter()
                .all(|m| methods.contains(m))
        );
        let allowed = header(&answer, "access-control-allow-headers").unwrap();
        let allowed: Vec<_> = allowed.split(", ").collect();
        assert_eq!(allowed, SENT.split(',').collect::<Vec<_>>());
        assert_eq!(header(&answer, "vary"), Some("origin"));
    }
    let answer = preflight(&server, ORIGIN, "content-type, x-evil, cookie2");
    assert_eq!(
        header(&answer, "access-control-allow-headers"),
        Some("content-type")
    );
    let private = "origin: https://chat.example\r\naccess-control-request-method: GET\r\n\
                   access-control-request-private-network: true\r\n";
    let answer = asked(&server, "OPTIONS", "/v1/models", private, "");
    assert_eq!(
        header(&answer, "access-control-allow-private-network"),
        Some("true")
    );
}

#[test]
fn pages_from_elsewhere_learn_nothing() {
    let server = Server::start();
    for origin in ["https://evil.example", "http://chat.example", "null"] {
        let answer = preflight(&server, origin, SENT);
        assert_eq!(answer.error().0, 403, "{origin}");
        assert_eq!(cors_headers(&answer), 0, "{origin}");
        let body = r#"{"model": "tiny-chat", "prompt": "a", "max_tokens": 1}"#;
        let headers = format!("origin: {origin}\r\n");
        let answer = asked(&server, "POST", "/v1/completions", &headers, body);
        assert_eq!(
            (answer.error().0, cors_headers(&answer)),
            (403, 0),
            "{origin}"
        );
    }
    let answer = server.get("/v1/models");
    assert_eq!(cors_headers(&answer), 0, "no page asks");
}

#[test]
fn a_page_reads_answers_and_errors_and_what_they_say_about_themselves() {
    let server = Server::start();
    let headers = format!("origin: {ORIGIN}\r\n");
    let good = r#"{"model": "tiny-chat", "prompt": "a", "max_tokens": 1, "keep_alive": 1}"#;
    let stream = r#"{"model": "tiny-chat", "prompt": "a", "max_tokens": 1, "stream": true}"#;
    for (body, status) in [(good, 200), (stream, 200), ("{", 400)] {
        let answer = asked(&server, "POST", "/v1/completions", &headers, body);
        assert_eq!(answer.status, status);
        assert_eq!(header(&answer, "access-control-allow-origin"), Some(ORIGIN));
        let read = header(&answer, "access-control-expose-headers").unwrap();
        let read: Vec<_> = read.split(", ").collect();
        for name in [
            "retry-after",
            "x-ratelimit-remaining-tokens",
            "x-ratelimit-reset-requests",
        ] {
            assert!(read.contains(&name), "{name}");
        }
        // All of ours that an answer has can be read.
        for name in answer.headers.keys().map(|name| name.as_str()) {
            let ours = name.starts_with("x-") || name.starts_with("openai-");
            assert!(!ours || read.contains(&name), "{name}");
        }
    }
    let keyed = Server::start_with(vec!["sk-right".to_owned()], Limits::default());
    let answer = asked(&keyed, "GET", "/v1/models", &headers, "");
    assert_eq!(answer.error().0, 401);
    assert_eq!(
        header(&answer, "access-control-allow-origin"),
        Some(ORIGIN),
        "it may read why"
    );
}
