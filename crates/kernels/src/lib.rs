//! Floats in, floats out: the arithmetic of models, and the only unsafe code.
//!
//! Every kernel reads top-down: a public function that checks shapes, a list
//! of versions from which one is picked once per process, `scalar` as the
//! definition, `avx2` as its fast equal.
//!
//! What holds for every forward kernel: a row's result has the same bits
//! whatever other rows are in the call, however many threads run, and however
//! the work is cut. So each output element has one order of accumulation, which
//! depends on nothing but its own shape.

pub mod activation;
pub mod adamw;
pub mod attention;
pub mod blocks;
pub mod cross_entropy;
pub mod dtype;
pub mod elementwise;
pub mod embedding;
pub mod float;
pub mod gated;
#[cfg(test)]
mod gradcheck;
pub mod int16;
pub mod layer_norm;
pub mod linear;
pub mod mem;
pub mod parallel;
pub mod quant;
pub mod rms_norm;
pub mod rope;
pub mod simd;
pub mod softmax;
