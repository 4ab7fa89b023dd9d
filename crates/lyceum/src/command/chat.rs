//! The chat in the terminal: a conversation, and slash commands that mirror the Playground.

use std::fs;
use std::io::{self, Write};
use std::num::NonZero;
use std::ops::ControlFlow;
use std::time::Instant;

use engine::{ChatRequest, Choice, Delta, FinishReason, Generation, Message, TextModel};
use serde_json::json;

use crate::cli::{DEFAULT_MODEL, Global};
use crate::command::input::Input;
use crate::command::{complete, open};
use crate::interrupt;
use crate::report::{Failure, Outcome};
use crate::term;

/// Candidates that `/alt` shows.
const ALTERNATIVES: usize = 5;

const HELP: &str = "\
/system TEXT   instructions for the whole conversation; empty removes them
/temp T        temperature, 0 to 2          /top-p P     nucleus, 0 to 1
/max N         most tokens in an answer     /seed N      same seed, same answer
/stop TEXT     stop before this text; empty removes all
/probs on|off  colour each token by its probability
/alt           what else the last token could have been
/undo          take back the last turn      /again       answer it once more
/model NAME    talk to another model        /show        settings and size of the conversation
/save FILE     write the conversation as JSONL
/clear         begin anew                   /exit        leave (also Ctrl+D)
Alt+Enter starts a new line; \"\"\" begins and ends a text of many lines.
Ctrl+C stops the answer; twice on an empty line it leaves.";

/// What the person sees and changes.
struct Chat<'a> {
    global: &'a Global,
    name: String,
    model: TextModel,
    system: Option<String>,
    turns: Vec<Message>,
    generation: Generation,
    last: Option<Choice>,
    /// Whether answers can still be written.
    output: io::Result<()>,
}

enum Next {
    Go,
    Leave,
}

/// Talks until the person leaves.
pub fn start(
    global: &Global,
    name: Option<&str>,
    system: Option<String>,
    generation: Generation,
) -> Outcome {
    let name = name
        .or(global.model.as_deref())
        .unwrap_or(DEFAULT_MODEL)
        .to_owned();
    let model = open::text_model(global, Some(&name))?;
    if interrupt::requested() {
        return Err(Failure::interrupted());
    }
    // A model that cannot chat should say so before anything is typed.
    model.chat_prompt(&[Message::new("user", "Hello")])?;
    if !global.quiet {
        say!(
            "{} ready. /help lists commands, Ctrl+D leaves.",
            term::paint("1", &name)
        );
    }
    let mut chat = Chat {
        global,
        name,
        model,
        system,
        turns: Vec::new(),
        generation,
        last: None,
        output: Ok(()),
    };
    let mut input = Input::new()?;
    while let Some(line) = input.message()? {
        let text = line.trim();
        if text.is_empty() {
            continue;
        }
        interrupt::reset();
        // A space in front says something that begins with a slash.
        let result = match line.trim_end().strip_prefix('/') {
            Some(command) => chat.command(command),
            None => chat.say(text).map(|()| Next::Go),
        };
        // Nobody can hear the rest.
        std::mem::replace(&mut chat.output, Ok(()))?;
        match result {
            Ok(Next::Go) => {}
            Ok(Next::Leave) => return Ok(()),
            // The conversation outlives a question that could not be answered.
            Err(failure) => failure.tell(),
        }
    }
    Ok(())
}

