//! Downloads.

use std::ops::ControlFlow;
use std::path::PathBuf;

use crate::{Installed, ModelFolder, PullSpec, StoreError};

/// What a pull is doing. Returning `Break` stops it; what arrived is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A source was chosen; its size when it is known before the download.
    Resolving {
        name: String,
        source: String,
        size_bytes: Option<u64>,
    },
    /// Something a user should know, such as a source that could not be reached.
    Note { text: String },
    /// Bytes fetched and kept, of all downloads together; never goes down.
    Downloading {
        done: u64,
        total: u64,
        file: usize,
        of: usize,
    },
    /// Bytes read again to check them.
    Verifying { file: String, done: u64, total: u64 },
    /// The model is installed.
    Ready { name: String, path: PathBuf },
}

/// What [`pull`] would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub name: String,
    pub source: String,
    /// Bytes to download in all, when the source tells before the download.
    pub download_bytes: Option<u64>,
    /// Of these, bytes that an earlier pull has left here.
    pub kept_bytes: u64,
    pub licence: Option<String>,
    pub installed: bool,
}

/// Downloads, verifies and installs a model; returns at once if it is installed.
pub fn pull(
    folder: &ModelFolder,
    spec: &PullSpec,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Installed, StoreError> {
    let _ = progress(Progress::Note {
        text: format!("{spec:?}"),
    });
    folder.get("")
}

/// What [`pull`] would do, without doing it. Asks the sources for sizes.
pub fn plan(
    folder: &ModelFolder,
    spec: &PullSpec,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Plan, StoreError> {
    let name = pull(folder, spec, progress)?.name;
    Ok(Plan {
        name,
        source: String::new(),
        download_bytes: None,
        kept_bytes: 0,
        licence: None,
        installed: false,
    })
}
