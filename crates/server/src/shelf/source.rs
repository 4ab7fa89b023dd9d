//! Where models come from and go to, as the program that serves has them.

use std::ops::ControlFlow;

use super::Model;

/// Where models come from. One that is given some can leave the rest as it is.
pub trait Shelf: Send + Sync {
    /// The models that could be loaded, by name. It may read a disk.
    fn names(&self) -> Vec<String>;
    /// Loads one. It may take seconds.
    fn open(&self, name: &str) -> Result<Model, ShelfError>;
    /// Memory that it will take, about.
    fn bytes(&self, name: &str) -> u64;

    /// What is known of these models, and of those that could be fetched. It may read a disk.
    fn cards(&self) -> Vec<Card> {
        let card = |name: String| Card {
            bytes: self.bytes(&name),
            name,
            installed: true,
            ..Card::default()
        };
        self.names().into_iter().map(card).collect()
    }

    /// Fetches one, and tells how many bytes are here and how many there will be, until it is
    /// told to stop. It may take hours.
    fn pull(&self, _name: &str, _progress: Progress<'_>) -> Result<(), ShelfError> {
        Err(ShelfError::Unknown)
    }

    /// Removes one for good.
    fn remove(&self, _name: &str) -> Result<(), ShelfError> {
        Err(ShelfError::Given)
    }
}

/// Bytes that are here, and those that there will be if that is known.
pub type Progress<'a> = &'a mut dyn FnMut(u64, Option<u64>) -> ControlFlow<()>;

/// What is known of a model before it is loaded.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Card {
    pub name: String,
    pub installed: bool,
    /// What can be asked of it: `chat`, `completions`, `insert`, `tools`, `embeddings`.
    pub can: Vec<&'static str>,
    /// Of most of its weights, as in `Q4_1`.
    pub format: Option<String>,
    /// On the disk, or to be fetched.
    pub bytes: u64,
    /// In tokens.
    pub context: Option<u64>,
    /// Of its vectors, if it makes embeddings.
    pub dimensions: Option<u64>,
    pub parameters: Option<u64>,
    pub licence: Option<String>,
    pub source: Option<String>,
    pub description: Option<String>,
    /// Why it is of no use, for the operator.
    pub problem: Option<String>,
}

/// Why a model is not there.
#[derive(Clone, Debug, thiserror::Error)]
pub enum ShelfError {
    #[error("no such model")]
    Unknown,
    /// It takes more than all models may.
    #[error(
        "it takes about {} MiB, and models may take {} (--model-memory)",
        mib(*bytes),
        mib(*limit)
    )]
    TooLarge { bytes: u64, limit: u64 },
    /// The memory is held by models that are answering.
    #[error("the models that are answering leave no memory for it")]
    Full,
    /// It is not the server's to remove.
    #[error("the server was started with this file; it is not one that was installed")]
    Given,
    /// Whoever waited for it told it to stop.
    #[error("stopped")]
    Stopped,
    /// What the operator should read.
    #[error("{0}")]
    Failed(String),
}

fn mib(bytes: u64) -> u64 {
    bytes >> 20
}
