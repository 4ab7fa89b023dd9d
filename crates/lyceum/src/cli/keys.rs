//! The flags of `lyceum keys`.

use clap::{Args, Subcommand, ValueEnum};

use super::{Durable, SettingsFile};

#[derive(Args)]
pub struct Keys {
    #[command(flatten)]
    pub settings: SettingsFile,
    #[command(flatten)]
    pub durable: Durable,
    #[command(subcommand)]
    pub verb: KeysVerb,
}

#[derive(Subcommand)]
pub enum KeysVerb {
    /// Make a key and print it, once; only its hash is kept
    Create {
        /// What people call it
        name: String,
        /// What it opens
        #[arg(long, value_enum, default_value_t = KeyScope::All)]
        scope: KeyScope,
        /// Time until it opens nothing any more, such as 12h or 30d (default: never)
        #[arg(long, value_name = "TIME", value_parser = seconds)]
        expires: Option<i64>,
        #[command(flatten)]
        limits: Limits,
    },
    /// List the keys and what they used
    Ls,
    /// End a key, from its next request on
    Revoke {
        /// Its id, or its name
        key: String,
    },
    /// Forget the keys that are revoked; with none left, this machine's callers need none again
    Forget,
    /// Set all limits of a key anew; those that are left out end
    Limit {
        /// Its id, or its name
        key: String,
        #[command(flatten)]
        limits: Limits,
    },
}

/// What a key may use; nothing given is without limit.
#[derive(Args, Clone, Copy)]
pub struct Limits {
    /// Tokens in all
    #[arg(long, value_name = "TOKENS", value_parser = clap::value_parser!(i64).range(0..))]
    pub budget: Option<i64>,
    /// Requests per minute
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub requests_per_minute: Option<i64>,
    /// Tokens per minute
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(i64).range(1..))]
    pub tokens_per_minute: Option<i64>,
}

#[derive(Clone, Copy, PartialEq, Eq, ValueEnum)]
pub enum KeyScope {
    /// Everything, also the organisation's usage
    Admin,
    /// Everything but the organisation's pages
    All,
    /// Ask models; keep and change nothing
    Inference,
}

/// `90s`, `15m`, `12h` or `30d` as seconds.
fn seconds(text: &str) -> Result<i64, String> {
    let wanted = || format!("\"{text}\", wanted a number and s, m, h or d, such as 30d");
    let unit = text.chars().last().ok_or_else(wanted)?;
    let scale = match unit {
        's' => 1,
        'm' => 60,
        'h' => 60 * 60,
        'd' => 24 * 60 * 60,
        _ => return Err(wanted()),
    };
    let count: i64 = text[..text.len() - 1].parse().map_err(|_| wanted())?;
    let seconds = count
        .checked_mul(scale)
        .filter(|s| (1..=1 << 40).contains(s));
    seconds.ok_or_else(wanted)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_have_units() {
        for (text, want) in [
            ("90s", 90),
            ("15m", 900),
            ("12h", 43_200),
            ("30d", 2_592_000),
        ] {
            assert_eq!(seconds(text), Ok(want));
        }
        for text in [
            "",
            "d",
            "30",
            "-1d",
            "0d",
            "1y",
            "9999999999999999999d",
            "1é",
        ] {
            assert!(seconds(text).is_err(), "{text}");
        }
    }
}
