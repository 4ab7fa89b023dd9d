//! Tokens counted.

use serde::Serialize;
use serde::ser::{SerializeStruct as _, Serializer};
use serde_json::json;

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    pub prompt_tokens: usize,
    /// Of the prompt, those that were found computed.
    pub cached_tokens: usize,
    pub completion_tokens: usize,
    pub total_tokens: usize,
}

impl Serialize for Usage {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        let mut object = serializer.serialize_struct("Usage", 4)?;
        object.serialize_field("prompt_tokens", &self.prompt_tokens)?;
        object.serialize_field("completion_tokens", &self.completion_tokens)?;
        object.serialize_field("total_tokens", &self.total_tokens)?;
        let details = json!({"cached_tokens": self.cached_tokens});
        object.serialize_field("prompt_tokens_details", &details)?;
        object.end()
    }
}

impl Usage {
    /// Counts a prompt and its answers.
    pub fn add(&mut self, prompt_tokens: usize, cached_tokens: usize, completion_tokens: usize) {
        self.prompt_tokens += prompt_tokens;
        self.cached_tokens += cached_tokens;
        self.completion_tokens += completion_tokens;
        self.total_tokens = self.prompt_tokens + self.completion_tokens;
    }
}

/// What an object says of the usage.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Told {
    /// Nothing: who did not ask does not expect the field.
    Never,
    /// Null, as the last chunk of the stream tells it.
    Later,
    Now(Usage),
}
