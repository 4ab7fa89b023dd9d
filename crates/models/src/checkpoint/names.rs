//! Tensor names of GGUF and transformers, and the prefixes of the latter.

/// GGUF's name, then transformers', below the block or the whole model.
type Names = &'static [(&'static str, &'static str)];

/// One architecture's names. `.weight` or `.bias` follows each.
pub(super) struct Dialect {
    /// What names begin with, except those in `outside`.
    pub(super) prefix: &'static str,
    /// transformers' name of the output matrix.
    pub(super) head: &'static str,
    /// transformers' word for the list of blocks.
    blocks: &'static str,
    model: Names,
    block: Names,
}

const GPT: Dialect = Dialect {
    prefix: "transformer.",
    head: "lm_head",
    blocks: "h",
    model: &[
        ("token_embd", "wte"),
        ("position_embd", "wpe"),
        ("output_norm", "ln_f"),
    ],
    block: &[
        ("attn_norm", "ln_1"),
        ("attn_qkv", "attn.c_attn"),
        ("attn_output", "attn.c_proj"),
        ("ffn_norm", "ln_2"),
        ("ffn_up", "mlp.c_fc"),
        ("ffn_down", "mlp.c_proj"),
    ],
};

const LLAMA: Dialect = Dialect {
    prefix: "model.",
    head: "lm_head",
    blocks: "layers",
    model: &[("token_embd", "embed_tokens"), ("output_norm", "norm")],
    block: &[
        ("attn_norm", "input_layernorm"),
        ("attn_q", "self_attn.q_proj"),
        ("attn_k", "self_attn.k_proj"),
        ("attn_v", "self_attn.v_proj"),
        ("attn_q_norm", "self_attn.q_norm"),
        ("attn_k_norm", "self_attn.k_norm"),
        ("attn_output", "self_attn.o_proj"),
        ("ffn_norm", "post_attention_layernorm"),
        ("ffn_gate", "mlp.gate_proj"),
        ("ffn_up", "mlp.up_proj"),
        ("ffn_down", "mlp.down_proj"),
    ],
};

const NEOX: Dialect = Dialect {
    prefix: "gpt_neox.",
    head: "embed_out",
    blocks: "layers",
    model: &[
        ("token_embd", "embed_in"),
        ("output_norm", "final_layer_norm"),
    ],
    block: &[
        ("attn_norm", "input_layernorm"),
        ("attn_qkv", "attention.query_key_value"),
        ("attn_output", "attention.dense"),
        ("ffn_norm", "post_attention_layernorm"),
        ("ffn_up", "mlp.dense_h_to_4h"),
        ("ffn_down", "mlp.dense_4h_to_h"),
    ],
};

const BERT: Dialect = Dialect {
    prefix: "bert.",
    head: "cls",
    blocks: "encoder.layer",
    model: &[],
    block: &[],
};

/// The names of an architecture of [`super::ARCHITECTURES`].
pub(super) fn dialect(architecture: &str) -> &'static Dialect {
    match architecture {
        "openai-gpt" | "gpt2" => &GPT,
        "gpt_neox" => &NEOX,
        "bert" => &BERT,
        _ => &LLAMA,
    }
}

impl Dialect {
    /// transformers' name of GGUF's tensor `name`; None if it has none.
    pub(super) fn of_gguf(&self, name: &str) -> Option<String> {
        let (stem, kind) = name.rsplit_once('.')?;
        if !matches!(kind, "weight" | "bias") {
            return None;
        }
        let prefix = self.prefix;
        if stem == "output" {
            return Some(format!("{}.{kind}", self.head));
        }
        if let Some(block) = stem.strip_prefix("blk.") {
            let (index, part) = block.split_once('.')?;
            let index: u32 = index.parse().ok()?;
            let theirs = find(self.block, part)?;
            return Some(format!("{prefix}{}.{index}.{theirs}.{kind}", self.blocks));
        }
        Some(format!("{prefix}{}.{kind}", find(self.model, stem)?))
    }

    /// `name` with the prefix it has in a causal language model; files saved
    /// from the bare model lack it.
    pub(super) fn with_prefix(&self, name: &str) -> String {
        let in_head = name
            .strip_prefix(self.head)
            .is_some_and(|rest| rest.starts_with('.'));
        if in_head || name.starts_with(self.prefix) {
            return name.to_owned();
        }
        format!("{}{name}", self.prefix)
    }
}

fn find(names: Names, gguf: &str) -> Option<&'static str> {
    let (_, theirs) = names.iter().find(|(ours, _)| *ours == gguf)?;
    Some(theirs)
}
