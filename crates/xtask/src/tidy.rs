//! `cargo xtask tidy`: the conventions that neither rustfmt nor clippy checks.
//!
//! Every check is a function from the tracked files to its findings, and has a
//! test that shows it can find something. Sizes are ratchets: what is larger
//! than the soft limit stands in `tidy/ratchet.txt` and may only shrink.

mod layers;
mod names;
mod pages;
mod sizes;
mod words;

use std::collections::BTreeSet;
use std::fmt;
use std::fs;
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{output, root};

const RATCHET: &str = "crates/xtask/src/tidy/ratchet.txt";

/// Runs all checks; with `--ratchet`, records the sizes that are there.
pub(crate) fn run(args: &[String]) -> Result<()> {
    let files = tracked()?;
    match args {
        [] => {}
        [flag] if flag == "--ratchet" => {
            let path = root().join(RATCHET);
            let text = sizes::ratchet(&files);
            return fs::write(&path, text).with_context(|| format!("cannot write {RATCHET}"));
        }
        other => bail!("tidy takes only --ratchet, got {}", other.join(" ")),
    }
    let findings = check(&files);
    for finding in &findings {
        println!("{finding}");
    }
    match findings.len() {
        0 => println!("tidy: {} files, nothing to say", files.len()),
        1 => bail!("tidy has 1 finding"),
        count => bail!("tidy has {count} findings"),
    }
    Ok(())
}

fn check(files: &[File]) -> Vec<Finding> {
    let ratchet = files.iter().find(|f| f.path == RATCHET);
    let ratchet = ratchet.map_or("", |f| f.text.as_str());
    [
        layers::manifests(files),
        layers::imports(files),
        layers::kernels(files),
        layers::models(files),
        sizes::check(files, ratchet),
        words::banned(files),
        names::places(files),
        names::fixtures(files),
        names::dependencies(files),
        pages::built(files),
    ]
    .concat()
}

/// Something that breaks a convention, and what to do instead.
#[derive(Clone, Debug, PartialEq)]
struct Finding {
    path: String,
    /// Counted from 1; 0 means the whole file.
    line: usize,
    message: String,
}

impl Finding {
    fn new(file: &File, line: usize, message: impl Into<String>) -> Self {
        let (path, message) = (file.path.clone(), message.into());
        Self {
            path,
            line,
            message,
        }
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.line {
            0 => write!(f, "{}: {}", self.path, self.message),
            line => write!(f, "{}:{line}: {}", self.path, self.message),
        }
    }
}

/// A tracked file. Binary files have an empty text.
#[derive(Clone, Debug, Default)]
struct File {
    /// Relative to the root, with `/`.
    path: String,
    text: String,
    size_bytes: usize,
    /// Compiled for tests only.
    is_test: bool,
}

impl File {
    /// The crate it belongs to, if any.
    fn package(&self) -> Option<&str> {
        self.path.strip_prefix("crates/")?.split('/').next()
    }

    fn is_rust(&self) -> bool {
        self.path.ends_with(".rs")
    }

    /// Lines with their numbers, up to the test module at the bottom.
    fn code(&self) -> impl Iterator<Item = (usize, &str)> {
        let count = match (self.is_test, self.test_module()) {
            (true, _) => 0,
            (false, Some(first)) => first,
            (false, None) => usize::MAX,
        };
        self.lines().take(count)
    }

    /// All lines with their numbers, counted from 1.
    fn lines(&self) -> impl Iterator<Item = (usize, &str)> {
        self.text.lines().enumerate().map(|(i, line)| (i + 1, line))
    }

    /// How many lines stand before the test module.
    fn test_module(&self) -> Option<usize> {
        let lines: Vec<&str> = self.text.lines().collect();
        let inline = |pair: &[&str]| {
            pair[0] == "#[cfg(test)]" && pair[1].starts_with("mod ") && pair[1].ends_with('{')
        };
        lines.windows(2).position(inline)
    }
}

/// All files that git tracks or would track.
fn tracked() -> Result<Vec<File>> {
    let listing = output(
        Command::new("git")
            .args([
                "ls-files",
                "-z",
                "--cached",
                "--others",
                "--exclude-standard",
            ])
            .current_dir(root()),
    )?;
    let mut files = Vec::new();
    for path in listing.split('\0').filter(|path| !path.is_empty()) {
        // A file that was deleted but not yet committed is still listed.
        let Ok(bytes) = fs::read(root().join(path)) else {
            continue;
        };
        let size_bytes = bytes.len();
        files.push(File {
            path: path.to_string(),
            text: String::from_utf8(bytes).unwrap_or_default(),
            size_bytes,
            is_test: false,
        });
    }
    mark_tests(&mut files);
    Ok(files)
}

/// Marks files in test folders, and modules that their parent declares under
/// `#[cfg(test)]`.
fn mark_tests(files: &mut [File]) {
    let mut modules = BTreeSet::new();
    for file in files.iter().filter(|f| f.is_rust()) {
        let (folder, name) = file.path.rsplit_once('/').unwrap_or(("", &file.path));
        let folder = match name {
            "lib.rs" | "main.rs" | "mod.rs" => folder.to_string(),
            _ => format!("{folder}/{}", name.trim_end_matches(".rs")),
        };
        let lines: Vec<&str> = file.text.lines().map(str::trim).collect();
        for pair in lines.windows(2).filter(|pair| pair[0] == "#[cfg(test)]") {
            let declared = pair[1]
                .split("mod ")
                .nth(1)
                .and_then(|m| m.strip_suffix(';'));
            if let Some(module) = declared {
                modules.insert(format!("{folder}/{module}.rs"));
            }
        }
    }
    for file in files {
        let folders = ["/tests/", "/benches/", "/examples/"];
        file.is_test = modules.contains(&file.path)
            || file.path.starts_with("fuzz/")
            || folders.iter().any(|folder| file.path.contains(folder))
            || file.path.ends_with("/tests.rs");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Files as the checks see them, from (path, text).
    pub(super) fn files(given: &[(&str, &str)]) -> Vec<File> {
        let file = |&(path, text): &(&str, &str)| File {
            path: path.to_string(),
            text: text.to_string(),
            size_bytes: text.len(),
            is_test: false,
        };
        let mut files: Vec<File> = given.iter().map(file).collect();
        mark_tests(&mut files);
        files
    }

    #[test]
    fn code_ends_where_the_tests_begin() {
        let text = "fn a() {}\n\n#[cfg(test)]\nmod tests {\n    fn b() {}\n}\n";
        let files = files(&[("crates/x/src/lib.rs", text)]);
        let code: Vec<_> = files[0].code().map(|(_, line)| line).collect();
        assert_eq!(code, ["fn a() {}", ""]);
    }

    #[test]
    fn test_modules_in_files_of_their_own_are_tests() {
        let files = files(&[
            (
                "crates/x/src/lib.rs",
                "#[cfg(test)]\nmod check;\nmod code;\n",
            ),
            ("crates/x/src/check.rs", ""),
            ("crates/x/src/code.rs", "#[cfg(test)]\nmod tests;\n"),
            ("crates/x/src/code/tests.rs", ""),
            ("crates/x/tests/it/main.rs", ""),
        ]);
        let tests: Vec<bool> = files.iter().map(|f| f.is_test).collect();
        assert_eq!(tests, [false, true, false, true, true]);
    }
}
