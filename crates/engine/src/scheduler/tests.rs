use std::collections::HashMap;

use super::*;
use crate::cost::CostModel;

fn limits() -> Limits {
    Limits {
        context: 400,
        pages: 16,
        max_step_tokens: 80,
        max_sequences: 4,
        queue: 8,
        queue_tokens: 2_000,
        // So that 64 tokens cost as much as the step aims at.
        cost: CostModel::new(1 << 20),
    }
}

/// A prompt that begins like no other with another `name`.
fn text(name: u32, tokens: usize) -> Vec<u32> {
    std::iter::once(name).chain(0..).take(tokens).collect()
}

fn live(prompt: Vec<u32>, max_tokens: usize) -> Submission {
    Submission {
        prompt,
        max_tokens,
        ..Submission::default()
    }
}

fn batch(prompt: Vec<u32>, max_tokens: usize) -> Submission {
    Submission {
        priority: Priority::Batch,
        ..live(prompt, max_tokens)
    }
}

/// Plans, checks the limits, and commits with nobody finished.
fn step(scheduler: &mut Scheduler) -> Plan {
    let plan = scheduler.plan().expect("there is work");
    scheduler.commit(&plan, &sampled(&plan), &[]);
    plan
}

/// One token for each `last` chunk.
fn sampled(plan: &Plan) -> Vec<(SequenceId, u32)> {
    let last = plan.chunks.iter().filter(|c| c.last);
    last.map(|c| (c.sequence, 7)).collect()
}

/// A plan's chunks: whose, which tokens, whether the last known.
fn chunks(plan: &Plan) -> Vec<(SequenceId, std::ops::Range<usize>, bool)> {
    let chunks = plan.chunks.iter();
    chunks
        .map(|c| (c.sequence, c.tokens.clone(), c.last))
        .collect()
}

#[test]
fn what_can_never_fit_is_refused_with_numbers() {
    let mut s = Scheduler::new(Limits {
        context: 600,
        ..limits()
    });
    assert_eq!(s.admit(live(vec![], 5)), Err(Refusal::Empty));
    assert_eq!(
        s.admit(live(text(1, 590), 11)),
        Err(Refusal::Context {
            prompt: 590,
            max_tokens: 11,
            context: 600
        })
    );
    let memory = s.admit(live(text(1, 510), 3)).unwrap_err();
    assert_eq!(
        memory,
        Refusal::Memory {
            prompt: 510,
            max_tokens: 3,
            capacity: 512
        }
    );
    assert_eq!(
        memory.to_string(),
        "510 prompt tokens and 3 to generate make 513; the KV cache holds 512"
    );
    assert!(!memory.passes());
    assert!(s.admit(live(text(1, 5), usize::MAX)).is_err());
    assert!(s.is_idle());
    assert!(s.admit(live(text(1, 510), 2)).is_ok());
}

#[test]
fn queue_is_bounded() {
    let mut s = Scheduler::new(limits());
    for name in 0..8 {
        s.admit(batch(text(name, 1), 1)).unwrap();
    }
    let full = Err(Refusal::QueueFull { limit: 8 });
    assert_eq!(s.admit(batch(text(9, 1), 1)), full);
    // Batch work does not keep live work out.
    for name in 10..18 {
        s.admit(live(text(name, 1), 1)).unwrap();
    }
    assert_eq!(s.admit(live(text(19, 1), 1)), full);
    s.plan();
    assert!(s.admit(live(text(19, 1), 1)).is_ok(), "four have started");
    assert_eq!(s.admit(batch(text(9, 1), 1)), full);
}

/// The memory of what waits has a bound too.
#[test]
fn tokens_in_the_queue_are_bounded() {
    let mut s = Scheduler::new(Limits {
        queue_tokens: 100,
        ..limits()
    });
    let long = s.admit(live(text(1, 300), 1)).unwrap();
    let full = Refusal::QueueTokens {
        prompt: 1,
        waiting: 300,
        limit: 100,
    };
    assert!(full.passes());
    assert_eq!(s.admit(live(text(2, 1), 1)), Err(full));
    s.cancel(long);
    s.admit(live(text(1, 60), 1)).unwrap();
    assert!(s.admit(live(text(2, 41), 1)).is_err());
    assert!(s.admit(live(text(2, 40), 1)).is_ok());
}

