//! A window into a model: what each layer put out, by its checkpoint's name.
//!
//! Layers report; nobody listens unless [`capture`] runs in this thread. Names
//! are those of PyTorch's modules, so results compare layer by layer.

use std::cell::RefCell;

use crate::tensor::Tensor;

thread_local! {
    static CAPTURED: RefCell<Option<Vec<(String, Tensor)>>> = const { RefCell::new(None) };
}

/// Runs `f` and returns what layers reported, in the order they did.
///
/// # Panics
/// If it runs inside another capture.
pub fn capture<R>(f: impl FnOnce() -> R) -> (R, Vec<(String, Tensor)>) {
    /// Stops the capture also when `f` panics.
    struct Stop;
    impl Drop for Stop {
        fn drop(&mut self) {
            CAPTURED.take();
        }
    }
    assert!(
        CAPTURED.replace(Some(Vec::new())).is_none(),
        "one at a time"
    );
    let stop = Stop;
    let result = f();
    let captured = CAPTURED.replace(Some(Vec::new())).expect("set above");
    drop(stop);
    (result, captured)
}

/// Reports the output of layer `name`.
pub fn report(name: &str, output: &Tensor) {
    report_with(|| (name.to_string(), output.clone()));
}

/// As [`report`], for what must be computed or named only if somebody listens.
pub fn report_with(output: impl FnOnce() -> (String, Tensor)) {
    if CAPTURED.with_borrow(Option::is_none) {
        return;
    }
    // Computed before the borrow: the operation may itself report.
    let output = output();
    CAPTURED.with_borrow_mut(|captured| captured.as_mut().map(|all| all.push(output)));
}
