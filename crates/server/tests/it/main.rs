//! The server as its clients see it: real sockets, a tiny real model.

mod away;
mod batches;
mod chat;
mod completions;
mod documented;
mod embeddings;
mod files;
mod habits;
mod hostile;
mod keys;
mod openapi;
mod pages;
mod platform;
mod properties;
mod published;
mod response_tools;
mod responses;
mod running;
mod tools;
mod ui;
