//! From a checkpoint's tensors to layers: names, shapes, trained or not.
//!
//! A weight that is not to be trained stays as the file stores it, mapped and
//! perhaps quantised; a trained one becomes an f32 [`Parameter`].

use std::cell::RefCell;
use std::fmt::{self, Display, Formatter};
use std::io;
use std::path::Path;

use kernels::int16;
use kernels::mem::Arena;
use kernels::quant::{Activations, Packed};
use tensor::{LoadError, Parameter, RawTensor, Tensor, safetensors};

use crate::checkpoint::{Checkpoint, Conv1dLayout};
use crate::layers::{Embedding, LayerNorm, Linear, RmsNorm, Weight};

/// How to load a model.
#[derive(Clone, Copy)]
pub struct LoadOptions {
    /// Whether its weights become f32 parameters that a tape follows.
    pub trainable: bool,
    /// What quantised weights are multiplied with.
    pub activations: Activations,
    /// Whether layers' float weights, and what they are multiplied with, are rounded to
    /// 16-bit integers, unless they are to be trained.
    pub int16: bool,
}

impl Default for LoadOptions {
    /// To be used, not trained, and exactly.
    fn default() -> Self {
        Self {
            trainable: false,
            activations: Activations::F32,
            int16: false,
        }
    }
}

/// A size as the product of the config's values that imply it.
#[derive(Clone, Copy)]
pub(crate) struct Dim {
    /// With the key's name, empty for a constant.
    factors: [(&'static str, usize); 2],
}

impl Dim {
    /// The value at `key`.
    pub(crate) fn of(key: &'static str, value: usize) -> Self {
        Self::product((key, value), ("", 1))
    }

    pub(crate) fn product(a: (&'static str, usize), b: (&'static str, usize)) -> Self {
        Self { factors: [a, b] }
    }

    fn size(&self) -> usize {
        self.factors[0].1 * self.factors[1].1
    }
}

/// As `num_key_value_heads 4 · head_dim 64`.
impl Display for Dim {
    fn fmt(&self, f: &mut Formatter<'_>) -> fmt::Result {
        let shown = self.factors.iter().filter(|factor| **factor != ("", 1));
        for (i, (key, value)) in shown.enumerate() {
            let dot = if i == 0 { "" } else { " · " };
            let space = if key.is_empty() { "" } else { " " };
            write!(f, "{dot}{key}{space}{value}")?;
        }
        Ok(())
    }
}

/// A matrix: `[out, in]` of a linear layer, `[rows, C]` of a table.
#[derive(Clone)]
pub(crate) enum Matrix {
    Trained(Parameter),
    Stored(Packed),
}

/// A bias or the scale of a norm.
pub(crate) enum Vector {
    Trained(Parameter),
    Fixed(Tensor),
}

impl Vector {
    pub(crate) fn tensor(&self) -> Tensor {
        match self {
            Self::Trained(parameter) => parameter.tensor(),
            Self::Fixed(tensor) => tensor.clone(),
        }
    }
}

/// What a model is loaded from, and the parameters found on the way.
pub(crate) struct Loader<'a> {
    checkpoint: &'a Checkpoint,
    options: LoadOptions,
    parameters: RefCell<Vec<Parameter>>,
    /// Where packed weights lie.
    arena: RefCell<Arena>,
}

impl<'a> Loader<'a> {
    pub(crate) fn new(checkpoint: &'a Checkpoint, options: LoadOptions) -> Self {
        Self {
            checkpoint,
            options,
            parameters: RefCell::default(),
            arena: RefCell::default(),
        }
    }

    /// The weights by their full names.
    pub(crate) fn root(&'a self) -> Weights<'a> {
        Weights {
            loader: self,
            prefix: String::new(),
        }
    }
}

/// The weights below a prefix such as `model.layers.3.`.
pub(crate) struct Weights<'a> {
    loader: &'a Loader<'a>,
    prefix: String,
}

impl<'a> Weights<'a> {
    /// The weights below `part` of these.
    pub(crate) fn at(&self, part: impl Display) -> Self {
        Self {
            loader: self.loader,
            prefix: format!("{}{part}.", self.prefix),
        }
    }

