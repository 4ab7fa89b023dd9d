//! How fast the engine is, measured in passing.

use std::time::Duration;

/// Weight that what was measured keeps when a step is added: the last hundred
/// steps or so count.
const KEEP: f64 = 0.99;

/// Answers are taken to be this long before there was one.
const FIRST_GUESS_TOKENS: f64 = 128.0;

/// Longest time to retry that is named; nobody can see further.
const LONGEST_S: f64 = 600.0;

#[derive(Debug, Default)]
pub(super) struct Pace {
    cost: f64,
    seconds: f64,
    tokens: f64,
    answers: f64,
}

impl Pace {
    /// Adds a step, with the tokens it gave and the answers it ended.
    pub(super) fn add(&mut self, cost: u64, took: Duration, tokens: usize, answers: usize) {
        self.cost = self.cost * KEEP + cost as f64;
        self.seconds = self.seconds * KEEP + took.as_secs_f64();
        self.tokens += tokens as f64;
        self.answers += answers as f64;
    }

    /// Tokens of a mean answer.
    pub(super) fn answer_tokens(&self) -> usize {
        ((self.tokens + FIRST_GUESS_TOKENS) / (self.answers + 1.0)).ceil() as usize
    }

    /// When half of a backlog will be worked off, in whole seconds; one at least,
    /// also where nothing was measured yet.
    pub(super) fn retry_after_s(&self, backlog: u64) -> u32 {
        let s = self.seconds * (backlog as f64 / 2.0) / self.cost.max(1.0);
        s.ceil().clamp(1.0, LONGEST_S) as u32
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn time_to_retry_follows_backlog_and_speed() {
        let mut pace = Pace::default();
        assert_eq!(pace.retry_after_s(1_000_000), 1, "nothing measured");
        for _ in 0..100 {
            pace.add(1_000, Duration::from_millis(10), 5, 0);
        }
        // 100,000 a second, half of it waited for.
        assert_eq!(pace.retry_after_s(990_000), 5);
        assert_eq!(pace.retry_after_s(u64::MAX), 600);
        for _ in 0..2_000 {
            pace.add(1_000, Duration::from_millis(20), 5, 0);
        }
        assert_eq!(pace.retry_after_s(990_000), 10, "it follows");
    }

    #[test]
    fn answers_have_their_mean_length() {
        let mut pace = Pace::default();
        assert_eq!(pace.answer_tokens(), 128);
        pace.add(1, Duration::ZERO, 1_072, 11);
        assert_eq!(pace.answer_tokens(), 100);
    }
}
