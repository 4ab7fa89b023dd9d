//! An answer with calls of functions, read in two ways that must agree.
//!
//! The first byte chooses the form and where the text is cut.
#![no_main]

use libfuzzer_sys::fuzz_target;
use text::{AnswerPiece, CallParser, CallSyntax};

fuzz_target!(|bytes: &[u8]| {
    let Some((&first, rest)) = bytes.split_first() else {
        return;
    };
    let Ok(text) = str::from_utf8(rest) else {
        return;
    };
    let syntax = [CallSyntax::Hermes, CallSyntax::Llama, CallSyntax::Mistral][first as usize % 3];
    let whole = read(syntax, [text].into_iter());
    let size = 1 + first as usize / 3;
    let chars: Vec<char> = text.chars().collect();
    let parts: Vec<String> = chars.chunks(size).map(|c| c.iter().collect()).collect();
    assert_eq!(read(syntax, parts.iter().map(String::as_str)), whole);
});

/// Content, and the name and arguments of each call.
fn read<'a>(
    syntax: CallSyntax,
    parts: impl Iterator<Item = &'a str>,
) -> (String, Vec<(String, String)>) {
    let mut parser = CallParser::new(syntax);
    let mut pieces: Vec<AnswerPiece> = parts.flat_map(|part| parser.push(part)).collect();
    pieces.extend(parser.finish());
    let (mut content, mut calls) = (String::new(), Vec::<(String, String)>::new());
    for piece in pieces {
        match piece {
            AnswerPiece::Content(text) => {
                assert!(calls.is_empty(), "content comes before the calls");
                content += &text;
            }
            AnswerPiece::Call { name } => calls.push((name, String::new())),
            AnswerPiece::Arguments(text) => calls.last_mut().expect("a call").1 += &text,
        }
    }
    (content, calls)
}
