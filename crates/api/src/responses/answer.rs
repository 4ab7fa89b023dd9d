//! The response object, and the events that it is the fold of.

use serde::de::IgnoredAny;
use serde_json::{Map, Value, json};

use super::input::new_id;
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
    /// The item that more may come to, the last one of the output.
    open: Option<Open>,
    /// Bytes and tokens of each delta, one item's behind the other's.
    deltas: Vec<(usize, usize)>,
}

/// An item as far as it is made.
#[derive(Clone, Debug)]
struct Open {
    id: String,
    /// Of a message, or a call's arguments.
    text: String,
    kind: Kind,
}

#[derive(Clone, Debug)]
enum Kind {
    Message { logprobs: Vec<Value> },
    Call { call_id: String, name: String },
}

impl Open {
    fn message(id: String) -> Self {
        let logprobs = Vec::new();
        Self {
            id,
            text: String::new(),
            kind: Kind::Message { logprobs },
        }
    }

    fn call(id: String, call_id: String, name: String) -> Self {
        Self {
            id,
            text: String::new(),
            kind: Kind::Call { call_id, name },
        }
    }

    /// The only part of a message.
    fn part(&self) -> Option<Value> {
        let Kind::Message { logprobs } = &self.kind else {
            return None;
        };
        Some(
            json!({"type": "output_text", "text": self.text, "annotations": [],
                    "logprobs": logprobs}),
        )
    }

    fn item(&self, status: &str, content: &[Value]) -> Value {
        match &self.kind {
            Kind::Message { .. } => json!({"id": self.id, "type": "message", "status": status,
                                           "role": "assistant", "content": content}),
            Kind::Call { call_id, name } => json!({"id": self.id, "type": "function_call",
                                                   "status": status, "call_id": call_id,
                                                   "name": name, "arguments": self.text}),
        }
    }

