//! Each operation's backward is the one of its forward, and the tape adds
//! them up. The arithmetic itself is checked in f64 where it is, in `kernels`.

use std::sync::Arc;

use kernels::activation::Activation;
use kernels::attention::Shape;
use kernels::mem::Arena;
use kernels::quant::{Activations, Packed};
use testkit::Rng;

use crate::{Parameter, RawTensor, Rotation, Tape, Tensor};

const SEED: u64 = 0x7A9E;

fn normal(rng: &mut Rng, shape: &[usize]) -> Tensor {
    Tensor::new(shape, rng.normals(shape.iter().product()))
}

/// Random directions per input. Along its own direction alone, a gradient that
/// lacks components would still look right.
const DIRECTIONS: usize = 6;

/// Along each input's gradient and along random directions, the loss of `f`
/// changes as the gradient says.
fn check(what: &str, shapes: &[&[usize]], f: impl Fn(&[Tensor]) -> Tensor) {
    let mut rng = Rng::new(SEED);
    let inputs: Vec<Parameter> = shapes
        .iter()
        .map(|shape| Parameter::new("x", normal(&mut rng, shape)))
        .collect();
    let loss = || {
        let y = f(&inputs.iter().map(Parameter::tensor).collect::<Vec<_>>());
        let targets: Vec<i64> = (0..y.rows()).map(|i| (i % y.cols()) as i64).collect();
        y.cross_entropy(&targets)
    };
    let (at, tape) = Tape::record(loss);
    let gradients = tape.backward(&at);
    for (i, x) in inputs.iter().enumerate() {
        let g = gradients
            .get(x)
            .unwrap_or_else(|| panic!("{what}: input {i}"));
        let norm = g.iter().map(|g| f64::from(*g).powi(2)).sum::<f64>().sqrt();
        assert!(norm > 1e-3, "{what}: input {i} hardly matters");
        let before = x.tensor();
        let moved = |along: &[f32], h: f64| {
            x.update(|x| {
                for ((x, &old), &d) in x.iter_mut().zip(before.data()).zip(along) {
                    *x = old + (h * f64::from(d)) as f32;
                }
            });
            f64::from(loss().data()[0])
        };
        for direction in 0..=DIRECTIONS {
            let along = if direction == 0 {
                unit(g.to_vec())
            } else {
                unit(rng.normals(g.len()))
            };
            let want: f64 = g.iter().zip(&along).map(|(&g, &d)| f64::from(g * d)).sum();
            // The loss, near 2, has an error of about 1e-7, and so the slope one
            // of 1e-5; its own curvature adds the square of the step.
            let step = 1e-2;
            let slope = (moved(&along, step) - moved(&along, -step)) / (2.0 * step);
            moved(&along, 0.0);
            let allowed = 1e-2 * want.abs() + 1e-3 * norm + 5e-5;
            assert!(
                (slope - want).abs() < allowed,
                "{what}, input {i}, direction {direction}: slope {slope}, gradient {want} of \
                 {norm}, seed {SEED:#x}"
            );
        }
    }
}

fn unit(mut x: Vec<f32>) -> Vec<f32> {
    let norm = x.iter().map(|x| x * x).sum::<f32>().sqrt();
    x.iter_mut().for_each(|x| *x /= norm);
    x
}

/// A gradient that lacks components is seen: here that of a sum, one term of
/// which the tape does not know.
#[test]
#[should_panic(expected = "half a gradient, input 0, direction")]
fn a_gradient_that_lacks_components_is_refused() {
    check("half a gradient", &[&[3, 8]], |x| {
        let known = x[0].columns(8, 0, 4).scale(1.0);
        let unknown = Tensor::new(&[3, 4], x[0].columns(8, 4, 4).data().to_vec());
        &known + &unknown
    });
}