impl Chat<'_> {
    fn say(&mut self, text: &str) -> Outcome {
        self.turns.push(Message::new("user", text));
        let answered = self.answer();
        if answered.is_err() {
            self.turns.pop();
        }
        answered
    }

    /// Answers the conversation as it stands.
    fn answer(&mut self) -> Outcome {
        let messages = self.messages();
        let generation = Generation {
            logprobs: Some(ALTERNATIVES),
            ..self.generation.clone()
        };
        let request = ChatRequest {
            generation,
            ..ChatRequest::new(messages)
        };

        let colors = self.colors();
        let started = Instant::now();
        let completion = self
            .model
            .chat(&request, &mut |delta| match show(&delta, colors) {
                Ok(()) => interrupt::flow(),
                Err(e) => {
                    self.output = Err(e);
                    ControlFlow::Break(())
                }
            });
        if self.output.is_ok() {
            self.output = writeln!(io::stdout());
        }
        let completion = completion.map_err(|e| self.explain(e.into()))?;
        let took = started.elapsed().as_secs_f64();
        let choice = completion.choices.into_iter().next().unwrap_or_default();
        self.turns.push(Message::new("assistant", &choice.text));
        match choice.finish {
            Some(FinishReason::Length) => {
                note("(cut at the most tokens allowed: /max N raises it)")
            }
            Some(FinishReason::Cancelled) => note("(stopped)"),
            _ => {}
        }
        if self.global.verbose {
            let tokens = completion.usage.completion_tokens;
            note(&format!(
                "{tokens} tokens, {:.1} per second, {}",
                tokens as f64 / took,
                open::guesses(&self.model)
            ));
        }
        if colors {
            complete::legend();
        }
        self.last = Some(choice);
        Ok(())
    }

    /// The conversation as the model gets it.
    fn messages(&self) -> Vec<Message> {
        let system = self.system.as_deref().map(|s| Message::new("system", s));
        let turns = self.turns.iter().cloned();
        system.into_iter().chain(turns).collect()
    }

    fn explain(&self, failure: Failure) -> Failure {
        match self.turns.len() {
            0 | 1 => failure,
            _ => failure.help("/undo takes back a turn, /clear begins anew"),
        }
    }

    fn colors(&self) -> bool {
        self.generation.logprobs.is_some() && term::stdout_colors()
    }

    fn command(&mut self, line: &str) -> Outcome<Next> {
        let (word, rest) = line.split_once(char::is_whitespace).unwrap_or((line, ""));
        let rest = rest.trim();
        match word {
            "help" | "?" => say!("{HELP}"),
            "exit" | "quit" | "bye" => return Ok(Next::Leave),
            "clear" => {
                self.turns.clear();
                self.last = None;
                note("(begun anew)");
            }
            "undo" => self.undo(),
            "again" => self.again()?,
            "system" => self.system = (!rest.is_empty()).then(|| rest.to_owned()),
            "temp" | "temperature" => {
                self.generation.sampling.temperature = number(rest, "/temp", 0.0, 2.0)?;
            }
            "top-p" => self.generation.sampling.top_p = number(rest, "/top-p", 0.0, 1.0)?,
            "max" => {
                self.generation.max_tokens = Some(whole::<NonZero<usize>>(rest, "/max")?.get())
            }
            "seed" => self.generation.sampling.seed = Some(whole(rest, "/seed")?),
            "stop" if rest.is_empty() => self.generation.stop.clear(),
            "stop" => self.generation.stop.push(rest.to_owned()),
            "probs" => self.probabilities(rest)?,
            "alt" => self.alternatives(),
            "show" => self.show_settings()?,
            "save" => self.save(rest)?,
            "model" => self.change_model(rest)?,
            _ => {
                return Err(Failure::usage(format!("there is no command /{word}"))
                    .help("/help lists them; begin with a space to say something with a slash"));
            }
        }
        Ok(Next::Go)
    }

    fn undo(&mut self) {
        if self.turns.is_empty() {
            note("(nothing to take back)");
        }
        while let Some(turn) = self.turns.pop() {
            if turn.role == "user" {
                break;
            }
        }
    }

    fn again(&mut self) -> Outcome {
        match self.turns.pop() {
            None => {
                note("(nothing to answer yet)");
                Ok(())
            }
            Some(old) => {
                let result = self.answer();
                if result.is_err() {
                    self.turns.push(old);
                }
                result
            }
        }
    }

    fn probabilities(&mut self, rest: &str) -> Outcome {
        self.generation.logprobs = match rest {
            "on" => Some(ALTERNATIVES),
            "off" => None,
            _ => return Err(Failure::usage("/probs wants on or off")),
        };
        Ok(())
    }

    fn alternatives(&self) {
        let token = self.last.as_ref().and_then(|c| c.tokens.last());
        let Some(token) = token else {
            return note("(no answer yet)");
        };
        for alternative in &token.top {
            let mark = if alternative.id == token.id {
                "›"
            } else {
                " "
            };
            let text = term::visible(&String::from_utf8_lossy(&alternative.bytes));
            let percent = 100.0 * f64::from(alternative.logprob).exp();
            say!("{mark} {percent:>5.1} %  \"{text}\"");
        }
    }

    fn show_settings(&self) -> Outcome {
        let s = &self.generation.sampling;
        let max = self
            .generation
            .max_tokens
            .map_or("what the context holds".into(), |n| n.to_string());
        let messages = self.messages();
        let tokens = match messages.is_empty() {
            true => 0,
            false => self.model.chat_prompt(&messages)?.len(),
        };
        say!("model        {}", self.name);
        say!(
            "system       {}",
            self.system.as_deref().unwrap_or("(the template's own)")
        );
        say!(
            "temperature  {}   top-p {}   seed {}",
            s.temperature,
            s.top_p,
            s.seed.map_or("random".into(), |n| n.to_string())
        );
        say!("max tokens   {max}   stop {:?}", self.generation.stop);
        say!(
            "conversation {} messages, {tokens} of {} tokens",
            messages.len(),
            self.model.context()
        );
        Ok(())
    }

    fn save(&self, path: &str) -> Outcome {
        if path.is_empty() {
            return Err(Failure::usage("/save wants a file's name"));
        }
        let messages = self.messages();
        let messages = messages.iter();
        let messages: Vec<_> = messages
            .map(|m| json!({"role": m.role, "content": m.content}))
            .collect();
        let line = json!({"messages": messages}).to_string() + "\n";
        fs::write(path, line)
            .map_err(|e| Failure::from(e).context(format!("cannot write {path}")))?;
        note(&format!("(saved to {path})"));
        Ok(())
    }

    fn change_model(&mut self, name: &str) -> Outcome {
        if name.is_empty() {
            return Err(Failure::usage("/model wants a name").help("lyceum models ls   lists them"));
        }
        let model = open::text_model(self.global, Some(name))?;
        model.chat_prompt(&[Message::new("user", "Hello")])?;
        self.model = model;
        self.name = name.to_owned();
        note(&format!("({name} goes on with this conversation)"));
        Ok(())
    }
}

fn note(text: &str) {
    say!("{}", term::paint("2", text));
}

fn show(delta: &Delta, colors: bool) -> io::Result<()> {
    let mut out = io::stdout().lock();
    if colors {
        delta
            .tokens
            .iter()
            .try_for_each(|t| out.write_all(complete::colored(t).as_bytes()))?;
    } else {
        out.write_all(term::for_stdout(&delta.text).as_bytes())?;
    }
    out.flush()
}

fn number(text: &str, what: &str, low: f32, high: f32) -> Outcome<f32> {
    let parsed: Option<f32> = text.parse().ok().filter(|x| (low..=high).contains(x));
    parsed.ok_or_else(|| Failure::usage(format!("{what} wants a number from {low} to {high}")))
}

fn whole<T: std::str::FromStr>(text: &str, what: &str) -> Outcome<T> {
    text.parse()
        .map_err(|_| Failure::usage(format!("{what} wants a whole number, not \"{text}\"")))
}
