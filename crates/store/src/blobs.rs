//! Contents of files, by name, beside the rows that speak of them.
//!
//! A blob is there whole or not at all: it is written under another name first.

use std::path::Path;
use std::sync::Arc;

use bytes::Bytes;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt as _, PutPayload};

/// Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no blob {0:?}")]
    Missing(String),
    /// The same may succeed later.
    #[error("the blob store failed")]
    Failed(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl BlobError {
    fn new(name: &str, source: object_store::Error) -> Self {
        match source {
            object_store::Error::NotFound { .. } => Self::Missing(name.to_owned()),
            source => Self::Failed(Box::new(source)),
        }
    }
}

impl Blobs {
    /// In the folder `blobs` of a data directory.
    pub fn in_folder(data: &Path) -> Result<Self, BlobError> {
        let folder = data.join("blobs");
        let failed = |e: std::io::Error| BlobError::Failed(Box::new(e));
        std::fs::create_dir_all(&folder).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(&folder);
        let store = store.map_err(|e| BlobError::new("", e))?;
        // What was acknowledged outlives a power cut, too.
        let store = Arc::new(store.with_fsync(true));
        Ok(Self { store })
    }

    pub async fn put(&self, name: &str, bytes: Bytes) -> Result<(), BlobError> {
        let path = Name::from(name);
        let put = self.store.put(&path, PutPayload::from(bytes)).await;
        put.map(drop).map_err(|e| BlobError::new(name, e))
    }

    pub async fn get(&self, name: &str) -> Result<Bytes, BlobError> {
        let failed = |e| BlobError::new(name, e);
        let found = self.store.get(&Name::from(name)).await.map_err(failed)?;
        found.bytes().await.map_err(failed)
    }

    /// Removes it; one that is not there is removed already.
    pub async fn delete(&self, name: &str) -> Result<(), BlobError> {
        match self.store.delete(&Name::from(name)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(e) => Err(BlobError::new(name, e)),
        }
    }
}
