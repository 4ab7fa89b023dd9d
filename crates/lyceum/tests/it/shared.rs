//! Several servers over one PostgreSQL (`LYCEUM_TEST_POSTGRES`) and one bucket (`LYCEUM_TEST_S3`).

use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};
use std::process::Command;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use crate::killed::Server;
use crate::sandbox::Sandbox;

/// A server with data of its own, beside the database of another.
fn serve(sandbox: &Sandbox, data: &str, database: &str) -> Command {
    let mut command = sandbox.clean(crate::sandbox::LYCEUM);
    command
        .args(["--offline", "--data"])
        .arg(sandbox.path(data));
    command.args([
        "serve",
        "-m",
        "./tiny",
        "--port",
        "0",
        "--database-url",
        database,
    ]);
    command
}

fn variable(name: &str) -> Option<String> {
    let value = std::env::var(name).ok();
    if value.is_none() {
        eprintln!("skipped, as {name} is not set");
    }
    value
}

#[test]
fn servers_share_a_bucket() {
    let (Some(database), Some(bucket)) =
        (variable("LYCEUM_TEST_POSTGRES"), variable("LYCEUM_TEST_S3"))
    else {
        return;
    };
    let sandbox = Sandbox::new();
    let bucket = format!("{bucket}/{}", std::process::id());
    let start = |data| {
        let mut command = serve(&sandbox, data, &database);
        let aws = std::env::vars().filter(|(name, _)| name.starts_with("AWS_"));
        Server::of({
            command.args(["--blobs", &bucket]).envs(aws);
            command
        })
    };
    let (one, other) = (start("one"), start("other"));
    // In two parts, and the smaller rest.
    let bytes: Vec<u8> = (0..11 << 20).map(|i: u32| (i % 253) as u8).collect();
    let id = one.upload("user_data", &bytes).unwrap();
    let content = format!("/files/{id}/content");
    assert!(other.bytes(&content) == bytes);
    let blobs = sandbox.path("one/blobs");
    assert!(!blobs.exists(), "it is in the bucket");
    other.kill();
    assert!(one.bytes(&content) == bytes);
}

/// Stands between a server and its database, until it is cut.
struct Wire {
    port: u16,
    open: Arc<Mutex<Option<Vec<TcpStream>>>>,
}

fn forward(mut from: TcpStream, mut to: TcpStream) {
    std::thread::spawn(move || {
        let mut bytes = [0; 4096];
        while let Ok(n @ 1..) = from.read(&mut bytes) {
            if to.write_all(&bytes[..n]).is_err() {
                return;
            }
        }
    });
}

impl Wire {
    fn to(target: &str) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = listener.local_addr().unwrap().port();
        let open = Arc::new(Mutex::new(Some(Vec::new())));
        let (target, kept) = (target.to_owned(), Arc::clone(&open));
        std::thread::spawn(move || {
            for near in listener.incoming() {
                let near = near.unwrap();
                let mut open = kept.lock().unwrap();
                let Some(open) = &mut *open else { continue };
                let far = TcpStream::connect(&target).unwrap();
                forward(near.try_clone().unwrap(), far.try_clone().unwrap());
                forward(far.try_clone().unwrap(), near.try_clone().unwrap());
                open.extend([near, far]);
            }
        });
        Self { port, open }
    }

    fn cut(&self) {
        for stream in self.open.lock().unwrap().take().unwrap() {
            // The other end may have gone.
            let _ = stream.shutdown(std::net::Shutdown::Both);
        }
    }

    fn mend(&self) {
        *self.open.lock().unwrap() = Some(Vec::new());
    }
}

#[test]
fn a_server_is_not_healthy_without_its_database() {
    let Some(database) = variable("LYCEUM_TEST_POSTGRES") else {
        return;
    };
    let sandbox = Sandbox::new();
    let (before, host) = database.split_once('@').unwrap();
    let (host, name) = host.split_once('/').unwrap();
    let wire = Wire::to(host);
    let database = format!("{before}@127.0.0.1:{}/{name}", wire.port);
    let server = Server::of(serve(&sandbox, "data", &database));
    let health = || server.look("/health");
    assert_eq!(health().0, 200);
    wire.cut();
    let (status, text) = health();
    assert_eq!(status, 503, "{text}");
    let error: Value = serde_json::from_str(&text).unwrap();
    let message = error["error"]["message"].as_str().unwrap();
    assert!(message.contains("the database"), "{text}");
    assert!(!message.contains(host), "{text}");
    wire.mend();
    assert_eq!(health().0, 200);
}
