//! A chat template, rendered for a short conversation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use text::{ChatTemplate, Message, Tool, ToolCall};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = str::from_utf8(bytes) else {
        return;
    };
    let Ok(template) = ChatTemplate::parse(source) else {
        return;
    };
    let call = ToolCall {
        id: "call_1".to_owned(),
        name: "f".to_owned(),
        arguments: "{\"a\": 1}".to_owned(),
    };
    let mut messages = vec![
        Message::new("system", "Be brief."),
        Message::new("user", "Hi {{ x }}"),
    ];
    let _ = template.render(&messages, true, "<s>", "</s>");
    messages.push(Message::new("assistant", ""));
    messages[2].tool_calls.push(call);
    messages.push(Message::new("tool", "2"));
    messages[3].tool_call_id = Some("call_1".to_owned());
    let tool = Tool {
        name: "f".to_owned(),
        description: None,
        parameters: None,
        strict: false,
    };
    let _ = template.render_with_tools(&messages, &[tool], true, "<s>", "</s>");
});
