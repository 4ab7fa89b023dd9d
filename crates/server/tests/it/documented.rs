//! Our own document as the judge of what nobody else has described.

use std::sync::LazyLock;

use serde_json::{Value, json};

static DOCUMENT: LazyLock<Value> =
    LazyLock::new(|| serde_json::from_str(include_str!("../../src/openapi.json")).unwrap());

/// The operations of a path; one that is spelt out goes before one with a name in it.
fn operations(path: &str) -> Option<&'static Value> {
    let path = path.split('?').next().unwrap_or_default();
    let parts: Vec<_> = path.split('/').collect();
    let fits = |template: &str| {
        let wanted: Vec<_> = template.split('/').collect();
        let same = |(want, got): (&&str, &&str)| want.starts_with('{') || want == got;
        wanted.len() == parts.len() && wanted.iter().zip(&parts).all(same)
    };
    let paths = DOCUMENT["paths"].as_object().unwrap().iter();
    let found = paths.filter(|(template, _)| fits(template));
    let best = found.min_by_key(|(template, _)| template.matches('{').count());
    best.map(|(_, operations)| operations)
}

/// Panics unless an answer is one that the document tells of.
pub(crate) fn judge(method: &str, path: &str, status: u16, text: &str) {
    let operation = operations(path).map(|all| &all[method.to_lowercase()]);
    let Some(operation) = operation.filter(|operation| !operation.is_null()) else {
        assert!([404, 405].contains(&status), "{method} {path}: {status}");
        return;
    };
    let mut answer = &operation["responses"][status.to_string()];
    if let Some(named) = answer["$ref"].as_str() {
        answer = DOCUMENT.pointer(&named[1..]).unwrap();
    }
    assert!(
        !answer.is_null(),
        "{method} {path}: {status} is not documented"
    );
    let schema = &answer["content"]["application/json"]["schema"];
    if schema.is_null() {
        return;
    }
    let schema = json!({"allOf": [schema], "components": DOCUMENT["components"]});
    let validator = jsonschema::validator_for(&schema).unwrap();
    let value: Value = serde_json::from_str(text).unwrap();
    let errors: Vec<_> = validator
        .iter_errors(&value)
        .map(|e| format!("{}: {e}", e.instance_path()))
        .collect();
    assert!(errors.is_empty(), "{method} {path}: {errors:#?}\n{value:#}");
}

#[test]
fn the_document_is_found_by_its_paths() {
    let id = |path: &str, method: &str| operations(path).unwrap()[method]["operationId"].clone();
    assert_eq!(id("/api/preferences/export", "get"), "exportPreferences");
    assert_eq!(
        id("/api/preferences/pref_1?x=1", "delete"),
        "deletePreference"
    );
    assert!(operations("/api/preferences/a/b").is_none());
}
