//! Texts to vectors: the tokenizer, an encoder, and a thread that packs the
//! texts of all callers into its steps.
//!
//! Tokens of different texts meet in no sum, so a vector has the same bits in any
//! company. A step takes texts until its tokens are enough to keep the processor
//! busy; there is no padding. Weights and what they meet are rounded to 16-bit
//! integers, which moves a vector by far less than 1e-5 in cosine distance.

mod turns;

use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{Receiver, Sender, channel};
use std::thread::JoinHandle;

use models::checkpoint::{Checkpoint, Pooling, PoolingKind};
use models::{Bidirectional, Encoder, LoadOptions};
pub use text::cl100k;
use text::{Specials, Tokenizer};

use crate::completion::{OpenError, Prompt, load_tokenizer};
use crate::scheduler::Priority;
use turns::{Job, Text, Turns};

/// Tokens of a step, unless its first text alone has more: a layer of them stays in a
/// core's cache.
const STEP_TOKENS: usize = 256;

/// Texts that wait at most, unless one request alone brings more.
const WAITING: usize = 16_384;

/// Time after which a full queue may have room.
const RETRY_S: u32 = 5;

/// Why there is no vector.
#[derive(Debug, thiserror::Error)]
pub enum EmbedError {
    #[error("text {index} has {tokens} tokens, of which this model takes {context}")]
    Context {
        index: usize,
        tokens: usize,
        context: usize,
    },
    #[error("token {id} of text {index} is beyond the vocabulary of {vocab}")]
    Vocabulary { index: usize, id: u32, vocab: usize },
    #[error("too many texts wait already")]
    Busy { retry_after_s: u32 },
    /// Nobody waits for it any more; `tokens` were computed until then.
    #[error("cancelled")]
    Cancelled { tokens: usize },
    /// A bug, which the operator should hear of.
    #[error("a step failed")]
    Failed,
}

/// The vectors of some texts, in their order.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Embeddings {
    pub vectors: Vec<Vec<f32>>,
    /// With the tokens that frame each text.
    pub tokens: usize,
}

/// An encoder ready to be asked, from any thread.
pub struct Embedder {
    tokenizer: Arc<Tokenizer>,
    width: usize,
    context: usize,
    vocab: usize,
    jobs: Option<Sender<Job>>,
    /// Texts of jobs that are not done.
    waiting: Arc<AtomicUsize>,
    thread: Option<JoinHandle<()>>,
}

/// What was asked for. Dropping it cancels what is not computed yet.
#[must_use = "dropping it cancels the request"]
pub struct Ticket {
    gone: Arc<AtomicBool>,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        self.gone.store(true, Ordering::Relaxed);
    }
}

impl Embedder {
    /// Loads an encoder and its tokenizer. Where the files say nothing of
    /// pooling, it is the mean, scaled to length 1.
    pub fn from_checkpoint(checkpoint: &Checkpoint) -> Result<Self, OpenError> {
        let options = LoadOptions {
            int16: true,
            ..LoadOptions::default()
        };
        let encoder = models::load_encoder(checkpoint, options)?;
        let tokenizer = Arc::new(load_tokenizer(checkpoint)?);
        let pooling = checkpoint.pooling.unwrap_or(Pooling {
            kind: PoolingKind::Mean,
            normalize: true,
        });
        let shape = encoder.shape();
        let (jobs, arriving) = channel();
        let thread = std::thread::Builder::new()
            .name("embedder".to_owned())
            .spawn(move || serve(encoder.as_ref(), pooling, &arriving))
            .map_err(|source| OpenError::Thread {
                path: checkpoint.path.clone(),
                source,
            })?;
        Ok(Self {
            tokenizer,
            width: shape.hidden,
            context: checkpoint
                .max_text
                .map_or(shape.context, |n| n.min(shape.context)),
            vocab: shape.vocab,
            jobs: Some(jobs),
            waiting: Arc::default(),
            thread: Some(thread),
        })
    }

    /// Numbers of a vector.
    pub fn width(&self) -> usize {
        self.width
    }

