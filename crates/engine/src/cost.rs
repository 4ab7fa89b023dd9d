//! What computing a token costs: more, the later its position.
//!
//! The layers' products cost the same at every position, attention grows with it.
//! One number tells both apart: the position at which attention costs as much as
//! the layers. A step that is filled by cost takes about the same time whether its
//! tokens stand at the beginning of a prompt or at its far end.

use std::ops::Range;

use models::ModelShape;

/// How much faster the layers' int8 products run than attention's f32 ones,
/// operation by operation, in halves.
const INT8_SPEEDUP_HALVES: usize = 7;

/// Costs in integers, so that sums are exact: a token at position `p` costs
/// `parity + p`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CostModel {
    /// Position at which attention costs as much as the layers.
    parity: usize,
}

impl CostModel {
    /// # Panics
    /// If `parity` is zero.
    pub fn new(parity: usize) -> Self {
        assert!(parity > 0, "a token costs something");
        Self { parity }
    }

    /// By the operations per token of a block: two for each weight, four per
    /// channel of the query heads for each position before it.
    pub fn of(shape: &ModelShape) -> Self {
        let queries = shape.heads * shape.head_dim;
        let keys = shape.kv_heads * shape.head_dim;
        let weights = 2 * shape.hidden * (queries + keys) + shape.mlp_weights;
        Self::new((2 * 2 * weights / (INT8_SPEEDUP_HALVES * 4 * queries).max(1)).max(1))
    }

    /// Cost of so many tokens at position 0, attention left out.
    pub fn tokens(self, count: usize) -> u64 {
        (count * self.parity) as u64
    }

    /// Cost of the tokens at these positions.
    pub fn range(self, positions: Range<usize>) -> u64 {
        let (first, count) = (positions.start as u64, positions.len() as u64);
        count * (self.parity as u64 + first) + count * count.saturating_sub(1) / 2
    }

    /// Most tokens from position `first` on that cost no more than `budget`.
    pub fn fit(self, first: usize, budget: u64) -> usize {
        let (mut fits, mut beyond) = (0, (budget / (self.parity + first) as u64) as usize + 1);
        while beyond - fits > 1 {
            let middle = fits + (beyond - fits) / 2;
            if self.range(first..first + middle) <= budget {
                fits = middle;
            } else {
                beyond = middle;
            }
        }
        fits
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_range_costs_what_its_tokens_cost() {
        for (parity, first, count) in [(1, 0, 0), (1, 0, 5), (900, 0, 128), (7, 3_000, 41)] {
            let cost = CostModel::new(parity);
            let naive: usize = (first..first + count).map(|p| parity + p).sum();
            assert_eq!(cost.range(first..first + count), naive as u64);
        }
    }

    #[test]
    fn what_fits_is_the_most_that_fits() {
        for parity in [1, 3, 900] {
            let cost = CostModel::new(parity);
            for (first, budget) in [(0, 0), (0, 1), (5, 17), (0, 115_200), (4_000, 115_200)] {
                let fits = cost.fit(first, budget);
                assert!(cost.range(first..first + fits) <= budget);
                assert!(cost.range(first..first + fits + 1) > budget);
            }
        }
    }

    /// SmolLM2-135M: 3.54 M weights in a block, 576 query channels.
    #[test]
    fn attention_catches_up_where_its_operations_do() {
        let shape = ModelShape {
            vocab: 49152,
            context: 8192,
            layers: 30,
            hidden: 576,
            heads: 9,
            kv_heads: 3,
            head_dim: 64,
            mlp_weights: 3 * 576 * 1536,
        };
        assert_eq!(CostModel::of(&shape), CostModel::new(877));
    }
}
