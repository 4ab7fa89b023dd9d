//! A safetensors file: read it, then ask for each tensor.

use std::path::Path;

use tensor::safetensors::SafeTensors;
use tensor::source::Source;

pub(crate) fn run(bytes: &[u8]) {
    let path = Path::new("fuzz.safetensors");
    let Ok(file) = SafeTensors::parse(bytes.to_vec().into(), path) else {
        return;
    };
    for name in file.names() {
        assert!(file.has(&name) && file.shape(&name).is_some());
        if let Ok(tensor) = file.get(&name) {
            assert_eq!(tensor.to_f32().len(), tensor.len());
        }
    }
}
