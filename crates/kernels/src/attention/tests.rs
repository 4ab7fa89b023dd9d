use super::spans::whole;
use super::*;
use crate::gradcheck::{assert_gradient, assert_same_bits, dot, normals};
use crate::parallel::tests::with_threads;
use testkit::{Rng, assert_close};

const SHAPES: [Shape; 6] = [
    Shape {
        heads: 1,
        kv_heads: 1,
        head_dim: 8,
        scale: 0.35,
        window: None,
    },
    Shape {
        heads: 9,
        kv_heads: 3,
        head_dim: 64,
        scale: 0.125,
        window: None,
    },
    Shape {
        heads: 4,
        kv_heads: 4,
        head_dim: 80,
        scale: 0.11,
        window: Some(40),
    },
    Shape {
        heads: 8,
        kv_heads: 2,
        head_dim: 16,
        scale: 0.25,
        window: Some(5),
    },
    Shape {
        heads: 4,
        kv_heads: 2,
        head_dim: 4,
        scale: 0.5,
        window: Some(33),
    },
    Shape {
        heads: 60,
        kv_heads: 1,
        head_dim: 8,
        scale: 0.35,
        window: None,
    },
];

/// Sequences packed in rows, keys and values beside the queries.
struct Packed {
    shape: Shape,
    lens: Vec<usize>,
    q: Vec<f32>,
    k: Vec<f32>,
    v: Vec<f32>,
}

impl Packed {
    fn new(shape: Shape, lens: &[usize], rng: &mut Rng) -> Self {
        let tokens: usize = lens.iter().sum();
        let [q, k, v] = [shape.heads, shape.kv_heads, shape.kv_heads]
            .map(|heads| rng.normals(tokens * heads * shape.head_dim));
        // Larger queries make the softmax sharp, so that maxima move.
        let q = q.iter().map(|q| 4.0 * q).collect();
        Self {
            shape,
            lens: lens.to_vec(),
            q,
            k,
            v,
        }
    }

    /// All sequences at once; keys lie where they were packed.
    fn whole(&self) -> Vec<f32> {
        let mut out = vec![f32::NAN; self.q.len()];
        let tables = self.tables();
        attention(
            &mut out,
            &self.q,
            &self.k,
            &self.v,
            &self.seqs(&tables),
            &self.shape,
        );
        out
    }

    fn tables(&self) -> Vec<Vec<usize>> {
        let starts = self.lens.iter().scan(0, |end, len| {
            let start = *end;
            *end += len;
            Some(start)
        });
        let table = |(start, len): (usize, &usize)| (start..start + len).step_by(BLOCK).collect();
        starts.zip(&self.lens).map(table).collect()
    }

    fn seqs<'a>(&self, tables: &'a [Vec<usize>]) -> Vec<Sequence<'a>> {
        let mut first_query = 0;
        let seq = |(blocks, &queries): (&'a Vec<usize>, &usize)| {
            let seq = Sequence {
                first_query,
                queries,
                first_position: 0,
                bidirectional: false,
                blocks,
            };
            first_query += queries;
            seq
        };
        tables.iter().zip(&self.lens).map(seq).collect()
    }

    /// Softmax attention as the formula has it, in `f64`.
    fn naive(&self) -> Vec<f32> {
        let Shape {
            heads,
            kv_heads,
            head_dim: dim,
            scale,
            ..
        } = self.shape;
        let mut out = vec![];
        let mut first = 0;
        for &len in &self.lens {
            for (i, head) in (0..len).flat_map(|i| (0..heads).map(move |h| (i, h))) {
                let row = |x: &[f32], heads: usize, token: usize, head: usize| -> Vec<f64> {
                    let start = ((first + token) * heads + head) * dim;
                    x[start..start + dim].iter().map(|&x| x.into()).collect()
                };
                let q = row(&self.q, heads, i, head);
                let kv = head / (heads / kv_heads);
                let from = self.shape.window.map_or(0, |w| (i + 1).saturating_sub(w));
                let p: Vec<f64> = (from..=i)
                    .map(|j| (dot(&q, &row(&self.k, kv_heads, j, kv)) * f64::from(scale)).exp())
                    .collect();
                let mut sums = vec![0.0; dim];
                for (p, j) in p.iter().zip(from..=i) {
                    for (sum, v) in sums.iter_mut().zip(row(&self.v, kv_heads, j, kv)) {
                        *sum += p * v;
                    }
                }
                let total: f64 = p.iter().sum();
                out.extend(sums.iter().map(|s| (s / total) as f32));
            }
            first += len;
        }
        out
    }
}

