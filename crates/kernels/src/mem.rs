//! Bytes that stay where they are: files mapped into memory, shared buffers.
//!
//! A file's bytes are read where the page cache holds them; a clone or a slice
//! of [`Bytes`] copies nothing and keeps its file mapped.
//!
//! What is read in full for every token (packed weights, keys and values) lies
//! in [`HugeBytes`]: with pages of 4 KiB a core spends a third of such a read
//! looking up addresses.

use std::fs::File;
use std::io;
use std::ops::{Deref, DerefMut, Range};
#[cfg(unix)]
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::sync::Arc;

/// A file mapped read-only.
#[derive(Debug)]
pub struct Mapped {
    map: memmap2::Mmap,
    /// What is mapped, for reading it otherwise.
    #[cfg(unix)]
    file: File,
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
        Ok(Self {
            map,
            #[cfg(unix)]
            file,
        })
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
    Chunk(Arc<Chunk>),
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

    /// A part of these bytes; a file's are read into `buffer`. For what is needed
    /// once that takes less time than to map its pages, read and unmap them, and
    /// none of them counts as this process's memory.
    ///
    /// # Panics
    /// If the range leaves these bytes.
    #[cfg_attr(not(unix), allow(unused_variables))]
    pub fn read<'a>(&'a self, range: Range<usize>, buffer: &'a mut Vec<u8>) -> &'a [u8] {
        let mapped = &self[range.clone()];
        #[cfg(unix)]
        if let Owner::Mapped(file) = &self.owner {
            buffer.resize(range.len(), 0);
            let start = (self.range.start + range.start) as u64;
            // Where that fails, as on some network's disk, the map may do.
            if file.file.read_exact_at(buffer, start).is_ok() {
                return buffer;
            }
        }
        mapped
    }

    /// Says that these bytes won't be read for now: if they are a file's, their
    /// memory no longer counts as this process's. Reading them stays possible.
    pub fn forget_pages(&self) {
        #[cfg(unix)]
        if let Owner::Mapped(file) = &self.owner
            && !self.range.is_empty()
        {
            let (start, len) = (self.range.start, self.range.len());
            let advice = memmap2::UncheckedAdvice::DontNeed;
            // SAFETY: the map is of a file and never written to, so the next
            // read finds the file's bytes again.
            let told = unsafe { file.map.unchecked_advise_range(advice, start, len) };
            // Without it the process is only larger.
            told.ok();
        }
    }
}

impl Deref for Bytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        let range = self.range.clone();
        match &self.owner {
            Owner::Mapped(file) => &file.map[range],
            Owner::Buffer(buffer) => &buffer[range],
            // SAFETY: the range lies within a part of the chunk, which was
            // written before there were `Bytes` of it and never is again.
            Owner::Chunk(chunk) => unsafe {
                std::slice::from_raw_parts(chunk.data.add(range.start), range.len())
            },
        }
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

/// A size that the kernel can map by a single entry of its tables.
const HUGE_PAGE: usize = 2 << 20;

/// Zeroed bytes that begin on a huge page and are backed by them where the
/// system grants it. Pages take memory when they are first written.
pub struct HugeBytes {
    map: memmap2::MmapMut,
    /// Of the first byte in the map.
    offset: usize,
    len: usize,
}

impl HugeBytes {
    /// `len` zeros; `None` if the system has no address space for them.
    pub fn zeroed(len: usize) -> Option<Self> {
        let map = memmap2::MmapMut::map_anon(len.checked_add(HUGE_PAGE)?).ok()?;
        #[cfg(target_os = "linux")]
        map.advise(memmap2::Advice::HugePage).ok(); // else small pages serve
        let offset = map.as_ptr().align_offset(HUGE_PAGE);
        Some(Self { map, offset, len })
    }
}

impl Deref for HugeBytes {
    type Target = [u8];

    fn deref(&self) -> &[u8] {
        &self.map[self.offset..self.offset + self.len]
    }
}

impl DerefMut for HugeBytes {
    fn deref_mut(&mut self) -> &mut [u8] {
        &mut self.map[self.offset..self.offset + self.len]
    }
}

/// Huge pages that are filled part by part; each part keeps its chunk alive.
#[derive(Default)]
pub struct Arena {
    chunk: Option<Arc<Chunk>>,
    used: usize,
}

/// Written by the arena alone, each byte before anyone else knows of it.
struct Chunk {
    data: *mut u8,
    len: usize,
    _memory: HugeBytes,
}

// SAFETY: parts that are shared are only read; the rest is known to the arena
// alone, which writes through `&mut self`.
unsafe impl Send for Chunk {}
// SAFETY: see above.
unsafe impl Sync for Chunk {}

