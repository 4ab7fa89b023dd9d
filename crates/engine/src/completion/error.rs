//! Why there is no answer.

use std::sync::Arc;

use crate::Reject;
use crate::grammar::GrammarError;
use crate::scheduler::Refusal;
use crate::step::Failure;

/// What a grammar was to be made of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GrammarOf {
    Format,
    /// A tool, by its place.
    Tool(usize),
    /// All that an answer may be.
    Answer,
}

/// Why there is no answer.
#[derive(Debug, thiserror::Error)]
pub enum CompletionError {
    #[error("the prompt is empty and the model has no token that begins a text")]
    EmptyPrompt,
    #[error("the model's tokenizer has no fill-in-the-middle tokens, which a suffix needs")]
    NoInfill,
    #[error("the model has no chat template")]
    NoTemplate,
    #[error("cannot render the chat template")]
    Template(#[source] Arc<text::TemplateError>),
    #[error("{name} is {got}, wanted {wanted}")]
    Parameter {
        name: &'static str,
        got: String,
        wanted: String,
    },
    #[error("cannot keep to the schema")]
    Grammar { of: GrammarOf, source: GrammarError },
    #[error(transparent)]
    Rejected(#[from] Reject),
    #[error("the model did not finish its answer")]
    Failed(#[source] Failure),
}

impl CompletionError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::EmptyPrompt => "give at least one character",
            Self::NoInfill => "leave the suffix out, or take a model trained to fill in",
            Self::NoTemplate => "complete a text instead, or take a model made for chat",
            Self::Rejected(Reject::Refused(Refusal::Context { .. })) => {
                "shorten the prompt or generate fewer tokens"
            }
            Self::Rejected(Reject::Refused(Refusal::Memory { .. })) => {
                "give the KV cache more memory, or shorten the prompt"
            }
            Self::Rejected(Reject::Busy { retry_after_s, .. }) => {
                return Some(format!("try again in {retry_after_s} s"));
            }
            _ => return None,
        };
        Some(hint.to_owned())
    }
}
