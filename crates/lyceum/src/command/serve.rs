//! `lyceum serve`: OpenAI's API and the Playground on this machine; `lyceum env` points clients at
//! the former.

use std::io::{self, Write};
use std::net::{Ipv4Addr, Ipv6Addr, SocketAddr};
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use engine::EngineConfig;
use serde_json::json;
use server::{About, App, Durable, Guard, Limits, Observer, Record, Room, Settings, Ui};
use store::Blobs;
use tokio::net::TcpListener;

use crate::cli::{
    Address, DEFAULT_EMBEDDING_MODEL, DEFAULT_MODEL, DEFAULT_PORT, Env, Global, LimitArgs,
    PageArgs, Serve,
};
use crate::command::shelf::Installed;
use crate::command::{browser, config, doctor, keys, open, pull};
use crate::log::Log;
use crate::report::{Exit, Failure, Outcome};
use crate::settings::Settings as ProgramSettings;
use crate::term;
use crate::traces::Traces;

/// Names that programs written for OpenAI ask for; the default model answers.
const TEXT_ALIASES: [&str; 8] = [
    "gpt-3.5-turbo",
    "gpt-3.5-turbo-instruct",
    "gpt-4",
    "gpt-4o",
    "gpt-4o-mini",
    "text-davinci-003",
    "davinci-002",
    "ada",
];

/// The same for embeddings.
const EMBEDDING_ALIASES: [&str; 3] = [
    "text-embedding-ada-002",
    "text-embedding-3-small",
    "text-embedding-3-large",
];

pub fn run(told: &ProgramSettings, args: &Serve) -> Outcome {
    let global = &told.cli.global;
    // Fetched before anybody can ask for it.
    let default = global.model.as_deref().unwrap_or(DEFAULT_MODEL);
    let (default, _) = open::found(global, default)?;
    let embeddings = embeddings(global, args)?;
    let aliases = aliases(global, args, &default, embeddings.as_deref())?;
    let named = [Some(&default), embeddings.as_ref()].into_iter().flatten();
    let named = named.chain(aliases.iter().map(|(_, model)| model));
    let shelf = Installed::new(global, engine_config(&args.limits), named);
    for (alias, model) in shelf.missing(&aliases) {
        say!(
            "{} --alias {alias}={model}: no such model is here; lyceum pull {model}",
            term::paint("1;33", "warning:")
        );
    }
    let watchers = Arc::new(Watchers {
        log: Log::start(&args.watching, global.quiet)?,
        traces: Traces::start(args.watching.otlp_endpoint.as_deref())?,
    });
    let data = store::data_dir(global.data.clone())?;
    let settings = Settings {
        aliases,
        room: room(args),
        observer: watchers.clone(),
        about: about(told, &data),
    };
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()?;
    let served: Outcome<bool> = runtime.block_on(async {
        let durable = Durable {
            database: keys::database(global, &args.durable).await?,
            blobs: match &args.blobs {
                Some(url) => Blobs::in_bucket(url).await?,
                None => Blobs::in_folder(&data)?,
            },
        };
        let (listener, address) = listen(&args.address).await?;
        let stored = durable.database.has_keys().await?;
        let guard = Guard::new(address, args.keys.clone(), stored)
            .map_err(|e| Failure::usage(e.to_string()).help("lyceum keys create NAME"))?
            .allowing(args.origins.clone());
        let app = App::new(Box::new(shelf), durable, settings);
        let event = json!({"address": address.to_string(), "model": default});
        if !watchers.log.event("serving", &event) && !global.quiet {
            welcome(address, args, &default, embeddings.as_deref());
        }
        show(address, &args.pages);
        let (limits, ui) = (limits(args), ui(&args.pages));
        Ok(server::serve(listener, app, guard, limits, ui, stopped()).await)
    });
    if let Some(traces) = &watchers.traces {
        traces.stop();
    }
    watchers.log.flush();
    let all_done = served?;
    let told = watchers.log.event("stopped", &json!({}));
    watchers.log.flush();
    if !told && !global.quiet {
        stopped_with(all_done, args.limits.grace_time);
    }
    Ok(())
}

fn about(told: &ProgramSettings, data: &Path) -> About {
    use std::env::consts::{ARCH, OS};
    About {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        platform: format!("{ARCH}-{OS}, {} kernels", kernels::simd::level()),
        data: data.display().to_string(),
        file: told.path().map(|path| path.display().to_string()),
        settings: config::effective(told),
    }
}

fn stopped_with(all_done: bool, grace_s: u32) {
    let stopped = term::paint("1;32", "     Stopped");
    match all_done {
        true => say!("{stopped} answers under way are done"),
        false => say!(
            "{stopped} answers under way have failed: they were not done within {grace_s} s \
             (--grace-time)"
        ),
    }
}

async fn listen(address: &Address) -> Outcome<(TcpListener, SocketAddr)> {
    let wanted = SocketAddr::new(address.host, address.port);
    let listener = TcpListener::bind(wanted).await.map_err(|e| {
        let message = format!("cannot listen on {wanted}: {e}");
        Failure::new(Exit::Failed, io::Error::other(message)).help("lyceum serve --port 0")
    })?;
    let address = listener.local_addr()?;
    Ok((listener, address))
}

/// All who are told of requests.
struct Watchers {
    log: Log,
    traces: Option<Traces>,
}

impl Observer for Watchers {
    fn request(&self, record: &Record) {
        self.log.request(record);
        if let Some(traces) = &self.traces {
            traces.request(record);
        }
    }

    fn report(&self, what: &str) {
        self.log.report(what);
    }

    fn wants_texts(&self) -> bool {
        self.log.wants_texts()
    }
}

