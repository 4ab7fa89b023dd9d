//! Encoding on one thread: ours, in an example of the engine's, and the peers',
//! in `scripts/bench/encode_speed.py`, on the same text with the same vocabulary.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, ensure};
use serde_json::Value;

use super::ours::parse;
use crate::process::{cargo, output, root, work_dir};

/// Ours and the peer's speed; an error if their ids differ.
pub(super) fn round(model: &Path, python: &Path, peer: &str) -> Result<(Value, Value)> {
    let script = root().join("scripts/bench/encode_speed.py");
    let text = text(python, &script)?;
    let arguments = "run --release --quiet --package engine --example encode_speed --";
    let mut ours = cargo(&arguments.split(' ').collect::<Vec<_>>());
    let ours = parse(&output(ours.arg(model).arg(&text))?)?;
    let mut theirs = Command::new(python);
    theirs.arg(&script).arg(peer).arg(model).arg(&text);
    let theirs = parse(&output(&mut theirs)?)?;
    ensure!(
        ours["tokens"] == theirs["tokens"] && ours["checksum"] == theirs["checksum"],
        "{peer} has other ids than ours: {theirs} and {ours}"
    );
    Ok((ours, theirs))
}

/// Twenty megabytes of English, written once.
fn text(python: &Path, script: &Path) -> Result<PathBuf> {
    let path = work_dir().join("english.txt");
    if !path.exists() {
        let books = root().join("../shared/data/text/classic-books.tar.xz");
        let partial = work_dir().join("english.txt.new");
        let mut command = Command::new(python);
        output(command.arg(script).arg("text").arg(books).arg(&partial))?;
        fs::rename(&partial, &path)?;
    }
    Ok(path)
}
