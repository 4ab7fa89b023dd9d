//! The thread pool of every kernel: one job at a time, handed out in chunks.
//!
//! A forward pass is hundreds of jobs of a few microseconds, so workers spin
//! for a moment after a job before they sleep, and a caller never waits for a
//! worker that has not begun: who comes first takes the next chunk, the caller
//! included. A job that finds the pool taken (by another thread, or because it
//! runs inside a job) runs on its own thread alone, so nothing can deadlock.
//!
//! The pool decides who computes, never what: results must not depend on the
//! ranges a kernel is given.

use std::any::Any;
use std::cell::Cell;
use std::marker::PhantomData;
use std::ops::Range;
use std::panic::{AssertUnwindSafe, catch_unwind, resume_unwind};
use std::sync::atomic::{AtomicPtr, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Condvar, Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::{Duration, Instant};

/// More than any machine we know; a mistyped number must not exhaust memory.
const MAX_THREADS: usize = 512;

/// How long an idle worker, or a caller waiting for the last chunk, burns its
/// core before it sleeps: longer than the gaps between kernels, shorter than
/// anything a person or another process would notice.
const SPIN: Duration = Duration::from_micros(30);

static POOL: Pool = Pool::new();

thread_local! {
    /// This thread is running a job: calls from here run inline.
    static INSIDE: Cell<bool> = const { Cell::new(false) };
}

/// Sets how many threads compute, the caller included; 0 means all cores.
pub fn set_threads(n: usize) {
    let n = if n == 0 { available() } else { n };
    POOL.threads.store(n.min(MAX_THREADS), Ordering::Relaxed);
}

/// How many threads compute. At first the environment's `LYCEUM_THREADS`, or
/// all cores.
pub fn threads() -> usize {
    match POOL.threads.load(Ordering::Relaxed) {
        0 => {
            let wish = std::env::var("LYCEUM_THREADS").ok();
            set_threads(wish.and_then(|n| n.parse().ok()).unwrap_or(0));
            POOL.threads.load(Ordering::Relaxed)
        }
        n => n,
    }
}

fn available() -> usize {
    std::thread::available_parallelism().map_or(1, |n| n.get())
}

/// Calls `f` with ranges that together cover `0..tasks` exactly once, on all
/// threads; each range has at most `grain` tasks, unless one thread does all.
///
/// # Panics
/// With the first panic of `f`; tasks not yet begun are then dropped.
pub fn for_each(tasks: usize, grain: usize, f: &(dyn Fn(Range<usize>) + Sync)) {
    let grain = grain.max(1);
    if tasks == 0 {
        return;
    }
    if tasks <= grain || threads() == 1 || INSIDE.get() {
        return f(0..tasks);
    }
    match POOL.owner.try_lock() {
        Ok(owner) => POOL.run(owner, tasks, grain, f),
        Err(TryLockError::Poisoned(owner)) => POOL.run(owner.into_inner(), tasks, grain, f),
        Err(TryLockError::WouldBlock) => f(0..tasks),
    }
}

/// Splits `out` into rows of `width` and calls `f(first_row, rows)` on all
/// threads, at most `grain_rows` rows at a time, unless one thread does all.
///
/// # Panics
/// If `out` is no whole number of rows, or with the first panic of `f`.
pub fn for_rows<T: Send>(
    out: &mut [T],
    width: usize,
    grain_rows: usize,
    f: &(dyn Fn(usize, &mut [T]) + Sync),
) {
    if out.is_empty() {
        return;
    }
    assert!(
        width > 0 && out.len().is_multiple_of(width),
        "{} in rows of {width}",
        out.len()
    );
    let rows = out.len() / width;
    let out = Disjoint::new(out);
    for_each(rows, grain_rows, &|range| {
        let first = range.start;
        // SAFETY: `for_each` gives each row to one call only.
        f(first, unsafe {
            out.slice(range.start * width..range.end * width)
        });
    });
}

/// Rows of `width` floats that make a task worth a thread.
pub(crate) fn grain_rows(width: usize) -> usize {
    (1usize << 14).div_ceil(width.max(1))
}

/// A mutable slice that several threads write in disjoint places.
pub(crate) struct Disjoint<'a, T> {
    data: *mut T,
    len: usize,
    slice: PhantomData<&'a mut [T]>,
}

// SAFETY: it stands for a `&mut [T]` split among threads, which `T: Send`
// allows; that the parts are disjoint is promised by callers of `slice`.
unsafe impl<T: Send> Sync for Disjoint<'_, T> {}

impl<'a, T> Disjoint<'a, T> {
    pub(crate) fn new(slice: &'a mut [T]) -> Self {
        Self {
            data: slice.as_mut_ptr(),
            len: slice.len(),
            slice: PhantomData,
        }
    }

    pub(crate) fn len(&self) -> usize {
        self.len
    }

    /// One part of the slice.
    ///
    /// # Safety
    /// No two parts that are alive at the same time may overlap.
    ///
    /// # Panics
    /// If the range leaves the slice.
    #[allow(clippy::mut_from_ref)] // the point of the type; see Safety
    pub(crate) unsafe fn slice(&self, range: Range<usize>) -> &mut [T] {
        assert!(range.start <= range.end && range.end <= self.len);
        // SAFETY: in bounds by the assertion, unaliased by the caller's promise.
        unsafe { std::slice::from_raw_parts_mut(self.data.add(range.start), range.len()) }
    }
}

/// One call of `for_each`, on its caller's stack.
struct Job<'a> {
    f: &'a (dyn Fn(Range<usize>) + Sync),
    tasks: usize,
    grain: usize,
    next: AtomicUsize,
    panic: Mutex<Option<Box<dyn Any + Send>>>,
}

