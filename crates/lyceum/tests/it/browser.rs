//! `lyceum serve --open`, with a browser that only notes what it shall open.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::time::{Duration, Instant};

use crate::killed::Server;
use crate::sandbox::Sandbox;

#[test]
fn the_playground_is_opened_where_it_is() {
    if cfg!(target_os = "macos") {
        return; // `open` stands in a system folder there, but what it is given is the same
    }
    let sandbox = Sandbox::new();
    let opener = sandbox.path("bin/xdg-open");
    sandbox.write(
        "bin/xdg-open",
        "#!/bin/sh\necho \"$1\" > \"$0.new\" && mv \"$0.new\" \"$0.told\"\n",
    );
    fs::set_permissions(&opener, fs::Permissions::from_mode(0o755)).unwrap();
    let path = std::env::var("PATH").unwrap();
    let arguments = ["serve", "-m", "./tiny", "--port", "0", "--open"];
    let mut command = sandbox.lyceum(&arguments);
    command.args(["--base-path", "/team/ai/"]);
    command.env("PATH", format!("{}:{path}", sandbox.path("bin").display()));
    let server = Server::of(command);
    let told = sandbox.path("bin/xdg-open.told");
    let start = Instant::now();
    while !told.exists() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "nothing was opened"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
    let address = fs::read_to_string(told).unwrap();
    let page = address.trim().strip_prefix("http://127.0.0.1:").unwrap();
    let (_, path) = page.split_once('/').unwrap();
    assert_eq!(path, "team/ai/");
    assert_eq!(server.look("/team/ai/a/index.js").0, 200);
}
