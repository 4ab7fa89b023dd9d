//! Words that are banned from the code, each with what to write instead.

use super::{File, Finding};

/// A banned word, where it is allowed, whether tests may use it, and what to
/// write instead.
struct Ban {
    word: &'static str,
    allowed: &'static [&'static str],
    in_tests: bool,
    instead: &'static str,
}

/// The words are put together here so that this file does not hold them.
const BANS: &[Ban] = &[
    Ban {
        word: concat!(".unwrap", "()"),
        allowed: &[],
        in_tests: true,
        instead: "`?`, or `expect` with the reason it cannot fail",
    },
    Ban {
        word: concat!("dbg", "!("),
        allowed: &[],
        in_tests: false,
        instead: "nothing",
    },
    Ban {
        word: concat!("todo", "!("),
        allowed: &[],
        in_tests: false,
        instead: "the code, or an error that says what is not supported",
    },
    Ban {
        word: concat!("unimplemented", "!("),
        allowed: &[],
        in_tests: false,
        instead: "the code, or an error that says what is not supported",
    },
    Ban {
        word: concat!("allow(dead", "_code)"),
        allowed: &[],
        in_tests: false,
        instead: "no dead code",
    },
    Ban {
        word: concat!("thread::", "sleep"),
        allowed: &[],
        in_tests: false,
        instead: "wait on an event or a condition variable; take time as an argument",
    },
    Ban {
        word: concat!("print", "ln!("),
        allowed: &[
            "crates/lyceum/",
            "crates/xtask/",
            "crates/testkit/",
            // Cargo is told by printing.
            "crates/server/build.rs",
        ],
        in_tests: true,
        instead: "return it: only the program prints",
    },
    Ban {
        word: concat!("TO", "DO"),
        allowed: &[],
        in_tests: false,
        instead: "the code; what is left out stands in the module's doc",
    },
    Ban {
        word: concat!("FIX", "ME"),
        allowed: &[],
        in_tests: false,
        instead: "the fix",
    },
];

/// Banned words in Rust files.
pub(super) fn banned(files: &[File]) -> Vec<Finding> {
    let mut findings = Vec::new();
    for file in files.iter().filter(|f| f.is_rust()) {
        let code = file.code().count();
        for ban in BANS {
            if ban
                .allowed
                .iter()
                .any(|prefix| file.path.starts_with(prefix))
            {
                continue;
            }
            let end = if ban.in_tests { code } else { usize::MAX };
            for (number, line) in file.lines().take(end) {
                // A doc example is not code of ours, but it is an example.
                if line.contains(ban.word) {
                    let message = format!("`{}`: write {}", ban.word, ban.instead);
                    findings.push(Finding::new(file, number, message));
                }
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
    fn every_banned_word_is_found_in_code() {
        for ban in BANS {
            let text = format!("fn a() {{\n    x{}\n}}\n", ban.word);
            let found = banned(&files(&[("crates/x/src/a.rs", &text)]));
            assert_eq!(found.len(), 1, "{}", ban.word);
            assert_eq!(found[0].line, 2);
        }
    }

    #[test]
    fn tests_may_unwrap_but_not_sleep() {
        let (unwrap, sleep) = (concat!("x.unwrap", "();"), concat!("thread::", "sleep(d);"));
        let text = format!("#[cfg(test)]\nmod tests {{\n    {unwrap}\n    {sleep}\n}}\n");
        let found = banned(&files(&[("crates/x/src/a.rs", &text)]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].line, 4);
    }

    #[test]
    fn only_the_program_prints() {
        let text = concat!("fn a() { eprint", "ln!(); }\n");
        let found = banned(&files(&[
            ("crates/lyceum/src/a.rs", text),
            ("crates/engine/src/a.rs", text),
        ]));
        assert_eq!(found.len(), 1);
        assert_eq!(found[0].path, "crates/engine/src/a.rs");
    }
}
