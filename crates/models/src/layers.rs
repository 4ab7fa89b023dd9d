//! Layers the architectures share. Each knows its checkpoint's name and
//! reports its output to [`tensor::trace`].

mod embedding;
mod linear;
mod mlp;
mod norm;
mod rope;

pub(crate) use embedding::Embedding;
pub(crate) use linear::{Linear, Weight};
pub(crate) use mlp::{GatedMlp, Mlp, activation};
pub(crate) use norm::{LayerNorm, RmsNorm};
pub(crate) use rope::{Rope, RopeDefaults, WHOLE_HEAD};