/// What a kernel makes of sequences, task by task.
fn run(
    kernel: Kernel<f32>,
    q: &[f32],
    keys: Keys<f32>,
    seqs: &[Sequence],
    shape: &Shape,
) -> Vec<f32> {
    let mut out = vec![f32::NAN; q.len()];
    let call = Call {
        out: Disjoint::new(&mut out),
        q,
        keys,
        shape,
    };
    for seq in seqs {
        for task in 0..shape.kv_heads * chunks(seq, shape) {
            let (seq, kv_head, rows) = find(std::slice::from_ref(seq), shape, task);
            // SAFETY: one thread, one task after the other.
            unsafe { whole(&call, kernel, seq, kv_head, rows, &mut Vec::new()) };
        }
    }
    out
}

#[test]
fn kernels_agree() {
    let mut rng = Rng::new(0xA77);
    for shape in SHAPES {
        let packed = Packed::new(shape, &[1, 31, 32, 33, 100, 600], &mut rng);
        let want = packed.naive();
        let tables = packed.tables();
        let (k, v) = (&packed.k[..], &packed.v[..]);
        for (name, kernel) in kernels() {
            let seqs = packed.seqs(&tables);
            let out = run(kernel, &packed.q, Keys::Rows { k, v }, &seqs, &shape);
            // Scores near 20 carry some 20·ε of rounding into their
            // exponentials, so a probability is off by about 1e-5 at worst.
            assert_close(&format!("{name}, {shape:?}"), &out, &want, 2e-5);
        }
    }
}

const TYPES: [CacheType; 3] = [CacheType::F16, CacheType::F32, CacheType::Int8];

/// Keys and values in a cache of two layers, in pages in no order.
struct Cached {
    cache: Cache,
    tables: Vec<Vec<usize>>,
}

const LAYER: usize = 1;

impl Cached {
    fn new(packed: &Packed, kind: CacheType, rng: &mut Rng) -> Self {
        let shape = &packed.shape;
        let pages = packed.lens.iter().map(|len| len.div_ceil(BLOCK)).sum();
        let mut free: Vec<usize> = (0..pages).collect();
        let mut cache = Cache::new(kind, 2, shape.kv_heads, shape.head_dim, pages).unwrap();
        // What was there before may be anything.
        let width = cache.width();
        for row in 0..pages * BLOCK {
            let (k, v) = (vec![f32::NAN; width], vec![f32::INFINITY; width]);
            cache.store(LAYER, &[row], &k, &v);
        }
        let mut first = 0;
        let table = |&len: &usize| {
            let table: Vec<usize> = (0..len.div_ceil(BLOCK))
                .map(|_| free.swap_remove(rng.below(free.len())) * BLOCK)
                .collect();
            let rows: Vec<usize> = (0..len).map(|i| table[i / BLOCK] + i % BLOCK).collect();
            let at = first * width..(first + len) * width;
            first += len;
            cache.store(LAYER, &rows, &packed.k[at.clone()], &packed.v[at]);
            table
        };
        let tables = packed.lens.iter().map(table).collect();
        Self { cache, tables }
    }

    fn whole(&self, packed: &Packed) -> Vec<f32> {
        let mut out = vec![f32::NAN; packed.q.len()];
        let seqs = packed.seqs(&self.tables);
        attention_cached(
            &mut out,
            &packed.q,
            &self.cache,
            LAYER,
            &seqs,
            &packed.shape,
        );
        out
    }

