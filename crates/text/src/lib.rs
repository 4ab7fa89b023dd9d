//! Text to token ids and back, and conversations to text.
//!
//! A [`Tokenizer`] comes from a `tokenizer.json` or from what a GGUF file
//! holds ([`Vocabulary`]). [`DecodeStream`] turns ids to text as they come,
//! [`StopStrings`] ends that text, [`ChatTemplate`] renders a conversation. [`CallParser`]
//! finds calls of functions in an answer, grammars say what an answer may be ([`Tools`]).
//!
//! Left out: WordLevel, BPE dropout, truncation, padding and offsets.

mod added;
mod answer;
mod bpe;
mod bytes;
mod charsmap;
mod chat;
pub mod cl100k;
mod error;
mod gguf;
mod hash;
mod json;
mod names;
mod normalize;
mod pattern;
mod pieces;
mod scan;
mod split;
mod stop;
mod stream;
mod tokenizer;
mod tool_call;
mod unicode;
mod unigram;
mod vocabulary;
mod wordpiece;

pub use answer::{MAX_CALLS, Schema, Tools, arguments_grammar, calls_grammar, schema_grammar};
pub use chat::{ChatInput, ChatTemplate, Message};
pub use error::{TemplateError, TokenizerError};
pub use stop::StopStrings;
pub use stream::{DecodeStream, Rendering};
pub use tokenizer::{Fim, Specials, Tokenizer};
pub use tool_call::{AnswerPiece, CallParser, CallSyntax, Tool, ToolCall};
pub use vocabulary::Vocabulary;
