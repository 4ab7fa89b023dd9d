//! How fast a model's tokenizer encodes a text on one thread, as one JSON object, for
//! `cargo xtask bench tokenizer`. Reading files is not timed.
//!
//! Usage: `encode_speed MODEL TEXT`

use std::error::Error;
use std::time::Instant;

use models::checkpoint::Checkpoint;
use text::Specials;

const RUNS: usize = 3;

fn main() -> Result<(), Box<dyn Error>> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let [model, text] = arguments.as_slice() else {
        return Err("usage: encode_speed MODEL TEXT".into());
    };
    let tokenizer = engine::load_tokenizer(&Checkpoint::open(model.as_ref())?)?;
    let text = std::fs::read_to_string(text)?;
    let (mut best, mut ids) = (f64::INFINITY, Vec::new());
    for _ in 0..RUNS {
        let start = Instant::now();
        ids = tokenizer.encode(&text, Specials::Plain);
        best = best.min(start.elapsed().as_secs_f64());
    }
    let mb_per_s = text.len() as f64 / best / 1e6;
    let result = serde_json::json!({"tokens": ids.len(), "checksum": checksum(&ids),
                                    "mb_per_s": mb_per_s});
    print!("{result}");
    Ok(())
}

/// As `encode_speed.py` computes it; every id and its place count.
fn checksum(ids: &[u32]) -> u64 {
    let prime = 4_294_967_291;
    let add = |sum: u64, (i, &id): (usize, &u32)| {
        (sum + (i as u64 + 1) % prime * (u64::from(id) + 1)) % prime
    };
    ids.iter().enumerate().fold(0, add)
}
