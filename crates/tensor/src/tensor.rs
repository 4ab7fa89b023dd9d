//! A tensor: an immutable, shared array of f32 with a shape.
//!
//! Values, not handles: cloning shares the floats, nothing changes under a
//! reader. Text models need two axes only, `[T, C]`, packed tokens by channels.
//! Weights that are only read are no tensors but [`Packed`](kernels::quant::Packed).

use std::ops::{Add, Mul};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use crate::buffer::Buffer;

/// Names a tensor on the tape.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
pub(crate) struct Id(u64);

impl Id {
    fn next() -> Self {
        static NEXT: AtomicU64 = AtomicU64::new(0);
        Self(NEXT.fetch_add(1, Ordering::Relaxed))
    }
}

/// Floats with a shape, row-major, outermost axis first.
#[derive(Clone)]
pub struct Tensor {
    id: Id,
    /// Whether a tape that records shall follow what is computed from it.
    tracked: bool,
    shape: Arc<[usize]>,
    data: Arc<Buffer>,
}

impl Tensor {
    /// # Panics
    /// If `data` doesn't have as many values as `shape` says.
    pub fn new(shape: &[usize], data: Vec<f32>) -> Self {
        Self::of(shape, data.into())
    }

    /// A tensor whose every value `f` sets; what `f` finds there is anything.
    pub fn computed(shape: &[usize], f: impl FnOnce(&mut [f32])) -> Self {
        let mut data = Buffer::any(shape.iter().product());
        f(&mut data);
        Self::of(shape, data)
    }

    pub(crate) fn of(shape: &[usize], data: Buffer) -> Self {
        let len = shape.iter().product::<usize>();
        assert_eq!(data.len(), len, "values of a tensor of shape {shape:?}");
        Self {
            id: Id::next(),
            tracked: false,
            shape: shape.into(),
            data: Arc::new(data),
        }
    }

    /// All zeros.
    pub fn zeros(shape: &[usize]) -> Self {
        Self::new(shape, vec![0.0; shape.iter().product()])
    }

    /// Rows of `parts` one below the other.
    ///
    /// # Panics
    /// If there are none, or if their widths differ.
    pub fn stack(parts: &[Self]) -> Self {
        let cols = parts[0].cols();
        assert!(parts.iter().all(|p| p.cols() == cols), "widths differ");
        let data: Vec<f32> = parts.iter().flat_map(|p| p.data()).copied().collect();
        Self::new(&[data.len() / cols, cols], data)
    }

    /// Outermost axis first.
    pub fn shape(&self) -> &[usize] {
        &self.shape
    }

    /// Product of all axes but the last.
    pub fn rows(&self) -> usize {
        let (_, outer) = self.shape.split_last().expect("a tensor has an axis");
        outer.iter().product()
    }

    /// The last axis.
    pub fn cols(&self) -> usize {
        *self.shape.last().expect("a tensor has an axis")
    }

    /// All values, row by row.
    pub fn data(&self) -> &[f32] {
        &self.data
    }

    /// Row `i` of [`cols`](Self::cols) values.
    ///
    /// # Panics
    /// If there is no such row.
    pub fn row(&self, i: usize) -> &[f32] {
        &self.data[i * self.cols()..][..self.cols()]
    }

    pub(crate) fn id(&self) -> Id {
        self.id
    }

    pub(crate) fn is_tracked(&self) -> bool {
        self.tracked
    }

    pub(crate) fn tracked(mut self) -> Self {
        self.tracked = true;
        self
    }

    /// The values for writing; copied first if somebody else still holds them.
    pub(crate) fn data_mut(&mut self) -> &mut [f32] {
        let data: &mut Buffer = Arc::make_mut(&mut self.data);
        data
    }
}

impl std::fmt::Debug for Tensor {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        const SHOWN: usize = 8;
        let dots = if self.data.len() > SHOWN { ", …" } else { "" };
        let shown = &self.data[..self.data.len().min(SHOWN)];
        write!(f, "Tensor{:?} {shown:?}{dots}", self.shape)
    }
}

impl Add for &Tensor {
    type Output = Tensor;
    fn add(self, other: Self) -> Tensor {
        Tensor::add(self, other)
    }
}

impl Mul for &Tensor {
    type Output = Tensor;
    fn mul(self, other: Self) -> Tensor {
        Tensor::mul(self, other)
    }
}