#[test]
fn prompts_are_cut_into_chunks_between_decodes() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 10), 20)).unwrap();
    step(&mut s);
    let b = s.admit(live(text(2, 100), 20)).unwrap();
    // The step aims at the cost of 64 tokens at position 0.
    assert_eq!(
        chunks(&step(&mut s)),
        [(a, 10..11, true), (b, 0..62, false)]
    );
    assert_eq!(
        chunks(&step(&mut s)),
        [(a, 11..12, true), (b, 62..100, true)]
    );
}

#[test]
fn the_end_of_a_prompt_needs_no_step_of_its_own() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 79), 20)).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(a, 0..79, true)]);
}

/// Steps cost about the same wherever their tokens stand.
#[test]
fn a_step_is_filled_by_cost() {
    let cost = CostModel::new(100);
    let mut s = Scheduler::new(Limits { cost, ..limits() });
    let a = s.admit(live(text(1, 390), 2)).unwrap();
    let (mut tokens, mut position) = (Vec::new(), 0);
    while position < 390 {
        let plan = step(&mut s);
        position = plan.chunks[0].tokens.end;
        assert_eq!(plan.chunks[0].sequence, a);
        assert!(s.cost(&plan) <= cost.tokens(if position < 390 { 64 } else { 80 }));
        tokens.push(plan.tokens());
    }
    assert_eq!(tokens[0], 51, "51 · 100 + 0 + … + 50 is 6,375 of 6,400");
    assert!(tokens.is_sorted_by(|a, b| a >= b), "{tokens:?}");
}

/// The headline of fairness: while a long prompt is computed, a short one costs
/// what it does alone, after the step under way.
#[test]
fn a_short_prompt_passes_a_long_one() {
    let mut s = Scheduler::new(limits());
    let long = s.admit(live(text(1, 380), 2)).unwrap();
    step(&mut s);
    let short = s.admit(live(text(2, 70), 9)).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(short, 0..70, true)]);
    // Then it decodes beside the long one, which is not held up.
    let plan = chunks(&step(&mut s));
    assert_eq!((plan[0].0, &plan[1]), (long, &(short, 70..71, true)));
    assert!(plan[0].1.len() > 60);
}

/// A prompt that is passed over by a stream of shorter ones gets a step in nine.
#[test]
fn a_stream_of_short_prompts_starves_nobody() {
    let mut s = Scheduler::new(limits());
    let long = s.admit(live(text(1, 320), 2)).unwrap();
    let mut steps = 0;
    for name in 2..100 {
        // One step's work each.
        let short = s.admit(live(text(name, 79), 2)).unwrap();
        let plan = s.plan().unwrap();
        let of = |id| plan.chunks.iter().find(|c| c.sequence == id);
        steps += 1;
        if of(long).is_some_and(|c| c.last) {
            break;
        }
        let finished: Vec<_> = plan.chunks.iter().filter(|c| c.last).collect();
        let finished: Vec<_> = finished.iter().map(|c| c.sequence).collect();
        s.commit(&plan, &[], &finished);
        assert!(finished.is_empty() || finished.len() == 1 || of(short).is_some());
    }
    // 63 tokens in each of its turns; the last may take more.
    let turns = 5;
    assert!(steps <= turns * (PATIENCE + 1), "{steps} steps");
    assert!(
        steps > 3 * PATIENCE,
        "the stream did pass it: {steps} steps"
    );
}

#[test]
fn batch_work_takes_what_live_work_leaves() {
    let mut s = Scheduler::new(limits());
    let b = s.admit(batch(text(1, 200), 9)).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(b, 0..63, false)], "idle otherwise");
    let l = s.admit(live(text(2, 70), 9)).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(l, 0..70, true)]);
    let plan = chunks(&step(&mut s));
    assert_eq!(plan[0], (l, 70..71, true));
    assert_eq!((plan[1].0, plan[1].1.start), (b, 63));
}

