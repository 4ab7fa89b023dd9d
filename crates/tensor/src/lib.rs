//! Tensors: what they hold, where they are stored, how they are computed.
//!
//! [`Tensor`] is a value of shared floats; [`RawTensor`] a weight as a file
//! stores it, perhaps quantised. Operations are methods, coarse as a paper's
//! equations; under [`Tape::record`] those that depend on a [`Parameter`] are
//! written down, and [`Tape::backward`] reads them backwards. Files:
//! [`gguf`] and [`safetensors`].
//!
//! Reading a file can fail and returns [`LoadError`]; computing cannot, and
//! asserts.

mod atomic;
mod buffer;
pub mod error;
pub mod gguf;
mod ops;
mod parameter;
pub mod safetensors;
mod sniff;
pub mod source;
mod tape;
mod tensor;
pub mod trace;

pub use error::LoadError;
pub use ops::Rotation;
pub use parameter::Parameter;
pub use source::{RawTensor, Source};
pub use tape::{Gradients, Tape};
pub use tensor::Tensor;
