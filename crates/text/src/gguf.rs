//! Tokenizers from what a GGUF file holds.
//!
//! The patterns behind the names of `pre` are those of the models' own
//! `tokenizer.json` files. So is the NFC of `qwen2`, which no key speaks of.
//! A name that is not in the table is refused: a wrong split gives wrong ids
//! without a sign.

use crate::added::Added;
use crate::bpe::Bpe;
use crate::charsmap::Charsmap;
use crate::error::TokenizerError;
use crate::hash::Map;
use crate::json::{check_length, frame};
use crate::normalize::Normalize;
use crate::pattern::Pattern;
use crate::pieces::{Pieces, Spelling};
use crate::scan::Scanner;
use crate::split::{Behavior, CharClass, Metaspace, Prepend, Split};
use crate::tokenizer::{Fim, Model, Named, Parts, Tokenizer};
use crate::unigram::Unigram;
use crate::vocabulary::Vocabulary;

type Result<T> = std::result::Result<T, TokenizerError>;

const NORMAL: i32 = 1;
const UNKNOWN: i32 = 2;
const CONTROL: i32 = 3;
const USER_DEFINED: i32 = 4;

const PRE: &str = "default, gpt-2, olmo, mpt, phi-2, smollm, starcoder, refact, \
                   command-r, llama-bpe, llama3, llama-v3, dbrx, smaug-bpe, qwen2, stablelm2, \
                   deepseek-r1-qwen, exaone";

impl Tokenizer {
    /// Builds the tokenizer of a GGUF file.
    pub fn from_vocabulary(vocabulary: Vocabulary) -> Result<Self> {
        let v = &vocabulary;
        check(v)?;
        let spelling = spelling(v)?;
        let limit = v.tokens.len();
        let mut pieces = Pieces::new(spelling, limit);
        let mut added = Vec::new();
        for (id, piece) in v.tokens.iter().enumerate() {
            let (field, number) = ("tokenizer.ggml.tokens", id as u64);
            let kind = v.token_types.get(id).copied().unwrap_or(NORMAL);
            let special = kind == CONTROL || kind == UNKNOWN;
            if special || kind == USER_DEFINED {
                // Of two spelt the same the first is found in texts.
                if pieces.id(piece).is_none() {
                    pieces.add_verbatim(field, number, piece, special, limit)?;
                    let (id, content) = (id as u32, (*piece).to_owned());
                    added.push(Added {
                        id,
                        content,
                        special,
                        ..Added::default()
                    });
                    continue;
                }
            }
            pieces.add(field, number, piece, limit)?;
        }
        let mut split = Vec::new();
        let mut normalize = Vec::new();
        let model = match v.model.as_str() {
            "gpt2" => {
                let pre = v.pre.as_deref().unwrap_or("default");
                pre_tokenizer(pre, &mut split)?;
                if pre == "qwen2" {
                    normalize.push(Normalize::Nfc);
                }
                byte_level_bpe(v, &pieces)?
            }
            "llama" => {
                if v.add_space_prefix.unwrap_or(true) {
                    normalize.push(Normalize::Prepend("▁".into()));
                }
                let space = Pattern::Literal(" ".into());
                normalize.push(Normalize::Replace(space, "▁".into()));
                sentencepiece_bpe(v, &pieces)?
            }
            // `spelling` has refused all others.
            _ => {
                unigram_steps(v, &mut normalize, &mut split)?;
                unigram(v, &pieces)?
            }
        };
        let named = named(v)?;
        Self::assemble(Parts {
            pieces,
            added,
            normalize,
            split,
            model,
            named,
        })
    }
}

fn check(v: &Vocabulary) -> Result<()> {
    let count = v.tokens.len();
    let types = v.token_types.len();
    if types != 0 && types != count {
        let wanted = format!("{count}, one for each token");
        return Err(TokenizerError::field(
            "tokenizer.ggml.token_type",
            wanted,
            types.to_string(),
        ));
    }
    if v.model != "gpt2" && v.scores.len() != count {
        let wanted = format!("{count}, one for each token");
        let got = v.scores.len().to_string();
        return Err(TokenizerError::field("tokenizer.ggml.scores", wanted, got));
    }
    if let Some(id) = v.scores.iter().position(|score| score.is_nan()) {
        let field = format!("tokenizer.ggml.scores[{id}]");
        return Err(TokenizerError::field(field, "a number", "NaN"));
    }
    Ok(())
}

