//! Models: where they come from, which are in memory, and which must go.

mod source;

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use engine::{Embedder, TextModel};
use tokio::sync::OwnedMutexGuard;

use crate::app::lock;

pub use source::{Card, Progress, Shelf, ShelfError};

/// A model ready to answer.
pub struct Loaded<M = TextModel> {
    pub model: M,
    /// Changes whenever answers may.
    pub fingerprint: String,
}

/// A model by what it can do.
#[derive(Clone)]
pub enum Model {
    Text(Arc<Loaded>),
    Embedder(Arc<Loaded<Embedder>>),
}

impl Model {
    /// Hands that hold it, such as answers under way, when one is the shelf's own.
    fn hands(&self) -> usize {
        let all = match self {
            Self::Text(loaded) => Arc::strong_count(loaded),
            Self::Embedder(loaded) => Arc::strong_count(loaded),
        };
        all - 1
    }

    /// Tokens of a prompt and its answer.
    pub(crate) fn context(&self) -> usize {
        match self {
            Self::Text(loaded) => loaded.model.context(),
            Self::Embedder(loaded) => loaded.model.context(),
        }
    }

    /// Whether it answers nobody any more.
    fn stopped(&self) -> bool {
        match self {
            Self::Text(loaded) => loaded.model.engine().is_stopped(),
            Self::Embedder(loaded) => loaded.model.is_stopped(),
        }
    }
}

/// Why a model stays in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub(crate) enum Stays {
    #[error("it is being loaded")]
    Loading,
    #[error("{0} of its answers are under way")]
    Answering(usize),
}

/// How a model stands just now.
#[derive(Clone, Debug, Default)]
pub(crate) struct Standing {
    pub(crate) loading: bool,
    /// Bytes that it takes, or is about to.
    pub(crate) bytes: u64,
    /// Answers under way.
    pub(crate) in_use: usize,
    /// Tokens of a prompt and its answer.
    pub(crate) context: Option<u64>,
    /// Why it could not be loaded when that was last tried.
    pub(crate) failed: Option<ShelfError>,
}

/// How many models may be in memory, and for how long.
#[derive(Clone, Copy, Debug)]
pub struct Room {
    pub models: usize,
    /// Of all models together.
    pub bytes: u64,
    /// Time without a question after which a model goes; zero for never.
    pub idle: Duration,
}

impl Default for Room {
    fn default() -> Self {
        Self {
            models: 4,
            bytes: u64::MAX,
            idle: Duration::ZERO,
        }
    }
}

/// The models in memory.
pub(crate) struct Models {
    shelf: Arc<dyn Shelf>,
    room: Room,
    slots: Mutex<HashMap<String, Arc<Slot>>>,
    /// Held by whoever makes room and takes it.
    planning: Mutex<()>,
    /// Names on the shelf when it was looked at last, which is seconds ago at most.
    listed: Mutex<Vec<String>>,
}

/// A model's place: whoever asks for it while it is loaded waits there.
struct Slot {
    loaded: Mutex<Option<Model>>,
    /// Held by the one that loads it.
    turn: Arc<tokio::sync::Mutex<()>>,
    state: Mutex<State>,
}

struct State {
    used: Instant,
    /// Those who are loading it, or about to.
    loading: usize,
    /// Memory taken, or about to be.
    bytes: u64,
    /// Why it could not be loaded, and when that was known.
    failed: Option<(Instant, ShelfError)>,
}

impl Models {
    pub(crate) fn new(shelf: Box<dyn Shelf>, room: Room) -> Self {
        Self {
            shelf: shelf.into(),
            room,
            slots: Mutex::default(),
            planning: Mutex::default(),
            listed: Mutex::default(),
        }
    }

    /// Looks at the shelf.
    pub(crate) fn names(&self) -> Vec<String> {
        let names = self.shelf.names();
        lock(&self.listed).clone_from(&names);
        names
    }

