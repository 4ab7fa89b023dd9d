use super::*;
use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
use crate::parallel::tests::with_threads;
use testkit::{Rng, assert_close};

/// Shapes around the sizes of tiles, blocks and chunks of the sum.
const SHAPES: [(usize, usize, usize); 10] = [
    (1, 1, 1),
    (1, 9, 7),
    (2, 3, 8),
    (3, 4, 64),
    (4, 5, 65),
    (7, 21, 33),
    (10, 16, 256),
    (5, 67, 1030),
    (100, 70, 9),
    (97, 300, 270),
];

/// Runs one kernel over the whole output as a single block.
fn run(kernel: &Kernels, m: usize, n: usize, k: usize, rng: &mut Rng) -> [Vec<f32>; 3] {
    let (x, w, b) = (rng.normals(m * k), rng.normals(n * k), rng.normals(n));
    let dy = rng.normals(m * n);
    // NaN marks any element a kernel forgets to write.
    let mut out = [vec![f32::NAN; m * n], x.clone(), w.clone()];
    let [y, dx, dw] = &mut out;
    let inner = Inner {
        out: Disjoint::new(y),
        x: &x,
        w: &w,
        bias: Some(&b),
        k,
        n,
    };
    let (dx, dw) = (Disjoint::new(dx), Disjoint::new(dw));
    let dx = Outer {
        out: dx,
        a: &dy,
        a_row: n,
        a_step: 1,
        b: &w,
        steps: n,
        cols: k,
    };
    let dw = Outer {
        out: dw,
        a: &dy,
        a_row: 1,
        a_step: n,
        b: &x,
        steps: m,
        cols: k,
    };
    for i in (0..m).step_by(INNER_ROWS) {
        // SAFETY: here and below: one thread, one block after the other.
        unsafe { (kernel.inner)(&inner, i..m.min(i + INNER_ROWS), 0..n) };
        // SAFETY: as above.
        unsafe { (kernel.outer)(&dx, i..m.min(i + OUTER_ROWS), 0..k) };
    }
    for i in (0..n).step_by(OUTER_ROWS) {
        // SAFETY: as above.
        unsafe { (kernel.outer)(&dw, i..n.min(i + OUTER_ROWS), 0..k) };
    }
    out
}

#[test]
fn kernels_agree() {
    for (m, n, k) in SHAPES {
        let list = kernels();
        let want = run(&list[list.len() - 1].1, m, n, k, &mut Rng::new(k as u64));
        for (name, kernel) in &list {
            let got = run(kernel, m, n, k, &mut Rng::new(k as u64));
            for (i, steps) in [k, n, m].into_iter().enumerate() {
                // Sums of s products near 1 have size √s; reordering them
                // moves each by about √s roundings of that size.
                let tolerance = 2.0 * (1.0 + steps as f32) * f32::EPSILON;
                let what = format!("{name}, {m}×{n}×{k}, {}", ["out", "dx", "dw"][i]);
                assert_close(&what, &got[i], &want[i], tolerance);
            }
        }
    }
}

#[test]
fn by_hand() {
    let (x, w) = ([1.0, 2.0, 3.0, 4.0], [1.0, 0.0, 0.5, -1.0, 2.0, 2.0]);
    let mut out = [0.0; 6];
    linear(&mut out, &x, &w, Some(&[0.0, 10.0, 0.0]), 2);
    assert_eq!(out, [1.0, 8.5, 6.0, 3.0, 7.5, 14.0]);
    let mut dx = [1.0, 0.0, 0.0, 0.0];
    linear_dx(&mut dx, &[1.0, 0.0, 0.0, 0.0, 2.0, 1.0], &w, 3);
    assert_eq!(dx, [2.0, 0.0, 3.0, 0.0]);
    let mut dw = [0.0; 6];
    linear_dw(&mut dw, &[1.0, 0.0, 0.0, 0.0, 2.0, 1.0], &x, 3);
    assert_eq!(dw, [1.0, 2.0, 6.0, 8.0, 3.0, 4.0]);
    let mut db = [0.0, 0.0, 1.0];
    bias_grad(&mut db, &[1.0, 0.0, 0.0, 0.0, 2.0, 1.0]);
    assert_eq!(db, [1.0, 2.0, 2.0]);
}