/// Prints lines for a shell.
pub fn env(args: &Env) -> Outcome {
    let base = base(SocketAddr::new(args.address.host, args.address.port));
    // The key is asked for by the clients, not by a server that has none.
    let lines = format!(
        "export OPENAI_BASE_URL={base}\nexport OPENAI_API_BASE={base}\n\
         export OPENAI_API_KEY=${{OPENAI_API_KEY:-sk-local}}\n"
    );
    Ok(io::stdout().write_all(lines.as_bytes())?)
}

fn base(address: SocketAddr) -> String {
    format!("http://{address}/v1")
}

/// The model that makes embeddings. A server without one is better than none, unless it was
/// asked for.
fn embeddings(global: &Global, args: &Serve) -> Outcome<Option<String>> {
    let name = match args.embedding_model.as_deref() {
        Some("none") => return Ok(None),
        Some(name) => name,
        None => DEFAULT_EMBEDDING_MODEL,
    };
    match open::found(global, name) {
        Ok((name, _)) => Ok(Some(name)),
        Err(failure)
            if args.embedding_model.is_some()
                || failure.exit_code() == Exit::Interrupted as i32 =>
        {
            Err(failure)
        }
        Err(failure) => {
            failure.context("there are no embeddings").warn();
            Ok(None)
        }
    }
}

/// What models may take: three quarters of the machine's memory if nothing is said.
fn room(args: &Serve) -> Room {
    let most = || doctor::memory_bytes().map_or(u64::MAX, |(_, total)| total / 4 * 3);
    Room {
        models: usize::from(args.max_models),
        bytes: args
            .model_memory
            .map_or_else(most, |mib| u64::from(mib) << 20),
        idle: Duration::from_secs(u64::from(args.unload_after)),
    }
}

/// Where a browser of this machine finds the Playground.
fn playground(mut address: SocketAddr, args: &PageArgs) -> String {
    if address.ip().is_unspecified() {
        // All of the machine's addresses are no address that one can open.
        address.set_ip(match address {
            SocketAddr::V4(_) => Ipv4Addr::LOCALHOST.into(),
            SocketAddr::V6(_) => Ipv6Addr::LOCALHOST.into(),
        });
    }
    format!("http://{address}{}/", args.base_path)
}

fn show(address: SocketAddr, args: &PageArgs) {
    if args.open {
        browser::open(&playground(address, args));
    }
}

fn ui(args: &PageArgs) -> Ui {
    match &args.ui_dir {
        Some(folder) => Ui::in_folder(&args.base_path, folder.clone()),
        None => Ui::new(&args.base_path),
    }
}

fn welcome(address: SocketAddr, args: &Serve, model: &str, embeddings: Option<&str>) {
    let asked = &args.address;
    let elsewhere = match asked.port == DEFAULT_PORT && asked.host.is_loopback() {
        true => String::new(),
        false => format!(" --host {} --port {}", address.ip(), address.port()),
    };
    say!("{} {}", term::paint("1;32", "     Serving"), base(address));
    say!(
        "{} {}",
        term::paint("1;32", "  Playground"),
        playground(address, &args.pages)
    );
    say!("{} {model}", term::paint("1;32", "       Model"));
    if let Some(embeddings) = embeddings {
        say!("{} {embeddings}", term::paint("1;32", "  Embeddings"));
    }
    say!(
        "{} eval \"$(lyceum env{elsewhere})\"",
        term::paint("1;32", "     Clients")
    );
    say!("{} Ctrl+C", term::paint("1;32", "        Stop"));
}

/// Waits for Ctrl+C or a polite signal.
async fn stopped() {
    let ctrl_c = async {
        // Without a handler nothing would come.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending::<()>().await;
        }
    };
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                () = ctrl_c => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    ctrl_c.await;
}

fn limits(serve: &Serve) -> Limits {
    let args = &serve.limits;
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    Limits {
        connections: args.max_connections as usize,
        head: seconds(args.head_time),
        arrival: seconds(args.body_time),
        body: (args.max_body as usize) << 20,
        bodies: Limits::default().bodies.max((args.max_body as usize) << 21),
        file: (args.max_file as usize) << 20,
        grace: seconds(args.grace_time),
        strict: serve.strict,
    }
}

fn engine_config(args: &LimitArgs) -> EngineConfig {
    EngineConfig {
        context: args.max_context.map(|tokens| tokens as usize),
        max_sequences: args.max_sequences as usize,
        queue: args.max_queue as usize,
        queue_tokens: args.max_queue_tokens as usize,
        ..EngineConfig::default()
    }
}

fn aliases(
    global: &Global,
    args: &Serve,
    default: &str,
    embeddings: Option<&str>,
) -> Outcome<Vec<(String, String)>> {
    let mut aliases = Vec::new();
    for alias in &args.aliases {
        let Some((name, model)) = alias
            .split_once('=')
            .filter(|(n, m)| !n.is_empty() && !m.is_empty())
        else {
            let message = format!("--alias is \"{alias}\", wanted NAME=MODEL");
            return Err(Failure::usage(message).help("--alias gpt-4=smollm2-135m-instruct"));
        };
        // The catalog has other names for models, too.
        let installed = pull::folder(global)?.get(model).map(|found| found.name);
        let model = installed.unwrap_or_else(|_| model.to_owned());
        aliases.push((name.to_owned(), model));
    }
    if args.no_default_aliases {
        return Ok(aliases);
    }
    let texts = TEXT_ALIASES.map(|name| (name, Some(default)));
    let embeddings = EMBEDDING_ALIASES.map(|name| (name, embeddings));
    for (name, model) in texts.into_iter().chain(embeddings) {
        let given = aliases.iter().any(|(known, _)| known == name);
        if let Some(model) = model.filter(|_| !given) {
            aliases.push((name.to_owned(), model.to_owned()));
        }
    }
    Ok(aliases)
}
