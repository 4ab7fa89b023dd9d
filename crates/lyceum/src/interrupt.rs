//! Ctrl+C stops the answer, not the program.
//!
//! The handler sets a flag; whoever works on something long asks for it and stops at the next
//! token or chunk. A second Ctrl+C before anybody asked ends the program, so nothing can hang.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};

use crate::report::Exit;

static INTERRUPTED: AtomicBool = AtomicBool::new(false);

/// Installs the handler. Called once, at the start.
pub fn install() {
    let handler = || {
        if INTERRUPTED.swap(true, Ordering::SeqCst) {
            std::process::exit(Exit::Interrupted as i32);
        }
    };
    // Without a handler Ctrl+C ends the program, which is a fair fallback.
    let _ = ctrlc::set_handler(handler);
}

/// Forgets an earlier Ctrl+C: the person has said something new. Only a chat gets there; whoever
/// else forgets would go on after a Ctrl+C that came while the model was loading.
pub fn reset() {
    INTERRUPTED.store(false, Ordering::SeqCst);
}

/// Whether Ctrl+C was pressed since the last [`reset`].
pub fn requested() -> bool {
    INTERRUPTED.load(Ordering::SeqCst)
}

/// `Break` once Ctrl+C was pressed.
pub fn flow() -> ControlFlow<()> {
    if requested() {
        ControlFlow::Break(())
    } else {
        ControlFlow::Continue(())
    }
}