impl Job<'_> {
    /// Takes chunks until none is left.
    fn work(&self) {
        let outside = INSIDE.replace(true);
        loop {
            let start = self.next.fetch_add(self.grain, Ordering::Relaxed);
            if start >= self.tasks {
                break;
            }
            let range = start..self.tasks.min(start + self.grain);
            if let Err(panic) = catch_unwind(AssertUnwindSafe(|| (self.f)(range))) {
                self.next.store(self.tasks, Ordering::Relaxed);
                lock(&self.panic).get_or_insert(panic);
            }
        }
        INSIDE.set(outside);
    }
}

/// `state` is one word, so that joining, closing and leaving are atomic: the
/// number of workers inside the job, two flags, and above them the number of
/// the job.
const WORKERS: u64 = (1 << 16) - 1;
/// Workers may join.
const OPEN: u64 = 1 << 16;
/// The caller sleeps until the last worker has left.
const WAITING: u64 = 1 << 17;
const NUMBER: u32 = 18;

struct Pool {
    threads: AtomicUsize,
    /// Held by the thread whose job it is; counts the workers started.
    owner: Mutex<usize>,
    state: AtomicU64,
    /// Valid for workers between joining and leaving.
    job: AtomicPtr<Job<'static>>,
    sleepers: AtomicUsize,
    sleep: Mutex<()>,
    wake: Condvar,
    done: Condvar,
}

impl Pool {
    const fn new() -> Self {
        Self {
            threads: AtomicUsize::new(0),
            owner: Mutex::new(0),
            state: AtomicU64::new(0),
            job: AtomicPtr::new(std::ptr::null_mut()),
            sleepers: AtomicUsize::new(0),
            sleep: Mutex::new(()),
            wake: Condvar::new(),
            done: Condvar::new(),
        }
    }

    fn run(
        &'static self,
        mut started: MutexGuard<usize>,
        tasks: usize,
        grain: usize,
        f: &(dyn Fn(Range<usize>) + Sync),
    ) {
        while *started + 1 < threads() {
            let worker = std::thread::Builder::new().name(format!("kernel-{started}"));
            // Without a further thread the work is done by fewer.
            if worker.spawn(|| self.serve()).is_err() {
                break;
            }
            *started += 1;
        }
        let job = Job {
            f,
            tasks,
            grain,
            next: AtomicUsize::new(0),
            panic: Mutex::new(None),
        };
        self.job.store(
            (&raw const job).cast::<Job<'static>>().cast_mut(),
            Ordering::Relaxed,
        );
        let number = (self.state.load(Ordering::Relaxed) >> NUMBER) + 1;
        self.state.store(number << NUMBER | OPEN, Ordering::SeqCst);
        if self.sleepers.load(Ordering::SeqCst) > 0 {
            // With the lock held nobody is between looking and sleeping.
            let _lock = lock(&self.sleep);
            self.wake.notify_all();
        }
        job.work();
        self.close();
        drop(started);
        if let Some(panic) = lock(&job.panic).take() {
            resume_unwind(panic);
        }
    }

    /// Lets no more workers in and waits until all have left.
    fn close(&self) {
        if self.state.fetch_and(!OPEN, Ordering::AcqRel) & WORKERS == 0 {
            return;
        }
        if spin(|| self.state.load(Ordering::Acquire) & WORKERS == 0) {
            return;
        }
        let mut guard = lock(&self.sleep);
        self.state.fetch_or(WAITING, Ordering::AcqRel);
        while self.state.load(Ordering::Acquire) & WORKERS != 0 {
            guard = self
                .done
                .wait(guard)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }

    /// The life of a worker.
    fn serve(&self) -> ! {
        let mut seen = 0;
        loop {
            let fresh = |state: u64| state & OPEN != 0 && state >> NUMBER != seen;
            if !spin(|| fresh(self.state.load(Ordering::Acquire))) {
                let mut guard = lock(&self.sleep);
                self.sleepers.fetch_add(1, Ordering::SeqCst);
                while !fresh(self.state.load(Ordering::SeqCst)) {
                    guard = self
                        .wake
                        .wait(guard)
                        .unwrap_or_else(PoisonError::into_inner);
                }
                self.sleepers.fetch_sub(1, Ordering::SeqCst);
            }
            let state = self.state.load(Ordering::Acquire);
            if !fresh(state) {
                continue;
            }
            if (state & WORKERS) as usize + 1 >= threads() {
                // Threads were turned down since this worker was started.
                seen = state >> NUMBER;
                continue;
            }
            let joined = self.state.compare_exchange_weak(
                state,
                state + 1,
                Ordering::AcqRel,
                Ordering::Relaxed,
            );
            if joined.is_err() {
                continue;
            }
            seen = state >> NUMBER;
            let job = self.job.load(Ordering::Relaxed);
            // SAFETY: the exchange found the job open and counted this worker,
            // so the owner stays in `close`, and the job on its stack, until
            // this worker has left below.
            unsafe { &*job }.work();
            let before = self.state.fetch_sub(1, Ordering::AcqRel);
            if before & WAITING != 0 && before & WORKERS == 1 {
                let _lock = lock(&self.sleep);
                self.done.notify_all();
            }
        }
    }
}

/// Tries `ready` for a short while; whether it came true.
fn spin(ready: impl Fn() -> bool) -> bool {
    let mut end = None;
    loop {
        for _ in 0..32 {
            if ready() {
                return true;
            }
            std::hint::spin_loop();
        }
        let now = Instant::now();
        if now >= *end.get_or_insert(now + SPIN) {
            return ready();
        }
    }
}

/// Nothing here is left half-changed by a panic, so poison does not matter.
fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

#[cfg(test)]
pub(crate) mod tests;
