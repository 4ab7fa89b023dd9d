//! Progress on stderr: a bar on a terminal, lines elsewhere, JSON when asked.
//!
//! ```text
//!    Resolving  smollm2-135m-instruct → pypi:… (98.4 MB)
//!  Downloading  ▕██████████▍         ▏ 52 %  51.1/98.4 MB  18.4 MB/s  3 s left
//!    Verifying  sha256 ✓
//!        Ready  smollm2-135m-instruct in 6.1 s → …
//! ```

use std::collections::VecDeque;
use std::io::{self, IsTerminal, Write};
use std::time::{Duration, Instant};

use serde_json::json;
use store::Progress;

use crate::cli::{self, Global};
use crate::term;

/// Speed and time left come from this much of the past.
const WINDOW: Duration = Duration::from_secs(10);
/// A bar is redrawn at most this often.
const REDRAW: Duration = Duration::from_millis(80);

#[derive(Clone, Copy, PartialEq)]
enum Style {
    Bar,
    Plain,
    Json,
    None,
}

/// Prints what a pull reports.
pub struct Printer {
    style: Style,
    started: Instant,
    /// When, and how many bytes were there.
    history: VecDeque<(Instant, u64)>,
    drawn: Option<Instant>,
    bar_open: bool,
    /// Tenths of the total, and the time, of the last plain line.
    last_line: Option<(u64, Instant)>,
    /// Read to its end; whether its checksum is right is not known yet.
    verifying: Option<String>,
}

impl Printer {
    pub fn new(global: &Global) -> Self {
        let style = match global.progress {
            _ if global.quiet => Style::None,
            cli::Progress::Auto if io::stderr().is_terminal() => Style::Bar,
            cli::Progress::Auto | cli::Progress::Plain => Style::Plain,
            cli::Progress::Json => Style::Json,
            cli::Progress::None => Style::None,
        };
        Self {
            style,
            started: Instant::now(),
            history: VecDeque::new(),
            drawn: None,
            bar_open: false,
            last_line: None,
            verifying: None,
        }
    }

    /// Shows one report. Failing to write to stderr is nobody's concern.
    pub fn show(&mut self, progress: &Progress) {
        match self.style {
            Style::None => {}
            Style::Json => say!("{}", to_json(progress)),
            Style::Bar | Style::Plain => self.show_text(progress),
        }
    }

    /// Ends what is open, once it is known whether all went `well`.
    pub fn finish(&mut self, well: bool) {
        if well && matches!(self.style, Style::Bar | Style::Plain) {
            self.verified();
        }
        self.close_bar();
    }

    /// Ends an open bar, so that what follows starts on a line of its own.
    fn close_bar(&mut self) {
        if self.bar_open {
            self.bar_open = false;
            say!();
        }
    }

    fn show_text(&mut self, progress: &Progress) {
        match progress {
            Progress::Resolving {
                name,
                source,
                size_bytes,
            } => {
                let size = size_bytes.map_or(String::new(), |b| format!(" ({})", term::size(b)));
                self.line("Resolving", &format!("{name} → {source}{size}"));
            }
            Progress::Note { text } => self.line("Note", text),
            Progress::Waiting => {}
            Progress::Downloading {
                done,
                total,
                file,
                of,
            } => {
                self.downloading(*done, *total, *file, *of);
            }
            Progress::Verifying { file, done, total } => {
                if done == total && self.verifying.as_ref() != Some(file) {
                    self.verified();
                    self.verifying = Some(file.clone());
                }
            }
            Progress::Ready { name, path } => {
                self.verified();
                let took = self.started.elapsed().as_secs_f64();
                self.line(
                    "Ready",
                    &format!("{name} in {took:.1} s → {}", path.display()),
                );
            }
        }
    }

    /// Says that the file read last was right, which the next step alone can tell.
    fn verified(&mut self) {
        if let Some(file) = self.verifying.take() {
            self.line("Verifying", &format!("sha256 ✓  {file}"));
        }
    }

