//! What all requests share: the models, loaded when they are asked for.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use engine::Embedder;
use serde_json::Value;
use store::{Blobs, Database};
use tokio::sync::Notify;
use tokio::task::spawn_blocking;

use crate::ask::priority;
use crate::caller::Caller;
use crate::ending::Ending;
use crate::error::ApiError;
use crate::journal::Journal;
use crate::limit::Limiter;
use crate::meter::{Charge, Meter};
use crate::pulls::Pulls;
use crate::record::Observer;
use crate::shelf::{Loaded, Model, Models, Room, Shelf};

/// What outlives the process.
#[derive(Clone)]
pub struct Durable {
    pub database: Database,
    pub blobs: Blobs,
}

/// What the operator reads of the program.
#[derive(Clone, Debug, Default)]
pub struct About {
    pub version: String,
    /// As in `linux x86_64`.
    pub platform: String,
    pub data: String,
    /// The settings file that was read.
    pub file: Option<String>,
    /// What is in force and where it was said, less what is secret.
    pub settings: Vec<Value>,
}

/// What the operator decides.
pub struct Settings {
    /// Other names of models, each with the model that answers.
    pub aliases: Vec<(String, String)>,
    pub room: Room,
    /// Where the operator reads what clients must not.
    pub observer: Arc<dyn Observer>,
    pub about: About,
}

/// Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    models: Models,
    durable: Durable,
    aliases: Vec<(String, String)>,
    about: About,
    journal: Arc<Journal>,
    /// The journal, as who is told of requests.
    observer: Arc<dyn Observer>,
    pulls: Pulls,
    limiter: Limiter,
    meter: Meter,
    /// Tells that there is a new batch.
    batches: Notify,
    ending: Ending,
    started: u64,
}

impl App {
    /// Within a tokio runtime, which the app's own tasks run on.
    pub fn new(shelf: Box<dyn Shelf>, durable: Durable, settings: Settings) -> Self {
        let journal = Arc::new(Journal::new(settings.observer));
        Self {
            inner: Arc::new(Inner {
                models: Models::new(shelf, settings.room),
                aliases: settings.aliases,
                about: settings.about,
                observer: journal.clone(),
                journal,
                pulls: Pulls::default(),
                meter: Meter::start(durable.database.clone()),
                limiter: Limiter::default(),
                batches: Notify::new(),
                ending: Ending::default(),
                durable,
                started: now(),
            }),
        }
    }

    pub(crate) fn database(&self) -> &Database {
        &self.inner.durable.database
    }

    pub(crate) fn wake_batches(&self) {
        self.inner.batches.notify_one();
    }

    pub(crate) async fn batches_woken(&self) {
        self.inner.batches.notified().await;
    }

    pub(crate) fn ending(&self) -> &Ending {
        &self.inner.ending
    }

    pub(crate) fn limiter(&self) -> &Limiter {
        &self.inner.limiter
    }

    pub(crate) fn meter(&self) -> &Meter {
        &self.inner.meter
    }

    /// Who pays for an answer of a model.
    pub(crate) fn charge(&self, caller: &Caller, model: &str, endpoint: &'static str) -> Charge {
        caller.watch.asked(endpoint, model);
        Charge {
            app: self.clone(),
            key_id: caller.key_id.clone(),
            model: model.to_owned(),
            endpoint,
            priority: priority(),
            watch: caller.watch.clone(),
        }
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.inner.durable.blobs
    }

    /// All names that can be asked for, each with the model that answers.
    pub(crate) async fn names(&self) -> Result<Vec<(String, String)>, ApiError> {
        let app = self.clone();
        let task = spawn_blocking(move || app.names_on_disk());
        task.await.map_err(|_| ApiError::internal())
    }

    /// Other names under which a model answers.
    pub(crate) fn aliases_of(&self, name: &str) -> Vec<&str> {
        let aliases = self.inner.aliases.iter();
        let own = aliases.filter(|(_, root)| root == name);
        own.map(|(alias, _)| alias.as_str()).collect()
    }

    fn names_on_disk(&self) -> Vec<(String, String)> {
        let own = self.inner.models.names();
        let aliases = self.inner.aliases.iter();
        let aliases = aliases.filter(|(alias, root)| own.contains(root) && !own.contains(alias));
        let aliases: Vec<_> = aliases.cloned().collect();
        own.into_iter()
            .map(|name| (name.clone(), name))
            .chain(aliases)
            .collect()
    }

    /// When the server was started, in seconds of Unix time.
    pub fn started(&self) -> u64 {
        self.inner.started
    }

    /// Tells the operator.
    pub(crate) fn report(&self, what: &str) {
        self.inner.observer.report(what);
    }

    pub(crate) fn observer(&self) -> &Arc<dyn Observer> {
        &self.inner.observer
    }

    pub(crate) fn journal(&self) -> &Journal {
        &self.inner.journal
    }

    pub(crate) fn pulls(&self) -> &Pulls {
        &self.inner.pulls
    }

    pub(crate) fn about(&self) -> &About {
        &self.inner.about
    }

    pub(crate) fn models(&self) -> &Models {
        &self.inner.models
    }

    /// The model of that name, which must be one that writes text.
    pub(crate) async fn model(&self, name: &str) -> Result<Arc<Loaded>, ApiError> {
        match self.any_model(name).await? {
            Model::Text(loaded) => Ok(loaded),
            Model::Embedder(_) => Err(ApiError::no_text(name)),
        }
    }

    /// The model of that name, which must be one that makes embeddings.
    pub(crate) async fn embedder(&self, name: &str) -> Result<Arc<Loaded<Embedder>>, ApiError> {
        match self.any_model(name).await? {
            Model::Embedder(loaded) => Ok(loaded),
            Model::Text(_) => Err(ApiError::no_embeddings(name)),
        }
    }

    fn at_hand(&self, name: &str) -> Option<Model> {
        let models = &self.inner.models;
        // A model goes before an alias.
        if models.lists(name) {
            return models.at_hand(name);
        }
        let mut aliases = self.inner.aliases.iter();
        let (_, root) = aliases.find(|(alias, _)| alias == name)?;
        models.at_hand(root)
    }

    /// The model of that name, loaded if need be; other requests do not wait.
    pub(crate) async fn any_model(&self, name: &str) -> Result<Model, ApiError> {
        if let Some(model) = self.at_hand(name) {
            return Ok(model);
        }
        let asked = Instant::now();
        let mut names = self.names().await?.into_iter();
        let Some((_, root)) = names.find(|(known, _)| known == name) else {
            return Err(ApiError::no_model(name));
        };
        // However many wait for a model, they hold one thread.
        let _turn = self.inner.models.turn(&root).await;
        let app = self.clone();
        let load = spawn_blocking(move || app.inner.models.load(&root, asked));
        let loaded = load.await.map_err(|_| ApiError::internal())?;
        loaded.map_err(|e| ApiError::not_loaded(name, &e))
    }
}

pub(crate) fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    // What is behind these locks is whole at any time.
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Seconds of Unix time.
pub(crate) fn now() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    since.map_or(0, |since| since.as_secs())
}
