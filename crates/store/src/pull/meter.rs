//! What a pull reports, and how far it is.

use std::collections::HashMap;
use std::ops::ControlFlow;

use super::Progress;
use crate::StoreError;

/// Bytes of all downloads of one pull, for one bar.
pub(super) struct Meter<'a> {
    progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>,
    /// Bytes of each file by address: arrived, and promised when known.
    files: Vec<(String, u64, Option<u64>)>,
    index: HashMap<String, usize>,
    current: usize,
    shown: u64,
}

impl<'a> Meter<'a> {
    pub(super) fn new(progress: &'a mut dyn FnMut(Progress) -> ControlFlow<()>) -> Self {
        Self {
            progress,
            files: Vec::new(),
            index: HashMap::new(),
            current: 0,
            shown: 0,
        }
    }

    /// Announces a file of `url`, of which `done` bytes are here already.
    pub(super) fn expect(&mut self, url: &str, done: u64, size: Option<u64>) {
        let at = *self.index.entry(url.into()).or_insert(self.files.len());
        if at == self.files.len() {
            self.files.push((url.into(), 0, None));
        }
        self.files[at].1 = done;
        self.files[at].2 = size.or(self.files[at].2);
        self.current = at;
    }

    pub(super) fn kept(&self) -> u64 {
        self.files.iter().map(|file| file.1).sum()
    }

    pub(super) fn note(&mut self, text: String) -> Result<(), StoreError> {
        self.send(Progress::Note { text })
    }

    pub(super) fn send(&mut self, progress: Progress) -> Result<(), StoreError> {
        match (self.progress)(progress) {
            ControlFlow::Continue(()) => Ok(()),
            ControlFlow::Break(()) => Err(StoreError::Interrupted { kept: self.kept() }),
        }
    }

    /// Shows the bar. A file that starts anew does not draw it back: it stands
    /// still until the bytes shown are here again.
    pub(super) fn show(&mut self) -> Result<(), StoreError> {
        self.shown = self.shown.max(self.kept());
        let total: u64 = self
            .files
            .iter()
            .map(|file| file.2.unwrap_or(file.1).max(file.1))
            .sum();
        let report = Progress::Downloading {
            done: self.shown,
            total: total.max(self.shown),
            file: self.current + 1,
            of: self.files.len(),
        };
        self.send(report)
    }

    pub(super) fn callback(&mut self) -> &mut dyn FnMut(Progress) -> ControlFlow<()> {
        self.progress
    }
}
