//! Which crate may use which, and what a kernel and a model file must have.

use super::{File, Finding};

/// The crate graph: what each crate may name in its manifest, of ours.
/// Tests may use anything.
const MAY_USE: &[(&str, &[&str])] = &[
    ("kernels", &[]),
    ("text", &[]),
    ("store", &[]),
    ("api", &[]),
    ("testkit", &[]),
    ("xtask", &[]),
    ("tensor", &["kernels"]),
    ("models", &["tensor", "kernels"]),
    ("engine", &["models", "tensor", "text", "kernels"]),
    ("server", &["api", "engine", "store"]),
    (
        "lyceum",
        &[
            "engine", "kernels", "models", "server", "store", "tensor", "text",
        ],
    ),
];

/// Foreign crates that belong to some layers only.
const RESERVED: &[(&str, &[&str])] = &[
    ("tokio", &["store", "server", "lyceum", "xtask"]),
    (
        "serde_json",
        &[
            "tensor", "models", "text", "store", "engine", "api", "server", "lyceum", "xtask",
        ],
    ),
    ("anyhow", &["lyceum", "xtask"]),
    ("ureq", &["store"]),
    ("clap", &["lyceum"]),
];

/// Edges of the crate graph.
pub(super) fn manifests(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| f.path.ends_with("/Cargo.toml")) {
        let Some(package) = file.package() else {
            continue;
        };
        let Some((_, allowed)) = MAY_USE.iter().find(|(name, _)| *name == package) else {
            let message = "a new crate: give it a place in the crate graph (MAY_USE in tidy)";
            findings.push(Finding::new(file, 0, message));
            continue;
        };
        for (line, name) in normal_dependencies(file) {
            let ours = MAY_USE.iter().any(|(crate_name, _)| *crate_name == name);
            if ours && !allowed.contains(&name) {
                let message = format!("`{package}` must not depend on `{name}`");
                findings.push(Finding::new(file, line, message));
            }
            let reserved = RESERVED.iter().find(|(foreign, _)| *foreign == name);
            if reserved.is_some_and(|(_, layers)| !layers.contains(&package)) {
                let message = format!("`{name}` has no place in `{package}`");
                findings.push(Finding::new(file, line, message));
            }
        }
    }
    findings
}

/// Lines and names below `[dependencies]`.
fn normal_dependencies(file: &File) -> Vec<(usize, &str)> {
    let mut inside = false;
    let mut found = Vec::new();
    for (number, line) in file.lines() {
        if line.starts_with('[') {
            inside = line == "[dependencies]";
        } else if inside && let Some(end) = line.find(['.', ' ', '=']) {
            found.push((number, &line[..end]));
        }
    }
    found
}

/// What a pure state machine does without.
const IMPURE: &[&str] = &[
    "tensor::",
    "models::",
    "std::thread",
    "std::time",
    "mpsc",
    "Instant",
];

/// What the files below a path may not mention outside tests, and why.
const MAY_NOT_NAME: &[(&str, &[&str], &[&str], &str)] = &[
    (
        "crates/engine/src/",
        &[
            "crates/engine/src/completion",
            "crates/engine/src/embedding.rs",
            "crates/engine/src/lib.rs",
        ],
        &["text::"],
        "only completion and embedding know strings; the engine takes and gives ids",
    ),
    (
        "crates/engine/src/scheduler",
        &[],
        IMPURE,
        "the scheduler is a pure state machine: no clock, thread, channel or tensor",
    ),
    (
        "crates/engine/src/pages.rs",
        &[],
        IMPURE,
        "pages are counted by a pure state machine: no clock, thread, channel or tensor",
    ),
    (
        "crates/engine/src/prefix.rs",
        &[],
        IMPURE,
        "prefixes are found by a pure state machine: no clock, thread, channel or tensor",
    ),
    (
        "crates/models/src/",
        &["crates/models/src/checkpoint"],
        &["std::fs", "std::thread", "std::net"],
        "models do no I/O and own no threads",
    ),
];

/// Import rules inside crates.
pub(super) fn imports(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (below, except, words, why) in MAY_NOT_NAME {
        let concerned = files.iter().filter(|f| {
            f.is_rust()
                && f.path.starts_with(below)
                && !except.iter().any(|prefix| f.path.starts_with(prefix))
        });
        for file in concerned {
            for (number, line) in file.code() {
                let code = line.split("//").next().unwrap_or_default();
                let named = words.iter().find(|word| names(code, word));
                if let Some(word) = named {
                    findings.push(Finding::new(file, number, format!("`{word}`: {why}")));
                }
            }
        }
    }
    findings
}

/// Whether `word` stands in `code` and is not the end of a longer word.
fn names(code: &str, word: &str) -> bool {
    let boundary = |c: char| !c.is_alphanumeric() && c != '_' && c != ':';
    code.match_indices(word)
        .any(|(at, _)| code[..at].chars().next_back().is_none_or(boundary))
}

