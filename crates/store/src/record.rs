//! `model.json`: what makes a folder a model.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use serde::{Deserialize, Serialize};

/// Version of the record's layout; a record of a later one is not read.
pub(crate) const VERSION: u32 = 1;

/// Name of the record in the model's folder.
pub(crate) const RECORD: &str = "model.json";

/// How a model's weights are stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Format {
    /// One `.gguf` file.
    Gguf,
    /// A folder with `config.json`, `*.safetensors` and tokenizer files.
    Safetensors,
}

/// One file of a model.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FileRecord {
    pub size_bytes: u64,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
}

/// The record as written.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Record {
    pub(crate) version: u32,
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) source: String,
    pub(crate) licence: Option<String>,
    pub(crate) format: Format,
    pub(crate) installed_s: u64,
    pub(crate) files: BTreeMap<String, FileRecord>,
}

/// A model on disk.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Installed {
    pub name: String,
    /// What a checkpoint is opened with: the `.gguf`, or the folder.
    pub path: PathBuf,
    pub format: Format,
    /// SPDX identifier or the source's own word, when it gave one.
    pub licence: Option<String>,
    /// Sum over all files.
    pub size_bytes: u64,
    /// What was asked for: `catalog:NAME`, `hf:…`, `pypi:…`, `npm:…` or `file:PATH`.
    pub origin: String,
    /// The source that delivered it, such as `pypi:package==1.0`.
    pub source: String,
    /// Seconds since 1970-01-01 UTC.
    pub installed_s: u64,
    /// By name inside the model's folder.
    pub files: BTreeMap<String, FileRecord>,
}

impl Record {
    /// The model this record describes, in `folder`.
    pub(crate) fn installed(self, folder: &Path) -> Installed {
        let path = match self.format {
            Format::Gguf => self
                .files
                .keys()
                .next()
                .map_or(folder.into(), |f| folder.join(f)),
            Format::Safetensors => folder.to_path_buf(),
        };
        Installed {
            name: self.name,
            path,
            format: self.format,
            licence: self.licence,
            size_bytes: self.files.values().map(|f| f.size_bytes).sum(),
            origin: self.origin,
            source: self.source,
            installed_s: self.installed_s,
            files: self.files,
        }
    }
}
