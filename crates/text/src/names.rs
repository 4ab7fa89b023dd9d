//! Ids by their names, short ones in the table itself, the others in one
//! buffer: a vocabulary is a hundred thousand short strings, and an allocation
//! for each, or a look elsewhere to compare, would take longer than all else
//! about it.

use std::hash::{BuildHasher, Hasher};

use hashbrown::HashTable;

use crate::hash::Fast;

#[derive(Default)]
pub(crate) struct Names {
    table: HashTable<Entry>,
    /// The long names.
    buffer: Vec<u8>,
}

struct Entry {
    /// Of a short name what [`short`] gives, of a long one where it stands.
    name: [u64; 2],
    /// Of a short name.
    len: u32,
    id: u32,
}

const LONG: u32 = u32::MAX;

/// A name of at most 16 bytes: with the length, these words tell all of it.
#[inline]
fn short(name: &[u8]) -> Option<[u64; 2]> {
    let ends = |first: &[u8; 4], last: &[u8; 4]| {
        u64::from(u32::from_le_bytes(*first)) | u64::from(u32::from_le_bytes(*last)) << 32
    };
    match name {
        [] => Some([0; 2]),
        [a] => Some([u64::from(*a), 0]),
        [a, .., b] if name.len() < 4 => {
            let middle = u64::from(name[1]);
            Some([u64::from(*a) | middle << 8 | u64::from(*b) << 16, 0])
        }
        _ if name.len() < 8 => Some([ends(name.first_chunk()?, name.last_chunk()?), 0]),
        _ if name.len() <= 16 => Some([
            u64::from_le_bytes(*name.first_chunk()?),
            u64::from_le_bytes(*name.last_chunk()?),
        ]),
        _ => None,
    }
}

/// A name to look for.
struct Key<'a> {
    name: &'a [u8],
    short: Option<[u64; 2]>,
    hash: u64,
}

impl<'a> Key<'a> {
    #[inline]
    fn new(name: &'a [u8]) -> Self {
        let short = short(name);
        let hash = match short {
            Some(words) => hash_short(words, name.len() as u32),
            None => hash_long(name),
        };
        Self { name, short, hash }
    }

    #[inline]
    fn is(&self, entry: &Entry, buffer: &[u8]) -> bool {
        match self.short {
            Some(words) => (entry.name, entry.len) == (words, self.name.len() as u32),
            None => entry.long().is_some_and(|at| at.of(buffer) == self.name),
        }
    }
}

#[inline]
fn hash_short([first, last]: [u64; 2], len: u32) -> u64 {
    let mut hasher = Fast.build_hasher();
    hasher.write_u64(first ^ u64::from(len) << 56);
    hasher.write_u64(last);
    hasher.finish()
}

fn hash_long(name: &[u8]) -> u64 {
    let mut hasher = Fast.build_hasher();
    hasher.write(name);
    hasher.finish()
}

impl Entry {
    fn long(&self) -> Option<Span> {
        let [start, len] = self.name.map(|word| word as usize);
        (self.len == LONG).then_some(Span { start, len })
    }

    fn hash(&self, buffer: &[u8]) -> u64 {
        match self.long() {
            Some(at) => hash_long(at.of(buffer)),
            None => hash_short(self.name, self.len),
        }
    }
}

/// A part of a buffer.
#[derive(Clone, Copy)]
pub(crate) struct Span {
    start: usize,
    len: usize,
}

impl Span {
    /// Appends `bytes` to a buffer.
    pub(crate) fn push(buffer: &mut Vec<u8>, bytes: &[u8]) -> Self {
        Self::push_by(buffer, |buffer| buffer.extend_from_slice(bytes))
    }

    /// What `append` adds to a buffer.
    pub(crate) fn push_by(buffer: &mut Vec<u8>, append: impl FnOnce(&mut Vec<u8>)) -> Self {
        let start = buffer.len();
        append(buffer);
        let len = buffer.len() - start;
        Self { start, len }
    }

    pub(crate) fn of(self, buffer: &[u8]) -> &[u8] {
        &buffer[self.start..self.start + self.len]
    }
}

impl Names {
    /// Room for so many.
    pub(crate) fn reserve(&mut self, count: usize) {
        let Self { buffer, table } = self;
        table.reserve(count, |entry| entry.hash(buffer));
    }

    #[inline]
    pub(crate) fn get(&self, name: &[u8]) -> Option<u32> {
        let key = Key::new(name);
        let is = |entry: &Entry| key.is(entry, &self.buffer);
        Some(self.table.find(key.hash, is)?.id)
    }

    /// Names `id`, unless another has the name: then false.
    pub(crate) fn add(&mut self, name: &[u8], id: u32) -> bool {
        self.entry(name, id).is_none()
    }

    /// Names `id`, whoever had the name before.
    pub(crate) fn set(&mut self, name: &[u8], id: u32) {
        if let Some(entry) = self.entry(name, id) {
            entry.id = id;
        }
    }

    /// The entry that a name has; without one it is added, for `id`.
    fn entry(&mut self, name: &[u8], id: u32) -> Option<&mut Entry> {
        let Self { buffer, table } = self;
        let key = Key::new(name);
        let is = |entry: &Entry| key.is(entry, buffer);
        // Looked up twice where it is there, which is rare.
        if table.find(key.hash, is).is_some() {
            return table.find_mut(key.hash, is);
        }
        let (name, len) = match key.short {
            Some(words) => (words, name.len() as u32),
            None => {
                let Span { start, len } = Span::push(buffer, name);
                ([start as u64, len as u64], LONG)
            }
        };
        let entry = Entry { name, len, id };
        table.insert_unique(key.hash, entry, |entry| entry.hash(buffer));
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashMap;
    use testkit::Rng;

    #[test]
    fn names_are_a_map() {
        let mut rng = Rng::new(3);
        let (mut names, mut want) = (Names::default(), HashMap::new());
        for id in 0..5000 {
            // Few bytes, many lengths, and such that differ in their middle only.
            let mut name = vec![rng.below(3) as u8; [4, 20, 300][rng.below(3)]];
            name.truncate(rng.below(name.len() + 1));
            let middle = name.len() / 2;
            name[middle..].iter_mut().take(1).for_each(|b| *b = 9);
            match rng.below(2) {
                0 => {
                    assert_eq!(names.add(&name, id), !want.contains_key(&name));
                    want.entry(name).or_insert(id);
                }
                _ => {
                    names.set(&name, id);
                    want.insert(name, id);
                }
            }
        }
        assert!(want.iter().all(|(name, id)| names.get(name) == Some(*id)));
        assert_eq!(names.table.len(), want.len());
        assert_eq!(names.get(b"none"), None);
    }
}
