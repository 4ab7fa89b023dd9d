//! `lyceum run`: a chat in the terminal, or one answer when a prompt or a pipe is given.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use engine::{ChatRequest, Choice, FinishReason, Generation, Message};
use serde_json::json;

use crate::cli::{Global, Run};
use crate::command::complete::finish_name;
use crate::command::{chat, open};
use crate::interrupt;
use crate::report::{Failure, Outcome};

/// Small models ramble at OpenAI's default of 1.
const TEMPERATURE: f32 = 0.7;

pub fn run(global: &Global, args: &Run) -> Outcome {
    let (name, words) = split_words(global, &args.words);
    let prompt = with_pipe(words, open::piped()?);
    let generation = Generation {
        max_tokens: args.max_tokens,
        sampling: open::sampling(&args.sampling, TEMPERATURE)?,
        stop: open::stops(&args.sampling),
        ..Generation::default()
    };
    match prompt {
        None if global.json => Err(
            Failure::usage("--json answers one prompt, and there is none")
                .help("lyceum run --json \"Why is the sky blue?\""),
        ),
        None => chat::start(global, name, args.system.clone(), generation),
        Some(text) if text.trim().is_empty() => {
            Err(Failure::usage("the prompt is empty").help("lyceum run \"Why is the sky blue?\""))
        }
        Some(text) => answer(global, name, args.system.as_deref(), text, generation),
    }
}

/// Which of the words name the model, and which make the prompt.
fn split_words<'a>(global: &Global, words: &'a [String]) -> (Option<&'a str>, Option<String>) {
    let join = |words: &[String]| (!words.is_empty()).then(|| words.join(" "));
    match words.split_first() {
        Some((first, rest)) if global.model.is_none() => {
            // One word is a model, known or mistyped; a sentence is a prompt.
            let alone = rest.is_empty() && !first.contains(char::is_whitespace);
            if alone || open::is_model(global, first) {
                (Some(first), join(rest))
            } else {
                (None, join(words))
            }
        }
        _ => (None, join(words)),
    }
}

/// The words first, what was piped in below them.
fn with_pipe(words: Option<String>, piped: Option<String>) -> Option<String> {
    match (words, piped) {
        (Some(words), Some(piped)) if !piped.trim().is_empty() => {
            Some(format!("{words}\n\n{piped}"))
        }
        (Some(words), _) => Some(words),
        (None, piped) => piped,
    }
}

fn answer(
    global: &Global,
    name: Option<&str>,
    system: Option<&str>,
    prompt: String,
    generation: Generation,
) -> Outcome {
    let model = open::text_model(global, name)?;
    let mut messages = Vec::new();
    messages.extend(system.map(|s| Message::new("system", s)));
    messages.push(Message::new("user", &prompt));

    let started = Instant::now();
    let mut written = Ok(());
    let completion = model.chat(
        &ChatRequest {
            messages,
            generation,
        },
        &mut |delta| {
            if !global.json {
                written = print(&delta.text);
                if written.is_err() {
                    return ControlFlow::Break(());
                }
            }
            interrupt::flow()
        },
    )?;
    written?;
    let choice = completion.choices.into_iter().next().unwrap_or_default();
    if global.json {
        writeln!(
            io::stdout(),
            "{}",
            json!({"v": 1, "text": choice.text, "finish_reason": choice.finish.map(finish_name),
                   "usage": {"prompt_tokens": completion.usage.prompt_tokens,
                             "completion_tokens": completion.usage.completion_tokens}})
        )?;
    } else {
        end_line(&choice)?;
    }
    if global.verbose {
        let usage = completion.usage;
        eprintln!(
            "{} prompt tokens, {} tokens in {:.2} s",
            usage.prompt_tokens,
            usage.completion_tokens,
            started.elapsed().as_secs_f64()
        );
    }
    match choice.finish {
        Some(FinishReason::Cancelled) => Err(Failure::interrupted()),
        _ => Ok(()),
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(text.as_bytes())?;
    out.flush()
}

/// An answer is a message, so it ends its line; on a terminal so does a stopped one.
fn end_line(choice: &Choice) -> io::Result<()> {
    let stopped = choice.finish == Some(FinishReason::Cancelled);
    if choice.text.ends_with('\n') || (stopped && !io::stdout().is_terminal()) {
        return Ok(());
    }
    writeln!(io::stdout())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_piped_stands_below_the_words() {
        let s = |text: &str| Some(text.to_owned());
        assert_eq!(
            with_pipe(s("Explain:"), s("x = 1\n")),
            s("Explain:\n\nx = 1\n")
        );
        assert_eq!(with_pipe(s("Hi"), s("")), s("Hi"));
        assert_eq!(with_pipe(None, s("Hi")), s("Hi"));
        assert_eq!(with_pipe(None, None), None);
    }
}
