//! `/v1/batches`: many requests in a file, answered when there is time.

use serde_json::{Map, Value, json};

use crate::fields::{Fields, unsupported_value};
use crate::files::expires_after;
use crate::responses::metadata;
use crate::{Error, Parsed};

/// What lines may ask.
pub const ENDPOINTS: [&str; 4] = [
    "/v1/responses",
    "/v1/chat/completions",
    "/v1/embeddings",
    "/v1/completions",
];

const WINDOW: &str = "24h";

/// Seconds until a batch expires.
pub const WINDOW_S: i64 = 24 * 3600;

/// Lines of a batch, and bytes of its file.
pub const LINES: usize = 50_000;
pub const BYTES: i64 = 200 << 20;

/// Characters of what a client calls a line.
const CUSTOM_ID: usize = 512;

#[derive(Clone, Debug, PartialEq)]
pub struct BatchRequest {
    pub endpoint: String,
    pub input_file_id: String,
    /// An object.
    pub metadata: Option<Value>,
    /// Seconds for which files of results are kept.
    pub output_expires_s: Option<i64>,
}

impl BatchRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let input_file_id = f.required_string("input_file_id")?;
        let endpoint = f.required_string("endpoint")?;
        if !ENDPOINTS.contains(&endpoint.as_str()) {
            return Err(unsupported_value("endpoint", &endpoint, &ENDPOINTS));
        }
        let window = f.required_string("completion_window")?;
        if window != WINDOW {
            return Err(unsupported_value("completion_window", &window, &[WINDOW]));
        }
        let request = Self {
            endpoint,
            input_file_id,
            metadata: match f.value("metadata") {
                None => None,
                pairs => Some(metadata(pairs)?),
            },
            output_expires_s: expires_after(f, "output_expires_after")?,
        };
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

/// What is wrong with a batch's input; `line` from 1.
pub fn problem(code: &str, message: &str, param: Option<&str>, line: Option<usize>) -> Value {
    json!({"code": code, "message": message, "param": param, "line": line})
}

/// A request of a batch.
#[derive(Clone, Debug, PartialEq)]
pub struct Line {
    pub custom_id: String,
    pub model: Option<String>,
    pub body: Value,
}

impl Line {
    /// Reads line `number` of a batch for `endpoint`; what is wrong with it
    /// otherwise, as the batch will tell.
    pub fn parse(text: &[u8], number: usize, endpoint: &str) -> Result<Self, Value> {
        let wrong = |code: &str, param: Option<&str>, message: &str| {
            Err(problem(code, message, param, Some(number)))
        };
        let Ok(Value::Object(mut map)) = serde_json::from_slice(text) else {
            return wrong("invalid_json_line", None, "This line is not a JSON object.");
        };
        let text =
            |map: &Map<String, Value>, name: &str| map.get(name)?.as_str().map(str::to_owned);
        let Some(custom_id) = text(&map, "custom_id").filter(|id| !id.is_empty()) else {
            let message = "Missing required parameter: 'custom_id', a string.";
            return wrong("missing_required_parameter", Some("custom_id"), message);
        };
        if custom_id.chars().count() > CUSTOM_ID {
            let message = format!("'custom_id' has more than {CUSTOM_ID} characters.");
            return wrong("string_above_max_length", Some("custom_id"), &message);
        }
        if text(&map, "method").as_deref() != Some("POST") {
            let message = "'method' must be \"POST\".";
            return wrong("invalid_method", Some("method"), message);
        }
        if text(&map, "url").as_deref() != Some(endpoint) {
            let message = format!("'url' must be the batch's endpoint, \"{endpoint}\".");
            return wrong("mismatched_url", Some("url"), &message);
        }
        let Some(Value::Object(body)) = map.remove("body") else {
            let message = "Missing required parameter: 'body', an object.";
            return wrong("missing_required_parameter", Some("body"), message);
        };
        for name in ["stream", "background"] {
            if body.get(name) == Some(&Value::Bool(true)) {
                let message = format!("Requests of a batch cannot have '{name}'.");
                return wrong(
                    "unsupported_parameter",
                    Some(&format!("body.{name}")),
                    &message,
                );
            }
        }
        Ok(Self {
            custom_id,
            model: text(&body, "model"),
            body: Value::Object(body),
        })
    }
}

/// What came of a line that was asked.
pub fn answered(id: &str, custom_id: &str, status: u16, request_id: &str, body: Value) -> Value {
    let response = json!({"status_code": status, "request_id": request_id, "body": body});
    json!({"id": id, "custom_id": custom_id, "response": response, "error": null})
}

/// What came of a line that was not.
pub fn not_asked(id: &str, custom_id: &str, code: &str, message: &str) -> Value {
    let error = json!({"code": code, "message": message});
    json!({"id": id, "custom_id": custom_id, "response": null, "error": error})
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_is_read_or_told_what_is_wrong() {
        let good = json!({"custom_id": "a", "method": "POST", "url": "/v1/completions",
            "body": {"model": "m", "prompt": "x"}});
        let read = |line: &Value| Line::parse(line.to_string().as_bytes(), 7, "/v1/completions");
        let line = read(&good).unwrap();
        assert_eq!(
            (line.custom_id.as_str(), line.model.as_deref()),
            ("a", Some("m"))
        );
        assert_eq!(line.body, good["body"]);
        for (name, value, code) in [
            ("custom_id", json!(null), "missing_required_parameter"),
            ("custom_id", json!(""), "missing_required_parameter"),
            (
                "custom_id",
                json!("a".repeat(513)),
                "string_above_max_length",
            ),
            ("method", json!("GET"), "invalid_method"),
            ("url", json!("/v1/embeddings"), "mismatched_url"),
            ("body", json!([]), "missing_required_parameter"),
            ("body", json!({"stream": true}), "unsupported_parameter"),
        ] {
            let mut line = good.clone();
            line[name] = value;
            let problem = read(&line).unwrap_err();
            assert_eq!(
                (&problem["code"], &problem["line"]),
                (&json!(code), &json!(7))
            );
        }
        let problem = Line::parse(b"{\"a\": \xff}", 1, "").unwrap_err();
        assert_eq!(problem["code"], "invalid_json_line");
    }

    #[test]
    fn a_batch_is_refused_by_name() {
        let good = json!({"input_file_id": "file-a", "endpoint": "/v1/completions",
            "completion_window": "24h"});
        let parse = |value: &Value| {
            BatchRequest::parse(Fields::parse(value.to_string().as_bytes()).unwrap())
        };
        assert!(parse(&good).is_ok());
        let many: Map<_, _> = (0..17).map(|i| (i.to_string(), json!("x"))).collect();
        for (name, value, param) in [
            ("input_file_id", json!(null), "input_file_id"),
            ("endpoint", json!("/v1/files"), "endpoint"),
            ("endpoint", json!(null), "endpoint"),
            ("completion_window", json!("1h"), "completion_window"),
            ("completion_window", json!(null), "completion_window"),
            ("metadata", json!("x"), "metadata"),
            ("metadata", json!(many), "metadata"),
            ("metadata", json!({"a": 1}), "metadata.a"),
            ("metadata", json!({"a": "x".repeat(513)}), "metadata"),
            (
                "output_expires_after",
                json!({"anchor": "created_at"}),
                "output_expires_after.seconds",
            ),
        ] {
            let mut batch = good.clone();
            batch[name] = value.clone();
            let error = parse(&batch).unwrap_err();
            assert_eq!(error.param.as_deref(), Some(param), "{name} {value}");
        }
    }
}
