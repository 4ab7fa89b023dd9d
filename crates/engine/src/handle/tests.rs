use std::ops::ControlFlow::{Break, Continue};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{LazyLock, mpsc};

use super::*;
use crate::paged::KvPool;
use crate::sampler::{SampleError, Sampling};
use crate::scheduler::Priority;
use kernels::attention::CacheType;
use models::{Attention, Checkpoint, LoadOptions, ModelShape};
use tensor::{Parameter, Tensor};
use testkit::Rng;

/// A fixture's model: a Llama of two layers.
fn model() -> Arc<dyn LanguageModel> {
    let checkpoint = Checkpoint::open(&testkit::fixture("models/llama")).unwrap();
    models::load(&checkpoint, LoadOptions::default())
        .unwrap()
        .into()
}

fn engine(config: &EngineConfig) -> Engine {
    Engine::start(model(), config).unwrap()
}

/// Little room, so that sequences give way and prompts are cut.
fn narrow(model: &dyn LanguageModel) -> EngineConfig {
    EngineConfig {
        kv_bytes: 8 * KvPool::page_bytes(&model.shape(), CacheType::default()),
        max_step_tokens: 24,
        max_sequences: 5,
        ..EngineConfig::default()
    }
}

fn random_prompt(rng: &mut Rng, tokens: usize) -> Vec<u32> {
    static VOCAB: LazyLock<usize> = LazyLock::new(|| model().shape().vocab);
    let vocab = *VOCAB;
    (0..tokens).map(|_| rng.below(vocab) as u32).collect()
}

fn greedy() -> Sampling {
    Sampling {
        temperature: 0.0,
        ..Sampling::default()
    }
}

/// Submits, and later collects what came.
fn start(engine: &Engine, request: Request) -> mpsc::Receiver<Event> {
    let (sender, receiver) = mpsc::channel();
    engine
        .submit(
            request,
            Box::new(move |event| match sender.send(event) {
                Ok(()) => Continue(()),
                Err(_) => Break(()),
            }),
        )
        .unwrap();
    receiver
}

fn tokens(events: &[Event]) -> Vec<u32> {
    let token = |e: &Event| match e {
        Event::Token { token, .. } => Some(*token),
        _ => None,
    };
    events.iter().filter_map(token).collect()
}

fn run_one(engine: &Engine, request: Request) -> Vec<Event> {
    start(engine, request).into_iter().collect()
}

fn request(prompt: Vec<u32>, max_tokens: usize, sampling: Sampling) -> Request {
    Request {
        prompt,
        max_tokens,
        sampling,
        ..Request::default()
    }
}

/// The headline: alone, among 15 others, in small chunks with preemption, on
/// another number of threads: the same tokens and the same log-probabilities.
#[test]
fn company_changes_nothing() {
    let alone = engine(&EngineConfig::default());
    let mut rng = Rng::new(1);
    let requests: Vec<Request> = (0..16)
        .map(|i| {
            let count = 1 + rng.below(70);
            let prompt = random_prompt(&mut rng, count);
            let sampled = Sampling {
                seed: Some(i),
                top_p: 0.9,
                ..Sampling::default()
            };
            let sampling = if i % 2 == 0 { greedy() } else { sampled };
            let logprobs = Some(5);
            Request {
                logprobs,
                ..request(prompt, 40, sampling)
            }
        })
        .collect();
    let of = |events: Vec<Event>| -> Vec<Event> {
        events
            .into_iter()
            .filter(|e| !matches!(e, Event::Prefilled(_) | Event::Cached(_)))
            .collect()
    };
    let want: Vec<_> = requests
        .iter()
        .map(|r| of(run_one(&alone, r.clone())))
        .collect();
    assert!(want.iter().all(|events| tokens(events).len() == 40));
    let narrow = narrow(&*model());
    for threads in [1, 2, 3] {
        kernels::parallel::set_threads(threads);
        for config in [&EngineConfig::default(), &narrow] {
            let engine = engine(config);
            let receivers: Vec<_> = requests.iter().map(|r| start(&engine, r.clone())).collect();
            for (i, receiver) in receivers.into_iter().enumerate() {
                let got = of(receiver.into_iter().collect());
                assert_eq!(got, want[i], "request {i}, {threads} threads, {config:?}");
            }
        }
    }
    kernels::parallel::set_threads(0);
}

