//! Stop strings, found across token borders.

/// Cuts a stream of text before the first stop string.
///
/// Text is held back only while it may be the beginning of a stop string.
#[derive(Clone, Debug)]
pub struct StopStrings {
    stops: Vec<String>,
    held: String,
    stopped: bool,
}

impl StopStrings {
    /// Empty stop strings are ignored.
    pub fn new<S: Into<String>>(stops: impl IntoIterator<Item = S>) -> Self {
        let stops = stops.into_iter().map(S::into);
        Self {
            stops: stops.filter(|s| !s.is_empty()).collect(),
            held: String::new(),
            stopped: false,
        }
    }

    /// Takes the next text; gives what may be shown, and whether a stop string
    /// was found. After that nothing more is released.
    ///
    /// The stop string that is complete first counts, the longest of these, so
    /// that the result does not depend on how the text was cut.
    pub fn push(&mut self, text: &str) -> (String, bool) {
        if self.stopped {
            return (String::new(), true);
        }
        self.held.push_str(text);
        let found = |s: &String| self.held.find(s).map(|at| (at + s.len(), at));
        if let Some((_, at)) = self.stops.iter().filter_map(found).min() {
            self.held.truncate(at);
            self.stopped = true;
            return (std::mem::take(&mut self.held), true);
        }
        let keep = self.stops.iter().map(|s| self.overlap(s)).max();
        let release = self.held.len() - keep.unwrap_or(0);
        let rest = self.held.split_off(release);
        (std::mem::replace(&mut self.held, rest), false)
    }

    /// The text still held back, when the stream ends without a stop string.
    pub fn finish(&mut self) -> String {
        std::mem::take(&mut self.held)
    }

    /// The length of the longest proper prefix of `stop` that ends the text.
    fn overlap(&self, stop: &str) -> usize {
        let longest = (stop.len() - 1).min(self.held.len());
        (1..=longest)
            .rev()
            .find(|&n| {
                stop.get(..n)
                    .is_some_and(|start| self.held.ends_with(start))
            })
            .unwrap_or(0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use testkit::Rng;

    #[test]
    fn a_stop_across_pieces_is_cut_before_it() {
        let mut stops = StopStrings::new(["<end>", ""]);
        assert_eq!(stops.push("Hello <e"), ("Hello ".into(), false));
        assert_eq!(stops.push("n"), (String::new(), false));
        assert_eq!(stops.push("d> more"), (String::new(), true));
        assert_eq!(stops.push("more"), (String::new(), true));
        assert_eq!(stops.finish(), "");
    }

    #[test]
    fn a_false_start_is_released() {
        let mut stops = StopStrings::new(["aab"]);
        assert_eq!(stops.push("aa"), (String::new(), false));
        assert_eq!(stops.push("a"), ("a".into(), false));
        assert_eq!(stops.push("c"), ("aac".into(), false));
        assert_eq!(stops.push("xé"), ("xé".into(), false));
        assert_eq!(stops.push("a"), (String::new(), false));
        assert_eq!(stops.finish(), "a");
    }

    /// However the text is cut, the result is the text before the first stop,
    /// and nothing is held that cannot begin one.
    #[test]
    fn cutting_changes_nothing() {
        for seed in 0..2000 {
            let mut rng = Rng::new(seed);
            let mut word = |max: usize| -> String {
                let n = rng.below(max);
                (0..n).map(|_| ['a', 'b', 'é'][rng.below(3)]).collect()
            };
            let text = word(40);
            let list: Vec<String> = (0..3).map(|_| word(5)).collect();
            let real = list.iter().filter(|s| !s.is_empty());
            let found = |s: &String| text.find(s.as_str()).map(|at| (at + s.len(), at));
            let cut = real.filter_map(found).min().map(|(_, at)| at);
            let mut stops = StopStrings::new(list.clone());
            let mut got = String::new();
            let mut stopped = false;
            for c in text.chars() {
                let (released, now) = stops.push(c.encode_utf8(&mut [0; 4]));
                got.push_str(&released);
                stopped |= now;
            }
            assert_eq!(stopped, cut.is_some(), "seed {seed}");
            got.push_str(&stops.finish());
            assert_eq!(
                got,
                text[..cut.unwrap_or(text.len())],
                "seed {seed} {list:?}"
            );
        }
    }
}
