//! Log-probabilities, of the model's own logits.

/// A token's log-probability and the likeliest ones in its place.
#[derive(Debug, Clone, PartialEq)]
pub struct Logprobs {
    pub logprob: f32,
    /// Likeliest first, lower ids first on ties.
    pub top: Vec<(u32, f32)>,
}

impl Logprobs {
    /// Of `token` and the `count` likeliest, from raw logits.
    pub fn of(logits: &[f32], token: u32, count: usize) -> Self {
        let mut all = vec![0.0; logits.len()];
        kernels::softmax::log_softmax_row(&mut all, logits);
        let logprob = all[token as usize];
        let mut top: Vec<(u32, f32)> = (0..).zip(all).collect();
        let count = count.min(top.len());
        let by = |a: &(u32, f32), b: &(u32, f32)| b.1.total_cmp(&a.1).then(a.0.cmp(&b.0));
        if count > 0 && count < top.len() {
            top.select_nth_unstable_by(count - 1, by);
        }
        top.truncate(count);
        top.sort_unstable_by(by);
        Self { logprob, top }
    }
}
