//! Closeness of two slices of floats.

/// Asserts that `got` equals `want` to `tolerance · max(1, max |want|)`.
///
/// The scale is that of the whole slice, since an element near zero that is
/// the sum of large terms carries their rounding. A tolerance of zero asks for
/// equality. Infinities must be equal; NaN on either side fails, so a slice
/// filled with NaN beforehand shows which elements were never written.
///
/// # Panics
/// With `what`, the index of the worst element, both values and the bound.
#[track_caller]
pub fn assert_close(what: &str, got: &[f32], want: &[f32], tolerance: f32) {
    assert_eq!(got.len(), want.len(), "{what}: lengths differ");
    assert!(tolerance.is_finite(), "{what}: tolerance {tolerance}");
    let largest = want
        .iter()
        .filter(|x| x.is_finite())
        .fold(1.0f32, |m, x| m.max(x.abs()));
    let bound = f64::from(tolerance) * f64::from(largest);
    // A difference that is NaN counts as infinite.
    let difference = |(got, want): (&f32, &f32)| match (got == want, got - want) {
        (true, _) => 0.0,
        (false, d) if d.is_nan() => f64::INFINITY,
        (false, _) => (f64::from(*got) - f64::from(*want)).abs(),
    };
    let differences = || got.iter().zip(want).map(difference).enumerate();
    let Some((worst, size)) = differences().max_by(|a, b| a.1.total_cmp(&b.1)) else {
        return;
    };
    if size > bound {
        let wrong = differences().filter(|(_, d)| *d > bound).count();
        let (g, w, n) = (got[worst], want[worst], got.len());
        panic!(
            "{what}[{worst}]: got {g:?}, want {w:?} ± {bound:.3e} \
             (the worst of {wrong} wrong among {n})"
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::panic::catch_unwind;

    fn fails(got: &[f32], want: &[f32], tolerance: f32) -> bool {
        catch_unwind(|| assert_close("x", got, want, tolerance)).is_err()
    }

    #[test]
    fn nan_fails_whatever_the_tolerance() {
        assert!(fails(&[f32::NAN], &[1.0], 1e30));
        assert!(fails(&[1.0], &[1.0], f32::NAN));
        assert!(fails(&[1.0], &[f32::NAN], 1e30));
        assert!(fails(&[f32::NAN], &[f32::NAN], 1e30));
    }

    #[test]
    fn an_infinity_excuses_nothing_else() {
        let want = [f32::INFINITY, 1.0];
        assert!(!fails(&[f32::INFINITY, 1.0], &want, 0.0));
        assert!(fails(&[f32::INFINITY, 2.0], &want, 1e-3));
        assert!(fails(&[f32::NEG_INFINITY, 1.0], &want, 1e-3));
        assert!(fails(&[1e38, 1.0], &want, 1e-3));
    }

    #[test]
    fn the_bound_scales_with_the_largest_wanted_value() {
        assert!(!fails(&[1000.0, 0.05], &[1000.0, 0.0], 1e-4));
        assert!(fails(&[1000.0, 0.2], &[1000.0, 0.0], 1e-4));
        assert!(fails(&[0.001], &[0.0], 1e-4));
    }

    #[test]
    fn zero_tolerance_means_equal() {
        assert!(!fails(&[0.1, -0.0], &[0.1, 0.0], 0.0));
        assert!(fails(&[1.0 + f32::EPSILON], &[1.0], 0.0));
    }

    #[test]
    fn lengths_must_agree() {
        assert!(fails(&[1.0], &[1.0, 1.0], 1.0));
        assert!(!fails(&[], &[], 0.0));
    }
}
