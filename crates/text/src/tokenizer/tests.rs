use super::*;
use crate::{DecodeStream, Rendering, Vocabulary};
use serde_json::{Value, json};
use std::sync::Arc;
use std::time::{Duration, Instant};
use testkit::{Rng, fixture, shared};

const BYTE_LEVEL: [&str; 5] = ["gpt2", "llama3", "qwen2", "smollm", "gpt-neox"];
const OTHERS: [&str; 3] = ["sp-bpe", "unigram", "openai-gpt"];

fn file(family: &str) -> Vec<u8> {
    std::fs::read(fixture(&format!("tokenizers/{family}.json"))).unwrap()
}

fn ours(family: &str) -> Tokenizer {
    Tokenizer::from_json(&file(family)).unwrap()
}

fn judge(family: &str) -> tokenizers::Tokenizer {
    tokenizers::Tokenizer::from_bytes(file(family)).unwrap()
}

fn judged(judge: &tokenizers::Tokenizer, text: &str) -> Vec<u32> {
    judge.encode_fast(text, false).unwrap().get_ids().to_vec()
}

/// Texts that mix everything a tokenizer may trip over.
fn random_text(rng: &mut Rng) -> String {
    const SNIPPETS: [&str; 40] = [
        " ",
        " ",
        " ",
        "  ",
        "\n",
        "\r\n",
        "\t",
        "\u{a0}",
        "\u{3000}",
        "'s",
        "'LL",
        "'\u{17f}",
        "<|endoftext|>",
        "<|im_start|>",
        "<s>",
        "</s>",
        "<unk>",
        "<|im_end",
        "[EAT]",
        "[WORD]",
        "<|begin_of_text|>",
        "the",
        "don't",
        "12345",
        "٣٤",
        "½",
        "e\u{301}",
        "ﬁ",
        "你好",
        "世界",
        "مرحبا",
        "שלום",
        "👩‍👩‍👧‍👦",
        "👍🏽",
        "🇩🇪",
        "\u{200d}",
        "▁",
        "</w>",
        "<0x41>",
        "İß",
    ];
    const RANGES: [(u32, u32); 10] = [
        (0, 0x7f),
        (0x20, 0x7e),
        (0x61, 0x7a),
        (0x80, 0x24f),
        (0x300, 0x36f),
        (0x400, 0x4ff),
        (0x600, 0x6ff),
        (0x2000, 0x206f),
        (0x4e00, 0x9fff),
        (0x1f300, 0x1f64f),
    ];
    let mut text = String::new();
    for _ in 0..rng.below(24) {
        match rng.below(8) {
            0..3 => text += SNIPPETS[rng.below(SNIPPETS.len())],
            3 => {
                // Any assigned or unassigned character of the first planes.
                let c = rng.below(0x2_ffff) as u32;
                text.extend(char::from_u32(c).filter(|_| rng.below(4) == 0));
            }
            _ => {
                let (low, high) = RANGES[rng.below(RANGES.len())];
                for _ in 0..1 + rng.below(4) {
                    let c = low + rng.below((high - low + 1) as usize) as u32;
                    text.extend(char::from_u32(c));
                }
            }
        }
    }
    text
}

fn agrees_on_random_texts(ours: &Tokenizer, mut judge: tokenizers::Tokenizer, family: &str) {
    for seed in 0..10_000 {
        let text = random_text(&mut Rng::new(seed));
        judge.set_encode_special_tokens(false);
        let got = ours.encode(&text, Specials::Parse);
        let want = judged(&judge, &text);
        assert_eq!(got, want, "{family}, seed {seed}, {text:?}");
        judge.set_encode_special_tokens(true);
        let got = ours.encode(&text, Specials::Plain);
        // The judge's unigram finds control tokens in plain text. SentencePiece
        // does not, nor does the GGUF route, whose tokens have types.
        if family == "t5" && got.iter().all(|&id| !ours.is_special(id) || id == 2) {
            let control = ["<unk>", "</s>", "<pad>"];
            if control.iter().any(|token| text.contains(token)) {
                continue;
            }
        }
        assert_eq!(
            got,
            judged(&judge, &text),
            "{family}, plain, seed {seed}, {text:?}"
        );
    }
}

macro_rules! families {
    ($($test:ident $family:literal)*) => {$(
        #[test]
        fn $test() {
            agrees_on_random_texts(&ours($family), judge($family), $family);
        }
    )*};
}

