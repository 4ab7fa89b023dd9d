//! How long lines, functions, files and crates may be. Tests don't count.

use std::collections::BTreeMap;

use super::{File, Finding};

const LINE: usize = 100;
/// A line with a word as long as this is an address or a pattern, which would
/// not be easier to read in two parts.
const WORD: usize = 60;
const FUNCTION: usize = 70;
const FILE_SOFT: usize = 400;
const FILE_HARD: usize = 600;

/// Lines per crate: growing beyond is a decision, not an accident.
const CRATES: &[(&str, usize)] = &[
    ("kernels", 11_000),
    ("tensor", 4_000),
    ("models", 6_000),
    ("text", 5_000),
    ("engine", 6_000),
    ("api", 4_500),
    // With what the pages need beside OpenAI's API.
    ("server", 9_000),
    ("store", 6_000),
    ("lyceum", 6_500),
    ("testkit", 1_000),
    ("xtask", 5_000),
];

/// Everything that is larger than its limit and than its line in the ratchet.
pub(super) fn check(files: &[File], ratchet: &str) -> Vec<Finding> {
    let allowed = parse(ratchet);
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| f.is_rust()) {
        for (number, line) in file.lines() {
            let width = line.chars().count();
            let longest = line.split(' ').map(str::len).max().unwrap_or(0);
            if width > LINE && longest < WORD {
                let message = format!("{width} columns, at most {LINE}");
                findings.push(Finding::new(file, number, message));
            }
        }
        for (number, name, lines) in oversized(file) {
            let limit = if name.is_empty() { FILE_SOFT } else { FUNCTION };
            let recorded = allowed.get(&(file.path.as_str(), name)).copied();
            if lines > recorded.unwrap_or(0) {
                let what = if name.is_empty() {
                    "the file".to_string()
                } else {
                    format!("`{name}`")
                };
                let limit = recorded.unwrap_or(limit);
                let message = format!("{what} has {lines} lines, at most {limit}: split it");
                findings.push(Finding::new(file, number, message));
            }
        }
        let lines = file.code().count();
        if lines > FILE_HARD {
            let message = format!("{lines} lines, and no exception beyond {FILE_HARD}: split it");
            findings.push(Finding::new(file, 0, message));
        }
    }
    findings.extend(budgets(files));
    findings
}

/// The text of the ratchet for the sizes that are there.
pub(super) fn ratchet(files: &[File]) -> String {
    let mut text = String::from(
        "# What is longer than its limit (files 400 lines, functions 70), and may only shrink.\n\
         # Written by `cargo xtask tidy --ratchet`.\n",
    );
    for file in files.iter().filter(|f| f.is_rust()) {
        for (_, name, lines) in oversized(file) {
            text += format!("{} {name} {lines}", file.path)
                .replace("  ", " ")
                .as_str();
            text.push('\n');
        }
    }
    text
}

/// (path, function or nothing) to lines.
fn parse(ratchet: &str) -> BTreeMap<(&str, &str), usize> {
    let entry = |line| match str::split(line, ' ').collect::<Vec<_>>()[..] {
        [path, lines] => Some(((path, ""), lines.parse().ok()?)),
        [path, name, lines] => Some(((path, name), lines.parse().ok()?)),
        _ => None,
    };
    let lines = ratchet.lines().filter(|line| !line.starts_with('#'));
    lines.filter_map(entry).collect()
}

/// First line, name (empty for the file itself) and lines of what is too long.
fn oversized(file: &File) -> Vec<(usize, &str, usize)> {
    let mut found = functions(file);
    found.retain(|(_, _, lines)| *lines > FUNCTION);
    let lines = file.code().count();
    if lines > FILE_SOFT {
        found.insert(0, (0, "", lines));
    }
    found
}

/// First line, name and lines of each function. rustfmt closes a body with a
/// brace under the first letter of its declaration.
fn functions(file: &File) -> Vec<(usize, &str, usize)> {
    let code: Vec<(usize, &str)> = file.code().collect();
    let mut found = Vec::new();
    for (at, (number, line)) in code.iter().enumerate() {
        let Some(name) = declared(line) else { continue };
        let indent = line.len() - line.trim_start().len();
        let body = code[at..].iter().position(|(_, l)| {
            let own = l.len() - l.trim_start().len() == indent;
            own && (l.trim_end().ends_with(';') || l.trim_end().ends_with('}'))
        });
        if let Some(last) = body {
            found.push((*number, name, last + 1));
        }
    }
    found
}

