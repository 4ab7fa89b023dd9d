//! What the program was told: by flags, by the environment, by the server's file, in this order.
//!
//! A setting is declared once, as a flag of [`cli`](crate::cli). Its variable and its key in the
//! file follow from the flag's name: `--max-body` is `LYCEUM_MAX_BODY` and `max_body`. What the
//! file says becomes clap's default, so that the order and the checks of values are clap's own.

mod file;

use std::collections::HashMap;
use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::parser::ValueSource;
use clap::{Arg, ArgAction, ArgMatches, Command, CommandFactory, FromArgMatches};

use crate::cli::{Cli, SettingsFile, Verb};
use crate::report::{Failure, Outcome};
use file::File;

/// Flags that are about one run of a command, not about a server.
const OF_A_RUN: [&str; 6] = ["json", "quiet", "verbose", "color", "progress", "config"];

pub struct Settings {
    pub cli: Cli,
    command: Command,
    matches: ArgMatches,
    arguments: Vec<std::ffi::OsString>,
    file: Option<File>,
}

/// A setting of `serve`, for people to read.
pub struct Setting {
    pub key: String,
    pub flag: String,
    pub variable: String,
    /// What it is about, where it is one of several.
    pub heading: Option<String>,
    pub help: String,
    /// What a value is called.
    pub placeholder: String,
    pub kind: Kind,
    /// May be given several times.
    pub list: bool,
    pub default: Vec<String>,
    /// None where nothing is set and nothing is the default.
    pub values: Vec<String>,
    pub origin: Origin,
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Origin {
    Flag,
    Environment,
    File,
    Default,
}

/// How TOML writes a value.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    Text,
    Whole,
    Truth,
}

impl Settings {
    /// What the command line and the environment say; ends the program if it is wrong.
    pub fn of_arguments() -> Self {
        let arguments: Vec<_> = std::env::args_os().collect();
        let command = command();
        let matches = command.clone().get_matches_from(&arguments);
        let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
        Self {
            cli,
            command,
            matches,
            arguments,
            file: None,
        }
    }

    /// The same, with what the server's file says about the rest.
    pub fn with_file(self) -> Outcome<Self> {
        let Some(named) = self.settings_file() else {
            return Ok(self);
        };
        let Some(file) = self.open(named.config.clone())? else {
            return Ok(self);
        };
        let verb = self
            .matches
            .subcommand_name()
            .unwrap_or_default()
            .to_owned();
        let mut command = command().mut_args(|arg| file.default_of(arg));
        command = command.mut_subcommand(verb, |verb| verb.mut_args(|arg| file.default_of(arg)));
        let matches = command.clone().get_matches_from(&self.arguments);
        let cli = Cli::from_arg_matches(&matches).unwrap_or_else(|e| e.exit());
        Ok(Self {
            cli,
            command,
            matches,
            arguments: self.arguments,
            file: Some(file),
        })
    }

    /// Where the verb, if it is about the server, shall look for the file.
    fn settings_file(&self) -> Option<&SettingsFile> {
        match &self.cli.verb {
            Verb::Serve(args) => Some(&args.settings),
            Verb::Config(args) => Some(&args.serve.settings),
            Verb::Keys(args) => Some(&args.settings),
            Verb::Env(args) => Some(&args.settings),
            _ => None,
        }
    }

    fn open(&self, named: Option<PathBuf>) -> Outcome<Option<File>> {
        let known = known(&self.command);
        if let Some(path) = named {
            return File::open(&path, &known, true).map(Some);
        }
        let path = store::settings_file(&store::data_dir(self.cli.global.data.clone())?);
        match path.try_exists() {
            Ok(false) => Ok(None),
            _ => File::open(&path, &known, false).map(Some),
        }
    }

    /// The file that was read.
    pub fn path(&self) -> Option<&std::path::Path> {
        self.file.as_ref().map(|file| file.path.as_path())
    }

    /// All settings of `serve`, as that or the verb `config` was told them.
    pub fn list(&self) -> Vec<Setting> {
        // What every verb takes is known to each.
        let matches = self.matches.subcommand().map_or(&self.matches, |(_, m)| m);
        let defaults = known(&command());
        let defaults: HashMap<_, _> = defaults.iter().map(|arg| (arg.get_id(), arg)).collect();
        let setting = |arg: &Arg| {
            let default = &defaults[arg.get_id()];
            self.setting(arg, default, matches)
        };
        known(&self.command).iter().map(setting).collect()
    }

