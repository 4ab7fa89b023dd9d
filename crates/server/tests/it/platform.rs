//! `/api`: models, keys, the log, settings and preferences, as the pages use them.

use std::io::{Read as _, Write as _};
use std::net::TcpStream;

use serde_json::{Value, json};
use server::Limits;
use store::{KeyLimits, Scope};
use tempfile::TempDir;

use crate::keys::{create, start};
use crate::running::{ABSENT, Answer, Server, eventually};

fn model(server: &Server, name: &str) -> Value {
    let list = server.get("/api/models").ok();
    let all = list["data"].as_array().unwrap();
    let found = all.iter().find(|model| model["id"] == name);
    found.unwrap_or_else(|| panic!("{name}: {list}")).clone()
}

fn state(server: &Server, name: &str) -> String {
    model(server, name)["state"].as_str().unwrap().to_owned()
}

fn post(server: &Server, path: &str) -> Answer {
    server.send("POST", path, &json!({}))
}

fn chat(server: &Server, model: &str) -> Answer {
    let body = json!({"model": model, "max_tokens": 2,
        "messages": [{"role": "user", "content": "Hi"}]});
    server.post("/v1/chat/completions", &body)
}

#[test]
fn models_are_told_with_what_they_can() {
    let server = Server::start();
    let list = server.get("/api/models").ok();
    assert_eq!(
        list["memory"],
        json!({"used_bytes": 0, "limit_bytes": null})
    );
    for (name, kind, state) in [
        ("tiny-chat", "chat", "installed"),
        ("tiny-base", "completion", "installed"),
        ("tiny-embed", "embedding", "installed"),
        (ABSENT[0], "chat", "available"),
    ] {
        let model = model(&server, name);
        assert_eq!(
            (&model["kind"], &model["state"]),
            (&json!(kind), &json!(state))
        );
        assert_eq!(model["pull"], Value::Null);
    }
    assert_eq!(
        model(&server, "tiny-chat")["aliases"],
        json!(["gpt-3.5-turbo"])
    );
    chat(&server, "gpt-3.5-turbo").ok();
    let loaded = model(&server, "tiny-chat");
    assert_eq!(
        (&loaded["state"], &loaded["resident_bytes"]),
        (&json!("loaded"), &json!(1))
    );
    assert!(loaded["context"].as_u64().unwrap() > 0);
    assert_eq!(server.get("/api/models").ok()["memory"]["used_bytes"], 1);
}

#[test]
fn a_model_is_fetched_in_the_background_and_can_be_removed() {
    let server = Server::start();
    let [absent, nowhere] = ABSENT.map(|name| format!("/api/models/{name}"));
    assert_eq!(
        post(&server, &format!("{absent}/load")).status,
        409,
        "it is not here"
    );
    assert_eq!(server.delete(&absent).status, 409);
    let pull = format!("{absent}/pull");
    let begun = post(&server, &pull);
    assert_eq!(
        (begun.status, &begun.json()["state"]),
        (202, &json!("pulling"))
    );
    assert_eq!(post(&server, &pull).status, 202, "it is under way");
    let bytes = || model(&server, ABSENT[0])["pull"]["bytes"].as_u64();
    eventually(|| bytes().is_some_and(|bytes| bytes > 1));
    assert_eq!(server.delete(&absent).status, 409, "it is on its way");
    assert_eq!(server.delete(&pull).status, 200);
    eventually(|| state(&server, ABSENT[0]) == "available");
    assert_eq!(server.delete(&pull).status, 404, "there is none");
    post(&server, &pull);
    eventually(|| state(&server, ABSENT[0]) == "installed");
    let installed = model(&server, ABSENT[0]);
    assert_eq!(installed["pull"], Value::Null);
    assert_eq!(
        post(&server, &pull).json()["state"],
        "installed",
        "there is nothing to do"
    );
    chat(&server, ABSENT[0]).ok();
    assert_eq!(server.delete(&absent).ok()["deleted"], true);
    assert_eq!(state(&server, ABSENT[0]), "available");
    assert_eq!(server.get("/api/models").ok()["memory"]["used_bytes"], 0);
    assert_eq!(chat(&server, ABSENT[0]).status, 404);
    // Why one could not be fetched is told until somebody tries again or has read it.
    let pull = format!("{nowhere}/pull");
    assert_eq!(post(&server, &pull).status, 202);
    eventually(|| !model(&server, ABSENT[1])["pull"]["error"].is_null());
    let failed = model(&server, ABSENT[1]);
    assert_eq!(
        (&failed["state"], &failed["pull"]["error"]),
        (&json!("available"), &json!("no source has it"))
    );
    server.delete(&pull).ok();
    assert_eq!(model(&server, ABSENT[1])["pull"], Value::Null);
    for verb in ["pull", "load", "unload"] {
        let (status, ..) = post(&server, &format!("/api/models/no-such/{verb}")).error();
        assert_eq!(status, 404, "{verb}");
    }
    assert_eq!(
        server.delete("/api/models/tiny-chat").status,
        403,
        "it is not ours"
    );
}

