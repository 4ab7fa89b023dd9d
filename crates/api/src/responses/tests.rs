use super::*;
use crate::Usage;

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
        assert_eq!(
            (items[0].role.as_str(), items[0].text.as_str()),
            (role, text)
        );
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
    ] {
        let e = parse(more.clone()).expect_err(&more.to_string());
        assert_eq!(e.param.as_deref(), Some(param), "{more}");
    }
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

#[test]
fn a_replay_has_the_same_events() {
    for background in [false, true] {
        for outcome in [
            Outcome::Completed,
            Outcome::Cut,
            Outcome::Failed(Error::server("oh")),
        ] {
            for deltas in [&["é", "", "lan"][..], &[]] {
                let more = json!({"background": background});
                let echo = parse(more).unwrap().request.echo;
                let first = initial("resp_1", 5, true, echo);
                let mut writer = Writer::new(first, "msg_1".to_owned());
                let mut events = writer.begin();
                for delta in deltas {
                    events.extend(writer.push(delta, &[]));
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
