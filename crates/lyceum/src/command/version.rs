//! `lyceum version`: what this program is and what it runs on.

use serde_json::json;
use std::io::{self, Write};

use crate::cli::Global;
use crate::report::Outcome;

pub fn run(global: &Global) -> Outcome {
    let version = env!("CARGO_PKG_VERSION");
    let kernels = kernels::simd::level();
    let threads = kernels::parallel::threads();
    let target = format!("{}-{}", std::env::consts::ARCH, std::env::consts::OS);
    if global.json {
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "version": version, "kernels": kernels, "threads": threads,
                   "target": target})
        )?;
    } else {
        writeln!(
            io::stdout(),
            "lyceum {version} ({target}, {kernels} kernels, {threads} threads)"
        )?;
    }
    Ok(())
}
