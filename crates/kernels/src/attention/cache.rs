//! Keys and values kept for later queries, in pages, as the kernel reads them.
//!
//! A page is [`BLOCK`] tokens of all layers and heads, `[layer][kv_head]`, so
//! that memory in use grows page by page. A head of it is
//!
//! ```text
//! keys [head_dim][BLOCK]    values [BLOCK][padded head_dim]    scales [2][BLOCK]
//! ```
//!
//! with scales, of the keys and of the values, beside int8 only.

use super::{BLOCK, LANES, padded};
use crate::mem::HugeBytes;
use crate::quant::half::{f16_to_f32, f32_to_f16};
use crate::simd::{Level, allowed};
use std::ops::Range;
use std::sync::LazyLock;

/// How keys and values are stored.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum CacheType {
    /// Halves: 11 bits. What is beyond the largest, 65504, becomes that.
    #[default]
    F16,
    /// As computed.
    F32,
    /// A byte per value, a scale per token and head. Steps are 1/127 of the
    /// largest magnitude; where that is infinite, or a value is NaN, all are NaN.
    Int8,
}

impl CacheType {
    /// Bytes of a value.
    pub(super) fn size(self) -> usize {
        match self {
            Self::F16 => 2,
            Self::F32 => 4,
            Self::Int8 => 1,
        }
    }

    /// Bytes of a head of a page, saturating; a multiple of a cache line.
    fn head_bytes(self, head_dim: usize) -> usize {
        let values = head_dim
            .saturating_add(head_dim.saturating_add(LANES - 1) / LANES * LANES)
            .saturating_mul(BLOCK * self.size());
        let scales = if self == Self::Int8 {
            2 * BLOCK * size_of::<f32>()
        } else {
            0
        };
        values.saturating_add(scales + LINE - 1) / LINE * LINE
    }
}

const LINE: usize = 64;
/// The largest half.
const MAX_F16: f32 = 65504.0;

/// Keys and values of all layers.
pub struct Cache {
    kind: CacheType,
    layers: usize,
    kv_heads: usize,
    head_dim: usize,
    pages: usize,
    data: HugeBytes,
}

impl Cache {
    /// Room for `pages` pages, which take memory when they are first stored to;
    /// `None` if the system has no address space for them.
    pub fn new(
        kind: CacheType,
        layers: usize,
        kv_heads: usize,
        head_dim: usize,
        pages: usize,
    ) -> Option<Self> {
        let page = Self::page_bytes(kind, layers, kv_heads, head_dim);
        let data = HugeBytes::zeroed(page.checked_mul(pages)?)?;
        Some(Self {
            kind,
            layers,
            kv_heads,
            head_dim,
            pages,
            data,
        })
    }

    /// Bytes of a page, saturating.
    pub fn page_bytes(kind: CacheType, layers: usize, kv_heads: usize, head_dim: usize) -> usize {
        kind.head_bytes(head_dim)
            .saturating_mul(layers)
            .saturating_mul(kv_heads)
    }

    pub fn kind(&self) -> CacheType {
        self.kind
    }

    /// Floats of a token's keys in a layer, and of its values.
    pub fn width(&self) -> usize {
        self.kv_heads * self.head_dim
    }

    pub(super) fn layers(&self) -> usize {
        self.layers
    }

    pub(super) fn kv_heads(&self) -> usize {
        self.kv_heads
    }

    pub(super) fn head_dim(&self) -> usize {
        self.head_dim
    }