    /// Tokens of a text at most, those that frame it among them.
    pub fn context(&self) -> usize {
        self.context
    }

    pub fn tokenizer(&self) -> &Arc<Tokenizer> {
        &self.tokenizer
    }

    /// The ids of a text, without those that frame it.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text, Specials::Plain)
    }

    /// The vectors of `prompts`; blocks until they are there.
    pub fn embed(&self, prompts: &[Prompt]) -> Result<Embeddings, EmbedError> {
        let (tell, heard) = channel();
        let done = move |result| {
            let _ = tell.send(result);
        };
        let _ticket = self.submit(prompts, Priority::Live, done)?;
        heard.recv().unwrap_or(Err(EmbedError::Failed))
    }

    /// Asks for the vectors of `prompts`, which `done` hears of on the embedder's thread.
    ///
    /// # Errors
    /// If a prompt cannot be computed, or too many wait. `done` is not called then.
    pub fn submit(
        &self,
        prompts: &[Prompt],
        priority: Priority,
        done: impl FnOnce(Result<Embeddings, EmbedError>) + Send + 'static,
    ) -> Result<Ticket, EmbedError> {
        let texts = prompts.iter().enumerate().map(|(i, p)| self.ids(i, p));
        let texts: Vec<_> = texts.collect::<Result<_, _>>()?;
        let count = texts.len();
        let before = self.waiting.fetch_add(count, Ordering::Relaxed);
        if before > 0 && before + count > WAITING {
            self.waiting.fetch_sub(count, Ordering::Relaxed);
            let retry_after_s = RETRY_S;
            return Err(EmbedError::Busy { retry_after_s });
        }
        let gone = Arc::new(AtomicBool::new(false));
        let waiting = Arc::clone(&self.waiting);
        let done = Box::new(move |result| {
            waiting.fetch_sub(count, Ordering::Relaxed);
            done(result);
        });
        let job = Job::new(texts, priority, Arc::clone(&gone), done);
        let jobs = self.jobs.as_ref().expect("taken when dropped only");
        if jobs.send(job).is_err() {
            // The thread has ended; dropped jobs tell nobody.
            self.waiting.fetch_sub(count, Ordering::Relaxed);
            return Err(EmbedError::Failed);
        }
        Ok(Ticket { gone })
    }

    /// Whether it takes nothing any more: its thread has ended.
    pub fn is_stopped(&self) -> bool {
        self.thread.as_ref().is_none_or(JoinHandle::is_finished)
    }

    /// Texts that are not computed yet.
    pub fn waiting(&self) -> usize {
        self.waiting.load(Ordering::Relaxed)
    }

    /// The ids of a text, framed as the encoder expects them.
    fn ids(&self, index: usize, prompt: &Prompt) -> Result<Vec<u32>, EmbedError> {
        let ids = match prompt {
            Prompt::Text(text) => self.encode(text),
            Prompt::Ids(ids) => ids.clone(),
        };
        let vocab = self.vocab;
        if let Some(&id) = ids.iter().find(|&&id| id as usize >= vocab) {
            return Err(EmbedError::Vocabulary { index, id, vocab });
        }
        let ids = self.tokenizer.frame(&ids);
        let (tokens, context) = (ids.len(), self.context);
        match tokens <= context {
            true => Ok(ids),
            false => Err(EmbedError::Context {
                index,
                tokens,
                context,
            }),
        }
    }
}

impl Drop for Embedder {
    fn drop(&mut self) {
        drop(self.jobs.take());
        if let Some(thread) = self.thread.take() {
            // It catches its panics.
            let _ = thread.join();
        }
    }
}

fn serve(encoder: &dyn Encoder, pooling: Pooling, arriving: &Receiver<Job>) {
    let mut turns = Turns::default();
    // Whoever is there when the last caller leaves is served.
    loop {
        if turns.is_empty() {
            let Ok(job) = arriving.recv() else { return };
            turns.add(job);
        }
        arriving.try_iter().for_each(|job| turns.add(job));
        let step = turns.step(STEP_TOKENS);
        let compute = || vectors(encoder, pooling, &step);
        let vectors = catch_unwind(AssertUnwindSafe(compute));
        turns.finish(step, vectors.ok());
    }
}

