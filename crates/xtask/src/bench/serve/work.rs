//! Processor time, which tells the server's work from its engine's in the same seconds: what
//! slows a core slows both.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::sdk::Running;

/// Seconds that were used.
#[derive(Clone, Copy, Default)]
pub(super) struct Work {
    pub(super) engine_s: f64,
    /// All else in its process.
    pub(super) server_s: f64,
    pub(super) client_s: f64,
}

impl Work {
    /// What a server and this process have used until now.
    pub(super) fn of(server: &Running) -> Result<Self> {
        let folder = PathBuf::from(format!("/proc/{}", server.id()));
        let mut engine_s = 0.0;
        for task in std::fs::read_dir(folder.join("task"))? {
            let (name, used_s) = processor_time(&task?.path())?;
            if name == "engine" || name.starts_with("kernel-") {
                engine_s += used_s;
            }
        }
        let (_, all_s) = processor_time(&folder)?;
        let (_, client_s) = processor_time(Path::new("/proc/self"))?;
        Ok(Self {
            engine_s,
            server_s: all_s - engine_s,
            client_s,
        })
    }

    /// Adds what was used between two looks.
    pub(super) fn add(&mut self, before: Self, after: Self) {
        self.engine_s += after.engine_s - before.engine_s;
        self.server_s += after.server_s - before.server_s;
        self.client_s += after.client_s - before.client_s;
    }
}

/// Name of a process or thread by its folder in `/proc`, and the seconds that it has used.
fn processor_time(folder: &Path) -> Result<(String, f64)> {
    let path = folder.join("stat");
    let stat = std::fs::read_to_string(&path);
    let stat = stat.with_context(|| format!("cannot read {}", path.display()))?;
    let parts = stat.split_once('(').zip(stat.rsplit_once(')'));
    let ((_, name), (_, numbers)) = parts.context("a stat without a name")?;
    let name = name.split(')').next().unwrap_or_default();
    // In hundredths on every Linux.
    let ticks = |at: usize| numbers.split(' ').nth(at)?.parse::<f64>().ok();
    let used = ticks(12).zip(ticks(13)).context("a stat without times")?;
    Ok((name.to_owned(), (used.0 + used.1) / 100.0))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_process_knows_its_own_time() {
        let read = || processor_time(Path::new("/proc/self")).unwrap();
        let (name, before) = read();
        assert!(!name.is_empty());
        let mut sum = 0u64;
        while read().1 <= before {
            sum = (0..1_000_000).fold(sum, u64::wrapping_add);
            std::hint::black_box(sum);
        }
    }
}
