//! The server's models: those that are installed, and those it was started with by path.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::path::Path;
use std::sync::Arc;

use engine::{Embedder, EngineConfig};
use models::checkpoint::Checkpoint;
use server::{Card, Loaded, Model, Progress, Shelf, ShelfError};
use store::{Listed, PullSpec, StoreError};

use crate::cli::Global;
use crate::command::card::{self, Cards};
use crate::command::{open, pull};
use crate::report::{Failure, Outcome};

pub struct Installed {
    global: Global,
    engine: EngineConfig,
    /// Paths, which are models by no other name.
    paths: Vec<String>,
    cards: Cards,
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
            cards: Cards::default(),
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
        self.load(name).map_err(failed)
    }

    /// The files, as weights are about as large in memory. The cache beside them takes what
    /// is free when it is made.
    fn bytes(&self, name: &str) -> u64 {
        let path = open::path(&self.global, Some(name)).ok();
        path.map_or(0, |path| size(&path))
    }

    fn cards(&self) -> Vec<Card> {
        let given = self.paths.iter();
        let given = given.map(|path| self.cards.of_path(path, size(Path::new(path))));
        let listed = pull::folder(&self.global)
            .ok()
            .and_then(|folder| folder.list().ok())
            .unwrap_or_default();
        let mut cards: Vec<_> = given.collect();
        cards.extend(listed.iter().map(|listed| self.cards.of_listed(listed)));
        let entries = store::catalog::entries().iter();
        let absent = entries.filter(|entry| listed.iter().all(|l| l.name() != entry.name));
        cards.extend(absent.map(card::of_entry));
        cards
    }

    /// Only what the catalog names: no page shall make the server fetch from anywhere.
    fn pull(&self, name: &str, progress: Progress<'_>) -> Result<(), ShelfError> {
        let entry = store::catalog::find(name).ok_or(ShelfError::Unknown)?;
        let spec = PullSpec::Catalog(entry.name.clone());
        pull::refuse_offline(&self.global, &spec).map_err(failed)?;
        let folder = pull::folder(&self.global).map_err(failed)?;
        let pulled = store::pull(&folder, &spec, &mut |done| match done {
            store::Progress::Resolving { size_bytes, .. } => progress(0, size_bytes),
            store::Progress::Downloading { done, total, .. } => progress(done, Some(total)),
            _ => progress(0, None),
        });
        match pulled {
            Ok(_) => Ok(()),
            Err(StoreError::Interrupted { .. }) => Err(ShelfError::Stopped),
            Err(e) => Err(failed(e.into())),
        }
    }

    fn remove(&self, name: &str) -> Result<(), ShelfError> {
        if self.paths.iter().any(|path| path == name) {
            return Err(ShelfError::Given);
        }
        let folder = pull::folder(&self.global).map_err(failed)?;
        folder.remove(name).map_err(|e| match e {
            StoreError::UnknownModel { .. } => ShelfError::Unknown,
            e => failed(e.into()),
        })
    }
}

fn failed(failure: Failure) -> ShelfError {
    ShelfError::Failed(failure.plain())
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
