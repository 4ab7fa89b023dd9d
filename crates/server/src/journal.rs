//! The last requests, for the operator's own page: in memory only, within a number of entries and
//! of bytes, and without what was said unless the operator asks for that.
//!
//! It stands before the operator's other observers, and hands on what they want.

use std::collections::VecDeque;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};

use crate::app::lock;
use crate::record::{Observer, Record};

/// Requests that are kept.
const ENTRIES: usize = 2_000;

/// Bytes of all bodies that are kept.
const TEXTS: usize = 32 << 20;

pub(crate) struct Journal {
    beside: Arc<dyn Observer>,
    keeps_bodies: AtomicBool,
    kept: Mutex<Kept>,
}

/// The newest last.
#[derive(Default)]
struct Kept {
    entries: VecDeque<Arc<Record>>,
    texts: usize,
}

fn texts(record: &Record) -> usize {
    let length = |text: &Option<String>| text.as_ref().map_or(0, String::len);
    length(&record.request_text) + length(&record.answer_text)
}

impl Journal {
    pub(crate) fn new(beside: Arc<dyn Observer>) -> Self {
        Self {
            beside,
            keeps_bodies: AtomicBool::new(false),
            kept: Mutex::default(),
        }
    }

    pub(crate) fn keeps_bodies(&self) -> bool {
        self.keeps_bodies.load(Ordering::Relaxed)
    }

    /// From now on. Those that are there are forgotten when no more shall be.
    pub(crate) fn keep_bodies(&self, keep: bool) {
        self.keeps_bodies.store(keep, Ordering::Relaxed);
        if keep {
            return;
        }
        let mut kept = lock(&self.kept);
        for entry in &mut kept.entries {
            *entry = Arc::new(without_texts(entry));
        }
        kept.texts = 0;
    }

    pub(crate) fn forget(&self) {
        *lock(&self.kept) = Kept::default();
    }

    pub(crate) fn get(&self, id: &str) -> Option<Arc<Record>> {
        let kept = lock(&self.kept);
        kept.entries.iter().find(|entry| entry.id == id).cloned()
    }

    /// Up to `limit` of those that are wanted, the newest first, from behind `after` on. What was
    /// before one that is forgotten is forgotten too.
    pub(crate) fn list(
        &self,
        after: Option<&str>,
        limit: usize,
        wanted: impl Fn(&Record) -> bool,
    ) -> Vec<Arc<Record>> {
        let kept = lock(&self.kept);
        let end = match after {
            None => kept.entries.len(),
            Some(id) => {
                let at = kept.entries.iter().position(|entry| entry.id == id);
                at.unwrap_or_default()
            }
        };
        let entries = kept.entries.range(..end).rev();
        let wanted = entries.filter(|entry| wanted(entry));
        wanted.take(limit).cloned().collect()
    }

    fn keep(&self, record: Record) {
        let mut kept = lock(&self.kept);
        kept.texts += texts(&record);
        kept.entries.push_back(Arc::new(record));
        while kept.entries.len() > ENTRIES || kept.texts > TEXTS {
            let Some(oldest) = kept.entries.pop_front() else {
                return;
            };
            kept.texts -= texts(&oldest);
        }
    }
}

fn without_texts(record: &Record) -> Record {
    Record {
        request_text: None,
        answer_text: None,
        ..record.clone()
    }
}

impl Observer for Journal {
    fn request(&self, record: &Record) {
        // What pages ask about the server itself is no news.
        if record.path.starts_with("/v1/") {
            match self.keeps_bodies() {
                true => self.keep(record.clone()),
                false => self.keep(without_texts(record)),
            }
        }
        match texts(record) == 0 || self.beside.wants_texts() {
            true => self.beside.request(record),
            false => self.beside.request(&without_texts(record)),
        }
    }

    fn report(&self, what: &str) {
        self.beside.report(what);
    }

    fn wants_texts(&self) -> bool {
        self.keeps_bodies() || self.beside.wants_texts()
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, SystemTime};

    use super::*;

    fn record(id: usize, text: usize) -> Record {
        Record {
            id: format!("req_{id}"),
            began: SystemTime::UNIX_EPOCH,
            method: "POST".to_owned(),
            path: "/v1/completions".to_owned(),
            route: None,
            traceparent: None,
            tracestate: None,
            key_id: String::new(),
            endpoint: None,
            model: None,
            usage: None,
            status: 200,
            error: None,
            private: None,
            bytes_in: 0,
            bytes_out: 0,
            first: Duration::ZERO,
            took: Duration::ZERO,
            streamed: false,
            whole: true,
            request_text: Some("a".repeat(text)),
            answer_text: None,
        }
    }

    fn journal(keep: bool) -> Journal {
        let journal = Journal::new(Arc::new(()));
        journal.keep_bodies(keep);
        journal
    }

    #[test]
    fn it_has_a_limit_of_entries_and_of_bytes() {
        let journal = journal(true);
        for id in 0..ENTRIES + 10 {
            journal.request(&record(id, 1));
        }
        let all = journal.list(None, usize::MAX, |_| true);
        assert_eq!(all.len(), ENTRIES);
        assert_eq!(all[0].id, format!("req_{}", ENTRIES + 9));
        assert!(journal.get("req_9").is_none() && journal.get("req_10").is_some());
        for id in 0..5 {
            journal.request(&record(id, TEXTS / 2));
        }
        assert_eq!(journal.list(None, 10, |_| true).len(), 2);
        journal.forget();
        assert!(journal.list(None, 10, |_| true).is_empty());
        // What was forgotten has nothing behind it.
        journal.request(&record(1, 1));
        assert!(journal.list(Some("req_0"), 10, |_| true).is_empty());
    }

    #[test]
    fn nothing_that_was_said_is_kept_unless_it_is_wanted() {
        let journal = journal(false);
        assert!(!journal.wants_texts());
        // Others may want what this one does not.
        journal.request(&record(1, 5));
        assert_eq!(journal.get("req_1").unwrap().request_text, None);
        journal.keep_bodies(true);
        journal.request(&record(2, 5));
        assert!(journal.get("req_2").unwrap().request_text.is_some());
        journal.keep_bodies(false);
        assert_eq!(journal.get("req_2").unwrap().request_text, None);
        assert_eq!(lock(&journal.kept).texts, 0);
    }
}
