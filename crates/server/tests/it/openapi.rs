//! `/openapi.json` says what is true: its paths are the router's, its fields the parser's.

use std::collections::BTreeSet;

use jsonschema::Validator;
use serde_json::{Value, json};
use server::Limits;

use crate::published;
use crate::running::Server;

const ROUTER: &str = include_str!("../../src/routes/mod.rs");

/// The router keeps its routes to itself, but every one of them is written in one place.
fn routes() -> BTreeSet<String> {
    let starts = ROUTER.split(".route(").skip(1);
    let path = |rest: &str| rest.split('"').nth(1).unwrap().replace("{*", "{");
    starts.map(path).collect()
}

fn document(server: &Server) -> Value {
    server.get("/openapi.json").ok()
}

fn properties<'a>(document: &'a Value, path: &str) -> &'a Value {
    let body = &document["paths"][path]["post"]["requestBody"]["content"]["application/json"];
    let schema = body["schema"]["$ref"].as_str().unwrap();
    &document.pointer(&schema[1..]).unwrap()["properties"]
}

#[test]
fn the_document_has_the_paths_and_methods_of_the_router() {
    let server = Server::start();
    let document = document(&server);
    let paths = document["paths"].as_object().unwrap();
    let documented: BTreeSet<_> = paths.keys().cloned().collect();
    assert_eq!(documented, routes());
    for (path, operations) in paths {
        let sent = path.replace('{', "no-such-").replace('}', "");
        for method in ["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"] {
            let answer = server.ask(method, &sent, b"{}");
            let has = operations.get(method.to_lowercase()).is_some();
            assert_eq!(
                answer.status != 405,
                has,
                "{method} {path}: {}",
                answer.text
            );
            if !has {
                assert_eq!(answer.error().1, "invalid_request_error");
            } else if let Some(said) = operations[method.to_lowercase()].get("responses") {
                let status = answer.status.to_string();
                assert!(said.get(&status).is_some(), "{method} {path}: {status}");
            }
        }
    }
}

#[test]
fn anyone_may_read_the_document() {
    let server = Server::start_with(vec!["sk-right".to_owned()], Limits::default());
    let server = server.with_key("sk-wrong");
    assert_eq!(document(&server)["openapi"], "3.1.0");
    assert_eq!(server.get("/v1/models").status, 401);
}

/// A request that is answered with little work.
fn least(path: &str) -> Value {
    match path {
        "/v1/completions" => json!({"model": "tiny-chat", "prompt": "a", "max_tokens": 1}),
        "/v1/chat/completions" => json!({"model": "tiny-chat", "max_tokens": 1,
            "messages": [{"role": "user", "content": "a"}]}),
        "/v1/tokenize" => json!({"model": "tiny-chat", "input": "a"}),
        "/v1/edits" => json!({"model": "tiny-roomy", "instruction": "Go on.", "temperature": 0}),
        "/v1/embeddings" => json!({"model": "tiny-embed", "input": "a"}),
        "/v1/batches" => json!({"input_file_id": "file-none", "endpoint": "/v1/completions",
            "completion_window": "24h"}),
        "/v1/responses" => json!({"model": "tiny-chat", "input": "a", "max_output_tokens": 1}),
        "/v1/responses/input_tokens" => json!({"model": "tiny-chat", "input": "a"}),
        "/api/inspect/prompt" => json!({"model": "tiny-chat",
            "messages": [{"role": "user", "content": "a"}]}),
        "/api/keys" => json!({"name": "a"}),
        "/api/preferences" => json!({"prompt": "a", "choice": 0,
            "candidates": [{"model": "m", "text": "b"}, {"model": "m", "text": "c"}]}),
        other => panic!("{other} needs an example here"),
    }
}

#[test]
fn every_documented_field_is_read_and_every_published_one_documented() {
    let server = Server::start();
    let document = document(&server);
    for (path, operations) in document["paths"].as_object().unwrap() {
        let body = &operations["post"]["requestBody"]["content"];
        if body["application/json"].is_null() {
            continue;
        }
        let documented = properties(&document, path).as_object().unwrap();
        let noted = |schema: &Value| schema["description"] == "Taken, and changes no answer.";
        for (name, schema) in documented {
            let mut body = least(path);
            body[name] = json!({"no": ["such", "thing"]});
            let answer = server.post(path, &body);
            if noted(schema) {
                answer.ok();
                assert!(
                    answer.headers.get("x-lyceum-ignored").is_none(),
                    "{path} {name}"
                );
            } else if !["stream_options", "text"].contains(&name.as_str()) {
                // Of what is in a field the whole path is told.
                let (status, _, param, _) = answer.error();
                let param = param.unwrap_or_default();
                let at = param.split(['.', '[']).next();
                assert_eq!((status, at), (400, Some(name.as_str())), "{path}");
            }
        }
        let whole = ["/v1/completions", "/v1/chat/completions", "/v1/embeddings"];
        if whole.contains(&path.as_str()) {
            for name in published::fields(path) {
                assert!(
                    documented.contains_key(name),
                    "{path} {name} is not documented"
                );
            }
        }
    }
}

/// Values around the limits of what a schema lets pass.
fn around(schema: &Value) -> Vec<Value> {
    let mut values = vec![
        json!(null),
        json!("text"),
        json!(true),
        json!(-1),
        json!(0.5),
    ];
    for bound in ["minimum", "maximum"] {
        if let Some(bound) = schema[bound].as_f64() {
            values.extend([bound - 1.0, bound, bound + 1.0].map(|v| json!(v)));
        }
    }
    values
}

#[test]
fn what_a_fields_schema_lets_pass_the_server_reads_and_nothing_else() {
    let server = Server::start();
    let document = document(&server);
    for path in ["/v1/completions", "/v1/chat/completions"] {
        let fields = properties(&document, path).as_object().unwrap();
        // Others of them make an answer long, or need a second one beside them.
        for (name, schema) in fields {
            let scalar = schema["type"][0].as_str();
            if !matches!(scalar, Some("number" | "integer" | "boolean")) || name == "stream" {
                continue;
            }
            let valid: Validator = jsonschema::validator_for(schema).unwrap();
            for value in around(schema) {
                let mut body = least(path);
                body[name] = value.clone();
                let answer = server.post(path, &body);
                let about = answer.status == 400 && {
                    let (_, _, _, code) = answer.error();
                    let code = code.unwrap_or_default();
                    code == "invalid_type" || code.contains("_above_") || code.contains("_below_")
                };
                assert_eq!(
                    !about,
                    valid.is_valid(&value),
                    "{path} {name}: {value}: {}",
                    answer.text
                );
            }
        }
    }
}
