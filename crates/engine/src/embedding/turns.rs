//! Whose texts go into the next step: live requests' before others', and of equals each
//! one's in turn, so that a short request does not wait for the end of a long one.

use std::collections::{BTreeMap, VecDeque};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use super::{EmbedError, Embeddings};
use crate::scheduler::Priority;

/// Hears once what came of a request.
pub(super) type Done = Box<dyn FnOnce(Result<Embeddings, EmbedError>) + Send>;

/// A request that waits for its vectors.
pub(super) struct Job {
    /// Ids of texts, framed; empty once they are in a step.
    texts: Vec<Vec<u32>>,
    /// Texts that are or were in a step.
    taken: usize,
    /// Texts that have their vectors.
    computed: usize,
    so_far: Embeddings,
    priority: Priority,
    /// Set when nobody waits any more.
    gone: Arc<AtomicBool>,
    done: Done,
}

impl Job {
    pub(super) fn new(
        texts: Vec<Vec<u32>>,
        priority: Priority,
        gone: Arc<AtomicBool>,
        done: Done,
    ) -> Self {
        let vectors = vec![Vec::new(); texts.len()];
        Self {
            texts,
            taken: 0,
            computed: 0,
            so_far: Embeddings { vectors, tokens: 0 },
            priority,
            gone,
            done,
        }
    }
}

/// A text in a step.
pub(super) struct Text {
    job: u64,
    index: usize,
    pub(super) ids: Vec<u32>,
}

/// The requests that wait.
#[derive(Default)]
pub(super) struct Turns {
    /// In the order of their turns.
    order: VecDeque<u64>,
    jobs: BTreeMap<u64, Job>,
    next: u64,
}

impl Turns {
    pub(super) fn is_empty(&self) -> bool {
        self.order.is_empty()
    }

    pub(super) fn add(&mut self, job: Job) {
        self.order.push_back(self.next);
        self.jobs.insert(self.next, job);
        self.next += 1;
        // One without texts is done as it comes.
        self.end(|job| job.texts.is_empty(), |job| Ok(job.so_far.clone()));
    }

    /// Texts of `tokens` at most, unless the first alone has more.
    pub(super) fn step(&mut self, tokens: usize) -> Vec<Text> {
        self.end(
            |job| job.gone.load(Ordering::Relaxed),
            |job| {
                let tokens = job.so_far.tokens;
                Err(EmbedError::Cancelled { tokens })
            },
        );
        let mut step = Vec::new();
        let mut room = tokens;
        let mut full = false;
        for priority in [Priority::Live, Priority::Batch] {
            let mut took = true;
            while took && !full {
                (took, full) = self.round(priority, &mut room, &mut step);
            }
        }
        // Another is first in the next step.
        self.order.rotate_left(usize::from(!self.order.is_empty()));
        step
    }

    /// A text of each request, while there is room; whether there was one, and
    /// whether one did not fit.
    fn round(
        &mut self,
        priority: Priority,
        room: &mut usize,
        step: &mut Vec<Text>,
    ) -> (bool, bool) {
        let mut took = false;
        for &id in &self.order {
            let Some(job) = self.jobs.get_mut(&id).filter(|j| j.priority == priority) else {
                continue;
            };
            let index = job.taken;
            let Some(ids) = job.texts.get_mut(index) else {
                continue;
            };
            if ids.len() > *room && !step.is_empty() {
                return (took, true);
            }
            *room = room.saturating_sub(ids.len());
            let ids = std::mem::take(ids);
            step.push(Text {
                job: id,
                index,
                ids,
            });
            job.taken += 1;
            took = true;
        }
        (took, false)
    }

    /// Hands the vectors of a step out. Without any, whoever had a text in it has failed.
    pub(super) fn finish(&mut self, step: Vec<Text>, vectors: Option<Vec<Vec<f32>>>) {
        let Some(vectors) = vectors else {
            let mut failed: Vec<u64> = step.iter().map(|text| text.job).collect();
            failed.dedup();
            for id in failed {
                self.end_one(id, |_| Err(EmbedError::Failed));
            }
            return;
        };
        for (text, vector) in step.into_iter().zip(vectors) {
            let Some(job) = self.jobs.get_mut(&text.job) else {
                continue;
            };
            job.so_far.vectors[text.index] = vector;
            job.so_far.tokens += text.ids.len();
            job.computed += 1;
            if job.computed == job.texts.len() {
                self.end_one(text.job, |job| Ok(std::mem::take(&mut job.so_far)));
            }
        }
    }

    fn end(
        &mut self,
        which: impl Fn(&Job) -> bool,
        result: impl Fn(&mut Job) -> Result<Embeddings, EmbedError>,
    ) {
        let ended = self.jobs.iter().filter(|(_, job)| which(job));
        let ended: Vec<u64> = ended.map(|(&id, _)| id).collect();
        for id in ended {
            self.end_one(id, &result);
        }
    }

