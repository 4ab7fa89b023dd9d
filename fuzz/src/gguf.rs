//! A GGUF file: read it, then read each tensor and each value.

use std::path::Path;

use tensor::gguf::{Gguf, GgufWriter};
use tensor::source::Source;

pub(crate) fn run(bytes: &[u8]) {
    let Ok(file) = Gguf::parse(bytes.to_vec().into(), Path::new("fuzz.gguf")) else {
        return;
    };
    let mut writer = GgufWriter::new("llama");
    for (key, value) in file.metadata.iter() {
        writer.set(key, value.clone());
    }
    for name in file.names() {
        let tensor = file
            .get(&name)
            .expect("an opened file's tensors can be had");
        assert_eq!(file.shape(&name).as_ref(), Some(&tensor.shape));
        writer.add(&name, tensor);
    }
    // What was read can be written and read again.
    let alignment = file.metadata.u64("general.alignment").ok().flatten();
    if alignment.is_none_or(|alignment| alignment <= 4096) {
        let again = writer.to_bytes(file.version).into();
        Gguf::parse(again, Path::new("again.gguf")).expect("our own file");
    }
}
