use tempfile::TempDir;

use super::*;
use crate::{Format, Kind};

fn folder() -> (TempDir, ModelFolder) {
    let data = TempDir::new().unwrap();
    let folder = ModelFolder::open(data.path()).unwrap();
    (data, folder)
}

fn file(data: &TempDir, name: &str, bytes: &[u8]) -> PathBuf {
    let path = data.path().join(name);
    fs::write(&path, bytes).unwrap();
    path
}

fn safetensors() -> Vec<u8> {
    [&8u64.to_le_bytes()[..], b"{}      "].concat()
}

fn go_on(_: Progress) -> ControlFlow<()> {
    ControlFlow::Continue(())
}

#[test]
fn an_imported_file_is_listed_got_verified_and_removed() {
    let (data, folder) = folder();
    let path = file(&data, "Tiny.Q4.gguf", b"GGUF and so on");
    let model = folder.import(&path, "tiny", &mut go_on).unwrap();
    assert_eq!(model.format, Format::Gguf);
    assert_eq!(model.size_bytes, 14);
    assert_eq!(model.path.file_name().unwrap(), "Tiny.Q4.gguf");
    assert_eq!(fs::read(&model.path).unwrap(), b"GGUF and so on");
    assert_eq!(folder.get("tiny").unwrap(), model);
    assert!(matches!(&folder.list().unwrap()[..], [Listed::Model(m)] if *m == model));
    folder.verify("tiny", &mut go_on).unwrap();
    let again = folder.import(&path, "tiny", &mut go_on).unwrap_err();
    assert!(matches!(again, StoreError::NameTaken { .. }), "{again}");
    folder.remove("tiny").unwrap();
    assert!(folder.list().unwrap().is_empty());
    assert!(path.exists(), "the original was removed");
}

#[test]
fn a_folder_is_imported_with_what_belongs_to_the_model() {
    let (data, folder) = folder();
    let from = data.path().join("hf");
    fs::create_dir(&from).unwrap();
    let weights = safetensors();
    for (name, bytes) in [
        ("config.json", &b"{}"[..]),
        ("model.safetensors", &weights),
        ("tokenizer.json", b"{}"),
        ("README.md", b"hello"),
        ("pytorch_model.bin", b"x"),
    ] {
        fs::write(from.join(name), bytes).unwrap();
    }
    let model = folder.import(&from, "hf", &mut go_on).unwrap();
    assert_eq!(model.format, Format::Safetensors);
    assert!(model.path.is_dir());
    let files: Vec<&String> = model.files.keys().collect();
    assert_eq!(
        files,
        ["config.json", "model.safetensors", "tokenizer.json"]
    );
    // The weights stand for their folder.
    let beside = folder
        .import(&from.join("model.safetensors"), "beside", &mut go_on)
        .unwrap();
    assert_eq!(beside.files, model.files);
}

#[test]
fn what_is_no_model_is_refused() {
    let (data, folder) = folder();
    let empty = data.path().join("empty");
    fs::create_dir(&empty).unwrap();
    let bad = data.path().join("bad");
    fs::create_dir(&bad).unwrap();
    fs::write(bad.join("config.json"), "{}").unwrap();
    fs::write(bad.join("model.safetensors"), u64::MAX.to_le_bytes()).unwrap();
    for path in [
        file(&data, "page.gguf", b"<html>"),
        file(&data, "empty.gguf", b""),
        file(&data, "model.pt", b"PK\x03\x04"),
        empty,
        bad,
    ] {
        let error = folder.import(&path, "x", &mut go_on).unwrap_err();
        assert_eq!(error.kind(), Kind::BadData, "{}: {error}", path.display());
    }
    let missing = folder
        .import(Path::new("nowhere.gguf"), "x", &mut go_on)
        .unwrap_err();
    assert_eq!(missing.kind(), Kind::NotFound);
    let path = file(&data, "m.gguf", b"GGUF");
    for name in ["", ".", "..", "../x", "A", "a/b", "-a", &"a".repeat(97)] {
        let error = folder.import(&path, name, &mut go_on).unwrap_err();
        assert!(
            matches!(error, StoreError::BadName { .. }),
            "{name}: {error}"
        );
    }
    assert!(folder.list().unwrap().is_empty());
}

