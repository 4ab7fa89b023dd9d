//! Speed of the kernels against the limits of the machine.
//!
//! `cargo bench -p kernels -- [--gflops N] [--gbs N] [--threads N] [FILTER]`:
//! the limits are those of the threads together, by default of one core with
//! two 256-bit FMA units at 3.6 GHz (116) and of one channel of memory (25).

use kernels::attention::{
    BLOCK, Cache, CacheType, Sequence, Shape, attention, attention_backward, attention_cached,
};
use kernels::dtype::DType;
use kernels::mem::{Arena, Bytes};
use kernels::quant::{Activations, Packed};
use kernels::{activation, gated, linear, parallel, quant, rms_norm, simd, softmax};
use std::hint::black_box;
use std::io::Write;
use std::time::{Duration, Instant};

fn main() {
    let mut bench = Bench {
        gflops: 116.0,
        gbs: 25.0,
        filter: String::new(),
    };
    let mut threads = 1;
    let mut args = std::env::args().skip(1);
    while let Some(arg) = args.next() {
        let mut number = |default| args.next().and_then(|n| n.parse().ok()).unwrap_or(default);
        match arg.as_str() {
            "--gflops" => bench.gflops = number(bench.gflops),
            "--gbs" => bench.gbs = number(bench.gbs),
            "--threads" => threads = number(1.0) as usize,
            // What cargo itself passes.
            "--bench" => {}
            filter => bench.filter = filter.to_owned(),
        }
    }
    parallel::set_threads(threads);
    bench.line(&format!(
        "kernels: {}, threads: {}",
        simd::level(),
        parallel::threads()
    ));
    bench.linears();
    bench.quantised();
    bench.attentions();
    bench.caches();
    bench.rows();
}

struct Bench {
    gflops: f64,
    gbs: f64,
    filter: String,
}

impl Bench {
    fn line(&self, text: &str) {
        // A closed pipe ends the show, not with a panic.
        writeln!(std::io::stdout(), "{text}").ok();
    }

    /// Times `f` and prints its rate: the best of some runs, since others use
    /// the machine too.
    fn run(&self, name: &str, flops: f64, bytes: f64, mut f: impl FnMut()) {
        if !name.contains(&self.filter) {
            return;
        }
        f();
        let (mut best, start) = (f64::INFINITY, Instant::now());
        while start.elapsed() < Duration::from_millis(200) {
            let begin = Instant::now();
            f();
            best = best.min(begin.elapsed().as_secs_f64());
        }
        let (gflops, gbs) = (flops / best / 1e9, bytes / best / 1e9);
        let share = (gflops / self.gflops).max(gbs / self.gbs) * 100.0;
        let time = best * 1e6;
        self.line(&format!(
            "{name:32} {time:10.1} µs {gflops:8.1} GFLOP/s {gbs:7.1} GB/s  {share:4.0} % of a limit"
        ));
    }

    fn linears(&self) {
        for (n, k) in [
            (576, 576),
            (1536, 576),
            (576, 1536),
            (49152, 576),
            (4096, 4096),
        ] {
            let w = wave(n * k);
            for m in [1, 2, 4, 8, 32, 128, 512] {
                if m * n * k > 1 << 32 {
                    continue;
                }
                let (x, mut out) = (wave(m * k), vec![0.0; m * n]);
                let flops = 2.0 * (m * n * k) as f64;
                let bytes = 4.0 * (m * k + n * k + m * n) as f64;
                self.run(&format!("linear {m}×{n}×{k}"), flops, bytes, || {
                    linear::linear(&mut out, black_box(&x), &w, None, k);
                });
                if m == 512 {
                    let (mut dx, mut dw) = (wave(m * k), wave(n * k));
                    self.run(&format!("linear_dx {m}×{n}×{k}"), flops, bytes, || {
                        linear::linear_dx(&mut dx, black_box(&out), &w, n);
                    });
                    self.run(&format!("linear_dw {m}×{n}×{k}"), flops, bytes, || {
                        linear::linear_dw(&mut dw, black_box(&out), &x, n);
                    });
                }
            }
        }
    }

