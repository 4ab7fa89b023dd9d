//! Reading a message in the terminal: line editing, history, messages of many lines.

use rustyline::error::ReadlineError;
use rustyline::{
    Cmd, ConditionalEventHandler, DefaultEditor, Event, EventContext, EventHandler, KeyCode,
    KeyEvent, Modifiers, Movement, RepeatCount,
};

use crate::report::{Exit, Failure, Outcome};
use crate::term;

/// Begins and ends a message of many lines.
const FENCE: &str = "\"\"\"";

/// The editor's failure under the exit code of what the system said.
fn failure(e: ReadlineError) -> Failure {
    match e {
        ReadlineError::Io(e) => e.into(),
        #[cfg(unix)]
        ReadlineError::Errno(e) => std::io::Error::from(e).into(),
        e => Failure::new(Exit::Failed, e),
    }
}

pub struct Input {
    editor: DefaultEditor,
}

/// Ctrl+C clears a line that has text, and interrupts on an empty one.
struct ClearOrLeave;

impl ConditionalEventHandler for ClearOrLeave {
    fn handle(&self, _: &Event, _: RepeatCount, _: bool, line: &EventContext) -> Option<Cmd> {
        Some(match line.line().is_empty() {
            true => Cmd::Interrupt,
            false => Cmd::Kill(Movement::WholeBuffer),
        })
    }
}

/// What one line came to.
enum Line {
    Text(String),
    Interrupted,
    End,
}

impl Input {
    pub fn new() -> Outcome<Self> {
        let failed = |e| Failure::new(Exit::Failed, e).context("cannot use the terminal");
        let mut editor = DefaultEditor::new().map_err(failed)?;
        let alt_enter = KeyEvent(KeyCode::Enter, Modifiers::ALT);
        editor.bind_sequence(alt_enter, EventHandler::Simple(Cmd::Newline));
        let clear_or_leave = EventHandler::Conditional(Box::new(ClearOrLeave));
        editor.bind_sequence(KeyEvent::ctrl('C'), clear_or_leave);
        Ok(Self { editor })
    }

    /// One message, `None` when the person leaves: by Ctrl+D, or by Ctrl+C twice, since the
    /// first may have been meant for an answer that has just ended.
    pub fn message(&mut self) -> Outcome<Option<String>> {
        let mut warned = false;
        let first = loop {
            match self.line(">>> ")? {
                Line::Text(text) => break text,
                Line::Interrupted if !warned => {
                    say!("{}", term::paint("2", "(Ctrl+C again or Ctrl+D leaves)"));
                    warned = true;
                }
                Line::Interrupted | Line::End => return Ok(None),
            }
        };
        let message = match first.trim_start().strip_prefix(FENCE) {
            None => first,
            // Ctrl+C or Ctrl+D inside drops the text; the chat goes on.
            Some(rest) => self.fenced(rest)?.unwrap_or_default(),
        };
        // A history that cannot hold the line is no reason to lose the message.
        let _ = self.editor.add_history_entry(&message);
        Ok(Some(message))
    }

    /// Lines up to the closing fence.
    fn fenced(&mut self, first: &str) -> Outcome<Option<String>> {
        let mut text = String::new();
        let mut line = first.to_owned();
        loop {
            if let Some(last) = line.trim_end().strip_suffix(FENCE) {
                text.push_str(last);
                return Ok(Some(text));
            }
            text.push_str(&line);
            text.push('\n');
            line = match self.line("... ")? {
                Line::Text(line) => line,
                Line::Interrupted | Line::End => return Ok(None),
            };
        }
    }

    fn line(&mut self, prompt: &str) -> Outcome<Line> {
        match self.editor.readline(prompt) {
            Ok(line) => Ok(Line::Text(line)),
            Err(ReadlineError::Interrupted) => Ok(Line::Interrupted),
            Err(ReadlineError::Eof) => Ok(Line::End),
            Err(e) => Err(failure(e).context("cannot read from the terminal")),
        }
    }
}
