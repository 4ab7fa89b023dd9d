//! What completions and embeddings are asked of.

use serde_json::Value;

use crate::Error;
use crate::fields::{Fields, at_most, not_empty, wrong_type};

#[derive(Clone, Debug, PartialEq)]
pub enum Prompt {
    Text(String),
    Ids(Vec<u32>),
}

/// Prompts of a request.
const PROMPTS: usize = 2048;

const WANTED: &str = "a string, an array of strings, an array of token ids or an array of arrays \
                      of token ids";

/// A text, several, token ids, or several lists of them.
pub(crate) fn prompts(f: &mut Fields, name: &str) -> Result<Option<Vec<Prompt>>, Error> {
    let Some(value) = f.value(name) else {
        return Ok(None);
    };
    let wrong = || wrong_type(name, WANTED, &value);
    let prompts = match &value {
        Value::String(text) => vec![Prompt::Text(text.clone())],
        Value::Array(all) if matches!(all.first(), Some(Value::Number(_))) => {
            vec![Prompt::Ids(ids(all).ok_or_else(wrong)?)]
        }
        Value::Array(all) => {
            let several = all.iter().map(|prompt| match prompt {
                Value::String(text) => Some(Prompt::Text(text.clone())),
                Value::Array(all) => ids(all).map(Prompt::Ids),
                _ => None,
            });
            several.collect::<Option<_>>().ok_or_else(wrong)?
        }
        _ => return Err(wrong()),
    };
    not_empty(name, prompts.len())?;
    at_most(name, prompts.len(), PROMPTS)?;
    Ok(Some(prompts))
}

fn ids(all: &[Value]) -> Option<Vec<u32>> {
    let ids = all.iter().map(|id| u32::try_from(id.as_u64()?).ok());
    ids.collect()
}
