//! Contents of files, by name, beside the rows that speak of them.
//!
//! A blob is there whole or not at all: it is written under another name first, or in parts that
//! become one at the end.

mod bucket;
#[cfg(test)]
mod tests;

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectMeta, ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio_stream::{Stream, StreamExt as _};

use crate::data_dir::make_private;

/// Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    /// Where they lie, if that is a folder.
    folder: Option<PathBuf>,
}

/// A blob that is being written. It is there when it is finished; one that is
/// dropped before leaves a part, which [`Blobs::sweep`] removes.
#[derive(Debug)]
pub struct BlobWriter {
    name: String,
    writer: BufWriter,
}

#[derive(Debug, thiserror::Error)]
pub enum BlobError {
    #[error("there is no blob {0:?}")]
    Missing(String),
    #[error("blobs cannot be kept at {0:?}, wanted s3://BUCKET or s3://BUCKET/PREFIX")]
    Address(String),
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
        make_private(&folder).map_err(failed)?;
        let store = LocalFileSystem::new_with_prefix(&folder);
        let store = store.map_err(|e| BlobError::new("", e))?;
        // What was acknowledged outlives a power cut, too.
        let store = Arc::new(store.with_fsync(true));
        let folder = Some(folder);
        Ok(Self { store, folder })
    }

    /// In storage that speaks S3, at `s3://BUCKET/PREFIX`, as the standard `AWS_*` variables say.
    ///
    /// Parts of blobs that were never finished stay there until the bucket's own rule for
    /// incomplete uploads removes them, as other servers may be writing theirs.
    pub async fn in_bucket(url: &str) -> Result<Self, BlobError> {
        let store = bucket::open(url, bucket::PATIENCE)?;
        let folder = None;
        let blobs = Self { store, folder };
        // A bucket that is not there, or not open to us, is better known now than later.
        blobs.list().next().await.transpose()?;
        Ok(blobs)
    }

    fn list(&self) -> impl Stream<Item = Result<ObjectMeta, BlobError>> + Send + use<> {
        let list = self.store.list(None);
        list.map(|found| found.map_err(|e| BlobError::new("", e)))
    }

    /// Begins one that need not fit in memory.
    pub fn begin(&self, name: &str) -> BlobWriter {
        let writer = BufWriter::with_capacity(self.store.clone(), Name::from(name), PART);
        BlobWriter {
            name: name.to_owned(),
            // One part is written while the next one comes.
            writer: writer.with_max_concurrency(2),
        }
    }

    /// Its bytes, in pieces, each of which is asked for when its turn comes: whoever reads slowly
    /// keeps no answer of a bucket open.
    pub async fn read(
        &self,
        name: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, BlobError>> + Send + use<>, BlobError> {
        let (store, name) = (self.store.clone(), name.to_owned());
        let at = Name::from(name.as_str());
        let found = store
            .head(&at)
            .await
            .map_err(|e| BlobError::new(&name, e))?;
        let pieces = (0..found.size).step_by(PIECE as usize);
        let pieces = pieces.map(move |from| from..found.size.min(from + PIECE));
        Ok(tokio_stream::iter(pieces).then(move |range| {
            let (store, at, name) = (store.clone(), at.clone(), name.clone());
            async move {
                let piece = store.get_range(&at, range).await;
                piece.map_err(|e| BlobError::new(&name, e))
            }
        }))
    }

    /// The names of blobs that begin so and are as old as `age`. Parts of such
    /// that were never finished are removed.
    pub async fn sweep(&self, prefix: &str, age: Duration) -> Result<Vec<String>, BlobError> {
        let Some(folder) = self.folder.clone() else {
            return self.listed(prefix, age).await;
        };
        let prefix = prefix.to_owned();
        let task = tokio::task::spawn_blocking(move || swept(&folder, &prefix, age));
        let failed = |e| BlobError::Failed(e);
        let swept = task.await.map_err(|e| failed(Box::new(e)))?;
        swept.map_err(|e| failed(Box::new(e)))
    }

    async fn listed(&self, prefix: &str, age: Duration) -> Result<Vec<String>, BlobError> {
        let mut names = Vec::new();
        let mut list = std::pin::pin!(self.list());
        while let Some(found) = list.next().await {
            let found = found?;
            let name = found.location.to_string();
            if name.starts_with(prefix) && since(found.last_modified.into()) >= age {
                names.push(name);
            }
        }
        Ok(names)
    }

    /// Removes it; one that is not there is removed already.
    pub async fn delete(&self, name: &str) -> Result<(), BlobError> {
        match self.store.delete(&Name::from(name)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(e) => Err(BlobError::new(name, e)),
        }
    }
}

/// Bytes that are held in memory before they are written. S3 takes no smaller parts.
const PART: usize = 5 << 20;

/// Bytes that are read at a time.
const PIECE: u64 = 1 << 20;

/// Time since then; none where the clock of the disk or the bucket is ahead of ours.
fn since(then: SystemTime) -> Duration {
    then.elapsed().unwrap_or_default()
}

/// What stands between a blob's name and a number in the name of an unfinished one.
const UNFINISHED: char = '#';

fn swept(folder: &Path, prefix: &str, age: Duration) -> std::io::Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        let Ok(name) = entry.file_name().into_string() else {
            continue;
        };
        // Another server may have removed it in the meantime.
        let Ok(modified) = entry.metadata().and_then(|metadata| metadata.modified()) else {
            continue;
        };
        if !name.starts_with(prefix) || since(modified) < age {
            continue;
        }
        if name.contains(UNFINISHED) {
            std::fs::remove_file(entry.path())?;
        } else {
            names.push(name);
        }
    }
    Ok(names)
}

impl BlobWriter {
    pub async fn write(&mut self, bytes: Bytes) -> Result<(), BlobError> {
        let put = self.writer.put(bytes).await;
        put.map_err(|e| BlobError::new(&self.name, e))
    }

    /// Returns when all is on the disk, under its name.
    pub async fn finish(mut self) -> Result<(), BlobError> {
        let shut = self.writer.shutdown().await;
        shut.map_err(|e| BlobError::Failed(Box::new(e)))
    }

    /// Removes what was written.
    pub async fn abort(mut self) -> Result<(), BlobError> {
        let aborted = self.writer.abort().await;
        aborted.map_err(|e| BlobError::new(&self.name, e))
    }
}
