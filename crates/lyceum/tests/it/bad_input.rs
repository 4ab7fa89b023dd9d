//! Damaged, hostile and misplaced files and texts: each ends with an exit code, an error that
//! names the place, a way out, and nothing installed.

use std::fs;
use std::io::Write;
use std::process::{Command, Output};

use serde_json::json;

use crate::sandbox::{Sandbox, with_input};

/// Checks what every refusal has in common, and returns its error.
#[track_caller]
fn refusal(output: &Output, exit: i32, words: &[&str]) -> String {
    let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
    assert_eq!(output.status.code(), Some(exit), "{stderr}");
    assert!(stderr.starts_with("error: "), "{stderr}");
    assert!(stderr.contains("\n  help: "), "no way out: {stderr}");
    assert!(!stderr.contains("panicked"), "{stderr}");
    assert!(stderr.len() < 2000, "{stderr}");
    for word in words {
        assert!(stderr.contains(word), "wanted \"{word}\": {stderr}");
    }
    assert!(output.stdout.is_empty(), "stdout of a refusal");
    stderr
}

#[track_caller]
fn refused(mut command: Command, exit: i32, words: &[&str]) {
    refusal(&command.output().unwrap(), exit, words);
}

/// No verb accepts the model at `path`, and importing leaves nothing behind.
#[track_caller]
fn no_model(sandbox: &Sandbox, path: &str, words: &[&str]) {
    refused(sandbox.limited(&["complete", "-m", path, "Hi"]), 7, words);
    refused(
        sandbox.limited(&["models", "import", path, "--name", "x"]),
        7,
        words,
    );
    refused(sandbox.limited(&["pull", path]), 7, words);
    assert_eq!(sandbox.left_behind(), [""; 0], "{path}");
}

fn tiny_gguf(sandbox: &Sandbox) -> Vec<u8> {
    fs::read(sandbox.path("tiny.gguf")).unwrap()
}

#[test]
fn a_truncated_gguf_is_no_model() {
    let sandbox = Sandbox::new();
    let bytes = tiny_gguf(&sandbox);
    for length in [0, 3, 4, 20, 500, 9000, bytes.len() / 2, bytes.len() - 1] {
        sandbox.write("bad/cut.gguf", &bytes[..length]);
        no_model(&sandbox, "./bad/cut.gguf", &["cut.gguf"]);
    }
}

/// Every bit of the header's fixed part, then some of the metadata: either the file is refused
/// or it is still a model; never a panic, never a model left behind by a refusal.
#[test]
fn a_flipped_bit_never_panics() {
    let sandbox = Sandbox::new();
    let bytes = tiny_gguf(&sandbox);
    let places = (0..24 * 8)
        .step_by(5)
        .chain((24 * 8..12_000 * 8).step_by(1709));
    for bit in places {
        let mut bytes = bytes.clone();
        bytes[bit / 8] ^= 1 << (bit % 8);
        sandbox.write("bad/flip.gguf", &bytes);
        let arguments = ["complete", "-m", "./bad/flip.gguf", "Hi", "-n", "1"];
        let output = sandbox.limited(&arguments).output().unwrap();
        match output.status.code() {
            Some(0) => {}
            Some(7) => drop(refusal(&output, 7, &["flip.gguf"])),
            code => panic!(
                "bit {bit}: exit {code:?} {}",
                String::from_utf8_lossy(&output.stderr)
            ),
        }
    }
}

#[test]
fn other_files_named_gguf_are_told_apart() {
    let sandbox = Sandbox::new();
    let cases: [(&[u8], &str); 4] = [
        (b"PK\x03\x04\x14\0\0\0\x08\0 and so on", "ZIP"),
        (b"<!DOCTYPE html>\n<html><body>404</body></html>", "HTML"),
        (
            b"version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 12\n",
            "Git LFS",
        ),
        (b"Dear reader, this is a letter.", "GGUF"),
    ];
    for (bytes, word) in cases {
        sandbox.write("bad/other.gguf", bytes);
        let arguments = ["complete", "-m", "./bad/other.gguf", "Hi"];
        let output = sandbox.limited(&arguments).output().unwrap();
        let error = refusal(&output, 7, &["other.gguf"]).to_lowercase();
        assert!(
            error.contains(&word.to_lowercase()),
            "wanted {word}: {error}"
        );
        no_model(&sandbox, "./bad/other.gguf", &["other.gguf"]);
    }
}