#[test]
fn an_unknown_name_is_answered_with_near_ones() {
    let (data, folder) = folder();
    folder
        .import(&file(&data, "m.gguf", b"GGUF"), "tiny-story", &mut go_on)
        .unwrap();
    let unknown = |name: &str| match folder.get(name).unwrap_err() {
        StoreError::UnknownModel {
            installed,
            nearest,
            catalog,
            ..
        } => {
            assert_eq!(installed, ["tiny-story"]);
            (nearest, catalog.map(|(name, _)| name))
        }
        error => panic!("{error}"),
    };
    assert_eq!(unknown("tiny-stori"), (Some("tiny-story".into()), None));
    assert_eq!(
        unknown("smollm2").1.as_deref(),
        Some("smollm2-135m-instruct")
    );
    assert_eq!(unknown("smollm3").0.as_deref(), Some("smollm2"));
    assert_eq!(unknown("zzzzzzzzzz"), (None, None));
    assert_eq!(unknown("../../etc"), (None, None));
    assert_eq!(
        folder.remove("zzzzzzzzzz").unwrap_err().kind(),
        Kind::NotFound
    );
}

#[test]
fn a_damaged_model_is_listed_and_hides_no_other() {
    let (data, folder) = folder();
    let source = file(&data, "m.gguf", b"GGUF 1234");
    for name in ["a", "b", "c", "d", "e", "f", "good"] {
        folder.import(&source, name, &mut go_on).unwrap();
    }
    let record = |name: &str| folder.models.join(name).join(RECORD);
    let edit = |name: &str, from: &str, to: &str| {
        let text = fs::read_to_string(record(name)).unwrap();
        assert!(text.contains(from));
        fs::write(record(name), text.replace(from, to)).unwrap();
    };
    fs::write(record("a"), "{\"version\": 1").unwrap();
    edit("b", "\"version\": 1", "\"version\": 99");
    fs::remove_file(folder.models.join("c").join("m.gguf")).unwrap();
    edit("d", "m.gguf", "../../../etc/passwd");
    edit("e", "\"name\": \"e\"", "\"name\": \"good\"");
    edit("f", "\"size_bytes\": 9", "\"size_bytes\": 10");
    // No record: no model.
    fs::create_dir(folder.models.join("half")).unwrap();
    fs::write(folder.models.join("half").join("m.gguf"), b"GGUF").unwrap();
    let listed = folder.list().unwrap();
    assert_eq!(listed.len(), 7);
    for one in &listed {
        match one {
            Listed::Model(model) => assert_eq!(model.name, "good"),
            Listed::Damaged { name, reason } => {
                assert!(!reason.is_empty());
                assert_eq!(folder.get(name).unwrap_err().kind(), Kind::BadData);
                folder.remove(name).unwrap();
            }
        }
    }
    assert_eq!(folder.list().unwrap().len(), 1);
    assert_eq!(folder.get("half").unwrap_err().kind(), Kind::NotFound);
}

#[test]
fn a_flipped_bit_is_found_by_verify() {
    let (data, folder) = folder();
    let path = file(&data, "m.gguf", b"GGUF 1234");
    let model = folder.import(&path, "m", &mut go_on).unwrap();
    fs::write(&model.path, b"GGUF 1235").unwrap();
    let error = folder.verify("m", &mut go_on).unwrap_err();
    assert!(matches!(error, StoreError::Checksum { .. }), "{error}");
    let stopped = folder
        .verify("m", &mut |_| ControlFlow::Break(()))
        .unwrap_err();
    assert_eq!(stopped.kind(), Kind::Interrupted);
}

#[test]
fn an_edit_of_the_original_does_not_reach_the_model() {
    let (data, folder) = folder();
    let path = file(&data, "m.gguf", b"GGUF 1234");
    let model = folder.import(&path, "m", &mut go_on).unwrap();
    fs::write(&path, b"GGUF 1235").unwrap();
    assert_eq!(fs::read(&model.path).unwrap(), b"GGUF 1234");
    folder.verify("m", &mut go_on).unwrap();
}

