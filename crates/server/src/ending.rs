//! The end of the server: what is under way gets some time; what is not done by then fails and
//! says so; and what was used is written down either way.

use std::sync::Arc;

use tokio::sync::watch;
use tokio_util::task::TaskTracker;

/// Cheap to clone; clones are the same.
#[derive(Clone)]
pub(crate) struct Ending {
    over: Arc<watch::Sender<bool>>,
    tasks: TaskTracker,
}

impl Default for Ending {
    fn default() -> Self {
        Self {
            over: Arc::new(watch::Sender::new(false)),
            tasks: TaskTracker::new(),
        }
    }
}

impl Ending {
    /// Runs what the server must not end without. Within a tokio runtime.
    pub(crate) fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(task);
    }

    /// Returns when no more time is left for answers.
    pub(crate) async fn over(&self) {
        // The sender is here, so there is no other end.
        let _ = self.over.subscribe().wait_for(|&over| over).await;
    }

    /// Lets all answers fail that are under way.
    pub(crate) fn fail(&self) {
        self.over.send_replace(true);
    }

    /// Returns when nothing runs that was spawned here.
    pub(crate) async fn done(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }
}
