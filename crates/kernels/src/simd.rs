//! Which instructions this CPU has, and the few vector steps kernels share.
//!
//! Every kernel lists its versions in a `kernels()` of its own and takes the
//! first that may run. `LYCEUM_KERNELS=scalar|avx2|avx512`, read once, restricts the
//! choice, to compare versions and to rule one out when a result looks wrong.
//! Any other value restricts it to the definitions too, and is told by
//! [`unknown_choice`]: who sets it never runs what they meant to rule out.

use std::sync::LazyLock;

/// Sets of instructions that kernels are written for, in ascending order.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Debug)]
pub(crate) enum Level {
    Scalar,
    /// AVX2 and FMA.
    Avx2,
    /// AVX-512 F, BW, VL, DQ and VNNI; BF16 is asked for by itself.
    Avx512,
}

/// What the environment asks for, on this CPU.
#[derive(PartialEq, Eq, Debug)]
struct Choice {
    level: Level,
    /// Not even portable code may stand in for a definition.
    definitions_only: bool,
    /// The wish, if it is none that we know.
    unknown: Option<String>,
}

static CHOICE: LazyLock<Choice> = LazyLock::new(|| {
    let wish = std::env::var_os("LYCEUM_KERNELS").unwrap_or_default();
    choose(&wish.to_string_lossy(), detected())
});

fn choose(wish: &str, detected: Level) -> Choice {
    let most = match wish {
        "" | "avx512" => Level::Avx512,
        "avx2" => Level::Avx2,
        _ => Level::Scalar,
    };
    let restricted = most == Level::Scalar;
    Choice {
        level: most.min(detected),
        definitions_only: restricted,
        unknown: (restricted && wish != "scalar").then(|| wish.to_owned()),
    }
}

#[cfg(target_arch = "x86_64")]
fn detected() -> Level {
    // AVX-512 counts only beside all that AVX2's kernels need, F16C among it.
    let avx512 = is_x86_feature_detected!("avx512f")
        && is_x86_feature_detected!("avx512bw")
        && is_x86_feature_detected!("avx512vl")
        && is_x86_feature_detected!("avx512dq")
        && is_x86_feature_detected!("avx512vnni")
        && is_x86_feature_detected!("f16c");
    if !(is_x86_feature_detected!("avx2") && is_x86_feature_detected!("fma")) {
        Level::Scalar
    } else if avx512 {
        Level::Avx512
    } else {
        Level::Avx2
    }
}

#[cfg(not(target_arch = "x86_64"))]
fn detected() -> Level {
    Level::Scalar
}

/// Whether kernels of this level may run: the CPU has it, the environment does
/// not forbid it.
pub(crate) fn allowed(level: Level) -> bool {
    level <= CHOICE.level
}

/// Whether `LYCEUM_KERNELS` asks for the definitions alone.
pub(crate) fn definitions_only() -> bool {
    CHOICE.definitions_only
}

/// The value of `LYCEUM_KERNELS` if it is set and none of the levels' names: a
/// program should refuse it by name. Until then the definitions run.
pub fn unknown_choice() -> Option<&'static str> {
    CHOICE.unknown.as_deref()
}

/// The name of the best level in use: `scalar`, `avx2` or `avx512`.
pub fn level() -> &'static str {
    match CHOICE.level {
        Level::Scalar => "scalar",
        Level::Avx2 => "avx2",
        Level::Avx512 => "avx512",
    }
}

/// Instruction sets that matter for speed here, and whether this CPU has them.
pub fn cpu_features() -> Vec<(&'static str, bool)> {
    #[cfg(target_arch = "x86_64")]
    return vec![
        ("avx2", is_x86_feature_detected!("avx2")),
        ("fma", is_x86_feature_detected!("fma")),
        ("f16c", is_x86_feature_detected!("f16c")),
        ("avx512f", is_x86_feature_detected!("avx512f")),
        ("avx512vnni", is_x86_feature_detected!("avx512vnni")),
        ("avx512bf16", is_x86_feature_detected!("avx512bf16")),
    ];
    #[cfg(target_arch = "aarch64")]
    return vec![
        ("neon", std::arch::is_aarch64_feature_detected!("neon")),
        (
            "dotprod",
            std::arch::is_aarch64_feature_detected!("dotprod"),
        ),
        ("i8mm", std::arch::is_aarch64_feature_detected!("i8mm")),
    ];
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    return Vec::new();
}

/// Eight floats at a time. Functions here are safe to call from functions with
/// the same target features.
#[cfg(target_arch = "x86_64")]
pub(crate) mod avx2 {
    use std::arch::x86_64::*;

    pub(crate) const LANES: usize = 8;

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn load(x: &[f32; LANES]) -> __m256 {
        // SAFETY: the reference covers 8 readable floats; loadu takes any alignment.
        unsafe { _mm256_loadu_ps(x.as_ptr()) }
    }

    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn store(out: &mut [f32; LANES], v: __m256) {
        // SAFETY: the reference covers 8 writable floats; storeu takes any alignment.
        unsafe { _mm256_storeu_ps(out.as_mut_ptr(), v) }
    }

