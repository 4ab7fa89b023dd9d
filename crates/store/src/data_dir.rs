//! Where everything lies.

use std::ffi::OsString;
use std::fs::{DirBuilder, OpenOptions};
use std::io;
use std::path::{Path, PathBuf};

use crate::StoreError;

/// The data directory: `explicit`, else `LYCEUM_DATA`, else
/// `XDG_DATA_HOME/lyceum`, else `~/.local/share/lyceum`.
///
/// Creates nothing. A relative `XDG_DATA_HOME` is ignored, as its
/// specification asks.
pub fn data_dir(explicit: Option<PathBuf>) -> Result<PathBuf, StoreError> {
    choose(
        explicit,
        &|name| std::env::var_os(name),
        std::env::home_dir(),
    )
}

/// The server's settings, where a data directory holds them.
pub fn settings_file(data: &Path) -> PathBuf {
    data.join("lyceum.toml")
}

/// Makes a folder, and those above it, that nobody but the user may look into; one that is there
/// stays as it is.
pub(crate) fn make_private(folder: &Path) -> io::Result<()> {
    let mut builder = DirBuilder::new();
    builder.recursive(true);
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.create(folder)
}

/// The same of a file, empty at first.
pub(crate) fn make_private_file(path: &Path) -> io::Result<()> {
    let mut options = OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn choose(
    explicit: Option<PathBuf>,
    variable: &dyn Fn(&str) -> Option<OsString>,
    home: Option<PathBuf>,
) -> Result<PathBuf, StoreError> {
    let named = |name: &str| variable(name).filter(|v| !v.is_empty()).map(PathBuf::from);
    if let Some(path) = explicit.filter(|p| !p.as_os_str().is_empty()) {
        return Ok(path);
    }
    if let Some(path) = named("LYCEUM_DATA") {
        return Ok(path);
    }
    if let Some(path) = named("XDG_DATA_HOME").filter(|p| p.is_absolute()) {
        return Ok(path.join("lyceum"));
    }
    home.filter(|p| p.is_absolute())
        .map(|home| home.join(".local").join("share").join("lyceum"))
        .ok_or(StoreError::NoDataDir)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_that_is_named_wins() {
        let none = |_: &str| None;
        let all = |name: &str| Some(OsString::from(format!("/v/{name}")));
        let empty = |_: &str| Some(OsString::new());
        let relative = |name: &str| (name == "XDG_DATA_HOME").then(|| OsString::from("rel"));
        let xdg = |name: &str| (name == "XDG_DATA_HOME").then(|| OsString::from("/x"));
        let home = Some(PathBuf::from("/h"));
        let at_home = PathBuf::from("/h/.local/share/lyceum");
        let choose = |e: Option<&str>, v: &dyn Fn(&str) -> Option<OsString>, h| {
            choose(e.map(PathBuf::from), v, h).ok()
        };
        assert_eq!(choose(Some("d"), &all, home.clone()), Some("d".into()));
        assert_eq!(
            choose(None, &all, home.clone()),
            Some("/v/LYCEUM_DATA".into())
        );
        assert_eq!(choose(None, &xdg, home.clone()), Some("/x/lyceum".into()));
        assert_eq!(choose(None, &empty, home.clone()), Some(at_home.clone()));
        assert_eq!(choose(None, &relative, home.clone()), Some(at_home.clone()));
        assert_eq!(choose(None, &none, home), Some(at_home));
        assert_eq!(choose(None, &none, None), None);
        assert_eq!(choose(None, &none, Some(PathBuf::new())), None);
    }

    /// What is in a folder that others may look into is still nobody else's.
    #[cfg(unix)]
    #[tokio::test]
    async fn what_users_keep_is_their_own() {
        use std::os::unix::fs::PermissionsExt as _;
        let parent = tempfile::tempdir().unwrap();
        let (made, found) = (parent.path().join("made"), parent.path().join("found"));
        std::fs::create_dir(&found).unwrap();
        let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
        let before = mode(&found);
        for folder in [&made, &found] {
            let _database = crate::Database::in_folder(folder).await.unwrap();
            crate::Blobs::in_folder(folder).unwrap();
            for name in ["lyceum.db", "lyceum.db-wal"] {
                assert_eq!(mode(&folder.join(name)), 0o600, "{name}");
            }
            assert_eq!(mode(&folder.join("blobs")), 0o700);
        }
        assert_eq!((mode(&made), mode(&found)), (0o700, before));
        let other = parent.path().join("other");
        crate::ModelFolder::open(&other).unwrap();
        assert_eq!(mode(&other), 0o700);
    }
}
