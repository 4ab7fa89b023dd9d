//! `lyceum complete`: a text goes on.
//!
//! Stdout holds the completion and nothing else, unless a table (`--top`) or JSON is asked for.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use engine::{
    Choice, Completion, CompletionRequest, Delta, FinishReason, Generation, Prompt, Speculation,
    Token,
};
use serde_json::{Value, json};

use crate::cli::{Complete, Global};
use crate::command::open;
use crate::interrupt;
use crate::report::{Failure, Outcome};
use crate::term;

pub fn run(global: &Global, args: &Complete) -> Outcome {
    let prompt = open::argument_or_piped(args.prompt.as_deref(), "prompt")?;
    if prompt.is_empty() && args.suffix.is_none() {
        return Err(
            Failure::usage("the prompt is empty").help("lyceum complete \"Once upon a time\"")
        );
    }
    let request = request(global, args, prompt)?;
    let model = open::text_model(global, None)?;

    let streams = args.choices == 1 && args.best_of.is_none_or(|b| b <= 1);
    let live = streams && !global.json && args.top.is_none();
    let mut out = Output::new(args);
    let started = Instant::now();
    let mut first_token = None;
    let mut failed = None;
    let completion = model.complete(&request, &mut |delta| {
        if delta.tokens.iter().any(|t| !t.prompt) {
            first_token.get_or_insert_with(|| started.elapsed());
        }
        if live && let Err(e) = out.delta(&delta) {
            failed = Some(e);
            return ControlFlow::Break(());
        }
        interrupt::flow()
    })?;
    if let Some(e) = failed {
        return Err(e.into());
    }
    let took = started.elapsed();

    if global.json {
        writeln!(io::stdout(), "{}", to_json(&completion, args))?;
    } else if args.top.is_some() {
        for choice in &completion.choices {
            write!(io::stdout(), "{}", candidates(choice))?;
        }
    } else if live {
        out.end()?;
    } else {
        for choice in &completion.choices {
            out.choice(choice)?;
        }
    }
    if global.verbose {
        let usage = completion.usage;
        say!(
            "{} prompt tokens, first token after {:.2} s, {} tokens in {:.2} s, {}",
            usage.prompt_tokens,
            first_token.unwrap_or(took).as_secs_f64(),
            usage.completion_tokens,
            took.as_secs_f64(),
            open::guesses(&model)
        );
    }
    if args.logprobs && !global.json && !global.quiet && args.top.is_none() {
        legend();
    }
    let cancelled = |c: &Choice| c.finish == Some(FinishReason::Cancelled);
    if completion.choices.iter().any(cancelled) {
        return Err(Failure::interrupted());
    }
    Ok(())
}

fn request(global: &Global, args: &Complete, prompt: String) -> Outcome<CompletionRequest> {
    let wants_logprobs = args.logprobs || args.top.is_some();
    if args.max_tokens == 0 && !args.echo {
        return Err(Failure::usage("-n 0 generates nothing")
            .help("with --echo --logprobs it scores the prompt; else give -n a number"));
    }
    if args.best_of.is_some_and(|b| b < args.choices) {
        let message = format!(
            "--best-of {} is less than --choices {}",
            args.best_of.unwrap_or_default(),
            args.choices
        );
        return Err(Failure::usage(message).help("the best are chosen among the generated ones"));
    }
    if args.best_of.is_some_and(|b| b > 1) && args.sampling.temperature == Some(0.0) {
        say!(
            "{} temperature 0 with --best-of gives equal candidates",
            term::paint("1;33", "warning:")
        );
    }
    Ok(CompletionRequest {
        prompt: Prompt::Text(prompt),
        suffix: args.suffix.clone(),
        echo: args.echo,
        generation: Generation {
            max_tokens: Some(args.max_tokens),
            sampling: open::sampling(&args.sampling, 1.0)?,
            n: args.choices,
            best_of: args.best_of.unwrap_or(0),
            logprobs: wants_logprobs.then(|| args.top.map_or(0, usize::from)),
            stop: open::stops(&args.sampling),
            speculation: open::speculation(global, Speculation::On),
            ..Generation::default()
        },
    })
}

/// Writes completions as they come.
struct Output {
    colors: bool,
    terminal: bool,
    /// Whether the last character written ends a line.
    line_ended: bool,
    /// Whether one of several, which need a heading each.
    several: bool,
    choices: usize,
}

impl Output {
    fn new(args: &Complete) -> Self {
        Self {
            colors: args.logprobs && term::stdout_colors(),
            terminal: io::stdout().is_terminal(),
            line_ended: true,
            several: args.choices > 1,
            choices: 0,
        }
    }

