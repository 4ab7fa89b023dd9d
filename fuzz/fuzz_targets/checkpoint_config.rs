//! A configuration: GGUF metadata, or anything else as config.json. Translate
//! it and load the model.
#![no_main]

use std::path::Path;

use kernels::quant::Activations;
use libfuzzer_sys::fuzz_target;
use models::{Checkpoint, LoadOptions};
use tensor::gguf::Gguf;
use tensor::safetensors::SafeTensors;

fuzz_target!(|bytes: &[u8]| {
    let Some(checkpoint) = checkpoint(bytes) else {
        return;
    };
    for name in checkpoint.names() {
        // Rows of no whole heads are an error, found only here.
        let _ = checkpoint.tensor(name);
    }
    let options = LoadOptions {
        trainable: false,
        activations: Activations::F32,
    };
    let _ = models::load(&checkpoint, options);
});

fn checkpoint(bytes: &[u8]) -> Option<Checkpoint> {
    let path = Path::new("fuzz");
    if bytes.starts_with(b"GGUF") {
        let file = Gguf::parse(bytes.to_vec().into(), path).ok()?;
        return Checkpoint::from_gguf(file).ok();
    }
    let config = serde_json::from_slice(bytes).ok()?;
    let no_tensors = b"\x02\0\0\0\0\0\0\0{}".to_vec();
    let weights = SafeTensors::parse(no_tensors.into(), path).ok()?;
    Checkpoint::from_parts(path, config, Box::new(weights)).ok()
}
