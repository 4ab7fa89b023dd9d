//! Hugging Face's `tokenizer.json`.
//!
//! Left out, and refused by name: WordLevel, BPE dropout, and
//! steps that no supported model has.

mod decoder;
mod model;
pub(crate) mod steps;

use crate::added::Added;
use crate::error::TokenizerError;
use crate::pieces::Pieces;
use crate::tokenizer::{Named, Parts, Tokenizer};
pub(crate) use model::check_length;
use serde_json::{Map, Value};

type Result<T> = std::result::Result<T, TokenizerError>;

/// A list of steps within steps has at most so many.
pub(crate) const STEP_LIMIT: usize = 64;

/// End-of-text tokens of models whose files do not say.
const EOS_NAMES: [&str; 5] = [
    "</s>",
    "<|end_of_text|>",
    "<|endoftext|>",
    "<eos>",
    "<|im_end|>",
];

impl Tokenizer {
    /// Reads a `tokenizer.json`.
    ///
    /// Which tokens begin and end a text is taken from its post-processor, and
    /// from well-known names; [`Self::with_config`] knows better.
    pub fn from_json(bytes: &[u8]) -> Result<Self> {
        let json: Value = serde_json::from_slice(bytes).map_err(TokenizerError::Json)?;
        let root = object(&json, "tokenizer.json")?;
        let added = added_tokens(root)?;
        let mut split = Vec::new();
        let byte_level = steps::split(root.get("pre_tokenizer"), &mut split)?;
        let mut normalize = Vec::new();
        steps::normalize(root.get("normalizer"), &mut normalize)?;
        let spelling = decoder::spelling(root.get("decoder"), byte_level)?;
        let Some(model) = root.get("model") else {
            return Err(TokenizerError::field("model", "an object", "nothing"));
        };
        let (model, mut pieces) = model::read(model, byte_level, spelling, added.len())?;
        let limit = pieces.len() + added.len();
        for token in &added {
            let field = "added_tokens.id";
            pieces.add_verbatim(field, token.id.into(), &token.content, token.special, limit)?;
        }
        let named = named(root, &pieces)?;
        Self::assemble(Parts {
            pieces,
            added,
            normalize,
            split,
            model,
            named,
        })
    }

    /// Takes bos, eos, unk and pad, and whether a text begins with bos and
    /// ends with eos, from a `tokenizer_config.json`.
    pub fn with_config(mut self, config: &Value) -> Result<Self> {
        let pieces = &self.parts.pieces;
        let token = |name: &str| -> Result<Option<u32>> {
            let text = match config.get(name) {
                None | Some(Value::Null) => return Ok(None),
                Some(Value::String(text)) => text,
                Some(other) => string(other.get("content").unwrap_or(other), name)?,
            };
            let unknown = || TokenizerError::field(name, "a token of the vocabulary", text);
            pieces.id(text).ok_or_else(unknown).map(Some)
        };
        let (bos, eos) = (token("bos_token")?, token("eos_token")?);
        let (unk, pad) = (token("unk_token")?, token("pad_token")?);
        let named = &mut self.parts.named;
        named.bos = bos.or(named.bos);
        named.eos = eos.or(named.eos);
        named.unk = unk.or(named.unk);
        named.pad = pad.or(named.pad);
        let flag = |name: &str| config.get(name).and_then(Value::as_bool);
        frame(&mut named.prefix, named.bos, flag("add_bos_token"));
        frame(&mut named.suffix, named.eos, flag("add_eos_token"));
        Ok(self)
    }
}

/// Makes `ids` hold `token` or not, as `wanted` says.
pub(crate) fn frame(ids: &mut Vec<u32>, token: Option<u32>, wanted: Option<bool>) {
    let (Some(token), Some(wanted)) = (token, wanted) else {
        return;
    };
    let held = ids.contains(&token);
    if wanted && !held {
        ids.insert(0, token);
    } else if !wanted {
        ids.retain(|&id| id != token);
    }
}

fn added_tokens(root: &Map<String, Value>) -> Result<Vec<Added>> {
    let Some(list) = root.get("added_tokens").filter(|value| !value.is_null()) else {
        return Ok(Vec::new());
    };
    let read = |token: &Value| {
        let flag = |name: &str| token.get(name).and_then(Value::as_bool);
        let id = token.get("id").unwrap_or(&Value::Null);
        let content = token.get("content").unwrap_or(&Value::Null);
        let special = flag("special").unwrap_or(false);
        Ok(Added {
            id: token_id(id, "added_tokens.id")?,
            content: string(content, "added_tokens.content")?.to_owned(),
            special,
            single_word: flag("single_word").unwrap_or(false),
            lstrip: flag("lstrip").unwrap_or(false),
            rstrip: flag("rstrip").unwrap_or(false),
            normalized: flag("normalized").unwrap_or(!special),
        })
    };
    array(list, "added_tokens")?.iter().map(read).collect()
}

