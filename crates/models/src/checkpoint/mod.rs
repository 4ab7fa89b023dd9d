//! A model's files in one dialect: Hugging Face's.
//!
//! A [`Checkpoint`] is opened from a GGUF file or from a folder as transformers
//! saves it. Either way its configuration has the keys of `config.json` (in the
//! spelling of transformers 4, where the source is GGUF), and its tensors have
//! the names and rows of transformers' causal language models: always
//! `model.layers.0…`, `transformer.h.0…`, `gpt_neox.layers.0…`, whether or not
//! the file carries the prefix.
//!
//! What differs in spite of that is said by a field: [`Checkpoint::conv1d`].

mod gguf;
mod gguf_tokenizer;
mod hf;
mod names;

use std::collections::HashMap;
use std::path::{Path, PathBuf};

use kernels::mem::Bytes;
use serde_json::{Map, Value};
use tensor::error::LoadError;
use tensor::gguf::Gguf;
use tensor::source::{RawTensor, Source};

pub use gguf_tokenizer::GgufTokenizer;

/// Language models that we compute, by their `model_type`.
pub const ARCHITECTURES: [&str; 7] = [
    "openai-gpt",
    "gpt2",
    "llama",
    "mistral",
    "qwen2",
    "qwen3",
    "gpt_neox",
];

/// Encoders that we compute, by their `model_type`.
pub const ENCODERS: [&str; 1] = ["bert"];

/// An opened model: configuration, tensors where they lie, tokenizer.
pub struct Checkpoint {
    /// What was opened: a file or a folder.
    pub path: PathBuf,
    /// transformers' `model_type`, one of [`ARCHITECTURES`] or [`ENCODERS`].
    pub architecture: String,
    /// The keys of `config.json`.
    ///
    /// From GGUF, the factors of `rope_freqs.weight` (by which each RoPE
    /// frequency is divided; llama3 scaling is stored so) become
    /// `rope_scaling: {"rope_type": "factors", "factors": […]}`.
    pub config: Map<String, Value>,
    /// `generation_config.json`, if there is one.
    pub generation_config: Option<Map<String, Value>>,
    pub tokenizer: TokenizerSource,
    /// How an encoder's vectors become one, where the files say.
    pub pooling: Option<Pooling>,
    /// Tokens of the longest text that an encoder was made for, where the files say.
    pub max_text: Option<usize>,
    /// How GPT-1's and GPT-2's `Conv1D` matrices lie.
    pub conv1d: Conv1dLayout,
    source: Box<dyn Source>,
    /// From transformers' names to the source's, in the source's order.
    names: Vec<String>,
    stored: HashMap<String, Stored>,
}

/// How the vectors of a text's tokens become one for the text, as
/// sentence-transformers' folders say: Reimers and Gurevych 2019, §3,
/// <https://arxiv.org/abs/1908.10084>.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Pooling {
    pub kind: PoolingKind,
    /// Whether the vector is then scaled to length 1.
    pub normalize: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PoolingKind {
    /// The mean of all tokens' vectors.
    Mean,
    /// The first token's.
    First,
}

/// How a `Conv1D` matrix of GPT-1 and GPT-2 lies: quantised rows cannot be
/// transposed, so it is said rather than hidden.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Conv1dLayout {
    /// `[in, out]`, as transformers saves them.
    InputsByOutputs,
    /// `[out, in]`, as GGUF has them and as any other linear layer.
    OutputsByInputs,
}

/// Where a checkpoint's tokenizer is described.
pub enum TokenizerSource {
    /// Files of the `tokenizers` library.
    Json {
        tokenizer_json: Vec<u8>,
        tokenizer_config: Option<Value>,
        chat_template: Option<String>,
    },
    /// Metadata of a GGUF file.
    Gguf(Box<GgufTokenizer>),
    /// There is none.
    None,
}

/// A tensor of the source.
struct Stored {
    name: String,
    rows: Rows,
}

/// The order of a stored matrix's rows; whole rows move, so that quantised
/// ones stay as they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Rows {
    AsStored,
    /// Each head's rows lie as interleaved RoPE pairs: row `2i + j` of a head
    /// is transformers' row `j·D/2 + i`.
    Interleaved {
        head_dim: usize,
    },
    /// Fused rows lie as `[q, k, v][head]`, where transformers has
    /// `[head][q, k, v]`.
    Fused {
        heads: usize,
        head_dim: usize,
    },
}

impl Checkpoint {
    /// Opens a `.gguf` file, a folder with `config.json` and
    /// `model.safetensors` (or its index), or a `.safetensors` file in such a
    /// folder.
    pub fn open(path: &Path) -> Result<Self, LoadError> {
        if path.is_dir() {
            return hf::open(path, None);
        }
        let extension = path.extension().and_then(|e| e.to_str());
        match extension.map(str::to_ascii_lowercase).as_deref() {
            Some("safetensors") => {
                let folder = path.parent().filter(|f| !f.as_os_str().is_empty());
                hf::open(folder.unwrap_or(Path::new(".")), Some(path))
            }
            // Anything else: its first bytes tell what it is.
            _ => Self::from_gguf(Gguf::open(path)?),
        }
    }

