//! Files of one JSON object a line, read as their bytes come.

use serde_json::Value;

/// Bytes of a line.
const LONGEST: usize = 32 << 20;

/// Cuts pieces of a file into lines.
#[derive(Default)]
pub(crate) struct Lines {
    begun: Vec<u8>,
    number: usize,
}

impl Lines {
    /// Hands each line that ends in `bytes`, and its number from 1, to `each`,
    /// without the line's end; false if a line is too long.
    pub(crate) fn feed(&mut self, bytes: &[u8], mut each: impl FnMut(usize, &[u8])) -> bool {
        let mut rest = bytes;
        while let Some(end) = rest.iter().position(|&b| b == b'\n') {
            self.number += 1;
            if self.begun.is_empty() {
                each(self.number, &rest[..end]);
            } else {
                self.begun.extend_from_slice(&rest[..end]);
                each(self.number, &self.begun);
                self.begun.clear();
            }
            rest = &rest[end + 1..];
        }
        self.begun.extend_from_slice(rest);
        self.begun.len() <= LONGEST
    }

    /// The last line, if nothing ends it.
    pub(crate) fn end(&mut self, mut each: impl FnMut(usize, &[u8])) {
        if !self.begun.is_empty() {
            self.number += 1;
            each(self.number, &self.begun);
            self.begun.clear();
        }
    }
}

/// Whether every line of a file is an object, and where the first is that is not.
#[derive(Default)]
pub(crate) struct JsonLines {
    lines: Lines,
    objects: usize,
    wrong: Option<usize>,
}

impl JsonLines {
    pub(crate) fn feed(&mut self, bytes: &[u8]) {
        // The answer is known; most files are not meant to have lines.
        if self.wrong.is_some() {
            return;
        }
        let Self {
            lines,
            objects,
            wrong,
        } = self;
        let short = lines.feed(bytes, |number, line| look(objects, wrong, number, line));
        if !short {
            wrong.get_or_insert(lines.number + 1);
        }
    }

    pub(crate) fn end(&mut self) {
        let Self {
            lines,
            objects,
            wrong,
        } = self;
        lines.end(|number, line| look(objects, wrong, number, line));
    }

    /// A file without lines is wrong in its first.
    pub(crate) fn first_wrong(&self) -> Option<usize> {
        self.wrong.or((self.objects == 0).then_some(1))
    }
}

fn look(objects: &mut usize, wrong: &mut Option<usize>, number: usize, line: &[u8]) {
    if wrong.is_some() || line.trim_ascii().is_empty() {
        return;
    }
    match serde_json::from_slice(line) {
        Ok(Value::Object(_)) => *objects += 1,
        _ => *wrong = Some(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lines_are_the_same_however_they_come() {
        for (text, wrong) in [
            ("{}\n{\"a\": 1}\r\n\n{}", None),
            ("{}\n", None),
            ("", Some(1)),
            ("\n\n", Some(1)),
            ("{}\n[]\n{", Some(2)),
            ("{}\n{", Some(2)),
            ("{}\n\n{}{}\n", Some(3)),
            ("{\"a\":\n1}", Some(1)),
        ] {
            for size in 1..=text.len().max(1) {
                let mut lines = JsonLines::default();
                text.as_bytes().chunks(size).for_each(|c| lines.feed(c));
                lines.end();
                assert_eq!(lines.first_wrong(), wrong, "{text:?} by {size}");
            }
        }
        let mut long = JsonLines::default();
        (0..=LONGEST >> 20).for_each(|_| long.feed(&[b' '; 1 << 20]));
        assert_eq!(long.first_wrong(), Some(1));
    }
}