    /// Whether it was on the shelf at the last look.
    pub(crate) fn lists(&self, name: &str) -> bool {
        lock(&self.listed).iter().any(|listed| listed == name)
    }

    /// The model of that name, if it is in memory and was on the shelf at the last look:
    /// neither needs a thread that may wait.
    pub(crate) fn at_hand(&self, name: &str) -> Option<Model> {
        if !self.lists(name) {
            return None;
        }
        let slot = Arc::clone(lock(&self.slots).get(name)?);
        let model = slot.loaded.try_lock().ok()?.clone()?;
        lock(&slot.state).used = Instant::now();
        Some(model).filter(|model| !model.stopped())
    }

    pub(crate) fn shelf(&self) -> &Arc<dyn Shelf> {
        &self.shelf
    }

    /// Bytes taken by all models, and those that they may take; none if they may take all.
    pub(crate) fn memory(&self) -> (u64, Option<u64>) {
        let slots = lock(&self.slots);
        let used = slots.values().map(|slot| lock(&slot.state).bytes).sum();
        (used, Some(self.room.bytes).filter(|&most| most < u64::MAX))
    }

    pub(crate) fn standing(&self, name: &str) -> Standing {
        let Some(slot) = lock(&self.slots).get(name).cloned() else {
            return Standing::default();
        };
        let (in_use, context) = match slot.loaded.try_lock().as_deref() {
            Ok(Some(model)) => (model.hands(), Some(model.context() as u64)),
            _ => (0, None),
        };
        let state = lock(&slot.state);
        Standing {
            loading: state.loading > 0,
            bytes: state.bytes,
            in_use,
            context,
            failed: state.failed.as_ref().map(|(_, why)| why.clone()),
        }
    }

    /// Says that a model is being loaded, until what is returned goes.
    pub(crate) fn loading(&self, name: &str) -> Loading {
        Loading::of(&self.slot(name))
    }

    /// Frees the memory of a model that nobody waits for.
    pub(crate) fn unload(&self, name: &str) -> Result<(), Stays> {
        self.free(name, || ())
    }

    /// Frees the memory of a model that nobody waits for, and removes it; nobody loads it in
    /// between.
    pub(crate) fn remove(&self, name: &str) -> Result<Result<(), ShelfError>, Stays> {
        self.free(name, || self.shelf.remove(name))
    }

    fn free<T>(&self, name: &str, then: impl FnOnce() -> T) -> Result<T, Stays> {
        let slot = self.slot(name);
        let mut loaded = slot.loaded.try_lock().map_err(|_| Stays::Loading)?;
        if lock(&slot.state).loading > 0 {
            return Err(Stays::Loading);
        }
        let hands = loaded.as_ref().map_or(0, Model::hands);
        if hands > 0 {
            return Err(Stays::Answering(hands));
        }
        *loaded = None;
        let mut state = lock(&slot.state);
        (state.bytes, state.failed) = (0, None);
        drop(state);
        Ok(then())
    }

    /// The models in memory; one that is being loaded is not there yet.
    pub(crate) fn loaded(&self) -> Vec<(String, Model)> {
        let loaded = |(name, slot): (&String, &Arc<Slot>)| {
            let loaded = slot.loaded.try_lock().ok()?.clone()?;
            Some((name.clone(), loaded))
        };
        lock(&self.slots).iter().filter_map(loaded).collect()
    }

    /// Returns when nobody else loads the model, which must be on the shelf.
    pub(crate) async fn turn(&self, name: &str) -> OwnedMutexGuard<()> {
        let turn = Arc::clone(&self.slot(name).turn);
        turn.lock_owned().await
    }

