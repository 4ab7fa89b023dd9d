//! In a folder and, where `LYCEUM_TEST_S3` names a bucket as `s3://…`, in storage that speaks S3.

use super::*;
use tempfile::TempDir;
use uuid::Uuid;

const FILES: &str = "file-";
const HOUR: Duration = Duration::from_secs(3600);

/// Every place, empty. The folder vanishes with its `TempDir`.
async fn places() -> Vec<(Blobs, Option<TempDir>)> {
    let folder = TempDir::new().unwrap();
    let mut places = vec![(Blobs::in_folder(folder.path()).unwrap(), Some(folder))];
    match std::env::var("LYCEUM_TEST_S3") {
        Ok(url) => {
            let own = format!("{url}/{}/a b", Uuid::new_v4());
            places.push((Blobs::in_bucket(&own).await.unwrap(), None));
        }
        Err(_) => eprintln!("skipped: in S3-compatible storage, as LYCEUM_TEST_S3 names none"),
    }
    places
}

async fn names(blobs: &Blobs) -> Vec<String> {
    let mut names = blobs.sweep("", Duration::ZERO).await.unwrap();
    names.sort();
    names
}

async fn read(blobs: &Blobs, name: &str) -> Vec<u8> {
    let mut read = Vec::new();
    let mut pieces = std::pin::pin!(blobs.read(name).await.unwrap());
    while let Some(piece) = pieces.next().await {
        read.extend_from_slice(&piece.unwrap());
    }
    read
}

#[tokio::test]
async fn what_is_written_in_pieces_is_read_in_pieces() {
    for (blobs, _folder) in places().await {
        // S3's parts have 5 MiB at least.
        for size in [0, 1, PART - 1, PART, PART + 1, 3 * PART + 17] {
            let bytes: Vec<u8> = (0..size).map(|i| (i % 251) as u8).collect();
            let mut writer = blobs.begin("file-a");
            for piece in bytes.chunks(100_003) {
                writer.write(Bytes::copy_from_slice(piece)).await.unwrap();
            }
            writer.finish().await.unwrap();
            assert!(read(&blobs, "file-a").await == bytes, "{size} bytes");
            assert_eq!(names(&blobs).await, ["file-a"]);
        }
    }
}

/// As a client reads on a slow line, or a batch in the course of a day.
#[tokio::test]
async fn a_reader_may_be_slower_than_a_request() {
    let Ok(url) = std::env::var("LYCEUM_TEST_S3") else {
        return;
    };
    let url = format!("{url}/{}", Uuid::new_v4());
    let mut writer = Blobs::in_bucket(&url).await.unwrap().begin("file-a");
    let bytes = vec![7; 3 * PIECE as usize + 1];
    writer.write(bytes.clone().into()).await.unwrap();
    writer.finish().await.unwrap();
    let patience = Duration::from_secs(1);
    let store = bucket::open(&url, patience).unwrap();
    let folder = None;
    let blobs = Blobs { store, folder };
    let mut pieces = std::pin::pin!(blobs.read("file-a").await.unwrap());
    let mut read = pieces.next().await.unwrap().unwrap().to_vec();
    assert!(read.len() < bytes.len());
    tokio::time::sleep(patience + patience / 5).await;
    while let Some(piece) = pieces.next().await {
        read.extend_from_slice(&piece.unwrap());
    }
    assert!(read == bytes);
}

#[tokio::test]
async fn what_is_old_is_swept_and_what_is_not_there_is_missing() {
    for (blobs, _folder) in places().await {
        let mut aborted = blobs.begin("file-a");
        aborted.write(vec![1; 2 * PART].into()).await.unwrap();
        aborted.abort().await.unwrap();
        let mut dropped = blobs.begin("file-b");
        dropped.write(vec![1; 2 * PART].into()).await.unwrap();
        drop(dropped);
        for name in ["other", "file-c", "file-d"] {
            let mut writer = blobs.begin(name);
            writer.write("whole".into()).await.unwrap();
            writer.finish().await.unwrap();
        }
        assert!(blobs.sweep(FILES, HOUR).await.unwrap().is_empty());
        let mut old = blobs.sweep(FILES, Duration::ZERO).await.unwrap();
        old.sort();
        assert_eq!(old, ["file-c", "file-d"]);
        blobs.delete("file-c").await.unwrap();
        blobs.delete("file-c").await.unwrap();
        assert_eq!(names(&blobs).await, ["file-d", "other"]);
        for gone in ["file-a", "file-b", "file-c"] {
            let missing = blobs.read(gone).await.map(drop);
            assert!(matches!(missing, Err(BlobError::Missing(name)) if name == gone));
        }
    }
}

/// As a killed process leaves it: nothing tidies up.
#[tokio::test]
async fn parts_in_a_folder_are_swept() {
    let folder = TempDir::new().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let part = folder.path().join("blobs/file-b#1");
    std::fs::write(&part, "part").unwrap();
    assert!(blobs.sweep(FILES, HOUR).await.unwrap().is_empty());
    assert!(part.exists());
    assert!(blobs.sweep(FILES, Duration::ZERO).await.unwrap().is_empty());
    assert!(!part.exists());
}

/// As a clock that was ahead when they were written leaves them.
#[tokio::test]
async fn what_is_from_the_future_is_not_old() {
    let folder = TempDir::new().unwrap();
    let blobs = Blobs::in_folder(folder.path()).unwrap();
    let paths = ["file-a", "file-b#1"].map(|name| folder.path().join("blobs").join(name));
    for path in &paths {
        let file = std::fs::File::create(path).unwrap();
        file.set_modified(SystemTime::now() + HOUR).unwrap();
    }
    assert!(blobs.sweep(FILES, HOUR).await.unwrap().is_empty());
    assert!(paths.iter().all(|path| path.exists()));
}

#[tokio::test]
async fn what_is_no_bucket_is_refused() {
    for url in [
        "",
        "bucket",
        "http://bucket",
        "s3://",
        "s3:///prefix",
        "s3://key@bucket",
    ] {
        let refused = Blobs::in_bucket(url).await.unwrap_err();
        assert!(matches!(refused, BlobError::Address(_)), "{url}");
    }
}

#[tokio::test]
async fn a_bucket_that_is_not_there_is_known_at_once() {
    if let Ok(url) = std::env::var("LYCEUM_TEST_S3") {
        let refused = Blobs::in_bucket(&format!("{url}-missing")).await;
        assert!(matches!(
            refused,
            Err(BlobError::Failed(_) | BlobError::Missing(_))
        ));
    }
}
