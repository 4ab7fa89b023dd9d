use std::ops::ControlFlow::{Break, Continue};
use std::path::Path;
use std::sync::LazyLock;

use serde_json::Value;
use testkit::{Golden, Rng, fixture};

use super::*;

mod grammar;
use crate::{Choice, EngineConfig, FinishReason, Token};

/// A model of two layers that was trained to continue a few lines.
static MODEL: LazyLock<TextModel> = LazyLock::new(|| open(&fixture("models/tiny-chat")));

fn open(path: &Path) -> TextModel {
    TextModel::open(path, &OpenOptions::default()).unwrap()
}

/// With a cache that rounds nothing.
fn open_exact(path: &Path) -> TextModel {
    let engine = EngineConfig {
        cache: kernels::attention::CacheType::F32,
        ..EngineConfig::default()
    };
    let options = OpenOptions {
        engine,
        ..OpenOptions::default()
    };
    TextModel::open(path, &options).unwrap()
}

fn greedy() -> Generation {
    let sampling = Sampling {
        temperature: 0.0,
        ..Sampling::default()
    };
    Generation {
        sampling,
        max_tokens: Some(48),
        ..Generation::default()
    }
}

fn sampled(seed: u64) -> Generation {
    let sampling = Sampling {
        seed: Some(seed),
        ..Sampling::default()
    };
    Generation {
        sampling,
        max_tokens: Some(24),
        ..Generation::default()
    }
}

fn request(prompt: &str, generation: Generation) -> CompletionRequest {
    CompletionRequest {
        generation,
        ..CompletionRequest::new(prompt)
    }
}

/// Completes, and checks that the answer is the fold of its deltas.
fn complete(request: &CompletionRequest) -> Completion {
    try_complete(&MODEL, request).unwrap()
}

fn try_complete(
    model: &TextModel,
    request: &CompletionRequest,
) -> Result<Completion, CompletionError> {
    let mut folded = Completion::default();
    let answer = model.complete(request, &mut |delta| {
        folded.push(delta);
        Continue(())
    })?;
    assert_eq!(
        folded.choices, answer.choices,
        "stream folded = not streamed"
    );
    for choice in &answer.choices {
        check_arrays(choice);
    }
    Ok(answer)
}

/// Tokens and text of a choice belong together.
fn check_arrays(choice: &Choice) {
    let Some(first) = choice.tokens.first() else {
        return;
    };
    let joined: String = choice.tokens.iter().map(|t| &*t.text).collect();
    assert_eq!(joined, choice.text[first.offset..], "{choice:?}");
    let mut at = first.offset;
    for token in &choice.tokens {
        assert_eq!(token.offset, at, "{choice:?}");
        at += token.text.len();
    }
}

fn ids(tokens: &[Token]) -> Vec<u32> {
    tokens.iter().map(|t| t.id).collect()
}

fn strings(json: &str) -> Vec<String> {
    serde_json::from_str(json).unwrap()
}

/// What transformers generates for the fixture's prompts: text, ids and
/// log-probabilities.
#[test]
fn greedy_answers_are_those_of_transformers() {
    let golden = Golden::open("models/tiny-chat/golden.safetensors");
    let texts = strings(golden.metadata("texts"));
    let models = ["models/tiny-chat", "models/tiny-chat/model.gguf"];
    let models = models.map(|name| open_exact(&fixture(name)));
    for (i, prompt) in strings(golden.metadata("prompts")).iter().enumerate() {
        let mut want = golden.ids(&format!("greedy.{i}"));
        let logprobs = golden.f32(&format!("logprobs.{i}"));
        let stops = MODEL.ends.contains(want.last().unwrap());
        want.truncate(want.len() - usize::from(stops));
        let generation = Generation {
            logprobs: Some(1),
            ..greedy()
        };
        for model in &models {
            let answer = try_complete(model, &request(prompt, generation.clone())).unwrap();
            let choice = &answer.choices[0];
            assert_eq!(choice.text, texts[i], "prompt {i}");
            assert_eq!(ids(&choice.tokens), want, "prompt {i}");
            let finish = if stops {
                FinishReason::Stop
            } else {
                FinishReason::Length
            };
            assert_eq!(choice.finish, Some(finish), "prompt {i}");
            let prompt_tokens = golden.ids(&format!("prompt.{i}")).len();
            let usage = crate::Usage {
                prompt_tokens,
                completion_tokens: want.len(),
                // Another test may have asked the same.
                ..answer.usage
            };
            assert_eq!(answer.usage, usage, "prompt {i}");
            for (token, want) in choice.tokens.iter().zip(&logprobs) {
                let got = token.logprob.unwrap();
                // Two layers in f32 move logits by some 1e-5.
                assert!((got - want).abs() < 1e-4, "prompt {i}: {got}, {want}");
                assert_eq!((token.top[0].id, token.top[0].logprob), (token.id, got));
            }
        }
    }
}

