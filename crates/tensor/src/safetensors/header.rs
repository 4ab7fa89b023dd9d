//! The JSON header of one file.

use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::path::Path;

use serde::de::{self, Deserialize, Deserializer, MapAccess, Visitor};

use crate::error::{LoadError, quoted};
use crate::sniff::looks_like;
use crate::source::checked_len;

/// The format's own limit. Real headers stay below a few megabytes.
const LONGEST: u64 = 100_000_000;
const METADATA: &str = "__metadata__";

pub(super) struct Header {
    /// In the order of their bytes.
    pub(super) entries: Vec<(String, Entry)>,
    pub(super) metadata: Vec<(String, String)>,
    /// Where the data area begins in the file.
    pub(super) data_start: usize,
}

#[derive(Clone, Debug)]
pub(super) struct Entry {
    pub(super) dtype: String,
    pub(super) shape: Vec<usize>,
    /// In the data area.
    pub(super) range: Range<usize>,
}

/// Reads and checks the header of `bytes`, a whole file.
pub(super) fn read(bytes: &[u8], path: &Path) -> Result<Header, LoadError> {
    let Some((length, rest)) = bytes.split_first_chunk() else {
        return Err(wrong_format(bytes, path));
    };
    let length = u64::from_le_bytes(*length);
    // The first eight bytes of most other formats are an absurd length.
    if length > LONGEST || (length > 0 && rest.first() != Some(&b'{')) {
        return Err(wrong_format(bytes, path));
    }
    let length = length as usize;
    let format = |field: &str, wanted: String, got: String| LoadError::Format {
        path: path.to_owned(),
        field: field.to_owned(),
        wanted,
        got,
    };
    let Some((json, data)) = rest.split_at_checked(length) else {
        let wanted = format!("inside the file, {} bytes at most", rest.len());
        return Err(format("header length", wanted, length.to_string()));
    };
    let parsed: Json = serde_json::from_slice(json)
        .map_err(|e| format("header", "safetensors' JSON".to_owned(), e.to_string()))?;
    let entries = check(parsed.tensors, data.len(), path)?;
    Ok(Header {
        entries,
        metadata: parsed.metadata,
        data_start: bytes.len() - data.len(),
    })
}

fn wrong_format(bytes: &[u8], path: &Path) -> LoadError {
    LoadError::WrongFormat {
        path: path.to_owned(),
        wanted: "a safetensors file",
        got: looks_like(bytes),
    }
}

/// Checks lengths, and that the tensors tile the data area.
fn check(
    tensors: Vec<(String, JsonTensor)>,
    data_len: usize,
    path: &Path,
) -> Result<Vec<(String, Entry)>, LoadError> {
    let mut entries = Vec::with_capacity(tensors.len());
    let mut names = HashSet::with_capacity(tensors.len());
    for (name, tensor) in tensors {
        let format = |part: &str, wanted: String, got: String| LoadError::Format {
            path: path.to_owned(),
            field: format!("{part} of tensor {}", quoted(&name)),
            wanted,
            got,
        };
        if !names.insert(name.clone()) {
            return Err(format(
                "name",
                "unique".to_owned(),
                "given twice".to_owned(),
            ));
        }
        let [begin, end] = tensor.data_offsets;
        if begin > end || end > data_len as u64 {
            let wanted = format!("in order and inside the data's {data_len} bytes");
            return Err(format("data_offsets", wanted, format!("[{begin}, {end}]")));
        }
        let shape: Option<Vec<usize>> = tensor.shape.iter().map(|&d| d.try_into().ok()).collect();
        let Some((shape, len)) = shape.and_then(|s| checked_len(&s).map(|len| (s, len))) else {
            let wanted = "of a size that fits in 64 bits".to_owned();
            return Err(format("shape", wanted, format!("{:?}", tensor.shape)));
        };
        if let Some(bits) = bits(&tensor.dtype) {
            let size = end - begin;
            if len as u128 * bits as u128 != size as u128 * 8 {
                let (dtype, shape) = (&tensor.dtype, &tensor.shape);
                let wanted = format!("what {dtype} {shape:?} takes, {len} times {bits} bits");
                return Err(format("data_offsets", wanted, format!("{size} bytes")));
            }
        }
        let range = begin as usize..end as usize;
        let dtype = tensor.dtype;
        entries.push((
            name,
            Entry {
                dtype,
                shape,
                range,
            },
        ));
    }
    tile(&mut entries, data_len, path)?;
    Ok(entries)
}

