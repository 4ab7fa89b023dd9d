//! Members of wheels, sdists and npm tarballs.
//!
//! A member's path is only ever compared, never used as a path on this
//! machine. Links, devices and encrypted members are refused. What comes out
//! is bounded by the size the archive itself claims, and by 200 times the size
//! of the archive: weights hardly compress.

use std::fs::File;
use std::io::{BufReader, Read};
use std::path::Path;

use flate2::read::GzDecoder;
use tar::EntryType;
use zip::ZipArchive;

use crate::StoreError;

/// How a package is packed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Packing {
    Zip,
    TarGz,
}

impl Packing {
    /// By file name.
    pub(super) fn of(name: &str) -> Option<Self> {
        if name.ends_with(".whl") || name.ends_with(".zip") {
            Some(Self::Zip)
        } else if name.ends_with(".tar.gz") || name.ends_with(".tgz") {
            Some(Self::TarGz)
        } else {
            None
        }
    }
}

/// An archive on disk.
pub(super) struct Archive<'a> {
    pub(super) path: &'a Path,
    /// What it is, for messages.
    pub(super) what: &'a str,
    pub(super) packing: Packing,
}

/// Takes bytes, and the number of bytes from these on.
type Sink<'a> = dyn FnMut(&[u8], u64) -> Result<(), StoreError> + 'a;

/// More members than this is no package of a model.
const MAX_MEMBERS: usize = 100_000;
const MAX_EXPANSION: u64 = 200;

impl Archive<'_> {
    /// Path and size of each regular file.
    pub(super) fn members(&self) -> Result<Vec<(String, u64)>, StoreError> {
        let mut members = Vec::new();
        match self.packing {
            Packing::Zip => {
                let mut zip = self.zip()?;
                if zip.len() > MAX_MEMBERS {
                    return Err(self.bad(format!("{} members", zip.len())));
                }
                for index in 0..zip.len() {
                    let file = zip.by_index_raw(index).map_err(|e| self.bad(e))?;
                    if file.is_file() {
                        self.plausible(file.size())?;
                        let name = file.name().map_err(|e| self.bad(e))?.into_owned();
                        members.push((name, file.size()));
                    }
                }
            }
            Packing::TarGz => {
                let mut tar = self.tar()?;
                for entry in tar.entries().map_err(|e| self.bad(e))? {
                    let entry = entry.map_err(|e| self.bad(e))?;
                    if members.len() == MAX_MEMBERS {
                        return Err(self.bad("too many members"));
                    }
                    if entry.header().entry_type() == EntryType::Regular {
                        let name = String::from_utf8_lossy(&entry.path_bytes()).into_owned();
                        members.push((name, entry.size()));
                    }
                }
            }
        }
        if members.is_empty() {
            return Err(self.bad("it has no file"));
        }
        Ok(members)
    }

    /// Hands the bytes of `member` to `sink`, with the number still to come.
    pub(super) fn read(&self, member: &str, sink: &mut Sink) -> Result<(), StoreError> {
        match self.packing {
            Packing::Zip => {
                let mut zip = self.zip()?;
                let file = match zip.by_name(member) {
                    Ok(file) => file,
                    Err(zip::result::ZipError::FileNotFound) => return self.missing(member),
                    Err(error) => return Err(self.bad(error)),
                };
                if file.encrypted() || !file.is_file() {
                    return Err(self.bad(format!("{member} is no plain file")));
                }
                let size = file.size();
                self.plausible(size)?;
                self.copy(member, size, file, sink)
            }
            Packing::TarGz => {
                let mut tar = self.tar()?;
                for entry in tar.entries().map_err(|e| self.bad(e))? {
                    let entry = entry.map_err(|e| self.bad(e))?;
                    if *entry.path_bytes() != *member.as_bytes() {
                        continue;
                    }
                    if entry.header().entry_type() != EntryType::Regular {
                        return Err(self.bad(format!("{member} is no plain file")));
                    }
                    let size = entry.size();
                    return self.copy(member, size, entry, sink);
                }
                self.missing(member)
            }
        }
    }

    fn copy(
        &self,
        member: &str,
        size: u64,
        from: impl Read,
        sink: &mut Sink,
    ) -> Result<(), StoreError> {
        // One byte more than claimed shows a member that lies about its size.
        let mut from = from.take(size.saturating_add(1));
        let mut buffer = vec![0; 256 << 10];
        let mut done = 0;
        loop {
            let read = from
                .read(&mut buffer)
                .map_err(|e| self.bad(format!("{member}: {e}")))?;
            done += read as u64;
            if done > size || (read == 0 && done < size) {
                return Err(self.bad(format!("{member} claims {size} bytes and is another size")));
            }
            if read == 0 {
                return Ok(());
            }
            sink(&buffer[..read], size - done + read as u64)?;
        }
    }

    fn missing(&self, member: &str) -> Result<(), StoreError> {
        let members = self
            .members()?
            .into_iter()
            .map(|(name, _)| name)
            .take(20)
            .collect();
        Err(StoreError::NoMember {
            what: self.what.into(),
            wanted: member.into(),
            members,
        })
    }

    fn open(&self) -> Result<File, StoreError> {
        File::open(self.path).map_err(StoreError::io("open", self.path))
    }

    fn zip(&self) -> Result<ZipArchive<BufReader<File>>, StoreError> {
        ZipArchive::new(BufReader::new(self.open()?)).map_err(|e| self.bad(e))
    }

    fn tar(&self) -> Result<tar::Archive<impl Read>, StoreError> {
        let file = self.open()?;
        let unpacked = GzDecoder::new(BufReader::new(file)).take(self.limit()?);
        Ok(tar::Archive::new(unpacked))
    }

    /// Bytes that an archive of this size may hold.
    fn limit(&self) -> Result<u64, StoreError> {
        let size = self
            .path
            .metadata()
            .map_err(StoreError::io("read", self.path))?
            .len();
        Ok(size.saturating_mul(MAX_EXPANSION).saturating_add(1 << 20))
    }

    fn plausible(&self, claimed: u64) -> Result<(), StoreError> {
        match claimed > self.limit()? {
            true => Err(self.bad(format!(
                "a member claims {claimed} bytes, over {MAX_EXPANSION} times the archive's size"
            ))),
            false => Ok(()),
        }
    }

    fn bad(&self, reason: impl ToString) -> StoreError {
        StoreError::BadArchive {
            what: self.what.into(),
            reason: reason.to_string(),
        }
    }
}
