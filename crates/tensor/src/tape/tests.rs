use std::panic::{AssertUnwindSafe, catch_unwind};

use super::*;

fn parameter() -> Parameter {
    Parameter::new("w", Tensor::new(&[1, 2], vec![0.5, -1.0]))
}

fn loss(x: &Tensor) -> Tensor {
    x.cross_entropy(&[1])
}

#[test]
fn nothing_is_recorded_without_a_tape() {
    let w = parameter();
    let outside = w.tensor().scale(2.0);
    let (inside, tape) = Tape::record(|| loss(&outside));
    assert!(tape.is_empty(), "made before, so a constant");
    assert!(tape.backward(&inside).get(&w).is_none());
}

#[test]
fn constants_are_not_recorded() {
    let x = Tensor::new(&[1, 2], vec![0.5, -1.0]);
    let (_, tape) = Tape::record(|| loss(&x.scale(2.0)));
    assert!(tape.is_empty());
}

#[test]
fn what_does_not_lead_to_the_loss_gets_no_gradient() {
    let (w, other) = (parameter(), parameter());
    let (loss, tape) = Tape::record(|| {
        let _ = other.tensor().scale(2.0);
        loss(&w.tensor().scale(2.0))
    });
    assert_eq!(tape.len(), 3);
    let gradients = tape.backward(&loss);
    assert!(gradients.get(&w).is_some());
    assert!(gradients.get(&other).is_none());
}

/// Two recordings of one model: an update changes the second, not the first.
#[test]
fn an_update_leaves_the_recorded_value_alone() {
    let w = parameter();
    let square = || {
        let x = w.tensor();
        loss(&(&x * &x))
    };
    let (before, tape) = Tape::record(square);
    w.update(|w| w.fill(7.0));
    let late = tape.backward(&before).get(&w).unwrap().to_vec();

    let fresh = parameter();
    let (at, tape) = Tape::record(|| {
        let x = fresh.tensor();
        loss(&(&x * &x))
    });
    assert_eq!(late, tape.backward(&at).get(&fresh).unwrap());
    assert_eq!(w.tensor().data(), [7.0, 7.0]);
}

#[test]
fn an_inner_recording_is_its_own() {
    let w = parameter();
    let (inner, outer) = Tape::record(|| {
        let (_, inner) = Tape::record(|| loss(&w.tensor()));
        let _ = w.tensor().scale(2.0);
        inner
    });
    assert_eq!((inner.len(), outer.len()), (1, 1));
}

#[test]
fn a_panic_ends_the_recording() {
    let panicking = AssertUnwindSafe(|| Tape::record(|| panic!("on purpose")));
    assert!(catch_unwind(panicking).is_err());
    assert!(RECORDING.with_borrow(Option::is_none));
}

#[test]
fn what_is_captured_is_what_was_reported() {
    let x = Tensor::new(&[1, 1], vec![1.0]);
    crate::trace::report("before", &x);
    let (result, captured) = crate::trace::capture(|| {
        crate::trace::report("a", &x);
        crate::trace::report_with(|| ("b".to_string(), x.scale(2.0)));
        5
    });
    crate::trace::report_with(|| unreachable!("nobody listens"));
    let names: Vec<&str> = captured.iter().map(|(name, _)| name.as_str()).collect();
    assert_eq!((result, names), (5, vec!["a", "b"]));
    assert_eq!(captured[1].1.data(), [2.0]);
}

#[test]
fn a_transposed_parameter_is_stored_transposed() {
    let w = Parameter::transposed("w", Tensor::new(&[2, 3], vec![1., 2., 3., 4., 5., 6.]));
    let (shape, stored) = w.to_stored(w.tensor().data());
    assert_eq!(shape, [3, 2]);
    assert_eq!(stored, [1., 4., 2., 5., 3., 6.]);
}