families! {
    gpt2_is_as_judged "gpt2"
    llama3_is_as_judged "llama3"
    qwen2_is_as_judged "qwen2"
    smollm_is_as_judged "smollm"
    gpt_neox_is_as_judged "gpt-neox"
    sentencepiece_bpe_is_as_judged "sp-bpe"
    unigram_is_as_judged "unigram"
    openai_gpt_is_as_judged "openai-gpt"
}

#[test]
fn wordpiece_is_as_judged() {
    let bytes = std::fs::read(fixture("models/tiny-embed/tokenizer.json")).unwrap();
    let (ours, judge) = (
        Tokenizer::from_json(&bytes).unwrap(),
        tokenizers::Tokenizer::from_bytes(&bytes).unwrap(),
    );
    // One character more than a word may have, and no piece for its last.
    for text in [
        "a".repeat(100),
        "a".repeat(101),
        "ships".repeat(21),
        "ship☃".to_owned(),
    ] {
        assert_eq!(
            ours.encode(&text, Specials::Plain),
            judged(&judge, &text),
            "{text}"
        );
    }
    let ids = ours.encode("the lighthouse rings", Specials::Plain);
    assert_eq!(ours.decode(&ids), "the lighthouse rings");
    assert_eq!(ours.frame(&[7]), [2, 7, 3]);
    agrees_on_random_texts(&ours, judge, "wordpiece");
}

/// What a GGUF file of the same tokenizer holds. Its strings last as long as the tests.
fn vocabulary(family: &str) -> Vocabulary<'static> {
    let json: Value = serde_json::from_slice(&file(family)).unwrap();
    let model = &json["model"];
    let mut v = Vocabulary::default();
    let mut entries: Vec<(u64, String)> = match &model["vocab"] {
        Value::Object(map) => map
            .iter()
            .map(|(k, id)| (id.as_u64().unwrap(), k.clone()))
            .collect(),
        list => list
            .as_array()
            .unwrap()
            .iter()
            .enumerate()
            .map(|(id, e)| (id as u64, e[0].as_str().unwrap().to_owned()))
            .collect(),
    };
    entries.sort();
    v.tokens = entries
        .into_iter()
        .map(|(_, piece)| &*piece.leak())
        .collect();
    v.token_types = vec![1; v.tokens.len()];
    for added in json["added_tokens"].as_array().unwrap() {
        let id = added["id"].as_u64().unwrap() as usize;
        if id == v.tokens.len() {
            v.tokens
                .push(added["content"].as_str().unwrap().to_owned().leak());
            v.token_types.push(1);
        }
        v.token_types[id] = match (&added["content"], &added["special"]) {
            (Value::String(unk), _) if unk == "<unk>" => 2,
            (_, Value::Bool(true)) => 3,
            _ => 4,
        };
    }
    for merge in model["merges"].as_array().into_iter().flatten() {
        let piece = |i: usize| merge[i].as_str().unwrap();
        v.merges.push(format!("{} {}", piece(0), piece(1)).leak());
    }
    match family {
        "sp-bpe" => {
            let scores = std::fs::read(fixture("tokenizers/sp-bpe.scores.json")).unwrap();
            v.scores = serde_json::from_slice(&scores).unwrap();
            (v.model, v.unk) = ("llama".into(), Some(0));
            (v.bos, v.eos) = (Some(1), Some(2));
            for (id, piece) in v.tokens.iter().enumerate() {
                if crate::bytes::fallback_byte(piece).is_some() {
                    v.token_types[id] = 6;
                }
            }
        }
        "unigram" => {
            let score = |entry: &Value| entry[1].as_f64().unwrap() as f32;
            v.scores = model["vocab"]
                .as_array()
                .unwrap()
                .iter()
                .map(score)
                .collect();
            let charsmap = json["normalizer"]["precompiled_charsmap"].as_str().unwrap();
            v.precompiled_charsmap = crate::json::steps::base64(charsmap);
            (v.model, v.pad, v.eos, v.unk) = ("t5".into(), Some(0), Some(1), Some(2));
        }
        _ => {
            let pre = match family {
                "llama3" => "llama-bpe",
                "gpt2" => "gpt-2",
                // GPT-NeoX's split has no name of its own.
                "gpt-neox" => "olmo",
                other => other,
            };
            (v.model, v.pre) = ("gpt2".into(), Some(pre.into()));
        }
    }
    v
}