#[test]
fn pointwise_gradients_are_finite_differences() {
    let pair: &[&[usize]] = &[&[3, 8], &[3, 8]];
    check("add", pair, |x| &x[0] + &x[1]);
    check("mul", pair, |x| &x[0] * &x[1]);
    check("silu_mul", pair, |x| x[0].silu_mul(&x[1]));
    check("scale", &pair[..1], |x| x[0].scale(-2.5));
    check("columns", &[&[3, 24]], |x| x[0].columns(12, 4, 5));
    for kind in [
        Activation::Gelu,
        Activation::GeluTanh,
        Activation::Silu,
        Activation::Relu,
    ] {
        check(&format!("{kind:?}"), &pair[..1], |x| x[0].activation(kind));
    }
}

#[test]
fn one_tensor_in_two_places_gets_both_gradients() {
    check("x + x", &[&[3, 8]], |x| &x[0] + &x[0]);
    check("x · x", &[&[3, 8]], |x| &x[0] * &x[0]);
    check("silu(x) · x", &[&[3, 8]], |x| x[0].silu_mul(&x[0]));
    check("a tied head", &[&[7, 8]], |x| {
        x[0].embedding(&[1, 6, 1, 0]).linear(&x[0], None)
    });
}

#[test]
fn layer_gradients_are_finite_differences() {
    check("linear", &[&[3, 8], &[5, 8]], |x| x[0].linear(&x[1], None));
    check("linear with bias", &[&[3, 8], &[5, 8], &[5]], |x| {
        x[0].linear(&x[1], Some(&x[2]))
    });
    check("embedding", &[&[6, 9]], |x| x[0].embedding(&[5, 0, 5, 2]));
    check("rms_norm", &[&[3, 8], &[8]], |x| x[0].rms_norm(&x[1], 1e-5));
    check("rms_norm by head", &[&[3, 8], &[4]], |x| {
        x[0].rms_norm(&x[1], 1e-5)
    });
    check("layer_norm", &[&[3, 8], &[8], &[8]], |x| {
        x[0].layer_norm(&x[1], &x[2], 1e-5)
    });
}

#[test]
fn attention_gradients_are_finite_differences() {
    let angles: Vec<f32> = Rng::new(3).normals(5 * 2);
    let (sin, cos) = angles.iter().map(|a| a.sin_cos()).unzip();
    let rotation = Rotation::new(4, cos, sin);
    check("rope", &[&[5, 12]], |x| x[0].rope(&rotation, 6));

    let lens: Arc<[usize]> = Arc::new([2, 5]);
    let shape = Shape {
        heads: 4,
        kv_heads: 2,
        head_dim: 4,
        scale: 0.5,
        window: Some(3),
    };
    check("attention", &[&[7, 16], &[7, 8], &[7, 8]], |x| {
        x[0].causal_attention(&x[1], &x[2], &lens, &shape)
    });
}

fn packed(raw: &RawTensor) -> Packed {
    let [rows, cols] = raw.shape[..] else {
        panic!("a matrix")
    };
    Packed::new(raw.dtype, rows, cols, &raw.bytes, &mut Arena::default())
}

/// A stored weight gets no gradient, what it multiplies and its bias do.
#[test]
fn gradients_pass_through_stored_weights() {
    let values = Rng::new(9).normals(5 * 8);
    let weight = packed(&RawTensor::from_f32(&[5, 8], &values));
    check("linear_stored", &[&[3, 8], &[5]], |x| {
        x[0].linear_stored(&weight, Some(&x[1]), Activations::F32)
    });
}

#[test]
fn gathered_rows_are_the_tables() {
    let table = packed(&RawTensor::from_f32(
        &[3, 2],
        &[0.0, 1.0, 2.0, 3.0, 4.0, 5.0],
    ));
    let rows = Tensor::gathered(&table, &[2, 0, 2]);
    assert_eq!(rows.shape(), [3, 2]);
    assert_eq!(rows.data(), [4.0, 5.0, 0.0, 1.0, 4.0, 5.0]);
    assert_eq!(Tensor::gathered(&table, &[]).shape(), [0, 2]);
}

#[test]
fn columns_split_a_fused_projection() {
    let x = Tensor::new(&[1, 6], vec![0.0, 1.0, 2.0, 3.0, 4.0, 5.0]);
    assert_eq!(x.columns(6, 2, 2).data(), [2.0, 3.0]);
    assert_eq!(x.columns(3, 1, 1).data(), [1.0, 4.0]);
}
