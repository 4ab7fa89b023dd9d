//! What the operator sees of requests: the log on stderr, spans at a collector.

use std::io::{BufRead, BufReader, Read as _, Write as _};
use std::net::{TcpListener, TcpStream};
use std::process::Stdio;
use std::sync::mpsc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::Sandbox;

/// Said to models in several ways; no log may hold it unasked.
const MARKER: &str = "xyzzyplugh";

const PATIENCE: Duration = Duration::from_secs(60);

struct Watched {
    child: std::process::Child,
    base: String,
    lines: mpsc::Receiver<String>,
}

impl Watched {
    fn start(sandbox: &Sandbox, arguments: &[&str], variables: &[(&str, &str)]) -> Self {
        let serve = ["serve", "-m", "./tiny", "--port", "0"];
        let mut command = sandbox.lyceum(&serve);
        command.args(arguments).envs(variables.iter().copied());
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let stderr = BufReader::new(child.stderr.take().unwrap());
        let (said, lines) = mpsc::channel();
        std::thread::spawn(move || {
            for line in stderr.lines() {
                // The test may be over.
                let _ = said.send(line.unwrap());
            }
        });
        let base = loop {
            let line: String = lines.recv_timeout(PATIENCE).unwrap();
            let json: Value = serde_json::from_str(&line).unwrap_or_default();
            if let Some(address) = json["address"].as_str() {
                break format!("http://{address}/v1");
            }
            if let Some(at) = line.find("http://") {
                break line[at..].to_owned();
            }
        };
        Self { child, base, lines }
    }

    fn send(&self, path: &str, headers: &[(&str, &str)], body: &str) -> (u16, String, String) {
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .build();
        let mut request = agent.new_agent().post(format!("{}{path}", self.base));
        for (name, value) in headers {
            request = request.header(*name, *value);
        }
        let response = request
            .header("content-type", "application/json")
            .send(body)
            .unwrap();
        let id = response.headers()["x-request-id"]
            .to_str()
            .unwrap()
            .to_owned();
        let status = response.status().as_u16();
        (status, id, response.into_body().read_to_string().unwrap())
    }

    /// The line of a request.
    fn line(&self, id: &str) -> String {
        loop {
            let line = self.lines.recv_timeout(PATIENCE).unwrap();
            if line.contains(id) {
                return line;
            }
        }
    }

