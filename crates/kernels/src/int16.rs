//! Linear layers in 16-bit integers: `out = x·Wᵀ + b`, for encoders that only infer.
//!
//! Both sides are rounded in blocks of 128 columns, a row's block with one scale, to
//! `q` and `p` of ±4095, so that a block's sum fits into 32 bits:
//!
//! ```text
//! Σ w·x = Σ_blocks scale_w·scale_x·Σ q·p        4095² · 128 < 2³¹
//! ```
//!
//! (Jacob et al. 2018, §2.3, <https://arxiv.org/abs/1712.05877>, with more bits.) A
//! CPU multiplies twice as many such integers as floats in an instruction, and they
//! keep 12 bits and a sign where BF16 keeps 8. Integer sums are exact and blocks are added in
//! order, so an output's bits do not depend on the other rows, on threads or on the
//! instructions.
//!
//! A *strip* is 16 rows of a weight side by side: per block a vector for each two
//! columns, with a pair of integers per row, and then the 16 rows' scales. The last
//! strip is filled up with rows of zeros, the last vector with a column of them.

use std::cell::Cell;
use std::ops::Range;
use std::sync::LazyLock;

use crate::mem::{Arena, Bytes};
use crate::parallel::{self, Disjoint};
use crate::simd::{Level, allowed};

#[cfg(target_arch = "x86_64")]
#[allow(clippy::needless_range_loop)] // an index names the same lanes of several arrays
mod avx2;
#[cfg(target_arch = "x86_64")]
#[allow(clippy::needless_range_loop)] // see above
mod avx512;
#[cfg(test)]
mod tests;

/// Rows of a strip.
const STRIP: usize = 16;

/// Columns that share a scale.
const BLOCK: usize = 128;

/// The largest integer.
const MOST: f32 = 4095.0;

/// Below this a block is zero, as the reciprocal of its scale might overflow.
const TINY: f32 = 1e-30;

/// Strips that meet all rows of `x` together.
const UNIT: usize = 2;

const LINE: usize = 64;

/// A weight `[rows, cols]` in 16-bit integers. A clone shares the memory.
#[derive(Clone, Debug)]
pub struct Weight {
    rows: usize,
    cols: usize,
    bytes: Bytes,
}

impl Weight {
    /// Rounds `w` (`[rows, cols]`) into `arena`.
    ///
    /// # Panics
    /// If `cols` is 0 or `w` isn't a whole number of rows.
    pub fn new(w: &[f32], cols: usize, arena: &mut Arena) -> Self {
        assert!(cols > 0 && w.len().is_multiple_of(cols), "rows of {cols}");
        let rows = w.len() / cols;
        let strip = strip_bytes(cols);
        let bytes = arena.part(rows.div_ceil(STRIP) * strip, |out| {
            parallel::for_rows(out, strip, 1, &|first, strips| {
                for (i, out) in strips.chunks_exact_mut(strip).enumerate() {
                    let rows = w.chunks_exact(cols).skip((first + i) * STRIP);
                    rows.take(STRIP).enumerate().for_each(|(lane, row)| {
                        pack(out, lane, row);
                    });
                }
            });
        });
        Self { rows, cols, bytes }
    }

    pub fn rows(&self) -> usize {
        self.rows
    }

    pub fn cols(&self) -> usize {
        self.cols
    }

    fn strips(&self) -> usize {
        self.rows.div_ceil(STRIP)
    }

    #[inline]
    fn strip(&self, strip: usize) -> &[u8] {
        let len = strip_bytes(self.cols);
        &self.bytes[strip * len..][..len]
    }
}

/// Blocks of a row.
fn blocks(cols: usize) -> usize {
    cols.div_ceil(BLOCK)
}

/// Integers of a row of `x`: a column of zeros may follow.
fn padded(cols: usize) -> usize {
    cols.next_multiple_of(2)
}

fn strip_bytes(cols: usize) -> usize {
    LINE * (padded(cols) / 2 + blocks(cols))
}

/// Rounds a row into its lane of a strip.
fn pack(strip: &mut [u8], lane: usize, row: &[f32]) {
    let mut lines = strip.as_chunks_mut::<LINE>().0.iter_mut();
    let mut q = [0i16; BLOCK];
    for block in row.chunks(BLOCK) {
        let q = &mut q[..padded(block.len())];
        let scale = scalar::round_block(block, q);
        let words = q.chunks_exact(2).map(|pair| {
            let [low, high] = [pair[0], pair[1]].map(|q| u32::from(q as u16));
            low | high << 16
        });
        for (word, line) in words.chain([scale.to_bits()]).zip(&mut lines) {
            line[4 * lane..][..4].copy_from_slice(&word.to_le_bytes());
        }
    }
}

