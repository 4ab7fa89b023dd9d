//! `/v1/batches`: the whole life of one, also across the end of a server.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use serde_json::{Value, json};
use server::Limits;
use sqlx::Connection as _;
use tempfile::TempDir;

use crate::files::{upload, walk};
use crate::running::{Server, database_url, eventually};

const ENDED: [&str; 4] = ["completed", "failed", "expired", "cancelled"];

fn line(custom_id: &str, body: &Value) -> Value {
    json!({"custom_id": custom_id, "method": "POST", "url": "/v1/completions", "body": body})
}

fn lines(of: impl IntoIterator<Item = Value>) -> String {
    of.into_iter().map(|line| format!("{line}\n")).collect()
}

/// Lines that take `max_tokens` steps each.
fn many(count: usize, max_tokens: usize) -> String {
    lines((0..count).map(|i| {
        let body = json!({"model": "tiny-chat", "prompt": format!("Number {i}"),
            "max_tokens": max_tokens, "temperature": 0, "logit_bias": {"0": -100, "2": -100}});
        line(&format!("line {i}"), &body)
    }))
}

fn create(server: &Server, input: &str) -> Value {
    let file = upload(server, "input.jsonl", "batch", input.as_bytes());
    let body = json!({"input_file_id": file["id"], "endpoint": "/v1/completions",
        "completion_window": "24h", "metadata": {"night": "one"}});
    server.post("/v1/batches", &body).ok()
}

fn get(server: &Server, batch: &Value) -> Value {
    let id = batch["id"].as_str().unwrap();
    server.get(&format!("/v1/batches/{id}")).ok()
}

fn until(server: &Server, batch: &Value, what: impl Fn(&Value) -> bool) -> Value {
    eventually(|| what(&get(server, batch)));
    get(server, batch)
}

fn ended(server: &Server, batch: &Value) -> Value {
    until(server, batch, |b| {
        ENDED.contains(&b["status"].as_str().unwrap())
    })
}

/// The lines of a file of results by `custom_id`, each of which comes once.
fn results(server: &Server, id: &Value) -> BTreeMap<String, Value> {
    let Some(id) = id.as_str() else {
        return BTreeMap::new();
    };
    let file = server.get(&format!("/v1/files/{id}")).ok();
    assert_eq!(file["purpose"], "batch_output");
    let (_, content) = server.get_bytes(&format!("/v1/files/{id}/content"));
    assert_eq!(file["bytes"], content.len());
    let mut results = BTreeMap::new();
    for line in String::from_utf8(content).unwrap().lines() {
        let line: Value = serde_json::from_str(line).unwrap();
        assert!(line["id"].as_str().unwrap().starts_with("batch_req_"));
        let custom_id = line["custom_id"].as_str().unwrap().to_owned();
        assert!(results.insert(custom_id, line).is_none());
    }
    results
}

