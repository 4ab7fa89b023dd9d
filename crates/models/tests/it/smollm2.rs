//! The default model's logits against transformers', on the same dequantised
//! weights: 20 texts of 200 tokens.
//!
//! `cargo xtask test` makes the reference with `scripts/fixtures/reference.py`
//! and names both files in the environment. It stores each position's
//! log-sum-exp, its 64 largest logits, and those of 192 fixed ids.

use std::path::PathBuf;

use kernels::quant::Activations;
use kernels::softmax::log_softmax_row;
use models::checkpoint::Checkpoint;
use models::{Causal, LanguageModel, LoadOptions, load};
use tensor::Tensor;
use testkit::{Golden, assert_close};

/// Thirty layers in another order of summation, relative to the largest logit.
const F32_TOLERANCE: f32 = 1e-4;
const INT8_MEAN_KL: f64 = 2e-3;
const INT8_TOP1: f64 = 0.98;

#[test]
fn smollm2_agrees_with_transformers() {
    let env = |name| std::env::var_os(name).map(PathBuf::from);
    let paths = (env("LYCEUM_TEST_MODEL"), env("LYCEUM_REFERENCE"));
    let (Some(model), Some(reference)) = paths else {
        println!("skipped: `cargo xtask test` sets LYCEUM_TEST_MODEL and LYCEUM_REFERENCE");
        return;
    };
    let checkpoint = Checkpoint::open(&model).unwrap();
    let exact = open(&checkpoint, Activations::F32);
    let fast = open(&checkpoint, Activations::Int8);
    let golden = Golden::read(&reference);
    let reference = Reference::new(&golden);

    let ids = golden.ids("input_ids");
    let tokens = golden.shape("input_ids")[1];
    let mut divergence = Divergence::default();
    for (text, ids) in ids.chunks_exact(tokens).enumerate() {
        let exact = logits(exact.as_ref(), ids);
        for position in 0..tokens {
            reference.check(text * tokens + position, exact.row(position));
        }
        divergence.add(&exact, &logits(fast.as_ref(), ids));
    }

    let (kl, top1) = (divergence.mean_kl(), divergence.top1());
    println!("int8 activations: mean KL {kl:.2e}, top-1 agreement {top1:.4}");
    assert!(kl < INT8_MEAN_KL, "mean KL of int8 activations: {kl:.3e}");
    assert!(
        top1 > INT8_TOP1,
        "top-1 agreement of int8 activations: {top1:.4}"
    );
}

fn open(checkpoint: &Checkpoint, activations: Activations) -> Box<dyn LanguageModel> {
    let options = LoadOptions {
        activations,
        ..LoadOptions::default()
    };
    load(checkpoint, options).unwrap()
}

/// [tokens, vocab] logits of one text.
fn logits(model: &dyn LanguageModel, ids: &[u32]) -> Tensor {
    let hidden = model.forward(ids, &mut Causal::new(&[ids.len()]));
    model.logits(&hidden)
}

/// What transformers computed, row by row.
struct Reference {
    top_ids: Vec<u32>,
    top: Vec<f32>,
    sample_ids: Vec<u32>,
    sample: Vec<f32>,
    logsumexp: Vec<f32>,
}

impl Reference {
    fn new(golden: &Golden) -> Self {
        Self {
            top_ids: golden.ids("top.ids"),
            top: golden.f32("top.logits"),
            sample_ids: golden.ids("sample.ids"),
            sample: golden.f32("sample.logits"),
            logsumexp: golden.f32("logsumexp"),
        }
    }

    /// Every stored logit of row `at`, and the log-sum-exp of all.
    fn check(&self, at: usize, row: &[f32]) {
        let count = self.top.len() / self.logsumexp.len();
        let top = at * count..(at + 1) * count;
        let ids = self.top_ids[top.clone()].iter().chain(&self.sample_ids);
        let mut got: Vec<f32> = ids.map(|&id| row[id as usize]).collect();
        got.push(log_sum_exp(row));

        let count = self.sample_ids.len();
        let sample = at * count..(at + 1) * count;
        let want = [
            &self.top[top],
            &self.sample[sample],
            &self.logsumexp[at..=at],
        ]
        .concat();
        assert_close(&format!("logits of row {at}"), &got, &want, F32_TOLERANCE);
    }
}

fn log_sum_exp(row: &[f32]) -> f32 {
    let mut log_probs = vec![0.0; row.len()];
    log_softmax_row(&mut log_probs, row);
    row[0] - log_probs[0]
}

/// How far one run's distributions lie from another's.
#[derive(Default)]
struct Divergence {
    kl: f64,
    same_top: usize,
    positions: usize,
}

impl Divergence {
    fn add(&mut self, exact: &Tensor, fast: &Tensor) {
        let mut p = vec![0.0; exact.cols()];
        let mut q = vec![0.0; exact.cols()];
        for position in 0..exact.rows() {
            log_softmax_row(&mut p, exact.row(position));
            log_softmax_row(&mut q, fast.row(position));
            let terms = p.iter().zip(&q).map(|(p, q)| f64::from(p.exp() * (p - q)));
            self.kl += terms.sum::<f64>();
            self.same_top += usize::from(argmax(&p) == argmax(&q));
            self.positions += 1;
        }
    }

    fn mean_kl(&self) -> f64 {
        self.kl / self.positions as f64
    }

    fn top1(&self) -> f64 {
        self.same_top as f64 / self.positions as f64
    }
}

fn argmax(row: &[f32]) -> usize {
    let best = row.iter().enumerate().max_by(|a, b| a.1.total_cmp(b.1));
    best.expect("a vocabulary is not empty").0
}
