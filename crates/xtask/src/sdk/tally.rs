//! How many tests of a suite ran, read off its summary.

use std::fmt;
use std::ops::AddAssign;

#[derive(Default, Debug, PartialEq, Clone, Copy)]
pub(super) struct Tally {
    pub(super) passed: usize,
    failed: usize,
    skipped: usize,
    /// Listed, with a reason, in `scripts/sdk/deselected.txt`.
    deselected: usize,
}

impl Tally {
    /// Looks for pytest's `3 failed, 17 passed in 4.39s` and Node's `# pass 12`.
    pub(super) fn see(&mut self, line: &str) {
        if let Some(rest) = line.strip_prefix("# ") {
            if let Some((word, Ok(count))) = rest.split_once(' ').map(|(w, n)| (w, n.parse())) {
                self.add(word, count);
            }
            return;
        }
        let Some((counts, _)) = line.trim_matches(['=', ' ']).split_once(" in ") else {
            return;
        };
        let pairs: Option<Vec<(&str, usize)>> = counts
            .split(", ")
            .map(|part| {
                part.split_once(' ')
                    .and_then(|(n, w)| Some((w, n.parse().ok()?)))
            })
            .collect();
        for (word, count) in pairs.into_iter().flatten() {
            self.add(word, count);
        }
    }

    fn add(&mut self, word: &str, count: usize) {
        match word {
            "passed" | "pass" | "xfailed" => self.passed += count,
            "failed" | "fail" | "cancelled" | "error" | "errors" | "xpassed" => {
                self.failed += count;
            }
            "skipped" | "todo" => self.skipped += count,
            "deselected" => self.deselected += count,
            _ => {}
        }
    }
}

impl AddAssign for Tally {
    fn add_assign(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
        self.deselected += other.deselected;
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            passed,
            failed,
            skipped,
            deselected,
        } = self;
        write!(f, "{passed} passed, {failed} failed, {skipped} skipped, ")?;
        write!(f, "{deselected} deselected")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pytests_and_nodes_summaries_are_counted() {
        let mut tally = Tally::default();
        tally.see("3 failed, 17 passed, 2 skipped, 5 deselected, 1 error in 4.39s");
        tally.see("===== 10 passed in 1.20s =====");
        tally.see("# pass 12");
        tally.see("# fail 1");
        tally.see("# duration_ms 123.4");
        tally.see("a test says 5 passed, and then fails in 3 ways");
        let want = Tally {
            passed: 17 + 10 + 12,
            failed: 3 + 1 + 1,
            skipped: 2,
            deselected: 5,
        };
        assert_eq!(tally, want);
    }
}
