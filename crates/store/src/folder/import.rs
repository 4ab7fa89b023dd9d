//! What files make a model, and taking them in from elsewhere on the disk.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Read;
use std::path::{Path, PathBuf};

use super::{ModelFolder, Provenance, is_name, is_plain};
use crate::record::RECORD;
use crate::{Format, Installed, StoreError};

impl ModelFolder {
    /// Takes in a `.gguf` file, or a folder with `config.json` and
    /// `*.safetensors`, under `name`. Links the files where the file system
    /// allows, else copies them.
    pub fn import(&self, path: &Path, name: &str) -> Result<Installed, StoreError> {
        if !is_name(name) {
            return Err(StoreError::BadName { name: name.into() });
        }
        let _lock = self.try_lock(name)?.ok_or_else(|| StoreError::NameTaken {
            name: name.into(),
            origin: "a pull that is running".into(),
        })?;
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
        let staged = self.staging(name).join("import");
        let _ = fs::remove_dir_all(&staged);
        fs::create_dir_all(&staged).map_err(StoreError::io("create", &staged))?;
        for file in files {
            // A hub cache holds links; the model must outlive it.
            let from = file.canonicalize().map_err(StoreError::io("open", &file))?;
            let base = file
                .file_name()
                .expect("importable() returns files of a folder");
            let to = staged.join(base);
            if fs::hard_link(&from, &to).is_err() {
                fs::copy(&from, &to).map_err(StoreError::io("copy", &from))?;
            }
        }
        let source = format!("file:{}", path.display());
        let about = Provenance {
            name: name.into(),
            origin: source.clone(),
            source,
            licence: None,
        };
        self.install(&staged, about, BTreeMap::new())
    }
}

/// Files of a Hugging Face folder that a language model is loaded from.
pub(crate) fn belongs_to_model(file: &str) -> bool {
    const NAMES: [&str; 10] = [
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
    is_plain(file) && (NAMES.contains(&file) || is_weights(file))
}

/// Weights under the names `transformers` loads; `consolidated.safetensors` is
/// the same weights again.
fn is_weights(file: &str) -> bool {
    file == "model.safetensors.index.json"
        || (file.ends_with(".safetensors") && !file.starts_with("consolidated"))
}

/// The files of `path` that make a model.
fn importable(path: &Path) -> Result<Vec<PathBuf>, StoreError> {
    let extension = path.extension().unwrap_or_default();
    let folder = if path.is_dir() {
        path
    } else if extension == "safetensors" {
        path.parent().unwrap_or(path)
    } else {
        let mut magic = [0; 4];
        let mut file = File::open(path).map_err(StoreError::io("open", path))?;
        let read = file
            .read(&mut magic)
            .map_err(StoreError::io("read", path))?;
        if &magic[..read] != b"GGUF" {
            return Err(not_gguf(path, &magic[..read]));
        }
        let base = path.file_name().unwrap_or_default().to_string_lossy();
        if !is_plain(&base) || extension != "gguf" {
            return Err(StoreError::NotAModel {
                path: path.into(),
                wanted: "a name of letters, digits, '.', '_' and '-' that ends in .gguf",
                got: base.into_owned(),
            });
        }
        return Ok(vec![path.to_path_buf()]);
    };
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).map_err(StoreError::io("list", folder))? {
        let file = entry.map_err(StoreError::io("list", folder))?.path();
        let name = file.file_name().unwrap_or_default().to_string_lossy();
        if belongs_to_model(&name) && file.is_file() {
            files.push(file);
        }
    }
    check_kind(folder, files.iter().filter_map(|f| f.file_name()?.to_str()))?;
    Ok(files)
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
