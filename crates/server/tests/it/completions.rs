//! `POST /v1/completions`.

use serde_json::{Value, json};

use crate::running::Server;

const PATH: &str = "/v1/completions";

/// A request with `more`.
fn body(more: Value) -> Value {
    let mut body = json!({"model": "tiny-chat", "prompt": "the cat", "max_tokens": 6,
                          "temperature": 0});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

/// What a stream adds up to: text, finish reason and arrays of each choice.
fn fold(chunks: &[Value]) -> Vec<(String, Value, Value)> {
    let mut choices: Vec<(String, Value, Value)> = Vec::new();
    for choice in chunks.iter().flat_map(|c| c["choices"].as_array().unwrap()) {
        let index = choice["index"].as_u64().unwrap() as usize;
        if choices.len() <= index {
            choices.resize(index + 1, Default::default());
        }
        let (text, finish, arrays) = &mut choices[index];
        *text += choice["text"].as_str().unwrap();
        if !choice["finish_reason"].is_null() {
            assert!(finish.is_null(), "one reason for each choice");
            *finish = choice["finish_reason"].clone();
        }
        for (name, more) in choice["logprobs"].as_object().into_iter().flatten() {
            if arrays[name].is_null() {
                arrays[name] = json!([]);
            }
            let more = more.as_array().unwrap().clone();
            arrays[name].as_array_mut().unwrap().extend(more);
        }
    }
    choices
}

/// Echo or not, log-probabilities or not, one prompt or two, text or ids, one
/// answer or two, streamed or not.
#[test]
fn streamed_and_whole_are_the_same_and_arrays_fit() {
    let server = Server::start();
    let ids = server
        .post(
            "/v1/tokenize",
            &json!({"model": "tiny-chat", "input": "the cat"}),
        )
        .ok();
    let ids: Vec<_> = ids["tokens"]
        .as_array()
        .unwrap()
        .iter()
        .map(|t| t["id"].clone())
        .collect();
    for case in 0..32 {
        let on = |bit: u32| case >> bit & 1 == 1;
        let (echo, logprobs, two, n) = (on(0), on(1), on(2), if on(3) { 2 } else { 1 });
        let prompt = match (on(4), two) {
            (false, false) => json!("the cat"),
            (false, true) => json!(["the cat", "the cat"]),
            (true, false) => json!(ids),
            (true, true) => json!([ids, ids]),
        };
        let mut request = body(json!({"prompt": prompt, "echo": echo, "n": n}));
        if logprobs {
            request["logprobs"] = json!(5);
        }
        let whole = server.post(PATH, &request).ok();
        let choices = whole["choices"].as_array().unwrap();
        assert_eq!(choices.len(), n * if two { 2 } else { 1 });
        request["stream"] = json!(true);
        let folded = fold(&server.stream(PATH, &request));
        for (i, (choice, folded)) in choices.iter().zip(&folded).enumerate() {
            assert_eq!(choice["index"], json!(i));
            let text = choice["text"].as_str().unwrap();
            assert_eq!(text.starts_with("the cat"), echo, "{text:?}");
            let reason = choice["finish_reason"].clone();
            assert_eq!(
                (text, &reason),
                (folded.0.as_str(), &folded.1),
                "case {case}"
            );
            if !logprobs {
                assert!(choice["logprobs"].is_null());
                continue;
            }
            assert_eq!(choice["logprobs"], folded.2, "case {case}");
            check_arrays(choice, echo);
        }
        let usage = &whole["usage"];
        assert_eq!(
            usage["prompt_tokens"],
            json!(ids.len() * if two { 2 } else { 1 })
        );
        let sum =
            usage["prompt_tokens"].as_u64().unwrap() + usage["completion_tokens"].as_u64().unwrap();
        assert_eq!(usage["total_tokens"], json!(sum));
    }
}

fn check_arrays(choice: &Value, echo: bool) {
    let array = |name: &str| choice["logprobs"][name].as_array().unwrap().clone();
    let (tokens, logprobs) = (array("tokens"), array("token_logprobs"));
    let (top, offsets) = (array("top_logprobs"), array("text_offset"));
    let lengths = [tokens.len(), logprobs.len(), top.len(), offsets.len()];
    assert!(
        lengths.iter().all(|&len| len == tokens.len() && len > 0),
        "{lengths:?}"
    );
    for (i, logprob) in logprobs.iter().enumerate() {
        assert_eq!(logprob.is_null(), echo && i == 0);
        assert_eq!(top[i].is_null(), logprob.is_null());
        if let Some(top) = top[i].as_object() {
            let token = tokens[i].as_str().unwrap();
            assert_eq!(top[token], *logprob, "the very same number");
        }
    }
    let joined: String = tokens.iter().map(|t| t.as_str().unwrap()).collect();
    if joined.is_ascii() {
        assert_eq!(joined, choice["text"].as_str().unwrap());
        let mut at = if echo { 0 } else { "the cat".len() };
        for (token, offset) in tokens.iter().zip(&offsets) {
            assert_eq!(*offset, json!(at));
            at += token.as_str().unwrap().len();
        }
    }
}

#[test]
fn usage_comes_when_asked_for() {
    let server = Server::start();
    let quiet = server.stream(PATH, &body(json!({"stream": true})));
    assert!(
        quiet
            .iter()
            .all(|c| c.get("usage").is_none() && c["choices"] != json!([]))
    );
    let options = json!({"stream": true, "stream_options": {"include_usage": true}});
    let told = server.stream(PATH, &body(options));
    let (last, others) = told.split_last().unwrap();
    assert!(
        others
            .iter()
            .all(|c| c["usage"].is_null() && c.get("usage").is_some())
    );
    assert_eq!(last["choices"], json!([]));
    let whole = server.post(PATH, &body(json!({}))).ok();
    assert_eq!(last["usage"], whole["usage"]);
}

#[test]
fn seeds_repeat_and_answers_differ() {
    let server = Server::start();
    let ask = |seed: Value| {
        let more = json!({"temperature": 1, "n": 3, "seed": seed, "max_tokens": 12});
        let answer = server.post(PATH, &body(more)).ok();
        let choices = answer["choices"].as_array().unwrap().clone();
        choices
            .iter()
            .map(|c| c["text"].as_str().unwrap().to_owned())
            .collect::<Vec<_>>()
    };
    let (one, again, other) = (ask(json!(7)), ask(json!(7)), ask(json!(8)));
    assert_eq!(one, again);
    assert_ne!(one, other);
    assert!(one[0] != one[1] && one[1] != one[2]);
    assert_eq!(ask(json!(-1)), ask(json!(-1)));
}

#[test]
fn bias_forces_a_token_and_leaves_its_logprob() {
    let server = Server::start();
    let plain = server
        .post(PATH, &body(json!({"logprobs": 5, "max_tokens": 1})))
        .ok();
    let top = plain["choices"][0]["logprobs"]["top_logprobs"][0]
        .as_object()
        .unwrap()
        .clone();
    let taken = plain["choices"][0]["text"].clone();
    let (other, logprob) = top.iter().find(|(token, _)| **token != taken).unwrap();
    let ids = server
        .post(
            "/v1/tokenize",
            &json!({"model": "tiny-chat", "input": other}),
        )
        .ok();
    let id = ids["tokens"][0]["id"].to_string();
    let more = json!({"logprobs": 5, "max_tokens": 1, "logit_bias": {id: 100}});
    let forced = server.post(PATH, &body(more)).ok();
    let arrays = &forced["choices"][0]["logprobs"];
    assert_eq!(arrays["tokens"][0], json!(other));
    assert_eq!(arrays["token_logprobs"][0], *logprob);
}

#[test]
fn stops_are_not_part_of_the_text() {
    let server = Server::start();
    let plain = server.post(PATH, &body(json!({"max_tokens": 8}))).ok();
    let text = plain["choices"][0]["text"].as_str().unwrap().to_owned();
    let chars: Vec<char> = text.chars().collect();
    let stop: String = chars[2..4].iter().collect();
    let want = &text[..text.find(&stop).unwrap()];
    let stopped = server
        .post(PATH, &body(json!({"max_tokens": 8, "stop": stop})))
        .ok();
    assert_eq!(stopped["choices"][0]["text"], json!(want));
    assert_eq!(stopped["choices"][0]["finish_reason"], json!("stop"));
}

#[test]
fn the_best_of_several_is_returned() {
    let server = Server::start();
    let more = json!({"temperature": 1, "seed": 3, "n": 5, "logprobs": 0, "max_tokens": 5});
    let all = server.post(PATH, &body(more)).ok();
    let mean = |choice: &Value| {
        let logprobs = choice["logprobs"]["token_logprobs"].as_array().unwrap();
        logprobs.iter().map(|l| l.as_f64().unwrap()).sum::<f64>() / logprobs.len() as f64
    };
    let choices = all["choices"].as_array().unwrap();
    let best = choices
        .iter()
        .max_by(|a, b| mean(a).total_cmp(&mean(b)))
        .unwrap();
    let more = json!({"temperature": 1, "seed": 3, "best_of": 5, "max_tokens": 5});
    let one = server.post(PATH, &body(more)).ok();
    assert_eq!(one["choices"].as_array().unwrap().len(), 1);
    assert_eq!(one["choices"][0]["text"], best["text"]);
    assert_eq!(
        one["usage"]["completion_tokens"],
        all["usage"]["completion_tokens"]
    );
}
