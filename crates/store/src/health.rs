//! What a check-up of the machine asks about the data directory.

use std::fs;
use std::path::Path;

use crate::StoreError;
use crate::data_dir::make_private;

/// Whether files can be made in the data directory, or, if it does not exist
/// yet, whether it can be made.
pub fn check_writable(data: &Path) -> Result<(), StoreError> {
    make_private(data).map_err(StoreError::io("create", data))?;
    let probe = data.join(format!("probe.{}", std::process::id()));
    fs::write(&probe, b"").map_err(StoreError::io("write to", data))?;
    fs::remove_file(&probe).map_err(StoreError::io("remove", &probe))
}

/// Bytes that can still be written at `data`, or at the nearest folder above
/// it that exists.
pub fn free_bytes(data: &Path) -> Result<u64, StoreError> {
    let there = data.ancestors().find(|p| p.exists()).unwrap_or(data);
    fs4::available_space(there).map_err(StoreError::io("measure the disk of", there))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_folder_that_does_not_exist_yet_is_measured_and_made() {
        let parent = tempfile::tempdir().unwrap();
        let data = parent.path().join("a").join("b");
        assert!(free_bytes(&data).unwrap() > 0);
        assert!(!data.exists());
        check_writable(&data).unwrap();
        assert_eq!(fs::read_dir(&data).unwrap().count(), 0);
    }

    #[test]
    fn a_file_in_the_place_of_the_folder_is_an_error() {
        let file = tempfile::NamedTempFile::new().unwrap();
        assert!(check_writable(file.path()).is_err());
    }
}
