//! Keys that are kept, what they may have, and what they used.

use std::path::Path;

use serde_json::{Value, json};
use server::Limits;
use store::{Database, KeyLimits, Scope, key_hash};
use tempfile::TempDir;

use crate::files::upload;
use crate::running::{Answer, Server, database, eventually};

fn stored<T>(folder: &Path, work: impl AsyncFnOnce(Database) -> T) -> T {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async { work(database(folder).await).await })
}

pub(crate) fn create(
    folder: &Path,
    scope: Scope,
    limits: KeyLimits,
    expires_at: Option<i64>,
) -> String {
    stored(folder, async |database| {
        let created = database
            .create_key("test", scope, limits, 1, expires_at)
            .await;
        created.unwrap().1
    })
}

pub(crate) fn start(folder: &Path, key: &str) -> Server {
    Server::start_in(folder, Vec::new(), Limits::default()).with_key(key)
}

fn complete(server: &Server, tokens: usize) -> Answer {
    let body = json!({"model": "tiny-chat", "prompt": "Hello", "max_tokens": tokens,
        "logit_bias": {}, "temperature": 0});
    server.post("/v1/completions", &body)
}

#[test]
fn a_stored_key_is_asked_for_and_can_end() {
    let folder = TempDir::new().unwrap();
    let open = Server::start_in(folder.path(), Vec::new(), Limits::default());
    assert_eq!(open.get("/v1/models").status, 200);
    let key = create(folder.path(), Scope::All, KeyLimits::default(), None);
    // From the next request on.
    let (status, kind, param, code) = open.get("/v1/models").error();
    assert_eq!(
        (status, kind.as_str(), param, code),
        (401, "invalid_request_error", None, None)
    );
    let server = open.with_key(&key);
    assert_eq!(server.get("/v1/models").status, 200);
    let refused = server.get("/v1/organization/usage/completions?start_time=0");
    assert_eq!(refused.status, 403);
    let id = stored(folder.path(), async |d| {
        d.keys().await.unwrap()[0].id.clone()
    });
    assert!(stored(folder.path(), async |d| d
        .revoke_key(&id, 2)
        .await
        .unwrap()));
    // Who ends the last key wants to keep somebody out.
    let (status, _, _, code) = server.get("/v1/models").error();
    assert_eq!((status, code.as_deref()), (401, Some("invalid_api_key")));
    let anyone = b"GET /v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    assert_eq!(Answer::of_bytes(&server.said(anyone)).status, 401);
    let forgotten = stored(folder.path(), async |d| d.forget_keys().await.unwrap());
    assert_eq!(forgotten, 1);
    assert_eq!(Answer::of_bytes(&server.said(anyone)).status, 200);
    let expired = create(folder.path(), Scope::All, KeyLimits::default(), Some(5));
    assert_eq!(server.with_key(&expired).get("/v1/models").status, 401);
}

#[test]
fn only_hashes_are_kept() {
    let folder = TempDir::new().unwrap();
    let key = create(folder.path(), Scope::All, KeyLimits::default(), None);
    for entry in std::fs::read_dir(folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = std::fs::read(&path).unwrap();
            let found = bytes.windows(key.len()).any(|w| w == key.as_bytes());
            assert!(!found, "{}", path.display());
        }
    }
}

#[test]
fn a_key_is_no_key_of_another_organization() {
    let keyed = Server::start_with(vec!["sk-right".to_owned()], Limits::default());
    let open = Server::start();
    for (organization, status) in [("", 200), ("lyceum", 200), ("org-other", 401)] {
        let asked = |server: &Server| {
            let head = format!(
                "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
                 authorization: Bearer sk-right\r\nopenai-organization: {organization}\r\n\r\n"
            );
            Answer::of_bytes(&server.said(head.as_bytes()))
        };
        let answer = asked(&keyed);
        assert_eq!(answer.status, status, "{organization}");
        if status == 401 {
            let code = answer.error().3;
            assert_eq!(code.as_deref(), Some("mismatched_organization"));
        }
        // Where nobody has a key, nobody belongs anywhere.
        let head = format!(
            "GET /v1/models HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             openai-organization: {organization}\r\n\r\n"
        );
        assert_eq!(Answer::of_bytes(&open.said(head.as_bytes())).status, 200);
    }
}

