//! Writes a safetensors file.

use std::collections::HashSet;
use std::io;
use std::path::Path;

use kernels::dtype::DType;
use serde_json::{Map, Value, json};

use crate::atomic;
use crate::source::RawTensor;

/// Writes `tensors` and the header's `metadata` to `path`, which appears
/// complete or not at all.
///
/// Wider types come first, so that every tensor is aligned to its own width in
/// the file; otherwise the given order is kept.
///
/// # Panics
/// If a tensor is quantised (the format has no such types), a name is given
/// twice, or bytes are not what shape and type imply.
pub fn write(
    path: &Path,
    tensors: &[(String, RawTensor)],
    metadata: &[(&str, &str)],
) -> io::Result<()> {
    let mut ordered: Vec<&(String, RawTensor)> = tensors.iter().collect();
    ordered.sort_by_key(|(_, t)| std::cmp::Reverse(t.dtype.block_bytes()));
    let mut header = header(&ordered, metadata);
    // Spaces keep the data aligned to eight bytes.
    header.resize(header.len().next_multiple_of(8), b' ');
    atomic::write(path, |out| {
        out.write_all(&(header.len() as u64).to_le_bytes())?;
        out.write_all(&header)?;
        ordered
            .iter()
            .try_for_each(|(_, t)| out.write_all(&t.bytes))
    })
}

fn header(tensors: &[&(String, RawTensor)], metadata: &[(&str, &str)]) -> Vec<u8> {
    let mut header = Map::new();
    if !metadata.is_empty() {
        let pairs = metadata.iter();
        let pairs = pairs.map(|(k, v)| ((*k).to_owned(), Value::from(*v)));
        header.insert("__metadata__".to_owned(), Value::Object(pairs.collect()));
    }
    let mut names = HashSet::new();
    let mut begin = 0;
    for (name, tensor) in tensors {
        assert!(names.insert(name), "tensor {name} is given twice");
        let dtype = match tensor.dtype {
            DType::F32 => "F32",
            DType::F16 => "F16",
            DType::BF16 => "BF16",
            other => panic!("{name}: safetensors cannot hold {}", other.name()),
        };
        let size = tensor.len() * tensor.dtype.block_bytes();
        assert_eq!(tensor.bytes.len(), size, "{name}: size");
        let end = begin + size;
        let entry = json!({"dtype": dtype, "shape": tensor.shape, "data_offsets": [begin, end]});
        header.insert(name.clone(), entry);
        begin = end;
    }
    serde_json::to_vec(&header).expect("strings and numbers always serialise")
}
