//! Calls of functions in an answer: how models write them, and reading them as they come.
//!
//! ```text
//! Hermes, Qwen    <tool_call>\n{"name": "f", "arguments": {…}}\n</tool_call>, one for each call
//! Llama 3         {"name": "f", "parameters": {…}} as the whole answer
//! Mistral         [TOOL_CALLS] [{"name": "f", "arguments": {…}}, …]
//! ```
//!
//! A model is asked in the form that its template knows. One whose template knows of no
//! functions is told of the first form in its instructions ([`crate::ChatTemplate`]).

use crate::answer::Schema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

/// A function that a model may call.
#[derive(Clone, Debug, PartialEq)]
pub struct Tool {
    /// Of letters, digits, `_` and `-`.
    pub name: String,
    pub description: Option<String>,
    /// The JSON schema of its arguments; `None` takes none.
    pub parameters: Option<Schema>,
    /// The schema is kept to the letter, or refused; otherwise keywords that cannot be
    /// enforced are left out.
    pub strict: bool,
}

impl Tool {
    /// As templates expect it.
    pub(crate) fn to_json(&self) -> Value {
        let mut function = Map::new();
        function.insert("name".to_owned(), json!(self.name));
        if let Some(description) = &self.description {
            function.insert("description".to_owned(), json!(description));
        }
        let nothing = || json!({"type": "object", "properties": {}});
        let parameters = self.parameters.clone();
        let parameters = parameters.map_or_else(nothing, |schema| Value::Object(schema.0));
        function.insert("parameters".to_owned(), parameters);
        json!({"type": "function", "function": function})
    }
}

/// A call that an assistant has made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ToolCall {
    pub id: String,
    pub name: String,
    /// JSON, as the model wrote it.
    pub arguments: String,
}

impl ToolCall {
    /// The arguments as a value; as a string if they are no JSON.
    pub(crate) fn value(&self) -> Value {
        serde_json::from_str(&self.arguments).unwrap_or_else(|_| json!(self.arguments))
    }
}

/// How a model writes calls.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CallSyntax {
    Hermes,
    Llama,
    Mistral,
}

impl CallSyntax {
    /// What a template's source tells.
    pub(crate) fn of_template(source: &str) -> Option<Self> {
        if source.contains("[TOOL_CALLS]") && !source.contains("[ARGS]") {
            Some(Self::Mistral)
        } else if source.contains("<tool_call>") && !source.contains("<function=") {
            Some(Self::Hermes)
        } else if source.contains("\"parameters\": ") && source.contains("ipython") {
            Some(Self::Llama)
        } else {
            None
        }
    }

    /// What begins the calls of an answer; nothing if the answer begins with one.
    pub fn open(self) -> &'static str {
        match self {
            Self::Hermes => "<tool_call>",
            Self::Mistral => "[TOOL_CALLS]",
            Self::Llama => "",
        }
    }

    pub(crate) fn close(self) -> &'static str {
        match self {
            Self::Hermes => "</tool_call>",
            Self::Llama | Self::Mistral => "",
        }
    }

    /// The key of the arguments.
    pub(crate) fn arguments(self) -> &'static str {
        match self {
            Self::Llama => "parameters",
            Self::Hermes | Self::Mistral => "arguments",
        }
    }

    /// What begins another call behind one, and how much of it belongs to its head.
    fn next(self) -> (&'static str, usize) {
        match self {
            Self::Hermes => (self.open(), 0),
            Self::Llama | Self::Mistral => ("{", 1),
        }
    }

    /// Spellings that may be tokens of their own.
    pub fn markers(self) -> impl Iterator<Item = &'static str> {
        [self.open(), self.close()]
            .into_iter()
            .filter(|marker| !marker.is_empty())
    }

    /// A call as an assistant writes it.
    pub(crate) fn write(self, call: &ToolCall) -> String {
        let (open, close, key) = (self.open(), self.close(), self.arguments());
        let (name, arguments) = (&call.name, &call.arguments);
        format!("{open}\n{{\"name\": \"{name}\", \"{key}\": {arguments}}}\n{close}")
    }
}

/// What came of an answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AnswerPiece {
    /// Text beside the calls, always before them.
    Content(String),
    /// A call begins.
    Call { name: String },
    /// More of the last call's arguments.
    Arguments(String),
}

/// Reads calls as they come. What it gives does not depend on how a text is cut in
/// pieces, but for where its own pieces begin and end.
#[derive(Clone, Debug)]
pub struct CallParser {
    syntax: CallSyntax,
    state: State,
    /// Text that is not decided yet.
    held: String,
    calls: usize,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum State {
    /// Before the first call.
    Content,
    /// In `held`, from there on: what stands before a call's arguments.
    Head(usize),
    Arguments(Scan),
    /// Behind a call.
    Tail,
    /// No calls: what looked like one was text.
    Plain,
}

/// Longest head of a call in bytes.
const HEAD_LIMIT: usize = 256;

impl CallParser {
    pub fn new(syntax: CallSyntax) -> Self {
        let state = match syntax.open() {
            "" => State::Head(0),
            _ => State::Content,
        };
        Self {
            syntax,
            state,
            held: String::new(),
            calls: 0,
        }
    }

    /// Takes more of the answer.
    pub fn push(&mut self, text: &str) -> Vec<AnswerPiece> {
        let mut pieces = Vec::new();
        self.held.push_str(text);
        while self.step(&mut pieces) {}
        pieces
    }

