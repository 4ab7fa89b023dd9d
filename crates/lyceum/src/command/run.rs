//! `lyceum run`: a chat in the terminal, or one answer when a prompt or a pipe is given.

use std::io::{self, IsTerminal, Write};
use std::ops::ControlFlow;
use std::time::Instant;

use engine::{ChatRequest, Choice, FinishReason, Generation, Message, Speculation};
use serde_json::json;

use crate::cli::{DEFAULT_MODEL, Global, Run};
use crate::command::complete::finish_name;
use crate::command::{chat, open};
use crate::interrupt;
use crate::report::{Failure, Outcome};
use crate::term;

/// Small models ramble at OpenAI's default of 1.
const TEMPERATURE: f32 = 0.7;

pub fn run(global: &Global, args: &Run) -> Outcome {
    let (name, words) = split_words(global, &args.words);
    if let Some(name) = name.filter(|name| !open::is_model(global, name)) {
        open::path(global, Some(name)).map_err(|failure| mistaken(failure, name))?;
    }
    let prompt = with_pipe(words, open::piped()?);
    let generation = Generation {
        max_tokens: args.max_tokens,
        sampling: open::sampling(&args.sampling, TEMPERATURE)?,
        stop: open::stops(&args.sampling),
        speculation: open::speculation(global, Speculation::On),
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
            let alone = rest.is_empty() && could_be_model(first);
            if alone || open::is_model(global, first) {
                (Some(first), join(rest))
            } else {
                (None, join(words))
            }
        }
        _ => (None, join(words)),
    }
}

/// Whether a word by itself is meant as a model, known or mistyped. Names are ASCII and end no
/// sentence, so a question of one word is a prompt, and so is one in a script without spaces.
fn could_be_model(word: &str) -> bool {
    let in_names = |c: char| c.is_ascii_alphanumeric() || "-_.:/\\@=~".contains(c);
    let path = word.ends_with(".gguf") || word.starts_with(['.', '/', '~']);
    let sentence = word.ends_with(['.', '?', '!', '。', '？', '！']);
    let named = path || word.chars().all(in_names);
    named && !sentence && !word.is_empty() && !word.contains(char::is_whitespace)
}

/// Says that a word was not taken as the prompt.
fn mistaken(failure: Failure, word: &str) -> Failure {
    let said = format!("to say it instead: lyceum run -m {DEFAULT_MODEL} \"{word}\"");
    failure
        .context(format!("\"{word}\" was taken as the name of a model"))
        .and_help(&said)
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
            generation,
            ..ChatRequest::new(messages)
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
        say!(
            "{} prompt tokens, {} tokens in {:.2} s, {}",
            usage.prompt_tokens,
            usage.completion_tokens,
            started.elapsed().as_secs_f64(),
            open::guesses(&model)
        );
    }
    match choice.finish {
        Some(FinishReason::Cancelled) => Err(Failure::interrupted()),
        _ => Ok(()),
    }
}

fn print(text: &str) -> io::Result<()> {
    let mut out = io::stdout().lock();
    out.write_all(term::for_stdout(text).as_bytes())?;
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
    fn a_word_is_a_model_and_a_sentence_a_prompt() {
        for word in [
            "gpt2-124m",
            "hf:org/repo:a.gguf",
            "./模型",
            "模型.gguf",
            "pypi:x==1",
        ] {
            assert!(could_be_model(word), "{word}");
        }
        let sentences = [
            "你好世界",
            "空はなぜ青いの？",
            "Hello!",
            "Why?",
            "Stop.",
            "don't",
            "a b",
        ];
        for sentence in sentences.into_iter().chain(["", "and/or?"]) {
            assert!(!could_be_model(sentence), "{sentence}");
        }
    }

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
