//! The pages that the server itself has.

use server::Limits;

use crate::pages::asked;
use crate::running::{Answer, BASE, Server};

const HTML: &str = "accept: text/html,application/xhtml+xml,*/*;q=0.8\r\n";

fn get(server: &Server, path: &str, headers: &str) -> Answer {
    asked(server, "GET", path, headers, "")
}

fn header<'a>(answer: &'a Answer, name: &str) -> &'a str {
    let value = answer.headers.get(name);
    value.map_or("", |value| value.to_str().unwrap())
}

#[test]
fn pages_come_with_their_rules_and_without_a_key() {
    let server = Server::start_with(vec!["sk-right".to_owned()], Limits::default());
    for (path, kind) in [
        ("/", "text/html; charset=utf-8"),
        ("/a/index.js", "text/javascript; charset=utf-8"),
        ("/a/index.css", "text/css; charset=utf-8"),
        ("/a/icon.svg", "image/svg+xml"),
    ] {
        let page = get(&server, path, HTML);
        assert_eq!(page.status, 200, "{path}");
        assert_eq!(header(&page, "content-type"), kind);
        assert_eq!(header(&page, "x-content-type-options"), "nosniff");
        assert_eq!(header(&page, "referrer-policy"), "no-referrer");
        assert_eq!(header(&page, "cross-origin-opener-policy"), "same-origin");
        let policy = header(&page, "content-security-policy");
        for rule in [
            "default-src 'self';",
            "frame-ancestors 'none'",
            "require-trusted-types-for 'script'",
        ] {
            assert!(policy.contains(rule), "{policy}");
        }
        assert!(!policy.contains("unsafe") && !policy.contains('*'));
        assert_eq!(header(&page, "openai-version"), "", "it is not the API's");
    }
    assert_eq!(get(&server, "/v1/models", HTML).status, 401);
}

#[test]
fn any_address_that_a_browser_opens_is_the_application() {
    let server = Server::start();
    let start = get(&server, "/", HTML).text;
    for path in ["/playground/complete", "/no/such/page", BASE] {
        let page = get(&server, path, HTML);
        assert_eq!((page.status, &page.text), (200, &start), "{path}");
    }
    // What a page loads is there or not, and programs get no pages.
    for (path, accept) in [
        ("/a/none.js", "accept: */*\r\n"),
        ("/playground/complete", "accept: application/json\r\n"),
        ("/playground/complete", ""),
        ("/", "accept: */*\r\n"),
    ] {
        let answer = get(&server, path, accept);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    }
}

#[test]
fn the_api_goes_before_the_pages() {
    let server = Server::start();
    for path in ["/v1/nothing", "/v1", "/openai/nothing", "/api/nothing"] {
        let answer = get(&server, path, HTML);
        assert_eq!(answer.status, 404, "{path}");
        assert_eq!(answer.json()["error"]["type"], "invalid_request_error");
    }
    for path in ["/v1/models", "/health", "/metrics", "/openapi.json"] {
        let answer = get(&server, path, HTML);
        assert_eq!(answer.status, 200, "{path}");
        assert!(!header(&answer, "content-type").contains("html"));
    }
    let posted = asked(&server, "POST", "/playground/complete", HTML, "{}");
    assert_eq!(posted.status, 404);
}

#[test]
fn below_a_base_path_everything_is_found() {
    let server = Server::start();
    let page = get(&server, &format!("{BASE}/playground/complete"), HTML);
    assert_eq!(page.status, 200);
    for wanted in [
        format!("src=\"{BASE}/a/index.js\""),
        format!("href=\"{BASE}/a/index.css\""),
        format!("name=\"base-path\" content=\"{BASE}\""),
    ] {
        assert!(page.text.contains(&wanted), "{wanted} in {}", page.text);
    }
    for path in ["/a/index.js", "/v1/models", "/health"] {
        let plain = get(&server, path, "");
        let below = get(&server, &format!("{BASE}{path}"), "");
        assert_eq!((plain.status, below.status), (200, 200), "{path}");
        assert_eq!(plain.text, below.text);
    }
    let lost = get(&server, &format!("{BASE}/v1/nothing"), HTML);
    assert_eq!(lost.json()["error"]["type"], "invalid_request_error");
}

#[test]
fn pages_are_compressed_and_sent_once() {
    let server = Server::start();
    let plain = get(&server, "/a/index.js", "");
    assert_eq!(header(&plain, "content-encoding"), "");
    let packed = get(&server, "/a/index.js", "accept-encoding: gzip, deflate\r\n");
    assert_eq!(header(&packed, "content-encoding"), "gzip");
    let length = |answer: &Answer| header(answer, "content-length").parse::<usize>().unwrap();
    assert_eq!(length(&plain), plain.text.len());
    assert!(length(&packed) * 3 < length(&plain));
    for (answer, coding) in [(plain, ""), (packed, "accept-encoding: gzip\r\n")] {
        let tag = header(&answer, "etag");
        assert!(header(&answer, "vary").contains("accept-encoding"));
        let known = format!("{coding}if-none-match: {tag}\r\n");
        let again = get(&server, "/a/index.js", &known);
        assert_eq!((again.status, again.text.as_str()), (304, ""));
        let other = get(&server, "/a/index.css", &known);
        assert_eq!(other.status, 200, "another file has another tag");
    }
}
