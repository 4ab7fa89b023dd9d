//! The response object, and the events that it is the fold of.

use serde_json::{Map, Value, json};

use crate::chat::Token;
use crate::{Error, Usage};

/// A response before anything was made. Clients expect all keys, always.
pub fn initial(id: &str, created_at: u64, store: bool, echo: Map<String, Value>) -> Value {
    let mut object = json!({"id": id, "object": "response", "created_at": created_at,
                            "completed_at": null, "status": "in_progress", "error": null,
                            "incomplete_details": null, "output": [], "usage": null,
                            "store": store});
    if echo.get("background") == Some(&json!(true)) {
        object["status"] = json!("queued");
    }
    with(object, Value::Object(echo))
}

/// An object, and more fields of it.
fn with(mut object: Value, more: Value) -> Value {
    if let (Value::Object(object), Value::Object(more)) = (&mut object, more) {
        object.extend(more);
    }
    object
}

/// How an answer ends.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Outcome {
    Completed,
    /// It has all the tokens that it may have.
    Cut,
    Failed(Error),
}

/// Makes the response, and words what comes to it as events.
#[derive(Clone, Debug)]
pub struct Writer {
    response: Value,
    sequence: u64,
    item_id: String,
    /// The message's text, once it has begun.
    text: Option<String>,
    logprobs: Vec<Value>,
    /// Bytes and tokens of each delta.
    deltas: Vec<(usize, usize)>,
}

impl Writer {
    /// For an [`initial`] response, whose message gets an id.
    pub fn new(response: Value, item_id: String) -> Self {
        Self {
            response,
            sequence: 0,
            item_id,
            text: None,
            logprobs: Vec::new(),
            deltas: Vec::new(),
        }
    }

    /// The response so far.
    pub fn response(&self) -> &Value {
        &self.response
    }

    /// Where deltas ended, for [`replay`](Self::replay).
    pub fn deltas(&self) -> String {
        json!(self.deltas).to_string()
    }

    fn event(&mut self, kind: &str, fields: Value) -> Value {
        let event = json!({"type": kind, "sequence_number": self.sequence});
        self.sequence += 1;
        with(event, fields)
    }

    fn about_all(&mut self, kind: &str) -> Value {
        let response = self.response.clone();
        self.event(&format!("response.{kind}"), json!({"response": response}))
    }

    /// Before anything is made.
    pub fn begin(&mut self) -> Vec<Value> {
        let mut events = vec![self.about_all("created")];
        if self.response["status"] == "queued" {
            events.push(self.about_all("queued"));
        }
        self.response["status"] = json!("in_progress");
        events.push(self.about_all("in_progress"));
        events
    }

    fn part(&self, text: &str) -> Value {
        json!({"type": "output_text", "text": text, "annotations": [],
               "logprobs": self.logprobs})
    }

    fn message(&self, status: &str, content: &[Value]) -> Value {
        json!({"id": self.item_id, "type": "message", "status": status, "role": "assistant",
               "content": content})
    }

    /// An event about the message's only part.
    fn about_part(&mut self, kind: &str, fields: Value) -> Value {
        let place = json!({"item_id": self.item_id, "output_index": 0, "content_index": 0});
        self.event(&format!("response.{kind}"), with(place, fields))
    }

    fn open(&mut self) -> Vec<Value> {
        if self.text.is_some() {
            return Vec::new();
        }
        self.text = Some(String::new());
        let (item, part) = (self.message("in_progress", &[]), self.part(""));
        let added = json!({"output_index": 0, "item": item});
        vec![
            self.event("response.output_item.added", added),
            self.about_part("content_part.added", json!({"part": part})),
        ]
    }

    /// More of the text, with its tokens where they are to be told.
    pub fn push(&mut self, delta: &str, tokens: &[Token]) -> Vec<Value> {
        self.push_values(delta, tokens.iter().map(|token| json!(token)).collect())
    }

    fn push_values(&mut self, delta: &str, tokens: Vec<Value>) -> Vec<Value> {
        if delta.is_empty() && tokens.is_empty() {
            return Vec::new();
        }
        let mut events = self.open();
        self.deltas.push((delta.len(), tokens.len()));
        let said = json!({"delta": delta, "logprobs": tokens});
        events.push(self.about_part("output_text.delta", said));
        self.text.get_or_insert_default().push_str(delta);
        self.logprobs.extend(tokens);
        events
    }