/// The judge, without what a GGUF file has no place for.
fn gguf_judge(family: &str) -> tokenizers::Tokenizer {
    let mut json: Value = serde_json::from_slice(&file(family)).unwrap();
    if family == "gpt-neox" {
        json["normalizer"] = Value::Null;
        for added in json["added_tokens"].as_array_mut().unwrap() {
            for flag in ["lstrip", "rstrip", "single_word", "normalized"] {
                added[flag] = json!(false);
            }
        }
    }
    tokenizers::Tokenizer::from_bytes(json.to_string()).unwrap()
}

macro_rules! gguf_families {
    ($($test:ident $family:literal)*) => {$(
        /// The GGUF route gives the ids of the tokenizer.json route.
        #[test]
        fn $test() {
            let v = vocabulary($family);
            let name = if v.model == "t5" { "t5" } else { $family };
            let ours = Tokenizer::from_vocabulary(v).unwrap();
            agrees_on_random_texts(&ours, gguf_judge($family), name);
        }
    )*};
}

gguf_families! {
    gguf_gpt2_is_as_judged "gpt2"
    gguf_llama3_is_as_judged "llama3"
    gguf_qwen2_is_as_judged "qwen2"
    gguf_smollm_is_as_judged "smollm"
    gguf_gpt_neox_is_as_judged "gpt-neox"
    gguf_sentencepiece_bpe_is_as_judged "sp-bpe"
    gguf_unigram_is_as_judged "unigram"
}

/// Files without a name for their split: llama.cpp's patterns for them, one
/// after the other.
#[test]
fn gguf_without_a_pre_is_as_judged() {
    let mut v = vocabulary("gpt2");
    v.pre = None;
    let ours = Tokenizer::from_vocabulary(v).unwrap();
    let mut json: Value = serde_json::from_slice(&file("gpt2")).unwrap();
    let patterns = [
        r"[\p{P}\$\+<=>\^~\|]+",
        crate::scan::GPT2,
        r"\p{N}+",
        "[0-9][0-9][0-9]",
    ];
    let split = |pattern| {
        json!({"type": "Split", "behavior": "Isolated", "invert": false,
            "pattern": {"Regex": pattern}})
    };
    let mut steps: Vec<Value> = patterns.into_iter().map(split).collect();
    steps.push(
        json!({"type": "ByteLevel", "use_regex": false, "add_prefix_space": false,
        "trim_offsets": true}),
    );
    json["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": steps});
    let judge = tokenizers::Tokenizer::from_bytes(json.to_string()).unwrap();
    agrees_on_random_texts(&ours, judge, "default");
}

/// No other name is taken for one in the table.
#[test]
fn unknown_splits_are_refused() {
    for pre in [
        "gpt-neox",
        "tekken",
        "deepseek-llm",
        "falcon",
        "bloom",
        "qwen35",
        "",
    ] {
        let mut v = vocabulary("gpt2");
        v.pre = Some(pre.into());
        let error = Tokenizer::from_vocabulary(v).unwrap_err().to_string();
        assert!(error.contains("tokenizer.ggml.pre"), "{pre}: {error}");
    }
}

#[test]
fn llama3_files_begin_with_bos_unless_they_say_otherwise() {
    let mut v = vocabulary("llama3");
    v.bos = Some(0);
    let adds_bos = |v: &Vocabulary| Tokenizer::from_vocabulary(v.clone()).unwrap().adds_bos();
    assert!(adds_bos(&v));
    v.add_bos = Some(false);
    assert!(!adds_bos(&v));
    (v.add_bos, v.pre) = (None, Some("gpt-2".into()));
    assert!(!adds_bos(&v));
}

