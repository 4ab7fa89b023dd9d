use serde_json::{Value, json};

use super::*;

fn take(body: Value) -> Result<Tools, Error> {
    Tools::take(&mut Fields::parse(body.to_string().as_bytes()).unwrap())
}

fn param(result: Result<Tools, Error>) -> String {
    result.unwrap_err().param.unwrap()
}

fn tool(name: &str) -> Value {
    json!({"type": "function", "function": {"name": name, "parameters": {"type": "object"}}})
}

#[test]
fn every_choice_is_understood() {
    let with = |choice: Value| {
        let tools = [tool("f"), tool("g")];
        take(json!({"tools": tools, "tool_choice": choice})).map(|tools| tools.choice)
    };
    let named = json!({"type": "function", "function": {"name": "g"}});
    let some = json!({"type": "allowed_tools", "allowed_tools": {"mode": "required",
        "tools": [named]}});
    let names = vec!["g".to_owned()];
    for (choice, want) in [
        (json!(null), Choice::Auto),
        (json!("none"), Choice::None),
        (json!("required"), Choice::Required),
        (named, Choice::Named("g".to_owned())),
        (
            some,
            Choice::Among {
                names,
                required: true,
            },
        ),
    ] {
        assert_eq!(with(choice.clone()), Ok(want), "{choice}");
    }
    for choice in [
        json!("always"),
        json!(1),
        json!({"type": "function", "function": {"name": "h"}}),
    ] {
        let e = with(choice.clone()).unwrap_err();
        assert_eq!(e.param.as_deref(), Some("tool_choice"), "{choice}");
    }
    let custom = json!({"type": "custom", "custom": {"name": "f"}});
    assert_eq!(
        with(custom).unwrap_err().param.as_deref(),
        Some("tool_choice.type")
    );
}

#[test]
fn functions_of_june_2023_are_tools() {
    let old = json!({"functions": [{"name": "f", "parameters": {"type": "object"}}],
        "function_call": {"name": "f"}});
    let tools = take(old).unwrap();
    assert!(tools.legacy && !tools.parallel);
    assert_eq!(tools.choice, Choice::Named("f".to_owned()));
    assert_eq!(tools.functions[0].name, "f");
    let both = json!({"functions": [{"name": "f"}], "tools": [tool("f")]});
    assert_eq!(param(take(both)), "functions");
    let mixed = json!({"tools": [tool("f")], "function_call": {"name": "f"}});
    assert_eq!(param(take(mixed)), "function_call");
}

#[test]
fn what_is_wrong_is_named() {
    let bad_name = tool("a b");
    for (body, want) in [
        (json!({"tools": {}}), "tools"),
        (json!({"tools": [1]}), "tools[0]"),
        (json!({"tools": [{}]}), "tools[0].type"),
        (
            json!({"tools": [{"type": "custom", "custom": {}}]}),
            "tools[0].type",
        ),
        (
            json!({"tools": [{"type": "function"}]}),
            "tools[0].function",
        ),
        (
            json!({"tools": [tool("f"), bad_name]}),
            "tools[1].function.name",
        ),
        (json!({"tools": [tool("f"), tool("f")]}), "tools"),
        (
            json!({"tools": [{"type": "function", "function": {}}]}),
            "tools[0].function.name",
        ),
        (
            json!({"functions": [{"name": "f", "strict": 1}]}),
            "functions[0].strict",
        ),
        (
            json!({"functions": [{"name": "f", "parameters": []}]}),
            "functions[0].parameters",
        ),
        (json!({"tool_choice": "required"}), "tool_choice"),
        (json!({"parallel_tool_calls": true}), "parallel_tool_calls"),
        (json!({"tools": vec![tool("f"); 129]}), "tools"),
    ] {
        assert_eq!(param(take(body.clone())), want, "{body}");
    }
    assert!(take(json!({"tools": [], "tool_choice": "auto"})).is_ok());
    assert!(take(json!({"tools": [tool(&"a".repeat(64))]})).is_ok());
    assert!(take(json!({"tools": [tool(&"a".repeat(65))]})).is_err());
}

#[test]
fn formats_are_taken_or_refused_by_name() {
    let take = |format: Value| {
        let body = json!({"response_format": format}).to_string();
        Format::take(&mut Fields::parse(body.as_bytes()).unwrap())
    };
    let schema = json!({"type": "object"});
    let map = schema.as_object().unwrap().clone();
    let with = |strict: Value| {
        json!({"type": "json_schema", "json_schema": {"name": "n", "schema": schema,
            "strict": strict}})
    };
    for strict in [json!(true), json!(false), json!(null)] {
        assert_eq!(take(with(strict)), Ok(Format::JsonSchema(map.clone())));
    }
    assert_eq!(take(json!(null)), Ok(Format::Text));
    assert_eq!(take(json!({"type": "json_object"})), Ok(Format::JsonObject));
    let inner = |value: Value| json!({"type": "json_schema", "json_schema": value});
    for (format, want) in [
        (json!("text"), "response_format"),
        (json!({"type": "xml"}), "response_format.type"),
        (
            json!({"type": "json_schema"}),
            "response_format.json_schema",
        ),
        (inner(json!({})), "response_format.json_schema.name"),
        (
            inner(json!({"name": "ä"})),
            "response_format.json_schema.name",
        ),
        (
            inner(json!({"name": "a", "schema": 1})),
            "response_format.json_schema.schema",
        ),
        (
            inner(json!({"name": "a", "strict": 1})),
            "response_format.json_schema.strict",
        ),
    ] {
        let e = take(format.clone()).unwrap_err();
        assert_eq!(e.param.as_deref(), Some(want), "{format}");
    }
}