    /// What the cache holds, as rows.
    fn stored(&self, packed: &Packed) -> (Vec<f32>, Vec<f32>) {
        let shape = &packed.shape;
        let (mut k, mut v) = (vec![], vec![]);
        for (table, &len) in self.tables.iter().zip(&packed.lens) {
            for i in 0..len {
                for at in 0..shape.kv_heads * shape.head_dim {
                    let slot = table[i / BLOCK] + i % BLOCK;
                    let (head, d) = (at / shape.head_dim, at % shape.head_dim);
                    let (key, value) = self.cache.read(LAYER, slot, head, d);
                    k.push(key);
                    v.push(value);
                }
            }
        }
        (k, v)
    }
}

/// Every kernel and every type, against the formula over what is stored; and
/// what is stored is what was given, to the type's precision.
#[test]
fn cached_kernels_agree() {
    let mut rng = Rng::new(0xCAC);
    for (shape, kind) in SHAPES.iter().flat_map(|s| TYPES.map(|kind| (*s, kind))) {
        let mut packed = Packed::new(shape, &[1, 31, 32, 33, 100, 600], &mut rng);
        let cached = Cached::new(&packed, kind, &mut rng);
        let (k, v) = cached.stored(&packed);
        for (got, want) in [(&k, &packed.k), (&v, &packed.v)] {
            for (got, want) in got.chunks(shape.head_dim).zip(want.chunks(shape.head_dim)) {
                let most = want.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
                let error = match kind {
                    CacheType::F16 => most / 2048.0,
                    CacheType::F32 => 0.0,
                    // Half a step, and a rounding.
                    CacheType::Int8 => most / 253.0,
                };
                for (got, want) in got.iter().zip(want) {
                    assert!((got - want).abs() <= error, "{kind:?}: {got} for {want}");
                }
            }
        }
        (packed.k, packed.v) = (k, v);
        let want = packed.naive();
        let seqs = packed.seqs(&cached.tables);
        for (name, kernel) in kernels() {
            let (cache, layer) = (&cached.cache, LAYER);
            let out = run(
                kernel,
                &packed.q,
                Keys::Cached { cache, layer },
                &seqs,
                &shape,
            );
            // As above; a scale of int8 is multiplied elsewhere.
            assert_close(&format!("{name}, {kind:?}, {shape:?}"), &out, &want, 3e-5);
        }
        // Same sums in the same order: f32 rows hold what the cache does.
        if kind != CacheType::Int8 {
            assert_same_bits("cached and plain", &cached.whole(&packed), &packed.whole());
        }
    }
}

/// Every query sees every key: what a query of the last position sees, as causal
/// attention has it.
#[test]
fn bidirectional_queries_see_what_the_last_one_does() {
    let mut rng = Rng::new(0xB1D1);
    for shape in SHAPES.iter().filter(|shape| shape.window.is_none()) {
        let packed = Packed::new(*shape, &[1, 5, 40, SPAN + 70], &mut rng);
        let width = shape.heads * shape.head_dim;
        let tables = packed.tables();
        let both = |packed: &Packed, queries: &[f32], threads| {
            let mut out = vec![f32::NAN; queries.len()];
            let seqs = packed.seqs(&tables).into_iter();
            let seqs: Vec<_> = seqs
                .map(|s| Sequence {
                    bidirectional: true,
                    ..s
                })
                .collect();
            with_threads(threads, || {
                attention(&mut out, queries, &packed.k, &packed.v, &seqs, shape);
            });
            out
        };
        let got = both(&packed, &packed.q, 1);
        assert_same_bits("threads", &both(&packed, &packed.q, 3), &got);
        // Each query in turn where the last one stands.
        let mut first = 0;
        for (table, &len) in tables.iter().zip(&packed.lens) {
            for i in [0, len / 2, len - 1] {
                let at = (first + i) * width..(first + i + 1) * width;
                let mut want = vec![f32::NAN; width];
                let seq = Sequence {
                    first_query: 0,
                    queries: 1,
                    first_position: len - 1,
                    bidirectional: false,
                    blocks: table,
                };
                let q = &packed.q[at.clone()];
                attention(&mut want, q, &packed.k, &packed.v, &[seq], shape);
                assert_same_bits(&format!("{i} of {len}, {shape:?}"), &got[at], &want);
            }
            first += len;
        }
    }
}