/// Long real texts, in one piece.
#[test]
fn real_texts_are_as_judged() {
    let Some(path) = shared("data/text/tinyshakespeare.txt") else {
        return;
    };
    let mut text = std::fs::read_to_string(path).unwrap();
    if let Some(books) = shared("data/text/classic-books.tar.xz") {
        let unpacked = std::process::Command::new("tar")
            .arg("-xJOf")
            .arg(books)
            .output();
        match unpacked {
            Ok(output) if output.status.success() => {
                let books = String::from_utf8_lossy(&output.stdout);
                text.extend(books.chars().skip(100_000).take(2_000_000));
            }
            _ => eprintln!("skipped: the books need tar and xz"),
        }
    }
    for family in BYTE_LEVEL.into_iter().chain(OTHERS) {
        let (got, want) = (
            ours(family).encode(&text, Specials::Parse),
            judged(&judge(family), &text),
        );
        let differs = got.iter().zip(&want).position(|(a, b)| a != b);
        assert_eq!(differs, None, "{family}");
        assert_eq!(got.len(), want.len(), "{family}");
    }
}

#[test]
fn byte_level_decoding_inverts_encoding() {
    for family in BYTE_LEVEL {
        // NFC, and tokens that take whitespace with them, lose something.
        if matches!(family, "qwen2" | "gpt-neox") {
            continue;
        }
        let ours = ours(family);
        for seed in 0..3000 {
            let text = random_text(&mut Rng::new(seed));
            for specials in [Specials::Parse, Specials::Plain] {
                let ids = ours.encode(&text, specials);
                assert_eq!(ours.decode(&ids), text, "{family}, seed {seed}");
            }
        }
    }
}

/// Any ids, so also unknown ones, cut characters and bytes that are no text.
#[test]
fn a_stream_joined_is_the_whole() {
    let check = |tokenizer: Tokenizer, name: &str| {
        let tokenizer = Arc::new(tokenizer);
        for seed in 0..2000 {
            let mut rng = Rng::new(seed);
            let vocab = tokenizer.vocab_size();
            let any = |rng: &mut Rng| match rng.below(12) {
                0 => u32::MAX - rng.below(3) as u32,
                1 => rng.below(1 << 32) as u32,
                // The first ones: special tokens, and bytes.
                2..5 => rng.below(260.min(vocab)) as u32,
                _ => rng.below(vocab + 2) as u32,
            };
            let ids: Vec<u32> = (0..rng.below(30)).map(|_| any(&mut rng)).collect();
            let streamed = |rendering| {
                let mut stream = DecodeStream::new(Arc::clone(&tokenizer), rendering);
                let mut text: String = ids.iter().map(|&id| stream.push(id)).collect();
                text += &stream.finish();
                text
            };
            let whole = tokenizer.decode(&ids);
            assert_eq!(
                streamed(Rendering::Everything),
                whole,
                "{name}, seed {seed}"
            );
            let plain = ids.iter().copied().filter(|&id| !tokenizer.is_special(id));
            let plain = tokenizer.decode(&plain.collect::<Vec<u32>>());
            assert_eq!(streamed(Rendering::TextOnly), plain, "{name}, seed {seed}");
        }
    };
    for family in BYTE_LEVEL.into_iter().chain(OTHERS) {
        check(ours(family), family);
        if family != "openai-gpt" {
            let name = format!("{family} from GGUF");
            check(
                Tokenizer::from_vocabulary(vocabulary(family)).unwrap(),
                &name,
            );
        }
    }
}

/// Where the text is valid, decoding is the judge's.
#[test]
fn decoding_is_as_judged() {
    for family in BYTE_LEVEL.into_iter().chain(OTHERS) {
        let (ours, judge) = (ours(family), judge(family));
        for seed in 0..2000 {
            let text = format!("ab {}", random_text(&mut Rng::new(seed)));
            let ids = judged(&judge, &text);
            let want = judge.decode(&ids, false).unwrap();
            assert_eq!(ours.decode(&ids), want, "{family}, seed {seed}, {text:?}");
        }
    }
}

#[test]
fn half_a_character_is_held_back() {
    let tokenizer = Arc::new(ours("gpt2"));
    let byte = |b: u8| {
        let found =
            (0..tokenizer.vocab_size() as u32).find(|&id| tokenizer.piece_bytes(id) == Some(&[b]));
        found.unwrap()
    };
    let mut stream = DecodeStream::new(Arc::clone(&tokenizer), Rendering::TextOnly);
    let ids: Vec<u32> = "🙂".bytes().map(byte).collect();
    let got: Vec<String> = ids.iter().map(|&id| stream.push(id)).collect();
    assert_eq!(got, ["", "", "", "🙂"]);
    assert_eq!(stream.push(ids[0]), "");
    assert_eq!(stream.push(byte(b'a')), "\u{FFFD}a");
    assert_eq!(stream.push(tokenizer.id_of("<|endoftext|>").unwrap()), "");
    assert_eq!(stream.push(ids[0]), "");
    assert_eq!(stream.finish(), "\u{FFFD}");
}

