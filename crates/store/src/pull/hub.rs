//! The model hub: which files a repository has, and which of them to take.
//!
//! <https://huggingface.co/docs/hub/api>: `GET /api/models/{repo}?blobs=true`
//! names each file with its size, and with its SHA-256 when it is a large one.

use serde_json::Value;

use super::fetch::Checksum;
use super::net::{Net, Remote};
use super::{Output, Part};
use crate::StoreError;
use crate::folder::belongs_to_model;

/// Quantisations by preference: small and good first.
const PREFERENCE: [&str; 12] = [
    "q4_k_m", "q4_1", "q4_0", "q4_k_s", "q5_k_m", "q5_k_s", "q8_0", "q6_k", "q3_k_m", "iq4_xs",
    "f16", "bf16",
];

/// A file of a repository at a revision, for a source that knows its checksum.
pub(super) fn file(net: &Net, repo: &str, revision: &str, file: &str) -> Remote {
    let path: Vec<String> = file.split('/').map(escape).collect();
    let url = format!("{}/{repo}/resolve/{revision}/{}", net.hub, path.join("/"));
    let mut remote = Remote::new(format!("hf:{repo}:{file}"), url);
    remote.authorization = net
        .hub_token
        .as_ref()
        .map(|token| format!("Bearer {token}"));
    remote
}

/// What to fetch of `repo`, and its licence.
pub(super) fn find(
    net: &Net,
    repo: &str,
    wanted: Option<&str>,
) -> Result<(Vec<Output>, Option<String>), StoreError> {
    let what = format!("hf:{repo}");
    let mut page = Remote::new(&what, format!("{}/api/models/{repo}?blobs=true", net.hub));
    page.authorization = net
        .hub_token
        .as_ref()
        .map(|token| format!("Bearer {token}"));
    let (document, _) = net
        .json(&page, "application/json")
        .map_err(|error| match error {
            // The hub answers 401 for a repository that does not exist, too.
            StoreError::Gated { what, url, status } => {
                let what = format!("{what} (if it exists)");
                StoreError::Gated { what, url, status }
            }
            error => error,
        })?;
    let files = document["siblings"]
        .as_array()
        .ok_or_else(|| StoreError::BadAnswer {
            what: what.clone(),
            wanted: "a list \"siblings\"",
            got: document["siblings"].to_string(),
        })?;
    let names: Vec<&str> = files
        .iter()
        .filter_map(|file| file["rfilename"].as_str())
        .collect();
    let chosen = choose(&what, &names, wanted)?;
    let revision = document["sha"].as_str().unwrap_or("main");
    let outputs = chosen.into_iter().map(|name| {
        let entry = files
            .iter()
            .find(|file| file["rfilename"] == name)
            .unwrap_or(&Value::Null);
        let mut remote = file(net, repo, revision, name);
        remote.size = entry["lfs"]["size"].as_u64().or(entry["size"].as_u64());
        let sha256 = entry["lfs"]["sha256"].as_str().map(str::to_lowercase);
        remote.checksum = sha256.clone().map(Checksum::Sha256);
        Output {
            file: super::plain(name),
            size: remote.size,
            sha256,
            parts: vec![Part {
                remote,
                packed: None,
            }],
        }
    });
    let licence = document["cardData"]["license"].as_str().map(str::to_owned);
    Ok((outputs.collect(), licence))
}

/// The files to take: the one that was asked for, else the preferred GGUF,
/// else the safetensors with what belongs to them.
fn choose<'a>(
    what: &str,
    names: &[&'a str],
    wanted: Option<&str>,
) -> Result<Vec<&'a str>, StoreError> {
    let missing = |wanted: String| StoreError::NoMember {
        what: what.into(),
        wanted,
        members: names
            .iter()
            .take(20)
            .map(|name| (*name).to_owned())
            .collect(),
    };
    if let Some(wanted) = wanted {
        let found = names.iter().find(|name| **name == wanted);
        return found
            .map(|name| vec![*name])
            .ok_or_else(|| missing(wanted.into()));
    }
    let whole = |name: &&str| {
        let lower = name.to_lowercase();
        lower.ends_with(".gguf") && !lower.contains("-of-") && !lower.contains("mmproj")
    };
    let ggufs: Vec<&str> = names.iter().copied().filter(whole).collect();
    let preferred = PREFERENCE.iter().find_map(|quantisation| {
        ggufs
            .iter()
            .find(|name| name.to_lowercase().contains(quantisation))
    });
    if let Some(name) = preferred.or(ggufs.first()) {
        return Ok(vec![name]);
    }
    let taken: Vec<&str> = names
        .iter()
        .copied()
        .filter(|name| belongs_to_model(name))
        .collect();
    let weights = taken.iter().any(|name| name.ends_with(".safetensors"));
    if weights && taken.contains(&"config.json") {
        return Ok(taken);
    }
    Err(missing(
        "GGUF file, and no config.json with *.safetensors".into(),
    ))
}

/// Percent-encodes what may not stand in a path.
fn escape(segment: &str) -> String {
    let mut out = String::with_capacity(segment.len());
    for byte in segment.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~+@".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_preferred_quantisation_is_chosen() {
        let pick = |names: &[&str]| -> Vec<String> {
            choose("r", names, None)
                .unwrap()
                .iter()
                .map(|n| n.to_string())
                .collect()
        };
        assert_eq!(
            pick(&["m-Q8_0.gguf", "m-Q4_0.gguf", "m-Q4_K_M.gguf"]),
            ["m-Q4_K_M.gguf"]
        );
        assert_eq!(
            pick(&["m-Q8_0.gguf", "m.Q4_1.gguf", "README.md"]),
            ["m.Q4_1.gguf"]
        );
        assert_eq!(pick(&["mmproj-q4_0.gguf", "m-q8_0.gguf"]), ["m-q8_0.gguf"]);
        assert_eq!(pick(&["odd.gguf"]), ["odd.gguf"]);
        let folder = ["config.json", "model.safetensors", "tokenizer.json"];
        assert_eq!(
            pick(&[&folder[..], &["x.bin", "onnx/model.onnx"]].concat()),
            folder
        );
        let error = choose("r", &["pytorch_model.bin"], None).unwrap_err();
        assert!(error.hint().unwrap().contains("pytorch_model.bin"));
        assert!(choose("r", &["a.gguf"], Some("b.gguf")).is_err());
    }

    #[test]
    fn a_path_is_escaped() {
        assert_eq!(escape("a b%#é.gguf"), "a%20b%25%23%C3%A9.gguf");
    }
}
