//! The server's settings: by flag, by environment, by file.

use std::process::{Command, Output};

use serde_json::{Value, json};

use crate::killed::Server;
use crate::sandbox::{Sandbox, stdout};

/// Three values of each setting that are not its default: for the file, the environment, the flag.
fn samples(setting: &Value) -> [Value; 3] {
    let text = |values: [&str; 3]| values.map(|value| json!(value));
    match setting["key"].as_str().unwrap() {
        "host" => text(["127.0.0.2", "127.0.0.3", "127.0.0.4"]),
        "database_url" => text(["sqlite://a", "sqlite://b", "sqlite://c"]),
        "api_key" => [
            json!(["***", "***"]),
            json!(["***"]),
            json!(["***", "***", "***"]),
        ],
        "alias" => [
            json!(["a=m", "b=m"]),
            json!(["c=m"]),
            json!(["d=m", "e=m", "f=m"]),
        ],
        "blobs" => text(["s3://a", "s3://b", "s3://c/d"]),
        "base_path" => text(["/a", "/b", "/c/d"]),
        "ui_dir" => text(["one", "two", "three"]),
        "log" => text(["json", "off", "json"]),
        "otlp_endpoint" => text(["http://a", "http://b", "http://c"]),
        "allow_origin" => [
            json!(["https://a", "https://b"]),
            json!(["https://c"]),
            json!(["https://d", "https://e", "https://f"]),
        ],
        "model" | "draft_model" | "embedding_model" | "data" => text(["one", "two", "three"]),
        "activations" => text(["f32", "int8", "f32"]),
        // Off would contradict the draft model.
        "speculate" => text(["lookup", "lookup", "lookup"]),
        "kv_type" => text(["f32", "int8", "f32"]),
        key => match &setting["default"] {
            Value::Bool(_) => [json!(true), json!(false), json!(true)],
            Value::Number(n) => {
                let n = n.as_i64().unwrap();
                [json!(n + 1), json!(n + 2), json!(n + 3)]
            }
            Value::Null
                if ["threads", "kv_memory", "max_context", "model_memory"].contains(&key) =>
            {
                [json!(7), json!(8), json!(9)]
            }
            _ => panic!("{key} has no samples: add some"),
        },
    }
}

fn settings(command: Command) -> Vec<Value> {
    let answer: Value = serde_json::from_str(&stdout(command)).unwrap();
    assert_eq!(answer["v"], 1);
    answer["settings"].as_array().unwrap().clone()
}

/// As a flag or a variable takes it.
fn plain(value: &Value) -> String {
    value
        .as_str()
        .map_or_else(|| value.to_string(), str::to_owned)
}

fn bare(sandbox: &Sandbox, arguments: &[&str]) -> Command {
    let mut command = sandbox.clean(crate::sandbox::LYCEUM);
    command
        .args(["config", "--json", "--config", "all.toml"])
        .args(arguments);
    command
}

#[test]
fn flags_go_before_the_environment_before_the_file_before_the_default() {
    let sandbox = Sandbox::new();
    sandbox.write("all.toml", "");
    let defaults = settings(bare(&sandbox, &[]));
    assert!(defaults.len() > 20);
    for setting in &defaults {
        assert_eq!(setting["from"], "default");
        assert_eq!(setting["value"], setting["default"], "{setting}");
    }
    let with = |toml: bool, env: bool, flags: bool| {
        let (mut file, mut arguments) = (String::new(), Vec::new());
        let mut variables = Vec::new();
        for setting in &defaults {
            let [in_file, in_env, in_flag] = samples(setting);
            if toml {
                file += &format!("{} = {in_file}\n", setting["key"].as_str().unwrap());
            }
            let variable = setting["variable"].as_str().unwrap();
            let flag = setting["flag"].as_str().unwrap();
            match &in_env {
                _ if !env => {}
                Value::Array(items) => variables.push((variable, plain(&items[0]))),
                one => variables.push((variable, plain(one))),
            }
            match &in_flag {
                _ if !flags => {}
                Value::Array(items) => {
                    let more = items.iter().map(|item| format!("{flag}={}", plain(item)));
                    arguments.extend(more);
                }
                one => arguments.push(format!("{flag}={}", plain(one))),
            }
        }
        sandbox.write("all.toml", file);
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        let mut command = bare(&sandbox, &arguments);
        command.envs(variables);
        settings(command)
    };
    for (from, got, at) in [
        ("file", with(true, false, false), 0),
        ("environment", with(true, true, false), 1),
        ("environment", with(false, true, false), 1),
        ("flag", with(true, true, true), 2),
        ("flag", with(false, true, true), 2),
        ("flag", with(true, false, true), 2),
    ] {
        for (setting, default) in got.iter().zip(&defaults) {
            assert_eq!(setting["key"], default["key"]);
            assert_eq!(setting["from"], from, "{setting}");
            let want = &samples(default)[at];
            assert_eq!(setting["value"], *want, "{setting}");
        }
    }
}

fn refused(sandbox: &Sandbox, toml: &str) -> String {
    sandbox.write("data/lyceum.toml", toml);
    let Output {
        status,
        stderr,
        stdout,
    } = sandbox.lyceum(&["serve"]).output().unwrap();
    assert_eq!(status.code(), Some(2), "{toml}");
    assert!(stdout.is_empty());
    let text = String::from_utf8(stderr).unwrap();
    let folder = sandbox.path("data").display().to_string();
    let first = text.lines().next().unwrap().replace(&folder, "DATA");
    assert!(text.contains("lyceum config"), "{text}");
    first
}

