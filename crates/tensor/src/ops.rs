//! Operations on tensors: a kernel forward, and on the tape its backward.
//!
//! Coarse ones, as a paper's equations name them. Shapes are checked when a
//! model is loaded; a mismatch here is a bug and panics.

mod attention;
mod linear;
mod loss;
mod norm;
mod pointwise;

#[cfg(test)]
mod tests;

pub use attention::Rotation;