/// Candidates that share the pages of a prompt get what they would get alone.
#[test]
fn a_shared_prompt_changes_nothing() {
    let config = EngineConfig {
        max_step_tokens: 40,
        ..EngineConfig::default()
    };
    let prompt = random_prompt(&mut Rng::new(2), 100);
    let one = |seed| {
        request(
            prompt.clone(),
            20,
            Sampling {
                seed: Some(seed),
                ..Sampling::default()
            },
        )
    };
    let alone = |seed| tokens(&run_one(&engine(&config), one(seed)));
    let want: Vec<_> = (0..5).map(alone).collect();
    let engine = engine(&config);
    let receivers: Vec<_> = (0..5).map(|seed| start(&engine, one(seed))).collect();
    let got = receivers
        .into_iter()
        .map(|r| tokens(&r.into_iter().collect::<Vec<_>>()));
    assert_eq!(got.collect::<Vec<_>>(), want);
    assert_ne!(want[0], want[1], "seeds differ");
    // Three full pages of the prompt, once each for four of them.
    engine.drain();
    assert_eq!(engine.status().reused_tokens, 4 * 3 * PAGE as u64);
    // Now the prompt is there, and the answers too.
    assert_eq!(tokens(&run_one(&engine, one(4))), want[4]);
    assert_eq!(engine.status().reused_tokens, 5 * 3 * PAGE as u64);
}

/// Prefixes found in the cache, pages evicted, sequences that give way, batch
/// work, prompts whose every row is wanted: the same events as in an engine of
/// one's own.
#[test]
fn what_is_cached_changes_nothing() {
    let model = model();
    let mut rng = Rng::new(6);
    let trunk = random_prompt(&mut rng, 120);
    let requests: Vec<Request> = (0..60)
        .map(|i| {
            let mut prompt = trunk[..rng.below(120)].to_vec();
            let own = 1 + rng.below(30);
            prompt.extend(random_prompt(&mut rng, own));
            let sampled = Sampling {
                seed: Some(i),
                ..Sampling::default()
            };
            let sampling = [greedy(), sampled][rng.below(2)].clone();
            Request {
                prompt_logprobs: rng.below(5) == 0,
                logprobs: Some(2),
                priority: [Priority::Live, Priority::Batch][rng.below(2)],
                ..request(prompt, 1 + rng.below(40), sampling)
            }
        })
        .collect();
    let of = |events: Vec<Event>| -> Vec<Event> {
        let heard = |e: &Event| !matches!(e, Event::Prefilled(_) | Event::Cached(_));
        events.into_iter().filter(heard).collect()
    };
    let alone = |r: &Request| of(run_one(&engine(&EngineConfig::default()), r.clone()));
    let want: Vec<_> = requests.iter().map(alone).collect();
    let shared = Engine::start(model.clone(), &narrow(&*model)).unwrap();
    let receivers: Vec<_> = requests.iter().map(|r| start(&shared, r.clone())).collect();
    for (i, receiver) in receivers.into_iter().enumerate() {
        assert_eq!(of(receiver.into_iter().collect()), want[i], "request {i}");
    }
    shared.drain();
    let status = shared.status();
    assert!(status.reused_tokens > 1_000, "{status:?}");
    assert_eq!(status.free_pages, status.pages);
}

/// What a request heard of its prompt, first if at all.
fn cached(events: &[Event]) -> usize {
    let told = |e: &&Event| matches!(e, Event::Cached(_));
    assert!(events.iter().skip(1).filter(told).count() == 0);
    match events.first() {
        Some(&Event::Cached(tokens)) => tokens,
        _ => 0,
    }
}

/// A prompt's tokens are computed or told to have been found, each of them.
#[test]
fn what_is_told_to_be_cached_was_not_computed() {
    let mut rng = Rng::new(11);
    let trunk = random_prompt(&mut rng, 200);
    let engine = engine(&EngineConfig::default());
    let (mut asked, mut found, mut scored) = (0, 0, 0);
    for _ in 0..4 {
        // Some at the same time, which wait for each other's pages.
        let requests: Vec<Request> = (0..12)
            .map(|_| {
                let mut prompt = trunk[..rng.below(200)].to_vec();
                let own = 1 + rng.below(40);
                prompt.extend(random_prompt(&mut rng, own));
                Request {
                    prompt_logprobs: rng.below(5) == 0,
                    // Its one token is sampled, and never computed.
                    ..request(prompt, 1, greedy())
                }
            })
            .collect();
        let receivers: Vec<_> = requests.iter().map(|r| start(&engine, r.clone())).collect();
        for (request, receiver) in requests.iter().zip(receivers) {
            let cached = cached(&receiver.into_iter().collect::<Vec<_>>());
            assert!(cached < request.prompt.len() && cached.is_multiple_of(PAGE));
            assert!(cached == 0 || !request.prompt_logprobs);
            asked += request.prompt.len();
            found += cached;
            scored += usize::from(request.prompt_logprobs);
        }
        engine.drain();
        assert_eq!((asked - found) as u64, engine.status().computed_tokens);
    }
    assert!(found > 2_000 && scored > 2, "{found} of {asked}");
}

