//! What files make a model, and taking them in from elsewhere on the disk.

use std::cell::Cell;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};

use serde_json::Value;
use sha2::{Digest, Sha256};

use super::{ModelFolder, Provenance, hex, is_name, is_plain, read_through};
use crate::record::RECORD;
use crate::{Format, Installed, Progress, StoreError};

impl ModelFolder {
    /// Copies in a `.gguf` file, or a folder with `config.json` and
    /// `*.safetensors`, under `name`. One `.safetensors` file comes with the
    /// configuration and tokenizer beside it, and with the other shards if the
    /// folder's index lists it.
    pub fn import(
        &self,
        path: &Path,
        name: &str,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Installed, StoreError> {
        self.import_with(&|path| fs4::available_space(path), path, name, progress)
    }

    /// [`import`](Self::import) onto a disk of which `free` tells the free bytes.
    pub(super) fn import_with(
        &self,
        free: &dyn Fn(&Path) -> io::Result<u64>,
        path: &Path,
        name: &str,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<Installed, StoreError> {
        if !is_name(name) {
            return Err(StoreError::BadName { name: name.into() });
        }
        let _lock = self.lock(name)?;
        let taken = self.models.join(name).join(RECORD);
        if taken.symlink_metadata().is_ok() {
            let origin = self
                .read(name)
                .map_or("a damaged record".into(), |m| m.origin);
            return Err(StoreError::NameTaken {
                name: name.into(),
                origin,
            });
        }
        let path = path.canonicalize().map_err(StoreError::io("open", path))?;
        let files = importable(&path)?;
        let staging = self.staging(name);
        let staged = staging.join("import");
        let source = format!("file:{}", path.display());
        let about = Provenance {
            name: name.into(),
            origin: source.clone(),
            source,
            licence: None,
        };
        let _ = fs::remove_dir_all(&staged);
        fs::create_dir_all(&staged).map_err(StoreError::io("create", &staged))?;
        let result = copy_all(&files, &staged, free, progress)
            .and_then(|known| self.install(&staged, about, known, progress));
        // Nothing of an import is worth keeping; what a pull left here is.
        let _ = fs::remove_dir_all(&staged);
        let _ = fs::remove_dir(&staging);
        result
    }
}

/// A file to take in, and its name in the model's folder.
type Wanted = (PathBuf, String);

/// Copies `files` into `staged`; returns the SHA-256 of each. Never links: a
/// later change of the original must not change the model.
fn copy_all(
    files: &[Wanted],
    staged: &Path,
    free: &dyn Fn(&Path) -> io::Result<u64>,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<BTreeMap<String, String>, StoreError> {
    let mut sizes = Vec::new();
    for (from, _) in files {
        let metadata = from.metadata().map_err(StoreError::io("open", from))?;
        sizes.push(metadata.len());
    }
    let needed = sizes.iter().sum();
    let free = free(staged).map_err(StoreError::io("measure the disk of", staged))?;
    if needed > free {
        return Err(StoreError::DiskFull {
            path: staged.into(),
            needed,
            free,
        });
    }
    let mut known = BTreeMap::new();
    for ((from, base), size) in files.iter().zip(sizes) {
        let to = staged.join(base);
        let mut file = File::create(&to).map_err(StoreError::io("create", &to))?;
        let (mut hash, mut written, failed) = (Sha256::new(), Ok(()), Cell::new(false));
        let mut stopped = |report| match failed.get() {
            true => ControlFlow::Break(()),
            false => progress(report),
        };
        let mut sink = |bytes: &[u8]| {
            hash.update(bytes);
            if !failed.get() {
                written = file.write_all(bytes);
                failed.set(written.is_err());
            }
        };
        let read = read_through(from, size, base, &mut stopped, &mut sink);
        written.map_err(StoreError::io("write", &to))?;
        read?;
        known.insert(base.clone(), hex(&hash.finalize()));
    }
    Ok(known)
}

/// Says which file of a folder holds which tensor.
const INDEX: &str = "model.safetensors.index.json";
/// Indices of the largest models have a few MB.
const MAX_INDEX: u64 = 64 << 20;

/// What sentence-transformers keeps in a folder within the model's, and its name in
/// ours, which are flat.
pub(crate) const POOLING: (&str, &str) = ("1_Pooling/config.json", "1_Pooling.config.json");

/// Files of a Hugging Face folder that a language model is loaded from.
pub(crate) fn belongs_to_model(file: &str) -> bool {
    const NAMES: [&str; 13] = [
        POOLING.1,
        "modules.json",
        "sentence_bert_config.json",
        "config.json",
        "generation_config.json",
        "tokenizer.json",
        "tokenizer.model",
        "tokenizer_config.json",
        "special_tokens_map.json",
        "added_tokens.json",
        "chat_template.jinja",
        "vocab.json",
        "merges.txt",
    ];
    file == POOLING.0 || is_plain(file) && (NAMES.contains(&file) || is_weights(file))
}

/// Weights under the names `transformers` loads; `consolidated.safetensors` is
/// the same weights again.
fn is_weights(file: &str) -> bool {
    file == INDEX || (file.ends_with(".safetensors") && !file.starts_with("consolidated"))
}

/// The files of `path` that make a model.
fn importable(path: &Path) -> Result<Vec<Wanted>, StoreError> {
    if path.is_dir() {
        let files = of_folder(path, &|_| true)?;
        check_wanted(path, &files)?;
        return Ok(files);
    }
    let base = path.file_name().unwrap_or_default().to_string_lossy();
    let extension = path.extension().unwrap_or_default();
    if extension == "safetensors" {
        let folder = path.parent().unwrap_or(path);
        if let Some(shards) = shards(&folder.join(INDEX))?.filter(|all| all.contains(&*base)) {
            let files = of_folder(folder, &|file| file == INDEX || shards.contains(file))?;
            check_wanted(folder, &files)?;
            return Ok(files);
        }
        let mut files = of_folder(folder, &|_| false)?;
        // The name under which a folder's weights are looked for.
        files.push((path.to_path_buf(), "model.safetensors".into()));
        check_wanted(folder, &files)?;
        return Ok(files);
    }
    let mut magic = [0; 4];
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let read = file
        .read(&mut magic)
        .map_err(StoreError::io("read", path))?;
    if &magic[..read] != b"GGUF" {
        return Err(not_gguf(path, &magic[..read]));
    }
    if !is_plain(&base) || extension != "gguf" {
        return Err(StoreError::NotAModel {
            path: path.into(),
            wanted: "a name of letters, digits, '.', '_' and '-' that ends in .gguf",
            got: base.into_owned(),
        });
    }
    Ok(vec![(path.to_path_buf(), base.into_owned())])
}

/// Finds what is no model before anything is copied.
fn check_wanted(folder: &Path, files: &[Wanted]) -> Result<(), StoreError> {
    let names = files
        .iter()
        .filter_map(|(from, _)| from.file_name()?.to_str());
    check_kind(folder, names).map(drop)
}

/// The files of a folder that belong to a model, of its weights those that `take`.
fn of_folder(folder: &Path, take: &dyn Fn(&str) -> bool) -> Result<Vec<Wanted>, StoreError> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(StoreError::io("list", folder))? {
        let file = entry.map_err(StoreError::io("list", folder))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        let wanted = belongs_to_model(&name) && (!is_weights(&name) || take(&name));
        if wanted && file.is_file() {
            files.push((file.clone(), name.into_owned()));
        }
    }
    let pooling = folder.join(POOLING.0);
    if pooling.is_file() && !files.iter().any(|(_, name)| name == POOLING.1) {
        files.push((pooling, POOLING.1.to_owned()));
    }
    Ok(files)
}

/// The files that an index of weights lists; `None` without an index.
fn shards(index: &Path) -> Result<Option<BTreeSet<String>>, StoreError> {
    let mut text = Vec::new();
    match File::open(index) {
        Ok(file) => file.take(MAX_INDEX).read_to_end(&mut text),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(error) => Err(error),
    }
    .map_err(StoreError::io("read", index))?;
    let parsed: Option<Value> = serde_json::from_slice(&text).ok();
    let map = parsed.as_ref().and_then(|v| v["weight_map"].as_object());
    let map = map.ok_or_else(|| StoreError::NotAModel {
        path: index.into(),
        wanted: "JSON with an object \"weight_map\"",
        got: format!("{} bytes without one", text.len()),
    })?;
    let files = map.values().filter_map(|file| file.as_str());
    Ok(Some(files.map(str::to_owned).collect()))
}

fn not_gguf(path: &Path, magic: &[u8]) -> StoreError {
    StoreError::NotAModel {
        path: path.into(),
        wanted: "a file that starts with the letters GGUF",
        got: match magic {
            [] => "an empty file".into(),
            magic => format!(
                "a file that starts with {:?}",
                magic.escape_ascii().to_string()
            ),
        },
    }
}

/// What the files of a folder are: one `.gguf`, or a config with weights.
pub(super) fn check_kind(
    folder: &Path,
    files: impl IntoIterator<Item = impl AsRef<str>>,
) -> Result<Format, StoreError> {
    let files: Vec<String> = files.into_iter().map(|f| f.as_ref().to_owned()).collect();
    let head = |file: &str| -> Result<(Vec<u8>, u64), StoreError> {
        let path = folder.join(file);
        let mut head = Vec::new();
        let open = File::open(&path).map_err(StoreError::io("open", &path))?;
        let size = open
            .metadata()
            .map_err(StoreError::io("read", &path))?
            .len();
        open.take(9)
            .read_to_end(&mut head)
            .map_err(StoreError::io("read", &path))?;
        Ok((head, size))
    };
    if let [file] = &files[..] {
        let (head, _) = head(file)?;
        if !head.starts_with(b"GGUF") {
            return Err(not_gguf(&folder.join(file), &head[..head.len().min(4)]));
        }
        return Ok(Format::Gguf);
    }
    let weights: Vec<&String> = files
        .iter()
        .filter(|f| f.ends_with(".safetensors"))
        .collect();
    if weights.is_empty() || !files.iter().any(|f| f == "config.json") {
        return Err(StoreError::NotAModel {
            path: folder.into(),
            wanted: "config.json and *.safetensors",
            got: if files.is_empty() {
                "neither".into()
            } else {
                files.join(", ")
            },
        });
    }
    for file in weights {
        let (head, size) = head(file)?;
        let header = head
            .first_chunk::<8>()
            .map(|bytes| u64::from_le_bytes(*bytes));
        let fits = header.is_some_and(|len| len.checked_add(8).is_some_and(|end| end <= size));
        if !fits || head.get(8) != Some(&b'{') {
            return Err(StoreError::NotAModel {
                path: folder.join(file),
                wanted: "a safetensors file: a header's length and a JSON header",
                got: format!(
                    "a file that starts with {:?}",
                    head.escape_ascii().to_string()
                ),
            });
        }
    }
    Ok(Format::Safetensors)
}
