//! What can be wrong with the files of a model.

use std::io;
use std::path::{Path, PathBuf};

/// Why a model's file could not be read: which file, which part of it, what
/// was wanted there and what was found. [`LoadError::hint`] says what to do.
#[derive(Debug, thiserror::Error)]
pub enum LoadError {
    /// The operating system refused.
    #[error("cannot read {}", path.display())]
    Io { path: PathBuf, source: io::Error },

    /// The first bytes belong to something else altogether.
    #[error("{} is not {wanted}: it looks like {got}", path.display())]
    WrongFormat {
        path: PathBuf,
        wanted: &'static str,
        got: &'static str,
    },

    /// A part of the file contradicts its format, or the rest of the file.
    #[error("{}: {field} should be {wanted}, got {got}", path.display())]
    Format {
        path: PathBuf,
        field: String,
        wanted: String,
        got: String,
    },

    /// A metadata or configuration key that is needed and absent.
    #[error("{} has no key {key}", path.display())]
    MissingKey { path: PathBuf, key: String },

    /// A tensor that is needed and absent.
    #[error("{} has no tensor {name}", path.display())]
    MissingTensor { path: PathBuf, name: String },

    /// A tensor whose shape contradicts the configuration.
    #[error(
        "tensor {tensor} of {} has shape {got:?}, wanted {wanted:?} ({because})",
        path.display()
    )]
    Shape {
        path: PathBuf,
        tensor: String,
        got: Vec<usize>,
        wanted: Vec<usize>,
        because: String,
    },

    /// Correct as far as we can tell, but nothing here can compute it.
    #[error("{}: {what} is {got}, which is not supported (supported: {supported})", path.display())]
    Unsupported {
        path: PathBuf,
        what: String,
        got: String,
        supported: String,
    },
}

impl LoadError {
    /// The file (or folder) at fault.
    pub fn path(&self) -> &Path {
        match self {
            Self::Io { path, .. }
            | Self::WrongFormat { path, .. }
            | Self::Format { path, .. }
            | Self::MissingKey { path, .. }
            | Self::MissingTensor { path, .. }
            | Self::Shape { path, .. }
            | Self::Unsupported { path, .. } => path,
        }
    }

    /// What the user can do about it, if anything.
    pub fn hint(&self) -> Option<String> {
        let hint = match self {
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => "check the path; `models ls` lists what is here",
                io::ErrorKind::PermissionDenied => "make the file readable for this user",
                _ => return None,
            },
            Self::WrongFormat { got, .. } => match *got {
                crate::sniff::GIT_LFS => {
                    "the repository was cloned without its large files: run `git lfs pull` there"
                }
                crate::sniff::HTML => "a web page was saved instead of the file; fetch it again",
                crate::sniff::ZIP => {
                    "if it is a PyTorch checkpoint, take the model's safetensors files instead"
                }
                _ => "give a .gguf file, or a folder with config.json and model.safetensors",
            },
            Self::Format { path, .. } if is_json(path) => {
                "the file was edited or comes from another program; fetch the original"
            }
            Self::Format { .. } => "the file is damaged or incomplete; fetch it again",
            Self::MissingKey { .. } => {
                "the file was made for another program or cut down; fetch the original"
            }
            Self::MissingTensor { .. } => {
                "the weights are incomplete or of another model; fetch all of its files again"
            }
            Self::Shape { .. } => {
                "configuration and weights come from different models; fetch both again"
            }
            Self::Unsupported { .. } => "choose another model, or another variant of this one",
        };
        Some(hint.to_owned())
    }
}

fn is_json(path: &Path) -> bool {
    path.extension().is_some_and(|e| e == "json")
}

/// `text` for an error message: quoted, its control characters escaped, cut to
/// a readable length. File contents go through here, as they may be hostile.
pub fn quoted(text: &str) -> String {
    const LONGEST: usize = 80;
    if text.chars().count() <= LONGEST {
        return format!("{text:?}");
    }
    let start: String = text.chars().take(LONGEST).collect();
    format!("{start:?}… ({} bytes)", text.len())
}