/// Live work that finds no place or no page takes batch work's.
#[test]
fn batch_work_gives_way_to_live_work() {
    let mut s = Scheduler::new(limits());
    let batches: Vec<_> = (0..4)
        .map(|i| s.admit(batch(text(i, 60), 60)).unwrap())
        .collect();
    step(&mut s);
    assert_eq!(s.counts(), (4, 0));
    let l = s.admit(live(text(9, 60), 200)).unwrap();
    let plan = step(&mut s);
    assert_eq!(plan.chunks[0].sequence, l);
    assert_eq!(s.counts(), (4, 1));
    let waiting: Vec<_> = s.waiting.iter().map(|s| s.id).collect();
    assert_eq!(waiting, batches[3..]);
    // All pages but those of the eldest batch sequence, which could not grow.
    let l = s.admit(live(text(10, 380), 9)).unwrap();
    step(&mut s);
    assert!(s.running.iter().any(|s| s.id == l));
    assert!(s.running.iter().all(|s| s.priority == Priority::Live));
}

/// The crash of schedulers that preempt the last one standing.
#[test]
fn a_sequence_that_fits_alone_finishes() {
    let mut s = Scheduler::new(Limits {
        pages: 3,
        ..limits()
    });
    let id = s.admit(live(text(1, 1), 95)).unwrap();
    for _ in 0..94 {
        assert_eq!(step(&mut s).chunks.len(), 1);
    }
    let plan = s.plan().unwrap();
    s.commit(&plan, &sampled(&plan), &[id]);
    assert!(s.is_idle());
    assert_eq!(s.pages().free(), 3);
}

#[test]
fn the_youngest_gives_way_and_is_computed_again() {
    let mut s = Scheduler::new(Limits {
        pages: 4,
        ..limits()
    });
    let a = s.admit(live(text(1, 33), 63)).unwrap();
    let b = s.admit(live(text(2, 30), 20)).unwrap();
    let mut b_starts = Vec::new();
    let mut known = HashMap::from([(a, 33), (b, 30)]);
    while !s.is_idle() {
        let plan = s.plan().unwrap();
        let mut finished = Vec::new();
        for c in &plan.chunks {
            if c.sequence == b && c.tokens.start == 0 {
                b_starts.push(c.tokens.end);
            }
            if c.last {
                *known.get_mut(&c.sequence).unwrap() += 1;
            }
            if known[&c.sequence] == if c.sequence == a { 96 } else { 50 } {
                finished.push(c.sequence);
            }
        }
        s.commit(&plan, &sampled(&plan), &finished);
    }
    assert_eq!(known, HashMap::from([(a, 96), (b, 50)]));
    assert_eq!(
        b_starts.len(),
        1,
        "a needs three pages, b two: {b_starts:?}"
    );
}

/// Who begins with the same tokens waits for those under way, no longer.
#[test]
fn a_common_prefix_is_computed_once() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 200), 2)).unwrap();
    let mut other = text(1, 70);
    other.extend([9; 20]);
    let b = s.admit(live(other, 9)).unwrap();
    let c = s.admit(live(text(2, 10), 9)).unwrap();
    // What has nothing in common does not wait.
    let first = step(&mut s);
    assert_eq!(chunks(&first), [(a, 0..53, false), (c, 0..10, true)]);
    let second = step(&mut s);
    assert_eq!(
        second.chunks[0].tokens,
        53..115,
        "the second page is under way"
    );
    let third = step(&mut s);
    let of = |plan: &Plan, id| plan.chunks.iter().find(|c| c.sequence == id).cloned();
    let b_first = of(&third, b).unwrap();
    assert_eq!((b_first.tokens, b_first.last), (64..90, true));
    assert_eq!(b_first.pages[..2], of(&third, a).unwrap().pages[..2]);
    assert_eq!(s.reused_tokens(), 64);
}

/// A chat's next turn finds its last one's pages, answer included.
#[test]
fn pages_outlive_their_sequence() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 60), 100)).unwrap();
    for _ in 0..50 {
        step(&mut s);
    }
    let plan = s.plan().unwrap();
    s.commit(&plan, &sampled(&plan), &[a]);
    // 60 + 51 tokens were known, the last one not computed.
    assert_eq!((s.pages().free(), s.pages().cached()), (16, 3));
    let mut next = text(1, 60);
    next.extend([7; 51]);
    next.extend([8; 20]);
    let b = s.admit(live(next.clone(), 2)).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(b, 96..131, true)]);
    s.cancel(b);
    // A prompt that is cached whole computes its last token; one whose every
    // row is wanted, all.
    let c = s.admit(live(next[..96].to_vec(), 2)).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(c, 64..96, true)]);
    s.cancel(c);
    let every_row = Submission {
        every_row: true,
        ..live(next[..70].to_vec(), 2)
    };
    let d = s.admit(every_row).unwrap();
    assert_eq!(chunks(&step(&mut s)), [(d, 0..70, true)]);
}

