//! The installed models.

use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use crate::{Installed, Progress, StoreError};

/// The models under one data directory.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    data: PathBuf,
}

/// One line of [`ModelFolder::list`].
#[derive(Clone, Debug)]
pub enum Listed {
    Model(Installed),
    /// A folder whose record cannot be read, or whose files are not as recorded.
    Damaged {
        name: String,
        reason: String,
    },
}

impl ModelFolder {
    /// Opens, and creates if need be, the model folder of a data directory.
    pub fn open(data: &Path) -> Result<Self, StoreError> {
        Ok(Self {
            data: data.to_path_buf(),
        })
    }

    /// All models, by name. A damaged one is listed, and does not hide the others.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        Err(StoreError::NoDataDir)
    }

    /// The model of this name, or of the catalog entry that has this alias.
    pub fn get(&self, name: &str) -> Result<Installed, StoreError> {
        Err(StoreError::BadName { name: name.into() })
    }

    /// Removes the model and what a pull of it has left behind.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        Err(StoreError::BadName { name: name.into() })
    }

    /// Takes in a `.gguf` file or a Hugging Face folder under `name`.
    pub fn import(&self, path: &Path, name: &str) -> Result<Installed, StoreError> {
        Err(StoreError::BadName {
            name: format!("{name}{}{}", path.display(), self.data.display()),
        })
    }

    /// Reads every byte of the model and compares its checksums.
    pub fn verify(
        &self,
        name: &str,
        _progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        Err(StoreError::BadName { name: name.into() })
    }
}
