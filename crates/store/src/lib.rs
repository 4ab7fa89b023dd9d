//! Everything durable: models on disk with the catalog and the puller, rows, and
//! blobs.
//!
//! Only this crate knows the layout of the data directory:
//!
//! ```text
//! models/<name>/model.json    the record; a model exists when its record does
//! models/<name>/…             what `Installed::path` names: a .gguf, or the folder itself
//! partial/<name>/…            what a pull has fetched so far
//! partial/.locks/<name>       held by the one command that changes <name>
//! lyceum.toml                 the server's settings, if there are any
//! lyceum.db                   rows: keys, usage, files, …
//! blobs/…                     contents of files
//! ```
//!
//! A pull writes into `partial/`, verifies, moves the files over and writes
//! the record last, by an atomic rename. Nothing else makes a model.

mod blobs;
pub mod catalog;
mod data_dir;
mod database;
mod error;
mod folder;
mod health;
mod pull;
mod record;
mod spec;

pub use blobs::{BlobError, BlobWriter, Blobs};
pub use data_dir::{data_dir, settings_file};
pub use database::{
    BATCH, Batch, BatchLine, BatchState, Database, DatabaseError, FILE, File, Key, KeyLimits,
    KeyUse, NewBatch, PREFERENCE, Page, Preference, ResponseChain, ResponseItem, ResponseState,
    Scope, StoredResponse, UsageRow, Used, hash as key_hash,
};
pub use error::{Kind, StoreError};
pub use folder::{Listed, ModelFolder};
pub use health::{check_writable, free_bytes};
pub use pull::{Plan, Progress, plan, pull};
pub use record::{FileRecord, Format, Installed};
pub use spec::PullSpec;
