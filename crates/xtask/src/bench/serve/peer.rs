//! The engine in a process of its own: the example `serve_speed`.

use std::io::{BufRead as _, BufReader, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::super::{number, parse};
use crate::process::{cargo, step, work_dir};

pub(super) struct Peer {
    child: Child,
    stdin: ChildStdin,
    stdout: BufReader<ChildStdout>,
}

/// What came of some prompts.
pub(super) struct Answered {
    seconds: f64,
    pub(super) tokens: usize,
    pub(super) first_s: Vec<Option<f64>>,
    pub(super) texts: Vec<String>,
}

impl Peer {
    pub(super) fn build() -> Result<()> {
        let build = "build --release --quiet --package engine --example serve_speed";
        step(
            "build the peer",
            &mut cargo(&build.split(' ').collect::<Vec<_>>()),
        )
    }

    pub(super) fn start(model: &Path, threads: usize) -> Result<Self> {
        let target = work_dir();
        let target = target
            .parent()
            .expect("it is a folder of the target folder");
        let mut command = Command::new(target.join("release/examples/serve_speed"));
        command
            .env("LYCEUM_THREADS", threads.to_string())
            .arg(model)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        let mut child = command.spawn().context("cannot start serve_speed")?;
        let stdin = child.stdin.take().expect("stdin is piped");
        let stdout = BufReader::new(child.stdout.take().expect("stdout is piped"));
        Ok(Self {
            child,
            stdin,
            stdout,
        })
    }

    /// Answers all prompts at once.
    pub(super) fn ask(&mut self, prompts: &[String], max_tokens: usize) -> Result<Answered> {
        writeln!(
            self.stdin,
            "{}",
            json!({"prompts": prompts, "max_tokens": max_tokens})
        )?;
        let mut line = String::new();
        self.stdout.read_line(&mut line)?;
        let said = parse(&line).context("output of serve_speed")?;
        let list = |name: &str| said[name].as_array().cloned().unwrap_or_default();
        let text = |text: &Value| text.as_str().unwrap_or_default().to_owned();
        Ok(Answered {
            seconds: number(&said, "seconds")?,
            tokens: number(&said, "tokens")? as usize,
            first_s: list("first_s").iter().map(Value::as_f64).collect(),
            texts: list("texts").iter().map(text).collect(),
        })
    }
}

impl Answered {
    pub(super) fn tokens_per_s(&self) -> f64 {
        self.tokens as f64 / self.seconds
    }
}

impl Drop for Peer {
    fn drop(&mut self) {
        // It may have ended by itself, which its reader has told.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}
