use super::activations::RowMut;
use super::packed::View;
use super::strip::{BLOCK, Kind};
use super::versions::kernels;
use super::*;
use crate::mem::{Arena, Bytes};
use crate::parallel::tests::with_threads;
use testkit::{Golden, Rng, assert_close};

const GOLDEN: &str = "quant/quant.safetensors";

fn quantised_types() -> impl Iterator<Item = DType> {
    DType::ALL.into_iter().filter(|d| d.is_quantised())
}

fn bits(x: &[f32]) -> Vec<u32> {
    x.iter().map(|x| x.to_bits()).collect()
}

/// Random weights of standard deviation about 1: random blocks, with scales
/// that suit the range of the integers.
fn weights(rng: &mut Rng, dtype: DType, rows: usize, cols: usize) -> Vec<u8> {
    use DType::*;
    let bytes = dtype.row_bytes(cols).unwrap() * rows;
    if !dtype.is_quantised() {
        return quantise(dtype, &rng.normals(rows * cols));
    }
    let mut data = rng.bytes(bytes);
    // Offsets of the scale and the minimum, and the largest `q` of the first.
    let (scale, min, range) = match dtype {
        Q4_0 => (0, None, 8.0),
        Q4_1 => (0, Some(2), 15.0),
        Q5_0 => (0, None, 16.0),
        Q5_1 => (0, Some(2), 31.0),
        Q8_0 | IQ4_NL => (0, None, 127.0),
        Q2_K => (80, Some(82), 15.0 * 3.0),
        Q3_K => (108, None, 32.0 * 4.0),
        Q4_K => (0, Some(2), 63.0 * 15.0),
        Q5_K => (0, Some(2), 63.0 * 31.0),
        Q6_K => (208, None, 128.0 * 32.0),
        IQ4_XS => (0, None, 32.0 * 127.0),
        MXFP4 => {
            for block in data.chunks_exact_mut(17) {
                block[0] = 124 + block[0] % 4;
            }
            return data;
        }
        F32 | F16 | BF16 => unreachable!("handled above"),
    };
    for block in data.chunks_exact_mut(dtype.block_bytes()) {
        let half = |x: f32| half::f32_to_f16(x).to_le_bytes();
        block[scale..scale + 2].copy_from_slice(&half(rng.normal() * 3.0 / range));
        if let Some(min) = min {
            let range = if dtype.block_len() == 256 { 63.0 } else { 1.0 };
            block[min..min + 2].copy_from_slice(&half(rng.normal() / range));
        }
    }
    data
}

/// Like a transformer's: normal, but for a few far larger values.
fn activations(rng: &mut Rng, len: usize) -> Vec<f32> {
    let mut x = rng.normals(len);
    for _ in 0..len / 50 {
        x[rng.below(len)] *= 10.0;
    }
    x
}

/// A stored weight.
#[derive(Clone, Copy)]
struct Matrix<'a> {
    dtype: DType,
    rows: usize,
    cols: usize,
    bytes: &'a [u8],
}

impl<'a> Matrix<'a> {
    fn new(dtype: DType, rows: usize, cols: usize, bytes: &'a [u8]) -> Self {
        Self {
            dtype,
            rows,
            cols,
            bytes,
        }
    }
}

/// The product with a weight as it is stored.
fn matmul(out: &mut [f32], x: &[f32], w: &Matrix, bias: Option<&[f32]>, a: Activations) {
    let w = View::stored(w.dtype, w.rows, w.cols, w.bytes);
    multiply(&KERNELS, &[Some(Job::new(out, w, bias))], x, a);
}

fn pack(w: &Matrix) -> Packed {
    let bytes = Bytes::from(w.bytes.to_vec());
    Packed::new(w.dtype, w.rows, w.cols, &bytes, &mut Arena::default())
}

fn product(
    kernels: &Kernels,
    x: &[f32],
    w: &Matrix,
    bias: Option<&[f32]>,
    a: Activations,
) -> Vec<f32> {
    // NaN marks any output a kernel forgets to write.
    let mut out = vec![f32::NAN; x.len() / w.cols * w.rows];
    let packed = pack(w);
    let product = Product {
        out: &mut out,
        w: &packed,
        bias,
    };
    matmul_all_by(kernels, &mut [product], x, a);
    out
}

