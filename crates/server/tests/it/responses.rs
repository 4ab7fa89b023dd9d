//! The Responses API: every answer and event against the official SDK's types.

use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::TcpStream;
use std::path::Path;
use std::time::{Duration, Instant};

use jsonschema::Validator;
use serde_json::{Value, json};
use server::Limits;
use store::{Database, ResponseState, StoredResponse};
use tempfile::TempDir;

use crate::running::{Answer, Server};

pub(crate) const PATH: &str = "/v1/responses";

fn body(more: Value) -> Value {
    let mut body = json!({"model": "tiny-chat", "temperature": 0, "max_output_tokens": 8,
                          "input": "the cat"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

/// The official types.
pub(crate) struct Judge(Value);

impl Judge {
    pub(crate) fn new() -> Self {
        let path = testkit::fixture("openapi/responses.json");
        Self(serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap())
    }

    pub(crate) fn check(&self, kind: &str, value: &Value) {
        let reference = match self.0["events"].get(kind) {
            Some(event) => event["$ref"].clone(),
            None => json!(format!("#/$defs/{kind}")),
        };
        let schema = json!({"$ref": reference, "$defs": self.0["$defs"]});
        let validator: Validator = jsonschema::validator_for(&schema).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(value)
            .map(|e| e.to_string())
            .collect();
        assert!(errors.is_empty(), "{kind}: {errors:?}\n{value}");
    }

    pub(crate) fn response(&self, answer: &Answer) -> Value {
        let value = answer.ok();
        self.check("Response", &value);
        value
    }

    /// The events of a stream, each of which is what it should be.
    pub(crate) fn events(&self, answer: &Answer) -> Vec<Value> {
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.headers["content-type"], "text/event-stream");
        let mut blocks: Vec<_> = answer.text.split_terminator("\n\n").collect();
        assert_eq!(blocks.pop(), Some("data: [DONE]"));
        let event = |block: &&str| {
            let (name, data) = block.split_once('\n').unwrap();
            let data: Value = serde_json::from_str(data.strip_prefix("data: ").unwrap()).unwrap();
            let kind = name.strip_prefix("event: ").unwrap();
            assert_eq!(data["type"], kind);
            assert!(self.0["events"].get(kind).is_some(), "unknown event {kind}");
            self.check(kind, &data);
            data
        };
        blocks.iter().map(event).collect()
    }
}

fn send(server: &Server, method: &str, path: &str) -> Answer {
    match method {
        "GET" => server.get(path),
        "POST" => server.post(path, &json!({})),
        _ => {
            let head =
                format!("{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n");
            let mut stream = TcpStream::connect(server.address).unwrap();
            stream.write_all(head.as_bytes()).unwrap();
            let mut text = String::new();
            stream.read_to_string(&mut text).unwrap();
            let (head, body) = text.split_once("\r\n\r\n").unwrap();
            Answer {
                status: head.split(' ').nth(1).unwrap().parse().unwrap(),
                headers: Default::default(),
                text: body.to_owned(),
            }
        }
    }
}

pub(crate) fn path_of(response: &Value) -> String {
    format!("{PATH}/{}", response["id"].as_str().unwrap())
}

/// Without what tells two responses apart.
pub(crate) fn bare(mut response: Value) -> Value {
    for name in ["id", "created_at", "completed_at", "stream"] {
        response[name] = Value::Null;
    }
    for item in response["output"].as_array_mut().unwrap() {
        item["id"] = Value::Null;
        if item["type"] == "function_call" {
            item["call_id"] = Value::Null;
        }
    }
    // The second time more of the prompt is known.
    response["usage"] = used(&response);
    response
}

/// How much was used, found computed or not.
pub(crate) fn used(response: &Value) -> Value {
    let mut usage = response["usage"].clone();
    usage["input_tokens_details"] = Value::Null;
    usage
}

#[test]
fn an_answer_is_the_fold_of_its_stream_and_is_kept() {
    let (server, judge) = (Server::start(), Judge::new());
    let include = json!(["message.output_text.logprobs"]);
    for more in [
        json!({}),
        json!({"max_output_tokens": 200, "instructions": "be brief", "metadata": {"a": "b"}}),
        json!({"include": include, "top_logprobs": 2, "temperature": 1, "seed": 5}),
        json!({"input": [{"role": "developer", "content": "x"}, {"type": "message",
               "role": "user", "content": [{"type": "input_text", "text": "a"}]}]}),
    ] {
        let whole = judge.response(&server.post(PATH, &body(more.clone())));
        assert!(whole["id"].as_str().unwrap().starts_with("resp_"));
        let mut streamed = body(more.clone());
        streamed["stream"] = json!(true);
        let events = judge.events(&server.post(PATH, &streamed));
        let kinds: Vec<_> = events.iter().map(|e| e["type"].as_str().unwrap()).collect();
        let end = format!("response.{}", whole["status"].as_str().unwrap());
        let mut want = vec![
            "response.created",
            "response.in_progress",
            "response.output_item.added",
            "response.content_part.added",
        ];
        let deltas = kinds.len() - 8;
        want.extend(std::iter::repeat_n("response.output_text.delta", deltas));
        want.extend([
            "response.output_text.done",
            "response.content_part.done",
            "response.output_item.done",
            &end,
        ]);
        assert_eq!(kinds, want);
        let numbers = events
            .iter()
            .map(|e| e["sequence_number"].as_u64().unwrap());
        assert!(numbers.eq(0..events.len() as u64));
        let last = &events[events.len() - 1]["response"];
        assert_eq!(bare(last.clone()), bare(whole.clone()));
        let item = &last["output"][0];
        let ids = events.iter().filter_map(|e| e.get("item_id"));
        assert!(ids.into_iter().all(|id| *id == item["id"]));
        let part = &item["content"][0];
        let text: String = events.iter().filter_map(|e| e["delta"].as_str()).collect();
        assert_eq!(part["text"], text);
        let told: Vec<_> = events
            .iter()
            .filter(|e| e.get("delta").is_some())
            .flat_map(|e| e["logprobs"].as_array().unwrap())
            .collect();
        assert_eq!(json!(told), part["logprobs"]);
        assert_eq!(told.is_empty(), more.get("include").is_none());
        let usage = &last["usage"];
        let sum = ["input_tokens", "output_tokens"].map(|n| usage[n].as_u64().unwrap());
        assert_eq!(usage["total_tokens"], sum[0] + sum[1]);

        // What was told is what is kept, and told again.
        let path = path_of(last);
        assert_eq!(&judge.response(&server.get(&path)), last);
        let again = judge.events(&server.get(&format!("{path}?stream=true")));
        assert_eq!(again, events);
        let rest = judge.events(&server.get(&format!("{path}?stream=true&starting_after=3")));
        assert_eq!(rest, events[4..]);
        let tokens = server.post(
            &format!("{PATH}/input_tokens"),
            &json!({"model": "tiny-chat",
            "input": streamed["input"], "instructions": streamed["instructions"]}),
        );
        judge.check("InputTokenCountResponse", &tokens.ok());
        assert_eq!(tokens.ok()["input_tokens"], usage["input_tokens"]);
    }
}

#[test]
fn a_response_stands_on_the_one_before() {
    let (server, judge) = (Server::start(), Judge::new());
    let first = judge.response(&server.post(PATH, &body(json!({}))));
    let more = json!({"input": "dogs", "previous_response_id": first["id"]});
    let second = judge.response(&server.post(PATH, &body(more)));
    assert_eq!(second["previous_response_id"], first["id"]);
    // As if all had been given at once.
    let said = &first["output"][0];
    let items = json!([{"role": "user", "content": "the cat"}, said,
                       {"role": "user", "content": "dogs"}]);
    let at_once = judge.response(&server.post(PATH, &body(json!({"input": items}))));
    assert_eq!(at_once["status"], second["status"]);
    assert_eq!(used(&at_once), used(&second));
    assert_eq!(
        at_once["output"][0]["content"],
        second["output"][0]["content"]
    );
    let by_name = json!([{"role": "user", "content": "the cat"},
                         {"type": "item_reference", "id": said["id"]},
                         {"role": "user", "content": "dogs"}]);
    let by_name = judge.response(&server.post(PATH, &body(json!({"input": by_name}))));
    assert_eq!(
        by_name["output"][0]["content"],
        second["output"][0]["content"]
    );

    let path = format!("{}/input_items", path_of(&second));
    let list = server.get(&format!("{path}?order=asc")).ok();
    judge.check("ResponseItemList", &list);
    let texts: Vec<_> = list["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|item| item["content"][0]["text"].as_str().unwrap())
        .collect();
    let said = said["content"][0]["text"].as_str().unwrap();
    assert_eq!(texts, ["the cat", said, "dogs"]);

    // One that is not there, and one that was.
    let with = |id: &Value| server.post(PATH, &body(json!({"previous_response_id": id})));
    assert_eq!(send(&server, "DELETE", &path_of(&first)).status, 200);
    assert_eq!(server.get("/v1/responses/resp_%00").status, 404);
    for answer in [
        with(&json!("resp_nothing")),
        with(&json!("resp_\u{0}")),
        with(&first["id"]),
        with(&second["id"]),
    ] {
        let (status, _, param, code) = answer.error();
        assert_eq!(
            (status, code.as_deref()),
            (400, Some("previous_response_not_found"))
        );
        assert_eq!(param.as_deref(), Some("previous_response_id"));
    }
    assert_eq!(server.get(&path_of(&first)).status, 404);
    assert_eq!(server.get(&path_of(&second)).status, 200);
}

#[test]
fn items_are_listed_in_pages() {
    let (server, judge) = (Server::start(), Judge::new());
    let items: Vec<_> = (0..25)
        .map(|i| json!({"role": "user", "content": format!("n {i}"), "id": format!("msg_{i}")}))
        .collect();
    let more = json!({"input": items, "max_output_tokens": 1, "truncation": "auto"});
    let response = judge.response(&server.post(PATH, &body(more)));
    let path = format!("{}/input_items", path_of(&response));
    for (order, want) in [
        ("asc", (0..25).collect::<Vec<_>>()),
        ("desc", (0..25).rev().collect()),
    ] {
        let (mut seen, mut after) = (Vec::new(), String::new());
        loop {
            let page = server
                .get(&format!("{path}?order={order}&limit=10{after}"))
                .ok();
            judge.check("ResponseItemList", &page);
            let data = page["data"].as_array().unwrap();
            seen.extend(
                data.iter()
                    .map(|item| item["id"].as_str().unwrap().to_owned()),
            );
            after = format!("&after={}", page["last_id"].as_str().unwrap());
            if page["has_more"] == false {
                break;
            }
        }
        let want: Vec<_> = want.iter().map(|i| format!("msg_{i}")).collect();
        assert_eq!(seen, want);
    }
    assert_eq!(server.get(&path).ok()["data"].as_array().unwrap().len(), 20);
    for query in ["after=msg_99", "limit=0", "limit=101", "order=up"] {
        let (status, _, param, _) = server.get(&format!("{path}?{query}")).error();
        assert_eq!((status, param.as_deref()), (400, query.split('=').next()));
    }
}

#[test]
fn the_context_is_cut_only_where_that_was_asked_for() {
    let server = Server::start();
    let long = "the cat sat on the mat ".repeat(20);
    let items: Vec<_> = (0..40)
        .map(|_| json!({"role": "user", "content": long}))
        .collect();
    for stream in [false, true] {
        for background in [false, true] {
            let more = json!({"input": items, "stream": stream, "background": background});
            let answer = server.post(PATH, &body(more));
            let (status, _, param, code) = answer.error();
            assert_eq!(
                (status, code.as_deref()),
                (400, Some("context_length_exceeded"))
            );
            assert_eq!(param.as_deref(), Some("input"));
        }
    }
    let cut = server
        .post(PATH, &body(json!({"input": items, "truncation": "auto"})))
        .ok();
    assert_eq!(cut["truncation"], "auto");
    let used = cut["usage"]["input_tokens"].as_u64().unwrap();
    let one = server.post(PATH, &body(json!({"input": [items[0]]}))).ok()["usage"]["input_tokens"]
        .as_u64()
        .unwrap();
    // One more would not have fitted.
    let error = server.post(PATH, &body(json!({"input": items}))).text;
    let limit = error.split("context length is ").nth(1).unwrap();
    let limit: u64 = limit.split(' ').next().unwrap().parse().unwrap();
    assert!(
        used + 8 <= limit && used + one + 8 > limit,
        "{used} + {one} of {limit}"
    );
    let huge = json!({"input": long.repeat(40), "truncation": "auto"});
    let (status, _, _, code) = server.post(PATH, &body(huge)).error();
    assert_eq!(
        (status, code.as_deref()),
        (400, Some("context_length_exceeded"))
    );
}

#[test]
fn a_text_keeps_to_its_format() {
    let (server, judge) = (Server::start(), Judge::new());
    let schema = json!({"type": "object", "properties": {"cat": {"type": "boolean"}},
                        "required": ["cat"], "additionalProperties": false});
    let format = json!({"type": "json_schema", "name": "cats", "strict": true, "schema": schema});
    let with = |format: &Value| {
        let more = json!({"text": {"format": format}, "max_output_tokens": 100});
        server.post(PATH, &body(more))
    };
    let response = judge.response(&with(&format));
    assert_eq!(response["text"]["format"], format);
    assert_eq!(response["status"], "completed");
    let text = response["output"][0]["content"][0]["text"]
        .as_str()
        .unwrap();
    let said: Value = serde_json::from_str(text).unwrap();
    assert!(jsonschema::is_valid(&schema, &said), "{said}");
    let bad = json!({"type": "json_schema", "name": "bad", "schema": {"type": "cat"}});
    let (status, _, param, code) = with(&bad).error();
    assert_eq!((status, code.as_deref()), (400, Some("invalid_value")));
    assert!(param.unwrap().starts_with("text.format"));
}

#[test]
fn what_is_not_stored_is_forgotten() {
    let server = Server::start();
    let response = server.post(PATH, &body(json!({"store": false}))).ok();
    assert_eq!(response["store"], false);
    for (method, path) in [
        ("GET", path_of(&response)),
        ("DELETE", path_of(&response)),
        ("POST", format!("{}/cancel", path_of(&response))),
        ("GET", format!("{}/input_items", path_of(&response))),
        ("GET", format!("{}?stream=true", path_of(&response))),
    ] {
        let (status, kind, ..) = send(&server, method, &path).error();
        assert_eq!(
            (status, kind.as_str()),
            (404, "invalid_request_error"),
            "{path}"
        );
    }
    let stored = server.post(PATH, &body(json!({}))).ok();
    let (status, ..) = send(&server, "POST", &format!("{}/cancel", path_of(&stored))).error();
    assert_eq!(status, 400);
    let path = format!("{}?starting_after=2", path_of(&stored));
    assert_eq!(
        server.get(&path).error().2.as_deref(),
        Some("starting_after")
    );
}

pub(crate) fn wait(judge: &Judge, server: &Server, path: &str) -> Value {
    let deadline = Instant::now() + Duration::from_secs(30);
    loop {
        let response = judge.response(&server.get(path));
        let status = response["status"].as_str().unwrap();
        if !["queued", "in_progress"].contains(&status) {
            return response;
        }
        assert!(Instant::now() < deadline, "{response}");
        std::thread::yield_now();
    }
}

#[test]
fn what_is_made_in_the_background_can_be_asked_for() {
    let (server, judge) = (Server::start(), Judge::new());
    let whole = judge.response(&server.post(PATH, &body(json!({}))));
    let queued = judge.response(&server.post(PATH, &body(json!({"background": true}))));
    assert_eq!(
        (&queued["status"], &queued["background"]),
        (&json!("queued"), &json!(true))
    );
    let path = path_of(&queued);
    let again = judge.events(&server.get(&format!("{path}?stream=true")));
    let done = wait(&judge, &server, &path);
    assert_eq!(done["output"][0]["content"], whole["output"][0]["content"]);
    assert_eq!(done["status"], whole["status"]);
    assert_eq!(used(&done), used(&whole));
    assert_eq!(again[again.len() - 1]["response"], done);
    assert_eq!(again[1]["type"], "response.queued");
    let more = json!({"background": true, "stream": true});
    let events = judge.events(&server.post(PATH, &body(more)));
    let last = &events[events.len() - 1]["response"];
    assert_eq!(&judge.response(&server.get(&path_of(last))), last);
    let kept = judge.events(&server.get(&format!("{}?stream=true", path_of(last))));
    assert_eq!(kept, events);
    // One that has ended stays as it is.
    let cancelled = send(&server, "POST", &format!("{path}/cancel")).ok();
    assert_eq!(cancelled, done);
}

fn stored<T>(folder: &Path, work: impl AsyncFnOnce(Database) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { work(crate::running::database(folder).await).await })
}

/// Changes a response as another server would have left it.
fn left(folder: &Path, response: &Value, id: &str, lease_until: i64) {
    let mut response = response.clone();
    response["id"] = json!(id);
    response["status"] = json!("in_progress");
    response["output"] = json!([]);
    let new = StoredResponse {
        id: id.to_owned(),
        previous_id: None,
        depth: 0,
        expires_at: Some(i64::from(u32::MAX)),
        state: ResponseState {
            status: "in_progress".to_owned(),
            lease_until: Some(lease_until),
            body: response.to_string(),
            deltas: "[]".to_owned(),
        },
    };
    stored(folder, async |database| {
        database.add_response(&new, &[]).await.unwrap()
    });
}

#[test]
fn what_another_server_makes_is_cancelled_or_found_failed() {
    let (folder, judge) = (TempDir::new().unwrap(), Judge::new());
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let queued = judge.response(&server.post(PATH, &body(json!({"background": true}))));
    wait(&judge, &server, &path_of(&queued));
    left(folder.path(), &queued, "resp_lapsed", 1);
    left(folder.path(), &queued, "resp_live", i64::from(u32::MAX));
    let failed = judge.response(&server.get("/v1/responses/resp_lapsed"));
    assert_eq!(failed["status"], "failed");
    assert_eq!(failed["error"]["code"], "server_error");
    let events = judge.events(&server.get("/v1/responses/resp_lapsed?stream=true"));
    assert_eq!(events[events.len() - 1]["type"], "response.failed");
    let live = judge.response(&server.get("/v1/responses/resp_live"));
    assert_eq!(live["status"], "in_progress");
    let on_it = server.post(PATH, &body(json!({"previous_response_id": "resp_live"})));
    assert_eq!(on_it.error().0, 400);
    let cancelled = judge.response(&send(&server, "POST", "/v1/responses/resp_live/cancel"));
    assert_eq!(cancelled["status"], "cancelled");
    let again = judge.response(&server.get("/v1/responses/resp_live"));
    assert_eq!(again, cancelled);
    // What was acknowledged is there when the server comes back.
    server.stop();
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    assert_eq!(
        judge.response(&server.get("/v1/responses/resp_live")),
        cancelled
    );
    assert_eq!(
        judge.response(&server.get("/v1/responses/resp_lapsed")),
        failed
    );
}

/// A server whose clock is behind, or that slept until now.
#[test]
fn what_is_still_answered_has_not_failed() {
    let (folder, judge) = (TempDir::new().unwrap(), Judge::new());
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let made = judge.response(&server.post(PATH, &body(json!({"background": true}))));
    wait(&judge, &server, &path_of(&made));
    left(folder.path(), &made, "resp_behind", 1);
    let looked = std::thread::scope(|scope| {
        scope.spawn(|| {
            // For longer than anybody looks.
            for until in 2..20 {
                stored(folder.path(), async |database| {
                    let renewed = database.renew_response("resp_behind", until);
                    assert!(renewed.await.unwrap());
                });
                std::thread::park_timeout(Duration::from_millis(250));
            }
        });
        judge.response(&server.get("/v1/responses/resp_behind"))
    });
    assert_eq!(looked["status"], "in_progress");
}

/// Sequences that the engine computes.
fn running(server: &Server) -> Option<u64> {
    let text = server.get("/metrics").text;
    let line = text
        .lines()
        .find(|l| l.starts_with("lyceum_sequences_running{"))?;
    line.rsplit(' ').next()?.parse().ok()
}

/// Never ends by itself before the context does.
fn endless(more: Value) -> Value {
    let mut body = body(json!({"temperature": 1, "max_output_tokens": 200,
                               "logit_bias": {"0": -100, "1": -100, "2": -100}}));
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn a_client_that_goes_ends_its_answer_unless_it_is_in_the_background() {
    let (server, judge) = (Server::start(), Judge::new());
    server.post(PATH, &body(json!({}))).ok();
    for background in [false, true] {
        let body = endless(json!({"stream": true, "background": background})).to_string();
        let mut stream = TcpStream::connect(server.address).unwrap();
        let head = format!(
            "POST {PATH} HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n{body}",
            body.len()
        );
        stream.write_all(head.as_bytes()).unwrap();
        let lines = BufReader::new(stream.try_clone().unwrap()).lines();
        let created = lines
            .map(|line| line.unwrap())
            .find_map(|line| line.strip_prefix("data: ").map(str::to_owned));
        let created: Value = serde_json::from_str(&created.unwrap()).unwrap();
        drop(stream);
        let path = path_of(&created["response"]);
        if background {
            let done = wait(&judge, &server, &path);
            assert_eq!(done["usage"]["output_tokens"], 200);
            continue;
        }
        let deadline = Instant::now() + Duration::from_secs(20);
        while running(&server) != Some(0) {
            assert!(Instant::now() < deadline, "it goes on for nobody");
            std::thread::yield_now();
        }
        assert_eq!(server.get(&path).status, 404);
    }
}
