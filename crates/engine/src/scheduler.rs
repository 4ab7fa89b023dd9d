//! Which sequences compute which tokens in the next step.
//!
//! Continuous batching (Yu et al. 2022, §3.2,
//! <https://www.usenix.org/conference/osdi22/presentation/yu>) with prompts cut
//! into chunks between the decodes (Agrawal et al. 2023, §4,
//! <https://arxiv.org/abs/2308.16369>). A pure state machine over token ids: no
//! clock, thread, channel or tensor, so that random histories test it.
//!
//! Sequences are ranked by priority, then by age. A sequence begins with the
//! pages of the longest prefix that is cached or that another one holds; while a
//! running one computes more of what they have in common, it waits for that. When
//! a decode finds no free page, the *last* in rank gives its pages up and later
//! computes its tokens again (with the same bits, as kernels do not see the
//! batch), as far as they are not found in the cache. The alternative, reserving
//! prompt + `max_tokens` at the start, would let one chat that may fill the
//! context keep all others out.
//!
//! Nobody starves: admission refuses what does not fit alone; none begins before
//! another that waits only for room; of those that run, the first in rank never
//! gives way to the others, decodes in each step, and has its prompt served
//! first in one step of [`PATIENCE`] + 1.

use crate::pages::{PAGE, PageId, Pages, pages_for};

mod fill;
mod limits;
mod plan;
mod sequence;

use self::sequence::Sequence;

pub use self::fill::PATIENCE;
pub use self::limits::{Limits, Refusal};
pub use self::plan::{Chunk, Plan, SequenceId};
pub use self::sequence::{Priority, Submission};

#[derive(Debug)]
pub struct Scheduler {
    limits: Limits,
    pages: Pages,
    /// By rank.
    running: Vec<Sequence>,
    /// By rank. They hold no pages.
    waiting: Vec<Sequence>,
    next_id: u64,
    /// Steps in a row that gave the oldest prompt nothing.
    passed_over: usize,
    reused_tokens: u64,
}

impl Scheduler {
    /// # Panics
    /// If a limit is zero, or a step could not hold one token of each sequence.
    pub fn new(limits: Limits) -> Self {
        assert!(
            limits.context > 0 && limits.pages > 0 && limits.queue > 0,
            "{limits:?}"
        );
        assert!(limits.max_sequences > 0, "{limits:?}");
        assert!(limits.max_sequences <= limits.max_step_tokens, "{limits:?}");
        Self {
            pages: Pages::new(limits.pages),
            limits,
            running: Vec::new(),
            waiting: Vec::new(),
            next_id: 0,
            passed_over: 0,
            reused_tokens: 0,
        }
    }

    /// Queues a sequence.
    pub fn admit(&mut self, submission: Submission) -> Result<SequenceId, Refusal> {
        let prompt = submission.prompt.len();
        self.limits.fits(prompt, submission.max_tokens)?;
        let ahead = || {
            let waiting = self.waiting.iter();
            waiting.filter(|s| s.priority <= submission.priority)
        };
        let limit = self.limits.queue;
        if ahead().count() >= limit {
            return Err(Refusal::QueueFull { limit });
        }
        let waiting: usize = ahead().map(Sequence::length).sum();
        let limit = self.limits.queue_tokens;
        // One that alone is longer than the queue waits where nobody else does.
        if waiting > 0 && waiting + prompt > limit {
            return Err(Refusal::QueueTokens {
                prompt,
                waiting,
                limit,
            });
        }
        let id = SequenceId(self.next_id);
        self.next_id += 1;
        insert(&mut self.waiting, Sequence::new(id, submission));
        Ok(id)
    }

    /// Forgets a sequence and frees its pages now; false if it is not there.
    pub fn cancel(&mut self, id: SequenceId) -> bool {
        for sequences in [&mut self.running, &mut self.waiting] {
            if let Some(i) = sequences.iter().position(|s| s.id == id) {
                self.pages.release(sequences.remove(i).pages);
                return true;
            }
        }
        false
    }