/// A stream whose client does not read on.
fn under_way(server: &Server) -> TcpStream {
    let body = json!({"model": "tiny-roomy", "prompt": "Hello", "max_tokens": 2000, "n": 8,
        "stream": true, "logprobs": 5, "logit_bias": {"0": -100, "2": -100}})
    .to_string();
    let mut stream = TcpStream::connect(server.address).unwrap();
    let head = format!(
        "POST /v1/completions HTTP/1.1\r\nhost: localhost\r\n\
         content-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    );
    stream.write_all(head.as_bytes()).unwrap();
    let mut first = [0; 64];
    stream.read_exact(&mut first).unwrap();
    stream
}

#[test]
fn a_model_is_loaded_and_unloaded_but_not_in_the_middle_of_an_answer() {
    let server = Server::start();
    let path = |verb: &str| format!("/api/models/tiny-roomy/{verb}");
    assert_eq!(post(&server, &path("unload")).ok()["state"], "installed");
    let loading = post(&server, &path("load"));
    assert_eq!(loading.status, 202);
    assert_ne!(loading.json()["state"], "installed");
    eventually(|| state(&server, "tiny-roomy") == "loaded");
    let stream = under_way(&server);
    assert!(model(&server, "tiny-roomy")["in_use"].as_u64().unwrap() > 0);
    let busy = post(&server, &path("unload"));
    assert_eq!(busy.status, 409);
    assert!(busy.text.contains("under way"), "{}", busy.text);
    assert_eq!(server.delete("/api/models/tiny-roomy").status, 409);
    drop(stream);
    eventually(|| post(&server, &path("unload")).status == 200);
    assert_eq!(state(&server, "tiny-roomy"), "installed");
}

#[test]
fn the_prompt_is_shown_as_the_model_reads_it() {
    let server = Server::start();
    let body = json!({"model": "tiny-chat", "messages": [
        {"role": "system", "content": "Be brief."}, {"role": "user", "content": "\u{5929}"}]});
    let shown = server.post("/api/inspect/prompt", &body).ok();
    let prompt = shown["prompt"].as_str().unwrap();
    assert!(
        prompt.contains("Be brief.") && prompt.contains('\u{5929}'),
        "{prompt}"
    );
    let tokens = shown["tokens"].as_array().unwrap();
    let counted = json!({"model": "tiny-chat", "input": body["messages"]});
    let counted = server.post("/v1/responses/input_tokens", &counted).ok();
    assert_eq!(counted["input_tokens"], tokens.len());
    assert!(tokens.iter().any(|token| token["special"] == true));
    let bytes = tokens
        .iter()
        .flat_map(|token| token["bytes"].as_array().unwrap());
    let bytes: Vec<u8> = bytes.map(|b| b.as_u64().unwrap() as u8).collect();
    assert_eq!(String::from_utf8(bytes).unwrap(), prompt);
    let tool = json!({"type": "function", "function": {"name": "weather_of", "parameters": {}}});
    let mut with_tool = body.clone();
    with_tool["tools"] = json!([tool]);
    let shown = server.post("/api/inspect/prompt", &with_tool).ok();
    assert!(shown["prompt"].as_str().unwrap().contains("weather_of"));
    let mut wrong = body.clone();
    wrong["model"] = json!("tiny-base");
    assert_eq!(
        server.post("/api/inspect/prompt", &wrong).status,
        404,
        "no template"
    );
    wrong["model"] = json!("no-such");
    assert_eq!(server.post("/api/inspect/prompt", &wrong).status, 404);
    let long = json!({"model": "tiny-chat",
        "messages": [{"role": "user", "content": "a".repeat(300 << 10)}]});
    let (status, _, param, _) = server.post("/api/inspect/prompt", &long).error();
    assert_eq!((status, param.as_deref()), (400, Some("messages")));
}

#[test]
fn keys_are_made_limited_and_ended() {
    let folder = TempDir::new().unwrap();
    let admin = create(folder.path(), Scope::Admin, KeyLimits::default(), None);
    let server = start(folder.path(), &admin);
    let wanted = json!({"name": "laptop", "scope": "inference", "expires_in": 3600,
        "budget_tokens": 1000, "tokens_per_minute": 100});
    let made = server.post("/api/keys", &wanted).ok();
    let secret = made["value"].as_str().unwrap();
    assert_eq!(
        (&made["scope"], &made["state"]),
        (&json!("inference"), &json!("live"))
    );
    let life = made["expires_at"].as_i64().unwrap() - made["created_at"].as_i64().unwrap();
    assert_eq!(life, 3600);
    assert_eq!(
        server.post("/api/keys", &json!({"name": "second"})).ok()["scope"],
        "all"
    );
    let used = start_beside(&server, secret);
    assert_eq!(chat(&used, "tiny-chat").status, 200);
    let list = server.get("/api/keys").ok();
    assert!(!list.to_string().contains(secret));
    // Those of one second stand in any order.
    let mut listed = list["data"].as_array().unwrap().iter();
    let listed = listed.find(|key| key["name"] == "laptop").unwrap();
    assert_eq!(listed["requests"], 1);
    assert!(listed["used_tokens"].as_i64().unwrap() > 0);
    assert!(listed["last_used_at"].as_i64().unwrap() > 1);
    for (body, param) in [
        (json!({}), "name"),
        (json!({"name": ""}), "name"),
        (json!({"name": "laptop"}), "name"),
        (json!({"name": "a".repeat(101)}), "name"),
        (json!({"name": "a", "scope": "root"}), "scope"),
        (json!({"name": "a", "expires_in": 0}), "expires_in"),
        (json!({"name": "a", "budget_tokens": -1}), "budget_tokens"),
        (
            json!({"name": "a", "requests_per_minute": 0}),
            "requests_per_minute",
        ),
    ] {
        let (status, _, got, _) = server.post("/api/keys", &body).error();
        assert_eq!((status, got.as_deref()), (400, Some(param)), "{body}");
    }
    let path = format!("/api/keys/{}", made["id"].as_str().unwrap());
    let limited = server
        .send("PATCH", &path, &json!({"requests_per_minute": 5}))
        .ok();
    assert_eq!(
        (&limited["requests_per_minute"], &limited["budget_tokens"]),
        (&json!(5), &Value::Null)
    );
    assert_eq!(server.delete(&path).ok()["state"], "revoked");
    assert_eq!(chat(&used, "tiny-chat").status, 401);
    assert_eq!(server.delete(&path).status, 409);
    assert_eq!(server.send("PATCH", &path, &json!({})).status, 409);
    for id in ["key_1", "laptop", "key_00000000000000000000000000000000"] {
        assert_eq!(
            server.delete(&format!("/api/keys/{id}")).status,
            404,
            "{id}"
        );
    }
}

/// The same server, asked with another key.
fn start_beside(server: &Server, key: &str) -> Server {
    server.beside().with_key(key)
}

#[test]
fn what_is_everybodys_needs_a_key_of_that_scope() {
    let folder = TempDir::new().unwrap();
    let key = |scope| create(folder.path(), scope, KeyLimits::default(), None);
    let server = start(folder.path(), &key(Scope::Admin));
    let all = start_beside(&server, &key(Scope::All));
    let inference = start_beside(&server, &key(Scope::Inference));
    let preference = json!({"prompt": "a", "choice": "tie", "candidates": [
        {"model": "m", "text": "b"}, {"model": "m", "text": "c"}]});
    for (method, path, body, wanted) in [
        ("GET", "/api/models", json!({}), [200, 200, 200]),
        (
            "POST",
            "/api/models/tiny-chat/unload",
            json!({}),
            [200, 403, 403],
        ),
        ("DELETE", "/api/models/no-such", json!({}), [404, 403, 403]),
        ("GET", "/api/keys", json!({}), [200, 403, 403]),
        ("GET", "/api/logs", json!({}), [200, 403, 403]),
        (
            "PUT",
            "/api/logs/settings",
            json!({"keeps_bodies": false}),
            [200, 403, 403],
        ),
        ("GET", "/api/settings", json!({}), [200, 403, 403]),
        ("POST", "/api/preferences", preference, [200, 200, 403]),
        ("GET", "/api/preferences", json!({}), [200, 200, 403]),
        ("POST", "/api/inspect/prompt", json!({}), [400, 400, 400]),
    ] {
        let statuses = [&server, &all, &inference];
        let statuses = statuses.map(|server| server.send(method, path, &body).status);
        assert_eq!(statuses, wanted, "{method} {path}");
    }
    // Without any key nobody is let in, and none from a page of elsewhere.
    assert_eq!(
        start_beside(&server, "sk-wrong").get("/api/models").status,
        401
    );
    let evil = b"GET /api/keys HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n";
    assert_eq!(Answer::of_bytes(&server.said(evil)).status, 403);
    // What went wrong names files, which not everybody shall read.
    post(&server, &format!("/api/models/{}/pull", ABSENT[1]));
    let error = |server: &Server| model(server, ABSENT[1])["pull"]["error"].clone();
    eventually(|| !error(&server).is_null());
    assert_eq!(error(&server), "no source has it");
    assert_ne!(error(&all), "no source has it");
}

#[test]
fn the_log_has_what_was_asked_and_what_was_said_only_if_wanted() {
    let server = Server::start();
    chat(&server, "tiny-chat").ok();
    server.stream(
        "/v1/completions",
        &json!({"model": "tiny-base", "prompt": "secret",
        "max_tokens": 3, "stream": true}),
    );
    chat(&server, "no-such");
    server.get("/v1/models");
    let listed = |query: &str| {
        let list = server.get(&format!("/api/logs{query}")).ok();
        list["data"].as_array().unwrap().clone()
    };
    eventually(|| listed("").len() == 4);
    let ids = |query: &str| -> Vec<Value> {
        listed(query)
            .iter()
            .map(|entry| entry["id"].clone())
            .collect()
    };
    let all = listed("");
    let paths: Vec<_> = all
        .iter()
        .map(|entry| entry["path"].as_str().unwrap())
        .collect();
    let chats = "/v1/chat/completions";
    assert_eq!(paths, ["/v1/models", chats, "/v1/completions", chats]);
    let streamed = &all[2];
    assert_eq!(
        (&streamed["status"], &streamed["output_tokens"]),
        (&json!(200), &json!(3))
    );
    assert!(streamed["first_token_ms"].is_u64() && streamed["stream"] == true);
    assert_eq!(all[3]["first_token_ms"], Value::Null);
    assert_eq!(all[1]["error"]["code"], "model_not_found");
    assert_eq!(
        &listed("?model=tiny-base")[..],
        std::slice::from_ref(streamed)
    );
    assert_eq!(ids("?status=error"), [all[1]["id"].clone()]);
    assert_eq!(ids("?status=404"), [all[1]["id"].clone()]);
    assert_eq!(listed("?status=ok").len(), 3);
    assert_eq!(listed("?path=/v1/chat").len(), 2);
    let page = server.get("/api/logs?limit=3").ok();
    assert_eq!(page["has_more"], true);
    let last = page["data"][2]["id"].as_str().unwrap();
    assert_eq!(ids(&format!("?after={last}")), [all[3]["id"].clone()]);
    for (query, param) in [
        ("limit=0", "limit"),
        ("status=fine", "status"),
        ("after=1", "after"),
    ] {
        let (status, _, got, _) = server.get(&format!("/api/logs?{query}")).error();
        assert_eq!((status, got.as_deref()), (400, Some(param)));
    }
    let detail = |entry: &Value| {
        let id = entry["id"].as_str().unwrap();
        server.get(&format!("/api/logs/{id}")).ok()
    };
    assert_eq!(
        (&detail(streamed)["request"], &detail(streamed)["response"]),
        (&Value::Null, &Value::Null)
    );
    let set = |keep: bool| server.send("PUT", "/api/logs/settings", &json!({"keeps_bodies": keep}));
    set(true).ok();
    chat(&server, "tiny-chat").ok();
    eventually(|| listed("").len() == 5);
    let kept = detail(&listed("")[0]);
    let request: Value = serde_json::from_str(kept["request"].as_str().unwrap()).unwrap();
    assert_eq!(request["messages"][0]["content"], "Hi");
    assert!(kept["response"].as_str().unwrap().contains("\"choices\""));
    assert_eq!(server.get("/api/logs").ok()["keeps_bodies"], true);
    set(false).ok();
    assert_eq!(
        detail(&listed("")[0])["request"],
        Value::Null,
        "they are gone at once"
    );
    let (status, _, param, _) = server.send("PUT", "/api/logs/settings", &json!({})).error();
    assert_eq!((status, param.as_deref()), (400, Some("keeps_bodies")));
    server.delete("/api/logs").ok();
    assert!(listed("").is_empty());
    assert_eq!(server.get("/api/logs/req_1").status, 404);
}

/// The text of a new key is nowhere but in the answer.
#[test]
fn a_new_key_is_in_no_log() {
    let folder = TempDir::new().unwrap();
    let admin = create(folder.path(), Scope::Admin, KeyLimits::default(), None);
    let server = start(folder.path(), &admin);
    server
        .send("PUT", "/api/logs/settings", &json!({"keeps_bodies": true}))
        .ok();
    server.post("/api/keys", &json!({"name": "a"})).ok();
    server.get("/v1/models");
    eventually(|| {
        !server.get("/api/logs").ok()["data"]
            .as_array()
            .unwrap()
            .is_empty()
    });
    let list = server.get("/api/logs").ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 1, "{list}");
}

