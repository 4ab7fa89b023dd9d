//! Files damaged everywhere: each is read or refused, without a panic and
//! without memory asked for on a damaged count's word.

use std::path::Path;

use tensor::gguf::Gguf;
use tensor::safetensors::SafeTensors;
use tensor::{LoadError, RawTensor, Source};
use testkit::{Rng, fixture};

/// Reads everything there is in a file; what it says does not matter.
type Read = fn(Vec<u8>) -> Result<(), LoadError>;

fn gguf(bytes: Vec<u8>) -> Result<(), LoadError> {
    all(&Gguf::parse(bytes.into(), Path::new("damaged.gguf"))?)
}

fn safetensors(bytes: Vec<u8>) -> Result<(), LoadError> {
    all(&SafeTensors::parse(
        bytes.into(),
        Path::new("damaged.safetensors"),
    )?)
}

fn all(source: &dyn Source) -> Result<(), LoadError> {
    for name in source.names() {
        let tensor: RawTensor = source.get(&name)?;
        let blocks = tensor.len() / tensor.dtype.block_len();
        assert_eq!(tensor.bytes.len(), blocks * tensor.dtype.block_bytes());
    }
    Ok(())
}

/// Address space asked for so far, where the system tells it.
fn peak_bytes() -> Option<u64> {
    let status = std::fs::read_to_string("/proc/self/status").ok()?;
    let line = status.lines().find_map(|l| l.strip_prefix("VmPeak:"))?;
    let kilobytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kilobytes << 10)
}

/// Cuts `bytes` at every length, flips every bit of the first `head` bytes, and
/// overwrites eight bytes at random places.
fn damage(bytes: &[u8], head: usize, read: Read) {
    read(bytes.to_vec()).unwrap();
    let before = peak_bytes();
    for len in 0..bytes.len().min(head) {
        assert!(read(bytes[..len].to_vec()).is_err(), "cut at {len}");
    }
    assert!(read(bytes[..bytes.len() / 2].to_vec()).is_err());
    for bit in 0..head.min(bytes.len()) * 8 {
        let mut damaged = bytes.to_vec();
        damaged[bit / 8] ^= 1 << (bit % 8);
        let _ = read(damaged);
    }
    let seed = 0xDA4A6E;
    let mut rng = Rng::new(seed);
    for _ in 0..2000 {
        let mut damaged = bytes.to_vec();
        let at = rng.below(head.min(bytes.len()) - 8);
        let hostile = [rng.bits(), rng.bits() >> 40, u64::MAX, 1 << 62, 0];
        let word: u64 = *rng.choose(&hostile);
        damaged[at..at + 8].copy_from_slice(&word.to_le_bytes());
        let _ = read(damaged);
    }
    // Far above what the threads' arenas reserve, far below any claimed count
    // of the kind above.
    if let (Some(before), Some(after)) = (before, peak_bytes()) {
        let grown = after - before;
        assert!(
            grown < 4 << 30,
            "{grown} bytes of address space, seed {seed:#x}"
        );
    }
}

#[test]
fn a_damaged_gguf_file_is_an_error_or_a_model() {
    let bytes = std::fs::read(fixture("gguf/types-v3.gguf")).unwrap();
    damage(&bytes, 1300, gguf);
}

#[test]
fn a_damaged_safetensors_file_is_an_error_or_a_model() {
    let bytes = std::fs::read(fixture("models/llama/model.safetensors")).unwrap();
    let header = u64::from_le_bytes(bytes[..8].try_into().unwrap()) as usize;
    damage(&bytes, 8 + header, safetensors);
}

/// What fuzzing found stays found.
#[test]
fn files_that_once_crashed_are_refused() {
    for (folder, read) in [("gguf", gguf as Read), ("safetensors", safetensors)] {
        let folder = fixture("hostile").join(folder);
        // Absent as long as fuzzing found nothing there.
        for file in std::fs::read_dir(folder).into_iter().flatten() {
            let _ = read(std::fs::read(file.unwrap().path()).unwrap());
        }
    }
}
