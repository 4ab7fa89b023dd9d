//! What the pages learn of this machine and its program: models, and settings in force.

use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::killed::Server;
use crate::sandbox::{Sandbox, stdout};

fn model(server: &Server, name: &str) -> Value {
    let list = server.get_at("/api/models");
    let mut all = list["data"].as_array().unwrap().iter();
    let found = all.find(|model| model["id"] == name).cloned();
    found.unwrap_or_else(|| panic!("{name}: {list}"))
}

fn eventually(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not come"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

#[test]
fn models_are_described_loaded_and_removed_but_for_those_that_were_given() {
    let sandbox = Sandbox::new();
    stdout(sandbox.lyceum(&["models", "import", "./tiny", "--name", "mine"]));
    let server = Server::of(sandbox.lyceum(&["serve", "-m", "./tiny", "--port", "0"]));
    let mine = model(&server, "mine");
    assert_eq!(
        (&mine["state"], &mine["kind"], &mine["format"]),
        (&json!("installed"), &json!("chat"), &json!("F32"))
    );
    let can = json!(["chat", "completions", "insert", "tools"]);
    assert_eq!(mine["can"], can);
    assert!(mine["parameters"].as_u64().unwrap() > 1000 && mine["context"].as_u64().unwrap() > 0);
    assert!(mine["bytes"].as_u64().unwrap() > 1000);
    let given = model(&server, "./tiny");
    assert_eq!(given["parameters"], mine["parameters"]);
    assert!(
        given["aliases"]
            .as_array()
            .unwrap()
            .contains(&json!("gpt-4"))
    );
    let absent = model(&server, "smollm2-135m-instruct");
    assert_eq!(
        (&absent["state"], &absent["licence"], &absent["format"]),
        (&json!("available"), &json!("Apache-2.0"), &json!("Q4_1"))
    );
    assert_eq!(server.send("POST", "/api/models/mine/load", "").0, 202);
    eventually(|| model(&server, "mine")["state"] == "loaded");
    let (status, text) = server.send("DELETE", "/api/models/.%2Ftiny", "");
    assert_eq!(status, 403, "{text}");
    let (status, text) = server.send("DELETE", "/api/models/mine", "");
    assert_eq!(status, 200, "{text}");
    assert!(!sandbox.path("data/models/mine").exists() && sandbox.path("tiny").exists());
    // Fetching is forbidden here, and that is what is told.
    let pull = "/api/models/smollm2-135m-instruct/pull";
    assert_eq!(server.send("POST", pull, "").0, 202);
    let error = || model(&server, "smollm2-135m-instruct")["pull"]["error"].clone();
    eventually(|| !error().is_null());
    assert!(
        error().as_str().unwrap().contains("--offline"),
        "{}",
        error()
    );
    server.kill();
}

#[test]
fn a_damaged_model_is_told_with_what_is_wrong() {
    let sandbox = Sandbox::new();
    stdout(sandbox.lyceum(&["models", "import", "./tiny", "--name", "mine"]));
    sandbox.write("data/models/mine/config.json", "{}");
    let server = Server::of(sandbox.lyceum(&["serve", "-m", "./tiny", "--port", "0"]));
    let mine = model(&server, "mine");
    assert!(
        mine["problem"].as_str().unwrap().contains("config.json"),
        "{mine}"
    );
    assert_eq!(server.send("DELETE", "/api/models/mine", "").0, 200);
    server.kill();
}

#[test]
fn settings_are_told_with_where_they_were_said_and_without_secrets() {
    let sandbox = Sandbox::new();
    sandbox.write("data/lyceum.toml", "max_models = 7\n");
    let mut command = sandbox.lyceum(&["serve", "-m", "./tiny", "--port", "0"]);
    command
        .args(["--api-key", "sk-secret"])
        .env("LYCEUM_MAX_BODY", "9");
    let server = Server::of(command).with("sk-secret");
    let told = server.get_at("/api/settings");
    assert!(!told.to_string().contains("sk-secret"));
    assert_eq!(told["version"], env!("CARGO_PKG_VERSION"));
    assert!(told["file"].as_str().unwrap().ends_with("lyceum.toml"));
    let said = |name: &str| {
        let mut all = told["settings"].as_array().unwrap().iter();
        let setting = all.find(|setting| setting["name"] == name).unwrap();
        (
            setting["value"].clone(),
            setting["from"].as_str().unwrap().to_owned(),
        )
    };
    assert_eq!(said("max_models"), (json!(7), "file".to_owned()));
    assert_eq!(said("max_body"), (json!(9), "environment".to_owned()));
    assert_eq!(said("model"), (json!("./tiny"), "flag".to_owned()));
    assert_eq!(said("api_key"), (json!(["***"]), "flag".to_owned()));
    assert_eq!(said("grace_time"), (json!(30), "default".to_owned()));
    server.kill();
}
