//! What a grammar costs: seconds per token with it and without, as one JSON object per kind of
//! answer. Nothing is guessed ahead, so that each token is a step of its own. The same tokens come
//! in each round; of each the shortest time counts, as other programs may run beside.
//!
//! Usage: `grammar_speed MODEL [THREADS [ROUNDS]]`

use std::error::Error;
use std::ops::ControlFlow;
use std::time::Instant;

use engine::{
    ChatRequest, Generation, Message, OpenOptions, Sampling, Schema, Speculation, TextModel, Tool,
    Tools,
};
use kernels::quant::Activations;
use serde_json::{Value, json};

/// Tokens of an answer. All have as many, so that they stand before the same number of keys.
const TOKENS: usize = 160;

fn schema(value: Value) -> Schema {
    match value {
        Value::Object(map) => Schema(map),
        _ => Schema::object(),
    }
}

/// A list of objects that is too long to end.
fn list(of: Value) -> Schema {
    schema(json!({"type": "array", "minItems": 400, "items": of}))
}

fn tool(name: &str) -> Tool {
    let parameters = json!({"type": "object", "properties": {
        "city": {"type": "string"}, "days": {"type": "integer"},
        "unit": {"enum": ["celsius", "fahrenheit"]}}, "required": ["city", "days", "unit"],
        "additionalProperties": false});
    Tool {
        name: name.to_owned(),
        description: None,
        parameters: Some(schema(parameters)),
        strict: true,
    }
}

fn functions(required: bool) -> Tools {
    Tools {
        tools: ["weather", "forecast", "climate"].map(tool).to_vec(),
        allowed: None,
        required,
        parallel: true,
    }
}

/// Kinds of answers; the first is free.
fn kinds() -> Vec<(&'static str, Option<Schema>, Tools)> {
    let person = json!({"type": "object", "properties": {
        "name": {"type": "string"}, "age": {"type": "integer"}, "kind": {"enum": ["a", "b"]}},
        "required": ["name", "age", "kind"], "additionalProperties": false});
    let none = Tools::default;
    vec![
        ("no grammar", None, none()),
        ("list of objects", Some(list(person)), none()),
        (
            "list of strings",
            Some(list(json!({"type": "string", "minLength": 60}))),
            none(),
        ),
        (
            "list of numbers",
            Some(list(json!({"type": "number"}))),
            none(),
        ),
        ("text, may call", None, functions(false)),
        ("calls", None, functions(true)),
    ]
}

/// Seconds before each token but the first.
fn one(
    model: &TextModel,
    format: Option<Schema>,
    tools: Tools,
) -> Result<Vec<f64>, Box<dyn Error>> {
    let question = "List some people of the town by the sea, as many as you know.";
    let t = model.tokenizer();
    let ends = t.eos().into_iter().chain(t.id_of("<|endoftext|>"));
    let ends: std::collections::BTreeSet<u32> = ends.collect();
    let sampling = Sampling {
        seed: Some(7),
        // An answer does not end before it has all its tokens.
        logit_bias: ends.into_iter().map(|id| (id, -100.0)).collect(),
        ..Sampling::default()
    };
    let request = ChatRequest {
        format,
        tools,
        generation: Generation {
            max_tokens: Some(TOKENS),
            sampling,
            logprobs: None,
            speculation: Speculation::Off,
            ..Generation::default()
        },
        ..ChatRequest::new(vec![Message::new("user", question)])
    };
    let mut times = Vec::new();
    // Each token makes a delta, if an empty one.
    let answer = model.chat(&request, &mut |_| {
        times.push(Instant::now());
        ControlFlow::Continue(())
    })?;
    let tokens = answer.usage.completion_tokens;
    let last = times
        .len()
        .checked_sub(2)
        .ok_or("an answer without tokens")?;
    let first = last + 1 - tokens;
    let gaps = times[first..=last].windows(2);
    Ok(gaps
        .map(|two| two[1].duration_since(two[0]).as_secs_f64())
        .collect())
}

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let Some(model) = arguments.first() else {
        return Err("usage: grammar_speed MODEL [THREADS [ROUNDS]]".into());
    };
    let number = |i: usize, default: usize| match arguments.get(i) {
        Some(text) => text.parse(),
        None => Ok(default),
    };
    kernels::parallel::set_threads(number(1, 1)?);
    let rounds = number(2, 5)?;
    // As `lyceum serve` computes.
    let options = OpenOptions {
        activations: Activations::Int8,
        ..OpenOptions::default()
    };
    let model = TextModel::open(model.as_ref(), &options)?;
    let kinds = kinds();
    let mut best: Vec<Vec<f64>> = vec![Vec::new(); kinds.len()];
    for _ in 0..rounds {
        for ((_, format, tools), best) in kinds.iter().zip(&mut best) {
            let gaps = one(&model, format.clone(), tools.clone())?;
            best.resize(gaps.len(), f64::INFINITY);
            best.iter_mut()
                .zip(gaps)
                .for_each(|(b, gap)| *b = b.min(gap));
        }
    }
    let mean = |values: &[f64]| values.iter().sum::<f64>() / values.len() as f64;
    let free = mean(&best[0]);
    for ((name, ..), best) in kinds.iter().zip(&best) {
        let longest = best.iter().copied().fold(0.0, f64::max);
        let result = json!({"kind": name, "tokens": best.len() + 1,
            "ms_per_token": mean(best) * 1e3, "longest_ms": longest * 1e3,
            "ratio": mean(best) / free});
        println!("{result}");
    }
    Ok(())
}
