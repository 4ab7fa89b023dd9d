use std::cell::Cell;
use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, mpsc};

use kernels::attention::CacheType;
use models::{Attention, Checkpoint, LanguageModel, LoadOptions};
use tensor::{Parameter, Tensor};
use testkit::Rng;

use super::*;
use crate::cost::CostModel;
use crate::live::Live;
use crate::sampler::Sampling;
use crate::scheduler::{Limits, Scheduler, SequenceId, Submission};
use crate::step::{Event, FinishReason, Request, Stepper};
use crate::{Engine, EngineConfig, StartError};

fn model(name: &str) -> Arc<dyn LanguageModel> {
    let checkpoint = Checkpoint::open(&testkit::fixture(name)).unwrap();
    models::load(&checkpoint, LoadOptions::default())
        .unwrap()
        .into()
}

/// Read off the documentation: what followed the latest occurrence of the last
/// three tokens, else of the last two, each guess appended before the next.
fn naive(tokens: &[u32], count: usize) -> Vec<u32> {
    for run in [3, 2] {
        let Some(first) = tokens.len().checked_sub(run) else {
            continue;
        };
        let last = &tokens[first..];
        let ends = (run..tokens.len()).rev();
        let Some(end) = ends.clone().find(|&end| tokens[end - run..end] == *last) else {
            continue;
        };
        let mut all = tokens.to_vec();
        (0..count).for_each(|i| all.push(all[end + i]));
        return all.split_off(tokens.len());
    }
    Vec::new()
}

#[test]
fn guesses_are_what_followed_the_latest_occurrence() {
    let mut found = 0;
    for seed in 0..60 {
        let mut rng = Rng::new(seed);
        let (mut tokens, mut lookup) = (Vec::new(), Lookup::new());
        let alphabet = 2 + rng.below(12);
        while tokens.len() < 200 {
            // A few at once, as a step gives them.
            for _ in 0..1 + rng.below(5) {
                tokens.push(rng.below(alphabet) as u32);
            }
            lookup.add(&tokens, 20);
            let count = rng.below(2 * MAX_GUESSES);
            let got = lookup.guesses(&tokens, count);
            assert_eq!(got, naive(&tokens, count), "seed {seed}, {tokens:?}");
            assert_eq!(
                lookup.trust(&tokens).is_some(),
                !naive(&tokens, 1).is_empty()
            );
            found += got.len();
        }
        assert!(lookup.behind.len() <= 2 * tokens.len());
    }
    assert!(found > 10_000, "{found}");
}

#[test]
fn the_number_of_guesses_follows_their_success() {
    let costs = |rows| Costs { rows, guess: 0.0 };
    assert_eq!(costs(1).best(Trust(0.0), MAX_GUESSES).0, 0);
    assert_eq!(costs(1).best(Trust(1.0), MAX_GUESSES).0, MAX_GUESSES);
    assert_eq!(costs(1).best(Trust(1.0), 3).0, 3);
    for rows in [1, 4, 16, 64] {
        let counts: Vec<usize> = (0..=20)
            .map(|t| costs(rows).best(Trust(f64::from(t) / 20.0), MAX_GUESSES).0)
            .collect();
        assert!(counts.is_sorted(), "{rows} rows: {counts:?}");
    }
    let half = |rows| costs(rows).best(Trust(0.5), MAX_GUESSES).0;
    assert!(half(1) > half(16), "in company the rows are what costs");
    let dear = Costs {
        guess: 1.0,
        ..costs(1)
    };
    assert_eq!(
        dear.best(Trust(0.9), MAX_GUESSES).0,
        0,
        "a draft as dear as the model"
    );
    let mut trust = Trust(0.4);
    (0..40).for_each(|_| trust.learn(false));
    assert_eq!(costs(1).best(trust, MAX_GUESSES).0, 0, "it gives up");
    (0..20).for_each(|_| trust.learn(true));
    assert!(costs(1).best(trust, MAX_GUESSES).0 > 4, "and comes back");
}

/// What a run of requests, all at once, gave.
#[derive(Default)]
struct Ran {
    /// Each request's events, without those that depend on the chunks.
    events: Vec<Vec<Event>>,
    steps: usize,
    guessed: usize,
    came_true: usize,
}

/// A request, and after how many tokens its callback breaks off.
type Asked = (Request, usize);

/// A draft and what it says that its guesses cost.
type Drafted = (Arc<dyn LanguageModel>, f64);

fn wide() -> Limits {
    Limits {
        context: 256,
        pages: 256,
        max_step_tokens: 128,
        max_sequences: 16,
        queue: 100,
        queue_tokens: 10_000,
        cost: CostModel::of(&model("models/llama").shape()),
    }
}

