//! GGUF files that lie: each lie has its error, naming file, field, wanted, got.

use std::path::Path;

use tensor::gguf::Gguf;

/// A file put together by hand, little-endian.
#[derive(Default)]
struct File(Vec<u8>);

impl File {
    fn new(version: u32, tensors: u64, pairs: u64) -> Self {
        Self(b"GGUF".to_vec()).u32(version).u64(tensors).u64(pairs)
    }

    fn u32(mut self, v: u32) -> Self {
        self.0.extend(v.to_le_bytes());
        self
    }

    fn u64(mut self, v: u64) -> Self {
        self.0.extend(v.to_le_bytes());
        self
    }

    fn bytes(mut self, bytes: &[u8]) -> Self {
        self.0.extend(bytes);
        self
    }

    fn string(self, text: &str) -> Self {
        self.u64(text.len() as u64).bytes(text.as_bytes())
    }

    /// A tensor's description; `kind` is ggml's number of its type.
    fn tensor(self, name: &str, dims: &[u64], kind: u32, offset: u64) -> Self {
        let file = self.string(name).u32(dims.len() as u32);
        let file = dims.iter().fold(file, |file, &dim| file.u64(dim));
        file.u32(kind).u64(offset)
    }

    /// Padding to 32 bytes, then `len` bytes of tensors.
    fn data(mut self, len: usize) -> Self {
        self.0.resize(self.0.len().next_multiple_of(32) + len, 0);
        self
    }

    #[track_caller]
    fn refused(self, want: &str) {
        let error = Gguf::parse(self.0.into(), Path::new("m.gguf")).unwrap_err();
        assert_eq!(error.to_string(), want);
        assert!(error.hint().is_some());
    }
}

const F32: u32 = 0;

#[test]
fn another_format_is_named() {
    let lfs = b"version https://git-lfs.github.com/spec/v1\noid sha256:00\n";
    let safetensors = b"\x10\0\0\0\0\0\0\0{\"a\":1}";
    let cases: [(&[u8], &str); 9] = [
        (b"", "an empty file"),
        (b"GGU", "text"),
        (lfs, "a Git LFS pointer"),
        (b"  <!DOCTYPE html><p>", "an HTML page"),
        (
            b"PK\x03\x04..",
            "a zip archive (a PyTorch checkpoint or a wheel)",
        ),
        (safetensors, "a safetensors file"),
        (
            b"tjgg\x03\0\0\0",
            "a file of llama.cpp's formats before GGUF",
        ),
        (&[0; 64], "nothing but zeros (an interrupted download)"),
        (b"\xff\xfe\x00", "no format known here"),
    ];
    for (bytes, what) in cases {
        let want = format!("m.gguf is not a GGUF file: it looks like {what}");
        File(bytes.to_vec()).refused(&want);
    }
}

#[test]
fn versions_are_two_and_three() {
    for (version, got) in [
        (1, "1"),
        (4, "4"),
        (3u32.swap_bytes(), "3 in big-endian byte order"),
    ] {
        let want = format!(
            "m.gguf: the GGUF version is {got}, which is not supported \
             (supported: 2 and 3, little-endian)"
        );
        File::new(version, 0, 0).refused(&want);
    }
}

#[test]
fn counts_are_bounded_by_the_file() {
    File::new(3, 0, u64::MAX).refused(
        "m.gguf: metadata count should be at most 0, all that the rest of the file can hold, \
         got 18446744073709551615",
    );
    File::new(3, 1 << 40, 0).bytes(&[0; 64]).refused(
        "m.gguf: tensor count should be at most 2, all that the rest of the file can hold, \
         got 1099511627776",
    );
    // An array of 2^61 u64, whose size in bytes overflows.
    File::new(3, 0, 1)
        .string("a")
        .u32(9)
        .u32(10)
        .u64(1 << 61)
        .refused(
            "m.gguf: a should be at most 0, all that the rest of the file can hold, \
         got 2305843009213693952",
        );
    File::new(3, 0, 1)
        .string("a")
        .u32(9)
        .u32(8)
        .u64(2)
        .string("")
        .refused("m.gguf: a should be at most 1, all that the rest of the file can hold, got 2");
}

