//! `lyceum keys`: who may use the server, and how much.

use std::io::{self, Write};
use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use store::{Database, Key, KeyLimits, Scope, Used};

use crate::cli::{Durable, Global, KeyLimitArgs, KeyScope, Keys, KeysVerb};
use crate::report::{Exit, Failure, Outcome};
use crate::term;

pub fn run(global: &Global, args: &Keys) -> Outcome {
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    runtime.block_on(async {
        let database = database(global, &args.durable).await?;
        match &args.verb {
            KeysVerb::Create {
                name,
                scope,
                expires,
                limits,
            } => {
                let expires = expires.map(|seconds| now() + seconds);
                create(global, &database, name, *scope, expires, limits).await
            }
            KeysVerb::Ls => ls(global, &database).await,
            KeysVerb::Revoke { key } => {
                known(database.revoke_key(key, now()).await?, key)?;
                tell(global, "Revoked", key);
                Ok(())
            }
            KeysVerb::Forget => {
                let forgotten = database.forget_keys().await?;
                tell(global, "Forgotten", &format!("{forgotten} revoked keys"));
                if !database.has_keys().await? && !global.quiet {
                    say!(
                        "{:>12} none is left: a server on this machine asks for none",
                        ""
                    );
                }
                Ok(())
            }
            KeysVerb::Limit { key, limits } => {
                known(database.limit_key(key, to_limits(limits)).await?, key)?;
                tell(global, "Limited", key);
                Ok(())
            }
        }
    })
}

/// The database of the data directory, or the one that is named.
pub async fn database(global: &Global, durable: &Durable) -> Outcome<Database> {
    Ok(match &durable.database_url {
        Some(url) => Database::open(url).await?,
        None => Database::in_folder(&store::data_dir(global.data.clone())?).await?,
    })
}

fn now() -> i64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs() as i64)
}

fn known(found: bool, key: &str) -> Outcome {
    if found {
        return Ok(());
    }
    let message = format!("there is no key \"{key}\" that opens anything");
    Err(Failure::new(Exit::NotFound, anyhow::anyhow!(message)).help("lyceum keys ls"))
}

fn tell(global: &Global, what: &str, key: &str) {
    if !global.quiet {
        say!(
            "{} {}",
            term::paint("1;32", &format!("{what:>12}")),
            term::escaped(key)
        );
    }
}

fn to_limits(args: &KeyLimitArgs) -> KeyLimits {
    KeyLimits {
        budget_tokens: args.budget,
        requests_per_minute: args.requests_per_minute,
        tokens_per_minute: args.tokens_per_minute,
    }
}

async fn create(
    global: &Global,
    database: &Database,
    name: &str,
    scope: KeyScope,
    expires: Option<i64>,
    limits: &KeyLimitArgs,
) -> Outcome {
    if name.is_empty() || name.len() > 100 {
        let message = format!("a key's name has 1 to 100 bytes, not {}", name.len());
        return Err(Failure::usage(message));
    }
    if database
        .keys()
        .await?
        .iter()
        .any(|k| k.name == name && k.revoked_at.is_none())
    {
        let message = format!("there is a key \"{name}\" already");
        return Err(Failure::usage(message).help("choose another name: lyceum keys ls"));
    }
    let scope = match scope {
        KeyScope::Admin => Scope::Admin,
        KeyScope::All => Scope::All,
        KeyScope::Inference => Scope::Inference,
    };
    let limits = to_limits(limits);
    let (key, secret) = database
        .create_key(name, scope, limits, now(), expires)
        .await?;
    if global.json {
        let mut object = key_json(&key, &Used::default());
        object["v"] = json!(1);
        object["key"] = json!(secret);
        writeln!(io::stdout(), "{object}")?;
    } else {
        writeln!(io::stdout(), "{secret}")?;
        tell(global, "Created", name);
        if !global.quiet {
            say!("{:>12} it is shown only now; the server keeps its hash", "");
        }
    }
    Ok(())
}

async fn ls(global: &Global, database: &Database) -> Outcome {
    let mut keys = Vec::new();
    for key in database.keys().await? {
        let used = database.used_by(&key.id).await?;
        keys.push((key, used));
    }
    if global.json {
        let keys: Vec<_> = keys.iter().map(|(key, used)| key_json(key, used)).collect();
        writeln!(io::stdout(), "{}", json!({"v": 1, "keys": keys}))?;
        return Ok(());
    }
    let rows: Vec<_> = keys.iter().map(|(key, used)| row(key, used)).collect();
    let heads = [
        "NAME", "KEY", "SCOPE", "STATE", "REQUESTS", "TOKENS", "LIMITS",
    ];
    write!(io::stdout(), "{}", term::table(&heads, &rows))?;
    Ok(())
}

fn state(key: &Key) -> &'static str {
    match (key.revoked_at, key.is_live(now())) {
        (Some(_), _) => "revoked",
        (None, false) => "expired",
        (None, true) => "live",
    }
}

fn row(key: &Key, used: &Used) -> Vec<String> {
    let limits = [
        key.limits.budget_tokens.map(|n| format!("{n} tokens")),
        key.limits
            .requests_per_minute
            .map(|n| format!("{n} requests/min")),
        key.limits
            .tokens_per_minute
            .map(|n| format!("{n} tokens/min")),
    ];
    let limits: Vec<_> = limits.into_iter().flatten().collect();
    vec![
        key.name.clone(),
        key.redacted.clone(),
        key.scope.name().to_owned(),
        state(key).to_owned(),
        used.requests.to_string(),
        used.tokens().to_string(),
        if limits.is_empty() {
            "none".to_owned()
        } else {
            limits.join(", ")
        },
    ]
}

fn key_json(key: &Key, used: &Used) -> Value {
    json!({
        "id": key.id,
        "name": key.name,
        "redacted": key.redacted,
        "scope": key.scope.name(),
        "state": state(key),
        "created_at": key.created_at,
        "expires_at": key.expires_at,
        "budget_tokens": key.limits.budget_tokens,
        "requests_per_minute": key.limits.requests_per_minute,
        "tokens_per_minute": key.limits.tokens_per_minute,
        "requests": used.requests,
        "input_tokens": used.input_tokens,
        "output_tokens": used.output_tokens,
    })
}
