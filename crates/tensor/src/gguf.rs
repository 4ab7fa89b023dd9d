//! GGUF, versions 2 and 3: metadata and quantised tensors in one mapped file.
//!
//! The format: <https://github.com/ggml-org/ggml/blob/master/docs/gguf.md>.
//!
//! ```text
//! "GGUF" version:u32 tensors:u64 pairs:u64     versions 2 and 3 differ only in
//! pairs × (key, type:u32, value)               that 3 may be big-endian
//! tensors × (name, axes:u32, axes × u64, type:u32, offset:u64)
//! padding to general.alignment, then the tensors at their offsets
//! ```
//!
//! A file is checked whole when it is opened: afterwards every tensor lies
//! inside the file, alone, with the length its shape implies. Nothing is
//! allocated from a count before the bytes left could hold that many.
//!
//! Left out: version 1, big-endian files, and block types that
//! [`DType`](kernels::dtype::DType) lacks; each is refused by name.

mod cursor;
mod ggml_type;
mod metadata;
mod strings;
mod value;
mod writer;

use std::collections::HashMap;
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use kernels::dtype::DType;
use kernels::mem::{Bytes, Mapped};

use crate::error::{LoadError, quoted};
use crate::sniff::looks_like;
use crate::source::{RawTensor, Source, checked_len};
use cursor::Cursor;

pub use metadata::Metadata;
pub use strings::Strings;
pub use value::{Array, Value};
pub use writer::GgufWriter;

const MAGIC: &[u8; 4] = b"GGUF";
const ALIGNMENT_KEY: &str = "general.alignment";
const DEFAULT_ALIGNMENT: u64 = 32;
/// ggml's tensors have at most this many axes.
const MAX_AXES: u32 = 4;

/// An opened GGUF file.
#[derive(Debug)]
pub struct Gguf {
    pub version: u32,
    pub metadata: Metadata,
    path: PathBuf,
    bytes: Bytes,
    /// In the file's order.
    tensors: Vec<TensorInfo>,
    by_name: HashMap<String, usize>,
}

#[derive(Debug)]
struct TensorInfo {
    name: String,
    dtype: DType,
    /// Row-major: the file's axes reversed.
    shape: Vec<usize>,
    /// In the file.
    range: Range<usize>,
}

impl Gguf {
    /// Maps and checks the file at `path`.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        let io = |source| LoadError::Io {
            path: path.to_owned(),
            source,
        };
        let file = Arc::new(Mapped::open(path).map_err(io)?);
        let all = file.bytes(0..file.len()).expect("the whole file");
        Self::parse(all, path)
    }

    /// Checks `bytes`, the whole contents of a file; `path` is for errors only.
    pub fn parse(bytes: Bytes, path: &Path) -> Result<Self, LoadError> {
        let mut cursor = Cursor::new(&bytes, path);
        let version = header(&mut cursor)?;
        let tensor_count = cursor.u64("tensor count")?;
        let pair_count = cursor.u64("metadata count")?;
        let metadata = pairs(&mut cursor, pair_count)?;
        let alignment = alignment(&metadata)?;
        let infos = infos(&mut cursor, tensor_count)?;
        let data_start = (cursor.position() as u64).next_multiple_of(alignment);
        let (tensors, by_name) = place(&cursor, infos, data_start, alignment)?;
        Ok(Self {
            version,
            metadata,
            path: path.to_owned(),
            tensors,
            by_name,
            bytes,
        })
    }

    /// Whether there is a tensor called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.by_name.contains_key(name)
    }

    fn info(&self, name: &str) -> Option<&TensorInfo> {
        Some(&self.tensors[*self.by_name.get(name)?])
    }
}

impl Source for Gguf {
    fn path(&self) -> &Path {
        &self.path
    }

    fn names(&self) -> Vec<String> {
        self.tensors.iter().map(|t| t.name.clone()).collect()
    }

    fn shape(&self, name: &str) -> Option<Vec<usize>> {
        Some(self.info(name)?.shape.clone())
    }

    fn get(&self, name: &str) -> Result<RawTensor, LoadError> {
        let info = self.info(name).ok_or_else(|| LoadError::MissingTensor {
            path: self.path.clone(),
            name: name.to_owned(),
        })?;
        let bytes = self.bytes.slice(info.range.clone());
        Ok(RawTensor {
            dtype: info.dtype,
            shape: info.shape.clone(),
            bytes: bytes.expect("checked when the file was opened"),
        })
    }
}

/// Checks magic and version.
fn header(cursor: &mut Cursor) -> Result<u32, LoadError> {
    if !cursor.rest().starts_with(MAGIC) {
        return Err(LoadError::WrongFormat {
            path: cursor.path().to_owned(),
            wanted: "a GGUF file",
            got: looks_like(cursor.rest()),
        });
    }
    cursor.take(MAGIC.len() as u64, "magic")?;
    let version = cursor.u32("version")?;
    if matches!(version, 2 | 3) {
        return Ok(version);
    }
    let got = if matches!(version.swap_bytes(), 1..=3) {
        format!("{} in big-endian byte order", version.swap_bytes())
    } else {
        version.to_string()
    };
    Err(LoadError::Unsupported {
        path: cursor.path().to_owned(),
        what: "the GGUF version".to_owned(),
        got,
        supported: "2 and 3, little-endian".to_owned(),
    })
}

fn pairs(cursor: &mut Cursor, count: u64) -> Result<Metadata, LoadError> {
    // A pair takes at least a length, a type and one byte of value.
    cursor.check_count(count, 8 + 4 + 1, "metadata count")?;
    let mut metadata = Metadata::new(cursor.path());
    for i in 0..count {
        let key = cursor.string(&format!("key of metadata pair {i}"))?;
        let value = value::read(cursor, &key)?;
        if !metadata.insert(key.clone(), value) {
            return Err(cursor.format(format!("key {}", quoted(&key)), "unique", "given twice"));
        }
    }
    Ok(metadata)
}