#[test]
fn a_lying_safetensors_header_is_no_model() {
    let sandbox = Sandbox::new();
    let weights = sandbox.copy_of_tiny("bad").join("model.safetensors");
    let bytes = fs::read(&weights).unwrap();
    let length = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    let header = std::str::from_utf8(&bytes[8..8 + length])
        .unwrap()
        .to_owned();
    let data = &bytes[8 + length..];
    let write = |claimed: u64, header: &str| {
        let parts = [&claimed.to_le_bytes()[..], header.as_bytes(), data];
        fs::write(&weights, parts.concat()).unwrap();
    };
    let edited = |edit: &dyn Fn(&mut serde_json::Value)| {
        let mut value: serde_json::Value = serde_json::from_str(&header).unwrap();
        edit(&mut value["model.norm.weight"]);
        value.to_string()
    };
    let big = u64::MAX / 2;
    let cases = [
        (big, header.clone()),
        (length as u64, header.replacen('{', "[", 1)),
        (0, header.clone()),
        (0, edited(&|t| t["data_offsets"] = json!([0, big]))),
        (0, edited(&|t| t["data_offsets"] = json!([256, 0]))),
        (0, edited(&|t| t["shape"] = json!([big, big]))),
    ];
    for (i, (claimed, text)) in cases.iter().enumerate() {
        let claimed = match claimed {
            // The header's own length, but for the third case, which claims none.
            0 if i != 2 => text.len() as u64,
            claimed => *claimed,
        };
        write(claimed, text);
        no_model(&sandbox, "./bad", &["model.safetensors"]);
    }
    // A type that nobody knows may stand in a tensor that nobody needs, so this shows in use.
    let text = edited(&|t| t["dtype"] = json!("F7"));
    write(text.len() as u64, &text);
    let arguments = ["complete", "-m", "./bad", "Hi"];
    refused(sandbox.limited(&arguments), 7, &["model.norm.weight", "F7"]);
    fs::write(&weights, &bytes[..bytes.len() - 1]).unwrap();
    no_model(&sandbox, "./bad", &["model.safetensors"]);
}

#[test]
fn a_config_that_does_not_fit_is_refused() {
    let sandbox = Sandbox::new();
    let set = |name: &str, key: &str, value: serde_json::Value| {
        sandbox.with_config(name, |c| drop(c.insert(key.to_owned(), value)));
    };
    set("width", "hidden_size", json!(96));
    set("layers", "num_hidden_layers", json!(3));
    set("vocabulary", "vocab_size", json!(513));
    set("heads", "num_attention_heads", json!(0));
    set("kind", "model_type", json!("perceptron"));
    set("huge", "hidden_size", json!(u64::MAX / 4));
    set("deep", "num_hidden_layers", json!(4_000_000_000u64));
    set("negative", "num_hidden_layers", json!(-1));
    set("words", "hidden_size", json!("many"));
    sandbox.with_config("missing", |c| drop(c.shift_remove("intermediate_size")));
    sandbox.copy_of_tiny("broken");
    sandbox.write("broken/config.json", "{\"model_type\": ");
    let cases = [
        ("width", vec!["96", "64"]),
        ("layers", vec!["layers.2"]),
        ("vocabulary", vec!["513", "512"]),
        ("heads", vec!["num_attention_heads", "0"]),
        ("kind", vec!["perceptron", "llama"]),
        ("huge", vec!["hidden_size"]),
        ("deep", vec!["num_hidden_layers"]),
        ("negative", vec!["num_hidden_layers", "-1"]),
        ("words", vec!["hidden_size", "many"]),
        ("missing", vec!["intermediate_size"]),
        ("broken", vec!["config.json"]),
    ];
    for (name, words) in cases {
        let path = format!("./{name}");
        let refusals = sandbox.limited(&["complete", "-m", &path, "Hi", "-n", "2"]);
        refused(refusals, 7, &words);
    }
}

