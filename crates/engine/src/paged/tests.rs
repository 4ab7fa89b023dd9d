use models::{Causal, Checkpoint, LanguageModel, LoadOptions};
use testkit::{Rng, fixture};

use super::*;
use crate::pages::{PageId, Pages, pages_for};
use crate::scheduler::SequenceId;

/// Every architecture, one of them quantised.
const MODELS: [&str; 9] = [
    "models/openai-gpt",
    "models/gpt2",
    "models/llama",
    "models/llama/model-q8_0.gguf",
    "models/llama3",
    "models/mistral",
    "models/qwen2",
    "models/qwen3",
    "models/gpt_neox",
];

fn load(name: &str) -> Box<dyn LanguageModel> {
    let checkpoint = Checkpoint::open(&fixture(name)).unwrap();
    models::load(&checkpoint, LoadOptions::default()).unwrap()
}

/// Sequences with pages scattered over a pool.
struct Step<'a> {
    model: &'a dyn LanguageModel,
    pool: KvPool,
    prompts: Vec<Vec<u32>>,
    pages: Vec<Vec<PageId>>,
    /// Hidden states of each sequence so far, as bits.
    hidden: Vec<Vec<u32>>,
    done: Vec<usize>,
}

impl<'a> Step<'a> {
    fn new(model: &'a dyn LanguageModel, prompts: &[Vec<u32>], rng: &mut Rng) -> Self {
        let needed: usize = prompts.iter().map(|p| pages_for(p.len())).sum();
        let mut pages = Pages::new(needed + 3);
        let mut free: Vec<PageId> = std::iter::from_fn(|| pages.take()).collect();
        let mut take = || free.swap_remove(rng.below(free.len()));
        let pages = prompts
            .iter()
            .map(|p| (0..pages_for(p.len())).map(|_| take()).collect())
            .collect();
        Self {
            model,
            pool: KvPool::new(&model.shape(), needed + 3),
            prompts: prompts.to_vec(),
            pages,
            hidden: vec![Vec::new(); prompts.len()],
            done: vec![0; prompts.len()],
        }
    }

    /// Computes the next `tokens` of each named sequence in one step.
    fn compute(&mut self, sequences: &[(usize, usize)]) {
        let mut chunks = Vec::new();
        let mut ids = Vec::new();
        for &(s, tokens) in sequences {
            let start = self.done[s];
            let end = (start + tokens).min(self.prompts[s].len());
            if start == end {
                continue;
            }
            ids.extend_from_slice(&self.prompts[s][start..end]);
            self.done[s] = end;
            chunks.push(Chunk {
                sequence: SequenceId(s as u64),
                tokens: start..end,
                pages: self.pages[s].clone(),
                guesses: 0,
                last: end == self.prompts[s].len(),
            });
        }
        if ids.is_empty() {
            return;
        }
        let hidden = self
            .model
            .forward(&ids, &mut Paged::new(&mut self.pool, &chunks));
        let mut row = 0;
        for chunk in &chunks {
            for _ in chunk.tokens.clone() {
                let bits = hidden.row(row).iter().map(|x| x.to_bits());
                self.hidden[chunk.sequence.0 as usize].extend(bits);
                row += 1;
            }
        }
    }

    fn is_done(&self) -> bool {
        self.prompts
            .iter()
            .zip(&self.done)
            .all(|(p, &d)| p.len() == d)
    }
}

/// Bit for bit: each sequence alone and whole, as training sees it; packed with
/// others; token by token from the cache; in chunks of random size in random
/// company.
#[test]
fn paged_is_causal_however_it_is_cut() {
    for name in MODELS {
        let model = load(name);
        let model = &*model;
        for seed in 0..3 {
            let mut rng = Rng::new(seed);
            let vocab = model.shape().vocab;
            let prompts: Vec<Vec<u32>> = [64, 1, 33, 7, 32]
                .map(|n| (0..n).map(|_| rng.below(vocab) as u32).collect())
                .to_vec();
            let want: Vec<Vec<u32>> = prompts
                .iter()
                .map(|p| {
                    let hidden = model.forward(p, &mut Causal::new(&[p.len()]));
                    hidden.data().iter().map(|x| x.to_bits()).collect()
                })
                .collect();

            let mut packed = Step::new(model, &prompts, &mut rng);
            packed.compute(&[(2, 99), (0, 99), (4, 99), (1, 99), (3, 99)]);
            assert_eq!(packed.hidden, want, "{name}, packed, seed {seed}");

            let mut decoded = Step::new(model, &prompts, &mut rng);
            while !decoded.is_done() {
                decoded.compute(&[(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]);
            }
            assert_eq!(decoded.hidden, want, "{name}, decoded, seed {seed}");

            let mut chunked = Step::new(model, &prompts, &mut rng);
            while !chunked.is_done() {
                let chunks: Vec<_> = (0..5).map(|s| (s, rng.below(20))).collect();
                chunked.compute(&chunks);
            }
            assert_eq!(chunked.hidden, want, "{name}, chunked, seed {seed}");
        }
    }
}

#[test]
fn page_bytes_is_what_the_pool_takes() {
    let shape = load("models/llama").shape();
    let pool = KvPool::new(&shape, 3);
    let floats: usize = pool
        .layers
        .iter()
        .map(|l| l.keys.len() + l.values.len())
        .sum();
    assert_eq!(floats * 4, 3 * KvPool::page_bytes(&shape));
}
