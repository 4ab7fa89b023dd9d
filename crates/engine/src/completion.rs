//! Text in, text out: a model with its tokenizer, its template and an engine.
//!
//! The only file of this crate that knows text. Prompts become ids, tokens
//! become text again on the engine's thread, so that a stop string ends its
//! sequence in the very step that completes it. What is streamed and what is
//! returned are one thing: [`Completion`] is the fold of the deltas.
//!
//! Special tokens in prompts are recognised, and echoed; in answers they are
//! not shown. A prompt is never cut: what does not fit is refused.

use std::ops::ControlFlow;
use std::sync::Arc;

use text::{CallParser, CallSyntax, DecodeStream, Rendering, Specials, StopStrings};

use self::writer::Writer;
use crate::delta::{Completion, Delta, Held};
use crate::grammar::Grammar;
use crate::rng::{candidate_seed, random_seed};
use crate::step::Request;
use crate::{Priority, Sampling, Speculation};

pub use self::error::{CompletionError, GrammarOf};
pub use self::gather::Underway;
pub use self::model::{OpenError, OpenOptions, TextModel, load_tokenizer};
pub use self::writer::{Note, Outlet};
pub use text::{Message, Schema, Tool, ToolCall, Tools};

mod answer;
mod error;
mod gather;
mod model;
mod prompt;
mod writer;

/// Most of the likeliest tokens that can be asked for.
pub const MAX_LOGPROBS: usize = 20;
/// Most answers to one prompt.
pub const MAX_CANDIDATES: usize = 128;

/// How to answer; the same for completions and chats.
#[derive(Debug, Clone, PartialEq)]
pub struct Generation {
    /// `None`: as many as the context holds.
    pub max_tokens: Option<usize>,
    /// Answer `i` draws with a seed made of this one's and `i`.
    pub sampling: Sampling,
    /// Answers to return.
    pub n: usize,
    /// Answers to generate; those with the greatest mean log-probability are
    /// returned, best first, and nothing is streamed before. 0 means `n`.
    pub best_of: usize,
    /// Log-probabilities, with that many of the likeliest tokens, up to 20.
    pub logprobs: Option<usize>,
    /// Each ends the answer and is not part of it.
    pub stop: Vec<String>,
    pub speculation: Speculation,
    pub priority: Priority,
}

impl Default for Generation {
    fn default() -> Self {
        Self {
            max_tokens: None,
            sampling: Sampling::default(),
            n: 1,
            best_of: 0,
            logprobs: None,
            stop: Vec::new(),
            speculation: Speculation::default(),
            priority: Priority::default(),
        }
    }
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Prompt {
    Text(String),
    Ids(Vec<u32>),
}

/// A text to be continued.
#[derive(Debug, Clone, PartialEq)]
pub struct CompletionRequest {
    pub prompt: Prompt,
    /// The answer goes between the prompt and this.
    pub suffix: Option<String>,
    /// The answer begins with the prompt.
    pub echo: bool,
    pub generation: Generation,
}

impl CompletionRequest {
    pub fn new(prompt: impl Into<String>) -> Self {
        Self {
            prompt: Prompt::Text(prompt.into()),
            suffix: None,
            echo: false,
            generation: Generation::default(),
        }
    }
}

/// A conversation to be answered.
#[derive(Debug, Clone)]
pub struct ChatRequest {
    pub messages: Vec<Message>,
    /// Functions that may be called.
    pub tools: Tools,
    /// What the text of an answer is, if not just any.
    pub format: Option<Schema>,
    pub generation: Generation,
}

impl ChatRequest {
    pub fn new(messages: Vec<Message>) -> Self {
        Self {
            messages,
            tools: Tools::default(),
            format: None,
            generation: Generation::default(),
        }
    }
}

/// Called with each delta; `Break` cancels what is left.
pub type OnDelta<'a> = &'a mut dyn FnMut(Delta) -> ControlFlow<()>;

impl TextModel {
    /// Continues a text.
    pub fn complete(
        &self,
        request: &CompletionRequest,
        on_delta: OnDelta,
    ) -> Result<Completion, CompletionError> {
        gather::wait(|outlet| self.begin_completion(request, outlet), on_delta)
    }

