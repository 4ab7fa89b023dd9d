//! Which of a config's many ways to say RoPE counts: as in transformers 5.23,
//! asked for each pair here.

use std::path::Path;

use models::{Checkpoint, LoadOptions, load};
use serde_json::{Value, json};
use tensor::LoadError;
use tensor::safetensors::SafeTensors;
use testkit::fixture;

use crate::{logits, open};

/// The bits of some logits of the tiny model `name` with its RoPE said by
/// `keys`, null for none.
fn bits(name: &str, keys: &Value) -> Result<Vec<u32>, LoadError> {
    let mut config = open(name).config;
    for key in ["rope_scaling", "rope_theta", "rope_parameters"] {
        config.remove(key);
    }
    config.extend(keys.as_object().unwrap().clone());
    let weights = SafeTensors::open(&fixture(&format!("models/{name}/model.safetensors")))?;
    let path = Path::new("there/config.json");
    let checkpoint = Checkpoint::from_parts(path, config, Box::new(weights))?;
    let model = load(&checkpoint, LoadOptions::default())?;
    let ids: Vec<u32> = (1..41).collect();
    let logits = logits(model.as_ref(), &ids, &[40]);
    Ok(logits.data().iter().map(|x| x.to_bits()).collect())
}

/// `one` and `other` say the same, and neither what `ignored` says.
fn same(name: &str, one: &Value, other: &Value, ignored: &Value) {
    let of = |keys| bits(name, keys).unwrap();
    assert!(of(one) == of(other), "{name}: {one} is not {other}");
    assert!(of(one) != of(ignored), "{name}: {one} is {ignored}");
}

#[test]
fn rope_scaling_hides_rope_parameters() {
    let old = json!({"rope_type": "linear", "factor": 4.0});
    let new = json!({"rope_type": "linear", "factor": 2.0, "rope_theta": 500.0});
    same(
        "llama",
        &json!({"rope_scaling": old, "rope_parameters": new}),
        &json!({"rope_scaling": old, "rope_theta": 1e4}),
        &json!({"rope_parameters": new}),
    );
    let with_theta = json!({"rope_type": "linear", "factor": 4.0, "rope_theta": 100.0});
    same(
        "llama",
        &json!({"rope_scaling": with_theta, "rope_theta": 7.0, "rope_parameters": new}),
        &json!({"rope_scaling": old, "rope_theta": 100.0}),
        &json!({"rope_scaling": old, "rope_theta": 500.0}),
    );
    same(
        "llama",
        &json!({"rope_scaling": {}, "rope_parameters": new}),
        &json!({"rope_parameters": new}),
        &json!({}),
    );
    let neox = json!({"rope_type": "default", "rope_theta": 100.0, "partial_rotary_factor": 0.5});
    same(
        "gpt_neox",
        &json!({"rope_scaling": old, "rope_parameters": neox}),
        &json!({"rope_scaling": old}),
        &json!({"rope_parameters": neox}),
    );
}

#[test]
fn whole_heads_turn_whatever_partial_rotary_factor_says() {
    for name in ["llama", "mistral", "qwen2", "qwen3"] {
        let section = json!({"rope_type": "default", "partial_rotary_factor": 0.5});
        for keys in [
            json!({"partial_rotary_factor": 0.5}),
            json!({"rope_parameters": section}),
        ] {
            let plain = bits(name, &json!({})).unwrap();
            assert!(bits(name, &keys).unwrap() == plain, "{name}: {keys}");
        }
    }
    // transformers fails there, when it computes.
    let half = json!({"rope_scaling": {"rope_type": "linear", "factor": 2.0},
        "partial_rotary_factor": 0.5});
    let error = bits("llama", &half).unwrap_err().to_string();
    let wanted = "partial_rotary_factor is \"0.5 with rope_type linear\"";
    assert!(error.contains(wanted), "{error}");
}

#[test]
fn the_original_context_beside_the_section_wins() {
    let llama3 = json!({"rope_type": "llama3", "factor": 8.0, "low_freq_factor": 1.0,
        "high_freq_factor": 4.0, "rope_theta": 100.0});
    let yarn = json!({"rope_type": "yarn", "factor": 4.0, "rope_theta": 100.0});
    for scaling in [llama3, yarn] {
        let of = |context: u32| {
            let mut scaling = scaling.clone();
            scaling["original_max_position_embeddings"] = json!(context);
            scaling
        };
        same(
            "llama",
            &json!({"rope_scaling": of(32), "original_max_position_embeddings": 128}),
            &json!({"rope_scaling": of(128)}),
            &json!({"rope_scaling": of(32)}),
        );
    }
}
