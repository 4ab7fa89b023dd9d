//! Perplexity of a model on a text, as one JSON object, for `cargo xtask perplexity`: the
//! exponential of the mean negative log-probability of each token after the ones before it in
//! its window, through the engine, as it serves.
//!
//! Usage: `perplexity MODEL TEXT TOKENS fast|exact [IDS]`: `fast` is how the program serves,
//! with int8 activations and a cache of halves, `exact` has both in f32. IDS is a file to write
//! the windows to.

use std::error::Error;
use std::ops::ControlFlow;
use std::path::Path;

use engine::{CompletionRequest, EngineConfig, Generation, OpenOptions, Prompt, TextModel};
use kernels::attention::CacheType;
use kernels::quant::Activations;

/// Tokens of a window, as far as the context goes; windows share nothing.
const WINDOW: usize = 1000;

type Result<T> = std::result::Result<T, Box<dyn Error>>;

fn main() -> Result<()> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, text, tokens, settings, rest @ ..] = arguments.as_slice() else {
        return Err("usage: perplexity MODEL TEXT TOKENS fast|exact [IDS]".into());
    };
    let model = match settings.as_str() {
        "fast" => fast(model.as_ref())?,
        "exact" => exact(model.as_ref())?,
        other => return Err(format!("settings are fast or exact, not {other}").into()),
    };
    let windows = windows(&model, &std::fs::read_to_string(text)?, tokens.parse()?);
    if let Some(path) = rest.first() {
        let lines: Vec<String> = windows.iter().map(|w| format!("{w:?}")).collect();
        std::fs::write(path, format!("[{}]", lines.join(",\n")))?;
    }
    let tokens: usize = windows.iter().map(|w| w.len() - 1).sum();
    let perplexity = perplexity(&model, windows)?;
    print!("{{\"tokens\": {tokens}, \"perplexity\": {perplexity}}}");
    Ok(())
}

/// As the program opens a model when nothing else is asked for.
fn fast(model: &Path) -> Result<TextModel> {
    open(model, Activations::Int8, CacheType::default())
}

/// Nothing is rounded but the weights that the file holds.
fn exact(model: &Path) -> Result<TextModel> {
    open(model, Activations::F32, CacheType::F32)
}

fn open(model: &Path, activations: Activations, cache: CacheType) -> Result<TextModel> {
    let engine = EngineConfig {
        cache,
        ..EngineConfig::default()
    };
    let options = OpenOptions {
        activations,
        engine,
        ..OpenOptions::default()
    };
    Ok(TextModel::open(model, &options)?)
}

/// The first `tokens` ids of a text, cut into windows of at least two.
fn windows(model: &TextModel, text: &str, tokens: usize) -> Vec<Vec<u32>> {
    let mut ids = model.tokenizer().encode(text, text::Specials::Plain);
    ids.truncate(tokens);
    let windows = ids.chunks(WINDOW.min(model.engine().context()));
    let scored = windows.filter(|window| window.len() > 1);
    scored.map(<[u32]>::to_vec).collect()
}

fn perplexity(model: &TextModel, windows: Vec<Vec<u32>>) -> Result<f64> {
    let (mut sum, mut count) = (0.0, 0);
    for window in windows {
        let tokens = window.len();
        let logprobs = logprobs(model, window)?;
        if logprobs.len() + 1 != tokens {
            return Err(format!("{} of {tokens} tokens were scored", logprobs.len()).into());
        }
        count += logprobs.len();
        sum -= logprobs.into_iter().map(f64::from).sum::<f64>();
    }
    Ok((sum / count as f64).exp())
}

/// Of all tokens but the first.
fn logprobs(model: &TextModel, window: Vec<u32>) -> Result<Vec<f32>> {
    let request = CompletionRequest {
        prompt: Prompt::Ids(window),
        echo: true,
        generation: Generation {
            max_tokens: Some(0),
            logprobs: Some(0),
            ..Generation::default()
        },
        suffix: None,
    };
    let answer = model.complete(&request, &mut |_| ControlFlow::Continue(()))?;
    let tokens = answer.choices.iter().flat_map(|choice| &choice.tokens);
    Ok(tokens.filter_map(|token| token.logprob).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As many as take some seconds; `cargo xtask perplexity` takes 20,000, in every format.
    const TOKENS: usize = 2000;
    /// Of the f32 reference's perplexity, either way.
    const TOLERANCE: f64 = 0.005;

    /// On the default model, whose file `cargo xtask test` names.
    #[test]
    fn serving_has_the_perplexity_of_f32() {
        let text = "../../../shared/data/text/tinyshakespeare.txt";
        let text = std::fs::read_to_string(Path::new(env!("CARGO_MANIFEST_DIR")).join(text));
        let model = std::env::var_os("LYCEUM_TEST_MODEL");
        let (Ok(text), Some(model)) = (text, model) else {
            println!("skipped: it needs ../shared and LYCEUM_TEST_MODEL of `cargo xtask test`");
            return;
        };
        let [want, got] = [exact, fast].map(|open| {
            let model = open(model.as_ref()).unwrap();
            perplexity(&model, windows(&model, &text, TOKENS)).unwrap()
        });
        let off = got / want - 1.0;
        println!("perplexity {want:.4} in f32, {got:.4} as served, {off:+.2e}");
        assert!(off.abs() <= TOLERANCE, "{got} as served, {want} in f32");
    }
}