    /// Ends the message.
    fn close(&mut self, status: &str) -> Vec<Value> {
        let Some(text) = self.text.clone() else {
            return Vec::new();
        };
        let part = self.part(&text);
        let item = self.message(status, std::slice::from_ref(&part));
        self.response["output"] = json!([item]);
        let said = json!({"text": text, "logprobs": self.logprobs});
        let done = json!({"output_index": 0, "item": item});
        vec![
            self.about_part("output_text.done", said),
            self.about_part("content_part.done", json!({"part": part})),
            self.event("response.output_item.done", done),
        ]
    }

    /// What clients hear of the end.
    fn last(&mut self) -> Vec<Value> {
        let status = self.response["status"]
            .as_str()
            .unwrap_or_default()
            .to_owned();
        let mut events = Vec::new();
        match status.as_str() {
            "failed" => {
                let error = self.response["error"].clone();
                let told = json!({"code": error["code"], "message": error["message"],
                                  "param": null});
                events.push(self.event("error", told));
                events.push(self.about_all("failed"));
            }
            "completed" | "incomplete" => events.push(self.about_all(&status)),
            // Nothing is said of one that was called off.
            _ => {}
        }
        events
    }

    /// Ends the response.
    pub fn end(&mut self, outcome: &Outcome, usage: Usage, now: u64) -> Vec<Value> {
        let (status, item_status) = match outcome {
            Outcome::Completed => ("completed", "completed"),
            Outcome::Cut => ("incomplete", "incomplete"),
            Outcome::Failed(_) => ("failed", "incomplete"),
        };
        let mut events = Vec::new();
        if !matches!(outcome, Outcome::Failed(_)) {
            events.extend(self.open());
        }
        events.extend(self.close(item_status));
        let response = &mut self.response;
        response["status"] = json!(status);
        match outcome {
            Outcome::Completed => response["completed_at"] = json!(now),
            Outcome::Cut => {
                response["incomplete_details"] = json!({"reason": "max_output_tokens"});
            }
            Outcome::Failed(error) => {
                response["error"] = json!({"code": "server_error", "message": error.message});
            }
        }
        if !matches!(outcome, Outcome::Failed(_)) {
            response["usage"] = json!({
                "input_tokens": usage.prompt_tokens,
                // What was known already is not told by the engine.
                "input_tokens_details": {"cached_tokens": 0, "cache_write_tokens": 0},
                "output_tokens": usage.completion_tokens,
                "output_tokens_details": {"reasoning_tokens": 0},
                "total_tokens": usage.total_tokens,
            });
        }
        events.extend(self.last());
        events
    }

    /// The events of a response that has ended, with the numbers that they had.
    pub fn replay(response: Value, deltas: &str) -> Vec<Value> {
        let deltas: Vec<(usize, usize)> = serde_json::from_str(deltas).unwrap_or_default();
        let mut begun = response.clone();
        for name in ["completed_at", "error", "incomplete_details", "usage"] {
            begun[name] = Value::Null;
        }
        begun["output"] = json!([]);
        let background = response["background"] == true;
        begun["status"] = json!(if background { "queued" } else { "in_progress" });
        let item = &response["output"][0];
        let mut writer = Self::new(begun, item["id"].as_str().unwrap_or_default().to_owned());
        let mut events = writer.begin();
        let part = &item["content"][0];
        let mut text = part["text"].as_str().unwrap_or_default();
        let mut tokens = part["logprobs"].as_array().map_or(&[][..], Vec::as_slice);
        for (bytes, count) in deltas {
            let (Some((now, later)), Some((told, untold))) =
                (text.split_at_checked(bytes), tokens.split_at_checked(count))
            else {
                break;
            };
            events.extend(writer.push_values(now, told.to_vec()));
            (text, tokens) = (later, untold);
        }
        if item.is_object() {
            events.extend(writer.open());
        }
        events.extend(writer.close(item["status"].as_str().unwrap_or_default()));
        writer.response = response;
        events.extend(writer.last());
        events
    }
}

/// A kept response with its output.
pub fn with_output(mut response: Value, output: Vec<Value>) -> Value {
    response["output"] = Value::Array(output);
    response
}

pub fn input_tokens(tokens: usize) -> Value {
    json!({"object": "response.input_tokens", "input_tokens": tokens})
}

pub fn deleted(id: &str) -> Value {
    json!({"id": id, "object": "response", "deleted": true})
}
