//! Answers that keep to schemas, judged by the `jsonschema` crate.

use models::checkpoint::Checkpoint;
use serde_json::{Map, Value, json};

use super::*;
use crate::{Call, Schema, Tool, Tools};

/// The same model with more room, as functions take many of its small tokens.
static ROOMY: LazyLock<TextModel> = LazyLock::new(|| {
    let mut checkpoint = Checkpoint::open(&fixture("models/tiny-chat")).unwrap();
    checkpoint.config["max_position_embeddings"] = json!(2048);
    TextModel::from_checkpoint(&checkpoint, &OpenOptions::default()).unwrap()
});

/// Hot, so that the model alone would write no JSON.
fn hot(seed: u64) -> Generation {
    let sampling = Sampling {
        seed: Some(seed),
        temperature: 1.5,
        ..Sampling::default()
    };
    Generation {
        sampling,
        max_tokens: Some(120),
        ..Generation::default()
    }
}

fn schema(value: &Value) -> Schema {
    Schema(value.as_object().unwrap().clone())
}

fn asked(generation: Generation) -> ChatRequest {
    ChatRequest {
        generation,
        ..ChatRequest::new(vec![Message::new("user", "the cat")])
    }
}

/// Answers, and checks that the answer is the fold of its deltas.
fn answer(request: &ChatRequest) -> Completion {
    let mut folded = Completion::default();
    let answer = ROOMY.chat(request, &mut |delta| {
        folded.push(delta);
        Continue(())
    });
    let answer = answer.unwrap();
    assert_eq!(folded.choices, answer.choices, "folded = not streamed");
    answer
}

/// A schema at random. Depth ends what would go on.
fn random_schema(rng: &mut Rng, depth: usize) -> Value {
    match rng.below(if depth == 0 { 9 } else { 14 }) {
        0 => json!({"type": "string", "minLength": 1, "maxLength": 6}),
        1 => json!({"type": "integer", "minimum": -7, "maximum": rng.below(300)}),
        2 => json!({"type": "number", "exclusiveMinimum": 0, "maximum": 2.5}),
        3 => json!({"type": "boolean"}),
        4 => json!({"enum": ["ä", "b\"c", 3, null, {"k": [1]}]}),
        5 => json!({"const": {"日本": [1, "é"]}}),
        6 => json!({"type": "string", "pattern": "^[A-C]{2,3}-[0-9]+$"}),
        7 => json!({"type": ["null", "integer"], "minimum": 0}),
        8 => json!({"type": "string", "format": "date"}),
        9 => json!({"anyOf": [random_schema(rng, depth - 1), {"type": "null"}]}),
        10 => {
            let (least, more) = (rng.below(3), rng.below(3));
            let items = random_schema(rng, depth - 1);
            json!({"type": "array", "items": items, "minItems": least, "maxItems": least + more})
        }
        11 => json!({"type": "array", "prefixItems": [random_schema(rng, depth - 1),
            {"type": "boolean"}], "items": false, "minItems": 2}),
        _ => random_object(rng, depth),
    }
}

fn random_object(rng: &mut Rng, depth: usize) -> Value {
    const KEYS: [&str; 5] = ["a", "schlüssel", "鍵", "with space", "q\"uote"];
    let count = 1 + rng.below(KEYS.len());
    let properties = KEYS[..count].iter();
    let properties = properties.map(|k| ((*k).to_owned(), random_schema(rng, depth - 1)));
    let properties: Map<String, Value> = properties.collect();
    let required = rng.below(count + 1);
    let mut object = json!({"type": "object", "properties": properties,
        "required": KEYS[..required]});
    object["additionalProperties"] = match rng.below(3) {
        0 => json!({"type": "integer"}),
        _ => json!(false),
    };
    object
}

/// Whether the answer was complete; it is wrong nowhere.
fn check(wanted: &Value, seed: u64) -> bool {
    let mut request = asked(hot(seed));
    request.format = Some(schema(wanted));
    let answer = answer(&request);
    let choice = &answer.choices[0];
    if choice.finish == Some(FinishReason::Length) {
        return false;
    }
    assert_eq!(choice.finish, Some(FinishReason::Stop));
    let value: Value = serde_json::from_str(&choice.text)
        .unwrap_or_else(|e| panic!("{e}: {} of {wanted}", choice.text));
    let validator = jsonschema::validator_for(wanted).unwrap();
    let valid = validator.validate(&value).map_err(|e| e.to_string());
    assert_eq!(valid, Ok(()), "{value} of {wanted}");
    true
}

#[test]
fn answers_keep_to_random_schemas() {
    let mut rng = Rng::new(11);
    let mut complete = 0;
    for seed in 0..200 {
        let schema = random_object(&mut rng, 3);
        complete += usize::from(check(&schema, seed));
    }
    assert!(complete > 100, "only {complete} of 200 were not cut");
}

