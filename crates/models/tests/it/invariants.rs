//! What must hold whatever the weights are.

use std::fs;
use std::sync::{Mutex, PoisonError};

use kernels::quant::Activations;
use models::{Checkpoint, LanguageModel, LoadOptions, load, save};
use safetensors::SafeTensors;
use tensor::Tape;
use testkit::{Golden, Rng, fixture};

use crate::{MODELS, TRAINABLE, input, logits, open, served, trainable};

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

const QUANTISED: &str = "llama/model-q8_0.gguf";

/// Every model as it is served: the quantised one with either activations.
fn all_served() -> impl Iterator<Item = (String, Box<dyn LanguageModel>)> {
    let int8 = LoadOptions {
        activations: Activations::Int8,
        ..LoadOptions::default()
    };
    let floats = MODELS.into_iter().chain([QUANTISED]);
    let int8 = std::iter::once_with(move || {
        let model = load(&open(QUANTISED), int8).unwrap();
        (format!("{QUANTISED}, int8 activations"), model)
    });
    floats
        .map(|name| (name.to_owned(), served(name)))
        .chain(int8)
}

fn random_ids(count: usize, model: &dyn LanguageModel, seed: u64) -> Vec<u32> {
    let mut rng = Rng::new(seed);
    let vocab = model.shape().vocab;
    (0..count).map(|_| rng.below(vocab) as u32).collect()
}

/// The int8 activations are another computation, and are what is asked for.
#[test]
fn int8_activations_differ_a_little() {
    let golden = Golden::open("models/llama/golden-q8_0.safetensors");
    let (ids, lens) = input(&golden);
    let want = golden.f32("logits");
    let (name, model) = all_served().last().unwrap();
    let got = logits(model.as_ref(), &ids, &lens);
    let off = got.data().iter().zip(&want).map(|(g, w)| (g - w).abs());
    let off = off.fold(0.0, f32::max);
    assert!((1e-3..0.2).contains(&off), "{name}: off by {off}");
}

/// Packing sequences into one step gives each the bits it gets alone.
#[test]
fn packing_changes_nothing() {
    for (name, model) in all_served() {
        let lens = [1, 33, 5, 20];
        let ids = random_ids(lens.iter().sum(), model.as_ref(), 7);

        let packed = logits(model.as_ref(), &ids, &lens);

        let mut rest = ids.as_slice();
        let mut row = 0;
        for len in lens {
            let (sequence, others) = rest.split_at(len);
            rest = others;
            let alone = logits(model.as_ref(), sequence, &[len]);
            for i in 0..len {
                assert!(
                    bits(alone.row(i)) == bits(packed.row(row)),
                    "{name}: token {i} of the sequence of {len}"
                );
                row += 1;
            }
        }
    }
}

/// A token's logits don't depend on those after it.
#[test]
fn the_future_changes_nothing() {
    for (name, model) in all_served() {
        let mut ids = random_ids(44, model.as_ref(), 8);
        let whole = logits(model.as_ref(), &ids, &[ids.len()]);
        let seen = 30;
        ids.truncate(seen);
        let cut = logits(model.as_ref(), &ids, &[seen]);
        let vocab = cut.cols();
        assert!(
            bits(cut.data()) == bits(&whole.data()[..seen * vocab]),
            "{name}"
        );
    }
}

/// Sequences long enough together that every kernel shares out its work: a
/// product of matrices does so from 400,000 multiplications per 16 rows on.
const MANY: [usize; 8] = [60; 8];

/// Held by tests that set how many threads compute, which is of the process.
static THREADS: Mutex<()> = Mutex::new(());

/// Whether `compute` gives the same on one thread and on three. Several times:
/// while another test computes, a kernel finds no threads to share with.
fn same_on_threads<T: PartialEq>(compute: impl Fn() -> T) -> bool {
    let _alone = THREADS.lock().unwrap_or_else(PoisonError::into_inner);
    kernels::parallel::set_threads(1);
    let want = compute();
    kernels::parallel::set_threads(3);
    let same = (0..3).all(|_| compute() == want);
    kernels::parallel::set_threads(0);
    same
}

