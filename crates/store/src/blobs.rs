//! Contents of files, by name, beside the rows that speak of them.
//!
//! A blob is there whole or not at all: it is written under another name first.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use bytes::Bytes;
use object_store::buffered::BufWriter;
use object_store::local::LocalFileSystem;
use object_store::path::Path as Name;
use object_store::{ObjectStore, ObjectStoreExt as _};
use tokio::io::AsyncWriteExt as _;
use tokio_stream::{Stream, StreamExt as _};

/// Cheap to clone; clones are the same.
#[derive(Clone, Debug)]
pub struct Blobs {
    store: Arc<dyn ObjectStore>,
    folder: PathBuf,
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
        Ok(Self { store, folder })
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

    /// Its bytes, in pieces.
    pub async fn read(
        &self,
        name: &str,
    ) -> Result<impl Stream<Item = Result<Bytes, BlobError>> + Send + use<>, BlobError> {
        let failed = |e| BlobError::new(name, e);
        let found = self.store.get(&Name::from(name)).await.map_err(failed)?;
        let name = name.to_owned();
        let pieces = found.into_stream();
        Ok(pieces.map(move |piece| piece.map_err(|e| BlobError::new(&name, e))))
    }

    /// The names of blobs that begin so and are as old as `age`. Parts of such
    /// that were never finished are removed.
    pub async fn sweep(&self, prefix: &str, age: Duration) -> Result<Vec<String>, BlobError> {
        let (folder, prefix) = (self.folder.clone(), prefix.to_owned());
        let task = tokio::task::spawn_blocking(move || swept(&folder, &prefix, age));
        let failed = |e| BlobError::Failed(e);
        let swept = task.await.map_err(|e| failed(Box::new(e)))?;
        swept.map_err(|e| failed(Box::new(e)))
    }

    /// Removes it; one that is not there is removed already.
    pub async fn delete(&self, name: &str) -> Result<(), BlobError> {
        match self.store.delete(&Name::from(name)).await {
            Err(object_store::Error::NotFound { .. }) | Ok(()) => Ok(()),
            Err(e) => Err(BlobError::new(name, e)),
        }
    }
}

/// Bytes that are held in memory before they are written.
const PART: usize = 4 << 20;

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
        let old = SystemTime::now().duration_since(modified);
        if !name.starts_with(prefix) || old.is_ok_and(|old| old < age) {
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

#[cfg(test)]
mod tests {
    use super::*;
    use tempfile::TempDir;

    fn names(folder: &Path) -> Vec<String> {
        let entries = std::fs::read_dir(folder.join("blobs")).unwrap();
        let name = |entry: std::io::Result<std::fs::DirEntry>| entry.unwrap().file_name();
        entries.map(|e| name(e).into_string().unwrap()).collect()
    }

    #[tokio::test]
    async fn what_is_written_in_pieces_is_read_in_pieces() {
        let folder = TempDir::new().unwrap();
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        for size in [0, 1, PART - 1, PART, PART + 1, 3 * PART + 17] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut writer = blobs.begin("file-a");
            for piece in bytes.chunks(100_003) {
                writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
            }
            writer.finish().await.unwrap();
            let mut read = Vec::new();
            let mut pieces = std::pin::pin!(blobs.read("file-a").await.unwrap());
            while let Some(piece) = pieces.next().await {
                read.extend_from_slice(&piece.unwrap());
            }
            assert!(read == bytes, "{size} bytes");
            assert_eq!(names(folder.path()), ["file-a"]);
        }
    }

    #[tokio::test]
    async fn what_was_not_finished_is_swept() {
        let folder = TempDir::new().unwrap();
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        let mut aborted = blobs.begin("file-a");
        aborted.write(vec![1; PART + 1].into()).await.unwrap();
        aborted.abort().await.unwrap();
        assert!(names(folder.path()).is_empty());
        // As a killed process leaves it: nothing tidies up.
        std::fs::write(folder.path().join("blobs/file-b#1"), "part").unwrap();
        for name in ["other", "file-c"] {
            let mut writer = blobs.begin(name);
            writer.write("whole".into()).await.unwrap();
            writer.finish().await.unwrap();
        }
        let hour = Duration::from_secs(3600);
        assert!(blobs.sweep(FILES, hour).await.unwrap().is_empty());
        assert_eq!(names(folder.path()).len(), 3);
        let old = blobs.sweep(FILES, Duration::ZERO).await.unwrap();
        assert_eq!(old, ["file-c"]);
        assert_eq!(names(folder.path()).len(), 2);
        assert!(matches!(
            blobs.read("file-b").await.map(drop),
            Err(BlobError::Missing(_))
        ));
    }

    const FILES: &str = "file-";
}
