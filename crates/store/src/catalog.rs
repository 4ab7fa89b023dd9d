//! The models this program knows by name.

/// One model of the catalog.
#[derive(Clone, Debug)]
pub struct Entry {
    pub name: String,
    pub aliases: Vec<String>,
    pub title: String,
    pub description: String,
    pub licence: String,
    pub size_bytes: u64,
    pub sha256: String,
    /// Longest sequence in tokens.
    pub context: u32,
}

/// All entries, the default model first.
pub fn entries() -> &'static [Entry] {
    &[]
}

/// The entry of this name or alias.
pub fn find(name: &str) -> Option<&'static Entry> {
    entries()
        .iter()
        .find(|e| e.name == name || e.aliases.iter().any(|a| a == name))
}
