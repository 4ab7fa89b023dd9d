//! The installed models.

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read, Write};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use sha2::{Digest, Sha256};

use crate::record::{RECORD, Record, VERSION};
use crate::{FileRecord, Format, Installed, Progress, StoreError, catalog};

/// The models under one data directory.
#[derive(Clone, Debug)]
pub struct ModelFolder {
    models: PathBuf,
    partial: PathBuf,
}

/// One line of [`ModelFolder::list`].
#[derive(Clone, Debug)]
pub enum Listed {
    Model(Installed),
    /// A folder whose record cannot be read, or whose files are not as recorded.
    Damaged {
        name: String,
        reason: String,
    },
}

impl Listed {
    pub fn name(&self) -> &str {
        match self {
            Self::Model(model) => &model.name,
            Self::Damaged { name, .. } => name,
        }
    }
}

/// What a record says besides the files.
pub(crate) struct Provenance {
    pub(crate) name: String,
    pub(crate) origin: String,
    pub(crate) source: String,
    pub(crate) licence: Option<String>,
}

impl ModelFolder {
    /// Opens, and creates if need be, the model folder of a data directory.
    pub fn open(data: &Path) -> Result<Self, StoreError> {
        let folder = Self {
            models: data.join("models"),
            partial: data.join("partial"),
        };
        for path in [&folder.models, &folder.partial] {
            fs::create_dir_all(path).map_err(StoreError::io("create", path))?;
        }
        Ok(folder)
    }

    /// All models, by name. A damaged one is listed, and does not hide the others.
    pub fn list(&self) -> Result<Vec<Listed>, StoreError> {
        let entries = fs::read_dir(&self.models).map_err(StoreError::io("list", &self.models))?;
        let mut names = BTreeSet::new();
        for entry in entries {
            let entry = entry.map_err(StoreError::io("list", &self.models))?;
            if entry.path().join(RECORD).symlink_metadata().is_ok() {
                names.insert(entry.file_name().to_string_lossy().into_owned());
            }
        }
        let listed = names.into_iter().map(|name| match self.read(&name) {
            Ok(model) => Listed::Model(model),
            Err(reason) => Listed::Damaged { name, reason },
        });
        Ok(listed.collect())
    }

    /// The model of this name, or of the catalog entry that has this alias.
    pub fn get(&self, name: &str) -> Result<Installed, StoreError> {
        let name = self.resolve(name)?;
        self.read(&name)
            .map_err(|reason| StoreError::Damaged { name, reason })
    }

    /// Removes the model. A damaged one too.
    pub fn remove(&self, name: &str) -> Result<(), StoreError> {
        let name = self.resolve(name)?;
        // The record goes first: what is left after a crash is no model.
        let record = self.models.join(&name).join(RECORD);
        fs::remove_file(&record).map_err(StoreError::io("remove", &record))?;
        let folder = self.models.join(&name);
        fs::remove_dir_all(&folder).map_err(StoreError::io("remove", &folder))?;
        match fs::remove_dir_all(self.staging(&name)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => {
                Err(StoreError::io("remove", self.staging(&name))(error))
            }
            _ => Ok(()),
        }
    }

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

    /// Reads every byte of the model and compares its checksums.
    pub fn verify(
        &self,
        name: &str,
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    ) -> Result<(), StoreError> {
        let model = self.get(name)?;
        let folder = self.models.join(&model.name);
        for (file, record) in &model.files {
            let got = sha256(&folder.join(file), record.size_bytes, file, progress)?;
            if got != record.sha256 {
                let wanted = record.sha256.clone();
                return Err(StoreError::Checksum {
                    file: file.clone(),
                    wanted,
                    got,
                });
            }
        }
        Ok(())
    }

    /// Where a pull of this model keeps what it has fetched.
    pub(crate) fn staging(&self, name: &str) -> PathBuf {
        self.partial.join(name)
    }

