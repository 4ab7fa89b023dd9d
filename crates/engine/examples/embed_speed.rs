//! Texts per second of an encoder: `embed_speed FOLDER TEXTS.json ROUNDS` prints as JSON
//! the seconds of each round, the whole way from text to vector, and the first vectors.
//! `cargo xtask bench embeddings` runs it.

use std::path::Path;
use std::time::Instant;

use engine::Prompt;
use engine::embedding::Embedder;
use models::Checkpoint;
use serde_json::json;

/// Vectors that are printed, as `scripts/bench/embed_speed.py` does.
const SHOWN: usize = 8;

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let args: Vec<String> = std::env::args().collect();
    let [_, folder, texts, rounds] = &args[..] else {
        return Err("embed_speed FOLDER TEXTS.json ROUNDS".into());
    };
    let texts: Vec<String> = serde_json::from_slice(&std::fs::read(texts)?)?;
    let texts: Vec<Prompt> = texts.into_iter().map(Prompt::Text).collect();
    let embedder = Embedder::from_checkpoint(&Checkpoint::open(Path::new(folder))?)?;
    embedder.embed(&texts[..texts.len().min(64)])?;
    let (mut seconds, mut first) = (Vec::new(), Vec::new());
    for _ in 0..rounds.parse::<usize>()? {
        let start = Instant::now();
        let mut vectors = embedder.embed(&texts)?.vectors;
        seconds.push(start.elapsed().as_secs_f64());
        vectors.truncate(SHOWN);
        first = vectors;
    }
    println!("{}", json!({"seconds": seconds, "vectors": first}));
    Ok(())
}
