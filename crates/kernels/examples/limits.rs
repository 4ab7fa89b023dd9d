//! What this machine can do, as one JSON object: operations per second of products that stay in
//! registers, and bytes per second of a stream that no cache holds. `cargo xtask bench` divides
//! by these.
//!
//! Usage: `limits THREADS`

use std::hint::black_box;
use std::sync::Barrier;
use std::time::Instant;

/// Sums that do not wait for each other: enough to hide the latency, few enough for 16 registers.
const CHAINS: usize = 12;
const REPEATS: usize = 1 << 20;
/// Far beyond the caches.
const STREAM_BYTES: usize = 256 << 20;
/// The best of so many: whatever else runs can only slow a limit down.
const RUNS: usize = 5;

fn main() {
    let threads = std::env::args().nth(1).and_then(|t| t.parse().ok());
    let threads: usize = threads.unwrap_or(1);
    let int8 = best(threads, || (), |()| int8());
    let bf16 = best(threads, || (), |()| bf16());
    let f32 = best(threads, || (), |()| f32());
    let memory = || vec![1u64; STREAM_BYTES / 8];
    let read = best(threads, memory, |memory| stream(memory));
    let numbers = [
        ("int8_ops_per_s", int8),
        ("bf16_ops_per_s", bf16),
        ("f32_ops_per_s", f32),
        ("read_bytes_per_s", read),
    ];
    let fields = numbers.map(|(name, value)| format!("\"{name}\": {value:.4e}"));
    print!("{{{}}}", fields.join(", "));
}

/// The most work per second that `threads` do together, each on what it `made`.
fn best<T>(threads: usize, make: impl Fn() -> T + Sync, work: impl Fn(&T) -> f64 + Sync) -> f64 {
    let barrier = Barrier::new(threads);
    let (barrier, make, work) = (&barrier, &make, &work);
    let one = move || {
        let made = make();
        let mut rates = Vec::new();
        for _ in 0..RUNS {
            barrier.wait();
            let start = Instant::now();
            let done = work(&made);
            barrier.wait();
            rates.push(done / start.elapsed().as_secs_f64());
        }
        rates.into_iter().fold(0.0, f64::max)
    };
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads).map(|_| scope.spawn(one)).collect();
        let rates = running
            .into_iter()
            .map(|t| t.join().expect("it does not panic"));
        rates.sum()
    })
}

fn stream(memory: &[u64]) -> f64 {
    // Eight sums, so that adding is no limit.
    let mut sums = [0u64; 32];
    for chunk in memory.as_chunks::<32>().0 {
        for (sum, x) in sums.iter_mut().zip(chunk) {
            *sum = sum.wrapping_add(*x);
        }
    }
    black_box(sums);
    size_of_val(memory) as f64
}

#[cfg(target_arch = "x86_64")]
use x86::{bf16, f32, int8};

#[cfg(target_arch = "x86_64")]
mod x86 {
    use super::{CHAINS, REPEATS, black_box};
    use std::arch::x86_64::*;

    pub(super) fn int8() -> f64 {
        if is_x86_feature_detected!("avx512vnni") {
            // SAFETY: AVX-512 VNNI, which includes AVX-512F, was detected just above.
            unsafe { vnni() };
            return (CHAINS * REPEATS * 128) as f64;
        }
        f32()
    }

    pub(super) fn bf16() -> f64 {
        if is_x86_feature_detected!("avx512bf16") {
            // SAFETY: AVX-512 BF16, which includes AVX-512F, was detected just above.
            unsafe { dpbf16() };
            return (CHAINS * REPEATS * 64) as f64;
        }
        f32()
    }

    pub(super) fn f32() -> f64 {
        if is_x86_feature_detected!("fma") {
            // SAFETY: FMA, which includes AVX, was detected just above.
            unsafe { fma() };
            return (CHAINS * REPEATS * 16) as f64;
        }
        f64::NAN
    }

    #[target_feature(enable = "avx512f,avx512vnni")]
    fn vnni() {
        let (a, b) = (
            black_box(_mm512_set1_epi8(3)),
            black_box(_mm512_set1_epi8(1)),
        );
        let mut sums = [_mm512_setzero_si512(); CHAINS];
        for _ in 0..REPEATS {
            for sum in &mut sums {
                *sum = _mm512_dpbusd_epi32(*sum, a, b);
            }
        }
        black_box(sums);
    }

    #[target_feature(enable = "avx512f,avx512bf16")]
    fn dpbf16() {
        let ones = _mm512_cvtne2ps_pbh(_mm512_set1_ps(1.0), _mm512_set1_ps(1.0));
        let (a, b) = (black_box(ones), black_box(ones));
        let mut sums = [_mm512_setzero_ps(); CHAINS];
        for _ in 0..REPEATS {
            for sum in &mut sums {
                *sum = _mm512_dpbf16_ps(*sum, a, b);
            }
        }
        black_box(sums);
    }

    #[target_feature(enable = "avx,fma")]
    fn fma() {
        let (a, b) = (
            black_box(_mm256_set1_ps(0.5)),
            black_box(_mm256_set1_ps(0.5)),
        );
        let mut sums = [_mm256_setzero_ps(); CHAINS];
        for _ in 0..REPEATS {
            for sum in &mut sums {
                *sum = _mm256_fmadd_ps(a, b, *sum);
            }
        }
        black_box(sums);
    }
}

/// Other processors have other instructions; their limits are not known here.
#[cfg(not(target_arch = "x86_64"))]
fn int8() -> f64 {
    f64::NAN
}
#[cfg(not(target_arch = "x86_64"))]
fn bf16() -> f64 {
    f64::NAN
}
#[cfg(not(target_arch = "x86_64"))]
fn f32() -> f64 {
    f64::NAN
}