fn alignment(metadata: &Metadata) -> Result<u64, LoadError> {
    let alignment = metadata.u64(ALIGNMENT_KEY)?.unwrap_or(DEFAULT_ALIGNMENT);
    if is_alignment(alignment) {
        return Ok(alignment);
    }
    Err(metadata.format(ALIGNMENT_KEY, ALIGNMENTS, alignment.to_string()))
}

const ALIGNMENTS: &str = "a power of two up to 2^30";

/// The bound keeps sums of offsets from overflowing; real files use 32.
fn is_alignment(alignment: u64) -> bool {
    alignment.is_power_of_two() && alignment <= 1 << 30
}

/// A tensor's description as the file gives it.
struct Info {
    name: String,
    dtype: DType,
    shape: Vec<usize>,
    size: u64,
    offset: u64,
}

fn infos(cursor: &mut Cursor, count: u64) -> Result<Vec<Info>, LoadError> {
    // A description takes at least a length, one axis, a type and an offset.
    let count = cursor.check_count(count, 8 + 4 + 8 + 4 + 8, "tensor count")?;
    let mut infos = Vec::with_capacity(count);
    for i in 0..count {
        let name = cursor.string(&format!("name of tensor {i}"))?;
        infos.push(info(cursor, name)?);
    }
    Ok(infos)
}

fn info(cursor: &mut Cursor, name: String) -> Result<Info, LoadError> {
    let of = |part: &str| format!("{part} of tensor {}", quoted(&name));
    let axes = cursor.u32(&of("number of axes"))?;
    if !(1..=MAX_AXES).contains(&axes) {
        let wanted = format!("1 to {MAX_AXES}");
        return Err(cursor.format(of("number of axes"), wanted, axes));
    }
    let mut dims = Vec::with_capacity(axes as usize);
    for _ in 0..axes {
        dims.push(cursor.u64(&of("shape"))?);
    }
    let code = cursor.u32(&of("type"))?;
    let dtype = DType::from_ggml(code).ok_or_else(|| LoadError::Unsupported {
        path: cursor.path().to_owned(),
        what: of("type"),
        got: ggml_type::describe(code),
        supported: ggml_type::supported(),
    })?;
    let offset = cursor.u64(&of("offset"))?;

    let bad = |wanted: String| cursor.format(of("shape"), wanted, format!("{dims:?}"));
    let shape: Option<Vec<usize>> = dims.iter().rev().map(|&d| d.try_into().ok()).collect();
    let shape = shape.ok_or_else(|| bad("addressable on this machine".to_owned()))?;
    if shape.contains(&0) {
        return Err(bad("without zeros".to_owned()));
    }
    let cols = *shape.last().expect("at least one axis");
    if !cols.is_multiple_of(dtype.block_len()) {
        let block = dtype.block_len();
        return Err(bad(format!(
            "a first axis in {} blocks of {block} values",
            dtype.name()
        )));
    }
    let size = checked_len(&shape)
        .and_then(|_| dtype.row_bytes(cols))
        .and_then(|row| row.checked_mul(checked_len(&shape[..shape.len() - 1])?))
        .ok_or_else(|| bad("of a size that fits in 64 bits".to_owned()))?;
    Ok(Info {
        dtype,
        shape,
        size: size as u64,
        offset,
        name,
    })
}

type Placed = (Vec<TensorInfo>, HashMap<String, usize>);

/// Checks that the tensors lie inside the file, aligned and apart.
fn place(
    cursor: &Cursor,
    infos: Vec<Info>,
    data_start: u64,
    alignment: u64,
) -> Result<Placed, LoadError> {
    let file_len = cursor.len() as u64;
    let mut tensors = Vec::with_capacity(infos.len());
    let mut by_name = HashMap::with_capacity(infos.len());
    for info in infos {
        let of = |part: &str| format!("{part} of tensor {}", quoted(&info.name));
        if !info.offset.is_multiple_of(alignment) {
            let wanted = format!("a multiple of the alignment {alignment}");
            return Err(cursor.format(of("offset"), wanted, info.offset));
        }
        let end = (data_start.checked_add(info.offset)).and_then(|s| s.checked_add(info.size));
        let Some(end) = end.filter(|&end| end <= file_len) else {
            let data = file_len.saturating_sub(data_start);
            let wanted = format!("inside the file, which holds {data} bytes of tensors");
            let got = format!("{} bytes at offset {}", info.size, info.offset);
            return Err(cursor.format(of("data"), wanted, got));
        };
        if by_name.insert(info.name.clone(), tensors.len()).is_some() {
            return Err(cursor.format(of("name"), "unique", "given twice"));
        }
        tensors.push(TensorInfo {
            name: info.name,
            dtype: info.dtype,
            shape: info.shape,
            range: (end - info.size) as usize..end as usize,
        });
    }
    let mut order: Vec<&TensorInfo> = tensors.iter().collect();
    order.sort_by_key(|t| t.range.start);
    for pair in order.windows(2) {
        let (a, b) = (pair[0], pair[1]);
        if a.range.end > b.range.start {
            let field = format!("data of tensor {}", quoted(&b.name));
            let wanted = format!(
                "after the end of {} at byte {}",
                quoted(&a.name),
                a.range.end
            );
            return Err(cursor.format(field, wanted, format!("byte {}", b.range.start)));
        }
    }
    Ok((tensors, by_name))
}
