//! GPT, the first: post-norm, learned positions, GELU, tied head.
//!
//! Radford et al. 2018, §3.1 and §4.1, "Improving language understanding by
//! generative pre-training",
//! <https://cdn.openai.com/research-covers/language-unsupervised/language_understanding_paper.pdf>.
//!
//! ```text
//! x₀ = Wte[id] + Wpe[position]
//! n = layer_norm(x + Wo · attention(Wq x, Wk x, Wv x) + bo)
//! y = layer_norm(n + W₂ gelu(W₁ n + b₁) + b₂)
//! logits = Wte · y
//! ```
//!
//! Traps: norms stand after the sum, so none follows the last block; weights
//! are stored as `Conv1D`, `[in, out]`; what the config calls "gelu" is the
//! tanh approximation.

use kernels::activation::Activation;
use tensor::{LoadError, Parameter, Tensor};

use crate::attention::{Attention, AttentionShape};
use crate::config::Keys;
use crate::layers::{Embedding, LayerNorm, Linear, Mlp};
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
    activation: Activation,
    norm_eps: f32,
    tied_head: bool,
}

impl Config {
    fn parse(keys: &Keys) -> Result<Self, LoadError> {
        let (hidden, heads) = (keys.size("n_embd")?, keys.size("n_head")?);
        let activation = match keys.text("afn")?.unwrap_or("gelu") {
            "gelu" => Activation::GeluTanh,
            "relu" => Activation::Relu,
            "silu" | "swish" => Activation::Silu,
            other => return Err(keys.unsupported("afn", other, "gelu, relu, silu")),
        };
        Ok(Self {
            vocab: keys.size("vocab_size")?,
            context: keys.size("n_positions")?,
            layers: keys.layers("n_layer")?,
            hidden,
            heads,
            head_dim: keys.divide(("n_embd", hidden), ("n_head", heads))?,
            activation,
            norm_eps: keys.float_or("layer_norm_epsilon", 1e-5)? as f32,
            tied_head: keys.flag_or("tie_word_embeddings", true)?,
        })
    }
}

pub(crate) struct Gpt {
    config: Config,
    tokens: Embedding,
    positions: Embedding,
    blocks: Vec<Block>,
    head: Linear,
    parameters: Vec<Parameter>,
}

impl Gpt {
    pub(crate) fn load(keys: &Keys, w: &Weights) -> Result<Self, LoadError> {
        let c = Config::parse(keys)?;
        let (vocab, hidden) = (Dim::of("vocab_size", c.vocab), Dim::of("n_embd", c.hidden));
        let root = w.at("transformer");
        let tokens = root.embedding("tokens_embed", vocab, hidden)?;
        let positions =
            root.embedding("positions_embed", Dim::of("n_positions", c.context), hidden)?;
        let block = |i| Block::load(&root.at(format_args!("h.{i}")), &c);
        let blocks = (0..c.layers).map(block).collect::<Result<_, _>>()?;
        Ok(Self {
            head: w.head("lm_head", c.tied_head, &tokens, (hidden, vocab))?,
            parameters: w.parameters(),
            config: c,
            tokens,
            positions,
            blocks,
        })
    }
}

impl LanguageModel for Gpt {
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
            mlp_weights: 2 * c.hidden * 4 * c.hidden,
        }
    }

    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor {
        let positions = self.positions.forward(attention.positions());
        let mut x = &self.tokens.forward(ids) + &positions;
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(i, &x, attention);
        }
        x
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
    /// Wq, Wk, Wv, one below the other.
    wqkv: Linear,
    wo: Linear,
    attn_norm: LayerNorm,
    mlp: Mlp,
    mlp_norm: LayerNorm,
}

impl Block {
    /// `w` stands at `transformer.h.{i}`.
    fn load(w: &Weights, c: &Config) -> Result<Self, LoadError> {
        let hidden = Dim::of("n_embd", c.hidden);
        let qkv = Dim::product(("n_embd", c.hidden), ("", 3));
        let mlp_hidden = Dim::product(("n_embd", c.hidden), ("", 4));
        Ok(Self {
            shape: AttentionShape {
                heads: c.heads,
                kv_heads: c.heads,
                head_dim: c.head_dim,
                scale: 1.0 / (c.head_dim as f32).sqrt(),
                window: None,
            },
            wqkv: w.conv1d("attn.c_attn", hidden, qkv)?,
            wo: w.conv1d("attn.c_proj", hidden, hidden)?,
            attn_norm: w.layer_norm("ln_1", hidden, c.norm_eps)?,
            mlp: Mlp {
                up: w.conv1d("mlp.c_fc", hidden, mlp_hidden)?,
                activation: c.activation,
                activation_name: w.name("mlp.act"),
                down: w.conv1d("mlp.c_proj", mlp_hidden, hidden)?,
            },
            mlp_norm: w.layer_norm("ln_2", hidden, c.norm_eps)?,
        })
    }

    /// `x` is `[T, hidden]`; so is the result.
    fn forward(&self, layer: usize, x: &Tensor, attention: &mut dyn Attention) -> Tensor {
        let qkv = self.wqkv.forward(x);
        let (all, width) = (qkv.cols(), x.cols());
        let [q, k, v] = [0, 1, 2].map(|part| qkv.columns(all, part * width, width));
        let attended = attention.attend(layer, &self.shape, &q, &k, &v);
        let n = self.attn_norm.forward(&(x + &self.wo.forward(&attended)));
        self.mlp_norm.forward(&(&n + &self.mlp.forward(&n)))
    }
}
