//! Normalizers and pre-tokenizers of a `tokenizer.json`.

use super::{Result, STEP_LIMIT, array, kind, string};
use crate::charsmap::Charsmap;
use crate::error::TokenizerError;
use crate::normalize::{Bert, Normalize};
use crate::pattern::Pattern;
use crate::scan::Scanner;
use crate::split::{Behavior, CharClass, Metaspace, Prepend, Split};
use serde_json::Value;

const NULL: &Value = &Value::Null;

fn get<'a>(json: &'a Value, name: &str) -> &'a Value {
    json.get(name).unwrap_or(NULL)
}

fn flag(json: &Value, name: &str, default: bool) -> bool {
    get(json, name).as_bool().unwrap_or(default)
}

/// The steps of a value that is a step, a `Sequence` of steps, or nothing.
fn flatten<'a>(
    json: Option<&'a Value>,
    list: &str,
    field: &str,
    out: &mut Vec<&'a Value>,
) -> Result<()> {
    let Some(json) = json.filter(|json| !json.is_null()) else {
        return Ok(());
    };
    if get(json, "type") == "Sequence" {
        let steps = array(get(json, list), &format!("{field}.{list}"))?;
        // JSON itself nests at most 128 deep.
        return steps
            .iter()
            .try_for_each(|step| flatten(Some(step), list, field, out));
    }
    out.push(json);
    if out.len() > STEP_LIMIT {
        let wanted = format!("at most {STEP_LIMIT} steps");
        return Err(TokenizerError::field(field, wanted, "more"));
    }
    Ok(())
}

pub(super) fn normalize(json: Option<&Value>, out: &mut Vec<Normalize>) -> Result<()> {
    let mut steps = Vec::new();
    flatten(json, "normalizers", "normalizer", &mut steps)?;
    for step in steps {
        out.push(match get(step, "type").as_str().unwrap_or("nothing") {
            "NFC" => Normalize::Nfc,
            "NFD" => Normalize::Nfd,
            "NFKC" => Normalize::Nfkc,
            "NFKD" => Normalize::Nfkd,
            "Lowercase" => Normalize::Lowercase,
            "StripAccents" => Normalize::StripAccents,
            "Strip" => Normalize::Strip {
                left: flag(step, "strip_left", true),
                right: flag(step, "strip_right", true),
            },
            "Prepend" => {
                Normalize::Prepend(string(get(step, "prepend"), "normalizer.prepend")?.to_owned())
            }
            "Replace" => Normalize::Replace(
                Pattern::parse(get(step, "pattern"), "normalizer.pattern")?,
                string(get(step, "content"), "normalizer.content")?.to_owned(),
            ),
            "BertNormalizer" => {
                let lowercase = flag(step, "lowercase", true);
                Normalize::Bert(Bert {
                    clean: flag(step, "clean_text", true),
                    space_chinese: flag(step, "handle_chinese_chars", true),
                    strip_accents: flag(step, "strip_accents", lowercase),
                    lowercase,
                })
            }
            "Precompiled" => {
                let field = "normalizer.precompiled_charsmap";
                let text = get(step, "precompiled_charsmap");
                // Without rules it changes nothing.
                if text.as_str().is_none_or(str::is_empty) {
                    continue;
                }
                let Some(bytes) = base64(string(text, field)?) else {
                    return Err(TokenizerError::field(field, "base64", "another text"));
                };
                Normalize::Charsmap(Charsmap::parse(&bytes, field)?)
            }
            other => {
                return Err(TokenizerError::unsupported(
                    "normalizer.type",
                    other,
                    "NFC, NFD, NFKC, NFKD, Lowercase, StripAccents, Strip, Prepend, Replace, \
                     BertNormalizer, Precompiled, Sequence",
                ));
            }
        });
    }
    Ok(())
}

