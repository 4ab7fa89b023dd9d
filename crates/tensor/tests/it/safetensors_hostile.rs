//! Safetensors files that lie: each lie has its error.

use std::path::Path;

use tensor::safetensors::SafeTensors;

#[track_caller]
fn refused(bytes: Vec<u8>, want: &str) {
    let error = SafeTensors::parse(bytes.into(), Path::new("m.safetensors")).unwrap_err();
    assert_eq!(error.to_string(), format!("m.safetensors{want}"));
    assert!(error.hint().is_some());
}

fn file(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.as_bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

fn tensor(dtype: &str, shape: &str, offsets: &str) -> String {
    format!(r#"{{"dtype":"{dtype}","shape":{shape},"data_offsets":{offsets}}}"#)
}

fn one(shape: &str, offsets: &str) -> String {
    format!(r#"{{"x":{}}}"#, tensor("F32", shape, offsets))
}

#[test]
fn another_format_is_named() {
    let cases: [(&[u8], &str); 5] = [
        (b"", "an empty file"),
        (b"GGUF\x03\0\0\0\0\0\0\0", "a GGUF file"),
        (
            b"version https://git-lfs.github.com/spec/v1\n",
            "a Git LFS pointer",
        ),
        (b"<html><body>Sign in</body>", "an HTML page"),
        (
            b"PK\x03\x04\0\0\0\0\0",
            "a zip archive (a PyTorch checkpoint or a wheel)",
        ),
    ];
    for (bytes, what) in cases {
        refused(
            bytes.to_vec(),
            &format!(" is not a safetensors file: it looks like {what}"),
        );
    }
}

#[test]
fn the_header_fits_in_the_file() {
    let mut bytes = file("{}", 0);
    bytes[..8].copy_from_slice(&99_000_000u64.to_le_bytes());
    refused(
        bytes,
        ": header length should be inside the file, 2 bytes at most, got 99000000",
    );
}

#[test]
fn the_header_is_safetensors_json() {
    for (header, got) in [
        ("{", "EOF while parsing an object at line 1 column 1"),
        (
            r#"{"x":{"dtype":"F32","shape":[1]}}"#,
            "tensor \"x\": missing field `data_offsets` at line 1 column 32",
        ),
    ] {
        refused(
            file(header, 0),
            &format!(": header should be safetensors' JSON, got {got}"),
        );
    }
    let deep = format!("{{\"x\":{}", "[".repeat(100_000));
    assert!(SafeTensors::parse(file(&deep, 0).into(), Path::new("m")).is_err());
}

#[test]
fn offsets_are_in_order_inside_the_file_and_of_the_right_length() {
    for offsets in ["[0,20]", "[8,4]", "[18446744073709551615,4]"] {
        let got = offsets.replace(',', ", ");
        let want = format!(
            ": data_offsets of tensor \"x\" should be in order and inside the data's 16 bytes, \
             got {got}"
        );
        refused(file(&one("[4]", offsets), 16), &want);
    }
    refused(
        file(&one("[3]", "[0,16]"), 16),
        ": data_offsets of tensor \"x\" should be what F32 [3] takes, 3 times 32 bits, \
         got 16 bytes",
    );
    refused(
        file(&one("[4294967296,4294967296]", "[0,16]"), 16),
        ": shape of tensor \"x\" should be of a size that fits in 64 bits, \
         got [4294967296, 4294967296]",
    );
}

#[test]
fn tensors_fill_the_data_without_gap_or_overlap() {
    let two = |b: &str| {
        let (a, b) = (tensor("F32", "[2]", "[0,8]"), tensor("F32", "[2]", b));
        format!(r#"{{"b":{b},"a":{a}}}"#)
    };
    for (offsets, got) in [("[4,12]", 4), ("[12,20]", 12)] {
        let want = format!(
            ": data_offsets of tensor \"b\" should be beginning at 8, where the one before ends, \
             got {got}"
        );
        refused(file(&two(offsets), 24), &want);
    }
    refused(
        file(&two("[8,16]"), 24),
        ": the file's length should be that of its header and 16 bytes of tensors, \
         got 8 bytes more",
    );
    let twice = tensor("F32", "[2]", "[0,8]");
    refused(
        file(&format!(r#"{{"x":{twice},"x":{twice}}}"#), 8),
        ": name of tensor \"x\" should be unique, got given twice",
    );
}

#[test]
fn empty_tensors_and_empty_files_are_fine() {
    let (a, b) = (
        tensor("F32", "[0,4]", "[0,0]"),
        tensor("I64", "[1]", "[0,8]"),
    );
    let header = format!(r#"{{"__metadata__":null,"b":{b},"a":{a}}}"#);
    let path = Path::new("m");
    assert!(SafeTensors::parse(file(&header, 8).into(), path).is_ok());
    assert!(SafeTensors::parse(file("{}", 0).into(), path).is_ok());
}