impl Arena {
    const CHUNK: usize = 32 << 20;
    const ALIGN: usize = 64;

    /// `len` bytes, aligned to 64, zeroed and then set by `fill`.
    pub fn part(&mut self, len: usize, fill: impl FnOnce(&mut [u8])) -> Bytes {
        let start = self.used.next_multiple_of(Self::ALIGN);
        let fits = |chunk: &&Arc<Chunk>| start <= chunk.len && len <= chunk.len - start;
        let (chunk, start) = match self.chunk.as_ref().filter(fits) {
            Some(chunk) => (chunk.clone(), start),
            None => {
                let size = len.max(Self::CHUNK);
                let mut memory = HugeBytes::zeroed(size).unwrap_or_else(|| {
                    // As with `Vec`.
                    let layout = std::alloc::Layout::array::<u8>(size.min(isize::MAX as usize));
                    std::alloc::handle_alloc_error(layout.expect("within isize::MAX"))
                });
                let chunk = Arc::new(Chunk {
                    data: memory.as_mut_ptr(),
                    len: memory.len(),
                    _memory: memory,
                });
                self.chunk = Some(chunk.clone());
                (chunk, 0)
            }
        };
        self.used = start + len;
        // SAFETY: within the chunk by the check above; all parts given out so
        // far end at or before `start`.
        fill(unsafe { std::slice::from_raw_parts_mut(chunk.data.add(start), len) });
        Bytes {
            owner: Owner::Chunk(chunk),
            range: start..start + len,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_an_arena_are_apart_and_outlive_it() {
        let mut arena = Arena::default();
        let sizes = [1usize, 64, 100, Arena::CHUNK + 1, 3, 0, Arena::CHUNK - 256];
        let parts: Vec<Bytes> = sizes
            .iter()
            .zip(1u8..)
            .map(|(&len, mark)| {
                arena.part(len, |bytes| {
                    assert!(bytes.iter().all(|b| *b == 0));
                    bytes.fill(mark);
                })
            })
            .collect();
        drop(arena);
        for ((part, len), mark) in parts.iter().zip(sizes).zip(1u8..) {
            assert_eq!(part.len(), len);
            assert!(part.iter().all(|b| *b == mark));
            assert!(part.as_ptr().addr().is_multiple_of(64));
        }
    }

    #[test]
    fn huge_memory_is_zeroed_and_aligned() {
        for len in [0, 1, 1 << 20] {
            let mut huge = HugeBytes::zeroed(len).unwrap();
            assert_eq!(huge.len(), len);
            assert!(huge.as_ptr().addr().is_multiple_of(HUGE_PAGE));
            assert!(huge.iter().all(|x| *x == 0));
            huge.fill(1);
            assert!(huge.iter().all(|x| *x == 1));
        }
    }

    #[test]
    fn what_no_system_has_is_refused() {
        assert!(HugeBytes::zeroed(usize::MAX).is_none());
        assert!(HugeBytes::zeroed(1 << 60).is_none());
    }

    /// Fifty thousand bytes, and a file of them that has no name any more.
    fn mapped(name: &str) -> (Vec<u8>, Arc<Mapped>) {
        let file = format!("lyceum-mem-{name}-{}", std::process::id());
        let path = std::env::temp_dir().join(file);
        let all: Vec<u8> = (0..50_000u32).map(|i| (i * 7) as u8).collect();
        std::fs::write(&path, &all).unwrap();
        let file = Arc::new(Mapped::open(&path).unwrap());
        std::fs::remove_file(&path).unwrap();
        (all, file)
    }

    #[test]
    fn forgotten_pages_are_read_again() {
        let (want, file) = mapped("forget");
        let bytes = file.bytes(5_000..45_000).unwrap();
        assert_eq!(bytes[..], want[5_000..45_000]);
        bytes.forget_pages();
        bytes.slice(3..3).unwrap().forget_pages();
        Bytes::from(vec![1]).forget_pages();
        assert_eq!(bytes[..], want[5_000..45_000]);
    }

    #[test]
    fn bytes_read_are_those_mapped() {
        let (all, file) = mapped("read");
        let mut buffer = Vec::new();
        for bytes in [
            file.bytes(5_000..45_000).unwrap(),
            all[5_000..45_000].to_vec().into(),
        ] {
            for range in [0..40_000, 100..30_000, 7..7, 39_999..40_000] {
                let want = &all[5_000 + range.start..5_000 + range.end];
                assert_eq!(bytes.read(range, &mut buffer), want);
            }
        }
    }

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
