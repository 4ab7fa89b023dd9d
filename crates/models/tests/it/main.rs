//! Models against transformers and PyTorch, and their own invariants.

mod bert;
mod checkpoint;
mod fuzzed;
mod golden;
mod hostile;
mod invariants;
mod rope;
mod smollm2;
mod training;

use models::{Causal, Checkpoint, LanguageModel, LoadOptions, load};
use tensor::Tensor;
use testkit::{Golden, fixture};

/// Every tiny model of `fixtures/models` with a golden by layers.
const MODELS: [&str; 13] = [
    "openai-gpt",
    "gpt2",
    "llama",
    "llama3",
    "llama-linear",
    "llama-yarn",
    "mistral",
    "qwen2",
    "qwen2-window",
    "qwen3",
    "qwen3-window",
    "gpt_neox",
    "gpt_neox-sequential",
];

/// To be trained: every weight a parameter.
const TRAINABLE: LoadOptions = LoadOptions {
    trainable: true,
    activations: kernels::quant::Activations::F32,
    int16: false,
};

fn open(path: &str) -> Checkpoint {
    Checkpoint::open(&fixture(&format!("models/{path}"))).unwrap()
}

/// The model at `fixtures/models/{path}`, as it is served.
fn served(path: &str) -> Box<dyn LanguageModel> {
    load(&open(path), LoadOptions::default()).unwrap()
}

fn trainable(path: &str) -> Box<dyn LanguageModel> {
    load(&open(path), TRAINABLE).unwrap()
}

/// The packed sequences of a golden, and their lengths.
fn input(golden: &Golden) -> (Vec<u32>, Vec<usize>) {
    (golden.ids("input_ids"), golden.lens("lens"))
}

/// Logits of packed sequences.
fn logits(model: &dyn LanguageModel, ids: &[u32], lens: &[usize]) -> Tensor {
    model.logits(&model.forward(ids, &mut Causal::new(lens)))
}