    /// The model of that name, loaded if need be, for whoever asked then. It may take seconds.
    pub(crate) fn load(&self, name: &str, asked: Instant) -> Result<Model, ShelfError> {
        let slot = self.slot(name);
        let mut loaded = lock(&slot.loaded);
        lock(&slot.state).used = Instant::now();
        if let Some(model) = loaded.as_ref().filter(|model| !model.stopped()) {
            return Ok(model.clone());
        }
        if let Some((at, why)) = &lock(&slot.state).failed
            && *at > asked
        {
            // It would only fail again for each that has waited.
            return Err(why.clone());
        }
        *loaded = None;
        let _loading = Loading::of(&slot);
        let opened = self.take_room(name, &slot);
        let opened = opened.and_then(|()| self.shelf.open(name));
        let mut state = lock(&slot.state);
        state.failed = None;
        if let Err(why) = &opened {
            state.bytes = 0;
            state.failed = Some((Instant::now(), why.clone()));
        }
        drop(state);
        let model = opened?;
        *loaded = Some(model.clone());
        Ok(model)
    }

    fn slot(&self, name: &str) -> Arc<Slot> {
        let mut slots = lock(&self.slots);
        let new = || {
            let state = State {
                used: Instant::now(),
                loading: 0,
                bytes: 0,
                failed: None,
            };
            Arc::new(Slot {
                loaded: Mutex::default(),
                turn: Arc::default(),
                state: Mutex::new(state),
            })
        };
        Arc::clone(slots.entry(name.to_owned()).or_insert_with(new))
    }

    /// Unloads what was not used for the longest until the model of `own` has room, and
    /// takes that.
    fn take_room(&self, name: &str, own: &Arc<Slot>) -> Result<(), ShelfError> {
        let (bytes, limit) = (self.shelf.bytes(name), self.room.bytes);
        if bytes > limit {
            return Err(ShelfError::TooLarge { bytes, limit });
        }
        let _planning = lock(&self.planning);
        let mut others: Vec<_> = lock(&self.slots).values().cloned().collect();
        others.retain(|slot| !Arc::ptr_eq(slot, own) && lock(&slot.state).bytes > 0);
        others.sort_by_key(|slot| lock(&slot.state).used);
        let mut count = others.len();
        let mut taken: u64 = others.iter().map(|slot| lock(&slot.state).bytes).sum();
        for slot in others {
            if count < self.room.models.max(1) && taken.saturating_add(bytes) <= limit {
                break;
            }
            let freed = slot.unload();
            taken -= freed;
            count -= usize::from(freed > 0);
        }
        // More models than wanted are better than none; more memory is not.
        if taken.saturating_add(bytes) > limit {
            return Err(ShelfError::Full);
        }
        lock(&own.state).bytes = bytes.max(1);
        Ok(())
    }

    /// Unloads what nobody has asked for in a while.
    pub(crate) fn unload_idle(&self) {
        if self.room.idle.is_zero() {
            return;
        }
        let slots: Vec<_> = lock(&self.slots).values().cloned().collect();
        for slot in slots {
            if lock(&slot.state).used.elapsed() >= self.room.idle {
                slot.unload();
            }
        }
    }
}

/// That a model is being loaded.
pub(crate) struct Loading(Arc<Slot>);

impl Loading {
    fn of(slot: &Arc<Slot>) -> Self {
        lock(&slot.state).loading += 1;
        Self(Arc::clone(slot))
    }
}

impl Drop for Loading {
    fn drop(&mut self) {
        lock(&self.0.state).loading -= 1;
    }
}