#[test]
fn a_chat_is_its_rendered_template() {
    let messages = vec![Message::new("user", "What is two plus two?")];
    let mut text = String::new();
    let chat = ChatRequest {
        generation: greedy(),
        ..ChatRequest::new(messages)
    };
    let answer = MODEL.chat(&chat, &mut |delta| {
        text += &delta.text;
        Continue(())
    });
    let choice = &answer.unwrap().choices[0];
    assert_eq!(choice.text, "Two plus two is four.");
    assert_eq!(choice.finish, Some(FinishReason::Stop));
    assert_eq!(text, choice.text);
}

/// Echo, log-probabilities, several answers, stops and ids, all together.
#[test]
fn streamed_is_not_streamed() {
    let text = "The sailors heard";
    let as_ids = Prompt::Ids(MODEL.tokenizer().encode(text, Specials::Parse));
    for echo in [false, true] {
        for logprobs in [None, Some(0), Some(5)] {
            for (n, best_of) in [(1, 0), (3, 3), (2, 4)] {
                for stop in [vec![], vec!["e".to_owned(), " t".to_owned()]] {
                    let generation = Generation {
                        logprobs,
                        n,
                        best_of,
                        stop,
                        ..sampled(3)
                    };
                    let mut r = CompletionRequest {
                        echo,
                        ..request(text, generation)
                    };
                    let answer = complete(&r);
                    assert_eq!(answer.choices.len(), n);
                    for choice in &answer.choices {
                        assert_eq!(choice.text.starts_with(text), echo);
                        let none = choice.tokens.iter().filter(|t| t.logprob.is_none()).count();
                        let echoed = echo && logprobs.is_some();
                        match logprobs {
                            Some(_) => assert_eq!(none, usize::from(echoed)),
                            None => assert_eq!(none, choice.tokens.len()),
                        }
                        assert_eq!(choice.tokens.first().is_some_and(|t| t.prompt), echoed);
                    }
                    r.prompt = as_ids.clone();
                    assert_eq!(complete(&r), answer, "{r:?}");
                }
            }
        }
    }
}

#[test]
fn a_prompt_is_scored_without_generating() {
    let generation = Generation {
        max_tokens: Some(0),
        logprobs: Some(20),
        ..greedy()
    };
    let whole = "Once upon a time there was a small lighthouse on a rock";
    let answer = complete(&CompletionRequest {
        echo: true,
        ..request(whole, generation)
    });
    let choice = &answer.choices[0];
    assert_eq!(choice.text, whole);
    assert_eq!(choice.finish, Some(FinishReason::Length));
    assert_eq!(answer.usage.completion_tokens, 0);
    let prompt = MODEL.tokenizer().encode(whole, Specials::Parse);
    assert_eq!(ids(&choice.tokens), prompt);
    assert_eq!(
        (choice.tokens[0].offset, choice.tokens[0].logprob),
        (0, None)
    );
    assert!(choice.tokens[1..].iter().all(|t| t.top.len() == 20));
    // What the model would say itself, it finds likely.
    let golden = Golden::open("models/tiny-chat/golden.safetensors").f32("logprobs.0");
    let first = golden.len().min(prompt.len() - 7);
    for (token, want) in choice.tokens[7..].iter().zip(&golden[..first]) {
        assert!((token.logprob.unwrap() - want).abs() < 1e-4);
    }
}

