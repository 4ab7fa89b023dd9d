//! One file per verb.

pub mod bench;
pub mod browser;
pub mod card;
pub mod chat;
pub mod complete;
pub mod config;
pub mod doctor;
pub mod input;
pub mod keys;
pub mod models;
pub mod open;
pub mod pull;
pub mod run;
pub mod serve;
pub mod shelf;
pub mod tokenizer;
pub mod version;
