//! `lyceum bench`: how fast a model reads and writes on this machine.
//!
//! Prefill is the prompts' tokens over the time until every sequence has its first token; decode
//! is the tokens that come after that over the time from then on. Every prompt begins with
//! another token, so that no run finds its prefix computed by an earlier one, and nothing is
//! guessed ahead unless `--speculate` asks for it. A run that does not count comes first: memory
//! that the system gives for the first time would be timed with the work.

use std::io::{self, Write};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::time::{Duration, Instant};

use engine::{EngineConfig, Event, Request, Sampling, Speculation, TextModel};

use crate::cli::{Bench, Global};
use crate::command::{doctor, open};
use crate::interrupt;
use crate::report::{Exit, Failure, Outcome};
use crate::term;

mod report;

/// Prompts that are measured alone, and how many of the shortest at once, when nothing is asked.
const LENGTHS: [usize; 4] = [128, 512, 2048, 4000];
const BATCHES: [usize; 2] = [4, 16];
/// The length that stands for the others.
const HEADLINE: usize = 512;
const RUNS: u16 = 3;
/// A row gets no further run after this, unless the number of runs is asked for.
const ENOUGH: Duration = Duration::from_secs(4);
/// Tokens of the prompt that comes beside a long one, and when it comes.
const SHORT: usize = 128;
const DELAY: Duration = Duration::from_millis(300);

/// `batch` prompts of `prefill` tokens at once, answered with `decode` tokens each.
#[derive(Clone, Copy, Debug, PartialEq)]
struct Work {
    prefill: usize,
    batch: usize,
    decode: usize,
}

/// One run's times.
struct Times {
    /// Of the sequence in the middle.
    first_token: Duration,
    prefill: Duration,
    decode: Duration,
    /// Tokens that came within `decode`.
    decoded: usize,
}

/// The medians of a work's runs.
#[derive(Clone)]
struct Row {
    work: Work,
    runs: usize,
    prefill_per_s: f64,
    decode_per_s: f64,
    generated_per_s: f64,
    first_token_s: f64,
}

/// Seconds to the first token of a short prompt.
struct Beside {
    long: usize,
    alone_s: f64,
    beside_s: f64,
}

struct Report {
    rows: Vec<Row>,
    beside: Option<Beside>,
    speculation: Speculation,
    load_s: f64,
    peak_memory: Option<u64>,
}

pub fn run(global: &Global, args: &Bench) -> Outcome {
    let most = args.batch.iter().map(|&b| usize::from(b)).max();
    let most = match (most, args.prefill.is_empty()) {
        (Some(most), _) => most,
        (None, true) => BATCHES[BATCHES.len() - 1],
        (None, false) => 1,
    };
    // Beside a long prompt comes a short one.
    let most = most.max(if args.beside.is_some() { 2 } else { 1 });
    let usual = EngineConfig::default();
    let config = EngineConfig {
        // No room for more than is measured, so that a run gets the pages of the one before.
        context: Some(longest(args)),
        max_sequences: most,
        // Room for prompts beside a token of each.
        max_step_tokens: usual.max_step_tokens.max(2 * most),
        ..usual
    };
    // Fetched first, so that a download does not count as loading.
    open::path(global, args.name.as_deref())?;
    let started = Instant::now();
    let model = open::text_model_for(global, args.name.as_deref(), config)?;
    let load_s = started.elapsed().as_secs_f64();
    let mut bench = Runner {
        model,
        prompts: 0,
        // What follows ids of no text repeats itself more than an answer does.
        speculation: open::speculation(global, Speculation::Off),
    };
    let mut rows = Vec::new();
    for work in plan(args, bench.model.engine().context()) {
        rows.push(bench.row(global, args.runs, work)?);
    }
    let beside = args
        .beside
        .map(|long| bench.beside(global, args.runs, long as usize));
    let report = Report {
        rows,
        beside: beside.transpose()?,
        speculation: bench.speculation,
        load_s,
        peak_memory: doctor::peak_memory(),
    };
    if global.json {
        writeln!(io::stdout(), "{}", report.to_json())?;
    } else {
        write!(io::stdout(), "{}", report.to_table())?;
    }
    Ok(())
}

/// Tokens of the longest sequence.
fn longest(args: &Bench) -> usize {
    let lengths = args.prefill.iter().map(|&l| l as usize);
    let usual = LENGTHS.into_iter().filter(|_| args.prefill.is_empty());
    let prefill = lengths.chain(usual).max().unwrap_or(HEADLINE);
    let beside = args.beside.map_or(0, |long| long as usize + 1);
    (prefill.saturating_add(args.decode as usize))
        .max(beside)
        .max(SHORT + 1)
}