/// Little room: sequences give way, prompts are cut, guesses are not granted.
fn narrow() -> Limits {
    Limits {
        pages: 9,
        max_step_tokens: 24,
        max_sequences: 5,
        ..wide()
    }
}

fn run(asked: &[Asked], limits: &Limits, draft: Option<&Drafted>, speculation: Speculation) -> Ran {
    let pages = limits.pages;
    let (large, small) = (model("models/llama"), draft.map(|d| d.0.clone()));
    let mut stepper = Stepper::new(large, small, pages, CacheType::default()).unwrap();
    if let (Some(draft), Some((_, cost))) = (&mut stepper.draft, draft) {
        draft.cost = *cost;
    }
    let mut scheduler = Scheduler::new(limits.clone());
    let mut receivers = Vec::new();
    for (request, patience) in asked {
        let admitted = scheduler.admit(Submission {
            prompt: request.prompt.clone(),
            max_tokens: request.max_tokens,
            priority: request.priority,
            every_row: request.prompt_logprobs,
        });
        let (sender, receiver) = mpsc::channel();
        let left = Cell::new(*patience);
        let hear = move |event: Event| {
            left.set(left.get() - usize::from(matches!(event, Event::Token { .. })));
            sender.send(event).unwrap();
            if left.get() == 0 {
                Break(())
            } else {
                Continue(())
            }
        };
        let mut request = request.clone();
        if speculation == Speculation::Off {
            request.speculation = Speculation::Off;
        }
        stepper.add(admitted.unwrap(), Live::new(request, Box::new(hear)));
        receivers.push(receiver);
    }
    let mut ran = Ran::default();
    while let Some(plan) = scheduler.plan() {
        let outcome = stepper.step(&plan, &|_| false);
        assert!(!outcome.failed);
        scheduler.commit(&plan, &outcome.sampled, &outcome.finished);
        for &(id, n) in &outcome.guesses {
            scheduler.guess(id, n);
        }
        ran.steps += 1;
        ran.guessed += outcome.guessed;
        ran.came_true += outcome.came_true;
    }
    let matters = |e: &Event| !matches!(e, Event::Prefilled(_) | Event::Cached(_));
    let events = |r: mpsc::Receiver<Event>| r.into_iter().filter(matters).collect();
    ran.events = receivers.into_iter().map(events).collect();
    ran
}

/// Every kind of sampling, of prompt and of end.
fn requests(rng: &mut Rng, count: usize) -> Vec<Asked> {
    let one = |rng: &mut Rng| {
        let alphabet = *rng.choose(&[3, 101]);
        let tokens = 1 + rng.below(60);
        let mut prompt: Vec<u32> = (0..tokens).map(|_| rng.below(alphabet) as u32).collect();
        if rng.below(2) == 0 {
            // A text that repeats itself.
            prompt.truncate(7);
            prompt = prompt.repeat(1 + rng.below(8));
        }
        let sampling = Sampling {
            temperature: *rng.choose(&[0.0, 0.0, 0.05, 0.3, 1.0]),
            top_k: *rng.choose(&[0, 5]),
            top_p: *rng.choose(&[1.0, 0.8]),
            min_p: *rng.choose(&[0.0, 0.1]),
            frequency_penalty: *rng.choose(&[0.0, 0.0, 0.3]),
            presence_penalty: *rng.choose(&[0.0, 0.0, -0.5]),
            logit_bias: rng.choose(&[vec![], vec![(3, 4.0), (9, -50.0)]]).clone(),
            seed: Some(rng.bits()),
        };
        let request = Request {
            prompt,
            max_tokens: 1 + rng.below(120),
            sampling,
            stop_ids: (0..rng.below(3)).map(|_| rng.below(101) as u32).collect(),
            logprobs: *rng.choose(&[None, Some(3)]),
            prompt_logprobs: rng.below(4) == 0,
            ..Request::default()
        };
        let patience = 1 + rng.below(40);
        (request, *rng.choose(&[usize::MAX, usize::MAX, patience]))
    };
    (0..count).map(|_| one(rng)).collect()
}

fn alone(asked: &[Asked]) -> Vec<Vec<Event>> {
    let one = |a: &Asked| run(std::slice::from_ref(a), &wide(), None, Speculation::Off);
    asked.iter().flat_map(|a| one(a).events).collect()
}

