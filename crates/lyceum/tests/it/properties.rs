//! What holds for every prompt: the same bytes however they were computed, and JSON that agrees
//! with the text.

use serde_json::Value;

use crate::sandbox::{Sandbox, stdout};

const PROMPTS: [&str; 4] = ["Once upon a time", "The sailors heard", "def add(a", "海上"];

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|e| panic!("{e}: {text}"))
}

#[test]
fn threads_kernels_and_formats_do_not_change_greedy_text() {
    let sandbox = Sandbox::new();
    for prompt in PROMPTS {
        let arguments = |model| ["complete", "-m", model, "-t", "0", "-n", "60", prompt];
        let one = stdout(sandbox.lyceum(&[&["--threads", "1"], &arguments("./tiny")[..]].concat()));
        assert!(!one.is_empty(), "{prompt}");
        let two = stdout(sandbox.lyceum(&[&["--threads", "2"], &arguments("./tiny")[..]].concat()));
        assert_eq!(one, two, "threads 1 and 2: {prompt}");
        let file = stdout(sandbox.lyceum(&arguments("./tiny.gguf")));
        assert_eq!(one, file, "safetensors and GGUF: {prompt}");
        let mut scalar = sandbox.lyceum(&arguments("./tiny"));
        scalar.env("LYCEUM_KERNELS", "scalar");
        assert_eq!(one, stdout(scalar), "vector and scalar kernels: {prompt}");
    }
}

#[test]
fn a_seed_gives_the_same_text_and_another_seed_another() {
    let sandbox = Sandbox::new();
    let text = |seed: &str| {
        let arguments = [
            "complete", "-m", "./tiny", "The", "-n", "40", "--seed", seed,
        ];
        stdout(sandbox.lyceum(&arguments))
    };
    assert_eq!(text("7"), text("7"));
    assert_ne!(text("7"), text("8"));
}

#[test]
fn what_streams_is_what_json_holds() {
    let sandbox = Sandbox::new();
    for prompt in PROMPTS {
        let arguments = [
            "complete", "-m", "./tiny", "-n", "50", "--seed", "3", prompt,
        ];
        let text = stdout(sandbox.lyceum(&arguments));
        let answer = json(&stdout(
            sandbox.lyceum(&[&arguments[..], &["--json", "--logprobs"]].concat()),
        ));
        let choice = &answer["choices"][0];
        assert_eq!(choice["text"], text, "{prompt}");
        let tokens = choice["tokens"].as_array().unwrap();
        let joined: String = tokens.iter().map(|t| t["text"].as_str().unwrap()).collect();
        assert_eq!(joined, text, "{prompt}");
        for token in tokens {
            assert!(token["logprob"].as_f64().unwrap() <= 0.0, "{token}");
        }
        assert_eq!(
            answer["usage"]["completion_tokens"],
            tokens.len(),
            "{prompt}"
        );
        // Colours wrap the text and change none of it.
        let colored = stdout(
            sandbox.lyceum(&[&arguments[..], &["--logprobs", "--color", "always"]].concat()),
        );
        assert_eq!(without_colors(&colored), text, "{prompt}");
    }
}

fn without_colors(text: &str) -> String {
    let mut parts = text.split("\x1b[");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |out, part| out + part.split_once('m').unwrap().1)
}

#[test]
fn the_top_candidates_are_sorted_and_hold_the_greedy_token() {
    let sandbox = Sandbox::new();
    let arguments = [
        "complete", "-m", "./tiny", "The", "-n", "30", "-t", "0", "--json",
    ];
    let answer = json(&stdout(
        sandbox.lyceum(&[&arguments[..], &["--top", "20"]].concat()),
    ));
    for token in answer["choices"][0]["tokens"].as_array().unwrap() {
        let top = token["top"].as_array().unwrap();
        assert_eq!(top.len(), 20);
        assert_eq!(top[0]["id"], token["id"]);
        let logprobs: Vec<f64> = top.iter().map(|t| t["logprob"].as_f64().unwrap()).collect();
        assert!(logprobs.is_sorted_by(|a, b| a >= b), "{logprobs:?}");
    }
}

