//! What all requests share: the models, loaded when they are first asked for.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Instant, SystemTime, UNIX_EPOCH};

use engine::TextModel;
use store::{Blobs, Database};
use tokio::sync::Notify;

use crate::caller::Caller;
use crate::error::ApiError;
use crate::limit::Limiter;
use crate::meter::{Charge, Meter};
use crate::record::Observer;

/// Where models come from.
pub trait Shelf: Send + Sync {
    /// The models that could be loaded, by name. It may read a disk.
    fn names(&self) -> Vec<String>;
    /// Loads one. It may take seconds.
    fn open(&self, name: &str) -> Result<Loaded, ShelfError>;
}

/// A model ready to answer.
pub struct Loaded {
    pub model: TextModel,
    /// Changes whenever answers may.
    pub fingerprint: String,
}

/// Why a model is not there.
#[derive(Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("no such model")]
    Unknown,
    /// What the operator should read.
    #[error("{0}")]
    Failed(String),
}

/// What outlives the process.
#[derive(Clone)]
pub struct Durable {
    pub database: Database,
    pub blobs: Blobs,
}

/// What the operator decides.
pub struct Settings {
    /// Other names of models, each with the model that answers.
    pub aliases: Vec<(String, String)>,
    /// Models in memory at a time.
    pub models_in_memory: usize,
    /// Where the operator reads what clients must not.
    pub observer: Arc<dyn Observer>,
}

/// Cheap to clone; clones are the same.
#[derive(Clone)]
pub struct App {
    inner: Arc<Inner>,
}

struct Inner {
    shelf: Box<dyn Shelf>,
    durable: Durable,
    settings: Settings,
    limiter: Limiter,
    meter: Meter,
    /// Tells that there is a new batch.
    batches: Notify,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    started: u64,
}

/// A model's place: whoever asks for it while it is loaded waits there.
struct Slot {
    loaded: Mutex<Option<Arc<Loaded>>>,
    used: Mutex<Instant>,
}

impl App {
    /// Within a tokio runtime, which the app's own tasks run on.
    pub fn new(shelf: Box<dyn Shelf>, durable: Durable, settings: Settings) -> Self {
        Self {
            inner: Arc::new(Inner {
                shelf,
                meter: Meter::start(durable.database.clone()),
                limiter: Limiter::default(),
                batches: Notify::new(),
                durable,
                settings,
                slots: Mutex::default(),
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
            watch: caller.watch.clone(),
        }
    }

    pub(crate) fn blobs(&self) -> &Blobs {
        &self.inner.durable.blobs
    }

    /// All names that can be asked for, each with the model that answers.
    pub(crate) async fn names(&self) -> Result<Vec<(String, String)>, ApiError> {
        let app = self.clone();
        let task = tokio::task::spawn_blocking(move || app.names_on_disk());
        task.await.map_err(|_| ApiError::internal())
    }

    fn names_on_disk(&self) -> Vec<(String, String)> {
        let own = self.inner.shelf.names();
        let aliases = self.inner.settings.aliases.iter();
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
        self.inner.settings.observer.report(what);
    }

    pub(crate) fn observer(&self) -> &Arc<dyn Observer> {
        &self.inner.settings.observer
    }

    /// The models in memory.
    pub fn loaded(&self) -> Vec<(String, Arc<Loaded>)> {
        let slots = lock(&self.inner.slots);
        let loaded = |(name, slot): (&String, &Arc<Slot>)| {
            // One that is being loaded is not there yet.
            let loaded = slot.loaded.try_lock().ok()?.clone()?;
            Some((name.clone(), loaded))
        };
        slots.iter().filter_map(loaded).collect()
    }

    /// The model of that name, loaded if need be; other requests do not wait.
    pub(crate) async fn model(&self, name: &str) -> Result<Arc<Loaded>, ApiError> {
        let (app, asked) = (self.clone(), name.to_owned());
        let task = tokio::task::spawn_blocking(move || {
            let mut names = app.names_on_disk().into_iter();
            let root = names.find(|(known, _)| *known == asked);
            app.load(&root.ok_or(ShelfError::Unknown)?.1)
        });
        let loaded = task.await.map_err(|_| ApiError::internal())?;
        loaded.map_err(|e| match e {
            ShelfError::Unknown => ApiError::no_model(name),
            ShelfError::Failed(why) => {
                let error = format!("The model `{name}` cannot be loaded.");
                let private = format!("cannot load {name}: {why}");
                ApiError::unavailable(error, None).with_private(private)
            }
        })
    }

    fn load(&self, name: &str) -> Result<Arc<Loaded>, ShelfError> {
        let slot = {
            let mut slots = lock(&self.inner.slots);
            let new = || {
                Arc::new(Slot {
                    loaded: Mutex::default(),
                    used: Mutex::new(Instant::now()),
                })
            };
            Arc::clone(slots.entry(name.to_owned()).or_insert_with(new))
        };
        *lock(&slot.used) = Instant::now();
        let mut loaded = lock(&slot.loaded);
        if let Some(loaded) = &*loaded {
            return Ok(Arc::clone(loaded));
        }
        self.make_room(name);
        let new = Arc::new(self.inner.shelf.open(name)?);
        *loaded = Some(Arc::clone(&new));
        Ok(new)
    }

    /// Unloads what was not used for the longest, never in the middle of an answer.
    fn make_room(&self, name: &str) {
        let slots = lock(&self.inner.slots);
        let mut others: Vec<_> = slots.iter().filter(|(other, _)| *other != name).collect();
        others.sort_by_key(|(_, slot)| *lock(&slot.used));
        let in_memory = |slot: &Slot| slot.loaded.try_lock().is_ok_and(|l| l.is_some());
        let mut count = others.iter().filter(|(_, slot)| in_memory(slot)).count();
        for (_, slot) in others {
            if count < self.inner.settings.models_in_memory.max(1) {
                return;
            }
            let Ok(mut loaded) = slot.loaded.try_lock() else {
                continue;
            };
            // Nobody else holds it: no answer is under way.
            if loaded.as_ref().is_some_and(|l| Arc::strong_count(l) == 1) {
                *loaded = None;
                count -= 1;
            }
        }
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
