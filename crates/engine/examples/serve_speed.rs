//! What the server is held against: `serve_speed MODEL` answers prompts at once in process, with
//! the settings of `lyceum serve`. `cargo xtask bench serve` runs it.
//!
//! Each line of standard input is `{"prompts": [...], "max_tokens": N}`; each line of output says
//! what came of it: seconds to the last token, seconds to each answer's first text, tokens, texts.

use std::error::Error;
use std::io::{BufRead, Write};
use std::ops::ControlFlow;
use std::path::Path;
use std::time::Instant;

use engine::{CompletionRequest, Generation, OpenOptions, Sampling, Speculation, TextModel};
use kernels::quant::Activations;
use serde_json::{Value, json};

fn main() -> Result<(), Box<dyn Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, model] = &args[..] else {
        return Err("serve_speed MODEL".into());
    };
    let options = OpenOptions {
        activations: Activations::Int8,
        ..OpenOptions::default()
    };
    let model = TextModel::open(Path::new(model), &options)?;
    for line in std::io::stdin().lock().lines() {
        let asked: Value = serde_json::from_str(&line?)?;
        let mut out = std::io::stdout().lock();
        writeln!(out, "{}", answered(&model, &asked)?)?;
        out.flush()?;
    }
    Ok(())
}

fn answered(model: &TextModel, asked: &Value) -> Result<Value, Box<dyn Error>> {
    let prompts = asked["prompts"].as_array().ok_or("no `prompts`")?;
    let max_tokens = asked["max_tokens"].as_u64().ok_or("no `max_tokens`")? as usize;
    let request = |prompt: &Value| CompletionRequest {
        generation: Generation {
            max_tokens: Some(max_tokens),
            sampling: Sampling {
                temperature: 0.0,
                ..Sampling::default()
            },
            speculation: Speculation::On,
            ..Generation::default()
        },
        ..CompletionRequest::new(prompt.as_str().unwrap_or_default())
    };
    let started = Instant::now();
    let answer = |prompt: &Value| {
        let mut first = None;
        let answer = model.complete(&request(prompt), &mut |delta| {
            if !delta.text.is_empty() {
                first.get_or_insert_with(|| started.elapsed().as_secs_f64());
            }
            ControlFlow::Continue(())
        });
        answer.map(|answer| (answer, first))
    };
    let answers: Vec<_> = std::thread::scope(|scope| {
        let threads: Vec<_> = prompts
            .iter()
            .map(|prompt| scope.spawn(move || answer(prompt)))
            .collect();
        let joined = threads.into_iter().map(|thread| thread.join());
        joined.collect::<Result<_, _>>().map_err(|_| "a panic")
    })?;
    let seconds = started.elapsed().as_secs_f64();
    let (mut tokens, mut texts, mut firsts) = (0, Vec::new(), Vec::new());
    for answer in answers {
        let (completion, first) = answer?;
        tokens += completion.usage.completion_tokens;
        texts.extend(completion.choices.into_iter().map(|c| c.text));
        firsts.push(first);
    }
    Ok(json!({"seconds": seconds, "tokens": tokens, "first_s": firsts, "texts": texts}))
}
