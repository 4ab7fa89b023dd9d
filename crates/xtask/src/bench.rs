//! `cargo xtask bench`: our speed beside that of the programs people would
//! otherwise run, on the same file, in turn, in one run. The table is meant for
//! LOG.md.
//!
//! Each row is measured in rounds, ours then theirs, and its ratio is the median
//! of the rounds' ratios, so that a busy minute of the machine hits both.
//! llama.cpp runs at the settings that a trial finds best for that row.

mod embeddings;
mod llama_cpp;
mod ours;
mod serve;
mod table;
mod tokenizer;
mod wanted;

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::{Value, json};

use crate::process::{root, work_dir};
use crate::setup::{DEFAULT_MODEL, default_model, lyceum, python};
pub(crate) use llama_cpp::LlamaCpp;
pub(crate) use ours::parse;
use ours::{Limits, Ours};
use table::Row;
use wanted::Wanted;

const BUILD: &[&str] = &["build", "--release", "--quiet", "--package", "lyceum"];
const PREFILL: usize = 512;
const DECODE: usize = 128;
const ROUNDS: usize = 3;
/// Sequences at once, with prompts and answers of `DECODE` tokens.
const BATCH: usize = 16;
const LONG: usize = 4000;

/// What `cargo xtask bench` can measure, in the order it does.
const PARTS: [&str; 8] = [
    "formats",
    "batch",
    "context",
    "busy",
    "start",
    "tokenizer",
    "avx2",
    SERVE,
];

/// What the server adds to the engine; it needs no other program.
const SERVE: &str = "serve";

/// A file in one of ggml's formats, and how many times llama.cpp's speed is wanted.
struct Format {
    name: &'static str,
    /// llama.cpp's name of what to make of the shipped file; the shipped one has none.
    made: Option<&'static str>,
    prefill: f64,
    decode: f64,
}

const FORMATS: [Format; 4] = [
    Format {
        name: "Q4_1",
        made: None,
        prefill: 6.0,
        decode: 3.0,
    },
    Format {
        name: "Q4_0",
        made: Some("MOSTLY_Q4_0"),
        prefill: 2.2,
        decode: 1.3,
    },
    Format {
        name: "Q8_0",
        made: Some("MOSTLY_Q8_0"),
        prefill: 2.7,
        decode: 1.5,
    },
    Format {
        name: "BF16",
        made: Some("MOSTLY_BF16"),
        prefill: 1.6,
        decode: 1.3,
    },
];

/// What one run of ours and one of theirs printed.
type Round = (Value, Value);

/// Both programs, the shipped file, and what the machine can do by threads.
struct Bench {
    ours: Ours,
    theirs: LlamaCpp,
    shipped: PathBuf,
    limits: Vec<(usize, Limits)>,
    wanted: Wanted,
}

/// Measures what `args` name, everything if they name nothing, and prints the table.
pub(crate) fn run(args: &[String]) -> Result<()> {
    // It has peers of its own.
    if let Some((embeddings::NAME, rest)) = args.split_first().map(|(a, rest)| (a.as_str(), rest)) {
        return embeddings::run(&Wanted::parse(rest)?);
    }
    let wanted = Wanted::parse(args)?;
    let (serve, rounds) = (wanted.part(SERVE), wanted.rounds);
    if wanted.parts != [SERVE] {
        beside_others(wanted)?;
    }
    match serve {
        true => serve::run(rounds).context("bench `serve`"),
        false => Ok(()),
    }
}

fn beside_others(wanted: Wanted) -> Result<()> {
    let python = native_python()?;
    let program = lyceum(BUILD, "release")?;
    let shipped = default_model(&work_dir().join("data"), BUILD, "release")?;
    let (ours, theirs) = (Ours::new(program), LlamaCpp::new(python));
    let limits = wanted.threads.iter().map(|&t| Ok((t, Limits::measure(t)?)));
    let mut bench = Bench {
        limits: limits.collect::<Result<_>>()?,
        ours,
        theirs,
        shipped,
        wanted,
    };
    println!(
        "{DEFAULT_MODEL}, median of {} rounds in turn; {}",
        bench.wanted.rounds,
        machine(&bench)
    );
    table::begin();
    for threads in bench.wanted.threads.clone() {
        bench.part("formats", |b| b.formats(threads, "", None))?;
        bench.part("batch", |b| b.batch(threads))?;
        bench.part("context", |b| b.context(threads))?;
        bench.part("busy", |b| b.busy(threads))?;
        bench.part("start", |b| b.start(threads))?;
    }
    bench.part("tokenizer", Bench::tokenizer)?;
    bench.part("avx2", Bench::avx2)
}

/// Python with llama.cpp, compiled for this machine.
pub(crate) fn native_python() -> Result<PathBuf> {
    python("bench-venv", &requirements(), &llama_cpp::NATIVE)
}

