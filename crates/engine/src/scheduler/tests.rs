use std::collections::{BTreeMap, HashMap};

use super::*;
use testkit::Rng;

fn limits() -> Limits {
    Limits {
        context: 400,
        pages: 16,
        max_step_tokens: 64,
        max_sequences: 4,
        queue: 8,
    }
}

/// Plans, checks the limits, and commits with nobody finished.
fn step(scheduler: &mut Scheduler) -> Plan {
    let plan = scheduler.plan().expect("there is work");
    scheduler.commit(&plan, &sampled(&plan), &[]);
    plan
}

/// One token for each `last` chunk.
fn sampled(plan: &Plan) -> Vec<(SequenceId, u32)> {
    let last = plan.chunks.iter().filter(|c| c.last);
    last.map(|c| (c.sequence, 0)).collect()
}

#[test]
fn what_can_never_fit_is_refused_with_numbers() {
    let mut s = Scheduler::new(Limits {
        context: 600,
        ..limits()
    });
    assert_eq!(s.admit(0, 5, None), Err(Refusal::Empty));
    assert_eq!(
        s.admit(590, 11, None),
        Err(Refusal::Context {
            prompt: 590,
            max_tokens: 11,
            context: 600
        })
    );
    let memory = s.admit(510, 3, None).unwrap_err();
    assert_eq!(
        memory,
        Refusal::Memory {
            prompt: 510,
            max_tokens: 3,
            capacity: 512
        }
    );
    assert_eq!(
        memory.to_string(),
        "510 prompt tokens and 3 to generate make 513; the KV cache holds 512"
    );
    assert!(s.admit(usize::MAX, usize::MAX, None).is_err());
    assert!(s.is_idle());
    assert!(s.admit(510, 2, None).is_ok());
}

#[test]
fn queue_is_bounded() {
    let mut s = Scheduler::new(limits());
    for _ in 0..8 {
        s.admit(1, 1, None).unwrap();
    }
    assert_eq!(s.admit(1, 1, None), Err(Refusal::QueueFull { limit: 8 }));
    s.plan();
    assert!(s.admit(1, 1, None).is_ok(), "four have started");
}

#[test]
fn prompts_are_cut_into_chunks_between_decodes() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(10, 20, None).unwrap();
    step(&mut s);
    let b = s.admit(100, 20, None).unwrap();
    let chunk = |plan: &Plan, i: usize| {
        let c: &Chunk = &plan.chunks[i];
        (c.sequence, c.tokens.clone(), c.last)
    };
    let plan = step(&mut s);
    assert_eq!(
        [chunk(&plan, 0), chunk(&plan, 1)],
        [(a, 10..11, true), (b, 0..63, false)]
    );
    let plan = step(&mut s);
    assert_eq!(
        [chunk(&plan, 0), chunk(&plan, 1)],
        [(a, 11..12, true), (b, 63..100, true)]
    );
}

/// The crash of schedulers that preempt the last one standing.
#[test]
fn a_sequence_that_fits_alone_finishes() {
    let mut s = Scheduler::new(Limits {
        pages: 3,
        ..limits()
    });
    let id = s.admit(1, 95, None).unwrap();
    for _ in 0..94 {
        assert_eq!(step(&mut s).chunks.len(), 1);
    }
    let plan = s.plan().unwrap();
    s.commit(&plan, &sampled(&plan), &[id]);
    assert!(s.is_idle());
    assert_eq!(s.free_pages(), 3);
}

#[test]
fn the_youngest_gives_way_and_is_computed_again() {
    let mut s = Scheduler::new(Limits {
        pages: 4,
        ..limits()
    });
    let a = s.admit(33, 63, None).unwrap();
    let b = s.admit(30, 20, None).unwrap();
    let mut b_starts = Vec::new();
    let mut known = HashMap::from([(a, 33), (b, 30)]);
    while !s.is_idle() {
        let plan = s.plan().unwrap();
        let mut finished = Vec::new();
        for c in &plan.chunks {
            if c.sequence == b && c.tokens.start == 0 {
                b_starts.push(c.tokens.end);
            }
            if c.last {
                *known.get_mut(&c.sequence).unwrap() += 1;
            }
            if known[&c.sequence] == if c.sequence == a { 96 } else { 50 } {
                finished.push(c.sequence);
            }
        }
        s.commit(&plan, &sampled(&plan), &finished);
    }
    assert_eq!(known, HashMap::from([(a, 96), (b, 50)]));
    assert_eq!(
        b_starts.len(),
        1,
        "a needs three pages, b two: {b_starts:?}"
    );
}

