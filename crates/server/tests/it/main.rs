//! The server as its clients see it: real sockets, a tiny real model.

mod chat;
mod completions;
mod files;
mod habits;
mod keys;
mod running;