/// Whole = in chunks = token by token = alone = with any number of threads, bit
/// for bit, over spans too.
#[test]
fn a_cached_query_sees_its_position_alone() {
    let mut rng = Rng::new(0xB10D);
    for (shape, kind) in SHAPES.iter().flat_map(|s| TYPES.map(|kind| (*s, kind))) {
        let packed = Packed::new(shape, &[3, SPAN + 40, 70, 2 * SPAN + 1], &mut rng);
        let cached = Cached::new(&packed, kind, &mut rng);
        let want = cached.whole(&packed);
        let width = shape.heads * shape.head_dim;
        let mut first = 0;
        for (table, &len) in cached.tables.iter().zip(&packed.lens) {
            // Some that begin or end a block or a span, and some others.
            for start in [0, 1, 31, 32, SPAN - 1, SPAN, SPAN + 33, len - 1] {
                for queries in [1, 5, 70] {
                    if start + queries > len {
                        continue;
                    }
                    let rows = (first + start) * width..(first + start + queries) * width;
                    for threads in [1, 3] {
                        let mut out = vec![f32::NAN; queries * width];
                        with_threads(threads, || {
                            let seq = Sequence {
                                first_query: 0,
                                queries,
                                first_position: start,
                                bidirectional: false,
                                blocks: table,
                            };
                            let q = &packed.q[rows.clone()];
                            let cache = &cached.cache;
                            attention_cached(&mut out, q, cache, LAYER, &[seq], &shape);
                        });
                        let what = format!("{queries} at {start}, {threads} threads, {shape:?}");
                        assert_same_bits(&what, &out, &want[rows.clone()]);
                    }
                }
            }
            first += len;
        }
        for threads in [1, 2, 5] {
            with_threads(threads, || {
                let got = cached.whole(&packed);
                assert_same_bits(&format!("{threads} threads"), &got, &want);
            });
        }
    }
}

/// However little memory the parts get, and so however often they are merged.
#[test]
fn split_attention_is_whole_attention() {
    let mut rng = Rng::new(0x5B11);
    let lens = [3, SPAN + 40, 4 * SPAN + 1];
    for shape in SHAPES {
        let packed = Packed::new(shape, &lens, &mut rng);
        let (k, v) = (&packed.k[..], &packed.v[..]);
        let tables = packed.tables();
        // Decodes, a prompt's end, and a sequence without queries.
        let mut seqs = packed.seqs(&tables);
        for (seq, queries) in seqs.iter_mut().zip([0, 1, SPAN + 60]) {
            let skipped = seq.queries - queries;
            seq.first_query += skipped;
            seq.first_position += skipped;
            seq.queries = queries;
        }
        let (keys, q) = (Keys::Rows { k, v }, &packed.q[..]);
        let want = run(*KERNEL, q, keys, &seqs, &shape);
        let span = (SPAN + 61) * shape.heads * part_len(shape.head_dim);
        for (room, threads) in [(0, 3), (span, 1), (3 * span, 2), (usize::MAX, 3)] {
            let mut out = vec![f32::NAN; q.len()];
            let call = Call {
                out: Disjoint::new(&mut out),
                q,
                keys,
                shape: &shape,
            };
            with_threads(threads, || spans::split(&call, &seqs, *KERNEL, room));
            assert_same_bits(&format!("{room} floats, {shape:?}"), &out, &want);
        }
    }
}

#[test]
fn parts_keep_to_their_room() {
    use super::spans::spans_at_once;
    assert_eq!([0, 9, 10].map(|room| spans_at_once(7, 10, room)), [1; 3]);
    assert_eq!(
        [20, 60, 70].map(|room| spans_at_once(7, 10, room)),
        [2, 4, 7]
    );
    assert_eq!(spans_at_once(7, 10, usize::MAX), 7);
}

