//! Functions in the Responses API: every answer and event against the official SDK's types.

use serde_json::{Value, json};

use crate::responses::{Judge, PATH, bare, path_of, used, wait};
use crate::running::Server;

/// A random model calls what it has to.
fn body(more: Value) -> Value {
    let mut body = json!({"model": "tiny-roomy", "temperature": 1, "seed": 3, "tools": [weather()],
                          "max_output_tokens": 150, "input": "Weather?",
                          "tool_choice": "required", "parallel_tool_calls": false});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    body
}

fn weather() -> Value {
    json!({"type": "function", "name": "get_weather", "description": "Tells it.", "strict": true,
        "parameters": {"type": "object", "properties": {
            "city": {"enum": ["Paris", "Köln"]}, "days": {"type": "integer", "minimum": 1,
            "maximum": 9}}, "required": ["city", "days"], "additionalProperties": false}})
}

fn obeys(arguments: &Value) {
    let value: Value = serde_json::from_str(arguments.as_str().unwrap()).unwrap();
    let city = value["city"].as_str().unwrap();
    assert!(["Paris", "Köln"].contains(&city));
    assert!((1..=9).contains(&value["days"].as_i64().unwrap()));
}

/// What the SDKs' helpers make of a stream, and complain of as they do.
fn folded(events: &[Value]) -> Vec<Value> {
    let mut output: Vec<Value> = Vec::new();
    let mut done = 0;
    for event in events {
        let kind = event["type"].as_str().unwrap();
        let Some(index) = event["output_index"].as_u64().map(|i| i as usize) else {
            continue;
        };
        if kind == "response.output_item.added" {
            assert_eq!(index, output.len());
            // One item is over before the next begins.
            assert_eq!(index, done);
            output.push(event["item"].clone());
            continue;
        }
        let item = &mut output[index];
        match event.get("item_id") {
            Some(id) => assert_eq!(*id, item["id"], "{event}"),
            None => assert_eq!(event["item"]["id"], item["id"], "{event}"),
        }
        match kind {
            "response.function_call_arguments.delta" => {
                let delta = event["delta"].as_str().unwrap();
                assert!(!delta.is_empty());
                item["arguments"] = json!(item["arguments"].as_str().unwrap().to_owned() + delta);
            }
            "response.function_call_arguments.done" => {
                assert_eq!(event["arguments"], item["arguments"]);
            }
            "response.output_item.done" => {
                for name in ["arguments", "call_id", "name"] {
                    assert_eq!(event["item"][name], item[name]);
                }
                done += 1;
                *item = event["item"].clone();
            }
            _ => {}
        }
    }
    assert_eq!(done, output.len());
    output
}

#[test]
fn a_call_is_an_item_and_the_fold_of_its_stream() {
    let (server, judge) = (Server::start(), Judge::new());
    let named = json!({"type": "function", "name": "get_weather"});
    let allowed = json!({"type": "allowed_tools", "mode": "required", "tools": [named]});
    let mut most = 0;
    for more in [
        json!({}),
        // Without an end it goes on calling.
        json!({"parallel_tool_calls": true, "logit_bias": {"0": -100, "1": -100, "2": -100}}),
        json!({"tool_choice": named}),
        json!({"tool_choice": allowed, "tools": [{"type": "function", "name": "f"}, weather()]}),
        json!({"max_output_tokens": 20}),
        json!({"max_output_tokens": 1, "tool_choice": "auto", "max_tool_calls": 1}),
    ] {
        let whole = judge.response(&server.post(PATH, &body(more.clone())));
        let asked = body(more.clone());
        for name in ["tool_choice", "parallel_tool_calls"] {
            assert_eq!(whole[name], asked[name]);
        }
        let mut streamed = asked.clone();
        streamed["stream"] = json!(true);
        let events = judge.events(&server.post(PATH, &streamed));
        let numbers = events
            .iter()
            .map(|e| e["sequence_number"].as_u64().unwrap());
        assert!(numbers.eq(0..events.len() as u64));
        let last = &events[events.len() - 1]["response"];
        assert_eq!(bare(last.clone()), bare(whole.clone()), "{more}");
        assert_eq!(json!(folded(&events)), last["output"]);
        let path = path_of(last);
        assert_eq!(&judge.response(&server.get(&path)), last);
        let again = judge.events(&server.get(&format!("{path}?stream=true")));
        assert_eq!(again, events);

        let calls = last["output"].as_array().unwrap();
        let calls = calls.iter().filter(|item| item["type"] == "function_call");
        let complete = calls.clone().filter(|call| call["status"] == "completed");
        for call in complete.clone() {
            assert!(call["id"].as_str().unwrap().starts_with("fc_"));
            assert!(call["call_id"].as_str().unwrap().starts_with("call_"));
            assert_eq!(call["name"], "get_weather");
            obeys(&call["arguments"]);
        }
        if last["status"] == "completed" {
            assert_eq!(complete.count(), last["output"].as_array().unwrap().len());
        }
        most = most.max(calls.count());
        let mut counted = asked.clone();
        for name in ["max_output_tokens", "temperature", "seed", "max_tool_calls"] {
            counted.as_object_mut().unwrap().remove(name);
        }
        let counted = server.post(&format!("{PATH}/input_tokens"), &counted).ok();
        assert_eq!(counted["input_tokens"], last["usage"]["input_tokens"]);
    }
    assert!(most > 1, "one of them calls more than once");
}

