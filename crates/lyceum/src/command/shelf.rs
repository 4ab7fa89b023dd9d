//! The server's models: those that are installed, and those it was started with.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use engine::{Embedder, EngineConfig};
use models::checkpoint::Checkpoint;
use server::{Loaded, Model, Shelf, ShelfError};
use store::Listed;

use crate::cli::Global;
use crate::command::{open, pull};
use crate::report::{Failure, Outcome};

pub struct Installed {
    global: Global,
    /// Installed names or paths.
    named: Vec<String>,
}

impl Installed {
    /// `named` are listed even if they are paths.
    pub fn new(global: &Global, named: impl IntoIterator<Item = Option<String>>) -> Self {
        Self {
            global: global.clone(),
            named: named.into_iter().flatten().collect(),
        }
    }

    fn load(&self, name: &str) -> Outcome<Model> {
        let path = open::path(&self.global, Some(name))?;
        let fingerprint = fingerprint(&path);
        let checkpoint = Checkpoint::open(&path)?;
        Ok(if models::is_encoder(&checkpoint) {
            let model = Embedder::from_checkpoint(&checkpoint)?;
            Model::Embedder(Arc::new(Loaded { model, fingerprint }))
        } else {
            drop(checkpoint);
            let config = EngineConfig::default();
            let model = open::text_model_for(&self.global, Some(name), config)?;
            Model::Text(Arc::new(Loaded { model, fingerprint }))
        })
    }
}

/// What answers depend on: the program, its kernels and the file.
fn fingerprint(path: &Path) -> String {
    let mut hasher = DefaultHasher::new();
    let file = path.metadata().ok();
    let written = file.as_ref().and_then(|f| f.modified().ok());
    let size = file.map(|f| f.len());
    let kernels = kernels::simd::level().to_string();
    (env!("CARGO_PKG_VERSION"), kernels, path, size, written).hash(&mut hasher);
    format!("fp_{:010x}", hasher.finish() >> 24)
}

impl Shelf for Installed {
    fn names(&self) -> Vec<String> {
        let listed = pull::folder(&self.global)
            .ok()
            .and_then(|folder| folder.list().ok());
        let installed = listed
            .into_iter()
            .flatten()
            .filter_map(|listed| match listed {
                Listed::Model(model) => Some(model.name),
                Listed::Damaged { .. } => None,
            });
        let mut names: Vec<String> = installed.collect();
        let missing: Vec<_> = self.named.iter().filter(|n| !names.contains(n)).collect();
        let missing: Vec<String> = missing.into_iter().cloned().collect();
        names.splice(0..0, missing);
        names
    }

    fn open(&self, name: &str) -> Result<Model, ShelfError> {
        let failed = |failure: Failure| ShelfError::Failed(failure.render());
        self.load(name).map_err(failed)
    }

    /// The files, as weights are about as large in memory. The cache beside them takes what
    /// is free when it is made.
    fn bytes(&self, name: &str) -> u64 {
        let path = open::path(&self.global, Some(name)).ok();
        path.map_or(0, |path| size(&path))
    }
}

/// Bytes of a file, or of a folder's files.
fn size(path: &Path) -> u64 {
    let Ok(entries) = path.read_dir() else {
        return path.metadata().map_or(0, |file| file.len());
    };
    let files = entries.flatten().filter_map(|entry| {
        // What stands in folders beside weights is small.
        let file = entry.path().metadata().ok()?;
        file.is_file().then_some(file.len())
    });
    files.sum()
}
