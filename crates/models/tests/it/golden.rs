//! Every named layer output agrees with transformers'.

use std::collections::BTreeSet;

use models::LanguageModel;
use tensor::{Tensor, trace};
use testkit::{Golden, assert_close};

use crate::{MODELS, input, logits, served, trainable};

/// f32 sums of up to 64 products in another order, layer by layer.
const PER_LAYER: f32 = 1e-5;

#[test]
fn layers_agree_with_transformers() {
    for name in MODELS {
        check(name, served(name).as_ref());
    }
}

/// The same through the kernels that training uses.
#[test]
fn trainable_layers_agree_with_transformers() {
    for name in MODELS {
        check(name, trainable(name).as_ref());
    }
}

/// Compares in the order of computation, so that the first difference fails.
fn check(name: &str, model: &dyn LanguageModel) {
    let golden = Golden::open(&format!("models/{name}/golden.safetensors"));
    let (ids, lens) = input(&golden);
    let (_, outputs) = trace::capture(|| logits(model, &ids, &lens));

    let depth = model.shape().layers + 1;
    let mut compared = BTreeSet::new();
    for (layer, got) in &outputs {
        let module = module(layer);
        if !golden.has(module) || is_shared(name, module) {
            assert!(is_shared(name, module), "{name}: {layer} has no golden");
            continue;
        }
        let depth = block(layer).map_or(depth, |i| i + 1);
        let tolerance = PER_LAYER * depth as f32;
        let what = format!("{name}: {layer}");
        assert_close(&what, got.data(), &golden.f32(module), tolerance);
        compared.insert(module.to_string());
    }
    let (_, head) = outputs.last().expect("a model has layers");
    let tolerance = PER_LAYER * depth as f32;
    let what = format!("{name}: logits");
    assert_close(&what, head.data(), &golden.f32("logits"), tolerance);

    let is_input = |n: &&str| ["input_ids", "lens", "logits"].contains(n);
    let want = golden.names().into_iter().filter(|n| !is_input(n));
    for module in want.filter(|m| !is_shared(name, m)) {
        assert!(compared.contains(module), "{name}: {module} was not seen");
    }
}

/// The module of transformers 5 for one of the checkpoint's names.
fn module(layer: &str) -> &str {
    match layer {
        "embed_out" => "lm_head",
        other => other,
    }
}

/// GPT's blocks share one activation object, so its outputs have no name of
/// their own; the layers around it do.
fn is_shared(name: &str, module: &str) -> bool {
    name == "openai-gpt" && module.ends_with(".mlp.act")
}

/// The number in `….h.3.…` or `….layers.3.…`.
fn block(layer: &str) -> Option<usize> {
    layer.split('.').find_map(|part| part.parse().ok())
}

/// Those that also lie as `model.gguf`, as `GGUF` in scripts/fixtures/models.py:
/// llama.cpp has no GPT-1, and windows and other scalings are tested by their
/// metadata.
const GGUF: [&str; 7] = [
    "llama",
    "llama3",
    "qwen2",
    "qwen3",
    "gpt2",
    "gpt_neox",
    "gpt_neox-sequential",
];

/// A GGUF file computes what the folder it was made from does.
#[test]
fn gguf_gives_the_same_logits() {
    for name in GGUF {
        let golden = Golden::open(&format!("models/{name}/golden.safetensors"));
        let (ids, lens) = input(&golden);
        let model = served(&format!("{name}/model.gguf"));
        let got = logits(model.as_ref(), &ids, &lens);
        let tolerance = PER_LAYER * (model.shape().layers + 1) as f32;
        let what = format!("{name}: logits of model.gguf");
        assert_close(&what, got.data(), &golden.f32("logits"), tolerance);
    }
}

/// Quantised weights compute what transformers does with them dequantised.
#[test]
fn quantised_weights_agree_with_their_dequantised_selves() {
    let golden = Golden::open("models/llama/golden-q8_0.safetensors");
    let (ids, lens) = input(&golden);
    let want = golden.f32("logits");
    for model in ["served", "trainable"] {
        let load = [served, trainable][usize::from(model == "trainable")];
        let got: Tensor = logits(load("llama/model-q8_0.gguf").as_ref(), &ids, &lens);
        assert_close(model, got.data(), &want, 3.0 * PER_LAYER);
    }
}
