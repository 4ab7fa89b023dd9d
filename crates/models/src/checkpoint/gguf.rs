//! GGUF's keys and tensors as transformers would have saved them.
//!
//! The conversion undone here: <https://github.com/ggml-org/llama.cpp/tree/master/conversion>.

use std::path::Path;

use serde_json::{Map, Value, json};
use tensor::error::{LoadError, quoted};
use tensor::gguf::{Gguf, Metadata};
use tensor::source::Source;

use super::gguf_tokenizer::tokenizer;
use super::names::dialect;
use super::{Checkpoint, Conv1dLayout, Rows, Stored, TokenizerSource};

/// GGUF's architectures that we compute.
const ARCHITECTURES: [&str; 5] = ["gpt2", "llama", "qwen2", "qwen3", "gptneox"];
const ROPE_FACTORS: &str = "rope_freqs.weight";
const OUTPUT: &str = "output.weight";

pub(super) fn translate(mut file: Gguf) -> Result<Checkpoint, LoadError> {
    let path = file.path().to_owned();
    let keys = Keys::new(&file)?;
    let (architecture, mut config) = keys.config()?;
    let head_dim = keys.head_dim()?;
    let heads = keys.usize("attention.head_count")?;
    let conv1d = match architecture {
        "gpt2" => Conv1dLayout::OutputsByInputs,
        _ => Conv1dLayout::InputsByOutputs,
    };
    let tokenizer = tokenizer(&mut file.metadata)?;
    if let TokenizerSource::Gguf(tokenizer) = &tokenizer {
        for (key, id) in [
            ("bos_token_id", tokenizer.bos),
            ("eos_token_id", tokenizer.eos),
        ] {
            config.insert(key.to_owned(), json!(id));
        }
    }

    let mut checkpoint = Checkpoint::new(&path, architecture, Box::new(file));
    for stored in checkpoint.source.names() {
        let translated = dialect(architecture).of_gguf(&stored);
        let rows = match (architecture, stored.rsplit('.').nth(1)) {
            ("llama" | "mistral", Some("attn_q" | "attn_k")) => Rows::Interleaved { head_dim },
            ("gpt_neox", Some("attn_qkv")) => Rows::Fused { heads, head_dim },
            _ => Rows::AsStored,
        };
        // What transformers has no name for keeps its own.
        let name = translated.unwrap_or_else(|| stored.clone());
        if !checkpoint.insert(
            name,
            Stored {
                name: stored.clone(),
                rows,
            },
        ) {
            return Err(LoadError::Format {
                path,
                field: format!("tensor {}", quoted(&stored)),
                wanted: "a tensor of its own".to_owned(),
                got: "a second one of the same meaning".to_owned(),
            });
        }
    }
    checkpoint.config = config;
    checkpoint.tokenizer = tokenizer;
    checkpoint.conv1d = conv1d;
    Ok(checkpoint)
}

/// The metadata of one architecture.
struct Keys<'a> {
    file: &'a Gguf,
    path: &'a Path,
    metadata: &'a Metadata,
    /// GGUF's name, which begins each key.
    architecture: &'static str,
}

impl<'a> Keys<'a> {
    fn new(file: &'a Gguf) -> Result<Self, LoadError> {
        let metadata = &file.metadata;
        let name = metadata.required("general.architecture", Metadata::str)?;
        let known = ARCHITECTURES.into_iter().find(|known| *known == name);
        let architecture = known.ok_or_else(|| LoadError::Unsupported {
            path: file.path().to_owned(),
            what: "general.architecture".to_owned(),
            got: quoted(name),
            supported: ARCHITECTURES.join(", "),
        })?;
        Ok(Self {
            file,
            path: file.path(),
            metadata,
            architecture,
        })
    }

    fn key(&self, name: &str) -> String {
        format!("{}.{name}", self.architecture)
    }

    /// A count that must be there and be positive.
    fn usize(&self, name: &str) -> Result<usize, LoadError> {
        match self.opt_usize(name)? {
            Some(count) => Ok(count),
            None => Err(LoadError::MissingKey {
                path: self.path.to_owned(),
                key: self.key(name),
            }),
        }
    }

    fn opt_usize(&self, name: &str) -> Result<Option<usize>, LoadError> {
        let key = self.key(name);
        let Some(count) = self.metadata.u64(&key)? else {
            return Ok(None);
        };
        // Whatever is counted, no model has 2^31 of it.
        match u32::try_from(count)
            .ok()
            .filter(|c| (1..1 << 31).contains(c))
        {
            Some(count) => Ok(Some(count as usize)),
            None => Err(self
                .metadata
                .format(&key, "positive, below 2^31", count.to_string())),
        }
    }

    fn f64(&self, name: &str) -> Result<Option<f64>, LoadError> {
        self.metadata.f64(&self.key(name))
    }

    fn unsupported(&self, name: &str, got: String, supported: &str) -> LoadError {
        LoadError::Unsupported {
            path: self.path.to_owned(),
            what: self.key(name),
            got,
            supported: supported.to_owned(),
        }
    }