#[test]
fn a_damaged_tokenizer_is_refused() {
    let sandbox = Sandbox::new();
    let file = sandbox.copy_of_tiny("bad").join("tokenizer.json");
    let bytes = fs::read(&file).unwrap();
    let mut other: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    other["model"]["type"] = json!("Telepathy");
    let mut gap: serde_json::Value = serde_json::from_slice(&bytes).unwrap();
    gap["model"]["vocab"]["e"] = json!(4_000_000_000u64);
    for text in [
        bytes[..bytes.len() / 2].to_vec(),
        Vec::new(),
        b"[]".to_vec(),
        b"\xff\xfe".to_vec(),
        other.to_string().into_bytes(),
        gap.to_string().into_bytes(),
    ] {
        fs::write(&file, text).unwrap();
        for verb in [&["complete", "Hi"][..], &["tokenizer", "encode", "Hi"]] {
            let arguments = [verb, &["-m", "./bad"]].concat();
            refused(sandbox.limited(&arguments), 7, &["tokenizer"]);
        }
    }
}

#[test]
fn a_model_without_a_tokenizer_is_told() {
    let sandbox = Sandbox::new();
    for model in ["./models/llama", "./models/gpt2/model.gguf"] {
        for verb in [
            &["complete", "Hi"][..],
            &["run", "Hi"],
            &["tokenizer", "count", "Hi"],
        ] {
            let arguments = [verb, &["-m", model]].concat();
            refused(sandbox.lyceum(&arguments), 7, &[model, "tokenizer"]);
        }
    }
}

#[test]
fn texts_that_cannot_be_continued_are_refused() {
    let sandbox = Sandbox::new();
    let complete = ["complete", "-m", "./tiny"];
    refusal(
        &with_input(sandbox.lyceum(&complete), b""),
        2,
        &["the prompt is empty"],
    );
    let empty = sandbox.lyceum(&["complete", "-m", "./tiny", ""]);
    refused(empty, 2, &["the prompt is empty"]);

    let long = "Once upon a time ".repeat(200);
    for verb in ["complete", "run"] {
        let output = with_input(sandbox.lyceum(&[verb, "-m", "./tiny"]), long.as_bytes());
        refusal(&output, 2, &["256", "tokens"]);
        let latin = with_input(sandbox.lyceum(&[verb, "-m", "./tiny"]), b"caf\xe9 noir");
        refusal(&latin, 7, &["standard input", "UTF-8", "byte 3", "0xe9"]);
    }
    let latin = with_input(
        sandbox.lyceum(&["tokenizer", "count", "-m", "./tiny"]),
        b"\xff",
    );
    refusal(&latin, 7, &["UTF-8", "byte 0"]);
}

#[test]
fn parameters_out_of_range_name_the_option() {
    let sandbox = Sandbox::new();
    let cases = [
        (["-t", "3"], ["--temperature is 3", "0 to 2"]),
        (["--top-p", "2"], ["--top-p is 2", "0 to 1"]),
        (["--choices", "0"], ["--choices is 0", "1 to 128"]),
        (["--choices", "999"], ["--choices is 999", "1 to 128"]),
        (["--logit-bias", "512=1"], ["--logit-bias is 512", "512"]),
        (
            ["--presence-penalty", "-3"],
            ["--presence-penalty is -3", "-2 to 2"],
        ),
        (["--temperature", "NaN"], ["--temperature", "0 to 2"]),
    ];
    for (option, words) in cases {
        let arguments = [&["complete", "-m", "./tiny", "Hi"][..], &option].concat();
        refused(sandbox.lyceum(&arguments), 2, &words);
    }
    let few = [
        "complete",
        "-m",
        "./tiny",
        "Hi",
        "--choices",
        "3",
        "--best-of",
        "2",
    ];
    refused(sandbox.lyceum(&few), 2, &["--best-of 2", "--choices 3"]);
}

#[test]
fn kernels_that_do_not_exist_are_refused() {
    let sandbox = Sandbox::new();
    let mut command = sandbox.lyceum(&["version"]);
    command.env("LYCEUM_KERNELS", "sclar");
    refused(command, 2, &["LYCEUM_KERNELS is \"sclar\"", "avx2"]);
}

