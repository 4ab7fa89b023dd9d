use super::*;
use std::collections::BTreeSet;
use testkit::Rng as TestRng;

fn greedy() -> Sampling {
    Sampling {
        temperature: 0.0,
        ..Sampling::default()
    }
}

fn sample_all(sampling: Sampling, logits: &[f32], draws: usize) -> Vec<usize> {
    let mut counts = vec![0; logits.len()];
    let mut sampler = Sampler::new(sampling);
    for _ in 0..draws {
        counts[sampler.sample(logits).unwrap() as usize] += 1;
    }
    counts
}

/// The definition, read off the module's formulas: probabilities of all tokens.
fn naive(s: &Sampling, logits: &[f32], counts: &[u32]) -> Vec<f64> {
    let mut mu: Vec<f64> = logits.iter().map(|&l| f64::from(l)).collect();
    for &(id, bias) in &s.logit_bias {
        mu[id as usize] += f64::from(bias);
    }
    for (mu, &c) in mu.iter_mut().zip(counts) {
        let present = if c > 0 { 1.0 } else { 0.0 };
        *mu -=
            f64::from(c) * f64::from(s.frequency_penalty) + present * f64::from(s.presence_penalty);
    }
    let softmax = |mu: &[f64]| {
        let total: f64 = mu.iter().map(|m| m.exp()).sum();
        mu.iter().map(|m| m.exp() / total).collect::<Vec<_>>()
    };
    let mut p = softmax(
        &mu.iter()
            .map(|m| m / f64::from(s.temperature))
            .collect::<Vec<_>>(),
    );
    let order = |p: &[f64]| {
        let mut order: Vec<usize> = (0..p.len()).collect();
        order.sort_by(|&a, &b| p[b].total_cmp(&p[a]));
        order
    };
    let normalise = |p: &mut Vec<f64>| {
        let total: f64 = p.iter().sum();
        p.iter_mut().for_each(|p| *p /= total);
    };
    if s.top_k > 0 {
        order(&p).into_iter().skip(s.top_k).for_each(|i| p[i] = 0.0);
        normalise(&mut p);
    }
    if s.top_p < 1.0 {
        let mut before = 0.0;
        for (rank, i) in order(&p).into_iter().enumerate() {
            let mass = p[i];
            if rank > 0 && before >= f64::from(s.top_p) {
                p[i] = 0.0;
            }
            before += mass;
        }
        normalise(&mut p);
    }
    let max = p.iter().copied().fold(0.0, f64::max);
    p.iter_mut()
        .filter(|p| **p < f64::from(s.min_p) * max)
        .for_each(|p| *p = 0.0);
    normalise(&mut p);
    p
}

/// Candidates and probabilities that the sampler would draw from.
fn ours(s: &Sampling, logits: &[f32], counts: &[u32]) -> Vec<f64> {
    let mut sampler = Sampler::new(s.clone());
    for (id, &count) in (0..).zip(counts) {
        (0..count).for_each(|_| sampler.count(id));
    }
    let row = Row::new(logits, s, &sampler.shifts, None).unwrap();
    let max = row.best().unwrap().1;
    if s.filters() {
        sampler.filter(&row, max);
    } else {
        // All blocks, whose sums decide which one is drawn from.
        let temperature = f64::from(s.temperature);
        for (block, sum) in row.sums(max, temperature).into_iter().enumerate() {
            let first = sampler.candidates.len();
            row.block(&mut sampler.candidates, block);
            exponentials(&mut sampler.candidates[first..], max, temperature);
            let of_block = mass(&sampler.candidates[first..]);
            assert!((sum - of_block).abs() < 1e-14 * sum, "{sum}, {of_block}");
        }
    }
    let total: f64 = sampler.candidates.iter().map(|c| c.1).sum();
    let mut p = vec![0.0; logits.len()];
    sampler
        .candidates
        .iter()
        .for_each(|&(id, mass)| p[id as usize] = mass / total);
    p
}