/// What a packed weight gives, stored bytes give, bit for bit: the same
/// integers, scales and order.
#[test]
fn packing_changes_no_product() {
    let mut rng = Rng::new(10);
    for dtype in quantised_types() {
        let (m, rows, cols) = (3, 37, 768);
        let bytes = weights(&mut rng, dtype, rows, cols);
        let w = Matrix::new(dtype, rows, cols, &bytes);
        let x = activations(&mut rng, m * cols);
        for (name, kernels) in kernels() {
            for a in [Activations::F32, Activations::Int8] {
                let mut stored = vec![f32::NAN; m * rows];
                let view = View::stored(dtype, rows, cols, &bytes);
                multiply(&kernels, &[Some(Job::new(&mut stored, view, None))], &x, a);
                let packed = product(&kernels, &x, &w, None, a);
                assert_eq!(bits(&packed), bits(&stored), "{dtype:?} {a:?} by {name}");
            }
        }
    }
}

#[test]
fn packing_keeps_every_bit() {
    let mut rng = Rng::new(11);
    for dtype in DType::ALL {
        let block = dtype.block_len();
        for (rows, blocks) in [(1, 1), (15, 3), (16, 2), (17, 5), (0, 4), (3, 0)] {
            let cols = block * blocks;
            let bytes = weights(&mut rng, dtype, rows, cols);
            let w = Matrix::new(dtype, rows, cols, &bytes);
            let mut want = vec![f32::NAN; rows * cols];
            dequantise(&mut want, dtype, &bytes);
            let packed = pack(&w);
            assert_eq!((packed.rows(), packed.cols()), (rows, cols));
            assert_eq!(packed.dtype(), dtype);
            assert_eq!(bits(&packed.to_f32()), bits(&want), "{dtype:?}");
            let mut row = vec![f32::NAN; cols];
            for i in (0..rows).rev() {
                packed.dequantise_row(&mut row, i);
                assert_eq!(bits(&row), bits(&want[i * cols..(i + 1) * cols]));
            }
        }
    }
}

/// Products of one `x`, of different types and sizes, are those of each alone.
#[test]
fn products_together_are_those_alone() {
    let mut rng = Rng::new(12);
    let (m, cols) = (5, 512);
    let x = activations(&mut rng, m * cols);
    let packed: Vec<Packed> = DType::ALL
        .into_iter()
        .zip([33, 0, 16, 100, 1].into_iter().cycle())
        .map(|(dtype, rows)| {
            let bytes = weights(&mut rng, dtype, rows, cols);
            pack(&Matrix::new(dtype, rows, cols, &bytes))
        })
        .collect();
    let bias = rng.normals(100);
    for a in [Activations::F32, Activations::Int8] {
        let outs = |together: bool| {
            let mut outs: Vec<Vec<f32>> = packed
                .iter()
                .map(|w| vec![f32::NAN; m * w.rows()])
                .collect();
            let mut products: Vec<Product> = outs
                .iter_mut()
                .zip(&packed)
                .map(|(out, w)| Product {
                    out,
                    w,
                    bias: Some(&bias[..w.rows()]),
                })
                .collect();
            if together {
                matmul_all(&mut products, &x, a);
            } else {
                for p in &mut products {
                    super::matmul(p.out, &x, p.w, p.bias, a);
                }
            }
            outs.iter().map(|out| bits(out)).collect::<Vec<_>>()
        };
        assert_eq!(outs(true), outs(false), "{a:?}");
    }
}

#[test]
fn dequantise_equals_the_gguf_package() {
    let golden = Golden::open(GOLDEN);
    for (name, kernels) in kernels() {
        for dtype in quantised_types() {
            let want = golden.f32(&format!("{}.values", dtype.name()));
            let bytes = golden.bytes(&format!("{}.bytes", dtype.name()));
            let mut got = vec![f32::NAN; want.len()];
            (kernels.dequantise)(&mut got, dtype, bytes);
            assert_eq!(bits(&got), bits(&want), "{dtype:?} by {name}");
        }
    }
}

