//! The server's log: a line on stderr for each request, and for what goes wrong.
//!
//! A thread writes them. Answers never wait for it: where stderr takes too few, lines are dropped,
//! and the next one says how many.

use std::io::{self, Write as _};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant, SystemTime};

use chrono::{DateTime, SecondsFormat, Utc};
use serde_json::{Map, Value, json};
use server::{Observer, Record};

use crate::cli::{LogFormat, WatchArgs};
use crate::term;

/// Lines that wait to be written.
const WAITING: usize = 4096;

/// Time for those at the end.
const LAST: Duration = Duration::from_secs(1);

pub struct Log {
    lines: SyncSender<Line>,
    dropped: AtomicU64,
    format: LogFormat,
    texts: bool,
}

enum Line {
    Text(String),
    /// All before this is written.
    Flush(SyncSender<()>),
}

#[derive(Clone, Copy)]
enum Level {
    Info,
    Warn,
    Error,
}

impl Log {
    /// `quiet` leaves only errors.
    pub fn start(args: &WatchArgs, quiet: bool) -> io::Result<Self> {
        let (lines, waiting) = sync_channel(WAITING);
        let thread = std::thread::Builder::new().name("log".to_owned());
        thread.spawn(move || write(&waiting))?;
        Ok(Self {
            lines,
            dropped: AtomicU64::new(0),
            format: match args.log {
                LogFormat::Text if quiet => LogFormat::Off,
                format => format,
            },
            texts: args.log_prompts,
        })
    }

    /// Tells of the server itself, where nothing but JSON may stand.
    pub fn event(&self, event: &str, more: &Value) -> bool {
        let json = self.format == LogFormat::Json;
        if json {
            let mut line = head(SystemTime::now(), Level::Info);
            line.insert("event".to_owned(), json!(event));
            line.extend(more.as_object().cloned().unwrap_or_default());
            self.send(Value::Object(line).to_string());
        }
        json
    }

    /// Returns when all is written, or cannot be.
    pub fn flush(&self) {
        let until = Instant::now() + LAST;
        self.wait(until);
        self.tell_dropped();
        self.wait(until);
    }

    fn wait(&self, until: Instant) {
        let (done, wait) = sync_channel(1);
        while self.lines.try_send(Line::Flush(done.clone())).is_err() {
            if Instant::now() > until {
                return;
            }
            std::thread::park_timeout(Duration::from_millis(5));
        }
        // Nobody may read what waits.
        let _ = wait.recv_timeout(until.saturating_duration_since(Instant::now()));
    }

    fn send(&self, line: String) {
        self.tell_dropped();
        self.hand(&line, 1);
    }

    fn tell_dropped(&self) {
        let dropped = self.dropped.swap(0, Ordering::Relaxed);
        if dropped == 0 {
            return;
        }
        let note = match self.format {
            LogFormat::Json => {
                let mut note = head(SystemTime::now(), Level::Warn);
                note.insert("dropped_lines".to_owned(), json!(dropped));
                Value::Object(note).to_string()
            }
            _ => format!("{dropped} lines of the log were dropped"),
        };
        self.hand(&note, dropped);
    }

    /// Hands a line on; where it does not fit, so many lines are lost.
    fn hand(&self, line: &str, lost: u64) {
        let line = Line::Text(format!("{line}\n"));
        if self.lines.try_send(line).is_err() {
            self.dropped.fetch_add(lost, Ordering::Relaxed);
        }
    }
}

fn write(lines: &Receiver<Line>) {
    while let Ok(line) = lines.recv() {
        match line {
            // Nobody may read it.
            Line::Text(line) => drop(io::stderr().write_all(line.as_bytes())),
            Line::Flush(done) => drop(done.send(())),
        }
    }
}

impl Observer for Log {
    fn request(&self, record: &Record) {
        match self.format {
            LogFormat::Json => self.send(to_json(record).to_string()),
            LogFormat::Text => self.send(to_text(record)),
            LogFormat::Off => {
                if let Some(private) = &record.private {
                    self.report(&format!("{}: {private}", record.id));
                }
            }
        }
    }