    /// Writes tokens' keys and values of a layer to slots, `rows[i]` being token
    /// `i`'s page times [`BLOCK`] plus its place there.
    ///
    /// Shapes: `k` and `v` are `[rows, kv_heads · head_dim]`.
    ///
    /// # Panics
    /// If the lengths disagree, or there is no such layer or slot.
    pub fn store(&mut self, layer: usize, rows: &[usize], k: &[f32], v: &[f32]) {
        let (dim, width) = (self.head_dim, self.width());
        assert_eq!((k.len(), v.len()), (rows.len() * width, rows.len() * width));
        let store = &*STORE;
        for (token, &row) in rows.iter().enumerate() {
            for head in 0..self.kv_heads {
                let at = token * width + head * dim;
                let (k, v) = (&k[at..at + dim], &v[at..at + dim]);
                let kind = self.kind;
                let range = self.head_at(layer, row / BLOCK * BLOCK, head);
                let (to, slot) = (&mut self.data[range], row % BLOCK);
                let values = dim * BLOCK * kind.size();
                let scales = values + padded(dim) * BLOCK * kind.size();
                match kind {
                    CacheType::F16 => {
                        let (keys, values) = cast::<u16>(to).split_at_mut(dim * BLOCK);
                        (store.halves)(keys, slot, BLOCK, k);
                        (store.halves)(values, slot * padded(dim), 1, v);
                    }
                    CacheType::F32 => {
                        let (keys, values) = cast::<f32>(to).split_at_mut(dim * BLOCK);
                        for (to, k) in keys[slot..].iter_mut().step_by(BLOCK).zip(k) {
                            *to = *k;
                        }
                        values[slot * padded(dim)..][..dim].copy_from_slice(v);
                    }
                    CacheType::Int8 => {
                        let (bytes, floats) = to.split_at_mut(scales);
                        let (keys, values) = cast::<i8>(bytes).split_at_mut(values);
                        let floats = cast::<f32>(floats);
                        floats[slot] = (store.bytes)(keys, slot, BLOCK, k);
                        floats[BLOCK + slot] = (store.bytes)(values, slot * padded(dim), 1, v);
                    }
                }
            }
        }
    }

    /// A head of the page whose first slot is `first`.
    pub(super) fn head(&self, layer: usize, first: usize, kv_head: usize) -> &[u8] {
        &self.data[self.head_at(layer, first, kv_head)]
    }

    fn head_at(&self, layer: usize, first: usize, kv_head: usize) -> Range<usize> {
        assert!(first.is_multiple_of(BLOCK), "slot {first} begins a page");
        let page = first / BLOCK;
        assert!(page < self.pages, "page {page} of {}", self.pages);
        assert!(layer < self.layers && kv_head < self.kv_heads);
        let bytes = self.kind.head_bytes(self.head_dim);
        let at = ((page * self.layers + layer) * self.kv_heads + kv_head) * bytes;
        at..at + bytes
    }

    /// Element `d` of a slot's key and value: what the layout means.
    pub(super) fn read(&self, layer: usize, row: usize, kv_head: usize, d: usize) -> (f32, f32) {
        let head = self.head(layer, row / BLOCK * BLOCK, kv_head);
        let (dim, slot) = (self.head_dim, row % BLOCK);
        let (key, value) = (d * BLOCK + slot, dim * BLOCK + slot * padded(dim) + d);
        let half = |i: usize| f16_to_f32(u16::from_ne_bytes([head[2 * i], head[2 * i + 1]]));
        let float = |bytes: &[u8]| f32::from_ne_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
        match self.kind {
            CacheType::F16 => (half(key), half(value)),
            CacheType::F32 => (float(&head[4 * key..]), float(&head[4 * value..])),
            CacheType::Int8 => {
                let scales = &head[(dim + padded(dim)) * BLOCK..];
                let scaled =
                    |i: usize, scale: usize| f32::from(head[i] as i8) * float(&scales[4 * scale..]);
                (scaled(key, slot), scaled(value, BLOCK + slot))
            }
        }
    }
}

impl std::fmt::Debug for Cache {
    fn fmt(&self, f: &mut std::fmt::Formatter) -> std::fmt::Result {
        write!(f, "Cache({:?}, {} pages)", self.kind, self.pages)
    }
}

/// Bytes as numbers: those of a cache, which are aligned to a cache line.
fn cast<T: Copy>(bytes: &mut [u8]) -> &mut [T] {
    // SAFETY: used below with integers and floats only, for which any bits will do.
    let (before, numbers, _) = unsafe { bytes.align_to_mut::<T>() };
    debug_assert!(before.is_empty());
    numbers
}