    /// Translates an opened GGUF file.
    pub fn from_gguf(file: Gguf) -> Result<Self, LoadError> {
        gguf::translate(file)
    }

    /// A checkpoint of transformers' configuration and tensors, without a
    /// tokenizer. `path` is that of `config`, for errors.
    pub fn from_parts(
        path: &Path,
        config: Map<String, Value>,
        tensors: Box<dyn Source>,
    ) -> Result<Self, LoadError> {
        hf::assemble(path, config, tensors)
    }

    /// All tensors' names, in the source's order.
    pub fn names(&self) -> &[String] {
        &self.names
    }

    /// Whether there is a tensor called `name`.
    pub fn has(&self, name: &str) -> bool {
        self.stored.contains_key(name)
    }

    /// The shape of tensor `name`, outermost axis first.
    pub fn shape(&self, name: &str) -> Option<Vec<usize>> {
        self.source.shape(&self.stored.get(name)?.name)
    }

    /// The file or folder of the tensors, for error messages.
    pub fn source_path(&self) -> &Path {
        self.source.path()
    }

    /// The tensor that transformers calls `name`.
    pub fn tensor(&self, name: &str) -> Result<RawTensor, LoadError> {
        let stored = self
            .stored
            .get(name)
            .ok_or_else(|| LoadError::MissingTensor {
                path: self.source.path().to_owned(),
                name: name.to_owned(),
            })?;
        let tensor = self.source.get(&stored.name)?;
        reorder(tensor, stored.rows).map_err(|(got, wanted)| LoadError::Shape {
            path: self.source.path().to_owned(),
            tensor: stored.name.clone(),
            because: format!("rows of whole heads: {:?}", stored.rows),
            got,
            wanted,
        })
    }

    fn new(path: &Path, architecture: &str, source: Box<dyn Source>) -> Self {
        Self {
            path: path.to_owned(),
            architecture: architecture.to_owned(),
            config: Map::new(),
            generation_config: None,
            tokenizer: TokenizerSource::None,
            pooling: None,
            max_text: None,
            conv1d: Conv1dLayout::InputsByOutputs,
            source,
            names: Vec::new(),
            stored: HashMap::new(),
        }
    }

    /// Lets `name` stand for a tensor of the source; false if it does already.
    fn insert(&mut self, name: String, stored: Stored) -> bool {
        if self.stored.contains_key(&name) {
            return false;
        }
        self.names.push(name.clone());
        self.stored.insert(name, stored);
        true
    }
}

/// Copies the rows of `tensor` into transformers' order. The error is the shape
/// and the one it should have.
fn reorder(tensor: RawTensor, rows: Rows) -> Result<RawTensor, (Vec<usize>, Vec<usize>)> {
    if rows == Rows::AsStored {
        return Ok(tensor);
    }
    let count = tensor.shape.first().copied().unwrap_or(0);
    let whole = match rows {
        Rows::AsStored => true,
        Rows::Interleaved { head_dim } => {
            head_dim > 0 && head_dim.is_multiple_of(2) && count.is_multiple_of(head_dim)
        }
        Rows::Fused { heads, head_dim } => {
            heads.checked_mul(3).and_then(|n| n.checked_mul(head_dim)) == Some(count)
        }
    };
    if !whole || count == 0 {
        let mut wanted = tensor.shape.clone();
        if let (Some(first), Rows::Fused { heads, head_dim }) = (wanted.first_mut(), rows) {
            *first = heads.saturating_mul(3).saturating_mul(head_dim);
        } else if let (Some(first), Rows::Interleaved { head_dim }) = (wanted.first_mut(), rows) {
            *first = count.next_multiple_of(head_dim.max(1));
        }
        return Err((tensor.shape, wanted));
    }
    // Where transformers' row lies in the file.
    let lies_at = |row: usize| match rows {
        Rows::AsStored => row,
        Rows::Interleaved { head_dim } => {
            let (head, row) = (row / head_dim, row % head_dim);
            let (j, i) = (row / (head_dim / 2), row % (head_dim / 2));
            head * head_dim + 2 * i + j
        }
        Rows::Fused { heads, head_dim } => {
            let (head, row) = (row / (3 * head_dim), row % (3 * head_dim));
            let (part, d) = (row / head_dim, row % head_dim);
            (part * heads + head) * head_dim + d
        }
    };
    let row_bytes = tensor.bytes.len() / count;
    let mut bytes = Vec::with_capacity(tensor.bytes.len());
    for row in 0..count {
        let start = lies_at(row) * row_bytes;
        bytes.extend_from_slice(&tensor.bytes[start..start + row_bytes]);
    }
    tensor.bytes.forget_pages();
    Ok(RawTensor {
        bytes: Bytes::from(bytes),
        ..tensor
    })
}
