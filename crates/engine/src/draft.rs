//! A small model that guesses what the large one will say.
//!
//! It has a pool of keys of its own under the same page numbers. So a page's keys
//! are for whoever holds the page, and no second scheduler is needed. But it
//! computes only what guesses need: nothing for those who want none, and what it
//! left out by then when somebody does. [`Filled`] knows what that is.

use std::collections::HashMap;
use std::ops::Range;
use std::sync::Arc;

use kernels::attention::CacheType;
use models::{LanguageModel, ModelShape};
use tensor::Tensor;

use crate::live::Live;
use crate::paged::{KvPool, Paged};
use crate::pages::{PAGE, PageId, pages_for};
use crate::scheduler::{Chunk, Plan, SequenceId};
use crate::speculate::{Costs, draft_cost};

/// Tokens that a sequence's draft may compute in a step, where the model computes
/// fewer: others wait for the step. A sequence that lacks more has no guesses yet.
const CATCH_UP: usize = 128;

pub(crate) struct Draft {
    model: Arc<dyn LanguageModel>,
    pool: KvPool,
    filled: Filled,
    /// Of a guess, in the units of `Costs`.
    pub(crate) cost: f64,
}

impl Draft {
    /// A draft for a model of shape `large`, whose vocabulary it shares.
    pub(crate) fn new(
        model: Arc<dyn LanguageModel>,
        large: &ModelShape,
        pages: usize,
        cache: CacheType,
    ) -> Option<Self> {
        Some(Self {
            pool: KvPool::new(&model.shape(), pages, cache)?,
            filled: Filled(vec![0; pages]),
            cost: draft_cost(&model.shape(), large),
            model,
        })
    }

    /// Makes guesses for the sequences that want them, each time the likeliest
    /// token, and computes the prompts of those that are likely to.
    pub(crate) fn guess(&mut self, plan: &Plan, live: &mut HashMap<SequenceId, Live>) {
        plan.chunks.iter().for_each(|chunk| self.filled.cut(chunk));
        let costs = Costs {
            rows: plan.chunks.len(),
            guess: self.cost,
        };
        let wants = |chunk: &&Chunk| {
            let live = &live[&chunk.sequence];
            live.wants_draft(chunk) || live.expects_draft(chunk, costs)
        };
        let wanting = plan.chunks.iter().filter(wants);
        let mut work: Vec<Chunk> = wanting.map(|chunk| self.filled.missing(chunk)).collect();
        // Each round adds a token to the sequences that want more.
        while !work.is_empty() {
            let tokens = |c: &Chunk| live[&c.sequence].range(c.tokens.clone());
            let ids: Vec<u32> = work.iter().flat_map(tokens).collect();
            let attention = &mut Paged::new(&mut self.pool, &work);
            let hidden = self.model.forward(&ids, attention);
            let (mut next, mut last, mut row) = (Vec::new(), Vec::new(), 0);
            for chunk in work {
                self.filled.add(&chunk);
                row += chunk.tokens.len();
                if chunk.last && live[&chunk.sequence].wants_draft(&chunk) {
                    last.extend_from_slice(hidden.row(row - 1));
                    let tokens = chunk.tokens.end..chunk.tokens.end + 1;
                    next.push(Chunk { tokens, ..chunk });
                }
            }
            if next.is_empty() {
                return;
            }
            let last = Tensor::new(&[next.len(), hidden.cols()], last);
            let logits = self.model.logits(&last);
            for (i, chunk) in next.iter().enumerate() {
                let live = live.get_mut(&chunk.sequence).expect("it was there above");
                live.push_draft(likeliest(logits.row(i)));
            }
            next.retain(|chunk| live[&chunk.sequence].wants_draft(chunk));
            work = next;
        }
    }
}

/// Of each page, how many of its rows, from the first on, have the draft's keys of
/// the tokens that stand there.
struct Filled(Vec<u8>);

impl Filled {
    /// The model writes a chunk's rows: what the draft had there, and behind, was of
    /// a refuted guess or of another text.
    fn cut(&mut self, chunk: &Chunk) {
        for (page, rows) in pages(chunk) {
            let filled = &mut self.0[page.index()];
            *filled = (*filled).min(rows.start);
        }
    }

    /// The draft has computed a chunk of [`missing`](Self::missing) tokens.
    fn add(&mut self, chunk: &Chunk) {
        for (page, rows) in pages(chunk) {
            self.0[page.index()] = rows.end;
        }
    }

    /// What the draft computes next of a chunk's known tokens and those before, once
    /// the chunk has been [cut](Self::cut): at least one token.
    fn missing(&self, chunk: &Chunk) -> Chunk {
        let known = chunk.tokens.end - chunk.guesses;
        let gap = |(i, page): (usize, &PageId)| {
            let filled = usize::from(self.0[page.index()]);
            (filled < PAGE).then_some(i * PAGE + filled)
        };
        let first = chunk.pages.iter().enumerate().find_map(gap);
        let first = first.map_or(chunk.tokens.start, |first| first.min(chunk.tokens.start));
        let most = CATCH_UP.max(known - chunk.tokens.start);
        let end = known.min(first + most);
        Chunk {
            tokens: first..end,
            last: chunk.last && end == known,
            ..chunk.clone()
        }
    }
}

/// The pages in which a chunk's tokens stand, and in which rows of each.
fn pages(chunk: &Chunk) -> impl Iterator<Item = (PageId, Range<u8>)> {
    let Range { start, end } = chunk.tokens;
    let row = |position: usize, page: usize| position.saturating_sub(page * PAGE).min(PAGE) as u8;
    let rows = move |page| (chunk.pages[page], row(start, page)..row(end, page));
    (start / PAGE..pages_for(end)).map(rows)
}

/// The first greatest logit's token; any one if there is none.
fn likeliest(logits: &[f32]) -> u32 {
    let greatest = logits.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    let first = logits.iter().position(|&l| l == greatest);
    first.unwrap_or(0) as u32
}