/// The headline: with guesses right and wrong, in company and with little room,
/// from the text and from drafts good and bad, every answer is the plain one:
/// tokens, log-probabilities, reason and all.
#[test]
fn guessing_changes_nothing() {
    let drafts = [
        None,
        Some((model("models/llama"), 0.0)),
        Some((model("models/qwen3"), 0.0)),
    ];
    let (mut guessed, mut came_true) = ([0; 3], [0; 3]);
    for seed in 0..6 {
        let asked = requests(&mut Rng::new(seed), 8);
        let want = alone(&asked);
        for (i, draft) in drafts.iter().enumerate() {
            for limits in [&wide(), &narrow()] {
                let ran = run(&asked, limits, draft.as_ref(), Speculation::On);
                for (k, (got, want)) in ran.events.iter().zip(&want).enumerate() {
                    assert_eq!(
                        got, want,
                        "seed {seed}, draft {i}, {limits:?}, {:?}",
                        asked[k]
                    );
                }
                guessed[i] += ran.guessed;
                came_true[i] += ran.came_true;
            }
        }
    }
    // Else this has shown nothing.
    for i in 0..3 {
        assert!(came_true[i] > 200, "{guessed:?}, {came_true:?}");
        assert!(
            guessed[i] > came_true[i] + 200,
            "{guessed:?}, {came_true:?}"
        );
    }
}

fn greedy(prompt: Vec<u32>, max_tokens: usize) -> Asked {
    let sampling = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    let request = Request {
        prompt,
        max_tokens,
        sampling,
        ..Request::default()
    };
    (request, usize::MAX)
}

/// A draft that is the model itself: all its guesses come true, so an answer
/// takes few steps.
#[test]
fn a_perfect_draft_is_always_right() {
    let mut rng = Rng::new(3);
    let prompt = (0..40).map(|_| rng.below(101) as u32).collect();
    let asked = [greedy(prompt, 91)];
    let draft = (model("models/llama"), 0.0);
    let ran = run(&asked, &wide(), Some(&draft), Speculation::On);
    assert_eq!(ran.came_true, ran.guessed);
    assert_eq!(
        1 + (ran.steps - 1) + ran.came_true,
        91,
        "{} steps",
        ran.steps
    );
    assert!(ran.steps < 16, "{} steps", ran.steps);
    assert_eq!(ran.events, alone(&asked));
    let off = run(&asked, &wide(), Some(&draft), Speculation::Off);
    assert_eq!((off.steps, off.guessed), (91, 0));
}

/// Texts without repetition are guessed at so rarely that nothing is lost, and a
/// bad draft is given up.
#[test]
fn guesses_that_fail_are_given_up() {
    let sampling = Sampling {
        seed: Some(1),
        ..Sampling::default()
    };
    let (mut request, patience) = greedy(vec![1, 2, 3], 200);
    request.sampling = sampling;
    let asked = [(request, patience)];
    let ran = run(&asked, &wide(), None, Speculation::On);
    assert!(
        ran.guessed < 20,
        "{} guesses, {} right",
        ran.guessed,
        ran.came_true
    );
    let draft = (model("models/qwen3"), 0.1);
    let ran = run(&asked, &wide(), Some(&draft), Speculation::On);
    assert!(
        ran.guessed < 40,
        "{} guesses, {} right",
        ran.guessed,
        ran.came_true
    );
}

/// A model that computes as often as it is said to, and then panics.
struct Mortal {
    inner: Arc<dyn LanguageModel>,
    forwards: AtomicUsize,
    last: usize,
}

impl LanguageModel for Mortal {
    fn shape(&self) -> ModelShape {
        self.inner.shape()
    }

    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor {
        let before = self.forwards.fetch_add(1, Ordering::Relaxed);
        assert!(before < self.last, "out of life");
        self.inner.forward(ids, attention)
    }

    fn logits(&self, hidden: &Tensor) -> Tensor {
        self.inner.logits(hidden)
    }

    fn parameters(&self) -> &[Parameter] {
        self.inner.parameters()
    }
}

fn mortal(last: usize) -> Arc<Mortal> {
    Arc::new(Mortal {
        inner: model("models/llama"),
        forwards: AtomicUsize::new(0),
        last,
    })
}

/// What wants no guesses costs no draft: not asked for, no room in the answer, no
/// room in the step, not worth it.
#[test]
fn a_draft_computes_only_for_guesses() {
    let forwards = |asked: Asked, limits: &Limits, cost, speculation| {
        let draft = mortal(usize::MAX);
        run(&[asked], limits, Some(&(draft.clone(), cost)), speculation);
        draft.forwards.load(Ordering::Relaxed)
    };
    let prompt = || (0..70).collect::<Vec<u32>>();
    let (on, off) = (Speculation::On, Speculation::Off);
    assert_eq!(forwards(greedy(prompt(), 20), &wide(), 0.0, off), 0);
    assert_eq!(forwards(greedy(prompt(), 1), &wide(), 0.0, on), 0);
    assert_eq!(forwards(greedy(prompt(), 20), &wide(), 5.0, on), 0);
    let no_room = Limits {
        max_step_tokens: 1,
        max_sequences: 1,
        ..wide()
    };
    let of_the_prompt = 1;
    assert_eq!(
        forwards(greedy(vec![4], 20), &no_room, 0.0, on),
        of_the_prompt
    );
    assert!(forwards(greedy(prompt(), 20), &wide(), 0.0, on) > 10);
}