    /// Says that the sequence has `n` guessed tokens to verify in the next step.
    ///
    /// The plan grants at most that many, and fewer where the step, the pages or
    /// the sequence have no room. Nobody gives way for a guess.
    pub fn guess(&mut self, id: SequenceId, n: usize) {
        if let Some(sequence) = self.running.iter_mut().find(|s| s.id == id) {
            sequence.guesses = n;
        }
    }

    /// The next step's work, or `None` when there is no sequence.
    pub fn plan(&mut self) -> Option<Plan> {
        self.grow();
        self.start();
        let chunks = self.fill();
        assert_eq!(chunks.is_empty(), self.is_idle(), "a step without work");
        (!chunks.is_empty()).then_some(Plan { chunks })
    }

    /// Books a computed plan.
    ///
    /// `sampled` are the tokens it gave, each sequence's in order: for a `last`
    /// chunk one, and one more for each guess that came true; the keys of the
    /// refuted ones are written again later. Those in `finished` are freed.
    ///
    /// # Panics
    /// If a sequence that is not finished got no token, or reaches its limit.
    pub fn commit(&mut self, plan: &Plan, sampled: &[(SequenceId, u32)], finished: &[SequenceId]) {
        for chunk in &plan.chunks {
            // Cancelled while it was computed: its pages are free already.
            let Some(sequence) = self.running.iter_mut().find(|s| s.id == chunk.sequence) else {
                continue;
            };
            let known = sequence.length();
            let tokens = sampled.iter().filter(|(id, _)| *id == sequence.id);
            sequence.tokens.extend(tokens.map(|&(_, token)| token));
            let (length, limit) = (sequence.length(), sequence.limit);
            let over = finished.contains(&sequence.id);
            if chunk.last && !over {
                let gained = 1..=chunk.guesses + 1;
                assert!(gained.contains(&(length - known)), "{chunk:?}");
                assert!(length < limit, "{chunk:?}: {length} of {limit} tokens");
            }
            // All but the last of the sampled tokens were guessed: they are computed.
            let computed = chunk.tokens.end - chunk.guesses;
            sequence.computed = computed.max((length - 1).min(chunk.tokens.end));
            sequence.publish(&mut self.pages);
            // What refuted guesses had taken.
            let needed = pages_for(length).min(sequence.pages.len());
            self.pages.release(sequence.pages.split_off(needed));
        }
        for &id in finished {
            self.cancel(id);
        }
        if cfg!(debug_assertions) {
            self.check();
        }
    }

    /// Neither running nor waiting sequences.
    pub fn is_idle(&self) -> bool {
        self.running.is_empty() && self.waiting.is_empty()
    }

    /// Sequences that run and that wait.
    pub fn counts(&self) -> (usize, usize) {
        (self.running.len(), self.waiting.len())
    }

    /// The pages, who holds them aside.
    pub fn pages(&self) -> &Pages {
        &self.pages
    }

    /// Tokens that were found computed, since the beginning.
    pub fn reused_tokens(&self) -> u64 {
        self.reused_tokens
    }

    /// What a plan costs, in the units of [`Limits::cost`].
    pub fn cost(&self, plan: &Plan) -> u64 {
        let chunks = plan.chunks.iter();
        chunks
            .map(|c| self.limits.cost.range(c.tokens.clone()))
            .sum()
    }

    /// What is left to compute if each answer has so many tokens, as far as it may.
    pub fn backlog(&self, answer: usize) -> u64 {
        let all = self.running.iter().chain(&self.waiting);
        let left = |s: &Sequence| {
            let end = s.limit.min(s.length() + answer);
            self.limits.cost.range(s.computed..end)
        };
        all.map(left).sum()
    }