/// Sorts the tensors by their bytes and checks that they tile the data area.
fn tile(entries: &mut [(String, Entry)], data_len: usize, path: &Path) -> Result<(), LoadError> {
    // Sorted by end too, so that an empty tensor comes before its neighbour.
    entries.sort_by_key(|(_, e)| (e.range.start, e.range.end));
    let mut filled = 0;
    for (name, entry) in entries.iter() {
        if entry.range.start != filled {
            return Err(LoadError::Format {
                path: path.to_owned(),
                field: format!("data_offsets of tensor {}", quoted(name)),
                wanted: format!("beginning at {filled}, where the one before ends"),
                got: entry.range.start.to_string(),
            });
        }
        filled = entry.range.end;
    }
    if filled != data_len {
        return Err(LoadError::Format {
            path: path.to_owned(),
            field: "the file's length".to_owned(),
            wanted: format!("that of its header and {filled} bytes of tensors"),
            got: format!("{} bytes more", data_len - filled),
        });
    }
    Ok(())
}

/// The size of a value; None for types unknown here, which are not checked as
/// they cannot be asked for either.
fn bits(dtype: &str) -> Option<usize> {
    Some(match dtype {
        "F4" => 4,
        "BOOL" | "U8" | "I8" | "F8_E4M3" | "F8_E5M2" | "F8_E8M0" => 8,
        "F16" | "BF16" | "U16" | "I16" => 16,
        "F32" | "U32" | "I32" => 32,
        "F64" | "U64" | "I64" | "C64" => 64,
        _ => return None,
    })
}

/// The header as written. Not a `serde_json::Value`: that would take tens of
/// bytes for each byte of a hostile header, and hide duplicate names.
struct Json {
    tensors: Vec<(String, JsonTensor)>,
    metadata: Vec<(String, String)>,
}

#[derive(serde::Deserialize)]
struct JsonTensor {
    dtype: String,
    shape: Vec<u64>,
    data_offsets: [u64; 2],
}

impl<'de> Deserialize<'de> for Json {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Tensors;
        impl<'de> Visitor<'de> for Tensors {
            type Value = Json;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of tensors")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Json, A::Error> {
                let mut json = Json {
                    tensors: Vec::new(),
                    metadata: Vec::new(),
                };
                while let Some(name) = map.next_key::<String>()? {
                    if name == METADATA {
                        json.metadata = map.next_value::<Pairs>()?.0;
                        continue;
                    }
                    let tensor = map.next_value().map_err(|e| {
                        de::Error::custom(format_args!("tensor {}: {e}", quoted(&name)))
                    })?;
                    json.tensors.push((name, tensor));
                }
                Ok(json)
            }
        }
        deserializer.deserialize_map(Tensors)
    }
}

/// An object of strings, in order.
struct Pairs(Vec<(String, String)>);

impl<'de> Deserialize<'de> for Pairs {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Strings;
        impl<'de> Visitor<'de> for Strings {
            type Value = Pairs;

            fn expecting(&self, f: &mut fmt::Formatter) -> fmt::Result {
                f.write_str("an object of strings")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Pairs, A::Error> {
                let mut pairs = Vec::new();
                while let Some(pair) = map.next_entry()? {
                    pairs.push(pair);
                }
                Ok(Pairs(pairs))
            }

            // Some writers leave `"__metadata__": null`.
            fn visit_unit<E: de::Error>(self) -> Result<Pairs, E> {
                Ok(Pairs(Vec::new()))
            }
        }
        deserializer.deserialize_any(Strings)
    }
}
