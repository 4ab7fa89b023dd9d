use super::*;
use crate::Usage;
use crate::tools::{Call, Choice};

fn parse(more: Value) -> Result<Parsed<CreateResponse>, Error> {
    let mut body = json!({"model": "m", "input": "hi"});
    for (name, value) in more.as_object().unwrap() {
        body[name] = value.clone();
    }
    CreateResponse::parse(Fields::parse(body.to_string().as_bytes()).unwrap())
}

fn items(input: Value) -> Vec<Item> {
    let request = parse(json!({"input": input})).unwrap().request;
    let inputs = request.context.input.into_iter();
    let item = |input| match input {
        Input::Item(item) => item,
        Input::Reference { id, .. } => panic!("a reference to {id}"),
    };
    inputs.map(item).collect()
}

#[test]
fn input_comes_in_several_forms() {
    let output = json!({"type": "message", "id": "msg_1", "role": "assistant",
                        "status": "completed", "content":
                        [{"type": "output_text", "text": "a", "annotations": []},
                         {"type": "refusal", "refusal": "b"}]});
    for (input, role, text, kind) in [
        (json!("hi"), "user", "hi", "input_text"),
        (
            json!([{"role": "developer", "content": "d"}]),
            "developer",
            "d",
            "input_text",
        ),
        (
            json!([{"role": "user", "type": "message", "content":
                    [{"type": "input_text", "text": "x"}, {"type": "input_text", "text": "y"}]}]),
            "user",
            "xy",
            "input_text",
        ),
        (json!([output]), "assistant", "ab", "output_text"),
    ] {
        let items = items(input);
        let (role, text) = (role.to_owned(), text.to_owned());
        assert_eq!(items[0].reads, Reads::Message { role, text });
        assert_eq!(items[0].value["content"][0]["type"], kind);
        assert!(items[0].id().starts_with("msg_"));
        // What is kept reads as what was given.
        let Item { value, .. } = &items[0];
        assert_eq!(&item_of(value.clone()).unwrap(), &items[0]);
    }
    let input = json!([{"type": "item_reference", "id": "msg_9"}]);
    let request = parse(json!({"input": input})).unwrap().request;
    let (id, param) = ("msg_9".to_owned(), "input[0].id".to_owned());
    assert_eq!(request.context.input, [Input::Reference { id, param }]);
}

#[test]
fn calls_and_their_results_are_items() {
    let call = json!({"type": "function_call", "id": "fc_1", "call_id": "call_1", "name": "f",
                      "arguments": "{\"a\": 1}", "status": "completed", "parsed_arguments": {}});
    let parts = json!([{"type": "input_text", "text": "x"}, {"type": "input_text", "text": "y"}]);
    let kind = "function_call_output";
    let output = |output: &Value| json!({"type": kind, "call_id": "call_1", "output": output});
    let items = items(json!([call, output(&json!("sun")), output(&parts)]));
    let (id, name) = ("call_1".to_owned(), "f".to_owned());
    let arguments = "{\"a\": 1}".to_owned();
    let made = Call {
        id,
        name,
        arguments,
    };
    assert_eq!(items[0].reads, Reads::Call(made));
    assert_eq!(items[0].id(), "fc_1");
    for (item, text, output) in [(&items[1], "sun", json!("sun")), (&items[2], "xy", parts)] {
        let (call_id, text) = ("call_1".to_owned(), text.to_owned());
        assert_eq!(item.reads, Reads::Output { call_id, text });
        assert_eq!(item.value["output"], output);
        assert!(item.id().starts_with("fco_"));
    }
    for item in items {
        assert_eq!(item_of(item.value.clone()).unwrap(), item);
    }
}

fn function(name: &str) -> Value {
    json!({"type": "function", "name": name, "parameters": {"type": "object"}, "strict": true})
}