/// What is measured: what was asked for, else each length alone and the shortest in batches.
fn plan(args: &Bench, context: usize) -> Vec<Work> {
    let decode = args.decode as usize;
    let work = |prefill, batch| Work {
        prefill,
        batch,
        decode,
    };
    if args.prefill.is_empty() && args.batch.is_empty() {
        let fits = |prefill: &usize| prefill + decode <= context;
        let mut lengths: Vec<usize> = LENGTHS.into_iter().filter(fits).collect();
        if lengths.is_empty() {
            lengths.push(context.saturating_sub(decode).max(1));
        }
        let alone = lengths.iter().map(|&prefill| work(prefill, 1));
        let together = BATCHES.iter().map(|&batch| work(lengths[0], batch));
        return alone.chain(together).collect();
    }
    let lengths = match args.prefill.as_slice() {
        [] => vec![HEADLINE as u32],
        lengths => lengths.to_vec(),
    };
    let batches = match args.batch.as_slice() {
        [] => vec![1],
        batches => batches.to_vec(),
    };
    let of_length = |prefill: u32| {
        let batches = batches.clone();
        let works = batches.into_iter().map(usize::from);
        works.map(move |batch| work(prefill as usize, batch))
    };
    lengths.into_iter().flat_map(of_length).collect()
}

/// A loaded model, and how many prompts it has had.
struct Runner {
    model: TextModel,
    prompts: usize,
    speculation: Speculation,
}

impl Runner {
    fn row(&mut self, global: &Global, runs: Option<u16>, work: Work) -> Outcome<Row> {
        let started = Instant::now();
        let most = runs.unwrap_or(RUNS);
        let mut times = Vec::new();
        announce(
            global,
            &format!("{} × {} tokens, to warm up", work.batch, work.prefill),
        )?;
        self.measure(Work {
            prefill: work.prefill.saturating_add(work.decode) - 1,
            decode: 1,
            ..work
        })?;
        for i in 0..most {
            if runs.is_none() && i > 0 && started.elapsed() > ENOUGH {
                break;
            }
            let what = format!(
                "{} × {} tokens, {} of {most}",
                work.batch,
                work.prefill,
                i + 1
            );
            announce(global, &what)?;
            times.push(self.measure(work)?);
        }
        Ok(Row::new(work, &times))
    }

    /// Runs distinct prompts to the end; a Ctrl+C on the way leaves no times.
    fn measure(&mut self, work: Work) -> Outcome<Times> {
        let (sender, events) = mpsc::channel();
        let started = Instant::now();
        for _ in 0..work.batch {
            self.submit(work.prefill, work.decode, &sender)?;
        }
        drop(sender);
        let newest = self.prompts;
        let mut tokens: Vec<Vec<Instant>> = vec![Vec::new(); work.batch];
        for (at, prompt, event) in events {
            match event {
                Event::Token { .. } => tokens[newest - prompt].push(at),
                Event::Failed(failure) => return Err(Failure::new(Exit::Failed, failure)),
                _ => {}
            }
        }
        let first: Option<Vec<Instant>> = tokens.iter().map(|t| t.first().copied()).collect();
        let whole = first.filter(|_| !interrupt::requested());
        let mut first = whole.ok_or_else(Failure::interrupted)?;
        first.sort();
        let latest = first[first.len() - 1];
        let all = || tokens.iter().flatten();
        let last = all().max().copied().unwrap_or(latest);
        Ok(Times {
            first_token: first[first.len() / 2] - started,
            prefill: latest - started,
            decode: last - latest,
            decoded: all().filter(|&&at| at > latest).count(),
        })
    }

    /// The time to a short prompt's first token, alone and while a long one is computed.
    fn beside(&mut self, global: &Global, runs: Option<u16>, long: usize) -> Outcome<Beside> {
        let (mut alone, mut beside) = (Vec::new(), Vec::new());
        let most = runs.unwrap_or(RUNS);
        for i in 0..most {
            let what = format!("{SHORT} tokens beside {long}, {} of {most}", i + 1);
            announce(global, &what)?;
            alone.push(self.first_token()?.as_secs_f64());
            let (sender, events) = mpsc::channel();
            self.submit(long, 1, &sender)?;
            // Events come in between; the long prompt should not be over, though.
            let due = Instant::now() + DELAY;
            let mut early = false;
            while let Some(left) = due.checked_duration_since(Instant::now()) {
                match events.recv_timeout(left) {
                    Ok((_, _, event)) => early |= matches!(event, Event::Token { .. }),
                    Err(RecvTimeoutError::Timeout | RecvTimeoutError::Disconnected) => break,
                }
            }
            if early {
                let message = format!("a prompt of {long} tokens takes less than {DELAY:?}");
                return Err(Failure::usage(message).help("--beside with a larger number"));
            }
            beside.push(self.first_token()?.as_secs_f64());
            // Whoever hears nobody listening breaks off.
            drop(events);
            drop(sender);
            self.model.engine().drain();
        }
        Ok(Beside {
            long,
            alone_s: median(alone),
            beside_s: median(beside),
        })
    }