/// Who gives way may find its own pages again: that is no prompt known before.
#[test]
fn giving_way_makes_nothing_cached() {
    let model = model();
    let engine = Engine::start(model.clone(), &narrow(&*model)).unwrap();
    let mut rng = Rng::new(12);
    let mut long = || request(random_prompt(&mut rng, 70), 60, greedy());
    let requests: Vec<_> = (0..8).map(|_| long()).collect();
    let receivers: Vec<_> = requests.iter().map(|r| start(&engine, r.clone())).collect();
    for receiver in receivers {
        let events: Vec<_> = receiver.into_iter().collect();
        assert_eq!(tokens(&events).len(), 60);
        assert_eq!(cached(&events), 0);
    }
    engine.drain();
    let status = engine.status();
    let once = requests.iter().map(|r| r.prompt.len() as u64 + 59).sum();
    assert!(status.computed_tokens > once, "nobody gave way: {status:?}");
    assert!(status.reused_tokens > 0, "nothing was found again");
}

/// The scores of a prompt, computed in chunks, are those of generating it.
#[test]
fn prompt_scores_are_those_of_generation() {
    let engine = engine(&EngineConfig {
        max_step_tokens: 33,
        ..EngineConfig::default()
    });
    let prompt = random_prompt(&mut Rng::new(3), 7);
    let generate = Request {
        logprobs: Some(3),
        ..request(prompt.clone(), 60, greedy())
    };
    let generated = run_one(&engine, generate);
    let whole: Vec<u32> = prompt.iter().copied().chain(tokens(&generated)).collect();
    let score = Request {
        logprobs: Some(3),
        prompt_logprobs: true,
        ..request(whole.clone(), 0, greedy())
    };
    let scored = run_one(&engine, score);
    assert_eq!(scored.last(), Some(&Event::Finished(FinishReason::Length)));
    let scores: Vec<_> = scored
        .into_iter()
        .filter_map(|e| match e {
            Event::Prompt { token, logprobs } => Some((token, logprobs)),
            _ => None,
        })
        .collect();
    assert_eq!(scores.iter().map(|s| s.0).collect::<Vec<_>>(), whole);
    assert_eq!(scores.iter().position(|s| s.1.is_none()), Some(0));
    assert!(scores[1..].iter().all(|s| s.1.is_some()));
    for (event, score) in generated
        .iter()
        .filter(|e| matches!(e, Event::Token { .. }))
        .zip(&scores[7..])
    {
        let Event::Token { token, logprobs } = event else {
            unreachable!()
        };
        assert_eq!((token, logprobs), (&score.0, &score.1));
    }
}

#[test]
fn stop_tokens_end_the_answer() {
    let engine = engine(&EngineConfig::default());
    let prompt = random_prompt(&mut Rng::new(4), 5);
    let free = tokens(&run_one(&engine, request(prompt.clone(), 30, greedy())));
    let stop = free[10];
    let first = free.iter().position(|&t| t == stop).unwrap();
    let stopped = Request {
        stop_ids: vec![stop],
        ..request(prompt, 30, greedy())
    };
    let events = run_one(&engine, stopped);
    assert_eq!(tokens(&events), free[..=first]);
    assert_eq!(events.last(), Some(&Event::Finished(FinishReason::Stop)));
}

/// A callback that breaks off is called no more, and its pages are free before
/// the next step.
#[test]
fn breaking_off_cancels_in_the_same_step() {
    let engine = engine(&EngineConfig::default());
    let (sender, receiver) = mpsc::channel();
    let mut calls = 0;
    let callback = move |_| {
        calls += 1;
        sender.send(calls).unwrap();
        if calls == 3 { Break(()) } else { Continue(()) }
    };
    engine
        .submit(request(vec![1, 2, 3], 200, greedy()), Box::new(callback))
        .unwrap();
    engine.drain();
    let status = engine.status();
    assert_eq!((status.running, status.free_pages), (0, status.pages));
    assert_eq!(receiver.into_iter().collect::<Vec<_>>(), [1, 2, 3]);
}