#[test]
fn filters_and_penalties_are_their_definitions() {
    for seed in 0..400 {
        let mut rng = TestRng::new(seed);
        // Few blocks of logits, and many, of which most are never looked into.
        let vocab = 1 + rng.below(if seed % 8 == 0 { 6000 } else { 300 });
        let logits: Vec<f32> = rng.normals(vocab).iter().map(|x| 3.0 * x).collect();
        let mut some = |low: f32, high: f32, neutral: f32| match rng.below(2) {
            0 => neutral,
            _ => low + (high - low) * rng.uniform(),
        };
        let mut s = Sampling {
            temperature: some(0.1, 2.0, 1.0),
            top_p: some(0.0, 1.0, 1.0),
            min_p: some(0.0, 1.0, 0.0),
            frequency_penalty: some(-2.0, 2.0, 0.0),
            presence_penalty: some(-2.0, 2.0, 0.0),
            ..Sampling::default()
        };
        s.top_k = [0, 1 + rng.below(vocab + 10)][rng.below(2)];
        if rng.below(2) == 0 {
            s.logit_bias = vec![(rng.below(vocab) as u32, 5.0 * rng.normal())];
        }
        let counts: Vec<u32> = (0..vocab).map(|_| rng.below(4) as u32).collect();
        let (got, want) = (ours(&s, &logits, &counts), naive(&s, &logits, &counts));
        for (i, (got, want)) in got.iter().zip(&want).enumerate() {
            // f64 sums in two orders.
            assert!(
                (got - want).abs() < 1e-12,
                "seed {seed}, {s:?}, token {i}: {got}, {want}"
            );
        }
    }
}

#[test]
fn temperature_zero_takes_the_lowest_of_the_greatest() {
    let mut sampler = Sampler::new(greedy());
    assert_eq!(sampler.sample(&[0.0, 2.0, 1.0, 2.0]), Ok(1));
    assert_eq!(sampler.sample(&[f32::NEG_INFINITY, -3.0]), Ok(1));
    let top_p = Sampling {
        top_p: 0.0,
        ..Sampling::default()
    };
    assert_eq!(sample_all(top_p, &[0.0, 2.0, 1.0, 2.0], 20), [0, 20, 0, 0]);
}

/// Pearson's test of 40,000 draws, with every filter and with none.
#[test]
fn draws_follow_the_distribution() {
    let logits = [0.3, -1.0, 2.0, 1.1, 0.0, 0.9, -0.4, 1.7];
    let filtered = Sampling {
        temperature: 1.4,
        top_k: 7,
        top_p: 0.95,
        min_p: 0.1,
        seed: Some(11),
        ..Sampling::default()
    };
    for s in [
        Sampling {
            seed: Some(5),
            ..Sampling::default()
        },
        filtered,
    ] {
        let p = naive(&s, &logits, &[0; 8]);
        let draws = 40_000;
        let counts = sample_all(s.clone(), &logits, draws);
        let mut chi2 = 0.0;
        for (&count, &p) in counts.iter().zip(&p) {
            let wanted = p * draws as f64;
            assert!(p > 0.0 || count == 0, "{s:?}: a filtered token was drawn");
            chi2 += if p > 0.0 {
                (count as f64 - wanted).powi(2) / wanted
            } else {
                0.0
            };
        }
        // The 99.9th percentile of χ² with seven degrees of freedom; fewer have less.
        assert!(chi2 < 24.3, "{s:?}: χ² {chi2}, {counts:?}");
    }
}

#[test]
fn a_seed_repeats_its_draws() {
    let logits = TestRng::new(1).normals(50);
    let draw = |seed| {
        let mut sampler = Sampler::new(Sampling {
            seed: Some(seed),
            ..Sampling::default()
        });
        (0..40)
            .map(|_| sampler.sample(&logits).unwrap())
            .collect::<Vec<_>>()
    };
    assert_eq!(draw(3), draw(3));
    assert_ne!(draw(3), draw(4));
}

