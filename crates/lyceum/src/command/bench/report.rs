//! A bench's results as people and programs read them.

use std::time::Duration;

use engine::Speculation;
use serde_json::{Value, json};

use super::{HEADLINE, Report, Row, SHORT, Times, Work, median};
use crate::term;

impl Row {
    pub(super) fn new(work: Work, runs: &[Times]) -> Self {
        let median = |f: &dyn Fn(&Times) -> f64| median(runs.iter().map(f).collect());
        let (prompts, answers) = (work.batch * work.prefill, work.batch * work.decode);
        // A single token takes no time after the first.
        let rate = |tokens: usize, time: Duration| tokens as f64 / time.as_secs_f64().max(1e-9);
        Self {
            work,
            runs: runs.len(),
            prefill_per_s: median(&|t| rate(prompts, t.prefill)),
            decode_per_s: median(&|t| rate(t.decoded, t.decode)),
            generated_per_s: median(&|t| rate(answers, t.prefill + t.decode)),
            first_token_s: median(&|t| t.first_token.as_secs_f64()),
        }
    }

    pub(super) fn to_json(&self) -> Value {
        json!({"batch": self.work.batch, "runs": self.runs,
               "prefill_tokens": self.work.prefill, "prefill_tokens_per_s": self.prefill_per_s,
               "decode_tokens": self.work.decode, "decode_tokens_per_s": self.decode_per_s,
               "generated_tokens_per_s": self.generated_per_s,
               "first_token_s": self.first_token_s})
    }

    pub(super) fn cells(&self) -> Vec<String> {
        vec![
            self.work.prefill.to_string(),
            self.work.batch.to_string(),
            format!("{:.1}", self.prefill_per_s),
            format!("{:.1}", self.decode_per_s),
            milliseconds(self.first_token_s),
            self.runs.to_string(),
        ]
    }
}

impl Report {
    /// The row of one prompt of 512 tokens, else the first, once more at the top.
    pub(super) fn to_json(&self) -> Value {
        let headline = |r: &&Row| (r.work.prefill, r.work.batch) == (HEADLINE, 1);
        let headline = self.rows.iter().find(headline).or(self.rows.first());
        let mut all = json!({"v": 1, "threads": kernels::parallel::threads(),
                             "kernels": kernels::simd::level(), "load_s": self.load_s,
                             "speculation": self.speculation == Speculation::On,
                             "peak_memory_bytes": self.peak_memory});
        let fields = headline.map(Row::to_json);
        for (name, value) in fields.iter().flat_map(|f| f.as_object()).flatten() {
            all[name] = value.clone();
        }
        all["rows"] = self.rows.iter().map(Row::to_json).collect();
        if let Some(beside) = &self.beside {
            all["beside"] = json!({"long_tokens": beside.long, "short_tokens": SHORT,
                                   "first_token_alone_s": beside.alone_s,
                                   "first_token_beside_s": beside.beside_s});
        }
        all
    }

    pub(super) fn to_table(&self) -> String {
        let columns = [
            "PROMPT",
            "AT ONCE",
            "PREFILL tokens/s",
            "DECODE tokens/s",
            "FIRST TOKEN",
            "RUNS",
        ];
        let rows: Vec<_> = self.rows.iter().map(Row::cells).collect();
        let mut text = term::table(&columns, &rows);
        let (threads, kernels) = (kernels::parallel::threads(), kernels::simd::level());
        let memory = self.peak_memory.map_or("unknown".into(), term::size);
        let guessing = format!("{:?}", self.speculation).to_lowercase();
        let mut rest = vec![
            ("threads", format!("{threads} ({kernels} kernels)")),
            ("speculation", guessing),
            ("load", milliseconds(self.load_s)),
            ("peak memory", memory),
        ];
        if let Some(b) = &self.beside {
            let (alone, beside) = (milliseconds(b.alone_s), milliseconds(b.beside_s));
            let value = format!("{alone} alone, {beside} beside {} tokens", b.long);
            rest.push(("first token", value));
        }
        text.push('\n');
        for (name, value) in rest {
            text += &format!("{name:<13}{value}\n");
        }
        text
    }
}

fn milliseconds(s: f64) -> String {
    format!("{:.0} ms", s * 1e3)
}
