//! OpenAI's published schemas as the judge of every answer that a test gets.

use std::collections::HashMap;
use std::sync::LazyLock;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jsonschema::Validator;
use serde_json::{Map, Value, json};

use crate::documented;

static DOCUMENT: LazyLock<Value> = LazyLock::new(|| {
    let path = testkit::fixture("openapi/platform.json");
    serde_json::from_str(&std::fs::read_to_string(path).unwrap()).unwrap()
});

static VALIDATORS: LazyLock<HashMap<&str, Validator>> = LazyLock::new(|| {
    let schemas = DOCUMENT["$defs"].as_object().unwrap();
    let one = |name: &'static String| {
        let schema = json!({"$ref": format!("#/$defs/{name}"), "$defs": schemas});
        (name.as_str(), jsonschema::validator_for(&schema).unwrap())
    };
    schemas.keys().map(one).collect()
});

/// The fields that requests to a path may have, as published.
pub(crate) fn fields(path: &str) -> Vec<&'static str> {
    let fields = DOCUMENT["requests"][path].as_array().unwrap();
    fields.iter().map(|name| name.as_str().unwrap()).collect()
}

/// The schema of an answer to a request that went well; none is published for our own
/// additions and for what is older than the description.
fn answer(method: &str, path: &str) -> Option<&'static str> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<_> = path.strip_prefix("/v1/")?.split('/').collect();
    Some(match (method, &parts[..]) {
        ("POST", ["completions"]) => "CreateCompletionResponse",
        ("POST", ["chat", "completions"]) => "CreateChatCompletionResponse",
        ("POST", ["embeddings"]) => "CreateEmbeddingResponse",
        ("POST", ["moderations"]) => "CreateModerationResponse",
        ("GET", ["models"]) => "ListModelsResponse",
        ("GET", ["models", ..]) => "Model",
        ("DELETE", ["models", ..]) => "DeleteModelResponse",
        ("GET", ["files"]) => "ListFilesResponse",
        ("POST", ["files"]) | ("GET", ["files", _]) => "OpenAIFile",
        ("DELETE", ["files", _]) => "DeleteFileResponse",
        ("POST", ["uploads", _, "parts"]) => "UploadPart",
        ("POST", ["uploads", ..]) => "Upload",
        ("GET", ["batches"]) => "ListBatchesResponse",
        ("POST", ["batches", ..]) | ("GET", ["batches", _]) => "Batch",
        _ => return None,
    })
}

/// Panics unless an answer is as published.
pub(crate) fn judge_answer(method: &str, path: &str, status: u16, text: &str) {
    if path.starts_with("/api/") {
        documented::judge(method, path, status, text);
    }
    if status >= 400 {
        judge("ErrorResponse", &serde_json::from_str(text).unwrap());
    } else if let Some(schema) = answer(method, path) {
        let answer = serde_json::from_str(text).unwrap();
        match schema {
            "CreateCompletionResponse" => judge(schema, &described(&answer, false)),
            "CreateEmbeddingResponse" => judge(schema, &in_numbers(answer)),
            "Batch" => judge(schema, &reached(answer)),
            "ListBatchesResponse" => judge(schema, &all_reached(answer)),
            _ => judge(schema, &answer),
        }
    }
}

/// Panics unless an event of a stream is as published.
pub(crate) fn judge_event(path: &str, event: &Value) {
    if event.get("error").is_some() {
        return judge("ErrorResponse", event);
    }
    match path.strip_prefix("/v1/") {
        Some("completions") => judge("CreateCompletionResponse", &described(event, true)),
        Some("chat/completions") => judge("CreateChatCompletionStreamResponse", event),
        _ => {}
    }
}

/// The description has one schema for a completion and its chunks, and knows less than is on the
/// wire: before the end of a stream `finish_reason` and `usage` are null, and an echoed prompt's
/// first token has no log-probability.
fn described(completion: &Value, chunk: bool) -> Value {
    let mut completion = completion.clone();
    let map = completion.as_object_mut().unwrap();
    map.retain(|name, value| !(chunk && name == "usage" && value.is_null()));
    for choice in completion["choices"].as_array_mut().unwrap() {
        if chunk && choice["finish_reason"].is_null() {
            choice["finish_reason"] = json!("stop");
        }
        for array in ["token_logprobs", "top_logprobs"] {
            let array = choice.pointer_mut(&format!("/logprobs/{array}"));
            if let Some(Value::Array(all)) = array
                && all.first().is_some_and(Value::is_null)
            {
                all.remove(0);
            }
        }
    }
    completion
}

/// The description does not know that vectors may come in base64, as all SDKs ask for them.
fn in_numbers(mut list: Value) -> Value {
    for item in list["data"].as_array_mut().unwrap() {
        let Some(text) = item["embedding"].as_str() else {
            continue;
        };
        let bytes = STANDARD.decode(text).unwrap();
        let (numbers, rest) = bytes.as_chunks();
        assert!(rest.is_empty());
        let numbers = numbers.iter().map(|&bytes| f32::from_le_bytes(bytes));
        item["embedding"] = numbers.collect();
    }
    list
}

/// The description does not know that what a batch has not reached is null on the wire, as its
/// own examples have it.
fn reached(mut batch: Value) -> Value {
    let batch_fields = batch.as_object_mut().unwrap();
    batch_fields.retain(|_, value| !value.is_null());
    batch
}

fn all_reached(mut list: Value) -> Value {
    let batches = list["data"].as_array_mut().unwrap();
    batches.iter_mut().for_each(|b| *b = reached(b.take()));
    list
}

fn judge(schema: &str, value: &Value) {
    let errors: Vec<_> = VALIDATORS[schema]
        .iter_errors(value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{schema}: {errors:#?}\n{value:#}");
}

#[test]
fn the_judge_sees_what_is_wrong() {
    let wrong = |schema: &str, value: Value| {
        assert!(!VALIDATORS[schema].is_valid(&value), "{schema}: {value}");
    };
    wrong(
        "Model",
        json!({"id": "a", "object": "engine", "created": 1, "owned_by": "me"}),
    );
    wrong(
        "ErrorResponse",
        json!({"error": {"message": "no", "type": "x"}}),
    );
    wrong("CreateCompletionResponse", Value::Object(Map::new()));
    assert!(fields("/v1/completions").contains(&"best_of"));
}
