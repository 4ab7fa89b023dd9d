//! A small model that guesses what the large one will say.
//!
//! It computes the same tokens as the large one, into a pool of its own under
//! the same page numbers. So a page's keys are there for both whoever holds the
//! page, and no second scheduler is needed. A guess that comes true without
//! having been computed by the draft is computed in its next step; should
//! another sequence share the page before that, it may guess worse, no more.

use std::collections::HashMap;
use std::sync::Arc;

use kernels::attention::CacheType;
use models::{LanguageModel, ModelShape};
use tensor::Tensor;

use crate::live::Live;
use crate::paged::{KvPool, Paged};
use crate::scheduler::{Chunk, Plan, SequenceId};
use crate::speculate::draft_cost;

pub(crate) struct Draft {
    model: Arc<dyn LanguageModel>,
    pool: KvPool,
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
            cost: draft_cost(&model.shape(), large),
            model,
        })
    }

    /// Computes the plan's known tokens, and guesses for the sequences that want
    /// it, each time the likeliest token.
    pub(crate) fn guess(&mut self, plan: &Plan, live: &mut HashMap<SequenceId, Live>) {
        let mut chunks = Vec::new();
        for chunk in &plan.chunks {
            let live = live.get_mut(&chunk.sequence);
            let live = live.expect("planned sequences are live");
            let known = chunk.tokens.end - chunk.guesses;
            if let Some(first) = live.draft_from(chunk.tokens.start, known) {
                chunks.push((chunk, first..known));
            }
        }
        // Each round adds a token to the sequences that want more.
        while !chunks.is_empty() {
            let of = |(chunk, tokens): &(&Chunk, std::ops::Range<usize>)| Chunk {
                tokens: tokens.clone(),
                ..(*chunk).clone()
            };
            let step: Vec<Chunk> = chunks.iter().map(of).collect();
            let ids: Vec<u32> = chunks
                .iter()
                .flat_map(|(chunk, tokens)| live[&chunk.sequence].range(tokens.clone()))
                .collect();
            let hidden = self
                .model
                .forward(&ids, &mut Paged::new(&mut self.pool, &step));
            let (mut next, mut last, mut row) = (Vec::new(), Vec::new(), 0);
            for (chunk, tokens) in chunks {
                row += tokens.len();
                if live[&chunk.sequence].wants_draft(chunk) {
                    last.extend_from_slice(hidden.row(row - 1));
                    next.push((chunk, tokens.end..tokens.end + 1));
                }
            }
            if next.is_empty() {
                return;
            }
            let last = Tensor::new(&[next.len(), hidden.cols()], last);
            let logits = self.model.logits(&last);
            for (i, (chunk, _)) in next.iter().enumerate() {
                let live = live.get_mut(&chunk.sequence).expect("it was there above");
                live.push_draft(likeliest(logits.row(i)));
            }
            next.retain(|(chunk, _)| live[&chunk.sequence].wants_draft(chunk));
            chunks = next;
        }
    }
}

/// The first greatest logit's token; any one if there is none.
fn likeliest(logits: &[f32]) -> u32 {
    let greatest = logits.iter().fold(f32::NEG_INFINITY, |a, &b| a.max(b));
    let first = logits.iter().position(|&l| l == greatest);
    first.unwrap_or(0) as u32
}
