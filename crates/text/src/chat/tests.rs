use super::*;
use serde_json::Value as Json;
use testkit::fixture;

fn error(source: &str) -> TemplateError {
    let template = match ChatTemplate::parse(source) {
        Ok(template) => template,
        Err(e) => return e,
    };
    template
        .render(&[Message::new("user", "hi")], true, "", "")
        .unwrap_err()
}

#[test]
fn renders_as_transformers() {
    let text = std::fs::read_to_string(fixture("tokenizers/chat.json")).unwrap();
    let json: Json = serde_json::from_str(&text).unwrap();
    let cases = json["cases"].as_array().unwrap();
    assert!(cases.len() > 60);
    for case in cases {
        let source = json["templates"][case["style"].as_str().unwrap()]
            .as_str()
            .unwrap();
        let list = |name: &str| case[name].as_array().unwrap().clone();
        let input = ChatInput {
            messages: list("messages"),
            tools: list("tools"),
            add_generation_prompt: case["add_generation_prompt"].as_bool().unwrap(),
            bos: "<s>".into(),
            eos: "</s>".into(),
            ..ChatInput::default()
        };
        let got = ChatTemplate::parse(source)
            .unwrap()
            .render_input(&input)
            .unwrap();
        assert_eq!(got, case["want"].as_str().unwrap(), "{case}");
    }
}

#[test]
fn a_template_may_know_names() {
    let template =
        ChatTemplate::parse("{{ messages[0].name }}: {{ messages[0].content }}").unwrap();
    let mut message = Message::new("user", "hi");
    message.name = Some("ada".to_owned());
    assert_eq!(
        template.render(&[message], true, "", "").unwrap(),
        "ada: hi"
    );
}

#[test]
fn a_template_may_refuse() {
    let TemplateError::Refused { line, detail } = error("\n{{ raise_exception('no ' ~ 1) }}")
    else {
        panic!("not refused");
    };
    assert_eq!((line, detail.as_str()), (2, "no 1"));
}

#[test]
fn errors_name_the_line() {
    assert!(matches!(
        error("a\n{% if %}"),
        TemplateError::Parse { line: 2, .. }
    ));
    assert!(matches!(
        error("a\nb\n{{ nothing.at.all }}"),
        TemplateError::Render { line: 3, .. }
    ));
}

#[test]
fn hostile_templates_end() {
    let endless =
        "{% for a in range(9999) %}{% for b in range(9999) %}{{ b }}{% endfor %}{% endfor %}";
    assert!(matches!(error(endless), TemplateError::Render { .. }));
    let deep = "{% macro f() %}{{ f() }}{% endmacro %}{{ f() }}";
    assert!(matches!(error(deep), TemplateError::Render { .. }));
    let nested = format!("{}{}", "{{ (".repeat(5000), ") }}".repeat(5000));
    assert!(matches!(error(&nested), TemplateError::Parse { .. }));
}

#[test]
fn the_date_is_given() {
    let template = ChatTemplate::parse("{{ strftime_now('%d %b %Y') }}").unwrap();
    let input = ChatInput {
        now_s: Some(1_709_211_909),
        ..ChatInput::default()
    };
    assert_eq!(template.render_input(&input).unwrap(), "29 Feb 2024");
}
