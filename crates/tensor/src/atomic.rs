//! Files that appear complete or not at all.

use std::fs::{self, File, OpenOptions};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU64, Ordering};

/// Writes `path` through a neighbour that takes its name when all of it is on
/// the disk. If anything fails, what `path` was before stays.
pub(crate) fn write(
    path: &Path,
    contents: impl FnOnce(&mut dyn Write) -> io::Result<()>,
) -> io::Result<()> {
    let neighbour = neighbour(path)?;
    let result = fill(&neighbour, contents).and_then(|()| fs::rename(&neighbour, path));
    if result.is_err() {
        // The error to report is the first one; a file left over is harmless.
        let _ = fs::remove_file(&neighbour);
        return result;
    }
    // The new name too must survive a power failure. Folders cannot be opened
    // on every system; where they cannot, renaming is durable by itself.
    let folder = match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => folder,
        _ => Path::new("."),
    };
    if let Ok(folder) = File::open(folder) {
        folder.sync_all()?;
    }
    Ok(())
}

fn fill(path: &Path, contents: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let file = OpenOptions::new().write(true).create_new(true).open(path)?;
    let mut out = BufWriter::with_capacity(1 << 20, file);
    contents(&mut out)?;
    out.into_inner()?.sync_all()
}

/// A name beside `path` that no other writer uses.
fn neighbour(path: &Path) -> io::Result<PathBuf> {
    static COUNTER: AtomicU64 = AtomicU64::new(0);
    let Some(name) = path.file_name() else {
        return Err(io::Error::from(io::ErrorKind::InvalidFilename));
    };
    let count = COUNTER.fetch_add(1, Ordering::Relaxed);
    let mut partial = name.to_owned();
    partial.push(format!(".{}-{count}.partial", std::process::id()));
    Ok(path.with_file_name(partial))
}