    /// The full name of `part`.
    pub(crate) fn name(&self, part: &str) -> String {
        format!("{}{part}", self.prefix)
    }

    /// The parameters of all layers made so far, in that order.
    pub(crate) fn parameters(&self) -> Vec<Parameter> {
        self.loader.parameters.borrow().clone()
    }

    /// `name.weight` of shape `[outputs, inputs]`, and `name.bias` if it has one.
    pub(crate) fn linear(
        &self,
        name: &str,
        inputs: Dim,
        outputs: Dim,
        bias: bool,
    ) -> Result<Linear, LoadError> {
        let weight_name = format!("{name}.weight");
        let raw = self.raw(&weight_name, &[outputs, inputs])?;
        let bias = bias.then_some(outputs);
        let options = self.loader.options;
        if options.int16 && !options.trainable && !raw.dtype.is_quantised() {
            let mut arena = self.loader.arena.borrow_mut();
            let weight = int16::Weight::new(&raw.to_f32(), inputs.size(), &mut arena);
            return self.linear_of(name, Weight::Int16(weight), bias);
        }
        let weight = self.trained_or_stored(&weight_name, raw, Parameter::new);
        self.linear_of(name, weight, bias)
    }

    /// As [`linear`](Self::linear) for GPT's `Conv1D`, whose weight lies in the
    /// file as `[inputs, outputs]`.
    pub(crate) fn conv1d(
        &self,
        name: &str,
        inputs: Dim,
        outputs: Dim,
    ) -> Result<Linear, LoadError> {
        let weight_name = format!("{name}.weight");
        let raw = match self.loader.checkpoint.conv1d {
            Conv1dLayout::OutputsByInputs => self.raw(&weight_name, &[outputs, inputs])?,
            Conv1dLayout::InputsByOutputs => {
                let raw = self.raw(&weight_name, &[inputs, outputs])?;
                self.transposed(&weight_name, &raw)?
            }
        };
        let weight = self.trained_or_stored(&weight_name, raw, Parameter::transposed);
        self.linear_of(name, weight, Some(outputs))
    }

    /// The output layer `name`: its own, or with the weight of `tokens` if tied.
    pub(crate) fn head(
        &self,
        name: &str,
        tied: bool,
        tokens: &Embedding,
        (hidden, vocab): (Dim, Dim),
    ) -> Result<Linear, LoadError> {
        match tied {
            true => self.linear_of(name, tokens.table.clone(), None),
            false => self.linear(name, hidden, vocab, false),
        }
    }

    /// `name.weight` of shape `[rows, dim]`.
    pub(crate) fn embedding(
        &self,
        name: &str,
        rows: Dim,
        dim: Dim,
    ) -> Result<Embedding, LoadError> {
        Ok(Embedding {
            name: self.name(name),
            table: self.matrix(&format!("{name}.weight"), rows, dim)?,
        })
    }

    pub(crate) fn rms_norm(&self, name: &str, dim: Dim, eps: f32) -> Result<RmsNorm, LoadError> {
        Ok(RmsNorm {
            name: self.name(name),
            weight: self.vector(&format!("{name}.weight"), dim)?,
            eps,
        })
    }

    pub(crate) fn layer_norm(
        &self,
        name: &str,
        dim: Dim,
        eps: f32,
    ) -> Result<LayerNorm, LoadError> {
        Ok(LayerNorm {
            name: self.name(name),
            weight: self.vector(&format!("{name}.weight"), dim)?,
            bias: self.vector(&format!("{name}.bias"), dim)?,
            eps,
        })
    }

    fn linear_of(
        &self,
        name: &str,
        weight: impl Into<Weight>,
        bias: Option<Dim>,
    ) -> Result<Linear, LoadError> {
        let bias = bias.map(|dim| self.vector(&format!("{name}.bias"), dim));
        Ok(Linear {
            name: self.name(name),
            weight: weight.into(),
            bias: bias.transpose()?,
            activations: self.loader.options.activations,
        })
    }