/// One of several products with the same `x`: `out = x·Wᵀ + bias`.
///
/// `bias` is `[rows]`, `out` is `[m, rows]`.
pub struct Product<'a> {
    pub out: &'a mut [f32],
    pub w: &'a Weight,
    pub bias: Option<&'a [f32]>,
}

/// A product, but for `x`.
struct Job<'a> {
    out: Disjoint<'a, f32>,
    w: &'a Weight,
    bias: Option<&'a [f32]>,
    m: usize,
}

impl Job<'_> {
    fn units(&self) -> usize {
        self.w.strips().div_ceil(UNIT)
    }
}

/// Rows of `x`, rounded, in tiles of `height` rows.
///
/// Tile `t` begins at `p[t·height·padded]`, with the first pair of integers of each of its
/// rows, then the second, and so on: a kernel goes through it in one line. The last tile may
/// have rows of anything behind those of `x`. Scales of row `i` are `scale[i·blocks..]`.
#[derive(Default)]
struct Rounded {
    height: usize,
    p: Vec<i16>,
    scale: Vec<f32>,
}

/// Several products with one `x` (`[m, cols]`), which is rounded once, in one parallel
/// region. Each has the same bits as alone.
///
/// # Panics
/// If the lengths disagree, or weights differ in `cols`.
pub fn matmul_all(products: &mut [Product], x: &[f32]) {
    matmul_all_by(&KERNELS, products, x);
}

fn matmul_all_by(kernels: &Kernels, products: &mut [Product], x: &[f32]) {
    let Some(cols) = products.first().map(|product| product.w.cols) else {
        return;
    };
    assert!(x.len().is_multiple_of(cols), "x in rows of {cols}");
    let m = x.len() / cols;
    let jobs: Vec<Job> = products
        .iter_mut()
        .map(|product| {
            let w = product.w;
            assert_eq!((w.cols, product.out.len()), (cols, m * w.rows));
            assert!(product.bias.is_none_or(|bias| bias.len() == w.rows));
            let (out, bias) = (Disjoint::new(&mut *product.out), product.bias);
            Job { out, w, bias, m }
        })
        .collect();
    if m == 0 {
        return;
    }
    with_rounded(kernels, x, cols, |x| {
        // A task worth a thread: about 5 µs.
        let grain = 200_000 / (m * cols * STRIP * UNIT).max(1);
        let units = jobs.iter().map(Job::units).sum();
        parallel::for_each(units, grain, &|units| {
            for mut unit in units {
                let job = jobs.iter().find(|job| {
                    let here = unit < job.units();
                    unit -= if here { 0 } else { job.units() };
                    here
                });
                let job = job.expect("units are those of all jobs");
                let strips = unit * UNIT..job.w.strips().min((unit + 1) * UNIT);
                // SAFETY: units share no row of weights, and `for_each` gives each to
                // one call only.
                unsafe { (kernels.product)(job, x, strips) };
            }
        });
    });
}

/// Runs `f` with `x` rounded into buffers that the thread keeps.
fn with_rounded(kernels: &Kernels, x: &[f32], cols: usize, f: impl FnOnce(&Rounded)) {
    thread_local! {
        static BUFFER: Cell<Rounded> = Cell::default();
    }
    let m = x.len() / cols;
    // Tiles of about the same size.
    let tiles = m.div_ceil(kernels.height);
    let height = m.div_ceil(tiles);
    let (tile, scales) = (height * padded(cols), height * blocks(cols));
    let mut rounded = BUFFER.take();
    rounded.height = height;
    if rounded.p.len() < tiles * tile {
        rounded.p.resize(tiles * tile, 0);
    }
    if rounded.scale.len() < tiles * scales {
        rounded.scale.resize(tiles * scales, 0.0);
    }
    let p = Disjoint::new(&mut rounded.p);
    let scale = Disjoint::new(&mut rounded.scale);
    // See above.
    parallel::for_each(tiles, 16_384 / (height * cols), &|tiles| {
        let mut row = vec![0; padded(cols)];
        for i in tiles {
            // SAFETY: these are tile `i`'s, which `for_each` gives to one call only.
            let (p, scale) = unsafe {
                let p = p.slice(i * tile..(i + 1) * tile);
                (p, scale.slice(i * scales..(i + 1) * scales))
            };
            let rows = x[i * height * cols..].chunks_exact(cols).take(height);
            for (t, (x, scale)) in rows.zip(scale.chunks_exact_mut(blocks(cols))).enumerate() {
                (kernels.round)(x, &mut row, scale);
                let to = p.as_chunks_mut::<2>().0.iter_mut().skip(t).step_by(height);
                to.zip(row.as_chunks().0).for_each(|(to, pair)| *to = *pair);
            }
        }
    });
    f(&rounded);
    BUFFER.set(rounded);
}