#[test]
fn cached_pages_are_given_to_those_who_need_them() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 79), 2)).unwrap();
    step(&mut s);
    s.cancel(a);
    assert_eq!(s.pages().cached(), 2);
    s.admit(live(text(2, 400), 0)).unwrap();
    step(&mut s);
    assert_eq!(s.pages().cached(), 2, "there are blank ones");
    s.admit(live(text(3, 60), 60)).unwrap();
    step(&mut s);
    assert_eq!(s.pages().cached(), 1);
}

#[test]
fn who_shares_outlives_whom_it_shares_with() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 100), 9)).unwrap();
    let b = s.admit(live(text(1, 100), 9)).unwrap();
    assert_eq!(step(&mut s).chunks.len(), 1, "b waits");
    s.cancel(a);
    assert_eq!(chunks(&step(&mut s)), [(b, 32..100, true)]);
    step(&mut s);
}

/// Guesses are appended to a decode; what came true counts, the rest does not.
#[test]
fn guesses_ride_on_decodes() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 30), 50)).unwrap();
    step(&mut s);
    s.guess(a, 6);
    let plan = s.plan().unwrap();
    let c = &plan.chunks[0];
    assert_eq!((c.tokens.clone(), c.guesses, c.last), (30..37, 6, true));
    assert_eq!(c.pages.len(), 2);
    s.commit(&plan, &[(a, 7); 3], &[]);
    // 34 tokens, and asked for nothing.
    assert_eq!(chunks(&step(&mut s)), [(a, 33..34, true)]);
    // The sequence ends at 80: the last of them is never computed.
    s.guess(a, 60);
    let plan = s.plan().unwrap();
    assert_eq!(plan.chunks[0].tokens, 34..79);
    s.commit(&plan, &[(a, 7)], &[]);
    assert_eq!(s.running[0].pages.len(), 2, "refuted guesses keep no pages");
}

/// A guess takes no page that another one needs next.
#[test]
fn nobody_gives_way_for_a_guess() {
    let mut s = Scheduler::new(Limits {
        pages: 3,
        ..limits()
    });
    let a = s.admit(live(text(1, 30), 60)).unwrap();
    let b = s.admit(live(text(2, 20), 30)).unwrap();
    step(&mut s);
    s.guess(a, 9);
    s.guess(b, 9);
    let plan = step(&mut s);
    assert_eq!([plan.chunks[0].guesses, plan.chunks[1].guesses], [1, 9]);
}

/// Nor one that is kept for the prefix in it.
#[test]
fn no_prefix_is_forgotten_for_a_guess() {
    for (pages, guesses) in [(4, 1), (5, 9)] {
        let mut s = Scheduler::new(Limits { pages, ..limits() });
        let old = s.admit(live(text(1, 79), 2)).unwrap();
        step(&mut s);
        s.cancel(old);
        let a = s.admit(live(text(2, 62), 60)).unwrap();
        step(&mut s);
        s.guess(a, 9);
        let plan = step(&mut s);
        assert_eq!(plan.chunks[0].guesses, guesses, "of {pages} pages");
        assert_eq!(s.pages().cached(), 2);
    }
}

#[test]
fn cancelling_frees_everything_at_once() {
    let mut s = Scheduler::new(limits());
    let a = s.admit(live(text(1, 100), 5)).unwrap();
    let plan = s.plan().unwrap();
    assert!(s.cancel(a));
    assert!(!s.cancel(a));
    assert_eq!((s.pages().free(), s.pages().cached()), (16, 0));
    s.commit(&plan, &sampled(&plan), &[]);
    assert!(s.is_idle());
    assert_eq!(s.plan(), None);
}

#[test]
#[should_panic(expected = "5 of 5 tokens")]
fn going_on_beyond_the_limit_is_a_bug() {
    let mut s = Scheduler::new(limits());
    s.admit(live(text(1, 4), 1)).unwrap();
    step(&mut s);
}
