//! GPT-2: pre-norm, learned positions, GELU, head tied to the embedding.
//!
//! Radford et al. 2019, §2.3, "Language models are unsupervised multitask
//! learners", <https://cdn.openai.com/better-language-models/language_models_are_unsupervised_multitask_learners.pdf>.
//!
//! ```text
//! x₀ = Wte[id] + Wpe[position]
//! n = layer_norm(x)    h = x + Wo · attention(Wq n, Wk n, Wv n) + bo
//! m = layer_norm(h)    y = h + W₂ gelu(W₁ m + b₁) + b₂
//! logits = Wte · layer_norm(y)
//! ```
//!
//! Traps: weights are stored as `Conv1D`, `[in, out]`; q, k and v are one
//! projection; GELU is its tanh approximation; there is no position beyond
//! the table.

use tensor::{LoadError, Parameter, Tensor};

use crate::attention::{Attention, AttentionShape};
use crate::config::Keys;
use crate::layers::{Embedding, LayerNorm, Linear, Mlp, activation};
use crate::weights::{Dim, Weights};
use crate::{LanguageModel, ModelShape};

/// The keys of config.json we use.
struct Config {
    vocab: usize,
    context: usize,
    layers: usize,
    hidden: usize,
    heads: usize,
    head_dim: usize,
    mlp_hidden: usize,
    norm_eps: f32,
    tied_head: bool,
    /// Whether attention logits are divided by √head_dim.
    scaled: bool,
    /// Whether those of layer i are also divided by i + 1, as Mistral's GPT-2s.
    scaled_by_layer: bool,
}

impl Config {
    fn parse(keys: &Keys) -> Result<Self, LoadError> {
        keys.only("add_cross_attention", false)?;
        let (hidden, heads) = (keys.size("n_embd")?, keys.size("n_head")?);
        Ok(Self {
            vocab: keys.size("vocab_size")?,
            context: keys.size("n_positions")?,
            layers: keys.layers("n_layer")?,
            hidden,
            heads,
            head_dim: keys.divide(("n_embd", hidden), ("n_head", heads))?,
            mlp_hidden: keys.size_or("n_inner", 4 * hidden)?,
            norm_eps: keys.float_or("layer_norm_epsilon", 1e-5)? as f32,
            tied_head: keys.flag_or("tie_word_embeddings", true)?,
            scaled: keys.flag_or("scale_attn_weights", true)?,
            scaled_by_layer: keys.flag_or("scale_attn_by_inverse_layer_idx", false)?,
        })
    }

    /// The factor of attention logits in layer `i`.
    fn scale(&self, i: usize) -> f32 {
        let by_head = if self.scaled {
            (self.head_dim as f32).sqrt()
        } else {
            1.0
        };
        let by_layer = if self.scaled_by_layer {
            (i + 1) as f32
        } else {
            1.0
        };
        1.0 / by_head / by_layer
    }
}

pub(crate) struct Gpt2 {
    config: Config,
    tokens: Embedding,
    positions: Embedding,
    blocks: Vec<Block>,
    norm: LayerNorm,
    head: Linear,
    parameters: Vec<Parameter>,
}

impl Gpt2 {
    pub(crate) fn load(keys: &Keys, w: &Weights) -> Result<Self, LoadError> {
        let c = Config::parse(keys)?;
        let (vocab, hidden) = (Dim::of("vocab_size", c.vocab), Dim::of("n_embd", c.hidden));
        let root = w.at("transformer");
        let tokens = root.embedding("wte", vocab, hidden)?;
        let positions = root.embedding("wpe", Dim::of("n_positions", c.context), hidden)?;
        let block = |i| Block::load(&root.at(format_args!("h.{i}")), keys, &c, i);
        let blocks = (0..c.layers).map(block).collect::<Result<_, _>>()?;
        let norm = root.layer_norm("ln_f", hidden, c.norm_eps)?;
        Ok(Self {
            head: w.head("lm_head", c.tied_head, &tokens, (hidden, vocab))?,
            parameters: w.parameters(),
            config: c,
            tokens,
            positions,
            blocks,
            norm,
        })
    }
}

impl LanguageModel for Gpt2 {
    fn shape(&self) -> ModelShape {
        let c = &self.config;
        ModelShape {
            vocab: c.vocab,
            context: c.context,
            layers: c.layers,
            hidden: c.hidden,
            heads: c.heads,
            kv_heads: c.heads,
            head_dim: c.head_dim,
            mlp_weights: 2 * c.hidden * c.mlp_hidden,
        }
    }

    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor {
        let positions = self.positions.forward(attention.positions());
        let mut x = &self.tokens.forward(ids) + &positions;
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(i, &x, attention);
        }
        self.norm.forward(&x)
    }

    fn logits(&self, hidden: &Tensor) -> Tensor {
        self.head.forward(hidden)
    }

    fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }
}

struct Block {
    shape: AttentionShape,
    attn_norm: LayerNorm,
    /// Wq, Wk, Wv, one below the other.
    wqkv: Linear,
    wo: Linear,
    mlp_norm: LayerNorm,
    mlp: Mlp,
}

impl Block {
    /// `w` stands at `transformer.h.{i}`.
    fn load(w: &Weights, keys: &Keys, c: &Config, i: usize) -> Result<Self, LoadError> {
        let hidden = Dim::of("n_embd", c.hidden);
        let qkv = Dim::product(("n_embd", c.hidden), ("", 3));
        let mlp_hidden = Dim::of("n_inner", c.mlp_hidden);
        Ok(Self {
            shape: AttentionShape {
                heads: c.heads,
                kv_heads: c.heads,
                head_dim: c.head_dim,
                scale: c.scale(i),
                window: None,
            },
            attn_norm: w.layer_norm("ln_1", hidden, c.norm_eps)?,
            wqkv: w.conv1d("attn.c_attn", hidden, qkv)?,
            wo: w.conv1d("attn.c_proj", hidden, hidden)?,
            mlp_norm: w.layer_norm("ln_2", hidden, c.norm_eps)?,
            mlp: Mlp {
                up: w.conv1d("mlp.c_fc", hidden, mlp_hidden)?,
                activation: activation(keys, "activation_function", "gelu_new")?,
                activation_name: w.name("mlp.act"),
                down: w.conv1d("mlp.c_proj", mlp_hidden, hidden)?,
            },
        })
    }

    /// `x` is `[T, hidden]`; so is the result.
    fn forward(&self, layer: usize, x: &Tensor, attention: &mut dyn Attention) -> Tensor {
        let qkv = self.wqkv.forward(&self.attn_norm.forward(x));
        let (all, width) = (qkv.cols(), x.cols());
        let [q, k, v] = [0, 1, 2].map(|part| qkv.columns(all, part * width, width));
        let attended = attention.attend(layer, &self.shape, &q, &k, &v);
        let h = x + &self.wo.forward(&attended);
        &h + &self.mlp.forward(&self.mlp_norm.forward(&h))
    }
}
