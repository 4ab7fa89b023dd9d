//! Models that are being fetched, each on a thread of its own: what they do goes on when whoever
//! asked for it leaves, and the end of the server does not wait for them, as what is fetched is
//! kept for the next try.

use std::collections::HashMap;
use std::ops::ControlFlow;
use std::sync::{Arc, Mutex};
use std::thread;

use crate::app::lock;
use crate::shelf::{Shelf, ShelfError};

/// Cheap to clone; clones are the same.
#[derive(Clone, Default)]
pub(crate) struct Pulls {
    all: Arc<Mutex<HashMap<String, Pull>>>,
}

/// How far it is.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Pull {
    pub(crate) bytes: u64,
    pub(crate) total: Option<u64>,
    /// Why it ended without the model.
    pub(crate) error: Option<String>,
    stopping: bool,
}

impl Pulls {
    /// What is known of a model's pull: nothing before it and after a good end.
    pub(crate) fn get(&self, name: &str) -> Option<Pull> {
        lock(&self.all).get(name).cloned()
    }

    /// Starts to fetch a model, unless that is under way.
    pub(crate) fn start(&self, shelf: &Arc<dyn Shelf>, name: &str) -> std::io::Result<()> {
        let mut all = lock(&self.all);
        if let Some(pull) = all.get_mut(name).filter(|pull| pull.error.is_none()) {
            // It may not have seen yet that it was to stop.
            pull.stopping = false;
            return Ok(());
        }
        let (shelf, under_way) = (Arc::clone(shelf), self.clone());
        let owned = name.to_owned();
        thread::Builder::new()
            .name("pull".to_owned())
            .spawn(move || {
                // Falls with the thread, however that ends.
                let mut end = End {
                    pulls: under_way,
                    name: owned,
                    result: Err(ShelfError::Failed("it broke off".to_owned())),
                };
                let (pulls, name) = (end.pulls.clone(), end.name.clone());
                let progress = &mut |bytes, total| pulls.reached(&name, bytes, total);
                end.result = shelf.pull(&name, progress);
            })?;
        all.insert(name.to_owned(), Pull::default());
        Ok(())
    }

    /// Whether there was one to be stopped, or forgotten.
    pub(crate) fn stop(&self, name: &str) -> bool {
        let mut all = lock(&self.all);
        match all.get_mut(name) {
            None => false,
            Some(Pull { error: Some(_), .. }) => all.remove(name).is_some(),
            Some(pull) => {
                pull.stopping = true;
                true
            }
        }
    }

    pub(crate) fn stop_all(&self) {
        for pull in lock(&self.all).values_mut() {
            pull.stopping = true;
        }
    }

    fn reached(&self, name: &str, bytes: u64, total: Option<u64>) -> ControlFlow<()> {
        let mut all = lock(&self.all);
        let Some(pull) = all.get_mut(name) else {
            return ControlFlow::Continue(());
        };
        pull.bytes = pull.bytes.max(bytes);
        pull.total = total.or(pull.total);
        match pull.stopping {
            true => ControlFlow::Break(()),
            false => ControlFlow::Continue(()),
        }
    }

    fn ended(&self, name: &str, result: &Result<(), ShelfError>) {
        let mut all = lock(&self.all);
        match result {
            Ok(()) | Err(ShelfError::Stopped) => {
                all.remove(name);
            }
            Err(why) => {
                if let Some(pull) = all.get_mut(name) {
                    pull.error = Some(why.to_string());
                }
            }
        }
    }
}

/// Writes down how a pull ended.
struct End {
    pulls: Pulls,
    name: String,
    result: Result<(), ShelfError>,
}

impl Drop for End {
    fn drop(&mut self) {
        self.pulls.ended(&self.name, &self.result);
    }
}
