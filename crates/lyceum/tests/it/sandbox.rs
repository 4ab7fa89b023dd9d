//! A folder with a model, an empty home and an empty data folder, where the binary runs.

use std::fs;
use std::io::Write;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use tempfile::TempDir;

/// The binary under test.
pub const LYCEUM: &str = env!("CARGO_BIN_EXE_lyceum");

/// What a limit on memory is worth in tests of hostile files, in KiB.
const MEMORY_KIB: u64 = 4 << 20;

pub struct Sandbox {
    root: TempDir,
}

impl Sandbox {
    /// `tiny/` is the chat model's folder, `tiny.gguf` the same in one file.
    pub fn new() -> Self {
        let root = tempfile::tempdir().unwrap();
        let model = testkit::fixture("models/tiny-chat");
        fs::create_dir(root.path().join("home")).unwrap();
        // Copies, as importing may link: no test shall reach the fixtures themselves.
        fs::copy(model.join("model.gguf"), root.path().join("tiny.gguf")).unwrap();
        symlink(testkit::fixture("models"), root.path().join("models")).unwrap();
        let sandbox = Self { root };
        sandbox.copy_of_tiny("tiny");
        sandbox
    }

    pub fn path(&self, name: &str) -> PathBuf {
        self.root.path().join(name)
    }

    pub fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        let path = self.path(name);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, bytes).unwrap();
    }

    /// A copy of the chat model's folder that may be damaged.
    pub fn copy_of_tiny(&self, name: &str) -> PathBuf {
        let folder = self.path(name);
        fs::create_dir(&folder).unwrap();
        for file in [
            "config.json",
            "model.safetensors",
            "tokenizer.json",
            "tokenizer_config.json",
        ] {
            let original = testkit::fixture("models/tiny-chat").join(file);
            fs::copy(original, folder.join(file)).unwrap();
        }
        folder
    }

    /// A copy of the chat model in which `edit` changes `config.json`.
    pub fn with_config(
        &self,
        name: &str,
        edit: impl FnOnce(&mut serde_json::Map<String, serde_json::Value>),
    ) {
        let file = self.copy_of_tiny(name).join("config.json");
        let mut config: serde_json::Value =
            serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        edit(config.as_object_mut().unwrap());
        fs::write(file, config.to_string()).unwrap();
    }

    /// A program with nothing of this machine's surroundings but `PATH`.
    pub fn clean(&self, program: &str) -> Command {
        let mut command = Command::new(program);
        command
            .env_clear()
            .env("PATH", std::env::var_os("PATH").unwrap_or_default())
            .env("HOME", self.path("home"))
            .env("TERM", "xterm-256color")
            .current_dir(self.root.path())
            .stdin(Stdio::null());
        command
    }

    /// The binary with `arguments`, offline, its data below the sandbox.
    pub fn lyceum(&self, arguments: &[&str]) -> Command {
        let mut command = self.clean(LYCEUM);
        command.args(["--offline", "--data"]);
        command.arg(self.path("data")).args(arguments);
        command
    }

    /// A shell in which `lyceum` is the binary, with the kernels that the tests are run with.
    pub fn shell(&self, line: &str) -> Command {
        let path = std::env::var_os("PATH").unwrap_or_default();
        let binary = Path::new(LYCEUM).parent().unwrap().to_path_buf();
        let folders = std::iter::once(binary).chain(std::env::split_paths(&path));
        let mut command = self.clean("sh");
        command
            .args(["-c", line])
            .env("PATH", std::env::join_paths(folders).unwrap())
            .env("LYCEUM_DATA", self.path("data"))
            .env("LYCEUM_OFFLINE", "1");
        if let Some(kernels) = std::env::var_os("LYCEUM_KERNELS") {
            command.env("LYCEUM_KERNELS", kernels);
        }
        command
    }

    /// As [`Sandbox::lyceum`], killed when it takes more memory than any tiny model can need.
    pub fn limited(&self, arguments: &[&str]) -> Command {
        let limit = format!("ulimit -v {MEMORY_KIB}; exec \"$@\"");
        let mut command = self.clean("sh");
        command.args(["-c", &limit, "sh", LYCEUM, "--offline", "--data"]);
        command.arg(self.path("data")).args(arguments);
        command
    }

    /// Names in the model folder, whatever they are.
    pub fn left_behind(&self) -> Vec<String> {
        let Ok(entries) = fs::read_dir(self.path("data/models")) else {
            return Vec::new();
        };
        let name = |e: std::io::Result<fs::DirEntry>| e.unwrap().file_name();
        entries
            .map(|e| name(e).to_string_lossy().into_owned())
            .collect()
    }
}

/// Runs to the end with `input` on standard input.
pub fn with_input(mut command: Command, input: &[u8]) -> Output {
    command.stdin(Stdio::piped());
    command.stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    // Who refuses its arguments never reads: a broken pipe is no failure of the test.
    let _ = child.stdin.take().unwrap().write_all(input);
    child.wait_with_output().unwrap()
}

/// Stdout of a command that must succeed.
#[track_caller]
pub fn stdout(mut command: Command) -> String {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}\n{stderr}");
    String::from_utf8(output.stdout).unwrap()
}
