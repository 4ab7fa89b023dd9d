//! `lyceum bench`: how fast a model reads and writes on this machine.
//!
//! Prefill is the prompts' tokens over the time until every sequence has its first token; decode
//! is the tokens after the first over the time from then on.

use std::io::{self, Write};
use std::sync::mpsc;
use std::time::{Duration, Instant};

use engine::{EngineConfig, Event, Request, Sampling, TextModel};
use serde_json::json;

use crate::cli::{Bench, Global};
use crate::command::open;
use crate::interrupt;
use crate::report::{Exit, Failure, Outcome};
use crate::term;

/// One run's times.
struct Times {
    first_token: Duration,
    prefill: Duration,
    decode: Duration,
}

/// The medians of all runs.
struct Report {
    runs: usize,
    batch: usize,
    prefill: usize,
    decode: usize,
    prefill_per_s: f64,
    decode_per_s: f64,
    first_token_s: f64,
    load_s: f64,
    peak_memory: Option<u64>,
}

pub fn run(global: &Global, args: &Bench) -> Outcome {
    let batch = usize::from(args.batch);
    let config = EngineConfig {
        max_sequences: batch,
        ..EngineConfig::default()
    };
    // Fetched first, so that a download does not count as loading.
    open::path(global, args.name.as_deref())?;
    let started = Instant::now();
    let model = open::text_model_for(global, args.name.as_deref(), config)?;
    let load = started.elapsed();

    let mut runs = Vec::new();
    for i in 0..args.runs {
        if interrupt::requested() {
            return Err(Failure::interrupted());
        }
        if !global.quiet {
            let verb = term::paint("1;32", "     Running");
            say!("{verb} {} of {}", i + 1, args.runs);
        }
        let (prefill, decode) = (args.prefill as usize, args.decode as usize);
        runs.push(measure(&model, prefill, decode, batch)?);
    }
    let report = Report::new(args, load, &runs);
    if global.json {
        writeln!(io::stdout(), "{}", report.to_json())?;
    } else {
        write!(io::stdout(), "{}", report.to_table())?;
    }
    Ok(())
}

impl Report {
    fn new(args: &Bench, load: Duration, runs: &[Times]) -> Self {
        let median = |f: &dyn Fn(&Times) -> Duration| {
            let mut all: Vec<f64> = runs.iter().map(|t| f(t).as_secs_f64()).collect();
            all.sort_by(f64::total_cmp);
            all[all.len() / 2]
        };
        let batch = usize::from(args.batch);
        let (prefill, decode) = (args.prefill as usize, args.decode as usize);
        Self {
            runs: runs.len(),
            batch,
            prefill,
            decode,
            prefill_per_s: (prefill * batch) as f64 / median(&|t| t.prefill),
            decode_per_s: ((decode - 1) * batch) as f64 / median(&|t| t.decode).max(1e-9),
            first_token_s: median(&|t| t.first_token),
            load_s: load.as_secs_f64(),
            peak_memory: peak_memory(),
        }
    }

    fn to_json(&self) -> serde_json::Value {
        json!({"v": 1, "threads": kernels::parallel::threads(),
               "kernels": kernels::simd::level(), "runs": self.runs, "batch": self.batch,
               "prefill_tokens": self.prefill, "prefill_tokens_per_s": self.prefill_per_s,
               "decode_tokens": self.decode, "decode_tokens_per_s": self.decode_per_s,
               "first_token_s": self.first_token_s, "load_s": self.load_s,
               "peak_memory_bytes": self.peak_memory})
    }

    fn to_table(&self) -> String {
        let (threads, kernels) = (kernels::parallel::threads(), kernels::simd::level());
        let rate = |per_s: f64, tokens: usize| {
            format!("{per_s:.1} tokens/s   ({} × {tokens} tokens)", self.batch)
        };
        let milliseconds = |s: f64| format!("{:.0} ms", s * 1e3);
        let memory = self.peak_memory.map_or("unknown".into(), term::size);
        let rows = [
            ("threads", format!("{threads} ({kernels} kernels)")),
            ("prefill", rate(self.prefill_per_s, self.prefill)),
            ("decode", rate(self.decode_per_s, self.decode)),
            ("first token", milliseconds(self.first_token_s)),
            ("load", milliseconds(self.load_s)),
            ("peak memory", memory),
        ];
        let rows = rows.map(|(name, value)| vec![name.to_owned(), value]);
        term::table(&["", &format!("median of {}", self.runs)], &rows)
    }
}

/// Runs `batch` distinct prompts to the end.
fn measure(model: &TextModel, prefill: usize, decode: usize, batch: usize) -> Outcome<Times> {
    let vocab = model.shape().vocab;
    let (sender, events) = mpsc::channel();
    let started = Instant::now();
    for sequence in 0..batch {
        // Ids spread over the vocabulary; text would not change the work.
        let prompt = (0..prefill).map(|i| ((i * 7919 + sequence * 104_729 + 13) % vocab) as u32);
        let request = Request {
            prompt: prompt.collect(),
            max_tokens: decode,
            sampling: Sampling {
                temperature: 0.0,
                ..Sampling::default()
            },
            ..Request::default()
        };
        let sender = sender.clone();
        let hear = move |event| {
            // The receiver outlives every sequence unless the bench was interrupted.
            let _ = sender.send((Instant::now(), sequence, event));
            interrupt::flow()
        };
        model
            .engine()
            .submit(request, Box::new(hear))
            .map_err(engine::CompletionError::from)?;
    }
    drop(sender);
    let mut first = vec![None; batch];
    let mut last = started;
    for (at, sequence, event) in events {
        match event {
            Event::Token { .. } => {
                first[sequence].get_or_insert(at);
                last = at;
            }
            Event::Failed(failure) => return Err(Failure::new(Exit::Failed, failure)),
            _ => {}
        }
    }
    let first: Option<Vec<Instant>> = first.into_iter().collect();
    let first = first.ok_or_else(Failure::interrupted)?;
    let (earliest, latest) = first
        .iter()
        .fold((last, started), |(a, b), &t| (a.min(t), b.max(t)));
    Ok(Times {
        first_token: earliest - started,
        prefill: latest - started,
        decode: last - latest,
    })
}

/// Most memory this process has held, as Linux tells it.
fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}
