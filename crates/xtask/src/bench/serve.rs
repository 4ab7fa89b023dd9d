//! `cargo xtask bench serve`: what the server adds to its engine, and how it bears
//! many clients.
//!
//! The peer is the engine itself, in a process of its own, with the same prompts: the texts
//! of both must be equal. Rounds are in turn, and each round's prompts are new, so that
//! nothing is found computed. What else a machine does only slows, and now one side, now
//! the other; so the better quarter of each side's rounds is compared.

mod client;
mod peer;
mod table;
mod work;

use std::net::SocketAddr;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::{Value, json};

use super::BUILD;
use crate::process::work_dir;
use crate::sdk::{Running, data_of};
use crate::setup::{DEFAULT_MODEL, default_model, lyceum};
use client::{Connection, Heard, post, request};
use peer::Peer;
use table::{Row, median, quantile};
use work::Work;

/// Clients at once, and the tokens of each one's answer.
const CLIENTS: usize = 16;
const ANSWER: usize = 64;
/// Pairs of which throughput is taken, for each round; a pair is seconds long.
const BURSTS: usize = 4;
/// Pairs of which the time to the first token is taken, for each round.
const PAIRS: usize = 64;
const STREAMS: usize = 1000;
const STREAM_ANSWER: usize = 8;
const LINES: usize = 200;
const LINE_ANSWER: usize = 64;
/// Requests beside the batch, and as many without it.
const LIVE: usize = 16;

struct Bench {
    server: Running,
    address: SocketAddr,
    peer: Peer,
    rounds: usize,
    /// Of the engine.
    threads: usize,
    /// Makes each prompt another one.
    asked: usize,
}

/// Measures all of it and prints the table.
pub(super) fn run(rounds: usize) -> Result<()> {
    let program = lyceum(BUILD, "release")?;
    let data = work_dir().join("data");
    let model = default_model(&data, BUILD, "release")?;
    Peer::build()?;
    let load = super::ours::load();
    println!("{DEFAULT_MODEL} behind `lyceum serve`, {rounds} rounds in turn; {load}");
    table::begin();
    let runtime = tokio::runtime::Builder::new_current_thread()
        .enable_all()
        .build()?;
    let cores = std::thread::available_parallelism()?.get();
    runtime.block_on(async {
        // With a core left for it the server is measured, without one also the kernel's choice
        // of who goes on.
        let mut bench = Bench::start(&program, &data, &model, rounds, 1)?;
        bench.beside_the_engine().await?;
        drop(bench);
        let mut bench = Bench::start(&program, &data, &model, rounds, cores)?;
        bench.beside_the_engine().await?;
        bench.open_streams().await.context("open streams")?;
        bench.beside_a_batch().await.context("beside a batch")?;
        bench.grammar().await.context("grammar")
    })
}

impl Bench {
    fn start(
        program: &Path,
        data: &Path,
        model: &Path,
        rounds: usize,
        threads: usize,
    ) -> Result<Self> {
        let mut command = Command::new(program);
        command.env("LYCEUM_THREADS", threads.to_string());
        command.arg("--data").arg(data_of("serve", data)?);
        let server =
            Running::start(command.args(["serve", "--port", "0", "--embedding-model", "none"]))?;
        let address = server.url().trim_start_matches("http://");
        let address = address.trim_end_matches("/v1").parse();
        Ok(Self {
            address: address.with_context(|| format!("no address: {}", server.url()))?,
            server,
            peer: Peer::start(model, threads)?,
            rounds,
            threads,
            asked: 0,
        })
    }

    fn prompts(&mut self, count: usize) -> Vec<String> {
        let prompts = (self.asked..self.asked + count)
            .map(|i| format!("Number {i} of the stories of the old sailor begins so: Once upon"));
        self.asked += count;
        prompts.collect()
    }

    async fn ask(&self, request: &[u8]) -> Result<Heard> {
        Connection::open(self.address).await?.ask(request).await
    }

