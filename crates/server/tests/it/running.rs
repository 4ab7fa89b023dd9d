//! A running server, and a client that hides nothing.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io::{BufRead, BufReader, Read, Write as _};
use std::net::{SocketAddr, TcpStream};
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, mpsc};
use std::thread::JoinHandle;
use std::time::{Duration, Instant};

use engine::{Embedder, OpenOptions, TextModel};
use models::checkpoint::{Checkpoint, TokenizerSource};
use serde_json::{Value, json};
use server::{
    About, App, Card, Durable, Guard, Limits, Loaded, Model, Progress, Room, Settings, Shelf,
    ShelfError, Ui, serve,
};
use sqlx::Connection as _;
use store::{Blobs, Database};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

use crate::published;

/// A model, the same one without its template, and with room for tools, and one that makes
/// embeddings.
const MODELS: [&str; 4] = ["tiny-chat", "tiny-base", "tiny-roomy", "tiny-embed"];

const ALIASES: [(&str, &str); 2] = [
    ("gpt-3.5-turbo", "tiny-chat"),
    ("text-embedding-3-small", "tiny-embed"),
];

/// Of pages from elsewhere that may ask.
pub(crate) const ORIGIN: &str = "https://chat.example";

/// Where a proxy would show this server.
pub(crate) const BASE: &str = "/team/ai";

/// Until a server that says nothing has failed.
const PATIENCE: Duration = Duration::from_secs(60);

/// A model that can be fetched, and one that cannot.
pub(crate) const ABSENT: [&str; 2] = ["tiny-absent", "tiny-nowhere"];

/// Bytes that fetching the one takes.
const FETCHED: u64 = 100;

#[derive(Default)]
struct Fixtures {
    /// Bytes of the model that is being fetched; all of them once it is here.
    fetched: AtomicU64,
}

impl Fixtures {
    fn has(&self, name: &str) -> bool {
        name == ABSENT[0] && self.fetched.load(Ordering::SeqCst) == FETCHED
    }
}

impl Shelf for Fixtures {
    fn names(&self) -> Vec<String> {
        let absent = ABSENT.into_iter().filter(|name| self.has(name));
        MODELS
            .into_iter()
            .chain(absent)
            .map(str::to_owned)
            .collect()
    }

    fn cards(&self) -> Vec<Card> {
        let all = MODELS.into_iter().chain(ABSENT);
        let card = |name: &str| Card {
            name: name.to_owned(),
            installed: MODELS.contains(&name) || self.has(name),
            can: match name {
                "tiny-embed" => vec!["embeddings"],
                "tiny-base" => vec!["completions"],
                _ => vec!["chat", "completions", "tools"],
            },
            bytes: 1,
            ..Card::default()
        };
        all.map(card).collect()
    }

    /// A byte at a time, from where it was stopped.
    fn pull(&self, name: &str, progress: Progress<'_>) -> Result<(), ShelfError> {
        if name != ABSENT[0] {
            return Err(ShelfError::Failed("no source has it".to_owned()));
        }
        loop {
            let bytes = self.fetched.load(Ordering::SeqCst);
            if progress(bytes, Some(FETCHED)).is_break() {
                return Err(ShelfError::Stopped);
            }
            if bytes == FETCHED {
                return Ok(());
            }
            std::thread::park_timeout(Duration::from_millis(5));
            self.fetched.store(bytes + 1, Ordering::SeqCst);
        }
    }

    fn remove(&self, name: &str) -> Result<(), ShelfError> {
        match self.has(name) {
            true => {
                self.fetched.store(0, Ordering::SeqCst);
                Ok(())
            }
            false => Err(ShelfError::Given),
        }
    }

    fn open(&self, name: &str) -> Result<Model, ShelfError> {
        let failed = |e: &dyn std::error::Error| ShelfError::Failed(e.to_string());
        let fingerprint = "fp_test".to_owned();
        let folder = match name {
            "tiny-embed" => "models/tiny-embed",
            _ => "models/tiny-chat",
        };
        let checkpoint = Checkpoint::open(&testkit::fixture(folder));
        let mut checkpoint = checkpoint.map_err(|e| failed(&e))?;
        if name == "tiny-embed" {
            let model = Embedder::from_checkpoint(&checkpoint).map_err(|e| failed(&e))?;
            return Ok(Model::Embedder(Arc::new(Loaded { model, fingerprint })));
        }
        if let (true, TokenizerSource::Json { chat_template, .. }) =
            (name == "tiny-base", &mut checkpoint.tokenizer)
        {
            *chat_template = None;
        }
        if name == "tiny-roomy" {
            checkpoint.config["max_position_embeddings"] = json!(2048);
        }
        let model = TextModel::from_checkpoint(&checkpoint, &OpenOptions::default());
        let model = model.map_err(|e| failed(&e))?;
        Ok(Model::Text(Arc::new(Loaded { model, fingerprint })))
    }

    fn bytes(&self, _: &str) -> u64 {
        1
    }
}

