//! The server's flags, which are its settings too: see [`settings`](crate::settings).

use std::path::PathBuf;

use clap::builder::BoolishValueParser;
use clap::{Args, ValueEnum};

pub const DEFAULT_PORT: u16 = 8080;

/// Where settings are read that are not given otherwise.
#[derive(Args, Clone)]
pub struct SettingsFile {
    /// Read settings from this file (default: lyceum.toml in the data folder, if it is there)
    #[arg(long, value_name = "PATH")]
    pub config: Option<PathBuf>,
}

/// Where the server listens, and where clients look for it.
#[derive(Args, Clone)]
pub struct Address {
    /// Address to listen on; any but a loopback address needs --api-key
    #[arg(long, value_name = "IP", default_value = "127.0.0.1")]
    pub host: std::net::IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(short, long, value_name = "PORT", default_value_t = DEFAULT_PORT)]
    pub port: u16,
}

/// Where rows are kept.
#[derive(Args, Clone)]
pub struct Durable {
    /// Keep rows in this database, which servers may share (default: SQLite in the data folder)
    #[arg(long, value_name = "postgres://...")]
    pub database_url: Option<String>,
}

#[derive(Args, Clone)]
pub struct Serve {
    #[command(flatten)]
    pub settings: SettingsFile,
    #[command(flatten)]
    pub address: Address,
    #[command(flatten)]
    pub durable: Durable,
    /// Keep contents of files in this bucket, which servers may share, as the standard AWS_*
    /// variables say (default: in the data folder)
    #[arg(long, value_name = "s3://BUCKET/PREFIX")]
    pub blobs: Option<String>,
    /// A key that clients must send; may be repeated
    #[arg(long = "api-key", value_name = "KEY")]
    pub keys: Vec<String>,
    /// Let pages of another site ask, as in https://chat.example; may be repeated
    #[arg(
        long = "allow-origin",
        value_name = "ORIGIN",
        value_delimiter = ',',
        value_parser = origin
    )]
    pub origins: Vec<String>,
    /// Refuse fields that OpenAI does not know, instead of naming them in x-lyceum-ignored
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub strict: bool,
    /// Let a model answer under another name; may be repeated
    #[arg(long = "alias", value_name = "NAME=MODEL", value_delimiter = ',')]
    pub aliases: Vec<String>,
    /// Leave OpenAI's names (gpt-3.5-turbo, text-davinci-003, ...) unknown
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub no_default_aliases: bool,
    /// Model that makes embeddings, or "none" [default: all-minilm-l6-v2]
    #[arg(long, value_name = "MODEL")]
    pub embedding_model: Option<String>,
    /// Models in memory at a time
    #[arg(long, value_name = "N", default_value_t = 4,
          value_parser = clap::value_parser!(u16).range(1..=64))]
    pub max_models: u16,
    /// Memory for all models in MiB; those not used for the longest go first
    /// [default: three quarters of the machine's]
    #[arg(long, value_name = "MIB", value_parser = clap::value_parser!(u32).range(1..))]
    pub model_memory: Option<u32>,
    /// Unload a model that nobody asked for so many seconds; 0 keeps it
    #[arg(long, value_name = "SECONDS", default_value_t = 1800)]
    pub unload_after: u32,
    #[command(flatten)]
    pub pages: PageArgs,
    #[command(flatten)]
    pub limits: LimitArgs,
    #[command(flatten)]
    pub watching: WatchArgs,
}

/// The Playground in the browser.
#[derive(Args, Clone)]
#[command(next_help_heading = "Playground")]
pub struct PageArgs {
    /// Open the Playground in this machine's browser
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub open: bool,
    /// Path below which a proxy shows this server, as in /team/ai
    #[arg(long, value_name = "PATH", default_value = "/", value_parser = base_path)]
    pub base_path: String,
    /// Read the Playground's files from this folder, while working on them (default: they are part
    /// of the program)
    #[arg(long, value_name = "DIR")]
    pub ui_dir: Option<PathBuf>,
}

