//! The program. Each verb is a file in `command/`; here they are only told apart.

/// A line on stderr. That nobody can read it is no reason to fail, as `eprintln!` would.
macro_rules! say {
    ($($text:tt)*) => {{
        use std::io::Write as _;
        let _ = writeln!(std::io::stderr(), $($text)*);
    }};
}

mod cli;
mod command;
mod interrupt;
mod progress;
mod report;
mod term;

use std::io::Write;

use clap::{CommandFactory, Parser};

use cli::{Cli, Global, Speculate, Verb};
use report::{Failure, Outcome};

fn main() {
    let cli = Cli::parse();
    term::set_colors(cli.global.color);
    kernels::parallel::set_threads(cli.global.threads.map_or(0, usize::from));
    interrupt::install();
    // A line without its end still waits in the buffer.
    let done = check_kernels()
        .and_then(|()| check_speculation(&cli.global))
        .and_then(|()| dispatch(&cli))
        .and_then(|()| Ok(std::io::stdout().flush()?));
    if let Err(failure) = done {
        failure.tell();
        std::process::exit(failure.exit_code());
    }
}

/// A mistyped choice would silently cost or give many times the speed.
fn check_kernels() -> Outcome {
    match kernels::simd::unknown_choice() {
        None => Ok(()),
        Some(got) => {
            let message = format!("LYCEUM_KERNELS is \"{got}\", wanted scalar, avx2 or avx512");
            Err(Failure::usage(message).help("unset it to use the fastest"))
        }
    }
}

/// A draft that is not to guess would be fetched and loaded in vain.
fn check_speculation(global: &Global) -> Outcome {
    match (global.speculate, &global.draft_model) {
        (Some(Speculate::Off), Some(draft)) => {
            let message =
                format!("--speculate off and --draft-model {draft} contradict each other");
            Err(Failure::usage(message).help("leave one of the two out"))
        }
        _ => Ok(()),
    }
}

fn dispatch(cli: &Cli) -> Outcome {
    let global = &cli.global;
    match &cli.verb {
        Verb::Run(args) => command::run::run(global, args),
        Verb::Complete(args) => command::complete::run(global, args),
        Verb::Serve(args) => command::serve::run(global, args),
        Verb::Env(args) => command::serve::env(args),
        Verb::Keys(args) => command::keys::run(global, args),
        Verb::Pull(args) => command::pull::run(global, args),
        Verb::Models { verb } => command::models::run(global, verb),
        Verb::Tokenizer { verb } => command::tokenizer::run(global, verb),
        Verb::Bench(args) => command::bench::run(global, args),
        Verb::Doctor => command::doctor::run(global),
        Verb::Version => command::version::run(global),
        Verb::ShellCompletion { shell } => {
            // Written in one piece: clap_complete panics when nobody reads any more.
            let mut script = Vec::new();
            clap_complete::generate(*shell, &mut Cli::command(), "lyceum", &mut script);
            Ok(std::io::stdout().write_all(&script)?)
        }
    }
}
