//! A model opened from its files: weights, tokenizer, template, engine.

use std::panic::resume_unwind;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use kernels::quant::Activations;
use models::checkpoint::{Checkpoint, GgufTokenizer, TokenizerSource};
use models::{LanguageModel, LoadOptions, ModelShape};
use tensor::LoadError;
use text::{ChatTemplate, Specials, TemplateError, Tokenizer, TokenizerError, Vocabulary};

use crate::grammar::{GrammarError, Grammars};
use crate::handle::{Engine, EngineConfig, StartError};

/// How to open a model.
#[derive(Debug, Clone)]
pub struct OpenOptions {
    /// What quantised weights are multiplied with.
    pub activations: Activations,
    pub engine: EngineConfig,
    /// A small model with the same tokenizer, to guess what this one will say.
    pub draft: Option<PathBuf>,
}

impl Default for OpenOptions {
    /// Exact activations, the engine's usual limits and cache.
    fn default() -> Self {
        Self {
            activations: Activations::F32,
            engine: EngineConfig::default(),
            draft: None,
        }
    }
}

/// Why a model cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    #[error(transparent)]
    Load(#[from] LoadError),
    #[error("{} has weights but no tokenizer", path.display())]
    NoTokenizer { path: PathBuf },
    #[error("cannot use the tokenizer of {}", path.display())]
    Tokenizer {
        path: PathBuf,
        source: TokenizerError,
    },
    #[error(
        "the draft model {} has another tokenizer: token {id} is {got}, wanted {wanted}",
        path.display()
    )]
    DraftTokenizer {
        path: PathBuf,
        id: u32,
        got: String,
        wanted: String,
    },
    #[error("cannot start a thread for {}", path.display())]
    Thread {
        path: PathBuf,
        source: std::io::Error,
    },
    #[error("cannot start the engine for {}", path.display())]
    Start { path: PathBuf, source: StartError },
}

impl OpenError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Load(e) => e.hint(),
            Self::NoTokenizer { .. } => Some("put its tokenizer.json beside the weights".into()),
            Self::Tokenizer { source, .. } => source.hint(),
            Self::DraftTokenizer { .. } => Some("take a smaller model of the same family".into()),
            Self::Thread { .. } => Some("end some of this machine's other programs".into()),
            Self::Start { source, .. } => source.hint(),
        }
    }
}

/// A model that reads and writes text.
pub struct TextModel {
    pub(super) tokenizer: Arc<Tokenizer>,
    /// A template that does not parse spoils chats only.
    pub(super) template: Option<Result<ChatTemplate, Arc<TemplateError>>>,
    /// Tokens that end an answer.
    pub(super) ends: Arc<[u32]>,
    pub(super) engine: Engine,
    model: Arc<dyn LanguageModel>,
    /// Made when they are first wanted.
    pub(super) grammars: OnceLock<Result<Grammars, GrammarError>>,
}

impl TextModel {
    /// Opens a file or a folder that [`Checkpoint::open`] knows, and starts an
    /// engine for it.
    pub fn open(path: &Path, options: &OpenOptions) -> Result<Self, OpenError> {
        Self::from_checkpoint(&Checkpoint::open(path)?, options)
    }

    pub fn from_checkpoint(
        checkpoint: &Checkpoint,
        options: &OpenOptions,
    ) -> Result<Self, OpenError> {
        let load = LoadOptions {
            activations: options.activations,
            ..LoadOptions::default()
        };
        // Side by side, as they take about as long.
        let (tokenizer, model) = match kernels::parallel::threads() {
            1 => (load_tokenizer(checkpoint), models::load(checkpoint, load)),
            _ => std::thread::scope(|scope| {
                let tokenizer = scope.spawn(|| load_tokenizer(checkpoint));
                let model = models::load(checkpoint, load);
                let tokenizer = tokenizer.join();
                (
                    tokenizer.unwrap_or_else(|panic| resume_unwind(panic)),
                    model,
                )
            }),
        };
        let (tokenizer, model) = (Arc::new(tokenizer?), model?);
        let model: Arc<dyn LanguageModel> = model.into();
        let source = match &checkpoint.tokenizer {
            TokenizerSource::Json { chat_template, .. } => chat_template.as_deref(),
            TokenizerSource::Gguf(gguf) => gguf.chat_template.as_deref(),
            TokenizerSource::None => None,
        };
        let template = source.map(|source| ChatTemplate::parse(source).map_err(Arc::new));
        let ends = ends(&tokenizer, checkpoint).into();
        let draft = match &options.draft {
            Some(path) => Some(draft(path, &tokenizer, load)?),
            None => None,
        };
        let engine = Engine::start_with_draft(Arc::clone(&model), draft, &options.engine);
        let engine = engine.map_err(|source| OpenError::Start {
            path: checkpoint.path.clone(),
            source,
        })?;
        Ok(Self {
            tokenizer,
            template,
            ends,
            engine,
            model,
            grammars: OnceLock::new(),
        })
    }