#[test]
fn functions_are_told_flat_and_repeated() {
    let tools = json!([function("f"), {"type": "function", "name": "g"}]);
    let chosen = json!({"type": "allowed_tools", "mode": "required",
                        "tools": [{"type": "function", "name": "g"}]});
    for (choice, want) in [
        (json!(null), Choice::Auto),
        (json!("none"), Choice::None),
        (json!("required"), Choice::Required),
        (
            json!({"type": "function", "name": "f"}),
            Choice::Named("f".to_owned()),
        ),
        (
            chosen,
            Choice::Among {
                names: vec!["g".to_owned()],
                required: true,
            },
        ),
    ] {
        let more = json!({"tools": tools, "tool_choice": choice, "parallel_tool_calls": false});
        let request = parse(more).unwrap().request;
        assert_eq!(request.context.tools.choice, want, "{choice}");
        assert!(!request.context.tools.parallel);
        let functions = &request.context.tools.functions;
        assert!(functions[0].strict && functions[0].parameters.is_some());
        assert_eq!(functions[1].name, "g");
        let echoed = if choice.is_null() {
            json!("auto")
        } else {
            choice
        };
        assert_eq!(request.echo["tool_choice"], echoed);
        assert_eq!(request.echo["parallel_tool_calls"], json!(false));
        assert_eq!(request.echo["tools"][0]["strict"], json!(true));
        assert_eq!(request.echo["tools"][1]["parameters"], json!(null));
    }
    let e = parse(json!({"tools": [function("f"), {"type": "web_search"}]})).unwrap_err();
    assert!(e.message.contains("'web_search'"), "{}", e.message);
}

#[test]
fn what_cannot_be_done_is_refused_by_name() {
    let image = json!([{"role": "user", "content": [{"type": "input_image", "image_url": "x"}]}]);
    let twice = json!([{"role": "user", "content": "a", "id": "i"},
                       {"role": "user", "content": "b", "id": "i"}]);
    for (more, param) in [
        (json!({"input": null}), "input"),
        (json!({"input": []}), "input"),
        (json!({"input": 1}), "input"),
        (json!({"input": [1]}), "input[0]"),
        (json!({"input": image}), "input[0].content[0]"),
        (json!({"input": twice}), "input[1].id"),
        (
            json!({"input": [{"role": "tool", "content": "a"}]}),
            "input[0].role",
        ),
        (json!({"input": [{"type": "reasoning"}]}), "input[0].type"),
        (json!({"input": [{"role": "user"}]}), "input[0].content"),
        (
            json!({"input": [{"role": "user", "content": "a", "id": "\u{0}"}]}),
            "input[0].id",
        ),
        (json!({"conversation": "conv_1"}), "conversation"),
        (json!({"prompt": {"id": "p"}}), "prompt"),
        (json!({"reasoning": {"effort": "high"}}), "reasoning.effort"),
        (
            json!({"reasoning": {"summary": "auto"}}),
            "reasoning.summary",
        ),
        (json!({"include": ["all"]}), "include"),
        (json!({"truncation": "some"}), "truncation"),
        (json!({"service_tier": "flex"}), "service_tier"),
        (json!({"background": true, "store": false}), "background"),
        (json!({"stream_options": {}}), "stream_options"),
        (json!({"max_output_tokens": 0}), "max_output_tokens"),
        (json!({"metadata": {"a": 1}}), "metadata.a"),
        (json!({"metadata": {"a": "x".repeat(513)}}), "metadata"),
        (json!({"temperature": 3}), "temperature"),
        (json!({"text": {"verbosity": "low"}}), "text.verbosity"),
        (json!({"text": {"format": 1}}), "text.format"),
        (
            json!({"text": {"format": {"type": "grammar"}}}),
            "text.format.type",
        ),
        (
            json!({"text": {"format": {"type": "json_schema"}}}),
            "text.format.name",
        ),
        (json!({"stop": ["a"]}), "stop"),
        (json!({"tools": {}}), "tools"),
        (json!({"tools": [{"name": "f"}]}), "tools[0].type"),
        (json!({"tools": [{"type": "web_search"}]}), "tools[0].type"),
        (json!({"tools": [{"type": "function"}]}), "tools[0].name"),
        (
            json!({"tools": [{"type": "function", "name": "f", "parameters": "x"}]}),
            "tools[0].parameters",
        ),
        (
            json!({"tools": [{"type": "function", "name": "f", "defer_loading": true}]}),
            "tools[0].defer_loading",
        ),
        (json!({"tools": [function("f"), function("f")]}), "tools"),
        (json!({"tool_choice": "required"}), "tool_choice"),
        (json!({"tool_choice": "always"}), "tool_choice"),
        (
            json!({"tools": [function("f")], "tool_choice": {"type": "function", "name": "g"}}),
            "tool_choice",
        ),
        (
            json!({"tools": [function("f")], "tool_choice": {"type": "function"}}),
            "tool_choice.name",
        ),
        (
            json!({"tools": [function("f")], "tool_choice": {"type": "web_search_preview"}}),
            "tool_choice.type",
        ),
        (
            json!({"tools": [function("f")], "tool_choice": {"type": "allowed_tools",
                   "mode": "auto"}}),
            "tool_choice.tools",
        ),
        (json!({"max_tool_calls": 0}), "max_tool_calls"),
        (
            json!({"input": [{"type": "function_call", "name": "f", "arguments": "{}"}]}),
            "input[0].call_id",
        ),
        (
            json!({"input": [{"type": "function_call_output", "call_id": "c"}]}),
            "input[0].output",
        ),
        (
            json!({"input": [{"type": "function_call_output", "call_id": "c", "output":
                   [{"type": "input_image", "image_url": "x"}]}]}),
            "input[0].output[0]",
        ),
    ] {
        let e = parse(more.clone()).expect_err(&more.to_string());
        assert_eq!(e.param.as_deref(), Some(param), "{more}");
    }
}

