//! `lyceum doctor`: checks this machine and prints a repair for each finding.

use std::io::{self, Write};
use std::path::Path;

use serde_json::json;
use store::Listed;

use crate::cli::Global;
use crate::command::pull;
use crate::report::{Exit, Failure, Outcome};
use crate::term;

#[derive(Clone, Copy, PartialEq)]
enum State {
    Good,
    /// Works, but slower or with less than it could.
    Weak,
    Bad,
}

struct Finding {
    what: &'static str,
    state: State,
    found: String,
    repair: Option<String>,
}

impl Finding {
    fn good(what: &'static str, found: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Good,
            found: found.into(),
            repair: None,
        }
    }

    fn weak(what: &'static str, found: impl Into<String>, repair: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Weak,
            found: found.into(),
            repair: Some(repair.into()),
        }
    }

    fn bad(what: &'static str, found: impl Into<String>, repair: impl Into<String>) -> Self {
        Self {
            what,
            state: State::Bad,
            found: found.into(),
            repair: Some(repair.into()),
        }
    }
}

pub fn run(global: &Global) -> Outcome {
    let mut findings = vec![processor(), threads(), memory()];
    findings.extend(data_directory(global));
    if global.json {
        let rows: Vec<_> = findings.iter().map(to_json).collect();
        writeln!(io::stdout(), "{}", json!({"v": 1, "findings": rows}))?;
    } else {
        for finding in &findings {
            print(finding)?;
        }
    }
    match findings.iter().filter(|f| f.state == State::Bad).count() {
        0 => Ok(()),
        n => Err(Failure::new(
            Exit::Failed,
            anyhow::anyhow!("{n} finding(s) need a repair"),
        )),
    }
}

fn print(finding: &Finding) -> io::Result<()> {
    let colors = term::stdout_colors();
    let mark = match finding.state {
        State::Good => term::paint_if(colors, "32", "✓"),
        State::Weak => term::paint_if(colors, "33", "!"),
        State::Bad => term::paint_if(colors, "31", "✗"),
    };
    writeln!(
        io::stdout(),
        "{mark} {:<12} {}",
        finding.what,
        finding.found
    )?;
    if let Some(repair) = &finding.repair {
        writeln!(io::stdout(), "  {:<12} → {repair}", "")?;
    }
    Ok(())
}

fn to_json(finding: &Finding) -> serde_json::Value {
    let state = match finding.state {
        State::Good => "good",
        State::Weak => "weak",
        State::Bad => "bad",
    };
    json!({"what": finding.what, "state": state, "found": finding.found, "repair": finding.repair})
}

fn processor() -> Finding {
    let features: Vec<&str> = kernels::simd::cpu_features()
        .into_iter()
        .filter_map(|(name, present)| present.then_some(name))
        .collect();
    let level = kernels::simd::level();
    let found = format!(
        "{} ({level} kernels; has {})",
        std::env::consts::ARCH,
        features.join(" ")
    );
    match level {
        "scalar" if std::env::var_os("LYCEUM_KERNELS").is_some() => Finding::weak(
            "processor",
            found,
            "LYCEUM_KERNELS restricts the kernels: unset it for full speed",
        ),
        "scalar" => Finding::weak(
            "processor",
            found,
            "the portable kernels work and are slow; a processor with AVX2 and FMA is many times \
             faster",
        ),
        _ => Finding::good("processor", found),
    }
}

fn threads() -> Finding {
    let (used, there) = (
        kernels::parallel::threads(),
        std::thread::available_parallelism(),
    );
    let there = there.map_or(1, usize::from);
    let found = format!("{used} of {there}");
    if used > there {
        return Finding::weak(
            "threads",
            found,
            format!("more threads than cores: --threads {there}"),
        );
    }
    Finding::good("threads", found)
}

fn memory() -> Finding {
    let Some((free, total)) = memory_bytes() else {
        return Finding::good("memory", "cannot be read on this system");
    };
    let found = format!("{} free of {}", term::size(free), term::size(total));
    if free < 600_000_000 {
        let repair = "the default model needs about 600 MB: close other programs, or give \
                      --kv-memory a smaller number";
        return Finding::weak("memory", found, repair);
    }
    Finding::good("memory", found)
}

/// Bytes available and in all, as Linux tells them.
pub fn memory_bytes() -> Option<(u64, u64)> {
    let text = std::fs::read_to_string("/proc/meminfo").ok()?;
    let field = |name: &str| -> Option<u64> {
        let line = text.lines().find(|l| l.starts_with(name))?;
        line.split_whitespace()
            .nth(1)?
            .parse::<u64>()
            .ok()?
            .checked_mul(1024)
    };
    Some((field("MemAvailable:")?, field("MemTotal:")?))
}

fn data_directory(global: &Global) -> Vec<Finding> {
    let data = match store::data_dir(global.data.clone()) {
        Ok(data) => data,
        Err(e) => {
            return vec![Finding::bad(
                "data",
                e.to_string(),
                e.hint().unwrap_or_default(),
            )];
        }
    };
    let mut findings = vec![writable(&data), disk(&data)];
    match pull::folder(global).map(|folder| folder.list()) {
        Ok(Ok(listed)) => findings.extend(models(&listed)),
        Ok(Err(e)) => {
            findings.push(Finding::bad(
                "models",
                e.to_string(),
                e.hint().unwrap_or_default(),
            ));
        }
        // Already reported by `writable`.
        Err(_) => {}
    }
    findings
}

fn writable(data: &Path) -> Finding {
    let found = data.display().to_string();
    match store::check_writable(data) {
        Ok(()) => Finding::good("data", found),
        Err(e) => Finding::bad(
            "data",
            format!("{found}: {e}"),
            "give --data, or LYCEUM_DATA, a folder that you may write to",
        ),
    }
}

fn disk(data: &Path) -> Finding {
    match store::free_bytes(data) {
        Ok(free) if free < 1_000_000_000 => Finding::weak(
            "disk",
            format!("{} free", term::size(free)),
            "models need room: free some, or give --data a folder on another disk",
        ),
        Ok(free) => Finding::good("disk", format!("{} free", term::size(free))),
        Err(e) => Finding::weak("disk", e.to_string(), e.hint().unwrap_or_default()),
    }
}

fn models(listed: &[Listed]) -> Vec<Finding> {
    let mut findings: Vec<Finding> = listed
        .iter()
        .filter_map(|l| match l {
            Listed::Damaged { name, reason } => Some(Finding::bad(
                "model",
                format!("{name} is damaged: {reason}"),
                format!("lyceum models rm {name}   and pull it again"),
            )),
            Listed::Model(_) => None,
        })
        .collect();
    let good = listed.len() - findings.len();
    findings.push(match good {
        0 => Finding::weak(
            "models",
            "none installed",
            "lyceum run   fetches the default model",
        ),
        n => Finding::good("models", format!("{n} installed")),
    });
    findings
}
/// Most memory this process has held, as Linux tells it.
pub fn peak_memory() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find(|l| l.starts_with("VmHWM:"))?;
    line.split_whitespace()
        .nth(1)?
        .parse::<u64>()
        .ok()?
        .checked_mul(1024)
}