/// Also in pieces, on threads.
#[test]
fn dequantise_finds_its_chunks() {
    let mut rng = Rng::new(1);
    for dtype in DType::ALL {
        let len = 3 * 4096 * 8 + 256;
        let data = weights(&mut rng, dtype, 1, len);
        let (mut got, mut want) = (vec![f32::NAN; len], vec![f32::NAN; len]);
        dequantise(&mut got, dtype, &data);
        scalar::dequantise(&mut want, dtype, &data);
        assert_eq!(bits(&got), bits(&want), "{dtype:?}");
    }
}

#[test]
fn every_half_has_its_value() {
    let golden = Golden::open(GOLDEN);
    let patterns: Vec<u8> = (0..=u16::MAX).flat_map(u16::to_le_bytes).collect();
    for (dtype, key) in [(DType::F16, "half.f16"), (DType::BF16, "half.bf16")] {
        let want = golden.f32(key);
        for (name, kernels) in kernels() {
            let mut got = vec![0.0; want.len()];
            (kernels.dequantise)(&mut got, dtype, &patterns);
            for (i, (got, want)) in got.iter().zip(&want).enumerate() {
                // A NaN may lose its payload.
                let same = got.to_bits() == want.to_bits() || got.is_nan() && want.is_nan();
                assert!(same, "{dtype:?} {i:#06x} by {name}: {got}, not {want}");
            }
        }
        let finite: Vec<f32> = want.iter().copied().filter(|x| !x.is_nan()).collect();
        let back = quantise(dtype, &finite);
        let mut again = vec![0.0; finite.len()];
        dequantise(&mut again, dtype, &back);
        assert_eq!(bits(&again), bits(&finite), "{dtype:?} there and back");
    }
}

#[test]
fn encoders_equal_the_gguf_package() {
    let golden = Golden::open(GOLDEN);
    for dtype in [
        DType::Q8_0,
        DType::Q4_0,
        DType::Q4_1,
        DType::F16,
        DType::BF16,
    ] {
        let name = dtype.name();
        let got = quantise(dtype, &golden.f32(&format!("{name}.input")));
        assert_eq!(got, golden.bytes(&format!("{name}.encoded")), "{name}");
    }
    assert!(half::f32_to_f16(f32::NAN) & 0x7FFF > 0x7C00);
    assert!(half::f32_to_bf16(f32::from_bits(0x7F80_0001)) & 0x7FFF > 0x7F80);
}

/// A row rounded by itself.
#[derive(PartialEq, Debug)]
struct Row {
    p: Vec<i8>,
    scale: Vec<u32>,
    total: Vec<i32>,
    outliers: Vec<(u32, u32)>,
}

fn round(kernels: &Kernels, x: &[f32], limit: f32) -> Row {
    let (mut p, mut scale) = (vec![1; x.len()], vec![1.0; x.len() / BLOCK]);
    let (mut total, room) = (vec![1; x.len() / 16], x.len() + activations::SLACK);
    let (mut cols, mut values) = (vec![0; room], vec![0.0; room]);
    let out = RowMut {
        p: &mut p,
        scale: &mut scale,
        total: &mut total,
        cols: &mut cols,
        values: &mut values,
    };
    let found = (kernels.round)(x, limit, out);
    let values = values.iter().map(|v| v.to_bits());
    Row {
        p,
        scale: bits(&scale),
        total,
        outliers: cols.into_iter().zip(values).take(found).collect(),
    }
}