/// Long words without a border are where merging turns quadratic.
#[test]
fn a_megabyte_of_one_character_is_quick() {
    for family in BYTE_LEVEL.into_iter().chain(OTHERS) {
        let ours = ours(family);
        for text in ["a", " ", "1", "é", "."] {
            let text = text.repeat(1 << 20);
            let start = Instant::now();
            ours.encode(&text, Specials::Parse);
            let took = start.elapsed();
            // Quadratic time would be hours.
            assert!(
                took < Duration::from_secs(30),
                "{family}, {:?}: {took:?}",
                &text[..1]
            );
        }
    }
}

#[test]
fn roles_and_frames_are_read() {
    let llama3 = ours("llama3");
    assert_eq!(llama3.bos(), llama3.id_of("<|begin_of_text|>"));
    assert!(llama3.adds_bos() && !llama3.adds_eos() && llama3.is_special(0));
    assert_eq!(llama3.frame(&[9]), [0, 9]);
    let unigram = ours("unigram");
    assert_eq!(unigram.frame(&[9]), [9, 1]);
    let config = json!({"bos_token": {"content": "<|im_start|>"}, "eos_token": "<|im_end|>",
        "add_bos_token": true});
    let qwen2 = ours("qwen2").with_config(&config).unwrap();
    assert_eq!((qwen2.bos(), qwen2.eos()), (Some(1), Some(2)));
    assert!(qwen2.adds_bos());
    let wrong = ours("qwen2").with_config(&json!({"eos_token": "nothing"}));
    assert!(wrong.unwrap_err().to_string().contains("eos_token"));
}

/// Also where the other stands behind what the merge before has made, as merged
/// tokens mostly do.
#[test]
fn a_merge_makes_the_first_of_two_spelt_the_same() {
    let v = Vocabulary {
        model: "gpt2".into(),
        pre: Some("gpt-2".into()),
        tokens: vec!["a", "b", "c", "bc", "ab", "bc"],
        merges: vec!["a b", "b c"],
        ..Vocabulary::default()
    };
    let tokenizer = Tokenizer::from_vocabulary(v).unwrap();
    assert_eq!(tokenizer.encode("abbc", Specials::Plain), [4, 3]);
}

#[test]
fn infill_tokens_are_found_by_name() {
    let mut v = vocabulary("smollm");
    assert_eq!(Tokenizer::from_vocabulary(v.clone()).unwrap().fim(), None);
    for (at, name) in ["<fim_prefix>", "<fim_suffix>", "<fim_middle>"]
        .into_iter()
        .enumerate()
    {
        v.tokens.push(name);
        v.token_types.push(3);
        assert_eq!(v.tokens.len() - 1, 1500 + at);
    }
    let fim = Tokenizer::from_vocabulary(v).unwrap().fim();
    assert_eq!(
        fim,
        Some(Fim {
            prefix: 1500,
            suffix: 1501,
            middle: 1502
        })
    );
}

/// A change to a good file, and what the error must name.
#[test]
fn bad_files_are_refused_by_name() {
    let good: Value = serde_json::from_slice(&file("gpt2")).unwrap();
    let cases = [
        (
            "/model/merges/0",
            json!(["Ġ", "no such piece"]),
            "model.merges[0]",
        ),
        ("/model/merges/1", json!("one"), "model.merges[1]"),
        ("/model/merges", json!(7), "model.merges"),
        ("/model/vocab/!", json!(4_000_000_000u64), "model.vocab"),
        ("/model/vocab/!", json!(-1), "model.vocab"),
        ("/model/vocab/!", json!(9), "an id of its own"),
        ("/model/vocab", json!(null), "model.vocab"),
        ("/model/type", json!("WordLevel"), "WordLevel"),
        ("/model/dropout", json!(0.1), "dropout"),
        ("/model/unk_token", json!("nowhere"), "model.unk_token"),
        ("/added_tokens/0/id", json!(77_777_777), "added_tokens.id"),
        ("/added_tokens/0/id", json!(5), "added_tokens.id"),
        ("/decoder/type", json!("CTC"), "CTC"),
        (
            "/pre_tokenizer",
            json!({"type": "Split", "behavior": "Isolated",
            "pattern": {"Regex": "(a"}}),
            "(a",
        ),
        (
            "/pre_tokenizer",
            json!({"type": "Split", "behavior": "Isolated",
            "pattern": {"Regex": "((((\\w{900}){900}){900}){900})"}}),
            "pattern",
        ),
        (
            "/normalizer",
            json!({"type": "Precompiled", "precompiled_charsmap": "////////"}),
            "precompiled_charsmap",
        ),
    ];
    for (pointer, value, named) in cases {
        let mut bad = good.clone();
        *bad.pointer_mut(pointer)
            .unwrap_or_else(|| panic!("{pointer}")) = value.clone();
        let error = Tokenizer::from_json(bad.to_string().as_bytes()).unwrap_err();
        assert!(
            error.to_string().contains(named),
            "{pointer} {value}: {error}"
        );
        assert!(error.hint().is_some());
    }
}

