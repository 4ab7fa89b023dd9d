//! GGUF against the `gguf` package, and against itself.

use std::path::Path;

use kernels::dtype::DType;
use tensor::gguf::{Array, Gguf, GgufWriter, Metadata, Value};
use tensor::{LoadError, RawTensor, Source};
use testkit::{Rng, fixture};

#[test]
fn metadata_of_every_type_reads_as_the_gguf_package_wrote_it() {
    for (name, version) in [("types-v3.gguf", 3), ("types-v2.gguf", 2)] {
        let file = Gguf::open(&fixture("gguf").join(name)).unwrap();
        assert_eq!(file.version, version);
        let m = &file.metadata;
        let want = [
            ("t.u8", Value::U8(200)),
            ("t.i8", Value::I8(-100)),
            ("t.u16", Value::U16(60000)),
            ("t.i16", Value::I16(-30000)),
            ("t.u32", Value::U32(4_000_000_000)),
            ("t.i32", Value::I32(-2_000_000_000)),
            ("t.f32", Value::F32(1e-5)),
            ("t.true", Value::Bool(true)),
            ("t.false", Value::Bool(false)),
            ("t.string", Value::String("déjà vu ✓".into())),
            ("t.u64", Value::U64((1 << 63) + 1)),
            ("t.i64", Value::I64(-(1 << 62))),
            ("t.f64", Value::F64(0.1)),
            ("t.f32s", Value::Array(Array::F32(vec![0.5, -1.5]))),
            ("t.i32s", Value::Array(Array::I32(vec![1, -2, 3]))),
            ("t.bools", Value::Array(Array::Bool(vec![true, false]))),
            ("t.u8s", Value::Array(Array::U8(vec![1, 2, 255]))),
        ];
        for (key, value) in want {
            assert_eq!(m.get(key), Some(&value), "{key}");
        }
        let strings = m.strings("t.strings").unwrap().unwrap();
        assert!(strings.iter().eq(["a", "", "ü"]));
        let nested = vec![Array::I32(vec![1, 2]), Array::I32(vec![3])];
        assert_eq!(m.get("t.nested"), Some(&Value::Array(Array::Array(nested))));
        // Not 9.999999747378752e-6.
        assert_eq!(m.f64("t.f32").unwrap(), Some(1e-5));
    }
}

#[test]
fn tensors_read_as_the_gguf_package_wrote_them() {
    let file = Gguf::open(&fixture("gguf/types-v3.gguf")).unwrap();
    let dtypes = [
        DType::F32,
        DType::F16,
        DType::BF16,
        DType::Q4_0,
        DType::Q8_0,
    ];
    for dtype in dtypes {
        let x = file.get(&format!("x.{}", dtype.name())).unwrap();
        assert_eq!((x.dtype, x.shape.as_slice()), (dtype, &[3, 64][..]));
        assert_eq!(x.bytes.len(), 3 * dtype.row_bytes(64).unwrap());
    }
    let cube = file.get("cube").unwrap();
    assert_eq!(cube.shape, [2, 3, 4]);
    let count: Vec<f32> = (0..24u8).map(f32::from).collect();
    assert_eq!(cube.to_f32(), count);
    assert_eq!(file.names().len(), dtypes.len() + 1);
    let missing = file.get("nothing").unwrap_err();
    assert!(matches!(missing, LoadError::MissingTensor { name, .. } if name == "nothing"));
}

#[test]
fn typed_access_names_the_key_and_what_is_there() {
    let file = Gguf::open(&fixture("gguf/types-v3.gguf")).unwrap();
    let m = &file.metadata;
    assert_eq!(m.u64("absent").unwrap(), None);
    let absent = m.required("absent", Metadata::u64).unwrap_err().to_string();
    assert!(
        absent.ends_with("types-v3.gguf has no key absent"),
        "{absent}"
    );
    let text = m.str("t.u8").unwrap_err().to_string();
    let want = "metadata key t.u8 should be a string, got the integer 200";
    assert!(text.ends_with(want), "{text}");
    let negative = m.u64("t.i8").unwrap_err().to_string();
    assert!(
        negative.ends_with("not negative, got the integer -100"),
        "{negative}"
    );
}

