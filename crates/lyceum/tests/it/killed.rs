//! The server is killed at random moments: what it acknowledged is there afterwards, once.

use std::collections::BTreeMap;
use std::hash::{BuildHasher as _, RandomState};
use std::io::{BufRead, BufReader, Read};
use std::process::{Child, ChildStderr, Command, Stdio};
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use serde_json::{Value, json};
use ureq::RequestBuilder;

use crate::sandbox::{Sandbox, stdout};

/// SplitMix64: what a seed gave once it gives again.
struct Random(u64);

impl Random {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }
}

pub struct Server {
    child: Child,
    base: String,
    /// Asked with.
    key: Option<String>,
    agent: ureq::Agent,
    /// Held, as a server whose words nobody takes would end.
    _words: BufReader<ChildStderr>,
}

impl Server {
    fn start(sandbox: &Sandbox, key: &str) -> Self {
        let mut server = Self::of(sandbox.lyceum(&["serve", "-m", "./tiny", "--port", "0"]));
        server.key = Some(key.to_owned());
        server
    }

    /// Asks with a key from now on.
    pub fn with(mut self, key: &str) -> Self {
        self.key = Some(key.to_owned());
        self
    }

    fn with_key<B>(&self, request: RequestBuilder<B>) -> RequestBuilder<B> {
        match &self.key {
            Some(key) => request.header("authorization", format!("Bearer {key}")),
            None => request,
        }
    }