    fn report(&self, what: &str) {
        match self.format {
            LogFormat::Json => {
                let mut line = head(SystemTime::now(), Level::Error);
                line.insert("private".to_owned(), json!(what));
                self.send(Value::Object(line).to_string());
            }
            _ => {
                let error = term::paint("1;31", "error:");
                self.send(format!("{error} {}", term::escaped(what)));
            }
        }
    }

    fn wants_texts(&self) -> bool {
        self.texts && self.format != LogFormat::Off
    }
}

fn level(record: &Record) -> Level {
    match record.status {
        _ if record.private.is_some() => Level::Error,
        500.. => Level::Error,
        400.. => Level::Warn,
        _ => Level::Info,
    }
}

fn time(time: SystemTime) -> String {
    DateTime::<Utc>::from(time).to_rfc3339_opts(SecondsFormat::Millis, true)
}

fn head(at: SystemTime, level: Level) -> Map<String, Value> {
    let level = match level {
        Level::Info => "info",
        Level::Warn => "warn",
        Level::Error => "error",
    };
    let pairs = [("time", time(at)), ("level", level.to_owned())];
    let pairs = pairs.into_iter();
    pairs
        .map(|(name, text)| (name.to_owned(), json!(text)))
        .collect()
}

fn milliseconds(duration: Duration) -> f64 {
    (duration.as_secs_f64() * 1e5).round() / 100.0
}

/// What is there of a record, by name and in order.
fn fields(record: &Record) -> Vec<(&'static str, Value)> {
    let nothing = String::is_empty;
    let key = Some(&record.key_id).filter(|id| !nothing(id));
    let (kind, code) = match &record.error {
        Some((kind, code)) => (Some(kind), code.as_ref()),
        None => (None, None),
    };
    let trace = record
        .traceparent
        .as_ref()
        .and_then(|parent| parent.get(3..35));
    let usage = record.usage.as_ref();
    let all = [
        ("request_id", json!(record.id)),
        ("method", json!(record.method)),
        ("path", json!(record.path)),
        ("status", json!(record.status)),
        ("duration_ms", json!(milliseconds(record.took))),
        ("first_ms", json!(milliseconds(record.first))),
        ("key_id", json!(key)),
        ("model", json!(record.model)),
        (
            "input_tokens",
            json!(usage.map(|usage| usage.prompt_tokens)),
        ),
        (
            "output_tokens",
            json!(usage.map(|usage| usage.completion_tokens)),
        ),
        ("bytes_in", json!(record.bytes_in)),
        ("bytes_out", json!(record.bytes_out)),
        ("cut_off", json!((!record.whole).then_some(true))),
        ("error", json!(kind)),
        ("code", json!(code)),
        ("trace_id", json!(trace)),
        ("private", json!(record.private)),
        ("request", json!(record.request_text)),
        ("answer", json!(record.answer_text)),
    ];
    all.into_iter()
        .filter(|(_, value)| !value.is_null())
        .collect()
}

fn to_json(record: &Record) -> Value {
    let mut line = head(record.began, level(record));
    let fields = fields(record).into_iter();
    line.extend(fields.map(|(name, value)| (name.to_owned(), value)));
    Value::Object(line)
}

/// `2026-11-27T20:38:15.123Z POST /v1/chat/completions 200 153ms model=tiny in=12 out=5 req_…`
fn to_text(record: &Record) -> String {
    let style = match level(record) {
        Level::Info => "32",
        Level::Warn => "33",
        Level::Error => "31",
    };
    let mut line = format!(
        "{} {} {} {} {}ms",
        term::paint("2", &time(record.began)),
        record.method,
        term::escaped(&record.path),
        term::paint(style, &record.status.to_string()),
        record.took.as_millis()
    );
    for (name, value) in fields(record) {
        let name = match name {
            "input_tokens" => "in",
            "output_tokens" => "out",
            "key_id" => "key",
            "model" | "cut_off" | "error" | "code" | "private" | "request" | "answer" => name,
            _ => continue,
        };
        let value = match value {
            Value::String(text) if is_plain(&text) => text,
            value => value.to_string(),
        };
        line += &format!(" {name}={}", term::escaped(&value));
    }
    format!("{line} {}", term::paint("2", &record.id))
}

/// Whether a text can stand without quotes.
fn is_plain(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|c| c.is_alphanumeric() || "-_./:".contains(c))
}
