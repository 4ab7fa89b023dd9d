//! One dialect: a model's GGUF file and its transformers folder are the same.

use std::fs;
use std::path::{Path, PathBuf};

use kernels::dtype::DType;
use models::checkpoint::{Checkpoint, Conv1dLayout, GgufTokenizer, TokenizerSource};
use serde_json::{Value, json};
use tensor::gguf::{Array, Gguf, GgufWriter, Value as Meta};
use tensor::safetensors;
use tensor::{LoadError, RawTensor};
use testkit::fixture;

fn open(path: &str) -> Checkpoint {
    Checkpoint::open(&fixture(&format!("models/{path}"))).unwrap()
}

/// Row-major `[rows, cols]` as `[cols, rows]`.
fn transposed(x: &[f32], cols: usize) -> Vec<f32> {
    (0..x.len())
        .map(|i| x[i % (x.len() / cols) * cols + i / (x.len() / cols)])
        .collect()
}

/// The same tensors, bit for bit, under the same names.
#[test]
fn gguf_holds_the_tensors_of_the_folder() {
    for model in [
        "gpt2",
        "llama",
        "llama3",
        "qwen2",
        "qwen3",
        "gpt_neox",
        "tiny-chat",
    ] {
        let gguf = open(&format!("{model}/model.gguf"));
        let folder = open(model);
        assert_eq!(gguf.architecture, folder.architecture, "{model}");
        let extra = |name: &&String| *name != "rope_freqs.weight";
        let mut names: Vec<&String> = gguf.names().iter().filter(extra).collect();
        let mut want: Vec<&String> = folder.names().iter().collect();
        names.sort();
        want.sort();
        assert_eq!(names, want, "{model}");
        for name in names {
            let (got, want) = (gguf.tensor(name).unwrap(), folder.tensor(name).unwrap());
            let conv1d = gguf.conv1d == Conv1dLayout::OutputsByInputs
                && want.shape.len() == 2
                && name.contains(".h.");
            let values = match conv1d {
                true => transposed(&got.to_f32(), got.shape[1]),
                false => got.to_f32(),
            };
            assert_eq!(gguf.shape(name), Some(got.shape.clone()));
            if !conv1d {
                assert_eq!(got.shape, want.shape, "{model}: {name}");
            }
            assert!(values == want.to_f32(), "{model}: {name}");
        }
    }
}

/// Every key that both have has the same value.
#[test]
fn gguf_holds_the_configuration_of_the_folder() {
    for (model, keys) in [
        ("gpt2", 9),
        ("llama", 13),
        ("qwen2", 11),
        ("qwen3", 13),
        ("gpt_neox", 12),
    ] {
        let gguf = open(&format!("{model}/model.gguf"));
        let folder = open(model);
        let mut compared = 0;
        for (key, got) in &gguf.config {
            let Some(want) = folder.config.get(key).filter(|want| !want.is_null()) else {
                continue;
            };
            // A file without a tokenizer knows no special tokens.
            if key.ends_with("_token_id") && got.is_null() {
                continue;
            }
            assert_eq!(number(got), number(want), "{model}: {key}");
            compared += 1;
        }
        assert!(
            compared >= keys,
            "{model}: {compared} keys in {:?}",
            gguf.config
        );
    }
}

/// 1 and 1.0 are the same configuration.
fn number(value: &Value) -> Value {
    value.as_f64().map_or(value.clone(), Value::from)
}

#[test]
fn quantised_rows_are_moved_whole() {
    let (gguf, float) = (open("llama/model-q8_0.gguf"), open("llama/model.gguf"));
    for name in ["q_proj", "k_proj", "v_proj"] {
        let name = format!("model.layers.1.self_attn.{name}.weight");
        let (got, want) = (gguf.tensor(&name).unwrap(), float.tensor(&name).unwrap());
        assert_eq!((got.dtype, &got.shape), (DType::Q8_0, &want.shape));
        // Eight bits: half a step of a row's largest value over 127.
        let largest = want.to_f32().iter().fold(0f32, |m, v| m.max(v.abs()));
        let tolerance = largest / 127.0;
        testkit::assert_close(&name, &got.to_f32(), &want.to_f32(), tolerance);
    }
}