    fn first_token(&mut self) -> Outcome<Duration> {
        let work = Work {
            prefill: SHORT,
            batch: 1,
            decode: 1,
        };
        Ok(self.measure(work)?.first_token)
    }

    /// Queues a prompt that no other one shares a prefix with.
    fn submit(&mut self, prefill: usize, decode: usize, sender: &Sender) -> Outcome {
        let context = self.model.engine().context();
        if prefill.saturating_add(decode) > context {
            let message = format!(
                "prompts of {prefill} tokens and {decode} to generate; the context holds {context}"
            );
            return Err(Failure::usage(message).help("smaller numbers for --prefill and --decode"));
        }
        self.prompts += 1;
        let number = self.prompts;
        let vocab = self.model.shape().vocab;
        // Ids spread over the vocabulary; text would not change the work.
        let id = |i: usize| ((i * (7919 + 2 * number) + number * 104_729 + 13) % vocab) as u32;
        let request = Request {
            prompt: (0..prefill).map(id).collect(),
            max_tokens: decode,
            sampling: Sampling {
                temperature: 0.0,
                ..Sampling::default()
            },
            speculation: self.speculation,
            ..Request::default()
        };
        let sender = sender.clone();
        let hear = move |event| match sender.send((Instant::now(), number, event)) {
            Ok(()) => interrupt::flow(),
            Err(_) => std::ops::ControlFlow::Break(()),
        };
        let submitted = self.model.engine().submit(request, Box::new(hear));
        submitted.map_err(engine::CompletionError::from)?;
        Ok(())
    }
}

/// When, which prompt, what.
type Sender = mpsc::Sender<(Instant, usize, Event)>;

fn announce(global: &Global, what: &str) -> Outcome {
    if interrupt::requested() {
        return Err(Failure::interrupted());
    }
    if !global.quiet {
        say!("{} {what}", term::paint("1;32", "     Running"));
    }
    Ok(())
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}

#[cfg(test)]
mod tests {
    use super::*;

    fn args(prefill: &[u32], batch: &[u16]) -> Bench {
        Bench {
            name: None,
            prefill: prefill.to_vec(),
            decode: 10,
            batch: batch.to_vec(),
            runs: None,
            beside: None,
        }
    }

    fn pairs(works: &[Work]) -> Vec<(usize, usize)> {
        works.iter().map(|w| (w.prefill, w.batch)).collect()
    }

    #[test]
    fn the_plan_stays_within_the_context_unless_asked() {
        let all = plan(&args(&[], &[]), 8192);
        let want = [
            (128, 1),
            (512, 1),
            (2048, 1),
            (4000, 1),
            (128, 4),
            (128, 16),
        ];
        assert_eq!(pairs(&all), want);
        let short = plan(&args(&[], &[]), 522);
        assert_eq!(pairs(&short), [(128, 1), (512, 1), (128, 4), (128, 16)]);
        let tiny = plan(&args(&[], &[]), 64);
        assert_eq!(pairs(&tiny), [(54, 1), (54, 4), (54, 16)]);
        let asked = plan(&args(&[7, 9], &[1, 2]), 64);
        assert_eq!(pairs(&asked), [(7, 1), (7, 2), (9, 1), (9, 2)]);
        assert_eq!(pairs(&plan(&args(&[], &[8]), 8192)), [(512, 8)]);
    }

    #[test]
    fn rates_are_medians_over_the_runs() {
        let work = Work {
            prefill: 100,
            batch: 2,
            decode: 11,
        };
        let run = |prefill: u64, decode: u64| Times {
            first_token: Duration::from_secs(prefill),
            prefill: Duration::from_secs(prefill),
            decode: Duration::from_secs(decode),
            decoded: 20,
        };
        let row = Row::new(work, &[run(1, 5), run(4, 2), run(2, 4)]);
        assert_eq!((row.prefill_per_s, row.decode_per_s), (100.0, 5.0));
        // 22 tokens in 6 seconds each.
        assert_eq!(row.generated_per_s, 22.0 / 6.0);
        assert_eq!((row.first_token_s, row.runs), (2.0, 3));
    }
}
