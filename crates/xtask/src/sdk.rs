//! `cargo xtask sdk`: the clients that OpenAI and others publish, against our
//! running server. What each suite is: `scripts/sdk/README.md`.

mod running;
mod tally;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{apt_install, output, root, step, succeeds, timed, watch, work_dir};
use crate::setup::{self, DEFAULT_MODEL, EMBEDDER};
pub(crate) use running::Running;
use tally::Tally;

/// What a suite runs on.
#[derive(Clone, Copy)]
enum Judge {
    /// Tests that are shipped with the SDK which this environment holds.
    Shipped(&'static str),
    /// Our own tests, in this environment and of this file.
    Own(&'static str, &'static str),
    Node,
    /// transformers, on the default model.
    Transformers,
}

const SUITES: [(&str, Judge); 9] = [
    ("live-0.27", Judge::Shipped("openai-0.27")),
    (GENERATED, Judge::Shipped("openai")),
    ("errors-0.27", Judge::Own("openai-0.27", "test_errors.py")),
    ("errors", Judge::Own("openai", "test_errors.py")),
    ("tools", Judge::Own("openai", "test_tools.py")),
    ("node", Judge::Node),
    ("langchain", Judge::Own("frameworks", "test_langchain.py")),
    (
        "llama-index",
        Judge::Own("frameworks", "test_llama_index.py"),
    ),
    ("loglikelihood", Judge::Transformers),
];

/// Tests that name objects by ids which exist nowhere, so that they need
/// `stand_ins.py`.
const GENERATED: &str = "generated";

/// A key that the second server asks for.
const KEY: &str = "sk-right-0123456789";

/// The suites that are run where none is named: all but the one that takes many minutes.
fn usual() -> Vec<String> {
    let quick = SUITES
        .iter()
        .filter(|(_, judge)| !matches!(judge, Judge::Transformers));
    quick.map(|(name, _)| (*name).to_owned()).collect()
}

/// Runs the suites with these names, or the usual ones.
pub(crate) fn run(names: &[String]) -> Result<()> {
    let known = SUITES.map(|(name, _)| name);
    if let Some(name) = names.iter().find(|name| !known.contains(&name.as_str())) {
        bail!("no suite `{name}`: there are {}", known.join(", "));
    }
    let usual = usual();
    let names = if names.is_empty() { &usual[..] } else { names };
    let asked = |name: &str| names.iter().any(|n| n == name);
    let data = work_dir().join("data");
    let lyceum = setup::program()?;
    let model = setup::pulled(&lyceum, &data, DEFAULT_MODEL)?;
    setup::pulled(&lyceum, &data, EMBEDDER)?;
    let servers = Servers::start(&lyceum, &data)?;
    let (mut all, mut failed) = (Tally::default(), Vec::new());
    for (name, judge) in SUITES.into_iter().filter(|(name, _)| asked(name)) {
        let mut command = match judge {
            Judge::Shipped(venv) => shipped(name, venv)?,
            Judge::Own(venv, file) => pytest(name, venv, &scripts().join(file))?,
            Judge::Node => node_tests()?,
            Judge::Transformers => transformers(&model)?,
        };
        servers.tell(&mut command);
        let mut tally = Tally::default();
        let title = format!("suite {name}");
        let passed = timed(&title, || watch(&mut command, |line| tally.see(line)))?;
        println!("── suite {name}: {tally}");
        if !passed || tally.passed == 0 {
            failed.push(name);
        }
        all += tally;
    }
    println!("sdk: {all}");
    match failed.is_empty() {
        true => Ok(()),
        false => bail!("suites failed: {}", failed.join(", ")),
    }
}

/// The servers that are judged. They end with this value.
struct Servers {
    /// Tiny models under OpenAI's names, the default model as `ada`, and the default one that
    /// makes embeddings.
    open: Running,
    /// A model without a chat template, for those who know the key.
    keyed: Running,
    /// A tiny model with room for functions.
    roomy: Running,
    /// Keys that it keeps: one of a request per minute, one whose budget is spent.
    limited: String,
    spent: String,
    /// The default model, computed as exactly as can be.
    exact: Running,
}

impl Servers {
    fn start(lyceum: &Path, data: &Path) -> Result<Self> {
        let chat = root().join("fixtures/models/tiny-chat");
        let base = without_template(&chat)?;
        // The newest SDK's chat model; and one that is slow enough to run into
        // a client's timeout.
        let names = [
            format!("gpt-6-astra={}", chat.display()),
            format!("ada={DEFAULT_MODEL}"),
            format!("davinci-002={DEFAULT_MODEL}"),
        ];
        let aliases = names.iter().flat_map(|name| ["--alias", name]);
        let serve = |own: &Path, model: &Path, more: &[&str]| {
            let mut command = Command::new(lyceum);
            command.arg("--data").arg(own).current_dir(root());
            command.args(["serve", "--port", "0", "--model"]).arg(model);
            Running::start(command.args(more))
        };
        let exact = ["--activations", "f32", "--kv-type", "f32"];
        let own = |name| data_of(name, data);
        let keyed = own("keyed")?;
        let key = |name, limit: &[&str]| made_key(lyceum, &keyed, name, limit);
        Ok(Self {
            limited: key("limited", &["--requests-per-minute", "1"])?,
            spent: key("spent", &["--budget", "0"])?,
            open: serve(&own("open")?, &chat, &aliases.collect::<Vec<_>>())?,
            keyed: serve(&keyed, &base, &["--api-key", KEY])?,
            roomy: serve(&own("roomy")?, &roomy(&chat)?, &[])?,
            exact: serve(&own("exact")?, Path::new(DEFAULT_MODEL), &exact)?,
        })
    }