#[test]
fn what_fails_is_told_apart_from_what_goes_well() {
    let server = Server::start();
    let good = |i: usize| {
        json!({"model": "tiny-chat", "prompt": [i + 10], "max_tokens": 3,
        "temperature": 0})
    };
    let bad = json!({"model": "tiny-chat", "prompt": "a", "temperature": 9});
    let input = lines((0..20).map(|i| {
        let body = if i % 4 == 3 { bad.clone() } else { good(i) };
        line(&format!("{i}"), &body)
    }));
    let made = create(&server, &input);
    assert_eq!(made["object"], "batch");
    assert_eq!(made["status"], "validating");
    assert_eq!(made["metadata"], json!({"night": "one"}));
    assert_eq!(
        made["request_counts"],
        json!({"total": 0, "completed": 0, "failed": 0})
    );
    let day = made["expires_at"].as_i64().unwrap() - made["created_at"].as_i64().unwrap();
    assert_eq!(day, 24 * 3600);
    let batch = ended(&server, &made);
    assert_eq!(batch["status"], "completed", "{batch}");
    assert_eq!(batch["model"], "tiny-chat");
    assert_eq!(batch["errors"], Value::Null);
    assert_eq!(
        batch["request_counts"],
        json!({"total": 20, "completed": 15, "failed": 5})
    );
    for stamp in ["in_progress_at", "finalizing_at", "completed_at"] {
        assert!(batch[stamp].is_i64(), "{stamp}: {batch}");
    }
    for stamp in ["failed_at", "expired_at", "cancelling_at", "cancelled_at"] {
        assert_eq!(batch[stamp], Value::Null);
    }
    let output = results(&server, &batch["output_file_id"]);
    let errors = results(&server, &batch["error_file_id"]);
    assert_eq!((output.len(), errors.len()), (15, 5));
    for (id, line) in &output {
        assert_eq!(line["error"], Value::Null);
        assert_eq!(line["response"]["status_code"], 200);
        assert!(
            line["response"]["request_id"]
                .as_str()
                .unwrap()
                .starts_with("req_")
        );
        // A batch gives what the same request gives.
        let live = server
            .post("/v1/completions", &good(id.parse().unwrap()))
            .ok();
        let body = &line["response"]["body"];
        assert_eq!(body["choices"], live["choices"]);
        assert_eq!(body["usage"], live["usage"]);
    }
    for line in errors.values() {
        assert_eq!(line["response"]["status_code"], 400);
        let code = &line["response"]["body"]["error"]["code"];
        assert_eq!(code, "decimal_above_max_value");
    }
}

#[test]
fn chats_are_answered_and_other_endpoints_too() {
    let server = Server::start();
    let messages = json!([{"role": "user", "content": "Hi"}]);
    let body = json!({"model": "tiny-chat", "messages": messages, "max_tokens": 2});
    let mut chat = line("a", &body);
    chat["url"] = json!("/v1/chat/completions");
    let file = upload(&server, "i", "batch", lines([chat]).as_bytes());
    let body = json!({"input_file_id": file["id"], "endpoint": "/v1/chat/completions",
        "completion_window": "24h",
        "output_expires_after": {"anchor": "created_at", "seconds": 7200}});
    let batch = ended(&server, &server.post("/v1/batches", &body).ok());
    let output = results(&server, &batch["output_file_id"]);
    assert_eq!(output["a"]["response"]["body"]["object"], "chat.completion");
    let embed = json!({"custom_id": "b", "method": "POST", "url": "/v1/embeddings",
        "body": {"model": "tiny-embed", "input": ["Hi", "there"]}});
    let file = upload(&server, "i", "batch", lines([embed]).as_bytes());
    let body = json!({"input_file_id": file["id"], "endpoint": "/v1/embeddings",
        "completion_window": "24h"});
    let embedded = ended(&server, &server.post("/v1/batches", &body).ok());
    let output = results(&server, &embedded["output_file_id"]);
    let data = &output["b"]["response"]["body"]["data"];
    assert_eq!(data.as_array().map(Vec::len), Some(2));
    let file = batch["output_file_id"].as_str().unwrap();
    let file = server.get(&format!("/v1/files/{file}")).ok();
    let kept = file["expires_at"].as_i64().unwrap() - file["created_at"].as_i64().unwrap();
    assert_eq!(kept, 7200);
}

