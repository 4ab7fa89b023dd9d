//! The same on SQLite and, where `LYCEUM_TEST_POSTGRES` names one, on PostgreSQL.

use std::future::Future;

use sqlx::Connection as _;
use tempfile::TempDir;
use uuid::Uuid;

use super::*;

/// Runs a test on a new database of each kind.
fn on_each<F: Future<Output = ()>>(test: impl Fn(Database) -> F) {
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .worker_threads(2)
        .enable_all()
        .build()
        .unwrap();
    runtime.block_on(async {
        let folder = TempDir::new().unwrap();
        test(Database::in_folder(folder.path()).await.unwrap()).await;
        let Ok(url) = std::env::var("LYCEUM_TEST_POSTGRES") else {
            eprintln!("skipped: on PostgreSQL, as LYCEUM_TEST_POSTGRES names none");
            return;
        };
        let name = format!("lyceum_{}", Uuid::new_v4().simple());
        let mut admin = sqlx::AnyConnection::connect(&url).await.unwrap();
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        sqlx::raw_sql(create).execute(&mut admin).await.unwrap();
        let (server, _) = url.rsplit_once('/').unwrap();
        test(Database::open(&format!("{server}/{name}")).await.unwrap()).await;
    });
}

#[test]
fn keys_are_known_by_their_hash_until_they_are_revoked() {
    on_each(|database| async move {
        assert!(!database.has_keys().await.unwrap());
        let limits = KeyLimits {
            budget_tokens: Some(i64::MAX),
            requests_per_minute: None,
            tokens_per_minute: Some(7),
        };
        let (made, secret) = database
            .create_key("laptop", Scope::Inference, limits, 10, Some(20))
            .await
            .unwrap();
        assert!(made.is_live(19) && !made.is_live(20));
        let found = database.key_by_hash(&hash(&secret)).await.unwrap();
        assert_eq!(found.as_ref(), Some(&made));
        assert_eq!(database.keys().await.unwrap(), std::slice::from_ref(&made));
        assert!(database.has_keys().await.unwrap());
        assert_eq!(database.key(&made.id).await.unwrap().as_ref(), Some(&made));
        assert!(database.key("").await.unwrap().is_none());
        assert!(database.key_by_hash("no").await.unwrap().is_none());
        let limits = KeyLimits::default();
        assert!(database.limit_key("laptop", limits).await.unwrap());
        assert!(!database.limit_key("phone", limits).await.unwrap());
        assert_eq!(database.keys().await.unwrap()[0].limits, limits);
        assert!(database.revoke_key(&made.id, 15).await.unwrap());
        assert!(!database.revoke_key(&made.id, 16).await.unwrap());
        assert_eq!(database.keys().await.unwrap()[0].revoked_at, Some(15));
        assert!(database.has_keys().await.unwrap());
        assert_eq!(database.forget_keys().await.unwrap(), 1);
        assert!(!database.has_keys().await.unwrap());
    });
}

#[test]
fn preferences_are_listed_by_age_until_they_are_deleted() {
    on_each(|database| async move {
        let mut made = Vec::new();
        for n in 0..3 {
            let new = Preference {
                id: Preference::new_id(),
                created_at: n,
                body: format!("{{\"choice\":{n}}}"),
            };
            database.add_preference(&new).await.unwrap();
            made.push(new);
        }
        let page = |after: Option<&Preference>, ascending| Page {
            after: after.map(|p| p.id.clone()),
            limit: 2,
            ascending,
        };
        let oldest = database.preferences(&page(None, true)).await.unwrap();
        assert_eq!(oldest, made[..2]);
        let rest = database.preferences(&page(Some(&made[1]), true)).await;
        assert_eq!(rest.unwrap(), made[2..]);
        let newest = database.preferences(&page(None, false)).await.unwrap();
        assert_eq!(newest, [made[2].clone(), made[1].clone()]);
        assert!(database.delete_preference(&made[1].id).await.unwrap());
        assert!(!database.delete_preference(&made[1].id).await.unwrap());
        let left = database.preferences(&page(None, true)).await.unwrap();
        assert_eq!(left, [made[0].clone(), made[2].clone()]);
    });
}

