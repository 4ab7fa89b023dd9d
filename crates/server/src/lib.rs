//! OpenAI's API over the engine.
//!
//! A request passes `serve` (connections and their limits), `guard` (who may
//! ask), `paths` (old and Azure forms become today's), its route (the five
//! steps of an endpoint) and `ask` (the engine's threads). `error` alone turns
//! failures into answers.
//!
//! `ui` answers browsers with the pages that are clients of all this.
//!
//! `record` is what the operator is told of each request; `journal` keeps the last of them for the
//! operator's page. `pulls` are models on their way here.
//!
//! `upload` takes files as they come, `batches` works on files of requests in the
//! background, and `upkeep` removes what has expired or was never finished.

mod app;
mod ask;
mod batches;
mod body;
mod caller;
mod cors;
mod ending;
mod error;
mod guard;
mod journal;
mod jsonl;
mod limit;
mod meter;
mod paths;
mod patient;
mod pulls;
mod query;
mod record;
mod routes;
mod serve;
mod shelf;
mod sse;
mod ui;
mod upkeep;
mod upload;

pub use app::{About, App, Durable, Settings};
pub use guard::Guard;
pub use record::{Observer, Record};
pub use serve::{Limits, serve};
pub use shelf::{Card, Loaded, Model, Progress, Room, Shelf, ShelfError};
pub use ui::Ui;