/// Truncation and changed bytes give a tokenizer or an error, never a panic.
#[test]
fn damaged_files_do_not_panic() {
    for family in ["gpt2", "sp-bpe", "openai-gpt"] {
        let good = file(family);
        for seed in 0..150 {
            let mut rng = Rng::new(seed);
            let mut bad = good.clone();
            for _ in 0..1 + rng.below(3) {
                let at = rng.below(bad.len());
                bad[at] = b" {}[]\",:019az\\"[rng.below(13)];
            }
            if let Ok(tokenizer) = Tokenizer::from_json(&bad) {
                tokenizer.encode(&random_text(&mut rng), Specials::Parse);
            }
            assert!(Tokenizer::from_json(&good[..rng.below(good.len() - 2)]).is_err());
        }
    }
}

#[test]
fn bad_vocabularies_are_refused_by_name() {
    let refused = |change: &dyn Fn(&mut Vocabulary), named: &str| {
        let mut v = vocabulary("sp-bpe");
        change(&mut v);
        let error = Tokenizer::from_vocabulary(v).unwrap_err().to_string();
        assert!(error.contains(named), "{error}");
    };
    refused(&|v| v.model = "rwkv".into(), "rwkv");
    refused(&|v| v.scores.truncate(3), "scores");
    refused(&|v| v.scores[7] = f32::NAN, "scores[7]");
    refused(&|v| v.token_types.truncate(3), "token_type");
    refused(&|v| v.bos = Some(u32::MAX), "bos_token_id");
    refused(&|v| v.tokens[900] = "a".repeat(5000).leak(), "tokens[900]");
    refused(
        &|v| (v.model, v.pre) = ("gpt2".into(), Some("klingon".into())),
        "llama-bpe",
    );
    let merge = |v: &mut Vocabulary| {
        (v.model, v.merges) = ("gpt2".into(), vec!["a zzzzz"]);
    };
    refused(&merge, "merges[0]");
}

/// A pattern that would take exponential time ends.
#[test]
fn hostile_patterns_end() {
    let mut json: Value = serde_json::from_slice(&file("gpt2")).unwrap();
    json["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": [
        {"type": "Split", "behavior": "Isolated", "pattern": {"Regex": "(?=(a|aa)+\\1b)a"}},
        {"type": "ByteLevel", "use_regex": false, "add_prefix_space": false}]});
    let tokenizer = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    let text = "a".repeat(2000);
    assert_eq!(
        tokenizer.decode(&tokenizer.encode(&text, Specials::Parse)),
        text
    );
}