#[test]
fn a_shared_prompt_is_computed_once() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(70, 2, None).unwrap();
    let b = s.admit(70, 2, Some(a)).unwrap();
    let (first, second) = (step(&mut s), step(&mut s));
    assert_eq!(first.chunks.len(), 1, "b waits: {first:?}");
    assert_eq!(
        second.chunks.len(),
        1,
        "a's prompt has 70 tokens, a step 64"
    );
    // The parent finishes as its prompt ends; the pages outlive it.
    s.cancel(a);
    let third = step(&mut s);
    assert_eq!(
        (third.chunks[0].sequence, third.chunks[0].tokens.clone()),
        (b, 64..70)
    );
    assert_eq!(third.chunks[0].pages[..2], second.chunks[0].pages[..2]);
    s.cancel(b);
    assert_eq!(s.free_pages(), 16);
}

#[test]
fn a_child_outlives_its_parent() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(100, 2, None).unwrap();
    let b = s.admit(100, 2, Some(a)).unwrap();
    step(&mut s);
    s.cancel(a);
    assert_eq!(step(&mut s).chunks[0].sequence, b);
    // A parent that is gone, or past its prompt, is none.
    assert!(s.admit(100, 2, Some(a)).is_ok());
    step(&mut s);
}

#[test]
fn cancelling_frees_everything_at_once() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(100, 5, None).unwrap();
    let plan = s.plan().unwrap();
    assert!(s.cancel(a));
    assert!(!s.cancel(a));
    assert_eq!(s.free_pages(), 16);
    s.commit(&plan, &sampled(&plan), &[]);
    assert!(s.is_idle());
    assert_eq!(s.plan(), None);
}

#[test]
#[should_panic(expected = "5 of 5 tokens")]
fn going_on_beyond_the_limit_is_a_bug() {
    let mut s = Scheduler::new(limits());
    s.admit(4, 1, None).unwrap();
    step(&mut s);
}

/// What the history knows about a sequence.
#[derive(Clone)]
struct Alive {
    /// Which text the prompt is.
    prompt_text: u64,
    prompt: usize,
    length: usize,
    limit: usize,
    /// Guesses asked for.
    guesses: usize,
    /// Step by which it must have finished.
    deadline: usize,
}

/// What a row of the pool holds: the text that the token belongs to, its position.
type Row = (u64, usize);

/// The text of guesses.
const GUESS: u64 = 0;

