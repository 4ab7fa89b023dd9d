use super::*;
use crate::parallel::tests::with_threads;
use testkit::Rng;

/// Rows of `x`, rows of the weight, columns: around the sizes of tiles, strips and blocks.
const SHAPES: [[usize; 3]; 8] = [
    [1, 1, 1],
    [2, 17, 127],
    [3, 16, 128],
    [5, 33, 129],
    [6, 32, 256],
    [7, 48, 255],
    [13, 70, 384],
    [25, 5, 700],
];

struct Case {
    x: Vec<f32>,
    w: Vec<f32>,
    bias: Vec<f32>,
    cols: usize,
}

impl Case {
    fn new(rng: &mut Rng, [m, rows, cols]: [usize; 3]) -> Self {
        let mut x = rng.normals(m * cols);
        // Something stands out of each row.
        x.chunks_exact_mut(cols)
            .for_each(|row| row[cols / 2] *= 20.0);
        let (w, bias) = (rng.normals(rows * cols), rng.normals(rows));
        Self { x, w, bias, cols }
    }

    fn product(&self, kernels: &Kernels) -> Vec<f32> {
        self.product_of(kernels, &self.x)
    }

    fn product_of(&self, kernels: &Kernels, x: &[f32]) -> Vec<f32> {
        let w = Weight::new(&self.w, self.cols, &mut Arena::default());
        let mut out = vec![f32::NAN; x.len() / self.cols * w.rows()];
        let (w, bias) = (&w, Some(&self.bias[..]));
        let product = Product {
            out: &mut out,
            w,
            bias,
        };
        matmul_all_by(kernels, &mut [product], x);
        out
    }

    /// In double precision, and how far off a sum of rounded products may be.
    fn exact(&self) -> Vec<(f64, f64)> {
        let block_max = |row: &[f32], k: usize| {
            let block = &row[k / BLOCK * BLOCK..row.len().min((k / BLOCK + 1) * BLOCK)];
            block
                .iter()
                .fold(0.0, |max: f64, v| max.max(f64::from(v.abs())))
        };
        let rows = self.x.chunks_exact(self.cols).flat_map(|x| {
            self.w
                .chunks_exact(self.cols)
                .zip(&self.bias)
                .map(move |(w, bias)| {
                    let (mut sum, mut off) = (f64::from(*bias), 1e-5);
                    for (k, (&x_k, &w_k)) in x.iter().zip(w).enumerate() {
                        let half = 0.5 / f64::from(MOST);
                        let (dx, dw) = (half * block_max(x, k), half * block_max(w, k));
                        let (x_k, w_k) = (f64::from(x_k), f64::from(w_k));
                        sum += x_k * w_k;
                        // Rounding, and floats that add up blocks.
                        off += x_k.abs() * dw + w_k.abs() * dx + dx * dw + 1e-6 * (x_k * w_k).abs();
                    }
                    (sum, off)
                })
        });
        rows.collect()
    }
}

#[test]
fn the_definition_is_the_product_but_for_rounding() {
    let mut rng = Rng::new(3);
    for shape in SHAPES {
        let case = Case::new(&mut rng, shape);
        let kernels = kernels().pop().unwrap().1;
        for (got, (want, off)) in case.product(&kernels).iter().zip(case.exact()) {
            let far = (f64::from(*got) - want).abs();
            assert!(
                far <= off,
                "{shape:?}: {got} for {want}, {far:e} off, {off:e} at most"
            );
        }
    }
}

/// Integer sums are exact and floats are added in one order: the same bits.
#[test]
fn kernels_agree() {
    let mut rng = Rng::new(4);
    for shape in SHAPES {
        let case = Case::new(&mut rng, shape);
        let mut all = kernels();
        let want = case.product(&all.pop().unwrap().1);
        for (name, kernels) in all {
            assert_eq!(case.product(&kernels), want, "{name}, {shape:?}");
        }
    }
}

#[test]
fn company_and_threads_change_nothing() {
    let mut rng = Rng::new(5);
    let case = Case::new(&mut rng, [29, 50, 300]);
    for (name, kernels) in kernels() {
        let want = case.product(&kernels);
        with_threads(3, || assert_eq!(case.product(&kernels), want, "{name}"));
        for (row, want) in case.x.chunks_exact(300).zip(want.chunks_exact(50)) {
            assert_eq!(case.product_of(&kernels, row), want, "{name}");
        }
    }
}

#[test]
fn products_together_are_those_alone() {
    let mut rng = Rng::new(6);
    let [a, b] = [40, 7].map(|rows| Case::new(&mut rng, [9, rows, 200]));
    for (_, kernels) in kernels() {
        let [wa, wb] = [&a, &b].map(|case| Weight::new(&case.w, 200, &mut Arena::default()));
        let (mut out_a, mut out_b) = (vec![0.0; 9 * 40], vec![0.0; 9 * 7]);
        let product = |out, w, case| Product {
            out,
            w,
            bias: Some(case),
        };
        let products = &mut [
            product(&mut out_a[..], &wa, &a.bias[..]),
            product(&mut out_b[..], &wb, &b.bias[..]),
        ];
        matmul_all_by(&kernels, products, &a.x);
        assert_eq!(out_a, a.product(&kernels));
        assert_eq!(out_b, b.product_of(&kernels, &a.x));
    }
}

/// All integers at their most, of one sign: the sum of a block just fits.
#[test]
fn extreme_values_do_not_overflow() {
    for (name, kernels) in kernels() {
        for sign in [1.0, -1.0] {
            let w = Weight::new(&[1.0; 512], 256, &mut Arena::default());
            let mut out = [0.0; 2];
            let product = Product {
                out: &mut out,
                w: &w,
                bias: None,
            };
            matmul_all_by(&kernels, &mut [product], &[sign * 3.0; 256]);
            for got in out {
                assert!((got - sign * 768.0).abs() < 1e-3, "{name}: {got}");
            }
        }
    }
}

#[test]
fn bad_values_show_in_every_output_and_nothing_in_is_the_bias() {
    for (name, kernels) in kernels() {
        for bad in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
            let case = Case::new(&mut Rng::new(7), [1, 20, 256]);
            let mut x = case.x.clone();
            x[200] = bad;
            let out = case.product_of(&kernels, &x);
            assert!(out.iter().all(|y| y.is_nan()), "{name}: {bad}");
        }
        let case = Case::new(&mut Rng::new(8), [1, 20, 130]);
        let zeros = case.product_of(&kernels, &[0.0; 130]);
        assert_eq!(zeros, case.bias, "{name}");
        // Too small for a scale.
        assert_eq!(
            case.product_of(&kernels, &[1e-38; 130]),
            case.bias,
            "{name}"
        );
        assert!(case.product_of(&kernels, &[]).is_empty());
    }
}
