//! Whoever asks badly hears so, and harms nobody else.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::Limits;
use testkit::Rng;

use crate::running::{Answer, Server};

/// Methods and paths, with a body that is well.
fn valid() -> Vec<(&'static str, &'static str, Value)> {
    let chat = json!({"model": "tiny-chat", "max_tokens": 1, "temperature": 0, "top_p": 1, "n": 1,
        "stop": ["x"], "stream": false, "logprobs": true, "top_logprobs": 2, "seed": 1,
        "logit_bias": {"5": 1}, "messages": [{"role": "system", "content": "a"},
        {"role": "user", "content": [{"type": "text", "text": "b"}]}], "tools": [],
        "response_format": {"type": "text"}, "metadata": {"a": "b"}});
    let completion = json!({"model": "tiny-chat", "prompt": ["a", "b"], "max_tokens": 1,
        "echo": true,
        "logprobs": 1, "best_of": 1, "n": 1, "stop": "x", "suffix": null, "user": "me", "top_k": 2,
        "min_p": 0.1, "presence_penalty": 0, "frequency_penalty": 0, "stream": true,
        "stream_options": {"include_usage": true}});
    vec![
        ("POST", "/v1/completions", completion.clone()),
        ("POST", "/v1/chat/completions", chat),
        (
            "POST",
            "/v1/tokenize",
            json!({"model": "tiny-chat", "input": "the cat"}),
        ),
        ("POST", "/v1/engines/tiny-chat/completions", completion),
        ("GET", "/v1/models", json!({})),
        ("GET", "/v1/models/tiny-chat", json!({})),
        ("DELETE", "/v1/models/tiny-chat", json!({})),
        (
            "GET",
            "/v1/organization/usage/completions?start_time=1&limit=2",
            json!({}),
        ),
        (
            "GET",
            "/v1/organization/costs?start_time=1&bucket_width=1h",
            json!({}),
        ),
        ("GET", "/metrics", json!({})),
        ("GET", "/openapi.json", json!({})),
    ]
}

/// As JSON text, as some of it is no value that a program holds.
const ODD: [&str; 22] = [
    "null",
    "true",
    "0",
    "-1",
    "1.5",
    "1e308",
    "1e999",
    "-0.0",
    "18446744073709551616",
    "9223372036854775807",
    "4294967295",
    "\"\"",
    "\"x\"",
    "\"\\u0000\"",
    "\"\\ud800\"",
    "\"é🦀\"",
    "[]",
    "{}",
    "[[1]]",
    "[null]",
    "{\"a\":{\"b\":[1]}}",
    "[18446744073709551615]",
];

/// Every place in a value that can be another.
fn places(value: &Value, at: &str, all: &mut Vec<String>) {
    let below: Vec<(String, &Value)> = match value {
        Value::Object(map) => map.iter().map(|(k, v)| (k.clone(), v)).collect(),
        Value::Array(list) => list
            .iter()
            .enumerate()
            .map(|(i, v)| (i.to_string(), v))
            .collect(),
        _ => Vec::new(),
    };
    for (name, value) in below {
        let at = format!("{at}/{name}");
        places(value, &at, all);
        all.push(at);
    }
}

/// A body that is wrong in one way or two.
fn spoilt(random: &mut Rng, body: &Value) -> Vec<u8> {
    let mut all = Vec::new();
    places(body, "", &mut all);
    let mut body = body.clone();
    let mut odd = "0";
    if !all.is_empty() {
        let place = random.choose(&all);
        odd = *random.choose(&ODD);
        // An answer as long as the context is right, and slow.
        if !(place == "/max_tokens" && odd == "null") {
            *body.pointer_mut(place).unwrap() = json!("ODD");
        }
    }
    let mut text = body.to_string().replace("\"ODD\"", odd).into_bytes();
    let at = random.below(text.len());
    match random.below(10) {
        0 => text.truncate(at),
        1 => text[at] = random.below(256) as u8,
        2 => text.insert(at, 0xff),
        3 => {
            let deep = random.below(3000);
            text = format!("{{\"messages\":{}", "[".repeat(deep)).into_bytes();
        }
        4 => {
            let deep = random.below(3000);
            let (open, close) = ("{\"a\":".repeat(deep), "}".repeat(deep));
            text = format!("{{\"model\":\"tiny-chat\",\"prompt\":{open}1{close}}}").into_bytes();
        }
        5 => {
            let twice = b"{\"n\":1,\"n\":\"x\",\"model\":1,";
            text.splice(0..1, twice.iter().copied());
        }
        _ => {}
    }
    text
}

/// A path that is wrong in one way.
fn bent(random: &mut Rng, path: &str) -> String {
    let odd = [
        "%00",
        "%ff",
        "%",
        "%2e%2e%2f",
        "/",
        "//",
        "?",
        "?a=%ff&limit=-1",
        "&page=x",
        "%0d%0a",
        "é",
        "&limit=99999999999999999999",
        "&group_by[]=x&group_by=y",
        "&start_time=-5",
        "*",
        ";",
    ];
    let at = random.below(path.len()) + 1;
    format!("{}{}{}", &path[..at], random.choose(&odd), &path[at..])
}

