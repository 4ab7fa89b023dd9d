//! A database that is away for a while.

use std::io::{self, Read as _, Write as _};
use std::net::{Shutdown, SocketAddr, TcpListener, TcpStream, ToSocketAddrs as _};
use std::sync::{Arc, Mutex};

use serde_json::json;
use server::Limits;
use tempfile::TempDir;

use crate::running::{Server, eventually};

/// A way to a database that can be cut.
#[derive(Clone)]
struct Way {
    address: SocketAddr,
    state: Arc<Mutex<State>>,
}

#[derive(Default)]
struct State {
    cut: bool,
    open: Vec<TcpStream>,
}

impl Way {
    fn to(database: SocketAddr) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let way = Self {
            address: listener.local_addr().unwrap(),
            state: Arc::default(),
        };
        let of_thread = way.clone();
        std::thread::spawn(move || {
            for near in listener.incoming().map_while(Result::ok) {
                of_thread.join(&near, database);
            }
        });
        way
    }

    /// Passes on what comes, both ways, unless the way is cut.
    fn join(&self, near: &TcpStream, database: SocketAddr) {
        let mut state = self.state.lock().unwrap();
        if state.cut {
            return;
        }
        let far = TcpStream::connect(database).unwrap();
        for (from, to) in [(near, &far), (&far, near)] {
            let (from, to) = (from.try_clone().unwrap(), to.try_clone().unwrap());
            state.open.push(from.try_clone().unwrap());
            std::thread::spawn(move || pass_on(from, &to));
        }
    }

    fn cut(&self, cut: bool) {
        let mut state = self.state.lock().unwrap();
        state.cut = cut;
        for stream in state.open.drain(..) {
            let _ = stream.shutdown(Shutdown::Both);
        }
    }
}

fn pass_on(mut from: TcpStream, mut to: &TcpStream) -> io::Result<()> {
    let mut bytes = [0; 4096];
    loop {
        let read = from.read(&mut bytes)?;
        if read == 0 {
            return to.shutdown(Shutdown::Write);
        }
        to.write_all(&bytes[..read])?;
    }
}

/// The host and port of `postgres://user:password@host:port/name`.
fn place(url: &str) -> &str {
    let rest = url.split_once("://").unwrap().1;
    let place = rest.rsplit_once('@').map_or(rest, |(_, place)| place);
    place.split(['/', '?']).next().unwrap()
}

/// Only PostgreSQL can be away: SQLite is a file.
#[test]
fn a_lost_database_is_told_and_found_again() {
    let Ok(url) = std::env::var("LYCEUM_TEST_SERVER_DATABASE") else {
        return;
    };
    let database = place(&url).to_socket_addrs().unwrap().next().unwrap();
    let way = Way::to(database);
    let folder = TempDir::new().unwrap();
    let through = way.address.to_string();
    let limits = Limits::default();
    let server = Server::start_by_way_of(folder.path(), Vec::new(), limits, move |url| {
        url.replace(place(url), &through)
    });
    let body = json!({"model": "tiny-chat", "prompt": "a", "max_tokens": 1});
    server.post("/v1/completions", &body).ok();

    way.cut(true);
    for stream in [false, true] {
        let mut body = body.clone();
        body["stream"] = json!(stream);
        let refused = server.post("/v1/completions", &body);
        let (status, kind, _, _) = refused.error();
        assert_eq!((status, kind.as_str()), (503, "server_error"));
        assert!(refused.text.contains("cannot keep anything right now"));
        assert!(refused.headers.contains_key("retry-after"));
    }
    eventually(|| server.get("/health").status == 503);

    way.cut(false);
    eventually(|| server.get("/health").status == 200);
    eventually(|| server.post("/v1/completions", &body).status == 200);
    let counted = || {
        let usage = server.get("/v1/organization/usage/completions?start_time=1");
        usage.status == 200
    };
    eventually(counted);
}
