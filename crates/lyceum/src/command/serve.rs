//! `lyceum serve`: OpenAI's API on this machine; `lyceum env` points clients at it.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash, Hasher};
use std::io::{self, Write};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use engine::EngineConfig;
use serde_json::json;
use server::{App, Durable, Guard, Limits, Loaded, Observer, Record, Settings, Shelf, ShelfError};
use store::{Blobs, Listed};
use tokio::net::TcpListener;

use crate::cli::{Address, DEFAULT_MODEL, DEFAULT_PORT, Env, Global, LimitArgs, Serve};
use crate::command::{keys, open, pull};
use crate::log::Log;
use crate::report::{Exit, Failure, Outcome};
use crate::term;
use crate::traces::Traces;

/// Names that programs written for OpenAI ask for; the default model answers.
const DEFAULT_ALIASES: [&str; 8] = [
    "gpt-3.5-turbo",
    "gpt-3.5-turbo-instruct",
    "gpt-4",
    "gpt-4o",
    "gpt-4o-mini",
    "text-davinci-003",
    "davinci-002",
    "ada",
];

/// Threads that wait for answers: as many streams can be open.
const WAITING_THREADS: usize = 1200;

pub fn run(global: &Global, args: &Serve) -> Outcome {
    // Fetched before anybody can ask for it.
    let default = global
        .model
        .clone()
        .unwrap_or_else(|| DEFAULT_MODEL.to_owned());
    open::path(global, Some(&default))?;
    let aliases = aliases(args, &default)?;
    let shelf = Models {
        global: global.clone(),
        default: default.clone(),
        engine: engine_config(&args.limits),
    };
    let watchers = Arc::new(Watchers {
        log: Log::start(&args.watching, global.quiet)?,
        traces: Traces::start(args.watching.otlp_endpoint.as_deref())?,
    });
    let settings = Settings {
        aliases,
        models_in_memory: usize::from(args.max_models),
        observer: watchers.clone(),
    };
    let data = store::data_dir(global.data.clone())?;
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .max_blocking_threads(WAITING_THREADS)
        .enable_all()
        .build()?;
    let served = runtime.block_on(async {
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
            .map_err(|e| Failure::usage(e.to_string()).help("lyceum keys create NAME"))?;
        let app = App::new(Box::new(shelf), durable, settings);
        let event = json!({"address": address.to_string(), "model": default});
        if !watchers.log.event("serving", &event) && !global.quiet {
            welcome(address, &args.address, &default);
        }
        server::serve(listener, app, guard, limits(&args.limits), stopped()).await?;
        Ok(())
    });
    if let Some(traces) = &watchers.traces {
        traces.stop();
    }
    watchers.log.flush();
    let told = served.is_err() || watchers.log.event("stopped", &json!({}));
    watchers.log.flush();
    if !told && !global.quiet {
        let stopped = term::paint("1;32", "     Stopped");
        say!("{stopped} answers under way are done");
    }
    served
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

fn welcome(address: SocketAddr, asked: &Address, model: &str) {
    let elsewhere = match asked.port == DEFAULT_PORT && asked.host.is_loopback() {
        true => String::new(),
        false => format!(" --host {} --port {}", address.ip(), address.port()),
    };
    say!("{} {}", term::paint("1;32", "     Serving"), base(address));
    say!("{} {model}", term::paint("1;32", "       Model"));
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

fn limits(args: &LimitArgs) -> Limits {
    let seconds = |seconds: u32| Duration::from_secs(seconds.into());
    Limits {
        connections: args.max_connections as usize,
        head: seconds(args.head_time),
        arrival: seconds(args.body_time),
        body: (args.max_body as usize) << 20,
        file: (args.max_file as usize) << 20,
        grace: seconds(args.grace_time),
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

fn aliases(args: &Serve, default: &str) -> Outcome<Vec<(String, String)>> {
    let mut aliases = Vec::new();
    for alias in &args.aliases {
        let Some((name, model)) = alias
            .split_once('=')
            .filter(|(n, m)| !n.is_empty() && !m.is_empty())
        else {
            let message = format!("--alias is \"{alias}\", wanted NAME=MODEL");
            return Err(Failure::usage(message).help("--alias gpt-4=smollm2-135m-instruct"));
        };
        aliases.push((name.to_owned(), model.to_owned()));
    }
    if !args.no_default_aliases {
        let missing = |name: &&str| !aliases.iter().any(|(known, _)| known == name);
        let more: Vec<_> = DEFAULT_ALIASES.iter().filter(|n| missing(n)).collect();
        aliases.extend(
            more.into_iter()
                .map(|name| ((*name).to_owned(), default.to_owned())),
        );
    }
    Ok(aliases)
}

/// The installed models, and the default one, which may be a path.
struct Models {
    global: Global,
    default: String,
    engine: EngineConfig,
}

impl Shelf for Models {
    fn names(&self) -> Vec<String> {
        let listed = pull::folder(&self.global)
            .ok()
            .and_then(|folder| folder.list().ok());
        let names = listed
            .into_iter()
            .flatten()
            .filter_map(|listed| match listed {
                Listed::Model(model) => Some(model.name),
                Listed::Damaged { .. } => None,
            });
        let mut names: Vec<String> = names.collect();
        if !names.contains(&self.default) {
            names.insert(0, self.default.clone());
        }
        names
    }

    fn open(&self, name: &str) -> Result<Loaded, ShelfError> {
        let failed = |failure: Failure| ShelfError::Failed(failure.render());
        let path = open::path(&self.global, Some(name)).map_err(failed)?;
        let model = open::text_model_for(&self.global, Some(name), self.engine.clone());
        let model = model.map_err(failed)?;
        // What answers depend on: the program, its kernels and the file.
        let mut hasher = DefaultHasher::new();
        let file = path.metadata().ok();
        let written = file.as_ref().and_then(|f| f.modified().ok());
        let size = file.map(|f| f.len());
        let kernels = kernels::simd::level().to_string();
        (env!("CARGO_PKG_VERSION"), kernels, path, size, written).hash(&mut hasher);
        let fingerprint = format!("fp_{:010x}", hasher.finish() >> 24);
        Ok(Loaded { model, fingerprint })
    }
}
