//! `cargo xtask bench`: our speed beside llama.cpp's, on the same file, in
//! turn, on the same machine. The table is meant for LOG.md.

use std::path::Path;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{output, root, work_dir};
use crate::setup::{DEFAULT_MODEL, default_model, lyceum, python};

const BUILD: &[&str] = &["build", "--release", "--quiet", "--package", "lyceum"];
const PREFILL: usize = 512;
const DECODE: usize = 128;
const RUNS: usize = 3;

/// Median tokens per second.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Speed {
    prefill: f64,
    decode: f64,
}

/// Measures both programs at one thread and at all, and prints the table.
pub(crate) fn run() -> Result<()> {
    // Building all of llama.cpp takes minutes on two cores; ninja uses them all.
    let native = [(
        "CMAKE_ARGS",
        "-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF",
    )];
    let judge = python(
        "bench-venv",
        &root().join("scripts/bench/requirements.txt"),
        &native,
    )?;
    let model = default_model(&work_dir().join("data"), BUILD, "release")?;
    let program = lyceum(BUILD, "release")?;

    let all = std::thread::available_parallelism().map_or(1, usize::from);
    let counts = if all > 1 { vec![1, all] } else { vec![1] };
    println!("{DEFAULT_MODEL}, prefill {PREFILL}, decode {DECODE}, median of {RUNS}, tokens/s\n");
    println!("| threads | | lyceum | llama.cpp | ratio |");
    println!("|---|---|---:|---:|---:|");
    for threads in counts {
        let ours = ours(&program, &model, threads)?;
        let theirs = theirs(&judge, &model, threads)?;
        print!("{}", rows(threads, ours, theirs));
    }
    Ok(())
}

fn ours(program: &Path, model: &Path, threads: usize) -> Result<Speed> {
    let mut command = Command::new(program);
    command.arg("bench").arg(model).arg("--json");
    for (flag, value) in [
        ("--threads", threads),
        ("--prefill", PREFILL),
        ("--decode", DECODE),
        ("--runs", RUNS),
    ] {
        command.arg(flag).arg(value.to_string());
    }
    parse(&output(&mut command)?).context("output of `lyceum bench`")
}

fn theirs(python: &Path, model: &Path, threads: usize) -> Result<Speed> {
    let mut command = Command::new(python);
    command
        .arg(root().join("scripts/bench/llama_cpp_speed.py"))
        .arg(model);
    command.args([threads, PREFILL, DECODE, RUNS].map(|n| n.to_string()));
    parse(&output(&mut command)?).context("output of llama_cpp_speed.py")
}

fn parse(json: &str) -> Result<Speed> {
    let value: serde_json::Value = serde_json::from_str(json)?;
    let field = |name: &str| {
        let number = value[name].as_f64();
        number.with_context(|| format!("no number `{name}`"))
    };
    Ok(Speed {
        prefill: field("prefill_tokens_per_s")?,
        decode: field("decode_tokens_per_s")?,
    })
}

fn rows(threads: usize, ours: Speed, theirs: Speed) -> String {
    let row = |name, ours: f64, theirs: f64| {
        let ratio = ours / theirs;
        format!("| {threads} | {name} | {ours:.1} | {theirs:.1} | {ratio:.2} |\n")
    };
    row("prefill", ours.prefill, theirs.prefill) + &row("decode", ours.decode, theirs.decode)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn speeds_are_read_and_compared() {
        let json = r#"{"v": 1, "prefill_tokens_per_s": 300.0, "decode_tokens_per_s": 50}"#;
        let ours = parse(json).unwrap();
        assert_eq!((ours.prefill, ours.decode), (300.0, 50.0));
        let theirs = Speed {
            prefill: 600.0,
            decode: 40.0,
        };
        let want = "| 2 | prefill | 300.0 | 600.0 | 0.50 |\n| 2 | decode | 50.0 | 40.0 | 1.25 |\n";
        assert_eq!(rows(2, ours, theirs), want);
    }

    #[test]
    fn a_missing_field_is_an_error_that_names_it() {
        let error = parse(r#"{"prefill_tokens_per_s": 1.0}"#).unwrap_err();
        assert!(error.to_string().contains("decode_tokens_per_s"));
        assert!(parse("speed: 3").is_err());
    }
}
