//! What the pages need and OpenAI's API lacks: a file per subject.

pub(crate) mod keys;
pub(crate) mod logs;
pub(crate) mod models;
pub(crate) mod preferences;
pub(crate) mod prompt;
pub(crate) mod settings;