#[test]
fn rounding_agrees() {
    let mut rng = Rng::new(2);
    for case in 0..2000 {
        let mut x = rng.normals(96);
        let scale = 10f32.powi(case % 60 - 35);
        x.iter_mut().for_each(|x| *x *= scale);
        match case % 7 {
            0 => x.iter_mut().for_each(|x| *x = (*x / scale).round() * 63.5), // ties
            1 => x[rng.below(96)] = f32::NAN,
            2 => x[rng.below(96)] = f32::NEG_INFINITY,
            _ => {}
        }
        let limit = [f32::INFINITY, 2.0 * scale, scale, 0.0][case as usize % 4];
        let want = round(&kernels().pop().unwrap().1, &x, limit);
        for (name, kernels) in kernels() {
            let got = round(&kernels, &x, limit);
            assert_eq!(got, want, "case {case} by {name}");
        }
        for (b, x) in x.chunks_exact(BLOCK).enumerate() {
            let scale = f32::from_bits(want.scale[b]);
            let bad = |x: &f32| x.is_nan() || x.is_infinite() && limit.is_infinite();
            assert_eq!(scale.is_nan(), x.iter().any(bad), "case {case}");
            for (i, x) in x.iter().enumerate() {
                let (at, p) = (b * BLOCK + i, want.p[b * BLOCK + i]);
                let outlier = (at as u32, x.to_bits());
                if x.abs() > limit {
                    assert!(want.outliers.contains(&outlier) && p == 0, "case {case}");
                    continue;
                }
                let error = (x - scale * f32::from(p)).abs();
                // Half a step; a little more for the three roundings.
                let bound = if scale == 0.0 { 1e-30 } else { scale * 0.50004 };
                assert!(error <= bound || scale.is_nan(), "case {case}: {x}");
            }
            let halves = want.p[b * BLOCK..][..BLOCK].chunks_exact(16);
            let totals = halves.map(|p| p.iter().map(|&p| i32::from(p)).sum::<i32>());
            assert!(totals.eq(want.total[2 * b..2 * b + 2].iter().copied()));
        }
    }
}

/// What stands out of its row is kept as it is, whatever other rows hold.
#[test]
fn outliers_stay_floats() {
    let mut needs = Needs::default();
    let (min32, min16) = [false, true]
        .map(|group16| Kind::Wide { group16, min: true })
        .into();
    needs.add(min32);
    needs.add(min16);
    let mut x = vec![1.0; 4 * 256];
    // Row 0 has two outliers. A row of large values has none, nor has one of
    // zeros. A row of values whose squares vanish has none either.
    (x[96], x[100]) = (-20.0, 30.0);
    x[256..512].fill(1e6);
    x[512..768].fill(0.0);
    x[768..].fill(1e-25);
    x[900] = 1e-24;
    for (name, kernels) in kernels() {
        Rounded::with(&x, 256, needs, (kernels.limit, kernels.round), |x| {
            let values = |i| x.outliers(i, x.count(i)).1.to_vec();
            assert_eq!(values(0), [-20.0, 30.0], "{name}");
            assert_eq!(x.outliers(0, 2).0, [0, 1], "{name}");
            // Beside it, a row with fewer has zeros.
            assert_eq!(x.outliers(1, 2), (&[0, 0][..], &[0.0, 0.0][..]), "{name}");
            assert!((1..4).all(|i| values(i).is_empty()), "{name}");
            assert_eq!((x.p(0)[96], x.p(0)[97], x.p(0)[100]), (0, 127, 0), "{name}");
            // The sums that go with minima see them: 30 ones, -20 and 30.
            assert!((x.sum(0, min32)[3] - 40.0).abs() < 1e-4, "{name}");
            assert!((x.sum(0, min16)[6] - 24.0).abs() < 1e-4, "{name}");
        });
        let bad = |value: f32| {
            x[0] = value;
            Rounded::with(&x[..256], 256, needs, (kernels.limit, kernels.round), |x| {
                (x.count(0), x.scale(0)[0].is_nan())
            })
        };
        assert_eq!([f32::NAN, f32::INFINITY].map(bad), [(0, true); 2], "{name}");
        x[0] = 1.0;
    }
}

/// As many outliers as there can be find room.
#[test]
fn a_row_may_be_full_of_outliers() {
    let cols = 288;
    let bytes = quantise(DType::Q8_0, &vec![0.5; 2 * cols]);
    let w = Matrix::new(DType::Q8_0, 2, cols, &bytes);
    let mut x = vec![0.0; cols];
    for (i, x) in x.iter_mut().step_by(10).take(cols / 9).enumerate() {
        *x = if i % 2 == 0 { 7.0 } else { -3.0 };
    }
    let want = 0.5 * x.iter().sum::<f32>();
    for (name, kernels) in kernels() {
        let got = product(&kernels, &x, &w, None, Activations::Int8);
        assert_close(name, &got, &[want; 2], 1e-2);
    }
}

