//! What nobody asks for: models that are idle, files and responses that have expired, and
//! blobs that no row speaks of, as a process that was killed in an upload leaves them.

use std::collections::HashSet;
use std::time::Duration;

use store::{Blobs, Database, FILE};

use crate::app::{App, now};
use crate::error::ApiError;
use crate::routes::responses::KEPT_S;

/// Time between two looks.
const EVERY: Duration = Duration::from_secs(15 * 60);

/// The age of blobs that are looked at.
const ORPHAN: Duration = Duration::from_secs(10 * 60);

/// Time between two looks at models: in memory, and on the shelf.
const IDLE: Duration = Duration::from_secs(5);

/// At once, and again and again.
pub(crate) async fn keep_up(app: App) {
    let mut looks = tokio::time::interval(EVERY);
    let mut idle = tokio::time::interval(IDLE);
    let mut orphans = HashSet::new();
    loop {
        tokio::select! {
            _ = looks.tick() => if let Err(e) = look(&app, &mut orphans).await {
                // The next look may go better.
                let _ = e.told(&app);
            },
            _ = idle.tick() => {
                let app = app.clone();
                // Disks are read and memory is given back on a thread that may wait.
                let look = tokio::task::spawn_blocking(move || {
                    app.models().names();
                    app.models().unload_idle();
                });
                let _ = look.await;
            }
        }
    }
}

async fn look(app: &App, orphans: &mut HashSet<String>) -> Result<(), ApiError> {
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
    let at = now() as i64;
    database.expire_responses(at, at + KEPT_S).await?;
    sweep(database, blobs, ORPHAN, orphans).await
}

/// Removes blobs of no file that were such at the last look, too, and finds those of the next. An
/// upload's row comes within moments after its blob, or never; but the age of a blob may be that
/// of the beginning of its upload, as in S3.
async fn sweep(
    database: &Database,
    blobs: &Blobs,
    age: Duration,
    orphans: &mut HashSet<String>,
) -> Result<(), ApiError> {
    let mut found = HashSet::new();
    for name in blobs.sweep(FILE, age).await? {
        if database.has_file(&name).await? {
            continue;
        }
        if orphans.contains(&name) {
            blobs.delete(&name).await?;
        } else {
            found.insert(name);
        }
    }
    *orphans = found;
    Ok(())
}

#[cfg(test)]
mod tests {
    use store::File;
    use tempfile::TempDir;

    use super::*;

    /// An upload from whose beginning on a bucket counts the age of its blob.
    #[tokio::test]
    async fn a_blob_may_be_before_its_row() {
        let folder = TempDir::new().unwrap();
        let database = Database::in_folder(folder.path()).await.unwrap();
        let blobs = Blobs::in_folder(folder.path()).unwrap();
        let file = File {
            id: File::new_id(),
            filename: "a".to_owned(),
            purpose: "user_data".to_owned(),
            bytes: 0,
            created_at: 1,
            expires_at: None,
        };
        for name in [file.id.as_str(), "file-orphan"] {
            blobs.begin(name).finish().await.unwrap();
        }
        let mut orphans = HashSet::new();
        let mut left = Vec::new();
        for look in 0..3 {
            let swept = sweep(&database, &blobs, Duration::ZERO, &mut orphans).await;
            swept.unwrap();
            left.push(blobs.sweep(FILE, Duration::ZERO).await.unwrap().len());
            if look == 0 {
                database.add_file(&file).await.unwrap();
            }
        }
        assert_eq!(left, [2, 1, 1]);
        assert!(blobs.read(&file.id).await.is_ok());
    }
}