#[test]
fn what_is_wrong_in_the_file_is_named() {
    let sandbox = Sandbox::new();
    for (toml, want) in [
        (
            "port = 8081\n\nprot = 1\n",
            "3: there is no setting \"prot\"; did you mean port?",
        ),
        ("[server]\nport = 1\n", "1: there is no setting \"server\""),
        ("json = true", "1: there is no setting \"json\""),
        (
            "port = \"http\"",
            "1: port is the string \"http\", wanted a whole number, without quotes",
        ),
        (
            "# ä\nport = 1.5",
            "2: port is the number 1.5, wanted a whole number, without quotes",
        ),
        (
            "port = 0x1_0000",
            "1: port is \"65536\", 65536 is not in 0..=65535",
        ),
        (
            "host = \"here\"",
            "1: host is \"here\", invalid IP address syntax",
        ),
        ("host = true", "1: host is true, wanted a string, in quotes"),
        (
            "kv_type = \"f8\"",
            "1: kv_type is \"f8\", wanted one of f16, f32, int8",
        ),
        (
            "offline = \"yes\"",
            "1: offline is the string \"yes\", wanted true or false",
        ),
        (
            "api_key = \"a\"",
            "1: api_key is the string \"a\", wanted a list of strings, as in \
                             [\"a\", \"b\"]",
        ),
        (
            "api_key = [\"a\",\n 1]",
            "2: api_key is the number 1, wanted a string, in quotes",
        ),
        (
            "data = \"elsewhere\"",
            "1: data cannot be moved by a file that lies in it; LYCEUM_DATA \
                                  can, and so can a file that is named by --config",
        ),
        ("port = 1\nport = 2", "2: this is not TOML: duplicate key"),
    ] {
        assert_eq!(
            refused(&sandbox, toml),
            format!("error: DATA/lyceum.toml:{want}")
        );
    }
    let missing = sandbox
        .lyceum(&["serve", "--config", "none.toml"])
        .output()
        .unwrap();
    assert_eq!(missing.status.code(), Some(3));
    let text = String::from_utf8(missing.stderr).unwrap();
    assert!(
        text.starts_with("error: cannot read the settings in none.toml"),
        "{text}"
    );
}

#[test]
fn what_config_prints_is_a_file_that_says_the_same() {
    let sandbox = Sandbox::new();
    let alias = "a\"\\\u{7}=m";
    let arguments = [
        "--port",
        "1234",
        "--kv-type",
        "f32",
        "--api-key",
        "sk-secret",
        "--database-url",
        "postgres://me:sk-secret@db/lyceum",
        "--alias",
        alias,
    ];
    let mut command = sandbox.lyceum(&["config"]);
    let text = stdout({
        command.args(arguments);
        command
    });
    assert!(!text.contains("sk-secret"), "{text}");
    assert!(text.contains("\nport = 1234  # by flag\n"), "{text}");
    assert!(text.contains("\n# max_models = 4\n"), "{text}");
    assert!(text.contains("postgres://me:***@db/lyceum"), "{text}");
    for line in text.lines() {
        assert!(line.chars().count() <= 110, "{line}");
    }
    sandbox.write("again.toml", &text);
    let again = settings(sandbox.lyceum(&["config", "--json", "--config", "again.toml"]));
    let value = |key: &str| {
        let setting = again.iter().find(|setting| setting["key"] == key);
        setting
            .map(|setting| (setting["from"].clone(), setting["value"].clone()))
            .unwrap()
    };
    assert_eq!(value("port"), (json!("file"), json!(1234)));
    assert_eq!(value("kv_type"), (json!("file"), json!("f32")));
    assert_eq!(value("alias"), (json!("file"), json!([alias])));
    assert_eq!(value("api_key"), (json!("default"), json!([])));
}

#[test]
fn the_server_keeps_to_its_file() {
    let sandbox = Sandbox::new();
    let data = sandbox.path("data");
    let database = format!("sqlite://{}/other.db?mode=rwc", data.display());
    sandbox.write(
        "data/lyceum.toml",
        format!(
            "model = \"./tiny\"\nport = 0\nmax_body = 1\nalias = [\"mine=./tiny\"]\n\
         no_default_aliases = true\ndatabase_url = \"{database}\"\n"
        ),
    );
    let server = Server::of(sandbox.lyceum(&["serve"]));
    let names = server.get("/models");
    let names: Vec<_> = names["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|m| &m["id"])
        .collect();
    assert_eq!(names, ["./tiny", "mine"]);
    let body = vec![b' '; (1 << 20) + 1];
    let (status, text) = server.ask("/completions", &body);
    assert_eq!(status, 413, "{text}");
    // Keys are kept where the server looks for them.
    let key = stdout(sandbox.lyceum(&["keys", "create", "me"]));
    assert!(key.starts_with("sk-"));
    assert!(data.join("other.db").exists() && !data.join("lyceum.db").exists());
    let (status, text) = server.ask("/completions", b"{}");
    assert_eq!(status, 401, "{text}");
}
