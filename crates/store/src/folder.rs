//! The installed models.

mod files;
mod import;

use std::collections::{BTreeMap, BTreeSet};
use std::fs::{self, File};
use std::io::{self, Read};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::{SystemTime, UNIX_EPOCH};

use crate::data_dir::make_private;
use crate::record::{RECORD, Record, VERSION};
use crate::{FileRecord, Installed, Progress, StoreError, catalog};
pub(crate) use files::{hex, read_through, sha256};
use files::{sync_folder, write_atomically};
use import::check_kind;
pub(crate) use import::{POOLING, belongs_to_model};

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
        make_private(data).map_err(StoreError::io("create", data))?;
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
        let _lock = self.lock(&name)?;
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

    /// The lock of `name`; an error while another command holds it.
    fn lock(&self, name: &str) -> Result<File, StoreError> {
        self.try_lock(name)?
            .ok_or_else(|| StoreError::Busy { name: name.into() })
    }

    /// The lock of `name`; `None` while another command holds it.
    pub(crate) fn try_lock(&self, name: &str) -> Result<Option<File>, StoreError> {
        // No model's name starts with a dot.
        let locks = self.partial.join(".locks");
        fs::create_dir_all(&locks).map_err(StoreError::io("create", &locks))?;
        let path = locks.join(name);
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
        progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
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
                None => sha256(&path, size_bytes, &name, progress)?,
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
            catalog: entry.map(|e| (e.name.clone(), e.size_bytes())),
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