    /// The lanes of a vector, in order.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn lanes(v: __m256) -> [f32; LANES] {
        let mut out = [0.0; LANES];
        store(&mut out, v);
        out
    }

    /// Horizontal sum, pairwise: halves, then quarters, then the last two.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn sum(v: __m256) -> f32 {
        let v4 = _mm_add_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
        let v2 = _mm_add_ps(v4, _mm_movehl_ps(v4, v4));
        _mm_cvtss_f32(_mm_add_ss(v2, _mm_shuffle_ps::<1>(v2, v2)))
    }

    /// Horizontal maximum; NaN lanes may be lost.
    #[inline]
    #[target_feature(enable = "avx2")]
    pub(crate) fn max(v: __m256) -> f32 {
        let v4 = _mm_max_ps(_mm256_castps256_ps128(v), _mm256_extractf128_ps::<1>(v));
        let v2 = _mm_max_ps(v4, _mm_movehl_ps(v4, v4));
        _mm_cvtss_f32(_mm_max_ss(v2, _mm_shuffle_ps::<1>(v2, v2)))
    }

    /// `eˣ` to 2 ulp, over all floats: overflow gives ∞, underflow goes through
    /// the subnormals to 0, NaN stays NaN.
    ///
    /// `x = n·ln 2 + r`, `|r| ≤ ln 2 / 2`; `eʳ` by its Taylor series to `r⁷`,
    /// whose next term, `r⁸/8! < 6e-9`, is a tenth of an ulp.
    #[inline]
    #[target_feature(enable = "avx2,fma")]
    pub(crate) fn exp(x: __m256) -> __m256 {
        // Beyond these the result is 0 or ∞ anyway. The constant stands first:
        // `min` and `max` return their second operand if one is NaN.
        let x = _mm256_max_ps(_mm256_set1_ps(-105.0), x);
        let x = _mm256_min_ps(_mm256_set1_ps(89.0), x);
        let n = _mm256_round_ps::<{ _MM_FROUND_TO_NEAREST_INT | _MM_FROUND_NO_EXC }>(
            _mm256_mul_ps(x, _mm256_set1_ps(std::f32::consts::LOG2_E)),
        );
        // ln 2 in two parts: n times the first, of 15 bits, is exact.
        const LN2_HIGH: f32 = 0.693_145_75;
        const LN2_LOW: f32 = (std::f64::consts::LN_2 - LN2_HIGH as f64) as f32;
        let r = _mm256_fnmadd_ps(n, _mm256_set1_ps(LN2_HIGH), x);
        let r = _mm256_fnmadd_ps(n, _mm256_set1_ps(LN2_LOW), r);
        let mut p = _mm256_set1_ps(1.0 / 5040.0);
        for c in [
            1.0 / 720.0,
            1.0 / 120.0,
            1.0 / 24.0,
            1.0 / 6.0,
            0.5,
            1.0,
            1.0,
        ] {
            p = _mm256_fmadd_ps(p, r, _mm256_set1_ps(c));
        }
        // 2ⁿ in two factors, as n alone may leave the exponent's range.
        let n = _mm256_cvtps_epi32(n);
        let half = _mm256_srai_epi32::<1>(n);
        let power = |n| {
            let biased = _mm256_add_epi32(n, _mm256_set1_epi32(127));
            _mm256_castsi256_ps(_mm256_slli_epi32::<23>(biased))
        };
        _mm256_mul_ps(
            _mm256_mul_ps(p, power(half)),
            power(_mm256_sub_epi32(n, half)),
        )
    }
}

#[cfg(test)]
mod tests {
    use super::{Choice, Level, choose};

    #[test]
    fn the_environment_restricts_and_a_mistake_is_no_wish_for_speed() {
        let choice = |level, definitions_only, unknown: Option<&str>| Choice {
            level,
            definitions_only,
            unknown: unknown.map(str::to_owned),
        };
        for best in [Level::Scalar, Level::Avx2, Level::Avx512] {
            assert_eq!(choose("", best), choice(best, false, None));
            assert_eq!(choose("avx512", best), choice(best, false, None));
            let avx2 = best.min(Level::Avx2);
            assert_eq!(choose("avx2", best), choice(avx2, false, None));
            assert_eq!(choose("scalar", best), choice(Level::Scalar, true, None));
            for wish in ["sclar", "AVX2", "avx-512", " "] {
                let want = choice(Level::Scalar, true, Some(wish));
                assert_eq!(choose(wish, best), want);
            }
        }
    }

    #[cfg(target_arch = "x86_64")]
    #[test]
    fn exp_is_within_two_ulp() {
        use super::avx2::{exp, lanes};
        use std::arch::x86_64::_mm256_set1_ps;
        if !super::allowed(super::Level::Avx2) {
            return;
        }
        // SAFETY: AVX2 and FMA were detected just above.
        let exp = |x: f32| unsafe { lanes(exp(_mm256_set1_ps(x)))[3] };
        let mut x = -110.0f32;
        while x < 95.0 {
            let want = f64::from(x).exp();
            let (got, rounded) = (exp(x), want as f32);
            if rounded.is_infinite() {
                assert_eq!(got, rounded, "exp({x})");
            } else {
                let ulp = f64::from(rounded.next_up()) - f64::from(rounded);
                let off = (f64::from(got) - want).abs() / ulp;
                assert!(off <= 2.0, "exp({x}) = {got:e}, want {want:e}: {off} ulp");
            }
            x += 0.001_37;
        }
        assert_eq!(exp(0.0), 1.0);
        assert_eq!(exp(f32::NEG_INFINITY), 0.0);
        assert_eq!(exp(f32::INFINITY), f32::INFINITY);
        assert!(exp(f32::NAN).is_nan());
    }
}