    fn end_one(&mut self, id: u64, result: impl Fn(&mut Job) -> Result<Embeddings, EmbedError>) {
        self.order.retain(|&other| other != id);
        if let Some(mut job) = self.jobs.remove(&id) {
            let result = result(&mut job);
            (job.done)(result);
        }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc::{Receiver, channel};

    use super::*;

    type Heard = Receiver<Result<Embeddings, EmbedError>>;

    /// A job of texts of so many tokens, all of which are `name`.
    fn job(name: u32, lens: &[usize], priority: Priority) -> (Job, Heard, Arc<AtomicBool>) {
        let (tell, heard) = channel();
        let gone = Arc::new(AtomicBool::new(false));
        let texts = lens.iter().map(|&len| vec![name; len]).collect();
        let done = Box::new(move |result| tell.send(result).unwrap());
        let job = Job::new(texts, priority, Arc::clone(&gone), done);
        (job, heard, gone)
    }

    fn names(step: &[Text]) -> Vec<u32> {
        step.iter().map(|text| text.ids[0]).collect()
    }

    #[test]
    fn equals_take_turns_and_live_ones_go_first() {
        let mut turns = Turns::default();
        let (later, _later, _) = job(1, &[1; 9], Priority::Batch);
        let (long, _long, _) = job(2, &[1; 9], Priority::Live);
        let (short, heard, _) = job(3, &[1; 2], Priority::Live);
        [later, long, short].into_iter().for_each(|j| turns.add(j));
        let step = turns.step(5);
        assert_eq!(names(&step), [2, 3, 2, 3, 2]);
        let vectors = vec![vec![0.5]; 5];
        turns.finish(step, Some(vectors));
        let got = heard.try_recv().unwrap().unwrap();
        assert_eq!((got.vectors.len(), got.tokens), (2, 2));
        assert_eq!(names(&turns.step(8)), [2, 2, 2, 2, 2, 2, 1, 1]);
    }

    #[test]
    fn a_step_has_a_text_at_least_and_what_fits() {
        let mut turns = Turns::default();
        let (a, _a, _) = job(1, &[9, 3, 4, 2], Priority::Live);
        turns.add(a);
        let lens = |step: &[Text]| -> Vec<_> { step.iter().map(|t| t.ids.len()).collect() };
        assert_eq!(lens(&turns.step(7)), [9]);
        assert_eq!(lens(&turns.step(7)), [3, 4]);
        assert_eq!(lens(&turns.step(7)), [2]);
        assert!(turns.step(7).is_empty(), "all are on their way");
    }

    #[test]
    fn each_hears_once_what_came_of_it() {
        let mut turns = Turns::default();
        let (none, heard_none, _) = job(0, &[], Priority::Live);
        turns.add(none);
        assert_eq!(
            heard_none.try_recv().unwrap().unwrap(),
            Embeddings::default()
        );
        let (left, heard_left, gone) = job(1, &[2, 2], Priority::Live);
        let (failed, heard_failed, _) = job(2, &[2], Priority::Live);
        turns.add(left);
        turns.add(failed);
        let step = turns.step(2);
        turns.finish(step, Some(vec![vec![1.0]]));
        gone.store(true, Ordering::Relaxed);
        let step = turns.step(2);
        let result = heard_left.try_recv().unwrap();
        assert!(matches!(result, Err(EmbedError::Cancelled { tokens: 2 })));
        assert_eq!(names(&step), [2]);
        turns.finish(step, None);
        let result = heard_failed.try_recv().unwrap();
        assert!(matches!(result, Err(EmbedError::Failed)));
        assert!(turns.is_empty() && turns.jobs.is_empty());
    }

    /// Whatever comes, every text is computed once, and nobody waits forever.
    #[test]
    fn random_requests_all_get_their_own() {
        let mut rng = testkit::Rng::new(5);
        let mut turns = Turns::default();
        let mut heard = Vec::new();
        let mut steps = 0;
        for name in 1..200u32 {
            let lens: Vec<_> = (0..rng.below(6)).map(|_| 1 + rng.below(9)).collect();
            let priority = [Priority::Live, Priority::Batch][rng.below(2)];
            let (job, hear, _) = job(name, &lens, priority);
            turns.add(job);
            heard.push((name, lens, hear));
            while rng.below(3) == 0 || (name == 199 && !turns.is_empty()) {
                let step = turns.step(12);
                let vectors = step
                    .iter()
                    .map(|t| vec![t.ids[0] as f32, t.ids.len() as f32]);
                let vectors = vectors.collect();
                turns.finish(step, Some(vectors));
                steps += 1;
                assert!(steps < 5000, "they wait forever");
            }
        }
        for (name, lens, hear) in heard {
            let got = hear.try_recv().unwrap().unwrap();
            let want: Vec<_> = lens.iter().map(|&l| vec![name as f32, l as f32]).collect();
            assert_eq!((got.vectors, got.tokens), (want, lens.iter().sum()));
        }
    }
}
