//! OpenAI's wire types: what requests say, what answers look like.
//!
//! The only crate that spells OpenAI's names, and no logic beyond them. A
//! request is read field by field ([`fields`]), so that an error names the
//! field, what was wanted and what was got; a field that OpenAI documents is
//! honoured or refused by name, any other is reported back as ignored.
//!
//! Shapes follow the published OpenAPI document and what clients rely on.

pub mod batches;
pub mod chat;
pub mod completions;
pub mod edits;
pub mod embeddings;
pub mod error;
pub mod fields;
pub mod files;
pub mod models;
pub mod organization;
pub mod pages;
pub mod prompt;
pub mod responses;
pub mod sampling;
pub mod tools;
pub mod usage;

pub use error::Error;
pub use fields::Fields;
pub use usage::{Told, Usage};

/// A request, and the fields of its body that mean nothing here.
#[derive(Debug)]
pub struct Parsed<T> {
    pub request: T,
    pub ignored: Vec<String>,
}
