//! `POST /v1/chat/completions`.

use serde_json::{Value, json};

use crate::running::Server;

const PATH: &str = "/v1/chat/completions";

fn body(more: Value) -> Value {
    let mut body = json!({"model": "tiny-chat", "temperature": 0, "max_tokens": 8,
                          "messages": [{"role": "user", "content": "the cat"}]});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

#[test]
fn an_answer_has_todays_shape() {
    let server = Server::start();
    let answer = server
        .post(PATH, &body(json!({"model": "gpt-3.5-turbo"})))
        .ok();
    assert_eq!(answer["object"], json!("chat.completion"));
    assert_eq!(answer["model"], json!("gpt-3.5-turbo"));
    assert!(answer["id"].as_str().unwrap().starts_with("chatcmpl-"));
    assert!(answer["created"].is_u64() && answer["system_fingerprint"].is_string());
    let choice = &answer["choices"][0];
    assert_eq!(choice["message"]["role"], json!("assistant"));
    assert!(choice["message"]["content"].is_string());
    assert!(choice["message"].get("refusal").is_some_and(Value::is_null));
    assert!(choice.get("logprobs").is_some_and(Value::is_null));
    assert!(["stop", "length"].contains(&choice["finish_reason"].as_str().unwrap()));
}

#[test]
fn a_stream_names_the_role_once_and_adds_up() {
    let server = Server::start();
    for n in [1, 3] {
        let more =
            json!({"n": n, "temperature": 1, "seed": 5, "logprobs": true, "top_logprobs": 2});
        let whole = server.post(PATH, &body(more.clone())).ok();
        let mut more = more;
        more["stream"] = json!(true);
        let chunks = server.stream(PATH, &body(more));
        assert!(chunks.iter().all(|c| c["id"] == chunks[0]["id"]));
        for choice in whole["choices"].as_array().unwrap() {
            let pieces = chunks.iter().flat_map(|c| c["choices"].as_array().unwrap());
            let own: Vec<_> = pieces.filter(|c| c["index"] == choice["index"]).collect();
            assert_eq!(own[0]["delta"], json!({"role": "assistant", "content": ""}));
            assert!(own[1..].iter().all(|c| c["delta"].get("role").is_none()));
            let (last, others) = own.split_last().unwrap();
            assert_eq!(last["delta"], json!({}));
            assert_eq!(last["finish_reason"], choice["finish_reason"]);
            assert!(others.iter().all(|c| c["finish_reason"].is_null()));
            let text: String = own
                .iter()
                .filter_map(|c| c["delta"]["content"].as_str())
                .collect();
            assert_eq!(json!(text), choice["message"]["content"]);
            let tokens: Vec<_> = own
                .iter()
                .filter_map(|c| c["logprobs"]["content"].as_array())
                .flatten()
                .collect();
            let want: Vec<_> = choice["logprobs"]["content"]
                .as_array()
                .unwrap()
                .iter()
                .collect();
            assert_eq!(tokens, want);
            assert!(
                want.iter()
                    .all(|t| t["top_logprobs"].as_array().unwrap().len() == 2)
            );
        }
    }
}

#[test]
fn a_model_without_a_template_points_to_completions() {
    let server = Server::start();
    let answer = server.post(PATH, &body(json!({"model": "tiny-base"})));
    let (status, kind, param, code) = answer.error();
    assert_eq!((status, kind.as_str()), (404, "invalid_request_error"));
    assert_eq!((param.as_deref(), code), (Some("model"), None));
    assert!(answer.text.contains("Did you mean to use v1/completions?"));
}

#[test]
fn what_does_not_fit_is_refused_before_the_first_byte() {
    let server = Server::start();
    for stream in [false, true] {
        let long = "the cat ".repeat(4000);
        let messages = json!([{"role": "user", "content": long}]);
        let answer = server.post(PATH, &body(json!({"messages": messages, "stream": stream})));
        let (status, _, param, code) = answer.error();
        assert_eq!(
            (status, code.as_deref()),
            (400, Some("context_length_exceeded"))
        );
        assert_eq!(param.as_deref(), Some("messages"));
        assert!(
            answer.text.contains("maximum context length is"),
            "{}",
            answer.text
        );
    }
}
