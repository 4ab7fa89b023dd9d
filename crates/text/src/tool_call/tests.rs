use super::*;
use AnswerPiece::{Arguments, Call, Content};

/// The pieces, neighbours of a kind joined.
fn read(syntax: CallSyntax, parts: &[&str]) -> Vec<AnswerPiece> {
    let mut parser = CallParser::new(syntax);
    let mut all: Vec<AnswerPiece> = parts.iter().flat_map(|part| parser.push(part)).collect();
    all.extend(parser.finish());
    let mut joined: Vec<AnswerPiece> = Vec::new();
    for piece in all {
        match (joined.last_mut(), piece) {
            (Some(Content(a)), Content(b)) | (Some(Arguments(a)), Arguments(b)) => a.push_str(&b),
            (_, piece) => joined.push(piece),
        }
    }
    joined
}

/// However the text is cut, the same comes out.
fn read_all_ways(syntax: CallSyntax, text: &str) -> Vec<AnswerPiece> {
    let whole = read(syntax, &[text]);
    for (at, _) in text.char_indices() {
        assert_eq!(
            read(syntax, &[&text[..at], &text[at..]]),
            whole,
            "cut at {at}"
        );
    }
    let single: Vec<String> = text.chars().map(String::from).collect();
    let single: Vec<&str> = single.iter().map(String::as_str).collect();
    assert_eq!(read(syntax, &single), whole, "by characters");
    whole
}

fn call(name: &str, arguments: &str) -> [AnswerPiece; 2] {
    let name = name.to_owned();
    [Call { name }, Arguments(arguments.to_owned())]
}

#[test]
fn calls_are_found_in_every_form() {
    let a = "{\"x\": \"}{\\\" <tool_call> é\", \"y\": [1, {}]}";
    let text = format!(
        "Let me see.\n<tool_call>\n{{\"name\": \"f\", \"arguments\": {a}}}\n</tool_call>\n\
         <tool_call>\n{{\"name\":\"g\",\"arguments\":{{}}}}\n</tool_call>\n"
    );
    let mut want = vec![Content("Let me see.".to_owned())];
    want.extend(call("f", a));
    want.extend(call("g", "{}"));
    assert_eq!(read_all_ways(CallSyntax::Hermes, &text), want);

    let text = format!(
        "[TOOL_CALLS] [{{\"name\": \"f\", \"arguments\": {a}}}, {{\"name\": \"g\", \
         \"arguments\": {{}}}}]"
    );
    assert_eq!(read_all_ways(CallSyntax::Mistral, &text), want[1..]);

    let text = format!("{{\"name\": \"f\", \"parameters\": {a}}}");
    assert_eq!(read_all_ways(CallSyntax::Llama, &text), call("f", a));
}

#[test]
fn text_without_calls_stays_as_it_is() {
    for syntax in [CallSyntax::Hermes, CallSyntax::Mistral, CallSyntax::Llama] {
        for text in [
            "Hello, <tool, [TOOL\n\n",
            " <tool_call",
            "{\"a\": 1}",
            "{\"name\": 3}",
            "é\n",
        ] {
            let want = [Content(text.to_owned())];
            assert_eq!(read_all_ways(syntax, text), want, "{syntax:?} {text}");
        }
        assert_eq!(read(syntax, &[]), []);
    }
    let bad = "a <tool_call> {\"name\": \"\"}";
    let want = [Content(bad.to_owned())];
    assert_eq!(read_all_ways(CallSyntax::Hermes, bad), want);
}

#[test]
fn a_cut_off_call_gives_what_there_is() {
    let text = "<tool_call>\n{\"name\": \"f\", \"arguments\": {\"a\": [\"b";
    let want = call("f", "{\"a\": [\"b");
    assert_eq!(read_all_ways(CallSyntax::Hermes, text), want);
    let text = "\n<tool_call>\n{\"name\": \"f\", \"argu";
    assert_eq!(read_all_ways(CallSyntax::Hermes, text), []);
}

#[test]
fn what_a_call_holds_is_bounded() {
    let mut parser = CallParser::new(CallSyntax::Hermes);
    let long = format!("<tool_call>{}", " ".repeat(1000));
    assert!(parser.push("<tool_call>").is_empty());
    assert_eq!(parser.push(&" ".repeat(1000)), [Content(long)]);
    assert_eq!(parser.push("x"), [Content("x".to_owned())]);
}
