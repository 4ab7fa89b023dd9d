//! What the suites of several servers and clients agree on, checked on the
//! text itself: stops, offsets, penalties, counts.

use std::collections::HashMap;

use serde_json::{Value, json};

use crate::running::{Server, eventually};

const PATH: &str = "/v1/completions";

fn body(more: Value) -> Value {
    let mut body = json!({"model": "tiny-chat", "prompt": "the cat", "max_tokens": 8,
                          "temperature": 0});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn choice(server: &Server, more: Value) -> Value {
    server.post(PATH, &body(more)).ok()["choices"][0].clone()
}

fn text(choice: &Value) -> &str {
    choice["text"].as_str().unwrap()
}

/// The ids of a text.
fn ids(server: &Server, text: &str) -> Vec<u32> {
    let body = json!({"model": "tiny-chat", "input": text});
    let answer = server.post("/v1/tokenize", &body).ok();
    let tokens = answer["tokens"].as_array().unwrap();
    tokens
        .iter()
        .map(|t| t["id"].as_u64().unwrap() as u32)
        .collect()
}

/// One array of log-probabilities of a stream, put together.
fn streamed(chunks: &[Value], array: &str) -> Vec<Value> {
    let choices = chunks.iter().flat_map(|c| c["choices"].as_array().unwrap());
    let arrays = choices.filter_map(|c| c["logprobs"][array].as_array());
    arrays.flatten().cloned().collect()
}

/// The text of a streamed answer.
fn streamed_text(server: &Server, mut request: Value) -> String {
    request["stream"] = json!(true);
    let chunks = server.stream(PATH, &body(request));
    let choices = chunks.iter().flat_map(|c| c["choices"].as_array().unwrap());
    choices.map(|c| c["text"].as_str().unwrap()).collect()
}

#[test]
fn offsets_are_the_same_while_a_stop_string_is_held_back() {
    let server = Server::start();
    let plain = choice(&server, json!({"max_tokens": 12}));
    let chars: Vec<char> = text(&plain).chars().collect();
    // Two characters of which the first also comes alone, so that it is held
    // back and let go; and every pair that does occur.
    let mut stops = vec![format!("{}\u{1}", chars[3])];
    stops.extend(chars.windows(2).map(|pair| pair.iter().collect()));
    for stop in stops {
        let more = json!({"max_tokens": 12, "stop": stop, "logprobs": 2});
        let whole = choice(&server, more.clone());
        let mut more = body(more);
        more["stream"] = json!(true);
        let chunks = server.stream(PATH, &more);
        for array in ["tokens", "token_logprobs", "top_logprobs", "text_offset"] {
            let want = whole["logprobs"][array].as_array().unwrap();
            assert_eq!(streamed(&chunks, array), *want, "{array} at {stop:?}");
        }
        let pieces = chunks.iter().flat_map(|c| c["choices"].as_array().unwrap());
        let joined: String = pieces.map(|c| c["text"].as_str().unwrap()).collect();
        assert_eq!(joined, text(&whole), "{stop:?}");
        let want = text(&plain).split(&stop).next().unwrap();
        assert_eq!(joined, want, "{stop:?}");
    }
}

#[test]
fn a_stop_at_the_very_start_leaves_nothing() {
    let server = Server::start();
    let plain = choice(&server, json!({}));
    let first: String = text(&plain).chars().take(1).collect();
    for stream in [false, true] {
        let more = json!({"stop": [first], "logprobs": 0});
        let (got, reason, tokens) = if stream {
            let mut more = body(more);
            more["stream"] = json!(true);
            let chunks = server.stream(PATH, &more);
            let all = chunks.iter().flat_map(|c| c["choices"].as_array().unwrap());
            let joined: String = all.clone().map(|c| c["text"].as_str().unwrap()).collect();
            let reasons: Vec<_> = all.filter_map(|c| c["finish_reason"].as_str()).collect();
            assert_eq!(reasons.len(), 1, "one reason for each choice");
            (joined, json!(reasons[0]), streamed(&chunks, "tokens"))
        } else {
            let one = choice(&server, more);
            let tokens = one["logprobs"]["tokens"].as_array().unwrap().clone();
            (text(&one).to_owned(), one["finish_reason"].clone(), tokens)
        };
        assert_eq!((got.as_str(), reason), ("", json!("stop")));
        assert!(tokens.is_empty(), "{tokens:?}");
    }
}

#[test]
fn the_earliest_of_four_stops_wins_in_any_order() {
    let server = Server::start();
    let plain = choice(&server, json!({"max_tokens": 12}));
    let chars: Vec<char> = text(&plain).chars().collect();
    let at = |i: usize| chars[i..i + 2].iter().collect::<String>();
    let mut stops = vec![at(6), at(3), "never".to_owned(), at(5)];
    let want = stops
        .iter()
        .filter_map(|stop| text(&plain).find(stop))
        .min()
        .unwrap();
    for _ in 0..stops.len() {
        let one = choice(&server, json!({"max_tokens": 12, "stop": stops}));
        assert_eq!(text(&one), &text(&plain)[..want], "{stops:?}");
        assert_eq!(one["finish_reason"], json!("stop"));
        stops.rotate_left(1);
    }
}

/// Answers of three tokens in random order: "a" and the two bytes of "é", so
/// that whole characters and halves of them occur.
#[test]
fn stops_of_several_bytes_match_whole_characters() {
    let server = Server::start();
    let mut tokens = ids(&server, "é");
    assert_eq!(tokens.len(), 2, "the tokenizer spells it byte by byte");
    tokens.extend(ids(&server, "a"));
    let bias: HashMap<String, i32> = tokens.iter().map(|id| (id.to_string(), 100)).collect();
    let mut stopped = 0;
    for seed in 0..12 {
        // The penalty keeps one of them from being all that comes.
        let request = json!({"logit_bias": bias, "temperature": 2, "seed": seed,
                             "frequency_penalty": 2, "max_tokens": 24});
        let plain = choice(&server, request.clone());
        let plain = text(&plain);
        assert!(plain.chars().all(|c| "aé\u{fffd}".contains(c)), "{plain:?}");
        assert_eq!(streamed_text(&server, request.clone()), plain);
        for stop in ["é", "aé", "éa", "éé"] {
            let mut request = request.clone();
            request["stop"] = json!(stop);
            let one = choice(&server, request.clone());
            let want = plain.split(stop).next().unwrap();
            assert_eq!(text(&one), want, "{stop} in {plain:?}");
            assert_eq!(streamed_text(&server, request), want, "{stop} in {plain:?}");
            stopped += usize::from(one["finish_reason"] == "stop");
        }
    }
    assert!(stopped > 10, "{stopped} answers were stopped");
}

/// The log-probability of `next` after `prefix`, by echo.
fn scored(server: &Server, prefix: &[u32], next: u32) -> f64 {
    let prompt: Vec<u32> = prefix.iter().copied().chain([next]).collect();
    let one = choice(
        server,
        json!({"prompt": prompt, "echo": true, "max_tokens": 0, "logprobs": 0}),
    );
    let logprobs = one["logprobs"]["token_logprobs"].as_array().unwrap();
    logprobs.last().unwrap().as_f64().unwrap()
}

/// Two tokens are left by a bias; which of them comes is worked out by the
/// documented formula from the model's own log-probabilities.
#[test]
fn penalties_follow_the_formula_and_the_prompt_does_not_count() {
    let server = Server::start();
    let pair = [ids(&server, "a")[0], ids(&server, "b")[0]];
    // The prompt holds the first of them many times.
    let prompt: Vec<u32> = ids(&server, "aaaaaab");
    for (frequency, presence) in [
        (0.0, 0.0),
        (2.0, 0.0),
        (-2.0, 0.0),
        (0.0, 2.0),
        (0.0, -2.0),
        (1.5, -0.5),
    ] {
        let mut tokens = prompt.clone();
        let mut counts = [0.0, 0.0];
        let mut close = false;
        for _ in 0..12 {
            let mut scores = [0.0, 0.0];
            for i in 0..2 {
                let present = if counts[i] > 0.0 { presence } else { 0.0 };
                scores[i] = scored(&server, &tokens, pair[i]) - counts[i] * frequency - present;
            }
            close |= (scores[0] - scores[1]).abs() < 1e-3; // a tie is either's
            let taken = usize::from(scores[1] > scores[0]);
            counts[taken] += 1.0;
            tokens.push(pair[taken]);
        }
        assert!(!close, "the formula decides");
        let bias: HashMap<String, i32> = pair.iter().map(|id| (id.to_string(), 100)).collect();
        let one = choice(
            &server,
            json!({"prompt": prompt, "max_tokens": 12, "logit_bias": bias, "logprobs": 0,
                   "frequency_penalty": frequency, "presence_penalty": presence}),
        );
        let names = one["logprobs"]["tokens"].as_array().unwrap();
        let got: Vec<u32> = names
            .iter()
            .map(|name| if name == "a" { pair[0] } else { pair[1] })
            .collect();
        assert_eq!(got, tokens[prompt.len()..], "{frequency} {presence}");
    }
}

#[test]
fn a_bias_bans_what_would_have_come() {
    let server = Server::start();
    let plain = choice(&server, json!({"max_tokens": 1, "logprobs": 2}));
    let banned = ids(&server, text(&plain))[0].to_string();
    let more = json!({"max_tokens": 1, "logprobs": 2, "logit_bias": {banned: -100}});
    let other = choice(&server, more);
    assert_ne!(text(&other), text(&plain));
    assert_eq!(
        other["logprobs"]["top_logprobs"], plain["logprobs"]["top_logprobs"],
        "what is reported is the model's own distribution"
    );
}

#[test]
fn streamed_tokens_add_up_to_the_usage() {
    let server = Server::start();
    for n in [1, 3] {
        let more = json!({"n": n, "temperature": 1, "seed": 9, "logprobs": 0, "stream": true,
                          "stream_options": {"include_usage": true}});
        let chunks = server.stream(PATH, &body(more));
        let tokens = streamed(&chunks, "tokens").len();
        let usage = &chunks.last().unwrap()["usage"];
        let told = usage["completion_tokens"].as_u64().unwrap() as usize;
        // The token that ends an answer has no text, and is not counted.
        assert_eq!(told, tokens);
    }
}

#[test]
fn options_of_a_stream_need_a_stream() {
    let server = Server::start();
    let wrong = body(json!({"stream_options": {"include_usage": true}}));
    for path in [PATH, "/v1/chat/completions"] {
        let mut wrong = wrong.clone();
        wrong["messages"] = json!([{"role": "user", "content": "a"}]);
        let (status, kind, param, _) = server.post(path, &wrong).error();
        assert_eq!((status, kind.as_str()), (400, "invalid_request_error"));
        assert_eq!(param.as_deref(), Some("stream_options"));
    }
}

/// A number of the server's metrics.
fn metric(server: &Server, name: &str) -> u64 {
    let text = server.get("/metrics").text;
    let start = format!("lyceum_{name}{{");
    let line = text.lines().find(|line| line.starts_with(&start)).unwrap();
    line.rsplit(' ').next().unwrap().parse().unwrap()
}

/// Of each prompt's tokens, those that are not told to be cached were computed.
#[test]
fn prompt_tokens_are_computed_or_told_to_be_cached() {
    let server = Server::start();
    let long = "the cat sat on the mat and the dog sat on the cat ".repeat(4);
    let other = format!("{long} she said");
    let messages = json!([{"role": "user", "content": long}]);
    let completions = |more: Value| {
        let mut body = json!({"model": "tiny-chat", "temperature": 0, "max_tokens": 1});
        let more = more.as_object().unwrap().clone();
        body.as_object_mut().unwrap().extend(more);
        (PATH, body)
    };
    let chat = json!({"model": "tiny-chat", "max_tokens": 1, "messages": messages, "n": 2});
    let mut streamed = completions(json!({"prompt": other})).1;
    streamed["stream"] = json!(true);
    streamed["stream_options"] = json!({"include_usage": true});
    let response = json!({"model": "tiny-chat", "max_output_tokens": 1, "input": long});
    // The model is loaded when it is first asked for.
    let (path, body) = completions(json!({"prompt": "a"}));
    server.post(path, &body).ok();
    // A step is booked behind the answer that it ends.
    let rests = || eventually(|| metric(&server, "sequences_running") == 0);
    rests();
    for (asked, known) in [
        (completions(json!({"prompt": long})), false),
        (completions(json!({"prompt": long})), true),
        (
            completions(json!({"prompt": long, "n": 3, "best_of": 4})),
            true,
        ),
        (
            completions(json!({"prompt": long, "echo": true, "logprobs": 1})),
            false,
        ),
        // One of several prompts finds what another has left.
        (
            completions(json!({"prompt": [format!("b{long}"), format!("b{long}")]})),
            true,
        ),
        ((PATH, streamed), true),
        (("/v1/chat/completions", chat.clone()), false),
        (("/v1/chat/completions", chat), true),
        (("/v1/responses", response), true),
    ] {
        let before = metric(&server, "tokens_computed_total");
        let (path, body) = asked;
        let usage = match body.get("stream") {
            Some(_) => server.stream(path, &body).last().unwrap()["usage"].clone(),
            None => server.post(path, &body).ok()["usage"].clone(),
        };
        let (prompt, details) = match usage.get("input_tokens") {
            Some(tokens) => (tokens, &usage["input_tokens_details"]),
            None => (&usage["prompt_tokens"], &usage["prompt_tokens_details"]),
        };
        let [prompt, cached] = [prompt, &details["cached_tokens"]].map(|n| n.as_u64().unwrap());
        assert_eq!(cached > 0, known, "{path} {body}: {usage}");
        rests();
        let computed = metric(&server, "tokens_computed_total") - before;
        // Each candidate but the first computes what lies behind the last whole page.
        let candidates = body["best_of"].as_u64().or(body["n"].as_u64()).unwrap_or(1);
        let whole = (prompt - 1) / 32 * 32;
        let again = (candidates - 1) * (prompt - whole);
        assert_eq!(computed, prompt - cached + again, "{path} {body}: {usage}");
    }
}
