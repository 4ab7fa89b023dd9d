//! `cargo xtask perplexity`: what each format's fast path costs in quality. The
//! shipped model in every format that llama.cpp can make of it, int8 activations
//! against f32 ones, and the shipped file against transformers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail, ensure};

use crate::bench::{LlamaCpp, native_python, number, parse};
use crate::process::{cargo, output, root, work_dir};
use crate::setup::{DEFAULT_MODEL, default_model, python};

const BUILD: &[&str] = &["build", "--release", "--quiet", "--package", "lyceum"];
const TOKENS: &str = "20000";
/// Of the f32 reference's perplexity, either way.
const TOLERANCE: f64 = 0.005;
/// Sums in another order, and nothing else, lie between transformers and us.
const ANCHOR_TOLERANCE: f64 = 1e-4;

/// llama.cpp's names. K-quants need rows of a multiple of 256 values; where the
/// model's have another length, llama.cpp takes the next block format of 32 instead.
const KINDS: [&str; 14] = [
    "MOSTLY_Q4_0",
    "MOSTLY_Q5_0",
    "MOSTLY_Q5_1",
    "MOSTLY_Q8_0",
    "MOSTLY_Q2_K",
    "MOSTLY_Q3_K_M",
    "MOSTLY_Q4_K_M",
    "MOSTLY_Q5_K_M",
    "MOSTLY_Q6_K",
    "MOSTLY_IQ4_NL",
    "MOSTLY_IQ4_XS",
    "MOSTLY_BF16",
    "MOSTLY_F16",
    "ALL_F32",
];

/// Measures the formats whose names hold one of `args`, all of them if there is none.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let text = root().join("../shared/data/text/tinyshakespeare.txt");
    if !text.exists() {
        println!("skipped: {} is not here", text.display());
        return Ok(());
    }
    let shipped = default_model(&work_dir().join("data"), BUILD, "release")?;
    let llama_cpp = LlamaCpp::new(native_python()?);
    let wanted = |kind: &str| args.is_empty() || args.iter().any(|a| kind.contains(a.as_str()));
    println!("{DEFAULT_MODEL}, perplexity of {TOKENS} tokens in windows of 1,000\n");
    println!("| format | holds | f32 | int8 | off by |");
    println!("|---|---|---:|---:|---:|");
    let mut worst: f64 = 0.0;
    if wanted("MOSTLY_Q4_1") {
        worst = worst.max(row("MOSTLY_Q4_1", &llama_cpp, &shipped, &text)?);
    }
    for kind in KINDS.into_iter().filter(|kind| wanted(kind)) {
        let file = llama_cpp.quantize(&shipped, kind)?;
        worst = worst.max(row(kind, &llama_cpp, &file, &text)?);
    }
    ensure!(
        worst <= TOLERANCE,
        "a format is off by more than {:.1} %",
        100.0 * TOLERANCE
    );
    if args.is_empty() || args.iter().any(|a| a == "anchor") {
        anchor(&shipped, &text)?;
    }
    Ok(())
}

/// Prints a format's row; how far int8 is off.
fn row(kind: &str, llama_cpp: &LlamaCpp, file: &Path, text: &Path) -> Result<f64> {
    let exact = perplexity(file, text, "f32", None)?;
    let fast = perplexity(file, text, "int8", None)?;
    let off = fast / exact - 1.0;
    let name = kind
        .trim_start_matches("MOSTLY_")
        .trim_start_matches("ALL_");
    let holds = llama_cpp.holds(file)?;
    println!(
        "| {name} | {holds} | {exact:.4} | {fast:.4} | {:+.3} % |",
        100.0 * off
    );
    Ok(off.abs())
}

/// Ours; the windows' ids are written to `ids`.
fn perplexity(model: &Path, text: &Path, activations: &str, ids: Option<&Path>) -> Result<f64> {
    let arguments = "run --release --quiet --package engine --example perplexity --";
    let mut command = cargo(&arguments.split(' ').collect::<Vec<_>>());
    command
        .arg(model)
        .arg(text)
        .args([TOKENS, activations])
        .args(ids);
    number(&parse(&output(&mut command)?)?, "perplexity")
}

/// The shipped file by us with f32 and by transformers on the same weights, same ids.
fn anchor(shipped: &Path, text: &Path) -> Result<()> {
    let requirements = root().join("scripts/fixtures/requirements.txt");
    let python = python("venv", &requirements, &[])?;
    let ids: PathBuf = work_dir().join("perplexity-ids.json");
    let ours = perplexity(shipped, text, "f32", Some(&ids))?;
    let mut command = Command::new(python);
    command
        .arg(root().join("scripts/fixtures/perplexity.py"))
        .arg(shipped)
        .arg(&ids);
    let printed = output(&mut command).context("transformers")?;
    let theirs = number(&parse(&printed)?, "perplexity")?;
    let off = ours / theirs - 1.0;
    println!("\ntransformers on the same weights and ids: {theirs:.4}, ours {ours:.4}, {off:+.2e}");
    if off.abs() > ANCHOR_TOLERANCE {
        bail!("transformers disagrees by more than {ANCHOR_TOLERANCE:e}");
    }
    Ok(())
}
