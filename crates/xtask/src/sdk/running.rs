//! A server of ours that runs while it is judged.

use std::io::{BufRead, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::time::Duration;

use anyhow::{Context, Result, bail};

/// Until a server says where it listens.
const START: Duration = Duration::from_secs(60);

pub(crate) struct Running {
    child: Child,
    url: String,
}

impl Running {
    /// Starts `lyceum serve` and waits until it says that it serves.
    pub(crate) fn start(command: &mut Command) -> Result<Self> {
        let piped = command.stdout(Stdio::null()).stderr(Stdio::piped());
        let mut child = piped.spawn().context("cannot start `lyceum serve`")?;
        let stderr = child.stderr.take().expect("stderr is piped");
        let (tell, told) = mpsc::channel();
        std::thread::spawn(move || {
            // Read to the end, as a full pipe would stop the server.
            for line in BufReader::new(stderr).lines().map_while(Result::ok) {
                match address(&line) {
                    Some(url) => drop(tell.send(url.to_owned())),
                    None if line.contains("error:") || line.contains(" private=") => {
                        println!("   server: {line}")
                    }
                    None => {}
                }
            }
        });
        let url = told.recv_timeout(START).unwrap_or_default();
        let running = Self { child, url };
        if running.url.is_empty() {
            bail!("`lyceum serve` did not say where it serves");
        }
        Ok(running)
    }

    pub(crate) fn url(&self) -> &str {
        &self.url
    }

    /// Of its process.
    pub(crate) fn id(&self) -> u32 {
        self.child.id()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // It may have ended by itself, which its suite has told.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// The address in `Serving http://127.0.0.1:8080/v1`.
fn address(line: &str) -> Option<&str> {
    let (_, url) = line.split_once("Serving ")?;
    url.starts_with("http").then(|| url.trim())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_address_is_read_off_the_servers_first_line() {
        let line = "     Serving http://127.0.0.1:43121/v1";
        assert_eq!(address(line), Some("http://127.0.0.1:43121/v1"));
        assert_eq!(address("       Model fixtures/models/tiny-chat"), None);
    }

    #[test]
    fn a_program_that_does_not_serve_is_an_error() {
        let mut command = crate::process::cargo(&["--version"]);
        command.env("LANG", "C");
        assert!(Running::start(&mut command).is_err());
    }
}