/// What the arrays around have counted as theirs is not counted again, so that
/// memory does not grow with the depth.
#[test]
fn counts_of_arrays_in_arrays_share_the_file() {
    let nested = |outer: u64| {
        let file = File::new(3, 0, 1).string("a").u32(9).u32(9).u64(outer);
        file.u32(9)
    };
    // 240 bytes for 20 arrays of 12; within the first, there is room for none.
    nested(20)
        .u64(19)
        .bytes(&[0; 19 * 12])
        .refused("m.gguf: a should be at most 0, all that the rest of the file can hold, got 19");
    // For 15 there are 60 bytes to spare: 5 arrays.
    nested(15)
        .u64(6)
        .bytes(&[0; 19 * 12])
        .refused("m.gguf: a should be at most 5, all that the rest of the file can hold, got 6");
}

#[test]
fn strings_end_inside_the_file() {
    File::new(3, 0, 1).u64(u64::MAX).bytes(&[b'k'; 20]).refused(
        "m.gguf: key of metadata pair 0 should be 18446744073709551615 bytes long at byte 32, \
         got the end of the file after 20 bytes",
    );
    File::new(3, 0, 1)
        .string("k")
        .u32(8)
        .u64(3)
        .bytes(b"ab")
        .refused(
            "m.gguf: k should be 3 bytes long at byte 45, got the end of the file after 2 bytes",
        );
    File::new(3, 0, 1)
        .string("k")
        .u32(8)
        .u64(2)
        .bytes(b"\xc3\x28")
        .refused("m.gguf: k should be UTF-8, got \"\u{fffd}(\"");
    let strings = |count| File::new(3, 0, 1).string("k").u32(9).u32(8).u64(count);
    strings(2)
        .string("é")
        .u64(1)
        .bytes(b"\xc3")
        .refused("m.gguf: k should be UTF-8, got \"\u{fffd}\"");
    // Together they would be a text.
    strings(3)
        .string("é")
        .u64(1)
        .bytes(b"\xc3")
        .u64(1)
        .bytes(b"\xa9")
        .refused("m.gguf: k should be UTF-8, got \"\u{fffd}\"");
}

#[test]
fn metadata_types_are_known_and_keys_unique() {
    File::new(3, 0, 1)
        .string("k")
        .u32(13)
        .u64(0)
        .refused("m.gguf: type of k should be 0 to 12, got 13");
    File::new(3, 0, 1)
        .string("k")
        .u32(7)
        .bytes(&[2])
        .refused("m.gguf: k should be a bool, 0 or 1, got 2");
    let pair = |file: File| file.string("k").u32(0).bytes(&[1]);
    pair(pair(File::new(3, 0, 2))).refused("m.gguf: key \"k\" should be unique, got given twice");
}

#[test]
fn arrays_nest_eight_deep_and_no_deeper() {
    let nested = |depth: usize| {
        let file = File::new(3, 0, 1).string("k").u32(9);
        let file = (1..depth).fold(file, |file, _| file.u32(9).u64(1));
        file.u32(0).u64(1).bytes(&[7])
    };
    assert!(Gguf::parse(nested(8).0.into(), Path::new("m")).is_ok());
    nested(9).refused("m.gguf: k should be nested at most 8 deep, got deeper arrays");
    nested(100_000).refused("m.gguf: k should be nested at most 8 deep, got deeper arrays");
}

#[test]
fn alignment_is_a_power_of_two() {
    for (value, got) in [(0, "0"), (24, "24"), (1 << 31, "2147483648")] {
        let want = format!(
            "m.gguf: metadata key general.alignment should be a power of two up to 2^30, got {got}"
        );
        File::new(3, 0, 1)
            .string("general.alignment")
            .u32(4)
            .u32(value)
            .refused(&want);
    }
}

