//! Ctrl+C: what came stays printed, and the exit code says 130.

use std::io::{BufRead, BufReader, Read, Write};
use std::process::{Child, Command, Stdio};

use serde_json::json;

use crate::sandbox::{Sandbox, stdout};

/// The tiny model with a context that it cannot fill before the test's end.
fn endless(sandbox: &Sandbox) {
    sandbox.with_config("endless", |config| {
        config.insert("max_position_embeddings".into(), json!(10_000_000));
    });
}

fn interrupt(child: &Child) {
    let id = child.id().to_string();
    assert!(
        Command::new("kill")
            .args(["-INT", &id])
            .status()
            .unwrap()
            .success()
    );
}

/// Starts, reads the first bytes, interrupts, and returns all of stdout and stderr.
fn interrupted(mut command: Command) -> (String, String) {
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut out = child.stdout.take().unwrap();
    let mut bytes = vec![0; 8];
    out.read_exact(&mut bytes).unwrap();
    interrupt(&child);
    out.read_to_end(&mut bytes).unwrap();
    let output = child.wait_with_output().unwrap();
    let stderr = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(130), "{stderr}");
    (String::from_utf8(bytes).unwrap(), stderr)
}

/// One is how the other begins: how much came before the signal is not known.
#[track_caller]
fn agree(start: &str, text: &str) {
    let agree = text.starts_with(start) || start.starts_with(text);
    assert!(agree, "{start:?} and {text:?}");
}

/// Greedy, and the tokens that end a text are forbidden.
const ON_AND_ON: [&str; 8] = [
    "-m",
    "./endless",
    "-t",
    "0",
    "--logit-bias",
    "0=-100",
    "--logit-bias",
    "2=-100",
];

#[test]
fn complete_stops_and_keeps_what_came() {
    let sandbox = Sandbox::new();
    endless(&sandbox);
    let arguments = [&["complete", "Once upon a time"][..], &ON_AND_ON].concat();
    let start = stdout(sandbox.lyceum(&[&arguments[..], &["-n", "4"]].concat()));
    let (text, stderr) = interrupted(sandbox.lyceum(&[&arguments[..], &["-n", "900000"]].concat()));
    agree(&start, &text);
    assert_eq!(stderr, "");
}

#[test]
fn an_answer_stops_and_keeps_what_came() {
    let sandbox = Sandbox::new();
    endless(&sandbox);
    let arguments = [&["run", "Who lit the lamp?"][..], &ON_AND_ON].concat();
    let start = stdout(sandbox.lyceum(&[&arguments[..], &["-n", "4"]].concat()));
    let (text, stderr) = interrupted(sandbox.lyceum(&arguments));
    agree(start.trim_end(), &text);
    assert_eq!(stderr, "");
}

/// Half a run's times are no result.
#[test]
fn a_bench_that_was_stopped_shows_no_row() {
    let sandbox = Sandbox::new();
    endless(&sandbox);
    let size = ["--prefill", "4", "--decode", "900000", "--runs", "1"];
    let mut command = sandbox.lyceum(&[&["bench", "./endless"][..], &size].concat());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    let mut line = String::new();
    let stderr = child.stderr.take().unwrap();
    BufReader::new(stderr).read_line(&mut line).unwrap();
    assert!(line.contains("Running"), "{line}");
    interrupt(&child);
    let output = child.wait_with_output().unwrap();
    assert_eq!(String::from_utf8(output.stdout).unwrap(), "");
    assert_eq!(output.status.code(), Some(130));
}

/// JSON holds what came, and says that it was cut.
#[test]
fn json_of_a_stopped_answer_is_whole() {
    let sandbox = Sandbox::new();
    endless(&sandbox);
    let verbs = [&["complete", "The", "-n", "900000"][..], &["run", "The"]];
    for verb in verbs {
        let arguments = [verb, &ON_AND_ON, &["--json", "-v"]].concat();
        let mut command = sandbox.lyceum(&arguments);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        // Nothing tells from outside that generation began; the handler is installed first of
        // all, so an early signal only means a shorter text.
        while !catches_interrupts(&child) {
            assert!(child.try_wait().unwrap().is_none(), "ended by itself");
            std::thread::yield_now();
        }
        interrupt(&child);
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(130));
        let answer: serde_json::Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(answer.to_string().contains("\"cancelled\""), "{answer}");
    }
}

/// Whether the handler is installed, as Linux tells; elsewhere it is assumed.
fn catches_interrupts(child: &Child) -> bool {
    let Ok(status) = std::fs::read_to_string(format!("/proc/{}/status", child.id())) else {
        return true;
    };
    let line = status
        .lines()
        .find_map(|l| l.strip_prefix("SigCgt:"))
        .unwrap_or("0");
    u64::from_str_radix(line.trim(), 16).is_ok_and(|caught| caught & 2 != 0)
}

/// Ctrl+C while the model is read counts, also where nothing was running yet.
#[test]
fn an_early_interrupt_is_not_forgotten() {
    let sandbox = Sandbox::new();
    let verbs = [
        &["bench", "./slow", "--runs", "100"][..],
        &["pull", "./slow"],
    ];
    for verb in verbs {
        let config = sandbox.copy_of_tiny("slow").join("config.json");
        let whole = sandbox.path("tiny/config.json");
        std::fs::remove_file(&config).unwrap();
        assert!(
            Command::new("mkfifo")
                .arg(&config)
                .status()
                .unwrap()
                .success()
        );
        let mut command = sandbox.lyceum(verb);
        command.stdout(Stdio::piped()).stderr(Stdio::piped());
        let child = command.spawn().unwrap();
        // Opens when the program opens it to read; it has its handler by then.
        let mut pipe = std::fs::OpenOptions::new()
            .write(true)
            .open(&config)
            .unwrap();
        interrupt(&child);
        // Whoever reads it again finds a file.
        std::fs::copy(&whole, sandbox.path("config.copy")).unwrap();
        std::fs::rename(sandbox.path("config.copy"), &config).unwrap();
        pipe.write_all(&std::fs::read(&whole).unwrap()).unwrap();
        drop(pipe);
        let output = child.wait_with_output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(130), "{verb:?}: {stderr}");
        std::fs::remove_dir_all(sandbox.path("slow")).unwrap();
    }
}
