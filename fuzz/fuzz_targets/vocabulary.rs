//! The tokenizer of a GGUF file's metadata; a text is encoded with it.
#![no_main]

use std::path::Path;

use libfuzzer_sys::fuzz_target;
use models::checkpoint::{Checkpoint, TokenizerSource};
use tensor::gguf::Gguf;
use text::{Specials, Tokenizer, Vocabulary};

fuzz_target!(|bytes: &[u8]| {
    let Ok(file) = Gguf::parse(bytes.to_vec().into(), Path::new("fuzz.gguf")) else {
        return;
    };
    let Ok(checkpoint) = Checkpoint::from_gguf(file) else {
        return;
    };
    let TokenizerSource::Gguf(t) = checkpoint.tokenizer else {
        return;
    };
    let vocabulary = Vocabulary {
        model: t.model,
        pre: t.pre,
        tokens: t.tokens.iter().collect(),
        scores: t.scores,
        token_types: t.token_types,
        merges: t.merges.iter().collect(),
        bos: t.bos,
        eos: t.eos,
        eot: t.eot,
        unk: t.unk,
        pad: t.pad,
        add_bos: t.add_bos,
        add_eos: t.add_eos,
        add_space_prefix: t.add_space_prefix,
        remove_extra_whitespaces: t.remove_extra_whitespaces,
        precompiled_charsmap: t.precompiled_charsmap,
        fim_prefix: t.fim_pre,
        fim_suffix: t.fim_suf,
        fim_middle: t.fim_mid,
    };
    let Ok(tokenizer) = Tokenizer::from_vocabulary(vocabulary) else {
        return;
    };
    for specials in [Specials::Parse, Specials::Plain] {
        let ids = tokenizer.encode(" Hello  w\u{f6}rld 123\n\u{4f60}\u{597d}<s>", specials);
        tokenizer.decode(&ids);
    }
});
