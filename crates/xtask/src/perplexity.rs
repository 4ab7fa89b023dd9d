//! `cargo xtask perplexity`: what each format's fast path costs in quality. The
//! shipped model in every format that llama.cpp can make of it, with the default
//! settings (int8 activations, a cache of halves) against f32 ones, and the
//! shipped file against transformers.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, ensure};

use crate::bench::{LlamaCpp, native_python, number, parse};
use crate::process::{cargo, output, root, work_dir};
use crate::setup::{DEFAULT_MODEL, default_model, python};

const BUILD: &[&str] = &["build", "--release", "--quiet", "--package", "lyceum"];
const TOKENS: usize = 20_000;
/// What transformers is asked for, as it takes seconds per window.
const ANCHOR_TOKENS: usize = 2000;
/// Of the f32 reference's perplexity, either way.
const TOLERANCE: f64 = 0.005;
/// Sums in another order, and nothing else, lie between transformers and us.
const ANCHOR_TOLERANCE: f64 = 1e-4;

/// llama.cpp's names. K-quants and IQ4_XS need rows of a multiple of 256 values;
/// where the model's have another length, llama.cpp takes a format of blocks of 32
/// instead, and the column `holds` says which.
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
    println!(
        "{DEFAULT_MODEL}, perplexity of {TOKENS} tokens in windows of 1,000: f32 activations and \
         cache against the default settings; bar {:.1} %\n",
        100.0 * TOLERANCE
    );
    println!("| format | holds | f32 | default | off by | within the bar |");
    println!("|---|---|---:|---:|---:|---|");
    let known = KINDS.iter().copied().chain(["MOSTLY_Q4_1", "anchor"]);
    ensure!(
        known.clone().any(wanted),
        "{args:?} names no format; they are {:?}",
        known.collect::<Vec<_>>()
    );
    let mut within = true;
    if wanted("MOSTLY_Q4_1") {
        within &= row("MOSTLY_Q4_1", &llama_cpp, &shipped, &text)?;
    }
    for kind in KINDS.into_iter().filter(|kind| wanted(kind)) {
        let file = llama_cpp.quantize(&shipped, kind)?;
        within &= row(kind, &llama_cpp, &file, &text)?;
    }
    ensure!(within, "a format is off by more than the bar");
    if args.is_empty() || args.iter().any(|a| a == "anchor") {
        anchor(&shipped, &text)?;
    }
    Ok(())
}

/// Prints a format's row; whether the default settings are within the bar.
fn row(kind: &str, llama_cpp: &LlamaCpp, file: &Path, text: &Path) -> Result<bool> {
    let exact = perplexity(file, text, TOKENS, "exact", None)?;
    let fast = perplexity(file, text, TOKENS, "fast", None)?;
    let off = fast / exact - 1.0;
    let within = off.abs() <= TOLERANCE; // NaN is not
    let name = kind
        .trim_start_matches("MOSTLY_")
        .trim_start_matches("ALL_");
    let holds = llama_cpp.holds(file)?;
    println!(
        "| {name} | {holds} | {exact:.4} | {fast:.4} | {:+.3} % | {} |",
        100.0 * off,
        if within { "yes" } else { "NO" }
    );
    Ok(within)
}

/// Ours; the windows' ids are written to `ids`.
fn perplexity(
    model: &Path,
    text: &Path,
    tokens: usize,
    settings: &str,
    ids: Option<&Path>,
) -> Result<f64> {
    let arguments = "run --release --quiet --package engine --example perplexity --";
    let mut command = cargo(&arguments.split(' ').collect::<Vec<_>>());
    command
        .arg(model)
        .arg(text)
        .args([&tokens.to_string(), settings])
        .args(ids);
    number(&parse(&output(&mut command)?)?, "perplexity")
}

/// The shipped file by us with f32 and by transformers on the same weights, same ids.
fn anchor(shipped: &Path, text: &Path) -> Result<()> {
    let requirements = root().join("scripts/fixtures/requirements.txt");
    let python = python("venv", &requirements, &[])?;
    let ids: PathBuf = work_dir().join("perplexity-ids.json");
    let ours = perplexity(shipped, text, ANCHOR_TOKENS, "exact", Some(&ids))?;
    let mut command = Command::new(python);
    command
        .arg(root().join("scripts/fixtures/perplexity.py"))
        .arg(shipped)
        .arg(&ids);
    let printed = output(&mut command).context("transformers")?;
    let theirs = number(&parse(&printed)?, "perplexity")?;
    let off = ours / theirs - 1.0;
    println!(
        "\ntransformers on the same weights and the first {ANCHOR_TOKENS} ids: {theirs:.4}, ours \
         {ours:.4}, {off:+.2e}"
    );
    ensure!(
        off.abs() <= ANCHOR_TOLERANCE,
        "transformers disagrees by more than {ANCHOR_TOLERANCE:e}"
    );
    Ok(())
}