#[test]
fn the_settings_say_what_is_in_force() {
    let settings = Server::start().get("/api/settings").ok();
    assert_eq!(settings["version"], "1.2.3");
    assert!(settings["started_at"].as_i64().unwrap() > 0);
}

fn preference(choice: Value, texts: &[&str]) -> Value {
    let candidates = texts
        .iter()
        .map(|text| json!({"model": "tiny-chat", "parameters": {"temperature": 1}, "text": text}));
    json!({"messages": [{"role": "user", "content": "Hi"}], "choice": choice, "blind": true,
        "candidates": candidates.collect::<Vec<_>>()})
}

#[test]
fn preferences_outlive_the_server_and_become_pairs() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let made = server
        .post("/api/preferences", &preference(json!(1), &["a", "b", "c"]))
        .ok();
    assert_eq!((&made["choice"], &made["blind"]), (&json!(1), &json!(true)));
    for choice in ["tie", "none"] {
        server
            .post("/api/preferences", &preference(json!(choice), &["d", "e"]))
            .ok();
    }
    let prompt = json!({"prompt": "Once", "choice": 0, "candidates": [
        {"model": "m", "text": "f\n"}, {"model": "n", "text": "g"}]});
    let last = server.post("/api/preferences", &prompt).ok();
    server.stop();
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let list = server.get("/api/preferences").ok();
    assert_eq!(list["data"].as_array().unwrap().len(), 4);
    assert_eq!((&list["data"][0], &list["data"][3]), (&last, &made));
    let page = server.get("/api/preferences?limit=1&order=asc").ok();
    assert_eq!((&page["data"][0], &page["has_more"]), (&made, &json!(true)));
    let exported = server.get("/api/preferences/export").text;
    let lines: Vec<Value> = exported
        .lines()
        .map(|l| serde_json::from_str(l).unwrap())
        .collect();
    let messages = &made["messages"];
    let want = [
        json!({"messages": messages, "chosen": "b", "rejected": "a"}),
        json!({"messages": messages, "chosen": "b", "rejected": "c"}),
        json!({"prompt": "Once", "chosen": "f\n", "rejected": "g"}),
    ];
    assert_eq!(lines, want);
    let path = format!("/api/preferences/{}", made["id"].as_str().unwrap());
    server.delete(&path).ok();
    assert_eq!(server.delete(&path).status, 404);
    assert_eq!(server.delete("/api/preferences/pref_1").status, 404);
    let empty = Server::start();
    assert_eq!(empty.get("/api/preferences/export").text, "");
}

