//! Safetensors: named arrays in mapped files, perhaps in several shards.
//!
//! The format: <https://github.com/huggingface/safetensors#format>.
//!
//! ```text
//! length:u64   header: JSON {name: {dtype, shape, data_offsets: [begin, end]}}   data
//! ```
//!
//! A file is checked whole when it is opened: the tensors fill the data area
//! without gap or overlap, each with the length its shape implies. Types other
//! than F32, F16 and BF16 (checkpoints carry integer buffers) are refused only
//! when such a tensor is asked for.

mod header;
mod index;
mod write;

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernels::dtype::DType;
use kernels::mem::{Bytes, Mapped};

use crate::error::{LoadError, quoted};
use crate::source::{RawTensor, Source};
use header::Entry;

pub use write::write;

/// The file of an unsharded model.
pub const SINGLE_FILE: &str = "model.safetensors";
/// Names the shard of each tensor of a sharded model.
pub const INDEX_FILE: &str = "model.safetensors.index.json";

/// An opened safetensors file, or the shards of one model.
#[derive(Debug)]
pub struct SafeTensors {
    path: PathBuf,
    files: Vec<DataFile>,
    /// In the files' order, which is that of their bytes.
    tensors: Vec<(String, Tensor)>,
    by_name: HashMap<String, usize>,
    metadata: Vec<(String, String)>,
}

#[derive(Debug)]
struct DataFile {
    path: PathBuf,
    /// What follows the header.
    data: Bytes,
}

#[derive(Debug)]
struct Tensor {
    /// Which of the files holds it.
    file: usize,
    entry: Entry,
}

impl SafeTensors {
    /// Maps and checks the single file at `path`.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        Self::parse(map(path)?, path)
    }

    /// Opens the model in a folder: `model.safetensors.index.json` and its
    /// shards if that is there, else `model.safetensors`.
    pub fn open_dir(folder: &Path) -> Result<Self, LoadError> {
        let index = folder.join(INDEX_FILE);
        if !index.exists() {
            return Self::open(&folder.join(SINGLE_FILE));
        }
        let mut all = Self::empty(folder);
        for shard in index::read(&index)? {
            let path = folder.join(&shard.file);
            let mut opened = Self::open(&path)?;
            for name in shard.tensors {
                let at = opened.by_name.remove(&name);
                let at = at.ok_or_else(|| LoadError::MissingTensor {
                    path: path.clone(),
                    name: name.clone(),
                })?;
                all.insert(name, all.files.len(), opened.tensors[at].1.entry.clone());
            }
            all.files.append(&mut opened.files);
        }
        Ok(all)
    }

    /// Checks `bytes`, the whole contents of a file; `path` is for errors only.
    pub fn parse(bytes: Bytes, path: &Path) -> Result<Self, LoadError> {
        let header = header::read(&bytes, path)?;
        let mut all = Self::empty(path);
        for (name, entry) in header.entries {
            all.insert(name, 0, entry);
        }
        all.metadata = header.metadata;
        let data = bytes.slice(header.data_start..bytes.len());
        all.files.push(DataFile {
            path: path.to_owned(),
            data: data.expect("the header lies inside the file"),
        });
        Ok(all)
    }

    /// The header's `__metadata__`; of a sharded model empty.
    pub fn metadata(&self) -> &[(String, String)] {
        &self.metadata
    }

    /// Whether there is a tensor called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    fn empty(path: &Path) -> Self {
        Self {
            path: path.to_owned(),
            files: Vec::new(),
            tensors: Vec::new(),
            by_name: HashMap::new(),
            metadata: Vec::new(),
        }
    }

    fn insert(&mut self, name: String, file: usize, entry: Entry) {
        self.by_name.insert(name.clone(), self.tensors.len());
        self.tensors.push((name, Tensor { file, entry }));
    }

    fn tensor(&self, name: &str) -> Option<&Tensor> {
        Some(&self.tensors[*self.by_name.get(name)?].1)
    }
}

impl Source for SafeTensors {
    fn path(&self) -> &Path {
        &self.path
    }

    fn names(&self) -> Vec<String> {
        self.tensors.iter().map(|(name, _)| name.clone()).collect()
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        Some(self.tensor(name)?.entry.shape.clone())
    }

    fn get(&self, name: &str) -> Result<RawTensor, LoadError> {
        let tensor = self.tensor(name).ok_or_else(|| LoadError::MissingTensor {
            path: self.path.clone(),
            name: name.to_owned(),
        })?;
        let file = &self.files[tensor.file];
        let dtype = match tensor.entry.dtype.as_str() {
            "F32" => DType::F32,
            "F16" => DType::F16,
            "BF16" => DType::BF16,
            other => {
                return Err(LoadError::Unsupported {
                    path: file.path.clone(),
                    what: format!("type of tensor {}", quoted(name)),
                    got: quoted(other),
                    supported: "F32, F16, BF16".to_owned(),
                });
            }
        };
        let bytes = file.data.slice(tensor.entry.range.clone());
        Ok(RawTensor {
            dtype,
            shape: tensor.entry.shape.clone(),
            bytes: bytes.expect("checked when the file was opened"),
        })
    }
}

fn map(path: &Path) -> Result<Bytes, LoadError> {
    let io = |source| LoadError::Io {
        path: path.to_owned(),
        source,
    };
    let file = Arc::new(Mapped::open(path).map_err(io)?);
    Ok(file.bytes(0..file.len()).expect("the whole file"))
}
