//! The server's flags.

use clap::Args;

pub const DEFAULT_PORT: u16 = 8080;

/// Where the server listens, and where clients look for it.
#[derive(Args, Clone)]
pub struct Address {
    /// Address to listen on; any but a loopback address needs --api-key
    #[arg(
        long,
        env = "LYCEUM_HOST",
        hide_env_values = true,
        value_name = "IP",
        default_value = "127.0.0.1"
    )]
    pub host: std::net::IpAddr,
    /// Port to listen on; 0 takes a free one
    #[arg(
        short,
        long,
        env = "LYCEUM_PORT",
        hide_env_values = true,
        value_name = "PORT",
        default_value_t = DEFAULT_PORT
    )]
    pub port: u16,
}

/// Where rows are kept.
#[derive(Args, Clone)]
pub struct Durable {
    /// Keep rows in this database, which servers may share (default: SQLite in the data folder)
    #[arg(
        long,
        env = "LYCEUM_DATABASE_URL",
        hide_env_values = true,
        value_name = "postgres://..."
    )]
    pub database_url: Option<String>,
}

#[derive(Args, Clone)]
pub struct Serve {
    #[command(flatten)]
    pub address: Address,
    #[command(flatten)]
    pub durable: Durable,
    /// A key that clients must send; may be repeated
    #[arg(
        long = "api-key",
        env = "LYCEUM_API_KEY",
        hide_env_values = true,
        value_name = "KEY"
    )]
    pub keys: Vec<String>,
    /// Let pages of another site ask, as in https://chat.example; may be repeated
    #[arg(long = "allow-origin", value_name = "ORIGIN", value_parser = origin)]
    pub origins: Vec<String>,
    /// Refuse fields that OpenAI does not know, instead of naming them in x-lyceum-ignored
    #[arg(long)]
    pub strict: bool,
    /// Let a model answer under another name; may be repeated
    #[arg(long = "alias", value_name = "NAME=MODEL")]
    pub aliases: Vec<String>,
    /// Leave OpenAI's names (gpt-3.5-turbo, text-davinci-003, ...) unknown
    #[arg(long)]
    pub no_default_aliases: bool,
    /// Model that makes embeddings, or "none" [default: all-minilm-l6-v2]
    #[arg(
        long,
        env = "LYCEUM_EMBEDDING_MODEL",
        hide_env_values = true,
        value_name = "MODEL"
    )]
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
}

#[derive(Args, Clone)]
pub struct Env {
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

#[cfg(test)]
mod tests {
    use super::*;

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