/// Checks what every answer owes; a body is missing only where HTTP says so.
fn check(method: &str, answer: &Answer, asked: &str) {
    let status = answer.status;
    assert!(status < 500, "{status} to {asked}: {}", answer.text);
    for name in [
        "x-request-id",
        "openai-processing-ms",
        "openai-version",
        "openai-organization",
    ] {
        assert!(
            answer.headers.contains_key(name),
            "{name} of {status} to {asked}"
        );
    }
    if status >= 400 {
        let kind = answer.headers.get("content-type");
        assert!(
            kind.is_some_and(|kind| kind == "application/json"),
            "{status} to {asked}"
        );
        match method {
            "HEAD" => assert!(answer.text.is_empty()),
            _ => assert_eq!(answer.error().0, status),
        }
    }
}

fn well(server: &Server) {
    assert_eq!(server.get("/health").ok()["status"], "ok");
    let body = json!({"model": "tiny-chat", "prompt": "a", "max_tokens": 1});
    server.post("/v1/completions", &body).ok();
}

/// The value of a metric of the one model that was asked.
fn metric(server: &Server, name: &str) -> Option<u64> {
    let text = server.get("/metrics").text;
    let start = format!("lyceum_{name}{{");
    let line = text.lines().find(|line| line.starts_with(&start))?;
    line.rsplit(' ').next()?.parse().ok()
}

fn idle(server: &Server) {
    let deadline = Instant::now() + Duration::from_secs(20);
    while metric(server, "sequences_running") != Some(0) {
        assert!(Instant::now() < deadline, "sequences go on for nobody");
        std::thread::yield_now();
    }
}

#[test]
fn ten_thousand_spoilt_requests_get_errors_and_harm_nobody() {
    let server = Server::start();
    well(&server);
    let methods = [
        "GET", "POST", "PUT", "DELETE", "HEAD", "OPTIONS", "PATCH", "BREW",
    ];
    let ask = |seed: u64| {
        let mut random = Rng::new(seed);
        let (valid, mut refused) = (valid(), 0);
        for _ in 0..2500 {
            let (mut method, path, body) = random.choose(&valid).clone();
            let (mut path, body) = (path.to_owned(), spoilt(&mut random, &body));
            match random.below(8) {
                0 => method = *random.choose(&methods),
                1 => path = bent(&mut random, &path),
                _ => {}
            }
            let asked = format!("{method} {path} {}", String::from_utf8_lossy(&body));
            let answer = server.ask(method, &path, &body);
            refused += usize::from(answer.status >= 400);
            // What is not HTTP is refused before there is a request.
            if answer.text.is_empty() && answer.status == 400 && !path.is_ascii() {
                continue;
            }
            check(method, &answer, &asked);
        }
        assert!(
            (500..2400).contains(&refused),
            "{refused} of 2500 were refused"
        );
    };
    std::thread::scope(|scope| {
        for seed in 1..=4 {
            scope.spawn(move || ask(seed));
        }
    });
    idle(&server);
    well(&server);
}

#[test]
fn what_is_not_http_is_refused() {
    let server = Server::start();
    for bytes in [
        &b"\x16\x03\x01\x02\x00\x01\x00"[..],
        b"GET / HTTP/9.9\r\n\r\n",
        b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\ncontent-length: -1\r\n\r\n",
        b"POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 5\r\n\
          content-length: 6\r\n\r\n{}",
        b"GET /v1/models HTTP/1.1\r\nno colon\r\n\r\n",
    ] {
        let answer = server.said(bytes);
        let refused = answer.starts_with(b"HTTP/1.1 4") || answer.is_empty();
        assert!(refused, "{}", String::from_utf8_lossy(&answer));
    }
    let long = format!(
        "GET /{} HTTP/1.1\r\nhost: localhost\r\n\r\n",
        "a".repeat(70_000)
    );
    assert!(server.said(long.as_bytes()).starts_with(b"HTTP/1.1 4"));
    let many = "x: y\r\n".repeat(5000);
    let many = format!("GET /health HTTP/1.1\r\nhost: localhost\r\n{many}\r\n");
    assert!(server.said(many.as_bytes()).starts_with(b"HTTP/1.1 431"));
    well(&server);
}

#[test]
fn depth_overflows_no_stack() {
    let server = Server::start();
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        for deep in [100, 126, 127, 128, 1000, 1_000_000] {
            let value = format!("{}1{}", open.repeat(deep), close.repeat(deep));
            for field in ["prompt", "unknown", "stop", "logit_bias", "metadata"] {
                let body =
                    format!("{{\"model\":\"tiny-chat\",\"max_tokens\":1,\"{field}\":{value}}}");
                let answer = server.ask("POST", "/v1/completions", body.as_bytes());
                check("POST", &answer, &format!("{field}, {deep} deep"));
                assert!(answer.status == 400 || deep < 127, "{field}, {deep} deep");
            }
        }
    }
    well(&server);
}

