//! Reference results computed elsewhere and stored as safetensors.
//!
//! Read with the format's own library, so that a mistake in our reader cannot
//! hide one in our models.

use std::collections::HashMap;
use std::path::Path;

use safetensors::{Dtype, SafeTensors};

use crate::fixture;

/// A safetensors file of expected values, with where they came from.
pub struct Golden {
    name: String,
    metadata: HashMap<String, String>,
    tensors: HashMap<String, Entry>,
}

struct Entry {
    dtype: Dtype,
    shape: Vec<usize>,
    bytes: Vec<u8>,
}

impl Golden {
    /// Reads `fixtures/{name}`.
    ///
    /// # Panics
    /// If the file is missing or malformed, or if its metadata `provenance`
    /// doesn't name the script that wrote it and the version of the library
    /// (torch, transformers or gguf) whose results it holds: a golden nobody
    /// can make again is worth nothing.
    #[track_caller]
    pub fn open(name: &str) -> Self {
        Self::read(&fixture(name))
    }

    /// Reads a file that isn't tracked because it's too large. Panics as
    /// [`Golden::open`] does.
    #[track_caller]
    pub fn read(path: &Path) -> Self {
        let name = path.display().to_string();
        let bytes = std::fs::read(path).unwrap_or_else(|e| panic!("{name}: {e}"));
        Self::parse(&name, &bytes)
    }

    fn parse(name: &str, bytes: &[u8]) -> Self {
        let (_, header) =
            SafeTensors::read_metadata(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        let metadata = header.metadata().clone().unwrap_or_default();
        check_provenance(name, metadata.get("provenance"));
        let file = SafeTensors::deserialize(bytes).unwrap_or_else(|e| panic!("{name}: {e}"));
        let tensors = file
            .iter()
            .map(|(key, view)| {
                let entry = Entry {
                    dtype: view.dtype(),
                    shape: view.shape().to_vec(),
                    bytes: view.data().to_vec(),
                };
                (key.to_string(), entry)
            })
            .collect();
        Self {
            name: name.to_string(),
            metadata,
            tensors,
        }
    }

    /// Names of all tensors, sorted.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = self.tensors.keys().map(String::as_str).collect();
        names.sort_unstable();
        names
    }

    /// Whether there is a tensor `name`.
    pub fn has(&self, name: &str) -> bool {
        self.tensors.contains_key(name)
    }

    /// Row-major shape, outermost first.
    ///
    /// # Panics
    /// If there is no tensor `name`; so do the readers below.
    #[track_caller]
    pub fn shape(&self, name: &str) -> &[usize] {
        &self.entry(name).shape
    }

    /// The values of an F32 tensor.
    #[track_caller]
    pub fn f32(&self, name: &str) -> Vec<f32> {
        self.values(name, Dtype::F32, f32::from_le_bytes)
    }

    /// The values of an I64 tensor.
    #[track_caller]
    pub fn i64(&self, name: &str) -> Vec<i64> {
        self.values(name, Dtype::I64, i64::from_le_bytes)
    }

    /// The values of an I64 tensor of token ids.
    #[track_caller]
    pub fn ids(&self, name: &str) -> Vec<u32> {
        let narrow = |x: i64| u32::try_from(x).expect("a token id fits 32 bits");
        self.i64(name).into_iter().map(narrow).collect()
    }

    /// The values of an I64 tensor of lengths or counts.
    #[track_caller]
    pub fn lens(&self, name: &str) -> Vec<usize> {
        let narrow = |x: i64| usize::try_from(x).expect("a length is not negative");
        self.i64(name).into_iter().map(narrow).collect()
    }

    /// The bytes of a tensor of any type, little-endian.
    #[track_caller]
    pub fn bytes(&self, name: &str) -> &[u8] {
        &self.entry(name).bytes
    }

    /// The metadata value of `key`.
    #[track_caller]
    pub fn metadata(&self, key: &str) -> &str {
        let value = self.metadata.get(key);
        value.unwrap_or_else(|| panic!("{} has no metadata `{key}`", self.name))
    }

    #[track_caller]
    fn entry(&self, name: &str) -> &Entry {
        self.tensors.get(name).unwrap_or_else(|| {
            let known = self.names().join(", ");
            panic!("{} has no tensor `{name}`; it has {known}", self.name)
        })
    }

    #[track_caller]
    fn values<T, const N: usize>(
        &self,
        name: &str,
        dtype: Dtype,
        read: fn([u8; N]) -> T,
    ) -> Vec<T> {
        let entry = self.entry(name);
        assert_eq!(entry.dtype, dtype, "type of {name} in {}", self.name);
        let (values, rest) = entry.bytes.as_chunks::<N>();
        assert!(rest.is_empty(), "safetensors checks the length");
        values.iter().copied().map(read).collect()
    }
}

#[track_caller]
fn check_provenance(name: &str, provenance: Option<&String>) {
    let text = provenance.map_or("", String::as_str);
    let versioned = ["torch ", "transformers ", "gguf ", "numpy ", "tokenizers "]
        .iter()
        .any(|library| text.contains(library));
    assert!(
        versioned && text.contains("scripts/fixtures/"),
        "{name}: metadata `provenance` must name the script and the library's version, got {text:?}"
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use safetensors::tensor::{TensorView, serialize};

    fn file(provenance: Option<&str>) -> Vec<u8> {
        let bytes: Vec<u8> = [1.5f32, -2.0]
            .iter()
            .flat_map(|x| x.to_le_bytes())
            .collect();
        let view = TensorView::new(Dtype::F32, vec![1, 2], &bytes).unwrap();
        let ids: Vec<u8> = [7i64, 8].iter().flat_map(|x| x.to_le_bytes()).collect();
        let ids = TensorView::new(Dtype::I64, vec![2], &ids).unwrap();
        let metadata = provenance.map(|p| HashMap::from([("provenance".into(), p.into())]));
        serialize([("x", view), ("ids", ids)], metadata).unwrap()
    }

    #[test]
    fn values_come_back() {
        let golden = Golden::parse("g", &file(Some("torch 2.0, scripts/fixtures/x.py")));
        assert_eq!(golden.names(), ["ids", "x"]);
        assert_eq!(golden.shape("x"), [1, 2]);
        assert_eq!(golden.f32("x"), [1.5, -2.0]);
        assert_eq!(golden.ids("ids"), [7, 8]);
    }

    #[test]
    #[should_panic(expected = "provenance")]
    fn a_golden_without_provenance_is_refused() {
        Golden::parse("g", &file(None));
    }

    #[test]
    #[should_panic(expected = "provenance")]
    fn a_golden_without_a_version_is_refused() {
        Golden::parse("g", &file(Some("scripts/fixtures/x.py")));
    }

    #[test]
    #[should_panic(expected = "type of x")]
    fn types_are_not_converted_silently() {
        Golden::parse("g", &file(Some("torch 2.0, scripts/fixtures/x.py"))).ids("x");
    }
}
