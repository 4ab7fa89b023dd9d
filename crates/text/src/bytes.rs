//! The printable alphabet in which byte-level vocabularies write bytes.
//!
//! Radford et al. 2019 (GPT-2): a byte that is a visible Latin-1 character is
//! written as it, the others in order as the characters from U+0100 on.

use std::sync::LazyLock;

fn visible(byte: u8) -> bool {
    matches!(byte, b'!'..=b'~' | 0xA1..=0xAC | 0xAE..=0xFF)
}

/// By character, up to the last of the alphabet.
static BYTES: LazyLock<[Option<u8>; 0x144]> = LazyLock::new(|| {
    let mut table = [None; 0x144];
    let mut next = 0x100;
    for byte in 0..=255u8 {
        if visible(byte) {
            table[byte as usize] = Some(byte);
        } else {
            table[next] = Some(byte);
            next += 1;
        }
    }
    table
});

/// The bytes that a piece stands for; None if it holds another character.
pub(crate) fn from_alphabet(piece: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::new();
    append_from_alphabet(&mut bytes, piece).then_some(bytes)
}

/// Appends the bytes that a piece stands for; false, and nothing is appended,
/// if it holds another character.
pub(crate) fn append_from_alphabet(bytes: &mut Vec<u8>, piece: &str) -> bool {
    let table = &*BYTES;
    let before = bytes.len();
    // No more bytes than the piece has itself.
    bytes.reserve(piece.len());
    for c in piece.chars() {
        let Some(Some(byte)) = table.get(c as usize) else {
            bytes.truncate(before);
            return false;
        };
        bytes.push(*byte);
    }
    true
}

/// The byte of a piece like `<0x0A>`.
pub(crate) fn fallback_byte(piece: &str) -> Option<u8> {
    let digits = piece.strip_prefix("<0x")?.strip_suffix('>')?;
    let hex = digits.len() == 2 && digits.bytes().all(|b| b.is_ascii_hexdigit());
    hex.then(|| u8::from_str_radix(digits, 16).ok())?
}
