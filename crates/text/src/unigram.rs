//! Unigram language model: the segmentation with the highest sum of scores.
//!
//! Kudo 2018, §3.2, <https://arxiv.org/abs/1804.10959>, by Viterbi's
//! algorithm. Sampling and n-best are left out.

use crate::hash::Map;

/// An unknown character scores this much below the worst token.
const UNKNOWN_PENALTY: f64 = 10.0;
/// No edge of the trie leads to the root.
const ROOT: u32 = 0;

pub(crate) struct Unigram {
    edges: Map<u64, u32>,
    /// By node: the token that ends there.
    ends: Vec<Option<(u32, f64)>>,
    worst: f64,
    pub(crate) unk: Option<u32>,
    pub(crate) byte_fallback: Option<Box<[u32; 256]>>,
}

#[derive(Clone, Copy)]
struct Best {
    score: f64,
    start: usize,
    id: Option<u32>,
}

impl Unigram {
    pub(crate) fn new() -> Self {
        Self {
            edges: Map::default(),
            ends: vec![None],
            worst: f64::INFINITY,
            unk: None,
            byte_fallback: None,
        }
    }

    pub(crate) fn add(&mut self, piece: &str, id: u32, score: f64) {
        let mut node = ROOT;
        for &byte in piece.as_bytes() {
            let fresh = self.ends.len() as u32;
            node = *self.edges.entry(edge(node, byte)).or_insert(fresh);
            if node == fresh {
                self.ends.push(None);
            }
        }
        if node != ROOT {
            self.ends[node as usize] = Some((id, score));
        }
    }

    /// Every token's score counts here, also that of one not in the text.
    pub(crate) fn see_score(&mut self, score: f64) {
        self.worst = self.worst.min(score);
    }

    pub(crate) fn encode(&self, word: &str, out: &mut Vec<u32>) {
        let bytes = word.as_bytes();
        let nothing = Best {
            score: f64::NEG_INFINITY,
            start: usize::MAX,
            id: None,
        };
        let mut best = vec![nothing; bytes.len() + 1];
        best[0].score = 0.0;
        let unknown = self.worst - UNKNOWN_PENALTY;
        for (start, c) in word.char_indices() {
            let here = best[start].score;
            let next = start + c.len_utf8();
            let mut single = false;
            let mut node = ROOT;
            for end in start + 1..=bytes.len() {
                match self.edges.get(&edge(node, bytes[end - 1])) {
                    Some(&child) => node = child,
                    None => break,
                }
                if let Some((id, score)) = self.ends[node as usize] {
                    improve(
                        &mut best[end],
                        Best {
                            score: here + score,
                            start,
                            id: Some(id),
                        },
                    );
                    single |= end == next;
                }
            }
            if !single {
                improve(
                    &mut best[next],
                    Best {
                        score: here + unknown,
                        start,
                        id: None,
                    },
                );
            }
        }
        self.trace(bytes, &best, out);
    }

    /// Reads the best path back; neighbouring unknown characters are one token.
    fn trace(&self, bytes: &[u8], best: &[Best], out: &mut Vec<u32>) {
        let first = out.len();
        let mut end = bytes.len();
        let mut unknown = false;
        while end > 0 {
            let Best { start, id, .. } = best[end];
            // The unknown token itself, met in a text, is unknown text.
            let known = id.filter(|&id| Some(id) != self.unk);
            match (known, &self.byte_fallback) {
                (Some(id), _) => out.push(id),
                (None, Some(tokens)) => {
                    let text = bytes[start..end].iter().rev();
                    out.extend(text.map(|&b| tokens[b as usize]));
                }
                (None, None) if unknown => {}
                (None, None) => out.extend(self.unk),
            }
            unknown = known.is_none();
            end = start;
        }
        out[first..].reverse();
    }
}

fn edge(node: u32, byte: u8) -> u64 {
    u64::from(node) << 8 | u64::from(byte)
}

/// Of equal paths the one found first stays.
fn improve(best: &mut Best, candidate: Best) {
    if best.start == usize::MAX || candidate.score > best.score {
        *best = candidate;
    }
}
