//! The package registries, by their own JSON.
//!
//! Python: the simple API as JSON, <https://peps.python.org/pep-0691/>.
//! npm: the package document,
//! <https://github.com/npm/registry/blob/main/docs/responses/package-metadata.md>.
//!
//! Which registry to ask is the machine's business: the variables that pip and
//! npm read, else what the clients themselves say.

use std::process::Command;

use base64::Engine;
use base64::engine::general_purpose::STANDARD as BASE64;
use serde_json::Value;

use super::archive::Packing;
use super::fetch::Checksum;
use super::net::{Net, Remote};
use crate::StoreError;
use crate::catalog::Registry;

const SIMPLE_JSON: &str = "application/vnd.pypi.simple.v1+json";
const NPM_JSON: &str = "application/vnd.npm.install-v1+json, application/json;q=0.8";

/// A package file, and how it is packed.
pub(super) struct Package {
    pub(super) remote: Remote,
    pub(super) packing: Packing,
    pub(super) licence: Option<String>,
}

/// Finds `package` in its registry; without `version` the latest.
pub(super) fn find(
    net: &Net,
    registry: Registry,
    package: &str,
    version: Option<&str>,
) -> Result<Package, StoreError> {
    match registry {
        Registry::PyPi => {
            let index = net
                .pypi
                .clone()
                .or_else(python_index)
                .ok_or(StoreError::NoClient {
                    registry: "Python",
                    client: "python3 with pip",
                    variable: "PIP_INDEX_URL",
                })?;
            python(net, &index, package, version)
        }
        Registry::Npm => {
            let index = net
                .npm
                .clone()
                .or_else(npm_registry)
                .ok_or(StoreError::NoClient {
                    registry: "npm",
                    client: "npm",
                    variable: "NPM_CONFIG_REGISTRY",
                })?;
            npm(net, &index, package, version)
        }
    }
}

fn variable(name: &str) -> Option<String> {
    std::env::var(name).ok().and_then(|value| address(&value))
}

/// What a program prints, when it succeeds.
fn output(program: &str, arguments: &[&str]) -> Option<String> {
    // Wide enough that no address is broken over two lines.
    let output = Command::new(program)
        .args(arguments)
        .env("COLUMNS", "400")
        .output()
        .ok()?;
    output
        .status
        .success()
        .then(|| String::from_utf8_lossy(&output.stdout).into_owned())
}

fn address(text: &str) -> Option<String> {
    let text = text.trim().trim_end_matches('/');
    (text.starts_with("http://") || text.starts_with("https://")).then(|| text.to_owned())
}

fn python_index() -> Option<String> {
    variable("PIP_INDEX_URL")
        .or_else(|| {
            let set = output(
                "python3",
                &["-m", "pip", "config", "get", "global.index-url"],
            );
            address(&set?)
        })
        .or_else(|| default_index(&output("python3", &["-m", "pip", "download", "--help"])?))
}

/// The default of `--index-url` in pip's help.
fn default_index(help: &str) -> Option<String> {
    let words: Vec<&str> = help.split_whitespace().collect();
    let option = words.iter().position(|word| *word == "--index-url")?;
    let default = option
        + words[option..]
            .iter()
            .position(|word| *word == "(default")?;
    address(words.get(default + 1)?.trim_end_matches(['.', ')']))
}

fn npm_registry() -> Option<String> {
    variable("NPM_CONFIG_REGISTRY")
        .or_else(|| variable("npm_config_registry"))
        .or_else(|| address(&output("npm", &["config", "get", "registry"])?))
}

/// Moves `user:password@` of an address into an `Authorization` header.
fn remote(what: &str, url: &str) -> Remote {
    if let Some((scheme, rest)) = url.split_once("://") {
        let host_end = rest.find('/').unwrap_or(rest.len());
        if let Some(at) = rest[..host_end].rfind('@') {
            let mut remote = Remote::new(what, format!("{scheme}://{}", &rest[at + 1..]));
            let secret = BASE64.encode(unescape(&rest[..at]));
            remote.authorization = Some(format!("Basic {secret}"));
            return remote;
        }
    }
    Remote::new(what, url)
}

/// Replaces `%40` and its like.
fn unescape(text: &str) -> Vec<u8> {
    let bytes = text.as_bytes();
    let mut out = Vec::with_capacity(bytes.len());
    let mut at = 0;
    while at < bytes.len() {
        let code = (bytes[at] == b'%')
            .then(|| text.get(at + 1..at + 3))
            .flatten();
        match code.and_then(|code| u8::from_str_radix(code, 16).ok()) {
            Some(byte) => (out.push(byte), at += 3),
            None => (out.push(bytes[at]), at += 1),
        };
    }
    out
}

fn bad(what: &str, wanted: &'static str, got: impl ToString) -> StoreError {
    StoreError::BadAnswer {
        what: what.into(),
        wanted,
        got: got.to_string(),
    }
}

/// A 404 of a registry means that it has no such package.
fn no_package(registry: &'static str, package: &str) -> impl Fn(StoreError) -> StoreError {
    let package = package.to_owned();
    move |error| match error {
        StoreError::Status { status: 404, .. } => StoreError::NoPackage {
            registry,
            package: package.clone(),
            versions: Vec::new(),
        },
        error => error,
    }
}

