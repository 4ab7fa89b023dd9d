//! How a failure reaches the person: what failed, why, what to do; and the exit code.
//!
//! ```text
//! error: no model named "gpt2-small"
//!   because …
//!   help: lyceum pull gpt2-124m
//! ```

use std::error::Error;
use std::io::{self, Write};

use engine::{CompletionError, OpenError, Refusal, Reject};
use tensor::error::LoadError;

use crate::term;

/// Exit codes, as documented in `--help`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    Failed = 1,
    Usage = 2,
    NotFound = 3,
    NotAllowed = 4,
    Resources = 5,
    Network = 6,
    BadData = 7,
    Interrupted = 130,
}

/// What a command returns when it cannot go on.
#[derive(Debug)]
pub struct Failure {
    exit: Exit,
    error: anyhow::Error,
    help: Option<String>,
    silent: bool,
}

pub type Outcome<T = ()> = Result<T, Failure>;

impl Failure {
    pub fn new(exit: Exit, error: impl Into<anyhow::Error>) -> Self {
        Self {
            exit,
            error: error.into(),
            help: None,
            silent: false,
        }
    }

    /// Wrong use of the command line or of a parameter.
    pub fn usage(message: impl std::fmt::Display) -> Self {
        Self::new(Exit::Usage, anyhow::anyhow!("{message}"))
    }

    /// Ctrl+C: the person knows why, so nothing is printed.
    pub fn interrupted() -> Self {
        Self {
            silent: true,
            ..Self::new(Exit::Interrupted, anyhow::anyhow!("interrupted"))
        }
    }

    pub fn help(mut self, help: impl Into<String>) -> Self {
        self.help = Some(help.into());
        self
    }

    /// One more line of help, below what there is.
    pub fn and_help(mut self, more: &str) -> Self {
        self.help = Some(match self.help {
            Some(help) => format!("{help}\n{more}"),
            None => more.to_owned(),
        });
        self
    }

    /// Names what was being done when this happened.
    pub fn context(mut self, what: impl std::fmt::Display + Send + Sync + 'static) -> Self {
        self.error = self.error.context(what);
        self
    }

    pub fn exit_code(&self) -> i32 {
        self.exit as i32
    }

    /// Tells the person. Who cannot be told must do without.
    pub fn tell(&self) {
        let _ = io::stderr().write_all(self.render().as_bytes());
    }

    /// Tells the person of what does not stop the program.
    pub fn warn(&self) {
        let _ = io::stderr().write_all(self.text(&term::paint("1;33", "warning:")).as_bytes());
    }

    /// The text for stderr; empty when there is nothing to say.
    pub fn render(&self) -> String {
        self.text(&term::paint("1;31", "error:"))
    }

    /// The same in one line and without colours, for pages and logs.
    pub fn plain(&self) -> String {
        let causes: Vec<String> = self.error.chain().map(ToString::to_string).collect();
        let mut text = causes.join(": ");
        if let Some(help) = &self.help {
            text += &format!(" ({})", help.replace('\n', "; "));
        }
        text
    }

    fn text(&self, label: &str) -> String {
        if self.silent {
            return String::new();
        }
        // Errors tell names and contents of files, which may hold anything.
        let error = self.error.to_string();
        let error = term::escaped(&error);
        let mut text = format!("{label} {error}\n");
        for cause in self.error.chain().skip(1) {
            text += &format!("  because {}\n", term::escaped(&cause.to_string()));
        }
        if let Some(help) = &self.help {
            let indented = term::escaped(help).replace('\n', "\n        ");
            text += &format!("  {} {indented}\n", term::paint("1;36", "help:"));
        }
        text
    }
}

impl From<io::Error> for Failure {
    /// Writing to a pipe that nobody reads any more is no failure of ours.
    fn from(e: io::Error) -> Self {
        let exit = match e.kind() {
            io::ErrorKind::NotFound => Exit::NotFound,
            io::ErrorKind::PermissionDenied => Exit::NotAllowed,
            io::ErrorKind::StorageFull | io::ErrorKind::OutOfMemory => Exit::Resources,
            io::ErrorKind::InvalidData => Exit::BadData,
            _ => Exit::Failed,
        };
        let silent = e.kind() == io::ErrorKind::BrokenPipe;
        Self {
            silent,
            ..Self::new(exit, e)
        }
    }
}

/// A library's error with its hint, under the exit code it stands for.
pub fn failure<E>(exit: Exit, hint: Option<String>, error: E) -> Failure
where
    E: Error + Send + Sync + 'static,
{
    let failure = Failure::new(exit, error);
    match hint {
        Some(hint) => failure.help(hint),
        None => failure,
    }
}

impl From<store::StoreError> for Failure {
    fn from(e: store::StoreError) -> Self {
        let exit = match e.kind() {
            store::Kind::NotFound => Exit::NotFound,
            store::Kind::Usage => Exit::Usage,
            store::Kind::Network => Exit::Network,
            store::Kind::Resources => Exit::Resources,
            store::Kind::BadData => Exit::BadData,
            store::Kind::Interrupted => Exit::Interrupted,
            store::Kind::Permission => Exit::NotAllowed,
            store::Kind::System => Exit::Failed,
        };
        let hint = e.hint().or_else(|| fallback(&e).map(str::to_owned));
        failure(exit, hint, e)
    }
}

