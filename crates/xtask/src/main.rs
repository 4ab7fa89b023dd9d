//! Tasks of this repository: `cargo xtask test | sdk | schemathesis | ui | tidy | bench |
//! perplexity | fixtures`.
//!
//! Written in Rust so that a clone needs nothing but Rust to start; Python
//! comes in as the judge, in a virtual environment of its own under `target/`.

mod bench;
mod deploy;
mod perplexity;
mod postgres;
mod process;
mod s3;
mod schemathesis;
mod sdk;
mod setup;
mod test;
mod tidy;
mod ui;

use std::process::ExitCode;

use anyhow::{Result, bail};

const USAGE: &str = "\
usage: cargo xtask <task>

  test [args]      formatting, lints, tidy, then set everything up, then all tests, then `sdk`
                   and `ui`;
                   args go to the test runner, as in `cargo xtask test packed`
  sdk [suites]     only the published clients against our server; scripts/sdk/README.md
                   says what the suites are
  schemathesis     only our OpenAPI document against our server
  ui [build]       the Playground's pages: types, tests, the committed build, Chromium;
                   build: only builds them again
  tidy [--ratchet] only the checks of our own; --ratchet records today's sizes
  bench [parts]    speed beside llama.cpp's and others, on the same file; parts: formats,
                   batch, context, busy, start, tokenizer, avx2, or a format
                   such as Q4_1; serve: our server beside its own engine;
                   --threads N, --rounds N
  perplexity [formats]  what int8 activations cost in quality, in every format
  fixtures [names] write fixtures/models/ again with scripts/fixtures/models.py
  setup            only what `test` sets up: Python, the default model, references";

fn main() -> ExitCode {
    let args: Vec<String> = std::env::args().skip(1).collect();
    match run(&args) {
        Ok(()) => ExitCode::SUCCESS,
        Err(e) => {
            eprintln!("error: {e:#}");
            ExitCode::FAILURE
        }
    }
}

fn run(args: &[String]) -> Result<()> {
    let Some((task, rest)) = args.split_first() else {
        bail!("no task\n\n{USAGE}");
    };
    match task.as_str() {
        "test" => test::run(rest),
        "sdk" => sdk::run(rest),
        "schemathesis" => schemathesis::run(),
        "ui" => ui::run(rest),
        "tidy" => tidy::run(rest),
        "bench" => bench::run(rest),
        "perplexity" => perplexity::run(rest),
        "fixtures" => setup::fixtures(rest),
        "setup" => setup::all().map(drop),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            Ok(())
        }
        other => bail!("no task `{other}`\n\n{USAGE}"),
    }
}
