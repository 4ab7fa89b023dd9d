//! The pool of KV pages: who holds which, counted, never leaked.
//!
//! A page is room for the keys and values of [`PAGE`] consecutive tokens of one
//! sequence, in every layer. Kwon et al. 2023, §4, <https://arxiv.org/abs/2309.06180>.
//! Pages are counted references, so that sequences that begin with the same
//! tokens share the full pages of what they have in common (`prefix.rs` finds
//! them); a full page is never written again, hence no copy on write. Only the
//! bookkeeping is here; the floats are in `paged.rs`.

use crate::prefix::Prefixes;

/// Tokens in a page: attention walks the keys in runs of this length.
pub const PAGE: usize = kernels::attention::BLOCK;

/// Pages that `tokens` tokens need.
pub fn pages_for(tokens: usize) -> usize {
    tokens.div_ceil(PAGE)
}

/// A page's number in its pool.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PageId(u32);

impl PageId {
    /// Counts from 0 on.
    pub fn index(self) -> usize {
        self.0 as usize
    }

    /// Row of the pool where the page's first key and value lie.
    pub fn first_row(self) -> usize {
        self.index() * PAGE
    }
}

/// Reference counts of a fixed number of pages.
#[derive(Debug)]
pub struct Pages {
    references: Vec<u32>,
    /// Held by nobody, and with nothing worth keeping.
    blank: Vec<PageId>,
    prefixes: Prefixes,
}

impl Pages {
    /// `total` free pages.
    ///
    /// # Panics
    /// If `total` does not fit in 32 bits.
    pub fn new(total: usize) -> Self {
        let total = u32::try_from(total).expect("a pool has fewer than 2³² pages");
        Self {
            references: vec![0; total as usize],
            // Taken from the end: low pages first, so that memory never used is never touched.
            blank: (0..total).rev().map(PageId).collect(),
            prefixes: Prefixes::default(),
        }
    }

    /// Pages in the pool.
    pub fn total(&self) -> usize {
        self.references.len()
    }

    /// Pages that nobody holds.
    pub fn free(&self) -> usize {
        self.blank.len() + self.cached()
    }

    /// Pages that nobody holds, kept for the prefix in them.
    pub fn cached(&self) -> usize {
        self.prefixes.resting()
    }

    /// Whether the page is one of the [cached](Self::cached).
    pub fn is_cached(&self, page: PageId) -> bool {
        self.prefixes.rests(page)
    }

    /// Takes a free page, a blank one first, else the one that was let go of
    /// longest ago; the caller holds its only reference.
    pub fn take(&mut self) -> Option<PageId> {
        self.take_blank().or_else(|| {
            let page = self.prefixes.evict()?;
            self.references[page.0 as usize] = 1;
            Some(page)
        })
    }

    /// As [`take`](Self::take), but no prefix is forgotten for it.
    pub fn take_blank(&mut self) -> Option<PageId> {
        let page = self.blank.pop()?;
        self.references[page.0 as usize] = 1;
        Some(page)
    }

    /// Adds a holder to a page that is held or cached.
    ///
    /// # Panics
    /// If the page is blank.
    pub fn share(&mut self, page: PageId) {
        let count = &mut self.references[page.0 as usize];
        assert!(*count > 0 || self.prefixes.wake(page), "{page:?} is free");
        *count += 1;
    }

    /// Gives back a sequence's pages, which stand in its order; the last
    /// reference frees a page.
    ///
    /// # Panics
    /// If a page is free.
    pub fn release(&mut self, held: Vec<PageId>) {
        // Backwards: what follows a page has to rest before it.
        for page in held.into_iter().rev() {
            let count = &mut self.references[page.0 as usize];
            assert!(*count > 0, "{page:?} is released twice");
            *count -= 1;
            if *count == 0 && !self.prefixes.rest(page) {
                self.blank.push(page);
            }
        }
    }

    /// The pages of the longest known prefix of `tokens`, full pages only.
    /// They are not held yet.
    pub fn prefix(&self, tokens: &[u32]) -> Vec<PageId> {
        self.prefixes.longest(tokens)
    }

    /// Makes the full page `held[i]` known by its tokens. If another one is known by
    /// them it takes its place, and this one is given back: their contents are
    /// the same bits.
    pub fn publish(&mut self, held: &mut [PageId], i: usize, tokens: &[u32]) {
        let parent = i.checked_sub(1).map(|before| held[before]);
        if let Some(known) = self.prefixes.insert(parent, tokens, held[i])
            && known != held[i]
        {
            self.share(known);
            self.release(vec![std::mem::replace(&mut held[i], known)]);
        }
    }

