//! A configuration: GGUF metadata, or anything else as config.json beside the
//! tensors of that architecture's tiny model. Translate it and load the model.

use std::path::Path;

use models::{Checkpoint, LoadOptions};
use serde_json::{Map, Value};
use tensor::gguf::Gguf;
use tensor::safetensors::SafeTensors;

/// Whether a model came of it.
pub(crate) fn run(bytes: &[u8]) -> bool {
    let Some(checkpoint) = checkpoint(bytes) else {
        return false;
    };
    for name in checkpoint.names() {
        // Rows of no whole heads are an error, found only here.
        let _ = checkpoint.tensor(name);
    }
    models::load(&checkpoint, LoadOptions::default()).is_ok()
}

fn checkpoint(bytes: &[u8]) -> Option<Checkpoint> {
    let path = Path::new("fuzz");
    if bytes.starts_with(b"GGUF") {
        let file = Gguf::parse(bytes.to_vec().into(), path).ok()?;
        return Checkpoint::from_gguf(file).ok();
    }
    let config: Map<String, Value> = serde_json::from_slice(bytes).ok()?;
    // With none, the first missing tensor would end the load before RoPE,
    // activations and shapes are looked at.
    let tensors = tensors(config.get("model_type")?.as_str()?);
    let weights = SafeTensors::parse(tensors.to_vec().into(), path).ok()?;
    Checkpoint::from_parts(path, config, Box::new(weights)).ok()
}

fn tensors(model_type: &str) -> &'static [u8] {
    macro_rules! model {
        ($name:literal) => {
            include_bytes!(concat!(
                "../../fixtures/models/",
                $name,
                "/model.safetensors"
            ))
        };
    }
    match model_type {
        "openai-gpt" => model!("openai-gpt"),
        "gpt2" => model!("gpt2"),
        "mistral" => model!("mistral"),
        "qwen2" => model!("qwen2-window"),
        "qwen3" => model!("qwen3-window"),
        "gpt_neox" => model!("gpt_neox"),
        _ => model!("llama"),
    }
}
