//! The program as a person meets it: the real binary on a tiny model, in a folder that vanishes.
//!
//! `cli/*.txt` holds transcripts with every byte of stdout and stderr; `UPDATE=1` writes them
//! again, and `git diff` shows what changed.

mod bad_input;
mod browser;
mod chat;
mod full;
mod killed;
mod platform;
mod properties;
mod sandbox;
mod settings;
mod shared;
mod signals;
mod transcript;
mod watched;