/// A prefix that others computed without the draft is computed by it when it is to
/// guess; and a prompt longer than a step's share of that is not guessed at by half.
#[test]
fn a_draft_makes_up_for_what_it_left_out() {
    let mut rng = Rng::new(3);
    let prompt: Vec<u32> = (0..140).map(|_| rng.below(101) as u32).collect();
    let (mut silent, patience) = greedy(prompt.clone(), 2);
    silent.speculation = Speculation::Off;
    let asked = [(silent, patience), greedy(prompt, 60)];
    let ran = run(
        &asked,
        &wide(),
        Some(&(model("models/llama"), 0.0)),
        Speculation::On,
    );
    assert_eq!(ran.came_true, ran.guessed);
    assert!(ran.steps < 16, "{} steps", ran.steps);
    assert_eq!(ran.events, alone(&asked));
}

/// In the prompt, at a first guess or a later one: it is asked no more, and the
/// answers are the plain ones.
#[test]
fn a_draft_that_panics_is_left_out() {
    let asked = [greedy(vec![1, 2, 3], 60), greedy(vec![9, 8], 60)];
    let want = alone(&asked);
    for last in 0..24 {
        let draft = mortal(last);
        let ran = run(
            &asked,
            &wide(),
            Some(&(draft.clone(), 0.0)),
            Speculation::On,
        );
        assert_eq!(ran.events, want, "after {last}");
        assert_eq!(draft.forwards.load(Ordering::Relaxed), last + 1);
    }
}

#[test]
fn a_draft_of_another_vocabulary_is_refused() {
    let start = |draft| {
        Engine::start_with_draft(model("models/llama"), Some(draft), &EngineConfig::default())
    };
    assert!(start(model("models/qwen3")).is_ok());
    let refused = start(model("models/tiny-chat")).err().unwrap();
    assert!(matches!(refused, StartError::Draft { .. }));
    assert_eq!(
        refused.to_string(),
        "the draft model's vocabulary is 512, the model needs 101"
    );
    assert!(refused.hint().is_some());
}

/// Guesses that come true give a sequence several tokens in a step. Whoever ends
/// it at one of them, whichever way, hears no other.
#[test]
fn no_token_follows_the_end_within_a_step() {
    let engine = Engine::start(model("models/llama"), &EngineConfig::default()).unwrap();
    for breaks in [true, false] {
        for last in 1..20 {
            let (request, _) = greedy(vec![1, 2, 3], 91);
            let (sender, events) = mpsc::channel();
            let (name, id) = mpsc::channel();
            let (door, mut tokens) = (engine.clone(), 0);
            let hear = move |event: Event| {
                let token = matches!(event, Event::Token { .. });
                tokens += usize::from(token);
                sender.send(event).unwrap();
                match token && tokens == last {
                    true if breaks => return Break(()),
                    true => door.cancel(id.recv().unwrap()),
                    false => {}
                }
                Continue(())
            };
            let id = engine.submit(request, Box::new(hear)).unwrap();
            // One that has broken off is gone with its receiver.
            let _ = name.send(id);
            let mut events: Vec<Event> = events.into_iter().collect();
            let cancelled = Event::Finished(FinishReason::Cancelled);
            assert!(breaks || events.pop() == Some(cancelled), "{last}");
            assert_eq!(events.len(), last, "{breaks}: {events:?}");
        }
    }
    engine.drain();
    let status = engine.status();
    assert!(status.came_true > 50, "{status:?}");
    assert_eq!(status.free_pages, status.pages);
}

/// Through the door: what the status tells, and cancelling.
#[test]
fn the_status_counts_guesses() {
    let engine = Engine::start(model("models/llama"), &EngineConfig::default()).unwrap();
    let (request, _) = greedy([5, 6, 7, 8].repeat(8), 150);
    engine
        .submit(request, Box::new(|_| Continue(())))
        .map(|_: SequenceId| engine.drain())
        .unwrap();
    let status = engine.status();
    assert!(
        status.came_true <= status.guessed && status.guessed > 0,
        "{status:?}"
    );
    assert_eq!(status.free_pages, status.pages);
}
