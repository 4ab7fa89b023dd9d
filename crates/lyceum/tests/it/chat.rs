//! A chat in a pseudo-terminal, which `script` of util-linux provides.

use std::io::{Read, Write};
use std::process::{Child, ChildStdin, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use serde_json::json;

use crate::sandbox::{LYCEUM, Sandbox};

/// How long anything may take on a busy machine.
const PATIENCE: Duration = Duration::from_secs(60);

struct Terminal {
    child: Child,
    keys: ChildStdin,
    output: Receiver<Vec<u8>>,
    /// All that was shown.
    shown: String,
    /// How much of it the test has read.
    read: usize,
}

impl Terminal {
    /// Starts `lyceum` with `arguments`; `None`, after saying so, without `script`.
    fn start(sandbox: &Sandbox, arguments: &str) -> Option<Self> {
        let there = |c: &mut Command| {
            c.stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok()
        };
        if !there(Command::new("script").arg("--version")) {
            eprintln!("skipped: `script` of util-linux is not here");
            return None;
        }
        let inside =
            format!("trap : INT; stty cols 100 rows 40; {LYCEUM} {arguments}; echo exit code $?");
        let mut command = sandbox.shell("exec script -qec \"$0\" /dev/null");
        command.arg(inside).stdin(Stdio::piped());
        command.stdout(Stdio::piped()).stderr(Stdio::inherit());
        let mut child = command.spawn().unwrap();
        let keys = child.stdin.take().unwrap();
        let mut out = child.stdout.take().unwrap();
        let (sender, output) = channel();
        std::thread::spawn(move || {
            let mut buffer = [0; 4096];
            while let Ok(n @ 1..) = out.read(&mut buffer) {
                if sender.send(buffer[..n].to_vec()).is_err() {
                    return;
                }
            }
        });
        Some(Self {
            child,
            keys,
            output,
            shown: String::new(),
            read: 0,
        })
    }

    fn press(&mut self, keys: &str) {
        self.keys.write_all(keys.as_bytes()).unwrap();
        self.keys.flush().unwrap();
    }

    /// Waits for `text` behind what was read before; returns what stood before it.
    #[track_caller]
    fn wait_for(&mut self, text: &str) -> String {
        let deadline = Instant::now() + PATIENCE;
        loop {
            if let Some(at) = self.shown[self.read..].find(text) {
                let before = self.shown[self.read..self.read + at].to_owned();
                self.read += at + text.len();
                return before;
            }
            let left = deadline.saturating_duration_since(Instant::now());
            match self.output.recv_timeout(left) {
                Ok(bytes) => self.shown += &String::from_utf8_lossy(&bytes),
                Err(_) => panic!("waited for {text:?} in\n{}", self.shown),
            }
        }
    }

    /// Types a line and waits for the prompt that follows; returns what was shown in between.
    #[track_caller]
    fn say(&mut self, line: &str) -> String {
        self.press(&format!("{line}\r"));
        // The line is drawn while it is typed; it ends where the editor leaves raw mode.
        self.wait_for("\x1b[?2004l");
        let answer = self.wait_for("\x1b[?2004h");
        self.wait_for(">>> ");
        answer.replace("\r\n", "\n")
    }
}

impl Drop for Terminal {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

#[test]
fn a_conversation_with_its_commands() {
    let sandbox = Sandbox::new();
    let Some(mut terminal) = Terminal::start(&sandbox, "run ./tiny -t 0") else {
        return;
    };
    terminal.wait_for("/help lists commands");
    terminal.wait_for(">>> ");

    let help = terminal.say("/help");
    for command in [
        "/system", "/temp", "/probs", "/alt", "/undo", "/again", "/show", "/save",
    ] {
        assert!(help.contains(command), "{command}: {help}");
    }
    assert!(help.lines().all(|l| l.chars().count() <= 100), "{help}");

    let answer = terminal.say("What is two plus two?");
    assert!(answer.contains("Two plus two is four."), "{answer}");
    let show = terminal.say("/show");
    assert!(show.contains("2 messages"), "{show}");

    let again = terminal.say("/again");
    assert!(again.contains("Two plus two is four."), "{again}");
    assert!(terminal.say("/alt").contains('%'));

    terminal.say("/probs on");
    let colored = terminal.say("/again");
    assert!(colored.contains("\x1b[30;48;5;"), "{colored}");
    assert!(colored.contains("≥ 80 %"), "{colored}");
    terminal.say("/probs off");

    terminal.say("/temp 0.5");
    assert!(terminal.say("/show").contains("0.5"));
    assert!(terminal.say("/temp 3").contains("0 to 2"));
    assert!(terminal.say("/tmep 1").contains("no command /tmep"));

    terminal.say("/save chat.jsonl");
    let saved = std::fs::read_to_string(sandbox.path("chat.jsonl")).unwrap();
    let saved: serde_json::Value = serde_json::from_str(&saved).unwrap();
    assert_eq!(
        saved["messages"],
        json!([{"role": "user", "content": "What is two plus two?"},
               {"role": "assistant", "content": "Two plus two is four."}])
    );

    terminal.say("/undo");
    assert!(terminal.say("/show").contains("0 messages"));
    terminal.press("/exit\r");
    terminal.wait_for("exit code 0");
}

#[test]
fn a_text_of_many_lines_is_one_message() {
    let sandbox = Sandbox::new();
    let Some(mut terminal) = Terminal::start(&sandbox, "run ./tiny -t 0 -n 2") else {
        return;
    };
    terminal.wait_for(">>> ");
    terminal.press("\"\"\"first\r");
    terminal.wait_for("... ");
    terminal.say("second\"\"\"");
    terminal.say("/save chat.jsonl");
    let saved = std::fs::read_to_string(sandbox.path("chat.jsonl")).unwrap();
    assert!(saved.contains("\"first\\nsecond\""), "{saved}");
    // Ctrl+D leaves.
    terminal.press("\x04");
    terminal.wait_for("exit code 0");
}

#[test]
fn ctrl_c_stops_the_answer_and_the_chat_goes_on() {
    let sandbox = Sandbox::new();
    sandbox.with_config("endless", |config| {
        config.insert("max_position_embeddings".into(), json!(10_000_000));
    });
    let arguments = "run ./endless -t 0 --logit-bias 0=-100 --logit-bias 2=-100";
    let Some(mut terminal) = Terminal::start(&sandbox, arguments) else {
        return;
    };
    terminal.wait_for(">>> ");
    terminal.press("Who lit the lamp?\r");
    terminal.wait_for("The keeper");
    terminal.press("\x03");
    terminal.wait_for("(stopped)");
    terminal.wait_for(">>> ");
    assert!(terminal.say("/show").contains("2 messages"));
    // On a line with text it clears the line; on an empty one it leaves at the second time, as
    // the first may have been meant for an answer that has just ended.
    terminal.press("some text");
    terminal.wait_for("some text");
    terminal.press("\x03");
    terminal.say("/show");
    terminal.press("\x03");
    terminal.wait_for("Ctrl+C again or Ctrl+D leaves");
    terminal.wait_for(">>> ");
    terminal.press("\x03");
    terminal.wait_for("exit code");
}

/// A model that wants to clear the screen writes an escape; a pipe gets it as it is.
#[test]
fn control_characters_do_not_reach_the_terminal() {
    let sandbox = Sandbox::new();
    let id = sandbox
        .shell("printf '\\033' | lyceum tokenizer encode -m ./tiny")
        .output();
    let id = String::from_utf8(id.unwrap().stdout).unwrap();
    let forced = format!("-t 0 -n 2 --logit-bias {}=100", id.trim());
    for verb in ["complete", "run"] {
        let line = format!("lyceum {verb} -m ./tiny Hi {forced} </dev/null");
        let piped = sandbox.shell(&line).output().unwrap().stdout;
        assert!(piped.starts_with(b"\x1b\x1b"), "{verb}: {piped:?}");
        for more in ["", "--logprobs"] {
            let arguments = format!("{verb} -m ./tiny Hi {forced} {more} </dev/null");
            if verb == "run" && !more.is_empty() {
                continue;
            }
            let Some(mut terminal) = Terminal::start(&sandbox, &arguments) else {
                return;
            };
            let before = terminal.wait_for("exit code 0");
            assert_eq!(before.matches("\\u{1b}").count(), 2, "{before:?}");
            assert!(!before.contains("\x1b\x1b"), "{before:?}");
        }
    }
    let Some(mut terminal) = Terminal::start(&sandbox, &format!("run ./tiny {forced}")) else {
        return;
    };
    terminal.wait_for(">>> ");
    for probabilities in ["/probs off", "/probs on"] {
        terminal.say(probabilities);
        let answer = terminal.say("Hi");
        assert_eq!(answer.matches("\\u{1b}").count(), 2, "{answer:?}");
    }
}

/// What is sent is counted: the instructions too.
#[test]
fn show_counts_the_instructions() {
    let sandbox = Sandbox::new();
    let Some(mut terminal) = Terminal::start(&sandbox, "run ./tiny -t 0 -n 2") else {
        return;
    };
    terminal.wait_for(">>> ");
    terminal.say("Hi");
    let tokens = |show: &str| -> usize {
        let (_, rest) = show.split_once("messages, ").unwrap();
        rest.split(' ').next().unwrap().parse().unwrap()
    };
    let without = terminal.say("/show");
    terminal.say("/system Answer as the keeper of a lighthouse would.");
    let with = terminal.say("/show");
    assert!(with.contains("3 messages"), "{with}");
    assert!(tokens(&with) > tokens(&without), "{without}{with}");
}

/// A chat that cannot be written ends with the error.
#[test]
fn a_full_device_ends_the_chat() {
    let sandbox = Sandbox::new();
    let arguments = "run ./tiny -t 0 >/dev/full";
    let Some(mut terminal) = Terminal::start(&sandbox, arguments) else {
        return;
    };
    terminal.wait_for("/help lists commands");
    let told = terminal.wait_for("exit code 5");
    assert!(told.contains("No space left"), "{told}");
    assert!(!told.contains("panicked"), "{told}");
}