fn vectors(encoder: &dyn Encoder, pooling: Pooling, texts: &[Text]) -> Vec<Vec<f32>> {
    let ids: Vec<u32> = texts.iter().flat_map(|text| &text.ids).copied().collect();
    let lens: Vec<usize> = texts.iter().map(|text| text.ids.len()).collect();
    let width = encoder.shape().hidden;
    if ids.is_empty() {
        return vec![vec![0.0; width]; texts.len()];
    }
    let hidden = encoder.forward(&ids, &mut Bidirectional::new(&lens));
    let mut rows = hidden.data().chunks_exact(width);
    let pooled = lens.iter().map(|&len| {
        let mut vector = vec![0.0; width];
        let counted = match pooling.kind {
            PoolingKind::Mean => len,
            PoolingKind::First => len.min(1),
        };
        for (i, row) in rows.by_ref().take(len).enumerate() {
            if i < counted {
                vector.iter_mut().zip(row).for_each(|(sum, x)| *sum += x);
            }
        }
        let divisor = match pooling.normalize {
            true => length(&vector),
            false => counted as f32,
        };
        // The vector of no tokens at all stays zero.
        if divisor > 0.0 {
            vector.iter_mut().for_each(|x| *x /= divisor);
        }
        vector
    });
    pooled.collect()
}

fn length(vector: &[f32]) -> f32 {
    vector.iter().map(|x| x * x).sum::<f32>().sqrt()
}

/// The first `width` numbers, scaled to length 1 again: how embeddings trained for
/// it are shortened (Kusupati et al. 2022, <https://arxiv.org/abs/2205.13147>).
pub fn shorten(vector: &mut Vec<f32>, width: usize) {
    vector.truncate(width);
    let length = length(vector);
    if length > 0.0 {
        vector.iter_mut().for_each(|x| *x /= length);
    }
}

#[cfg(test)]
mod tests {
    use testkit::{Golden, fixture};

    use super::*;

    fn embedder() -> Embedder {
        let checkpoint = Checkpoint::open(&fixture("models/tiny-embed")).unwrap();
        Embedder::from_checkpoint(&checkpoint).unwrap()
    }

    fn texts() -> Vec<String> {
        let golden = Golden::open("models/tiny-embed/golden.safetensors");
        serde_json::from_str(golden.metadata("texts")).unwrap()
    }

    /// Panics unless each vector is that near to the wanted one by its angle, as weights
    /// and what they are multiplied with are rounded. The greatest cosine distance.
    fn assert_near(got: &[Vec<f32>], want: &[f32], most: f64) -> f64 {
        let dot = |a: &[f32], b: &[f32]| -> f64 {
            let products = a.iter().zip(b).map(|(a, b)| f64::from(*a) * f64::from(*b));
            products.sum()
        };
        assert_eq!(got.len() * got[0].len(), want.len());
        let pairs = got.iter().zip(want.chunks_exact(got[0].len()));
        let distances = pairs.map(|(got, want)| {
            let lengths = (dot(got, got) * dot(want, want)).sqrt();
            assert!((dot(got, got) - 1.0).abs() < 1e-5, "a length is not 1");
            1.0 - dot(got, want) / lengths
        });
        let furthest = distances.fold(0.0, f64::max);
        assert!(furthest <= most, "cosine distance {furthest:e}");
        furthest
    }

    #[test]
    fn vectors_are_transformers() {
        let golden = Golden::open("models/tiny-embed/golden.safetensors");
        let texts: Vec<_> = texts().into_iter().map(Prompt::Text).collect();
        let embedder = embedder();
        let got = embedder.embed(&texts).unwrap();
        assert_near(&got.vectors, &golden.f32("mean"), 1e-6);
        assert_eq!(got.tokens, golden.lens("lens").iter().sum::<usize>());
        assert_eq!(embedder.width(), 36);
    }