#[test]
fn an_input_with_wrong_lines_fails_as_a_whole() {
    let server = Server::start();
    let body = json!({"model": "tiny-chat", "prompt": "a"});
    let good = || line("a", &body);
    let with = |name: &str, value: Value| {
        let mut line = line("b", &body);
        line[name] = value;
        line
    };
    let other_model = line("b", &json!({"model": "tiny-base", "prompt": "a"}));
    for (wrong, code) in [
        (good(), "duplicate_custom_id"),
        (with("custom_id", json!(7)), "missing_required_parameter"),
        (with("method", json!("GET")), "invalid_method"),
        (with("url", json!("/v1/chat/completions")), "mismatched_url"),
        (with("body", json!("x")), "missing_required_parameter"),
        (
            with("body", json!({"stream": true})),
            "unsupported_parameter",
        ),
        (other_model, "mismatched_model"),
    ] {
        // A blank line counts, as editors count.
        let input = format!("{}\n\n{wrong}\n", good());
        let batch = ended(&server, &create(&server, &input));
        assert_eq!(batch["status"], "failed", "{wrong}");
        assert!(batch["failed_at"].is_i64());
        assert_eq!(batch["errors"]["object"], "list");
        let errors = batch["errors"]["data"].as_array().unwrap();
        assert_eq!(
            (errors.len(), &errors[0]["code"]),
            (1, &json!(code)),
            "{errors:?}"
        );
        assert_eq!(errors[0]["line"], 3);
        assert!(!errors[0]["message"].as_str().unwrap().is_empty());
        assert_eq!(batch["output_file_id"], Value::Null);
    }
}

#[test]
fn a_wrong_batch_is_refused_by_name() {
    let server = Server::start();
    let body = json!({"model": "tiny-chat", "prompt": "a"});
    let input = lines([line("a", &body)]);
    let file = upload(&server, "a", "batch", input.as_bytes())["id"].clone();
    let other = upload(&server, "a", "user_data", b"{}")["id"].clone();
    let good = json!({"input_file_id": file, "endpoint": "/v1/completions",
        "completion_window": "24h"});
    for (name, value) in [
        ("input_file_id", json!("file-none")),
        ("input_file_id", json!("file-\0")),
        ("input_file_id", other),
        ("input_file_id", json!(1)),
        ("endpoint", json!("/v1/moderations")),
        ("completion_window", json!("7d")),
        ("metadata", json!({"a": "b".repeat(513)})),
        ("output_expires_after", json!(3600)),
    ] {
        let mut body = good.clone();
        body[name] = value;
        let (status, _, param, _) = server.post("/v1/batches", &body).error();
        assert_eq!((status, param.as_deref()), (400, Some(name)), "{body}");
    }
    for id in ["batch_x", "batch_%00", "%00"] {
        let path = format!("/v1/batches/{id}");
        assert_eq!(server.get(&path).error().0, 404);
        let cancel = server.post(&format!("{path}/cancel"), &json!({}));
        assert_eq!(cancel.error().0, 404);
    }
    let made = server.post("/v1/batches", &good).ok();
    ended(&server, &made);
    let cancel = format!("/v1/batches/{}/cancel", made["id"].as_str().unwrap());
    assert_eq!(server.post(&cancel, &json!({})).error().0, 400);
}

#[test]
fn a_list_of_batches_is_walked() {
    let server = Server::start();
    let file = upload(&server, "a", "batch", b"{}");
    let body = json!({"input_file_id": file["id"], "endpoint": "/v1/completions",
        "completion_window": "24h"});
    let mut made: Vec<_> = (0..250)
        .map(|_| {
            server.post("/v1/batches", &body).ok()["id"]
                .as_str()
                .unwrap()
                .to_owned()
        })
        .collect();
    let oldest = walk(&server, "/v1/batches?order=asc&limit=100");
    assert_eq!(oldest, made);
    made.reverse();
    for limit in [7, 20, 50, 100] {
        assert_eq!(walk(&server, &format!("/v1/batches?limit={limit}")), made);
    }
    assert_eq!(walk(&server, "/v1/batches?"), made);
    assert_eq!(
        server.get("/v1/batches?limit=101").error().2.as_deref(),
        Some("limit")
    );
    assert_eq!(
        server.get("/v1/batches?after=x").error().2.as_deref(),
        Some("after")
    );
}

fn cancel(server: &Server, batch: &Value) -> Value {
    let path = format!("/v1/batches/{}/cancel", batch["id"].as_str().unwrap());
    server.post(&path, &json!({})).ok()
}