#[test]
fn the_best_come_first_and_are_counted() {
    let sandbox = Sandbox::new();
    let arguments = [
        "complete", "-m", "./tiny", "The", "-n", "12", "--seed", "11", "--json",
    ];
    let more = ["--logprobs", "--best-of", "5", "--choices", "3"];
    let answer = json(&stdout(sandbox.lyceum(&[&arguments[..], &more].concat())));
    let choices = answer["choices"].as_array().unwrap();
    assert_eq!(choices.len(), 3);
    let mean = |choice: &Value| {
        let tokens = choice["tokens"].as_array().unwrap();
        let sum: f64 = tokens.iter().map(|t| t["logprob"].as_f64().unwrap()).sum();
        sum / tokens.len() as f64
    };
    let means: Vec<f64> = choices.iter().map(mean).collect();
    assert!(means.is_sorted_by(|a, b| a >= b), "{means:?}");
    assert_eq!(choices[2]["index"], 2);
}

#[test]
fn a_prompt_is_scored_without_generating() {
    let sandbox = Sandbox::new();
    let arguments = [
        "complete",
        "-m",
        "./tiny",
        "Once upon a time",
        "-n",
        "0",
        "--echo",
    ];
    let answer = json(&stdout(
        sandbox.lyceum(&[&arguments[..], &["--logprobs", "--json"]].concat()),
    ));
    let choice = &answer["choices"][0];
    assert_eq!(choice["text"], "Once upon a time");
    let tokens = choice["tokens"].as_array().unwrap();
    assert_eq!(
        tokens.len() as u64,
        answer["usage"]["prompt_tokens"].as_u64().unwrap()
    );
    assert!(
        tokens[0]["logprob"].is_null(),
        "nothing stands before the first"
    );
    assert!(
        tokens[1..]
            .iter()
            .all(|t| t["prompt"] == true && t["logprob"].is_f64())
    );
    assert_eq!(answer["usage"]["completion_tokens"], 0);
}

#[test]
fn doctor_and_version_tell_the_machine() {
    let sandbox = Sandbox::new();
    let doctor = json(&stdout(sandbox.lyceum(&["doctor", "--json"])));
    assert_eq!(doctor["v"], 1);
    let findings = doctor["findings"].as_array().unwrap();
    let names: Vec<_> = findings
        .iter()
        .map(|f| f["what"].as_str().unwrap())
        .collect();
    assert_eq!(
        names,
        ["processor", "threads", "memory", "data", "disk", "models"]
    );
    for finding in findings {
        let good = finding["state"] == "good";
        assert_eq!(
            good,
            finding["repair"].is_null(),
            "a repair per finding: {finding}"
        );
    }
    assert_eq!(findings[5]["state"], "weak", "no model is installed");

    let version = json(&stdout(sandbox.lyceum(&[
        "version",
        "--json",
        "--threads",
        "1",
    ])));
    assert_eq!(version["version"], env!("CARGO_PKG_VERSION"));
    assert_eq!(version["threads"], 1);
    let line = stdout(sandbox.lyceum(&["version"]));
    assert!(
        line.starts_with(concat!("lyceum ", env!("CARGO_PKG_VERSION"))),
        "{line}"
    );
}

#[test]
fn bench_measures() {
    let sandbox = Sandbox::new();
    let arguments = [
        "bench",
        "-m",
        "./tiny",
        "--prefill",
        "16",
        "--decode",
        "4",
        "--runs",
        "1",
    ];
    let result = json(&stdout(
        sandbox.lyceum(&[&arguments[..], &["--json"]].concat()),
    ));
    assert_eq!(result["v"], 1, "{result}");
    assert!(!stdout(sandbox.lyceum(&arguments)).is_empty());
}

#[test]
fn the_bash_completion_is_bash() {
    let sandbox = Sandbox::new();
    let script = stdout(sandbox.lyceum(&["shell-completion", "bash"]));
    for verb in ["run", "complete", "pull", "models", "tokenizer", "doctor"] {
        assert!(script.contains(verb), "{verb}");
    }
    sandbox.write("lyceum.bash", script);
    let check = sandbox
        .shell("command -v bash >/dev/null || exit 0; bash -n lyceum.bash")
        .output();
    assert!(check.unwrap().status.success());
}

#[test]
fn verbose_tells_the_counts_on_stderr() {
    let sandbox = Sandbox::new();
    for verb in ["run", "complete"] {
        let arguments = [verb, "-v", "-m", "./tiny", "Hello!", "-t", "0", "-n", "3"];
        let output = sandbox.lyceum(&arguments).output().unwrap();
        let stderr = String::from_utf8(output.stderr).unwrap();
        assert!(
            stderr.contains(" prompt tokens, ") && stderr.contains("3 tokens in "),
            "{stderr}"
        );
    }
}
