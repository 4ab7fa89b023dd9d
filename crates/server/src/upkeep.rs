//! What nobody asks for: models that are idle, files that have expired, and blobs
//! that no row speaks of, as a process that was killed in an upload leaves them.

use std::time::Duration;

use store::FILE;

use crate::app::{App, now};
use crate::error::ApiError;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// An upload's row comes within moments after its blob, or never.
const ORPHAN: Duration = Duration::from_secs(10 * 60);

/// Time between two looks at models.
const IDLE: Duration = Duration::from_secs(5);

/// At once, and again and again.
pub(crate) async fn keep_up(app: App) {
    let mut looks = tokio::time::interval(EVERY);
    let mut idle = tokio::time::interval(IDLE);
    loop {
        tokio::select! {
            _ = looks.tick() => if let Err(e) = look(&app).await {
                // The next look may go better.
                let _ = e.told(&app);
            },
            _ = idle.tick() => {
                let app = app.clone();
                // Memory is given back on a thread that may wait.
                let _ = tokio::task::spawn_blocking(move || app.models().unload_idle()).await;
            }
        }
    }
}

async fn look(app: &App) -> Result<(), ApiError> {
    let (database, blobs) = (app.database(), app.blobs());
    loop {
        let expired = database.expired_files(now() as i64).await?;
        if expired.is_empty() {
            break;
        }
        for id in expired {
            database.delete_file(&id).await?;
            blobs.delete(&id).await?;
        }
    }
    for name in blobs.sweep(FILE, ORPHAN).await? {
        if !database.has_file(&name).await? {
            blobs.delete(&name).await?;
        }
    }
    Ok(())
}