    /// The lock of a pull of `name`; `None` while another process holds it.
    pub(crate) fn try_lock(&self, name: &str) -> Result<Option<File>, StoreError> {
        let path = self.partial.join(format!("{name}.lock"));
        let file = File::create(&path).map_err(StoreError::io("create", &path))?;
        match file.try_lock() {
            Ok(()) => Ok(Some(file)),
            Err(fs::TryLockError::WouldBlock) => Ok(None),
            Err(fs::TryLockError::Error(error)) => Err(StoreError::io("lock", &path)(error)),
        }
    }

    /// Makes the files of `staged` a model: checks what they are, moves them
    /// over, writes the record last. `known` are checksums computed already.
    pub(crate) fn install(
        &self,
        staged: &Path,
        about: Provenance,
        mut known: BTreeMap<String, String>,
    ) -> Result<Installed, StoreError> {
        let mut files = BTreeMap::new();
        for entry in fs::read_dir(staged).map_err(StoreError::io("list", staged))? {
            let path = entry.map_err(StoreError::io("list", staged))?.path();
            let name = path
                .file_name()
                .unwrap_or_default()
                .to_string_lossy()
                .into_owned();
            let file = File::open(&path).map_err(StoreError::io("open", &path))?;
            file.sync_all().map_err(StoreError::io("flush", &path))?;
            let size_bytes = file
                .metadata()
                .map_err(StoreError::io("read", &path))?
                .len();
            let sha256 = match known.remove(&name) {
                Some(sha256) => sha256,
                None => sha256(&path, size_bytes, &name, &mut |_| ControlFlow::Continue(()))?,
            };
            files.insert(name, FileRecord { size_bytes, sha256 });
        }
        let format = check_kind(staged, files.keys())?;
        let folder = self.models.join(&about.name);
        if folder.exists() {
            fs::remove_dir_all(&folder).map_err(StoreError::io("replace", &folder))?;
        }
        fs::rename(staged, &folder).map_err(StoreError::io("move into place", &folder))?;
        let installed_s = SystemTime::now()
            .duration_since(UNIX_EPOCH)
            .map_or(0, |since| since.as_secs());
        let record = Record {
            version: VERSION,
            name: about.name,
            origin: about.origin,
            source: about.source,
            licence: about.licence,
            format,
            installed_s,
            files,
        };
        let text = serde_json::to_vec_pretty(&record).expect("strings and numbers only");
        sync_folder(&folder)?;
        write_atomically(&folder.join(RECORD), &text)?;
        sync_folder(&folder)?;
        sync_folder(&self.models)?;
        Ok(record.installed(&folder))
    }

    /// The folder name behind a name or an alias.
    fn resolve(&self, name: &str) -> Result<String, StoreError> {
        let exists = |name: &str| {
            self.models
                .join(name)
                .join(RECORD)
                .symlink_metadata()
                .is_ok()
        };
        if is_name(name) && exists(name) {
            return Ok(name.into());
        }
        let entry = catalog::find(name);
        if let Some(entry) = entry.filter(|entry| exists(&entry.name)) {
            return Ok(entry.name.clone());
        }
        let installed: Vec<String> = self.list()?.iter().map(|l| l.name().to_owned()).collect();
        let aliases = catalog::entries()
            .iter()
            .flat_map(|e| e.aliases.iter().chain([&e.name]));
        let nearest = installed
            .iter()
            .chain(aliases)
            .map(|known| (distance(name, known), known))
            .filter(|(d, known)| *d <= known.len().div_ceil(3))
            .min()
            .map(|(_, known)| known.clone());
        Err(StoreError::UnknownModel {
            name: name.into(),
            installed,
            nearest,
            catalog: entry.map(|e| (e.name.clone(), e.size_bytes)),
        })
    }

