//! Batches are worked on in the background: the server is a client of its own
//! routes, on behalf of whoever made the batch, and behind all live requests.
//!
//! What came of a line is a row before it counts, and the end comes in one
//! transaction, so that a server that was killed goes on where it was: lines
//! that were under way are asked again. A batch belongs to the server that
//! holds its lease; one that hears that it lost it stops at once.

mod input;
mod line;
mod results;

use std::collections::HashSet;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use axum::Router;
use serde_json::Value;
use store::{Batch, BatchLine, BatchState};
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::Instant;
use uuid::Uuid;

use crate::app::{App, now};
use crate::ask::in_background;
use crate::error::ApiError;
use input::Input;
use line::Asked;

/// Batches that a server works on at a time, and lines of each.
const AT_A_TIME: usize = 2;
const LINES: usize = 4;

/// Lines that are written down at a time.
const AT_ONCE: usize = 256;

/// Seconds that a batch is left to a server that is not heard of.
const LEASE_S: i64 = 6;

/// Seconds that a batch which something is wrong with gives way to others, and those after which
/// an input that cannot be read does not keep it from expiring any more.
const BACKOFF_S: i64 = 10;
const UNREADABLE_S: i64 = 3600;

/// Time between two renewals, which also tell of a cancellation.
const BEAT: Duration = Duration::from_secs(1);

/// Time between two looks for batches that nobody works on.
const LOOK: Duration = Duration::from_secs(1);

/// Works until `stop` turns true or its sender is gone.
pub(crate) fn start(app: &App, router: &Router, stop: &watch::Receiver<bool>) -> JoinSet<()> {
    let mut workers = JoinSet::new();
    for _ in 0..AT_A_TIME {
        let worker = Worker {
            app: app.clone(),
            router: router.clone(),
            owner: Uuid::new_v4().simple().to_string(),
        };
        workers.spawn(worker.work(stop.clone()));
    }
    workers
}

/// When lines are not asked any more, whatever became of them.
#[derive(Clone)]
struct End {
    cancelled: Arc<AtomicBool>,
    expires_at: i64,
}

impl End {
    fn reached(&self) -> Option<BatchState> {
        if self.cancelled.load(Ordering::Relaxed) {
            return Some(BatchState::Cancelling);
        }
        (now() as i64 >= self.expires_at).then_some(BatchState::Expired)
    }
}

#[derive(Clone)]
struct Worker {
    app: App,
    router: Router,
    /// Who holds the lease.
    owner: String,
}

impl Worker {
    async fn work(self, mut stop: watch::Receiver<bool>) {
        let until = || now() as i64 + LEASE_S;
        loop {
            let claim = self.app.database();
            let claimed = claim.claim_batch(&self.owner, now() as i64, until()).await;
            let found = match claimed.map_err(ApiError::from) {
                Ok(Some(batch)) => Some(batch),
                Ok(None) => None,
                Err(e) => {
                    let _ = e.told(&self.app);
                    None
                }
            };
            let went_well = match found {
                Some(batch) => self.hold(&batch, &mut stop).await,
                None => false,
            };
            if *stop.borrow() {
                return;
            }
            if went_well {
                // The next one may be waiting.
                continue;
            }
            tokio::select! {
                _ = stop.wait_for(|stop| *stop) => return,
                () = self.app.batches_woken() => {}
                () = tokio::time::sleep(LOOK) => {}
            }
        }
    }

    /// Works on a batch while it is ours; whether it came to its end.
    async fn hold(&self, batch: &Batch, stop: &mut watch::Receiver<bool>) -> bool {
        let cancelled = Arc::new(AtomicBool::new(false));
        let result = tokio::select! {
            _ = stop.wait_for(|stop| *stop) => None,
            () = self.keep_lease(&batch.id, &cancelled) => None,
            result = self.go_on(batch, &cancelled) => Some(result),
        };
        let after = match &result {
            Some(Err(_)) => now() as i64 + BACKOFF_S,
            _ => 0,
        };
        let database = self.app.database();
        let released = database.release_batch(&batch.id, &self.owner, after);
        // If this fails, others wait until the lease has run out.
        let _ = released.await;
        match result {
            Some(Ok(())) => true,
            Some(Err(e)) => {
                let _ = e.told(&self.app);
                false
            }
            None => false,
        }
    }

    /// Returns when the batch is another's, or may be.
    async fn keep_lease(&self, id: &str, cancelled: &AtomicBool) {
        let mut renewed = Instant::now();
        loop {
            tokio::time::sleep(BEAT).await;
            let until = now() as i64 + LEASE_S;
            match self
                .app
                .database()
                .renew_batch(id, &self.owner, until)
                .await
            {
                Ok(None) => return,
                Ok(Some(state)) => {
                    renewed = Instant::now();
                    if state == BatchState::Cancelling {
                        cancelled.store(true, Ordering::Relaxed);
                    }
                }
                Err(_) if renewed.elapsed().as_secs() as i64 >= LEASE_S => return,
                Err(_) => {}
            }
        }
    }