/// What the operator sees.
#[derive(Args, Clone)]
#[command(next_help_heading = "Logs and traces")]
pub struct WatchArgs {
    /// How stderr tells of each request: who asked for what, how long it took, never what was said
    #[arg(long, value_enum, default_value_t = LogFormat::Text, value_name = "HOW")]
    pub log: LogFormat,
    /// Let the log hold what is said to models and by them
    #[arg(long, value_parser = BoolishValueParser::new())]
    pub log_prompts: bool,
    /// Send a span of each request to this collector, by OTLP over HTTP (default: to none, or as
    /// OTEL_EXPORTER_OTLP_ENDPOINT says)
    #[arg(long, value_name = "URL")]
    pub otlp_endpoint: Option<String>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum LogFormat {
    /// A line for people
    Text,
    /// A JSON object in a line
    Json,
    /// Errors only
    Off,
}

/// What clients can take of the server.
#[derive(Args, Clone)]
#[command(next_help_heading = "Limits")]
pub struct LimitArgs {
    /// Size of a request's body
    #[arg(long, value_name = "MIB", default_value_t = 32,
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub max_body: u32,
    /// Size of an uploaded file
    #[arg(long, value_name = "MIB", default_value_t = 512,
          value_parser = clap::value_parser!(u32).range(1..=32_768))]
    pub max_file: u32,
    /// Connections at a time; further ones wait
    #[arg(long, value_name = "N", default_value_t = 4096,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_connections: u32,
    /// Requests that wait for a model; further ones are told to come back later
    #[arg(long, value_name = "N", default_value_t = 1024,
          value_parser = clap::value_parser!(u32).range(1..=1_000_000))]
    pub max_queue: u32,
    /// Tokens of the prompts of these requests
    #[arg(long, value_name = "TOKENS", default_value_t = 1 << 20,
          value_parser = clap::value_parser!(u32).range(1..))]
    pub max_queue_tokens: u32,
    /// Sequences that a model works on at a time
    #[arg(long, value_name = "N", default_value_t = 32,
          value_parser = clap::value_parser!(u32).range(1..=1024))]
    pub max_sequences: u32,
    /// Tokens of a prompt and its answer (default: what the model can)
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(u32).range(1..))]
    pub max_context: Option<u32>,
    /// Time for a request's head to arrive
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub head_time: u32,
    /// Time for a request's body, and for each piece of an uploaded file, to arrive
    #[arg(long, value_name = "SECONDS", default_value_t = 60,
          value_parser = clap::value_parser!(u32).range(1..=86_400))]
    pub body_time: u32,
    /// Time for answers under way once the server is to stop
    #[arg(long, value_name = "SECONDS", default_value_t = 30,
          value_parser = clap::value_parser!(u32).range(0..=86_400))]
    pub grace_time: u32,
}

/// Shows what `serve` with the same flags would do.
#[derive(Args)]
pub struct Config {
    #[command(flatten)]
    pub serve: Serve,
}

#[derive(Args, Clone)]
pub struct Env {
    #[command(flatten)]
    pub settings: SettingsFile,
    #[command(flatten)]
    pub address: Address,
}

/// An origin as browsers send it.
fn origin(text: &str) -> Result<String, String> {
    let origin = text.trim_end_matches('/').to_ascii_lowercase();
    match origin.split_once("://") {
        Some((scheme, host)) if !scheme.is_empty() && !host.is_empty() && !host.contains('/') => {
            Ok(origin)
        }
        _ => Err("wanted a scheme and a host, as in https://chat.example; \
                  each site by its own name"
            .to_owned()),
    }
}

/// A path that needs no quoting, wherever it is written.
fn base_path(text: &str) -> Result<String, String> {
    let plain = |c: char| c.is_ascii_alphanumeric() || "-._~/".contains(c);
    match text.starts_with('/') && text.chars().all(plain) && !text.contains("//") {
        true => Ok(text.trim_end_matches('/').to_owned()),
        false => Err("wanted a path of plain letters, as in /team/ai".to_owned()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_base_path_is_plain() {
        assert_eq!(base_path("/").as_deref(), Ok(""));
        assert_eq!(base_path("/team/ai/").as_deref(), Ok("/team/ai"));
        for bad in ["", "ai", "//evil.example", "/a b", "/\"><script>", "/a?b"] {
            assert!(base_path(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn origins_are_read_as_browsers_send_them() {
        let same = ["https://Chat.example/", "https://chat.example"];
        assert!(
            same.iter()
                .all(|text| origin(text).as_deref() == Ok(same[1]))
        );
        assert!(origin("http://localhost:3000").is_ok() && origin("app://obsidian.md").is_ok());
        for bad in [
            "*",
            "null",
            "chat.example",
            "https://",
            "https://a.example/page",
        ] {
            assert!(origin(bad).is_err(), "{bad}");
        }
    }
}
