//! `lyceum tokenizer`: text to ids and back, and how a text falls into pieces.

use std::io::{self, Write};

use engine::load_tokenizer;
use models::checkpoint::Checkpoint;
use serde_json::json;
use text::{Specials, Tokenizer as Pieces};

use crate::cli::{Global, Tokenizer};
use crate::command::open;
use crate::report::{Failure, Outcome};
use crate::term;

/// Backgrounds that tell neighbours apart, readable on light and dark terminals.
const BACKGROUNDS: [&str; 4] = ["30;48;5;153", "30;48;5;222", "30;48;5;151", "30;48;5;217"];

pub fn run(global: &Global, verb: &Tokenizer) -> Outcome {
    let checkpoint = Checkpoint::open(&open::path(global, None)?)?;
    let tokenizer = load_tokenizer(&checkpoint)?;
    match verb {
        Tokenizer::Encode { text, special } => {
            let ids = encode(&tokenizer, text.as_deref(), *special)?;
            print_ids(global, &ids)
        }
        Tokenizer::Decode { ids } => decode(global, &tokenizer, ids),
        Tokenizer::Count { text } => {
            let count = encode(&tokenizer, text.as_deref(), false)?.len();
            match global.json {
                true => writeln!(io::stdout(), "{}", json!({"v": 1, "tokens": count}))?,
                false => writeln!(io::stdout(), "{count}")?,
            }
            Ok(())
        }
        Tokenizer::Show { text, special } => {
            let ids = encode(&tokenizer, text.as_deref(), *special)?;
            show(global, &tokenizer, &ids)
        }
    }
}

fn encode(tokenizer: &Pieces, text: Option<&str>, special: bool) -> Outcome<Vec<u32>> {
    let text = open::argument_or_piped(text, "text")?;
    let specials = if special {
        Specials::Parse
    } else {
        Specials::Plain
    };
    Ok(tokenizer.encode(&text, specials))
}

fn print_ids(global: &Global, ids: &[u32]) -> Outcome {
    if global.json {
        writeln!(io::stdout(), "{}", json!({"v": 1, "ids": ids}))?;
    } else {
        writeln!(io::stdout(), "{}", joined(ids))?;
    }
    Ok(())
}

fn joined(ids: &[u32]) -> String {
    let ids: Vec<String> = ids.iter().map(u32::to_string).collect();
    ids.join(" ")
}

fn decode(global: &Global, tokenizer: &Pieces, words: &[String]) -> Outcome {
    let text = match words {
        [] => open::argument_or_piped(None, "token ids")?,
        words => words.join(" "),
    };
    let separators = |c: char| c.is_whitespace() || c == ',' || c == '[' || c == ']';
    let mut ids = Vec::new();
    for word in text.split(separators).filter(|w| !w.is_empty()) {
        let size = tokenizer.vocab_size();
        let id = word.parse().ok().filter(|&id: &u32| (id as usize) < size);
        ids.push(id.ok_or_else(|| {
            let last = size.saturating_sub(1);
            Failure::usage(format!("\"{word}\" is no token id: wanted 0 to {last}"))
                .help("lyceum tokenizer encode \"some text\"   prints token ids")
        })?);
    }
    let text = tokenizer.decode(&ids);
    match global.json {
        true => writeln!(io::stdout(), "{}", json!({"v": 1, "text": text}))?,
        false => io::stdout().write_all(term::for_stdout(&text).as_bytes())?,
    }
    Ok(())
}

fn show(global: &Global, tokenizer: &Pieces, ids: &[u32]) -> Outcome {
    let bytes = |id: u32| {
        tokenizer
            .piece_bytes(id)
            .map(|b| b.to_vec())
            .unwrap_or_default()
    };
    if global.json {
        let tokens: Vec<_> = ids
            .iter()
            .map(|&id| {
                json!({"id": id, "bytes": bytes(id),
                              "text": String::from_utf8_lossy(&bytes(id))})
            })
            .collect();
        writeln!(io::stdout(), "{}", json!({"v": 1, "tokens": tokens}))?;
        return Ok(());
    }
    let colors = term::stdout_colors();
    let mut out = io::stdout().lock();
    for (i, &id) in ids.iter().enumerate() {
        let piece = match String::from_utf8(bytes(id)) {
            Ok(text) => term::visible(&text),
            // Part of a character: its bytes say more than a replacement mark.
            Err(e) => e.as_bytes().iter().map(|b| format!("<{b:02x}>")).collect(),
        };
        if colors {
            let style = BACKGROUNDS[i % BACKGROUNDS.len()];
            write!(out, "{}", term::paint_if(true, style, &piece))?;
        } else {
            write!(out, "{}{piece}", if i == 0 { "" } else { "|" })?;
        }
    }
    writeln!(out)?;
    writeln!(out, "{}", joined(ids))?;
    drop(out);
    if !global.quiet {
        let chars: usize = tokenizer.decode(ids).chars().count();
        say!("{} tokens, {chars} characters", ids.len());
    }
    Ok(())
}
