//! A row per comparison: both values, their ratio, the bar it should reach and
//! our share of what the machine can do.

use anyhow::Result;
use serde_json::Value;

use super::number;

pub(super) struct Row {
    name: String,
    threads: usize,
    unit: &'static str,
    /// What the ratio should reach.
    bar: f64,
    /// Whether it should stay below the bar instead.
    less: bool,
    /// Of our value, by the machine.
    limit: Option<f64>,
    ours: f64,
    theirs: f64,
    /// Lowest, median and highest of the rounds.
    ratios: [f64; 3],
}

impl Row {
    pub(super) fn new(name: String, threads: usize, unit: &'static str, bar: f64) -> Self {
        Self {
            name,
            threads,
            unit,
            bar,
            less: false,
            limit: None,
            ours: f64::NAN,
            theirs: f64::NAN,
            ratios: [f64::NAN; 3],
        }
    }

    pub(super) fn less(self) -> Self {
        Self { less: true, ..self }
    }

    pub(super) fn limit(self, limit: f64) -> Self {
        let limit = Some(limit);
        Self { limit, ..self }
    }

    /// Medians of `field` over (ours, theirs), and of their ratios.
    pub(super) fn rounds(self, rounds: &[(Value, Value)], field: &str) -> Result<Self> {
        let (mut ours, mut theirs, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for round in rounds {
            let (our, their) = (number(&round.0, field)?, number(&round.1, field)?);
            ours.push(our);
            theirs.push(their);
            ratios.push(our / their);
        }
        let [ours, theirs, ratios] = [ours, theirs, ratios].map(spread);
        let (ours, theirs) = (ours[1], theirs[1]);
        Ok(Self {
            ours,
            theirs,
            ratios,
            ..self
        })
    }

    pub(super) fn values(self, ours: f64, theirs: f64) -> Self {
        let ratios = [ours / theirs; 3];
        Self {
            ours,
            theirs,
            ratios,
            ..self
        }
    }

    pub(super) fn print(&self) {
        println!("{}", self.line());
    }

    fn line(&self) -> String {
        let [low, ratio, high] = self.ratios;
        let (sign, reached) = match self.less {
            true => ("≤", ratio <= self.bar),
            false => ("≥", ratio >= self.bar),
        };
        let spread = if low == high {
            String::new()
        } else {
            format!(" ({low:.2}..{high:.2})")
        };
        let share = self
            .limit
            .map(|limit| format!("{:.0} %", 100.0 * self.ours / limit));
        format!(
            "| {} | {} | {:.1} | {:.1} {} | {ratio:.2}{spread} | {sign} {} {} | {} |",
            self.name,
            self.threads,
            self.ours,
            self.theirs,
            self.unit,
            self.bar,
            if reached { "yes" } else { "NO" },
            share.unwrap_or_default()
        )
    }
}

/// Lowest, median, highest.
fn spread(mut values: Vec<f64>) -> [f64; 3] {
    values.sort_by(f64::total_cmp);
    let last = values.len() - 1;
    [values[0], values[values.len() / 2], values[last]]
}

/// The head. Rows follow as they are measured, as a whole run takes long.
pub(super) fn begin() {
    println!("\n| | threads | lyceum | peer | ratio | bar | of the limit |");
    println!("|---|---|---:|---:|---:|---|---:|");
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn the_ratio_is_the_median_of_the_rounds() {
        let round = |ours: f64, theirs: f64| (json!({"x": ours}), json!({"x": theirs}));
        let rounds = [round(300.0, 100.0), round(100.0, 50.0), round(290.0, 100.0)];
        let row = Row::new("Q4_1 decode".to_owned(), 2, "tokens/s", 2.5);
        let row = row.limit(580.0).rounds(&rounds, "x").unwrap();
        let want =
            "| Q4_1 decode | 2 | 290.0 | 100.0 tokens/s | 2.90 (2.00..3.00) | ≥ 2.5 yes | 50 % |";
        assert_eq!(row.line(), want);
        let missing = Row::new("a".to_owned(), 1, "", 1.0).rounds(&rounds, "y");
        assert!(missing.err().unwrap().to_string().contains('y'));
    }

    #[test]
    fn a_bar_can_be_one_to_stay_below() {
        let row = |ours: f64| {
            Row::new("start".to_owned(), 1, "ms", 0.5)
                .less()
                .values(ours, 100.0)
        };
        assert_eq!(
            row(40.0).line(),
            "| start | 1 | 40.0 | 100.0 ms | 0.40 | ≤ 0.5 yes |  |"
        );
        assert!(row(60.0).line().contains("≤ 0.5 NO"));
    }
}