/// Special tokens of a prompt are part of its text; an answer's are not.
#[test]
fn an_echo_is_the_prompt_with_logprobs_and_without() {
    let text = "a<|im_end|> b";
    let ids = MODEL.tokenizer().encode(text, Specials::Parse);
    assert!(ids.iter().any(|&id| MODEL.tokenizer().is_special(id)));
    for prompt in [Prompt::Text(text.to_owned()), Prompt::Ids(ids)] {
        for logprobs in [None, Some(0)] {
            let generation = Generation {
                logprobs,
                max_tokens: Some(0),
                ..greedy()
            };
            let answer = complete(&CompletionRequest {
                prompt: prompt.clone(),
                echo: true,
                ..request("", generation)
            });
            assert_eq!(answer.choices[0].text, text, "{prompt:?} {logprobs:?}");
        }
    }
    let special = MODEL.tokenizer().id_of("<|im_start|>").unwrap();
    let mut forced = greedy();
    forced.max_tokens = Some(3);
    forced.sampling.logit_bias = vec![(special, 100.0)];
    let choice = complete(&request("a", forced)).choices.remove(0);
    assert_eq!((&*choice.text, choice.tokens.len()), ("", 3));
}

/// Several answers with scores compute the prompt once.
#[test]
fn the_prompt_of_several_is_scored_once() {
    let engine = EngineConfig {
        max_sequences: 4,
        max_step_tokens: 16,
        ..EngineConfig::default()
    };
    let options = OpenOptions {
        engine,
        ..OpenOptions::default()
    };
    let model = TextModel::open(&fixture("models/tiny-chat"), &options).unwrap();
    let text = "Once upon a time there was a small lighthouse on a rock. ".repeat(3);
    let generation = |n| Generation {
        n,
        logprobs: Some(2),
        ..sampled(5)
    };
    let of = |n| CompletionRequest {
        echo: true,
        ..request(&text, generation(n))
    };
    // A delta without a token tells of a step of the prompt.
    let mut steps = [0; 3];
    let answer = model.complete(&of(3), &mut |delta| {
        let empty = delta.tokens.is_empty() && delta.text.is_empty() && delta.finish.is_none();
        steps[delta.choice] += usize::from(empty);
        Continue(())
    });
    assert!(steps[0] > 3 && steps[1] < 3 && steps[2] < 3, "{steps:?}");
    let answer = answer.unwrap();
    let alone = model.complete(&of(1), &mut |_| Continue(())).unwrap();
    assert_eq!(answer.choices[0], alone.choices[0]);
    let prompt = |c: &Choice| -> Vec<Token> {
        let tokens = c.tokens.iter().filter(|t| t.prompt);
        tokens.cloned().collect()
    };
    for choice in &answer.choices {
        assert!(choice.text.starts_with(&text));
        assert_eq!(prompt(choice), prompt(&alone.choices[0]));
        check_arrays(choice);
    }
}

/// Every stop string that occurs cuts the text at its first place, however the
/// tokens lie, and what is kept has the same tokens as without.
#[test]
fn stop_strings_cut_across_tokens() {
    for prompt in ["Once upon a time", "海上"] {
        let free = complete(&request(prompt, greedy())).choices.remove(0);
        let chars: Vec<char> = free.text.chars().collect();
        for seed in 0..60 {
            let mut rng = Rng::new(seed);
            let start = rng.below(chars.len());
            let end = (start + 1 + rng.below(8)).min(chars.len());
            let stop: String = chars[start..end].iter().collect();
            let never = "€ never €".to_owned();
            let generation = Generation {
                stop: vec![never, stop.clone()],
                ..greedy()
            };
            let answer = complete(&request(prompt, generation));
            let choice = &answer.choices[0];
            assert_eq!(
                choice.text,
                free.text.split(&stop).next().unwrap(),
                "stop {stop:?}"
            );
            assert_eq!(choice.finish, Some(FinishReason::Stop), "stop {stop:?}");
            let kept = &free.tokens[..choice.tokens.len()];
            assert_eq!(ids(&choice.tokens), ids(kept), "stop {stop:?}");
            // Nothing was computed beyond the token that completed the stop.
            let needed = free.text.find(&stop).unwrap() + stop.len();
            let beyond = free.tokens.iter().filter(|t| t.offset < needed).count();
            assert!(answer.usage.completion_tokens <= beyond, "stop {stop:?}");
        }
    }
}