fn python(
    net: &Net,
    index: &str,
    package: &str,
    version: Option<&str>,
) -> Result<Package, StoreError> {
    let registry = "the Python index";
    // https://peps.python.org/pep-0503/#normalized-names
    let name = package.to_lowercase().replace(['_', '.'], "-");
    let page = remote(&format!("pypi:{package}"), &format!("{index}/{name}/"));
    let (document, base) = net
        .json(&page, SIMPLE_JSON)
        .map_err(no_package(registry, package))?;
    let files = document["files"]
        .as_array()
        .ok_or_else(|| bad(&page.what, "a list \"files\"", &document["files"]))?;
    let Some((of, file, packing)) = best(files, &name, version) else {
        let mut versions: Vec<&str> = files
            .iter()
            .filter_map(|file| file_version(file["filename"].as_str()?, &name))
            .collect();
        versions.sort_by_key(|version| order(version));
        versions.dedup();
        return Err(StoreError::NoPackage {
            registry,
            package: version.map_or(package.into(), |v| format!("{package}=={v}")),
            versions: versions.into_iter().map(str::to_owned).collect(),
        });
    };
    let what = format!("pypi:{package}=={of}");
    let url = file["url"]
        .as_str()
        .ok_or_else(|| bad(&what, "a \"url\"", &file["url"]))?;
    let sha256 = file["hashes"]["sha256"]
        .as_str()
        .ok_or_else(|| bad(&what, "a \"sha256\" among the hashes", &file["hashes"]))?;
    let mut file_at = remote(&what, &join(&base.to_string(), url));
    file_at.size = file["size"].as_u64();
    file_at.checksum = Some(Checksum::Sha256(sha256.to_lowercase()));
    if file_at.authorization.is_none() && same_host(&file_at.url, &page.url) {
        file_at.authorization = page.authorization;
    }
    Ok(Package {
        remote: file_at,
        packing,
        licence: None,
    })
}

/// Of the files of a package that of the wanted version, or of the latest one
/// that was not withdrawn: its version, its entry, how it is packed.
///
/// A wheel for every machine comes before any wheel, and that before an sdist.
fn best<'a>(
    files: &'a [Value],
    name: &str,
    version: Option<&str>,
) -> Option<(&'a str, &'a Value, Packing)> {
    let usable = files.iter().filter_map(|file| {
        let file_name = file["filename"].as_str()?;
        let packing = Packing::of(file_name)?;
        let of = file_version(file_name, name)?;
        let yanked = !matches!(file["yanked"], Value::Null | Value::Bool(false));
        let wanted = version.map_or(!yanked, |version| version == of);
        wanted.then_some((of, file, packing))
    });
    usable.max_by_key(|(of, file, packing)| {
        let any = file["filename"]
            .as_str()
            .is_some_and(|name| name.ends_with("-any.whl"));
        (order(of), any, *packing == Packing::Zip)
    })
}

fn npm(
    net: &Net,
    index: &str,
    package: &str,
    version: Option<&str>,
) -> Result<Package, StoreError> {
    let registry = "the npm registry";
    let page = remote(
        &format!("npm:{package}"),
        &format!("{index}/{}", package.replace('/', "%2f")),
    );
    let (document, base) = net
        .json(&page, NPM_JSON)
        .map_err(no_package(registry, package))?;
    let version = version
        .or(document["dist-tags"]["latest"].as_str())
        .unwrap_or("latest");
    let what = format!("npm:{package}@{version}");
    let Some(found) = document["versions"].get(version) else {
        let versions = document["versions"]
            .as_object()
            .map_or(Vec::new(), |versions| versions.keys().cloned().collect());
        let package = format!("{package}@{version}");
        return Err(StoreError::NoPackage {
            registry,
            package,
            versions,
        });
    };
    let dist = &found["dist"];
    let url = dist["tarball"]
        .as_str()
        .ok_or_else(|| bad(&what, "a \"tarball\"", dist))?;
    let mut file = remote(&what, &join(&base.to_string(), url));
    file.checksum = Some(
        npm_checksum(dist).ok_or_else(|| bad(&what, "an \"integrity\" or a \"shasum\"", dist))?,
    );
    Ok(Package {
        remote: file,
        packing: Packing::TarGz,
        licence: found["license"].as_str().map(str::to_owned),
    })
}

/// `sha512-…` in base64, else the older hexadecimal SHA-1.
fn npm_checksum(dist: &Value) -> Option<Checksum> {
    let strong = dist["integrity"].as_str().and_then(|list| {
        let coded = list
            .split_whitespace()
            .find_map(|one| one.strip_prefix("sha512-"))?;
        let bytes = BASE64
            .decode(coded)
            .ok()
            .filter(|bytes| bytes.len() == 64)?;
        Some(Checksum::Sha512(crate::folder::hex(&bytes)))
    });
    strong.or_else(|| Some(Checksum::Sha1(dist["shasum"].as_str()?.to_lowercase())))
}