#[test]
fn shapes_have_one_to_four_axes_without_zeros_and_a_size() {
    for dims in [&[][..], &[1, 1, 1, 1, 1]] {
        let want = format!(
            "m.gguf: number of axes of tensor \"x\" should be 1 to 4, got {}",
            dims.len()
        );
        File::new(3, 1, 0)
            .tensor("x", dims, F32, 0)
            .data(64)
            .refused(&want);
    }
    for (dims, kind, wanted) in [
        (&[4, 0][..], F32, "without zeros"),
        (&[1 << 32, 1 << 32], F32, "of a size that fits in 64 bits"),
        // 2^62 floats of four bytes.
        (&[1 << 31, 1 << 31], F32, "of a size that fits in 64 bits"),
        (&[33, 2], 8, "a first axis in Q8_0 blocks of 32 values"),
        (&[128, 2], 12, "a first axis in Q4_K blocks of 256 values"),
    ] {
        let want = format!("m.gguf: shape of tensor \"x\" should be {wanted}, got {dims:?}");
        File::new(3, 1, 0)
            .tensor("x", dims, kind, 0)
            .data(64)
            .refused(&want);
    }
}

#[test]
fn unknown_types_are_named_with_those_supported() {
    for (kind, got) in [
        (16, "ggml's IQ2_XXS"),
        (26, "ggml's I32"),
        (99, "99, which ggml does not define"),
    ] {
        let want = format!(
            "m.gguf: type of tensor \"x\" is {got}, which is not supported (supported: F32, F16, \
             BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q2_K, Q3_K, Q4_K, Q5_K, Q6_K, IQ4_NL, IQ4_XS, \
             MXFP4)"
        );
        File::new(3, 1, 0)
            .tensor("x", &[256], kind, 0)
            .data(999)
            .refused(&want);
    }
}

#[test]
fn tensors_lie_inside_the_file_aligned_and_apart() {
    File::new(3, 1, 0)
        .tensor("x", &[8], F32, 4)
        .data(64)
        .refused("m.gguf: offset of tensor \"x\" should be a multiple of the alignment 32, got 4");
    for offset in [64, 1 << 63] {
        let want = format!(
            "m.gguf: data of tensor \"x\" should be inside the file, which holds 64 bytes of \
             tensors, got 32 bytes at offset {offset}"
        );
        File::new(3, 1, 0)
            .tensor("x", &[8], F32, offset)
            .data(64)
            .refused(&want);
    }
    // Cut off: the last tensor's end is missing.
    File::new(3, 1, 0)
        .tensor("x", &[32], F32, 0)
        .data(127)
        .refused(
            "m.gguf: data of tensor \"x\" should be inside the file, which holds 127 bytes of \
         tensors, got 128 bytes at offset 0",
        );
    File::new(3, 2, 0)
        .tensor("x", &[16], F32, 32)
        .tensor("y", &[9], F32, 0)
        .data(96)
        .refused(
            "m.gguf: data of tensor \"x\" should be after the end of \"y\" at byte 132, \
             got byte 128",
        );
    File::new(3, 2, 0)
        .tensor("x", &[8], F32, 0)
        .tensor("x", &[8], F32, 32)
        .data(64)
        .refused("m.gguf: name of tensor \"x\" should be unique, got given twice");
}

#[test]
fn hostile_names_are_escaped_and_cut_in_errors() {
    let name = format!("\u{1b}[31m{}", "x".repeat(5000));
    let file = File::new(3, 1, 0).tensor(&name, &[8], 99, 0);
    let error = Gguf::parse(file.0.into(), Path::new("m.gguf")).unwrap_err();
    let text = error.to_string();
    assert!(text.len() < 400 && !text.contains('\u{1b}'), "{text}");
}