#[test]
fn a_cancelled_batch_keeps_what_is_done() {
    let server = Server::start();
    let made = create(&server, &many(500, 100));
    let some = |b: &Value| b["request_counts"]["completed"].as_i64().unwrap() >= 5;
    until(&server, &made, some);
    assert_eq!(cancel(&server, &made)["status"], "cancelling");
    // Who asks twice is told the same.
    let state = cancel(&server, &made)["status"].clone();
    assert!(state == "cancelling" || state == "cancelled");
    let batch = ended(&server, &made);
    assert_eq!(batch["status"], "cancelled");
    assert!(batch["cancelling_at"].is_i64() && batch["cancelled_at"].is_i64());
    let counts = &batch["request_counts"];
    let output = results(&server, &batch["output_file_id"]);
    assert_eq!(counts["completed"], output.len());
    assert!((5..500).contains(&output.len()), "{counts}");
    assert_eq!(counts["total"], 500);
}

fn start(folder: &Path) -> Server {
    Server::start_in(folder, Vec::new(), Limits::default())
}

#[test]
fn a_batch_goes_on_where_a_server_left_it() {
    let folder = TempDir::new().unwrap();
    let server = start(folder.path());
    let made = create(&server, &many(120, 100));
    let done = |b: &Value| b["request_counts"]["completed"].as_i64().unwrap();
    let mut before = 0;
    let mut server = server;
    for _ in 0..3 {
        before = done(&until(&server, &made, |b| done(b) >= before + 10));
        server.stop();
        server = start(folder.path());
        let now = done(&get(&server, &made));
        assert!(now >= before, "{now} of {before}");
    }
    let batch = ended(&server, &made);
    assert_eq!(batch["status"], "completed");
    assert_eq!(
        batch["request_counts"],
        json!({"total": 120, "completed": 120, "failed": 0})
    );
    let output = results(&server, &batch["output_file_id"]);
    let ids: BTreeSet<_> = (0..120).map(|i| format!("line {i}")).collect();
    assert_eq!(output.into_keys().collect::<BTreeSet<_>>(), ids);
    assert_eq!(batch["error_file_id"], Value::Null);
}

/// Two servers on the same database and blobs.
#[test]
fn servers_that_share_a_database_share_the_work() {
    let folder = TempDir::new().unwrap();
    let servers = [start(folder.path()), start(folder.path())];
    let made: Vec<_> = (0..6)
        .map(|i| create(&servers[i % 2], &many(20, 10)))
        .collect();
    for batch in &made {
        let batch = ended(&servers[0], batch);
        let counts = json!({"total": 20, "completed": 20, "failed": 0});
        assert_eq!(batch["request_counts"], counts);
        assert_eq!(results(&servers[1], &batch["output_file_id"]).len(), 20);
    }
    // No file of results is there twice.
    let files = walk(&servers[0], "/v1/files?purpose=batch_output");
    assert_eq!(files.len(), 6);
}

fn execute(folder: &Path, statement: &str) {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build();
    runtime.unwrap().block_on(async {
        sqlx::any::install_default_drivers();
        let url = database_url(folder);
        let mut connection = sqlx::AnyConnection::connect(&url).await.unwrap();
        let statement = sqlx::AssertSqlSafe(statement.to_owned());
        sqlx::raw_sql(statement)
            .execute(&mut connection)
            .await
            .unwrap();
    });
}

/// A batch of 300 lines of which some are done, left by a server that has stopped.
fn begun_in(folder: &Path) -> Value {
    let server = start(folder);
    let made = create(&server, &many(300, 100));
    until(&server, &made, |b| {
        b["request_counts"]["completed"].as_i64().unwrap() >= 5
    });
    server.stop();
    made
}