/// The version in `name-1.0-py3-none-any.whl` or `name-1.0.tar.gz`.
fn file_version<'a>(file: &'a str, name: &str) -> Option<&'a str> {
    if let Some(wheel) = file.strip_suffix(".whl") {
        return wheel.split('-').nth(1);
    }
    let sdist = file
        .strip_suffix(".tar.gz")
        .or_else(|| file.strip_suffix(".zip"))?;
    let head = sdist.get(..name.len())?;
    let same = head.to_lowercase().replace(['_', '.'], "-") == name;
    same.then(|| sdist[name.len()..].strip_prefix('-'))
        .flatten()
}

/// Releases before pre-releases, then by the numbers. Local versions and the
/// finer points of <https://peps.python.org/pep-0440/> are left out.
type Order = (bool, Vec<u64>);

fn order(version: &str) -> Order {
    let lower = version.to_lowercase();
    let release = !["a", "b", "rc", "dev", "alpha", "beta"]
        .iter()
        .any(|mark| lower.contains(mark));
    let mut numbers: Vec<u64> = lower
        .split(|c: char| !c.is_ascii_digit())
        .filter_map(|digits| digits.parse().ok())
        .collect();
    while numbers.last() == Some(&0) {
        numbers.pop();
    }
    (release, numbers)
}

/// Resolves `reference` against the address of the page it stands in.
fn join(base: &str, reference: &str) -> String {
    let reference = reference.split('#').next().unwrap_or(reference);
    if reference.contains("://") {
        return reference.into();
    }
    let (scheme, rest) = base.split_once("://").unwrap_or(("https", base));
    if let Some(rest) = reference.strip_prefix("//") {
        return format!("{scheme}://{rest}");
    }
    let rest = rest.split(['?', '#']).next().unwrap_or(rest);
    let (host, path) = rest.split_at(rest.find('/').unwrap_or(rest.len()));
    let mut segments: Vec<&str> = match reference.starts_with('/') {
        true => Vec::new(),
        false => path
            .rsplit_once('/')
            .map_or("", |(folder, _)| folder)
            .split('/')
            .collect(),
    };
    segments.retain(|segment| !segment.is_empty());
    for segment in reference.split('/').filter(|segment| !segment.is_empty()) {
        match segment {
            "." => {}
            ".." => drop(segments.pop()),
            segment => segments.push(segment),
        }
    }
    format!("{scheme}://{host}/{}", segments.join("/"))
}

fn same_host(a: &str, b: &str) -> bool {
    let host = |url: &str| url.splitn(4, '/').take(3).collect::<Vec<_>>().join("/");
    host(a) == host(b)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_joined_as_a_browser_would() {
        for (base, reference, want) in [
            (
                "http://h/simple/p/",
                "http://o/f.whl#sha256=1",
                "http://o/f.whl",
            ),
            ("http://h/simple/p/", "f.whl", "http://h/simple/p/f.whl"),
            (
                "http://h/simple/p/",
                "../../files/f.whl",
                "http://h/files/f.whl",
            ),
            ("http://h/simple/p/?x", "/f.whl", "http://h/f.whl"),
            ("https://h/simple/p", "//o/f.whl", "https://o/f.whl"),
            ("http://h", "../../f.whl", "http://h/f.whl"),
        ] {
            assert_eq!(join(base, reference), want);
        }
    }

    #[test]
    fn the_latest_release_wins_over_later_pre_releases() {
        let mut versions = ["1.10.0", "1.9", "2.0rc1", "0.1.2", "1.10.1.dev3", "1.10"];
        versions.sort_by_key(|version| order(version));
        assert_eq!(versions[5], "1.10");
        assert_eq!(versions[2], "0.1.2");
        assert_eq!(order("1.10"), order("1.10.0"));
    }

    #[test]
    fn versions_are_read_from_file_names() {
        assert_eq!(file_version("a_b-1.0-py3-none-any.whl", "a-b"), Some("1.0"));
        assert_eq!(file_version("a_b-1.0.tar.gz", "a-b"), Some("1.0"));
        assert_eq!(file_version("a-b-2.0.tar.gz", "a-b"), Some("2.0"));
        assert_eq!(file_version("other-2.0.tar.gz", "a-b"), None);
        assert_eq!(file_version("ä-2.0.tar.gz", "a"), None);
    }

    #[test]
    fn the_default_index_is_read_from_the_help_of_pip() {
        let help = "  -i, --index-url <url>  Base URL of the Index\n   (default\n  \
                    http://index.test/simple). This should --extra-index-url (default x)";
        assert_eq!(
            default_index(help).as_deref(),
            Some("http://index.test/simple")
        );
        assert_eq!(default_index("no such option"), None);
    }

    #[test]
    fn a_password_in_an_address_becomes_a_header() {
        let remote = remote("x", "http://me:p%40ss@h.test/simple/x/");
        assert_eq!(remote.url, "http://h.test/simple/x/");
        assert_eq!(remote.authorization.as_deref(), Some("Basic bWU6cEBzcw=="));
        assert_eq!(
            super::super::net::shown("http://me:pw@h.test/a?token=1"),
            "http://h.test/a"
        );
    }
}