    /// All requests at once, each from its own connection, which is there before.
    async fn at_once(&self, requests: Vec<Vec<u8>>) -> Result<Vec<Heard>> {
        let mut tasks = Vec::new();
        let mut open = Vec::new();
        for _ in &requests {
            open.push(Connection::open(self.address).await?);
        }
        for (connection, request) in open.into_iter().zip(requests) {
            tasks.push(tokio::spawn(async move { connection.ask(&request).await }));
        }
        let mut heard = Vec::new();
        for task in tasks {
            heard.push(task.await??);
        }
        Ok(heard)
    }

    async fn beside_the_engine(&mut self) -> Result<()> {
        self.throughput().await.context("throughput")?;
        self.first_token().await.context("first token")
    }

    async fn throughput(&mut self) -> Result<()> {
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        let mut work = Work::default();
        for round in 0..=self.rounds * BURSTS {
            let prompts = self.prompts(CLIENTS);
            let peer = self.peer.ask(&prompts, ANSWER)?;
            let requests = prompts.iter().map(|p| completion(p, ANSWER)).collect();
            let before = Work::of(&self.server)?;
            let heard = self.at_once(requests).await?;
            work.add(before, Work::of(&self.server)?);
            let tokens = same(&heard, &peer.texts)?;
            ensure!(
                tokens == peer.tokens,
                "{tokens} tokens, in process {}",
                peer.tokens
            );
            // The first round warms both up.
            if round > 0 {
                let last = heard.iter().map(|h| h.last).max().unwrap_or_default();
                ours.push(tokens as f64 / last.as_secs_f64());
                peers.push(peer.tokens_per_s());
            }
        }
        let name = format!("{CLIENTS} streams, {} threads, generated", self.threads);
        Row::new(&name, "tokens/s")
            .at_least(&ours, &peers, 0.98)
            .print();
        // Whatever slows a core slows both parts of it.
        let row = Row::new("processor time: the server's own / the engine's", "s");
        let row = row.values((work.server_s, work.engine_s));
        row.ratio(work.server_s / work.engine_s, Some(0.02)).print();
        let row = Row::new("processor time: the client's / the engine's", "s");
        let row = row.values((work.client_s, work.engine_s));
        row.ratio(work.client_s / work.engine_s, None).print();
        Ok(())
    }

    async fn first_token(&mut self) -> Result<()> {
        let (mut ours, mut peers) = (Vec::new(), Vec::new());
        for _ in 0..self.rounds * PAIRS {
            // Short, as what is added is small.
            let prompts = [format!("Story {}:", self.asked)];
            self.asked += 1;
            let peer = self.peer.ask(&prompts, 4)?;
            let heard = self.ask(&completion(&prompts[0], 4)).await?;
            same(std::slice::from_ref(&heard), &peer.texts)?;
            let (Some(our), Some(peer)) = (heard.first, peer.first_s[0]) else {
                bail!("an answer without text: {:?}", peer.texts);
            };
            ours.push(ms(our));
            peers.push(peer * 1e3);
        }
        let name = format!("time to first token, {} threads", self.threads);
        let row = Row::new(&name, "ms");
        row.adds(&ours, &peers, 1.0).print();
        Ok(())
    }

    /// Many streams, and what others and the memory make of it; and as many again, as memory
    /// that has a limit grows no more then.
    async fn open_streams(&mut self) -> Result<()> {
        let prompts = self.prompts(STREAMS);
        let ask = |p: &String| completion(p, STREAM_ANSWER);
        let requests: Vec<_> = prompts.iter().map(ask).collect();
        let before = self.resident_mb()?;
        let (most, waits) = self.many(requests.clone()).await?;
        let name = format!("/v1/models beside them, p99 of {}", waits.len());
        Row::new(&name, "ms")
            .value(quantile(&waits, 0.99))
            .at_most(20.0)
            .print();
        let (again, _) = self.many(requests).await?;
        let name = format!("memory: {before:.0} before, {most:.0} at most, with as many again");
        Row::new(&name, "MB")
            .value(again)
            .at_most((most * 1.02).round())
            .print();
        Ok(())
    }

