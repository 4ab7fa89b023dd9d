//! One product of several, but for the form of `x`.

use super::UNIT;
use super::packed::View;
use super::strip::STRIP;
use crate::parallel::Disjoint;

/// One product, but for `x`.
pub(super) struct Job<'a> {
    pub(super) out: Disjoint<'a, f32>,
    pub(super) m: usize,
    pub(super) w: View<'a>,
    pub(super) bias: Option<&'a [f32]>,
}

impl<'a> Job<'a> {
    pub(super) fn new(out: &'a mut [f32], w: View<'a>, bias: Option<&'a [f32]>) -> Self {
        let m = out.len().checked_div(w.rows).unwrap_or(0);
        assert_eq!(out.len(), m * w.rows, "outputs in rows of {}", w.rows);
        assert!(bias.is_none_or(|b| b.len() == w.rows));
        Self {
            out: Disjoint::new(out),
            m,
            w,
            bias,
        }
    }

    pub(super) fn units(&self) -> usize {
        self.w.strips().div_ceil(UNIT)
    }

    /// Sets an output to `sum` plus bias.
    ///
    /// # Safety
    /// While it runs, nothing else may touch this output.
    #[inline]
    pub(super) unsafe fn set(&self, x_row: usize, w_row: usize, sum: f32) {
        let at = x_row * self.w.rows + w_row;
        // SAFETY: the caller's promise; the part lives for this line only.
        let out = unsafe { self.out.slice(at..at + 1) };
        out[0] = sum + self.bias.map_or(0.0, |b| b[w_row]);
    }

    /// Sets the outputs of a strip to sums plus bias.
    ///
    /// # Safety
    /// While it runs, nothing else may touch these outputs.
    #[inline(always)]
    pub(super) unsafe fn set_strip(&self, x_row: usize, strip: usize, sums: &[f32; STRIP]) {
        let first = strip * STRIP;
        let count = STRIP.min(self.w.rows - first);
        let at = x_row * self.w.rows + first;
        // SAFETY: the caller's promise; the part lives in this call only.
        let out = unsafe { self.out.slice(at..at + count) };
        if let Ok(out) = <&mut [f32; STRIP]>::try_from(&mut *out) {
            *out = *sums;
        } else {
            out.copy_from_slice(&sums[..count]);
        }
        if let Some(bias) = self.bias {
            for (out, bias) in out.iter_mut().zip(&bias[first..]) {
                *out += bias;
            }
        }
    }
}
