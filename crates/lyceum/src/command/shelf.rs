//! The server's models: those that are installed, and those it was started with by path.

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
    engine: EngineConfig,
    /// Paths, which are models by no other name.
    paths: Vec<String>,
}

impl Installed {
    /// Those of `named` that are paths are models, too.
    pub fn new<'a>(
        global: &Global,
        engine: EngineConfig,
        named: impl IntoIterator<Item = &'a String>,
    ) -> Self {
        let mut paths: Vec<String> = Vec::new();
        for name in named {
            if open::existing_path(name).is_some() && !paths.contains(name) {
                paths.push(name.clone());
            }
        }
        let global = global.clone();
        Self {
            global,
            engine,
            paths,
        }
    }

    /// The aliases of models that are not here.
    pub fn missing<'a>(&self, aliases: &'a [(String, String)]) -> Vec<&'a (String, String)> {
        let names = self.names();
        let missing = aliases.iter().filter(|(_, model)| !names.contains(model));
        missing.collect()
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
            let config = self.engine.clone();
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
        self.paths.iter().cloned().chain(installed).collect()
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
