//! Random histories beside a model that has one number for a token's key.

use std::collections::{BTreeMap, HashMap};

use super::*;
use crate::cost::CostModel;
use testkit::Rng;

/// Tokens are few, so that texts meet by chance.
const VOCAB: u64 = 3;

/// The key of a token behind one with the key `before`: it tells the whole prefix.
fn key(before: u64, token: u32) -> u64 {
    let mut x = (before ^ u64::from(token)).wrapping_add(0x9E37_79B9_7F4A_7C15);
    x = (x ^ (x >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x = (x ^ (x >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// What the model says behind a token with that key.
fn next(key: u64) -> u32 {
    (key % VOCAB) as u32
}

/// What the history knows about a sequence.
struct Alive {
    prompt: usize,
    limit: usize,
    every_row: bool,
    /// Prompt and answer so far.
    text: Vec<u32>,
    /// To be verified in the next step.
    guesses: Vec<u32>,
    /// Rows of the prompt that were computed.
    rows: Vec<bool>,
}

/// Who is the first of those that run, how far, and how long it has been.
type First = (SequenceId, usize, usize, usize);

struct History {
    rng: Rng,
    scheduler: Scheduler,
    limits: Limits,
    alive: BTreeMap<SequenceId, Alive>,
    /// Texts of sequences that were, to begin like them.
    texts: Vec<Vec<u32>>,
    pool: Vec<u64>,
    first: Option<First>,
    true_guesses: usize,
    refuted_guesses: usize,
    preempted: usize,
    seed: u64,
}

impl History {
    fn new(seed: u64) -> Self {
        let mut rng = Rng::new(seed);
        let max_sequences = 1 + rng.below(6);
        let limits = Limits {
            context: 20 + rng.below(400),
            pages: 1 + rng.below(24),
            max_step_tokens: max_sequences + rng.below(80),
            max_sequences,
            queue: 1 + rng.below(10),
            queue_tokens: 1 + rng.below(1500),
            cost: CostModel::new(1 + rng.below(300)),
        };
        Self {
            rng,
            scheduler: Scheduler::new(limits.clone()),
            pool: vec![0; limits.pages * PAGE],
            limits,
            alive: BTreeMap::new(),
            texts: Vec::new(),
            first: None,
            true_guesses: 0,
            refuted_guesses: 0,
            preempted: 0,
            seed,
        }
    }

    fn random_alive(&mut self) -> Option<SequenceId> {
        let count = self.alive.len();
        (count > 0).then(|| *self.alive.keys().nth(self.rng.below(count)).unwrap())
    }

    /// A text of its own, or one that begins like another that was or is.
    fn prompt(&mut self) -> Vec<u32> {
        let mut prompt = Vec::new();
        match self.rng.below(4) {
            0 if !self.texts.is_empty() => {
                let old = self.rng.below(self.texts.len());
                prompt.clone_from(&self.texts[old]);
            }
            1 => {
                let other = self.random_alive();
                prompt.extend(other.iter().flat_map(|id| &self.alive[id].text));
            }
            _ => {}
        }
        if self.rng.below(2) == 0 {
            prompt.truncate(self.rng.below(prompt.len() + 1));
        }
        let length = 1 + self.rng.below(self.limits.context);
        match self.rng.below(2) {
            0 => prompt.truncate(length),
            _ => prompt.extend((0..length / 2).map(|_| self.rng.below(3) as u32)),
        }
        prompt
    }

    fn admit(&mut self) {
        let prompt = self.prompt();
        let tokens = prompt.len();
        let max_tokens = self.rng.below(self.limits.context / 2);
        let submission = Submission {
            prompt: prompt.clone(),
            max_tokens,
            priority: [Priority::Live, Priority::Batch][usize::from(self.rng.below(4) == 0)],
            every_row: self.rng.below(6) == 0,
        };
        let every_row = submission.every_row;
        let admitted = self.scheduler.admit(submission);
        let limit = tokens + max_tokens;
        let fits = tokens > 0 && limit <= self.limits.context && limit <= self.limits.pages * PAGE;
        let waiting = self.scheduler.counts().1;
        assert!(
            waiting <= 2 * self.limits.queue + self.limits.max_sequences,
            "seed {}",
            self.seed
        );
        match admitted {
            Ok(id) => {
                assert!(fits, "seed {}", self.seed);
                let alive = Alive {
                    prompt: tokens,
                    limit,
                    every_row,
                    text: prompt,
                    guesses: Vec::new(),
                    rows: vec![false; tokens],
                };
                self.alive.insert(id, alive);
            }
            Err(Refusal::QueueFull { .. }) => assert!(fits && waiting >= self.limits.queue),
            Err(Refusal::QueueTokens { waiting, .. }) => {
                assert!(fits && waiting + tokens > self.limits.queue_tokens);
            }
            Err(_) => assert!(!fits, "seed {}", self.seed),
        }
    }

    fn cancel(&mut self) {
        if let Some(id) = self.random_alive() {
            assert!(self.scheduler.cancel(id), "seed {}", self.seed);
            self.remember(id);
        }
    }

    fn remember(&mut self, id: SequenceId) {
        let text = self.alive.remove(&id).unwrap().text;
        match self.texts.len() {
            0..8 => self.texts.push(text),
            count => self.texts[self.rng.below(count)] = text,
        }
    }

    /// Computes a plan as the attention kernel would; the key of the last of
    /// each chunk's known tokens and its guesses, by sequence.
    fn compute(&mut self, plan: &Plan) -> HashMap<SequenceId, Vec<u64>> {
        let seed = self.seed;
        assert!(plan.tokens() <= self.limits.max_step_tokens, "seed {seed}");
        assert!(
            plan.chunks.len() <= self.limits.max_sequences,
            "seed {seed}"
        );
        let mut written = vec![false; self.pool.len()];
        let mut keys = HashMap::new();
        for chunk in &plan.chunks {
            let s = self.alive.get_mut(&chunk.sequence).unwrap();
            let known = chunk.tokens.end - chunk.guesses;
            assert!(
                chunk.tokens.start < known && known <= s.text.len(),
                "seed {seed}"
            );
            assert!(chunk.guesses <= s.guesses.len(), "seed {seed}");
            assert_eq!(chunk.last, known == s.text.len(), "seed {seed}");
            assert!(
                chunk.guesses == 0 || chunk.last && chunk.tokens.end < s.limit,
                "seed {seed}"
            );
            let row = |p: usize| chunk.pages[p / PAGE].first_row() + p % PAGE;
            for position in chunk.tokens.clone() {
                let before = position.checked_sub(1).map_or(0, |p| self.pool[row(p)]);
                let guess = || s.guesses[position - known];
                let token = s.text.get(position).copied().unwrap_or_else(guess);
                self.pool[row(position)] = key(before, token);
                assert!(
                    !written[row(position)],
                    "seed {seed}: a row of two sequences"
                );
                written[row(position)] = true;
                if let Some(row) = s.rows.get_mut(position) {
                    *row = true;
                }
            }
            let samples = known - 1..chunk.tokens.end;
            keys.insert(chunk.sequence, samples.map(|p| self.pool[row(p)]).collect());
        }
        keys
    }

    fn step(&mut self) {
        let Some(plan) = self.scheduler.plan() else {
            assert!(self.alive.is_empty(), "seed {}: nothing to do", self.seed);
            return;
        };
        self.note_first();
        let keys = self.compute(&plan);
        match self.rng.below(10) {
            0 => self.cancel(),
            1 => self.admit(),
            _ => {}
        }
        let (mut finished, mut sampled, mut guesses) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in plan.chunks.iter().filter(|c| c.last) {
            let id = chunk.sequence;
            let Some(s) = self.alive.get_mut(&id) else {
                continue;
            };
            // As far as the guesses come true, and one token beyond.
            let mut last = 0;
            for (i, &before) in keys[&id].iter().enumerate() {
                if s.text.len() == s.limit {
                    break;
                }
                let token = next(before);
                s.text.push(token);
                last = key(before, token);
                sampled.push((id, token));
                if i < chunk.guesses && s.guesses[i] != token {
                    self.refuted_guesses += 1;
                    break;
                }
                self.true_guesses += usize::from(i < chunk.guesses);
            }
            if s.text.len() == s.limit || self.rng.below(40) == 0 {
                finished.push(id);
                continue;
            }
            s.guesses = guess(&mut self.rng, last);
            guesses.push((id, s.guesses.len()));
        }
        self.scheduler.commit(&plan, &sampled, &finished);
        for (id, n) in guesses {
            self.scheduler.guess(id, n);
        }
        for id in finished {
            self.check_text(id);
            self.remember(id);
        }
    }

    /// The text is what the model says alone, and no row was left out that was wanted.
    fn check_text(&self, id: SequenceId) {
        let s = &self.alive[&id];
        let mut last = 0;
        for (position, &token) in s.text.iter().enumerate() {
            assert!(
                position < s.prompt || token == next(last),
                "seed {}: {id:?} differs at {position}",
                self.seed
            );
            last = key(last, token);
        }
        assert!(
            !s.every_row || s.rows.iter().all(|&row| row),
            "seed {}",
            self.seed
        );
    }

    /// The first in rank of those that run goes on within [`PATIENCE`] steps.
    fn note_first(&mut self) {
        let now = self.scheduler.running.first();
        let now = now.map(|s| (s.id, s.computed, s.length()));
        let waited = match (self.first, now) {
            (Some((id, computed, length, waited)), Some(now)) if (id, computed, length) == now => {
                waited + 1
            }
            _ => 0,
        };
        assert!(waited <= PATIENCE, "seed {}: starved", self.seed);
        self.first = now.map(|(id, computed, length)| (id, computed, length, waited));
        let waiting = self.scheduler.waiting.iter();
        self.preempted += waiting
            .filter(|s| s.length() > self.alive[&s.id].prompt)
            .count();
    }
}

/// Guesses at what follows the `last` key: some right, some wrong, often none.
fn guess(rng: &mut Rng, mut last: u64) -> Vec<u32> {
    let count = rng.below(12).saturating_sub(4);
    let wrong = rng.below(10);
    let one = |i| {
        let token = next(last) + u32::from(i == wrong);
        last = key(last, token);
        token
    };
    (0..count).map(one).collect()
}

/// Random histories: pages are conserved, plans keep the limits, the first in
/// rank always goes on, everyone finishes with the text it would get alone, and
/// nothing is left behind.
#[test]
fn random_histories() {
    let (mut preempted, mut reused, mut cached) = (0, 0, 0);
    let (mut true_guesses, mut refuted_guesses) = (0, 0);
    for seed in 0..40 {
        let mut h = History::new(seed);
        for _ in 0..10_000 {
            match h.rng.below(10) {
                0 | 1 => h.admit(),
                2 if h.rng.below(4) == 0 => {
                    h.cancel();
                    h.scheduler.check();
                }
                // Checks itself as it commits.
                _ => h.step(),
            }
            cached += h.scheduler.pages().cached();
        }
        let mut left: usize = h.alive.values().map(|s| s.limit).sum();
        left *= PATIENCE + 1;
        while !h.scheduler.is_idle() {
            h.step();
            left = left.checked_sub(1).expect("everybody finishes in time");
        }
        preempted += h.preempted;
        reused += h.scheduler.reused_tokens();
        true_guesses += h.true_guesses;
        refuted_guesses += h.refuted_guesses;
        assert!(h.alive.is_empty(), "seed {seed}");
        assert_eq!(h.scheduler.pages().free(), h.limits.pages, "seed {seed}");
        h.scheduler.check();
    }
    let hard = [
        preempted,
        reused as usize,
        cached,
        true_guesses,
        refuted_guesses,
    ];
    assert!(
        hard.iter().all(|&count| count > 1000),
        "the histories reach the hard cases: {hard:?}"
    );
}
