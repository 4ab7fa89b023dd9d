//! See `src/checkpoint_config.rs`.
#![no_main]

#[path = "../src/checkpoint_config.rs"]
mod checkpoint_config;

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| {
    checkpoint_config::run(bytes);
});