fn spelling(v: &Vocabulary) -> Result<Spelling> {
    let space = || vec![("▁".to_owned(), " ".to_owned())];
    Ok(match v.model.as_str() {
        "gpt2" => Spelling {
            byte_level: true,
            ..Spelling::default()
        },
        "llama" | "t5" => Spelling {
            byte_fallback: true,
            replace: space(),
            strip_start: usize::from(v.add_space_prefix.unwrap_or(true)),
            ..Spelling::default()
        },
        other => {
            let field = "tokenizer.ggml.model";
            return Err(TokenizerError::unsupported(field, other, "gpt2, llama, t5"));
        }
    })
}

fn named(v: &Vocabulary) -> Result<Named> {
    let id = |field: &str, id: Option<u32>| match id {
        Some(id) if id as usize >= v.tokens.len() => {
            let wanted = format!("an id below {}", v.tokens.len());
            let field = format!("tokenizer.ggml.{field}");
            Err(TokenizerError::field(field, wanted, id.to_string()))
        }
        id => Ok(id),
    };
    let mut named = Named {
        bos: id("bos_token_id", v.bos)?,
        eos: id("eos_token_id", v.eos)?,
        eot: id("eot_token_id", v.eot)?,
        unk: id("unknown_token_id", v.unk)?,
        pad: id("padding_token_id", v.pad)?,
        ..Named::default()
    };
    let fim = (
        id("fim_pre_token_id", v.fim_prefix)?,
        id("fim_suf_token_id", v.fim_suffix)?,
        id("fim_mid_token_id", v.fim_middle)?,
    );
    if let (Some(prefix), Some(suffix), Some(middle)) = fim {
        named.fim = Some(Fim {
            prefix,
            suffix,
            middle,
        });
    }
    let default = v.model == "llama" || v.model == "gpt2" && is_llama3(v);
    let add_bos = v.add_bos.unwrap_or(default);
    let add_eos = v.add_eos.unwrap_or(v.model == "t5");
    frame(&mut named.prefix, named.bos, Some(add_bos));
    frame(&mut named.suffix, named.eos, Some(add_eos));
    Ok(named)
}

/// Llama 3's tokenizer leaves a word that is a token whole.
fn is_llama3(v: &Vocabulary) -> bool {
    matches!(v.pre.as_deref(), Some("llama-bpe" | "llama3" | "llama-v3"))
}

fn pre_tokenizer(name: &str, out: &mut Vec<Split>) -> Result<()> {
    let pattern = |pattern| Split::Pattern {
        pattern,
        behavior: Behavior::Isolated,
        invert: false,
    };
    let digits = Split::Chars {
        class: CharClass::Digit,
        behavior: Behavior::Isolated,
    };
    let gpt2 = || pattern(Pattern::Scanner(Scanner::Gpt2));
    let cl100k = |digits| pattern(Pattern::Scanner(Scanner::Cl100k { digits }));
    match name {
        "gpt-2" | "olmo" | "mpt" | "phi-2" => out.push(gpt2()),
        "smollm" | "starcoder" | "refact" | "command-r" | "exaone" => out.extend([digits, gpt2()]),
        "llama-bpe" | "llama3" | "llama-v3" => out.push(cl100k(3)),
        "dbrx" | "smaug-bpe" => out.push(cl100k(3)),
        "qwen2" | "stablelm2" | "deepseek-r1-qwen" => out.push(cl100k(1)),
        // What files without a name were made for.
        "default" => {
            let field = "tokenizer.ggml.pre";
            let regex = |text| Pattern::regex(text, field).map(pattern);
            out.extend([
                regex(r"[\p{P}\$\+<=>\^~\|]+")?,
                gpt2(),
                regex(r"\p{N}+")?,
                regex("[0-9][0-9][0-9]")?,
            ]);
        }
        other => {
            return Err(TokenizerError::unsupported(
                "tokenizer.ggml.pre",
                other,
                PRE,
            ));
        }
    }
    Ok(())
}