#[test]
fn too_large_a_body_is_refused_on_every_endpoint() {
    let limits = Limits {
        body: 1000,
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    for (method, path, _) in valid().into_iter().filter(|(method, ..)| *method == "POST") {
        let body = json!({"model": "tiny-chat", "prompt": "a".repeat(2000)}).to_string();
        let answer = server.ask(method, path, body.as_bytes());
        check(method, &answer, path);
        assert_eq!(answer.status, 413, "{path}");
        // In pieces, so that no head says how much there is.
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\n\
                            transfer-encoding: chunked\r\nconnection: close\r\n\r\n"
        );
        let pieces = format!("{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
        let answer = Answer::of_bytes(&server.said((head + &pieces).as_bytes()));
        assert_eq!(answer.error().0, 413, "{path}");
    }
    well(&server);
}

/// A small text can be many values, each of which takes memory.
#[test]
fn a_body_that_would_take_too_much_is_refused() {
    let limits = Limits {
        bodies: 64 << 10,
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    let body = json!({"model": "tiny-chat", "prompt": vec![7; 2000]}).to_string();
    assert!(body.len() < 8 << 10);
    let answer = server.ask("POST", "/v1/completions", body.as_bytes());
    assert_eq!(answer.error().0, 413);
    let long = json!({"model": "tiny-chat", "input": "a".repeat(40_000)}).to_string();
    assert_eq!(
        server.ask("POST", "/v1/tokenize", long.as_bytes()).status,
        200
    );
    well(&server);
}

#[test]
fn a_text_to_tokenize_has_a_limit() {
    let server = Server::start();
    let long = json!({"model": "tiny-chat", "input": "a".repeat(300_000)}).to_string();
    let answer = server.ask("POST", "/v1/tokenize", long.as_bytes());
    let (status, _, param, code) = answer.error();
    assert_eq!((status, param.as_deref()), (400, Some("input")));
    assert_eq!(code.as_deref(), Some("string_above_max_length"));
}

#[test]
fn who_asks_and_never_reads_loses_the_place() {
    let limits = Limits {
        connections: 1,
        arrival: Duration::from_millis(300),
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    let mut deaf = TcpStream::connect(server.address).unwrap();
    deaf.set_write_timeout(Some(Duration::from_millis(100)))
        .unwrap();
    let ask = "GET /openapi.json HTTP/1.1\r\nhost: localhost\r\n\r\n".repeat(1000);
    // More than both ends' buffers hold of the answers.
    let _ = deaf.write_all(ask.as_bytes());
    well(&server);
}

#[test]
fn slow_heads_and_bodies_keep_nobody_waiting() {
    let limits = Limits {
        head: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    let say = |text: &str| {
        let mut stream = TcpStream::connect(server.address).unwrap();
        stream.write_all(text.as_bytes()).unwrap();
        stream
    };
    let heads: Vec<_> = (0..50)
        .map(|_| say("POST /v1/completions HTTP/1.1\r\nho"))
        .collect();
    let bodies: Vec<_> = (0..50)
        .map(|_| {
            say("POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: 99\r\n\r\n{")
        })
        .collect();
    well(&server);
    for mut stream in heads {
        stream
            .set_read_timeout(Some(Duration::from_secs(20)))
            .unwrap();
        let mut rest = Vec::new();
        let ended = stream.read_to_end(&mut rest);
        assert!(!ended.is_err_and(|e| e.kind() == std::io::ErrorKind::WouldBlock));
    }
    // Whoever leaves a body unfinished is forgotten.
    drop(bodies);
    well(&server);
    idle(&server);
}

#[test]
fn clients_that_vanish_mid_stream_free_their_places() {
    let server = Server::start();
    well(&server);
    for (path, prompt) in [
        ("/v1/completions", json!({"prompt": "the"})),
        (
            "/v1/chat/completions",
            json!({"messages": [{"role": "user", "content": "the"}]}),
        ),
    ] {
        let mut body = json!({"model": "tiny-chat", "stream": true, "max_tokens": 150, "n": 2});
        body.as_object_mut()
            .unwrap()
            .extend(prompt.as_object().unwrap().clone());
        let body = body.to_string();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
            body.len()
        );
        for _ in 0..8 {
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream
                .write_all(format!("{head}{body}").as_bytes())
                .unwrap();
            let mut first = [0; 12];
            stream.read_exact(&mut first).unwrap();
            assert_eq!(&first, b"HTTP/1.1 200");
        }
        idle(&server);
    }
    assert_eq!(metric(&server, "sequences_waiting"), Some(0));
    well(&server);
}