#[test]
fn the_first_of_several_stops_wins() {
    let stop = ["rock", "small", "far", " on"].map(str::to_owned).to_vec();
    let answer = complete(&request(
        "Once upon a time",
        Generation { stop, ..greedy() },
    ));
    assert_eq!(answer.choices[0].text, " there was a ");
}

#[test]
fn characters_come_whole() {
    let mut seen = 0;
    MODEL
        .complete(&request("海上", greedy()), &mut |delta| {
            assert!(!delta.text.contains('\u{FFFD}'), "{delta:?}");
            seen += delta.text.chars().count();
            Continue(())
        })
        .unwrap();
    assert_eq!(seen, "升明月，天涯共此时。".chars().count());
}

/// Cut inside a character by the length: the text ends with the replacement
/// character, which belongs to the last token.
#[test]
fn an_answer_may_end_inside_a_character() {
    let free = complete(&request("海上", greedy())).choices.remove(0);
    let inside = free
        .tokens
        .iter()
        .position(|t| t.text.is_empty())
        .expect("bytes of characters");
    let generation = Generation {
        max_tokens: Some(inside + 1),
        ..greedy()
    };
    let choice = complete(&request("海上", generation)).choices.remove(0);
    assert!(choice.text.ends_with('\u{FFFD}'), "{choice:?}");
    assert_eq!(choice.tokens.len(), inside + 1);
}

#[test]
fn seeds_repeat_and_answers_differ() {
    let several = |seed| {
        complete(&request(
            "The",
            Generation {
                n: 4,
                ..sampled(seed)
            },
        ))
    };
    let first = several(1);
    assert_eq!(first, several(1));
    assert_ne!(first, several(2));
    let texts: std::collections::BTreeSet<_> = first.choices.iter().map(|c| &c.text).collect();
    assert_eq!(texts.len(), 4, "{texts:?}");
    // One answer is the first of several.
    assert_eq!(
        complete(&request("The", sampled(1))).choices[0],
        first.choices[0]
    );
}

#[test]
fn best_of_returns_the_greatest_mean_logprob() {
    let generation = Generation {
        logprobs: Some(0),
        ..sampled(9)
    };
    let all = complete(&request(
        "The",
        Generation {
            n: 6,
            ..generation.clone()
        },
    ));
    let mut want = all.choices.clone();
    want.sort_by(|a, b| b.mean_logprob().total_cmp(&a.mean_logprob()));
    assert!(want[0].mean_logprob() > want[1].mean_logprob());
    let mut streamed = Vec::new();
    let best = Generation {
        n: 2,
        best_of: 6,
        ..generation
    };
    let answer = MODEL
        .complete(&request("The", best), &mut |delta| {
            streamed.push(delta);
            Continue(())
        })
        .unwrap();
    assert_eq!(answer.choices, want[..2]);
    assert_eq!(answer.usage, all.usage, "all candidates are paid for");
    let shown: Vec<_> = streamed.iter().filter(|d| d.finish.is_some()).collect();
    assert_eq!(shown.iter().map(|d| d.choice).collect::<Vec<_>>(), [0, 1]);
}

#[test]
fn breaking_off_cancels() {
    let model = open(&fixture("models/tiny-chat"));
    let mut tokens = 0;
    let generation = Generation {
        n: 2,
        max_tokens: Some(200),
        ..sampled(1)
    };
    let answer = model
        .complete(&request("Once", generation), &mut |delta| {
            tokens += delta.tokens.len();
            if tokens >= 3 { Break(()) } else { Continue(()) }
        })
        .unwrap();
    let kept: usize = answer.choices.iter().map(|c| c.tokens.len()).sum();
    assert_eq!(
        kept, tokens,
        "nothing is in the answer that was not streamed"
    );
    assert!(
        answer
            .choices
            .iter()
            .any(|c| c.finish == Some(FinishReason::Cancelled))
    );
    let status = model.engine().status();
    assert_eq!((status.running, status.free_pages), (0, status.pages));
}

#[test]
fn an_empty_prompt_begins_a_text() {
    let empty = complete(&request("", greedy()));
    let begin = MODEL.tokenizer().id_of("<|endoftext|>").unwrap();
    let mut ids = request("", greedy());
    ids.prompt = Prompt::Ids(vec![begin]);
    assert_eq!(empty, complete(&ids));
    let generation = Generation {
        logprobs: Some(1),
        max_tokens: Some(0),
        ..greedy()
    };
    let echo = complete(&CompletionRequest {
        echo: true,
        ..request("", generation)
    });
    assert_eq!(
        (&*echo.choices[0].text, echo.choices[0].tokens.len()),
        ("", 0)
    );
}