/// A writer of random metadata and tensors.
fn random(rng: &mut Rng) -> GgufWriter {
    let mut writer = GgufWriter::new("llama");
    if rng.below(2) == 0 {
        let alignment = 1u8 << rng.below(7);
        let value = match rng.below(4) {
            0 => Value::U8(alignment),
            1 => Value::I16(alignment.into()),
            2 => Value::U32(alignment.into()),
            _ => Value::U64(alignment.into()),
        };
        writer.set("general.alignment", value);
    }
    for i in 0..rng.below(12) {
        let value = match rng.below(14) {
            0 => Value::U8(rng.bits() as u8),
            1 => Value::I8(rng.bits() as i8),
            2 => Value::U16(rng.bits() as u16),
            3 => Value::I16(rng.bits() as i16),
            4 => Value::U32(rng.bits() as u32),
            5 => Value::I32(rng.bits() as i32),
            6 => Value::F32(rng.normal()),
            7 => Value::Bool(rng.below(2) == 0),
            8 => Value::String(format!("ü{}", rng.bits())),
            9 => Value::U64(rng.bits()),
            10 => Value::I64(rng.bits() as i64),
            11 => Value::F64(rng.normal().into()),
            12 => {
                let strings = vec![format!("{}", rng.bits()); rng.below(4)];
                Value::Array(Array::String(strings.into_iter().collect()))
            }
            _ => Value::Array(Array::Array(vec![
                Array::U16(vec![rng.bits() as u16; rng.below(3)]),
                Array::Bool(vec![true; rng.below(3)]),
                Array::Array(vec![Array::F64(vec![0.5; rng.below(3)])]),
            ])),
        };
        writer.set(&format!("key.{i}"), value);
    }
    for i in 0..rng.below(6) {
        let dtype = *rng.choose(&DType::ALL);
        let mut shape: Vec<usize> = (0..rng.below(4)).map(|_| 1 + rng.below(3)).collect();
        shape.push(dtype.block_len() * (1 + rng.below(3)));
        let size = shape.iter().product::<usize>() / dtype.block_len() * dtype.block_bytes();
        let bytes = rng.bytes(size).into();
        writer.add(
            &format!("tensor.{i}"),
            RawTensor {
                dtype,
                shape,
                bytes,
            },
        );
    }
    writer
}

/// What was written is read back, and writing it again gives the same bytes.
#[test]
fn saving_then_loading_is_the_identity() {
    for seed in 0..200 {
        let rng = &mut Rng::new(seed);
        let version = 2 + rng.below(2) as u32;
        let written = random(rng).to_bytes(version);
        let file = Gguf::parse(written.clone().into(), Path::new("memory")).unwrap();
        assert_eq!(file.version, version, "seed {seed}");
        let mut again = GgufWriter::new("llama");
        for (key, value) in file.metadata.iter() {
            again.set(key, value.clone());
        }
        for name in file.names() {
            again.add(&name, file.get(&name).unwrap());
        }
        assert!(again.to_bytes(version) == written, "seed {seed}");
    }
}

#[test]
fn a_written_file_replaces_the_old_one_whole() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("model.gguf");
    std::fs::write(&path, "old").unwrap();
    let mut writer = GgufWriter::new("gpt2");
    writer.add("w", RawTensor::from_f32(&[2, 2], &[1.0, 2.0, 3.0, 4.0]));
    writer.write(&path).unwrap();
    assert_eq!(
        Gguf::open(&path).unwrap().get("w").unwrap().to_f32(),
        [1.0, 2.0, 3.0, 4.0]
    );
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 1);
}

#[test]
fn an_alignment_that_is_none_is_refused_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for value in [
        Value::U32(0),
        Value::U64(48),
        Value::I32(-32),
        Value::U64(1 << 40),
        Value::String("32".into()),
    ] {
        let mut writer = GgufWriter::new("gpt2");
        writer.set("general.alignment", value.clone());
        let error = writer.write(&folder.path().join("m.gguf")).unwrap_err();
        let (text, got) = (error.to_string(), format!("{value:?}"));
        assert!(
            text.contains("general.alignment should be a power of two"),
            "{text}"
        );
        assert!(text.contains(&got), "{text}");
    }
    assert_eq!(std::fs::read_dir(folder.path()).unwrap().count(), 0);
}

fn write_tensors(dtype: DType, shape: &[usize], size: usize, names: &[&str]) {
    let mut writer = GgufWriter::new("gpt2");
    for name in names {
        let (shape, bytes) = (shape.to_vec(), vec![0; size].into());
        writer.add(
            name,
            RawTensor {
                dtype,
                shape,
                bytes,
            },
        );
    }
}

#[test]
#[should_panic(expected = "w: a name used twice")]
fn writing_a_name_twice_is_refused() {
    write_tensors(DType::F32, &[2], 8, &["w", "v", "w"]);
}

/// 2 × 16 values are as many as a block has, but no row is a block.
#[test]
#[should_panic(expected = "w: rows of 16 in blocks of 32")]
fn writing_broken_blocks_is_refused() {
    write_tensors(DType::Q8_0, &[2, 16], 34, &["w"]);
}

#[test]
#[should_panic(expected = "w: bytes")]
fn writing_a_size_that_wraps_is_refused() {
    write_tensors(DType::F32, &[1 << 62, 4], 0, &["w"]);
}

#[test]
#[should_panic(expected = "has a zero")]
fn writing_an_axis_of_zero_is_refused() {
    write_tensors(DType::F32, &[0, 4], 0, &["w"]);
}

/// Provenance names scripts, relative to the root.
#[test]
fn no_fixture_names_a_folder_of_the_machine_that_wrote_it() {
    for name in ["types-v2.gguf", "types-v3.gguf"] {
        let bytes = std::fs::read(fixture("gguf").join(name)).unwrap();
        for folder in ["tmp", "home", "root", "work"] {
            let folder = format!("/{folder}/");
            let found = bytes.windows(folder.len()).any(|w| w == folder.as_bytes());
            assert!(!found, "{name} has {folder}");
        }
    }
}
