//! What nobody asks for: files that have expired, and blobs that no row speaks
//! of, as a process that was killed in an upload leaves them.

use std::time::Duration;

use store::FILE;

use crate::app::{App, now};
use crate::error::ApiError;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// An upload's row comes within moments after its blob, or never.
const ORPHAN: Duration = Duration::from_secs(10 * 60);

/// At once, and again and again.
pub(crate) async fn keep_up(app: App) {
    let mut looks = tokio::time::interval(EVERY);
    loop {
        looks.tick().await;
        if let Err(e) = look(&app).await {
            // The next look may go better.
            let _ = e.told(&app);
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
