//! Hot paths do not allocate: what a forward pass calls, once warm.

use kernels::activation::{Activation, activation};
use kernels::attention::{BLOCK, Sequence, Shape, attention};
use kernels::dtype::DType;
use kernels::mem::{Arena, Bytes};
use kernels::quant::Packed;
use kernels::{elementwise, embedding, gated, layer_norm, linear, parallel, rms_norm, rope};
use kernels::{quant, softmax};
use std::alloc::{GlobalAlloc, Layout, System};
use std::sync::atomic::{AtomicUsize, Ordering};

/// The system's allocator, counted.
struct Counting;

static ALLOCATIONS: AtomicUsize = AtomicUsize::new(0);

#[global_allocator]
static ALLOCATOR: Counting = Counting;

// SAFETY: everything is left to the system's allocator.
unsafe impl GlobalAlloc for Counting {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        ALLOCATIONS.fetch_add(1, Ordering::Relaxed);
        // SAFETY: the caller's promise.
        unsafe { System.alloc(layout) }
    }

    unsafe fn dealloc(&self, at: *mut u8, layout: Layout) {
        // SAFETY: the caller's promise.
        unsafe { System.dealloc(at, layout) }
    }
}

#[test]
fn hot_paths_do_not_allocate() {
    const TOKENS: usize = 70;
    const DIM: usize = 64;
    parallel::set_threads(2);
    let x = vec![0.5f32; TOKENS * DIM];
    let (w, mut y) = (vec![0.1f32; DIM * DIM], x.clone());
    let bytes = Bytes::from(quant::quantise(DType::Q8_0, &w));
    let packed = Packed::new(DType::Q8_0, DIM, DIM, &bytes, &mut Arena::default());
    let shape = Shape {
        heads: 8,
        kv_heads: 4,
        head_dim: 8,
        scale: 0.3,
        window: None,
    };
    let blocks: Vec<usize> = (0..TOKENS).step_by(BLOCK).collect();
    let seqs = [Sequence {
        first_query: 0,
        queries: TOKENS,
        first_position: 0,
        bidirectional: false,
        blocks: &blocks,
    }];
    let angles = vec![0.6; TOKENS * 4];
    let keys = &x[..TOKENS * 32];
    let mut forward = || {
        embedding::embedding(&mut y, &w, &[3; TOKENS], DIM);
        rms_norm::rms_norm(&mut y, &x, &w[..DIM], 1e-5);
        layer_norm::layer_norm(&mut y, &x, &w[..DIM], &w[..DIM], 1e-5);
        linear::linear(&mut y, &x, &w, Some(&w[..DIM]), DIM);
        quant::matmul(&mut y, &x, &packed, None, quant::Activations::F32);
        quant::matmul(&mut y, &x, &packed, None, quant::Activations::Int8);
        rope::rope(&mut y, &angles, &angles, 8, 8);
        attention(&mut y, &x, keys, keys, &seqs, &shape);
        activation(&mut y, &x, Activation::Gelu);
        gated::silu_mul(&mut y, &x, &x);
        elementwise::add(&mut y, &x, &x);
        softmax::softmax_rows(&mut y, DIM);
    };
    // The first calls start threads and choose kernels.
    forward();
    // The test's own harness may allocate now and then on another thread.
    let fewest = (0..20).map(|_| {
        let before = ALLOCATIONS.load(Ordering::Relaxed);
        forward();
        ALLOCATIONS.load(Ordering::Relaxed) - before
    });
    assert_eq!(fewest.min(), Some(0));
}