    /// `cargo xtask test` sets both: the folder of the catalog's embedding model, and
    /// what transformers computes with it.
    #[test]
    fn the_real_model_agrees_with_sentence_transformers() {
        let path = |name| std::env::var_os(name).map(std::path::PathBuf::from);
        let (Some(model), Some(reference)) =
            (path("LYCEUM_TEST_EMBEDDER"), path("LYCEUM_SENTENCES"))
        else {
            eprintln!("skipped: LYCEUM_TEST_EMBEDDER or LYCEUM_SENTENCES is not set");
            return;
        };
        let golden = Golden::read(&reference);
        let texts: Vec<String> = serde_json::from_str(golden.metadata("texts")).unwrap();
        let embedder = Embedder::from_checkpoint(&Checkpoint::open(&model).unwrap()).unwrap();
        assert_eq!((embedder.width(), embedder.context()), (384, 256));
        let prompts: Vec<_> = texts.iter().cloned().map(Prompt::Text).collect();
        let got = embedder.embed(&prompts).unwrap().vectors;
        let furthest = assert_near(&got, &golden.f32("vectors"), 1e-5);
        eprintln!(
            "{} texts, cosine distance at most {furthest:e}",
            texts.len()
        );
    }

    #[test]
    fn the_first_token_can_stand_for_all() {
        let golden = Golden::open("models/tiny-embed/golden.safetensors");
        let mut checkpoint = Checkpoint::open(&fixture("models/tiny-embed")).unwrap();
        let kind = PoolingKind::First;
        checkpoint.pooling = Some(Pooling {
            kind,
            normalize: true,
        });
        let embedder = Embedder::from_checkpoint(&checkpoint).unwrap();
        let texts: Vec<_> = texts().into_iter().map(Prompt::Text).collect();
        let got = embedder.embed(&texts).unwrap().vectors;
        assert_near(&got, &golden.f32("first"), 1e-6);
    }

    /// The same bits, whatever else is in a step.
    #[test]
    fn company_changes_nothing() {
        let embedder = embedder();
        let texts: Vec<_> = texts()
            .into_iter()
            .cycle()
            .take(60)
            .map(Prompt::Text)
            .collect();
        let together = embedder.embed(&texts).unwrap().vectors;
        for (text, want) in texts.iter().zip(&together).take(6) {
            let alone = embedder.embed(std::slice::from_ref(text)).unwrap();
            assert_eq!(&alone.vectors[0], want, "{text:?}");
        }
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| assert_eq!(embedder.embed(&texts).unwrap().vectors, together));
            }
        });
    }

    #[test]
    fn ids_are_what_their_text_is() {
        let embedder = embedder();
        let text = "The keeper lit the lamp.";
        let ids = embedder.tokenizer().encode(text, Specials::Plain);
        let both = [Prompt::Text(text.to_owned()), Prompt::Ids(ids)];
        let got = embedder.embed(&both).unwrap().vectors;
        assert_eq!(got[0], got[1]);
    }

    #[test]
    fn what_does_not_fit_is_told() {
        let embedder = embedder();
        let long = Prompt::Ids(vec![5; 63]);
        let error = embedder.embed(&[Prompt::Ids(vec![5]), long]).unwrap_err();
        let EmbedError::Context {
            index: 1,
            tokens: 65,
            context: 64,
        } = error
        else {
            panic!("{error:?}");
        };
        let error = embedder.embed(&[Prompt::Ids(vec![9999])]).unwrap_err();
        assert!(
            matches!(error, EmbedError::Vocabulary { id: 9999, .. }),
            "{error:?}"
        );
        assert_eq!(embedder.embed(&[]).unwrap(), Embeddings::default());
        assert!(embedder.embed(&[Prompt::Ids(vec![5; 62])]).is_ok());
    }

    #[test]
    fn shortened_vectors_have_length_one() {
        let mut vector = vec![3.0, 4.0, 12.0];
        shorten(&mut vector, 2);
        assert_eq!(vector, [0.6, 0.8]);
    }
}
