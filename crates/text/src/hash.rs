//! A fast hash for the tables of merges and pieces.
//!
//! Fibonacci hashing, word by word. Not resistant to chosen keys: a hostile
//! tokenizer can only slow itself down, so the seed is random per process.

use std::hash::{BuildHasher, Hasher, RandomState};
use std::sync::LazyLock;

pub(crate) type Map<K, V> = std::collections::HashMap<K, V, Fast>;

static SEED: LazyLock<u64> = LazyLock::new(|| RandomState::new().hash_one(0));

#[derive(Clone, Copy, Default)]
pub(crate) struct Fast;

impl BuildHasher for Fast {
    type Hasher = FastHasher;

    fn build_hasher(&self) -> FastHasher {
        FastHasher(*SEED)
    }
}

pub(crate) struct FastHasher(u64);

impl FastHasher {
    #[inline]
    fn add(&mut self, word: u64) {
        let product = u128::from(self.0 ^ word) * 0x9E37_79B9_7F4A_7C15;
        // Both halves, so that every bit of the key reaches every bit used.
        self.0 = (product as u64) ^ (product >> 64) as u64;
    }
}

impl Hasher for FastHasher {
    #[inline]
    fn write(&mut self, bytes: &[u8]) {
        let (words, tail) = bytes.as_chunks::<8>();
        for word in words {
            self.add(u64::from_le_bytes(*word));
        }
        let mut last = [0; 8];
        last[..tail.len()].copy_from_slice(tail);
        self.add(u64::from_le_bytes(last) ^ (bytes.len() as u64) << 56);
    }

    #[inline]
    fn write_u32(&mut self, value: u32) {
        self.add(u64::from(value));
    }

    #[inline]
    fn write_u64(&mut self, value: u64) {
        self.add(value);
    }

    #[inline]
    fn write_u8(&mut self, value: u8) {
        self.add(u64::from(value));
    }

    #[inline]
    fn finish(&self) -> u64 {
        self.0
    }
}
