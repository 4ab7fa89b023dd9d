//! Requests and tokens per minute and key.
//!
//! A bucket holds what may be used at once and fills within a minute. What an
//! answer will cost is known only after it: a request is let in while there is
//! anything left, and what it used is taken then, so that a bucket may owe. Each
//! server counts for itself.

use std::collections::HashMap;
use std::sync::Mutex;
use std::time::{Duration, Instant};

use store::Key;

use crate::app::lock;

/// What is left of a limit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Standing {
    pub(crate) limit: i64,
    pub(crate) remaining: i64,
    /// Until all of it is there again.
    pub(crate) reset: Duration,
}

/// Of requests and tokens, where they are limited.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Standings {
    pub(crate) requests: Option<Standing>,
    pub(crate) tokens: Option<Standing>,
}

/// A limit that is used up.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Exhausted {
    pub(crate) what: What,
    pub(crate) limit: i64,
    /// Until the next request is let in.
    pub(crate) wait: Duration,
    pub(crate) standings: Standings,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum What {
    Requests,
    Tokens,
}

#[derive(Default)]
pub(crate) struct Limiter {
    /// By key id; those that are full again are forgotten.
    keys: Mutex<HashMap<String, Buckets>>,
}

#[derive(Default)]
struct Buckets {
    requests: Option<Bucket>,
    tokens: Option<Bucket>,
}

struct Bucket {
    limit: f64,
    level: f64,
    at: Instant,
}

/// Keys whose buckets are kept before full ones are looked for.
const KEPT: usize = 1024;

const MINUTE_S: f64 = 60.0;

impl Limiter {
    /// Takes a request from a key's bucket.
    pub(crate) fn admit(&self, key: &Key, now: Instant) -> Result<Standings, Exhausted> {
        let limits = key.limits;
        if limits.requests_per_minute.is_none() && limits.tokens_per_minute.is_none() {
            return Ok(Standings::default());
        }
        let mut keys = lock(&self.keys);
        if keys.len() >= KEPT {
            keys.retain(|_, buckets| !buckets.full(now));
        }
        let buckets = keys.entry(key.id.clone()).or_default();
        refill(&mut buckets.requests, limits.requests_per_minute, now);
        refill(&mut buckets.tokens, limits.tokens_per_minute, now);
        let standings = |buckets: &Buckets| Standings {
            requests: buckets.requests.as_ref().map(Bucket::standing),
            tokens: buckets.tokens.as_ref().map(Bucket::standing),
        };
        for (what, bucket) in [
            (What::Requests, &buckets.requests),
            (What::Tokens, &buckets.tokens),
        ] {
            if let Some(bucket) = bucket.as_ref().filter(|bucket| bucket.level < 1.0) {
                return Err(Exhausted {
                    what,
                    limit: bucket.limit as i64,
                    wait: bucket.until(1.0),
                    standings: standings(buckets),
                });
            }
        }
        if let Some(requests) = &mut buckets.requests {
            requests.level -= 1.0;
        }
        Ok(standings(buckets))
    }

    /// Takes what an answer used.
    pub(crate) fn used(&self, key_id: &str, tokens: i64) {
        let mut keys = lock(&self.keys);
        if let Some(bucket) = keys.get_mut(key_id).and_then(|b| b.tokens.as_mut()) {
            bucket.level -= tokens as f64;
        }
    }
}

fn refill(bucket: &mut Option<Bucket>, limit: Option<i64>, now: Instant) {
    let Some(limit) = limit else {
        *bucket = None;
        return;
    };
    let limit = limit as f64;
    let bucket = bucket.get_or_insert(Bucket {
        limit,
        level: limit,
        at: now,
    });
    bucket.limit = limit;
    bucket.level = bucket.level_at(now);
    bucket.at = now;
}

impl Buckets {
    fn full(&self, now: Instant) -> bool {
        let mut buckets = self.requests.iter().chain(&self.tokens);
        buckets.all(|bucket| bucket.level_at(now) >= bucket.limit)
    }
}