/// However many threads compute, the bits are the same.
#[test]
fn threads_change_nothing() {
    for (name, model) in all_served() {
        let ids = random_ids(MANY.iter().sum(), model.as_ref(), 9);
        let logits = || bits(logits(model.as_ref(), &ids, &MANY).data());
        assert!(same_on_threads(logits), "{name}");
    }
}

/// The same for gradients.
#[test]
fn threads_change_no_gradient() {
    for name in ["gpt2", "llama", QUANTISED] {
        let model = trainable(name);
        let ids = random_ids(MANY.iter().sum(), model.as_ref(), 10);
        let targets: Vec<i64> = ids.iter().map(|&id| i64::from(id)).collect();
        let gradients = || {
            let (loss, tape) =
                Tape::record(|| logits(model.as_ref(), &ids, &MANY).cross_entropy(&targets));
            let gradients = tape.backward(&loss);
            let gradient = |p| bits(gradients.get(p).unwrap());
            model.parameters().iter().map(gradient).collect::<Vec<_>>()
        };
        assert!(same_on_threads(gradients), "{name}");
    }
}

/// Saving gives back the file that was loaded, name by name, bit by bit.
#[test]
fn save_after_load_is_identity() {
    for name in MODELS {
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("model.safetensors");
        save(&saved, trainable(name).parameters()).unwrap();
        let want = fs::read(fixture(&format!("models/{name}/model.safetensors"))).unwrap();
        same_tensors(name, &fs::read(&saved).unwrap(), &want);

        fs::copy(
            fixture(&format!("models/{name}/config.json")),
            folder.path().join("config.json"),
        )
        .unwrap();
        let again = load(&Checkpoint::open(folder.path()).unwrap(), TRAINABLE).unwrap();
        save(&saved, again.parameters()).unwrap();
        same_tensors(name, &fs::read(&saved).unwrap(), &want);
    }
}

/// What came from GGUF is saved in transformers' names, rows and layout.
#[test]
fn gguf_is_saved_as_transformers_would() {
    for name in ["gpt2", "llama", "llama3", "qwen2", "qwen3", "gpt_neox"] {
        let folder = tempfile::tempdir().unwrap();
        let saved = folder.path().join("model.safetensors");
        save(
            &saved,
            trainable(&format!("{name}/model.gguf")).parameters(),
        )
        .unwrap();
        let want = fs::read(fixture(&format!("models/{name}/model.safetensors"))).unwrap();
        same_tensors(name, &fs::read(&saved).unwrap(), &want);
    }
}

/// Reads both with the format's own library.
fn same_tensors(what: &str, got: &[u8], want: &[u8]) {
    let (got, want) = (
        SafeTensors::deserialize(got).unwrap(),
        SafeTensors::deserialize(want).unwrap(),
    );
    let sorted = |file: &SafeTensors| {
        let mut names: Vec<String> = file.names().iter().map(ToString::to_string).collect();
        names.sort();
        names
    };
    assert_eq!(sorted(&got), sorted(&want), "{what}");
    for (name, want) in want.tensors() {
        let got = got.tensor(&name).unwrap();
        assert_eq!(
            (got.dtype(), got.shape()),
            (want.dtype(), want.shape()),
            "{what}: {name}"
        );
        assert!(got.data() == want.data(), "{what}: {name}");
    }
}

/// A tied head is one parameter, used twice.
#[test]
fn a_tied_head_is_the_embedding() {
    for (name, tied) in [("gpt2", true), ("qwen2", true), ("llama", false)] {
        let model = trainable(name);
        let heads = model
            .parameters()
            .iter()
            .filter(|p| p.name() == "lm_head.weight");
        assert_eq!(heads.count(), usize::from(!tied), "{name}");
        let names: std::collections::BTreeSet<&str> =
            model.parameters().iter().map(|p| p.name()).collect();
        assert_eq!(
            names.len(),
            model.parameters().len(),
            "{name}: each name once"
        );
    }
}

#[test]
fn shapes_are_the_configs() {
    let shape = served("mistral").shape();
    assert_eq!((shape.layers, shape.hidden, shape.heads), (2, 48, 6));
    assert_eq!((shape.kv_heads, shape.head_dim, shape.vocab), (3, 8, 101));
    assert_eq!(
        open("mistral").config["max_position_embeddings"],
        shape.context
    );
}
