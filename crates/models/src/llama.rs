//! Llama 1 to 3, SmolLM2 and Mistral: pre-norm, grouped-query attention with
//! RoPE, SwiGLU.
//!
//! Touvron et al. 2023, §2.2, <https://arxiv.org/abs/2307.09288>; Llama team
//! 2024, §3.2, <https://arxiv.org/abs/2407.21783>; the sliding window: Jiang et
//! al. 2023, §2, <https://arxiv.org/abs/2310.06825>.
//!
//! ```text
//! x₀ = Wte[id]
//! n = rms_norm(x)    h = x + Wo · attention(rope(Wq n), rope(Wk n), Wv n)
//! m = rms_norm(h)    y = h + Wdown · (silu(Wgate m) ⊙ Wup m)
//! logits = Whead · rms_norm(y)
//! ```
//!
//! Traps: RoPE pairs channel i with i + d/2, not with its neighbour as the
//! paper and Meta's own files do; head_dim need not be hidden / heads; the
//! head is tied in small models only.

use tensor::{LoadError, Parameter, Rotation, Tensor};

use crate::attention::{Attention, AttentionShape};
use crate::config::Keys;
use crate::layers::{Embedding, GatedMlp, Linear, RmsNorm, Rope, WHOLE_HEAD};
use crate::weights::{Dim, Weights};
use crate::{LanguageModel, ModelShape};

/// The keys of config.json we use.
struct Config {
    vocab: usize,
    context: usize,
    layers: usize,
    hidden: usize,
    heads: usize,
    kv_heads: usize,
    head_dim: usize,
    mlp_hidden: usize,
    norm_eps: f32,
    /// Keys a query sees, itself among them; Mistral's only.
    window: Option<usize>,
    attention_bias: bool,
    mlp_bias: bool,
    tied_head: bool,
}

impl Config {
    fn parse(keys: &Keys, mistral: bool) -> Result<Self, LoadError> {
        if let Some(other) = keys.text("hidden_act")?.filter(|&act| act != "silu") {
            return Err(keys.unsupported("hidden_act", other, "silu"));
        }
        let (hidden_key, heads_key) = ("hidden_size", "num_attention_heads");
        let (hidden, heads) = (keys.size(hidden_key)?, keys.size(heads_key)?);
        let kv_heads = keys.size_or("num_key_value_heads", heads)?;
        keys.divide((heads_key, heads), ("num_key_value_heads", kv_heads))?;
        let head_dim = match keys.optional_size("head_dim")? {
            Some(head_dim) => head_dim,
            None => keys.divide((hidden_key, hidden), (heads_key, heads))?,
        };
        Ok(Self {
            vocab: keys.size("vocab_size")?,
            context: keys.size("max_position_embeddings")?,
            layers: keys.layers("num_hidden_layers")?,
            hidden,
            heads,
            kv_heads,
            head_dim,
            mlp_hidden: keys.size("intermediate_size")?,
            norm_eps: keys.float_or("rms_norm_eps", 1e-6)? as f32,
            window: match mistral {
                true => keys.size_unless_null("sliding_window", 4096)?,
                false => None,
            },
            attention_bias: keys.flag_or("attention_bias", false)?,
            mlp_bias: keys.flag_or("mlp_bias", false)?,
            tied_head: keys.flag_or("tie_word_embeddings", false)?,
        })
    }

    fn attention(&self) -> AttentionShape {
        AttentionShape {
            heads: self.heads,
            kv_heads: self.kv_heads,
            head_dim: self.head_dim,
            scale: 1.0 / (self.head_dim as f32).sqrt(),
            window: self.window,
        }
    }
}

pub(crate) struct Llama {
    config: Config,
    rope: Rope,
    tokens: Embedding,
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Linear,
    parameters: Vec<Parameter>,
}

impl Llama {
    pub(crate) fn load(keys: &Keys, w: &Weights, mistral: bool) -> Result<Self, LoadError> {
        let c = Config::parse(keys, mistral)?;
        let (vocab, hidden) = (
            Dim::of("vocab_size", c.vocab),
            Dim::of("hidden_size", c.hidden),
        );
        let root = w.at("model");
        let tokens = root.embedding("embed_tokens", vocab, hidden)?;
        let block = |i| Block::load(&root.at(format_args!("layers.{i}")), &c);
        let blocks = (0..c.layers).map(block).collect::<Result<_, _>>()?;
        let norm = root.rms_norm("norm", hidden, c.norm_eps)?;
        let head = w.head("lm_head", c.tied_head, &tokens, (hidden, vocab))?;
        Ok(Self {
            rope: Rope::load(keys, c.head_dim, &WHOLE_HEAD)?,
            parameters: w.parameters(),
            config: c,
            tokens,
            blocks,
            norm,
            head,
        })
    }
}

impl LanguageModel for Llama {
    fn shape(&self) -> ModelShape {
        let c = &self.config;
        ModelShape {
            vocab: c.vocab,
            context: c.context,
            layers: c.layers,
            hidden: c.hidden,
            heads: c.heads,
            kv_heads: c.kv_heads,
            head_dim: c.head_dim,
            mlp_weights: 3 * c.hidden * c.mlp_hidden,
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
    attn_norm: RmsNorm,
    wq: Linear,
    wk: Linear,
    wv: Linear,
    wo: Linear,
    mlp_norm: RmsNorm,
    mlp: GatedMlp,
}

impl Block {
    /// `w` stands at `model.layers.{i}`.
    fn load(w: &Weights, c: &Config) -> Result<Self, LoadError> {
        let hidden = Dim::of("hidden_size", c.hidden);
        let q = Dim::product(("num_attention_heads", c.heads), ("head_dim", c.head_dim));
        let kv = Dim::product(
            ("num_key_value_heads", c.kv_heads),
            ("head_dim", c.head_dim),
        );
        let mlp_hidden = Dim::of("intermediate_size", c.mlp_hidden);
        let bias = c.attention_bias;
        Ok(Self {
            shape: c.attention(),
            attn_norm: w.rms_norm("input_layernorm", hidden, c.norm_eps)?,
            wq: w.linear("self_attn.q_proj", hidden, q, bias)?,
            wk: w.linear("self_attn.k_proj", hidden, kv, bias)?,
            wv: w.linear("self_attn.v_proj", hidden, kv, bias)?,
            wo: w.linear("self_attn.o_proj", q, hidden, bias)?,
            mlp_norm: w.rms_norm("post_attention_layernorm", hidden, c.norm_eps)?,
            mlp: GatedMlp::load(&w.at("mlp"), hidden, mlp_hidden, c.mlp_bias)?,
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
        let n = self.attn_norm.forward(x);
        let [q, k, v] = Linear::forward_all([&self.wq, &self.wk, &self.wv], &n);
        let q = q.rope(rotation, self.shape.head_dim);
        let k = k.rope(rotation, self.shape.head_dim);
        let attended = attention.attend(layer, &self.shape, &q, &k, &v);
        let h = x + &self.wo.forward(&attended);
        &h + &self.mlp.forward(&self.mlp_norm.forward(&h))
    }
}
