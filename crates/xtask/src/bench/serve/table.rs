//! A row per measure: through HTTP, in process or otherwise, what is judged, and its bar.

pub(super) struct Row {
    name: String,
    unit: &'static str,
    ours: f64,
    other: Option<f64>,
    judged: String,
    bar: String,
}

impl Row {
    pub(super) fn new(name: &str, unit: &'static str) -> Self {
        Self {
            name: name.to_owned(),
            unit,
            ours: f64::NAN,
            other: None,
            judged: String::new(),
            bar: String::new(),
        }
    }

    pub(super) fn value(self, ours: f64) -> Self {
        Self { ours, ..self }
    }

    pub(super) fn values(self, (ours, other): (f64, f64)) -> Self {
        let other = Some(other);
        Self {
            ours,
            other,
            ..self
        }
    }

    /// The ratio of the upper quartiles should reach the bar.
    pub(super) fn at_least(self, ours: &[f64], others: &[f64], bar: f64) -> Self {
        let ratio = |share| quantile(ours, share) / quantile(others, share);
        let mut row = self.values((quantile(ours, 0.75), quantile(others, 0.75)));
        row.judged = format!("{:.3} (medians {:.3})", ratio(0.75), ratio(0.5));
        row.bar = format!("≥ {bar} {}", reached(ratio(0.75) >= bar));
        row
    }

    /// The value itself should not pass the bar.
    pub(super) fn at_most(mut self, bar: f64) -> Self {
        self.bar = format!("≤ {bar} {}", reached(self.ours <= bar));
        self
    }

    /// The difference of the lower quartiles should not pass the bar.
    pub(super) fn adds(self, ours: &[f64], others: &[f64], bar: f64) -> Self {
        let added = |share| quantile(ours, share) - quantile(others, share);
        let mut row = self.values((quantile(ours, 0.25), quantile(others, 0.25)));
        row.judged = format!("{:+.2} (medians {:+.2})", added(0.25), added(0.5));
        row.bar = format!("≤ {bar} {}", reached(added(0.25) <= bar));
        row
    }

    pub(super) fn ratio(mut self, ratio: f64, bar: Option<f64>) -> Self {
        self.judged = format!("{ratio:.3}");
        let bar = bar.map(|bar| format!("≤ {bar} {}", reached(ratio <= bar)));
        self.bar = bar.unwrap_or_default();
        self
    }

    pub(super) fn print(&self) {
        println!("{}", self.line());
    }

    fn line(&self) -> String {
        let other = self
            .other
            .map(|other| format!("{other:.2}"))
            .unwrap_or_default();
        let Self {
            name,
            unit,
            ours,
            judged,
            bar,
            ..
        } = self;
        format!("| {name} | {ours:.2} {unit} | {other} | {judged} | {bar} |")
    }
}

fn reached(yes: bool) -> &'static str {
    if yes { "yes" } else { "NO" }
}

pub(super) fn median(values: &[f64]) -> f64 {
    quantile(values, 0.5)
}

/// The value that a share of all does not pass; not a number where there is none.
pub(super) fn quantile(values: &[f64], share: f64) -> f64 {
    let mut values = values.to_vec();
    values.sort_by(f64::total_cmp);
    let at = (values.len() as f64 * share) as usize;
    let last = values.len().saturating_sub(1);
    values.get(at.min(last)).copied().unwrap_or(f64::NAN)
}

/// The head. Rows follow as they are measured.
pub(super) fn begin() {
    println!("\n| | through HTTP | in process, or alone | judged | bar |");
    println!("|---|---:|---:|---:|---|");
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rows_are_judged_by_their_bars() {
        let row = Row::new("16 streams", "tokens/s");
        let line = row.at_least(&[970.0, 800.0, 970.0], &[990.0, 1000.0, 900.0], 0.98);
        let want = "| 16 streams | 970.00 tokens/s | 1000.00 | 0.970 (medians 0.980) | ≥ 0.98 NO |";
        assert_eq!(line.line(), want);
        let row = Row::new("first", "ms");
        let line = row.adds(&[10.5, 10.5, 90.0, 12.0], &[10.0, 10.0, 11.0, 12.0], 1.0);
        let want = "| first | 10.50 ms | 10.00 | +0.50 (medians +1.00) | ≤ 1 yes |";
        assert_eq!(line.line(), want);
        let none = Row::new("p99", "ms")
            .value(quantile(&[], 0.99))
            .at_most(20.0);
        assert!(
            none.line().contains("NO"),
            "nothing measured reaches no bar"
        );
    }
}
