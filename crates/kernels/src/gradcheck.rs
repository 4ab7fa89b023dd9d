//! Finite differences, the judge of every backward.

/// Asserts that `gradient` is that of `f` at `x`, by central differences in
/// `f64`: with a step of 1e-5 truncation and rounding both stay near 1e-10, so
/// 1e-7 leaves room for curvature and nothing for a wrong formula.
pub(crate) fn assert_gradient(what: &str, x: &[f64], gradient: &[f64], f: impl Fn(&[f64]) -> f64) {
    const STEP: f64 = 1e-5;
    assert_eq!(x.len(), gradient.len(), "{what}");
    let mut moved = x.to_vec();
    for i in 0..x.len() {
        moved[i] = x[i] + STEP;
        let above = f(&moved);
        moved[i] = x[i] - STEP;
        let below = f(&moved);
        moved[i] = x[i];
        let want = (above - below) / (2.0 * STEP);
        let bound = 1e-7 * want.abs().max(1.0);
        let got = gradient[i];
        assert!(
            (got - want).abs() <= bound,
            "{what}[{i}]: got {got}, differences say {want}"
        );
    }
}

/// `count` standard normals.
pub(crate) fn normals(rng: &mut testkit::Rng, count: usize) -> Vec<f64> {
    rng.normals(count).into_iter().map(f64::from).collect()
}

/// `Σ aᵢ·bᵢ`: a loss whose gradient at `a` is `b`.
pub(crate) fn dot(a: &[f64], b: &[f64]) -> f64 {
    a.iter().zip(b).map(|(a, b)| a * b).sum()
}

/// Asserts that two results have the same bits.
pub(crate) fn assert_same_bits(what: &str, got: &[f32], want: &[f32]) {
    assert_eq!(got.len(), want.len(), "{what}");
    let differ = got
        .iter()
        .zip(want)
        .position(|(g, w)| g.to_bits() != w.to_bits());
    if let Some(i) = differ {
        panic!(
            "{what}[{i}]: got {:?}, want {:?}, bit for bit",
            got[i], want[i]
        );
    }
}