    fn matrix(&self, name: &str, rows: Dim, cols: Dim) -> Result<Matrix, LoadError> {
        let raw = self.raw(name, &[rows, cols])?;
        Ok(self.trained_or_stored(name, raw, Parameter::new))
    }

    fn trained_or_stored(
        &self,
        name: &str,
        raw: RawTensor,
        parameter: fn(&str, Tensor) -> Parameter,
    ) -> Matrix {
        if !self.loader.options.trainable {
            let (rows, cols) = (raw.shape[0], raw.shape[1]);
            let mut arena = self.loader.arena.borrow_mut();
            let packed = Packed::new(raw.dtype, rows, cols, &raw.bytes, &mut arena);
            return Matrix::Stored(packed);
        }
        let tensor = Tensor::new(&raw.shape, raw.to_f32());
        Matrix::Trained(self.register(parameter(&self.name(name), tensor)))
    }

    fn vector(&self, name: &str, dim: Dim) -> Result<Vector, LoadError> {
        let raw = self.raw(name, &[dim])?;
        let tensor = Tensor::new(&raw.shape, raw.to_f32());
        if !self.loader.options.trainable {
            return Ok(Vector::Fixed(tensor));
        }
        let parameter = Parameter::new(&self.name(name), tensor);
        Ok(Vector::Trained(self.register(parameter)))
    }

    fn register(&self, parameter: Parameter) -> Parameter {
        self.loader.parameters.borrow_mut().push(parameter.clone());
        parameter
    }

    /// The tensor `name`, which must have the shape `dims`.
    fn raw(&self, name: &str, dims: &[Dim]) -> Result<RawTensor, LoadError> {
        let name = self.name(name);
        let raw = self.loader.checkpoint.tensor(&name)?;
        let wanted: Vec<usize> = dims.iter().map(Dim::size).collect();
        if raw.shape == wanted {
            return Ok(raw);
        }
        let because: Vec<String> = dims.iter().map(Dim::to_string).collect();
        Err(LoadError::Shape {
            path: self.loader.checkpoint.source_path().to_owned(),
            tensor: name,
            got: raw.shape,
            wanted,
            because: because.join(", "),
        })
    }

    /// Rows as columns, in the type they have: only blocks of one value can be
    /// moved one by one.
    fn transposed(&self, name: &str, raw: &RawTensor) -> Result<RawTensor, LoadError> {
        if raw.dtype.is_quantised() {
            return Err(LoadError::Unsupported {
                path: self.loader.checkpoint.source_path().to_owned(),
                what: format!("type of {}", self.name(name)),
                got: raw.dtype.name().to_string(),
                supported: "F32, F16, BF16 where a weight is stored [inputs, outputs]".to_string(),
            });
        }
        let (rows, cols) = (raw.shape[0], raw.shape[1]);
        let size = raw.dtype.block_bytes();
        let mut bytes = Vec::with_capacity(raw.bytes.len());
        for j in 0..cols {
            for i in 0..rows {
                bytes.extend_from_slice(&raw.bytes[(i * cols + j) * size..][..size]);
            }
        }
        Ok(RawTensor {
            dtype: raw.dtype,
            shape: vec![cols, rows],
            bytes: bytes.into(),
        })
    }
}

/// Writes `parameters` to the safetensors file `path`, f32, by the names and
/// in the layout of the checkpoints of transformers. Loading it gives the same
/// weights, bit for bit.
///
/// # Errors
/// If the file cannot be written; then whatever was at `path` is unchanged.
pub fn save(path: &Path, parameters: &[Parameter]) -> io::Result<()> {
    let stored = |p: &Parameter| {
        let (shape, values) = p.to_stored(p.tensor().data());
        (p.name().to_string(), RawTensor::from_f32(&shape, &values))
    };
    let tensors: Vec<_> = parameters.iter().map(stored).collect();
    // transformers refuses a file that doesn't say so.
    safetensors::write(path, &tensors, &[("format", "pt")])
}
