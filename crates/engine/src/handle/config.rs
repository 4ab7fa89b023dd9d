//! The engine's limits.

use kernels::attention::CacheType;
use models::LanguageModel;

use crate::cost::CostModel;
use crate::paged::KvPool;
use crate::pages::{PAGE, pages_for};
use crate::scheduler::Limits;

/// The engine's limits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EngineConfig {
    /// Tokens of a sequence; the model's context if that is less or none is given.
    pub context: Option<usize>,
    /// Memory for keys and values.
    pub kv_bytes: usize,
    /// How keys and values are stored.
    pub cache: CacheType,
    /// Tokens computed in a step; fewer where attention makes them dearer. A
    /// newcomer waits for the step under way, so that few mean a short wait.
    pub max_step_tokens: usize,
    /// Sequences running at a time.
    pub max_sequences: usize,
    /// Requests waiting; those of lower priority don't count for the higher.
    pub queue: usize,
    /// Tokens of their prompts.
    pub queue_tokens: usize,
}

impl Default for EngineConfig {
    fn default() -> Self {
        Self {
            context: None,
            kv_bytes: 1 << 30,
            cache: CacheType::default(),
            max_step_tokens: 160,
            max_sequences: 32,
            queue: 1024,
            queue_tokens: 1 << 20,
        }
    }
}

/// Why the engine did not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    #[error(
        "the KV cache may take {kv_bytes} bytes; {PAGE} tokens of this model take {page_bytes}"
    )]
    Memory { kv_bytes: usize, page_bytes: usize },
    #[error("the system has no memory for a KV cache of {kv_bytes} bytes")]
    Reserve { kv_bytes: usize },
    #[error("{name} is {got}, wanted at least {wanted}")]
    Limit {
        name: &'static str,
        got: usize,
        wanted: usize,
    },
    #[error("the draft model's {name} is {got}, the model needs {wanted}")]
    Draft {
        name: &'static str,
        got: usize,
        wanted: usize,
    },
    #[error("cannot start the engine's thread")]
    Thread(#[source] std::io::Error),
}

impl StartError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        match self {
            Self::Memory { page_bytes, .. } => {
                let mib = page_bytes.div_ceil(1 << 20);
                Some(format!(
                    "give the KV cache at least {mib} MiB (--kv-memory)"
                ))
            }
            Self::Reserve { .. } => Some("give the KV cache less (--kv-memory)".to_owned()),
            Self::Limit { name, wanted, .. } => Some(format!("set {name} to {wanted} or more")),
            Self::Draft { .. } => Some("take a smaller model of the same family".to_owned()),
            Self::Thread(_) => None,
        }
    }
}

/// Pages, and tokens of a step: more than any machine has, few enough to count with.
const MOST: usize = 1 << 30;

/// The scheduler's limits for a model under a configuration.
pub(super) fn limits(
    model: &dyn LanguageModel,
    draft: Option<&dyn LanguageModel>,
    config: &EngineConfig,
) -> Result<Limits, StartError> {
    let at_least = |name, got, wanted| match got < wanted {
        true => Err(StartError::Limit { name, got, wanted }),
        false => Ok(()),
    };
    at_least("max_sequences", config.max_sequences, 1)?;
    at_least(
        "max_step_tokens",
        config.max_step_tokens,
        config.max_sequences,
    )?;
    at_least("queue", config.queue, 1)?;
    at_least("context", config.context.unwrap_or(1), 1)?;
    let shape = model.shape();
    let context = config
        .context
        .map_or(shape.context, |c| c.min(shape.context));
    let mut page_bytes = KvPool::page_bytes(&shape, config.cache);
    if let Some(draft) = draft.map(LanguageModel::shape) {
        let same = |name, got, wanted, fits| match fits {
            true => Ok(()),
            false => Err(StartError::Draft { name, got, wanted }),
        };
        let vocabs = (draft.vocab, shape.vocab);
        same("vocabulary", vocabs.0, vocabs.1, vocabs.0 == vocabs.1)?;
        same("context", draft.context, context, draft.context >= context)?;
        page_bytes = page_bytes.saturating_add(KvPool::page_bytes(&draft, config.cache));
    }
    // More than all running sequences can fill would never be touched.
    let useful = pages_for(context).saturating_mul(config.max_sequences);
    let pages = (config.kv_bytes / page_bytes).min(useful).min(MOST);
    if pages == 0 {
        return Err(StartError::Memory {
            kv_bytes: config.kv_bytes,
            page_bytes,
        });
    }
    Ok(Limits {
        context,
        pages,
        max_step_tokens: config.max_step_tokens.min(MOST),
        max_sequences: config.max_sequences.min(MOST),
        queue: config.queue,
        queue_tokens: config.queue_tokens,
        cost: CostModel::of(&shape),
    })
}