/// The database of a folder: SQLite in it, or where `LYCEUM_TEST_SERVER_DATABASE` names a
/// PostgreSQL, one of its own there.
pub(crate) fn database_url(folder: &Path) -> String {
    let Ok(url) = std::env::var("LYCEUM_TEST_SERVER_DATABASE") else {
        return format!("sqlite://{}?mode=rwc", folder.join("lyceum.db").display());
    };
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let (server, _) = url.rsplit_once('/').unwrap();
    format!("{server}/lyceum_{:016x}", hasher.finish())
}

pub(crate) async fn database(folder: &Path) -> Database {
    let own = database_url(folder);
    if let Ok(url) = std::env::var("LYCEUM_TEST_SERVER_DATABASE") {
        let (_, name) = own.rsplit_once('/').unwrap();
        sqlx::any::install_default_drivers();
        let mut admin = sqlx::AnyConnection::connect(&url).await.unwrap();
        // A server that starts again finds it there.
        let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
        let _ = sqlx::raw_sql(create).execute(&mut admin).await;
    }
    Database::open(&own).await.unwrap()
}

/// Waits for what a server does in the background.
pub(crate) fn eventually(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(
            start.elapsed() < Duration::from_secs(60),
            "it does not come"
        );
        std::thread::park_timeout(Duration::from_millis(20));
    }
}

pub(crate) struct Server {
    pub(crate) address: SocketAddr,
    key: Option<String>,
    agent: ureq::Agent,
    stop: Option<oneshot::Sender<()>>,
    thread: Option<JoinHandle<()>>,
    /// Removed last.
    folder: Option<TempDir>,
}

impl Server {
    pub(crate) fn start() -> Self {
        Self::start_with(Vec::new(), Limits::default())
    }

    pub(crate) fn start_with(keys: Vec<String>, limits: Limits) -> Self {
        let folder = TempDir::new().unwrap();
        let mut server = Self::start_in(folder.path(), keys, limits);
        server.folder = Some(folder);
        server
    }

    /// On what an earlier server kept in a folder.
    pub(crate) fn start_in(folder: &Path, keys: Vec<String>, limits: Limits) -> Self {
        Self::start_by_way_of(folder, keys, limits, str::to_owned)
    }

    /// The same, with the address of its database changed on the way there.
    pub(crate) fn start_by_way_of(
        folder: &Path,
        keys: Vec<String>,
        limits: Limits,
        way: impl FnOnce(&str) -> String + Send + 'static,
    ) -> Self {
        let folder = folder.to_owned();
        let (tell, told) = mpsc::channel();
        let (stop, stopped) = oneshot::channel();
        let key = keys.first().cloned();
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(2)
                .enable_all()
                .build()
                .unwrap();
            runtime.block_on(async {
                let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
                let address = listener.local_addr().unwrap();
                let aliases = ALIASES.map(|(alias, model)| (alias.to_owned(), model.to_owned()));
                database(&folder).await;
                let durable = Durable {
                    database: Database::open(&way(&database_url(&folder))).await.unwrap(),
                    blobs: Blobs::in_folder(&folder).unwrap(),
                };
                let settings = Settings {
                    aliases: aliases.to_vec(),
                    room: Room::default(),
                    observer: Arc::new(()),
                    about: About {
                        version: "1.2.3".to_owned(),
                        ..About::default()
                    },
                };
                let app = App::new(Box::new(Fixtures::default()), durable, settings);
                let guard = Guard::new(address, keys, false).unwrap();
                let guard = guard.allowing(vec![ORIGIN.to_owned()]);
                tell.send(address).unwrap();
                let until = async {
                    let _ = stopped.await;
                };
                serve(listener, app, guard, limits, Ui::new(BASE), until).await;
            });
        });
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            // A connection that waits too long for its next head is closed.
            .max_idle_connections(0)
            .build();
        Self {
            address: told.recv().unwrap(),
            key,
            agent: agent.new_agent(),
            stop: Some(stop),
            thread: Some(thread),
            folder: None,
        }
    }

    /// The same server, asked by somebody else; it stops with the first.
    pub(crate) fn beside(&self) -> Self {
        Self {
            address: self.address,
            key: None,
            agent: self.agent.clone(),
            stop: None,
            thread: None,
            folder: None,
        }
    }

    /// Asks with a key from now on.
    pub(crate) fn with_key(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    pub(crate) fn get(&self, path: &str) -> Answer {
        let mut request = self.agent.get(self.url(path));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Answer::read(request.call().unwrap()).judged("GET", path)
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string())
    }

    pub(crate) fn post_text(&self, path: &str, body: &str) -> Answer {
        Answer::read(self.sent(path, body)).judged("POST", path)
    }

    pub(crate) fn post_bytes(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let mut request = self.agent.post(self.url(path)).header("content-type", kind);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Answer::read(request.send(body).unwrap()).judged("POST", path)
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        let mut request = self.agent.delete(self.url(path));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Answer::read(request.call().unwrap()).judged("DELETE", path)
    }

    /// The same of a method that has no name of its own here.
    pub(crate) fn send(&self, method: &str, path: &str, body: &Value) -> Answer {
        let answer = self.ask(method, path, body.to_string().as_bytes());
        answer.judged(method, path)
    }

    /// An answer that need not be text.
    pub(crate) fn get_bytes(&self, path: &str) -> (ureq::http::HeaderMap, Vec<u8>) {
        let (head, body) = self.agent.get(self.url(path)).call().unwrap().into_parts();
        assert_eq!(head.status, 200);
        let mut bytes = Vec::new();
        body.into_reader().read_to_end(&mut bytes).unwrap();
        (head.headers, bytes)
    }

    /// The events of a stream, without the last, `[DONE]`.
    pub(crate) fn stream(&self, path: &str, body: &Value) -> Vec<Value> {
        let response = self.sent(path, &body.to_string());
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["content-type"], "text/event-stream");
        let mut events = Vec::new();
        for line in BufReader::new(response.into_body().into_reader()).lines() {
            let line = line.unwrap();
            if line.is_empty() {
                continue;
            }
            events.push(
                line.strip_prefix("data: ")
                    .expect("nothing but data")
                    .to_owned(),
            );
        }
        assert_eq!(events.pop().as_deref(), Some("[DONE]"));
        let read = |event: &String| {
            let event = serde_json::from_str(event).unwrap();
            published::judge_event(path, &event);
            event
        };
        events.iter().map(read).collect()
    }

    /// Asks with any method and body, on a connection of its own.
    pub(crate) fn ask(&self, method: &str, path: &str, body: &[u8]) -> Answer {
        let key = self.key.as_deref().unwrap_or("none");
        let head = format!(
            "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\
             authorization: Bearer {key}\r\ncontent-type: application/json\r\n\
             content-length: {}\r\n\r\n",
            body.len()
        );
        Answer::of_bytes(&self.said(&[head.as_bytes(), body].concat()))
    }

    /// What it answers to raw bytes, until it hangs up.
    pub(crate) fn said(&self, bytes: &[u8]) -> Vec<u8> {
        let mut stream = TcpStream::connect(self.address).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        // It may hang up before it has read all.
        let _ = stream.write_all(bytes);
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer);
        answer
    }

    fn sent(&self, path: &str, body: &str) -> ureq::http::Response<ureq::Body> {
        let mut request = self
            .agent
            .post(self.url(path))
            .header("content-type", "application/json");
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        request.send(body).unwrap()
    }

    /// Asks it to stop and waits until it has.
    pub(crate) fn stop(mut self) {
        self.end();
    }

    fn end(&mut self) {
        drop(self.stop.take());
        if let Some(thread) = self.thread.take() {
            thread.join().unwrap();
        }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            self.end();
        }
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: ureq::http::HeaderMap,
    pub(crate) text: String,
}

