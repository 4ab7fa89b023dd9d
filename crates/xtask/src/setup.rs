//! What the tests need and a clone doesn't hold: Python with the reference
//! libraries, the default model, and the reference results computed from it.
//!
//! Each is made once and made again only when what it was made from changed.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Context, Result, bail};
use sha2::{Digest, Sha256};

use crate::process::{apt_install, cargo, output, root, step, succeeds, timed, work_dir};

/// The catalog's name of the model that `lyceum run` fetches.
pub(crate) const DEFAULT_MODEL: &str = "smollm2-135m-instruct";

/// The catalog's name of the model that makes vectors of texts.
pub(crate) const EMBEDDER: &str = "all-minilm-l6-v2";

/// What the tests are told, by environment variables.
pub(crate) struct Ready {
    /// `LYCEUM_TEST_DATA`: a data directory that holds the default model.
    pub data: PathBuf,
    /// `LYCEUM_TEST_MODEL`: the model's file.
    pub model: PathBuf,
    /// `LYCEUM_REFERENCE`: what transformers computes with it.
    pub reference: PathBuf,
    /// `LYCEUM_TEST_EMBEDDER`: the folder of the model that makes vectors.
    pub embedder: PathBuf,
    /// `LYCEUM_SENTENCES`: the vectors that transformers makes with it.
    pub sentences: PathBuf,
}

/// Builds our program for tests. With all of them: cargo would choose other features for it
/// alone, and build what both need twice.
const BUILD: &[&str] = &["test", "--quiet", "--workspace", "--no-run"];

/// Sets everything up.
pub(crate) fn all() -> Result<Ready> {
    let python = python(
        "venv",
        &root().join("scripts/fixtures/requirements.txt"),
        &[],
    )?;
    let data = work_dir().join("data");
    let lyceum = program()?;
    let model = pulled(&lyceum, &data, DEFAULT_MODEL)?;
    let embedder = pulled(&lyceum, &data, EMBEDDER)?;
    let scripts = root().join("scripts/fixtures");
    let sources = [scripts.join("reference.py"), model.clone()];
    let reference = reference(&python, &sources, &model, DEFAULT_MODEL)?;
    let sources = [
        scripts.join("sentences.py"),
        scripts.join("sentence_texts.py"),
        scripts.join("reference.py"),
        embedder.join("model.safetensors"),
        embedder.join("tokenizer.json"),
    ];
    let sentences = self::reference(&python, &sources, &embedder, EMBEDDER)?;
    Ok(Ready {
        data,
        model,
        reference,
        embedder,
        sentences,
    })
}

/// Writes `fixtures/models/` again.
pub(crate) fn fixtures(names: &[String]) -> Result<()> {
    let python = python(
        "venv",
        &root().join("scripts/fixtures/requirements.txt"),
        &[],
    )?;
    let script = root().join("scripts/fixtures/models.py");
    step("fixtures", Command::new(python).arg(script).args(names))
}

/// The interpreter of the virtual environment `name`, with `requirements`
/// installed. `env` is set while they are.
pub(crate) fn python(name: &str, requirements: &Path, env: &[(&str, &str)]) -> Result<PathBuf> {
    let folder = work_dir().join(name);
    let python = if cfg!(windows) {
        folder.join("Scripts/python.exe")
    } else {
        folder.join("bin/python")
    };
    let wanted = fs::read_to_string(requirements)
        .with_context(|| format!("cannot read {}", requirements.display()))?;
    let marker = folder.join("installed.txt");
    if fs::read_to_string(&marker).is_ok_and(|installed| installed == wanted) {
        return Ok(python);
    }
    if !succeeds(Command::new(&python).args(["-m", "pip", "--version"])) {
        create_venv(&folder)?;
    }
    println!("   the first time this fetches the Python packages, which takes minutes");
    let mut pip = Command::new(&python);
    pip.args(["-m", "pip", "install", "--disable-pip-version-check"]);
    pip.args(["--quiet", "--requirement"]).arg(requirements);
    pip.envs(env.iter().copied());
    step(
        &format!("Python packages into {}", folder.display()),
        &mut pip,
    )?;
    fs::write(&marker, wanted).with_context(|| format!("cannot write {}", marker.display()))?;
    Ok(python)
}

/// Debian's package of `python3 -m venv`.
const VENV_PACKAGE: &str = "python3-venv";

fn create_venv(folder: &Path) -> Result<()> {
    let interpreter = interpreter()?;
    let venv = || {
        let mut command = Command::new(interpreter);
        command.args(["-m", "venv", "--clear"]).arg(folder);
        command
    };
    if succeeds(&mut venv()) {
        return Ok(());
    }
    // Debian splits venv off from Python; in a container we may add it.
    println!("{}", announcement(interpreter));
    if apt_install(VENV_PACKAGE) {
        return step("Python virtual environment", &mut venv());
    }
    let program = interpreter;
    bail!(
        "`{program} -m venv` does not work: install venv, which on Debian and Ubuntu is \
         `sudo apt-get install {VENV_PACKAGE}`"
    )
}

/// What is about to be installed on the machine itself, and why.
fn announcement(interpreter: &str) -> String {
    format!(
        "   `{interpreter} -m venv` does not work, and the tests need a virtual environment of \
         Python:\n   trying `apt-get update` and `apt-get install -y {VENV_PACKAGE}`, which \
         installs it for the whole machine where this runs as root"
    )
}

