//! The server as its clients see it: real sockets, a tiny real model.

mod chat;
mod completions;
mod habits;
mod keys;
mod responses;
mod running;
