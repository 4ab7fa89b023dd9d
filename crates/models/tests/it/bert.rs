//! The encoder against transformers, layer by layer.

use std::collections::BTreeSet;

use models::{Bidirectional, Checkpoint, LoadOptions, load, load_encoder};
use tensor::trace;
use testkit::{Golden, assert_close, fixture};

use crate::input;

/// f32 sums of up to 56 products in another order, layer by layer.
const PER_LAYER: f32 = 1e-5;

#[test]
fn layers_agree_with_transformers() {
    let checkpoint = Checkpoint::open(&fixture("models/tiny-embed")).unwrap();
    let encoder = load_encoder(&checkpoint, LoadOptions::default()).unwrap();
    let golden = Golden::open("models/tiny-embed/golden.safetensors");
    let (ids, lens) = input(&golden);
    let (_, outputs) = trace::capture(|| encoder.forward(&ids, &mut Bidirectional::new(&lens)));
    let mut compared = BTreeSet::new();
    for (layer, got) in &outputs {
        let module = layer.strip_prefix("bert.").unwrap();
        let block = module
            .split('.')
            .find_map(|part| part.parse::<usize>().ok());
        let tolerance = PER_LAYER * (block.map_or(0, |i| i + 1) + 1) as f32;
        assert_close(layer, got.data(), &golden.f32(module), tolerance);
        compared.insert(module.to_owned());
    }
    let is_layer = |name: &&str| name.starts_with("embeddings.") || name.starts_with("encoder.");
    for module in golden.names().into_iter().filter(is_layer) {
        assert!(compared.contains(module), "{module} was not seen");
    }
}

#[test]
fn an_encoder_is_no_language_model() {
    let checkpoint = Checkpoint::open(&fixture("models/tiny-embed")).unwrap();
    let error = load(&checkpoint, LoadOptions::default()).err().unwrap();
    assert!(error.to_string().contains("bert"), "{error}");
    let checkpoint = Checkpoint::open(&fixture("models/gpt2")).unwrap();
    assert!(load_encoder(&checkpoint, LoadOptions::default()).is_err());
}