/// Shapes around the tiles: rows of weights in fours and sixteens, rows of `x`
/// in twos and threes; floats with a tail.
fn shapes(dtype: DType) -> Vec<[usize; 3]> {
    let block = dtype.block_len();
    let cols: &[usize] = match block {
        1 => &[1, 7, 8, 75, 96],
        32 => &[32, 96, 288, 576],
        _ => &[256, 768],
    };
    let sizes = [(1, 1), (2, 4), (3, 5), (4, 17), (5, 35), (1, 39)];
    let pairs = sizes
        .iter()
        .flat_map(|&(m, n)| cols.iter().map(move |&k| [m, n, k]));
    pairs.collect()
}

#[test]
fn kernels_agree() {
    let mut rng = Rng::new(3);
    for dtype in DType::ALL {
        for [m, rows, cols] in shapes(dtype) {
            let bytes = weights(&mut rng, dtype, rows, cols);
            let w = Matrix::new(dtype, rows, cols, &bytes);
            let (x, bias) = (activations(&mut rng, m * cols), rng.normals(rows));
            let bias = (rows % 2 == 1).then_some(&bias[..]);
            let mut values = vec![0.0; rows * cols];
            dequantise(&mut values, dtype, &bytes);
            // Either order of `cols` terms rounds each partial sum by at most
            // half an ulp of Σ|w·x|; a group's minimum and integers may be
            // larger than their sum, in these weights not tenfold.
            let largest = sum_of_magnitudes(&values, &x, cols);
            let tolerance = 10.0 * cols as f32 * f32::EPSILON * largest.max(1.0);
            // Not every version rounds x to bfloat16: by up to 2⁻⁸.
            let bf16 = if dtype == DType::BF16 {
                largest / 256.0
            } else {
                0.0
            };
            let tolerance = tolerance + bf16;
            for a in [Activations::F32, Activations::Int8] {
                let all = kernels();
                let want = product(&all.last().unwrap().1, &x, &w, bias, a);
                for (name, kernels) in &all {
                    let got = product(kernels, &x, &w, bias, a);
                    let what = format!("{dtype:?} [{m}, {rows}, {cols}] {a:?} by {name}");
                    for (i, (got, want)) in got.iter().zip(&want).enumerate() {
                        let off = (got - want).abs();
                        assert!(off <= tolerance, "{what}, {i}: {got}, not {want}");
                    }
                }
            }
        }
    }
}

/// The largest `Σ|w·x|` of all outputs.
fn sum_of_magnitudes(w: &[f32], x: &[f32], cols: usize) -> f32 {
    let rows = |x: &'_ [f32]| {
        x.chunks_exact(cols)
            .map(<[f32]>::to_vec)
            .collect::<Vec<_>>()
    };
    let mut largest = 0.0f32;
    for w in rows(w) {
        for x in rows(x) {
            let sum = w.iter().zip(&x).map(|(w, x)| (w * x).abs()).sum();
            largest = largest.max(sum);
        }
    }
    largest
}

/// The product with float activations is that of the dequantised weights.
#[test]
fn float_products_are_those_of_dequantised_weights() {
    let mut rng = Rng::new(4);
    for dtype in DType::ALL {
        let (m, rows, cols) = (3, 9, 512);
        let bytes = weights(&mut rng, dtype, rows, cols);
        let w = Matrix::new(dtype, rows, cols, &bytes);
        let x = rng.normals(m * cols);
        let mut values = vec![0.0; rows * cols];
        dequantise(&mut values, dtype, &bytes);
        let exact = |x: &[f32], w: &[f32]| {
            let products = x.iter().zip(w).map(|(x, w)| f64::from(*x) * f64::from(*w));
            products.sum::<f64>() as f32
        };
        let rows_of_x = x.chunks_exact(cols);
        let want: Vec<f32> = rows_of_x
            .flat_map(|x| values.chunks_exact(cols).map(move |w| exact(x, w)))
            .collect();
        let largest = sum_of_magnitudes(&values, &x, cols).max(1.0);
        let mut got = vec![f32::NAN; m * rows];
        matmul(&mut got, &x, &w, None, Activations::F32);
        let tolerance = cols as f32 * f32::EPSILON * largest;
        assert_close(dtype.name(), &got, &want, tolerance);
    }
}

