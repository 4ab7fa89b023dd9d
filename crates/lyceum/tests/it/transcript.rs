//! Transcripts: a command, and what it must print.
//!
//! ```text
//! # a comment
//! $ lyceum tokenizer encode -m ./tiny "the lamp"
//! > 270 310            a line of stdout
//! >\                   stdout ended without a new line
//! ! 2 tokens           a line of stderr
//! ? 3                  the exit code, when it is not 0
//! ```
//!
//! The sandbox's folder reads `$ROOT`, times read 0, and log-probabilities have four
//! decimals.

use std::fs;
use std::path::PathBuf;
use std::process::Output;

use crate::sandbox::Sandbox;

/// One test for each transcript, so that they run side by side and fail by name.
macro_rules! transcripts {
    ($($name:ident),* $(,)?) => {
        $(#[test] fn $name() { check(stringify!($name)); })*

        #[test]
        fn every_transcript_is_checked() {
            let mut here: Vec<String> = fs::read_dir(folder()).unwrap()
                .map(|e| e.unwrap().file_name().to_string_lossy().into_owned())
                .collect();
            here.sort();
            let mut checked = vec![$(concat!(stringify!($name), ".txt")),*];
            checked.sort();
            assert_eq!(here, checked);
        }
    };
}

transcripts!(
    complete,
    help,
    models,
    parameters,
    probabilities,
    run,
    tokenizer,
    verbs
);

fn folder() -> PathBuf {
    testkit::workspace_root().join("crates/lyceum/tests/cli")
}

fn check(name: &str) {
    let file = folder().join(name).with_extension("txt");
    let wanted = fs::read_to_string(&file).unwrap();
    let sandbox = Sandbox::new();
    let mut got = String::new();
    for line in wanted.lines() {
        if let Some(command) = line.strip_prefix("$ ") {
            let output = sandbox.shell(command).output().unwrap();
            got += &format!("{line}\n{}", printed(&sandbox, &output));
        } else if line.is_empty() || line.starts_with('#') {
            got += &format!("{line}\n");
        }
    }
    if std::env::var_os("UPDATE").is_some() {
        fs::write(&file, got).unwrap();
        return;
    }
    let differ = wanted.lines().zip(got.lines()).position(|(w, g)| w != g);
    let shorter = wanted.lines().count().min(got.lines().count());
    if wanted != got {
        let at = differ.unwrap_or(shorter);
        let line = |text: &str| text.lines().nth(at).unwrap_or("(the end)").to_owned();
        panic!(
            "{name}.txt:{}\n  wanted {}\n  got    {}\nUPDATE=1 writes it again. In all:\n{got}",
            at + 1,
            line(&wanted),
            line(&got)
        );
    }
}

/// What came out, in the transcript's form.
fn printed(sandbox: &Sandbox, output: &Output) -> String {
    let root = sandbox.path("").to_string_lossy().into_owned();
    let root = root.trim_end_matches('/');
    let stream = |bytes: &[u8], mark: char| {
        let text = String::from_utf8_lossy(bytes).replace(root, "$ROOT");
        let text = rounded(&without_times(&text)).replace('\r', "␍");
        let mut lines: String = text.lines().map(|l| with_mark(mark, l)).collect();
        if !text.is_empty() && !text.ends_with('\n') {
            lines.push_str(&format!("{mark}\\\n"));
        }
        lines
    };
    let mut text = stream(&output.stdout, '>') + &stream(&output.stderr, '!');
    match output.status.code() {
        Some(0) => {}
        Some(code) => text += &format!("? {code}\n"),
        None => text += &format!("? {}\n", output.status),
    }
    text
}

fn with_mark(mark: char, line: &str) -> String {
    format!("{mark} {line}").trim_end_matches(' ').to_owned()
        + &"·".repeat(line.len() - line.trim_end_matches(' ').len())
        + "\n"
}

/// `"installed_s":1234` as `"installed_s":0`.
fn without_times(text: &str) -> String {
    with_numbers(text, "\"installed_s\":", |_| "0".to_owned())
}

/// `"logprob":-0.07096411` as `"logprob":-0.0710`: kernels sum in orders of their
/// own, so that the last of an f32's seven digits are this processor's.
fn rounded(text: &str) -> String {
    with_numbers(text, "\"logprob\":", |x| {
        format!("{:.4}", x.parse::<f32>().unwrap())
    })
}

/// The numbers behind each `name` as `write` has them.
fn with_numbers(text: &str, name: &str, write: impl Fn(&str) -> String) -> String {
    let mut parts = text.split(name);
    let mut out = parts.next().unwrap_or_default().to_owned();
    for part in parts {
        let number = |c: char| c.is_ascii_digit() || "+-.e".contains(c);
        let rest = part.trim_start_matches(number);
        out += name;
        match &part[..part.len() - rest.len()] {
            "" => {}
            number => out += &write(number),
        }
        out += rest;
    }
    out
}

#[test]
fn times_are_left_out_digits_rounded_and_trailing_spaces_show() {
    assert_eq!(
        without_times("{\"installed_s\":179,\"a\":7}"),
        "{\"installed_s\":0,\"a\":7}"
    );
    assert_eq!(
        rounded("\"logprob\":null,\"logprob\":-1.25e-5}"),
        "\"logprob\":null,\"logprob\":-0.0000}"
    );
    assert_eq!(with_mark('>', "a  "), "> a··\n");
    assert_eq!(with_mark('>', ""), ">\n");
}
