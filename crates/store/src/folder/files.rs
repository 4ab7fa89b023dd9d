//! Files read whole, hashed, and written so that no half of one is seen.

use std::fs::{self, File};
use std::io::{Read, Write};
use std::ops::ControlFlow;
use std::path::Path;

use sha2::{Digest, Sha256};

use crate::{Progress, StoreError};

/// SHA-256 of a file in hexadecimal.
pub(crate) fn sha256(
    path: &Path,
    size: u64,
    shown: &str,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    read_through(path, size, shown, progress, &mut |bytes| hash.update(bytes))?;
    Ok(hex(&hash.finalize()))
}

/// Hands a file's bytes to `sink` and reports how far it is.
pub(crate) fn read_through(
    path: &Path,
    size: u64,
    shown: &str,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let read = file
            .read(&mut buffer)
            .map_err(StoreError::io("read", path))?;
        sink(&buffer[..read]);
        done += read as u64;
        let report = Progress::Verifying {
            file: shown.into(),
            done,
            total: size.max(done),
        };
        if progress(report).is_break() {
            return Err(StoreError::Interrupted { kept: size });
        }
        if read == 0 {
            return Ok(());
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes beside `path` and renames, so that no reader sees half of it.
pub(super) fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let new = path.with_extension("new");
    File::create(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(StoreError::io("write", &new))?;
    fs::rename(&new, path).map_err(StoreError::io("write", path))
}

/// Makes renames inside a folder survive a power cut, where a folder can be flushed.
pub(super) fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(path)
            .and_then(|f| f.sync_all())
            .map_err(StoreError::io("flush", path))?;
    }
    Ok(())
}
