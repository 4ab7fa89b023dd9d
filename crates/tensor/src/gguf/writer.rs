//! Writes GGUF files, for exports and tests.

use std::io::{self, Write};
use std::path::Path;

use super::value::write_string;
use super::{ALIGNMENT_KEY, ALIGNMENTS, DEFAULT_ALIGNMENT, MAGIC, MAX_AXES, Value, is_alignment};
use crate::atomic;
use crate::source::{RawTensor, checked_len};

/// Collects metadata and tensors, then writes them in that order.
#[derive(Default)]
pub struct GgufWriter {
    pairs: Vec<(String, Value)>,
    tensors: Vec<(String, RawTensor)>,
}

impl GgufWriter {
    /// An empty file whose `general.architecture` is `architecture`.
    pub fn new(architecture: &str) -> Self {
        let mut writer = Self::default();
        writer.set("general.architecture", Value::String(architecture.into()));
        writer
    }

    /// Sets a metadata key, replacing the value it had.
    pub fn set(&mut self, key: &str, value: Value) {
        match self.pairs.iter_mut().find(|(k, _)| k == key) {
            Some(pair) => pair.1 = value,
            None => self.pairs.push((key.to_owned(), value)),
        }
    }

    /// Adds a tensor under a name not used yet.
    ///
    /// # Panics
    /// If the name is used, the tensor has no axis, more than four or one of
    /// zero, its rows are no whole blocks, or its bytes are not what its shape
    /// and type imply: no reader would take the file.
    pub fn add(&mut self, name: &str, tensor: RawTensor) {
        let (shape, dtype) = (&tensor.shape, tensor.dtype);
        let axes = 1..=MAX_AXES as usize;
        assert!(axes.contains(&shape.len()), "{name}: 1 to 4 axes");
        assert!(!shape.contains(&0), "{name}: {shape:?} has a zero");
        let (&cols, outer) = shape.split_last().expect("at least one axis");
        let row = dtype.row_bytes(cols).unwrap_or_else(|| {
            let block = dtype.block_len();
            panic!("{name}: rows of {cols} in blocks of {block}")
        });
        let size = checked_len(outer).and_then(|rows| rows.checked_mul(row));
        assert_eq!(Some(tensor.bytes.len()), size, "{name}: bytes");
        let used = self.tensors.iter().any(|(other, _)| other == name);
        assert!(!used, "{name}: a name used twice");
        self.tensors.push((name.to_owned(), tensor));
    }

    /// Writes version 3 to `path`; the file appears complete or not at all.
    ///
    /// # Errors
    /// If writing fails, or `general.alignment` is set to what is none.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        atomic::write(path, |out| self.write_to(out, 3))
    }

    /// The file's bytes, in `version` 2 or 3.
    ///
    /// # Panics
    /// If `general.alignment` is set to what is none.
    pub fn to_bytes(&self, version: u32) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out, version)
            .unwrap_or_else(|error| panic!("writing to memory: {error}"));
        out
    }

    fn write_to(&self, out: &mut dyn Write, version: u32) -> io::Result<()> {
        let alignment = self.alignment()?;
        let mut head = MAGIC.to_vec();
        head.extend(version.to_le_bytes());
        head.extend((self.tensors.len() as u64).to_le_bytes());
        head.extend((self.pairs.len() as u64).to_le_bytes());
        for (key, value) in &self.pairs {
            write_string(key, &mut head);
            value.write(&mut head);
        }
        let mut offset = 0;
        for (name, tensor) in &self.tensors {
            write_string(name, &mut head);
            head.extend((tensor.shape.len() as u32).to_le_bytes());
            for &dim in tensor.shape.iter().rev() {
                head.extend((dim as u64).to_le_bytes());
            }
            head.extend(tensor.dtype.ggml_id().to_le_bytes());
            head.extend((offset as u64).to_le_bytes());
            offset += tensor.bytes.len().next_multiple_of(alignment);
        }
        head.resize(head.len().next_multiple_of(alignment), 0);
        out.write_all(&head)?;
        for (_, tensor) in &self.tensors {
            let size = tensor.bytes.len();
            out.write_all(&tensor.bytes)?;
            out.write_all(&vec![0; size.next_multiple_of(alignment) - size])?;
        }
        Ok(())
    }

    fn alignment(&self) -> io::Result<usize> {
        let Some((_, value)) = self.pairs.iter().find(|(key, _)| key == ALIGNMENT_KEY) else {
            return Ok(DEFAULT_ALIGNMENT as usize);
        };
        let alignment = value.as_u64().filter(|&alignment| is_alignment(alignment));
        alignment.map(|a| a as usize).ok_or_else(|| {
            let text = format!("{ALIGNMENT_KEY} should be {ALIGNMENTS}, got {value:?}");
            io::Error::new(io::ErrorKind::InvalidInput, text)
        })
    }
}
