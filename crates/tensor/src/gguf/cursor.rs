//! Reads little-endian fields one after another; every error names its field.

use std::path::Path;

use crate::error::{LoadError, quoted};

#[derive(Clone)]
pub(super) struct Cursor<'a> {
    bytes: &'a [u8],
    position: usize,
    path: &'a Path,
}

impl<'a> Cursor<'a> {
    pub(super) fn new(bytes: &'a [u8], path: &'a Path) -> Self {
        let position = 0;
        Self {
            bytes,
            position,
            path,
        }
    }

    pub(super) fn path(&self) -> &'a Path {
        self.path
    }

    /// Of the whole file.
    pub(super) fn len(&self) -> usize {
        self.bytes.len()
    }

    pub(super) fn position(&self) -> usize {
        self.position
    }

    /// What has not been read.
    pub(super) fn rest(&self) -> &'a [u8] {
        &self.bytes[self.position..]
    }

    /// The next `len` bytes.
    pub(super) fn take(&mut self, len: u64, field: &str) -> Result<&'a [u8], LoadError> {
        let rest = self.rest();
        let Some(taken) = usize::try_from(len).ok().and_then(|len| rest.get(..len)) else {
            let wanted = format!("{len} bytes long at byte {}", self.position);
            let got = format!("the end of the file after {} bytes", rest.len());
            return Err(self.format(field, wanted, got));
        };
        self.position += taken.len();
        Ok(taken)
    }

    fn array<const N: usize>(&mut self, field: &str) -> Result<[u8; N], LoadError> {
        let bytes = self.take(N as u64, field)?;
        Ok(bytes.try_into().expect("N bytes were taken"))
    }

    pub(super) fn u8(&mut self, field: &str) -> Result<u8, LoadError> {
        Ok(self.array::<1>(field)?[0])
    }

    pub(super) fn u32(&mut self, field: &str) -> Result<u32, LoadError> {
        Ok(u32::from_le_bytes(self.array(field)?))
    }

    pub(super) fn u64(&mut self, field: &str) -> Result<u64, LoadError> {
        Ok(u64::from_le_bytes(self.array(field)?))
    }

    /// A length, then that many bytes of UTF-8.
    pub(super) fn string(&mut self, field: &str) -> Result<String, LoadError> {
        Ok(self.str(field)?.to_owned())
    }

    /// As [`string`](Self::string), where it stands.
    pub(super) fn str(&mut self, field: &str) -> Result<&'a str, LoadError> {
        let len = self.u64(field)?;
        let bytes = self.take(len, field)?;
        match str::from_utf8(bytes) {
            Ok(text) => Ok(text),
            Err(_) => {
                let got = quoted(&String::from_utf8_lossy(&bytes[..bytes.len().min(100)]));
                Err(self.format(field, "UTF-8", got))
            }
        }
    }

    /// `count` as a usize, if so many items of at least `item` bytes each can
    /// still follow: only then may memory be asked for.
    pub(super) fn check_count(
        &self,
        count: u64,
        item: usize,
        field: &str,
    ) -> Result<usize, LoadError> {
        self.check_count_before(count, item, 0, field)
    }

    /// As [`check_count`](Self::check_count), if the last `after` bytes of the
    /// file are spoken for.
    pub(super) fn check_count_before(
        &self,
        count: u64,
        item: usize,
        after: usize,
        field: &str,
    ) -> Result<usize, LoadError> {
        let most = (self.rest().len().saturating_sub(after) / item) as u64;
        if count <= most {
            return Ok(count as usize);
        }
        let wanted = format!("at most {most}, all that the rest of the file can hold");
        Err(self.format(field, wanted, count))
    }

    pub(super) fn format(
        &self,
        field: impl Into<String>,
        wanted: impl Into<String>,
        got: impl ToString,
    ) -> LoadError {
        LoadError::Format {
            path: self.path.to_owned(),
            field: field.into(),
            wanted: wanted.into(),
            got: got.to_string(),
        }
    }
}
