//! Our program, and what the machine can do.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

use anyhow::{Context, Result, ensure};
use serde_json::{Value, json};

use super::number;
use crate::process::{cargo, output};

/// The beginning of a text, for whoever starts and goes on with it.
pub(super) const PROMPT: &str = "Once upon a time there was a";

pub(super) struct Ours {
    program: PathBuf,
    /// `LYCEUM_KERNELS`; empty means the best.
    kernels: String,
}

impl Ours {
    pub(super) fn new(program: PathBuf) -> Self {
        let kernels = String::new();
        Self { program, kernels }
    }

    pub(super) fn restrict(&mut self, kernels: &str) {
        self.kernels = kernels.to_owned();
    }

    /// What `lyceum bench --json` prints for one kind of work.
    pub(super) fn speed(
        &self,
        model: &Path,
        threads: usize,
        prefill: usize,
        decode: usize,
        batch: usize,
    ) -> Result<Value> {
        let numbers = [
            ("--prefill", prefill),
            ("--decode", decode),
            ("--batch", batch),
        ];
        self.bench(model, threads, &[&numbers[..], &[("--runs", 1)]].concat())
    }

    /// With a short prompt that comes beside one of `long` tokens.
    pub(super) fn beside(&self, model: &Path, threads: usize, long: usize) -> Result<Value> {
        let numbers = [
            ("--prefill", 1),
            ("--decode", 1),
            ("--beside", long),
            ("--runs", 5),
        ];
        self.bench(model, threads, &numbers)
    }

    fn bench(&self, model: &Path, threads: usize, numbers: &[(&str, usize)]) -> Result<Value> {
        let mut command = self.command(threads);
        command.arg("bench").arg(model).args(["--json", "--quiet"]);
        for (flag, value) in numbers {
            command.arg(flag).arg(value.to_string());
        }
        parse(&output(&mut command)?).context("output of `lyceum bench`")
    }

    /// From starting the program to the first byte of its answer.
    pub(super) fn first(&self, model: &Path, threads: usize) -> Result<Value> {
        let mut command = self.command(threads);
        command.arg("complete").arg("-m").arg(model);
        command.args([PROMPT, "-t", "0", "-n", "1", "--quiet"]);
        command.stdin(Stdio::null()).stdout(Stdio::piped());
        let start = Instant::now();
        let mut child = command.spawn().context("cannot start lyceum")?;
        let mut stdout = child.stdout.take().expect("stdout is piped");
        let read = stdout.read(&mut [0])?;
        let first_token_ms = start.elapsed().as_secs_f64() * 1e3;
        ensure!(
            child.wait()?.success() && read == 1,
            "`lyceum complete` gave no answer"
        );
        Ok(json!({"first_token_ms": first_token_ms}))
    }

    fn command(&self, threads: usize) -> Command {
        let mut command = Command::new(&self.program);
        command.env("LYCEUM_KERNELS", &self.kernels);
        command.env("LYCEUM_THREADS", threads.to_string());
        command
    }
}

/// What so many threads can do in a second, together.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub int8: f64,
    pub bf16: f64,
    pub f32: f64,
    /// Bytes, from memory.
    pub read: f64,
}

impl Limits {
    pub(super) fn measure(threads: usize) -> Result<Self> {
        let arguments = "run --release --quiet --package kernels --example limits --";
        let mut command = cargo(&arguments.split(' ').collect::<Vec<_>>());
        let printed = parse(&output(command.arg(threads.to_string()))?)?;
        Ok(Self {
            int8: number(&printed, "int8_ops_per_s")?,
            bf16: number(&printed, "bf16_ops_per_s")?,
            f32: number(&printed, "f32_ops_per_s")?,
            read: number(&printed, "read_bytes_per_s")?,
        })
    }
}

impl std::fmt::Display for Limits {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let [int8, bf16, f32, read] = [self.int8, self.bf16, self.f32, self.read].map(|x| x / 1e9);
        write!(f, "{int8:.0}, {bf16:.0}, {f32:.0}, {read:.0}")
    }
}

/// Who else uses the machine.
pub(super) fn load() -> String {
    let loads = std::fs::read_to_string("/proc/loadavg").unwrap_or_default();
    let load = loads.split(' ').next().and_then(|l| l.parse().ok());
    let load: f64 = load.unwrap_or(0.0);
    let quiet = if load < 0.5 { "quiet" } else { "NOT quiet" };
    format!("load {load:.1}, {quiet}")
}

pub(crate) fn parse(text: &str) -> Result<Value> {
    serde_json::from_str(text).with_context(|| format!("no JSON: {text}"))
}
