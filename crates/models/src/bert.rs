//! BERT: a post-norm encoder that reads in both directions.
//!
//! Devlin et al. 2018, §3, "BERT: Pre-training of deep bidirectional transformers
//! for language understanding", <https://arxiv.org/abs/1810.04805>; the block is
//! the encoder's of Vaswani et al. 2017, §3.1, <https://arxiv.org/abs/1706.03762>.
//!
//! ```text
//! x₀ = layer_norm(Word[id] + Position[p] + Type[0])
//! h = layer_norm(x + Wo · attention(Wq x + bq, Wk x + bk, Wv x + bv) + bo)
//! y = layer_norm(h + W₂ gelu(W₁ h + b₁) + b₂)
//! ```
//!
//! Traps: the norm stands behind the sum; GELU is the exact one; every token has
//! a type, which for one text is 0; ε is 1e-12. Left out: the pooler and the
//! heads of pre-training, which sentence embeddings do not use.

use tensor::{LoadError, Tensor};

use crate::attention::{Attention, AttentionShape};
use crate::config::Keys;
use crate::layers::{Embedding, LayerNorm, Linear, Mlp, activation};
use crate::weights::{Dim, Weights};
use crate::{Encoder, EncoderShape};

/// The keys of config.json we use.
struct Config {
    vocab: usize,
    context: usize,
    types: usize,
    layers: usize,
    hidden: usize,
    heads: usize,
    head_dim: usize,
    mlp_hidden: usize,
    norm_eps: f32,
}

impl Config {
    fn parse(keys: &Keys) -> Result<Self, LoadError> {
        keys.only("is_decoder", false)?;
        keys.only("add_cross_attention", false)?;
        match keys.text("position_embedding_type")?.unwrap_or("absolute") {
            "absolute" => {}
            other => return Err(keys.unsupported("position_embedding_type", other, "absolute")),
        }
        let (hidden, heads) = (keys.size("hidden_size")?, keys.size("num_attention_heads")?);
        Ok(Self {
            vocab: keys.size("vocab_size")?,
            context: keys.size("max_position_embeddings")?,
            types: keys.size_or("type_vocab_size", 2)?,
            layers: keys.layers("num_hidden_layers")?,
            hidden,
            heads,
            head_dim: keys.divide(("hidden_size", hidden), ("num_attention_heads", heads))?,
            mlp_hidden: keys.size("intermediate_size")?,
            norm_eps: keys.float_or("layer_norm_eps", 1e-12)? as f32,
        })
    }
}

pub(crate) struct Bert {
    config: Config,
    words: Embedding,
    positions: Embedding,
    types: Embedding,
    norm: LayerNorm,
    blocks: Vec<Block>,
}

impl Bert {
    pub(crate) fn load(keys: &Keys, w: &Weights) -> Result<Self, LoadError> {
        let c = Config::parse(keys)?;
        let hidden = Dim::of("hidden_size", c.hidden);
        let root = w.at("bert");
        let e = root.at("embeddings");
        let context = Dim::of("max_position_embeddings", c.context);
        let block = |i| Block::load(&root.at(format_args!("encoder.layer.{i}")), keys, &c);
        Ok(Self {
            words: e.embedding("word_embeddings", Dim::of("vocab_size", c.vocab), hidden)?,
            positions: e.embedding("position_embeddings", context, hidden)?,
            types: e.embedding(
                "token_type_embeddings",
                Dim::of("type_vocab_size", c.types),
                hidden,
            )?,
            norm: e.layer_norm("LayerNorm", hidden, c.norm_eps)?,
            blocks: (0..c.layers).map(block).collect::<Result<_, _>>()?,
            config: c,
        })
    }
}

impl Encoder for Bert {
    fn shape(&self) -> EncoderShape {
        EncoderShape {
            vocab: self.config.vocab,
            context: self.config.context,
            hidden: self.config.hidden,
            layers: self.config.layers,
        }
    }

    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor {
        let positions = self.positions.forward(attention.positions());
        let types = self.types.forward(&vec![0; ids.len()]);
        let sum = &(&self.words.forward(ids) + &types) + &positions;
        let mut x = self.norm.forward(&sum);
        for (i, block) in self.blocks.iter().enumerate() {
            x = block.forward(i, &x, attention);
        }
        x
    }
}

struct Block {
    shape: AttentionShape,
    wq: Linear,
    wk: Linear,
    wv: Linear,
    wo: Linear,
    attn_norm: LayerNorm,
    mlp: Mlp,
    mlp_norm: LayerNorm,
}

impl Block {
    /// `w` stands at `bert.encoder.layer.{i}`.
    fn load(w: &Weights, keys: &Keys, c: &Config) -> Result<Self, LoadError> {
        let hidden = Dim::of("hidden_size", c.hidden);
        let mlp_hidden = Dim::of("intermediate_size", c.mlp_hidden);
        Ok(Self {
            shape: AttentionShape {
                heads: c.heads,
                kv_heads: c.heads,
                head_dim: c.head_dim,
                scale: 1.0 / (c.head_dim as f32).sqrt(),
                window: None,
            },
            wq: w.linear("attention.self.query", hidden, hidden, true)?,
            wk: w.linear("attention.self.key", hidden, hidden, true)?,
            wv: w.linear("attention.self.value", hidden, hidden, true)?,
            wo: w.linear("attention.output.dense", hidden, hidden, true)?,
            attn_norm: w.layer_norm("attention.output.LayerNorm", hidden, c.norm_eps)?,
            mlp: Mlp {
                up: w.linear("intermediate.dense", hidden, mlp_hidden, true)?,
                activation: activation(keys, "hidden_act", "gelu")?,
                activation_name: w.name("intermediate.intermediate_act_fn"),
                down: w.linear("output.dense", mlp_hidden, hidden, true)?,
            },
            mlp_norm: w.layer_norm("output.LayerNorm", hidden, c.norm_eps)?,
        })
    }

    /// `x` is `[T, hidden]`; so is the result.
    fn forward(&self, layer: usize, x: &Tensor, attention: &mut dyn Attention) -> Tensor {
        let [q, k, v] = Linear::forward_all([&self.wq, &self.wk, &self.wv], x);
        let attended = attention.attend(layer, &self.shape, &q, &k, &v);
        let h = self.attn_norm.forward(&(x + &self.wo.forward(&attended)));
        self.mlp_norm.forward(&(&h + &self.mlp.forward(&h)))
    }
}
