//! A candidate's events become deltas, on the engine's thread.

use std::ops::ControlFlow;
use std::sync::{Arc, Mutex, PoisonError};

use text::{AnswerPiece, CallParser, DecodeStream, StopStrings, Tokenizer};

use crate::delta::{Alternative, CallDelta, Delta, Held, Token};
use crate::sampler::Logprobs;
use crate::step::{Event, Failure, FinishReason};

/// What a candidate says to whoever gathers the answer.
pub enum Note {
    /// With the number of tokens sampled.
    Delta(Delta, usize),
    /// So many of the prompt's tokens were found computed.
    Cached(usize),
    Failed(Failure),
}

/// Where candidates say it, on the engine's thread, so it must not wait; false if nobody
/// listens any more.
pub type Outlet = Arc<dyn Fn(Note) -> bool + Send + Sync>;

/// Turns a candidate's events into deltas, on the engine's thread.
pub(super) struct Writer {
    pub(super) choice: usize,
    pub(super) stream: DecodeStream,
    pub(super) stops: StopStrings,
    /// Finds calls of functions, where there may be some.
    pub(super) calls: Option<CallParser>,
    /// Special tokens that are shown, as they mark calls.
    pub(super) markers: Arc<[u32]>,
    pub(super) held: Held,
    /// Prompt tokens in front that are not part of the text.
    pub(super) hidden: usize,
    /// The text has a token.
    pub(super) begun: bool,
    pub(super) tokenizer: Arc<Tokenizer>,
    pub(super) ends: Arc<[u32]>,
    /// The prompt's events, which the first candidate writes and the others read.
    pub(super) scores: Arc<Mutex<Vec<Event>>>,
    /// Another candidate has read them.
    pub(super) scored: bool,
    pub(super) outlet: Outlet,
}

impl Writer {
    /// Begins with the prompt's text.
    pub(super) fn echo(&mut self, text: &str) {
        self.held = Held::after(text.len());
        let delta = Delta {
            text: text.to_owned(),
            ..self.delta()
        };
        // Whoever begins an answer listens.
        let _ = self.send(delta, 0);
    }

    pub(super) fn hear(&mut self, event: Event) -> ControlFlow<()> {
        // The others find the prompt that the first one computes.
        if self.choice > 0 && matches!(event, Event::Cached(_)) {
            return ControlFlow::Continue(());
        }
        let scores = || self.scores.lock().unwrap_or_else(PoisonError::into_inner);
        if matches!(event, Event::Prompt { .. }) {
            scores().push(event.clone());
        } else if self.choice > 0 && !self.scored {
            // It has waited until the first one's prompt was computed.
            let events = scores().clone();
            self.scored = true;
            events.into_iter().try_for_each(|e| self.take(e))?;
        }
        self.take(event)
    }

    fn take(&mut self, event: Event) -> ControlFlow<()> {
        match event {
            Event::Cached(tokens) => self.note(Note::Cached(tokens)),
            Event::Prefilled(_) => self.send(self.delta(), 0),
            Event::Prompt { .. } if self.hidden > 0 => {
                self.hidden -= 1;
                ControlFlow::Continue(())
            }
            Event::Prompt { token, logprobs } => {
                // A hidden token may stand before; the text begins here all the same.
                let logprobs = logprobs.filter(|_| self.begun);
                self.begun = true;
                let text = self.stream.push(token);
                self.held.push(self.token(token, &text, logprobs, true));
                let tokens = self.held.release(text.len());
                self.send(
                    Delta {
                        text,
                        tokens,
                        ..self.delta()
                    },
                    0,
                )
            }
            // The end is not part of the text.
            Event::Token { token, .. } if self.ends.contains(&token) => ControlFlow::Continue(()),
            Event::Token { token, logprobs } => self.sampled(token, logprobs),
            Event::Finished(reason) => self.finish(reason),
            // The caller may have left; the sequence is over either way.
            Event::Failed(failure) => {
                let _ = (self.outlet)(Note::Failed(failure));
                ControlFlow::Break(())
            }
        }
    }

    fn sampled(&mut self, token: u32, logprobs: Option<Logprobs>) -> ControlFlow<()> {
        let hidden = self.tokenizer.is_special(token) && !self.markers.contains(&token);
        let decoded = match hidden {
            true => String::new(),
            false => self.stream.push(token),
        };
        self.held.push(self.token(token, &decoded, logprobs, false));
        let (text, stopped) = self.stops.push(&decoded);
        let mut delta = self.read(text, stopped);
        if !stopped {
            delta.tokens = self.held.release(delta.text.len());
            return self.send(delta, 1);
        }
        delta.tokens = self.held.finish(delta.text.len(), true);
        delta.finish = Some(FinishReason::Stop);
        let _ = self.send(delta, 1);
        ControlFlow::Break(())
    }

    /// More of the answer, its calls apart; `last` if it ends here.
    fn read(&mut self, text: String, last: bool) -> Delta {
        let mut delta = self.delta();
        let Some(parser) = &mut self.calls else {
            delta.text = text;
            return delta;
        };
        let mut begun = parser.calls();
        let mut pieces = parser.push(&text);
        if last {
            pieces.extend(parser.finish());
        }
        for piece in pieces {
            let (name, arguments) = match piece {
                AnswerPiece::Content(text) => {
                    delta.text.push_str(&text);
                    continue;
                }
                AnswerPiece::Call { name } => {
                    begun += 1;
                    (Some(name), String::new())
                }
                AnswerPiece::Arguments(arguments) => (None, arguments),
            };
            delta.calls.push(CallDelta {
                index: begun - 1,
                name,
                arguments,
            });
        }
        delta
    }

    fn finish(&mut self, reason: FinishReason) -> ControlFlow<()> {
        let tail = self.stream.finish();
        self.held.complete(&tail);
        let (mut text, stopped) = self.stops.push(&tail);
        let finish = if stopped { FinishReason::Stop } else { reason };
        if !stopped {
            text.push_str(&self.stops.finish());
        }
        let mut delta = self.read(text, true);
        // Content is the beginning of the text; what is behind it belongs to calls.
        let cut = stopped || self.calls.is_some();
        delta.tokens = self.held.finish(delta.text.len(), cut);
        delta.finish = Some(finish);
        self.send(delta, 0)
    }

    fn token(&self, id: u32, text: &str, logprobs: Option<Logprobs>, prompt: bool) -> Token {
        let bytes = |id| {
            self.tokenizer
                .piece_bytes(id)
                .map(|b| b.to_vec())
                .unwrap_or_default()
        };
        let (logprob, top) = logprobs.map_or((None, Vec::new()), |l| (Some(l.logprob), l.top));
        let alternative = |(id, logprob)| Alternative {
            id,
            bytes: bytes(id),
            logprob,
        };
        let top = top.into_iter().map(alternative).collect();
        Token {
            id,
            text: text.to_owned(),
            bytes: bytes(id),
            offset: 0,
            logprob,
            top,
            prompt,
        }
    }

    fn delta(&self) -> Delta {
        Delta {
            choice: self.choice,
            ..Delta::default()
        }
    }

    /// Breaks off when nobody listens.
    fn send(&self, delta: Delta, sampled: usize) -> ControlFlow<()> {
        self.note(Note::Delta(delta, sampled))
    }

    fn note(&self, note: Note) -> ControlFlow<()> {
        match (self.outlet)(note) {
            true => ControlFlow::Continue(()),
            false => ControlFlow::Break(()),
        }
    }
}