#[test]
fn requests_per_minute_are_told_and_held() {
    let folder = TempDir::new().unwrap();
    let limits = KeyLimits {
        requests_per_minute: Some(2),
        ..KeyLimits::default()
    };
    let key = create(folder.path(), Scope::Inference, limits, None);
    let server = start(folder.path(), &key);
    for remaining in ["1", "0"] {
        let answer = complete(&server, 1);
        assert_eq!(answer.status, 200, "{}", answer.text);
        assert_eq!(answer.headers["x-ratelimit-limit-requests"], "2");
        assert_eq!(answer.headers["x-ratelimit-remaining-requests"], remaining);
        assert!(answer.headers.contains_key("x-ratelimit-reset-requests"));
    }
    let refused = complete(&server, 1);
    let seconds: u32 = refused.headers["retry-after"]
        .to_str()
        .unwrap()
        .parse()
        .unwrap();
    assert!((1..=30).contains(&seconds), "{seconds}");
    assert_eq!(refused.headers["x-ratelimit-remaining-requests"], "0");
    let want = (
        429,
        "requests".to_owned(),
        None,
        Some("rate_limit_exceeded".to_owned()),
    );
    assert_eq!(refused.error(), want);
    // Looking is free.
    assert_eq!(server.get("/v1/models").status, 200);
}

#[test]
fn tokens_and_budgets_end() {
    let folder = TempDir::new().unwrap();
    let limits = KeyLimits {
        tokens_per_minute: Some(5),
        ..KeyLimits::default()
    };
    let key = create(folder.path(), Scope::Inference, limits, None);
    let server = start(folder.path(), &key);
    assert_eq!(complete(&server, 16).status, 200);
    let (status, kind, _, code) = complete(&server, 1).error();
    assert_eq!((status, kind.as_str()), (429, "tokens"));
    assert_eq!(code.as_deref(), Some("rate_limit_exceeded"));

    let limits = KeyLimits {
        budget_tokens: Some(3),
        ..KeyLimits::default()
    };
    let key = create(folder.path(), Scope::Inference, limits, None);
    let server = server.with_key(&key);
    assert_eq!(complete(&server, 8).status, 200);
    let refused = complete(&server, 1);
    assert_eq!(refused.headers["x-should-retry"], "false");
    let want = (
        429,
        "insufficient_quota".to_owned(),
        None,
        Some("insufficient_quota".to_owned()),
    );
    assert_eq!(refused.error(), want);
}

/// The path of a new batch.
fn batch(server: &Server, lines: &str) -> String {
    let file = upload(server, "a", "batch", lines.as_bytes());
    let batch = json!({"input_file_id": file["id"], "endpoint": "/v1/completions",
        "completion_window": "24h"});
    let made = server.post("/v1/batches", &batch).ok();
    format!("/v1/batches/{}", made["id"].as_str().unwrap())
}

#[test]
fn a_batch_ends_with_its_key() {
    let folder = TempDir::new().unwrap();
    let limits = KeyLimits::default();
    let [key, other] = [(); 2].map(|()| create(folder.path(), Scope::All, limits, None));
    let server = start(folder.path(), &key);
    let lines: String = (0..500)
        .map(|i| {
            let body = json!({"model": "tiny-chat", "prompt": [i + 10], "max_tokens": 100,
                "logit_bias": {"0": -100, "2": -100}});
            let line = json!({"custom_id": format!("{i}"), "method": "POST",
                "url": "/v1/completions", "body": body});
            format!("{line}\n")
        })
        .collect();
    let path = batch(&server, &lines);
    let server = server.with_key(&other);
    let counts = || server.get(&path).ok()["request_counts"].clone();
    eventually(|| counts()["completed"].as_i64().unwrap() >= 1);
    stored(folder.path(), async |database| {
        let made = database.key_by_hash(&key_hash(&key)).await.unwrap();
        let revoked = database.revoke_key(&made.unwrap().id, 2).await;
        assert!(revoked.unwrap());
        assert_eq!(database.forget_keys().await.unwrap(), 1);
    });
    eventually(|| server.get(&path).ok()["status"] == "completed");
    assert!(counts()["failed"].as_i64().unwrap() > 0, "{}", counts());
}