#[test]
fn rope_factors_become_configuration() {
    let checkpoint = open("llama3/model.gguf");
    let scaling = &checkpoint.config["rope_scaling"];
    assert_eq!(scaling["rope_type"], "factors");
    let factors = scaling["factors"].as_array().unwrap();
    assert_eq!(factors.len(), 8);
    // llama3 leaves the highest frequency and divides the lowest by its factor.
    assert_eq!(factors[0], 1.0);
    assert!((factors[7].as_f64().unwrap() - 8.0).abs() < 1e-5);
    assert_eq!(checkpoint.config["tie_word_embeddings"], true);
    assert_eq!(
        open("llama/model.gguf").config["tie_word_embeddings"],
        false
    );
}

#[test]
fn tokenizers_are_found_in_both() {
    let TokenizerSource::Gguf(gguf) = open("tiny-chat/model.gguf").tokenizer else {
        panic!("no tokenizer in the GGUF file");
    };
    let TokenizerSource::Json {
        tokenizer_json,
        tokenizer_config,
        chat_template,
    } = open("tiny-chat").tokenizer
    else {
        panic!("no tokenizer in the folder");
    };
    let parsed: Value = serde_json::from_slice(&tokenizer_json).unwrap();
    let vocabulary = parsed["model"]["vocab"].as_object().unwrap();
    for (token, id) in vocabulary {
        assert_eq!(
            gguf.tokens.get(id.as_u64().unwrap() as usize),
            Some(token.as_str())
        );
    }
    assert_eq!(
        gguf.merges.len(),
        parsed["model"]["merges"].as_array().unwrap().len()
    );
    assert_eq!(
        (gguf.model.as_str(), gguf.token_types.len()),
        ("gpt2", gguf.tokens.len())
    );
    assert_eq!(
        (gguf.bos, gguf.eos, gguf.add_bos),
        (Some(0), Some(2), Some(false))
    );
    assert_eq!(
        (gguf.fim_pre, gguf.fim_suf, gguf.fim_mid),
        (Some(3), Some(5), Some(4))
    );
    assert!(tokenizer_config.is_some());
    assert!(chat_template.is_some());
    assert_eq!(gguf.chat_template, chat_template);
}

/// A folder whose model has one tensor, called `name`.
fn folder(config: &Value, name: &str) -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("config.json"), config.to_string()).unwrap();
    let tensors = [(name.to_owned(), RawTensor::from_f32(&[1], &[0.5]))];
    let weights = folder.path().join("model.safetensors");
    safetensors::write(&weights, &tensors, &[]).unwrap();
    folder
}

#[test]
fn names_have_the_prefix_whether_or_not_the_file_has() {
    for (model_type, stored, name) in [
        ("gpt2", "h.0.ln_1.weight", "transformer.h.0.ln_1.weight"),
        ("gpt2", "transformer.wte.weight", "transformer.wte.weight"),
        (
            "openai-gpt",
            "tokens_embed.weight",
            "transformer.tokens_embed.weight",
        ),
        ("gpt_neox", "embed_in.weight", "gpt_neox.embed_in.weight"),
        ("gpt_neox", "embed_out.weight", "embed_out.weight"),
        ("llama", "lm_head.weight", "lm_head.weight"),
        ("qwen2", "norm.weight", "model.norm.weight"),
    ] {
        let folder = folder(&json!({"model_type": model_type}), stored);
        let checkpoint = Checkpoint::open(folder.path()).unwrap();
        assert_eq!(checkpoint.names(), [name]);
        assert_eq!(checkpoint.tensor(name).unwrap().to_f32(), [0.5]);
        assert!(checkpoint.has(name) && !checkpoint.has("other"));
        // By its file as well.
        let file = folder.path().join("model.safetensors");
        assert_eq!(Checkpoint::open(&file).unwrap().names(), [name]);
    }
}