#[test]
fn stores_agree() {
    let mut rng = Rng::new(0x570);
    let mut x: Vec<f32> = rng.normals(67).iter().map(|x| x * 300.0).collect();
    x[3] = f32::INFINITY;
    x[9] = -1e6;
    x[20] = 1e-7;
    for len in 0..x.len() {
        let all = |store: &super::cache::Store| {
            let (mut halves, mut bytes) = (vec![7u16; 70 * 3], vec![7i8; 70 * 3]);
            (store.halves)(&mut halves, 2, 3, &x[..len]);
            let scale = (store.bytes)(&mut bytes, 1, 3, &x[..len]);
            (halves, bytes, scale.to_bits())
        };
        let list = super::cache::stores();
        let want = all(&list[list.len() - 1].1);
        for (name, store) in &list {
            assert_eq!(all(store), want, "{name}, length {len}");
        }
    }
}

#[test]
fn what_a_type_cannot_hold_becomes_its_largest_or_nan() {
    let (k, v) = (
        [1e9, f32::NEG_INFINITY, 1.0, f32::NAN],
        [-7e4, 65504.0, 0.0, 1.0],
    );
    let mut cache = Cache::new(CacheType::F16, 1, 1, 4, 1).unwrap();
    cache.store(0, &[5], &k, &v);
    let read = |d| cache.read(0, 5, 0, d);
    assert_eq!(read(0), (65504.0, -65504.0));
    assert_eq!(read(1), (-65504.0, 65504.0));
    assert_eq!(read(2), (1.0, 0.0));
    assert!(read(3).0.is_nan());
    let mut cache = Cache::new(CacheType::Int8, 1, 1, 4, 1).unwrap();
    cache.store(0, &[31], &v, &[0.0; 4]);
    assert_eq!(cache.read(0, 31, 0, 0), (-7e4, 0.0));
    for fault in [f32::NAN, f32::INFINITY, f32::NEG_INFINITY] {
        let faulty = [1.0, fault, -2.0, 0.0];
        cache.store(0, &[31], &faulty, &faulty);
        for d in 0..4 {
            let (key, value) = cache.read(0, 31, 0, d);
            assert!(
                key.is_nan() && value.is_nan(),
                "{fault} at {d}: {key}, {value}"
            );
        }
    }
    let most = [1e38, 0.0, 0.0, 0.0];
    cache.store(0, &[31], &most, &most);
    assert!(cache.read(0, 31, 0, 0).0.is_finite());
}

#[test]
fn backward_kernels_agree() {
    let mut rng = Rng::new(0xA78);
    for shape in SHAPES {
        let lens = [1, 100, 33];
        let packed = Packed::new(shape, &lens, &mut rng);
        let dout = rng.normals(packed.q.len());
        let run = |kernel: backward::Kernel| {
            let (mut dq, mut dk) = (vec![0.5; packed.q.len()], vec![0.5; packed.k.len()]);
            let mut dv = dk.clone();
            let call = backward::Call {
                dq: Disjoint::new(&mut dq),
                dk: Disjoint::new(&mut dk),
                dv: Disjoint::new(&mut dv),
                dout: &dout,
                q: &packed.q,
                k: &packed.k,
                v: &packed.v,
                shape: &shape,
            };
            for kv_head in 0..shape.kv_heads {
                for (first, len) in [(0, 1), (1, 100), (101, 33)] {
                    // SAFETY: one thread.
                    unsafe { kernel(&call, first, len, kv_head) };
                }
            }
            [dq, dk, dv]
        };
        let list = backward::kernels();
        // Portable, so only the wish for definitions rules it out.
        let blocked = list.iter().any(|(name, _)| *name == "blocked");
        assert_eq!(blocked, !crate::simd::definitions_only());
        let want = run(list[list.len() - 1].1);
        for (name, kernel) in &list {
            for ((got, want), what) in run(*kernel).iter().zip(&want).zip(["dq", "dk", "dv"]) {
                // As above; gradients add up some hundred such terms.
                assert_close(&format!("{name}, {what}, {shape:?}"), got, want, 5e-5);
            }
        }
        let [mut dq, mut dk, mut dv] = run(list[0].1).map(|x| vec![0.5; x.len()]);
        let (q, k, v) = (&packed.q, &packed.k, &packed.v);
        attention_backward(&mut dq, &mut dk, &mut dv, &dout, q, k, v, &lens, &shape);
        let best = run(list[0].1);
        assert_same_bits("public dq", &dq, &best[0]);
        assert_same_bits("public dk", &dk, &best[1]);
        assert_same_bits("public dv", &dv, &best[2]);
    }
}

