//! A chat template, rendered for a short conversation.
#![no_main]

use libfuzzer_sys::fuzz_target;
use text::{ChatTemplate, Message};

fuzz_target!(|bytes: &[u8]| {
    let Ok(source) = str::from_utf8(bytes) else {
        return;
    };
    let Ok(template) = ChatTemplate::parse(source) else {
        return;
    };
    let message = |role: &str, content: &str| Message {
        role: role.to_owned(),
        content: content.to_owned(),
    };
    let messages = [
        message("system", "Be brief."),
        message("user", "Hi {{ x }}"),
    ];
    let _ = template.render(&messages, true, "<s>", "</s>");
});
