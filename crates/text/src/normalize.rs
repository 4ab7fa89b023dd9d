//! Normalisation of a text before it is split, after Hugging Face's
//! `tokenizers`.

use crate::charsmap::Charsmap;
use crate::pattern::Pattern;
use crate::unicode::{NONSPACING, OTHER};
use std::borrow::Cow;
use unicode_normalization::{UnicodeNormalization, char::is_combining_mark};

pub(crate) enum Normalize {
    Nfc,
    Nfd,
    Nfkc,
    Nfkd,
    Lowercase,
    Replace(Pattern, String),
    /// In front of a text that is not empty.
    Prepend(String),
    Strip {
        left: bool,
        right: bool,
    },
    StripAccents,
    Bert(Bert),
    Charsmap(Charsmap),
}

/// BERT's cleaning, in this order.
pub(crate) struct Bert {
    pub(crate) clean: bool,
    pub(crate) space_chinese: bool,
    pub(crate) strip_accents: bool,
    pub(crate) lowercase: bool,
}

/// Runs the steps one after the other.
pub(crate) fn normalize<'a>(steps: &[Normalize], text: &'a str) -> Cow<'a, str> {
    let mut text = Cow::Borrowed(text);
    for step in steps {
        if let Some(changed) = step.apply(&text) {
            text = Cow::Owned(changed);
        }
    }
    text
}

impl Normalize {
    /// None: nothing to change.
    fn apply(&self, text: &str) -> Option<String> {
        Some(match self {
            // ASCII is its own normal form.
            Self::Nfc | Self::Nfd | Self::Nfkc | Self::Nfkd if text.is_ascii() => return None,
            Self::Nfc => text.nfc().collect(),
            Self::Nfd => text.nfd().collect(),
            Self::Nfkc => text.nfkc().collect(),
            Self::Nfkd => text.nfkd().collect(),
            Self::Lowercase => lowercase(text),
            Self::Replace(pattern, with) => pattern.replace_all(text, with),
            Self::Prepend(_) if text.is_empty() => return None,
            Self::Prepend(prefix) => format!("{prefix}{text}"),
            Self::Strip { left, right } => {
                let text = if *left { text.trim_start() } else { text };
                let text = if *right { text.trim_end() } else { text };
                text.to_owned()
            }
            Self::StripAccents => text.chars().filter(|&c| !is_combining_mark(c)).collect(),
            Self::Bert(bert) => bert.apply(text),
            Self::Charsmap(map) => map.apply(text),
        })
    }
}

/// Character by character: a final sigma is a sigma.
fn lowercase(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

impl Bert {
    fn apply(&self, text: &str) -> String {
        let mut text = text.to_owned();
        if self.clean {
            let kept = text.chars().filter(|&c| !is_control(c));
            text = kept
                .map(|c| if c.is_whitespace() { ' ' } else { c })
                .collect();
        }
        if self.space_chinese {
            let mut spaced = String::with_capacity(text.len());
            for c in text.chars() {
                if is_chinese(c) {
                    spaced.extend([' ', c, ' ']);
                } else {
                    spaced.push(c);
                }
            }
            text = spaced;
        }
        if self.strip_accents {
            text = text.nfd().filter(|&c| !NONSPACING.has(c)).collect();
        }
        if self.lowercase {
            text = lowercase(&text);
        }
        text
    }
}

fn is_control(c: char) -> bool {
    match c {
        '\t' | '\n' | '\r' => false,
        '\0' | '\u{FFFD}' => true,
        _ => OTHER.has(c),
    }
}

/// The blocks that BERT's reference code calls Chinese.
fn is_chinese(c: char) -> bool {
    matches!(
        u32::from(c),
        0x4E00..=0x9FFF
            | 0x3400..=0x4DBF
            | 0x20000..=0x2A6DF
            | 0x2A700..=0x2B73F
            | 0x2B740..=0x2B81F
            | 0x2B920..=0x2CEAF
            | 0xF900..=0xFAFF
            | 0x2F800..=0x2FA1F
    )
}
