use tempfile::TempDir;

use super::*;

/// SQLite, and PostgreSQL where the tests are told of one.
async fn databases(folder: &TempDir) -> Vec<Database> {
    let mut databases = vec![Database::in_folder(folder.path()).await.unwrap()];
    match std::env::var("LYCEUM_TEST_POSTGRES") {
        Ok(url) => databases.push(Database::open(&url).await.unwrap()),
        Err(_) => eprintln!("PostgreSQL skipped: LYCEUM_TEST_POSTGRES is not set"),
    }
    databases
}

fn state(status: &str, lease_until: Option<i64>) -> ResponseState {
    ResponseState {
        status: status.to_owned(),
        lease_until,
        body: format!(r#"{{"status":"{status}"}}"#),
        deltas: "[]".to_owned(),
    }
}

fn new(previous: Option<&StoredResponse>, lease_until: Option<i64>) -> StoredResponse {
    StoredResponse {
        id: format!("resp_{}", uuid::Uuid::new_v4().simple()),
        previous_id: previous.map(|p| p.id.clone()),
        depth: previous.map_or(0, |p| p.depth + 1),
        expires_at: Some(i64::from(u32::MAX)),
        state: state("queued", lease_until),
    }
}

fn item(id: &str, output: bool) -> ResponseItem {
    let (id, body) = (id.to_owned(), format!(r#"{{"id":"{id}"}}"#));
    ResponseItem { id, output, body }
}

#[tokio::test]
async fn a_chain_is_read_in_order_and_a_gap_is_found() {
    let folder = TempDir::new().unwrap();
    for database in databases(&folder).await {
        let (mut previous, mut want) = (None::<StoredResponse>, Vec::new());
        let mut all = Vec::new();
        for turn in 0..5 {
            let next = new(previous.as_ref(), None);
            let items = [
                item(&format!("{}-a{turn}", next.id), false),
                item(&format!("{}-b{turn}", next.id), false),
                item(&format!("{}-c{turn}", next.id), true),
            ];
            database.add_response(&next, &items).await.unwrap();
            assert_eq!(database.response_items(&next.id).await.unwrap(), items);
            want.extend(items);
            assert_eq!(
                database.response(&next.id, 999).await.unwrap().as_ref(),
                Some(&next)
            );
            all.push(next.id.clone());
            previous = Some(next);
        }
        let chain = async |id: &str, most| database.response_chain(id, most).await.unwrap();
        let whole = |items: &[ResponseItem]| ResponseChain::Whole(items.to_vec());
        let chars = want.iter().map(|item| item.body.len() as i64).sum();
        assert_eq!(chain(&all[4], chars).await, whole(&want));
        assert_eq!(chain(&all[4], chars - 1).await, ResponseChain::TooLong);
        assert_eq!(chain(&all[1], chars).await, whole(&want[..6]));
        let found = database.response_item(&want[4].id).await.unwrap();
        assert_eq!(found.as_ref(), Some(&want[4]));
        assert!(database.delete_response(&all[2]).await.unwrap());
        assert!(!database.delete_response(&all[2]).await.unwrap());
        // Its items went with it, and whoever stands on it is told.
        assert_eq!(database.response_item(&want[7].id).await.unwrap(), None);
        assert_eq!(chain(&all[4], chars).await, ResponseChain::Broken);
        assert_eq!(chain(&all[2], chars).await, ResponseChain::Broken);
        assert_eq!(chain(&all[1], chars).await, whole(&want[..6]));
    }
}

#[tokio::test]
async fn a_response_ends_once() {
    let folder = TempDir::new().unwrap();
    for database in databases(&folder).await {
        let queued = new(None, Some(100));
        let input = item("msg_in", false);
        let id = &queued.id;
        database
            .add_response(&queued, std::slice::from_ref(&input))
            .await
            .unwrap();
        assert!(database.renew_response(id, 200).await.unwrap());
        // It was renewed meanwhile: whoever believed it lapsed comes too late.
        let failed = state("failed", None);
        let lapsed = database.change_response(id, &failed, &[], Some(100));
        assert!(!lapsed.await.unwrap());
        let running = state("in_progress", Some(300));
        let change = database.change_response(id, &running, &[], None);
        assert!(change.await.unwrap());
        let output = item("msg_out", true);
        let (completed, cancelled) = (state("completed", None), state("cancelled", None));
        // Two end it at once, and one of them alone succeeds.
        let (a, b) = tokio::join!(
            database.change_response(id, &completed, std::slice::from_ref(&output), None),
            database.change_response(id, &cancelled, &[], None),
        );
        let (a, b) = (a.unwrap(), b.unwrap());
        assert!(a != b, "{a} {b}");
        let kept = database.response(id, 999).await.unwrap().unwrap();
        let items = database.response_items(id).await.unwrap();
        if a {
            assert_eq!((kept.state, items), (completed, vec![input, output]));
        } else {
            assert_eq!((kept.state, items), (cancelled, vec![input]));
        }
        assert!(!database.renew_response(id, 400).await.unwrap());
        let again = database.change_response(id, &failed, &[], None);
        assert!(!again.await.unwrap());
    }
}

#[tokio::test]
async fn a_response_expires_with_its_items() {
    let folder = TempDir::new().unwrap();
    for database in databases(&folder).await {
        let expiring = |expires_at| StoredResponse {
            expires_at,
            ..new(None, None)
        };
        let (new, of_before) = (expiring(Some(1000)), expiring(None));
        let item = item(&format!("{}-a", new.id), false);
        let add = database.add_response(&new, std::slice::from_ref(&item));
        add.await.unwrap();
        database.add_response(&of_before, &[]).await.unwrap();
        let found = async |of: &StoredResponse, now| database.response(&of.id, now).await.unwrap();
        assert_eq!(found(&new, 999).await.as_ref(), Some(&new));
        assert_eq!(found(&new, 1000).await, None);
        assert!(found(&of_before, 1000).await.is_some());
        database.expire_responses(999, 2000).await.unwrap();
        assert!(found(&new, 999).await.is_some());
        assert_eq!(found(&of_before, 2000).await, None);
        database.expire_responses(1000, 2000).await.unwrap();
        assert_eq!(found(&new, 999).await, None);
        assert_eq!(database.response_item(&item.id).await.unwrap(), None);
        assert!(found(&of_before, 1999).await.is_some());
    }
}