    fn delta(&mut self, delta: &Delta) -> io::Result<()> {
        let mut out = io::stdout().lock();
        if self.colors {
            delta
                .tokens
                .iter()
                .try_for_each(|t| out.write_all(colored(t).as_bytes()))?;
        } else {
            out.write_all(term::for_stdout(&delta.text).as_bytes())?;
        }
        if let Some(last) = delta.text.chars().last() {
            self.line_ended = last == '\n';
        }
        out.flush()
    }

    /// The prompt stands right behind a text that ends without a new line.
    fn end(&mut self) -> io::Result<()> {
        if self.terminal && !self.line_ended {
            writeln!(io::stdout())?;
        }
        Ok(())
    }

    /// A whole completion; a heading on stderr keeps several apart.
    fn choice(&mut self, choice: &Choice) -> io::Result<()> {
        if self.several {
            self.heading(choice);
        }
        let delta = Delta {
            text: choice.text.clone(),
            tokens: choice.tokens.clone(),
            ..Delta::default()
        };
        self.delta(&delta)?;
        if !self.several {
            return self.end();
        }
        // Between completions a new line is needed, whoever reads.
        if !self.line_ended {
            writeln!(io::stdout())?;
            self.line_ended = true;
        }
        Ok(())
    }

    fn heading(&mut self, choice: &Choice) {
        self.choices += 1;
        let mean = choice.mean_logprob();
        let score = if mean.is_finite() {
            format!("  mean log-probability {mean:.3}")
        } else {
            String::new()
        };
        say!(
            "{}",
            term::paint("2", &format!("── {}{score}", self.choices))
        );
    }
}

/// A token on the colour of its probability; the prompt's first has none.
pub fn colored(token: &Token) -> String {
    let text = term::for_stdout(&token.text);
    let Some(logprob) = token.logprob else {
        return text.into_owned();
    };
    let style = term::probability_style(f64::from(logprob).exp());
    // A colour must not run on over the end of a line.
    let painted = |part: &str| match part {
        "" => String::new(),
        part => term::paint_if(true, style, part),
    };
    text.split('\n').map(painted).collect::<Vec<_>>().join("\n")
}

/// What the colours mean, on stderr.
pub fn legend() {
    if !term::stdout_colors() {
        say!("colours are off: --color always turns them on, --json gives numbers");
        return;
    }
    let cell = |p: f64, label: &str| term::paint_if(true, term::probability_style(p), label);
    say!(
        "probability {}{}{}{}{}",
        cell(0.9, " ≥ 80 % "),
        cell(0.6, " ≥ 50 % "),
        cell(0.3, " ≥ 20 % "),
        cell(0.1, " ≥ 5 % "),
        cell(0.01, " below ")
    );
}

/// A line per token: its probability, and the likeliest in its place.
fn candidates(choice: &Choice) -> String {
    let percent = |logprob: f32| format!("{:.1} %", 100.0 * f64::from(logprob).exp());
    let shown = |bytes: &[u8]| format!("\"{}\"", term::visible(&String::from_utf8_lossy(bytes)));
    let rows: Vec<Vec<String>> = choice
        .tokens
        .iter()
        .map(|t| {
            let others: Vec<String> = t
                .top
                .iter()
                .map(|a| format!("{} {}", shown(&a.bytes), percent(a.logprob)))
                .collect();
            vec![
                shown(&t.bytes),
                t.logprob.map_or("-".into(), percent),
                others.join("  "),
            ]
        })
        .collect();
    term::table(&["TOKEN", "PROBABILITY", "CANDIDATES"], &rows)
}

fn to_json(completion: &Completion, args: &Complete) -> Value {
    let with_tokens = args.logprobs || args.top.is_some();
    let choices: Vec<Value> = completion
        .choices
        .iter()
        .enumerate()
        .map(|(index, c)| {
            let mut choice = json!({
                "index": index,
                "text": c.text,
                "finish_reason": c.finish.map(finish_name),
            });
            if with_tokens {
                choice["tokens"] = c.tokens.iter().map(token_json).collect();
            }
            choice
        })
        .collect();
    json!({"v": 1, "choices": choices, "usage": {
        "prompt_tokens": completion.usage.prompt_tokens,
        "completion_tokens": completion.usage.completion_tokens,
    }})
}

fn token_json(token: &Token) -> Value {
    let top: Vec<Value> = token
        .top
        .iter()
        .map(|a| {
            let text = String::from_utf8_lossy(&a.bytes);
            json!({"id": a.id, "text": text, "logprob": a.logprob})
        })
        .collect();
    json!({"id": token.id, "text": token.text, "offset": token.offset, "prompt": token.prompt,
           "logprob": token.logprob, "top": top})
}

/// The reason's name as clients know it.
pub fn finish_name(reason: FinishReason) -> &'static str {
    match reason {
        FinishReason::Stop => "stop",
        FinishReason::Length => "length",
        FinishReason::Cancelled => "cancelled",
    }
}
