//! Bytes that stay where they are: files mapped into memory, shared buffers.
//!
//! Weights are read where the page cache holds them; a clone or a slice of
//! [`Bytes`] copies nothing and keeps its file mapped.

use std::fs::File;
use std::io;
use std::ops::{Deref, Range};
use std::path::Path;
use std::sync::Arc;

/// A file mapped read-only.
#[derive(Debug)]
pub struct Mapped {
    map: memmap2::Mmap,
}

impl Mapped {
    /// Maps the whole file.
    ///
    /// # Errors
    /// If it cannot be opened or mapped (a folder, no permission).
    pub fn open(path: &Path) -> io::Result<Self> {
        let file = File::open(path)?;
        // SAFETY: the map is read-only and private to us. What remains is the
        // operating system's caveat: should another program cut the file short
        // while it is mapped, reading there kills this process. Our own writers
        // therefore replace model files by renaming and never change them.
        let map = unsafe { memmap2::Mmap::map(&file)? };
        Ok(Self { map })
    }

    /// A part of the file; `None` if it leaves the file.
    pub fn bytes(self: &Arc<Self>, range: Range<usize>) -> Option<Bytes> {
        self.map.get(range.clone())?;
        Some(Bytes {
            owner: Owner::Mapped(self.clone()),
            range,
        })
    }

    /// The file's size in bytes.
    pub fn len(&self) -> usize {
        self.map.len()
    }

    /// Whether the file has no bytes.
    pub fn is_empty(&self) -> bool {
        self.map.is_empty()
    }
}

/// Shared, immutable bytes: of a mapped file or of a buffer.
#[derive(Clone)]
pub struct Bytes {
    owner: Owner,
    /// Lies within the owner.
    range: Range<usize>,
}

#[derive(Clone)]
enum Owner {
    Mapped(Arc<Mapped>),
    Buffer(Arc<Vec<u8>>),
}

impl Bytes {
    /// A part of these bytes; `None` if it leaves them.
    pub fn slice(&self, range: Range<usize>) -> Option<Self> {
        self.get(range.clone())?;
        let start = self.range.start;
        Some(Self {
            owner: self.owner.clone(),
            range: start + range.start..start + range.end,
        })
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let all: &[u8] = match &self.owner {
            Owner::Mapped(file) => &file.map,
            Owner::Buffer(buffer) => buffer,
        };
        &all[self.range.clone()]
    }
}

impl From<Vec<u8>> for Bytes {
    fn from(buffer: Vec<u8>) -> Self {
        let range = 0..buffer.len();
        Self {
            owner: Owner::Buffer(Arc::new(buffer)),
            range,
        }
    }
}

impl std::fmt::Debug for Bytes {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Bytes({})", self.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slices_stay_within_their_bytes() {
        let bytes = Bytes::from((0..10).collect::<Vec<u8>>());
        let part = bytes.slice(2..8).unwrap();
        assert_eq!(&part[..], &[2, 3, 4, 5, 6, 7]);
        assert_eq!(&part.slice(4..6).unwrap()[..], &[6, 7]);
        assert_eq!(part.slice(6..6).unwrap().len(), 0);
        assert!(part.slice(0..7).is_none());
        assert!(part.slice(7..7).is_none());
        assert!(part.slice(usize::MAX..usize::MAX).is_none());
        assert!(bytes.slice(3..usize::MAX).is_none());
        #[allow(clippy::reversed_empty_ranges)] // what a damaged file may claim
        {
            assert!(bytes.slice(5..3).is_none());
        }
    }

    #[test]
    fn a_mapped_file_outlives_its_name() {
        let path = std::env::temp_dir().join(format!("lyceum-mem-{}", std::process::id()));
        std::fs::write(&path, b"hello, map").unwrap();
        let file = Arc::new(Mapped::open(&path).unwrap());
        assert_eq!((file.len(), file.is_empty()), (10, false));
        let word = file.bytes(7..10).unwrap();
        assert!(file.bytes(7..11).is_none());
        drop(file);
        std::fs::remove_file(&path).unwrap();
        assert_eq!(&word[..], b"map");
    }

    #[test]
    fn an_empty_file_is_empty_and_a_folder_is_an_error() {
        let path = std::env::temp_dir().join(format!("lyceum-mem-empty-{}", std::process::id()));
        std::fs::write(&path, b"").unwrap();
        let file = Arc::new(Mapped::open(&path).unwrap());
        assert!(file.is_empty());
        assert_eq!(file.bytes(0..0).unwrap().len(), 0);
        std::fs::remove_file(&path).unwrap();
        assert!(Mapped::open(&std::env::temp_dir()).is_err());
    }
}
