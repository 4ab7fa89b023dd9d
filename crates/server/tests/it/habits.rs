//! What every endpoint has in common: errors, names, paths, limits, the end.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use server::Limits;
use tempfile::TempDir;

use crate::keys::{sums, used};
use crate::running::{Server, eventually};

#[test]
fn errors_have_openais_shape() {
    let server = Server::start();
    let completion = |more: Value| {
        let mut body = json!({"model": "tiny-chat", "prompt": "a"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        server.post("/v1/completions", &body)
    };
    let rows = [
        (
            completion(json!({"model": "gpt-9"})),
            404,
            None,
            Some("model_not_found"),
        ),
        (completion(json!({"model": null})), 400, None, None),
        (
            completion(json!({"temperature": 200})),
            400,
            Some("temperature"),
            Some("decimal_above_max_value"),
        ),
        (
            completion(json!({"n": 0})),
            400,
            Some("n"),
            Some("integer_below_min_value"),
        ),
        (
            completion(json!({"n": "x"})),
            400,
            Some("n"),
            Some("invalid_type"),
        ),
        (
            completion(json!({"logprobs": 6})),
            400,
            Some("logprobs"),
            Some("integer_above_max_value"),
        ),
        (completion(json!({"n": 3, "best_of": 2})), 400, None, None),
        (
            completion(json!({"prompt": [[999_999]]})),
            400,
            Some("prompt"),
            Some("invalid_value"),
        ),
        (
            completion(json!({"logit_bias": {"999999": 1}})),
            400,
            Some("logit_bias"),
            Some("invalid_value"),
        ),
        (
            completion(json!({"logit_bias": {"5": 101}})),
            400,
            Some("logit_bias"),
            Some("decimal_above_max_value"),
        ),
        (
            completion(json!({"logit_bias": {"5": "a lot"}})),
            400,
            Some("logit_bias"),
            Some("invalid_type"),
        ),
        (
            completion(json!({"suffix": 1})),
            400,
            Some("suffix"),
            Some("invalid_type"),
        ),
        (
            completion(json!({"max_tokens": 1_000_000})),
            400,
            None,
            Some("context_length_exceeded"),
        ),
        (server.post_text("/v1/completions", "{"), 400, None, None),
        (server.post_text("/v1/completions", "[1]"), 400, None, None),
        (server.post("/v1/foo", &json!({})), 404, None, None),
        (server.get("/"), 404, None, None),
        (server.get("/v1/completions"), 405, None, None),
        (
            server.get("/v1/models/gpt-9"),
            404,
            Some("model"),
            Some("model_not_found"),
        ),
        (
            server.post("/v1/chat/completions", &json!({"model": "tiny-chat"})),
            400,
            Some("messages"),
            Some("missing_required_parameter"),
        ),
    ];
    for (i, (answer, status, param, code)) in rows.iter().enumerate() {
        let (got, kind, got_param, got_code) = answer.error();
        assert_eq!(got, *status, "row {i}: {}", answer.text);
        assert_eq!(kind, "invalid_request_error");
        assert_eq!(
            (got_param.as_deref(), got_code.as_deref()),
            (*param, *code),
            "row {i}: {}",
            answer.text
        );
    }
}

#[test]
fn every_answer_tells_about_itself() {
    let server = Server::start();
    for answer in [server.get("/health"), server.get("/v1/nowhere")] {
        let text = |name: &str| answer.headers[name].to_str().unwrap();
        assert!(text("x-request-id").starts_with("req_"));
        assert!(text("openai-processing-ms").parse::<f64>().is_ok());
        assert_eq!(text("openai-version"), "2020-10-01");
        assert_eq!(text("content-type"), "application/json");
    }
}

#[test]
fn unknown_fields_are_named_and_do_no_harm() {
    let server = Server::start();
    let body = json!({"model": "tiny-chat", "prompt": "a", "max_tokens": 1, "keep_alive": 5,
                      "top_k": 3, "seed": null});
    let answer = server.post("/v1/completions", &body);
    answer.ok();
    assert_eq!(answer.headers["x-lyceum-ignored"], "keep_alive");
}

#[test]
fn a_strict_server_refuses_unknown_fields_before_it_works() {
    let limits = Limits {
        strict: true,
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    let chat = json!({"model": "tiny-chat", "messages": [{"role": "user", "content": "a"}],
                      "max_tokens": 1});
    let bodies = [
        (
            "/v1/completions",
            json!({"model": "tiny-chat", "prompt": "a", "max_tokens": 1}),
        ),
        ("/v1/chat/completions", chat),
        (
            "/v1/responses",
            json!({"model": "tiny-chat", "input": "a", "max_output_tokens": 1}),
        ),
        ("/v1/tokenize", json!({"model": "tiny-chat", "input": "a"})),
    ];
    for (path, mut body) in bodies {
        body["seed"] = json!(null);
        server.post(path, &body).ok();
        body["keep_alive"] = json!(5);
        for stream in [None, Some(true)] {
            // Of what is unknown the first is told.
            body["stream"] = json!(stream.filter(|_| path != "/v1/tokenize"));
            let (status, _, param, code) = server.post(path, &body).error();
            let want = (400, Some("keep_alive"), Some("unknown_parameter"));
            assert_eq!((status, param.as_deref(), code.as_deref()), want, "{path}");
        }
    }
    assert_eq!(server.get("/v1/files?keep_alive=5").error().0, 400);
    let form = "--b\r\ncontent-disposition: form-data; name=\"keep_alive\"\r\n\r\n5\r\n--b\r\n\
                content-disposition: form-data; name=\"purpose\"\r\n\r\nuser_data\r\n--b\r\n\
                content-disposition: form-data; name=\"file\"; filename=\"a\"\r\n\r\na\r\n\
                --b--\r\n";
    let kind = "multipart/form-data; boundary=b";
    let answer = server.post_bytes("/v1/files", kind, form.as_bytes());
    assert_eq!(answer.error().2.as_deref(), Some("keep_alive"));
    let files = server.get("/v1/files").ok();
    assert_eq!(files["data"], json!([]), "what was refused is not kept");
}

#[test]
fn models_are_listed_with_their_other_names() {
    let server = Server::start();
    let list = server.get("/v1/models").ok();
    let ids: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| m["id"].clone())
        .collect();
    assert_eq!(
        json!(ids),
        json!([
            "tiny-chat",
            "tiny-base",
            "tiny-roomy",
            "tiny-embed",
            "gpt-3.5-turbo",
            "text-embedding-3-small"
        ])
    );
    let alias = server.get("/v1/models/gpt-3.5-turbo").ok();
    assert_eq!(
        (&alias["root"], &alias["object"]),
        (&json!("tiny-chat"), &json!("model"))
    );
    let engine = server.get("/v1/engines/tiny-chat").ok();
    assert_eq!(
        (&engine["object"], &engine["ready"]),
        (&json!("engine"), &json!(true))
    );
}

#[test]
fn old_and_azure_paths_lead_to_the_same_answers() {
    let server = Server::start();
    let body = json!({"prompt": "the cat", "max_tokens": 4, "temperature": 0});
    let mut today = body.clone();
    today["model"] = json!("tiny-chat");
    let text = |answer: Value| answer["choices"][0]["text"].clone();
    let want = text(server.post("/v1/completions", &today).ok());
    for path in [
        "/v1/engines/tiny-chat/completions",
        "/v1/engines/tiny%2Dchat/completions",
        "/openai/deployments/tiny-chat/completions?api-version=2023-05-15",
    ] {
        assert_eq!(text(server.post(path, &body).ok()), want, "{path}");
    }
    let path = "/openai/v1/completions?api-version=preview";
    assert_eq!(text(server.post(path, &today).ok()), want);
    assert_eq!(
        server.get("/openai/models?api-version=2023-05-15").status,
        200
    );
}

#[test]
fn a_key_is_asked_for_where_there_is_one() {
    let server = Server::start_with(vec!["sk-right".to_owned()], Limits::default());
    assert_eq!(server.get("/v1/models").status, 200);
    let raw = |headers: &str| {
        said(
            &server,
            &format!(
                "GET /v1/models HTTP/1.1\r\nhost: localhost\r\n{headers}connection: close\r\n\r\n"
            ),
        )
    };
    assert!(raw("").starts_with("HTTP/1.1 401"));
    let wrong = raw("authorization: Bearer sk-wrong\r\n");
    assert!(wrong.starts_with("HTTP/1.1 401") && wrong.contains("invalid_api_key"));
    assert!(raw("api-key: sk-right\r\n").starts_with("HTTP/1.1 200"));
    let health = "GET /health HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert!(said(&server, health).starts_with("HTTP/1.1 200"));
}

#[test]
fn pages_from_elsewhere_cannot_call() {
    let server = Server::start();
    let asked = |host: &str, more: &str| {
        said(
            &server,
            &format!("GET /v1/models HTTP/1.1\r\nhost: {host}\r\n{more}connection: close\r\n\r\n"),
        )
    };
    assert!(asked("localhost", "").starts_with("HTTP/1.1 200"));
    assert!(asked("evil.example", "").starts_with("HTTP/1.1 403"));
    assert!(asked("localhost", "origin: https://evil.example\r\n").starts_with("HTTP/1.1 403"));
}

/// A connection on which a completion was asked for.
fn asked(server: &Server, body: &Value) -> TcpStream {
    let body = body.to_string();
    let head = format!(
        "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream
        .write_all(format!("{head}{body}").as_bytes())
        .unwrap();
    stream
}

/// What the server says to raw bytes, until it hangs up.
fn said(server: &Server, bytes: &str) -> String {
    let mut stream = TcpStream::connect(server.address).unwrap();
    stream.write_all(bytes.as_bytes()).unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).unwrap();
    text
}

#[test]
fn bodies_and_slow_clients_have_limits() {
    let limits = Limits {
        body: 1000,
        head: Duration::from_millis(200),
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    let long = json!({"model": "tiny-chat", "prompt": "a".repeat(2000)});
    let (status, kind, ..) = server.post("/v1/completions", &long).error();
    assert_eq!((status, kind.as_str()), (413, "invalid_request_error"));
    // A head that never ends: the server hangs up, others are served.
    let mut slow = TcpStream::connect(server.address).unwrap();
    slow.write_all(b"GET /v1/models HTTP/1.1\r\nhost: loc")
        .unwrap();
    assert_eq!(server.get("/v1/models").status, 200);
    let started = Instant::now();
    let mut rest = Vec::new();
    let _ = slow.read_to_end(&mut rest);
    assert!(started.elapsed() < Duration::from_secs(10));
    assert_eq!(server.get("/v1/models").status, 200);
}

/// A number of the only model that is loaded.
fn metric(server: &Server, name: &str) -> Option<u64> {
    let text = server.get("/metrics").text;
    let name = format!("lyceum_{name}{{");
    let line = text.lines().find(|line| line.starts_with(&name))?;
    line.rsplit(' ').next()?.parse().ok()
}

#[test]
fn a_vanished_client_frees_its_place() {
    let server = Server::start();
    // Loads the model.
    let body = json!({"model": "tiny-chat", "prompt": "the", "max_tokens": 1});
    server.post("/v1/completions", &body).ok();
    for _ in 0..5 {
        let body = json!({"model": "tiny-chat", "prompt": "the", "stream": true, "max_tokens": 400,
                          "temperature": 1, "logit_bias": {"0": -100, "1": -100, "2": -100}});
        let mut stream = asked(&server, &body);
        let mut first = [0; 64];
        stream.read_exact(&mut first).unwrap();
        drop(stream);
    }
    let deadline = Instant::now() + Duration::from_secs(20);
    while metric(&server, "sequences_running") != Some(0) {
        assert!(Instant::now() < deadline, "sequences go on for nobody");
        std::thread::yield_now();
    }
    assert_eq!(metric(&server, "sequences_waiting"), Some(0));
}

#[test]
fn many_ask_at_once_and_nothing_is_mixed_up() {
    let server = Server::start();
    let prompts = ["the", "a cat", "dogs", "on the mat", "then", "she said"];
    let ask = |prompt: &str| {
        let body =
            json!({"model": "tiny-chat", "prompt": prompt, "max_tokens": 10, "temperature": 0});
        server.post("/v1/completions", &body).ok()["choices"][0]["text"].clone()
    };
    let alone = prompts.map(ask);
    std::thread::scope(|scope| {
        for _ in 0..8 {
            let (ask, alone) = (&ask, &alone);
            scope.spawn(move || assert_eq!(prompts.map(ask), *alone));
        }
    });
}

#[test]
fn what_is_not_done_when_the_server_ends_fails_and_is_charged() {
    let folder = TempDir::new().unwrap();
    let limits = Limits {
        grace: Duration::from_millis(100),
        ..Limits::default()
    };
    let server = Server::start_in(folder.path(), Vec::new(), limits);
    // More than can be said in that time.
    let mut body = json!({"model": "tiny-chat", "prompt": "the", "max_tokens": 200, "n": 128,
                          "logit_bias": {"0": -100, "1": -100, "2": -100}, "stream": true});
    let mut stream = asked(&server, &body);
    let mut first = [0; 16];
    stream.read_exact(&mut first).unwrap();
    body["stream"] = json!(false);
    let mut whole = asked(&server, &body);
    // Both were taken when more wait than one of them asks for.
    eventually(|| metric(&server, "sequences_waiting") > Some(96));
    server.stop();
    let rest = |stream: &mut TcpStream| {
        let mut rest = String::new();
        stream.read_to_string(&mut rest).unwrap();
        rest
    };
    let told = rest(&mut stream);
    let last = told.lines().rfind(|line| line.starts_with("data: "));
    assert!(last.unwrap().contains("shutting down"), "{told}");
    let whole = rest(&mut whole);
    assert!(whole.starts_with("HTTP/1.1 503"), "{whole}");
    // Both were worked on.
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let (requests, _, _, output) = sums(&used(&server, ""));
    assert!(requests > 0 && output > 0, "{requests} {output}");
}

#[test]
fn a_server_that_stops_finishes_its_answers() {
    let server = Server::start();
    let body = json!({"model": "tiny-chat", "prompt": "the", "stream": true, "max_tokens": 50,
                      "temperature": 0});
    let mut stream = asked(&server, &body);
    let mut first = [0; 16];
    stream.read_exact(&mut first).unwrap();
    let address = server.address;
    server.stop();
    let mut rest = String::new();
    stream.read_to_string(&mut rest).unwrap();
    assert!(rest.contains("data: [DONE]"), "{rest}");
    assert!(TcpStream::connect(address).is_err());
}
