//! What fuzzing starts from and what it found, through its own functions.

use std::fs;
use std::path::Path;

use testkit::workspace_root;

#[path = "../../../../fuzz/src/checkpoint_config.rs"]
mod checkpoint_config;
#[path = "../../../../fuzz/src/gguf.rs"]
mod gguf;
#[path = "../../../../fuzz/src/safetensors.rs"]
mod safetensors;

/// The files in `folder` with their names; none if there is no such folder.
fn files(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let entries = fs::read_dir(folder).into_iter().flatten();
    let paths = entries.map(|entry| entry.unwrap().path());
    paths
        .map(|path| {
            let name = path.file_name().unwrap().to_string_lossy().into_owned();
            (name, fs::read(path).unwrap())
        })
        .collect()
}

/// Everything is read or refused; a panic names its file.
#[test]
fn seeds_and_findings_end() {
    type Target = (&'static str, fn(&[u8]));
    let targets: [Target; 3] = [
        ("gguf", gguf::run),
        ("safetensors", safetensors::run),
        ("checkpoint_config", |bytes| {
            checkpoint_config::run(bytes);
        }),
    ];
    for (target, run) in targets {
        let root = workspace_root();
        let seeds = files(&root.join("fuzz/seeds").join(target));
        assert!(!seeds.is_empty(), "{target} has no seeds");
        // No folder as long as fuzzing found nothing.
        let findings = files(&root.join("fixtures/hostile").join(target));
        for (name, bytes) in seeds.iter().chain(&findings) {
            let outcome = std::panic::catch_unwind(|| run(bytes));
            assert!(outcome.is_ok(), "{target}: {name}");
        }
    }
}

/// Fuzzing configs starts from one per architecture that loads, so that what
/// lies behind the tensors is reached.
#[test]
fn seeds_of_configs_load() {
    let seeds = files(&workspace_root().join("fuzz/seeds/checkpoint_config"));
    for wanted in [
        "openai-gpt",
        "gpt2",
        "llama",
        "llama-linear",
        "mistral",
        "qwen2",
        "qwen2-window",
        "qwen3",
        "qwen3-window",
        "gpt_neox",
        "gpt_neox-sequential",
    ] {
        let (_, bytes) = seeds
            .iter()
            .find(|(name, _)| *name == format!("{wanted}.json"))
            .expect(wanted);
        assert!(checkpoint_config::run(bytes), "{wanted}");
    }
}