fn interpreter() -> Result<&'static str> {
    let check = "import sys; sys.exit(sys.version_info < (3, 10))";
    let works = |program: &&str| succeeds(Command::new(program).args(["-c", check]));
    let Some(found) = ["python3", "python"].into_iter().find(works) else {
        bail!(
            "no Python 3.10 or newer: the tests compare with PyTorch and transformers. \
             Install python3 and python3-venv"
        );
    };
    Ok(found)
}

/// The default model in the data directory `data`, pulled by our own program,
/// which `build` builds into the profile folder `profile`.
pub(crate) fn default_model(data: &Path, build: &[&str], profile: &str) -> Result<PathBuf> {
    pulled(&lyceum(build, profile)?, data, DEFAULT_MODEL)
}

/// The file or folder of a catalog's model in the data directory `data`.
pub(crate) fn pulled(lyceum: &Path, data: &Path, name: &str) -> Result<PathBuf> {
    let program = || {
        let mut command = Command::new(lyceum);
        command.arg("--data").arg(data).current_dir(root());
        command
    };
    let pull = program().args(["pull", name]).status();
    let status = pull.with_context(|| format!("cannot start {}", lyceum.display()))?;
    if !status.success() {
        bail!("`lyceum pull {name}` failed ({status})");
    }
    let shown = output(program().args(["models", "show", name, "--json"]))?;
    let shown: serde_json::Value =
        serde_json::from_str(&shown).context("`lyceum models show --json` prints no JSON")?;
    let path = shown["path"].as_str();
    path.map(PathBuf::from)
        .context("`lyceum models show --json` names no `path`")
}

/// Our program as its tests are built.
pub(crate) fn program() -> Result<PathBuf> {
    lyceum(BUILD, "debug")
}

/// Our program, built.
pub(crate) fn lyceum(build: &[&str], profile: &str) -> Result<PathBuf> {
    step("build lyceum", &mut cargo(build))?;
    let target = work_dir();
    let target = target
        .parent()
        .expect("it is a folder of the target folder");
    let name = format!("lyceum{}", std::env::consts::EXE_SUFFIX);
    Ok(target.join(profile).join(name))
}

/// What the first of `sources`, a script, computes with `model`; made again when one of
/// the sources has changed.
fn reference(python: &Path, sources: &[PathBuf], model: &Path, name: &str) -> Result<PathBuf> {
    let script = &sources[0];
    let folder = work_dir().join("reference");
    let requirements = root().join("scripts/fixtures/requirements.txt");
    let sources: Vec<&Path> = sources
        .iter()
        .chain([&requirements])
        .map(PathBuf::as_path)
        .collect();
    let key = digest(&sources)?;
    let file = folder.join(format!("{name}-{}.safetensors", &key[..16]));
    if file.exists() {
        return Ok(file);
    }
    fs::create_dir_all(&folder).with_context(|| format!("cannot make {}", folder.display()))?;
    timed(&format!("references for {name} from transformers"), || {
        // Written beside and renamed, so that an interrupted run leaves no half file.
        let partial = partial(&folder);
        output(Command::new(python).arg(script).arg(model).arg(&partial))?;
        fs::rename(&partial, &file).with_context(|| format!("cannot write {}", file.display()))
    })?;
    Ok(file)
}

/// A file that no other run of this program writes to.
fn partial(folder: &Path) -> PathBuf {
    folder.join(format!("{}.partial.safetensors", std::process::id()))
}

/// SHA-256 over the contents of `files`, in hexadecimal.
fn digest(files: &[&Path]) -> Result<String> {
    let mut hash = Sha256::new();
    for file in files {
        let bytes = fs::read(file).with_context(|| format!("cannot read {}", file.display()))?;
        hash.update((bytes.len() as u64).to_le_bytes());
        hash.update(&bytes);
    }
    Ok(hash.finalize().iter().map(|b| format!("{b:02x}")).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn two_runs_write_two_files() {
        let name = partial(Path::new("reference"));
        let name = name.file_name().unwrap().to_str().unwrap();
        assert!(name.contains(&std::process::id().to_string()), "{name}");
        assert!(name.ends_with(".safetensors"), "{name}");
    }

    #[test]
    fn what_is_installed_as_root_is_announced_with_the_reason() {
        let text = announcement("python3");
        for part in ["python3 -m venv", "apt-get install -y python3-venv", "root"] {
            assert!(text.contains(part), "{part} in {text}");
        }
    }

    #[test]
    fn the_digest_depends_on_every_file_and_their_borders() {
        let folder = std::env::temp_dir().join(format!("xtask-digest-{}", std::process::id()));
        fs::create_dir_all(&folder).unwrap();
        let file = |name: &str, text: &str| {
            let path = folder.join(name);
            fs::write(&path, text).unwrap();
            path
        };
        let (ab, c, a, bc) = (
            file("1", "ab"),
            file("2", "c"),
            file("3", "a"),
            file("4", "bc"),
        );
        let first = digest(&[&ab, &c]).unwrap();
        assert_eq!(first.len(), 64);
        assert_ne!(first, digest(&[&a, &bc]).unwrap());
        assert_eq!(first, digest(&[&ab, &c]).unwrap());
        assert!(digest(&[&folder.join("missing")]).is_err());
        fs::remove_dir_all(&folder).unwrap();
    }
}