/// What works in the background does not lock out who waits.
#[test]
fn a_batch_takes_nothing_of_its_keys_minute() {
    let folder = TempDir::new().unwrap();
    let limits = KeyLimits {
        tokens_per_minute: Some(50),
        ..KeyLimits::default()
    };
    let key = create(folder.path(), Scope::All, limits, None);
    let server = start(folder.path(), &key);
    let body = json!({"model": "tiny-chat", "prompt": "Hello", "max_tokens": 100,
        "logit_bias": {"0": -100, "2": -100}});
    let line = json!({"custom_id": "a", "method": "POST", "url": "/v1/completions", "body": body});
    let path = batch(&server, &line.to_string());
    eventually(|| server.get(&path).ok()["request_counts"]["completed"] == 1);
    let live = complete(&server, 1);
    assert_eq!(live.status, 200, "{}", live.text);
    assert_eq!(live.headers["x-ratelimit-remaining-tokens"], "50");
}

pub(crate) fn used(server: &Server, more: &str) -> Value {
    let path = format!("/v1/organization/usage/completions?start_time=0&limit=31{more}");
    // All of time is more than a page: the last page has today.
    let start = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        - 86_400;
    let path = path.replace("start_time=0", &format!("start_time={start}"));
    server.get(&path).ok()
}

/// Requests, input, cached and output tokens, summed over all buckets.
pub(crate) fn sums(page: &Value) -> (i64, i64, i64, i64) {
    let buckets = page["data"].as_array().unwrap().iter();
    let results = buckets.flat_map(|bucket| bucket["results"].as_array().unwrap());
    let sum = |name: &str| results.clone().map(|r| r[name].as_i64().unwrap()).sum();
    (
        sum("num_model_requests"),
        sum("input_tokens"),
        sum("input_cached_tokens"),
        sum("output_tokens"),
    )
}

#[test]
fn usage_is_exact_and_outlives_the_server() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let mut want = (0, 0, 0, 0);
    let mut add = |usage: &Value| {
        want.0 += 1;
        want.1 += usage["prompt_tokens"].as_i64().unwrap();
        want.2 += usage["prompt_tokens_details"]["cached_tokens"]
            .as_i64()
            .unwrap();
        want.3 += usage["completion_tokens"].as_i64().unwrap();
    };
    let long = "the cat sat on the mat ".repeat(10);
    for _ in 0..2 {
        let body = json!({"model": "tiny-chat", "prompt": long, "max_tokens": 1, "n": 2});
        add(&server.post("/v1/completions", &body).ok()["usage"]);
    }
    for n in 1..4 {
        let body = json!({"model": "tiny-chat", "prompt": ["a b", "c"], "max_tokens": 5, "n": n});
        add(&server.post("/v1/completions", &body).ok()["usage"]);
    }
    let chat = json!({"model": "gpt-3.5-turbo", "max_tokens": 7, "stream": true,
        "stream_options": {"include_usage": true},
        "messages": [{"role": "user", "content": "Hi"}]});
    let events = server.stream("/v1/chat/completions", &chat);
    add(&events.last().unwrap()["usage"]);
    // What is refused costs nothing.
    assert_eq!(
        server
            .post("/v1/completions", &json!({"model": "tiny-chat", "n": 0}))
            .status,
        400
    );
    server.stop();
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    assert!(want.2 > 0, "the second time the prompt is known");
    assert_eq!(sums(&used(&server, "")), want);
    let by_model = used(&server, "&group_by=model&bucket_width=1d");
    let models: Vec<_> = by_model["data"]
        .as_array()
        .unwrap()
        .iter()
        .flat_map(|b| b["results"].as_array().unwrap())
        .map(|r| r["model"].as_str().unwrap())
        .collect();
    assert_eq!(models, ["gpt-3.5-turbo", "tiny-chat"]);
    let one = used(&server, "&models=tiny-chat");
    assert_eq!(sums(&one).0, 5);
    let embeddings = server.get("/v1/organization/usage/embeddings?start_time=1");
    assert_eq!(embeddings.ok()["object"], "page");
    let (status, _, param, _) = server.get("/v1/organization/costs").error();
    assert_eq!((status, param.as_deref()), (400, Some("start_time")));
}
