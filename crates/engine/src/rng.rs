//! The random numbers of a request: xoshiro256**, seeded by splitmix64.
//!
//! Blackman and Vigna 2021, <https://arxiv.org/abs/1805.01407>. Each candidate
//! of a request has a stream of its own, so that its draws do not depend on
//! what else is in the batch.

use std::hash::{BuildHasher, RandomState};

#[derive(Debug, Clone)]
pub(crate) struct Rng {
    state: [u64; 4],
}

impl Rng {
    pub(crate) fn new(seed: u64) -> Self {
        let mut split = seed;
        Self {
            state: std::array::from_fn(|_| splitmix(&mut split)),
        }
    }

    /// 64 random bits.
    pub(crate) fn bits(&mut self) -> u64 {
        let s = &mut self.state;
        let bits = s[1].wrapping_mul(5).rotate_left(7).wrapping_mul(9);
        let t = s[1] << 17;
        s[2] ^= s[0];
        s[3] ^= s[1];
        s[1] ^= s[2];
        s[0] ^= s[3];
        s[2] ^= t;
        s[3] = s[3].rotate_left(45);
        bits
    }

    /// Uniform in [0, 1), a multiple of 2⁻⁵³.
    pub(crate) fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 / (1u64 << 53) as f64
    }
}

/// The seed of a request's `candidate`-th answer. The first one's is the
/// request's own.
pub(crate) fn candidate_seed(seed: u64, candidate: usize) -> u64 {
    if candidate == 0 {
        return seed;
    }
    let mut split = seed;
    let mut split = splitmix(&mut split).wrapping_add(candidate as u64);
    splitmix(&mut split)
}

/// A seed nobody can foresee, for requests without one.
pub(crate) fn random_seed() -> u64 {
    RandomState::new().hash_one(0)
}

fn splitmix(state: &mut u64) -> u64 {
    *state = state.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let mut z = *state;
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::HashSet;

    /// From the state 1, 2, 3, 4: the values of the reference C program,
    /// <https://prng.di.unimi.it/xoshiro256starstar.c>, worked out by hand for
    /// the first two.
    #[test]
    fn the_stream_is_xoshiro256() {
        let mut rng = Rng {
            state: [1, 2, 3, 4],
        };
        // rotl(2·5, 7)·9 = 11520; then s[1] = 2 ^ (3 ^ 1) = 0.
        assert_eq!([rng.bits(), rng.bits()], [11_520, 0]);
    }

    #[test]
    fn candidates_have_their_own_seeds() {
        let seeds: HashSet<u64> = (0..50)
            .flat_map(|s| (0..20).map(move |c| candidate_seed(s, c)))
            .collect();
        assert_eq!(seeds.len(), 1000);
        assert_eq!(candidate_seed(7, 0), 7);
        assert_ne!(random_seed(), random_seed());
    }
}
