//! A running server, and a client that hides nothing.

use std::collections::hash_map::DefaultHasher;
use std::hash::{Hash as _, Hasher as _};
use std::io::{BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::path::Path;
use std::sync::mpsc;
use std::thread::JoinHandle;

use engine::{OpenOptions, TextModel};
use models::checkpoint::{Checkpoint, TokenizerSource};
use serde_json::Value;
use server::{App, Durable, Guard, Limits, Loaded, Settings, Shelf, ShelfError, serve};
use sqlx::Connection as _;
use store::{Blobs, Database};
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// A model, and the same one without its template.
const MODELS: [&str; 2] = ["tiny-chat", "tiny-base"];

struct Fixtures;

impl Shelf for Fixtures {
    fn names(&self) -> Vec<String> {
        MODELS.map(str::to_owned).to_vec()
    }

    fn open(&self, name: &str) -> Result<Loaded, ShelfError> {
        let mut checkpoint = Checkpoint::open(&testkit::fixture("models/tiny-chat"))
            .map_err(|e| ShelfError::Failed(e.to_string()))?;
        if let (true, TokenizerSource::Json { chat_template, .. }) =
            (name == "tiny-base", &mut checkpoint.tokenizer)
        {
            *chat_template = None;
        }
        let model = TextModel::from_checkpoint(&checkpoint, &OpenOptions::default());
        let model = model.map_err(|e| ShelfError::Failed(e.to_string()))?;
        let fingerprint = "fp_test".to_owned();
        Ok(Loaded { model, fingerprint })
    }
}

/// The database of a folder: SQLite in it, or where `LYCEUM_TEST_SERVER_DATABASE` names a
/// PostgreSQL, one of its own there.
pub(crate) async fn database(folder: &Path) -> Database {
    let Ok(url) = std::env::var("LYCEUM_TEST_SERVER_DATABASE") else {
        return Database::in_folder(folder).await.unwrap();
    };
    let mut hasher = DefaultHasher::new();
    folder.hash(&mut hasher);
    let name = format!("lyceum_{:016x}", hasher.finish());
    sqlx::any::install_default_drivers();
    let mut admin = sqlx::AnyConnection::connect(&url).await.unwrap();
    // A server that starts again finds it there.
    let create = sqlx::AssertSqlSafe(format!("CREATE DATABASE {name}"));
    let _ = sqlx::raw_sql(create).execute(&mut admin).await;
    let (server, _) = url.rsplit_once('/').unwrap();
    Database::open(&format!("{server}/{name}")).await.unwrap()
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
                let alias = ("gpt-3.5-turbo".to_owned(), "tiny-chat".to_owned());
                let durable = Durable {
                    database: database(&folder).await,
                    blobs: Blobs::in_folder(&folder).unwrap(),
                };
                let settings = Settings {
                    aliases: vec![alias],
                    models_in_memory: 4,
                    report: |_| (),
                };
                let app = App::new(Box::new(Fixtures), durable, settings);
                let guard = Guard::new(address, keys, false).unwrap();
                tell.send(address).unwrap();
                let until = async {
                    let _ = stopped.await;
                };
                serve(listener, app, guard, limits, until).await.unwrap();
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
        Answer::read(request.call().unwrap())
    }

    pub(crate) fn post(&self, path: &str, body: &Value) -> Answer {
        self.post_text(path, &body.to_string())
    }

    pub(crate) fn post_text(&self, path: &str, body: &str) -> Answer {
        Answer::read(self.sent(path, body))
    }

    pub(crate) fn post_bytes(&self, path: &str, kind: &str, body: &[u8]) -> Answer {
        let mut request = self.agent.post(self.url(path)).header("content-type", kind);
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Answer::read(request.send(body).unwrap())
    }

    pub(crate) fn delete(&self, path: &str) -> Answer {
        let mut request = self.agent.delete(self.url(path));
        if let Some(key) = &self.key {
            request = request.header("authorization", format!("Bearer {key}"));
        }
        Answer::read(request.call().unwrap())
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
        events
            .iter()
            .map(|e| serde_json::from_str(e).unwrap())
            .collect()
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