/// A kernel with vector code has a scalar definition, and a test that runs
/// every version. A file and the folder of its name count as one.
pub(super) fn kernels(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let own = |f: &&File| f.package() == Some("kernels") && f.is_rust();
    for file in files.iter().filter(own) {
        let vector = file.text.contains("#[target_feature");
        // Loads, stores and sums that the kernels share are tested through them; an example
        // measures the machine and computes nothing.
        let exempt = file.path.ends_with("src/simd.rs") || file.path.contains("/examples/");
        if !vector || exempt {
            continue;
        }
        let operation = operation(&file.path);
        let related = || {
            files
                .iter()
                .filter(own)
                .filter(|f| self::operation(&f.path) == operation)
        };
        let has = |what: &str| related().any(|f| f.text.contains(what));
        let scalar = has("mod scalar") || related().any(|f| f.path.ends_with("/scalar.rs"));
        if !scalar {
            let message = format!("`{operation}` has vector code but no `mod scalar`");
            findings.push(Finding::new(file, 0, message));
        }
        if !has("fn kernels_agree") {
            let message = format!("`{operation}` has vector code but no test `kernels_agree`");
            findings.push(Finding::new(file, 0, message));
        }
    }
    findings
}

/// `linear` of `crates/kernels/src/linear/avx2.rs` and of `…/linear.rs`.
fn operation(path: &str) -> &str {
    let path = path.trim_start_matches("crates/kernels/src/");
    path.split('/')
        .next()
        .unwrap_or(path)
        .trim_end_matches(".rs")
}

/// An architecture cites its paper and has a golden from transformers.
pub(super) fn models(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let tests: Vec<&File> = files
        .iter()
        .filter(|f| f.package() == Some("models") && f.is_rust() && f.is_test)
        .collect();
    for file in files {
        let architecture = file.package() == Some("models")
            && file.is_rust()
            && file
                .code()
                .any(|(_, line)| line.starts_with("impl LanguageModel for "));
        if !architecture {
            continue;
        }
        let doc = file.lines().take_while(|(_, line)| line.starts_with("//!"));
        if !doc.into_iter().any(|(_, line)| line.contains("https://")) {
            findings.push(Finding::new(
                file,
                1,
                "no link to the paper in the module's doc",
            ));
        }
        let name = file.path.rsplit('/').next().unwrap_or_default();
        let name = name.trim_end_matches(".rs");
        if !tests.iter().any(|f| f.text.contains(name)) {
            let message = format!("no golden: nothing in crates/models/tests mentions `{name}`");
            findings.push(Finding::new(file, 0, message));
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::files;
    use super::*;

    #[test]
    fn an_edge_against_the_graph_is_found() {
        let found = manifests(&files(&[
            (
                "crates/kernels/Cargo.toml",
                "[dependencies]\ntensor.workspace = true\n",
            ),
            (
                "crates/tensor/Cargo.toml",
                "[dependencies]\nkernels.workspace = true\n",
            ),
            (
                "crates/text/Cargo.toml",
                "[dev-dependencies]\ntensor.workspace = true\n",
            ),
            (
                "crates/engine/Cargo.toml",
                "[dependencies]\ntokio = \"1\"\n",
            ),
            ("crates/novel/Cargo.toml", ""),
        ]));
        let lines: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(
            lines,
            [
                ("crates/kernels/Cargo.toml", 2),
                ("crates/engine/Cargo.toml", 2),
                ("crates/novel/Cargo.toml", 0),
            ]
        );
    }

    #[test]
    fn a_forbidden_import_is_found() {
        let found = imports(&files(&[
            (
                "crates/engine/src/step.rs",
                "use text::Tokenizer; // text::\nuse context::x;\n",
            ),
            ("crates/engine/src/completion.rs", "use text::Tokenizer;\n"),
            (
                "crates/engine/src/scheduler/admit.rs",
                "use std::time::Instant;\n",
            ),
            (
                "crates/models/src/llama.rs",
                "// std::fs\n#[cfg(test)]\nmod t {\nuse std::fs;\n",
            ),
        ]));
        let lines: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(
            lines,
            [
                ("crates/engine/src/step.rs", 1),
                ("crates/engine/src/scheduler/admit.rs", 1),
            ]
        );
    }

    #[test]
    fn vector_code_without_a_definition_or_a_test_is_found() {
        let vector = "#[target_feature(enable = \"avx2\")]\nfn row() {}\n";
        let complete = format!("{vector}mod scalar {{}}\nfn kernels_agree() {{}}\n");
        let found = kernels(&files(&[
            ("crates/kernels/src/simd.rs", vector),
            ("crates/kernels/src/good.rs", &complete),
            ("crates/kernels/src/bad.rs", vector),
            ("crates/kernels/src/split.rs", "mod scalar;\n"),
            ("crates/kernels/src/split/avx2.rs", vector),
            (
                "crates/kernels/src/split/tests.rs",
                "fn kernels_agree() {}\n",
            ),
        ]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|f| f.path == "crates/kernels/src/bad.rs"));
    }

    #[test]
    fn an_architecture_without_paper_or_golden_is_found() {
        let code = "impl LanguageModel for Model {\n}\n";
        let cited = format!("//! <https://arxiv.org/abs/2307.09288>\n{code}");
        let found = models(&files(&[
            ("crates/models/src/gpt2.rs", code),
            ("crates/models/src/llama.rs", &cited),
            ("crates/models/src/tests.rs", code),
            ("crates/models/tests/it/golden.rs", "check(\"llama\");"),
        ]));
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().all(|f| f.path == "crates/models/src/gpt2.rs"));
    }
}