impl Answer {
    fn read(response: ureq::http::Response<ureq::Body>) -> Self {
        let (parts, body) = response.into_parts();
        let mut text = String::new();
        body.into_reader().read_to_string(&mut text).unwrap();
        Self {
            status: parts.status.as_u16(),
            headers: parts.headers,
            text,
        }
    }

    /// What came over a connection; of a stream the text is as it was sent.
    pub(crate) fn of_bytes(bytes: &[u8]) -> Self {
        let text = String::from_utf8_lossy(bytes);
        let (head, body) = text.split_once("\r\n\r\n").unwrap_or((&text, ""));
        let status = head.get(9..12).and_then(|code| code.parse().ok());
        let header = |line: &str| {
            let (name, value) = line.split_once(": ").unwrap();
            let name: ureq::http::HeaderName = name.parse().unwrap();
            (name, value.parse().unwrap())
        };
        Self {
            status: status.unwrap_or_else(|| panic!("no answer: {text:?}")),
            headers: head.lines().skip(1).map(header).collect(),
            text: body.to_owned(),
        }
    }

    /// The same, which must be as OpenAI publishes it; streams are read by `stream`.
    fn judged(self, method: &str, path: &str) -> Self {
        if self.headers["content-type"] != "text/event-stream" {
            published::judge_answer(method, path, self.status, &self.text);
        }
        self
    }

    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_else(|e| panic!("{e}: {}", self.text))
    }

    /// The answer of a request that went well.
    pub(crate) fn ok(&self) -> Value {
        assert_eq!(self.status, 200, "{}", self.text);
        self.json()
    }

    /// Status, type, param and code of an error, in OpenAI's shape.
    pub(crate) fn error(&self) -> (u16, String, Option<String>, Option<String>) {
        let value = self.json();
        let error = value["error"].as_object();
        let error = error.unwrap_or_else(|| panic!("no error: {value}"));
        let keys: Vec<_> = error.keys().map(String::as_str).collect();
        assert_eq!(keys, ["message", "type", "param", "code"], "{value}");
        let text = |key: &str| error[key].as_str().map(str::to_owned);
        assert!(!text("message").unwrap().is_empty());
        (
            self.status,
            text("type").unwrap(),
            text("param"),
            text("code"),
        )
    }
}
