//! Ids by their names, all names in one buffer: a vocabulary is a hundred
//! thousand short strings, and an allocation for each would take longer than
//! all else about it.

use std::hash::BuildHasher;

use hashbrown::HashTable;

use crate::hash::Fast;

#[derive(Default)]
pub(crate) struct Names {
    buffer: Vec<u8>,
    table: HashTable<Entry>,
}

struct Entry {
    name: Span,
    id: u32,
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
        table.reserve(count, |entry| Fast.hash_one(entry.name.of(buffer)));
    }

    #[inline]
    pub(crate) fn get(&self, name: &[u8]) -> Option<u32> {
        let same = |entry: &Entry| entry.name.of(&self.buffer) == name;
        Some(self.table.find(Fast.hash_one(name), same)?.id)
    }

    /// Names `id`, unless another has the name: then false.
    pub(crate) fn add(&mut self, name: &[u8], id: u32) -> bool {
        let fresh = self.get(name).is_none();
        if fresh {
            self.insert(name, id);
        }
        fresh
    }

    /// Names `id`, whoever had the name before.
    pub(crate) fn set(&mut self, name: &[u8], id: u32) {
        let Self { buffer, table } = self;
        let same = |entry: &Entry| entry.name.of(buffer) == name;
        match table.find_mut(Fast.hash_one(name), same) {
            Some(entry) => entry.id = id,
            None => self.insert(name, id),
        }
    }

    fn insert(&mut self, name: &[u8], id: u32) {
        let Self { buffer, table } = self;
        let name = Span::push(buffer, name);
        let hash = |entry: &Entry| Fast.hash_one(entry.name.of(buffer));
        let entry = Entry { name, id };
        table.insert_unique(hash(&entry), entry, hash);
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
            let name = vec![rng.below(7) as u8; rng.below(300)];
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