#[test]
fn what_is_no_preference_is_named() {
    let server = Server::start();
    let good = preference(json!(0), &["a", "b"]);
    for (name, value, param) in [
        ("choice", json!(null), "choice"),
        ("choice", json!(2), "choice"),
        ("choice", json!(-1), "choice"),
        ("choice", json!(0.5), "choice"),
        ("choice", json!("best"), "choice"),
        ("prompt", json!("beside"), "messages"),
        ("messages", json!(null), "prompt"),
        ("messages", json!([]), "messages"),
        ("messages", json!([1]), "messages[0].role"),
        ("candidates", json!([]), "candidates"),
        (
            "candidates",
            json!([{"model": "m", "text": "a"}]),
            "candidates",
        ),
        (
            "candidates",
            json!([{"model": "m", "text": "a"}, {"model": "m"}]),
            "candidates[1].text",
        ),
        (
            "candidates",
            json!([{"text": "a"}, {"text": "b"}]),
            "candidates[0].model",
        ),
        (
            "candidates",
            json!(vec![good["candidates"][0].clone(); 17]),
            "candidates",
        ),
        ("blind", json!("yes"), "blind"),
    ] {
        let mut body = good.clone();
        body[name] = value.clone();
        let (status, _, got, _) = server.post("/api/preferences", &body).error();
        assert_eq!(
            (status, got.as_deref()),
            (400, Some(param)),
            "{name}: {value}"
        );
    }
    assert_eq!(server.get("/api/preferences?after=pref_1").status, 400);
}