#[test]
fn what_has_no_effect_within_objects_is_named_by_its_path() {
    let text = json!({"type": "output_text", "text": "a", "annotations": [], "logprobs": []});
    let more = json!({
        "input": [{"type": "message", "role": "assistant", "content": [text], "phase": "final"}],
        "text": {"format": {"type": "json_schema", "name": "n", "schema": {}, "odd": 1}},
        "tools": [{"type": "function", "name": "f", "parameters": {}, "odd": 1}],
    });
    let mut ignored = parse(more).unwrap().ignored;
    ignored.sort();
    assert_eq!(
        ignored,
        ["input[0].phase", "text.format.odd", "tools[0].odd"]
    );
}

#[test]
fn the_answer_repeats_what_was_asked() {
    let more = json!({"temperature": 0.5, "metadata": {"a": "b"}, "user": "me", "top_logprobs": 2,
                      "max_output_tokens": 7, "truncation": "auto", "seed": 3, "what": 1,
                      "include": ["message.output_text.logprobs"]});
    let Parsed { request, ignored } = parse(more.clone()).unwrap();
    assert_eq!(ignored, ["what"]);
    assert_eq!(request.logprobs, Some(2));
    let answer = initial("resp_1", 5, true, request.echo);
    for name in [
        "temperature",
        "metadata",
        "user",
        "top_logprobs",
        "truncation",
    ] {
        assert_eq!(answer[name], more[name], "{name}");
    }
    for name in [
        "id",
        "object",
        "created_at",
        "completed_at",
        "status",
        "incomplete_details",
        "model",
        "previous_response_id",
        "instructions",
        "output",
        "error",
        "tools",
        "tool_choice",
        "truncation",
        "parallel_tool_calls",
        "text",
        "top_p",
        "presence_penalty",
        "frequency_penalty",
        "top_logprobs",
        "temperature",
        "reasoning",
        "usage",
        "max_output_tokens",
        "max_tool_calls",
        "store",
        "background",
        "service_tier",
        "metadata",
        "safety_identifier",
        "prompt_cache_key",
    ] {
        assert!(answer.get(name).is_some(), "{name}");
    }
}

