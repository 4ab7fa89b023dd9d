//! Which sequences compute which tokens in the next step.
//!
//! Continuous batching (Yu et al. 2022, §3.2,
//! <https://www.usenix.org/conference/osdi22/presentation/yu>) with prompts cut
//! into chunks between the decodes (Agrawal et al. 2023, §4,
//! <https://arxiv.org/abs/2308.16369>). A pure state machine over lengths: no
//! clock, thread, channel, tensor or token id, so that random histories test it.
//!
//! Sequences are ordered by age, and every running one is older than every
//! waiting one. When a decode finds no free page, the *youngest* gives its pages
//! up and later computes its tokens again (with the same bits, as kernels do not
//! see the batch). The alternative, reserving prompt + `max_tokens` at the
//! start, would let one chat that may fill the context keep all others out.
//!
//! Nobody starves: admission refuses what does not fit alone, the oldest never
//! gives way, and it gets at least one token in each step. So a sequence
//! finishes after at most as many steps as it and its elders have tokens.

use std::collections::VecDeque;

use crate::pages::{PAGE, PageId, Pages, pages_for};

mod limits;
mod plan;

pub use self::limits::{Limits, Refusal};
pub use self::plan::{Chunk, Plan, SequenceId};

#[derive(Debug)]
struct Sequence {
    id: SequenceId,
    prompt: usize,
    /// Tokens known: prompt and sampled.
    length: usize,
    /// Tokens whose keys and values are in `pages`.
    computed: usize,
    /// `length` never reaches beyond.
    limit: usize,
    pages: Vec<PageId>,
    /// Guessed tokens to verify in the next step.
    guesses: usize,
    /// Waits for the pages of this sequence's prompt, which is its own too.
    parent: Option<SequenceId>,
}

impl Sequence {
    fn pending(&self) -> usize {
        self.length - self.computed
    }
}

