//! GPT-NeoX and Pythia: attention and MLP side by side, RoPE on part of a head.
//!
//! Black et al. 2022, §2.1, <https://arxiv.org/abs/2204.06745>; Biderman et al.
//! 2023, §2.1, <https://arxiv.org/abs/2304.01373>.
//!
//! ```text
//! x₀ = Wte[id]
//! a = Wo · attention(rope(Wq n), rope(Wk n), Wv n) + bo    n = layer_norm₁(x)
//! parallel:    y = x + a + mlp(layer_norm₂(x))
//! sequential:  y = h + mlp(layer_norm₂(h))                 h = x + a
//! mlp(m) = W₂ gelu(W₁ m + b₁) + b₂
//! logits = Whead · layer_norm(y)
//! ```
//!
//! Traps: the fused projection is head by head, `[q, k, v]` of head 0, then of
//! head 1; only the first quarter of a head turns; GELU is the exact one.

use tensor::{LoadError, Parameter, Rotation, Tensor};

use crate::attention::{Attention, AttentionShape};
use crate::config::Keys;
use crate::layers::{Embedding, LayerNorm, Linear, Mlp, Rope, RopeDefaults, activation};
use crate::weights::{Dim, Weights};
use crate::{LanguageModel, ModelShape};

/// GPT-NeoX has its own names for what `rope_parameters` came to say.
const ROPE: RopeDefaults = RopeDefaults {
    theta_key: "rotary_emb_base",
    fraction: Some(("rotary_pct", 0.25)),
};

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
    parallel: bool,
    attention_bias: bool,
    tied_head: bool,
}

impl Config {
    fn parse(keys: &Keys) -> Result<Self, LoadError> {
        let (hidden_key, heads_key) = ("hidden_size", "num_attention_heads");
        let (hidden, heads) = (keys.size(hidden_key)?, keys.size(heads_key)?);
        Ok(Self {
            vocab: keys.size("vocab_size")?,
            context: keys.size("max_position_embeddings")?,
            layers: keys.layers("num_hidden_layers")?,
            hidden,
            heads,
            head_dim: keys.divide((hidden_key, hidden), (heads_key, heads))?,
            mlp_hidden: keys.size("intermediate_size")?,
            norm_eps: keys.float_or("layer_norm_eps", 1e-5)? as f32,
            parallel: keys.flag_or("use_parallel_residual", true)?,
            attention_bias: keys.flag_or("attention_bias", true)?,
            tied_head: keys.flag_or("tie_word_embeddings", false)?,
        })
    }
}

pub(crate) struct GptNeoX {
    config: Config,
    rope: Rope,
    tokens: Embedding,
    blocks: Vec<Block>,
    norm: LayerNorm,
    head: Linear,
    parameters: Vec<Parameter>,
}

impl GptNeoX {
    pub(crate) fn load(keys: &Keys, w: &Weights) -> Result<Self, LoadError> {
        let c = Config::parse(keys)?;
        let (vocab, hidden) = (
            Dim::of("vocab_size", c.vocab),
            Dim::of("hidden_size", c.hidden),
        );
        let root = w.at("gpt_neox");
        let tokens = root.embedding("embed_in", vocab, hidden)?;
        let block = |i| Block::load(&root.at(format_args!("layers.{i}")), keys, &c);
        let blocks = (0..c.layers).map(block).collect::<Result<_, _>>()?;
        let norm = root.layer_norm("final_layer_norm", hidden, c.norm_eps)?;
        let head = w.head("embed_out", c.tied_head, &tokens, (hidden, vocab))?;
        Ok(Self {
            rope: Rope::load(keys, c.head_dim, &ROPE)?,
            parameters: w.parameters(),
            config: c,
            tokens,
            blocks,
            norm,
            head,
        })
    }
}

impl LanguageModel for GptNeoX {
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
        let rotation = self.rope.at(attention.positions());
        let mut x = self.tokens.forward(ids);
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(i, &x, &rotation, attention);
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
    parallel: bool,
    attn_norm: LayerNorm,
    /// Wq, Wk, Wv of head 0, those of head 1, and so on.
    wqkv: Linear,
    wo: Linear,
    mlp_norm: LayerNorm,
    mlp: Mlp,
}

impl Block {
    /// `w` stands at `gpt_neox.layers.{i}`.
    fn load(w: &Weights, keys: &Keys, c: &Config) -> Result<Self, LoadError> {
        let hidden = Dim::of("hidden_size", c.hidden);
        let qkv = Dim::product(("hidden_size", c.hidden), ("", 3));
        let mlp_hidden = Dim::of("intermediate_size", c.mlp_hidden);
        let bias = c.attention_bias;
        Ok(Self {
            shape: AttentionShape {
                heads: c.heads,
                kv_heads: c.heads,
                head_dim: c.head_dim,
                scale: 1.0 / (c.head_dim as f32).sqrt(),
                window: None,
            },
            parallel: c.parallel,
            attn_norm: w.layer_norm("input_layernorm", hidden, c.norm_eps)?,
            wqkv: w.linear("attention.query_key_value", hidden, qkv, bias)?,
            wo: w.linear("attention.dense", hidden, hidden, bias)?,
            mlp_norm: w.layer_norm("post_attention_layernorm", hidden, c.norm_eps)?,
            mlp: Mlp {
                up: w.linear("mlp.dense_h_to_4h", hidden, mlp_hidden, true)?,
                activation: activation(keys, "hidden_act", "gelu")?,
                activation_name: w.name("mlp.act"),
                down: w.linear("mlp.dense_4h_to_h", mlp_hidden, hidden, true)?,
            },
        })
    }

    /// `x` is `[T, hidden]`; so is the result.
    fn forward(
        &self,
        layer: usize,
        x: &Tensor,
        rotation: &Rotation,
        attention: &mut dyn Attention,
    ) -> Tensor {
        let qkv = self.wqkv.forward(&self.attn_norm.forward(x));
        let d = self.shape.head_dim;
        let [q, k, v] = [0, 1, 2].map(|part| qkv.columns(3 * d, part * d, d));
        let (q, k) = (q.rope(rotation, d), k.rope(rotation, d));
        let attended = attention.attend(layer, &self.shape, &q, &k, &v);
        let h = x + &self.wo.forward(&attended);
        let m = self.mlp_norm.forward(if self.parallel { x } else { &h });
        &h + &self.mlp.forward(&m)
    }
}
