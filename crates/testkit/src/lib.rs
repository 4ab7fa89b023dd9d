//! Seeded randomness, closeness and goldens for the tests of every crate.
//!
//! Everything here panics on failure: its callers are tests.

mod close;
mod golden;
mod path;
mod rng;

pub use close::assert_close;
pub use golden::Golden;
pub use path::{fixture, shared, workspace_root};
pub use rng::Rng;