/// Gives whether words end up in the byte-level alphabet.
pub(super) fn split(json: Option<&Value>, out: &mut Vec<Split>) -> Result<bool> {
    const FIELD: &str = "pre_tokenizer";
    let mut steps = Vec::new();
    flatten(json, "pretokenizers", FIELD, &mut steps)?;
    let last = steps.len().saturating_sub(1);
    let mut byte_level = false;
    for (i, step) in steps.into_iter().enumerate() {
        let chars = |class, behavior| Split::Chars { class, behavior };
        match get(step, "type").as_str().unwrap_or("nothing") {
            "ByteLevel" if i < last => {
                return Err(TokenizerError::unsupported(
                    FIELD,
                    "ByteLevel before other steps",
                    "ByteLevel as the last step",
                ));
            }
            "ByteLevel" => {
                byte_level = true;
                if flag(step, "add_prefix_space", true) {
                    out.push(Split::SpacePrefix);
                }
                if flag(step, "use_regex", true) {
                    out.push(Split::Pattern {
                        pattern: Pattern::Scanner(Scanner::Gpt2),
                        behavior: Behavior::Isolated,
                        invert: false,
                    });
                }
            }
            "Split" => out.push(Split::Pattern {
                pattern: Pattern::parse(get(step, "pattern"), "pre_tokenizer.pattern")?,
                behavior: behavior(get(step, "behavior"))?,
                invert: flag(step, "invert", false),
            }),
            "Digits" => out.push(match flag(step, "individual_digits", false) {
                true => chars(CharClass::Digit, Behavior::Isolated),
                false => chars(CharClass::Digit, Behavior::Contiguous),
            }),
            "Punctuation" => {
                let behavior = match step.get("behavior") {
                    Some(name) => behavior(name)?,
                    None => Behavior::Isolated,
                };
                out.push(chars(CharClass::Punctuation, behavior));
            }
            "Whitespace" => out.push(Split::Words),
            "WhitespaceSplit" => out.push(chars(CharClass::Whitespace, Behavior::Removed)),
            "CharDelimiterSplit" => {
                let delimiter = one_char(get(step, "delimiter"), "pre_tokenizer.delimiter")?;
                out.push(chars(CharClass::Char(delimiter), Behavior::Removed));
            }
            "BertPreTokenizer" => {
                out.push(chars(CharClass::Whitespace, Behavior::Removed));
                out.push(chars(CharClass::Punctuation, Behavior::Isolated));
            }
            "Metaspace" => out.push(Split::Metaspace(metaspace(step, FIELD)?)),
            other => {
                return Err(TokenizerError::unsupported(
                    "pre_tokenizer.type",
                    other,
                    "ByteLevel, Split, Digits, Punctuation, Whitespace, WhitespaceSplit, \
                     CharDelimiterSplit, BertPreTokenizer, Metaspace, Sequence",
                ));
            }
        }
    }
    Ok(byte_level)
}

/// `Metaspace` is a pre-tokenizer and a decoder.
pub(super) fn metaspace(json: &Value, field: &str) -> Result<Metaspace> {
    let scheme = json.get("prepend_scheme").and_then(Value::as_str);
    // Older files say only whether there is a prefix.
    let prepend = match scheme {
        Some("first") => Prepend::First,
        Some("never") => Prepend::Never,
        _ if !flag(json, "add_prefix_space", true) => Prepend::Never,
        None | Some("always") => Prepend::Always,
        Some(other) => {
            let wanted = "always, first or never";
            let field = format!("{field}.prepend_scheme");
            return Err(TokenizerError::field(field, wanted, other));
        }
    };
    Ok(Metaspace {
        replacement: one_char(get(json, "replacement"), &format!("{field}.replacement"))?,
        prepend,
        split: flag(json, "split", true),
    })
}

fn behavior(json: &Value) -> Result<Behavior> {
    Ok(match json.as_str().unwrap_or("nothing") {
        "Removed" => Behavior::Removed,
        "Isolated" => Behavior::Isolated,
        "MergedWithPrevious" => Behavior::MergedWithPrevious,
        "MergedWithNext" => Behavior::MergedWithNext,
        "Contiguous" => Behavior::Contiguous,
        other => {
            return Err(TokenizerError::unsupported(
                "pre_tokenizer.behavior",
                other,
                "Removed, Isolated, MergedWithPrevious, MergedWithNext, Contiguous",
            ));
        }
    })
}

fn one_char(json: &Value, field: &str) -> Result<char> {
    let mut chars = string(json, field)?.chars();
    match (chars.next(), chars.next()) {
        (Some(c), None) => Ok(c),
        _ => Err(TokenizerError::field(field, "one character", kind(json))),
    }
}

/// Decodes standard base64; None if it is not.
pub(crate) fn base64(text: &str) -> Option<Vec<u8>> {
    let mut out = Vec::with_capacity(text.len() / 4 * 3);
    let (mut bits, mut held) = (0u32, 0);
    for byte in text.trim_end_matches('=').bytes() {
        let value = match byte {
            b'A'..=b'Z' => byte - b'A',
            b'a'..=b'z' => byte - b'a' + 26,
            b'0'..=b'9' => byte - b'0' + 52,
            b'+' => 62,
            b'/' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(value);
        held += 6;
        if held >= 8 {
            held -= 8;
            out.push((bits >> held) as u8);
        }
    }
    Some(out)
}
