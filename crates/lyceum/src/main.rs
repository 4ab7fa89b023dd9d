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
mod log;
mod progress;
mod report;
mod settings;
mod term;
mod traces;

use std::io::Write;

use cli::{Global, Speculate, Verb};
use report::{Failure, Outcome};
use settings::Settings;

fn main() {
    let asked = Settings::of_arguments();
    term::set_colors(asked.cli.global.color);
    interrupt::install();
    // A line without its end still waits in the buffer.
    let done = asked
        .with_file()
        .and_then(|settings| run(&settings))
        .and_then(|()| Ok(std::io::stdout().flush()?));
    if let Err(failure) = done {
        failure.tell();
        std::process::exit(failure.exit_code());
    }
}

fn run(settings: &Settings) -> Outcome {
    let global = &settings.cli.global;
    kernels::parallel::set_threads(global.threads.map_or(0, usize::from));
    check_kernels()?;
    check_speculation(global)?;
    dispatch(settings)
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

fn dispatch(settings: &Settings) -> Outcome {
    let global = &settings.cli.global;
    match &settings.cli.verb {
        Verb::Run(args) => command::run::run(global, args),
        Verb::Complete(args) => command::complete::run(global, args),
        Verb::Serve(args) => command::serve::run(settings, args),
        Verb::Config(_) => command::config::run(settings),
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
            clap_complete::generate(*shell, &mut settings::command(), "lyceum", &mut script);
            Ok(std::io::stdout().write_all(&script)?)
        }
    }
}
