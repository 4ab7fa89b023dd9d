//! The vocabulary that a GGUF file holds, `tokenizer.ggml.*`.

/// A GGUF vocabulary. `Vocabulary::default()` with the fields that the file
/// has; lists stand in the order of the ids.
#[derive(Clone, Debug, Default)]
pub struct Vocabulary<'a> {
    /// `gpt2` (byte-level BPE), `llama` (SentencePiece BPE) or `t5` (unigram).
    pub model: String,
    /// How `gpt2` splits a text before merging; absent means `default`.
    pub pre: Option<String>,
    pub tokens: Vec<&'a str>,
    /// For `llama` and `t5`: one for each token.
    pub scores: Vec<f32>,
    /// 1 normal, 2 unknown, 3 control, 4 user-defined, 5 unused, 6 byte; empty
    /// or one for each token.
    pub token_types: Vec<i32>,
    /// For `gpt2`: two pieces with a space between.
    pub merges: Vec<&'a str>,
    pub bos: Option<u32>,
    pub eos: Option<u32>,
    /// End of turn.
    pub eot: Option<u32>,
    pub unk: Option<u32>,
    pub pad: Option<u32>,
    pub add_bos: Option<bool>,
    pub add_eos: Option<bool>,
    pub add_space_prefix: Option<bool>,
    pub remove_extra_whitespaces: Option<bool>,
    /// SentencePiece's compiled normalisation rules, for `t5`.
    pub precompiled_charsmap: Option<Vec<u8>>,
    pub fim_prefix: Option<u32>,
    pub fim_suffix: Option<u32>,
    pub fim_middle: Option<u32>,
}