#[test]
fn chat_templates_are_a_string_a_list_or_a_file() {
    let folder = folder(&json!({"model_type": "llama"}), "lm_head.weight");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    let template = || match Checkpoint::open(folder.path())?.tokenizer {
        TokenizerSource::Json { chat_template, .. } => Ok::<_, LoadError>(chat_template),
        _ => panic!("tokenizer.json is there"),
    };
    put("tokenizer.json", "{}");
    assert_eq!(template().unwrap(), None);
    for (value, want) in [
        (json!("T"), Some("T")),
        (json!(null), None),
        (
            json!([{"name": "rag", "template": "R"}, {"name": "default", "template": "D"}]),
            Some("D"),
        ),
        (json!([{"name": "rag", "template": "R"}]), Some("R")),
    ] {
        put(
            "tokenizer_config.json",
            &json!({"chat_template": value}).to_string(),
        );
        assert_eq!(template().unwrap().as_deref(), want);
    }
    put(
        "tokenizer_config.json",
        r#"{"chat_template": [{"name": "a"}]}"#,
    );
    let error = template().unwrap_err().to_string();
    assert!(
        error.ends_with("got an item without name or template"),
        "{error}"
    );
    put("tokenizer_config.json", r#"{"chat_template": "T"}"#);
    put("chat_template.jinja", "file");
    assert_eq!(template().unwrap().as_deref(), Some("file"));
}

#[track_caller]
fn refused(path: &Path, want: &str) {
    let error = Checkpoint::open(path).err().expect("an error").to_string();
    assert!(error.ends_with(want), "{error}");
}

#[test]
fn unknown_architectures_are_named_with_those_supported() {
    let folder = folder(&json!({"model_type": "mamba"}), "x");
    refused(
        folder.path(),
        "config.json: model_type is \"mamba\", which is not supported (supported: openai-gpt, \
         gpt2, llama, mistral, qwen2, qwen3, gpt_neox, bert)",
    );
    let path = folder.path().join("m.gguf");
    GgufWriter::new("falcon").write(&path).unwrap();
    refused(
        &path,
        "m.gguf: general.architecture is \"falcon\", which is not supported (supported: gpt2, \
         llama, qwen2, qwen3, gptneox)",
    );
}

#[test]
fn broken_folders_say_what_is_missing() {
    let folder = folder(&json!({}), "x");
    let put = |name: &str, text: &str| fs::write(folder.path().join(name), text).unwrap();
    refused(folder.path(), "config.json has no key model_type");
    put("config.json", "[]");
    refused(
        folder.path(),
        "the file should be a JSON object, got another kind of value",
    );
    put("config.json", "{");
    refused(
        folder.path(),
        "the file should be JSON, got EOF while parsing an object at line 1 column 1",
    );
    put("config.json", r#"{"model_type": "gpt2"}"#);
    fs::remove_file(folder.path().join("model.safetensors")).unwrap();
    put("pytorch_model.bin", "");
    refused(
        folder.path(),
        "pytorch_model.bin: the format of the weights is PyTorch's pickle, which can run any \
         code, which is not supported (supported: model.safetensors, model.safetensors.index.json)",
    );
    fs::remove_file(folder.path().join("pytorch_model.bin")).unwrap();
    refused(folder.path(), "model.safetensors");
    fs::remove_file(folder.path().join("config.json")).unwrap();
    refused(folder.path(), "config.json");
    refused(
        &PathBuf::from("no such file.gguf"),
        "cannot read no such file.gguf",
    );
}

/// The least metadata of a Llama, and its embedding.
fn tiny() -> GgufWriter {
    least("llama")
}

/// The same of another architecture with the same keys.
fn least(architecture: &str) -> GgufWriter {
    let mut writer = GgufWriter::new(architecture);
    for (key, value) in [
        ("embedding_length", 8),
        ("feed_forward_length", 16),
        ("block_count", 1),
        ("attention.head_count", 2),
        ("context_length", 32),
    ] {
        writer.set(&format!("{architecture}.{key}"), Meta::U32(value));
    }
    let eps = format!("{architecture}.attention.layer_norm_rms_epsilon");
    writer.set(&eps, Meta::F32(1e-5));
    writer.add(
        "token_embd.weight",
        RawTensor::from_f32(&[3, 8], &[0.0; 24]),
    );
    writer
}

fn translated(writer: &GgufWriter) -> Result<Checkpoint, LoadError> {
    let file = Gguf::parse(writer.to_bytes(3).into(), Path::new("m.gguf"))?;
    Checkpoint::from_gguf(file)
}

#[test]
fn missing_keys_have_the_formats_defaults() {
    let config = translated(&tiny()).unwrap().config;
    assert_eq!(config["rope_theta"], 10000.0);
    assert_eq!(config["num_key_value_heads"], 2);
    assert_eq!(config["head_dim"], 4);
    assert_eq!(config["vocab_size"], 3);
    assert_eq!(config["rms_norm_eps"], 1e-5);
    assert!(!config.contains_key("rope_scaling"));
}

#[test]
fn rope_scalings_and_windows_are_translated() {
    let scaling = |pairs: &[(&str, Meta)]| {
        let mut writer = tiny();
        for (key, value) in pairs {
            writer.set(&format!("llama.rope.{key}"), value.clone());
        }
        translated(&writer).map(|c| c.config.get("rope_scaling").cloned())
    };
    let text = |text: &str| Meta::String(text.to_owned());
    let linear = json!({"rope_type": "linear", "factor": 4.0});
    let kind = |kind: &str| ("scaling.type", text(kind));
    let factor = ("scaling.factor", Meta::F32(4.0));
    let old = [("scale_linear", Meta::F32(4.0))];
    assert_eq!(
        scaling(&[kind("linear"), factor.clone()]).unwrap(),
        Some(linear.clone())
    );
    assert_eq!(scaling(&old).unwrap(), Some(linear));
    assert_eq!(scaling(&[kind("none"), factor.clone()]).unwrap(), None);
    let yarn = json!({"rope_type": "yarn", "factor": 4.0,
        "original_max_position_embeddings": 8, "beta_fast": 16.0});
    let pairs = [
        kind("yarn"),
        factor.clone(),
        ("scaling.original_context_length", Meta::U32(8)),
        ("scaling.yarn_beta_fast", Meta::F32(16.0)),
    ];
    assert_eq!(scaling(&pairs).unwrap(), Some(yarn));
    let error = scaling(&[kind("longrope"), factor])
        .unwrap_err()
        .to_string();
    assert!(
        error.starts_with("m.gguf: llama.rope.scaling.type is \"longrope\""),
        "{error}"
    );

    let mut windowed = tiny();
    windowed.set("llama.attention.sliding_window", Meta::U32(9));
    let checkpoint = translated(&windowed).unwrap();
    assert_eq!(checkpoint.architecture, "mistral");
    assert_eq!(checkpoint.config["sliding_window"], 9);

    // llama.cpp reads no window there.
    for name in ["qwen2", "qwen3"] {
        let mut writer = least(name);
        writer.set(&format!("{name}.attention.sliding_window"), Meta::U32(9));
        let config = translated(&writer).unwrap().config;
        assert!(!config.contains_key("sliding_window"), "{name}");
        assert!(!config.contains_key("use_sliding_window"), "{name}");
    }
}

/// Its rows are what will be loaded.
#[test]
fn the_vocabulary_is_the_embeddings() {
    let mut writer = tiny();
    writer.set("llama.vocab_size", Meta::U32(2));
    assert_eq!(translated(&writer).unwrap().config["vocab_size"], 3);
}

/// Half a head's size of plain floats; all else before it is unpacked.
#[test]
fn rope_factors_are_checked_before_they_are_unpacked() {
    let outcome = |dtype: DType, shape: &[usize]| {
        let mut writer = tiny();
        let rows: usize = shape[..shape.len() - 1].iter().product();
        let len = rows * dtype.row_bytes(shape[shape.len() - 1]).unwrap();
        // All bytes 0x3c: 1.06 as F16, 0.0115 as F32 and BF16.
        let tensor = RawTensor {
            dtype,
            shape: shape.to_vec(),
            bytes: vec![0x3c; len].into(),
        };
        writer.add("rope_freqs.weight", tensor);
        translated(&writer).map(|_| ()).map_err(|e| e.to_string())
    };
    for dtype in [DType::F32, DType::F16, DType::BF16] {
        assert_eq!(outcome(dtype, &[2]), Ok(()));
    }
    for (dtype, shape) in [
        (DType::Q8_0, vec![1 << 20]),
        (DType::Q8_0, vec![32]),
        (DType::F32, vec![3]),
        (DType::F32, vec![1, 2]),
    ] {
        let error = outcome(dtype, &shape).unwrap_err();
        for part in ["rope_freqs.weight", &format!("{shape:?}"), "[2]"] {
            assert!(error.contains(part), "{part} not in: {error}");
        }
    }
}

/// A quantised tensor of the right length is refused too.
#[test]
fn rope_factors_are_floats() {
    let mut writer = tiny();
    writer.set("llama.attention.key_length", Meta::U32(64));
    let bytes = vec![0x3c; DType::Q8_0.row_bytes(32).unwrap()].into();
    let shape = vec![32];
    let dtype = DType::Q8_0;
    let tensor = RawTensor {
        dtype,
        shape,
        bytes,
    };
    writer.add("rope_freqs.weight", tensor);
    let error = translated(&writer).err().unwrap().to_string();
    let want = "tensor rope_freqs.weight should be F32, F16 or BF16, got Q8_0";
    assert!(error.contains(want), "{error}");
}

/// What is parsed into values takes many times its bytes.
#[test]
fn long_files_of_json_are_refused_unparsed() {
    for (name, most) in [
        ("config.json", 1 << 20),
        ("generation_config.json", 1 << 20),
        ("tokenizer_config.json", 16 << 20),
    ] {
        let whole = folder(&json!({"model_type": "llama"}), "x");
        let put = |name: &str, text: &[u8]| fs::write(whole.path().join(name), text).unwrap();
        put("tokenizer.json", b"{}");
        put(name, &vec![b'['; most + 1]);
        refused(
            whole.path(),
            &format!("{name}: the file should be at most {most} bytes, got more"),
        );
    }
}

#[test]
fn hostile_metadata_is_refused_by_key() {
    let u32s = |v: &[u32]| Meta::Array(Array::U32(v.to_vec()));
    let texts = |v: &[&str]| Meta::Array(Array::String(v.iter().map(|s| s.to_string()).collect()));
    let cases: [(&[(&str, Meta)], &str); 8] = [
        (
            &[("llama.block_count", Meta::U64(1 << 40))],
            "metadata key llama.block_count should be positive, below 2^31, got 1099511627776",
        ),
        (
            &[("llama.attention.head_count", Meta::U32(0))],
            "metadata key llama.attention.head_count should be positive, below 2^31, got 0",
        ),
        (
            &[("llama.attention.head_count", Meta::U32(3))],
            "metadata key llama.attention.head_count should be a divisor of embedding_length 8, \
             got 3",
        ),
        (
            &[("llama.attention.head_count_kv", u32s(&[1, 2]))],
            "metadata key llama.attention.head_count_kv should be an integer, not negative, \
             got an array",
        ),
        (
            &[("llama.rope.freq_base", Meta::F32(f32::NAN))],
            "metadata key llama.rope.freq_base should be a float, got the float NaN",
        ),
        (
            &[("llama.expert_count", Meta::U32(8))],
            "llama.expert_count is 8, which is not supported (supported: 0)",
        ),
        (
            &[
                ("tokenizer.ggml.model", Meta::String("llama".into())),
                ("tokenizer.ggml.tokens", texts(&["a", "b"])),
                ("tokenizer.ggml.eos_token_id", Meta::U32(2)),
            ],
            "metadata key tokenizer.ggml.eos_token_id should be below the vocabulary size 2, got 2",
        ),
        (
            &[
                ("tokenizer.ggml.model", Meta::String("llama".into())),
                ("tokenizer.ggml.tokens", texts(&["a", "b"])),
                ("tokenizer.ggml.scores", Meta::Array(Array::F32(vec![0.0]))),
            ],
            "metadata key tokenizer.ggml.scores should be as long as tokens, 2, got 1",
        ),
    ];
    for (pairs, want) in cases {
        let mut writer = tiny();
        for (key, value) in pairs {
            writer.set(key, value.clone());
        }
        let error = translated(&writer).err().expect(want).to_string();
        assert_eq!(error, format!("m.gguf: {want}"));
    }
}

#[test]
fn rows_that_are_no_whole_heads_are_refused() {
    let mut writer = tiny();
    writer.add(
        "blk.0.attn_q.weight",
        RawTensor::from_f32(&[7, 8], &[0.0; 56]),
    );
    let checkpoint = translated(&writer).unwrap();
    let error = checkpoint.tensor("model.layers.0.self_attn.q_proj.weight");
    assert!(matches!(error, Err(LoadError::Shape { got, .. }) if got == [7, 8]));
}

/// `cargo xtask test` sets `LYCEUM_TEST_MODEL`: the default model's file.
#[test]
fn the_default_model_opens() {
    let Some(path) = std::env::var_os("LYCEUM_TEST_MODEL") else {
        eprintln!("skipped: LYCEUM_TEST_MODEL names no file");
        return;
    };
    let checkpoint = Checkpoint::open(Path::new(&path)).unwrap();
    let c = &checkpoint.config;
    assert_eq!(checkpoint.architecture, "llama");
    for (key, want) in [
        ("vocab_size", 49152),
        ("hidden_size", 576),
        ("intermediate_size", 1536),
        ("num_hidden_layers", 30),
        ("num_attention_heads", 9),
        ("num_key_value_heads", 3),
        ("head_dim", 64),
        ("max_position_embeddings", 8192),
    ] {
        assert_eq!(c[key], want, "{key}");
    }
    assert_eq!(
        (&c["rope_theta"], &c["rms_norm_eps"]),
        (&json!(100000.0), &json!(1e-5))
    );
    assert_eq!(c["tie_word_embeddings"], true);
    assert_eq!(checkpoint.names().len(), 272);
    assert!(
        checkpoint
            .names()
            .iter()
            .all(|name| name.starts_with("model."))
    );
    let q = checkpoint
        .tensor("model.layers.29.self_attn.q_proj.weight")
        .unwrap();
    assert_eq!(
        (q.dtype, q.shape.as_slice()),
        (DType::Q4_1, &[576, 576][..])
    );
    let TokenizerSource::Gguf(tokenizer) = checkpoint.tokenizer else {
        panic!("no tokenizer");
    };
    let GgufTokenizer {
        tokens,
        merges,
        pre,
        eos,
        ..
    } = *tokenizer;
    assert_eq!((tokens.len(), merges.len(), eos), (49152, 48900, Some(2)));
    assert_eq!(pre.as_deref(), Some("smollm"));
}