/// An answer that is cut within a call.
#[test]
fn a_call_that_is_cut_says_so() {
    let (server, judge) = (Server::start(), Judge::new());
    let with = |most: usize| {
        let more = json!({"max_output_tokens": most});
        judge.response(&server.post(PATH, &body(more)))
    };
    let whole = with(150);
    assert_eq!(whole["status"], "completed");
    let all = whole["output"][0]["arguments"].as_str().unwrap();
    let (mut cut, mut tokens) = (
        0,
        whole["usage"]["output_tokens"].as_u64().unwrap() as usize,
    );
    // The end takes some tokens, after which the call is complete.
    while tokens > 1 {
        tokens -= 1;
        let response = with(tokens);
        let [item] = &response["output"].as_array().unwrap()[..] else {
            panic!("{response}")
        };
        assert_eq!(response["status"], "incomplete");
        assert_eq!(
            response["incomplete_details"]["reason"],
            "max_output_tokens"
        );
        if item["type"] == "message" {
            assert_eq!(item["content"][0]["text"], "");
            break;
        }
        let arguments = item["arguments"].as_str().unwrap();
        assert!(all.starts_with(arguments));
        let status = if arguments == all {
            "completed"
        } else {
            "incomplete"
        };
        assert_eq!(item["status"], status, "{item}");
        cut += usize::from(arguments != all);
    }
    assert!(cut > 3);
}

#[test]
fn a_call_is_answered_in_a_chain_or_at_once() {
    let (server, judge) = (Server::start(), Judge::new());
    let first = judge.response(&server.post(PATH, &body(json!({}))));
    let call = &first["output"][0];
    let parts = json!([{"type": "input_text", "text": "sun"}]);
    for output in [json!("sun"), parts] {
        let result = json!({"type": "function_call_output", "call_id": call["call_id"],
                            "output": output});
        let then = json!({"role": "user", "content": "dogs"});
        let chained = json!({"previous_response_id": first["id"], "input": [result, then],
                             "tool_choice": "none", "max_output_tokens": 8, "temperature": 0});
        let chained = judge.response(&server.post(PATH, &body(chained)));
        let all = json!([{"role": "user", "content": "Weather?"}, call, result, then]);
        let at_once = json!({"input": all, "tool_choice": "none", "max_output_tokens": 8,
                             "temperature": 0});
        let at_once = judge.response(&server.post(PATH, &body(at_once)));
        assert_eq!(used(&chained), used(&at_once));
        assert_eq!(
            chained["output"][0]["content"],
            at_once["output"][0]["content"]
        );
        // As the same chat.
        let function = json!({"name": call["name"], "arguments": call["arguments"]});
        let made = json!({"type": "function", "id": call["call_id"], "function": function});
        let chat = json!({"model": "tiny-roomy", "temperature": 0, "max_tokens": 8, "messages": [
            {"role": "user", "content": "Weather?"},
            {"role": "assistant", "content": null, "tool_calls": [made]},
            {"role": "tool", "tool_call_id": call["call_id"], "content": "sun"}, then]});
        let chat = server.post("/v1/chat/completions", &chat).ok();
        assert_eq!(
            chat["usage"]["prompt_tokens"],
            chained["usage"]["input_tokens"]
        );
        assert_eq!(
            chat["choices"][0]["message"]["content"],
            chained["output"][0]["content"][0]["text"]
        );

        let list = format!("{}/input_items?order=asc", path_of(&chained));
        let list = server.get(&list).ok();
        judge.check("ResponseItemList", &list);
        let items = list["data"].as_array().unwrap();
        let kinds: Vec<_> = items.iter().map(|i| i["type"].as_str().unwrap()).collect();
        let want = [
            "message",
            "function_call",
            "function_call_output",
            "message",
        ];
        assert_eq!(kinds, want);
        assert_eq!(&items[1], call);
        assert_eq!(items[2]["output"], output);
        let deleted = json!({"previous_response_id": chained["id"]});
        server.post(PATH, &body(deleted)).ok();
    }
    // By its name.
    let named = json!([{"type": "item_reference", "id": call["id"]},
        {"type": "function_call_output", "call_id": call["call_id"], "output": ""}]);
    judge.response(&server.post(PATH, &body(json!({"input": named}))));
}