impl Bucket {
    fn level_at(&self, now: Instant) -> f64 {
        let passed = now.saturating_duration_since(self.at).as_secs_f64();
        (self.level + passed * self.limit / MINUTE_S).min(self.limit)
    }

    /// Time until the level is `wanted`.
    fn until(&self, wanted: f64) -> Duration {
        let missing = (wanted - self.level).max(0.0);
        // A limit of zero lets nobody in, ever: say a day.
        let wait = missing * MINUTE_S / self.limit;
        Duration::from_secs_f64(wait.min(86_400.0))
    }

    fn standing(&self) -> Standing {
        Standing {
            limit: self.limit as i64,
            remaining: self.level.max(0.0) as i64,
            reset: self.until(self.limit),
        }
    }
}

/// A duration as OpenAI's headers have it: `20ms`, `1s`, `6m0s`.
pub(crate) fn spelt(duration: Duration) -> String {
    let ms = duration.as_millis();
    match ms {
        0..1000 => format!("{ms}ms"),
        1000..60_000 => format!("{}s", ms.div_ceil(1000)),
        _ => format!("{}m{}s", ms / 60_000, ms % 60_000 / 1000),
    }
}

#[cfg(test)]
mod tests {
    use store::{KeyLimits, Scope};

    use super::*;

    fn key(requests: Option<i64>, tokens: Option<i64>) -> Key {
        Key {
            id: "key_1".to_owned(),
            name: "test".to_owned(),
            redacted: "sk-...".to_owned(),
            scope: Scope::All,
            created_at: 0,
            expires_at: None,
            revoked_at: None,
            limits: KeyLimits {
                budget_tokens: None,
                requests_per_minute: requests,
                tokens_per_minute: tokens,
            },
            used_tokens: 0,
        }
    }

    #[test]
    fn requests_are_let_in_as_the_bucket_fills() {
        let (limiter, key, start) = (Limiter::default(), key(Some(3), None), Instant::now());
        for remaining in [2, 1, 0] {
            let standing = limiter.admit(&key, start).unwrap().requests.unwrap();
            assert_eq!((standing.limit, standing.remaining), (3, remaining));
        }
        let refused = limiter.admit(&key, start).unwrap_err();
        assert_eq!((refused.what, refused.limit), (What::Requests, 3));
        assert_eq!(refused.wait, Duration::from_secs(20));
        assert_eq!(refused.standings.requests.unwrap().remaining, 0);
        assert!(
            limiter
                .admit(&key, start + Duration::from_secs(19))
                .is_err()
        );
        assert!(limiter.admit(&key, start + Duration::from_secs(21)).is_ok());
    }

    #[test]
    fn what_an_answer_used_is_owed() {
        let (limiter, key, start) = (Limiter::default(), key(None, Some(60)), Instant::now());
        assert!(limiter.admit(&key, start).is_ok());
        limiter.used(&key.id, 90);
        let refused = limiter.admit(&key, start).unwrap_err();
        assert_eq!(
            (refused.what, refused.wait),
            (What::Tokens, Duration::from_secs(31))
        );
        let later = start + Duration::from_secs(40);
        assert_eq!(
            limiter
                .admit(&key, later)
                .unwrap()
                .tokens
                .unwrap()
                .remaining,
            10
        );
    }

    #[test]
    fn who_has_no_limits_is_not_counted() {
        let (limiter, start) = (Limiter::default(), Instant::now());
        assert_eq!(
            limiter.admit(&key(None, None), start),
            Ok(Standings::default())
        );
        let none = key(Some(0), None);
        assert!(limiter.admit(&none, start).unwrap_err().wait >= Duration::from_secs(86_400));
    }

    #[test]
    fn durations_are_spelt_as_clients_read_them() {
        for (ms, want) in [
            (0, "0ms"),
            (20, "20ms"),
            (1000, "1s"),
            (59_001, "60s"),
            (360_000, "6m0s"),
        ] {
            assert_eq!(spelt(Duration::from_millis(ms)), want);
        }
    }
}
