//! A completion and the deltas it is the fold of.
//!
//! Text may be held back, because it may turn out to be the beginning of a stop
//! string; tokens are held back with it. So at any time the tokens handed out
//! make at least the text handed out, and both ways to an answer, streamed or
//! not, give the same arrays.

use std::collections::VecDeque;

use crate::step::FinishReason;

/// What came to a choice.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Delta {
    /// Which answer, from 0 on.
    pub choice: usize,
    pub text: String,
    /// More of the answer's calls of functions, in order.
    pub calls: Vec<CallDelta>,
    /// Tokens whose text is out with this delta, special ones included, the one
    /// that ends the answer not, nor those of calls. Empty while a prompt is computed and while
    /// candidates compete: such a delta only offers the chance to break off.
    pub tokens: Vec<Token>,
    /// The choice is complete.
    pub finish: Option<FinishReason>,
}

/// What came to a call.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CallDelta {
    /// Which of the answer's calls, from 0 on.
    pub index: usize,
    /// Only where the call begins.
    pub name: Option<String>,
    pub arguments: String,
}

/// A call of a function.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Call {
    pub name: String,
    /// JSON, unless the answer was cut.
    pub arguments: String,
}

/// A token of a choice.
#[derive(Debug, Clone, PartialEq)]
pub struct Token {
    pub id: u32,
    /// What it adds to the text; empty if it is special or ends inside a
    /// character, which then belongs to the token that completes it.
    pub text: String,
    /// Its piece, which need not be UTF-8.
    pub bytes: Vec<u8>,
    /// Byte of the choice's text where `text` begins.
    pub offset: usize,
    /// Of the model's distribution before bias, penalties, temperature and
    /// filters; `None` if not asked for, or if nothing stands before.
    pub logprob: Option<f32>,
    /// The likeliest tokens in its place.
    pub top: Vec<Alternative>,
    /// Belongs to the echoed prompt.
    pub prompt: bool,
}

/// A token that could have stood there.
#[derive(Debug, Clone, PartialEq)]
pub struct Alternative {
    pub id: u32,
    pub bytes: Vec<u8>,
    pub logprob: f32,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Choice {
    /// Without what makes the calls.
    pub text: String,
    pub calls: Vec<Call>,
    pub tokens: Vec<Token>,
    /// `None` only in a fold that is not complete.
    pub finish: Option<FinishReason>,
}

impl Choice {
    /// Mean log-probability of the answer's tokens; none ranks below all.
    pub fn mean_logprob(&self) -> f64 {
        let answer = self.tokens.iter().filter(|t| !t.prompt);
        let logprobs: Vec<f64> = answer.filter_map(|t| t.logprob).map(f64::from).collect();
        match logprobs.is_empty() {
            true => f64::NEG_INFINITY,
            false => logprobs.iter().sum::<f64>() / logprobs.len() as f64,
        }
    }
}

/// Tokens a request took.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Usage {
    /// Of the prompt, once.
    pub prompt_tokens: usize,
    /// Of those, the ones that need not be computed, as they were for an earlier prompt.
    pub cached_tokens: usize,
    /// Sampled for all candidates, returned or not; ends of text do not count.
    pub completion_tokens: usize,
}

#[derive(Debug, Clone, Default, PartialEq)]
pub struct Completion {
    pub choices: Vec<Choice>,
    pub usage: Usage,
}

impl Completion {
    /// Adds a delta to its choice.
    pub fn push(&mut self, delta: Delta) {
        if self.choices.len() <= delta.choice {
            self.choices.resize_with(delta.choice + 1, Choice::default);
        }
        let choice = &mut self.choices[delta.choice];
        choice.text.push_str(&delta.text);
        for more in delta.calls {
            if choice.calls.len() <= more.index {
                choice.calls.resize_with(more.index + 1, Call::default);
            }
            let call = &mut choice.calls[more.index];
            call.name.extend(more.name);
            call.arguments.push_str(&more.arguments);
        }
        choice.tokens.extend(delta.tokens);
        choice.finish = delta.finish.or(choice.finish);
    }
}

/// Tokens waiting until their text is out.
#[derive(Debug, Default)]
pub(crate) struct Held {
    tokens: VecDeque<Token>,
    /// Bytes of text that all tokens so far make.
    decoded: usize,
    /// Bytes of them handed out.
    released: usize,
}

