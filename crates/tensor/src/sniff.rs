//! What a file of the wrong format looks like, so that the error can say it.

pub(crate) const GIT_LFS: &str = "a Git LFS pointer";
pub(crate) const HTML: &str = "an HTML page";
pub(crate) const ZIP: &str = "a zip archive (a PyTorch checkpoint or a wheel)";

/// Names the format that `bytes`, the beginning of a file, belong to.
pub(crate) fn looks_like(bytes: &[u8]) -> &'static str {
    let start = &bytes[..bytes.len().min(512)];
    let is = |magic: &[u8]| start.starts_with(magic);
    let text = start.trim_ascii_start();
    let text_is = |word: &[u8]| {
        text.get(..word.len())
            .is_some_and(|t| t.eq_ignore_ascii_case(word))
    };
    if start.is_empty() {
        "an empty file"
    } else if start.iter().all(|&b| b == 0) {
        "nothing but zeros (an interrupted download)"
    } else if is(b"GGUF") {
        "a GGUF file"
    } else if is(b"version https://git-lfs") {
        GIT_LFS
    } else if text_is(b"<!doctype") || text_is(b"<html") || text_is(b"<head") {
        HTML
    } else if is(b"PK\x03\x04") {
        ZIP
    } else if is(b"\x1f\x8b") {
        "a gzip archive"
    } else if start.get(8) == Some(&b'{') && start[4..8] == [0; 4] {
        "a safetensors file"
    } else if is(b"lmgg") || is(b"tjgg") || is(b"fmgg") || is(b"algg") {
        "a file of llama.cpp's formats before GGUF"
    } else if is(b"\x80\x02") || is(b"\x80\x03") || is(b"\x80\x04") {
        "a Python pickle"
    } else if is(b"\x89HDF") {
        "an HDF5 file"
    } else if text_is(b"{") || text_is(b"[") {
        "JSON"
    } else if start.iter().all(|&b| b >= b' ' || b.is_ascii_whitespace()) {
        "text"
    } else {
        "no format known here"
    }
}
