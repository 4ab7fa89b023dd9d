//! Which pages hold which prefixes: a tree of pages by the tokens in them.
//!
//! A page's keys and values follow from its own tokens and all before them, so
//! they belong to every sequence that begins with the same tokens (the idea of
//! Zheng et al. 2023, §3, <https://arxiv.org/abs/2312.07104>, at the grain of
//! pages). A page is found by its parent and its [`PAGE`] token ids, which are
//! compared, not only hashed.
//!
//! Who holds a page holds its parents too, and lets go of them after it. Pages
//! that nobody holds *rest*: they stay to be found until their memory is needed.
//! As a parent comes to rest after all that follows it, the page at rest for
//! longest is always a leaf.

use std::collections::{BTreeMap, HashMap};

use crate::pages::{PAGE, PageId};

/// The tokens of a page.
type Run = [u32; PAGE];

/// What identifies a page: the one before it and its tokens.
type Key = (Option<PageId>, Run);

#[derive(Debug, Default)]
pub(crate) struct Prefixes {
    pages: HashMap<Key, PageId>,
    nodes: HashMap<PageId, Node>,
    /// By when they came to rest.
    resting: BTreeMap<u64, PageId>,
    /// Times that a page came to rest.
    rests: u64,
}

#[derive(Debug)]
struct Node {
    key: Key,
    /// The key in `resting`; `None` while somebody holds the page.
    rested: Option<u64>,
}

impl Prefixes {
    /// The pages of the longest prefix of `tokens` that is known.
    pub(crate) fn longest(&self, tokens: &[u32]) -> Vec<PageId> {
        let mut found = Vec::new();
        for run in tokens.as_chunks().0 {
            match self.pages.get(&(found.last().copied(), *run)) {
                Some(&page) => found.push(page),
                None => break,
            }
        }
        found
    }

    /// Makes a page that is held known, with the page before it; returns the one
    /// that was known by the same tokens already, if any, and leaves it so.
    ///
    /// # Panics
    /// If there are other than [`PAGE`] tokens, or the parent is not known.
    pub(crate) fn insert(
        &mut self,
        parent: Option<PageId>,
        run: &[u32],
        page: PageId,
    ) -> Option<PageId> {
        assert!(parent.is_none_or(|p| self.nodes.contains_key(&p)));
        let key = (parent, *run.as_array().expect("a page's tokens"));
        if let Some(&known) = self.pages.get(&key) {
            return Some(known);
        }
        self.pages.insert(key, page);
        let before = self.nodes.insert(page, Node { key, rested: None });
        assert!(before.is_none(), "{page:?} is known by other tokens");
        None
    }

    /// Lets a page rest that nobody holds any more; false if it is not known.
    pub(crate) fn rest(&mut self, page: PageId) -> bool {
        let Some(node) = self.nodes.get_mut(&page) else {
            return false;
        };
        self.rests += 1;
        node.rested = Some(self.rests);
        self.resting.insert(self.rests, page);
        true
    }

    /// Somebody holds a page again; false if it did not rest.
    pub(crate) fn wake(&mut self, page: PageId) -> bool {
        let node = self.nodes.get_mut(&page);
        let rested = node.and_then(|node| node.rested.take());
        rested.is_some_and(|at| self.resting.remove(&at).is_some())
    }

    /// Forgets the page that has rested for longest.
    pub(crate) fn evict(&mut self) -> Option<PageId> {
        let (_, page) = self.resting.pop_first()?;
        let node = self.nodes.remove(&page).expect("what rests is known");
        self.pages.remove(&node.key);
        Some(page)
    }

    /// Pages at rest.
    pub(crate) fn resting(&self) -> usize {
        self.resting.len()
    }

    pub(crate) fn rests(&self, page: PageId) -> bool {
        self.nodes.get(&page).is_some_and(|n| n.rested.is_some())
    }

    /// Asserts that tables agree, and that what follows a page at rest has
    /// rested for longer.
    pub(crate) fn check(&self) {
        assert_eq!(self.pages.len(), self.nodes.len());
        let resting = self.nodes.values().filter(|n| n.rested.is_some()).count();
        assert_eq!(resting, self.resting.len());
        for (page, node) in &self.nodes {
            assert_eq!(self.pages.get(&node.key), Some(page));
            if let Some(parent) = node.key.0 {
                let parent = self.nodes.get(&parent).expect("parents stay known");
                if let Some(at) = parent.rested {
                    assert!(node.rested.is_some_and(|earlier| earlier < at), "{page:?}");
                }
            }
        }
    }
}
