//! Ctrl+C stops the answer, not the program.
//!
//! The signal sets a flag in the moment that it comes; whoever works on something long asks for it
//! and stops at the next token or chunk. A second Ctrl+C before anybody asked ends the program, so
//! nothing can hang.

use std::ops::ControlFlow;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, LazyLock};

use signal_hook::consts::SIGINT;
use signal_hook::flag;

use crate::report::Exit;

static INTERRUPTED: LazyLock<Arc<AtomicBool>> = LazyLock::new(Arc::default);

/// Installs the handler. Called once, at the start.
pub fn install() {
    let status = Exit::Interrupted as i32;
    // In this order: the first Ctrl+C finds the flag unset. Without a handler Ctrl+C ends the
    // program, which is a fair fallback.
    let _ = flag::register_conditional_shutdown(SIGINT, status, Arc::clone(&INTERRUPTED))
        .and_then(|_| flag::register(SIGINT, Arc::clone(&INTERRUPTED)));
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
