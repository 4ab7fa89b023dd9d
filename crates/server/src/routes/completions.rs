//! `POST /v1/completions`,
//! <https://platform.openai.com/docs/api-reference/completions>.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use api::completions::{Choice, CompletionRequest, Head, Logprobs, answer};
use api::prompt::Prompt;
use api::{Parsed, Told, Usage};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use engine::{Completion, Delta, Generation, Token};
use serde_json::Value;

use super::{finite, generation, head, json, reason};
use crate::app::App;
use crate::ask::{Task, ask};
use crate::body::{Json, tell_ignored};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::shelf::Loaded;
use crate::sse::{self, Chunks};

pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = CompletionRequest::parse(fields)?;
    let loaded = app.model(&request.model).await?;
    let tasks = request
        .prompts
        .iter()
        .map(|prompt| task(&request, prompt))
        .collect();
    let head = head("cmpl", &request.model, &loaded);
    let streams = request.sampling.stream;
    let charge = app.charge(&caller, &request.model, "completions");
    let mut answers = ask(&loaded, tasks, streams, charge);
    let mut writers = Writers::new(&loaded, &request);
    let mut response = if streams {
        let writer = Writer {
            head,
            writers,
            usage: request.sampling.usage_in_chunks,
        };
        sse::stream(app, answers, writer).await?
    } else {
        let completions = answers.whole().await?.into_iter().enumerate();
        let choices = completions.flat_map(|(prompt, c)| writers.whole(prompt, c));
        let choices: Vec<_> = choices.collect();
        json(&answer(&head, &choices, Told::Now(answers.usage())))
    };
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

fn task(request: &CompletionRequest, prompt: &Prompt) -> Task {
    Task::Completion(engine::CompletionRequest {
        prompt: match prompt {
            Prompt::Text(text) => engine::Prompt::Text(text.clone()),
            Prompt::Ids(ids) => engine::Prompt::Ids(ids.clone()),
        },
        suffix: request.suffix.clone(),
        echo: request.echo,
        generation: Generation {
            max_tokens: Some(request.max_tokens),
            best_of: request.best_of,
            logprobs: request.logprobs,
            ..generation(&request.sampling)
        },
    })
}

/// The chunks of a stream.
struct Writer {
    head: Head,
    writers: Writers,
    usage: Told,
}

impl Chunks for Writer {
    fn of(&mut self, prompt: usize, delta: Delta) -> Vec<Value> {
        let choice = self.writers.piece(prompt, delta);
        let chunk = choice.map(|choice| answer(&self.head, &[choice], self.usage));
        chunk.into_iter().collect()
    }

    fn last(&self, usage: Usage) -> Option<Value> {
        (self.usage == Told::Later).then(|| answer(&self.head, &[], Told::Now(usage)))
    }
}

/// Turns what the engine says of prompts into choices; the same for whole
/// answers and for chunks.
struct Writers {
    n: usize,
    logprobs: bool,
    /// Characters of each prompt before its answers' text.
    before: Vec<usize>,
    /// How far each choice's text has come, by index.
    texts: HashMap<usize, Text>,
}

/// A choice's text so far, and how many of its characters are counted.
#[derive(Default)]
struct Text {
    text: String,
    bytes: usize,
    chars: usize,
}

impl Writers {
    fn new(loaded: &Arc<Loaded>, request: &CompletionRequest) -> Self {
        let logprobs = request.logprobs.is_some();
        let chars = |prompt: &Prompt| match prompt {
            // An echoed prompt is part of the answer's text.
            _ if request.echo || !logprobs => 0,
            Prompt::Text(text) => text.chars().count(),
            Prompt::Ids(ids) => loaded.model.tokenizer().decode(ids).chars().count(),
        };
        Self {
            n: request.sampling.n,
            logprobs,
            before: request.prompts.iter().map(chars).collect(),
            texts: HashMap::new(),
        }
    }

    fn whole(&mut self, prompt: usize, completion: Completion) -> Vec<Choice> {
        let choices = completion.choices.into_iter().enumerate();
        let choices = choices.filter_map(|(choice, c)| {
            let delta = Delta {
                choice,
                text: c.text,
                calls: Vec::new(),
                tokens: c.tokens,
                finish: c.finish,
            };
            self.piece(prompt, delta)
        });
        choices.collect()
    }

    /// `None` if there is nothing to say.
    fn piece(&mut self, prompt: usize, delta: Delta) -> Option<Choice> {
        if delta.text.is_empty() && delta.tokens.is_empty() && delta.finish.is_none() {
            return None;
        }
        let index = prompt * self.n + delta.choice;
        let logprobs = self.logprobs.then(|| {
            let text = self.texts.entry(index).or_default();
            text.text.push_str(&delta.text);
            let mut logprobs = Logprobs::default();
            for token in &delta.tokens {
                let offset = self.before[prompt] + text.chars_before(token.offset);
                push(&mut logprobs, token, offset);
            }
            logprobs
        });
        Some(Choice {
            text: delta.text,
            index,
            logprobs,
            finish_reason: delta.finish.map(|finish| reason(Some(finish))),
        })
    }
}

impl Text {
    /// Characters before a byte of the text.
    fn chars_before(&mut self, byte: usize) -> usize {
        if let Some(more) = self.text.get(self.bytes..byte) {
            self.chars += more.chars().count();
            self.bytes = byte;
        }
        self.chars
    }
}

fn push(logprobs: &mut Logprobs, token: &Token, offset: usize) {
    let name = spelt(&token.bytes);
    let logprob = token.logprob.map(finite);
    let top = logprob.map(|logprob| {
        let top = token
            .top
            .iter()
            .map(|t| (spelt(&t.bytes), finite(t.logprob)));
        let mut top: BTreeMap<_, _> = top.collect();
        // What was taken is always among them, with the very same number.
        top.insert(name.clone(), logprob);
        top
    });
    logprobs.tokens.push(name);
    logprobs.token_logprobs.push(logprob);
    logprobs.top_logprobs.push(top);
    logprobs.text_offset.push(offset);
}

/// A token's bytes as a string; those that are no text are spelt out.
fn spelt(bytes: &[u8]) -> String {
    match str::from_utf8(bytes) {
        Ok(text) => text.to_owned(),
        Err(_) => {
            let bytes = bytes.iter().map(|b| format!("\\x{b:02x}"));
            format!("bytes:{}", bytes.collect::<String>())
        }
    }
}
