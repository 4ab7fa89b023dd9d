//! Tools, response formats and edits.

use serde_json::{Value, json};

use crate::running::Server;

const PATH: &str = "/v1/chat/completions";

fn body(more: Value) -> Value {
    let mut body = json!({"model": "tiny-roomy", "seed": 3, "max_tokens": 150,
                          "messages": [{"role": "user", "content": "the cat"}]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn weather() -> Value {
    json!({"type": "function", "function": {"name": "get_weather", "description": "Tells it.",
        "parameters": {"type": "object", "properties": {
            "city": {"enum": ["Paris", "Köln"]}, "days": {"type": "integer", "minimum": 1,
            "maximum": 9}}, "required": ["city", "days"], "additionalProperties": false}}})
}

fn obeys(arguments: &Value) {
    let value: Value = serde_json::from_str(arguments.as_str().unwrap()).unwrap();
    let city = value["city"].as_str().unwrap();
    assert!(["Paris", "Köln"].contains(&city));
    assert!((1..=9).contains(&value["days"].as_i64().unwrap()));
}

/// What SDKs make of a stream: strings are joined, indices tell the calls apart.
fn folded(chunks: &[Value], index: u64) -> (Value, Value) {
    let (mut message, mut reason) = (json!({"content": null, "tool_calls": []}), Value::Null);
    let join = |to: &mut Value, more: &Value| {
        if let Some(more) = more.as_str() {
            *to = json!(to.as_str().unwrap_or_default().to_owned() + more);
        }
    };
    let choices = chunks.iter().flat_map(|c| c["choices"].as_array().unwrap());
    for choice in choices.filter(|c| c["index"] == index) {
        join(&mut message["role"], &choice["delta"]["role"]);
        join(&mut message["content"], &choice["delta"]["content"]);
        for call in choice["delta"]["tool_calls"]
            .as_array()
            .into_iter()
            .flatten()
        {
            let calls = message["tool_calls"].as_array_mut().unwrap();
            let at = call["index"].as_u64().unwrap() as usize;
            if calls.len() <= at {
                calls.push(json!({"function": {}}));
            }
            let own = &mut calls[at];
            join(&mut own["id"], &call["id"]);
            join(&mut own["type"], &call["type"]);
            join(&mut own["function"]["name"], &call["function"]["name"]);
            join(
                &mut own["function"]["arguments"],
                &call["function"]["arguments"],
            );
        }
        if !choice["finish_reason"].is_null() {
            assert!(reason.is_null());
            reason = choice["finish_reason"].clone();
        }
    }
    (message, reason)
}

#[test]
fn required_tools_are_called_and_streams_add_up() {
    let server = Server::start();
    let more = json!({"tools": [weather()], "tool_choice": "required", "n": 2, "logprobs": true,
        "parallel_tool_calls": false});
    let whole = server.post(PATH, &body(more.clone())).ok();
    let mut more = more;
    more["stream"] = json!(true);
    let chunks = server.stream(PATH, &body(more));
    for choice in whole["choices"].as_array().unwrap() {
        assert_eq!(choice["finish_reason"], json!("tool_calls"));
        assert!(choice["logprobs"]["content"].is_null());
        let message = &choice["message"];
        assert!(message.get("content").is_some_and(Value::is_null));
        let calls = message["tool_calls"].as_array().unwrap();
        assert_eq!(calls.len(), 1);
        assert_eq!(calls[0]["type"], json!("function"));
        assert!(calls[0]["id"].as_str().unwrap().starts_with("call_"));
        obeys(&calls[0]["function"]["arguments"]);
        let (streamed, reason) = folded(&chunks, choice["index"].as_u64().unwrap());
        assert_eq!(reason, choice["finish_reason"]);
        assert_eq!(streamed["role"], json!("assistant"));
        assert_eq!(streamed["content"], message["content"]);
        let mut own = streamed["tool_calls"].clone();
        assert!(own[0]["id"].as_str().unwrap().starts_with("call_"));
        own[0]["id"] = calls[0]["id"].clone();
        assert_eq!(own, message["tool_calls"]);
    }
}

#[test]
fn functions_of_june_2023_are_answered_as_then() {
    let server = Server::start();
    let more = json!({"functions": [weather()["function"]],
        "function_call": {"name": "get_weather"}});
    let choice = server.post(PATH, &body(more.clone())).ok()["choices"][0].clone();
    assert_eq!(choice["finish_reason"], json!("function_call"));
    let call = &choice["message"]["function_call"];
    assert_eq!(call["name"], json!("get_weather"));
    assert!(choice["message"].get("tool_calls").is_none());
    obeys(&call["arguments"]);
    let mut more = more;
    more["stream"] = json!(true);
    let chunks = server.stream(PATH, &body(more));
    let deltas = chunks
        .iter()
        .map(|c| &c["choices"][0]["delta"]["function_call"]);
    let join = |key: &str| -> String { deltas.clone().filter_map(|d| d[key].as_str()).collect() };
    assert_eq!(json!(join("name")), call["name"]);
    assert_eq!(json!(join("arguments")), call["arguments"]);
}

#[test]
fn a_conversation_may_hold_calls_and_results() {
    let server = Server::start();
    let call = json!({"id": "call_1", "type": "function",
        "function": {"name": "get_weather", "arguments": "{\"city\": \"Paris\"}"}});
    let messages = json!([{"role": "user", "content": "Weather?"},
        {"role": "assistant", "content": null, "tool_calls": [call]},
        {"role": "tool", "tool_call_id": "call_1", "content": [{"type": "text", "text": "Sun"}]}]);
    let more = json!({"messages": messages, "tools": [weather()], "max_tokens": 4});
    server.post(PATH, &body(more)).ok();
    let old = json!([{"role": "assistant", "content": null,
            "function_call": {"name": "f", "arguments": "{}"}},
        {"role": "function", "name": "f", "content": "3"}]);
    server
        .post(PATH, &body(json!({"messages": old, "max_tokens": 4})))
        .ok();
    for (message, param) in [
        (
            json!({"role": "tool", "content": "x"}),
            "messages[0].tool_call_id",
        ),
        (
            json!({"role": "function", "content": "x"}),
            "messages[0].name",
        ),
        (
            json!({"role": "user", "content": "x", "tool_calls": [call]}),
            "messages[0].tool_calls",
        ),
        (
            json!({"role": "assistant", "tool_calls": [{"id": "a"}]}),
            "messages[0].tool_calls[0].type",
        ),
    ] {
        let answer = server.post(PATH, &body(json!({"messages": [message]})));
        assert_eq!(answer.error().2.as_deref(), Some(param), "{}", answer.text);
    }
}

#[test]
fn formats_are_kept_to_and_bad_schemas_named() {
    let server = Server::start();
    let format = |schema: Value| {
        json!({"response_format": {"type": "json_schema",
            "json_schema": {"name": "n", "strict": true, "schema": schema}}})
    };
    let schema = json!({"type": "object", "properties": {"a": {"enum": ["x", 1]}},
        "required": ["a"], "additionalProperties": false});
    let whole = server.post(PATH, &body(format(schema))).ok();
    let text = whole["choices"][0]["message"]["content"].as_str().unwrap();
    assert!(["{\"a\": \"x\"}", "{\"a\": 1}"].contains(&text), "{text}");
    let bad = json!({"type": "object", "properties": {"a": {"type": "strin"}}});
    for stream in [false, true] {
        let mut more = format(bad.clone());
        more["stream"] = json!(stream);
        let answer = server.post(PATH, &body(more));
        let (status, _, param, code) = answer.error();
        assert_eq!((status, param.as_deref()), (400, Some("response_format")));
        assert_eq!(code.as_deref(), Some("invalid_value"));
        assert!(answer.text.contains("strin"), "{}", answer.text);
    }
    let mut tool = weather();
    tool["function"]["name"] = json!("other");
    tool["function"]["parameters"] = bad;
    let answer = server.post(PATH, &body(json!({"tools": [weather(), tool]})));
    let (status, _, param, _) = answer.error();
    let want = "tools[1].function.parameters";
    assert_eq!(
        (status, param.as_deref()),
        (400, Some(want)),
        "{}",
        answer.text
    );
}

#[test]
fn an_edit_is_what_clients_of_2023_expect() {
    let server = Server::start();
    let edit = json!({"input": "the cat", "instruction": "Make it a dog.", "n": 2, "seed": 1});
    let answer = server.post("/v1/engines/tiny-roomy/edits", &edit).ok();
    assert_eq!(answer["object"], json!("edit"));
    assert!(answer["created"].is_u64() && answer["usage"]["total_tokens"].is_u64());
    let choices = answer["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 2);
    assert!(choices.iter().all(|c| c["text"].is_string()));
    assert_eq!(choices[1]["index"], json!(1));
    let answer = server.post("/v1/edits", &json!({"model": "tiny-roomy", "input": "x"}));
    assert_eq!(answer.error().2.as_deref(), Some("instruction"));
}