#[test]
fn usage_adds_up_by_time() {
    on_each(|database| async move {
        let row = |start, key_id: &str, tokens| UsageRow {
            start,
            key_id: key_id.to_owned(),
            model: "m".to_owned(),
            endpoint: "completions".to_owned(),
            used: Used {
                requests: 1,
                input_tokens: tokens,
                cached_tokens: 1,
                output_tokens: 2,
            },
        };
        let rows = [row(59, "a", 10), row(60, "a", 5), row(61, "b", 1)];
        database.add_usage(&rows).await.unwrap();
        database.add_usage(&[row(1, "a", 100)]).await.unwrap();
        let used = database.used_by("a").await.unwrap();
        assert_eq!((used.requests, used.tokens()), (3, 121));
        assert_eq!(database.used_by("c").await.unwrap(), Used::default());
        let mut by_key = database.use_of_keys().await.unwrap();
        by_key.sort_by(|(a, _), (b, _)| a.cmp(b));
        let used = |requests, last| KeyUse { requests, last };
        let want = [("a".to_owned(), used(3, 60)), ("b".to_owned(), used(1, 60))];
        assert_eq!(by_key, want);
        let minutes = database.usage(0, 120, 60).await.unwrap();
        let tokens: Vec<_> = minutes
            .iter()
            .map(|r| (r.start, r.key_id.as_str(), r.used.input_tokens))
            .collect();
        assert_eq!(tokens, [(0, "a", 110), (60, "a", 5), (60, "b", 1)]);
        let hours = database.usage(0, 120, 3600).await.unwrap();
        assert_eq!((hours.len(), hours[0].used.input_tokens), (2, 115));
        let later = database.usage(60, 120, 86_400).await.unwrap();
        assert_eq!((later.len(), later[0].used.input_tokens), (2, 5));
        let limits = KeyLimits::default();
        let made = database.create_key("x", Scope::All, limits, 1, None).await;
        let id = made.unwrap().0.id;
        database
            .add_usage(&[row(1, &id, 3), row(61, &id, 4)])
            .await
            .unwrap();
        database.add_usage(&[row(1000, &id, 0)]).await.unwrap();
        let key = database.key(&id).await.unwrap().unwrap();
        assert_eq!(key.used_tokens, 13);
        assert_eq!(database.used_by(&id).await.unwrap().tokens(), 13);
    });
}

fn file(purpose: &str, expires_at: Option<i64>) -> File {
    File {
        id: File::new_id(),
        filename: "a \"b\"\u{1f600}.jsonl".to_owned(),
        purpose: purpose.to_owned(),
        bytes: 1 << 40,
        created_at: 100,
        expires_at,
    }
}

fn page(after: Option<&str>, limit: i64, ascending: bool) -> Page {
    Page {
        after: after.map(str::to_owned),
        limit,
        ascending,
    }
}

#[test]
fn files_are_listed_until_they_expire() {
    on_each(|database| async move {
        let mut all = Vec::new();
        for i in 0..25 {
            let purpose = if i % 5 == 0 { "batch" } else { "user_data" };
            all.push(file(purpose, (i == 3).then_some(200)));
            database.add_file(&all[i]).await.unwrap();
        }
        assert!(all.is_sorted_by_key(|f| f.id.clone()));
        assert_eq!(
            database.file(&all[3].id, 199).await.unwrap().as_ref(),
            Some(&all[3])
        );
        assert_eq!(database.file(&all[3].id, 200).await.unwrap(), None);
        assert_eq!(database.expired_files(199).await.unwrap(), [""; 0]);
        assert_eq!(
            database.expired_files(200).await.unwrap(),
            [all[3].id.clone()]
        );
        assert!(database.has_file(&all[3].id).await.unwrap());
        for ascending in [true, false] {
            let (mut walked, mut after) = (Vec::new(), None::<String>);
            loop {
                let page = page(after.as_deref(), 7, ascending);
                let files = database.files(None, &page, 300).await.unwrap();
                let Some(last) = files.last() else { break };
                after = Some(last.id.clone());
                walked.extend(files);
            }
            if !ascending {
                walked.reverse();
            }
            let living: Vec<_> = all.iter().filter(|f| f.expires_at.is_none()).collect();
            assert_eq!(walked.iter().collect::<Vec<_>>(), living);
        }
        let batch = page(None, 100, true);
        let of_batch = database.files(Some("batch"), &batch, 1).await.unwrap();
        assert_eq!(of_batch.len(), 5);
        assert!(database.delete_file(&all[0].id).await.unwrap());
        assert!(!database.delete_file(&all[0].id).await.unwrap());
        // A cursor may be gone.
        let behind = page(Some(&all[0].id), 1, true);
        let next = database.files(None, &behind, 1).await.unwrap();
        assert_eq!(next[0], all[1]);
    });
}