fn byte_level_bpe(v: &Vocabulary, pieces: &Pieces) -> Result<Model> {
    let mut bpe = Bpe {
        byte_level: true,
        ignore_merges: is_llama3(v),
        unk: v.unk,
        ..Bpe::default()
    };
    for (id, piece) in v.tokens.iter().enumerate() {
        bpe.add_piece(piece, id as u32);
    }
    bpe.reserve_merges(v.merges.len());
    for (rank, merge) in v.merges.iter().enumerate() {
        let field = || format!("tokenizer.ggml.merges[{rank}]");
        // A piece may begin with a space where the alphabet was not used.
        let split = merge.char_indices().skip(1).find(|&(_, c)| c == ' ');
        let Some((at, _)) = split else {
            return Err(TokenizerError::field(
                field(),
                "two pieces",
                format!("{merge:?}"),
            ));
        };
        bpe.add_named_merge(pieces, &merge[..at], &merge[at + 1..], rank as u32, &field)?;
    }
    bpe.index_bytes();
    Ok(Model::Bpe(bpe))
}

/// Whether a token may be a part of plain text.
fn is_text(v: &Vocabulary, id: usize) -> bool {
    let kind = v.token_types.get(id).copied().unwrap_or(NORMAL);
    kind == NORMAL || kind == USER_DEFINED
}

/// SentencePiece's BPE: two neighbours merge if they are a token together, the
/// one with the highest score first.
fn sentencepiece_bpe(v: &Vocabulary, pieces: &Pieces) -> Result<Model> {
    let mut bpe = Bpe {
        byte_fallback: pieces.fallback_bytes(),
        unk: v.unk,
        fuse_unk: true,
        ..Bpe::default()
    };
    let mut ids: Map<&str, u32> = Map::default();
    for (id, piece) in v.tokens.iter().enumerate() {
        check_length(piece, || format!("tokenizer.ggml.tokens[{id}]"))?;
        if is_text(v, id) {
            ids.entry(piece).or_insert(id as u32);
            bpe.add_piece(piece, id as u32);
        }
    }
    let mut order: Vec<u32> = ids.values().copied().collect();
    let score = |id: u32| v.scores[id as usize];
    order.sort_by(|&a, &b| score(b).total_cmp(&score(a)));
    let (mut rank, mut previous) = (0, None);
    for id in order {
        // Equal scores share a rank: then the leftmost pair is merged first.
        rank += u32::from(previous.is_some_and(|other| other != score(id)));
        previous = Some(score(id));
        let piece = v.tokens[id as usize];
        for (at, _) in piece.char_indices().skip(1) {
            let (left, right) = piece.split_at(at);
            if let (Some(&left), Some(&right)) = (ids.get(left), ids.get(right)) {
                bpe.add_merge(left, right, rank, id);
            }
        }
    }
    Ok(Model::Bpe(bpe))
}

fn unigram_steps(
    v: &Vocabulary,
    normalize: &mut Vec<Normalize>,
    split: &mut Vec<Split>,
) -> Result<()> {
    if let Some(map) = v
        .precompiled_charsmap
        .as_deref()
        .filter(|map| !map.is_empty())
    {
        let field = "tokenizer.ggml.precompiled_charsmap";
        normalize.push(Normalize::Charsmap(Charsmap::parse(map, field)?));
    }
    if v.remove_extra_whitespaces.unwrap_or(true) {
        let (class, behavior) = (CharClass::Whitespace, Behavior::Removed);
        split.push(Split::Chars { class, behavior });
    }
    let prefix = v.add_space_prefix.unwrap_or(true) || v.remove_extra_whitespaces.unwrap_or(true);
    split.push(Split::Metaspace(Metaspace {
        replacement: '▁',
        prepend: if prefix {
            Prepend::Always
        } else {
            Prepend::Never
        },
        split: true,
    }));
    Ok(())
}

fn unigram(v: &Vocabulary, pieces: &Pieces) -> Result<Model> {
    let mut unigram = Unigram::new();
    for (id, (piece, &score)) in v.tokens.iter().zip(&v.scores).enumerate() {
        check_length(piece, || format!("tokenizer.ggml.tokens[{id}]"))?;
        unigram.see_score(score.into());
        if is_text(v, id) {
            unigram.add(piece, id as u32, score.into());
        }
    }
    unigram.unk = v.unk;
    unigram.byte_fallback = pieces.fallback_bytes();
    Ok(Model::Unigram(unigram))
}
