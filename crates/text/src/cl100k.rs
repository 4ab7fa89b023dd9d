//! The ids of OpenAI's `cl100k_base`, back to text.
//!
//! Clients made for `text-embedding-ada-002` and its successors cut their texts into
//! these tokens themselves and send ids. `cl100k.zlib` is the table that OpenAI
//! publishes for `tiktoken` (MIT; SHA-256 of the original
//! 223921b76ee99bde995b7ff738513eef100fb51d18c93597a113bcffe865b2a7), the lengths of
//! the 100,256 pieces and then their bytes, deflated: a crate that carries it brings
//! five other tables and an encoder, and a download would be there for some only.

use std::io::Read;
use std::sync::LazyLock;

use flate2::read::ZlibDecoder;

/// Tokens that are text; ids beyond are special or nothing.
const PIECES: usize = 100_256;

struct Table {
    bytes: Vec<u8>,
    /// Where each piece begins, and where the last ends.
    starts: Vec<u32>,
}

static TABLE: LazyLock<Table> = LazyLock::new(|| {
    let mut bytes = Vec::new();
    let packed: &[u8] = include_bytes!("cl100k.zlib");
    let read = ZlibDecoder::new(packed).read_to_end(&mut bytes);
    read.expect("a test unpacks this very file");
    let texts = bytes.split_off(PIECES);
    let mut starts = vec![0];
    let mut end = 0;
    for len in bytes {
        end += u32::from(len);
        starts.push(end);
    }
    Table {
        bytes: texts,
        starts,
    }
});

/// The text of `ids`; bytes that are not UTF-8 become U+FFFD. The error is the first
/// id that is no text.
pub fn decode(ids: &[u32]) -> Result<String, u32> {
    let mut bytes = Vec::new();
    for &id in ids {
        let at = Some(id as usize).filter(|&at| at < PIECES).ok_or(id)?;
        let (start, end) = (TABLE.starts[at], TABLE.starts[at + 1]);
        bytes.extend_from_slice(&TABLE.bytes[start as usize..end as usize]);
    }
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// As `tiktoken` has them.
    #[test]
    fn ids_are_tiktokens() {
        let japanese = [33334, 45918, 243, 21990, 9080, 33334, 62004, 16556, 78699];
        assert_eq!(decode(&japanese).as_deref(), Ok("お誕生日おめでとう"));
        let sum = [17, 489, 220, 17, 284, 220, 19];
        assert_eq!(decode(&sum).as_deref(), Ok("2 + 2 = 4"));
        assert_eq!(decode(&[45918, 243]).as_deref(), Ok("誕"));
        assert_eq!(decode(&[45918]).as_deref(), Ok("\u{FFFD}"));
        assert_eq!(decode(&[]).as_deref(), Ok(""));
    }

    #[test]
    fn what_is_no_text_is_named() {
        assert!(decode(&[100_255]).is_ok());
        assert_eq!(decode(&[17, 100_257]), Err(100_257));
        assert_eq!(decode(&[u32::MAX]), Err(u32::MAX));
        assert_eq!(TABLE.starts.len(), PIECES + 1);
        assert_eq!(TABLE.starts[PIECES] as usize, TABLE.bytes.len());
    }
}