    /// Asks all at once: the most memory taken, and how long `/v1/models` took meanwhile.
    async fn many(&mut self, requests: Vec<Vec<u8>>) -> Result<(f64, Vec<f64>)> {
        let (mut most, mut waits) = (self.resident_mb()?, Vec::new());
        let all = self.at_once(requests);
        tokio::pin!(all);
        let heard = loop {
            tokio::select! {
                heard = &mut all => break heard?,
                () = tokio::time::sleep(Duration::from_millis(20)) => {}
            }
            let models = request("GET", "/v1/models", "application/json", b"");
            // The streams are heard on while this is asked.
            tokio::select! {
                heard = &mut all => break heard?,
                models = self.ask(&models) => {
                    let models = models?;
                    models.json()?;
                    waits.push(ms(models.last));
                }
            }
            most = most.max(self.resident_mb()?);
        };
        let errors: Vec<_> = heard.iter().filter_map(|h| h.streamed().err()).collect();
        for error in errors.iter().take(3) {
            println!("   {error:#}");
        }
        let name = format!("{STREAMS} open streams, errors");
        Row::new(&name, "")
            .value(errors.len() as f64)
            .at_most(0.0)
            .print();
        Ok((most, waits))
    }

    async fn beside_a_batch(&mut self) -> Result<()> {
        let alone = self.live().await?;
        let batch = self.batch().await?;
        let path = format!("/v1/batches/{batch}");
        let get = request("GET", &path, "application/json", b"");
        let running = |batch: &Value| {
            let done = &batch["request_counts"]["completed"];
            batch["status"] == "in_progress" && done.as_u64().is_some_and(|n| n > 0)
        };
        let deadline = Instant::now() + Duration::from_secs(120);
        while !running(&self.ask(&get).await?.json()?) {
            ensure!(Instant::now() < deadline, "the batch does not begin");
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        let beside = self.live().await?;
        let state = self.ask(&get).await?.json()?;
        ensure!(
            state["status"] == "in_progress",
            "the batch was too short: {state}"
        );
        self.ask(&post(&format!("{path}/cancel"), &json!({})))
            .await?
            .json()?;
        for (name, which, bar) in [
            ("first token beside a batch / alone", 0, Some(2.0)),
            ("16 tokens beside a batch / alone", 1, None),
        ] {
            let (beside, alone) = (median(&beside[which]), median(&alone[which]));
            let row = Row::new(name, "ms").values((beside, alone));
            row.ratio(beside / alone, bar).print();
        }
        Ok(())
    }

    /// Milliseconds to the first and to the last of 16 tokens, one request after another.
    async fn live(&mut self) -> Result<[Vec<f64>; 2]> {
        let (mut first, mut last) = (Vec::new(), Vec::new());
        for prompt in self.prompts(LIVE) {
            let heard = self.ask(&completion(&prompt, 16)).await?;
            heard.streamed()?;
            first.push(ms(heard.first.context("an answer without text")?));
            last.push(ms(heard.last));
        }
        Ok([first, last])
    }

    /// Starts a batch and gives its id.
    async fn batch(&mut self) -> Result<String> {
        let line = |(i, prompt): (usize, &String)| {
            let body = json!({"model": DEFAULT_MODEL, "prompt": prompt, "temperature": 0,
                              "max_tokens": LINE_ANSWER});
            json!({"custom_id": format!("line-{i}"), "method": "POST", "url": "/v1/completions",
                   "body": body})
        };
        let prompts = self.prompts(LINES);
        let lines = prompts.iter().enumerate().map(line);
        let lines: String = lines.map(|line| format!("{line}\n")).collect();
        let form = format!(
            "--b\r\ncontent-disposition: form-data; name=\"purpose\"\r\n\r\nbatch\r\n--b\r\n\
             content-disposition: form-data; name=\"file\"; filename=\"lines.jsonl\"\r\n\r\n\
             {lines}\r\n--b--\r\n"
        );
        let kind = "multipart/form-data; boundary=b";
        let file = self
            .ask(&request("POST", "/v1/files", kind, form.as_bytes()))
            .await?;
        let batch = json!({"input_file_id": file.json()?["id"], "completion_window": "24h",
                           "endpoint": "/v1/completions"});
        let batch = self.ask(&post("/v1/batches", &batch)).await?.json()?;
        Ok(batch["id"]
            .as_str()
            .context("a batch without an id")?
            .to_owned())
    }

    /// Milliseconds per token, held to a schema and free, in turn.
    async fn grammar(&mut self) -> Result<()> {
        let person = json!({"type": "object", "required": ["name", "town", "age"],
            "additionalProperties": false, "properties": {"name": {"type": "string"},
            "town": {"type": "string"}, "age": {"type": "integer"}}});
        let schema = json!({"type": "object", "required": ["people"],
            "additionalProperties": false,
            "properties": {"people": {"type": "array", "items": person}}});
        let schema = json!({"type": "json_schema", "json_schema": {"name": "people",
            "strict": true, "schema": schema}});
        let (mut held, mut free, mut ratios) = (Vec::new(), Vec::new(), Vec::new());
        for seed in 0..=3 * self.rounds {
            let mut round = Vec::new();
            for format in [&schema, &json!({"type": "text"})] {
                let ask = json!({"model": DEFAULT_MODEL, "stream": true, "max_tokens": 96,
                    "stream_options": {"include_usage": true}, "seed": seed, "temperature": 1,
                    "response_format": format, "messages": [{"role": "user", "content":
                    "Make up a long list of people, with names, towns and ages."}]});
                let heard = self.ask(&post("/v1/chat/completions", &ask)).await?;
                let (text, tokens) = heard.streamed()?;
                ensure!(tokens > 8, "an answer of {tokens} tokens: {text}");
                let first = heard.first.context("an answer without text")?;
                round.push(ms(heard.last - first) / (tokens - 1) as f64);
            }
            // The first one makes the grammar.
            if seed > 0 {
                held.push(round[0]);
                free.push(round[1]);
                ratios.push(round[0] / round[1]);
            }
        }
        let row = Row::new("a token under a schema / free", "ms");
        let row = row.values((median(&held), median(&free)));
        row.ratio(median(&ratios), Some(1.1)).print();
        Ok(())
    }

    fn resident_mb(&self) -> Result<f64> {
        let path = format!("/proc/{}/status", self.server.id());
        let status = std::fs::read_to_string(&path).with_context(|| format!("no {path}"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kb = line.and_then(|line| line.trim().trim_end_matches(" kB").parse::<f64>().ok());
        Ok(kb.with_context(|| format!("no VmRSS in {path}"))? / 1e3)
    }
}

fn completion(prompt: &str, max_tokens: usize) -> Vec<u8> {
    let body = json!({"model": DEFAULT_MODEL, "prompt": prompt, "max_tokens": max_tokens,
        "temperature": 0, "stream": true, "stream_options": {"include_usage": true}});
    post("/v1/completions", &body)
}

/// The tokens of answers whose texts are those that the engine gives in process.
fn same(heard: &[Heard], texts: &[String]) -> Result<usize> {
    let mut all = 0;
    for (heard, want) in heard.iter().zip(texts) {
        let (text, tokens) = heard.streamed()?;
        ensure!(
            text == *want,
            "the server said {text:?}, the engine {want:?}"
        );
        all += tokens;
    }
    Ok(all)
}

fn ms(duration: Duration) -> f64 {
    duration.as_secs_f64() * 1e3
}