    fn setting(&self, arg: &Arg, default: &Arg, matches: &ArgMatches) -> Setting {
        let id = arg.get_id().as_str();
        let texts = |values: &[clap::builder::OsStr]| -> Vec<String> {
            values
                .iter()
                .map(|v| v.to_string_lossy().into_owned())
                .collect()
        };
        let raw = matches.get_raw(id).into_iter().flatten();
        let in_file = self.file.as_ref().is_some_and(|file| file.says(arg));
        let help = arg.get_help().map(ToString::to_string).unwrap_or_default();
        let names = arg.get_value_names().unwrap_or_default();
        let possible: Vec<String> = arg
            .get_possible_values()
            .iter()
            .map(|value| value.get_name().to_owned())
            .collect();
        let kind = kind(arg);
        Setting {
            key: key(arg),
            flag: format!("--{}", arg.get_long().unwrap_or_default()),
            variable: variable(arg),
            heading: arg.get_help_heading().map(str::to_owned),
            help,
            placeholder: match kind {
                Kind::Text if !possible.is_empty() => possible.join("|"),
                _ => names.first().map(ToString::to_string).unwrap_or_default(),
            },
            kind,
            list: is_list(arg),
            default: texts(default.get_default_values()),
            values: raw.map(|v| v.to_string_lossy().into_owned()).collect(),
            origin: match matches.value_source(id) {
                Some(ValueSource::CommandLine) => Origin::Flag,
                Some(ValueSource::EnvVariable) => Origin::Environment,
                _ if in_file => Origin::File,
                _ => Origin::Default,
            },
        }
    }
}

/// The command line, with a variable for every setting.
pub fn command() -> Command {
    let global = |arg: Arg| match arg.get_long() {
        Some(long) if !OF_A_RUN[..5].contains(&long) => with_variable(arg),
        _ => arg,
    };
    let mut command = Cli::command().mut_args(global);
    for verb in ["serve", "config", "keys", "env"] {
        command = command.mut_subcommand(verb, |verb| verb.mut_args(with_variable));
    }
    command
}

fn with_variable(arg: Arg) -> Arg {
    if arg.get_long().is_none() {
        return arg;
    }
    let variable = variable(&arg);
    let arg = arg.env(variable).hide_env_values(true);
    if !matches!(arg.get_action(), ArgAction::SetTrue) {
        return arg;
    }
    // Without a value it is true; false overrides what stands elsewhere.
    let arg = match kind(&arg) {
        Kind::Truth => arg,
        _ => arg.value_parser(BoolishValueParser::new()),
    };
    arg.action(ArgAction::Set)
        .num_args(0..=1)
        .require_equals(true)
        .value_name("BOOL")
        .hide_possible_values(true)
        .default_missing_value("true")
        .default_value("false")
        .hide_default_value(true)
}

/// The settings of `serve`: its own flags, then those that every verb takes.
fn known(command: &Command) -> Vec<Arg> {
    let own = command.find_subcommand("config").into_iter();
    let own = own.flat_map(Command::get_arguments);
    let all = own.chain(command.get_arguments());
    let mut known: Vec<Arg> = Vec::new();
    for arg in all {
        let setting = arg
            .get_long()
            .is_some_and(|long| !OF_A_RUN.contains(&long) && long != "help" && long != "version");
        if setting && !known.iter().any(|k| k.get_id() == arg.get_id()) {
            known.push(arg.clone());
        }
    }
    known
}

fn key(arg: &Arg) -> String {
    arg.get_long().unwrap_or_default().replace('-', "_")
}

fn variable(arg: &Arg) -> String {
    format!("LYCEUM_{}", key(arg).to_uppercase())
}

fn is_list(arg: &Arg) -> bool {
    matches!(arg.get_action(), ArgAction::Append)
}

fn kind(arg: &Arg) -> Kind {
    use std::any::TypeId;
    let id = arg.get_value_parser().type_id();
    let whole = [
        TypeId::of::<u8>(),
        TypeId::of::<u16>(),
        TypeId::of::<u32>(),
        TypeId::of::<u64>(),
        TypeId::of::<usize>(),
        TypeId::of::<i64>(),
    ];
    if id == TypeId::of::<bool>() {
        Kind::Truth
    } else if whole.iter().any(|whole| id == *whole) {
        Kind::Whole
    } else {
        Kind::Text
    }
}

/// Wrong words in the file.
fn wrong(message: String) -> Failure {
    Failure::usage(message).help("lyceum config   prints every setting with its meaning")
}

#[cfg(test)]
mod tests;