/// A line that takes too long stays whole; the lines behind it are split.
#[test]
fn a_pattern_gives_up_a_line_at_a_time() {
    let mut json: Value = serde_json::from_slice(&file("gpt2")).unwrap();
    json["pre_tokenizer"] = json!({"type": "Sequence", "pretokenizers": [
        // The look-ahead tries every way to cut a run of a's that no b ends.
        {"type": "Split", "behavior": "Isolated",
            "pattern": {"Regex": "(?=(a|aa)+\\1b)a|[a-z]|\\n"}},
        {"type": "ByteLevel", "use_regex": false, "add_prefix_space": false}]});
    let tokenizer = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
    let encode = |text: &str| tokenizer.encode(text, Specials::Parse);
    let one = |piece: &str| tokenizer.id_of(piece).unwrap();
    // Split into characters, of which no merge is made.
    let the = [one("t"), one("h"), one("e")];
    assert_eq!(encode("the"), the);
    let hard = "a".repeat(200);
    let ids = encode(&format!("the{hard}the\nthe"));
    assert_eq!(ids[..3], the);
    assert_eq!(ids[ids.len() - 3..], the);
    // The rest of the hard line is one piece.
    let rest = format!("{hard}the\n");
    let mut whole = Words::new(&tokenizer.parts.model, rest.len());
    whole.push(&rest);
    assert_eq!(ids[3..ids.len() - 3], whole.ids);
    // Many such lines end too.
    let many = format!("{hard}\n").repeat(100);
    assert_eq!(tokenizer.decode(&encode(&many)), many);
}

/// Words apart where nothing crosses, and whole texts where a piece does.
#[test]
fn a_piece_over_a_border_is_found() {
    let apart = |t: &Tokenizer| t.parts.split.iter().any(|s| matches!(s, Split::MarkRuns));
    let good: Value = serde_json::from_slice(&file("sp-bpe")).unwrap();
    assert!(apart(&ours("sp-bpe")));
    assert!(BYTE_LEVEL.into_iter().all(|family| !apart(&ours(family))));
    assert!(!apart(&ours("openai-gpt")) && !apart(&ours("unigram")));
    // Pieces of marks alone cross nothing.
    let mut marks = good.clone();
    let count = good["model"]["vocab"].as_object().unwrap().len();
    marks["model"]["vocab"]["▁▁"] = json!(count);
    let add = |json: &mut Value, left: &str, right: &str| {
        let merges = json["model"]["merges"].as_array_mut().unwrap();
        merges.insert(0, json!([left, right]));
    };
    add(&mut marks, "▁", "▁");
    let mut crossing = good.clone();
    crossing["model"]["vocab"]["e▁"] = json!(count);
    crossing["model"]["vocab"]["e▁t"] = json!(count + 1);
    add(&mut crossing, "e▁", "t");
    add(&mut crossing, "e", "▁");
    let mut unknown = good.clone();
    let vocab = unknown["model"]["vocab"].as_object_mut().unwrap();
    vocab.retain(|piece, _| !piece.contains('▁'));
    unknown["model"]["merges"] = json!([]);
    unknown["model"]["byte_fallback"] = json!(false);
    for (json, wanted, name) in [
        (marks, true, "marks"),
        (crossing, false, "crossing"),
        (unknown, false, "unknown"),
    ] {
        let ours = Tokenizer::from_json(json.to_string().as_bytes()).unwrap();
        assert_eq!(apart(&ours), wanted, "{name}");
        let judge = tokenizers::Tokenizer::from_bytes(json.to_string()).unwrap();
        let text = "the the  the   e to";
        assert_eq!(
            ours.encode(text, Specials::Plain),
            judged(&judge, text),
            "{name}"
        );
        agrees_on_random_texts(&ours, judge, name);
    }
}

/// The fixtures take the fast path, and not the generic one.
#[test]
fn known_patterns_are_scanned() {
    let scanned = |family: &str| {
        let by = |split: &Split| {
            matches!(
                split,
                Split::Pattern {
                    pattern: crate::pattern::Pattern::Scanner(_),
                    ..
                }
            )
        };
        ours(family).parts.split.iter().any(by)
    };
    assert!(BYTE_LEVEL.into_iter().all(scanned));
}

/// Megabytes a second, for the record: run in release with `--ignored`.
#[test]
#[ignore = "a measurement"]
fn speed() {
    let Some(path) = shared("data/text/tinyshakespeare.txt") else {
        return;
    };
    let text = std::fs::read_to_string(path).unwrap();
    for family in BYTE_LEVEL.into_iter().chain(OTHERS) {
        let (ours, judge) = (ours(family), judge(family));
        let megabytes = text.len() as f64 / 1e6;
        let start = Instant::now();
        ours.encode(&text, Specials::Plain);
        let ours = megabytes / start.elapsed().as_secs_f64();
        let start = Instant::now();
        judged(&judge, &text);
        let judge = megabytes / start.elapsed().as_secs_f64();
        eprintln!("{family}: {ours:.1} MB/s, judge {judge:.1} MB/s");
    }
}
