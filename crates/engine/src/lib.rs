//! Token ids in, token ids out, many sequences at a time; and, in
//! [`completion`] alone, text in and text out.
//!
//! Read in this order: [`scheduler`] (pure: who computes what next), `step` (the
//! model and the sampler), `speculate` (several tokens of a sequence in a step), `grammar`
//! (which tokens may come),
//! [`handle`] (the thread and its door), [`completion`].

pub mod completion;
pub mod cost;
pub mod embedding;
pub mod handle;
pub mod paged;
pub mod pages;
pub mod sampler;
pub mod scheduler;

mod delta;
mod draft;
mod grammar;
mod live;
mod prefix;
mod rng;
mod speculate;
mod step;

pub use completion::{
    ChatRequest, CompletionError, CompletionRequest, Generation, GrammarOf, Message, OpenError,
    OpenOptions, Outlet, Prompt, Schema, TextModel, Tool, ToolCall, Tools, Underway,
    load_tokenizer,
};
pub use delta::{Alternative, Call, CallDelta, Choice, Completion, Delta, Token, Usage};
pub use embedding::{EmbedError, Embedder, Embeddings, Ticket};
pub use grammar::{Grammar, GrammarError, Grammars};
pub use handle::{Engine, EngineConfig, Reject, StartError, Status};
pub use sampler::{Logprobs, Sampling};
pub use scheduler::{Priority, Refusal, SequenceId};
pub use speculate::Speculation;
pub use step::{Callback, Event, Failure, FinishReason, Request};