    /// The packed types at the sizes of SmolLM2-135M, and every type at one
    /// size; bytes are those of the stored weights.
    fn quantised(&self) {
        use DType::{BF16, Q4_0, Q4_1, Q8_0};
        let shapes = [
            (576, 576),
            (192, 576),
            (1536, 576),
            (576, 1536),
            (49152, 576),
        ];
        for dtype in [Q4_1, Q4_0, Q8_0, BF16] {
            for (n, k) in shapes {
                for m in [1, 2, 4, 8, 16, 64, 512] {
                    // A prompt needs logits of its last token alone.
                    if n * m <= 49152 * 16 {
                        self.product("quant", dtype, Activations::Int8, [m, n, k]);
                    }
                }
            }
        }
        for dtype in DType::ALL {
            for a in [Activations::Int8, Activations::F32] {
                for m in [1, 4, 128] {
                    self.product("every", dtype, a, [m, 1536, 768]);
                }
            }
        }
    }

    fn product(&self, group: &str, dtype: DType, a: Activations, [m, n, k]: [usize; 3]) {
        let name = format!("{group} {} {a:?} {m}×{n}×{k}", dtype.name());
        if !name.contains(&self.filter) {
            return;
        }
        // As many weights as a model has, one after the other: more than the
        // caches hold, where that is what a token costs.
        let bytes = dtype.row_bytes(k).unwrap_or(0) * n;
        let copies = if m == 1 { (64 << 20) / bytes + 1 } else { 1 };
        let stored = Bytes::from(stored(dtype, n * k));
        let mut arena = Arena::default();
        let weights: Vec<Packed> = (0..copies)
            .map(|_| Packed::new(dtype, n, k, &stored, &mut arena))
            .collect();
        let (x, mut out) = (outliers(m * k), vec![0.0; m * n]);
        let flops = 2.0 * (m * n * k) as f64;
        let mut turn = weights.iter().cycle();
        self.run(&name, flops, bytes as f64, || {
            if let Some(w) = turn.next() {
                quant::matmul(&mut out, black_box(&x), w, None, a);
            }
        });
    }

    fn attentions(&self) {
        let gqa = Shape {
            heads: 9,
            kv_heads: 3,
            head_dim: 64,
            scale: 0.125,
            window: None,
        };
        let mha = Shape {
            heads: 12,
            kv_heads: 12,
            head_dim: 64,
            scale: 0.125,
            window: None,
        };
        for (name, shape) in [("9/3", gqa), ("12/12", mha)] {
            let (width, kv) = (
                shape.heads * shape.head_dim,
                shape.kv_heads * shape.head_dim,
            );
            for (queries, tokens) in [(1, 512), (1, 4096), (64, 64), (64, 2048), (512, 512)] {
                let (q, k, v) = (wave(queries * width), wave(tokens * kv), wave(tokens * kv));
                let mut out = vec![0.0; q.len()];
                let blocks: Vec<usize> = (0..tokens).step_by(BLOCK).collect();
                let first_position = tokens - queries;
                let seqs = [Sequence {
                    first_query: 0,
                    queries,
                    first_position,
                    bidirectional: false,
                    blocks: &blocks,
                }];
                // Pairs of a query and a visible key; two dot products each.
                let pairs = queries as f64 * (first_position as f64 + queries as f64 / 2.0);
                let bytes = 4.0 * (2 * q.len() + k.len() + v.len()) as f64;
                let what = format!("{name} {queries} of {tokens}");
                self.run(
                    &format!("attention {what}"),
                    4.0 * pairs * width as f64,
                    bytes,
                    || {
                        attention(&mut out, black_box(&q), &k, &v, &seqs, &shape);
                    },
                );
                if queries == tokens {
                    let (mut dq, mut dk, mut dv) = (q.clone(), k.clone(), v.clone());
                    let flops = 10.0 * pairs * width as f64;
                    self.run(&format!("attention_backward {what}"), flops, bytes, || {
                        attention_backward(
                            &mut dq,
                            &mut dk,
                            &mut dv,
                            &out,
                            black_box(&q),
                            &k,
                            &v,
                            &[tokens],
                            &shape,
                        );
                    });
                }
            }
        }
    }