    /// All that it says until it has stopped.
    fn stop(mut self) -> String {
        let id = self.child.id().to_string();
        let asked = std::process::Command::new("kill")
            .args(["-TERM", &id])
            .status();
        assert!(asked.unwrap().success());
        assert!(self.child.wait().unwrap().success());
        self.lines.iter().map(|line| line + "\n").collect()
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        // It may have stopped.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Requests that say the marker, and the status of each.
fn requests() -> Vec<(&'static str, String, u16)> {
    let messages = json!([{"role": "user", "content": MARKER}]);
    let of = |more: Value| {
        let mut body = json!({"model": "./tiny"});
        body.as_object_mut()
            .unwrap()
            .extend(more.as_object().unwrap().clone());
        body.to_string()
    };
    vec![
        (
            "/chat/completions",
            of(json!({"messages": messages, "max_tokens": 3})),
            200,
        ),
        (
            "/chat/completions",
            of(json!({"messages": messages, "max_tokens": 3, "stream": true})),
            200,
        ),
        (
            "/completions",
            of(json!({"prompt": MARKER, "echo": true, "max_tokens": 2})),
            200,
        ),
        (
            "/responses",
            of(json!({"input": MARKER, "max_output_tokens": 16})),
            200,
        ),
        ("/tokenize", of(json!({"input": MARKER})), 200),
        // Errors whose answers tell what was said.
        ("/completions", of(json!({"prompt": {"a": MARKER}})), 400),
        (
            "/completions",
            of(json!({"prompt": "a", "logit_bias": {MARKER: 1}})),
            400,
        ),
        (
            "/chat/completions",
            of(json!({"messages": [{"role": MARKER, "content": "a"}]})),
            400,
        ),
        (
            "/chat/completions",
            of(json!({"messages": messages, MARKER: 1, "temperature": 9})),
            400,
        ),
        (
            "/completions",
            of(json!({"prompt": MARKER.repeat(9000)})),
            400,
        ),
        ("/completions", format!("{{\"prompt\": {MARKER}"), 400),
        (
            "/completions?x=xyzzyplugh",
            of(json!({"prompt": "a", "max_tokens": 1})),
            200,
        ),
        (
            "/completions",
            json!({"model": MARKER, "prompt": "a"}).to_string(),
            404,
        ),
    ]
}

#[test]
fn the_log_tells_of_requests_and_not_what_they_say() {
    for format in ["json", "text"] {
        let sandbox = Sandbox::new();
        let server = Watched::start(&sandbox, &["--log", format, "--api-key", "sk-marked"], &[]);
        let key = [("authorization", "Bearer sk-marked")];
        let mut answers = Vec::new();
        for (path, body, want) in requests() {
            let (status, id, _) = server.send(path, &key, &body);
            assert_eq!(status, want, "{path} {body}");
            answers.push((path, want, id));
        }
        let (status, refused, _) = server.send("/completions", &[("api-key", "sk-wrong")], MARKER);
        assert_eq!(status, 401);
        answers.push(("/completions", 401, refused));
        let said = server.stop();
        assert!(!said.contains(MARKER), "{said}");
        assert!(
            !said.contains("sk-marked") && !said.contains("sk-wrong"),
            "{said}"
        );
        let lines: Vec<&str> = said.lines().collect();
        for (path, status, id) in answers {
            let path = format!("/v1{}", path.split('?').next().unwrap());
            let line = lines.iter().find(|line| line.contains(&id)).unwrap();
            if format == "text" {
                assert!(line.contains(&format!(" POST {path} ")), "{line}");
                assert!(line.contains(&status.to_string()), "{line}");
                continue;
            }
            let line: Value = serde_json::from_str(line).unwrap();
            assert_eq!(line["request_id"], id);
            assert_eq!(
                (&line["method"], &line["path"]),
                (&json!("POST"), &json!(path))
            );
            assert_eq!(line["status"], status);
            assert!(line["duration_ms"].as_f64().unwrap() > 0.0);
            assert!(line["bytes_out"].as_u64().unwrap() > 0);
            assert_eq!(line["key_id"], json!((status != 401).then_some("operator")));
            assert_eq!(line["level"], if status == 200 { "info" } else { "warn" });
            assert_eq!(line["error"].is_null(), status == 200);
            assert!(line["cut_off"].is_null(), "{line}");
        }
    }
}

#[test]
fn the_log_counts_what_answers_used() {
    let sandbox = Sandbox::new();
    let server = Watched::start(&sandbox, &["--log=json"], &[]);
    for stream in [false, true] {
        let body = json!({"model": "./tiny", "prompt": "one two", "max_tokens": 5, "stream": stream,
        "logit_bias": {"0": -100, "2": -100}, "stream_options": stream.then(|| {
            json!({"include_usage": true})
        })});
        let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
        let body = body.to_string();
        let (status, id, answer) = server.send("/completions", &[("traceparent", parent)], &body);
        assert_eq!(status, 200, "{answer}");
        let usage = answer.split("\"usage\":").last().unwrap();
        let number = |name: &str| -> u64 {
            let rest = usage.split(name).nth(1).unwrap().trim_start_matches("\":");
            rest.split(|c: char| !c.is_ascii_digit())
                .next()
                .unwrap()
                .parse()
                .unwrap()
        };
        let line: Value = serde_json::from_str(&server.line(&id)).unwrap();
        assert_eq!(line["input_tokens"], number("prompt_tokens"));
        assert_eq!(line["output_tokens"], number("completion_tokens"));
        assert_eq!(line["output_tokens"], 5);
        assert_eq!(line["model"], "./tiny");
        assert_eq!(line["trace_id"], "4bf92f3577b34da6a3ce929d0e0e4736");
        assert_eq!(line["bytes_in"], body.len());
        assert_eq!(line["bytes_out"], answer.len());
    }
    // Whoever leaves is charged for what was made until then, and that is told.
    let body = json!({"model": "./tiny", "prompt": "a", "max_tokens": 200, "stream": true,
        "n": 64, "logprobs": 5,
        "logit_bias": {"0": -100, "2": -100}})
    .to_string();
    let host = server
        .base
        .trim_start_matches("http://")
        .trim_end_matches("/v1");
    let mut stream = TcpStream::connect(host).unwrap();
    write!(
        stream,
        "POST /v1/completions HTTP/1.1\r\nhost: {host}\r\ncontent-length: {}\r\n\
        content-type: application/json\r\n\r\n{body}",
        body.len()
    )
    .unwrap();
    stream.read_exact(&mut [0; 64]).unwrap();
    drop(stream);
    let line: Value = serde_json::from_str(&server.line("\"cut_off\"")).unwrap();
    assert_eq!(line["cut_off"], true);
    assert!(line["output_tokens"].as_u64().unwrap() > 0, "{line}");
    let health = ureq::get(format!("{}/health", server.base.trim_end_matches("/v1")));
    assert_eq!(health.call().unwrap().status(), 200);
    let said = server.stop();
    assert!(!said.contains("/health"), "{said}");
    assert!(said.contains("\"event\":\"stopped\""), "{said}");
}

#[test]
fn prompts_are_logged_if_that_is_asked_for() {
    for format in ["json", "text"] {
        let sandbox = Sandbox::new();
        let server = Watched::start(&sandbox, &["--log", format, "--log-prompts"], &[]);
        for (path, body, _) in requests().into_iter().take(5) {
            let (_, id, answer) = server.send(path, &[("api-key", "sk-mine")], &body);
            let line = server.line(&id);
            assert!(line.contains(MARKER), "{line}");
            if format == "json" {
                let line: Value = serde_json::from_str(&line).unwrap();
                assert_eq!(line["request"], body);
                assert_eq!(line["answer"], answer);
            }
        }
        assert!(!server.stop().contains("sk-mine"));
    }
}

#[test]
fn a_log_that_nobody_reads_holds_nothing_up() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.lyceum(&["serve", "-m", "./tiny", "--port", "0", "--log=json"]);
    // That it is not here would be told before the log begins.
    command.args(["--embedding-model", "none"]);
    let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
    let mut words = BufReader::new(child.stderr.take().unwrap());
    let mut line = String::new();
    words.read_line(&mut line).unwrap();
    let serving: Value = serde_json::from_str(&line).unwrap();
    let url = format!("http://{}/v1/nowhere", serving["address"].as_str().unwrap());
    let agent = ureq::Agent::config_builder()
        .http_status_as_error(false)
        .build()
        .new_agent();
    // More than the pipe, and the lines that wait for it, can take.
    for _ in 0..6000 {
        assert_eq!(agent.get(&url).call().unwrap().status(), 404);
    }
    let mut count = 0;
    let mut dropped = 0;
    let asked = std::process::Command::new("kill")
        .args(["-TERM", &child.id().to_string()])
        .status();
    assert!(asked.unwrap().success());
    for line in words.lines() {
        let line: Value = serde_json::from_str(&line.unwrap()).unwrap();
        count += u64::from(line["status"] == 404);
        dropped += line["dropped_lines"].as_u64().unwrap_or(0);
    }
    assert!(child.wait().unwrap().success());
    assert!(
        dropped > 0 && count + dropped >= 5999,
        "{count} told, {dropped} dropped"
    );
}

/// A collector that takes one export and gives its body.
fn collector() -> (String, mpsc::Receiver<(String, Vec<u8>)>) {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    let (got, exports) = mpsc::channel();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let mut stream = BufReader::new(stream.unwrap());
            let (mut head, mut length) = (String::new(), 0);
            loop {
                let mut line = String::new();
                if stream.read_line(&mut line).unwrap_or(0) == 0 {
                    break;
                }
                let lower = line.to_lowercase();
                if let Some(value) = lower.strip_prefix("content-length:") {
                    length = value.trim().parse().unwrap();
                }
                if line == "\r\n" {
                    break;
                }
                head += &line;
            }
            let mut body = vec![0; length];
            stream.read_exact(&mut body).unwrap();
            let answer = b"HTTP/1.1 200 OK\r\ncontent-length: 0\r\nconnection: close\r\n\r\n";
            stream.get_mut().write_all(answer).unwrap();
            // The test may be over.
            let _ = got.send((head, body));
        }
    });
    (address, exports)
}

