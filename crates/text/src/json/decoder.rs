//! The decoder of a `tokenizer.json`, as the spelling of its pieces.

use super::{Result, array, steps, string};
use crate::error::TokenizerError;
use crate::pieces::Spelling;
use crate::split::Prepend;
use serde_json::Value;

const SUPPORTED: &str = "ByteLevel, ByteFallback, Fuse, Metaspace, Replace (of a text), \
                         Strip (of spaces at the beginning, after Fuse), BPEDecoder, \
                         WordPiece, Sequence";

/// Every decoder here gives each token its own bytes, and takes spaces only
/// from the beginning or the end of a text; so a stream can be decoded.
pub(super) fn spelling(json: Option<&Value>, byte_level: bool) -> Result<Spelling> {
    let mut spelling = Spelling {
        byte_level,
        ..Spelling::default()
    };
    let mut fused = false;
    if let Some(json) = json.filter(|json| !json.is_null()) {
        read(json, &mut spelling, &mut fused)?;
    }
    Ok(spelling)
}

fn read(json: &Value, spelling: &mut Spelling, fused: &mut bool) -> Result<()> {
    let get = |name: &str| json.get(name).unwrap_or(&Value::Null);
    match get("type").as_str().unwrap_or("nothing") {
        "Sequence" => {
            let steps = array(get("decoders"), "decoder.decoders")?;
            return steps
                .iter()
                .try_for_each(|step| read(step, spelling, fused));
        }
        // The model says what its pieces begin with; spaces before punctuation stay.
        "WordPiece" => {}
        "ByteLevel" => spelling.byte_level = true,
        "ByteFallback" => spelling.byte_fallback = true,
        "Fuse" => *fused = true,
        "Metaspace" => {
            let metaspace = steps::metaspace(json, "decoder")?;
            spelling
                .replace
                .push((metaspace.replacement.into(), " ".into()));
            spelling.strip_start = usize::from(metaspace.prepend != Prepend::Never);
        }
        "Replace" => {
            let Some(from) = get("pattern").get("String").and_then(Value::as_str) else {
                return Err(unsupported("Replace of a pattern"));
            };
            let to = string(get("content"), "decoder.content")?;
            spelling.replace.push((from.to_owned(), to.to_owned()));
        }
        "Strip" => {
            let count = |name: &str| get(name).as_u64().unwrap_or(0) as usize;
            if get("content") != " " || count("stop") != 0 || !*fused {
                return Err(unsupported("another Strip"));
            }
            spelling.strip_start = count("start");
        }
        "BPEDecoder" => {
            let suffix = json.get("suffix").and_then(Value::as_str);
            spelling.suffix = suffix.unwrap_or("</w>").to_owned();
        }
        other => return Err(unsupported(other)),
    }
    Ok(())
}

fn unsupported(got: &str) -> TokenizerError {
    TokenizerError::unsupported("decoder.type", got, SUPPORTED)
}
