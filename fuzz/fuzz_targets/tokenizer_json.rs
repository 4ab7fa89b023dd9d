//! A tokenizer.json, then after a zero byte a text to encode.
#![no_main]

use libfuzzer_sys::fuzz_target;
use text::{Specials, Tokenizer};

fuzz_target!(|bytes: &[u8]| {
    let mut parts = bytes.splitn(2, |&b| b == 0);
    let json = parts.next().unwrap_or_default();
    let Ok(tokenizer) = Tokenizer::from_json(json) else {
        return;
    };
    let text = String::from_utf8_lossy(parts.next().unwrap_or(b"Hello, w\xc3\xb6rld 123"));
    for specials in [Specials::Parse, Specials::Plain] {
        let ids = tokenizer.encode(&text, specials);
        tokenizer.decode(&ids);
    }
    // Ids that no text gave.
    tokenizer.decode(&[0, 1, u32::MAX, tokenizer.vocab_size() as u32]);
});