#[test]
fn definitions_and_recursion_are_kept_to() {
    let list = json!({"type": "object", "properties": {"head": {"$ref": "#/$defs/item"},
        "tail": {"anyOf": [{"$ref": "#"}, {"type": "null"}]}},
        "required": ["head", "tail"], "additionalProperties": false,
        "$defs": {"item": {"enum": ["x", "y"]}}});
    let tree = json!({"$defs": {"node": {"type": "object", "properties": {
            "n": {"type": "integer"},
            "children": {"type": "array", "items": {"$ref": "#/$defs/node"}, "maxItems": 2}},
            "required": ["n", "children"], "additionalProperties": false}},
        "type": "object", "properties": {"root": {"$ref": "#/$defs/node"}},
        "required": ["root"], "additionalProperties": false});
    for schema in [list, tree] {
        let complete = (0..15).filter(|&seed| check(&schema, seed)).count();
        assert!(complete > 3, "{complete} of {schema}");
    }
}

#[test]
fn any_object_is_an_object() {
    let mut request = asked(hot(3));
    request.generation.n = 8;
    request.format = Some(Schema::object());
    for choice in answer(&request).choices {
        if choice.finish == Some(FinishReason::Stop) {
            let value: Value = serde_json::from_str(&choice.text).unwrap();
            assert!(value.is_object(), "{value}");
        }
        assert!(choice.text.starts_with('{'), "{}", choice.text);
    }
}

/// Guesses, bias, penalties and filters beside a grammar change nothing of it, and a
/// seed gives the same with guesses and without.
#[test]
fn a_grammar_goes_with_everything_else() {
    let format = json!({"type": "object", "properties": {
        "a": {"type": "array", "items": {"enum": ["the cat", "the mat"]}, "minItems": 12,
            "maxItems": 12}},
        "required": ["a"], "additionalProperties": false});
    let generation = |speculation| Generation {
        sampling: Sampling {
            seed: Some(5),
            top_p: 0.9,
            top_k: 50,
            frequency_penalty: 0.5,
            logit_bias: vec![(5, 100.0), (40, -100.0), (100, 30.0)],
            ..Sampling::default()
        },
        logprobs: Some(2),
        n: 3,
        speculation,
        max_tokens: Some(200),
        ..Generation::default()
    };
    let ask = |speculation| {
        let mut request = asked(generation(speculation));
        request.format = Some(schema(&format));
        answer(&request)
    };
    let plain = ask(Speculation::Off);
    assert_eq!(plain.choices, ask(Speculation::On).choices);
    for choice in &plain.choices {
        let value: Value = serde_json::from_str(&choice.text).unwrap();
        assert!(jsonschema::is_valid(&format, &value), "{value}");
        // The model's own probabilities: what it had to write was not likely.
        let logprobs = choice.tokens.iter().filter_map(|t| t.logprob);
        assert!(logprobs.sum::<f32>() < -10.0);
        assert!(choice.tokens.iter().all(|t| t.top.len() == 2));
    }
}

fn tool(name: &str, parameters: &Value) -> Tool {
    Tool {
        name: name.to_owned(),
        description: Some("Does it.".to_owned()),
        parameters: Some(schema(parameters)),
        strict: false,
    }
}

fn two_tools() -> Vec<Tool> {
    let get = json!({"type": "object", "properties": {"n": {"type": "integer", "maximum": 99,
        "minimum": 0}}, "required": ["n"], "additionalProperties": false});
    let more = json!({"type": "object", "properties": {"of": {"enum": ["a</tool_call>", "b"]}},
        "required": ["of"], "additionalProperties": false});
    vec![tool("get", &get), tool("get_more", &more)]
}

fn valid(tools: &[Tool], call: &Call) {
    let tool = tools.iter().find(|t| t.name == call.name).unwrap();
    let schema = Value::Object(tool.parameters.clone().unwrap().0);
    let value: Value =
        serde_json::from_str(&call.arguments).unwrap_or_else(|e| panic!("{e}: {}", call.arguments));
    assert!(jsonschema::is_valid(&schema, &value), "{value} of {schema}");
}

#[test]
fn required_calls_are_made() {
    let (mut many, mut names) = (0, [0, 0]);
    for seed in 0..12 {
        let mut request = asked(hot(seed));
        request.generation.n = 2;
        request.tools = Tools {
            tools: two_tools(),
            allowed: None,
            required: true,
            parallel: seed % 2 == 0,
        };
        for choice in answer(&request).choices {
            assert_eq!(choice.text, "");
            assert!(choice.tokens.is_empty(), "without content, no tokens of it");
            let complete = choice.finish == Some(FinishReason::Stop);
            let whole = choice.calls.len() - usize::from(!complete);
            let tools = &request.tools.tools;
            choice.calls[..whole].iter().for_each(|c| valid(tools, c));
            assert!(seed % 2 == 0 || choice.calls.len() == 1);
            many += usize::from(choice.calls.len() > 1);
            for call in &choice.calls {
                names[usize::from(call.name == "get_more")] += 1;
            }
        }
    }
    assert!(many > 0 && names[0] > 0 && names[1] > 0, "{many} {names:?}");
}

