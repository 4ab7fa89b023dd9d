//! One file over HTTP, with resuming.
//!
//! What has arrived lies in a file of `partial/`, its ETag beside it. The next
//! attempt asks for the rest by `Range`, guarded by `If-Range`, so that a file
//! which changed meanwhile starts anew instead of becoming a mixture. At the
//! end the whole file is read again and its checksum compared.

use std::fs::{self, File, OpenOptions};
use std::io::{self, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

use sha2::{Digest, Sha256, Sha512};
use ureq::Body;
use ureq::http::Response;

use super::meter::Meter;
use super::net::{Net, Remote, backoff, check_status, worth_retrying};
use crate::StoreError;
use crate::folder::{hex, read_through};

/// A checksum some registry promised, in lower-case hexadecimal.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Checksum {
    Sha256(String),
    Sha512(String),
    Sha1(String),
}

/// Why one attempt ended early.
enum Stop {
    /// Worth another attempt.
    Retry(String, Option<Box<StoreError>>),
    /// Not worth one.
    Fail(Box<StoreError>),
}

impl From<StoreError> for Stop {
    fn from(error: StoreError) -> Self {
        Self::Fail(Box::new(error))
    }
}

/// Fetches `remote` into `path`, going on from what is there, and verifies it.
pub(super) fn fetch(
    net: &Net,
    remote: &Remote,
    path: &Path,
    meter: &mut Meter,
) -> Result<(), StoreError> {
    let resumed = length(path) > 0;
    download(net, remote, path, meter)?;
    match verify(remote, path, meter) {
        Err(StoreError::Checksum { .. }) if resumed => {
            // The earlier part may be of another file: once more, from the start.
            meter.note(format!(
                "{}: the part kept from before is bad; fetching again",
                remote.what
            ))?;
            download(net, remote, path, meter)?;
            verify(remote, path, meter)
        }
        done => done,
    }
}

/// Attempts in all, fruitful ones too: a server that closes after each few
/// bytes is given up.
const MAX_ATTEMPTS: u32 = 200;

fn download(net: &Net, remote: &Remote, path: &Path, meter: &mut Meter) -> Result<(), StoreError> {
    let (mut fruitless, mut made) = (0, 0);
    // Bytes that are fetched again after a start anew are no progress.
    let mut most = length(path);
    let attempts = if remote.impatient { 1 } else { net.attempts };
    loop {
        let before = length(path);
        meter.expect(&remote.url, before, remote.size);
        // No bar for a server that may not answer.
        if before > 0 {
            meter.show()?;
        }
        if remote.size == Some(before) && path.exists() {
            return Ok(());
        }
        let (why, error) = match attempt(net, remote, path, meter) {
            Ok(()) => return Ok(()),
            Err(Stop::Fail(error)) => return Err(*error),
            Err(Stop::Retry(why, error)) => (why, error),
        };
        made += 1;
        fruitless = if length(path) > most {
            1
        } else {
            fruitless + 1
        };
        most = most.max(length(path));
        if fruitless >= attempts || made >= MAX_ATTEMPTS {
            let (kept, total) = (length(path), remote.size.unwrap_or(0).max(length(path)));
            let dropped = || StoreError::Dropped {
                what: remote.what.clone(),
                kept,
                total,
            };
            return Err(error
                .filter(|_| kept == 0)
                .map_or_else(dropped, |error| *error));
        }
        meter.note(format!("{}: {why}; trying again", remote.what))?;
        net.wait(backoff(fruitless), meter)?;
    }
}