fn new_batch() -> NewBatch {
    NewBatch {
        endpoint: "/v1/completions".to_owned(),
        input_file_id: "file-a".to_owned(),
        created_at: 100,
        expires_at: 1000,
        metadata: Some("{}".to_owned()),
        output_expires_s: None,
        key_id: String::new(),
    }
}

fn line(line: i64, succeeded: bool) -> BatchLine {
    BatchLine {
        line,
        succeeded,
        result: format!("{{\"line\": {line}}}"),
    }
}

#[test]
fn a_batch_is_one_servers_at_a_time() {
    on_each(|database| async move {
        let made = database.add_batch(&new_batch()).await.unwrap();
        assert_eq!(
            (made.state, &made.new),
            (BatchState::Validating, &new_batch())
        );
        let claimed = database.claim_batch("a", 100, 110).await.unwrap();
        assert_eq!(claimed, Some(made.clone()));
        let id = made.id.as_str();
        assert_eq!(database.claim_batch("b", 110, 120).await.unwrap(), None);
        let state = database.renew_batch(id, "a", 115).await.unwrap();
        assert_eq!(state, Some(BatchState::Validating));
        assert_eq!(database.claim_batch("b", 115, 120).await.unwrap(), None);
        // It was not heard of for too long.
        assert!(database.claim_batch("b", 116, 130).await.unwrap().is_some());
        assert_eq!(database.renew_batch(id, "a", 200).await.unwrap(), None);
        assert!(!database.begin_batch(id, "a", 3, None, 117).await.unwrap());
        assert!(
            database
                .begin_batch(id, "b", 3, Some("m"), 117)
                .await
                .unwrap()
        );
        database.release_batch(id, "a", 0).await.unwrap();
        assert_eq!(database.claim_batch("c", 118, 130).await.unwrap(), None);
        database.release_batch(id, "b", 118).await.unwrap();
        assert_eq!(database.claim_batch("c", 118, 130).await.unwrap(), None);
        let claimed = database.claim_batch("c", 119, 130).await.unwrap().unwrap();
        assert_eq!((claimed.state, claimed.total), (BatchState::InProgress, 3));
        assert_eq!(claimed.model.as_deref(), Some("m"));
    });
}

#[test]
fn of_many_that_claim_a_batch_one_gets_it() {
    on_each(|database| async move {
        for _ in 0..5 {
            database.add_batch(&new_batch()).await.unwrap();
        }
        let claims = (0..16).map(|i| {
            let database = database.clone();
            tokio::spawn(async move {
                let owner = format!("server {i}");
                database.claim_batch(&owner, 100, 200).await.unwrap()
            })
        });
        let mut claimed = Vec::new();
        for claim in claims.collect::<Vec<_>>() {
            claimed.extend(claim.await.unwrap().map(|batch| batch.id));
        }
        // Whoever was too late asks again.
        while let Some(batch) = database.claim_batch("last", 100, 200).await.unwrap() {
            claimed.push(batch.id);
        }
        claimed.sort();
        let count = claimed.len();
        claimed.dedup();
        assert_eq!((count, claimed.len()), (5, 5));
    });
}

