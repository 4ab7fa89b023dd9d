//! Writes GGUF files, for exports and tests.

use std::io::{self, Write};
use std::path::Path;

use super::value::write_string;
use super::{ALIGNMENT_KEY, DEFAULT_ALIGNMENT, MAGIC, Value};
use crate::atomic;
use crate::source::RawTensor;

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
    /// If its bytes are not what its shape and type imply, or it has no axis
    /// or more than four.
    pub fn add(&mut self, name: &str, tensor: RawTensor) {
        assert!((1..=4).contains(&tensor.shape.len()), "{name}: axes");
        let blocks = tensor.len() / tensor.dtype.block_len();
        let size = blocks * tensor.dtype.block_bytes();
        assert_eq!(tensor.bytes.len(), size, "{name}: size");
        self.tensors.push((name.to_owned(), tensor));
    }

    /// Writes version 3 to `path`; the file appears complete or not at all.
    pub fn write(&self, path: &Path) -> io::Result<()> {
        atomic::write(path, |out| self.write_to(out, 3))
    }

    /// The file's bytes, in `version` 2 or 3.
    pub fn to_bytes(&self, version: u32) -> Vec<u8> {
        let mut out = Vec::new();
        self.write_to(&mut out, version)
            .expect("writing to memory cannot fail");
        out
    }

    fn write_to(&self, out: &mut dyn Write, version: u32) -> io::Result<()> {
        let alignment = self.alignment();
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

    fn alignment(&self) -> usize {
        let set = self.pairs.iter().find(|(key, _)| key == ALIGNMENT_KEY);
        match set {
            Some((_, Value::U32(alignment))) => *alignment as usize,
            _ => DEFAULT_ALIGNMENT as usize,
        }
    }
}
