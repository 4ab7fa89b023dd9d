//! The training seam: the files that serve also train, as PyTorch does.

use kernels::adamw::adamw;
use models::{Causal, LanguageModel};
use tensor::{Gradients, Parameter, Tape, Tensor};
use testkit::{Golden, Rng};

use crate::{input, trainable};

const SEED: u64 = 0x10CA1;
const TRAINED: [&str; 2] = ["gpt2", "llama"];

/// Packed sequences with what follows each token.
struct Batch {
    ids: Vec<u32>,
    lens: Vec<usize>,
    targets: Vec<i64>,
}

impl Batch {
    fn of(golden: &Golden) -> Self {
        let (ids, lens) = input(golden);
        let targets = golden.i64("targets");
        Self { ids, lens, targets }
    }

    fn loss(&self, model: &dyn LanguageModel) -> Tensor {
        let hidden = model.forward(&self.ids, &mut Causal::new(&self.lens));
        model.logits(&hidden).cross_entropy(&self.targets)
    }

    fn gradients(&self, model: &dyn LanguageModel) -> (f32, Gradients) {
        let (loss, tape) = Tape::record(|| self.loss(model));
        (loss.data()[0], tape.backward(&loss))
    }
}

fn golden(name: &str) -> Golden {
    Golden::open(&format!("models/{name}/training.safetensors"))
}

#[test]
fn loss_and_gradients_agree_with_pytorch() {
    for name in TRAINED {
        let golden = golden(name);
        let model = trainable(name);
        let (loss, gradients) = Batch::of(&golden).gradients(model.as_ref());
        let want = golden.f32("loss")[0];
        assert!((loss - want).abs() <= 1e-4 * want, "{name}: {loss}, {want}");

        let wanted: Vec<&str> = golden
            .names()
            .into_iter()
            .filter(|n| n.starts_with("grad."))
            .collect();
        assert_eq!(wanted.len(), model.parameters().len(), "{name}: parameters");
        for p in model.parameters() {
            let got = gradients
                .get(p)
                .unwrap_or_else(|| panic!("{name}: none of {p:?}"));
            let key = format!("grad.{}", p.name());
            let (shape, got) = p.to_stored(got);
            assert_eq!(shape, golden.shape(&key), "{name}: {key}");
            let error = relative_error(&got, &golden.f32(&key));
            assert!(
                error < 1e-4,
                "{name}: {key} is off by {error:e} of its largest"
            );
        }
    }
}

/// The largest difference, as a share of the largest wanted value.
fn relative_error(got: &[f32], want: &[f32]) -> f32 {
    let largest = want.iter().fold(0.0f32, |m, x| m.max(x.abs()));
    let off = got.iter().zip(want).map(|(g, w)| (g - w).abs());
    off.fold(0.0f32, |m, x| if x.is_nan() { f32::NAN } else { m.max(x) }) / largest
}

#[test]
fn twenty_adamw_steps_follow_pytorch() {
    for name in TRAINED {
        let golden = golden(name);
        assert_eq!(
            golden.metadata("adamw"),
            r#"{"lr": 0.001, "betas": [0.9, 0.95], "eps": 1e-08, "weight_decay": 0.1, "steps": 20}"#
        );
        let want = golden.f32("adamw.losses");
        let model = trainable(name);
        let got = losses(model.as_ref(), &Batch::of(&golden), want.len());
        for (step, (got, want)) in got.iter().zip(&want).enumerate() {
            assert!(
                (got - want).abs() < 1e-3,
                "{name}, step {step}: {got}, {want}"
            );
        }
        assert!(got[20] < 0.9 * got[0], "{name} learnt nothing: {got:?}");
    }
}

/// The loss before the first of `count - 1` updates and after each.
fn losses(model: &dyn LanguageModel, batch: &Batch, count: usize) -> Vec<f32> {
    let zeros = |p: &Parameter| vec![0.0f32; p.tensor().data().len()];
    let mut moments: Vec<_> = model
        .parameters()
        .iter()
        .map(|p| (zeros(p), zeros(p)))
        .collect();
    let mut losses = Vec::new();
    for step in 1..=count {
        let (loss, gradients) = batch.gradients(model);
        losses.push(loss);
        for (p, (m, v)) in model.parameters().iter().zip(&mut moments) {
            let g = gradients.get(p).unwrap();
            p.update(|w| adamw(w, g, m, v, 1e-3, 0.9, 0.95, 1e-8, 0.1, step as u64));
        }
    }
    losses
}

#[test]
fn a_second_run_equals_the_first() {
    let batch = Batch::of(&golden("llama"));
    let run = || {
        let model = trainable("llama");
        let losses = losses(model.as_ref(), &batch, 4);
        let weights = model
            .parameters()
            .iter()
            .flat_map(|p| p.tensor().data().to_vec());
        let bits = |x: f32| x.to_bits();
        (
            losses.into_iter().map(bits).collect::<Vec<_>>(),
            weights.map(bits).collect::<Vec<_>>(),
        )
    };
    assert!(run() == run());
}