fn requirements() -> PathBuf {
    root().join("scripts/bench/requirements.txt")
}

fn machine(bench: &Bench) -> String {
    let limits = bench
        .limits
        .iter()
        .map(|(threads, l)| format!("{threads} threads: {l}"));
    let limits: Vec<_> = limits.collect();
    format!(
        "{};\nlimits, in 1e9 per second of int8, bf16, f32 operations and \
         bytes read: {}",
        ours::load(),
        limits.join("; ")
    )
}

impl Bench {
    fn part(&mut self, name: &str, measure: impl FnOnce(&mut Self) -> Result<()>) -> Result<()> {
        match self.wanted.part(name) {
            true => measure(self).with_context(|| format!("bench `{name}`")),
            false => Ok(()),
        }
    }

    fn limits(&self, threads: usize) -> Limits {
        let found = self.limits.iter().find(|(t, _)| *t == threads);
        found.map_or(self.limits[0].1, |(_, limits)| *limits)
    }

    /// The file in `format`, made by llama.cpp where it is not the shipped one.
    fn file(&self, format: &Format) -> Result<PathBuf> {
        match format.made {
            None => Ok(self.shipped.clone()),
            Some(kind) => self.theirs.quantize(&self.shipped, kind),
        }
    }

    /// Prefill and decode of one sequence, in every format, against its own bars or `bar`.
    fn formats(&mut self, threads: usize, suffix: &str, bar: Option<f64>) -> Result<()> {
        for format in self.wanted.formats().collect::<Vec<_>>() {
            let file = self.file(format)?;
            let bars = (bar.unwrap_or(format.prefill), bar.unwrap_or(format.decode));
            self.format(&format!("{}{suffix}", format.name), &file, threads, bars)?;
        }
        Ok(())
    }

    fn format(&mut self, name: &str, file: &Path, threads: usize, bars: (f64, f64)) -> Result<()> {
        let settings = self.theirs.tune(file, threads, PREFILL, DECODE, 1)?;
        let settings = json!({"prefill": settings["prefill"],
                                          "decode": settings["decode"]});
        let mut rounds = Vec::new();
        for _ in 0..self.wanted.rounds {
            let ours = self.ours.speed(file, threads, PREFILL, DECODE, 1)?;
            let theirs = self
                .theirs
                .speed(file, threads, PREFILL, DECODE, 1, &settings)?;
            rounds.push((ours, theirs));
        }
        let theirs = &rounds[0].1;
        let limits = self.limits(threads);
        let peak = match name.split(' ').next() {
            Some("BF16") => limits.bf16,
            Some("F32") => limits.f32,
            _ => limits.int8,
        };
        let prefill = peak / (2.0 * number(theirs, "layer_parameters")?);
        let decode = limits.read / number(theirs, "weight_bytes")?;
        for (field, work, bar, limit) in [
            ("prefill_tokens_per_s", "prefill", bars.0, prefill),
            ("decode_tokens_per_s", "decode", bars.1, decode),
        ] {
            let row = Row::new(format!("{name} {work}"), threads, "tokens/s", bar);
            row.limit(limit).rounds(&rounds, field)?.print();
        }
        self.memory(name, file, threads, &rounds[0])
    }

    /// The most memory that we held, against 1.3 times the file and the cache used.
    fn memory(&self, name: &str, file: &Path, threads: usize, round: &Round) -> Result<()> {
        let (ours, theirs) = round;
        let held = number(ours, "peak_memory_bytes")? / 1e6;
        let tokens = (PREFILL + DECODE) as f64;
        let cache = tokens * number(theirs, "kv_bytes_per_token")?;
        let needed = (std::fs::metadata(file)?.len() as f64 + cache) / 1e6;
        let row = Row::new(
            format!("{name} memory / file and cache"),
            threads,
            "MB",
            1.3,
        );
        row.less().values(held, needed).print();
        Ok(())
    }

    /// Sixteen sequences at once.
    fn batch(&mut self, threads: usize) -> Result<()> {
        let file = self.shipped.clone();
        let settings = self.theirs.tune(&file, threads, DECODE, DECODE, BATCH)?;
        let settings = json!({"all": settings["all"]});
        let mut rounds = Vec::new();
        for _ in 0..self.wanted.rounds {
            let ours = self.ours.speed(&file, threads, DECODE, DECODE, BATCH)?;
            let theirs = self
                .theirs
                .speed(&file, threads, DECODE, DECODE, BATCH, &settings)?;
            rounds.push((ours, theirs));
        }
        let name = format!("Q4_1 {BATCH} at once, generated");
        let row = Row::new(name, threads, "tokens/s", 4.0);
        row.rounds(&rounds, "generated_tokens_per_s")?.print();
        Ok(())
    }