/// What the post-processor frames a text with, and the roles that shows.
fn named(root: &Map<String, Value>, pieces: &Pieces) -> Result<Named> {
    let mut named = Named::default();
    post_processor(root.get("post_processor"), pieces, &mut named)?;
    named.bos = named.prefix.first().copied();
    named.eos = named.suffix.last().copied();
    let special = |name: &&str| pieces.id(name).filter(|&id| pieces.is_special(id));
    named.eos = named.eos.or_else(|| EOS_NAMES.iter().find_map(special));
    let unk = root.get("model").and_then(|model| model.get("unk_token"));
    named.unk = unk.and_then(Value::as_str).and_then(|unk| pieces.id(unk));
    Ok(named)
}

fn post_processor(json: Option<&Value>, pieces: &Pieces, named: &mut Named) -> Result<()> {
    const FIELD: &str = "post_processor";
    let Some(json) = json.filter(|json| !json.is_null()) else {
        return Ok(());
    };
    let piece = |text: &Value| {
        let text = string(text, FIELD)?;
        let unknown = || TokenizerError::field(FIELD, "a token of the vocabulary", text);
        pieces.id(text).ok_or_else(unknown)
    };
    let null = &Value::Null;
    match json
        .get("type")
        .and_then(Value::as_str)
        .unwrap_or("nothing")
    {
        "ByteLevel" => Ok(()),
        "Sequence" => {
            let list = array(
                json.get("processors").unwrap_or(null),
                "post_processor.processors",
            )?;
            // Sequences within sequences are not written by anything.
            let flat = |step: &&Value| step.get("type").and_then(Value::as_str) != Some("Sequence");
            list.iter()
                .filter(flat)
                .try_for_each(|step| post_processor(Some(step), pieces, named))
        }
        "TemplateProcessing" => {
            let single = array(json.get("single").unwrap_or(null), "post_processor.single")?;
            let mut behind = false;
            for step in single {
                let Some(special) = step.get("SpecialToken") else {
                    behind = true;
                    continue;
                };
                let id = piece(special.get("id").unwrap_or(null))?;
                let side = if behind {
                    &mut named.suffix
                } else {
                    &mut named.prefix
                };
                side.push(id);
            }
            Ok(())
        }
        "BertProcessing" | "RobertaProcessing" => {
            let first = |name: &str| json.get(name).and_then(|pair| pair.get(0)).unwrap_or(null);
            named.prefix.push(piece(first("cls"))?);
            named.suffix.push(piece(first("sep"))?);
            Ok(())
        }
        other => Err(TokenizerError::unsupported(
            "post_processor.type",
            other,
            "TemplateProcessing, ByteLevel, BertProcessing, RobertaProcessing, Sequence",
        )),
    }
}

pub(crate) fn object<'a>(value: &'a Value, field: &str) -> Result<&'a Map<String, Value>> {
    value
        .as_object()
        .ok_or_else(|| TokenizerError::field(field, "an object", kind(value)))
}

pub(crate) fn array<'a>(value: &'a Value, field: &str) -> Result<&'a [Value]> {
    let wrong = || TokenizerError::field(field, "a list", kind(value));
    value.as_array().map(Vec::as_slice).ok_or_else(wrong)
}

pub(crate) fn string<'a>(value: &'a Value, field: &str) -> Result<&'a str> {
    value
        .as_str()
        .ok_or_else(|| TokenizerError::field(field, "a text", kind(value)))
}

fn token_id(value: &Value, field: &str) -> Result<u32> {
    let id = value.as_u64().and_then(|id| u32::try_from(id).ok());
    id.ok_or_else(|| TokenizerError::field(field, "an id below 2^32", kind(value)))
}

/// Names a value in an error; only numbers are short enough to be shown.
pub(crate) fn kind(value: &Value) -> String {
    match value {
        Value::Null => "nothing".into(),
        Value::Bool(_) | Value::Number(_) => value.to_string(),
        Value::String(_) => "a text".into(),
        Value::Array(list) => format!("a list of {}", list.len()),
        Value::Object(_) => "an object".into(),
    }
}