    /// `attention.key_length`, else the equal share of the hidden size.
    fn head_dim(&self) -> Result<usize, LoadError> {
        let hidden = self.usize("embedding_length")?;
        let heads = self.usize("attention.head_count")?;
        let Some(head_dim) = self.opt_usize("attention.key_length")? else {
            if hidden.is_multiple_of(heads) {
                return Ok(hidden / heads);
            }
            let wanted = format!("a divisor of embedding_length {hidden}");
            let key = self.key("attention.head_count");
            return Err(self.metadata.format(&key, wanted, heads.to_string()));
        };
        let values = self
            .opt_usize("attention.value_length")?
            .unwrap_or(head_dim);
        if values != head_dim {
            let supported = format!("{head_dim}, as attention.key_length");
            return Err(self.unsupported("attention.value_length", values.to_string(), &supported));
        }
        Ok(head_dim)
    }

    /// The embedding's rows, whatever size is stated: converters pad either.
    /// The stated size is for files of a vocabulary alone.
    fn vocab(&self) -> Result<usize, LoadError> {
        let name = "token_embd.weight";
        if let Some(&rows) = self.file.shape(name).as_deref().and_then(<[_]>::first) {
            return Ok(rows);
        }
        let stated = self.opt_usize("vocab_size")?;
        stated.ok_or_else(|| LoadError::MissingTensor {
            path: self.path.to_owned(),
            name: name.to_owned(),
        })
    }

    /// transformers' name of the architecture, and its configuration.
    fn config(&self) -> Result<(&'static str, Map<String, Value>), LoadError> {
        let config = match self.architecture {
            "gpt2" => return Ok(("gpt2", self.gpt2()?)),
            "gptneox" => return Ok(("gpt_neox", self.gpt_neox()?)),
            _ => self.llama()?,
        };
        let name = match self.architecture {
            // transformers' Llama has no window; Mistral is Llama with one.
            "llama" if config.contains_key("sliding_window") => "mistral",
            other => other,
        };
        Ok((name, config))
    }

    fn gpt2(&self) -> Result<Map<String, Value>, LoadError> {
        let config = json!({
            "model_type": "gpt2",
            "vocab_size": self.vocab()?,
            "n_embd": self.usize("embedding_length")?,
            "n_layer": self.usize("block_count")?,
            "n_head": self.usize("attention.head_count")?,
            "n_positions": self.usize("context_length")?,
            "n_inner": self.opt_usize("feed_forward_length")?,
            "layer_norm_epsilon": self.f64("attention.layer_norm_epsilon")?.unwrap_or(1e-5),
            "activation_function": "gelu_new",
            "tie_word_embeddings": !self.file.has(OUTPUT),
        });
        Ok(into_map(config))
    }

    fn gpt_neox(&self) -> Result<Map<String, Value>, LoadError> {
        let head_dim = self.head_dim()?;
        let rotary = self.opt_usize("rope.dimension_count")?.unwrap_or(head_dim);
        if rotary > head_dim {
            let key = self.key("rope.dimension_count");
            let wanted = format!("at most the head size {head_dim}");
            return Err(self.metadata.format(&key, wanted, rotary.to_string()));
        }
        let parallel = self.metadata.bool(&self.key("use_parallel_residual"))?;
        let mut config = into_map(json!({
            "model_type": "gpt_neox",
            "vocab_size": self.vocab()?,
            "hidden_size": self.usize("embedding_length")?,
            "intermediate_size": self.usize("feed_forward_length")?,
            "num_hidden_layers": self.usize("block_count")?,
            "num_attention_heads": self.usize("attention.head_count")?,
            "max_position_embeddings": self.usize("context_length")?,
            "layer_norm_eps": self.f64("attention.layer_norm_epsilon")?.unwrap_or(1e-5),
            "rotary_pct": rotary as f64 / head_dim as f64,
            "rotary_emb_base": self.f64("rope.freq_base")?.unwrap_or(10000.0),
            "use_parallel_residual": parallel.unwrap_or(true),
            "hidden_act": "gelu",
            "tie_word_embeddings": !self.file.has(OUTPUT),
        }));
        self.rope_scaling(&mut config, rotary)?;
        Ok(config)
    }