#[test]
fn cancelling_frees_now_and_reports() {
    let engine = engine(&EngineConfig::default());
    // The engine stands inside the first call until the request is cancelled.
    let (enter, events) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let callback = move |event| {
        enter.send(event).unwrap();
        // Disconnected once cancelled.
        let _ = released.recv();
        Continue(())
    };
    let id = engine
        .submit(request(vec![1, 2, 3], 200, greedy()), Box::new(callback))
        .unwrap();
    events.recv().unwrap();
    engine.cancel(id);
    let status = engine.status();
    assert_eq!((status.running, status.free_pages), (0, status.pages));
    engine.cancel(id);
    drop(release);
    let rest: Vec<Event> = events.into_iter().collect();
    assert_eq!(rest, [Event::Finished(FinishReason::Cancelled)]);
}

#[test]
fn requests_that_cannot_run_are_refused() {
    let engine = engine(&EngineConfig {
        queue: 2,
        max_sequences: 1,
        ..EngineConfig::default()
    });
    let never = || Box::new(|_: Event| -> std::ops::ControlFlow<()> { panic!("refused") });
    let shape = model().shape();
    let submit = |r: Request| engine.submit(r, never()).unwrap_err();
    assert_eq!(
        submit(request(vec![], 5, greedy())),
        Reject::Refused(Refusal::Empty)
    );
    let context = shape.context;
    assert_eq!(
        submit(request(vec![0; context], 1, greedy())),
        Reject::Refused(Refusal::Context {
            prompt: context,
            max_tokens: 1,
            context
        })
    );
    let (id, vocab) = (shape.vocab as u32, shape.vocab);
    assert_eq!(
        submit(request(vec![0, id], 1, greedy())),
        Reject::Vocabulary { id, vocab }
    );
    let hot = Sampling {
        temperature: 3.0,
        ..Sampling::default()
    };
    assert!(matches!(
        submit(request(vec![0], 1, hot)),
        Reject::Sampling(_)
    ));
}

/// Submitting returns while a step is under way, and the queue has an end.
#[test]
fn submitting_never_waits_for_the_model() {
    let config = EngineConfig {
        queue: 2,
        max_sequences: 1,
        ..EngineConfig::default()
    };
    let engine = engine(&config);
    // The engine stands inside this callback until the test lets it go on.
    let (enter, entered) = mpsc::channel();
    let (release, released) = mpsc::channel::<()>();
    let callback = move |_| {
        enter.send(()).unwrap();
        released.recv().map_or(Break(()), Continue)
    };
    engine
        .submit(request(vec![1], 5, greedy()), Box::new(callback))
        .unwrap();
    entered.recv().unwrap();
    let waiting: Vec<_> = (0..2)
        .map(|_| start(&engine, request(vec![1], 2, greedy())))
        .collect();
    let full = engine.submit(request(vec![1], 2, greedy()), Box::new(|_| Continue(())));
    let why = Refusal::QueueFull { limit: 2 };
    let Err(Reject::Busy {
        why: got,
        retry_after_s,
    }) = full
    else {
        panic!("{full:?}")
    };
    assert_eq!(got, why);
    assert!((1..=600).contains(&retry_after_s));
    drop(release);
    for receiver in waiting {
        assert_eq!(tokens(&receiver.into_iter().collect::<Vec<_>>()).len(), 2);
    }
}

#[test]
fn dropping_stops_and_tells_those_who_wait() {
    let engine = engine(&EngineConfig::default());
    let receiver = start(&engine, request(vec![1, 2], 200, greedy()));
    receiver.recv().unwrap();
    drop(engine.clone());
    receiver.recv().unwrap();
    drop(engine);
    let last = receiver.into_iter().last();
    // It may have finished in time.
    let finished = Event::Finished(FinishReason::Length);
    assert!(
        [Some(Event::Failed(Failure::Stopped)), Some(finished)].contains(&last),
        "{last:?}"
    );
}

/// A real model with a fault: token 1 panics, token 2 makes its row NaN.
struct Faulty {
    inner: Arc<dyn LanguageModel>,
    steps: AtomicUsize,
}

impl LanguageModel for Faulty {
    fn shape(&self) -> ModelShape {
        self.inner.shape()
    }

