//! The model of a `tokenizer.json`: its vocabulary, and merges or scores.

use super::{Result, array, object, token_id};
use crate::bpe::Bpe;
use crate::error::TokenizerError;
use crate::pieces::{Pieces, Spelling};
use crate::tokenizer::Model;
use crate::unigram::Unigram;
use crate::wordpiece::WordPiece;
use serde_json::{Map, Value};

/// Longest piece in bytes of a unigram or SentencePiece vocabulary.
const PIECE_LIMIT: usize = 1024;

pub(super) fn read(
    json: &Value,
    byte_level: bool,
    spelling: Spelling,
    added: usize,
) -> Result<(Model, Pieces)> {
    let model = object(json, "model")?;
    // Older files do not name the type.
    let merges = model.contains_key("merges");
    let kind = model.get("type").and_then(Value::as_str);
    let pieces = model.contains_key("max_input_chars_per_word");
    let older = match (merges, pieces) {
        (true, _) => "BPE",
        (false, true) => "WordPiece",
        (false, false) => "nothing",
    };
    match kind.unwrap_or(older) {
        "BPE" => read_bpe(model, byte_level, spelling, added),
        "Unigram" if byte_level => Err(TokenizerError::unsupported(
            "pre_tokenizer.type",
            "ByteLevel before a Unigram model",
            "Metaspace before a Unigram model",
        )),
        "Unigram" => read_unigram(model, spelling, added),
        "WordPiece" => read_wordpiece(model, spelling, added),
        other => Err(TokenizerError::unsupported(
            "model.type",
            other,
            "BPE, Unigram, WordPiece",
        )),
    }
}

fn read_bpe(
    model: &Map<String, Value>,
    byte_level: bool,
    spelling: Spelling,
    added: usize,
) -> Result<(Model, Pieces)> {
    let flag = |name: &str| model.get(name).and_then(Value::as_bool).unwrap_or(false);
    let text = |name: &str| model.get(name).and_then(Value::as_str);
    let dropout = model.get("dropout").and_then(Value::as_f64);
    if dropout.is_some_and(|p| p != 0.0) {
        return Err(TokenizerError::unsupported(
            "model.dropout",
            "dropout",
            "null",
        ));
    }
    let vocab = object(model.get("vocab").unwrap_or(&Value::Null), "model.vocab")?;
    let mut pieces = Pieces::new(spelling, vocab.len());
    let mut bpe = Bpe {
        byte_level,
        ignore_merges: flag("ignore_merges"),
        fuse_unk: flag("fuse_unk"),
        prefix: text("continuing_subword_prefix").unwrap_or("").to_owned(),
        suffix: text("end_of_word_suffix").unwrap_or("").to_owned(),
        ..Bpe::default()
    };
    let limit = vocab.len() + added;
    for (piece, id) in vocab {
        let id = token_id(id, "model.vocab")?;
        pieces.add("model.vocab", id.into(), piece, limit)?;
        bpe.add_piece(piece, id);
    }
    if let Some(unk) = text("unk_token") {
        let unknown = || TokenizerError::field("model.unk_token", "a token of the vocabulary", unk);
        bpe.unk = Some(pieces.id(unk).ok_or_else(unknown)?);
    }
    if flag("byte_fallback") {
        bpe.byte_fallback = pieces.fallback_bytes();
    }
    let merges = model.get("merges").unwrap_or(&Value::Null);
    let merges = array(merges, "model.merges")?;
    bpe.reserve_merges(merges.len());
    for (rank, merge) in merges.iter().enumerate() {
        let field = || format!("model.merges[{rank}]");
        let Some((left, right)) = pair(merge) else {
            return Err(TokenizerError::field(
                field(),
                "two pieces",
                merge.to_string(),
            ));
        };
        bpe.add_named_merge(&pieces, left, right, rank as u32, &field)?;
    }
    bpe.index_bytes();
    Ok((Model::Bpe(bpe), pieces))
}
/// The two pieces of a merge; older files write them as one text.
fn pair(merge: &Value) -> Option<(&str, &str)> {
    match merge {
        Value::String(text) => text.split_once(' '),
        Value::Array(pair) => match pair.as_slice() {
            [Value::String(left), Value::String(right)] => Some((left, right)),
            _ => None,
        },
        _ => None,
    }
}