    /// A cache as a small model's: all layers in turn, so that the processor's
    /// caches hold no more of it than they would. Prefill, where they matter less,
    /// is one layer at a time, for the best of many.
    fn caches(&self) {
        const LAYERS: usize = 30;
        let shape = Shape {
            heads: 9,
            kv_heads: 3,
            head_dim: 64,
            scale: 0.125,
            window: None,
        };
        let (width, kv) = (9 * 64, 3 * 64);
        let cases = [
            (1, 512, 512),
            (1, 64, 4096),
            (1, 1, 512),
            (1, 1, 4096),
            (16, 1, 512),
        ];
        for kind in [CacheType::F16, CacheType::F32, CacheType::Int8] {
            for (sequences, queries, tokens) in cases {
                let name = format!("cached {kind:?} {sequences} × {queries} of {tokens}");
                if !name.contains(&self.filter) {
                    continue;
                }
                let rows: Vec<usize> = (0..sequences * tokens).collect();
                let mut cache = Cache::new(kind, LAYERS, 3, 64, rows.len() / BLOCK).unwrap();
                let (k, v) = (wave(rows.len() * kv), wave(rows.len() * kv));
                for layer in 0..LAYERS {
                    cache.store(layer, &rows, &k, &v);
                }
                let blocks: Vec<usize> = (0..rows.len()).step_by(BLOCK).collect();
                let seqs: Vec<Sequence> = (0..sequences)
                    .zip(blocks.chunks(tokens / BLOCK))
                    .map(|(i, blocks)| Sequence {
                        first_query: i * queries,
                        queries,
                        first_position: tokens - queries,
                        bidirectional: false,
                        blocks,
                    })
                    .collect();
                let q = wave(sequences * queries * width);
                let mut out = q.clone();
                let pairs = queries as f64 * ((tokens - queries) as f64 + queries as f64 / 2.0);
                let layers = if queries == 1 { LAYERS } else { 1 };
                let flops = 4.0 * pairs * (sequences * width * layers) as f64;
                let page = Cache::page_bytes(kind, layers, 3, 64);
                self.run(&name, flops, (blocks.len() * page) as f64, || {
                    for layer in 0..layers {
                        attention_cached(&mut out, black_box(&q), &cache, layer, &seqs, &shape);
                    }
                });
            }
        }
    }

    fn rows(&self) {
        let len = 512 * 1536;
        let (x, y, w) = (wave(len), wave(len), wave(1536));
        let mut out = vec![0.0; len];
        let (flops, two, three) = (len as f64, 8.0 * len as f64, 12.0 * len as f64);
        self.run("rms_norm 512×1536", 4.0 * flops, two, || {
            rms_norm::rms_norm(&mut out, black_box(&x), &w, 1e-5);
        });
        self.run("silu_mul 512×1536", 20.0 * flops, three, || {
            gated::silu_mul(&mut out, black_box(&x), &y);
        });
        for kind in [
            activation::Activation::Gelu,
            activation::Activation::GeluTanh,
        ] {
            self.run(&format!("{kind:?} 512×1536"), 25.0 * flops, two, || {
                activation::activation(&mut out, black_box(&x), kind);
            });
        }
        let (logits, mut out) = (wave(49152), vec![0.0; 49152]);
        self.run(
            "log_softmax_row 49152",
            49152.0 * 15.0,
            49152.0 * 12.0,
            || {
                softmax::log_softmax_row(&mut out, black_box(&logits));
            },
        );
        self.run("for_each of 2 empty tasks", 0.0, 0.0, || {
            parallel::for_each(2, 1, &|range| {
                black_box(range);
            });
        });
    }
}

/// Numbers in (−1, 1) without structure that a cache or a branch could use.
fn wave(len: usize) -> Vec<f32> {
    (0..len).map(|i| (i as f32 * 1.37).sin()).collect()
}

/// [`wave`], but a value in 80 stands out of its row, as in a transformer's
/// activations.
fn outliers(len: usize) -> Vec<f32> {
    let mut x = wave(len);
    (0..len)
        .filter(|i| i * 7919 % 80 == 0)
        .for_each(|i| x[i] = 4.0);
    x
}

/// Bytes of `len` values. Their floats are small numbers whatever the layout:
/// no exponent is extreme if no byte has its upper bits set.
fn stored(dtype: DType, len: usize) -> Vec<u8> {
    let bytes = dtype.row_bytes(len).unwrap_or(0);
    (0..bytes).map(|i| ((i * 7919) >> 4) as u8 & 0x37).collect()
}