    /// Llama, Mistral, Qwen2, Qwen3.
    fn llama(&self) -> Result<Map<String, Value>, LoadError> {
        if let Some(experts) = self.metadata.u64(&self.key("expert_count"))?
            && experts > 0
        {
            return Err(self.unsupported("expert_count", experts.to_string(), "0"));
        }
        let head_dim = self.head_dim()?;
        let heads = self.usize("attention.head_count")?;
        let kv_heads = self.opt_usize("attention.head_count_kv")?.unwrap_or(heads);
        let eps = "attention.layer_norm_rms_epsilon";
        let eps = self.metadata.required(&self.key(eps), Metadata::f64)?;
        let mut config = into_map(json!({
            "model_type": self.architecture,
            "vocab_size": self.vocab()?,
            "hidden_size": self.usize("embedding_length")?,
            "intermediate_size": self.usize("feed_forward_length")?,
            "num_hidden_layers": self.usize("block_count")?,
            "num_attention_heads": heads,
            "num_key_value_heads": kv_heads,
            "head_dim": head_dim,
            "max_position_embeddings": self.usize("context_length")?,
            "rms_norm_eps": eps,
            "rope_theta": self.f64("rope.freq_base")?.unwrap_or(10000.0),
            "hidden_act": "silu",
            "attention_bias": self.file.has("blk.0.attn_q.bias"),
            "tie_word_embeddings": !self.file.has(OUTPUT),
        }));
        let rotary = self.opt_usize("rope.dimension_count")?.unwrap_or(head_dim);
        if rotary != head_dim {
            let supported = format!("{head_dim}, the head size");
            return Err(self.unsupported("rope.dimension_count", rotary.to_string(), &supported));
        }
        // Qwens state a window even if they don't use it, and the format has
        // no key for which layers do: llama.cpp takes it for none.
        if self.architecture == "llama"
            && let Some(window) = self.opt_usize("attention.sliding_window")?
        {
            config.insert("model_type".to_owned(), json!("mistral"));
            config.insert("sliding_window".to_owned(), json!(window));
        }
        self.rope_scaling(&mut config, rotary)?;
        Ok(config)
    }

    /// Adds how the frequencies of `rotary` turning channels are stretched.
    fn rope_scaling(
        &self,
        config: &mut Map<String, Value>,
        rotary: usize,
    ) -> Result<(), LoadError> {
        let scaling = if self.file.has(ROPE_FACTORS) {
            json!({"rope_type": "factors", "factors": self.rope_factors(rotary / 2)?})
        } else {
            let kind = self.metadata.str(&self.key("rope.scaling.type"))?;
            // Files from before `scaling.type` have `scale_linear` alone.
            let old = self.f64("rope.scale_linear")?;
            let factor = self.f64("rope.scaling.factor")?.or(old).unwrap_or(0.0);
            match kind.unwrap_or("linear") {
                // llama.cpp takes a factor of 0 for none.
                "none" => return Ok(()),
                "linear" if factor == 0.0 || factor == 1.0 => return Ok(()),
                "linear" => json!({"rope_type": "linear", "factor": factor}),
                "yarn" => self.yarn(factor)?,
                other => {
                    let supported = "none, linear, yarn, or factors in rope_freqs.weight";
                    return Err(self.unsupported("rope.scaling.type", quoted(other), supported));
                }
            }
        };
        config.insert("rope_scaling".to_owned(), scaling);
        Ok(())
    }

    /// The divisors of `pairs` frequencies. Checked before it is unpacked:
    /// quantised zeros take next to nothing in the file.
    fn rope_factors(&self, pairs: usize) -> Result<Vec<f32>, LoadError> {
        let tensor = self.file.get(ROPE_FACTORS)?;
        if tensor.shape != [pairs] {
            return Err(LoadError::Shape {
                path: self.path.to_owned(),
                tensor: ROPE_FACTORS.to_owned(),
                got: tensor.shape,
                wanted: vec![pairs],
                because: format!("one per pair of {} turning channels", 2 * pairs),
            });
        }
        let format = |wanted: &str, got: &str| LoadError::Format {
            path: self.path.to_owned(),
            field: format!("tensor {ROPE_FACTORS}"),
            wanted: wanted.to_owned(),
            got: got.to_owned(),
        };
        if tensor.dtype.is_quantised() {
            return Err(format("F32, F16 or BF16", tensor.dtype.name()));
        }
        let factors = tensor.to_f32();
        match factors.iter().all(|f| f.is_finite() && *f > 0.0) {
            true => Ok(factors),
            false => Err(format("positive", "other values")),
        }
    }

    fn yarn(&self, factor: f64) -> Result<Value, LoadError> {
        let mut scaling = into_map(json!({"rope_type": "yarn", "factor": factor}));
        let original = self.opt_usize("rope.scaling.original_context_length")?;
        if let Some(original) = original {
            scaling.insert(
                "original_max_position_embeddings".to_owned(),
                json!(original),
            );
        }
        for (ours, theirs) in [
            ("yarn_beta_fast", "beta_fast"),
            ("yarn_beta_slow", "beta_slow"),
        ] {
            if let Some(beta) = self.f64(&format!("rope.scaling.{ours}"))? {
                scaling.insert(theirs.to_owned(), json!(beta));
            }
        }
        // llama.cpp multiplies its factor with YaRN's own, √(1/t) of eq. 22 in
        // Peng et al. 2023; transformers' replaces that.
        let key = "rope.scaling.attn_factor";
        if let Some(attention) = self
            .f64(key)?
            .or(self.f64("rope.scaling.yarn_attn_factor")?)
            && attention != 1.0
        {
            let whole = attention * (0.1 * factor.max(1.0).ln() + 1.0);
            scaling.insert("attention_factor".to_owned(), json!(whole));
        }
        Ok(Value::Object(scaling))
    }
}

fn into_map(object: Value) -> Map<String, Value> {
    match object {
        Value::Object(map) => map,
        _ => unreachable!("called with object literals"),
    }
}
