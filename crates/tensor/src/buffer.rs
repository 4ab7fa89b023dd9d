//! Floats that are used again: what one operation gives back, the next takes.
//!
//! A forward makes hundreds of tensors per step, of the same few lengths each
//! time. New memory would have to be zeroed, and large pieces come from the
//! system page by page; used pieces are there, and often still in the cache.

use std::cell::RefCell;
use std::ops::{Deref, DerefMut};

/// Buffers that a thread keeps, and how many floats they may hold together.
const KEPT: usize = 32;
const KEPT_FLOATS: usize = 16 << 20;

thread_local! {
    static FREE: RefCell<Vec<Vec<f32>>> = const { RefCell::new(Vec::new()) };
}

/// Floats on loan from their thread; dropping gives them back.
#[derive(Clone)]
pub(crate) struct Buffer {
    floats: Vec<f32>,
    /// Of these so many are meant: cut off, the others would be zeroed when
    /// they are next in use.
    len: usize,
}

impl Buffer {
    /// `len` floats with any values.
    pub(crate) fn any(len: usize) -> Self {
        let mut floats: Vec<f32> = FREE
            .with_borrow_mut(|free| {
                // Not one far larger: it would be missing elsewhere.
                let fits = |b: &Vec<f32>| b.len() >= len && b.len() / 2 <= len;
                let at = free.iter().rposition(fits)?;
                Some(free.remove(at))
            })
            .unwrap_or_default();
        if floats.is_empty() {
            floats = vec![0.0; len];
        }
        Self { floats, len }
    }
}

impl From<Vec<f32>> for Buffer {
    fn from(floats: Vec<f32>) -> Self {
        let len = floats.len();
        Self { floats, len }
    }
}

impl Drop for Buffer {
    fn drop(&mut self) {
        let floats = std::mem::take(&mut self.floats);
        // A thread that ends has no list any more; the floats go then.
        let _ = FREE.try_with(|free| {
            let mut free = free.borrow_mut();
            if floats.is_empty() || floats.len() > KEPT_FLOATS {
                return;
            }
            let mut held: usize = free.iter().map(Vec::len).sum();
            // What nobody has asked for the longest goes.
            while free.len() == KEPT || held + floats.len() > KEPT_FLOATS {
                held -= free.remove(0).len();
            }
            free.push(floats);
        });
    }
}

impl Deref for Buffer {
    type Target = [f32];

    fn deref(&self) -> &[f32] {
        &self.floats[..self.len]
    }
}

impl DerefMut for Buffer {
    fn deref_mut(&mut self) -> &mut [f32] {
        &mut self.floats[..self.len]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_that_was_given_back_is_used_again() {
        // In a thread of its own, whose list is empty.
        let test = || {
            let first = Buffer::any(1000);
            let at = first.as_ptr();
            drop(first);
            assert_ne!(Buffer::any(100).as_ptr(), at, "far too large");
            let again = Buffer::any(900);
            assert_eq!((again.as_ptr(), again.len()), (at, 900));
            assert_ne!(Buffer::any(1000).as_ptr(), at, "on loan");
        };
        std::thread::spawn(test).join().unwrap();
    }

    #[test]
    fn what_is_kept_has_a_limit() {
        let test = || {
            let many: Vec<Buffer> = (0..2 * KEPT).map(|_| Buffer::any(10)).collect();
            drop(many);
            let count = || FREE.with_borrow(Vec::len);
            assert_eq!(count(), KEPT);
            // What is asked for now takes the room of what was.
            let (large, at) = (Buffer::any(KEPT_FLOATS), |b: &Buffer| b.as_ptr());
            let was = at(&large);
            drop(large);
            assert_eq!(count(), 1);
            assert_eq!(at(&Buffer::any(KEPT_FLOATS)), was);
            drop(Buffer::any(KEPT_FLOATS + 1));
            assert_eq!(count(), 1);
        };
        std::thread::spawn(test).join().unwrap();
    }
}
