//! Where everything lies.

use std::ffi::OsString;
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
}
