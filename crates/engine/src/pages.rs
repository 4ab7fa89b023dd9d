//! The pool of KV pages: who holds which, counted, never leaked.
//!
//! A page is room for the keys and values of [`PAGE`] consecutive tokens of one
//! sequence, in every layer. Kwon et al. 2023, §4, <https://arxiv.org/abs/2309.06180>.
//! Pages are counted references, so that sequences with the same prompt share
//! its full pages; a page that two sequences hold is never written again, hence
//! no copy on write. Only the bookkeeping is here; the floats are in `paged.rs`.

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
    /// Row of the pool where the page's first key and value lie.
    pub fn first_row(self) -> usize {
        self.0 as usize * PAGE
    }
}

/// Reference counts of a fixed number of pages.
#[derive(Debug)]
pub struct Pages {
    references: Vec<u32>,
    free: Vec<PageId>,
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
            free: (0..total).rev().map(PageId).collect(),
        }
    }

    /// Pages in the pool.
    pub fn total(&self) -> usize {
        self.references.len()
    }

    /// Pages that nobody holds.
    pub fn free(&self) -> usize {
        self.free.len()
    }

    /// Takes a free page; the caller holds its only reference.
    pub fn take(&mut self) -> Option<PageId> {
        let page = self.free.pop()?;
        self.references[page.0 as usize] = 1;
        Some(page)
    }

    /// Adds a holder to a page that is held.
    ///
    /// # Panics
    /// If the page is free.
    pub fn share(&mut self, page: PageId) {
        let count = &mut self.references[page.0 as usize];
        assert!(*count > 0, "{page:?} is free");
        *count += 1;
    }

    /// Gives back one reference; the last one frees the page.
    ///
    /// # Panics
    /// If the page is free.
    pub fn release(&mut self, page: PageId) {
        let count = &mut self.references[page.0 as usize];
        assert!(*count > 0, "{page:?} is released twice");
        *count -= 1;
        if *count == 0 {
            self.free.push(page);
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
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn last_reference_frees_the_page() {
        let mut pages = Pages::new(2);
        let (a, b) = (pages.take().unwrap(), pages.take().unwrap());
        assert_eq!(pages.take(), None);
        pages.share(a);
        pages.release(a);
        assert_eq!(pages.free(), 0);
        pages.check([a, b].into_iter());
        pages.release(a);
        assert_eq!(pages.take(), Some(a));
    }

    #[test]
    #[should_panic(expected = "released twice")]
    fn releasing_a_free_page_is_a_bug() {
        let mut pages = Pages::new(1);
        let a = pages.take().unwrap();
        pages.release(a);
        pages.release(a);
    }

    #[test]
    fn pages_cover_tokens() {
        assert_eq!([0, 1, PAGE, PAGE + 1].map(pages_for), [0, 1, 1, 2]);
    }
}