/// One request and its body.
fn attempt(net: &Net, remote: &Remote, path: &Path, meter: &mut Meter) -> Result<(), Stop> {
    let mut have = length(path);
    let etag = fs::read_to_string(etag_path(path)).ok();
    // Without an ETag and a checksum nothing tells one version from another.
    if have > 0
        && (remote.size.is_some_and(|size| have > size)
            || (etag.is_none() && remote.checksum.is_none()))
    {
        have = 0;
    }
    let mut headers = vec![("accept-encoding", "identity".to_string())];
    if have > 0 {
        headers.push(("range", format!("bytes={have}-")));
        headers.extend(etag.map(|etag| ("if-range", etag)));
    }
    let response = net.get(remote, &headers).map_err(|error| {
        if transient(&error) {
            Stop::Retry("no answer".into(), Some(Box::new(error)))
        } else {
            error.into()
        }
    })?;
    let status = response.status().as_u16();
    if worth_retrying(status) {
        let error = check_status(remote, status).err();
        return Err(Stop::Retry(
            format!("the server answered {status}"),
            error.map(Box::new),
        ));
    }
    let (have, total) = agreed(remote, path, have, &response)?;
    if let (Some(wanted), Some(got)) = (remote.size, total)
        && wanted != got
    {
        let file = remote.what.clone();
        return Err(StoreError::Length { file, wanted, got }.into());
    }
    remember_etag(path, header(&response, "etag"))?;
    meter.expect(&remote.url, have, remote.size.or(total));
    receive(
        net,
        remote,
        path,
        have,
        remote.size.or(total),
        response,
        meter,
    )
}

/// How many of the `have` bytes here stay, and how long the whole file is, by
/// the head of an answer.
fn agreed(
    remote: &Remote,
    path: &Path,
    have: u64,
    response: &Response<Body>,
) -> Result<(u64, Option<u64>), Stop> {
    let status = response.status().as_u16();
    let range = (status == 206).then(|| content_range(response)).flatten();
    match (status, range) {
        (206, Some((start, total))) if start == have => Ok((have, total)),
        (206 | 416, _) if have > 0 => {
            // The server does not have what was asked for: start anew.
            discard(path)?;
            let why = format!("the server answered {status} to a range");
            Err(Stop::Retry(why, None))
        }
        (200, _) => {
            let length = header(response, "content-length");
            Ok((0, length.and_then(|length| length.parse().ok())))
        }
        _ => {
            check_status(remote, status)?;
            Err(StoreError::Status {
                what: remote.what.clone(),
                url: remote.url.clone(),
                status,
            }
            .into())
        }
    }
}

/// Appends the body to the `have` bytes that stay of the file.
fn receive(
    net: &Net,
    remote: &Remote,
    path: &Path,
    have: u64,
    total: Option<u64>,
    response: Response<Body>,
    meter: &mut Meter,
) -> Result<(), Stop> {
    let mut file = OpenOptions::new()
        .create(true)
        .truncate(false)
        .write(true)
        .open(path)
        .map_err(StoreError::io("create", path))?;
    file.set_len(have)
        .and_then(|()| file.seek(SeekFrom::Start(have)))
        .map_err(StoreError::io("write", path))?;
    let mut body = response
        .into_body()
        .into_with_config()
        .limit(u64::MAX)
        .reader();
    let mut buffer = vec![0; 256 << 10];
    let mut done = have;
    loop {
        let read = match body.read(&mut buffer) {
            Ok(read) => read,
            Err(error) => return Err(Stop::Retry(format!("the connection broke: {error}"), None)),
        };
        if read == 0 {
            break;
        }
        done += read as u64;
        if let Some(wanted) = total.filter(|&total| done > total) {
            discard(path)?;
            let file = remote.what.clone();
            return Err(StoreError::Length {
                file,
                wanted,
                got: done,
            }
            .into());
        }
        write(
            net,
            &mut file,
            path,
            &buffer[..read],
            total.unwrap_or(done) - done + read as u64,
        )?;
        meter.expect(&remote.url, done, total);
        meter.show()?;
    }
    match total {
        Some(total) if done < total => Err(Stop::Retry(
            format!("the connection closed at {done} of {total} bytes"),
            None,
        )),
        _ => Ok(()),
    }
}