    /// The answer is over. A call whose head was cut off is none.
    pub fn finish(&mut self) -> Vec<AnswerPiece> {
        let rest = std::mem::take(&mut self.held);
        let shown = match &self.state {
            State::Content | State::Plain => true,
            // Without a marker it may as well be text.
            State::Head(_) => self.calls == 0 && self.syntax.open().is_empty(),
            State::Arguments(_) | State::Tail => false,
        };
        let content = (shown && !rest.is_empty()).then_some(AnswerPiece::Content(rest));
        content.into_iter().collect()
    }

    /// Calls begun.
    pub fn calls(&self) -> usize {
        self.calls
    }

    /// Goes on as far as it can; false when more text is needed.
    fn step(&mut self, pieces: &mut Vec<AnswerPiece>) -> bool {
        match &mut self.state {
            State::Content => {
                let open = self.syntax.open();
                let found = self.held.find(open);
                let end = found.unwrap_or_else(|| undecided(&self.held, open));
                // White space before a call is not content.
                let end = self.held[..end].trim_end().len();
                content(self.held.drain(..end).collect(), pieces);
                if found.is_some() {
                    let marker = self.held.find(open).expect("it was found above");
                    self.state = State::Head(marker + open.len());
                }
                found.is_some()
            }
            State::Plain => {
                content(std::mem::take(&mut self.held), pieces);
                false
            }
            State::Head(from) => match head(&self.held[*from..], self.syntax) {
                Head::Unfinished if self.held.len() - *from <= HEAD_LIMIT => false,
                Head::Found { name, end } => {
                    self.held.drain(..*from + end);
                    self.calls += 1;
                    self.state = State::Arguments(Scan::default());
                    pieces.push(AnswerPiece::Call { name });
                    true
                }
                _ if self.calls == 0 => {
                    self.state = State::Plain;
                    true
                }
                _ => {
                    self.held.drain(..*from);
                    self.state = State::Tail;
                    true
                }
            },
            State::Arguments(scan) => {
                let (end, over) = scan.value(&self.held);
                let text: String = self.held.drain(..end).collect();
                if !text.is_empty() {
                    pieces.push(AnswerPiece::Arguments(text));
                }
                if over {
                    self.state = State::Tail;
                }
                over
            }
            State::Tail => {
                let (next, own) = self.syntax.next();
                let found = self.held.find(next);
                let end = match found {
                    Some(at) => at + next.len() - own,
                    None => undecided(&self.held, next),
                };
                self.held.drain(..end);
                if found.is_some() {
                    self.state = State::Head(0);
                }
                found.is_some()
            }
        }
    }
}

fn content(text: String, pieces: &mut Vec<AnswerPiece>) {
    if !text.is_empty() {
        pieces.push(AnswerPiece::Content(text));
    }
}

/// Where a marker may have begun at the end of a text.
fn undecided(text: &str, marker: &str) -> usize {
    let begins = |&at: &usize| text.is_char_boundary(at) && marker.starts_with(&text[at..]);
    let first = text.len().saturating_sub(marker.len());
    (first..text.len()).find(begins).unwrap_or(text.len())
}

enum Head {
    Unfinished,
    Bad,
    Found { name: String, end: usize },
}

/// Reads `{"name": "f", "arguments": `, with white space anywhere.
fn head(text: &str, syntax: CallSyntax) -> Head {
    let mut rest = text.trim_start();
    if syntax == CallSyntax::Mistral {
        rest = rest.strip_prefix('[').unwrap_or(rest).trim_start();
    }
    let mut name = "";
    let key = format!("\"{}\"", syntax.arguments());
    for wanted in ["{", "\"name\"", ":", "NAME", ",", &key, ":"] {
        if wanted != "NAME" {
            match rest.strip_prefix(wanted) {
                Some(behind) => rest = behind.trim_start(),
                None if wanted.starts_with(rest) => return Head::Unfinished,
                None => return Head::Bad,
            }
            continue;
        }
        let Some(quoted) = rest.strip_prefix('"') else {
            return match rest.is_empty() {
                true => Head::Unfinished,
                false => Head::Bad,
            };
        };
        let Some((quoted, behind)) = quoted.split_once('"') else {
            return Head::Unfinished;
        };
        // Names have no characters to escape.
        if quoted.is_empty() || quoted.contains('\\') {
            return Head::Bad;
        }
        (name, rest) = (quoted, behind.trim_start());
    }
    if rest.is_empty() {
        // The value may have white space before it.
        return Head::Unfinished;
    }
    let (name, end) = (name.to_owned(), text.len() - rest.len());
    Head::Found { name, end }
}

/// How far a JSON value was read.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Scan {
    depth: usize,
    string: bool,
    escape: bool,
    begun: bool,
}

impl Scan {
    /// How much of `text` belongs to the value, and whether it is over.
    fn value(&mut self, text: &str) -> (usize, bool) {
        for (at, byte) in text.bytes().enumerate() {
            let first = !std::mem::replace(&mut self.begun, true);
            if self.string {
                match byte {
                    _ if self.escape => self.escape = false,
                    b'\\' => self.escape = true,
                    b'"' => {
                        self.string = false;
                        if self.depth == 0 {
                            return (at + 1, true);
                        }
                    }
                    _ => {}
                }
                continue;
            }
            match byte {
                b'"' => self.string = true,
                b'{' | b'[' => self.depth += 1,
                b'}' | b']' | b',' if self.depth == 0 => return (at, true),
                b'}' | b']' => {
                    self.depth -= 1;
                    if self.depth == 0 {
                        return (at + 1, true);
                    }
                }
                b' ' | b'\t' | b'\n' | b'\r' if self.depth == 0 && !first => return (at, true),
                _ => {}
            }
        }
        (text.len(), false)
    }
}

#[cfg(test)]
mod tests;