    fn forward(&self, ids: &[u32], attention: &mut dyn Attention) -> Tensor {
        self.steps.fetch_add(1, Ordering::Relaxed);
        assert!(!ids.contains(&1), "token 1 came");
        let hidden = self.inner.forward(ids, attention);
        let mut data = hidden.data().to_vec();
        for (row, &id) in data.chunks_mut(hidden.cols()).zip(ids) {
            if id == 2 {
                row.fill(f32::NAN);
            }
        }
        Tensor::new(hidden.shape(), data)
    }

    fn logits(&self, hidden: &Tensor) -> Tensor {
        self.inner.logits(hidden)
    }

    fn parameters(&self) -> &[Parameter] {
        self.inner.parameters()
    }
}

#[test]
fn a_fault_ends_its_sequences_and_not_the_engine() {
    let faulty = Faulty {
        inner: model(),
        steps: AtomicUsize::new(0),
    };
    let engine = Engine::start(Arc::new(faulty), &EngineConfig::default()).unwrap();
    let panicked = run_one(&engine, request(vec![5, 1], 4, greedy()));
    let message = "token 1 came".to_owned();
    assert_eq!(panicked, [Event::Failed(Failure::Panic { message })]);
    let nan = run_one(&engine, request(vec![5, 2], 4, greedy()));
    let source = SampleError::Logit {
        token: 0,
        got: "NaN".to_owned(),
    };
    assert_eq!(nan, [Event::Failed(Failure::Sample { index: 0, source })]);
    // Scoring the prompt sees it too, with nothing sampled.
    let scored = Request {
        prompt_logprobs: true,
        ..request(vec![5, 2, 7], 0, greedy())
    };
    let failed = run_one(&engine, scored).pop();
    let source = SampleError::Logit {
        token: 0,
        got: "NaN".to_owned(),
    };
    let want = Event::Failed(Failure::Score { index: 2, source });
    assert_eq!(failed, Some(want));
    let banned = vec![(1, -100.0), (2, -100.0)];
    let well = Sampling {
        logit_bias: banned,
        ..greedy()
    };
    // A callback that panics is its own sequence's end only.
    let panics = Box::new(|_: Event| -> std::ops::ControlFlow<()> { panic!("a callback") });
    engine
        .submit(request(vec![7], 4, well.clone()), panics)
        .unwrap();
    assert_eq!(
        tokens(&run_one(&engine, request(vec![7], 4, well))).len(),
        4
    );
    engine.drain();
    assert_eq!(engine.status().free_pages, engine.status().pages);
}

#[test]
fn an_idle_engine_computes_nothing() {
    let faulty = Arc::new(Faulty {
        inner: model(),
        steps: AtomicUsize::new(0),
    });
    let engine = Engine::start(faulty.clone(), &EngineConfig::default()).unwrap();
    run_one(
        &engine,
        request(
            vec![5],
            3,
            Sampling {
                logit_bias: vec![(1, -100.0)],
                ..greedy()
            },
        ),
    );
    engine.drain();
    assert_eq!(faulty.steps.load(Ordering::Relaxed), 3);
}

#[test]
fn configurations_that_cannot_work_are_refused() {
    let start = |config: EngineConfig| Engine::start(model(), &config).err().unwrap();
    let d = EngineConfig::default;
    let memory = start(EngineConfig {
        kv_bytes: 10,
        ..d()
    });
    assert!(matches!(memory, StartError::Memory { kv_bytes: 10, .. }));
    assert!(memory.hint().is_some());
    let few = start(EngineConfig {
        max_step_tokens: 3,
        max_sequences: 4,
        ..d()
    });
    assert_eq!(few.to_string(), "max_step_tokens is 3, wanted at least 4");
}