/// What comes of an answer, as one item or several.
enum Came {
    Text(&'static str),
    Call(&'static str),
    Arguments(&'static str),
}

#[test]
fn a_replay_has_the_same_events() {
    use Came::{Arguments, Call, Text};
    let ways: [&[Came]; 5] = [
        &[Text("é"), Text(""), Text("lan")],
        &[],
        &[Call("f"), Arguments("{\"a\""), Arguments(": 1}")],
        &[
            Text("so"),
            Call("f"),
            Arguments("{}"),
            Call("g"),
            Arguments("{\""),
        ],
        &[Call("f"), Call("g"), Arguments("{}"), Text("so")],
    ];
    for background in [false, true] {
        for outcome in [
            Outcome::Completed,
            Outcome::Cut,
            Outcome::Failed(Error::server("oh")),
        ] {
            for way in ways {
                let more = json!({"background": background});
                let echo = parse(more).unwrap().request.echo;
                let mut writer = Writer::new(initial("resp_1", 5, true, echo));
                let mut events = writer.begin();
                for came in way {
                    events.extend(match came {
                        Text(text) => writer.push(text, &[]),
                        Call(name) => writer.call(format!("call_{name}"), (*name).to_owned()),
                        Arguments(text) => writer.arguments(text),
                    });
                }
                events.extend(writer.end(&outcome, Usage::default(), 6));
                let numbers = events
                    .iter()
                    .map(|e| e["sequence_number"].as_u64().unwrap());
                assert!(numbers.eq(0..events.len() as u64));
                let again = Writer::replay(writer.response().clone(), &writer.deltas());
                assert_eq!(again, events);
            }
        }
    }
}

#[test]
fn items_stand_in_the_order_they_were_written_in() {
    let echo = parse(json!({})).unwrap().request.echo;
    let mut writer = Writer::new(initial("resp_1", 5, true, echo));
    let mut events = writer.begin();
    events.extend(writer.push("so", &[]));
    events.extend(writer.call("call_1".to_owned(), "f".to_owned()));
    events.extend(writer.arguments("{}"));
    events.extend(writer.call("call_2".to_owned(), "g".to_owned()));
    events.extend(writer.arguments("{\"a\": "));
    events.extend(writer.end(&Outcome::Cut, Usage::default(), 6));
    let output = writer.response()["output"].as_array().unwrap();
    let kinds: Vec<_> = output
        .iter()
        .map(|item| (item["type"].as_str().unwrap(), &item["status"]))
        .collect();
    assert_eq!(
        kinds,
        [
            ("message", &json!("completed")),
            ("function_call", &json!("completed")),
            ("function_call", &json!("incomplete"))
        ]
    );
    assert_eq!(output[2]["arguments"], "{\"a\": ");
    // Each event is about the item that stands at its index.
    for event in &events {
        let Some(index) = event["output_index"].as_u64() else {
            continue;
        };
        let id = match event.get("item") {
            Some(item) => &item["id"],
            None => &event["item_id"],
        };
        assert_eq!(id, &output[index as usize]["id"], "{event}");
    }
}

/// As responses were kept before they could hold calls.
#[test]
fn deltas_that_were_kept_are_told_again() {
    let mut response = initial("resp_1", 5, true, parse(json!({})).unwrap().request.echo);
    response["status"] = json!("completed");
    response["output"] = json!([{"id": "msg_1", "type": "message", "status": "completed",
        "role": "assistant", "content": [{"type": "output_text", "text": "abc",
        "annotations": [], "logprobs": [1, 2, 3]}]}]);
    let events = Writer::replay(response, "[[1,1],[2,1],[0,1]]");
    let deltas: Vec<_> = events.iter().filter_map(|e| e["delta"].as_str()).collect();
    assert_eq!(deltas, ["a", "bc", ""]);
}
