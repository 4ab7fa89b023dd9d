//! Reverse-mode differentiation: a list of what was computed, read backwards.
//!
//! Linnainmaa 1976, <https://doi.org/10.1007/BF01931367>. While
//! [`Tape::record`] runs, each operation in this thread that depends on a
//! parameter appends a node: which tensor it made and how to turn that
//! tensor's gradient into those of its inputs. About as many nodes as a model
//! has layers' operations, since operations are coarse. Without a recording,
//! nothing is appended and nothing kept.
//!
//! Left out: gradients of gradients, and taking a tensor from one tape to
//! another (there it is a constant).

use std::cell::RefCell;
use std::collections::HashMap;

use kernels::elementwise::add_assign;

use crate::parameter::Parameter;
use crate::tensor::{Id, Tensor};

thread_local! {
    static RECORDING: RefCell<Option<Vec<Node>>> = const { RefCell::new(None) };
}

/// Adds to the gradients of an operation's inputs, given that of its output.
type Backward = Box<dyn FnOnce(&[f32], &mut Gradients)>;

struct Node {
    output: Id,
    backward: Backward,
}

/// What was computed from parameters during one recording.
pub struct Tape {
    nodes: Vec<Node>,
}

impl Tape {
    /// Runs `f` and records what it computes in this thread.
    ///
    /// A recording inside a recording is its own; the outer one doesn't see it.
    pub fn record<R>(f: impl FnOnce() -> R) -> (R, Self) {
        let mut guard = Restore(RECORDING.replace(Some(Vec::new())));
        let result = f();
        let nodes = RECORDING.replace(guard.0.take());
        std::mem::forget(guard);
        let nodes = nodes.expect("set above; inner recordings put it back");
        (result, Self { nodes })
    }

    /// How many operations were recorded.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether nothing depended on a parameter.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// Gradients of `loss`, one value, by each parameter that led to it.
    ///
    /// # Panics
    /// If `loss` has more than one value.
    pub fn backward(self, loss: &Tensor) -> Gradients {
        assert_eq!(loss.data().len(), 1, "a loss is one value");
        let mut gradients = Gradients::default();
        gradients.of.insert(loss.id(), vec![1.0]);
        // Each node goes as soon as it is done, and the tensors it kept with it.
        for node in self.nodes.into_iter().rev() {
            if let Some(dy) = gradients.of.remove(&node.output) {
                (node.backward)(&dy, &mut gradients);
            }
        }
        gradients
    }
}

/// Puts back what was recorded before, also when the recorded function panics.
struct Restore(Option<Vec<Node>>);

impl Drop for Restore {
    fn drop(&mut self) {
        RECORDING.replace(self.0.take());
    }
}

/// The result of an operation, put on the tape if one records and an input is
/// tracked. `backward` is made only then, so that nothing is kept in vain.
pub(crate) fn record(
    output: Tensor,
    inputs: &[&Tensor],
    backward: impl FnOnce() -> Backward,
) -> Tensor {
    RECORDING.with_borrow_mut(|recording| match recording {
        Some(nodes) if inputs.iter().any(|x| x.is_tracked()) => {
            let backward = backward();
            nodes.push(Node {
                output: output.id(),
                backward,
            });
            output.tracked()
        }
        _ => output,
    })
}

/// Gradients by tensor; after [`Tape::backward`], those of parameters.
#[derive(Default)]
pub struct Gradients {
    of: HashMap<Id, Vec<f32>>,
}

impl Gradients {
    /// The gradient of `parameter`, in its tensor's layout; none if the loss
    /// doesn't depend on it.
    pub fn get(&self, parameter: &Parameter) -> Option<&[f32]> {
        self.of.get(&parameter.id()).map(Vec::as_slice)
    }

    /// Hands `f` the gradient gathered so far of each of `inputs` to add to;
    /// a scratch of zeros for an input that is not tracked.
    pub(crate) fn add<const N: usize>(
        &mut self,
        inputs: [&Tensor; N],
        f: impl FnOnce([&mut [f32]; N]),
    ) {
        let mut taken = inputs.map(|x| {
            let gathered = self.of.remove(&x.id());
            gathered.unwrap_or_else(|| vec![0.0; x.data().len()])
        });
        f(taken.each_mut().map(Vec::as_mut_slice));
        for (x, gradient) in inputs.into_iter().zip(taken) {
            if !x.is_tracked() {
                continue;
            }
            // One tensor may stand in two places: then both parts count.
            match self.of.get_mut(&x.id()) {
                Some(other) => add_assign(other, &gradient),
                None => drop(self.of.insert(x.id(), gradient)),
            }
        }
    }
}

#[cfg(test)]
mod tests;