#[test]
fn what_does_not_fit_is_refused_with_numbers() {
    let context = MODEL.engine().context();
    let long = Generation {
        max_tokens: Some(context),
        ..greedy()
    };
    let e = try_complete(&MODEL, &request("Once upon", long)).unwrap_err();
    let wanted = format!("make {}; the context holds {context}", context + 4);
    let prompt = MODEL.tokenizer().encode("Once upon", Specials::Parse).len();
    assert_eq!(prompt, 4, "else adapt the sum");
    assert!(e.to_string().contains(&wanted), "{e}");
    assert!(e.hint().is_some());
    let mut endless = request(
        "",
        Generation {
            max_tokens: None,
            ..greedy()
        },
    );
    endless.prompt = Prompt::Ids(vec![5; context]);
    let e = try_complete(&MODEL, &endless).unwrap_err();
    assert!(
        e.to_string()
            .starts_with(&format!("{context} prompt tokens and 1")),
        "{e}"
    );
}

#[test]
fn without_a_limit_the_context_is_filled() {
    let bias = MODEL.ends.iter().map(|&id| (id, -100.0)).collect();
    let sampling = Sampling {
        temperature: 0.0,
        logit_bias: bias,
        ..Sampling::default()
    };
    let generation = Generation {
        max_tokens: None,
        sampling,
        ..Generation::default()
    };
    let answer = complete(&request("Once", generation));
    let total = answer.usage.prompt_tokens + answer.usage.completion_tokens;
    assert_eq!(total, MODEL.engine().context());
    assert_eq!(answer.choices[0].finish, Some(FinishReason::Length));
}

#[test]
fn parameters_are_checked() {
    let e = |g: Generation| {
        try_complete(&MODEL, &request("a", g))
            .unwrap_err()
            .to_string()
    };
    assert_eq!(
        e(Generation { n: 0, ..greedy() }),
        "n is 0, wanted 1 to 128"
    );
    assert!(
        e(Generation {
            n: 3,
            best_of: 2,
            ..greedy()
        })
        .starts_with("best_of is 2, wanted")
    );
    assert_eq!(
        e(Generation {
            logprobs: Some(21),
            ..greedy()
        }),
        "logprobs is 21, wanted at most 20"
    );
    assert!(
        e(Generation {
            stop: vec![String::new()],
            ..greedy()
        })
        .starts_with("stop is")
    );
    let sampling = Sampling {
        top_p: -0.5,
        ..Sampling::default()
    };
    assert_eq!(
        e(Generation {
            sampling,
            ..greedy()
        }),
        "top_p is -0.5, wanted a number from 0 to 1"
    );
}

#[test]
fn a_suffix_goes_behind_the_answer() {
    let t = MODEL.tokenizer();
    let fim = t.fim().expect("the fixture has the tokens");
    let encode = |text| t.encode(text, Specials::Parse);
    let (before, after) = (encode("Once"), encode(" a time"));
    let ids = [
        &[fim.prefix],
        &*before,
        &[fim.suffix],
        &*after,
        &[fim.middle],
    ]
    .concat();
    let mut infill = request("Once", greedy());
    infill.suffix = Some(" a time".to_owned());
    let answer = complete(&infill);
    let by_ids = complete(&CompletionRequest {
        prompt: Prompt::Ids(ids),
        ..request("", greedy())
    });
    assert_eq!(answer, by_ids);
    infill.echo = true;
    let echoed = complete(&infill);
    let want = format!("Once{}", answer.choices[0].text);
    assert_eq!(echoed.choices[0].text, want);
    infill.generation.logprobs = Some(1);
    let e = try_complete(&MODEL, &infill).unwrap_err();
    assert!(e.to_string().starts_with("echo is true, wanted"), "{e}");
}

