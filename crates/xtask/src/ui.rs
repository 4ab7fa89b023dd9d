//! `cargo xtask ui`: the Playground's pages are what their sources say, and work.
//!
//! Types, tests of the pure parts, a build that is the committed one byte for byte, then the
//! program itself in Chromium, on the default model.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};

use crate::process::{apt_install, root, step, succeeds, timed, work_dir};
use crate::sdk;
use crate::setup::{self, DEFAULT_MODEL, EMBEDDER};

pub(crate) fn run(args: &[String]) -> Result<()> {
    let all = match args {
        [] => true,
        // While one works on the pages: what needs neither a browser nor our program.
        [only] if only == "build" => false,
        other => bail!("ui takes only `build`, got {}", other.join(" ")),
    };
    let node = Node::ready()?;
    step("ui: types", &mut node.script("check", &[]))?;
    step("ui: tests", &mut node.script("test", &[]))?;
    if !all {
        return step("ui: build", &mut node.script("build", &[]));
    }
    timed("ui: dist is what the sources give", || rebuilt(&node))?;
    browser(&node)
}

fn ui() -> PathBuf {
    root().join("ui")
}

fn folder() -> PathBuf {
    work_dir().join("ui")
}

/// Node, its packages, and the SDK that View code is for.
struct Node {
    program: PathBuf,
    sdk: PathBuf,
}

impl Node {
    fn ready() -> Result<Self> {
        let (program, sdk) = sdk::node()?;
        let node = Self { program, sdk };
        node.install()?;
        Ok(node)
    }

    /// The packages of the lock file, once for each version of it.
    fn install(&self) -> Result<()> {
        let lock = ui().join("package-lock.json");
        let wanted =
            fs::read_to_string(&lock).with_context(|| format!("cannot read {}", lock.display()))?;
        let marker = ui().join("node_modules/installed.txt");
        if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
            return Ok(());
        }
        println!("   the first time this fetches the pages' Node packages");
        let mut npm = sdk::npm()?;
        npm.args(["ci", "--no-audit", "--no-fund", "--loglevel", "error"]);
        step("Node packages of ui", self.told(npm.current_dir(ui())))?;
        fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))
    }

    /// A script of `ui/package.json`.
    fn script(&self, name: &str, args: &[&str]) -> Command {
        let mut npm = Command::new("npm");
        npm.args(["run", "--silent", name, "--"]).args(args);
        self.told(npm.current_dir(ui()));
        npm
    }

    /// npm starts the Node that is first in the path.
    fn told<'a>(&self, command: &'a mut Command) -> &'a mut Command {
        let mut path: Vec<PathBuf> = self
            .program
            .parent()
            .map(PathBuf::from)
            .into_iter()
            .collect();
        let others = env::var_os("PATH").unwrap_or_default();
        path.extend(env::split_paths(&others));
        command.env("PATH", env::join_paths(path).unwrap_or(others))
    }
}

/// Builds elsewhere, and compares.
fn rebuilt(node: &Node) -> Result<()> {
    let built = folder().join("dist");
    let out = built.to_string_lossy();
    let args = ["--outDir", &*out, "--emptyOutDir", "--logLevel", "warn"];
    step("ui: build", &mut node.script("build", &args))?;
    let committed = ui().join("dist");
    let (got, wanted) = (names(&built)?, names(&committed)?);
    if got != wanted {
        bail!("ui/dist holds {wanted:?}, and its sources give {got:?}: `cargo xtask ui build`");
    }
    for name in got {
        let read = |folder: &Path| {
            let path = folder.join(&name);
            fs::read(&path).with_context(|| format!("cannot read {}", path.display()))
        };
        if read(&built)? != read(&committed)? {
            let name = name.display();
            bail!("ui/dist/{name} is not what its sources give: `cargo xtask ui build`");
        }
    }
    Ok(())
}

/// Paths of all files in a folder, sorted.
fn names(folder: &Path) -> Result<Vec<PathBuf>> {
    let mut found = Vec::new();
    let mut open = vec![folder.to_path_buf()];
    while let Some(next) = open.pop() {
        let entries =
            fs::read_dir(&next).with_context(|| format!("cannot read {}", next.display()))?;
        for entry in entries {
            let path = entry?.path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path.strip_prefix(folder)?.to_path_buf()),
            }
        }
    }
    found.sort();
    Ok(found)
}

/// The program in a browser.
fn browser(node: &Node) -> Result<()> {
    let data = work_dir().join("data");
    let lyceum = setup::program()?;
    setup::pulled(&lyceum, &data, DEFAULT_MODEL)?;
    setup::pulled(&lyceum, &data, EMBEDDER)?;
    let mut suite = node.script("test:browser", &[]);
    suite
        .env("LYCEUM_PROGRAM", lyceum)
        .env("LYCEUM_TEST_DATA", sdk::data_of("ui", &data)?)
        .env("LYCEUM_PYTHON", sdk::python("openai")?)
        .env("LYCEUM_PYTHON_027", sdk::python("openai-0.27")?)
        .env("LYCEUM_NODE", &node.program)
        .env("LYCEUM_NODE_SDK", &node.sdk)
        .env("CHROME", chrome()?)
        // No proxy stands between a client and this machine.
        .env("NO_PROXY", "127.0.0.1,localhost")
        .env("no_proxy", "127.0.0.1,localhost");
    step("ui: in the browser", &mut suite)
}

/// Chromium: the one that `CHROME` names, or else Debian's.
fn chrome() -> Result<OsString> {
    let named = env::var_os("CHROME").unwrap_or_else(|| "/usr/bin/chromium".into());
    let there = || Path::new(&named).exists() && succeeds(Command::new(&named).arg("--version"));
    if !there() {
        println!("   no Chromium: trying `apt-get install -y chromium`, for the whole machine");
        if !(apt_install("chromium") && there()) {
            bail!("the pages' tests need Chromium: install it, or name it by CHROME");
        }
    }
    Ok(named)
}
