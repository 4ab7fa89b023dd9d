//! What of the benches is asked for.

use anyhow::{Context, Result, bail};

use super::{FORMATS, Format, PARTS, ROUNDS, embeddings};

/// Parts, formats, threads and rounds.
#[derive(Debug, PartialEq)]
pub(super) struct Wanted {
    /// Of [`PARTS`]; all of them if nothing is named.
    pub(super) parts: Vec<String>,
    /// Names of [`FORMATS`]; all of them if none is named.
    pub(super) formats: Vec<String>,
    /// One and all cores, unless asked.
    pub(super) threads: Vec<usize>,
    pub(super) rounds: usize,
}

impl Wanted {
    /// Reads `[part|format]... [--threads N] [--rounds N]`.
    pub(super) fn parse(args: &[String]) -> Result<Self> {
        let all = std::thread::available_parallelism().map_or(1, usize::from);
        let mut wanted = Self {
            parts: Vec::new(),
            formats: Vec::new(),
            threads: if all > 1 { vec![1, all] } else { vec![1] },
            rounds: ROUNDS,
        };
        let mut args = args.iter();
        while let Some(arg) = args.next() {
            let mut count = || {
                let count = args.next().and_then(|n| n.parse().ok()).filter(|&n| n > 0);
                count.with_context(|| format!("{arg} takes a number"))
            };
            match arg.as_str() {
                "--threads" => wanted.threads = vec![count()?],
                "--rounds" => wanted.rounds = count()?,
                part if PARTS.contains(&part) => wanted.parts.push(arg.clone()),
                format if FORMATS.iter().any(|f| f.name == format) => {
                    wanted.formats.push(arg.clone());
                }
                other => {
                    let formats = FORMATS.map(|f| f.name).join(", ");
                    let (parts, embeddings) = (PARTS.join(", "), embeddings::NAME);
                    bail!("no bench `{other}`, only {embeddings}, {parts}, {formats}")
                }
            }
        }
        // A format alone means its own rows.
        if wanted.parts.is_empty() && !wanted.formats.is_empty() {
            wanted.parts.push("formats".to_owned());
        }
        Ok(wanted)
    }

    pub(super) fn part(&self, name: &str) -> bool {
        self.parts.is_empty() || self.parts.iter().any(|p| p == name)
    }

    pub(super) fn formats(&self) -> impl Iterator<Item = &'static Format> {
        let named =
            |f: &&Format| self.formats.is_empty() || self.formats.iter().any(|n| n == f.name);
        FORMATS.iter().filter(named)
    }
}