#[test]
fn one_file_of_weights_brings_only_what_belongs_to_it() {
    let (data, folder) = folder();
    let from = data.path().join("hf");
    fs::create_dir(&from).unwrap();
    let index = r#"{"weight_map": {"a": "part-1.safetensors", "b": "part-2.safetensors"}}"#;
    let put = |name: &str, bytes: &[u8]| fs::write(from.join(name), bytes).unwrap();
    put("config.json", b"{}");
    put("tokenizer.json", b"{}");
    for name in ["part-1", "part-2", "adapter", "other"] {
        put(&format!("{name}.safetensors"), &safetensors());
    }
    put("notes.txt", b"x");
    let import = |file: &str, name: &str| {
        let model = folder.import(&from.join(file), name, &mut go_on);
        let files = model.unwrap().files.into_keys();
        files.collect::<Vec<String>>()
    };
    let alone = ["config.json", "model.safetensors", "tokenizer.json"];
    assert_eq!(import("part-1.safetensors", "no-index"), alone);
    put("model.safetensors.index.json", index.as_bytes());
    assert_eq!(import("other.safetensors", "other"), alone);
    assert_eq!(
        import("part-1.safetensors", "sharded"),
        [
            "config.json",
            "model.safetensors.index.json",
            "part-1.safetensors",
            "part-2.safetensors",
            "tokenizer.json"
        ]
    );
    put("model.safetensors.index.json", b"[1]");
    let path = from.join("part-1.safetensors");
    let error = folder.import(&path, "bad", &mut go_on).unwrap_err();
    assert_eq!(error.kind(), Kind::BadData, "{error}");
}

#[test]
fn an_import_that_fails_leaves_nothing() {
    let (data, folder) = folder();
    let path = file(
        &data,
        "m.gguf",
        &[b"GGUF".repeat(1 << 18), vec![0]].concat(),
    );
    let free = |_: &Path| Ok(1 << 20);
    let error = folder.import_with(&free, &path, "m", &mut go_on);
    let error = error.unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    assert!(!folder.staging("m").exists());
    // Stopped while the bytes are copied.
    let mut reports = 0;
    let error = folder.import(&path, "m", &mut |_| {
        reports += 1;
        match reports {
            1 => ControlFlow::Continue(()),
            _ => ControlFlow::Break(()),
        }
    });
    assert_eq!(error.unwrap_err().kind(), Kind::Interrupted);
    assert!(!folder.staging("m").exists());
    assert!(folder.list().unwrap().is_empty());
}

#[test]
fn hashing_during_an_install_can_be_stopped() {
    let (_data, folder) = folder();
    let staged = folder.staging("m").join("out");
    fs::create_dir_all(&staged).unwrap();
    fs::write(staged.join("m.gguf"), b"GGUF").unwrap();
    let about = Provenance {
        name: "m".into(),
        origin: "test".into(),
        source: "test".into(),
        licence: None,
    };
    let stop = &mut |_| ControlFlow::Break(());
    let error = folder.install(&staged, about, BTreeMap::new(), stop);
    assert_eq!(error.unwrap_err().kind(), Kind::Interrupted);
    assert!(folder.list().unwrap().is_empty());
}

#[test]
fn a_model_that_is_worked_on_is_not_removed() {
    let (data, folder) = folder();
    let path = file(&data, "m.gguf", b"GGUF");
    folder.import(&path, "m", &mut go_on).unwrap();
    // This name was once that of the other's lock.
    let lock = folder.try_lock("m").unwrap().unwrap();
    folder.import(&path, "m.lock", &mut go_on).unwrap();
    for result in [
        folder.remove("m"),
        folder.import(&path, "m", &mut go_on).map(drop),
    ] {
        let error = result.unwrap_err();
        assert!(matches!(error, StoreError::Busy { .. }), "{error}");
        assert!(error.hint().is_some());
    }
    folder.get("m").unwrap();
    drop(lock);
    folder.remove("m").unwrap();
    folder.remove("m.lock").unwrap();
}

#[test]
fn distances_count_edits() {
    for (a, b, want) in [
        ("", "", 0),
        ("abc", "abc", 0),
        ("abc", "", 3),
        ("kitten", "sitting", 3),
    ] {
        assert_eq!(distance(a, b), want);
        assert_eq!(distance(b, a), want);
    }
}
