//! The outside world of a pull: HTTP, the clock, the disk. Tests bring their own.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;
use std::time::Duration;

use serde_json::Value;
use ureq::http::{Response, Uri};
use ureq::tls::{RootCerts, TlsConfig};
use ureq::{Agent, Body, ResponseExt};

use super::Progress;
use super::meter::Meter;
use crate::StoreError;

/// Waits between attempts.
pub(super) trait Clock {
    fn wait(&self, time: Duration);
}

/// Writes and counts free bytes.
pub(super) trait Disk {
    /// Bytes free for this user on the disk that holds `path`.
    fn free(&self, path: &Path) -> io::Result<u64>;
    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()>;
}

struct WallClock;

impl Clock for WallClock {
    fn wait(&self, time: Duration) {
        // May wake early, which only makes an attempt come sooner.
        std::thread::park_timeout(time);
    }
}

struct RealDisk;

impl Disk for RealDisk {
    fn free(&self, path: &Path) -> io::Result<u64> {
        fs4::available_space(path)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        file.write_all(bytes)
    }
}

/// Where things are asked for, and with what patience.
pub(super) struct Net {
    agent: Agent,
    pub(super) clock: Box<dyn Clock>,
    pub(super) disk: Box<dyn Disk>,
    /// Address of the hub, without a slash at the end.
    pub(super) hub: String,
    pub(super) hub_token: Option<String>,
    /// Addresses of the registries; asked of their clients when `None`.
    pub(super) pypi: Option<String>,
    pub(super) npm: Option<String>,
    /// Attempts in a row that bring no byte before a download gives up.
    pub(super) attempts: u32,
}

/// Answers that are read whole: the longest package documents have some MB.
const MAX_JSON: u64 = 64 << 20;

/// A file to fetch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Remote {
    /// What it is, for messages.
    pub(super) what: String,
    pub(super) url: String,
    pub(super) size: Option<u64>,
    pub(super) checksum: Option<super::fetch::Checksum>,
    /// The value of the `Authorization` header.
    pub(super) authorization: Option<String>,
    /// Another source follows: do not wait long for this one.
    pub(super) impatient: bool,
}

impl Net {
    /// The network as the environment sets it up: `HTTPS_PROXY`, `NO_PROXY`,
    /// `SSL_CERT_FILE` or the system's certificates, `HF_ENDPOINT`, `HF_TOKEN`.
    pub(super) fn from_env() -> Self {
        let variable = |name: &str| std::env::var(name).ok().filter(|v| !v.trim().is_empty());
        let hub = variable("HF_ENDPOINT").unwrap_or_else(|| "https://huggingface.co".into());
        Self {
            agent: agent(Duration::from_secs(30)),
            clock: Box::new(WallClock),
            disk: Box::new(RealDisk),
            hub: hub.trim_end_matches('/').to_string(),
            hub_token: variable("HF_TOKEN"),
            pypi: None,
            npm: None,
            attempts: 5,
        }
    }

    /// A network for tests: `address` is hub and registries at once.
    #[cfg(test)]
    pub(super) fn local(
        address: &str,
        patience: Duration,
        clock: Box<dyn Clock>,
        disk: Option<Box<dyn Disk>>,
    ) -> Self {
        Self {
            agent: agent(patience),
            clock,
            disk: disk.unwrap_or_else(|| Box::new(RealDisk)),
            hub: address.into(),
            hub_token: None,
            pypi: Some(format!("{address}/simple")),
            npm: Some(format!("{address}/npm")),
            attempts: 3,
        }
    }

    /// Waits, and asks often enough that a user who wants to stop does not notice.
    pub(super) fn wait(&self, time: Duration, meter: &mut Meter) -> Result<(), StoreError> {
        const SLICE: Duration = Duration::from_millis(500);
        let mut left = time;
        while !left.is_zero() {
            meter.send(Progress::Waiting)?;
            let slice = left.min(SLICE);
            self.clock.wait(slice);
            left -= slice;
        }
        meter.send(Progress::Waiting)
    }

    /// One GET. Statuses are the caller's business.
    pub(super) fn get(
        &self,
        remote: &Remote,
        headers: &[(&str, String)],
    ) -> Result<Response<Body>, StoreError> {
        let mut request = self.agent.get(&remote.url);
        for (name, value) in headers {
            request = request.header(*name, value);
        }
        if let Some(value) = &remote.authorization {
            request = request.header("authorization", value);
        }
        let request = if remote.impatient {
            let short = Some(Duration::from_secs(5));
            request
                .config()
                .timeout_connect(short)
                .timeout_resolve(short)
                .build()
        } else {
            request
        };
        request.call().map_err(|source| StoreError::Unreachable {
            what: remote.what.clone(),
            url: shown(&remote.url),
            source: Box::new(source),
        })
    }