#[test]
fn a_named_call_is_the_one_made() {
    let mut request = asked(hot(1));
    request.generation.n = 8;
    request.tools = Tools {
        tools: two_tools(),
        allowed: Some(vec!["get_more".to_owned()]),
        required: true,
        parallel: false,
    };
    for choice in answer(&request).choices {
        assert_eq!(choice.calls.len(), 1);
        assert_eq!(choice.calls[0].name, "get_more");
        valid(&request.tools.tools, &choice.calls[0]);
    }
}

/// Text stays the model's own, until it begins a call.
#[test]
fn calls_may_be_left_out() {
    let mut request = asked(greedy());
    request.generation.max_tokens = Some(20);
    request.tools.tools = vec![tool("f", &json!({"type": "object"}))];
    let ids = ROOMY.tools_prompt(&request.messages, &request.tools.tools);
    let plain = CompletionRequest {
        prompt: Prompt::Ids(ids.unwrap()),
        generation: request.generation.clone(),
        ..CompletionRequest::new("")
    };
    let (free, answer) = (try_complete(&ROOMY, &plain).unwrap(), answer(&request));
    // A conversation's text begins a text, a completion's goes on in one.
    assert_eq!(answer.choices[0].text.trim(), free.choices[0].text.trim());
    assert_eq!(answer.choices[0].calls, []);
}

#[test]
fn what_cannot_be_kept_to_is_refused_by_name() {
    for case in [
        json!({"type": "object", "properties": {"a": {"type": "strin"}}}),
        json!({"type": "array", "uniqueItems": true, "items": {}}),
        json!({"$ref": "#/$defs/none"}),
        json!({"$ref": "https://example.com/a.json"}),
        json!({"type": "string", "pattern": "(?=a)b"}),
        json!({"type": "string", "pattern": "("}),
        json!({"type": "integer", "minimum": 3, "maximum": 2}),
    ] {
        let mut request = asked(greedy());
        request.format = Some(schema(&case));
        let chat = |request: &ChatRequest| ROOMY.chat(request, &mut |_| Continue(()));
        let Err(CompletionError::Grammar { of, source }) = chat(&request) else {
            panic!("{case}");
        };
        let message = source.to_string();
        assert!(message.len() > 10 && message.len() < 300, "{message}");
        assert_eq!(of, GrammarOf::Format);
        request.format = None;
        let strict = true;
        let bad = Tool {
            strict,
            ..tool("bad", &case)
        };
        request.tools.tools = [two_tools(), vec![bad]].concat();
        let Err(CompletionError::Grammar { of, .. }) = chat(&request) else {
            panic!("{case}");
        };
        assert_eq!(of, GrammarOf::Tool(2), "{case}");
    }
}

/// A hostile schema is refused or followed, soon either way.
#[test]
fn hostile_schemas_end() {
    let nested = |depth: usize| {
        (0..depth).fold(
            json!({"type": "null"}),
            |inner, _| json!({"type": "array", "items": inner, "minItems": 1}),
        )
    };
    let wide: Map<String, Value> = (0..3000)
        .map(|i| {
            (
                format!("k{i}"),
                json!({"type": "string", "pattern": "[a-z]*x[a-z]{40}"}),
            )
        })
        .collect();
    let any: Vec<Value> = (0..500)
        .map(|i| json!({"type": "string", "pattern": format!("^(a|b)*a(a|b){{{i}}}$")}))
        .collect();
    let text = |pattern: &str| json!({"type": "string", "pattern": pattern});
    for case in [
        text("((a{1000}){1000}){1000}"),
        text("(a|b)*a(a|b){200}"),
        json!({"type": "string", "minLength": 1_000_000_000}),
        json!({"type": "array", "minItems": 100_000_000, "items": {}}),
        json!({"type": "object", "properties": wide}),
        json!({"anyOf": any}),
        json!({"anyOf": [{"$ref": "#"}, {"$ref": "#"}]}),
        json!({"allOf": [{"$ref": "#"}]}),
        json!({"$defs": {"a": {"$ref": "#/$defs/b"}, "b": {"$ref": "#/$defs/a"}},
            "$ref": "#/$defs/a"}),
        nested(120),
    ] {
        let mut request = asked(hot(1));
        request.generation.max_tokens = Some(20);
        request.format = Some(schema(&case));
        let started = std::time::Instant::now();
        let told = ROOMY.chat(&request, &mut |_| Continue(()));
        let case = case.to_string();
        let case: String = case.chars().take(80).collect();
        let told = told
            .map(|c| c.choices[0].text.clone())
            .map_err(|e| format!("{e:?}"));
        eprintln!("{case} {told:?} {:?}", started.elapsed());
        // Seconds in a debug build on a busy machine; without limits it is minutes.
        assert!(started.elapsed().as_secs() < 20, "{case}");
    }
}