    /// Of a command that serves.
    pub fn of(mut command: Command) -> Self {
        let mut child = command.stderr(Stdio::piped()).spawn().unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let base = loop {
            let mut line = String::new();
            assert!(words.read_line(&mut line).unwrap() > 0, "it does not start");
            if let Some(at) = line.find("http://") {
                break line[at..]
                    .trim_end()
                    .trim_end_matches("\u{1b}[0m")
                    .to_owned();
            }
        };
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_secs(30)));
        let agent = agent.build().new_agent();
        Self {
            child,
            base,
            key: None,
            agent,
            _words: words,
        }
    }

    /// As a power cut would.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn bytes(&self, path: &str) -> Vec<u8> {
        self.bytes_at(&format!("/v1{path}"))
    }

    fn bytes_at(&self, path: &str) -> Vec<u8> {
        let base = self.base.trim_end_matches("/v1");
        let request = self.agent.get(format!("{base}{path}"));
        let response = self.with_key(request).call().unwrap();
        assert_eq!(response.status(), 200, "{path}");
        let mut bytes = Vec::new();
        let mut body = response.into_body().into_reader();
        body.read_to_end(&mut bytes).unwrap();
        bytes
    }

    pub fn get(&self, path: &str) -> Value {
        serde_json::from_slice(&self.bytes(path)).unwrap()
    }

    /// What a path outside `/v1` answers.
    pub fn get_at(&self, path: &str) -> Value {
        serde_json::from_slice(&self.bytes_at(path)).unwrap()
    }

    /// Status and text of an answer, whatever it is.
    pub fn look(&self, path: &str) -> (u16, String) {
        let base = self.base.trim_end_matches("/v1");
        let response = self.agent.get(format!("{base}{path}")).call().unwrap();
        let status = response.status().as_u16();
        (status, response.into_body().read_to_string().unwrap())
    }

    /// The same of a request with a body.
    pub fn ask(&self, path: &str, body: &[u8]) -> (u16, String) {
        let request = self.agent.post(format!("{}{path}", self.base));
        let response = request
            .header("content-type", "application/json")
            .send(body)
            .unwrap();
        let status = response.status().as_u16();
        (status, response.into_body().read_to_string().unwrap())
    }

    /// Status and text of what a path outside `/v1` answers to a method.
    pub fn send(&self, method: &str, path: &str, body: &str) -> (u16, String) {
        let url = format!("{}{path}", self.base.trim_end_matches("/v1"));
        let response = match method {
            "DELETE" => self.with_key(self.agent.delete(url)).call(),
            _ => {
                let request = self.with_key(self.agent.post(url));
                request
                    .header("content-type", "application/json")
                    .send(body)
            }
        };
        let response = response.unwrap();
        let status = response.status().as_u16();
        (status, response.into_body().read_to_string().unwrap())
    }

    fn post(&self, path: &str, kind: &str, body: &[u8]) -> Result<Value, ureq::Error> {
        self.post_at(&format!("/v1{path}"), kind, body)
    }

    fn post_at(&self, path: &str, kind: &str, body: &[u8]) -> Result<Value, ureq::Error> {
        let base = self.base.trim_end_matches("/v1");
        let request = self.agent.post(format!("{base}{path}"));
        let request = self.with_key(request).header("content-type", kind);
        let response = request.send(body)?;
        let status = response.status();
        let mut text = String::new();
        let mut body = response.into_body().into_reader();
        body.read_to_string(&mut text).map_err(ureq::Error::Io)?;
        assert_eq!(status, 200, "{text}");
        Ok(serde_json::from_str(&text).unwrap())
    }

    /// The id, if the upload was acknowledged.
    pub fn upload(&self, purpose: &str, bytes: &[u8]) -> Option<String> {
        let part = "\r\n--part\r\nContent-Disposition: form-data; name=";
        let head =
            format!("{part}\"purpose\"\r\n\r\n{purpose}{part}\"file\"; filename=\"f\"\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--part--\r\n"].concat();
        let answer = self.post("/files", "multipart/form-data; boundary=part", &body);
        Some(answer.ok()?["id"].as_str().unwrap().to_owned())
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // It may be dead already.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Of `count` lines each seventh fails.
fn lines(name: &str, count: usize) -> String {
    let line = |i: usize| {
        let temperature = if i % 7 == 6 { 9 } else { 0 };
        let body = json!({"model": "gpt-4o", "prompt": format!("Number {i}"), "max_tokens": 100,
            "temperature": temperature, "logit_bias": {"0": -100, "2": -100}});
        let line = json!({"custom_id": format!("{name} {i}"), "method": "POST",
            "url": "/v1/completions", "body": body});
        format!("{line}\n")
    };
    (0..count).map(line).collect()
}

fn create(server: &Server, input: &str) -> String {
    let file = server.upload("batch", input.as_bytes()).unwrap();
    let body = json!({"input_file_id": file, "endpoint": "/v1/completions",
        "completion_window": "24h"});
    let made = server.post("/batches", "application/json", body.to_string().as_bytes());
    made.unwrap()["id"].as_str().unwrap().to_owned()
}

fn counts(batch: &Value) -> [u64; 3] {
    ["total", "completed", "failed"].map(|n| batch["request_counts"][n].as_u64().unwrap())
}

fn eventually(what: impl Fn() -> bool) {
    let start = Instant::now();
    while !what() {
        assert!(
            start.elapsed() < Duration::from_secs(120),
            "it does not come"
        );
        std::thread::park_timeout(Duration::from_millis(5));
    }
}

/// A new key, which is there when it is printed.
fn key(sandbox: &Sandbox, name: &str, scope: &str) -> String {
    let arguments = ["keys", "create", name, "--scope", scope];
    stdout(sandbox.lyceum(&arguments)).trim().to_owned()
}

/// What the server, or the program beside it, said that it has.
#[derive(Default)]
struct Acknowledged {
    keys: Vec<String>,
    files: BTreeMap<String, Vec<u8>>,
    /// Texts by the ids of responses.
    responses: BTreeMap<String, Value>,
    /// Preferences by their ids.
    preferences: BTreeMap<String, Value>,
    /// Prompts' and answers' tokens of completions.
    tokens: u64,
    completions: u64,
    /// Completions whose answer did not come.
    unknown: u64,
}

/// The model of completions whose usage is looked at; the batches' has another name.
const WATCHED: &str = "gpt-4";

impl Acknowledged {
    /// Asks for something; `None` if the server was killed before it said that it is there.
    fn ask(&mut self, sandbox: &Sandbox, server: &Server, random: &mut Random) -> Option<()> {
        let json = "application/json";
        match random.below(6) {
            0 => {
                let body = json!({"model": WATCHED, "prompt": "Once", "max_tokens": 5});
                self.unknown += 1;
                let answer = server.post("/completions", json, body.to_string().as_bytes());
                let usage = &answer.ok()?["usage"];
                self.unknown -= 1;
                self.completions += 1;
                self.tokens += usage["total_tokens"].as_u64().unwrap();
            }
            1 => {
                let body = json!({"model": "gpt-4o", "input": "Hi", "max_output_tokens": 4});
                let answer = server.post("/responses", json, body.to_string().as_bytes());
                let answer = answer.ok()?;
                let id = answer["id"].as_str().unwrap().to_owned();
                self.responses.insert(id, answer["output"].clone());
            }
            2 => {
                let body = json!({"prompt": "Once", "choice": random.below(2), "candidates": [
                    {"model": "a", "text": "b"}, {"model": "a", "text": "c"}]});
                let made = server.post_at("/api/preferences", json, body.to_string().as_bytes());
                let made = made.ok()?;
                let id = made["id"].as_str().unwrap().to_owned();
                self.preferences.insert(id, made);
            }
            3 => {
                let name = format!("key {}", self.keys.len());
                self.keys.push(key(sandbox, &name, "inference"));
            }
            _ => {
                let size = [10, 100_000, 5 << 20][random.below(3) as usize] + random.below(1000);
                let bytes: Vec<u8> = (0..size).map(|_| random.below(256) as u8).collect();
                self.files
                    .insert(server.upload("user_data", &bytes)?, bytes);
            }
        }
        Some(())
    }

    /// All of it is there, and no more than may be.
    fn judge(&self, server: &Server) {
        for key in &self.keys {
            let models = server.agent.get(format!("{}/models", server.base));
            let answer = models.header("authorization", format!("Bearer {key}"));
            assert_eq!(answer.call().unwrap().status(), 200);
        }
        for (id, bytes) in &self.files {
            let kept = server.bytes(&format!("/files/{id}/content"));
            assert!(kept == *bytes, "{id}");
        }
        for (id, output) in &self.responses {
            assert_eq!(server.get(&format!("/responses/{id}"))["output"], *output);
        }
        let mut kept = BTreeMap::new();
        let mut after = String::new();
        loop {
            let page = server.get_at(&format!("/api/preferences?limit=100&after={after}"));
            for preference in page["data"].as_array().unwrap() {
                let id = preference["id"].as_str().unwrap().to_owned();
                assert_eq!(kept.insert(id, preference.clone()), None);
            }
            after = page["last_id"].as_str().unwrap().to_owned();
            if page["has_more"] == false {
                break;
            }
        }
        for (id, preference) in &self.preferences {
            assert_eq!(kept.get(id), Some(preference));
        }
        let day = 24 * 3600;
        let now = SystemTime::now().duration_since(UNIX_EPOCH).unwrap();
        let start = now.as_secs() - day;
        let path = "/organization/usage/completions";
        let usage = server.get(&format!("{path}?start_time={start}&models={WATCHED}"));
        let sum = |field: &str| -> u64 {
            let buckets = usage["data"].as_array().unwrap().iter();
            let results = buckets.flat_map(|b| b["results"].as_array().unwrap());
            results.map(|r| r[field].as_u64().unwrap()).sum()
        };
        let requests = sum("num_model_requests");
        let known = self.completions..=self.completions + self.unknown;
        assert!(known.contains(&requests), "{requests} of {known:?}");
        // Each has as many tokens, or fewer if its answer ended early.
        let tokens = sum("input_tokens") + sum("output_tokens");
        let most = self.tokens + 20 * (requests - self.completions);
        assert!((self.tokens..=most).contains(&tokens), "{tokens} of {most}");
        eprintln!(
            "acknowledged: {} keys, {} files, {} responses, {} preferences, {} completions; \
             unknown: {}",
            self.keys.len(),
            self.files.len(),
            self.responses.len(),
            self.preferences.len(),
            self.completions,
            self.unknown
        );
    }
}

/// Asks until the server is killed, by `until`.
fn ask_until(
    sandbox: &Sandbox,
    server: Server,
    random: &mut Random,
    kept: &mut Acknowledged,
    until: impl FnOnce(&Server) + Send,
) {
    std::thread::scope(|scope| {
        let killed = scope.spawn(|| until(&server));
        while !killed.is_finished() && kept.ask(sandbox, &server, random).is_some() {}
    });
}

fn kill_now(server: &Server) {
    let id = server.child.id().to_string();
    let killed = std::process::Command::new("kill")
        .args(["-KILL", &id])
        .status();
    assert!(killed.unwrap().success());
}

#[test]
fn nothing_acknowledged_is_lost_and_nothing_is_done_twice() {
    let seed = std::env::var("LYCEUM_TEST_SEED")
        .ok()
        .and_then(|seed| seed.parse().ok());
    let seed = seed.unwrap_or_else(|| RandomState::new().hash_one(0));
    eprintln!("LYCEUM_TEST_SEED={seed}");
    let mut random = Random(seed);
    let sandbox = Sandbox::new();
    let mut kept = Acknowledged::default();
    let operator = key(&sandbox, "operator", "admin");
    let mut server = Server::start(&sandbox, &operator);
    let batches =
        [("a", 60), ("b", 63)].map(|(name, n)| (name, n, create(&server, &lines(name, n))));
    for round in 0..6 {
        let steps = 1 + random.below(12);
        let wait = Duration::from_millis(random.below(300));
        let watched = format!("/batches/{}", batches[round % 2].2);
        ask_until(&sandbox, server, &mut random, &mut kept, |server| {
            if round % 2 == 0 {
                // In the middle of a batch, which was another's until its lease ran out.
                let done = |[_, completed, failed]: [u64; 3]| completed + failed;
                let now = server.get(&watched);
                let before = done(counts(&now));
                eventually(|| {
                    let now = server.get(&watched);
                    now["status"] == "completed" || done(counts(&now)) >= before + steps
                });
            } else {
                std::thread::park_timeout(wait);
            }
            kill_now(server);
        });
        server = Server::start(&sandbox, &operator);
    }
    let mut files = Vec::new();
    for (name, lines, id) in &batches {
        let path = format!("/batches/{id}");
        eventually(|| server.get(&path)["status"] == "completed");
        let batch = server.get(&path);
        let failed = lines / 7;
        let want = [*lines, lines - failed, failed].map(|n| n as u64);
        assert_eq!(counts(&batch), want, "{batch}");
        let mut seen = BTreeMap::new();
        for file in ["output_file_id", "error_file_id"] {
            let id = batch[file].as_str().unwrap().to_owned();
            let content = String::from_utf8(server.bytes(&format!("/files/{id}/content"))).unwrap();
            for line in content.lines() {
                let line: Value = serde_json::from_str(line).unwrap();
                let custom_id = line["custom_id"].as_str().unwrap().to_owned();
                assert_eq!(seen.insert(custom_id, file), None);
            }
            files.push(id);
        }
        for i in 0..*lines {
            let file = if i % 7 == 6 {
                "error_file_id"
            } else {
                "output_file_id"
            };
            assert_eq!(seen.remove(&format!("{name} {i}")), Some(file));
        }
        assert!(seen.is_empty());
    }
    kept.judge(&server);
    // An upload may have been kept whose answer did not arrive; none is there by halves.
    let listed = server.get("/files");
    let listed = listed["data"].as_array().unwrap();
    for file in listed {
        let id = file["id"].as_str().unwrap();
        assert_eq!(
            file["bytes"],
            server.bytes(&format!("/files/{id}/content")).len()
        );
    }
    files.sort();
    let results = listed.iter().filter(|f| f["purpose"] == "batch_output");
    let mut results: Vec<_> = results.map(|f| f["id"].as_str().unwrap()).collect();
    results.sort_unstable();
    assert_eq!(results, files);
    server.kill();
}