/// An activation moves by at most half a step of its block, `max|x| / 254` of
/// those that are no outliers; an output by at most the sum of that times the
/// block's weights.
#[test]
fn int8_products_are_close_to_float_ones() {
    let mut rng = Rng::new(5);
    for dtype in quantised_types() {
        let (m, rows, cols) = (2, 21, 768);
        let bytes = weights(&mut rng, dtype, rows, cols);
        let w = Matrix::new(dtype, rows, cols, &bytes);
        let x = activations(&mut rng, m * cols);
        let mut values = vec![0.0; rows * cols];
        dequantise(&mut values, dtype, &bytes);
        let [f32, int8] = [Activations::F32, Activations::Int8].map(|a| {
            let mut out = vec![f32::NAN; m * rows];
            matmul(&mut out, &x, &w, None, a);
            out
        });
        assert_ne!(f32, int8, "{dtype:?}: rounding must show");
        let steps = Rounded::with(
            &x,
            cols,
            Needs::default(),
            (KERNELS.limit, KERNELS.round),
            |x| {
                assert!((0..m).all(|i| x.count(i) > 0));
                (0..m).flat_map(|i| x.scale(i).to_vec()).collect::<Vec<_>>()
            },
        );
        for i in 0..m {
            for j in 0..rows {
                let w = values[j * cols..(j + 1) * cols].chunks_exact(BLOCK);
                let steps = &steps[i * cols / BLOCK..];
                let bound = w
                    .zip(steps)
                    .map(|(w, step)| step / 2.0 * w.iter().map(|w| w.abs()).sum::<f32>());
                let bound: f32 = bound.sum();
                let off = (f32[i * rows + j] - int8[i * rows + j]).abs();
                // 1% for float rounding: a worst case of rounding all one way
                // is far away anyway.
                assert!(off <= 1.01 * bound, "{dtype:?}: {off} off, at most {bound}");
            }
        }
    }
}

/// A row of `x` has the same result alone as among others, in every version.
#[test]
fn batching_changes_nothing() {
    let mut rng = Rng::new(6);
    for dtype in DType::ALL {
        for cols in [256, 768] {
            let (m, rows) = (9, 37);
            let bytes = weights(&mut rng, dtype, rows, cols);
            let w = Matrix::new(dtype, rows, cols, &bytes);
            let x = activations(&mut rng, m * cols);
            for a in [Activations::F32, Activations::Int8] {
                for (name, kernels) in kernels() {
                    let whole = product(&kernels, &x, &w, None, a);
                    for size in 1..=5 {
                        let parts = x.chunks(size * cols);
                        let parts: Vec<f32> = parts
                            .flat_map(|x| product(&kernels, x, &w, None, a))
                            .collect();
                        let what = format!("{dtype:?} {a:?} by {size}, {name}");
                        assert_eq!(bits(&parts), bits(&whole), "{what}");
                    }
                }
            }
        }
    }
}

/// Nor does it with a weight that is no number, which the outliers of other
/// rows meet: a row without outliers there must not.
#[test]
fn broken_weights_spoil_no_company() {
    let mut bytes = quantise(DType::Q8_0, &[1.0; 64]);
    bytes[..2].copy_from_slice(&half::f32_to_f16(f32::INFINITY).to_le_bytes());
    let w = Matrix::new(DType::Q8_0, 1, 64, &bytes);
    let mut x = vec![0.1; 2 * 64];
    (x[40], x[64]) = (10.0, 10.0);
    for (name, kernels) in kernels() {
        let together = product(&kernels, &x, &w, None, Activations::Int8);
        let alone = product(&kernels, &x[..64], &w, None, Activations::Int8);
        assert_eq!(alone[0], f32::INFINITY, "{name}");
        assert_eq!(bits(&together[..1]), bits(&alone), "{name}");
    }
}

