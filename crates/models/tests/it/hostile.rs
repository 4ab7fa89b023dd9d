//! Configs that don't fit their weights, or nothing at all, are refused.

use std::path::Path;

use models::{Checkpoint, LoadOptions, load};
use serde_json::{Map, Value, json};
use tensor::LoadError;
use tensor::safetensors::SafeTensors;
use testkit::{Rng, fixture};

use crate::{MODELS, open};

/// The tiny model `name` under another config.
fn under(name: &str, config: Map<String, Value>) -> Result<(), LoadError> {
    let weights = fixture(&format!("models/{name}/model.safetensors"));
    let weights = SafeTensors::open(&weights)?;
    let path = Path::new("there/config.json");
    let checkpoint = Checkpoint::from_parts(path, config, Box::new(weights))?;
    load(&checkpoint, LoadOptions::default()).map(|_| ())
}

/// Why `name` is refused with `value` at `key`.
fn refused(name: &str, key: &str, value: Value) -> String {
    let mut config = open(name).config;
    config.insert(key.to_string(), value);
    under(name, config).expect_err(key).to_string()
}

#[test]
fn a_wrong_shape_names_the_tensor_and_the_keys() {
    let got = refused("llama", "num_key_value_heads", json!(4));
    for part in [
        "model.layers.0.self_attn.k_proj.weight",
        "model.safetensors",
        "[16, 32]",
        "[32, 32]",
        "num_key_value_heads 4 · head_dim 8",
        "hidden_size 32",
    ] {
        assert!(got.contains(part), "{part} not in: {got}");
    }
}

#[test]
fn values_out_of_range_name_their_key() {
    for (name, key, value, want) in [
        (
            "llama",
            "num_attention_heads",
            json!(0),
            "an integer from 1 to",
        ),
        ("llama", "num_attention_heads", json!(3), "a multiple of"),
        ("llama", "hidden_size", json!(-32), "got -32"),
        ("llama", "hidden_size", json!("32"), "got \"32\""),
        (
            "llama",
            "vocab_size",
            json!(1u64 << 60),
            "an integer from 1 to",
        ),
        ("llama", "num_hidden_layers", json!(1 << 20), "at most 4096"),
        ("llama", "rms_norm_eps", json!([1]), "a list of 1"),
        ("llama", "rope_theta", json!(0.0), "above 0"),
        ("llama", "hidden_act", json!("gelu"), "supported: silu"),
        (
            "llama",
            "rope_scaling",
            json!({"rope_type": "dynamic", "factor": 2.0}),
            "supported: default, linear",
        ),
        (
            "llama",
            "rope_scaling",
            json!({"rope_type": "linear"}),
            "no key rope_scaling.factor",
        ),
        (
            "llama",
            "rope_scaling",
            json!({"rope_type": "factors", "factors": [1.0]}),
            "4 numbers above 0",
        ),
        ("llama", "rope_scaling", json!(7), "an object"),
        (
            "llama",
            "rope_parameters",
            json!({"rope_type": "yarn", "rope_theta": 1.0, "factor": 2.0}),
            "finite frequencies",
        ),
        ("gpt2", "n_head", json!(5), "a multiple of n_head 5"),
        (
            "gpt2",
            "activation_function",
            json!("tanh"),
            "supported: gelu",
        ),
        (
            "gpt2",
            "add_cross_attention",
            json!(true),
            "supported: false",
        ),
        (
            "gpt_neox",
            "rotary_pct",
            json!(2.0),
            "an even share of head_dim 16",
        ),
        (
            "gpt_neox",
            "rotary_pct",
            json!(0.2),
            "an even share of head_dim 16",
        ),
        ("qwen3", "head_dim", json!(8), "head_dim 8"),
        ("openai-gpt", "afn", json!("tanh"), "supported: gelu"),
    ] {
        let got = refused(name, key, value);
        let first = key.split('_').next().unwrap();
        assert!(got.contains(want), "{key}: {want} not in: {got}");
        assert!(
            got.contains(first) || got.contains("hidden_size"),
            "{key} not in: {got}"
        );
    }
}

#[test]
fn sliding_windows_are_those_of_the_layers() {
    let windowed = |types: Value| {
        let mut config = open("qwen2").config;
        config.insert("use_sliding_window".into(), json!(true));
        config.insert("sliding_window".into(), json!(4));
        config.insert("layer_types".into(), types);
        under("qwen2", config)
    };
    windowed(json!(["full_attention", "sliding_attention"])).unwrap();
    let got = windowed(json!(["full_attention"])).unwrap_err().to_string();
    assert!(
        got.contains("layer_types") && got.contains("one per layer"),
        "{got}"
    );
    let got = windowed(json!(["full_attention", "chunked"]))
        .unwrap_err()
        .to_string();
    assert!(got.contains("chunked"), "{got}");
}

/// Whatever a config says: an error or a model, no panic, no wild allocation.
#[test]
fn random_configs_never_panic() {
    let mut rng = Rng::new(0xC0F);
    for round in 0..2_000 {
        let name = *rng.choose(&MODELS);
        let mut config = open(name).config;
        let keys: Vec<String> = config.keys().cloned().collect();
        for _ in 0..=rng.below(2) {
            let key = rng.choose(&keys).clone();
            match rng.below(8) {
                0 => drop(config.remove(&key)),
                _ => drop(config.insert(key, value(&mut rng))),
            }
        }
        let shown = format!("{config:?}");
        let outcome = std::panic::catch_unwind(|| under(name, config).map_err(|e| e.to_string()));
        assert!(
            outcome.is_ok(),
            "seed 0xC0F, round {round}: {name} with {shown}"
        );
    }
}

fn value(rng: &mut Rng) -> Value {
    match rng.below(12) {
        0 => Value::Null,
        1 => json!(0),
        2 => json!(-1),
        3 => json!(u64::MAX),
        4 => json!(1u64 << rng.below(63)),
        5 => json!(rng.below(200)),
        6 => json!(f64::from(rng.normal()) * 1e3),
        7 => json!(1e300),
        8 => json!("x".repeat(rng.below(300))),
        9 => json!([1, "full_attention"]),
        10 => {
            let kind = *rng.choose(&["yarn", "llama3", "linear", "default", "?"]);
            json!({"rope_type": kind, "factor": rng.below(3), "low_freq_factor": rng.below(3),
                   "high_freq_factor": rng.below(9),
                   "original_max_position_embeddings": rng.below(300)})
        }
        _ => json!(rng.below(2) == 0),
    }
}