#[test]
fn calls_and_results_go_together() {
    let server = Server::start();
    let call = |id: &str| {
        json!({"type": "function_call", "call_id": id, "name": "f",
                                   "arguments": "{}"})
    };
    let output = |id: &str| json!({"type": "function_call_output", "call_id": id, "output": "x"});
    let unknown = "No tool call found for function call output with call_id call_2.";
    let open = "No tool output found for function call call_1.";
    for path in [PATH, "/v1/responses/input_tokens"] {
        for (input, message) in [
            (json!([output("call_2")]), unknown),
            (
                json!([call("call_1"), output("call_1"), output("call_2")]),
                unknown,
            ),
            (
                json!([output("call_2"), call("call_2"), output("call_2")]),
                unknown,
            ),
            (json!([call("call_1")]), open),
            (
                json!([call("call_1"), {"role": "user", "content": "a"}]),
                open,
            ),
        ] {
            let answer = server.post(path, &json!({"model": "tiny-roomy", "input": input}));
            let (status, kind, param, code) = answer.error();
            assert_eq!(
                (status, kind.as_str(), param.as_deref(), code),
                (400, "invalid_request_error", Some("input"), None)
            );
            assert!(answer.text.contains(message), "{}", answer.text);
        }
    }
    // Also one that an earlier answer has made.
    let first = server.post(PATH, &body(json!({}))).ok();
    let more = json!({"previous_response_id": first["id"], "input": "and?"});
    let answer = server.post(PATH, &body(more));
    assert_eq!(answer.error().0, 400);
    let id = first["output"][0]["call_id"].as_str().unwrap();
    assert!(answer.text.contains(id), "{}", answer.text);
}

#[test]
fn schemas_that_have_no_grammar_are_named() {
    let server = Server::start();
    let mut bad = weather();
    bad["name"] = json!("other");
    bad["parameters"] = json!({"type": "object", "properties": {"a": {"type": "strin"}}});
    for more in [json!({}), json!({"stream": true})] {
        let mut asked = body(more);
        asked["tools"] = json!([weather(), bad]);
        let answer = server.post(PATH, &asked);
        let (status, _, param, code) = answer.error();
        assert_eq!(
            (status, param.as_deref(), code.as_deref()),
            (400, Some("tools[1].parameters"), Some("invalid_value")),
            "{}",
            answer.text
        );
        assert!(answer.text.contains("strin"), "{}", answer.text);
    }
}

#[test]
fn what_is_made_in_the_background_may_call() {
    let (server, judge) = (Server::start(), Judge::new());
    let whole = judge.response(&server.post(PATH, &body(json!({}))));
    let queued = judge.response(&server.post(PATH, &body(json!({"background": true}))));
    let path = path_of(&queued);
    let events = judge.events(&server.get(&format!("{path}?stream=true")));
    let done = wait(&judge, &server, &path);
    assert_eq!(
        done["output"][0]["arguments"],
        whole["output"][0]["arguments"]
    );
    assert_eq!(json!(folded(&events)), done["output"]);
    let bad = json!({"background": true, "tools": [{"type": "function", "name": "f",
                     "parameters": {"type": "strin"}}]});
    let queued = judge.response(&server.post(PATH, &body(bad)));
    let failed = wait(&judge, &server, &path_of(&queued));
    assert_eq!(failed["status"], "failed");
    let message = failed["error"]["message"].as_str().unwrap();
    assert!(message.contains("tools[0].parameters"), "{message}");
}

/// What is left out is left out with the results that belong to it.
#[test]
fn a_call_is_cut_off_only_with_its_result() {
    let (server, judge) = (Server::start(), Judge::new());
    let long = "the cat sat on the mat ".repeat(8);
    let mut items = Vec::new();
    for i in 0..30 {
        let id = format!("call_{i}");
        items.push(json!({"type": "function_call", "call_id": id, "name": "f",
                          "arguments": "{}"}));
        items.push(json!({"role": "user", "content": long}));
        items.push(json!({"type": "function_call_output", "call_id": id, "output": long}));
    }
    let more = json!({"input": items, "truncation": "auto", "max_output_tokens": 8, "tools": [],
                      "tool_choice": "none"});
    let cut = judge.response(&server.post(PATH, &body(more)));
    let used = cut["usage"]["input_tokens"].as_u64().unwrap();
    // Only whole turns of three items are left.
    let turns = |count: usize| {
        let own = &items[items.len() - 3 * count..];
        let asked = json!({"model": "tiny-roomy", "input": own});
        let counted = server.post(&format!("{PATH}/input_tokens"), &asked).ok();
        counted["input_tokens"].as_u64().unwrap()
    };
    let whole = (1..30).find(|&count| turns(count) >= used).unwrap();
    assert_eq!(turns(whole), used);
    assert!(turns(whole + 1) + 8 > 2048);
}