/// Name to value, as OTLP's JSON writes attributes.
fn attributes(of: &Value) -> serde_json::Map<String, Value> {
    let list = of["attributes"].as_array().unwrap().iter();
    let plain = |value: &Value| match (&value["stringValue"], &value["intValue"]) {
        (Value::Null, Value::String(n)) => json!(n.parse::<i64>().unwrap()),
        (Value::Null, n) => n.clone(),
        (text, _) => text.clone(),
    };
    list.map(|a| (a["key"].as_str().unwrap().to_owned(), plain(&a["value"])))
        .collect()
}

#[test]
fn a_collector_gets_a_span_of_each_request() {
    let sandbox = Sandbox::new();
    let (address, exports) = collector();
    let json_please = [
        ("OTEL_EXPORTER_OTLP_PROTOCOL", "http/json"),
        ("OTEL_BSP_SCHEDULE_DELAY", "50"),
    ];
    let server = Watched::start(&sandbox, &["--otlp-endpoint", &address], &json_please);
    let messages = json!([{"role": "user", "content": MARKER}]);
    let body = json!({"model": "./tiny", "messages": messages, "max_tokens": 4,
        "logit_bias": {"0": -100, "2": -100}})
    .to_string();
    let parent = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";
    let (status, id, answer) = server.send("/chat/completions", &[("traceparent", parent)], &body);
    assert_eq!(status, 200, "{answer}");
    let (head, export) = exports.recv_timeout(PATIENCE).unwrap();
    assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
    let text = String::from_utf8(export).unwrap();
    assert!(!text.contains(MARKER));
    let export: Value = serde_json::from_str(&text).unwrap();
    let resource = &export["resourceSpans"][0];
    assert_eq!(attributes(&resource["resource"])["service.name"], "lyceum");
    let span = &resource["scopeSpans"][0]["spans"][0];
    assert_eq!(span["name"], "chat ./tiny");
    assert_eq!(span["kind"], 2, "a server's");
    assert_eq!(span["traceId"], "4bf92f3577b34da6a3ce929d0e0e4736");
    assert_eq!(span["parentSpanId"], "00f067aa0ba902b7");
    let nanos = |name: &str| span[name].as_str().unwrap().parse::<u64>().unwrap();
    assert!(nanos("startTimeUnixNano") < nanos("endTimeUnixNano"));
    let answer: Value = serde_json::from_str(&answer).unwrap();
    let got = attributes(span);
    for (name, want) in [
        ("gen_ai.operation.name", json!("chat")),
        ("gen_ai.request.model", json!("./tiny")),
        (
            "gen_ai.usage.input_tokens",
            answer["usage"]["prompt_tokens"].clone(),
        ),
        (
            "gen_ai.usage.output_tokens",
            answer["usage"]["completion_tokens"].clone(),
        ),
        ("http.request.method", json!("POST")),
        ("http.route", json!("/v1/chat/completions")),
        ("http.response.status_code", json!(200)),
        ("lyceum.request_id", json!(id)),
    ] {
        assert_eq!(got[name], want, "{name}");
    }
    server.stop();
}

/// In protobuf, which is the default, at the address of the standard variable; what waits is sent
/// at the end.
#[test]
fn the_standard_variable_is_honoured() {
    let sandbox = Sandbox::new();
    let (address, exports) = collector();
    let server = Watched::start(&sandbox, &[], &[("OTEL_EXPORTER_OTLP_ENDPOINT", &address)]);
    let (status, id, _) = server.send("/completions", &[], MARKER);
    assert_eq!(status, 400);
    server.stop();
    let (head, export) = exports.recv_timeout(PATIENCE).unwrap();
    assert!(head.starts_with("POST /v1/traces HTTP/1.1"), "{head}");
    assert!(
        head.to_lowercase()
            .contains("content-type: application/x-protobuf"),
        "{head}"
    );
    let text = String::from_utf8_lossy(&export);
    assert!(text.contains(&id) && text.contains("POST /v1/completions") && !text.contains(MARKER));
}