    fn tell(&self, suite: &mut Command) {
        let open = self.open.url();
        suite.envs([
            ("OPENAI_BASE_URL", open),
            ("OPENAI_API_BASE", open),
            ("TEST_API_BASE_URL", open),
            ("OPENAI_API_KEY", "sk-local"),
            ("LYCEUM_KEYED_URL", self.keyed.url()),
            ("LYCEUM_KEY", KEY),
            ("LYCEUM_ROOMY_URL", self.roomy.url()),
            ("LYCEUM_LIMITED_KEY", &self.limited),
            ("LYCEUM_SPENT_KEY", &self.spent),
            ("LYCEUM_EXACT_URL", self.exact.url()),
            // No proxy stands between a client and this machine.
            ("NO_PROXY", "127.0.0.1,localhost"),
            ("no_proxy", "127.0.0.1,localhost"),
        ]);
    }
}

/// Makes a key in a server's data folder.
fn made_key(lyceum: &Path, data: &Path, name: &str, limit: &[&str]) -> Result<String> {
    let mut command = Command::new(lyceum);
    command
        .arg("--data")
        .arg(data)
        .args(["keys", "create", name]);
    Ok(output(command.args(limit))?.trim().to_owned())
}

/// A data folder of a server's own, new for each run, with the models of `data`.
pub(crate) fn data_of(name: &str, data: &Path) -> Result<PathBuf> {
    let own = folder().join("data").join(name);
    // What an earlier run left there is nobody's.
    if own.exists() {
        fs::remove_dir_all(&own).with_context(|| format!("cannot remove {}", own.display()))?;
    }
    fs::create_dir_all(&own).with_context(|| format!("cannot make {}", own.display()))?;
    linked(&data.join("models"), &own.join("models"))?;
    Ok(own)
}

/// The same files in other folders: who removes them there takes nothing from anybody.
fn linked(from: &Path, to: &Path) -> Result<()> {
    let problem = || format!("cannot link {} to {}", from.display(), to.display());
    fs::create_dir_all(to).with_context(problem)?;
    for entry in fs::read_dir(from).with_context(problem)? {
        let (path, name) = entry.map(|e| (e.path(), e.file_name()))?;
        match path.is_dir() {
            true => linked(&path, &to.join(name))?,
            false => fs::hard_link(&path, to.join(name)).with_context(problem)?,
        }
    }
    Ok(())
}

/// A copy of a model's folder that has no chat template.
fn without_template(model: &Path) -> Result<PathBuf> {
    copied(model, "tiny-base", &["config.json"])
}

/// A copy of a model's folder with room for what functions are described by.
fn roomy(model: &Path) -> Result<PathBuf> {
    let copy = copied(model, "tiny-roomy", &["tokenizer_config.json"])?;
    let config = fs::read(model.join("config.json"))?;
    let mut config: serde_json::Value = serde_json::from_slice(&config)?;
    config["max_position_embeddings"] = 2048.into();
    let to = copy.join("config.json");
    fs::write(&to, config.to_string()).with_context(|| format!("cannot write {}", to.display()))?;
    Ok(copy)
}

/// A copy of a model's weights and tokenizer, and of more files.
fn copied(model: &Path, name: &str, more: &[&str]) -> Result<PathBuf> {
    let copy = folder().join(name);
    fs::create_dir_all(&copy).with_context(|| format!("cannot make {}", copy.display()))?;
    for name in ["model.safetensors", "tokenizer.json"].iter().chain(more) {
        let to = copy.join(name);
        fs::copy(model.join(name), &to)
            .with_context(|| format!("cannot write {}", to.display()))?;
    }
    Ok(copy)
}

fn scripts() -> PathBuf {
    root().join("scripts/sdk")
}

fn folder() -> PathBuf {
    work_dir().join("sdk")
}

/// An environment with a Python SDK.
pub(crate) fn python(venv: &str) -> Result<PathBuf> {
    let requirements = scripts().join(format!("{venv}.txt"));
    setup::python(&format!("sdk/{venv}"), &requirements, &[])
}

/// The tests that come with the SDK in `venv`.
fn shipped(suite: &str, venv: &str) -> Result<Command> {
    let mut copy = Command::new(python(venv)?);
    copy.arg(scripts().join("suites.py"));
    let tests = output(copy.arg(folder().join(suite)))?;
    let mut command = pytest(suite, venv, Path::new(tests.trim()))?;
    if suite == GENERATED {
        command.args(["-p", "stand_ins"]);
    }
    Ok(command)
}

fn pytest(suite: &str, venv: &str, tests: &Path) -> Result<Command> {
    let python = python(venv)?;
    let mut command = Command::new(&python);
    command.args(["-m", "pytest", "-p", "judge", "--config-file"]);
    command.arg(scripts().join("pytest.ini")).arg("--rootdir");
    let inside = tests.is_dir().then_some(tests).or(tests.parent());
    command
        .arg(inside.expect("a file lies in a folder"))
        .arg(tests);
    command.env("LYCEUM_SUITE", suite);
    command.env("PYTHONPATH", scripts());
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    // One of the tests calls the SDK's own command line.
    let mut path = vec![python.parent().expect("it lies in a folder").to_path_buf()];
    path.extend(
        std::env::var_os("PATH")
            .iter()
            .flat_map(std::env::split_paths),
    );
    command.env("PATH", std::env::join_paths(path)?);
    command.current_dir(inside.expect("a file lies in a folder"));
    Ok(command)
}

fn transformers(model: &Path) -> Result<Command> {
    let requirements = root().join("scripts/fixtures/requirements.txt");
    let mut command = Command::new(setup::python("venv", &requirements, &[])?);
    command.arg(scripts().join("loglikelihood.py")).arg(model);
    command.arg(work_dir().join("reference"));
    // Its threads are not to spin while others use the cores.
    command.env("OMP_WAIT_POLICY", "PASSIVE");
    command.env("PYTHONDONTWRITEBYTECODE", "1");
    Ok(command)
}

/// The Node that the newest SDK needs.
const NODE_AT_LEAST: u32 = 22;

const NODE_TESTS: [&str; 2] = ["client.test.mjs", "tools.test.mjs"];

fn node_tests() -> Result<Command> {
    let (node, folder) = node()?;
    let mut command = Command::new(node);
    command.args(["--test", "--test-reporter=tap"]);
    command.args(NODE_TESTS);
    command.current_dir(folder);
    Ok(command)
}

/// Node, and the folder in which it finds the SDK.
pub(crate) fn node() -> Result<(PathBuf, PathBuf)> {
    let folder = folder().join("node");
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    for name in NODE_TESTS.iter().chain(&["package.json"]) {
        let (from, to) = (scripts().join(name), folder.join(name));
        fs::copy(from, &to).with_context(|| format!("cannot write {}", to.display()))?;
    }
    let installed = folder.join("node_modules/.bin/node");
    let check =
        format!("process.exit(process.versions.node.split('.')[0] < {NODE_AT_LEAST} ? 1 : 0)");
    let new_enough = |node: &Path| succeeds(Command::new(node).args(["-e", &check]));
    let machines = PathBuf::from("node");
    let wanted = fs::read_to_string(scripts().join("package.json"))?;
    let marker = folder.join("installed.txt");
    if fs::read_to_string(&marker).ok().as_ref() != Some(&wanted) {
        println!("   the first time this fetches the Node packages");
        let mut npm = npm()?;
        npm.args(["install", "--no-audit", "--no-fund", "--loglevel", "error"]);
        if new_enough(&machines) {
            npm.arg("--omit=optional");
        }
        step("Node packages", npm.current_dir(&folder))?;
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    }
    let Some(node) = [installed, machines].into_iter().find(|n| new_enough(n)) else {
        bail!("no Node {NODE_AT_LEAST} or newer, neither here nor from npm");
    };
    Ok((node, folder))
}

pub(crate) fn npm() -> Result<Command> {
    let works = || succeeds(Command::new("npm").arg("--version"));
    if !works() {
        // In a container we may add it, as with Python's venv.
        println!("   no npm: trying `apt-get install -y npm`, for the whole machine");
        if !(apt_install("npm") && works()) {
            bail!("the Node SDK and the pages need npm: install Node {NODE_AT_LEAST} or newer");
        }
    }
    Ok(Command::new("npm"))
}