/// A row alone equals the row among others, whatever the number of threads.
#[test]
fn rows_do_not_see_each_other() {
    let mut rng = Rng::new(0xB17);
    for (n, k) in [(5, 8), (67, 1030), (200, 576), (130, 2100)] {
        let m = 101;
        let (x, w, b) = (rng.normals(m * k), rng.normals(n * k), rng.normals(n));
        let mut want = vec![0.0; m * n];
        for (out, x) in want.chunks_exact_mut(n).zip(x.chunks_exact(k)) {
            linear(out, x, &w, Some(&b), k);
        }
        for threads in [1, 2, 5] {
            with_threads(threads, || {
                for rows in [2, 3, 4, 5, 32, 100, 101] {
                    let mut got = vec![0.0; rows * n];
                    linear(&mut got, &x[..rows * k], &w, Some(&b), k);
                    let what = format!("{rows}×{n}×{k}, {threads} threads");
                    assert_same_bits(&what, &got, &want[..rows * n]);
                }
            });
        }
    }
}

/// Gradients too have the same bits whatever the number of threads, and a row
/// of `dx` those it has alone.
#[test]
fn gradients_do_not_depend_on_threads() {
    let mut rng = Rng::new(0xB18);
    let (m, n, k) = (130, 270, 300);
    let (x, w, dy) = (rng.normals(m * k), rng.normals(n * k), rng.normals(m * n));
    let all = |threads| {
        let (mut dx, mut dw, mut db) = (vec![0.5; m * k], vec![0.5; n * k], vec![0.5; n]);
        with_threads(threads, || {
            linear_dx(&mut dx, &dy, &w, n);
            linear_dw(&mut dw, &dy, &x, n);
            bias_grad(&mut db, &dy);
        });
        [dx, dw, db].concat()
    };
    let want = all(1);
    assert_same_bits("2 threads", &all(2), &want);
    assert_same_bits("5 threads", &all(5), &want);
    let mut row = vec![0.5; k];
    linear_dx(&mut row, &dy[77 * n..78 * n], &w, n);
    assert_same_bits("row 77 of dx", &row, &want[77 * k..78 * k]);
}

#[test]
fn backward_is_the_gradient() {
    let mut rng = Rng::new(0x6AD);
    let (m, n, k) = (3, 4, 5);
    let (x, w) = (normals(&mut rng, m * k), normals(&mut rng, n * k));
    let (b, dy) = (normals(&mut rng, n), normals(&mut rng, m * n));
    let loss = |x: &[f64], w: &[f64], b: &[f64]| {
        let mut out = vec![0.0; m * n];
        let call = Inner {
            out: Disjoint::new(&mut out),
            x,
            w,
            bias: Some(b),
            k,
            n,
        };
        // SAFETY: one thread.
        unsafe { scalar::inner(&call, 0..m, 0..n) };
        dot(&out, &dy)
    };
    let (mut dx, mut dw, mut db) = (vec![0.0; m * k], vec![0.0; n * k], vec![0.0; n]);
    let out = Disjoint::new(&mut dx);
    let call = Outer {
        out,
        a: &dy,
        a_row: n,
        a_step: 1,
        b: &w,
        steps: n,
        cols: k,
    };
    // SAFETY: one thread.
    unsafe { scalar::outer(&call, 0..m, 0..k) };
    let out = Disjoint::new(&mut dw);
    let call = Outer {
        out,
        a: &dy,
        a_row: 1,
        a_step: n,
        b: &x,
        steps: m,
        cols: k,
    };
    // SAFETY: one thread.
    unsafe { scalar::outer(&call, 0..n, 0..k) };
    scalar::add_columns(&mut db[..1], 0, &dy, n);
    scalar::add_columns(&mut db[1..], 1, &dy, n);
    assert_gradient("dx", &x, &dx, |x| loss(x, &w, &b));
    assert_gradient("dw", &w, &dw, |w| loss(&x, w, &b));
    assert_gradient("db", &b, &db, |b| loss(&x, &w, b));
}

#[test]
fn no_rows_are_no_work() {
    linear(&mut [], &[], &[1.0, 2.0], None, 2);
    linear_dx(&mut [], &[], &[1.0, 2.0], 1);
    let mut dw = [3.0, 4.0];
    linear_dw(&mut dw, &[], &[], 1);
    assert_eq!(dw, [3.0, 4.0]);
}
