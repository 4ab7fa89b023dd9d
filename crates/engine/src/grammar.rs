//! Which tokens a grammar allows next.
//!
//! A grammar is a text in the Lark dialect of llguidance
//! (<https://github.com/guidance-ai/llguidance>), in which JSON schemas may stand; what
//! it says is not looked into here. It is compiled for a model's vocabulary, and
//! followed token by token. Work and memory are bounded, in compiling and in every step.

use std::fmt;
use std::sync::Arc;

use llguidance::api::TopLevelGrammar;
use llguidance::toktrie::{
    ApproximateTokEnv, InferenceCapabilities, SimpleVob, TokEnv, TokRxInfo, TokTrie,
};
use llguidance::{Matcher, ParserFactory};

/// Longest grammar in bytes.
const LENGTH_LIMIT: usize = 1 << 20;
/// States of a lexer, of about 2 kB each.
const LEXER_STATES: usize = 20_000;
/// Longest token in bytes that a grammar may use.
const TOKEN_LIMIT: usize = 200;

/// Why a grammar cannot be used.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{0}")]
pub struct GrammarError(String);

impl GrammarError {
    /// The first line of what llguidance says: the others show its state.
    fn of(message: &str) -> Self {
        if message.contains("NoExtensionBias") {
            return Self("nothing satisfies it".to_owned());
        }
        let line = message.lines().next().unwrap_or_default();
        Self(line.trim().trim_end_matches('.').to_owned())
    }
}

/// Compiles grammars for one vocabulary.
pub struct Grammars {
    factory: ParserFactory,
}

impl Grammars {
    /// `pieces` are the tokens' bytes in the order of their ids, `None` for those that
    /// stand for something other than text; `ends` are the tokens that end an answer.
    /// Takes tens of milliseconds.
    pub fn new<'a>(
        pieces: impl Iterator<Item = Option<&'a [u8]>>,
        ends: &[u32],
    ) -> Result<Self, GrammarError> {
        let special = |id: usize| {
            let mut bytes = vec![TokTrie::SPECIAL_TOKEN_MARKER];
            bytes.extend(format!("<[{id}]>").into_bytes());
            bytes
        };
        let words: Vec<Vec<u8>> = pieces
            .enumerate()
            .map(|(id, piece)| match piece {
                Some(bytes) if bytes.len() <= TOKEN_LIMIT => bytes.to_vec(),
                Some(_) => Vec::new(),
                None => special(id),
            })
            .collect();
        let known: Vec<u32> = ends
            .iter()
            .copied()
            .filter(|&id| (id as usize) < words.len())
            .collect();
        let Some(&end) = known.first() else {
            let message = "the model has no token that ends an answer";
            return Err(GrammarError(message.to_owned()));
        };
        let size = u32::try_from(words.len()).expect("ids are 32 bits wide");
        let trie = TokTrie::from(&TokRxInfo::new(size, end), &words).with_eos_tokens(&known);
        let env: TokEnv = Arc::new(ApproximateTokEnv::new(trie));
        let slices = llguidance::earley::SlicedBiasComputer::general_slices();
        let factory = ParserFactory::new(&env, InferenceCapabilities::default(), &slices);
        let mut factory = factory.map_err(|e| GrammarError::of(&e.to_string()))?;
        factory.quiet();
        let limits = factory.limits_mut();
        limits.max_lexer_states = LEXER_STATES;
        limits.verbose_errors = false;
        Ok(Self { factory })
    }

    /// Compiles a grammar.
    pub fn compile(&self, source: &str) -> Result<Grammar, GrammarError> {
        if source.len() > LENGTH_LIMIT {
            let message = format!(
                "it is {} bytes long, wanted at most {LENGTH_LIMIT}",
                source.len()
            );
            return Err(GrammarError(message));
        }
        let grammar = TopLevelGrammar::from_lark(source.to_owned());
        let matcher = Matcher::new(self.factory.create_parser(grammar));
        if let Some(message) = matcher.get_error() {
            return Err(GrammarError::of(&message));
        }
        // What is too complex at once is found before an answer begins.
        let mut grammar = Grammar(Box::new(matcher));
        match grammar.allowed()?.0.is_zero() {
            true => Err(GrammarError("nothing satisfies it".to_owned())),
            false => Ok(grammar),
        }
    }
}

impl fmt::Debug for Grammars {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grammars").finish_non_exhaustive()
    }
}

/// A compiled grammar, and how far a sequence has come in it. A clone goes its own way.
pub struct Grammar(Box<Matcher>);

impl Clone for Grammar {
    fn clone(&self) -> Self {
        // A shallow one would share its lexer, behind a lock.
        Self(Box::new(self.0.deep_clone()))
    }
}

impl fmt::Debug for Grammar {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Grammar").finish_non_exhaustive()
    }
}

impl Grammar {
    /// The tokens that may come next, the end only where the text is complete.
    pub(crate) fn allowed(&mut self) -> Result<Allowed, GrammarError> {
        let mask = self.0.compute_mask_or_eos();
        mask.map(Allowed)
            .map_err(|e| GrammarError::of(&e.to_string()))
    }

    /// Takes a token; false when the text is complete and nothing may follow.
    pub(crate) fn take(&mut self, token: u32) -> Result<bool, GrammarError> {
        let taken = self.0.consume_token(token);
        taken.map_err(|e| GrammarError::of(&e.to_string()))?;
        Ok(!self.0.is_stopped())
    }
}

/// A set of tokens.
#[derive(Debug)]
pub(crate) struct Allowed(SimpleVob);

impl Allowed {
    /// Bans all others. Ids behind the tokenizer's vocabulary are no tokens.
    pub(crate) fn apply(&self, logits: &mut [f32]) {
        let words = self.0.as_slice().iter().copied();
        let words = words.chain(std::iter::repeat(0));
        for (logits, word) in logits.chunks_mut(u32::BITS as usize).zip(words) {
            match word {
                0 => logits.fill(f32::NEG_INFINITY),
                u32::MAX => {}
                _ => {
                    for (bit, logit) in logits.iter_mut().enumerate() {
                        if word >> bit & 1 == 0 {
                            *logit = f32::NEG_INFINITY;
                        }
                    }
                }
            }
        }
    }
}
