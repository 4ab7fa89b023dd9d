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
    fn new(
        model: &'a dyn LanguageModel,
        prompts: &[Vec<u32>],
        kind: CacheType,
        rng: &mut Rng,
    ) -> Self {
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
            pool: KvPool::new(&model.shape(), needed + 3, kind).unwrap(),
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

const PROMPTS: [usize; 5] = [64, 1, 33, 7, 32];

fn prompts(model: &dyn LanguageModel, rng: &mut Rng) -> Vec<Vec<u32>> {
    let vocab = model.shape().vocab;
    PROMPTS
        .map(|n| (0..n).map(|_| rng.below(vocab) as u32).collect())
        .to_vec()
}

/// Hidden states of sequences packed in one step; computed token by token from
/// the cache; in chunks of random size in random company.
fn cuts(
    model: &dyn LanguageModel,
    prompts: &[Vec<u32>],
    kind: CacheType,
    rng: &mut Rng,
) -> [Vec<Vec<u32>>; 3] {
    let mut packed = Step::new(model, prompts, kind, rng);
    packed.compute(&[(2, 99), (0, 99), (4, 99), (1, 99), (3, 99)]);

    let mut decoded = Step::new(model, prompts, kind, rng);
    while !decoded.is_done() {
        decoded.compute(&[(0, 1), (1, 1), (2, 1), (3, 1), (4, 1)]);
    }

    let mut chunked = Step::new(model, prompts, kind, rng);
    while !chunked.is_done() {
        let chunks: Vec<_> = (0..5).map(|s| (s, rng.below(20))).collect();
        chunked.compute(&chunks);
    }
    [packed.hidden, decoded.hidden, chunked.hidden]
}

/// Bit for bit what each sequence gives alone and whole, as training sees it.
#[test]
fn paged_is_causal_however_it_is_cut() {
    for name in MODELS {
        let model = load(name);
        let model = &*model;
        for seed in 0..3 {
            let mut rng = Rng::new(seed);
            let prompts = prompts(model, &mut rng);
            let want: Vec<Vec<u32>> = prompts
                .iter()
                .map(|p| {
                    let hidden = model.forward(p, &mut Causal::new(&[p.len()]));
                    hidden.data().iter().map(|x| x.to_bits()).collect()
                })
                .collect();
            let [packed, decoded, chunked] = cuts(model, &prompts, CacheType::F32, &mut rng);
            assert_eq!(packed, want, "{name}, packed, seed {seed}");
            assert_eq!(decoded, want, "{name}, decoded, seed {seed}");
            assert_eq!(chunked, want, "{name}, chunked, seed {seed}");
        }
    }
}

/// Rounding the cache changes the numbers, not that they are the same in any
/// company.
#[test]
fn rounded_caches_are_the_same_however_they_are_cut() {
    for name in ["models/llama/model-q8_0.gguf", "models/qwen3"] {
        let model = load(name);
        for kind in [CacheType::F16, CacheType::Int8] {
            let mut rng = Rng::new(5);
            let prompts = prompts(&*model, &mut rng);
            let [packed, decoded, chunked] = cuts(&*model, &prompts, kind, &mut rng);
            assert_eq!(packed, decoded, "{name}, {kind:?}, decoded");
            assert_eq!(packed, chunked, "{name}, {kind:?}, chunked");
            let alone: Vec<_> = (0..prompts.len())
                .map(|s| {
                    let mut alone = Step::new(&*model, &prompts, kind, &mut rng);
                    alone.compute(&[(s, 99)]);
                    alone.hidden.swap_remove(s)
                })
                .collect();
            assert_eq!(packed, alone, "{name}, {kind:?}, alone");
        }
    }
}

#[test]
fn page_bytes_follow_the_type() {
    let shape = load("models/llama").shape();
    let bytes = [CacheType::F32, CacheType::F16, CacheType::Int8]
        .map(|kind| KvPool::page_bytes(&shape, kind));
    assert_eq!(bytes[0], 2 * bytes[1]);
    assert!(bytes[2] < bytes[1]);
}