    /// A call whose arguments have an end is complete, also where the answer was cut.
    fn status(&self, status: &'static str) -> &'static str {
        let whole = || serde_json::from_str::<IgnoredAny>(&self.text).is_ok();
        match self.kind {
            Kind::Call { .. } if whole() => "completed",
            _ => status,
        }
    }
}

impl Writer {
    /// For an [`initial`] response.
    pub fn new(response: Value) -> Self {
        Self {
            response,
            sequence: 0,
            open: None,
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
        let event = json!({"type": format!("response.{kind}"), "sequence_number": self.sequence});
        self.sequence += 1;
        with(event, fields)
    }

    fn about_all(&mut self, kind: &str) -> Value {
        let response = self.response.clone();
        self.event(kind, json!({"response": response}))
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

    fn output(&self) -> &[Value] {
        self.response["output"]
            .as_array()
            .map_or(&[], Vec::as_slice)
    }

    /// An event about an item.
    fn about(&mut self, item: &Open, kind: &str, fields: Value) -> Value {
        let mut place = json!({"item_id": item.id, "output_index": self.output().len()});
        if matches!(item.kind, Kind::Message { .. }) {
            place["content_index"] = json!(0);
        }
        self.event(kind, with(place, fields))
    }

    /// Begins an item, and ends the one before.
    fn open(&mut self, item: Open) -> Vec<Value> {
        let mut events = self.close("completed");
        let index = self.output().len();
        let added = json!({"output_index": index, "item": item.item("in_progress", &[])});
        events.push(self.event("output_item.added", added));
        if let Some(part) = item.part() {
            events.push(self.about(&item, "content_part.added", json!({"part": part})));
        }
        self.open = Some(item);
        events
    }

    /// More of the text, with its tokens where they are to be told.
    pub fn push(&mut self, delta: &str, tokens: &[Token]) -> Vec<Value> {
        if delta.is_empty() && tokens.is_empty() {
            return Vec::new();
        }
        let mut events = match &self.open {
            Some(Open {
                kind: Kind::Message { .. },
                ..
            }) => Vec::new(),
            _ => self.open(Open::message(new_id("msg"))),
        };
        let tokens = tokens.iter().map(|token| json!(token)).collect();
        events.extend(self.add(delta, tokens));
        events
    }

    /// A call of a function begins.
    pub fn call(&mut self, call_id: String, name: String) -> Vec<Value> {
        self.open(Open::call(new_id("fc"), call_id, name))
    }

    /// More of the arguments of the call that has begun.
    pub fn arguments(&mut self, delta: &str) -> Vec<Value> {
        let delta = Some(delta).filter(|delta| !delta.is_empty());
        delta
            .and_then(|delta| self.add(delta, Vec::new()))
            .into_iter()
            .collect()
    }

    /// More of the item that is open.
    fn add(&mut self, delta: &str, tokens: Vec<Value>) -> Option<Value> {
        let mut item = self.open.take()?;
        self.deltas.push((delta.len(), tokens.len()));
        item.text.push_str(delta);
        let event = match &mut item.kind {
            Kind::Message { logprobs } => {
                let said = json!({"delta": delta, "logprobs": tokens});
                logprobs.extend(tokens);
                self.about(&item, "output_text.delta", said)
            }
            Kind::Call { .. } => {
                let said = json!({"delta": delta});
                self.about(&item, "function_call_arguments.delta", said)
            }
        };
        self.open = Some(item);
        Some(event)
    }

    /// Ends the item that is open.
    fn close(&mut self, status: &'static str) -> Vec<Value> {
        let Some(open) = self.open.take() else {
            return Vec::new();
        };
        let part = open.part();
        let item = open.item(open.status(status), part.as_slice());
        let mut events = match (&open.kind, part) {
            (Kind::Message { logprobs }, Some(part)) => {
                let said = json!({"text": open.text, "logprobs": logprobs});
                vec![
                    self.about(&open, "output_text.done", said),
                    self.about(&open, "content_part.done", json!({"part": part})),
                ]
            }
            (Kind::Call { name, .. }, _) => {
                let said = json!({"name": name, "arguments": open.text});
                vec![self.about(&open, "function_call_arguments.done", said)]
            }
            (Kind::Message { .. }, None) => Vec::new(),
        };
        let index = self.output().len();
        events.push(self.event(
            "output_item.done",
            json!({"output_index": index, "item": item}),
        ));
        if let Some(output) = self.response["output"].as_array_mut() {
            output.push(item);
        }
        events
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
                let event = json!({"type": "error", "sequence_number": self.sequence});
                self.sequence += 1;
                events.push(with(event, told));
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
        let nothing = self.open.is_none() && self.output().is_empty();
        if nothing && !matches!(outcome, Outcome::Failed(_)) {
            events.extend(self.open(Open::message(new_id("msg"))));
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
                "input_tokens_details": {"cached_tokens": usage.cached_tokens,
                                         "cache_write_tokens": 0},
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
        let mut writer = Self::new(begun);
        let mut events = writer.begin();
        let (mut deltas, mut status) = (deltas.into_iter().peekable(), "completed");
        for item in response["output"].as_array().into_iter().flatten() {
            let string = |value: &Value| value.as_str().unwrap_or_default().to_owned();
            let id = string(&item["id"]);
            let part = &item["content"][0];
            let (open, text) = match item["type"] == "function_call" {
                true => {
                    let open = Open::call(id, string(&item["call_id"]), string(&item["name"]));
                    (open, &item["arguments"])
                }
                false => (Open::message(id), &part["text"]),
            };
            events.extend(writer.open(open));
            let mut text = text.as_str().unwrap_or_default();
            let mut tokens = part["logprobs"].as_array().map_or(&[][..], Vec::as_slice);
            // Those of the items that follow are behind them.
            while let Some((bytes, count)) =
                deltas.next_if(|_| !text.is_empty() || !tokens.is_empty())
            {
                let (Some((now, later)), Some((told, untold))) =
                    (text.split_at_checked(bytes), tokens.split_at_checked(count))
                else {
                    break;
                };
                events.extend(writer.add(now, told.to_vec()));
                (text, tokens) = (later, untold);
            }
            if item["status"] == "incomplete" {
                status = "incomplete";
            }
        }
        events.extend(writer.close(status));
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
