//! Safetensors against the official library, and against itself.

use std::collections::HashMap;

use kernels::dtype::DType;
use safetensors::tensor::TensorView;
use tensor::safetensors::{SafeTensors, write};
use tensor::{LoadError, RawTensor, Source};
use testkit::{Rng, fixture};

fn random(rng: &mut Rng) -> Vec<(String, RawTensor)> {
    let dtypes = [DType::F32, DType::F16, DType::BF16];
    let tensor = |i: usize, rng: &mut Rng| {
        let dtype = *rng.choose(&dtypes);
        let shape: Vec<usize> = (0..rng.below(4)).map(|_| rng.below(5)).collect();
        let size = shape.iter().product::<usize>() * dtype.block_bytes();
        let bytes = rng.bytes(size).into();
        (
            format!("tensor \"{i}\"/ü"),
            RawTensor {
                dtype,
                shape,
                bytes,
            },
        )
    };
    (0..rng.below(8)).map(|i| tensor(i, rng)).collect()
}

#[test]
fn saving_then_loading_is_the_identity_here_and_in_the_official_library() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.safetensors");
    for seed in 0..100 {
        let tensors = random(&mut Rng::new(seed));
        write(&path, &tensors, &[("format", "pt"), ("note", "ü\n")]).unwrap();
        let ours = SafeTensors::open(&path).unwrap();
        let bytes = std::fs::read(&path).unwrap();
        let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
        assert_eq!(ours.names().len(), tensors.len(), "seed {seed}");
        assert_eq!(theirs.len(), tensors.len(), "seed {seed}");
        for (name, want) in &tensors {
            let got = ours.get(name).unwrap();
            assert_eq!(
                (got.dtype, &got.shape),
                (want.dtype, &want.shape),
                "seed {seed}"
            );
            assert!(got.bytes[..] == want.bytes[..], "seed {seed}");
            let got = theirs.tensor(name).unwrap();
            assert_eq!(got.dtype().to_string(), want.dtype.name(), "seed {seed}");
            assert_eq!(got.shape(), want.shape, "seed {seed}");
            assert!(got.data() == &want.bytes[..], "seed {seed}");
        }
        let metadata = ours.metadata();
        assert_eq!(metadata[0], ("format".to_owned(), "pt".to_owned()));
        assert_eq!(metadata[1].1, "ü\n");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn files_of_the_official_library_read_the_same() {
    let values: Vec<u8> = (0..48).collect();
    let view = |dtype, shape| TensorView::new(dtype, shape, &values).unwrap();
    use safetensors::Dtype;
    let views = HashMap::from([
        ("f32", view(Dtype::F32, vec![3, 4])),
        ("f16", view(Dtype::F16, vec![24])),
        ("bf16", view(Dtype::BF16, vec![2, 3, 4])),
        ("i64", view(Dtype::I64, vec![6])),
        ("bool", view(Dtype::BOOL, vec![48])),
    ]);
    let bytes = safetensors::serialize(views, None).unwrap();
    let file = SafeTensors::parse(bytes.into(), "m.safetensors".as_ref()).unwrap();
    for (name, dtype, shape) in [
        ("f32", DType::F32, &[3, 4][..]),
        ("f16", DType::F16, &[24]),
        ("bf16", DType::BF16, &[2, 3, 4]),
    ] {
        let got = file.get(name).unwrap();
        assert_eq!((got.dtype, got.shape.as_slice()), (dtype, shape));
        assert!(got.bytes[..] == values[..]);
    }
    // Refused only when asked for.
    let error = file.get("i64").unwrap_err().to_string();
    let want = "m.safetensors: type of tensor \"i64\" is \"I64\", which is not supported \
                (supported: F32, F16, BF16)";
    assert_eq!(error, want);
}

#[test]
fn a_golden_reads_as_the_official_library_reads_it() {
    let path = fixture("models/llama/model.safetensors");
    let ours = SafeTensors::open(&path).unwrap();
    let bytes = std::fs::read(&path).unwrap();
    let theirs = safetensors::SafeTensors::deserialize(&bytes).unwrap();
    assert_eq!(ours.names().len(), theirs.len());
    for name in ours.names() {
        let (got, want) = (ours.get(&name).unwrap(), theirs.tensor(&name).unwrap());
        assert_eq!(got.shape, want.shape(), "{name}");
        assert!(got.bytes[..] == *want.data(), "{name}");
    }
}

/// Two shards and their index.
fn sharded(folder: &std::path::Path, index: &str) {
    let one = |v| RawTensor::from_f32(&[1], &[v]);
    let first = [("a".to_owned(), one(1.0)), ("b".to_owned(), one(2.0))];
    write(&folder.join("s1.safetensors"), &first, &[]).unwrap();
    write(
        &folder.join("s2.safetensors"),
        &[("c".to_owned(), one(3.0))],
        &[],
    )
    .unwrap();
    std::fs::write(folder.join("model.safetensors.index.json"), index).unwrap();
}

#[test]
fn shards_are_one_source() {
    let folder = tempfile::tempdir().unwrap();
    let index = r#"{"metadata": {"total_size": 12}, "weight_map":
        {"a": "s1.safetensors", "c": "s2.safetensors", "b": "s1.safetensors"}}"#;
    sharded(folder.path(), index);
    let all = SafeTensors::open_dir(folder.path()).unwrap();
    assert_eq!(all.names(), ["a", "b", "c"]);
    for (name, value) in [("a", 1.0), ("b", 2.0), ("c", 3.0)] {
        assert_eq!(all.get(name).unwrap().to_f32(), [value]);
    }
    assert!(matches!(all.get("d"), Err(LoadError::MissingTensor { .. })));
}

#[test]
fn an_index_reaches_no_other_folder_and_no_missing_tensor() {
    let folder = tempfile::tempdir().unwrap();
    let files = [
        "../s1.safetensors",
        "/etc/passwd",
        "sub/s1.safetensors",
        "./s1.safetensors",
        "..",
        ".",
        "",
        "..\\s1.safetensors",
        "C:s1.safetensors",
    ];
    for file in files {
        let index = serde_json::json!({"weight_map": {"a": file}}).to_string();
        sharded(folder.path(), &index);
        let error = SafeTensors::open_dir(folder.path()).unwrap_err();
        let LoadError::Format { field, wanted, .. } = &error else {
            panic!("{file}: {error}");
        };
        assert_eq!(field, "weight_map of tensor \"a\"");
        assert_eq!(wanted, "a file in the same folder");
    }
    sharded(folder.path(), r#"{"weight_map": {"z": "s1.safetensors"}}"#);
    let error = SafeTensors::open_dir(folder.path()).unwrap_err();
    assert!(matches!(error, LoadError::MissingTensor { name, .. } if name == "z"));
    sharded(folder.path(), r#"{"weight_map": {"a": "s9.safetensors"}}"#);
    let error = SafeTensors::open_dir(folder.path()).unwrap_err();
    assert!(matches!(&error, LoadError::Io { path, .. } if path.ends_with("s9.safetensors")));
    for index in ["", "[]", r#"{"weight_map": 3}"#, "{\"weight_map\": {\"a\""] {
        sharded(folder.path(), index);
        let error = SafeTensors::open_dir(folder.path()).unwrap_err();
        assert!(matches!(error, LoadError::Format { .. }), "{error}");
    }
}