    /// Asserts what must hold between any two calls.
    ///
    /// # Panics
    /// If a page is lost, a limit broken or the order disturbed.
    pub fn check(&self) {
        let all = || self.running.iter().chain(&self.waiting);
        self.pages
            .check(all().flat_map(|s| s.pages.iter().copied()));
        for sequences in [&self.running, &self.waiting] {
            assert!(sequences.is_sorted_by(|a, b| a.rank() < b.rank()));
        }
        assert!(self.running.len() <= self.limits.max_sequences);
        assert!(self.waiting.iter().all(|s| s.pages.is_empty()));
        for s in all() {
            assert!(s.computed <= s.pages.len() * PAGE, "{s:?}");
            assert!(s.computed < s.length() && s.length() <= s.limit, "{s:?}");
            let known = self.pages.prefix(&s.tokens[..s.published * PAGE]);
            assert_eq!(known, s.pages[..s.published]);
        }
    }

    /// Gives each running sequence the pages its known tokens need.
    fn grow(&mut self) {
        let mut i = 0;
        while i < self.running.len() {
            while i < self.running.len() && self.running[i].missing_pages() > 0 {
                match self.pages.take() {
                    Some(page) => self.running[i].pages.push(page),
                    None => {
                        assert!(
                            self.running.len() > 1,
                            "it outgrew what it was admitted for"
                        );
                        self.give_way();
                    }
                }
            }
            i += 1;
        }
    }

    /// Moves waiting sequences to the running ones, in the order of rank, until
    /// one finds no room.
    fn start(&mut self) {
        let mut i = 0;
        while i < self.waiting.len() {
            let found = self.pages.prefix(self.waiting[i].reusable());
            if self.more_is_under_way(&self.waiting[i], found.len()) {
                i += 1;
                continue;
            }
            if !self.make_room(i, &found) {
                return;
            }
            let mut sequence = self.waiting.remove(i);
            found.iter().for_each(|&page| self.pages.share(page));
            sequence.published = found.len();
            sequence.computed = found.len() * PAGE;
            self.reused_tokens += sequence.computed as u64;
            sequence.pages = found;
            for _ in 0..sequence.missing_pages() {
                let page = self.pages.take().expect("there is room");
                sequence.pages.push(page);
            }
            insert(&mut self.running, sequence);
        }
    }

    /// Whether a running sequence, whose work comes as early, is about to compute
    /// pages of this one's prefix beyond the `found` ones.
    fn more_is_under_way(&self, sequence: &Sequence, found: usize) -> bool {
        let mut others = self
            .running
            .iter()
            .filter(|s| s.priority <= sequence.priority);
        others.any(|other| sequence.common_pages(other) > found)
    }

    /// Whether there is room to start a waiting sequence that holds `found` pages
    /// then. Batch work gives way for live work.
    fn make_room(&mut self, i: usize, found: &[PageId]) -> bool {
        loop {
            let sequence = &self.waiting[i];
            // Those of them that nobody holds are no room for others.
            let cached = found.iter().filter(|&&p| self.pages.is_cached(p)).count();
            let missing = pages_for(sequence.length()) - found.len();
            // A page in reserve for each that runs: else the next decode would
            // throw the newcomer out again.
            let needed = missing + cached + self.running.len();
            let room = self.running.len() < self.limits.max_sequences;
            if room && self.pages.free() >= needed {
                return true;
            }
            let last = self.running.last();
            if last.is_none_or(|last| last.priority <= sequence.priority) {
                return false;
            }
            self.give_way();
        }
    }

    /// Frees the pages of the last in rank.
    fn give_way(&mut self) {
        let mut last = self.running.pop().expect("somebody runs");
        last.reset(&mut self.pages);
        insert(&mut self.waiting, last);
    }
}

/// Puts a sequence where its rank belongs.
fn insert(sequences: &mut Vec<Sequence>, sequence: Sequence) {
    let at = sequences.partition_point(|s| s.rank() < sequence.rank());
    sequences.insert(at, sequence);
}

#[cfg(test)]
mod history;
#[cfg(test)]
mod tests;
