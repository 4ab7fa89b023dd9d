//! Perplexity of a model on a text, as one JSON object, for `cargo xtask perplexity`: the
//! exponential of the mean negative log-probability of each token after the ones before it in
//! its window, through the engine, as it serves.
//!
//! Usage: `perplexity MODEL TEXT TOKENS int8|f32 [IDS]`; IDS is a file to write the windows to.

use std::error::Error;
use std::ops::ControlFlow;
use std::sync::mpsc;

use engine::{Event, OpenOptions, Request, TextModel};
use kernels::quant::Activations;

/// Tokens of a window, as far as the context goes; windows share nothing.
const WINDOW: usize = 1000;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, text, tokens, activations, rest @ ..] = arguments.as_slice() else {
        return Err("usage: perplexity MODEL TEXT TOKENS int8|f32 [IDS]".into());
    };
    let activations = match activations.as_str() {
        "int8" => Activations::Int8,
        "f32" => Activations::F32,
        other => return Err(format!("activations are int8 or f32, not {other}").into()),
    };
    let model = TextModel::open(
        model.as_ref(),
        &OpenOptions {
            activations,
            ..OpenOptions::default()
        },
    )?;
    let text = std::fs::read_to_string(text)?;
    let mut ids = model.tokenizer().encode(&text, text::Specials::Plain);
    ids.truncate(tokens.parse()?);
    let windows: Vec<&[u32]> = ids
        .chunks(WINDOW.min(model.engine().context()))
        .filter(|window| window.len() > 1)
        .collect();
    if let Some(path) = rest.first() {
        let lines: Vec<String> = windows.iter().map(|w| format!("{w:?}")).collect();
        std::fs::write(path, format!("[{}]", lines.join(",\n")))?;
    }
    let (mut sum, mut count) = (0.0, 0);
    for window in windows {
        let logprobs = score(&model, window)?;
        count += logprobs.len();
        sum -= logprobs.iter().map(|&l| f64::from(l)).sum::<f64>();
    }
    let perplexity = (sum / count as f64).exp();
    print!("{{\"tokens\": {count}, \"perplexity\": {perplexity}}}");
    Ok(())
}

/// Log-probabilities of all tokens but the first.
fn score(model: &TextModel, window: &[u32]) -> Result<Vec<f32>, Box<dyn Error>> {
    let (sender, events) = mpsc::channel();
    let request = Request {
        prompt: window.to_vec(),
        max_tokens: 0,
        logprobs: Some(0),
        prompt_logprobs: true,
        ..Request::default()
    };
    let hear = move |event| match sender.send(event) {
        Ok(()) => ControlFlow::Continue(()),
        Err(_) => ControlFlow::Break(()),
    };
    model.engine().submit(request, Box::new(hear))?;
    let mut logprobs = Vec::new();
    for event in events {
        match event {
            Event::Prompt {
                logprobs: Some(l), ..
            } => logprobs.push(l.logprob),
            Event::Failed(failure) => return Err(failure.into()),
            _ => {}
        }
    }
    if logprobs.len() + 1 != window.len() {
        let message = format!("{} of {} tokens were scored", logprobs.len(), window.len());
        return Err(message.into());
    }
    Ok(logprobs)
}
