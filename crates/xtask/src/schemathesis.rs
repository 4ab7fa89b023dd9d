//! `cargo xtask schemathesis`: our OpenAPI document against the running server, by the
//! program of that name. What is asked: `scripts/schemathesis/`.

use std::process::Command;

use anyhow::{Result, bail};

use crate::process::{root, timed, watch, work_dir};
use crate::sdk::{Running, data_of};
use crate::setup::{self, DEFAULT_MODEL};

/// What must hold of every answer.
const CHECKS: [&str; 5] = [
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_headers_conformance",
    "response_schema_conformance",
];

/// Requests of each operation, beside those of the phase `coverage`, whose number follows
/// from the document.
const EXAMPLES: &str = "15";

/// Makes every run ask the same, but for ids that the server draws.
const SEED: &str = "1";

/// Operations that are left out: from the first key on nobody else would be let in, and models are
/// neither fetched nor removed by chance.
const LEFT_OUT: [&str; 3] = ["createKey", "pullModel", "removeModel"];

/// Fails if the server does what its document does not say.
pub(crate) fn run() -> Result<()> {
    let folder = root().join("scripts/schemathesis");
    let python = setup::python("schemathesis", &folder.join("requirements.txt"), &[])?;
    let data = work_dir().join("data");
    let lyceum = setup::program()?;
    // The server's aliases may name it.
    setup::pulled(&lyceum, &data, DEFAULT_MODEL)?;
    let mut serve = Command::new(lyceum);
    serve.arg("--data").arg(data_of("schemathesis", &data)?);
    serve.current_dir(root()).args(["serve", "--port", "0"]);
    serve.args(["--model", "fixtures/models/tiny-chat"]);
    let server = Running::start(&mut serve)?;
    let mut command = Command::new(python.with_file_name("schemathesis"));
    command
        .arg("--config-file")
        .arg(folder.join("schemathesis.toml"));
    let document = server.url().replace("/v1", "/openapi.json");
    command.args(["run", &document, "--checks", &CHECKS.join(",")]);
    command.args(["--phases", "coverage,fuzzing,stateful", "--seed", SEED]);
    command.args([
        "--max-examples",
        EXAMPLES,
        "--no-color",
        "--continue-on-failure",
    ]);
    for id in LEFT_OUT {
        command.args(["--exclude-operation-id", id]);
    }
    // What is slow because others use the machine is no finding.
    command.args(["--suppress-health-check", "all", "--request-timeout", "120"]);
    // No proxy stands between a client and this machine.
    command.envs([("NO_PROXY", "127.0.0.1"), ("no_proxy", "127.0.0.1")]);
    // What it keeps of earlier runs would make this one ask something else.
    command.current_dir(data_of("schemathesis-run", &data)?);
    match timed("schemathesis", || watch(&mut command, |_| ()))? {
        true => Ok(()),
        false => bail!("the server and its /openapi.json do not agree"),
    }
}
