//! What tracked files must not name, and what must be said beside what is
//! there: where a fixture comes from, why a dependency is needed.

use std::collections::BTreeSet;

use super::{File, Finding};

/// Hosts of package registries: a machine's own clients know theirs, and ours
/// asks them. Put together here so that this file does not name them.
const REGISTRIES: &[&str] = &[
    concat!("pypi", ".org"),
    concat!("python", "hosted", ".org"),
    concat!("registry.", "npm", "js.org"),
    concat!("registry.yarnpkg", ".com"),
    concat!("static.crates", ".io"),
    concat!("index.crates", ".io"),
];

/// Folders that exist on somebody's machine only.
const MACHINE: &[&str] = &[
    concat!("/wo", "rk/"),
    concat!("/ro", "ot/"),
    concat!("/ho", "me/"),
    concat!("/Us", "ers/"),
    concat!("/tm", "p/"),
];

/// Directory and file names that only `store` may know.
const DATA_DIRECTORY: &[&str] = &[concat!("\"part", "ial\""), concat!("\"model", ".json\"")];

const FIXTURES_MOST_BYTES: usize = 20 << 20;

/// Registry hosts, absolute paths, and the data directory's layout.
pub(super) fn places(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    // Cargo.lock holds the names that cargo writes.
    for file in files.iter().filter(|f| f.path != "Cargo.lock") {
        for (number, line) in file.lines() {
            if let Some(host) = REGISTRIES.iter().find(|host| line.contains(*host)) {
                let message = format!("`{host}`: ask the machine's own client for its registry");
                findings.push(Finding::new(file, number, message));
            }
            if let Some(folder) = MACHINE.iter().find(|folder| begins_path(line, folder)) {
                let message = format!("`{folder}` is a path of one machine: write a relative one");
                findings.push(Finding::new(file, number, message));
            }
        }
        if file.package() == Some("store") || !file.is_rust() {
            continue;
        }
        for (number, line) in file.code() {
            if let Some(name) = DATA_DIRECTORY.iter().find(|name| line.contains(*name)) {
                let message = format!("{name}: only `store` knows the data directory");
                findings.push(Finding::new(file, number, message));
            }
        }
    }
    findings
}

/// Whether `folder` stands in `line` where a path begins.
fn begins_path(line: &str, folder: &str) -> bool {
    let inside = |c: char| c.is_alphanumeric() || "_-./~}>$*".contains(c);
    line.match_indices(folder)
        .any(|(at, _)| !line[..at].chars().next_back().is_some_and(inside))
}

/// Each kind of fixture says where it comes from.
pub(super) fn fixtures(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let fixtures = || files.iter().filter(|f| f.path.starts_with("fixtures/"));
    let scripts: BTreeSet<&str> = files
        .iter()
        .map(|f| f.path.as_str())
        .filter(|path| path.starts_with("scripts/fixtures/"))
        .collect();
    let mut kinds = BTreeSet::new();
    for file in fixtures() {
        let kind = file.path.split('/').nth(1).unwrap_or_default();
        if !kinds.insert(kind) {
            continue;
        }
        let readme = format!("fixtures/{kind}/README.md");
        let Some(readme) = fixtures().find(|f| f.path == readme) else {
            let message = format!("fixtures/{kind} has no README.md that says who wrote it");
            findings.push(Finding::new(file, 0, message));
            continue;
        };
        let origin = ["by hand", "by fuzzing"]
            .iter()
            .any(|how| readme.text.contains(how));
        if !origin && !scripts.iter().any(|script| readme.text.contains(script)) {
            let message = "names no script under scripts/fixtures/, nor `by hand` or `by fuzzing`";
            findings.push(Finding::new(readme, 0, message));
        }
    }
    let size: usize = fixtures().map(|f| f.size_bytes).sum();
    if let Some(first) = fixtures().next().filter(|_| size > FIXTURES_MOST_BYTES) {
        let message = format!("the fixtures have {size} bytes, at most {FIXTURES_MOST_BYTES}");
        findings.push(Finding::new(first, 0, message));
    }
    findings
}

