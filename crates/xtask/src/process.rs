//! Running other programs, saying what is run and how long it took.

use std::io::{BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::mpsc;
use std::time::Instant;

use anyhow::{Context, Result, bail};

/// The folder of the root `Cargo.toml`.
pub(crate) fn root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2);
    root.expect("xtask lies two folders below the root")
        .to_path_buf()
}

/// Everything that xtask makes and keeps.
pub(crate) fn work_dir() -> PathBuf {
    let target = std::env::var_os("CARGO_TARGET_DIR");
    let target = target.map_or_else(|| root().join("target"), |dir| root().join(dir));
    target.join("xtask")
}

/// `cargo` with `args`, in the root folder.
pub(crate) fn cargo(args: &[&str]) -> Command {
    // Cargo names itself to the programs that it runs.
    let program = std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into());
    let mut command = Command::new(program);
    command.args(args).current_dir(root());
    // It also tells them of their package. Build scripts that watch these variables would
    // build again whenever a task and a plain `cargo build` take turns.
    for (name, _) in std::env::vars_os() {
        let told = name.to_string_lossy();
        if told.starts_with("CARGO_MANIFEST_") || told.starts_with("CARGO_PKG_") {
            command.env_remove(&name);
        }
    }
    command
}

/// Runs one named step; fails if the program does.
pub(crate) fn step(name: &str, command: &mut Command) -> Result<()> {
    timed(name, || {
        let status = command
            .status()
            .with_context(|| format!("cannot start `{}`", line(command)))?;
        if !status.success() {
            bail!("`{}` failed ({status})", line(command));
        }
        Ok(())
    })
}

/// Announces a step, and its time when it is done.
pub(crate) fn timed<T>(name: &str, work: impl FnOnce() -> Result<T>) -> Result<T> {
    println!("── {name}");
    let start = Instant::now();
    let result = work().with_context(|| format!("step `{name}`"))?;
    println!("── {name}: done in {:.1} s", start.elapsed().as_secs_f64());
    Ok(result)
}

/// Standard output of a program, as text.
pub(crate) fn output(command: &mut Command) -> Result<String> {
    let result = command
        .stderr(Stdio::inherit())
        .output()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    if !result.status.success() {
        bail!("`{}` failed ({})", line(command), result.status);
    }
    String::from_utf8(result.stdout).with_context(|| format!("output of `{}`", line(command)))
}

/// Whether the program starts and succeeds; what it prints is dropped.
pub(crate) fn succeeds(command: &mut Command) -> bool {
    let quiet = command.stdout(Stdio::null()).stderr(Stdio::null());
    quiet.status().is_ok_and(|status| status.success())
}

/// Installs a package of Debian for the whole machine, where this may be done.
pub(crate) fn apt_install(package: &str) -> bool {
    let mut install = Command::new("apt-get");
    install.args(["install", "-y", "--no-install-recommends", package]);
    // Nobody is there to be asked.
    install.env("DEBIAN_FRONTEND", "noninteractive");
    succeeds(Command::new("apt-get").arg("update")) && succeeds(&mut install)
}

/// Runs a program, passes its lines on as they come and shows each to `see`.
/// True if it succeeded.
pub(crate) fn watch(command: &mut Command, mut see: impl FnMut(&str)) -> Result<bool> {
    let mut child = command
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("cannot start `{}`", line(command)))?;
    let (lines, received) = mpsc::channel();
    let stdout = child.stdout.take().expect("stdout is piped");
    let stderr = child.stderr.take().expect("stderr is piped");
    std::thread::scope(|scope| {
        let other = lines.clone();
        scope.spawn(move || forward(stdout, &lines));
        scope.spawn(move || forward(stderr, &other));
        for line in received {
            println!("{line}");
            see(&line);
        }
    });
    let status = child.wait().context("waiting for a child process")?;
    Ok(status.success())
}

fn forward(source: impl Read, lines: &mpsc::Sender<String>) {
    for line in BufReader::new(source).split(b'\n').map_while(Result::ok) {
        let line = String::from_utf8_lossy(&line).into_owned();
        if lines.send(line).is_err() {
            return;
        }
    }
}

/// The command as one would type it.
fn line(command: &Command) -> String {
    let words = std::iter::once(command.get_program()).chain(command.get_args());
    let words: Vec<_> = words.map(|word| word.to_string_lossy()).collect();
    words.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn watching_sees_both_streams_and_the_status() {
        let mut seen = Vec::new();
        let mut command = cargo(&["no-such-command-at-all"]);
        let ok = watch(&mut command, |line| seen.push(line.to_string())).unwrap();
        assert!(!ok);
        assert!(seen.iter().any(|l| l.contains("no-such-command-at-all")));
    }

    #[test]
    fn a_failing_step_names_its_command() {
        let error = step("nonsense", &mut cargo(&["no-such-command-at-all"])).unwrap_err();
        let text = format!("{error:#}");
        assert!(text.contains("nonsense") && text.contains("no-such-command-at-all"));
    }
}