/// Writes, and tells a full disk from other failures. `needed` bytes are still to come.
pub(super) fn write(
    net: &Net,
    file: &mut File,
    path: &Path,
    bytes: &[u8],
    needed: u64,
) -> Result<(), StoreError> {
    net.disk
        .write(file, bytes)
        .map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => {
                let folder = path.parent().unwrap_or(path).to_path_buf();
                let free = net.disk.free(&folder).unwrap_or(0);
                StoreError::DiskFull {
                    path: folder,
                    needed,
                    free,
                }
            }
            _ => StoreError::io("write", path)(error),
        })
}

/// Compares size and checksum; a bad file is removed.
fn verify(remote: &Remote, path: &Path, meter: &mut Meter) -> Result<(), StoreError> {
    let Some(checksum) = &remote.checksum else {
        return Ok(());
    };
    let size = length(path);
    let (wanted, got) = match checksum {
        Checksum::Sha256(wanted) => (wanted, digest(Sha256::new(), path, size, remote, meter)?),
        Checksum::Sha512(wanted) => (wanted, digest(Sha512::new(), path, size, remote, meter)?),
        Checksum::Sha1(wanted) => (
            wanted,
            digest(sha1::Sha1::new(), path, size, remote, meter)?,
        ),
    };
    if *wanted == got {
        return Ok(());
    }
    discard(path)?;
    Err(StoreError::Checksum {
        file: remote.what.clone(),
        wanted: wanted.clone(),
        got,
    })
}

fn digest<D: Digest>(
    mut hash: D,
    path: &Path,
    size: u64,
    remote: &Remote,
    meter: &mut Meter,
) -> Result<String, StoreError> {
    read_through(path, size, &remote.what, meter.callback(), &mut |bytes| {
        hash.update(bytes)
    })?;
    Ok(hex(&hash.finalize()))
}

/// Whether a failed request may succeed a moment later.
fn transient(error: &StoreError) -> bool {
    let StoreError::Unreachable { source, .. } = error else {
        return false;
    };
    matches!(
        **source,
        ureq::Error::Io(_)
            | ureq::Error::Timeout(_)
            | ureq::Error::ConnectionFailed
            | ureq::Error::HostNotFound
            | ureq::Error::Protocol(_)
    )
}

fn header<'a>(response: &'a Response<Body>, name: &str) -> Option<&'a str> {
    response.headers().get(name)?.to_str().ok()
}

/// First byte and total of `Content-Range: bytes 5-9/10`; the total may be `*`.
fn content_range(response: &Response<Body>) -> Option<(u64, Option<u64>)> {
    let (range, total) = header(response, "content-range")?
        .strip_prefix("bytes ")?
        .split_once('/')?;
    Some((
        range.split_once('-')?.0.trim().parse().ok()?,
        total.trim().parse().ok(),
    ))
}

fn etag_path(path: &Path) -> PathBuf {
    path.with_extension("etag")
}

/// Keeps a strong ETag beside the file; a weak one may not guard a range.
fn remember_etag(path: &Path, etag: Option<&str>) -> Result<(), StoreError> {
    let beside = etag_path(path);
    match etag.filter(|etag| etag.starts_with('"')) {
        Some(etag) => fs::write(&beside, etag).map_err(StoreError::io("write", &beside)),
        None => remove_if_there(&beside),
    }
}

/// Removes a fetched file and what is beside it.
pub(super) fn discard(path: &Path) -> Result<(), StoreError> {
    remove_if_there(&etag_path(path))?;
    remove_if_there(path)
}

fn remove_if_there(path: &Path) -> Result<(), StoreError> {
    match fs::remove_file(path) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => {
            Err(StoreError::io("remove", path)(error))
        }
        _ => Ok(()),
    }
}

pub(super) fn length(path: &Path) -> u64 {
    path.metadata().map_or(0, |metadata| metadata.len())
}