/// Each dependency stands in the root manifest, with its reason, and is used.
pub(super) fn dependencies(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    let manifests: Vec<&File> = files
        .iter()
        .filter(|f| f.package().is_some() && f.path.ends_with("Cargo.toml"))
        .collect();
    let mut inside = false;
    for file in files.iter().filter(|f| f.path == "Cargo.toml") {
        for (number, line) in file.lines() {
            if line.starts_with('[') {
                inside = line == "[workspace.dependencies]";
                continue;
            }
            let Some((name, value)) = line.split_once(" = ").filter(|_| inside) else {
                continue;
            };
            if name.starts_with('#') || value.contains("path = ") {
                continue;
            }
            if !value.contains(" # ") {
                let message = format!("`{name}` has no reason beside it");
                findings.push(Finding::new(file, number, message));
            }
            let used = format!("{name}.workspace = true");
            let used_in_part = format!("{name} = {{ workspace = true");
            let uses = |f: &&File| f.text.contains(&used) || f.text.contains(&used_in_part);
            if !manifests.iter().any(uses) {
                let message = format!("no crate uses `{name}`");
                findings.push(Finding::new(file, number, message));
            }
        }
    }
    for file in manifests {
        for (number, line) in file.lines() {
            if line.contains("version = \"") || line.contains(" = \"0") {
                let message = "a version of its own: use the workspace's";
                findings.push(Finding::new(file, number, message));
            }
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::files;
    use super::*;

    #[test]
    fn every_registry_and_machine_path_is_found() {
        for host in REGISTRIES {
            let text = format!("see https://{host}/simple");
            assert_eq!(places(&files(&[("README.md", &text)])).len(), 1, "{host}");
        }
        for folder in MACHINE {
            let text = format!("let path = \"{folder}x\";");
            assert_eq!(places(&files(&[("docs/a.md", &text)])).len(), 1, "{folder}");
            let text = format!("target{folder}x and https://host{folder}x");
            assert_eq!(places(&files(&[("docs/a.md", &text)])), [], "{folder}");
        }
    }

    #[test]
    fn the_layout_of_the_data_directory_belongs_to_store() {
        let text = concat!("let d = \"part", "ial\";\n");
        let found = places(&files(&[
            ("crates/store/src/a.rs", text),
            ("crates/lyceum/src/a.rs", text),
        ]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "crates/lyceum/src/a.rs");
    }

    #[test]
    fn fixtures_without_an_origin_are_found() {
        let found = fixtures(&files(&[
            ("fixtures/a/x.bin", ""),
            ("fixtures/b/README.md", "From somewhere."),
            ("fixtures/c/README.md", "Written by scripts/fixtures/c.py"),
            ("fixtures/d/README.md", "Written by hand."),
            (
                "fixtures/e/README.md",
                "Written by scripts/fixtures/gone.py",
            ),
            ("scripts/fixtures/c.py", ""),
        ]));
        let paths: Vec<_> = found.iter().map(|f| f.path.as_str()).collect();
        let want = [
            "fixtures/a/x.bin",
            "fixtures/b/README.md",
            "fixtures/e/README.md",
        ];
        assert_eq!(paths, want);
    }

    #[test]
    fn fixtures_may_not_grow_without_end() {
        let mut files = files(&[("fixtures/a/README.md", "by hand")]);
        assert_eq!(fixtures(&files), []);
        files[0].size_bytes = FIXTURES_MOST_BYTES + 1;
        assert_eq!(fixtures(&files).len(), 1);
    }

    #[test]
    fn dependencies_need_a_reason_and_a_user() {
        let root = "[workspace.dependencies]\na = \"1\" # because\nb = \"1\"\nc = \"1\" # why\n\
                    ours = { path = \"crates/ours\" }\n";
        let found = dependencies(&files(&[
            ("Cargo.toml", root),
            (
                "crates/x/Cargo.toml",
                "[dependencies]\na.workspace = true\nb.workspace = true\n",
            ),
            (
                "crates/y/Cargo.toml",
                "[dependencies]\nd = { version = \"2\" }\n",
            ),
        ]));
        let lines: Vec<_> = found.iter().map(|f| (f.path.as_str(), f.line)).collect();
        assert_eq!(
            lines,
            [
                ("Cargo.toml", 3),
                ("Cargo.toml", 4),
                ("crates/y/Cargo.toml", 2)
            ]
        );
    }
}