/// A row of weights has the same result whichever rows it is with, hence
/// whichever tile and thread it falls to.
#[test]
fn cutting_weights_changes_nothing() {
    let mut rng = Rng::new(7);
    for dtype in DType::ALL {
        // Enough for many tasks on as many threads as there are.
        let (m, rows, cols) = (3, 300, 512);
        let bytes = weights(&mut rng, dtype, rows, cols);
        let w = Matrix::new(dtype, rows, cols, &bytes);
        let x = activations(&mut rng, m * cols);
        for a in [Activations::F32, Activations::Int8] {
            for (name, kernels) in kernels() {
                let whole = product(&kernels, &x, &w, None, a);
                for (j, bytes) in bytes.chunks_exact(bytes.len() / rows).enumerate() {
                    let w = Matrix {
                        rows: 1,
                        bytes,
                        ..w
                    };
                    let alone = product(&kernels, &x, &w, None, a);
                    let among: Vec<f32> = (0..m).map(|i| whole[i * rows + j]).collect();
                    assert_eq!(bits(&alone), bits(&among), "{dtype:?} {a:?} {name} {j}");
                }
            }
        }
    }
}

#[test]
fn threads_change_nothing() {
    let mut rng = Rng::new(9);
    for dtype in DType::ALL {
        for m in [1, 6] {
            // Some forty tiles: work for all of the threads.
            let (rows, cols) = (650, 512);
            let bytes = weights(&mut rng, dtype, rows, cols);
            let w = Matrix::new(dtype, rows, cols, &bytes);
            let (x, packed) = (activations(&mut rng, m * cols), pack(&w));
            for a in [Activations::F32, Activations::Int8] {
                let mut outs = Vec::new();
                for threads in [1, 2, 3, 8] {
                    let mut out = vec![f32::NAN; m * rows];
                    with_threads(threads, || super::matmul(&mut out, &x, &packed, None, a));
                    outs.push(bits(&out));
                }
                assert!(outs.iter().all(|o| *o == outs[0]), "{dtype:?} {a:?}, m {m}");
            }
        }
    }
}

/// Extreme integers: Q8_0 allows -128, which a careless product saturates.
#[test]
fn extreme_integers_do_not_saturate() {
    let mut bytes = Vec::new();
    for q in [-128i8, 127] {
        bytes.extend(half::f32_to_f16(1.0).to_le_bytes());
        bytes.extend([q as u8; 32]);
    }
    let w = Matrix::new(DType::Q8_0, 2, 32, &bytes);
    for sign in [1.0, -1.0] {
        for (name, kernels) in kernels() {
            let got = product(&kernels, &[127.0 * sign; 32], &w, None, Activations::Int8);
            let want = [-128.0, 127.0].map(|q| q * 127.0 * 32.0 * sign);
            assert_eq!(got, want, "{name}");
        }
    }
}

#[test]
fn bad_activations_show_in_every_output() {
    let mut rng = Rng::new(8);
    for dtype in quantised_types() {
        let (rows, cols) = (5, 256);
        let bytes = weights(&mut rng, dtype, rows, cols);
        let w = Matrix::new(dtype, rows, cols, &bytes);
        for bad in [f32::NAN, f32::INFINITY] {
            let mut x = rng.normals(2 * cols);
            x[cols + 100] = bad;
            for (name, kernels) in kernels() {
                let got = product(&kernels, &x, &w, None, Activations::Int8);
                assert!(
                    got[..rows].iter().all(|y| y.is_finite()),
                    "{dtype:?} {name}"
                );
                assert!(got[rows..].iter().all(|y| y.is_nan()), "{dtype:?} {name}");
            }
        }
    }
}

#[test]
fn nothing_in_gives_nothing_or_the_bias() {
    let empty = Matrix::new(DType::Q4_0, 0, 32, &[]);
    matmul(&mut [], &[1.0; 32], &empty, None, Activations::Int8);
    for dtype in [DType::F32, DType::Q4_K] {
        let w = Matrix::new(dtype, 3, 0, &[]);
        let mut out = [f32::NAN; 6];
        matmul(&mut out, &[], &w, Some(&[1.0, 2.0, 3.0]), Activations::Int8);
        assert_eq!(out, [1.0, 2.0, 3.0, 1.0, 2.0, 3.0]);
    }
}

#[test]
#[should_panic(expected = "100 columns of Q4_0, in blocks of 32")]
fn broken_blocks_are_refused() {
    let w = Matrix::new(DType::Q4_0, 1, 100, &[]);
    matmul(&mut [0.0], &[0.0; 100], &w, None, Activations::F32);
}