/// Two tokens 1.5 apart: a frequency penalty of 2 makes them take turns.
#[test]
fn frequency_penalty_forces_alternation() {
    let mut sampler = Sampler::new(Sampling {
        frequency_penalty: 2.0,
        ..greedy()
    });
    let got: Vec<u32> = (0..6)
        .map(|_| sampler.sample(&[1.5, 0.0, -90.0]).unwrap())
        .collect();
    assert_eq!(got, [0, 1, 0, 1, 0, 1]);
    let mut sampler = Sampler::new(Sampling {
        presence_penalty: 2.0,
        ..greedy()
    });
    let got: Vec<u32> = (0..4)
        .map(|_| sampler.sample(&[1.5, 0.0, -90.0]).unwrap())
        .collect();
    assert_eq!(got, [0, 1, 0, 0], "presence counts once");
}

#[test]
fn bias_forces_and_bans() {
    let logits = [8.0, -9.0, 3.0];
    let force = Sampling {
        logit_bias: vec![(1, 100.0)],
        ..Sampling::default()
    };
    assert_eq!(sample_all(force, &logits, 50), [0, 50, 0]);
    let ban = Sampling {
        logit_bias: vec![(0, -100.0)],
        ..Sampling::default()
    };
    assert_eq!(sample_all(ban, &logits, 500)[0], 0);
}

#[test]
fn broken_logits_are_an_error() {
    for bad in [f32::NAN, f32::INFINITY] {
        let e = Sampler::new(greedy()).sample(&[0.0, bad, 1.0]).unwrap_err();
        assert_eq!(
            e,
            SampleError::Logit {
                token: 1,
                got: bad.to_string()
            }
        );
    }
    for s in [greedy(), Sampling::default()] {
        let e = Sampler::new(s).sample(&[f32::NEG_INFINITY; 3]).unwrap_err();
        assert_eq!(e, SampleError::Nothing);
    }
}

/// Hot and cold: nothing over- or underflows to an empty distribution.
#[test]
fn extreme_logits_and_temperatures_are_drawn_from() {
    for temperature in [1e-30, 1e-3, 2.0] {
        let s = Sampling {
            temperature,
            top_p: 0.9,
            ..Sampling::default()
        };
        let counts = sample_all(s, &[-3e38, 3e38, f32::NEG_INFINITY, 0.0], 20);
        assert_eq!(counts, [0, 20, 0, 0]);
    }
}

#[test]
fn logprobs_are_the_models_own() {
    let logits = TestRng::new(9).normals(400);
    let total: f64 = logits.iter().map(|&l| f64::from(l).exp()).sum();
    let got = Logprobs::of(&logits, 17, 20);
    let want = (f64::from(logits[17]).exp() / total).ln();
    assert!(
        (f64::from(got.logprob) - want).abs() < 1e-6,
        "{got:?}, {want}"
    );
    let mut order: Vec<u32> = (0..400).collect();
    order.sort_by(|&a, &b| logits[b as usize].total_cmp(&logits[a as usize]));
    assert_eq!(got.top.iter().map(|t| t.0).collect::<Vec<_>>(), order[..20]);
    // The sampled token's value is the very one of the list.
    let first = Logprobs::of(&logits, order[0], 5);
    assert_eq!(first.logprob.to_bits(), first.top[0].1.to_bits());
    assert_eq!(Logprobs::of(&logits, 3, 0).top, []);
    let all = Logprobs::of(&logits, 3, 1000).top;
    assert_eq!(all.iter().map(|t| t.0).collect::<BTreeSet<_>>().len(), 400);
}

#[test]
fn parameters_outside_their_range_are_named() {
    let bad = |s: Sampling| s.check(10).unwrap_err().to_string();
    let d = Sampling::default;
    assert_eq!(d().check(10), Ok(()));
    assert_eq!(
        bad(Sampling {
            temperature: 2.5,
            ..d()
        }),
        "temperature is 2.5, wanted a number from 0 to 2"
    );
    assert_eq!(
        bad(Sampling {
            top_p: f32::NAN,
            ..d()
        }),
        "top_p is NaN, wanted a number from 0 to 1"
    );
    assert_eq!(
        bad(Sampling {
            logit_bias: vec![(10, 1.0)],
            ..d()
        }),
        "logit_bias is 10, wanted a token id below 10"
    );
    assert_eq!(
        bad(Sampling {
            logit_bias: vec![(1, 101.0)],
            ..d()
        }),
        "logit_bias is 101, wanted a number from -100 to 100"
    );
}
