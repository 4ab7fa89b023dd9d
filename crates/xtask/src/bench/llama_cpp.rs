//! llama.cpp, through `scripts/bench/llama_cpp_speed.py`.

use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result};
use serde_json::{Value, json};

use super::number;
use super::ours::{PROMPT, parse};
use crate::process::{output, root, work_dir};

/// Compiled for this machine. It takes minutes on two cores; ninja uses them all.
pub(super) const NATIVE: [(&str, &str); 1] = [(
    "CMAKE_ARGS",
    "-DGGML_NATIVE=ON -DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF",
)];

/// Compiled for a processor that has AVX2 and nothing newer. Nothing built for
/// this machine may stand in for it.
pub(super) const AVX2: [(&str, &str); 2] = [
    (
        "CMAKE_ARGS",
        "-DGGML_NATIVE=OFF -DGGML_AVX=ON -DGGML_AVX2=ON -DGGML_FMA=ON -DGGML_F16C=ON \
         -DGGML_BMI2=ON -DGGML_AVX512=OFF -DLLAVA_BUILD=OFF -DMTMD_BUILD=OFF",
    ),
    ("PIP_NO_CACHE_DIR", "1"),
];

pub(crate) struct LlamaCpp {
    python: PathBuf,
}

impl LlamaCpp {
    pub(crate) fn new(python: PathBuf) -> Self {
        Self { python }
    }

    pub(super) fn python(&self) -> &Path {
        &self.python
    }

    /// Its best settings by phase: `prefill`, `decode` and `all`.
    pub(super) fn tune(
        &self,
        model: &Path,
        threads: usize,
        prefill: usize,
        decode: usize,
        batch: usize,
    ) -> Result<Value> {
        let numbers = [prefill, decode, batch].map(|n| n.to_string());
        self.ask("tune", model, threads, &numbers)
    }

    pub(super) fn speed(
        &self,
        model: &Path,
        threads: usize,
        prefill: usize,
        decode: usize,
        batch: usize,
        settings: &Value,
    ) -> Result<Value> {
        let [prefill, decode, batch] = [prefill, decode, batch].map(|n| n.to_string());
        let arguments = [prefill, decode, batch, "1".to_owned(), settings.to_string()];
        self.ask("speed", model, threads, &arguments)
    }

    pub(super) fn first(&self, model: &Path, threads: usize) -> Result<Value> {
        let printed = self.ask("first", model, threads, &[PROMPT.to_owned()])?;
        Ok(json!({"first_token_ms": number(&printed, "first_token_s")? * 1e3}))
    }

    /// `model` in another format, made once.
    pub(crate) fn quantize(&self, model: &Path, kind: &str) -> Result<PathBuf> {
        let folder = work_dir().join("bench-models");
        let out = folder.join(format!("{kind}.gguf"));
        if !out.exists() {
            std::fs::create_dir_all(&folder)?;
            // Written beside and renamed, so that an interrupted run leaves no half file.
            let partial = folder.join(format!("{kind}.{}.new", std::process::id()));
            let name = partial.display().to_string();
            self.ask("quantize", model, 2, &[name, kind.to_owned()])?;
            std::fs::rename(&partial, &out)?;
        }
        Ok(out)
    }

    /// The types of a file's matrices, as in `180 Q4_0, 1 Q8_0`.
    pub(crate) fn holds(&self, model: &Path) -> Result<String> {
        let mut command = Command::new(&self.python);
        let script = root().join("scripts/bench/gguf_types.py");
        Ok(output(command.arg(script).arg(model))?.trim().to_owned())
    }

    fn ask(&self, verb: &str, model: &Path, threads: usize, rest: &[String]) -> Result<Value> {
        let mut command = Command::new(&self.python);
        let script = root().join("scripts/bench/llama_cpp_speed.py");
        command.arg(script).arg(verb).arg(model);
        command.arg(threads.to_string()).args(rest);
        parse(&output(&mut command)?).with_context(|| format!("llama.cpp, `{verb}`"))
    }
}
