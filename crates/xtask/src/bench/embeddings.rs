//! `cargo xtask bench embeddings`: the default embedding model beside
//! sentence-transformers (PyTorch) and ONNX Runtime, each at the best of its settings,
//! from a thousand texts of mixed length to vectors of length 1.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::Wanted;
use super::ours::{load, parse};
use super::table::{self, Row};
use crate::process::{cargo, output, root, work_dir};
use crate::setup::{EMBEDDER, program, pulled, python};

pub(super) const NAME: &str = "embeddings";

/// The peers of `scripts/bench/embed_speed.py`, and how many times their speed is wanted.
const PEERS: [(&str, f64); 2] = [("sentence-transformers", 2.0), ("onnxruntime", 1.0)];

/// How far the best of a peer may be from ours, as cosine distance: BF16 is among
/// PyTorch's settings.
const DISTANCE: f64 = 1e-3;

pub(super) fn run(wanted: &Wanted) -> Result<()> {
    let python = python(
        "embed-venv",
        &root().join("scripts/bench/embeddings.txt"),
        &[],
    )?;
    // It only fetches the model.
    let lyceum = program()?;
    let model = pulled(&lyceum, &work_dir().join("data"), EMBEDDER)?;
    let texts = work_dir().join("sentences.json");
    let mut write = script(&python);
    output(write.arg("texts").arg(&texts))?;
    let all = texts_in(&texts)?;
    println!(
        "{EMBEDDER}, {all} texts, median of {} rounds in turn; {}",
        wanted.rounds,
        load()
    );
    table::begin();
    for &threads in &wanted.threads {
        for (peer, bar) in PEERS {
            let mut rounds = Vec::new();
            let mut setting = String::new();
            for _ in 0..wanted.rounds {
                let ours = ours(&model, &texts, threads)?;
                let theirs = theirs(&python, peer, &model, &texts, threads)?;
                ensure!(
                    farthest(&ours, &theirs)? <= DISTANCE,
                    "{peer} has other vectors than ours"
                );
                setting = theirs["setting"].as_str().unwrap_or_default().to_owned();
                rounds.push((speed(&ours, all)?, speed(&theirs, all)?));
            }
            let name = format!("{peer} ({setting})");
            let row = Row::new(name, threads, "texts/s", bar);
            row.rounds(&rounds, "texts_per_s")?.print();
        }
    }
    Ok(())
}

fn script(python: &Path) -> Command {
    let mut command = Command::new(python);
    command.arg(root().join("scripts/bench/embed_speed.py"));
    command
}

fn texts_in(path: &Path) -> Result<usize> {
    let text = std::fs::read_to_string(path)?;
    let texts: Vec<String> = serde_json::from_str(&text)?;
    Ok(texts.len())
}

fn ours(model: &Path, texts: &Path, threads: usize) -> Result<Value> {
    let run = "run --release --quiet --package engine --example embed_speed --";
    let mut command = cargo(&run.split(' ').collect::<Vec<_>>());
    command.env("LYCEUM_THREADS", threads.to_string());
    parse(&output(command.arg(model).arg(texts).arg("1"))?)
}

fn theirs(python: &Path, peer: &str, model: &Path, texts: &Path, threads: usize) -> Result<Value> {
    let mut command = script(python);
    command.arg(peer).arg(model).arg(texts);
    parse(&output(command.arg(threads.to_string()).arg("1"))?)
}

fn speed(result: &Value, texts: usize) -> Result<Value> {
    let seconds = result["seconds"][0].as_f64().context("no seconds")?;
    Ok(json!({"texts_per_s": texts as f64 / seconds}))
}

/// The greatest cosine distance of the first texts' vectors.
fn farthest(a: &Value, b: &Value) -> Result<f64> {
    let vectors = |value: &Value| -> Result<Vec<Vec<f64>>> {
        Ok(serde_json::from_value(value["vectors"].clone())?)
    };
    let (a, b) = (vectors(a)?, vectors(b)?);
    ensure!(!a.is_empty() && a.len() == b.len(), "vectors are missing");
    let dot = |a: &[f64], b: &[f64]| a.iter().zip(b).map(|(a, b)| a * b).sum::<f64>();
    let distances = a.iter().zip(&b).map(|(a, b)| {
        let lengths = (dot(a, a) * dot(b, b)).sqrt();
        1.0 - dot(a, b) / lengths
    });
    Ok(distances.fold(0.0, f64::max))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn vectors_are_compared_by_their_angle() {
        let of = |vectors: Value| json!({"vectors": vectors});
        let a = of(json!([[1.0, 0.0], [0.0, 2.0]]));
        let b = of(json!([[3.0, 0.0], [1.0, 1.0]]));
        let distance = farthest(&a, &b).unwrap();
        assert!((distance - (1.0 - 0.5f64.sqrt())).abs() < 1e-12);
        assert!(farthest(&a, &of(json!([]))).is_err());
    }
}
