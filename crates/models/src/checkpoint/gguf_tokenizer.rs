//! The tokenizer in a GGUF file's metadata.

use tensor::error::LoadError;
use tensor::gguf::{Metadata, Strings};

use super::TokenizerSource;

/// The tokenizer in a file's metadata, under `tokenizer.ggml.*`; the fields
/// have the keys' names, without `_token_id`.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct GgufTokenizer {
    /// The algorithm: `gpt2` (byte-level BPE), `llama` (SentencePiece BPE), `t5`
    /// (unigram), …
    pub model: String,
    /// The name of the pre-tokenizer.
    pub pre: Option<String>,
    pub tokens: Strings,
    /// Empty, or one per token.
    pub scores: Vec<f32>,
    /// Empty, or one per token: 1 normal, 2 unknown, 3 control, 4 user-defined,
    /// 5 unused, 6 byte.
    pub token_types: Vec<i32>,
    pub merges: Strings,
    pub bos: Option<u32>,
    pub eos: Option<u32>,
    pub eot: Option<u32>,
    pub eom: Option<u32>,
    pub unk: Option<u32>,
    pub pad: Option<u32>,
    pub sep: Option<u32>,
    pub fim_pre: Option<u32>,
    pub fim_suf: Option<u32>,
    pub fim_mid: Option<u32>,
    pub add_bos: Option<bool>,
    pub add_eos: Option<bool>,
    pub add_space_prefix: Option<bool>,
    pub remove_extra_whitespaces: Option<bool>,
    /// SentencePiece's normalisation table.
    pub precompiled_charsmap: Option<Vec<u8>>,
    pub chat_template: Option<String>,
}

/// The file's tokenizer, its lists as long as each other and its ids among them.
/// The long lists leave the metadata: copying 100,000 strings takes a while.
pub(super) fn tokenizer(metadata: &mut Metadata) -> Result<TokenizerSource, LoadError> {
    let key = |name: &str| format!("tokenizer.ggml.{name}");
    let Some(model) = metadata.str(&key("model"))?.map(str::to_owned) else {
        return Ok(TokenizerSource::None);
    };
    metadata.required(&key("tokens"), Metadata::strings)?;
    let tokens = metadata.take_strings(&key("tokens"))?.unwrap_or_default();
    let merges = metadata.take_strings(&key("merges"))?.unwrap_or_default();
    let metadata = &*metadata;
    let text = |key: &str| Ok::<_, LoadError>(metadata.str(key)?.map(str::to_owned));
    let id = |name: &str| {
        let key = key(&format!("{name}_token_id"));
        match metadata.u64(&key)? {
            // llama.cpp writes 2^32 - 1 for none.
            None | Some(0xFFFF_FFFF) => Ok(None),
            Some(id) if id < tokens.len() as u64 => Ok(Some(id as u32)),
            Some(id) => {
                let wanted = format!("below the vocabulary size {}", tokens.len());
                Err(metadata.format(&key, wanted, id.to_string()))
            }
        }
    };
    let per_token = |name: &str, len: usize| {
        if len == 0 || len == tokens.len() {
            return Ok(());
        }
        let wanted = format!("as long as tokens, {}", tokens.len());
        Err(metadata.format(&key(name), wanted, len.to_string()))
    };
    let scores = metadata.f32s(&key("scores"))?.unwrap_or(&[]).to_vec();
    per_token("scores", scores.len())?;
    let token_types = metadata.i32s(&key("token_type"))?.unwrap_or_default();
    per_token("token_type", token_types.len())?;
    Ok(TokenizerSource::Gguf(Box::new(GgufTokenizer {
        model,
        pre: text(&key("pre"))?,
        scores,
        token_types,
        merges,
        bos: id("bos")?,
        eos: id("eos")?,
        eot: id("eot")?,
        eom: id("eom")?,
        unk: id("unknown")?,
        pad: id("padding")?,
        // The format's own spelling.
        sep: id("seperator")?,
        fim_pre: id("fim_pre")?.or(id("prefix")?),
        fim_suf: id("fim_suf")?.or(id("suffix")?),
        fim_mid: id("fim_mid")?.or(id("middle")?),
        add_bos: metadata.bool(&key("add_bos_token"))?,
        add_eos: metadata.bool(&key("add_eos_token"))?,
        add_space_prefix: metadata.bool(&key("add_space_prefix"))?,
        remove_extra_whitespaces: metadata.bool(&key("remove_extra_whitespaces"))?,
        precompiled_charsmap: metadata.bytes(&key("precompiled_charsmap"))?,
        chat_template: text("tokenizer.chat_template")?,
        tokens,
    })))
}
