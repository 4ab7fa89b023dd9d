//! What must hold whatever the weights are.

use std::fs;

use models::{Checkpoint, load, save};
use safetensors::SafeTensors;
use tensor::Tape;
use testkit::{Golden, Rng, fixture};

use crate::{MODELS, TRAINABLE, input, logits, open, served, trainable};

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// Packing sequences into one step gives each the bits it gets alone.
#[test]
fn packing_changes_nothing() {
    for name in MODELS.into_iter().chain(["llama/model-q8_0.gguf"]) {
        let model = served(name);
        let mut rng = Rng::new(7);
        let lens = [1, 33, 5, 20];
        let vocab = model.shape().vocab;
        let ids: Vec<u32> = (0..lens.iter().sum())
            .map(|_| rng.below(vocab) as u32)
            .collect();

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
    for name in MODELS {
        let model = served(name);
        let golden = Golden::open(&format!("models/{name}/golden.safetensors"));
        let (mut ids, _) = input(&golden);
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

/// However many threads compute, the bits are the same.
#[test]
fn threads_change_nothing() {
    for name in ["gpt2", "llama", "llama/model-q8_0.gguf"] {
        let model = trainable(name);
        let served = served(name);
        let golden = Golden::open("models/gpt2/training.safetensors");
        let (ids, lens) = input(&golden);
        let run = |threads| {
            kernels::parallel::set_threads(threads);
            let (loss, tape) = Tape::record(|| {
                logits(model.as_ref(), &ids, &lens).cross_entropy(&golden.i64("targets"))
            });
            let gradients = tape.backward(&loss);
            let gradient = |p| bits(gradients.get(p).unwrap());
            let trained: Vec<_> = model.parameters().iter().map(gradient).collect();
            (bits(logits(served.as_ref(), &ids, &lens).data()), trained)
        };
        assert!(run(1) == run(3), "{name}");
        kernels::parallel::set_threads(0);
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