/// Ten thousand requests of all kinds through little memory, some cancelled.
#[test]
fn soak() {
    let model = model();
    let engine = Engine::start(model.clone(), &narrow(&*model)).unwrap();
    let capacity = engine.context();
    let seed = 77;
    let mut rng = Rng::new(seed);
    let trunk = random_prompt(&mut rng, 40);
    let finished = Arc::new(AtomicUsize::new(0));
    let (mut submitted, mut broken) = (0, 0);
    while submitted < 10_000 {
        let most = [60.min(capacity - 20), 12][usize::from(rng.below(3) > 0)];
        let prompt = 1 + rng.below(most);
        let mut prompt = random_prompt(&mut rng, prompt);
        if rng.below(2) == 0 {
            let common = prompt.len().min(trunk.len());
            prompt[..common].copy_from_slice(&trunk[..common]);
        }
        let mut request = request(
            prompt,
            rng.below(12),
            Sampling {
                seed: Some(seed),
                ..Sampling::default()
            },
        );
        request.prompt_logprobs = rng.below(4) == 0;
        let break_at = [usize::MAX, rng.below(15)][usize::from(rng.below(5) == 0)];
        let finished = Arc::clone(&finished);
        let mut calls = 0;
        let callback = move |event| {
            calls += 1;
            if let Event::Finished(_) = event {
                finished.fetch_add(1, Ordering::Relaxed);
            } else if calls > break_at {
                finished.fetch_add(1, Ordering::Relaxed);
                return Break(());
            }
            Continue(())
        };
        match engine.submit(request, Box::new(callback)) {
            Ok(id) => {
                submitted += 1;
                if rng.below(20) == 0 {
                    broken += 1;
                    engine.cancel(id);
                }
            }
            Err(Reject::Busy { .. }) => engine.drain(),
            Err(e) => panic!("seed {seed}: {e}"),
        }
    }
    engine.drain();
    let status = engine.status();
    assert_eq!((status.running, status.waiting), (0, 0), "seed {seed}");
    assert_eq!(status.free_pages, status.pages, "seed {seed}");
    drop(engine);
    assert_eq!(
        finished.load(Ordering::Relaxed),
        10_000,
        "seed {seed}, {broken} cancelled"
    );
}

/// Five hundred requests from eight threads to a small cache and a short queue:
/// each finishes with what it would get alone, or is told why not and when to
/// come back; neither queue nor cache outgrow their limits.
#[test]
fn under_load_each_is_served_or_told_when_to_retry() {
    let model = model();
    let config = EngineConfig {
        queue: 12,
        queue_tokens: 400,
        ..narrow(&*model)
    };
    let shared = Engine::start(model.clone(), &config).unwrap();
    let mut rng = Rng::new(8);
    let kinds: Vec<Request> = (0..10)
        .map(|_| {
            let count = 1 + rng.below(90);
            request(random_prompt(&mut rng, count), 1 + rng.below(20), greedy())
        })
        .collect();
    let alone = |r: &Request| tokens(&run_one(&engine(&EngineConfig::default()), r.clone()));
    let want: Vec<_> = kinds.iter().map(alone).collect();
    let (served, rejected) = (AtomicUsize::new(0), AtomicUsize::new(0));
    let client = |thread: usize| {
        let mut under_way = Vec::new();
        for i in 0..63 {
            let kind = (i * 7 + thread) % kinds.len();
            let (sender, receiver) = mpsc::channel();
            let hear = move |event| sender.send(event).map_or(Break(()), Continue);
            match shared.submit(kinds[kind].clone(), Box::new(hear)) {
                Ok(_) => under_way.push((kind, receiver)),
                Err(Reject::Busy { why, retry_after_s }) => {
                    assert!(why.passes() && (1..=600).contains(&retry_after_s));
                    rejected.fetch_add(1, Ordering::Relaxed);
                    // Or else all are told so before the engine has come to run.
                    if let Some((kind, receiver)) = under_way.pop() {
                        check(&want[kind], receiver);
                        served.fetch_add(1, Ordering::Relaxed);
                    }
                }
                Err(e) => panic!("{e}"),
            }
            let status = shared.status();
            let most = config.queue + config.max_sequences;
            assert!(status.waiting <= most && status.running <= config.max_sequences);
            // Some wait for their answers, some go on asking.
            if under_way.len() > thread {
                let (kind, receiver) = under_way.remove(0);
                check(&want[kind], receiver);
                served.fetch_add(1, Ordering::Relaxed);
            }
        }
        for (kind, receiver) in under_way {
            check(&want[kind], receiver);
            served.fetch_add(1, Ordering::Relaxed);
        }
    };
    thread::scope(|scope| {
        for thread in 0..8 {
            let client = &client;
            scope.spawn(move || client(thread));
        }
    });
    let (served, rejected) = (served.into_inner(), rejected.into_inner());
    assert_eq!(served + rejected, 8 * 63);
    assert!(
        served > 50 && rejected > 10,
        "{served} served, {rejected} rejected"
    );
    shared.drain();
    assert_eq!(shared.status().free_pages, shared.status().pages);
}

fn check(want: &[u32], receiver: mpsc::Receiver<Event>) {
    let events: Vec<Event> = receiver.into_iter().collect();
    assert_eq!(tokens(&events), want);
    assert_eq!(events.last(), Some(&Event::Finished(FinishReason::Length)));
}
