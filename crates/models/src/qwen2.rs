//! Qwen2 and Qwen2.5: Llama's block with biases on queries, keys and values.
//!
//! Yang et al. 2024, §2.2.1, <https://arxiv.org/abs/2407.10671>.
//!
//! ```text
//! x₀ = Wte[id]
//! n = rms_norm(x)    q = rope(Wq n + bq)    k = rope(Wk n + bk)    v = Wv n + bv
//! h = x + Wo · attention(q, k, v)
//! m = rms_norm(h)    y = h + Wdown · (silu(Wgate m) ⊙ Wup m)
//! logits = Whead · rms_norm(y)
//! ```
//!
//! Traps: Wo has no bias; a sliding window, if used at all, only in the layers
//! the config says.

use tensor::{LoadError, Parameter, Rotation, Tensor};

use crate::attention::{Attention, AttentionShape};
use crate::config::{Keys, sliding_windows};
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
    /// How many keys a query sees, itself among them, by layer.
    windows: Vec<Option<usize>>,
    tied_head: bool,
}

impl Config {
    fn parse(keys: &Keys) -> Result<Self, LoadError> {
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
        let layers = keys.layers("num_hidden_layers")?;
        Ok(Self {
            vocab: keys.size("vocab_size")?,
            context: keys.size("max_position_embeddings")?,
            layers,
            hidden,
            heads,
            kv_heads,
            head_dim,
            mlp_hidden: keys.size("intermediate_size")?,
            norm_eps: keys.float_or("rms_norm_eps", 1e-6)? as f32,
            windows: sliding_windows(keys, layers)?,
            tied_head: keys.flag_or("tie_word_embeddings", false)?,
        })
    }

    fn attention(&self, layer: usize) -> AttentionShape {
        AttentionShape {
            heads: self.heads,
            kv_heads: self.kv_heads,
            head_dim: self.head_dim,
            scale: 1.0 / (self.head_dim as f32).sqrt(),
            window: self.windows[layer],
        }
    }
}

pub(crate) struct Qwen2 {
    config: Config,
    rope: Rope,
    tokens: Embedding,
    blocks: Vec<Block>,
    norm: RmsNorm,
    head: Linear,
    parameters: Vec<Parameter>,
}

impl Qwen2 {
    pub(crate) fn load(keys: &Keys, w: &Weights) -> Result<Self, LoadError> {
        let c = Config::parse(keys)?;
        let (vocab, hidden) = (
            Dim::of("vocab_size", c.vocab),
            Dim::of("hidden_size", c.hidden),
        );
        let root = w.at("model");
        let tokens = root.embedding("embed_tokens", vocab, hidden)?;
        let block = |i| Block::load(&root.at(format_args!("layers.{i}")), &c, i);
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

impl LanguageModel for Qwen2 {
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
    fn load(w: &Weights, c: &Config, i: usize) -> Result<Self, LoadError> {
        let hidden = Dim::of("hidden_size", c.hidden);
        let q = Dim::product(("num_attention_heads", c.heads), ("head_dim", c.head_dim));
        let kv = Dim::product(
            ("num_key_value_heads", c.kv_heads),
            ("head_dim", c.head_dim),
        );
        let mlp_hidden = Dim::of("intermediate_size", c.mlp_hidden);
        Ok(Self {
            shape: c.attention(i),
            attn_norm: w.rms_norm("input_layernorm", hidden, c.norm_eps)?,
            wq: w.linear("self_attn.q_proj", hidden, q, true)?,
            wk: w.linear("self_attn.k_proj", hidden, kv, true)?,
            wv: w.linear("self_attn.v_proj", hidden, kv, true)?,
            wo: w.linear("self_attn.o_proj", q, hidden, false)?,
            mlp_norm: w.rms_norm("post_attention_layernorm", hidden, c.norm_eps)?,
            mlp: GatedMlp::load(&w.at("mlp"), hidden, mlp_hidden, false)?,
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
