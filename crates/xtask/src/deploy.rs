//! What `deploy/` holds, judged by those who will read it: Helm's own library and systemd.

use std::fs;
use std::process::Command;

use anyhow::{Context, Result};

use crate::process::{output, root, step, work_dir};
use crate::setup::{lyceum, python};

pub(crate) fn check() -> Result<()> {
    let scripts = root().join("scripts/deploy");
    let python = python("deploy", &scripts.join("requirements.txt"), &[])?;
    let lyceum = lyceum(&["build", "--quiet", "--package", "lyceum"], "debug")?;
    let known = output(Command::new(lyceum).args(["config", "--json"]))?;
    let file = work_dir().join("settings.json");
    fs::write(&file, known).with_context(|| format!("cannot write {}", file.display()))?;
    let mut check = Command::new(python);
    check.arg(scripts.join("check.py")).arg(file);
    step("deploy", &mut check)
}