    /// Decode far into a context.
    fn context(&mut self, threads: usize) -> Result<()> {
        const ANSWER: usize = 33;
        let file = self.shipped.clone();
        let settings = self.theirs.tune(&file, threads, LONG, ANSWER, 1)?;
        let settings = json!({"decode": settings["decode"]});
        let mut rounds = Vec::new();
        for _ in 0..self.wanted.rounds {
            let ours = self.ours.speed(&file, threads, LONG, ANSWER, 1)?;
            let theirs = self
                .theirs
                .speed(&file, threads, LONG, ANSWER, 1, &settings)?;
            rounds.push((ours, theirs));
        }
        let read = number(&rounds[0].1, "weight_bytes")?
            + LONG as f64 * number(&rounds[0].1, "kv_bytes_per_token")?;
        let row = Row::new(format!("Q4_1 decode at {LONG}"), threads, "tokens/s", 2.0);
        let row = row.limit(self.limits(threads).read / read);
        row.rounds(&rounds, "decode_tokens_per_s")?.print();
        Ok(())
    }

    /// A short prompt beside a long one against alone, in each program.
    fn busy(&mut self, threads: usize) -> Result<()> {
        let ours = self.ours.beside(&self.shipped, threads, LONG)?;
        let ours = &ours["beside"];
        let [alone, beside] = ["first_token_alone_s", "first_token_beside_s"];
        let name = format!("first of 128 tokens beside {LONG} / alone");
        let row = Row::new(name, threads, "ms", 2.0).less();
        let (beside, alone) = (number(ours, beside)? * 1e3, number(ours, alone)? * 1e3);
        row.values(beside, alone).print();
        Ok(())
    }

    /// From starting the program to the first byte of its answer.
    fn start(&mut self, threads: usize) -> Result<()> {
        let mut rounds = Vec::new();
        for _ in 0..1 + 2 * self.wanted.rounds {
            let ours = self.ours.first(&self.shipped, threads)?;
            rounds.push((ours, self.theirs.first(&self.shipped, threads)?));
        }
        rounds.remove(0); // the file comes into the page cache
        let row = Row::new("start to first token".to_owned(), threads, "ms", 0.5).less();
        row.rounds(&rounds, "first_token_ms")?.print();
        Ok(())
    }

    /// Encoding, one thread, against both libraries.
    fn tokenizer(&mut self) -> Result<()> {
        for (peer, bar) in [("tiktoken", 2.0), ("tokenizers", 20.0)] {
            let mut rounds = Vec::new();
            for _ in 0..self.wanted.rounds {
                rounds.push(tokenizer::round(&self.shipped, self.theirs.python(), peer)?);
            }
            let row = Row::new(format!("encode / {peer}"), 1, "MB/s", bar);
            row.rounds(&rounds, "mb_per_s")?.print();
        }
        Ok(())
    }

    /// The formats again, with nothing beyond AVX2 on either side.
    fn avx2(&mut self) -> Result<()> {
        let python = python("bench-venv-avx2", &requirements(), &llama_cpp::AVX2)?;
        let native = std::mem::replace(&mut self.theirs, LlamaCpp::new(python));
        self.ours.restrict("avx2");
        for threads in self.wanted.threads.clone() {
            self.formats(threads, " AVX2", Some(1.0))?;
        }
        self.ours.restrict("");
        self.theirs = native;
        Ok(())
    }
}

pub(crate) fn number(value: &Value, name: &str) -> Result<f64> {
    let number = value[name].as_f64();
    number.ok_or_else(|| anyhow::anyhow!("no number `{name}` in {value}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(line: &str) -> Result<Wanted> {
        Wanted::parse(
            &line
                .split_whitespace()
                .map(str::to_owned)
                .collect::<Vec<_>>(),
        )
    }

    #[test]
    fn nothing_named_is_everything() {
        let all = parse("").unwrap();
        assert!(PARTS.iter().all(|p| all.part(p)));
        assert_eq!((all.formats().count(), all.rounds), (FORMATS.len(), ROUNDS));
    }

    #[test]
    fn a_format_alone_is_its_rows() {
        let one = parse("Q8_0 --threads 2 --rounds 1").unwrap();
        assert!(one.part("formats") && !one.part("batch"));
        let names: Vec<_> = one.formats().map(|f| f.name).collect();
        assert_eq!((names, one.threads, one.rounds), (vec!["Q8_0"], vec![2], 1));
        assert!(!parse("avx2 BF16").unwrap().part("formats"));
    }

    #[test]
    fn a_mistake_is_named() {
        for bad in ["decoding", "--threads", "--threads x", "--rounds 0"] {
            let error = parse(bad).unwrap_err().to_string();
            assert!(error.contains(bad.split(' ').next().unwrap()), "{error}");
        }
    }
}
