//! What is known of models before they are loaded, as the Playground's page of models shows it.

use std::collections::{BTreeMap, HashMap};
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use std::time::SystemTime;

use models::checkpoint::{Checkpoint, TokenizerSource};
use server::Card;
use store::catalog::Entry;
use store::{Installed, Listed};

/// Reads what a file says of its model once for each state of it.
#[derive(Default)]
pub struct Cards {
    read: Mutex<HashMap<PathBuf, (Stamp, Facts)>>,
}

/// Changes whenever a file does.
type Stamp = (u64, Option<SystemTime>);

/// What a file says of its model.
#[derive(Clone, Default)]
struct Facts {
    can: Vec<&'static str>,
    format: Option<String>,
    context: Option<u64>,
    dimensions: Option<u64>,
    parameters: Option<u64>,
    problem: Option<String>,
}

impl Cards {
    /// Of a file or a folder that the server was started with.
    pub fn of_path(&self, name: &str, bytes: u64) -> Card {
        let source = Some(name.to_owned());
        let facts = self.facts(Path::new(name));
        Card {
            bytes,
            source,
            ..facts.card(name)
        }
    }

    pub fn of_listed(&self, listed: &Listed) -> Card {
        match listed {
            Listed::Model(model) => self.of_installed(model),
            Listed::Damaged { name, reason } => Card {
                name: name.clone(),
                installed: true,
                problem: Some(reason.clone()),
                ..store::catalog::find(name).map_or_else(Card::default, of_entry)
            },
        }
    }

    fn of_installed(&self, model: &Installed) -> Card {
        let entry = store::catalog::find(&model.name);
        let card = self.facts(&model.path).card(&model.name);
        Card {
            bytes: model.size_bytes,
            licence: model.licence.clone(),
            source: Some(model.source.clone()),
            description: entry.map(|entry| entry.description.clone()),
            format: entry.map(|entry| entry.format.clone()).or(card.format),
            ..card
        }
    }

    fn facts(&self, path: &Path) -> Facts {
        let file = path.metadata().ok();
        let written = file.as_ref().and_then(|file| file.modified().ok());
        let stamp = (file.map_or(0, |file| file.len()), written);
        let lock = || self.read.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((known, facts)) = lock().get(path)
            && *known == stamp
        {
            return facts.clone();
        }
        let facts = Facts::read(path);
        lock().insert(path.to_owned(), (stamp, facts.clone()));
        facts
    }
}

/// Of a model that could be fetched.
pub fn of_entry(entry: &'static Entry) -> Card {
    Card {
        name: entry.name.clone(),
        installed: false,
        can: entry.can.iter().map(String::as_str).collect(),
        format: Some(entry.format.clone()),
        bytes: entry.size_bytes(),
        context: Some(entry.context.into()),
        licence: Some(entry.licence.clone()),
        description: Some(entry.description.clone()),
        ..Card::default()
    }
}

impl Facts {
    fn read(path: &Path) -> Self {
        match Checkpoint::open(path) {
            Ok(checkpoint) => Self::of(&checkpoint),
            Err(e) => Self {
                problem: Some(crate::report::Failure::from(e).plain()),
                ..Self::default()
            },
        }
    }

    fn of(checkpoint: &Checkpoint) -> Self {
        let number = |key: &str| checkpoint.config.get(key)?.as_u64();
        let encoder = models::is_encoder(checkpoint);
        let (parameters, format) = weights(checkpoint);
        Self {
            can: can(checkpoint, encoder),
            format,
            context: checkpoint
                .max_text
                .map(|tokens| tokens as u64)
                .or(number("max_position_embeddings"))
                .or(number("n_positions")),
            dimensions: encoder.then(|| number("hidden_size")).flatten(),
            parameters: Some(parameters),
            problem: None,
        }
    }

    fn card(self, name: &str) -> Card {
        Card {
            name: name.to_owned(),
            installed: true,
            can: self.can,
            format: self.format,
            context: self.context,
            dimensions: self.dimensions,
            parameters: self.parameters,
            problem: self.problem,
            ..Card::default()
        }
    }
}

/// How many there are, and as what most of them are stored.
fn weights(checkpoint: &Checkpoint) -> (u64, Option<String>) {
    let mut types: BTreeMap<&str, u64> = BTreeMap::new();
    for name in checkpoint.names() {
        if let Ok(raw) = checkpoint.tensor(name) {
            let count: u64 = raw.shape.iter().map(|&d| d as u64).product();
            *types.entry(raw.dtype.name()).or_default() += count;
        }
    }
    let most = types.iter().max_by_key(|(_, count)| **count);
    let format = most.map(|(name, _)| name.to_uppercase());
    (types.values().sum(), format)
}

fn can(checkpoint: &Checkpoint, encoder: bool) -> Vec<&'static str> {
    if encoder {
        return vec!["embeddings"];
    }
    let template = match &checkpoint.tokenizer {
        TokenizerSource::Json { chat_template, .. } => chat_template.is_some(),
        TokenizerSource::Gguf(gguf) => gguf.chat_template.is_some(),
        TokenizerSource::None => false,
    };
    let inserts = engine::load_tokenizer(checkpoint).is_ok_and(|t| t.fim().is_some());
    let all = [
        ("chat", template),
        ("completions", true),
        ("insert", inserts),
        ("tools", template),
    ];
    let can = all.into_iter().filter(|(_, can)| *can);
    can.map(|(what, _)| what).collect()
}