    /// The same for a caller who does not wait: what is said goes to `outlet`, and
    /// [`Underway::hear`] makes an answer of it.
    pub fn begin_completion(
        &self,
        request: &CompletionRequest,
        outlet: Outlet,
    ) -> Result<Underway, CompletionError> {
        let infill = request.suffix.is_some();
        if infill && request.echo && request.generation.logprobs.is_some() {
            let (name, got) = ("echo", "true".to_owned());
            let wanted = "false beside suffix and logprobs".to_owned();
            return Err(CompletionError::Parameter { name, got, wanted });
        }
        let task = self.completion_task(request)?;
        self.begin(task, &request.generation, &outlet)
    }

    /// Answers a conversation.
    pub fn chat(
        &self,
        request: &ChatRequest,
        on_delta: OnDelta,
    ) -> Result<Completion, CompletionError> {
        gather::wait(|outlet| self.begin_chat(request, outlet), on_delta)
    }

    /// The same for a caller who does not wait, as [`begin_completion`](Self::begin_completion).
    pub fn begin_chat(
        &self,
        request: &ChatRequest,
        outlet: Outlet,
    ) -> Result<Underway, CompletionError> {
        let ids = self.tools_prompt(&request.messages, &request.tools.tools)?;
        let (grammar, calls) = self.grammar(request)?;
        let stream = DecodeStream::new(Arc::clone(&self.tokenizer), Rendering::Everything);
        let task = Task {
            ids,
            hidden: 0,
            echo: Echo::No,
            stream,
            grammar,
            calls,
        };
        self.begin(task, &request.generation, &outlet)
    }

    /// The prompt's ids and how the answer's text begins.
    fn completion_task(&self, request: &CompletionRequest) -> Result<Task, CompletionError> {
        let t = &self.tokenizer;
        let (mut ids, mut hidden) = (Vec::new(), 0);
        let bos = t.bos().filter(|_| t.adds_bos());
        let text = match &request.prompt {
            Prompt::Ids(given) => {
                ids.extend(given);
                None
            }
            Prompt::Text(text) => {
                ids.extend(bos);
                hidden = ids.len();
                ids.extend(t.encode(text, Specials::Parse));
                Some(text)
            }
        };
        let mut stream = DecodeStream::new(Arc::clone(t), Rendering::Everything);
        let by_token = request.echo && request.generation.logprobs.is_some();
        // The answer goes on in the middle of a text: no space is stripped from
        // its beginning, and a character begun in the prompt is completed.
        let before = if by_token { &[] } else { &ids[hidden..] };
        let decoded: String = before.iter().map(|&id| stream.push(id)).collect();
        let echo = match request.echo {
            true if by_token => Echo::Tokens,
            true => Echo::Text(text.cloned().unwrap_or(decoded)),
            false => Echo::No,
        };
        if let Some(suffix) = &request.suffix {
            let fim = t.fim().ok_or(CompletionError::NoInfill)?;
            ids.insert(hidden, fim.prefix);
            ids.push(fim.suffix);
            ids.extend(t.encode(suffix, Specials::Plain));
            ids.push(fim.middle);
        }
        if ids.is_empty() {
            ids.push(self.beginning().ok_or(CompletionError::EmptyPrompt)?);
            hidden = 1;
        }
        Ok(Task {
            ids,
            hidden,
            echo,
            stream,
            grammar: None,
            calls: None,
        })
    }

    /// The token that stands before a text.
    fn beginning(&self) -> Option<u32> {
        // Where documents were separated by it in training, it is the one; such
        // models may name a turn's marker as their bos.
        let t = &self.tokenizer;
        let separator = t.id_of("<|endoftext|>").filter(|&id| t.is_special(id));
        separator.or(t.bos()).or(t.eos())
    }