#[test]
fn a_line_counts_once_and_the_end_comes_with_the_files() {
    on_each(|database| async move {
        let id = database.add_batch(&new_batch()).await.unwrap().id;
        database.claim_batch("a", 100, 200).await.unwrap();
        database.begin_batch(&id, "a", 3, None, 101).await.unwrap();
        let lines = [line(1, true), line(3, false)];
        let add = async |owner: &str, lines: &[BatchLine]| {
            database.add_batch_lines(&id, owner, lines).await.unwrap()
        };
        assert!(add("a", &lines).await);
        // One of them was run again.
        assert!(add("a", &[line(3, true), line(2, true)]).await);
        // Whoever lost the batch adds nothing to it.
        assert!(!add("b", &[line(4, true)]).await);
        let counted = database.batch(&id).await.unwrap().unwrap();
        assert_eq!((counted.completed, counted.failed), (2, 1));
        let mut done = database.batch_lines_done(&id).await.unwrap();
        done.sort_unstable();
        assert_eq!(done, [1, 2, 3]);
        let bytes = |lines: i64| lines * line(1, true).result.len() as i64;
        for (after, bytes, want) in [
            (
                0,
                bytes(3),
                vec![line(1, true), line(2, true), line(3, false)],
            ),
            (1, bytes(3), vec![line(2, true), line(3, false)]),
            (0, bytes(2) + 1, vec![line(1, true), line(2, true)]),
            (0, bytes(2) - 1, vec![line(1, true)]),
            // One that is too large for any page has a page of its own.
            (2, 0, vec![line(3, false)]),
            (3, bytes(3), vec![]),
        ] {
            let lines = database.batch_lines(&id, after, bytes).await.unwrap();
            assert_eq!(lines, want, "{bytes} bytes after {after}");
        }
        let (output, error) = (file("batch_output", None), file("batch_output", None));
        let files = (Some(&output), Some(&error));
        let end = (BatchState::Completed, 300);
        assert!(
            !database
                .end_batch(&id, "b", end, None, files)
                .await
                .unwrap()
        );
        assert!(database.file(&output.id, 0).await.unwrap().is_none());
        assert_eq!(database.batch_lines_done(&id).await.unwrap().len(), 3);
        assert!(database.finalize_batch(&id, "a", 299).await.unwrap());
        assert!(!database.cancel_batch(&id, 299).await.unwrap());
        assert!(
            database
                .end_batch(&id, "a", end, None, files)
                .await
                .unwrap()
        );
        assert!(database.file(&output.id, 0).await.unwrap().is_some());
        assert!(database.batch_lines_done(&id).await.unwrap().is_empty());
        assert!(!add("a", &[line(4, true)]).await);
        assert!(database.batch_lines_done(&id).await.unwrap().is_empty());
        let ended = database.batch(&id).await.unwrap().unwrap();
        assert_eq!(ended.state, BatchState::Completed);
        assert_eq!(
            (ended.finalizing_at, ended.completed_at),
            (Some(299), Some(300))
        );
        assert_eq!(ended.error_file_id, Some(error.id));
        assert_eq!(database.claim_batch("b", 900, 950).await.unwrap(), None);
    });
}

#[test]
fn a_cancelled_batch_does_not_begin() {
    on_each(|database| async move {
        let id = database.add_batch(&new_batch()).await.unwrap().id;
        database.claim_batch("a", 100, 200).await.unwrap();
        assert!(database.cancel_batch(&id, 102).await.unwrap());
        assert!(!database.cancel_batch(&id, 103).await.unwrap());
        assert!(!database.begin_batch(&id, "a", 1, None, 104).await.unwrap());
        let state = database.renew_batch(&id, "a", 300).await.unwrap();
        assert_eq!(state, Some(BatchState::Cancelling));
        let end = (BatchState::Cancelled, 105);
        let ended = database
            .end_batch(&id, "a", end, Some("[]"), (None, None))
            .await;
        assert!(ended.unwrap());
        let batch = database.batch(&id).await.unwrap().unwrap();
        assert_eq!(
            (batch.cancelling_at, batch.cancelled_at),
            (Some(102), Some(105))
        );
        assert_eq!(batch.errors.as_deref(), Some("[]"));
        let listed = database.batches(&page(None, 5, false)).await.unwrap();
        assert_eq!(listed, [batch]);
    });
}
