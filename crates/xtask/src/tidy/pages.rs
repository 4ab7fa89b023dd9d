//! Whether `ui/dist` was built from the sources that lie beside it, told without Node.

use sha2::{Digest, Sha256};

use super::{File, Finding};

/// What the build reads, as `ui/vite.config.ts` lists it.
const SOURCES: [&str; 6] = [
    "index.html",
    "package-lock.json",
    "public/",
    "src/",
    "svelte.config.js",
    "vite.config.ts",
];

const SUM: &str = "ui/dist/SOURCE";

pub(super) fn built(files: &[File]) -> Vec<Finding> {
    let mut sources: Vec<(&str, &File)> = files.iter().filter_map(source).collect();
    if sources.is_empty() {
        return Vec::new();
    }
    sources.sort_by_key(|(path, _)| *path);
    let mut hash = Sha256::new();
    for (path, file) in sources {
        hash.update(format!("{path}\n{}\n", file.size_bytes));
        hash.update(&file.text);
    }
    let sum: String = hash.finalize().iter().map(|b| format!("{b:02x}")).collect();
    let said = files.iter().find(|file| file.path == SUM);
    match said.is_some_and(|said| said.text.trim() == sum) {
        true => Vec::new(),
        false => vec![Finding {
            path: SUM.to_owned(),
            line: 0,
            message: "ui/dist was built from other sources: `cargo xtask ui build`".to_owned(),
        }],
    }
}

/// The path inside `ui`, if the build reads the file.
fn source(file: &File) -> Option<(&str, &File)> {
    let path = file.path.strip_prefix("ui/")?;
    let read = SOURCES
        .iter()
        .any(|source| path == *source || (source.ends_with('/') && path.starts_with(source)));
    (read && !path.ends_with(".test.ts")).then_some((path, file))
}

#[cfg(test)]
mod tests {
    use super::super::tests::files;
    use super::*;

    #[test]
    fn pages_that_are_not_built_from_their_sources_are_found() {
        assert_eq!(built(&files(&[("README.md", "")])), []);
        // echo -en 'src/a.ts\n1\nx' | sha256sum
        let sum = "5423c36c887e7f1db2feef84d8d4a1218c7597e89999ba1b9ca6a5cbc0366cff";
        let with = |text: &str| {
            built(&files(&[
                ("ui/src/a.ts", text),
                ("ui/src/a.test.ts", "anything"),
                (SUM, sum),
            ]))
        };
        assert_eq!(with("x"), []);
        assert_eq!(with("y").len(), 1);
    }
}