    fn begin(
        &self,
        task: Task,
        generation: &Generation,
        outlet: &Outlet,
    ) -> Result<Underway, CompletionError> {
        generation.check()?;
        let candidates = generation.candidates();
        let room = self.engine.context().saturating_sub(task.ids.len());
        // Without room for one token the refusal names the numbers.
        let max_tokens = generation.max_tokens.unwrap_or(room.max(1));
        let seed = generation.sampling.seed.unwrap_or_else(random_seed);
        let ranked = candidates > generation.n;
        let scores = Arc::default();
        let mut underway = Underway::new(&self.engine, generation, task.ids.len());
        let markers = self.markers(task.calls);
        self.engine.queue_holds(candidates, task.ids.len())?;
        for choice in 0..candidates {
            let request = Request {
                prompt: task.ids.clone(),
                max_tokens,
                sampling: Sampling {
                    seed: Some(candidate_seed(seed, choice)),
                    ..generation.sampling.clone()
                },
                stop_ids: self.ends.to_vec(),
                // Candidates are ranked by them.
                logprobs: generation.logprobs.or(ranked.then_some(0)),
                // The first one's are everyone's.
                prompt_logprobs: choice == 0 && matches!(task.echo, Echo::Tokens),
                priority: generation.priority,
                speculation: generation.speculation,
                grammar: task.grammar.clone(),
            };
            let mut writer = Writer {
                choice,
                stream: task.stream.clone(),
                stops: StopStrings::new(generation.stop.iter().cloned()),
                calls: task.calls.map(CallParser::new),
                markers: Arc::clone(&markers),
                held: Held::default(),
                hidden: task.hidden,
                begun: false,
                tokenizer: Arc::clone(&self.tokenizer),
                ends: Arc::clone(&self.ends),
                scores: Arc::clone(&scores),
                scored: false,
                outlet: Arc::clone(outlet),
            };
            if let Echo::Text(text) = &task.echo {
                writer.echo(text);
            }
            // On an error the earlier ones are cancelled as `underway` is dropped.
            let id = self
                .engine
                .submit(request, Box::new(move |event| writer.hear(event)))?;
            underway.add(id);
        }
        Ok(underway)
    }
}

impl Generation {
    fn candidates(&self) -> usize {
        match self.best_of {
            0 => self.n,
            best_of => best_of,
        }
    }

    fn check(&self) -> Result<(), CompletionError> {
        let bad = |name, got: String, wanted: String| {
            Err(CompletionError::Parameter { name, got, wanted })
        };
        if self.n == 0 || self.n > MAX_CANDIDATES {
            return bad("n", self.n.to_string(), format!("1 to {MAX_CANDIDATES}"));
        }
        if self.candidates() < self.n || self.best_of > MAX_CANDIDATES {
            let wanted = format!(
                "at least n, which is {}, and at most {MAX_CANDIDATES}",
                self.n
            );
            return bad("best_of", self.best_of.to_string(), wanted);
        }
        match self.logprobs {
            Some(top) if top > MAX_LOGPROBS => {
                return bad(
                    "logprobs",
                    top.to_string(),
                    format!("at most {MAX_LOGPROBS}"),
                );
            }
            _ => {}
        }
        if self.stop.iter().any(String::is_empty) {
            return bad(
                "stop",
                "an empty string".to_owned(),
                "a text to stop at".to_owned(),
            );
        }
        Ok(())
    }
}

/// A prompt ready for the engine.
struct Task {
    ids: Vec<u32>,
    /// Ids in front that are not part of the text.
    hidden: usize,
    echo: Echo,
    /// Stands where the answer's text begins, or the echo's. It renders all, as
    /// prompts show their special tokens; the writer leaves out the answer's.
    stream: DecodeStream,
    grammar: Option<Grammar>,
    /// How functions are called, if they are.
    calls: Option<CallSyntax>,
}

enum Echo {
    No,
    /// The prompt as one text.
    Text(String),
    /// Token by token, with log-probabilities.
    Tokens,
}

#[cfg(test)]
mod tests;