impl Slot {
    /// Frees the model's memory, and says how much, unless it is being loaded or is in the
    /// middle of an answer.
    fn unload(&self) -> u64 {
        let Ok(mut loaded) = self.loaded.try_lock() else {
            return 0;
        };
        let mut state = lock(&self.state);
        match &*loaded {
            None => 0,
            Some(model) if model.hands() > 0 => {
                state.used = Instant::now();
                0
            }
            Some(_) => {
                *loaded = None;
                std::mem::take(&mut state.bytes)
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use engine::OpenOptions;
    use models::checkpoint::Checkpoint;

    use super::*;

    /// Tiny models, each of which is said to take as many bytes as its name says.
    struct Tiny;

    impl Shelf for Tiny {
        fn names(&self) -> Vec<String> {
            vec!["1".to_owned(), "2".to_owned()]
        }

        fn open(&self, name: &str) -> Result<Model, ShelfError> {
            if name == "7" {
                return Err(ShelfError::Failed("it is damaged".to_owned()));
            }
            let checkpoint = Checkpoint::open(&testkit::fixture("models/tiny-chat")).unwrap();
            let model = TextModel::from_checkpoint(&checkpoint, &OpenOptions::default()).unwrap();
            let fingerprint = String::new();
            Ok(Model::Text(Arc::new(Loaded { model, fingerprint })))
        }

        fn bytes(&self, name: &str) -> u64 {
            name.parse().unwrap()
        }
    }

    fn models(room: Room) -> Models {
        Models::new(Box::new(Tiny), room)
    }

    fn load(models: &Models, name: &str) -> Result<Model, ShelfError> {
        models.load(name, Instant::now())
    }

    fn loaded(models: &Models) -> Vec<String> {
        let mut names: Vec<_> = models.loaded().into_iter().map(|(name, _)| name).collect();
        names.sort();
        names
    }

    #[test]
    fn the_least_recently_used_goes_first() {
        let models = models(Room {
            models: 2,
            ..Room::default()
        });
        for name in ["1", "2", "1", "3"] {
            drop(load(&models, name).unwrap());
        }
        assert_eq!(loaded(&models), ["1", "3"]);
    }

    #[test]
    fn memory_has_a_limit_that_answers_under_way_keep() {
        let models = models(Room {
            bytes: 10,
            ..Room::default()
        });
        let answering = load(&models, "6").unwrap();
        drop(load(&models, "4").unwrap());
        drop(load(&models, "3").unwrap());
        assert_eq!(loaded(&models), ["3", "6"], "3 has the place of 4");
        assert!(matches!(load(&models, "5"), Err(ShelfError::Full)));
        let error = load(&models, "11").err().unwrap();
        assert!(matches!(
            error,
            ShelfError::TooLarge {
                bytes: 11,
                limit: 10
            }
        ));
        drop(answering);
        drop(load(&models, "5").unwrap());
        assert_eq!(loaded(&models), ["5"]);
        // What cannot be loaded takes nothing.
        for _ in 0..3 {
            assert!(matches!(load(&models, "7"), Err(ShelfError::Failed(_))));
        }
        drop(load(&models, "10").unwrap());
    }

    #[test]
    fn what_is_at_hand_is_in_memory_and_was_seen_on_the_shelf() {
        let models = models(Room::default());
        drop(load(&models, "1").unwrap());
        assert!(models.at_hand("1").is_none(), "nobody has looked");
        let names = models.names();
        assert!(models.at_hand("1").is_some());
        let other = names.iter().find(|name| *name != "1").unwrap();
        assert!(models.at_hand(other).is_none(), "it is not in memory");
    }

    #[test]
    fn who_has_waited_for_what_failed_does_not_try_again() {
        let (models, asked) = (models(Room::default()), Instant::now());
        assert!(models.load("7", asked).is_err());
        let failed = |models: &Models| lock(&models.slot("7").state).failed.clone().unwrap().0;
        let first = failed(&models);
        assert!(models.load("7", asked).is_err());
        assert_eq!(failed(&models), first, "nothing was opened");
        assert!(load(&models, "7").is_err());
        assert!(
            failed(&models) > first,
            "who asks afterwards is another matter"
        );
    }

    #[test]
    fn idle_ones_go_but_not_in_the_middle_of_an_answer() {
        let idle = Duration::from_nanos(1);
        let models = models(Room {
            idle,
            ..Room::default()
        });
        drop(load(&models, "1").unwrap());
        let answering = load(&models, "2").unwrap();
        models.unload_idle();
        assert_eq!(loaded(&models), ["2"]);
        drop(answering);
        models.unload_idle();
        assert!(loaded(&models).is_empty());
        assert!(load(&models, "1").is_ok());
    }
}