struct History {
    rng: Rng,
    scheduler: Scheduler,
    limits: Limits,
    alive: BTreeMap<SequenceId, Alive>,
    pool: Vec<Option<Row>>,
    steps: usize,
    texts: u64,
    true_guesses: usize,
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
        };
        Self {
            rng,
            scheduler: Scheduler::new(limits.clone()),
            pool: vec![None; limits.pages * PAGE],
            limits,
            alive: BTreeMap::new(),
            steps: 0,
            texts: 0,
            true_guesses: 0,
            seed,
        }
    }

    fn random_alive(&mut self) -> Option<SequenceId> {
        let count = self.alive.len();
        (count > 0).then(|| *self.alive.keys().nth(self.rng.below(count)).unwrap())
    }

    fn admit(&mut self) {
        let parent = if self.rng.below(3) == 0 {
            self.random_alive()
        } else {
            None
        };
        let (prompt_text, prompt) = match parent {
            Some(id) => (self.alive[&id].prompt_text, self.alive[&id].prompt),
            None => {
                self.texts += 1;
                (self.texts, 1 + self.rng.below(self.limits.context))
            }
        };
        let max_tokens = self.rng.below(self.limits.context / 2);
        let admitted = self.scheduler.admit(prompt, max_tokens, parent);
        let limit = prompt + max_tokens;
        let fits = limit <= self.limits.context && limit <= self.limits.pages * PAGE;
        let waiting = self.scheduler.counts().1;
        assert!(
            waiting <= self.limits.queue + self.limits.max_sequences,
            "seed {}",
            self.seed
        );
        match admitted {
            Ok(id) => {
                assert!(fits, "seed {}", self.seed);
                let elders: usize = self.alive.values().map(|s| s.limit).sum();
                let deadline = self.steps + elders + limit;
                let alive = Alive {
                    prompt_text,
                    prompt,
                    length: prompt,
                    limit,
                    guesses: 0,
                    deadline,
                };
                self.alive.insert(id, alive);
            }
            Err(Refusal::QueueFull { .. }) => assert!(fits && waiting >= self.limits.queue),
            Err(_) => assert!(!fits, "seed {}", self.seed),
        }
    }

    fn cancel(&mut self) {
        if let Some(id) = self.random_alive() {
            assert!(self.scheduler.cancel(id), "seed {}", self.seed);
            self.alive.remove(&id);
        }
    }

    /// Checks a plan as the attention kernel would feel it.
    fn compute(&mut self, plan: &Plan) {
        let seed = self.seed;
        let tokens: usize = plan.chunks.iter().map(|c| c.tokens.len()).sum();
        assert!(tokens <= self.limits.max_step_tokens, "seed {seed}");
        assert!(
            plan.chunks.len() <= self.limits.max_sequences,
            "seed {seed}"
        );
        for chunk in &plan.chunks {
            let s = &self.alive[&chunk.sequence];
            let known = chunk.tokens.end - chunk.guesses;
            assert!(
                chunk.tokens.start < known && known <= s.length,
                "seed {seed}"
            );
            assert!(chunk.guesses <= s.guesses, "seed {seed}");
            assert_eq!(chunk.last, known == s.length, "seed {seed}");
            assert!(
                chunk.guesses == 0 || chunk.tokens.end < s.limit,
                "seed {seed}"
            );
            for position in 0..chunk.tokens.end {
                let row = chunk.pages[position / PAGE].first_row() + position % PAGE;
                let text = match position {
                    p if p < s.prompt => s.prompt_text,
                    p if p < known => u64::MAX - chunk.sequence.0,
                    // Not what will stand there, unless it comes true.
                    _ => GUESS,
                };
                if position >= chunk.tokens.start {
                    self.pool[row] = Some((text, position));
                }
                // Later chunks of this plan must not have overwritten it either.
                assert_eq!(self.pool[row], Some((text, position)), "seed {seed}");
            }
        }
        for chunk in &plan.chunks {
            let row = chunk.pages[(chunk.tokens.end - 1) / PAGE].first_row();
            let row = row + (chunk.tokens.end - 1) % PAGE;
            assert_eq!(
                self.pool[row].unwrap().1,
                chunk.tokens.end - 1,
                "seed {seed}"
            );
        }
    }

    fn step(&mut self) {
        let Some(plan) = self.scheduler.plan() else {
            assert!(self.alive.is_empty(), "seed {}: nothing to do", self.seed);
            return;
        };
        self.steps += 1;
        self.compute(&plan);
        match self.rng.below(10) {
            0 => self.cancel(),
            1 => self.admit(),
            _ => {}
        }
        let (mut finished, mut sampled, mut guesses) = (Vec::new(), Vec::new(), Vec::new());
        for chunk in plan.chunks.iter().filter(|c| c.last) {
            let Some(s) = self.alive.get_mut(&chunk.sequence) else {
                continue;
            };
            let came_true = self.rng.below(chunk.guesses + 1);
            self.true_guesses += came_true;
            for position in s.length..s.length + came_true {
                let row = chunk.pages[position / PAGE].first_row() + position % PAGE;
                self.pool[row] = Some((u64::MAX - chunk.sequence.0, position));
            }
            let tokens = (came_true + 1).min(s.limit - s.length);
            sampled.extend(std::iter::repeat_n((chunk.sequence, 0), tokens));
            s.length += tokens;
            s.guesses = self.rng.below(12).saturating_sub(4);
            guesses.push((chunk.sequence, s.guesses));
            if s.length == s.limit || self.rng.below(40) == 0 {
                assert!(self.steps <= s.deadline, "seed {}: late", self.seed);
                finished.push(chunk.sequence);
            }
        }
        self.scheduler.commit(&plan, &sampled, &finished);
        for (id, n) in guesses {
            self.scheduler.guess(id, n);
        }
        for id in finished {
            self.alive.remove(&id);
        }
        let late = self.alive.values().find(|s| self.steps > s.deadline);
        assert!(late.is_none(), "seed {}: starved", self.seed);
    }
}

/// Random histories: pages are conserved, plans keep the limits and see only
/// keys that belong to them, everyone finishes in time, nothing is left behind.
#[test]
fn random_histories() {
    let (mut preempted_somewhere, mut shared_somewhere) = (false, false);
    let mut true_guesses = 0;
    for seed in 0..40 {
        let mut h = History::new(seed);
        for _ in 0..10_000 {
            match h.rng.below(10) {
                0 | 1 => h.admit(),
                2 if h.rng.below(4) == 0 => h.cancel(),
                _ => h.step(),
            }
            h.scheduler.check();
            let restarted = |s: &&Sequence| s.length > s.prompt;
            preempted_somewhere |= h.scheduler.waiting.iter().any(|s| restarted(&s));
            shared_somewhere |= h.scheduler.waiting.iter().any(|s| !s.pages.is_empty());
        }
        while !h.scheduler.is_idle() {
            h.step();
        }
        true_guesses += h.true_guesses;
        assert!(h.alive.is_empty(), "seed {seed}");
        assert_eq!(h.scheduler.free_pages(), h.limits.pages, "seed {seed}");
    }
    assert!(
        preempted_somewhere && shared_somewhere && true_guesses > 1000,
        "the histories reach the hard cases"
    );
}
