//! `cargo xtask test`: everything that must hold before a commit.

use std::process::Command;
use std::time::Instant;

use anyhow::{Result, bail};

use crate::deploy;
use crate::postgres::Postgres;
use crate::process::{cargo, root, step, succeeds, timed, watch};
use crate::s3::S3;
use crate::schemathesis;
use crate::sdk;
use crate::setup::{self, Ready};
use crate::tidy;
use crate::ui;

/// Checks formatting, lints and conventions, then sets up, then runs all tests
/// and the published clients. `filter` goes to the test runner, and leaves the
/// clients out.
pub(crate) fn run(filter: &[String]) -> Result<()> {
    let start = Instant::now();
    checks_then(checks, setup::all, |ready| tests(&ready, filter))?;
    if filter.is_empty() {
        deploy::check()?;
        sdk::run(&[])?;
        schemathesis::run()?;
        ui::run(&[])?;
    }
    let minutes = start.elapsed().as_secs_f64() / 60.0;
    println!("all checks passed in {minutes:.1} min");
    Ok(())
}

/// In this order, as the checks need no network and the set-up does.
fn checks_then<T>(
    checks: impl FnOnce() -> Result<()>,
    setup: impl FnOnce() -> Result<T>,
    tests: impl FnOnce(T) -> Result<()>,
) -> Result<()> {
    checks()?;
    tests(setup()?)
}

fn checks() -> Result<()> {
    step("format", &mut cargo(&["fmt", "--all", "--check"]))?;
    step(
        "clippy",
        &mut cargo(&[
            "clippy",
            "--quiet",
            "--workspace",
            "--all-targets",
            "--",
            "-D",
            "warnings",
        ]),
    )?;
    timed("tidy", || tidy::run(&[]))
}

fn tests(ready: &Ready, filter: &[String]) -> Result<()> {
    let (postgres, s3) = (Postgres::start()?, S3::start()?);
    let mut command = runner(None);
    command.args(filter);
    command.env("LYCEUM_TEST_DATA", &ready.data);
    command.env("LYCEUM_TEST_MODEL", &ready.model);
    command.env("LYCEUM_REFERENCE", &ready.reference);
    command.env("LYCEUM_TEST_EMBEDDER", &ready.embedder);
    command.env("LYCEUM_SENTENCES", &ready.sentences);
    command.env("LYCEUM_TEST_POSTGRES", &postgres.url);
    s3.tell(&mut command);
    let mut counts = Counts::default();
    let mut passed = timed("tests", || watch(&mut command, |line| counts.see(line)))?;
    let mut command = runner(Some("server"));
    command.args(filter);
    command.env("LYCEUM_TEST_SERVER_DATABASE", &postgres.url);
    passed &= timed("the server's tests on PostgreSQL", || {
        watch(&mut command, |line| counts.see(line))
    })?;
    if root().join("../shared").exists() {
        println!("tests: {counts}");
    } else {
        println!("tests: {counts}; those that read ../shared, which is not here, did nothing");
    }
    if !passed {
        bail!("tests failed");
    }
    if counts.passed == 0 {
        bail!("no test ran");
    }
    Ok(())
}

/// All tests, or those of one package. nextest where it is installed: it runs the tests of
/// all crates at once.
fn runner(package: Option<&str>) -> Command {
    if succeeds(&mut cargo(&["nextest", "--version"])) {
        let quiet = ["--status-level", "fail", "--final-status-level", "fail"];
        // For one package, too, as cargo would build it anew with other features.
        let mut command = cargo(&["nextest", "run", "--no-fail-fast", "--workspace"]);
        if let Some(package) = package {
            command.args(["-E", &format!("package({package})")]);
        }
        // Filters may leave nothing of it.
        command.arg("--no-tests=pass");
        command.args(["--color", "never"]).args(quiet);
        return command;
    }
    let mut command = cargo(&["test", "--no-fail-fast", "--color", "never"]);
    match package {
        Some(package) => command.args(["--package", package]),
        None => command.arg("--workspace"),
    };
    command
}

/// How many tests ran, read off the runner's summary lines.
#[derive(Default, Debug, PartialEq)]
struct Counts {
    passed: usize,
    failed: usize,
    ignored: usize,
}

impl Counts {
    fn see(&mut self, line: &str) {
        let line = line.trim();
        let summary = line
            .strip_prefix("test result: ")
            .or_else(|| line.strip_prefix("Summary ["));
        let Some(summary) = summary else { return };
        // Both runners write `16 passed` somewhere between commas, colons,
        // semicolons and full stops.
        let words: Vec<&str> = summary
            .split(|c: char| !c.is_alphanumeric())
            .filter(|word| !word.is_empty())
            .collect();
        for pair in words.windows(2) {
            let Ok(count) = pair[0].parse::<usize>() else {
                continue;
            };
            match pair[1] {
                "passed" => self.passed += count,
                "failed" => self.failed += count,
                "ignored" | "skipped" => self.ignored += count,
                _ => {}
            }
        }
    }
}

impl std::fmt::Display for Counts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let Self {
            passed,
            failed,
            ignored,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {ignored} ignored")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::cell::RefCell;

    #[test]
    fn without_a_network_the_checks_still_run() {
        let ran = RefCell::new(vec![]);
        let result = checks_then(
            || {
                ran.borrow_mut().push("checks");
                Ok(())
            },
            || {
                ran.borrow_mut().push("set-up");
                bail!("no network")
            },
            |()| {
                ran.borrow_mut().push("tests");
                Ok(())
            },
        );
        assert!(result.is_err());
        assert_eq!(ran.into_inner(), ["checks", "set-up"]);
    }

    #[test]
    fn both_runners_summaries_are_counted() {
        let mut counts = Counts::default();
        counts.see("test result: ok. 16 passed; 0 failed; 2 ignored; 0 measured; 0 filtered out");
        counts.see("test result: FAILED. 3 passed; 1 failed; 0 ignored; finished in 0.08s");
        counts
            .see("     Summary [   1.083s] 30 tests run: 28 passed (1 slow), 2 failed, 4 skipped");
        counts.see("a test says 5 passed");
        let want = Counts {
            passed: 16 + 3 + 28,
            failed: 1 + 2,
            ignored: 2 + 4,
        };
        assert_eq!(counts, want);
    }
}
