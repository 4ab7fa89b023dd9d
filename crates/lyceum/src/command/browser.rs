//! The machine's own browser.

use std::io;
use std::process::{Command, Stdio};

use crate::term;

/// What shows an address in the browser that the user has chosen.
const OPENER: &str = if cfg!(target_os = "macos") {
    "open"
} else if cfg!(windows) {
    "explorer"
} else {
    "xdg-open"
};

/// Opens an address; a machine without a browser is told of, and serves on.
pub fn open(address: &str) {
    if let Err(e) = started(address) {
        say!(
            "{} cannot open {address} by {OPENER}: {e}",
            term::paint("1;33", "warning:")
        );
    }
}

fn started(address: &str) -> io::Result<()> {
    let mut command = Command::new(OPENER);
    command.arg(address).stdin(Stdio::null());
    let mut child = command
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()?;
    // Nobody waits for a browser, but for its end somebody must.
    std::thread::spawn(move || child.wait());
    Ok(())
}