/// The fixture with a tokenizer that has no special tokens and no template.
fn bare() -> TextModel {
    let folder = tempfile::tempdir().unwrap();
    let from = fixture("models/tiny-chat");
    for file in ["config.json", "model.safetensors"] {
        std::fs::copy(from.join(file), folder.path().join(file)).unwrap();
    }
    let json = std::fs::read_to_string(from.join("tokenizer.json")).unwrap();
    // Left in the vocabulary, a name alone would still be found.
    let json = json.replace("<|fim_", "<|other_");
    let mut tokenizer: Value = serde_json::from_str(&json).unwrap();
    tokenizer["added_tokens"] = Value::Array(Vec::new());
    std::fs::write(folder.path().join("tokenizer.json"), tokenizer.to_string()).unwrap();
    open(folder.path())
}

#[test]
fn what_a_model_lacks_is_said() {
    let model = bare();
    let mut r = request("", greedy());
    let e = try_complete(&model, &r).unwrap_err();
    assert!(matches!(e, CompletionError::EmptyPrompt), "{e}");
    r.suffix = Some(" a time".to_owned());
    let e = try_complete(&model, &r).unwrap_err();
    assert!(matches!(e, CompletionError::NoInfill), "{e}");
    let messages = vec![Message::new("user", "Hello!")];
    let chat = ChatRequest {
        generation: greedy(),
        ..ChatRequest::new(messages)
    };
    let e = model.chat(&chat, &mut |_| Continue(())).unwrap_err();
    assert!(matches!(e, CompletionError::NoTemplate), "{e}");
    assert!(e.hint().is_some());
}

/// The same answers whatever else the engine does.
#[test]
fn busy_or_not_the_answer_is_the_same() {
    let config = EngineConfig {
        max_step_tokens: 40,
        max_sequences: 6,
        ..EngineConfig::default()
    };
    let options = OpenOptions {
        engine: config,
        ..OpenOptions::default()
    };
    let busy = TextModel::open(&fixture("models/tiny-chat"), &options).unwrap();
    let prompts = [
        "Once upon a time",
        "The sailors heard",
        "def add(a",
        "海上",
        "Hello",
        "x",
    ];
    std::thread::scope(|scope| {
        for (i, prompt) in prompts.iter().enumerate() {
            let busy = &busy;
            scope.spawn(move || {
                for seed in 0..5 {
                    let generation = match seed {
                        0 => greedy(),
                        _ => Generation {
                            n: 2,
                            ..sampled(seed * 10 + i as u64)
                        },
                    };
                    let r = request(prompt, generation);
                    assert_eq!(try_complete(busy, &r).unwrap(), complete(&r), "{r:?}");
                }
            });
        }
    });
    assert_eq!(
        busy.engine().status().free_pages,
        busy.engine().status().pages
    );
}

/// Only what an earlier prompt left counts as cached, not what candidates share.
#[test]
fn cached_tokens_are_those_of_earlier_prompts() {
    let model = open(&fixture("models/tiny-chat"));
    let text = "the cat sat on the mat and the dog sat on the cat ".repeat(5);
    let cached = |prompt: &str, generation: &Generation, echo: bool| {
        let request = CompletionRequest {
            echo,
            ..request(prompt, generation.clone())
        };
        let usage = try_complete(&model, &request).unwrap().usage;
        assert!(usage.cached_tokens < usage.prompt_tokens);
        (usage.cached_tokens, usage.prompt_tokens)
    };
    let short = Generation {
        max_tokens: Some(2),
        ..greedy()
    };
    let three = Generation {
        n: 3,
        ..short.clone()
    };
    let best = Generation {
        best_of: 4,
        ..short.clone()
    };
    let scored = Generation {
        logprobs: Some(1),
        ..three.clone()
    };
    for (i, generation) in [&short, &three, &best].into_iter().enumerate() {
        let text = format!("{i}{text}");
        let (first, tokens) = cached(&text, generation, false);
        assert_eq!(first, 0, "{generation:?}");
        // All whole pages but for the row that predicts the next token.
        let pages = (tokens - 1) / crate::pages::PAGE;
        assert!(pages > 1);
        for again in [&short, &three, &best] {
            let want = pages * crate::pages::PAGE;
            assert_eq!(cached(&text, again, false), (want, tokens));
            assert_eq!(cached(&text, again, true), (want, tokens));
        }
        // Scores of a prompt need all its rows.
        assert_eq!(cached(&text, &scored, true), (0, tokens));
    }
}
