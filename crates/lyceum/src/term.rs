//! What the terminal can show: colours, width, who is reading.

use std::borrow::Cow;
use std::io::{self, IsTerminal};
use std::sync::atomic::{AtomicBool, Ordering};

use unicode_width::UnicodeWidthStr;

use crate::cli::Color;

static STDOUT_COLORS: AtomicBool = AtomicBool::new(false);
static STDERR_COLORS: AtomicBool = AtomicBool::new(false);
static STDOUT_TERMINAL: AtomicBool = AtomicBool::new(false);

/// Decides once, from `--color`, `NO_COLOR` and whether a terminal reads.
pub fn set_colors(when: Color) {
    let wanted = |terminal: bool| match when {
        Color::Always => true,
        Color::Never => false,
        Color::Auto => terminal && std::env::var_os("NO_COLOR").is_none_or(|v| v.is_empty()),
    };
    STDOUT_TERMINAL.store(io::stdout().is_terminal(), Ordering::Relaxed);
    STDOUT_COLORS.store(wanted(io::stdout().is_terminal()), Ordering::Relaxed);
    STDERR_COLORS.store(wanted(io::stderr().is_terminal()), Ordering::Relaxed);
}

/// Whether stdout takes colours.
pub fn stdout_colors() -> bool {
    STDOUT_COLORS.load(Ordering::Relaxed)
}

/// `text` in an SGR style such as `1;31`, if stderr takes colours.
pub fn paint(style: &str, text: &str) -> String {
    paint_if(STDERR_COLORS.load(Ordering::Relaxed), style, text)
}

/// `text` in an SGR style if `colors`.
pub fn paint_if(colors: bool, style: &str, text: &str) -> String {
    if colors {
        format!("\x1b[{style}m{text}\x1b[0m")
    } else {
        text.to_owned()
    }
}

/// SGR style of a token by its probability: red for a surprise, green for the expected, as in
/// the Playground. Background colours, so that spaces show; black text, so that both light and
/// dark terminals keep the contrast.
pub fn probability_style(probability: f64) -> &'static str {
    match probability {
        p if p >= 0.8 => "30;48;5;114",
        p if p >= 0.5 => "30;48;5;151",
        p if p >= 0.2 => "30;48;5;187",
        p if p >= 0.05 => "30;48;5;222",
        _ => "30;48;5;210",
    }
}

/// Rows of cells with aligned columns; widths count terminal cells, so Chinese names fit.
/// Control characters in cells become visible: a name must not look like another row.
pub fn table(header: &[&str], rows: &[Vec<String>]) -> String {
    let shown = |row: &Vec<String>| row.iter().map(|cell| visible(cell)).collect();
    let rows: Vec<Vec<String>> = rows.iter().map(shown).collect();
    let mut widths: Vec<usize> = header.iter().map(|h| h.width()).collect();
    for row in &rows {
        for (width, cell) in widths.iter_mut().zip(row) {
            *width = (*width).max(cell.width());
        }
    }
    let line = |cells: Vec<&str>| {
        let mut text = String::new();
        for (cell, width) in cells.iter().zip(&widths) {
            text.push_str(cell);
            text.push_str(&" ".repeat(width.saturating_sub(cell.width()) + 2));
        }
        text.trim_end().to_owned() + "\n"
    };
    let mut text = line(header.to_vec());
    for row in &rows {
        text += &line(row.iter().map(String::as_str).collect());
    }
    text
}

/// `text` with control characters made visible, so that a token cannot move the cursor.
pub fn visible(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for c in text.chars() {
        match c {
            '\n' => out.push('⏎'),
            '\t' => out.push('⇥'),
            c if c.is_control() => out.extend(c.escape_unicode()),
            c => out.push(c),
        }
    }
    out
}

/// `text` with control characters escaped but for new lines and tabs.
pub fn escaped(text: &str) -> Cow<'_, str> {
    let harmful = |c: char| c.is_control() && c != '\n' && c != '\t';
    if !text.contains(harmful) {
        return Cow::Borrowed(text);
    }
    let mut out = String::with_capacity(text.len() + 8);
    for c in text.chars() {
        match harmful(c) {
            true => out.extend(c.escape_unicode()),
            false => out.push(c),
        }
    }
    Cow::Owned(out)
}

/// What a model wrote, or a file or server holds, for stdout. On a terminal its control
/// characters could move the cursor or fill the clipboard, so they are [`escaped`]; a pipe gets
/// every byte.
pub fn for_stdout(text: &str) -> Cow<'_, str> {
    match STDOUT_TERMINAL.load(Ordering::Relaxed) {
        true => escaped(text),
        false => Cow::Borrowed(text),
    }
}

/// Bytes as people read them: `98.4 MB`.
pub fn size(bytes: u64) -> String {
    let bytes = bytes as f64;
    match bytes {
        b if b >= 1e9 => format!("{:.2} GB", b / 1e9),
        b if b >= 1e6 => format!("{:.1} MB", b / 1e6),
        b if b >= 1e3 => format!("{:.1} kB", b / 1e3),
        b => format!("{b} B"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stay_aligned_with_wide_characters() {
        let text = table(
            &["a", "b"],
            &[
                vec!["天空".into(), "x".into()],
                vec!["ab".into(), "y".into()],
            ],
        );
        assert_eq!(text, "a     b\n天空  x\nab    y\n");
    }

    #[test]
    fn control_characters_become_visible() {
        assert_eq!(visible("a\n\x1b[2J"), "a⏎\\u{1b}[2J");
    }

    #[test]
    fn a_cell_cannot_draw() {
        let text = table(&["a"], &[vec!["x\n\u{9b}2J".into()]]);
        assert_eq!(text, "a\nx⏎\\u{9b}2J\n");
    }

    #[test]
    fn lines_and_tabs_stay_and_other_controls_are_escaped() {
        assert_eq!(escaped("a\tb\n天"), "a\tb\n天");
        assert_eq!(
            escaped("\x1b]52;c;eA==\x07\r\u{9b}2J\x7f"),
            "\\u{1b}]52;c;eA==\\u{7}\\u{d}\\u{9b}2J\\u{7f}"
        );
    }

    #[test]
    fn sizes_read_well() {
        assert_eq!(size(98_362_432), "98.4 MB");
        assert_eq!(size(12), "12 B");
    }
}
