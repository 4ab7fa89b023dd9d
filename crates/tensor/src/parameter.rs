//! Trainable weights: named, shared, changed in place by an optimiser.

use std::sync::{Arc, PoisonError, RwLock};

use crate::tensor::{Id, Tensor};

/// A weight that training changes. Clones are the same weight.
#[derive(Clone)]
pub struct Parameter {
    name: Arc<str>,
    layout: Layout,
    value: Arc<RwLock<Tensor>>,
}

/// How the checkpoint stores what we hold row-major.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Layout {
    Same,
    /// As GPT's `Conv1D`: we hold `[out, in]`, the checkpoint `[in, out]`.
    Transposed,
}

impl Parameter {
    /// A weight with the checkpoint's `name` for it.
    pub fn new(name: &str, value: Tensor) -> Self {
        Self {
            name: name.into(),
            layout: Layout::Same,
            value: Arc::new(RwLock::new(value.tracked())),
        }
    }

    /// A matrix whose transpose is what the checkpoint stores.
    ///
    /// # Panics
    /// If `value` has not two axes.
    pub fn transposed(name: &str, value: Tensor) -> Self {
        assert_eq!(value.shape().len(), 2, "{name} is no matrix");
        Self {
            layout: Layout::Transposed,
            ..Self::new(name, value)
        }
    }

    /// The checkpoint's name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// The value now. Later updates don't show in it.
    pub fn tensor(&self) -> Tensor {
        // A reader or writer that panicked left whole floats behind.
        self.value
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    /// Changes the value in place. Tensors taken before keep the old one.
    pub fn update(&self, f: impl FnOnce(&mut [f32])) {
        let mut value = self.value.write().unwrap_or_else(PoisonError::into_inner);
        f(value.data_mut());
    }

    /// `values`, in the layout of this parameter, as the checkpoint lays them
    /// out, with the shape there. Serves the weight, its gradient and its
    /// moments alike.
    ///
    /// # Panics
    /// If there are not as many `values` as the parameter has.
    pub fn to_stored(&self, values: &[f32]) -> (Vec<usize>, Vec<f32>) {
        let shape = self.tensor().shape().to_vec();
        assert_eq!(
            values.len(),
            shape.iter().product::<usize>(),
            "{}",
            self.name
        );
        match (self.layout, shape.as_slice()) {
            (Layout::Transposed, &[rows, cols]) => {
                let stored = (0..cols).flat_map(|j| (0..rows).map(move |i| values[i * cols + j]));
                (vec![cols, rows], stored.collect())
            }
            _ => (shape, values.to_vec()),
        }
    }

    pub(crate) fn id(&self) -> Id {
        self.value
            .read()
            .unwrap_or_else(PoisonError::into_inner)
            .id()
    }
}

impl std::fmt::Debug for Parameter {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{} {:?}", self.name, self.tensor().shape())
    }
}