    async fn go_on(&self, batch: &Batch, cancelled: &Arc<AtomicBool>) -> Result<(), ApiError> {
        let mut state = batch.state;
        loop {
            // First, so that one whose input cannot be read ends, too.
            if now() as i64 >= batch.new.expires_at {
                match state {
                    BatchState::Validating => {
                        return results::end(self, batch, BatchState::Expired, None).await;
                    }
                    BatchState::InProgress => state = BatchState::Expired,
                    _ => {}
                }
            }
            state = match state {
                BatchState::Validating => self.validate(batch).await?,
                BatchState::InProgress => self.ask_lines(batch, cancelled).await?,
                BatchState::Finalizing => {
                    return results::end(self, batch, BatchState::Completed, None).await;
                }
                BatchState::Cancelling => {
                    return results::end(self, batch, BatchState::Cancelled, None).await;
                }
                BatchState::Expired => {
                    match self.expire_lines(batch).await {
                        // It does not wait for ever for its lines to be named.
                        Err(e) if now() as i64 >= batch.new.expires_at + UNREADABLE_S => {
                            let _ = e.told(&self.app);
                        }
                        expired => expired?,
                    }
                    return results::end(self, batch, BatchState::Expired, None).await;
                }
                _ => return Ok(()),
            };
        }
    }

    async fn validate(&self, batch: &Batch) -> Result<BatchState, ApiError> {
        let (database, at) = (self.app.database(), now() as i64);
        match input::check(&self.app, batch).await? {
            Ok(input::Checked { total, model }) => {
                let model = model.as_deref();
                let begun = database.begin_batch(&batch.id, &self.owner, total, model, at);
                self.reached(begun.await?, BatchState::InProgress, batch)
                    .await
            }
            Err(problems) => {
                let errors = Value::Array(problems).to_string();
                let end = (BatchState::Failed, at);
                let (id, owner) = (&batch.id, &self.owner);
                let ended = database.end_batch(id, owner, end, Some(&errors), (None, None));
                ended.await?;
                Ok(BatchState::Failed)
            }
        }
    }

    /// The state that was reached, or the one that a client put in its place.
    async fn reached(
        &self,
        reached: bool,
        state: BatchState,
        batch: &Batch,
    ) -> Result<BatchState, ApiError> {
        if reached {
            return Ok(state);
        }
        let now = self.app.database().batch(&batch.id).await?;
        match now.map(|batch| batch.state) {
            Some(BatchState::Cancelling) => Ok(BatchState::Cancelling),
            // It is another's.
            _ => Ok(BatchState::Failed),
        }
    }

    /// Asks what was not asked yet, until all is, or it is to end.
    async fn ask_lines(
        &self,
        batch: &Batch,
        cancelled: &Arc<AtomicBool>,
    ) -> Result<BatchState, ApiError> {
        let done = self.app.database().batch_lines_done(&batch.id).await?;
        let done: HashSet<i64> = done.into_iter().collect();
        let Some(mut input) = Input::open(&self.app, batch).await? else {
            let errors = Value::Array(vec![input::gone(batch)]).to_string();
            results::end(self, batch, BatchState::Failed, Some(&errors)).await?;
            return Ok(BatchState::Failed);
        };
        let end = End {
            cancelled: Arc::clone(cancelled),
            expires_at: batch.new.expires_at,
        };
        let mut asked = Asked::default();
        let mut next = None;
        loop {
            while next.is_none() && asked.len() < LINES {
                if let Some(state) = end.reached() {
                    next = Some(state);
                } else if let Some((number, line)) = input.next(&done).await? {
                    asked.ask(self, batch, &end, number, line);
                } else {
                    next = Some(BatchState::Finalizing);
                }
            }
            let Some(came) = asked.answers().await else {
                break;
            };
            if came.given_up {
                next = Some(end.reached().unwrap_or(BatchState::Expired));
            }
            if !self.write(batch, &came.lines).await? {
                return Ok(BatchState::Failed);
            }
        }
        match next {
            Some(BatchState::Finalizing) | None => {
                let (id, owner) = (&batch.id, &self.owner);
                let whole = self.app.database().finalize_batch(id, owner, now() as i64);
                self.reached(whole.await?, BatchState::Finalizing, batch)
                    .await
            }
            Some(state) => Ok(state),
        }
    }

    /// False if the batch is another's.
    async fn write(&self, batch: &Batch, lines: &[BatchLine]) -> Result<bool, ApiError> {
        let database = self.app.database();
        let written = database.add_batch_lines(&batch.id, &self.owner, lines);
        Ok(written.await?)
    }

    /// Says of each line that was not asked that it is too late.
    async fn expire_lines(&self, batch: &Batch) -> Result<(), ApiError> {
        let done = self.app.database().batch_lines_done(&batch.id).await?;
        let done: HashSet<i64> = done.into_iter().collect();
        let Some(mut input) = Input::open(&self.app, batch).await? else {
            return Ok(());
        };
        let mut lines = Vec::new();
        loop {
            let next = input.next(&done).await?;
            let last = next.is_none();
            lines.extend(next.map(|(number, line)| BatchLine {
                line: number,
                succeeded: false,
                result: line::expired(&line.custom_id),
            }));
            if lines.len() == AT_ONCE || last {
                // Another's will not be ended by us.
                if !self.write(batch, &lines).await? || last {
                    return Ok(());
                }
                lines.clear();
            }
        }
    }
}