    /// A verb, right-aligned as cargo does, and its text.
    fn line(&mut self, verb: &str, text: &str) {
        self.close_bar();
        let text = term::escaped(text);
        say!("{} {text}", term::paint("1;32", &format!("{verb:>12}")));
    }

    fn downloading(&mut self, done: u64, total: u64, file: usize, of: usize) {
        let now = Instant::now();
        self.history.push_back((now, done));
        while self.history.len() > 2 && now - self.history[0].0 > WINDOW {
            self.history.pop_front();
        }
        let finished = done >= total;
        let text = self.download_text(done, total, file, of);
        if self.style == Style::Bar {
            if !finished && self.drawn.is_some_and(|t| now - t < REDRAW) {
                return;
            }
            self.drawn = Some(now);
            self.bar_open = true;
            let verb = term::paint("1;32", "Downloading");
            let line = format!("\r\x1b[2K {verb} {} {text}", bar(done, total));
            // A bar that does not show is no reason to stop a download.
            let _ = io::stderr().write_all(line.as_bytes());
            if finished {
                self.close_bar();
            }
        } else {
            let tenth = done * 10 / total.max(1);
            let due = self
                .last_line
                .is_none_or(|(t, at)| tenth > t || now - at > WINDOW);
            if due && self.last_line.is_none_or(|(t, _)| t < 10) {
                self.last_line = Some((tenth, now));
                self.line("Downloading", &text);
            }
        }
    }

    fn download_text(&self, done: u64, total: u64, file: usize, of: usize) -> String {
        let mut text = format!(
            "{:>3} %  {}/{}",
            done * 100 / total.max(1),
            term::size(done),
            term::size(total)
        );
        if let (Some(first), Some(last)) = (self.history.front(), self.history.back()) {
            let seconds = (last.0 - first.0).as_secs_f64();
            let bytes = last.1.saturating_sub(first.1) as f64;
            if seconds > 0.2 && bytes > 0.0 {
                let left = total.saturating_sub(done) as f64 * seconds / bytes;
                text += &format!("  {}/s", term::size((bytes / seconds) as u64));
                if left >= 1.0 {
                    text += &format!("  {left:.0} s left");
                }
            }
        }
        if of > 1 {
            text += &format!("  {file} of {of} files");
        }
        text
    }
}

/// A bar of twenty cells in eighths.
fn bar(done: u64, total: u64) -> String {
    const CELLS: u64 = 20;
    let eighths =
        (done.min(total) as u128 * u128::from(CELLS * 8) / u128::from(total.max(1))) as u64;
    let mut text = String::from("▕");
    for cell in 0..CELLS {
        let fill = eighths.saturating_sub(cell * 8).min(8) as usize;
        text.push([' ', '▏', '▎', '▍', '▌', '▋', '▊', '▉', '█'][fill]);
    }
    text.push('▏');
    text
}

fn to_json(progress: &Progress) -> serde_json::Value {
    match progress {
        Progress::Resolving {
            name,
            source,
            size_bytes,
        } => {
            json!({"v": 1, "event": "resolving", "name": name, "source": source,
                   "size_bytes": size_bytes})
        }
        Progress::Waiting => json!({"v": 1, "event": "waiting"}),
        Progress::Note { text } => json!({"v": 1, "event": "note", "text": text}),
        Progress::Downloading {
            done,
            total,
            file,
            of,
        } => {
            json!({"v": 1, "event": "downloading", "done": done, "total": total,
                   "file": file, "of": of})
        }
        Progress::Verifying { file, done, total } => {
            json!({"v": 1, "event": "verifying", "file": file, "done": done, "total": total})
        }
        Progress::Ready { name, path } => {
            json!({"v": 1, "event": "ready", "name": name, "path": path})
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bar_fills_from_empty_to_full() {
        assert_eq!(bar(0, 100), format!("▕{}▏", " ".repeat(20)));
        assert_eq!(bar(100, 100), format!("▕{}▏", "█".repeat(20)));
        assert_eq!(
            bar(50, 100),
            format!("▕{}{}▏", "█".repeat(10), " ".repeat(10))
        );
        assert_eq!(bar(7, 0), bar(0, 0), "no total, no panic");
    }
}