#[derive(Debug)]
pub struct Scheduler {
    limits: Limits,
    pages: Pages,
    /// By age, all older than those in `waiting`.
    running: Vec<Sequence>,
    /// By age. They may hold shared pages of their prompt.
    waiting: VecDeque<Sequence>,
    next_id: u64,
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
            waiting: VecDeque::new(),
            next_id: 0,
        }
    }

    /// Queues a sequence of `prompt` tokens to be followed by up to `max_tokens`.
    ///
    /// With a `parent`, which has the same prompt, it waits until the parent
    /// has computed that prompt and shares the full pages.
    pub fn admit(
        &mut self,
        prompt: usize,
        max_tokens: usize,
        parent: Option<SequenceId>,
    ) -> Result<SequenceId, Refusal> {
        self.limits.fits(prompt, max_tokens)?;
        if self.waiting.len() >= self.limits.queue {
            return Err(Refusal::QueueFull {
                limit: self.limits.queue,
            });
        }
        let id = SequenceId(self.next_id);
        self.next_id += 1;
        let parent = parent.filter(|&parent| self.is_before_decode(parent));
        self.waiting.push_back(Sequence {
            id,
            prompt,
            length: prompt,
            computed: 0,
            limit: prompt + max_tokens,
            pages: Vec::new(),
            guesses: 0,
            parent,
        });
        Ok(id)
    }

    /// Forgets a sequence and frees its pages now; false if it is not there.
    pub fn cancel(&mut self, id: SequenceId) -> bool {
        let sequence = if let Some(i) = self.running.iter().position(|s| s.id == id) {
            self.running.remove(i)
        } else if let Some(i) = self.waiting.iter().position(|s| s.id == id) {
            self.waiting.remove(i).expect("its index was just found")
        } else {
            return false;
        };
        release(&mut self.pages, sequence.pages);
        for child in self.waiting.iter_mut().filter(|s| s.parent == Some(id)) {
            child.parent = None;
        }
        true
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
        let decodes = self.running.iter().filter(|s| s.pending() == 1).count();
        let mut left = self.limits.max_step_tokens - decodes;
        let mut chunks = Vec::with_capacity(self.running.len());
        for sequence in &self.running {
            let tokens = match sequence.pending() {
                1 => 1,
                pending => {
                    let tokens = pending.min(left);
                    left -= tokens;
                    tokens
                }
            };
            if tokens > 0 {
                let end = sequence.computed + tokens;
                chunks.push(Chunk {
                    sequence: sequence.id,
                    tokens: sequence.computed..end,
                    pages: sequence.pages.clone(),
                    guesses: 0,
                    last: end == sequence.length,
                });
            }
        }
        self.grant_guesses(&mut chunks, left);
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
            let Some(i) = self.running.iter().position(|s| s.id == chunk.sequence) else {
                continue;
            };
            let sequence = &mut self.running[i];
            let before = sequence.computed;
            sequence.computed = chunk.tokens.end - chunk.guesses;
            if chunk.last && !finished.contains(&chunk.sequence) {
                let tokens = sampled.iter().filter(|(id, _)| *id == sequence.id).count();
                assert!((1..=chunk.guesses + 1).contains(&tokens), "{tokens} tokens");
                let (length, limit) = (sequence.length + tokens, sequence.limit);
                assert!(
                    length < limit,
                    "{:?}: {length} of {limit} tokens",
                    sequence.id
                );
                sequence.length = length;
                sequence.computed = length - 1;
                let spare = sequence
                    .pages
                    .split_off(pages_for(length).min(sequence.pages.len()));
                release(&mut self.pages, spare);
            }
            if before < sequence.prompt && sequence.computed >= sequence.prompt {
                self.share_prompt(i);
            }
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

    /// Pages that nobody holds.
    pub fn free_pages(&self) -> usize {
        self.pages.free()
    }

    /// Asserts what must hold between any two calls.
    ///
    /// # Panics
    /// If a page is lost, a limit broken or the order by age disturbed.
    pub fn check(&self) {
        let all = || self.running.iter().chain(&self.waiting);
        self.pages
            .check(all().flat_map(|s| s.pages.iter().copied()));
        assert!(
            all().is_sorted_by(|a, b| a.id < b.id),
            "sequences are ordered by age"
        );
        assert!(self.running.len() <= self.limits.max_sequences);
        for s in all() {
            assert!(s.computed <= s.pages.len() * PAGE, "{s:?}");
            assert!(s.computed < s.length && s.length <= s.limit, "{s:?}");
        }
    }

    /// Appends guesses to the chunks of decodes, with what the step has left.
    fn grant_guesses(&mut self, chunks: &mut [Chunk], mut left: usize) {
        // As in `start`: a page in reserve for each that runs.
        let reserve = self.running.len();
        for sequence in &mut self.running {
            let wanted = std::mem::take(&mut sequence.guesses);
            let chunk = chunks.iter_mut().find(|c| c.sequence == sequence.id);
            let Some(chunk) = chunk.filter(|c| c.last && wanted > 0) else {
                continue;
            };
            // The last guess that comes true is followed by one more token.
            let room = (sequence.limit - sequence.length).saturating_sub(1);
            let wanted = sequence.length + wanted.min(left).min(room);
            while sequence.pages.len() < pages_for(wanted) && self.pages.free() > reserve {
                sequence.pages.extend(self.pages.take());
            }
            let end = wanted.min(sequence.pages.len() * PAGE);
            chunk.guesses = end - chunk.tokens.end;
            left -= chunk.guesses;
            chunk.tokens.end = end;
            chunk.pages.clone_from(&sequence.pages);
        }
    }

    /// Gives each running sequence the pages its known tokens need.
    fn grow(&mut self) {
        let mut i = 0;
        while i < self.running.len() {
            let missing = |s: &Sequence| pages_for(s.length) > s.pages.len();
            while i < self.running.len() && missing(&self.running[i]) {
                match self.pages.take() {
                    Some(page) => self.running[i].pages.push(page),
                    None => self.give_way(),
                }
            }
            i += 1;
        }
    }

    /// Moves waiting sequences to the running ones while there is room.
    fn start(&mut self) {
        let mut pending: usize = self.running.iter().map(Sequence::pending).sum();
        while self.running.len() < self.limits.max_sequences
            && pending < self.limits.max_step_tokens
            && self.waiting.front().is_some_and(|s| s.parent.is_none())
        {
            // A page in reserve for each that runs: else the next decode would
            // throw the newcomer out again.
            let reserve = self.running.len();
            let missing = |s: &Sequence| pages_for(s.length) - s.pages.len();
            while self.pages.free() < missing(&self.waiting[0]) + reserve {
                // What runs frees pages in time; what waits does not.
                if !self.running.is_empty() || !self.drop_shared_pages(1) {
                    return;
                }
            }
            let mut sequence = self
                .waiting
                .pop_front()
                .expect("seen by the loop's condition");
            for _ in 0..missing(&sequence) {
                sequence
                    .pages
                    .push(self.pages.take().expect("counted above"));
            }
            pending += sequence.pending();
            self.running.push(sequence);
        }
    }

    /// Frees pages of the youngest sequence that has any.
    fn give_way(&mut self) {
        if self.drop_shared_pages(0) {
            return;
        }
        assert!(
            self.running.len() > 1,
            "a sequence outgrew the pages it was admitted for"
        );
        let mut youngest = self.running.pop().expect("more than one");
        release(&mut self.pages, std::mem::take(&mut youngest.pages));
        (youngest.computed, youngest.guesses) = (0, 0);
        self.waiting.push_front(youngest);
    }

    /// Takes the shared pages from the youngest waiting sequence that has any,
    /// sparing the first `spared`; false if none has.
    fn drop_shared_pages(&mut self, spared: usize) -> bool {
        let holder = self
            .waiting
            .iter_mut()
            .skip(spared)
            .rev()
            .find(|s| !s.pages.is_empty());
        let Some(holder) = holder else { return false };
        release(&mut self.pages, std::mem::take(&mut holder.pages));
        holder.computed = 0;
        true
    }

    /// Hands the full pages of a computed prompt to the sequences waiting for it.
    fn share_prompt(&mut self, parent: usize) {
        let parent = &self.running[parent];
        for child in self
            .waiting
            .iter_mut()
            .filter(|s| s.parent == Some(parent.id))
        {
            child.parent = None;
            // One token at least is left to compute: its row predicts the next.
            let full = (child.prompt.min(parent.prompt) - 1) / PAGE;
            child.pages = parent.pages[..full].to_vec();
            child.computed = full * PAGE;
            child.pages.iter().for_each(|&page| self.pages.share(page));
        }
    }

    /// Whether the sequence is there and its prompt not yet computed.
    fn is_before_decode(&self, id: SequenceId) -> bool {
        let mut all = self.running.iter().chain(&self.waiting);
        all.any(|s| s.id == id && s.computed < s.prompt && s.length == s.prompt)
    }
}

fn release(pages: &mut Pages, held: Vec<PageId>) {
    held.into_iter().for_each(|page| pages.release(page));
}

#[cfg(test)]
mod tests;