#[test]
fn names_of_nothing_are_not_found() {
    let sandbox = Sandbox::new();
    let near = ["complete", "Hi", "-m", "smolm2-135m-instruct"];
    refused(
        sandbox.lyceum(&near),
        3,
        &["smolm2", "did you mean smollm2-135m-instruct"],
    );
    let offline = ["complete", "Hi", "-m", "smollm2-135m-instruct"];
    refused(
        sandbox.lyceum(&offline),
        6,
        &["smollm2-135m-instruct", "--offline"],
    );
    for path in ["./nothing.gguf", "nothing.gguf", "./no/folder"] {
        refused(sandbox.lyceum(&["complete", "Hi", "-m", path]), 3, &[path]);
        refused(sandbox.lyceum(&["models", "import", path]), 3, &[path]);
        refused(sandbox.lyceum(&["models", "show", path]), 3, &[path]);
    }
}

#[test]
fn a_data_folder_that_cannot_be_is_named() {
    let sandbox = Sandbox::new();
    sandbox.write("file", "");
    for verb in [
        &["models", "ls"][..],
        &["models", "import", "./tiny"],
        &["pull", "./tiny"],
    ] {
        let mut command = sandbox.shell("exec \"$0\" \"$@\" --data ./file/below");
        command.arg(crate::sandbox::LYCEUM);
        let mut command = append(command, verb);
        refusal(&command.output().unwrap(), 4, &["./file/below"]);
    }
    let doctor = sandbox
        .shell("lyceum doctor --data ./file/below")
        .output()
        .unwrap();
    assert_eq!(doctor.status.code(), Some(1));
    let text = String::from_utf8_lossy(&doctor.stdout);
    assert!(
        text.contains("✗ data") && text.contains("→ give --data"),
        "{text}"
    );
}

fn append(mut command: Command, arguments: &[&str]) -> Command {
    command.args(arguments);
    command
}

/// A real full disk, where the test may mount one.
#[test]
fn a_full_disk_leaves_no_model() {
    let sandbox = Sandbox::new();
    // The model has about 390 kB, the disk 128.
    let line = "mkdir full && mount -t tmpfs -o size=128k tmpfs full 2>/dev/null || exit 77
        lyceum models import ./tiny.gguf --data full; code=$?
        ls full/models >&2; exit $code";
    // In a mount namespace of its own, which ends with the shell.
    let mut command = sandbox.shell("exec unshare -m sh -c \"$0\"");
    let output = command.arg(line).output().unwrap();
    // Only `unshare` and `mount` may excuse it: a failure of ours must not pass as a skip.
    let no_namespace = output.stderr.starts_with(b"unshare:");
    if no_namespace || matches!(output.status.code(), Some(77 | 126 | 127)) {
        eprintln!("skipped: a tmpfs cannot be mounted here");
        return;
    }
    let error = refusal(
        &output,
        5,
        &["not enough disk space", "tiny", "bytes needed"],
    );
    assert!(!error.contains("tiny\n"), "something was left: {error}");
}

/// `models verify` notices one changed byte.
#[test]
fn damage_after_the_import_is_found() {
    let sandbox = Sandbox::new();
    let import = sandbox
        .lyceum(&["models", "import", "./tiny.gguf", "--name", "x"])
        .output();
    let path = String::from_utf8(import.unwrap().stdout).unwrap();
    let path = std::path::Path::new(path.trim());
    let mut bytes = fs::read(path).unwrap();
    let last = bytes.len() - 1;
    bytes[last] ^= 1;
    fs::File::create(path).unwrap().write_all(&bytes).unwrap();
    refused(
        sandbox.lyceum(&["models", "verify", "x"]),
        7,
        &["models rm x", ".gguf"],
    );
}

/// What cannot be written is an error, also a line without its end; a closed pipe is silent, and
/// a closed stderr no reason to fail.
#[cfg(target_os = "linux")]
#[test]
fn devices_that_take_nothing() {
    let sandbox = Sandbox::new();
    for verb in [
        "shell-completion bash",
        "tokenizer decode -m ./tiny 270 310",
        "tokenizer count -m ./tiny Hi",
        "complete -m ./tiny Hi -n 2",
        "models ls",
    ] {
        let full = format!("lyceum {verb} >/dev/full </dev/null");
        let output = sandbox.shell(&full).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(5), "{verb}: {stderr}");
        assert!(stderr.contains("No space left"), "{verb}: {stderr}");

        let closed = format!("lyceum {verb} </dev/null | true");
        let output = sandbox.shell(&closed).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stderr), "", "{verb}");

        let deaf = format!("lyceum {verb} -v 2>/dev/full >/dev/null </dev/null");
        let output = sandbox.shell(&deaf).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{verb}");
    }
}