impl Held {
    /// Starts behind `text` bytes of a choice's text.
    pub(crate) fn after(text: usize) -> Self {
        Self {
            decoded: text,
            released: text,
            ..Self::default()
        }
    }

    /// Takes a token, and its place from the ones before.
    pub(crate) fn push(&mut self, mut token: Token) {
        token.offset = self.decoded;
        self.decoded += token.text.len();
        self.tokens.push_back(token);
    }

    /// The tokens that go out with `bytes` more of text. Those without text
    /// wait for the next that has some.
    pub(crate) fn release(&mut self, bytes: usize) -> Vec<Token> {
        self.released += bytes;
        let out = |t: &Token| !t.text.is_empty() && t.offset + t.text.len() <= self.released;
        let count = self.tokens.iter().rposition(out).map_or(0, |last| last + 1);
        self.tokens.drain(..count).collect()
    }

    /// Adds text that the last token left unfinished.
    pub(crate) fn complete(&mut self, tail: &str) {
        if let Some(last) = self.tokens.back_mut() {
            last.text.push_str(tail);
        }
        self.decoded += tail.len();
    }

    /// The last tokens, with `bytes` more of text. If the text was `cut` short,
    /// tokens that begin behind its end are dropped, and the one across it is
    /// left the text that stays.
    pub(crate) fn finish(&mut self, bytes: usize, cut: bool) -> Vec<Token> {
        self.released += bytes;
        let end = self.released;
        let mut tokens: Vec<Token> = self.tokens.drain(..).collect();
        if cut {
            tokens.retain(|t| t.offset < end);
            if let Some(last) = tokens.last_mut() {
                // Both ends are borders of characters of the same text.
                last.text.truncate(end - last.offset);
            }
        }
        tokens
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn token(text: &str) -> Token {
        Token {
            id: 0,
            text: text.to_owned(),
            bytes: text.as_bytes().to_vec(),
            offset: 0,
            logprob: None,
            top: Vec::new(),
            prompt: false,
        }
    }

    fn texts(tokens: &[Token]) -> Vec<(usize, &str)> {
        tokens.iter().map(|t| (t.offset, &*t.text)).collect()
    }

    #[test]
    fn tokens_wait_for_their_text() {
        let mut held = Held::after(10);
        held.push(token("ab"));
        assert_eq!(texts(&held.release(1)), []);
        held.push(token(""));
        held.push(token("c"));
        assert_eq!(texts(&held.release(1)), [(10, "ab")]);
        assert_eq!(texts(&held.release(1)), [(12, ""), (12, "c")]);
    }

    #[test]
    fn a_cut_drops_tokens_behind_it_and_shortens_the_one_across() {
        let mut held = Held::default();
        ["ab", "cd", "", "ef"]
            .iter()
            .for_each(|t| held.push(token(t)));
        assert_eq!(texts(&held.finish(3, true)), [(0, "ab"), (2, "c")]);
        ["gh", ""].iter().for_each(|t| held.push(token(t)));
        assert_eq!(texts(&held.finish(2, false)), [(6, "gh"), (8, "")]);
    }

    #[test]
    fn an_unfinished_character_goes_to_the_last_token() {
        let mut held = Held::default();
        held.push(token("a"));
        held.push(token(""));
        held.complete("\u{FFFD}");
        assert_eq!(texts(&held.finish(4, false)), [(0, "a"), (1, "\u{FFFD}")]);
    }

    #[test]
    fn candidates_rank_by_mean_not_by_sum() {
        let choice = |logprobs: &[f32]| Choice {
            tokens: logprobs
                .iter()
                .map(|&l| Token {
                    logprob: Some(l),
                    ..token("a")
                })
                .collect(),
            ..Choice::default()
        };
        assert!(choice(&[-1.0; 9]).mean_logprob() > choice(&[-2.0]).mean_logprob());
        assert!(choice(&[-99.0]).mean_logprob() > choice(&[]).mean_logprob());
        let mut echoed = choice(&[-50.0, -1.0]);
        echoed.tokens[0].prompt = true;
        assert_eq!(echoed.mean_logprob(), -1.0);
    }
}