/// Writes `x` to `out[at]`, `out[at + stride]` and so on.
pub(super) struct Store {
    pub(super) halves: fn(out: &mut [u16], at: usize, stride: usize, x: &[f32]),
    /// Returns the scale.
    pub(super) bytes: fn(out: &mut [i8], at: usize, stride: usize, x: &[f32]) -> f32,
}

static STORE: LazyLock<Store> = LazyLock::new(|| stores().swap_remove(0).1);

/// Versions this CPU can run, fastest first. The last one is the definition.
pub(super) fn stores() -> Vec<(&'static str, Store)> {
    let mut stores = Vec::new();
    #[cfg(target_arch = "x86_64")]
    if allowed(Level::Avx2) && is_x86_feature_detected!("f16c") {
        stores.push((
            "avx2",
            Store {
                // SAFETY: AVX2 and F16C were detected just above.
                halves: |out, at, stride, x| unsafe { avx2::halves(out, at, stride, x) },
                // SAFETY: as above.
                bytes: |out, at, stride, x| unsafe { avx2::bytes(out, at, stride, x) },
            },
        ));
    }
    if allowed(Level::Scalar) {
        let (halves, bytes) = (scalar::halves, scalar::bytes);
        stores.push(("scalar", Store { halves, bytes }));
    }
    stores
}

mod scalar {
    use super::{MAX_F16, f32_to_f16};

    pub(super) fn halves(out: &mut [u16], at: usize, stride: usize, x: &[f32]) {
        for (out, x) in out.iter_mut().skip(at).step_by(stride).zip(x) {
            *out = f32_to_f16(x.clamp(-MAX_F16, MAX_F16));
        }
    }

    /// An infinity or a NaN makes the scale NaN, and so all of the token's values.
    #[inline(always)]
    pub(super) fn bytes(out: &mut [i8], at: usize, stride: usize, x: &[f32]) -> f32 {
        let most = x.iter().fold(0.0, |most: f32, x| most.max(x.abs()));
        let finite = x.iter().all(|x| x.is_finite());
        let scale = if finite { most / 127.0 } else { f32::NAN };
        let inverse = if scale > 0.0 { 1.0 / scale } else { 0.0 };
        for (out, x) in out.iter_mut().skip(at).step_by(stride).zip(x) {
            *out = (x * inverse).round_ties_even() as i8;
        }
        scale
    }
}

#[cfg(target_arch = "x86_64")]
mod avx2 {
    use super::{MAX_F16, scalar};
    use crate::simd::avx2::{LANES, load};
    use std::arch::x86_64::*;

    #[target_feature(enable = "avx2,f16c")]
    pub(super) fn halves(out: &mut [u16], mut at: usize, stride: usize, x: &[f32]) {
        let (x8, tail) = x.as_chunks::<LANES>();
        for x in x8 {
            // Constants stand first, so that a NaN stays one.
            let x = _mm256_max_ps(_mm256_set1_ps(-MAX_F16), load(x));
            let x = _mm256_min_ps(_mm256_set1_ps(MAX_F16), x);
            let half = _mm256_cvtps_ph::<_MM_FROUND_TO_NEAREST_INT>(x);
            let mut eight = [0u16; LANES];
            // SAFETY: the array is as large as the vector.
            unsafe { _mm_storeu_si128(eight.as_mut_ptr().cast(), half) };
            if stride == 1 {
                out[at..at + LANES].copy_from_slice(&eight);
            } else {
                for (out, half) in out[at..].iter_mut().step_by(stride).zip(eight) {
                    *out = half;
                }
            }
            at += LANES * stride;
        }
        scalar::halves(out, at, stride, tail);
    }

    #[target_feature(enable = "avx2,fma")]
    pub(super) fn bytes(out: &mut [i8], at: usize, stride: usize, x: &[f32]) -> f32 {
        scalar::bytes(out, at, stride, x)
    }
}
