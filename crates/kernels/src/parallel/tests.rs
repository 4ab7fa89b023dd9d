use super::*;
use std::sync::atomic::AtomicBool;

/// The number of threads is global: tests that turn it take turns.
static THREADS: Mutex<()> = Mutex::new(());

/// Runs `f` while `n` threads compute.
pub(crate) fn with_threads(n: usize, f: impl FnOnce()) {
    let _turn = lock(&THREADS);
    set_threads(n);
    let result = catch_unwind(AssertUnwindSafe(f));
    set_threads(0);
    if let Err(panic) = result {
        resume_unwind(panic);
    }
}

fn count_each(tasks: usize, grain: usize) {
    let hits: Vec<AtomicUsize> = (0..tasks).map(|_| AtomicUsize::new(0)).collect();
    for_each(tasks, grain, &|range| {
        for i in range {
            hits[i].fetch_add(1, Ordering::Relaxed);
        }
    });
    let wrong = hits.iter().position(|h| h.load(Ordering::Relaxed) != 1);
    assert_eq!(wrong, None, "of {tasks} tasks by {grain}");
}

#[test]
fn every_task_runs_once() {
    for threads in [1, 2, 3, 8] {
        with_threads(threads, || {
            for round in 0..300 {
                for (tasks, grain) in [(0, 1), (1, 1), (7, 3), (64, 1), (65, 8), (1000, 0)] {
                    count_each(tasks + round % 3, grain);
                }
            }
        });
    }
}

#[test]
fn concurrent_and_nested_calls_finish() {
    with_threads(3, || {
        std::thread::scope(|scope| {
            for _ in 0..4 {
                scope.spawn(|| {
                    for _ in 0..200 {
                        for_each(16, 1, &|range| {
                            for _ in range {
                                count_each(9, 2);
                            }
                        });
                    }
                });
            }
        });
    });
}

#[test]
fn a_panic_reaches_the_caller_and_the_pool_lives_on() {
    with_threads(3, || {
        for _ in 0..50 {
            let result = catch_unwind(|| {
                for_each(100, 1, &|range| {
                    if range.contains(&37) {
                        resume_unwind(Box::new("task 37"));
                    }
                });
            });
            let panic = result.expect_err("one task panics");
            assert_eq!(panic.downcast_ref::<&str>(), Some(&"task 37"));
            count_each(100, 3);
        }
    });
}

#[test]
fn rows_are_split_without_overlap() {
    with_threads(4, || {
        let mut out = vec![0usize; 7 * 53];
        for_rows(&mut out, 7, 2, &|first, rows| {
            for (r, row) in rows.chunks_exact_mut(7).enumerate() {
                for (c, x) in row.iter_mut().enumerate() {
                    *x += (first + r) * 7 + c;
                }
            }
        });
        assert!(out.iter().enumerate().all(|(i, &x)| i == x));
    });
}

#[test]
fn more_than_one_thread_takes_part() {
    with_threads(2, || {
        // The first task waits for the second: only two threads can finish.
        let second = AtomicBool::new(false);
        for_each(2, 1, &|range| {
            if range.contains(&1) {
                second.store(true, Ordering::Release);
            } else {
                while !second.load(Ordering::Acquire) {
                    std::thread::yield_now();
                }
            }
        });
    });
}