fn read_unigram(
    model: &Map<String, Value>,
    spelling: Spelling,
    added: usize,
) -> Result<(Model, Pieces)> {
    let mut unigram = Unigram::new();
    let vocab = array(model.get("vocab").unwrap_or(&Value::Null), "model.vocab")?;
    let mut pieces = Pieces::new(spelling, vocab.len());
    let limit = vocab.len() + added;
    for (id, entry) in vocab.iter().enumerate() {
        let entry_of = entry.as_array().map(Vec::as_slice);
        let Some([Value::String(piece), score]) = entry_of else {
            let field = format!("model.vocab[{id}]");
            return Err(TokenizerError::field(
                field,
                "a piece and its score",
                entry.to_string(),
            ));
        };
        let Some(score) = score.as_f64() else {
            let field = format!("model.vocab[{id}]");
            return Err(TokenizerError::field(field, "a number", score.to_string()));
        };
        check_length(piece, || format!("model.vocab[{id}]"))?;
        pieces.add("model.vocab", id as u64, piece, limit)?;
        unigram.add(piece, id as u32, score);
        unigram.see_score(score);
    }
    if let Some(unk) = model.get("unk_id").and_then(Value::as_u64) {
        if unk >= vocab.len() as u64 {
            let wanted = format!("an id below {}", vocab.len());
            return Err(TokenizerError::field(
                "model.unk_id",
                wanted,
                unk.to_string(),
            ));
        }
        unigram.unk = Some(unk as u32);
    }
    if model.get("byte_fallback").and_then(Value::as_bool) == Some(true) {
        unigram.byte_fallback = pieces.fallback_bytes();
    }
    Ok((Model::Unigram(unigram), pieces))
}

fn read_wordpiece(
    model: &Map<String, Value>,
    mut spelling: Spelling,
    added: usize,
) -> Result<(Model, Pieces)> {
    let text = |name: &str| model.get(name).and_then(Value::as_str);
    let vocab = object(model.get("vocab").unwrap_or(&Value::Null), "model.vocab")?;
    let prefix = text("continuing_subword_prefix").unwrap_or("##");
    let unk = text("unk_token").unwrap_or("[UNK]");
    let Some(unk_id) = vocab.get(unk) else {
        let wanted = "a token of the vocabulary";
        return Err(TokenizerError::field("model.unk_token", wanted, unk));
    };
    let most = model
        .get("max_input_chars_per_word")
        .and_then(Value::as_u64);
    let most = most.unwrap_or(100).min(PIECE_LIMIT as u64) as usize;
    let mut wordpiece = WordPiece::new(prefix, token_id(unk_id, "model.vocab")?, most);
    // Words stand apart, and the pieces of one do not.
    spelling.further = prefix.to_owned();
    spelling.strip_start = usize::from(!prefix.is_empty());
    let mut pieces = Pieces::new(spelling, vocab.len());
    let limit = vocab.len() + added;
    for (piece, id) in vocab {
        let id = token_id(id, "model.vocab")?;
        check_length(piece, || "model.vocab".to_owned())?;
        pieces.add("model.vocab", id.into(), piece, limit)?;
        wordpiece.add(piece, id);
    }
    Ok((Model::WordPiece(wordpiece), pieces))
}

/// The cost of a piece is quadratic in its length.
pub(crate) fn check_length(piece: &str, field: impl Fn() -> String) -> Result<()> {
    if piece.len() > PIECE_LIMIT {
        let wanted = format!("a piece of at most {PIECE_LIMIT} bytes");
        return Err(TokenizerError::field(
            field(),
            wanted,
            format!("{} bytes", piece.len()),
        ));
    }
    Ok(())
}