/// Whole = packed with others = in chunks = over scattered pages, bit for bit,
/// with any number of threads.
#[test]
fn a_query_sees_its_position_alone() {
    let mut rng = Rng::new(0xB10C);
    for shape in SHAPES {
        let lens = [1, 32, 97, 40, 150];
        let packed = Packed::new(shape, &lens, &mut rng);
        let want = packed.whole();
        for threads in [1, 2, 5] {
            with_threads(threads, || {
                assert_same_bits(&format!("{threads} threads"), &packed.whole(), &want);
            });
        }
        let (width, kv) = (
            shape.heads * shape.head_dim,
            shape.kv_heads * shape.head_dim,
        );
        let mut first = 0;
        for len in lens {
            let rows = first * width..(first + len) * width;
            let q = &packed.q[rows.clone()];
            let keys = first * kv..(first + len) * kv;
            let (k, v) = (&packed.k[keys.clone()], &packed.v[keys]);
            let pages = Pages::scatter(k, v, len, kv, &mut rng);
            let sizes = [len, 1, 7, 32, 33, 1 + rng.below(len)];
            for size in sizes {
                let got = pages.in_chunks(q, len, size, &shape);
                let what = format!("{len} tokens by {size}, {shape:?}");
                assert_same_bits(&what, &got, &want[rows.clone()]);
            }
            first += len;
        }
    }
}

/// A pool whose blocks stand in no order, with NaN where no key is.
struct Pages {
    k: Vec<f32>,
    v: Vec<f32>,
    blocks: Vec<usize>,
}

impl Pages {
    fn scatter(k: &[f32], v: &[f32], len: usize, width: usize, rng: &mut Rng) -> Self {
        let count = len.div_ceil(BLOCK);
        // Twice the room needed; a random page each, and an odd first row.
        let mut free: Vec<usize> = (0..2 * count).map(|page| 5 + page * BLOCK).collect();
        let blocks: Vec<usize> = (0..count)
            .map(|_| free.swap_remove(rng.below(free.len())))
            .collect();
        let size = (5 + 2 * count * BLOCK) * width;
        let mut pages = Self {
            k: vec![f32::NAN; size],
            v: vec![f32::NAN; size],
            blocks,
        };
        for token in 0..len {
            let to = (pages.blocks[token / BLOCK] + token % BLOCK) * width;
            let from = token * width..(token + 1) * width;
            pages.k[to..to + width].copy_from_slice(&k[from.clone()]);
            pages.v[to..to + width].copy_from_slice(&v[from]);
        }
        pages
    }

    /// Two chunks per call, as if they were two sequences of a step.
    fn in_chunks(&self, q: &[f32], len: usize, size: usize, shape: &Shape) -> Vec<f32> {
        let mut out = vec![f32::NAN; q.len()];
        let chunks: Vec<Sequence> = (0..len)
            .step_by(size)
            .map(|start| Sequence {
                first_query: start,
                queries: size.min(len - start),
                first_position: start,
                bidirectional: false,
                blocks: &self.blocks[..(start + size).min(len).div_ceil(BLOCK)],
            })
            .collect();
        for pair in chunks.chunks(2) {
            attention(&mut out, q, &self.k, &self.v, pair, shape);
        }
        out
    }
}