/// Rounds a row. In every version with the same bits: a block has the scale
/// `max |x| / 4095`, and `p = round(x·(4095 / max))`, ties to even. One with an infinity
/// or NaN gets the scale NaN, so that every output it goes into is NaN.
type Round = fn(x: &[f32], p: &mut [i16], scale: &mut [f32]);

/// Sets the outputs of some strips, [`UNIT`] at most.
///
/// # Safety
/// While it runs, nothing else may touch these outputs.
type Multiply = unsafe fn(&Job, x: &Rounded, strips: Range<usize>);

struct Kernels {
    round: Round,
    /// Rows of a tile at most.
    height: usize,
    product: Multiply,
}

static KERNELS: LazyLock<Kernels> = LazyLock::new(|| kernels().swap_remove(0).1);

/// Kernels this CPU can run, fastest first. The last one is the definition.
fn kernels() -> Vec<(&'static str, Kernels)> {
    let mut kernels = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx512) {
        let avx512 = Kernels {
            // SAFETY: AVX-512 was detected just above.
            round: |x, p, scale| unsafe { avx512::round(x, p, scale) },
            height: avx512::X,
            // SAFETY: as above; the outputs are the caller's promise.
            product: |job, x, strips| unsafe { avx512::product(job, x, strips) },
        };
        kernels.push(("avx512", avx512));
    }
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) {
        let avx2 = Kernels {
            // SAFETY: AVX2 and FMA were detected just above.
            round: |x, p, scale| unsafe { avx2::round(x, p, scale) },
            height: avx2::X,
            // SAFETY: as above; the outputs are the caller's promise.
            product: |job, x, strips| unsafe { avx2::product(job, x, strips) },
        };
        kernels.push(("avx2", avx2));
    }
    let scalar = Kernels {
        round: scalar::round,
        height: 1,
        product: scalar::product,
    };
    kernels.push(("scalar", scalar));
    kernels
}

mod scalar {
    use super::*;

    pub(super) fn round(x: &[f32], p: &mut [i16], scale: &mut [f32]) {
        let blocks = x.chunks(BLOCK).zip(p.chunks_mut(BLOCK));
        for ((x, p), scale) in blocks.zip(scale) {
            *scale = round_block(x, p);
        }
    }

    /// What lies behind the last value becomes zero.
    pub(super) fn round_block(x: &[f32], p: &mut [i16]) -> f32 {
        // As integers, magnitudes of floats are in order, and NaN is above all.
        let largest = x.iter().map(|x| x.abs().to_bits()).max();
        let largest = f32::from_bits(largest.unwrap_or(0));
        p.fill(0);
        if !largest.is_finite() {
            return f32::NAN;
        }
        if largest < TINY {
            return 0.0;
        }
        let inverse = MOST / largest;
        for (p, x) in p.iter_mut().zip(x) {
            *p = (x * inverse).round_ties_even() as i16;
        }
        largest / MOST
    }

    /// # Safety
    /// While it runs, nothing else may touch the outputs of these strips.
    pub(super) unsafe fn product(job: &Job, x: &Rounded, strips: Range<usize>) {
        let (cols, rows) = (job.w.cols, job.w.rows);
        let (width, blocks) = (padded(cols), blocks(cols));
        for row in strips.start * STRIP..rows.min(strips.end * STRIP) {
            let strip = job.w.strip(row / STRIP).as_chunks::<LINE>().0;
            let lane = 4 * (row % STRIP);
            let word = |line: usize| {
                let bytes = strip[line].iter().skip(lane);
                let mut word = [0; 4];
                word.iter_mut()
                    .zip(bytes)
                    .for_each(|(to, from)| *to = *from);
                word
            };
            for i in 0..job.m {
                let p = &x.p[i * width..(i + 1) * width];
                let scales = &x.scale[i * blocks..(i + 1) * blocks];
                let (mut sum, mut line) = (0.0f32, 0);
                for (p, scale) in p.chunks(BLOCK).zip(scales) {
                    let mut dot = 0;
                    for pair in p.chunks_exact(2) {
                        let [a, b, c, d] = word(line);
                        let q = [i16::from_le_bytes([a, b]), i16::from_le_bytes([c, d])];
                        dot += i32::from(q[0]) * i32::from(pair[0]);
                        dot += i32::from(q[1]) * i32::from(pair[1]);
                        line += 1;
                    }
                    let w_scale = f32::from_le_bytes(word(line));
                    sum = (w_scale * scale).mul_add(dot as f32, sum);
                    line += 1;
                }
                let at = i * rows + row;
                // SAFETY: the caller's promise; the part lives in this line only.
                let out = unsafe { job.out.slice(at..at + 1) };
                out[0] = sum + job.bias.map_or(0.0, |bias| bias[row]);
            }
        }
    }
}