    pub fn tokenizer(&self) -> &Arc<Tokenizer> {
        &self.tokenizer
    }

    /// The ids of a text, its special tokens recognised as in a prompt.
    pub fn encode(&self, text: &str) -> Vec<u32> {
        self.tokenizer.encode(text, Specials::Parse)
    }

    pub fn engine(&self) -> &Engine {
        &self.engine
    }

    /// The model's sizes.
    pub fn shape(&self) -> ModelShape {
        self.model.shape()
    }

    /// Most tokens of a prompt and its answer together.
    pub fn context(&self) -> usize {
        self.engine.context()
    }

    pub fn model(&self) -> &Arc<dyn LanguageModel> {
        &self.model
    }

    /// Whether the model is made for conversations.
    pub fn has_template(&self) -> bool {
        self.template.is_some()
    }
}

/// A draft model, whose tokens mean what they mean to the large one.
fn draft(
    path: &Path,
    tokenizer: &Tokenizer,
    load: LoadOptions,
) -> Result<Arc<dyn LanguageModel>, OpenError> {
    let checkpoint = Checkpoint::open(path)?;
    let own = load_tokenizer(&checkpoint)?;
    let vocab = own.vocab_size().max(tokenizer.vocab_size()) as u32;
    if let Some(id) = (0..vocab).find(|&id| own.piece_bytes(id) != tokenizer.piece_bytes(id)) {
        let name = |t: &Tokenizer| t.piece(id).map_or("none".to_owned(), |p| format!("{p:?}"));
        return Err(OpenError::DraftTokenizer {
            path: path.to_owned(),
            id,
            got: name(&own),
            wanted: name(tokenizer),
        });
    }
    Ok(models::load(&checkpoint, load)?.into())
}

/// The tokenizer of a checkpoint, without its weights.
pub fn load_tokenizer(checkpoint: &Checkpoint) -> Result<Tokenizer, OpenError> {
    let path = || checkpoint.path.clone();
    let tokenizer = match &checkpoint.tokenizer {
        TokenizerSource::Json {
            tokenizer_json,
            tokenizer_config,
            ..
        } => {
            let tokenizer = Tokenizer::from_json(tokenizer_json);
            match tokenizer_config {
                Some(config) => tokenizer.and_then(|t| t.with_config(config)),
                None => tokenizer,
            }
        }
        TokenizerSource::Gguf(gguf) => Tokenizer::from_vocabulary(vocabulary(gguf)),
        TokenizerSource::None => return Err(OpenError::NoTokenizer { path: path() }),
    };
    tokenizer.map_err(|source| OpenError::Tokenizer {
        path: path(),
        source,
    })
}

fn vocabulary(g: &GgufTokenizer) -> Vocabulary<'_> {
    Vocabulary {
        model: g.model.clone(),
        pre: g.pre.clone(),
        tokens: g.tokens.iter().collect(),
        scores: g.scores.clone(),
        token_types: g.token_types.clone(),
        merges: g.merges.iter().collect(),
        bos: g.bos,
        eos: g.eos,
        eot: g.eot,
        unk: g.unk,
        pad: g.pad,
        add_bos: g.add_bos,
        add_eos: g.add_eos,
        add_space_prefix: g.add_space_prefix,
        remove_extra_whitespaces: g.remove_extra_whitespaces,
        precompiled_charsmap: g.precompiled_charsmap.clone(),
        fim_prefix: g.fim_pre,
        fim_suffix: g.fim_suf,
        fim_middle: g.fim_mid,
    }
}

/// Special tokens by which models of different families end a turn or a text.
const ENDS: [&str; 8] = [
    "<|im_end|>",
    "<|endoftext|>",
    "<|eot_id|>",
    "<|eom_id|>",
    "<|end_of_text|>",
    "<|end|>",
    "<|end_of_turn|>",
    "<end_of_turn>",
];

/// What ends an answer: the tokenizer's and the configuration's end of text, and
/// what ends a turn. Checkpoints often name only one of them.
fn ends(tokenizer: &Tokenizer, checkpoint: &Checkpoint) -> Vec<u32> {
    let named = ENDS.iter().filter_map(|piece| tokenizer.id_of(piece));
    let mut ends: Vec<u32> = named.filter(|&id| tokenizer.is_special(id)).collect();
    ends.extend(tokenizer.eos());
    ends.extend(tokenizer.eot());
    if let TokenizerSource::Gguf(gguf) = &checkpoint.tokenizer {
        ends.extend(gguf.eom);
    }
    let generation = checkpoint.generation_config.as_ref();
    for config in generation.into_iter().chain([&checkpoint.config]) {
        // A number or a list of numbers.
        let configured = config.get("eos_token_id");
        let list = configured.and_then(|v| v.as_array()).into_iter().flatten();
        let ids = configured
            .into_iter()
            .chain(list)
            .filter_map(|v| v.as_u64());
        ends.extend(ids.filter_map(|id| u32::try_from(id).ok()));
    }
    ends.sort_unstable();
    ends.dedup();
    ends
}