#[test]
fn backward_is_the_gradient() {
    let mut rng = Rng::new(0xD1F);
    for (window, len) in [(None, 5), (Some(3), 6), (None, 34)] {
        let shape = Shape {
            heads: 4,
            kv_heads: 2,
            head_dim: 2,
            scale: 0.7,
            window,
        };
        let count = len * shape.head_dim;
        let q = normals(&mut rng, count * shape.heads);
        let k = normals(&mut rng, count * shape.kv_heads);
        let v = normals(&mut rng, count * shape.kv_heads);
        let dout = normals(&mut rng, q.len());
        let loss = |q: &[f64], k: &[f64], v: &[f64]| {
            let mut out = vec![f64::NAN; q.len()];
            let call = Call {
                out: Disjoint::new(&mut out),
                q,
                keys: Keys::Rows { k, v },
                shape: &shape,
            };
            let blocks: Vec<usize> = (0..len).step_by(BLOCK).collect();
            let seq = Sequence {
                first_query: 0,
                queries: len,
                first_position: 0,
                bidirectional: false,
                blocks: &blocks,
            };
            for kv_head in 0..shape.kv_heads {
                let rows = 0..len * shape.group();
                // SAFETY: one thread.
                unsafe { whole(&call, scalar::span, &seq, kv_head, rows, &mut Vec::new()) };
            }
            dot(&out, &dout)
        };
        let (mut dq, mut dk, mut dv) = (vec![0.0; q.len()], vec![0.0; k.len()], vec![0.0; v.len()]);
        let call = backward::Call {
            dq: Disjoint::new(&mut dq),
            dk: Disjoint::new(&mut dk),
            dv: Disjoint::new(&mut dv),
            dout: &dout,
            q: &q,
            k: &k,
            v: &v,
            shape: &shape,
        };
        for kv_head in 0..shape.kv_heads {
            // SAFETY: one thread.
            unsafe { backward::scalar::head(&call, 0, len, kv_head) };
        }
        assert_gradient("dq", &q, &dq, |q| loss(q, &k, &v));
        assert_gradient("dk", &k, &dk, |k| loss(&q, k, &v));
        assert_gradient("dv", &v, &dv, |v| loss(&q, &k, v));
    }
}

#[test]
fn one_key_is_its_value() {
    let shape = Shape {
        heads: 2,
        kv_heads: 1,
        head_dim: 8,
        scale: 1.0,
        window: None,
    };
    let (q, v): (Vec<f32>, Vec<f32>) = (vec![1.0; 16], (0..8).map(|i| i as f32).collect());
    let mut out = vec![0.0; 16];
    let seq = Sequence {
        first_query: 0,
        queries: 1,
        first_position: 0,
        bidirectional: false,
        blocks: &[0],
    };
    attention(&mut out, &q, &v, &v, &[seq], &shape);
    assert_eq!(out, [v.clone(), v].concat());
}

const NARROW: Shape = Shape {
    heads: 1,
    kv_heads: 1,
    head_dim: 8,
    scale: 1.0,
    window: None,
};

fn attend_rows(seqs: [(usize, usize); 2], shape: Shape) {
    let x = [1.0; 16];
    let seqs = seqs.map(|(first_query, queries)| Sequence {
        first_query,
        queries,
        first_position: 0,
        bidirectional: false,
        blocks: &[0],
    });
    attention(&mut [0.0; 16], &x, &x, &x, &seqs, &shape);
}

/// Else the second sequence's rows would be the first's, in two threads.
#[test]
#[should_panic(expected = "are rows, of which there are 2")]
fn rows_whose_numbers_wrap_are_refused() {
    attend_rows([(0, 2), (usize::MAX, 3)], NARROW);
}

#[test]
#[should_panic(expected = "in the order of their queries")]
fn shared_rows_are_refused() {
    attend_rows([(0, 2), (1, 1)], NARROW);
}

#[test]
#[should_panic(expected = "has a width")]
fn a_width_that_wraps_is_refused() {
    let heads = usize::MAX / 2 + 1;
    let head_dim = 2;
    attend_rows(
        [(0, 1), (1, 1)],
        Shape {
            heads,
            head_dim,
            ..NARROW
        },
    );
}

#[test]
#[should_panic(expected = "fit in memory")]
fn lengths_whose_sum_wraps_are_refused() {
    let (x, mut dq) = ([1.0; 8], [0.0; 8]);
    let (mut dk, mut dv) = (dq, dq);
    let lens = [usize::MAX, 2];
    attention_backward(&mut dq, &mut dk, &mut dv, &x, &x, &x, &x, &lens, &NARROW);
}
