//! `model.safetensors.index.json`: which shard holds which tensor.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::Read;
use std::path::{Component, Path};

use crate::error::{LoadError, quoted};

/// Real ones stay below ten megabytes.
const LONGEST: u64 = 100_000_000;

pub(super) struct Shard {
    /// A plain name, without folders.
    pub(super) file: String,
    pub(super) tensors: Vec<String>,
}

#[derive(serde::Deserialize)]
struct Index {
    weight_map: BTreeMap<String, String>,
}

/// The shards of the index at `path`, by name.
pub(super) fn read(path: &Path) -> Result<Vec<Shard>, LoadError> {
    let io = |source| LoadError::Io {
        path: path.to_owned(),
        source,
    };
    let format = |field: String, wanted: &str, got: String| LoadError::Format {
        path: path.to_owned(),
        field,
        wanted: wanted.to_owned(),
        got,
    };
    let mut json = Vec::new();
    let file = File::open(path).map_err(io)?;
    file.take(LONGEST + 1).read_to_end(&mut json).map_err(io)?;
    if json.len() as u64 > LONGEST {
        let got = format!("more than {LONGEST} bytes");
        return Err(format("the file".to_owned(), "an index", got));
    }
    let index: Index = serde_json::from_slice(&json)
        .map_err(|e| format("the file".to_owned(), "an index of shards", e.to_string()))?;

    let mut shards: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for (tensor, file) in index.weight_map {
        if !is_plain(&file) {
            let field = format!("weight_map of tensor {}", quoted(&tensor));
            return Err(format(field, "a file in the same folder", quoted(&file)));
        }
        shards.entry(file).or_default().push(tensor);
    }
    let shard = |(file, tensors)| Shard { file, tensors };
    Ok(shards.into_iter().map(shard).collect())
}

/// Whether `file` is a name in its own folder: an index from the network must
/// not reach other files. Backslashes separate folders on Windows.
fn is_plain(file: &str) -> bool {
    let mut parts = Path::new(file).components();
    matches!(parts.next(), Some(Component::Normal(name)) if name == file)
        && parts.next().is_none()
        && !file.contains(['\\', '\0', ':'])
}
