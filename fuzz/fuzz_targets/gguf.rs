//! See `src/gguf.rs`.
#![no_main]

#[path = "../src/gguf.rs"]
mod gguf;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    gguf::run(bytes);
});