impl From<store::DatabaseError> for Failure {
    fn from(e: store::DatabaseError) -> Self {
        let hint = "free some room, or look at --data and --database-url".to_owned();
        failure(Exit::Resources, Some(hint), e)
    }
}

impl From<store::BlobError> for Failure {
    fn from(e: store::BlobError) -> Self {
        let (exit, hint) = match &e {
            store::BlobError::Address(_) => (Exit::Usage, "--blobs s3://BUCKET"),
            _ => (
                Exit::Resources,
                "free some room, or look at --data, --blobs and the AWS_* variables",
            ),
        };
        failure(exit, Some(hint.to_owned()), e)
    }
}

/// What the command line can advise where the store has no advice.
fn fallback(e: &store::StoreError) -> Option<&'static str> {
    use store::{Kind, StoreError};
    Some(match (e, e.kind()) {
        (StoreError::BadName { .. }, _) => "choose another: lyceum models import PATH --name NAME",
        (StoreError::NotAModel { .. }, _) => {
            "give a .gguf file, or a folder with config.json and model.safetensors"
        }
        (_, Kind::NotFound) => "check the spelling; lyceum models ls   lists what is here",
        (_, Kind::Permission) => "give --data, or LYCEUM_DATA, a folder that you may write to",
        (_, Kind::Resources) => "free some room, or give --data a folder on another disk",
        (_, Kind::System) => "lyceum doctor   checks this machine",
        _ => return None,
    })
}

impl From<LoadError> for Failure {
    fn from(e: LoadError) -> Self {
        failure(load_exit(&e), e.hint(), e)
    }
}

impl From<OpenError> for Failure {
    fn from(e: OpenError) -> Self {
        let exit = match &e {
            OpenError::Load(e) => load_exit(e),
            OpenError::NoTokenizer { .. }
            | OpenError::Tokenizer { .. }
            | OpenError::DraftTokenizer { .. } => Exit::BadData,
            OpenError::Start { .. } | OpenError::Thread { .. } => Exit::Resources,
        };
        failure(exit, e.hint(), e)
    }
}

impl From<CompletionError> for Failure {
    fn from(e: CompletionError) -> Self {
        let exit = match &e {
            CompletionError::EmptyPrompt
            | CompletionError::NoInfill
            | CompletionError::NoTemplate
            | CompletionError::Parameter { .. }
            | CompletionError::Grammar { .. } => Exit::Usage,
            CompletionError::Template(_) => Exit::BadData,
            CompletionError::Rejected(reject) => match reject {
                Reject::Refused(Refusal::Memory { .. }) | Reject::Busy { .. } => Exit::Resources,
                Reject::Stopped => Exit::Failed,
                _ => Exit::Usage,
            },
            CompletionError::Failed(_) => Exit::Failed,
        };
        match &e {
            CompletionError::Parameter { name, got, wanted } => bad_option(name, got, wanted),
            CompletionError::Rejected(Reject::Sampling(bad)) => {
                bad_option(bad.name, &bad.got.to_string(), &bad.wanted)
            }
            _ => failure(exit, e.hint(), e),
        }
    }
}

/// A parameter under the name of its option.
fn bad_option(parameter: &str, got: &str, wanted: &str) -> Failure {
    let option = match parameter {
        "n" => "choices".to_owned(),
        name => name.replace('_', "-"),
    };
    Failure::usage(format!("--{option} is {got}, wanted {wanted}"))
        .help("lyceum complete --help   explains each option")
}

fn load_exit(e: &LoadError) -> Exit {
    match e {
        LoadError::Io { source, .. } => match source.kind() {
            io::ErrorKind::NotFound => Exit::NotFound,
            io::ErrorKind::PermissionDenied => Exit::NotAllowed,
            io::ErrorKind::OutOfMemory => Exit::Resources,
            _ => Exit::Failed,
        },
        _ => Exit::BadData,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_error_cannot_draw() {
        let cause = io::Error::other("tensor \x1b[2J");
        let failure = Failure::from(cause)
            .context("cannot open \r\u{9b}2K")
            .help("a\x07")
            .and_help("b");
        assert_eq!(
            failure.render(),
            "error: cannot open \\u{d}\\u{9b}2K\n  because tensor \\u{1b}[2J\n  \
             help: a\\u{7}\n        b\n"
        );
    }

    #[test]
    fn a_failure_says_what_why_and_what_to_do() {
        let cause = io::Error::new(io::ErrorKind::NotFound, "no such file");
        let failure = Failure::from(cause)
            .context("cannot open model.gguf")
            .help("pull it\nor not");
        assert_eq!(
            failure.render(),
            "error: cannot open model.gguf\n  because no such file\n  \
             help: pull it\n        or not\n"
        );
        assert_eq!(failure.exit_code(), 3);
    }
}