    /// Reads a record and compares it with what lies beside it.
    fn read(&self, name: &str) -> Result<Installed, String> {
        let folder = self.models.join(name);
        let path = folder.join(RECORD);
        let mut text = Vec::new();
        File::open(&path)
            .and_then(|file| file.take(MAX_RECORD).read_to_end(&mut text))
            .map_err(|error| format!("{RECORD}: {error}"))?;
        let record: Record =
            serde_json::from_slice(&text).map_err(|error| format!("{RECORD}: {error}"))?;
        if record.version > VERSION {
            return Err(format!(
                "{RECORD}: version {}, this program reads up to {VERSION}",
                record.version
            ));
        }
        if record.name != name {
            return Err(format!("{RECORD} names the model \"{}\"", record.name));
        }
        if record.files.is_empty() {
            return Err(format!("{RECORD} lists no file"));
        }
        for (file, wanted) in &record.files {
            if !is_plain(file) {
                return Err(format!("{RECORD}: {file:?} is no plain file name"));
            }
            let got = folder
                .join(file)
                .metadata()
                .map_err(|error| format!("{file}: {error}"))?;
            if got.len() != wanted.size_bytes {
                return Err(format!(
                    "{file} has {} bytes, the record says {}",
                    got.len(),
                    wanted.size_bytes
                ));
            }
        }
        Ok(record.installed(&folder))
    }
}

/// A record lists some dozens of files; more than this is no record.
const MAX_RECORD: u64 = 4 << 20;

/// 1 to 96 of `a-z0-9._-`, starting with a letter or digit: safe as a folder's
/// name on every system.
pub(crate) fn is_name(name: &str) -> bool {
    let plain = |b: u8| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b);
    (1..=96).contains(&name.len())
        && name.bytes().all(plain)
        && name.as_bytes()[0].is_ascii_alphanumeric()
}

/// A file name that stays inside its folder and is not the record's.
pub(crate) fn is_plain(file: &str) -> bool {
    let plain = |b: u8| b.is_ascii_alphanumeric() || b"._-".contains(&b);
    (1..=200).contains(&file.len())
        && file.bytes().all(plain)
        && !file.starts_with('.')
        && file != RECORD
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
fn check_kind(
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

/// SHA-256 of a file in hexadecimal.
pub(crate) fn sha256(
    path: &Path,
    size: u64,
    shown: &str,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<String, StoreError> {
    let mut hash = Sha256::new();
    read_through(path, size, shown, progress, &mut |bytes| hash.update(bytes))?;
    Ok(hex(&hash.finalize()))
}

/// Hands a file's bytes to `sink` and reports how far it is.
pub(crate) fn read_through(
    path: &Path,
    size: u64,
    shown: &str,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
    sink: &mut dyn FnMut(&[u8]),
) -> Result<(), StoreError> {
    let mut file = File::open(path).map_err(StoreError::io("open", path))?;
    let mut buffer = vec![0; 1 << 20];
    let mut done = 0;
    loop {
        let read = file
            .read(&mut buffer)
            .map_err(StoreError::io("read", path))?;
        sink(&buffer[..read]);
        done += read as u64;
        let report = Progress::Verifying {
            file: shown.into(),
            done,
            total: size.max(done),
        };
        if progress(report).is_break() {
            return Err(StoreError::Interrupted { kept: size });
        }
        if read == 0 {
            return Ok(());
        }
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// Writes beside `path` and renames, so that no reader sees half of it.
fn write_atomically(path: &Path, bytes: &[u8]) -> Result<(), StoreError> {
    let new = path.with_extension("new");
    File::create(&new)
        .and_then(|mut file| file.write_all(bytes).and_then(|()| file.sync_all()))
        .map_err(StoreError::io("write", &new))?;
    fs::rename(&new, path).map_err(StoreError::io("write", path))
}

/// Makes renames inside a folder survive a power cut, where a folder can be flushed.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    if cfg!(unix) {
        File::open(path)
            .and_then(|f| f.sync_all())
            .map_err(StoreError::io("flush", path))?;
    }
    Ok(())
}

/// Levenshtein distance in characters.
fn distance(a: &str, b: &str) -> usize {
    let b: Vec<char> = b.chars().collect();
    let mut row: Vec<usize> = (0..=b.len()).collect();
    for (i, x) in a.chars().enumerate() {
        let mut diagonal = row[0];
        row[0] = i + 1;
        for (j, y) in b.iter().enumerate() {
            let replaced = diagonal + usize::from(x != *y);
            diagonal = row[j + 1];
            row[j + 1] = replaced.min(row[j] + 1).min(diagonal + 1);
        }
    }
    row[b.len()]
}

#[cfg(test)]
mod tests;
