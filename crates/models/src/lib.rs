//! Language models, one readable file per architecture.
//!
//! A [`Checkpoint`] is a model's files in one dialect, Hugging Face's names;
//! [`load`] makes of it a [`LanguageModel`]. The same `forward` trains, fills a
//! cache and decodes: what differs is the [`Attention`] it is given and whether
//! a tape records. Loading checks all shapes and fails with a [`LoadError`];
//! computing does not fail.

mod attention;
mod bert;
pub mod checkpoint;
mod config;
mod gpt;
mod gpt2;
mod gpt_neox;
mod layers;
mod llama;
mod qwen2;
mod qwen3;
mod weights;

use tensor::{LoadError, Parameter, Tensor};

pub use attention::{Attention, AttentionShape, Bidirectional, Causal};
pub use checkpoint::Checkpoint;
pub use weights::{LoadOptions, save};

use weights::Loader;

/// Sizes that matter outside the model.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct ModelShape {
    /// Columns of the logits; every token id is below.
    pub vocab: usize,
    /// Positions the model was made for; with learned ones there are no more.
    pub context: usize,
    /// Transformer blocks.
    pub layers: usize,
    /// Columns of the hidden states.
    pub hidden: usize,
    /// Query heads of an attention.
    pub heads: usize,
    /// Key and value heads.
    pub kv_heads: usize,
    /// Channels of a head.
    pub head_dim: usize,
    /// Weights of a block's MLP.
    pub mlp_weights: usize,
}

/// A decoder: token ids in, a distribution over the next token out.
pub trait LanguageModel: Send + Sync {
    /// Its sizes.
    fn shape(&self) -> ModelShape;

    /// The last hidden states `[T, hidden]` of packed tokens, ready for
    /// [`logits`](Self::logits).
    ///
    /// # Panics
    /// If `ids` and the attention's positions differ in number, or an id or a
    /// learned position is beyond its table.
    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor;

    /// Logits `[T, vocab]` of hidden states `[T, hidden]`.
    fn logits(&self, hidden: &Tensor) -> Tensor;

    /// Every trainable weight once; none if not loaded as trainable.
    fn parameters(&self) -> &[Parameter];
}

/// Sizes of an encoder that matter outside it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub struct EncoderShape {
    /// Every token id is below.
    pub vocab: usize,
    /// Positions; there are no more.
    pub context: usize,
    /// Columns of the hidden states.
    pub hidden: usize,
    /// Transformer blocks.
    pub layers: usize,
}

/// An encoder: token ids in, a vector for each out.
pub trait Encoder: Send + Sync {
    /// Its sizes.
    fn shape(&self) -> EncoderShape;

    /// The last hidden states `[T, hidden]` of packed tokens.
    ///
    /// # Panics
    /// If `ids` and the attention's positions differ in number, or an id or a
    /// position is beyond its table.
    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor;
}

/// Whether `checkpoint` holds what [`load_encoder`] loads.
pub fn is_encoder(checkpoint: &Checkpoint) -> bool {
    checkpoint::ENCODERS.contains(&checkpoint.architecture.as_str())
}

/// The encoder in `checkpoint`, to be used, not trained.
///
/// # Errors
/// As [`load`]'s.
pub fn load_encoder(
    checkpoint: &Checkpoint,
    options: LoadOptions,
) -> Result<Box<dyn Encoder>, LoadError> {
    let keys = config::Keys::of(checkpoint);
    let loader = Loader::new(checkpoint, options);
    match checkpoint.architecture.as_str() {
        "bert" => Ok(Box::new(bert::Bert::load(&keys, &loader.root())?)),
        other => {
            let supported = checkpoint::ENCODERS.join(", ");
            Err(keys.unsupported("model_type", other, &supported))
        }
    }
}

/// The language model in `checkpoint`.
///
/// # Errors
/// If its architecture is not among ours, a key of its config is missing or
/// out of range, or a tensor is missing or has another shape than the config
/// implies.
pub fn load(
    checkpoint: &Checkpoint,
    options: LoadOptions,
) -> Result<Box<dyn LanguageModel>, LoadError> {
    let keys = config::Keys::of(checkpoint);
    let loader = Loader::new(checkpoint, options);
    let weights = loader.root();
    Ok(match checkpoint.architecture.as_str() {
        "openai-gpt" => Box::new(gpt::Gpt::load(&keys, &weights)?),
        "gpt2" => Box::new(gpt2::Gpt2::load(&keys, &weights)?),
        architecture @ ("llama" | "mistral") => {
            let mistral = architecture == "mistral";
            Box::new(llama::Llama::load(&keys, &weights, mistral)?)
        }
        "qwen2" => Box::new(qwen2::Qwen2::load(&keys, &weights)?),
        "qwen3" => Box::new(qwen3::Qwen3::load(&keys, &weights)?),
        "gpt_neox" => Box::new(gpt_neox::GptNeoX::load(&keys, &weights)?),
        other => {
            let mut supported = checkpoint::ARCHITECTURES.join(", ");
            if is_encoder(checkpoint) {
                supported += &format!("; {other} makes embeddings and writes no text");
            }
            return Err(keys.unsupported("model_type", other, &supported));
        }
    })
}
