//! Where tests find their files.

use std::path::{Path, PathBuf};

/// The folder of the root `Cargo.toml`.
pub fn workspace_root() -> PathBuf {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    let root = here.ancestors().nth(2);
    root.expect("this crate lies two folders below the root")
        .to_path_buf()
}

/// `fixtures/{path}` of the workspace.
///
/// # Panics
/// If there is no such file or folder: fixtures are tracked, so a test that
/// lacks one is broken, not to be skipped.
#[track_caller]
pub fn fixture(path: &str) -> PathBuf {
    let file = workspace_root().join("fixtures").join(path);
    assert!(
        file.exists(),
        "fixtures/{path} is missing; `cargo xtask fixtures` writes the generated ones"
    );
    file
}

/// `../shared/{path}`, beside the workspace: data too large to track.
///
/// None if it is missing, after saying so: the test should then return.
#[track_caller]
pub fn shared(path: &str) -> Option<PathBuf> {
    let file = workspace_root().parent()?.join("shared").join(path);
    if file.exists() {
        return Some(file);
    }
    eprintln!("skipped: ../shared/{path} is not here");
    None
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_root_holds_the_workspace() {
        let manifest = std::fs::read_to_string(workspace_root().join("Cargo.toml")).unwrap();
        assert!(manifest.contains("[workspace]"));
    }

    #[test]
    fn missing_shared_data_is_not_a_failure() {
        assert_eq!(shared("no such folder"), None);
    }

    #[test]
    #[should_panic(expected = "fixtures/nothing.bin is missing")]
    fn a_missing_fixture_is_a_failure() {
        fixture("nothing.bin");
    }
}