#[test]
fn what_is_not_done_in_time_expires() {
    let folder = TempDir::new().unwrap();
    let made = begun_in(folder.path());
    execute(folder.path(), "UPDATE batches SET expires_at = 1");
    let server = start(folder.path());
    let batch = ended(&server, &made);
    assert_eq!(batch["status"], "expired");
    assert!(batch["expired_at"].is_i64());
    let output = results(&server, &batch["output_file_id"]);
    let late = results(&server, &batch["error_file_id"]);
    assert!(output.len() >= 5 && !late.is_empty());
    assert_eq!(output.len() + late.len(), 300);
    let counts = json!({"total": 300, "completed": output.len(), "failed": late.len()});
    assert_eq!(batch["request_counts"], counts);
    for line in late.values() {
        assert_eq!(line["error"]["code"], "batch_expired");
        assert_eq!(line["response"], Value::Null);
    }
}

#[test]
fn a_batch_without_its_file_fails_and_keeps_what_is_done() {
    let folder = TempDir::new().unwrap();
    let made = begun_in(folder.path());
    let server = start(folder.path());
    let blob = folder
        .path()
        .join("blobs")
        .join(made["input_file_id"].as_str().unwrap());
    // It may go on reading for as long as it holds the file open.
    std::fs::remove_file(blob).unwrap();
    server.stop();
    let server = start(folder.path());
    let batch = ended(&server, &made);
    assert_eq!(batch["status"], "failed");
    assert_eq!(batch["errors"]["data"][0]["code"], "invalid_input_file");
    let output = results(&server, &batch["output_file_id"]);
    assert_eq!(batch["request_counts"]["completed"], output.len());
}

/// As where the store of blobs is away: a link to itself is there, and cannot be read.
#[test]
fn an_input_that_cannot_be_read_holds_nobody_up() {
    let folder = TempDir::new().unwrap();
    let spoil = |input: &Value| {
        let blob = folder.path().join("blobs").join(input.as_str().unwrap());
        std::fs::remove_file(&blob).unwrap();
        std::os::unix::fs::symlink(&blob, &blob).unwrap();
    };
    let begun = begun_in(folder.path());
    spoil(&begun["input_file_id"]);
    let server = start(folder.path());
    let file = upload(&server, "input.jsonl", "batch", many(1, 1).as_bytes());
    spoil(&file["id"]);
    let body = json!({"input_file_id": file["id"], "endpoint": "/v1/completions",
        "completion_window": "24h"});
    let new = server.post("/v1/batches", &body).ok();
    let behind = create(&server, &many(1, 1));
    assert_eq!(ended(&server, &behind)["status"], "completed");
    assert_eq!(get(&server, &begun)["status"], "in_progress");
    assert_eq!(get(&server, &new)["status"], "validating");
    let late = "UPDATE batches SET expires_at = 1, lease_until = 0 WHERE completed_at IS NULL";
    execute(folder.path(), late);
    let (begun, new) = (ended(&server, &begun), ended(&server, &new));
    assert_eq!(
        (&begun["status"], &new["status"]),
        (&json!("expired"), &json!("expired"))
    );
    let done = results(&server, &begun["output_file_id"]).len();
    assert!(done >= 5);
    assert_eq!(
        begun["request_counts"],
        json!({"total": 300, "completed": done, "failed": 0})
    );
    assert_eq!(
        new["request_counts"],
        json!({"total": 0, "completed": 0, "failed": 0})
    );
}

/// A live request waits behind at most the steps under way.
#[test]
fn live_requests_go_first() {
    let server = Server::start();
    let made = create(&server, &many(2000, 200));
    until(&server, &made, |b| {
        b["request_counts"]["completed"].as_i64().unwrap() >= 1
    });
    for _ in 0..10 {
        let body = json!({"model": "tiny-chat", "prompt": "a", "max_tokens": 5});
        server.post("/v1/completions", &body).ok();
    }
    assert_eq!(get(&server, &made)["status"], "in_progress");
    cancel(&server, &made);
    ended(&server, &made);
}