    /// Size of a file by a HEAD request, when the server tells.
    pub(super) fn size(&self, remote: &Remote) -> Result<Option<u64>, StoreError> {
        let mut request = self
            .agent
            .head(&remote.url)
            .header("accept-encoding", "identity");
        if let Some(value) = &remote.authorization {
            request = request.header("authorization", value);
        }
        let short = Some(Duration::from_secs(if remote.impatient { 5 } else { 30 }));
        let request = request
            .config()
            .timeout_connect(short)
            .timeout_resolve(short)
            .build();
        let response = request.call().map_err(|source| StoreError::Unreachable {
            what: remote.what.clone(),
            url: shown(&remote.url),
            source: Box::new(source),
        })?;
        check_status(remote, response.status().as_u16())?;
        Ok(response
            .headers()
            .get("content-length")
            .and_then(|v| v.to_str().ok()?.parse().ok())
            .filter(|&size| size > 0))
    }

    /// A JSON document and the address it came from in the end.
    pub(super) fn json(&self, remote: &Remote, accept: &str) -> Result<(Value, Uri), StoreError> {
        let mut attempt = 0;
        let response = loop {
            attempt += 1;
            let last = remote.impatient || attempt >= self.attempts.min(3);
            match self.get(remote, &[("accept", accept.into())]) {
                Ok(response) if !worth_retrying(response.status().as_u16()) || last => {
                    break response;
                }
                Err(error) if last => return Err(error),
                Ok(_) | Err(_) => self.clock.wait(backoff(attempt)),
            }
        };
        check_status(remote, response.status().as_u16())?;
        let uri = response.get_uri().clone();
        let text = response
            .into_body()
            .into_with_config()
            .limit(MAX_JSON)
            .read_to_vec()
            .map_err(|source| StoreError::Unreachable {
                what: remote.what.clone(),
                url: shown(&remote.url),
                source: Box::new(source),
            })?;
        let value = serde_json::from_slice(&text).map_err(|error| StoreError::BadAnswer {
            what: format!("{} at {}", remote.what, shown(&remote.url)),
            wanted: "JSON",
            got: error.to_string(),
        })?;
        Ok((value, uri))
    }
}

impl Remote {
    pub(super) fn new(what: impl Into<String>, url: impl Into<String>) -> Self {
        Self {
            what: what.into(),
            url: url.into(),
            size: None,
            checksum: None,
            authorization: None,
            impatient: false,
        }
    }
}

fn agent(patience: Duration) -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .tls_config(
            TlsConfig::builder()
                .root_certs(RootCerts::PlatformVerifier)
                .build(),
        )
        .timeout_connect(Some(patience.min(Duration::from_secs(15))))
        .timeout_recv_response(Some(patience))
        .timeout_per_read(Some(patience))
        .user_agent(concat!("lyceum/", env!("CARGO_PKG_VERSION")))
        .build()
        .new_agent()
}

/// Success, or the error this status means.
pub(super) fn check_status(remote: &Remote, status: u16) -> Result<(), StoreError> {
    let (what, url) = (remote.what.clone(), shown(&remote.url));
    match status {
        200..=299 => Ok(()),
        401 | 403 => Err(StoreError::Gated { what, url, status }),
        _ => Err(StoreError::Status { what, url, status }),
    }
}

/// The server is busy or broken for the moment.
pub(super) fn worth_retrying(status: u16) -> bool {
    matches!(status, 408 | 425 | 429 | 500..=599)
}

/// Half a second, doubled with each attempt up to 16 s.
pub(super) fn backoff(attempt: u32) -> Duration {
    Duration::from_millis(500 << attempt.saturating_sub(1).min(5))
}

/// An address without what may be secret: the user, the password, the query.
pub(super) fn shown(url: &str) -> String {
    let url = url.split(['?', '#']).next().unwrap_or(url);
    match url.split_once("://") {
        Some((scheme, rest)) => {
            let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
            let host = host.rsplit('@').next().unwrap_or(host);
            format!("{scheme}://{host}{path}")
        }
        None => url.into(),
    }
}