    /// Asserts that exactly the references in `held` are out, each page being
    /// either free or held.
    ///
    /// # Panics
    /// If a page was lost, or is counted wrongly.
    pub fn check(&self, held: impl Iterator<Item = PageId>) {
        let mut count = vec![0; self.total()];
        held.for_each(|page| count[page.0 as usize] += 1);
        assert_eq!(
            count, self.references,
            "references by page, held and counted"
        );
        let used = count.iter().filter(|&&c| c > 0).count();
        assert_eq!(used + self.free(), self.total(), "used and free pages");
        self.prefixes.check();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A page's tokens: all the same one.
    fn run(token: u32) -> [u32; PAGE] {
        [token; PAGE]
    }

    #[test]
    fn last_reference_frees_the_page() {
        let mut pages = Pages::new(2);
        let (a, b) = (pages.take().unwrap(), pages.take().unwrap());
        assert_eq!(pages.take(), None);
        pages.share(a);
        pages.release(vec![a]);
        assert_eq!(pages.free(), 0);
        pages.check([a, b].into_iter());
        pages.release(vec![a]);
        assert_eq!(pages.take(), Some(a));
    }

    #[test]
    #[should_panic(expected = "released twice")]
    fn releasing_a_free_page_is_a_bug() {
        let mut pages = Pages::new(1);
        let a = pages.take().unwrap();
        pages.release(vec![a]);
        pages.release(vec![a]);
    }

    #[test]
    fn pages_cover_tokens() {
        assert_eq!([0, 1, PAGE, PAGE + 1].map(pages_for), [0, 1, 1, 2]);
    }

    /// A prefix is found by all its tokens, and only whole pages of it.
    #[test]
    fn prefixes_are_found_by_their_tokens() {
        let mut pages = Pages::new(4);
        let mut held = vec![pages.take().unwrap(), pages.take().unwrap()];
        pages.publish(&mut held, 0, &run(1));
        pages.publish(&mut held, 1, &run(2));
        let text = |runs: &[u32]| runs.iter().flat_map(|&t| run(t)).collect::<Vec<_>>();
        assert_eq!(pages.prefix(&text(&[1, 2, 3])), held);
        assert_eq!(pages.prefix(&text(&[1, 2])[..2 * PAGE - 1]), held[..1]);
        // The same tokens behind others are another page.
        assert_eq!(pages.prefix(&text(&[2, 2])), []);
        assert_eq!(pages.prefix(&text(&[1, 1])), held[..1]);
        pages.release(held.clone());
        assert_eq!((pages.free(), pages.cached()), (4, 2));
        held.iter().for_each(|&page| pages.share(page));
        assert_eq!((pages.free(), pages.cached()), (2, 0));
        pages.check(held.iter().copied());
    }

    #[test]
    fn a_page_computed_twice_is_kept_once() {
        let mut pages = Pages::new(4);
        let mut one = vec![pages.take().unwrap(), pages.take().unwrap()];
        let mut other = vec![pages.take().unwrap(), pages.take().unwrap()];
        pages.publish(&mut one, 0, &run(1));
        pages.publish(&mut other, 0, &run(1));
        assert_eq!((one[0], pages.free()), (other[0], 1));
        pages.publish(&mut other, 1, &run(2));
        pages.publish(&mut one, 1, &run(2));
        assert_eq!((&one, pages.free()), (&other, 2));
        pages.check(one.into_iter().chain(other));
    }

    /// Least recently used first, and never a page before those that follow it.
    #[test]
    fn leaves_are_evicted_before_their_parents() {
        let mut pages = Pages::new(3);
        let mut trunk: Vec<_> = (0..2).map(|_| pages.take().unwrap()).collect();
        pages.publish(&mut trunk, 0, &run(1));
        pages.publish(&mut trunk, 1, &run(2));
        let mut branch = vec![trunk[0], pages.take().unwrap()];
        pages.share(trunk[0]);
        pages.publish(&mut branch, 1, &run(3));
        pages.release(branch.clone());
        pages.release(trunk.clone());
        assert_eq!(pages.cached(), 3);
        // The older leaf is used again, so that the other goes first.
        branch.iter().for_each(|&page| pages.share(page));
        pages.release(branch.clone());
        let mut taken = Vec::new();
        let order = [(); 3].map(|()| {
            let page = pages.take().unwrap();
            pages.check([page].into_iter().chain(taken.clone()));
            taken.push(page);
            page
        });
        assert_eq!(order, [trunk[1], branch[1], trunk[0]]);
    }
}