/// The name that a line declares as a function.
fn declared(line: &str) -> Option<&str> {
    let (before, after) = line.trim_start().split_once("fn ")?;
    let qualifiers = [
        "pub",
        "pub(crate)",
        "pub(super)",
        "const",
        "async",
        "unsafe",
        "extern",
    ];
    let quoted = |word: &str| word.starts_with('"') && word.ends_with('"');
    let all = before
        .split_whitespace()
        .all(|word| qualifiers.contains(&word) || quoted(word));
    let name = after.split(['(', '<']).next()?;
    let plain = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || c == '_');
    (all && plain).then_some(name)
}

fn budgets(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (package, budget) in CRATES {
        let own = files
            .iter()
            .filter(|f| f.is_rust() && f.package() == Some(package));
        let lines: usize = own.map(|f| f.code().count()).sum();
        if lines > *budget {
            findings.push(Finding {
                path: format!("crates/{package}"),
                line: 0,
                message: format!("{lines} lines, the crate's budget is {budget}"),
            });
        }
    }
    findings
}

#[cfg(test)]
mod tests {
    use super::super::tests::files;
    use super::*;

    fn function(name: &str, lines: usize) -> String {
        let body = "    x();\n".repeat(lines - 2);
        format!("pub(crate) fn {name}<T>(x: T) {{\n{body}}}\n")
    }

    #[test]
    fn a_long_line_is_found_by_its_characters() {
        let text = format!("// {}\n// x{}\n", "é ".repeat(48), "é ".repeat(49));
        let found = check(&files(&[("crates/x/src/a.rs", &text)]), "");
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 2);
    }

    #[test]
    fn a_long_address_may_stand_on_a_long_line() {
        let text = format!("//! See <https://example.org/{}>.\n", "a".repeat(90));
        assert_eq!(check(&files(&[("crates/x/src/a.rs", &text)]), ""), []);
    }

    #[test]
    fn a_long_function_is_found_unless_recorded_and_not_grown() {
        let text = function("ok", 70) + &function("long", 71);
        let files = files(&[("crates/x/src/a.rs", &text)]);
        let found = check(&files, "");
        assert_eq!(found.len(), 1, "{found:?}");
        assert_eq!(found[0].line, 71);
        assert_eq!(check(&files, "crates/x/src/a.rs long 71\n"), []);
        assert_eq!(check(&files, &ratchet(&files)), []);
        assert_eq!(check(&files, "crates/x/src/a.rs long 70\n").len(), 1);
    }

    #[test]
    fn signatures_without_a_body_end_themselves() {
        let text = "trait A {\n    fn a(&self);\n    fn b(\n        &self,\n    ) -> u8;\n}\n";
        let files = files(&[("crates/x/src/a.rs", text)]);
        assert_eq!(functions(&files[0]), [(2, "a", 1), (3, "b", 3)]);
    }

    #[test]
    fn a_long_file_is_found_and_beyond_the_hard_limit_always() {
        let soft = files(&[("crates/x/src/a.rs", &"x\n".repeat(401))]);
        assert_eq!(check(&soft, "").len(), 1);
        assert_eq!(check(&soft, &ratchet(&soft)), []);
        let hard = files(&[("crates/x/src/a.rs", &"x\n".repeat(601))]);
        assert_eq!(check(&hard, &ratchet(&hard)).len(), 1);
    }

    #[test]
    fn tests_do_not_count() {
        let text = "x\n".repeat(400) + "#[cfg(test)]\nmod tests {\n" + &"x\n".repeat(400);
        assert_eq!(check(&files(&[("crates/x/src/a.rs", &text)]), ""), []);
        assert_eq!(check(&files(&[("crates/x/tests/it/a.rs", &text)]), ""), []);
    }

    #[test]
    fn a_crate_beyond_its_budget_is_found() {
        let (package, budget) = CRATES[0];
        let text = "x\n".repeat(FILE_SOFT);
        let paths: Vec<String> = (0..=budget / FILE_SOFT)
            .map(|i| format!("crates/{package}/src/{i}.rs"))
            .collect();
        let given: Vec<_> = paths.iter().map(|p| (p.as_str(), text.as_str())).collect();
        assert_eq!(check(&files(&given[1..]), ""), []);
        assert_eq!(check(&files(&given), "").len(), 1);
    }
}