/// Along each parameter's own gradient, the loss rises as the gradient says. A
/// gradient that lacks components, or has them too small, still passes: see
/// the next test.
#[test]
fn gradients_are_slopes_along_themselves() {
    for name in crate::MODELS {
        let model = trainable(name);
        let batch = random_batch(model.as_ref(), SEED);
        let (_, gradients) = batch.gradients(model.as_ref());
        for p in model.parameters() {
            let Some(g) = gradients.get(p) else {
                panic!("{name}: the loss does not depend on {}", p.name());
            };
            let norm = dot(g, g).sqrt();
            let direction: Vec<f32> = g.iter().map(|g| (f64::from(*g) / norm) as f32).collect();
            // A loss of about 5 is known to some 1e-6; the step makes that a
            // thousandth of what a gradient of this norm does, if it can.
            let step = (1e-3 / norm).clamp(1e-3, 3e-2) as f32;
            let slope = slope(model.as_ref(), &batch, &[(p, direction)], step);
            let off = (slope - norm).abs();
            let allowed = 2e-2 * norm + 2e-6 / f64::from(step);
            assert!(
                off < allowed,
                "{name}: {}: {slope} along {norm}, seed {SEED}",
                p.name()
            );
        }
    }
}

/// Along random directions through all parameters at once, the loss rises by
/// what the gradients' products with them say: a component that was dropped or
/// doubled anywhere is missed here only by chance.
#[test]
fn gradients_are_slopes_along_random_directions() {
    for name in crate::MODELS {
        let model = trainable(name);
        let batch = random_batch(model.as_ref(), SEED);
        let (_, gradients) = batch.gradients(model.as_ref());
        let mut rng = Rng::new(SEED);
        for which in 0..2 {
            // A parameter moves the further the smaller its gradient, so that
            // all have a say in the sum.
            let directions: Vec<(&Parameter, Vec<f32>)> = model
                .parameters()
                .iter()
                .map(|p| {
                    let g = gradients.get(p).unwrap();
                    let scale = (1.0 / dot(g, g).sqrt()) as f32;
                    (p, rng.normals(g.len()).iter().map(|d| scale * d).collect())
                })
                .collect();
            let want: f64 = directions
                .iter()
                .map(|(p, d)| dot(gradients.get(p).unwrap(), d))
                .sum();
            let got = slope(model.as_ref(), &batch, &directions, 3e-4);
            // Each parameter adds about ±1 to the slope. Five units in the last
            // place of a loss below 8 are 4e-3 of slope; the curvature adds
            // less.
            assert!(
                (got - want).abs() < 4e-3,
                "{name}, direction {which}: {got}, {want}, seed {SEED}"
            );
        }
    }
}

fn dot(a: &[f32], b: &[f32]) -> f64 {
    a.iter()
        .zip(b)
        .map(|(a, b)| f64::from(*a) * f64::from(*b))
        .sum()
}

/// Central difference of the loss when each parameter moves along its direction.
fn slope(
    model: &dyn LanguageModel,
    batch: &Batch,
    directions: &[(&Parameter, Vec<f32>)],
    step: f32,
) -> f64 {
    let before: Vec<Tensor> = directions.iter().map(|(p, _)| p.tensor()).collect();
    let at = |h: f32| {
        for ((p, direction), before) in directions.iter().zip(&before) {
            p.update(|w| {
                let moved = before.data().iter().zip(direction).map(|(w, d)| w + h * d);
                w.iter_mut().zip(moved).for_each(|(w, x)| *w = x);
            });
        }
        f64::from(batch.loss(model).data()[0])
    };
    let rise = at(step) - at(-step);
    at(0.0);
    rise / (2.0 * f64::from(step))
}

fn random_batch(model: &dyn LanguageModel, seed: u64) -> Batch {
    let mut rng = Rng::new(seed);
    let lens = vec![3, 9];
    let vocab = model.shape().vocab;
    let ids: Vec<u32> = (0..12).map(|_| rng.below(vocab) as u32).collect();
    let mut targets: Vec<i64> = (0..12).map(|_| rng.below(vocab) as i64).collect();
    targets[4] = -100;
    Batch { ids, lens, targets }
}

/// Frozen weights take no gradient, and nothing is kept for them.
#[test]
fn a_served_model_leaves_no_tape() {
    let model = crate::served("llama");
    let batch = Batch::of(&golden("llama"));
    let (_, tape) = Tape::record(|| batch.loss(model.as_ref()));
    assert!(tape.is_empty());
    assert!(model.parameters().is_empty());
}
