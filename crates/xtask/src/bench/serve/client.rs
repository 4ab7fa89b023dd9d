//! A client that costs little, as it shares the machine with what it measures:
//! one thread, plain sockets; what was said is kept, and read only afterwards.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use serde_json::Value;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;

/// Until a server that says nothing has failed.
const PATIENCE: Duration = Duration::from_secs(600);

/// A connection for one request.
pub(super) struct Connection {
    stream: TcpStream,
}

/// An answer as it came, with its times since it was asked for.
pub(super) struct Heard {
    bytes: Vec<u8>,
    /// Until each event after the first: when it was read, how many bytes had come.
    pub(super) first: Option<Duration>,
    pub(super) last: Duration,
}

impl Connection {
    pub(super) async fn open(address: SocketAddr) -> Result<Self> {
        let stream = TcpStream::connect(address).await;
        let stream = stream.with_context(|| format!("cannot connect to {address}"))?;
        stream.set_nodelay(true)?;
        Ok(Self { stream })
    }

    /// Asks, and hears all of the answer.
    pub(super) async fn ask(self, request: &[u8]) -> Result<Heard> {
        let answer = tokio::time::timeout(PATIENCE, self.hear(request)).await;
        answer.context("no end of an answer")?
    }

    async fn hear(mut self, request: &[u8]) -> Result<Heard> {
        let asked = Instant::now();
        self.stream.write_all(request).await?;
        let (mut bytes, mut first) = (Vec::with_capacity(64 << 10), None);
        while self.stream.read_buf(&mut bytes).await? > 0 {
            if first.is_none() && says_something(&bytes) {
                first = Some(asked.elapsed());
            }
        }
        let last = asked.elapsed();
        Ok(Heard { bytes, first, last })
    }
}

/// Whether a stream has come to an event with text in it.
fn says_something(bytes: &[u8]) -> bool {
    let event = |at: &[u8]| at.starts_with(b"\"text\":\"") && at.get(8) != Some(&b'"');
    let chat = |at: &[u8]| at.starts_with(b"\"content\":\"") && at.get(11) != Some(&b'"');
    bytes.windows(12).any(|at| event(at) || chat(at))
}

impl Heard {
    /// The body of an answer that went well.
    pub(super) fn body(&self) -> Result<Vec<u8>> {
        let end = self.bytes.windows(4).position(|w| w == b"\r\n\r\n");
        let (head, body) = self
            .bytes
            .split_at(end.context("an answer without a head")? + 4);
        let head = String::from_utf8_lossy(head).to_ascii_lowercase();
        let body = match head.contains("transfer-encoding: chunked") {
            true => unchunked(body)?,
            false => body.to_vec(),
        };
        if !head.starts_with("http/1.1 200") {
            bail!(
                "{}: {}",
                &head[..head.len().min(12)],
                String::from_utf8_lossy(&body)
            );
        }
        Ok(body)
    }

    pub(super) fn json(&self) -> Result<Value> {
        Ok(serde_json::from_slice(&self.body()?)?)
    }

    /// A stream's text and the tokens that its last chunk counts.
    pub(super) fn streamed(&self) -> Result<(String, usize)> {
        let body = String::from_utf8(self.body()?)?;
        let (mut text, mut tokens, mut done) = (String::new(), None, false);
        for data in body.lines().filter_map(|line| line.strip_prefix("data: ")) {
            if data == "[DONE]" {
                done = true;
                continue;
            }
            let event: Value = serde_json::from_str(data)?;
            ensure!(event["error"].is_null(), "an error in a stream: {data}");
            let choice = &event["choices"][0];
            let piece = choice["text"]
                .as_str()
                .or(choice["delta"]["content"].as_str());
            text += piece.unwrap_or_default();
            tokens = event["usage"]["completion_tokens"].as_u64().or(tokens);
        }
        ensure!(done, "a stream without an end: {body}");
        Ok((
            text,
            tokens.context("a stream that does not count its tokens")? as usize,
        ))
    }
}

/// What was sent in chunks, as one.
fn unchunked(mut rest: &[u8]) -> Result<Vec<u8>> {
    let mut body = Vec::new();
    loop {
        let end = rest.windows(2).position(|w| w == b"\r\n");
        let (size, more) = rest.split_at(end.context("a chunk without its size")?);
        let size = usize::from_str_radix(str::from_utf8(size)?, 16)?;
        if size == 0 {
            return Ok(body);
        }
        let chunk = more.get(2..size + 2).context("a chunk without its end")?;
        body.extend_from_slice(chunk);
        rest = more.get(size + 4..).context("no end of the chunks")?;
    }
}

/// A request whose answer ends with its connection.
pub(super) fn request(method: &str, path: &str, kind: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "{method} {path} HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: \
         {kind}\r\ncontent-length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

pub(super) fn post(path: &str, body: &Value) -> Vec<u8> {
    let body = body.to_string();
    request("POST", path, "application/json", body.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn heard(text: &str) -> Heard {
        Heard {
            bytes: text.as_bytes().to_vec(),
            first: None,
            last: Duration::ZERO,
        }
    }

    #[test]
    fn a_stream_in_chunks_is_read() {
        let events = [
            "data: {\"choices\":[{\"text\":\"\"}]}\n\n",
            "data: {\"choices\":[{\"text\":\"a \"}]}\n\n",
            "data: {\"choices\":[{\"text\":\"cat\"}]}\n\n",
            "data: {\"choices\":[],\"usage\":{\"completion_tokens\":2}}\n\n",
            "data: [DONE]\n\n",
        ];
        let chunks: String = events
            .iter()
            .map(|event| format!("{:x}\r\n{event}\r\n", event.len()))
            .collect();
        let head = "HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n";
        let whole = heard(&format!("{head}{chunks}0\r\n\r\n"));
        assert_eq!(whole.streamed().unwrap(), ("a cat".to_owned(), 2));
        assert!(!says_something(events[0].as_bytes()) && says_something(events[1].as_bytes()));
        assert!(heard(&format!("{head}{chunks}")).streamed().is_err());
    }

    #[test]
    fn a_refusal_is_told() {
        let refused = "HTTP/1.1 503 Service Unavailable\r\ncontent-length: 4\r\n\r\nbusy";
        let told = heard(refused).streamed().unwrap_err().to_string();
        assert!(told.contains("503") && told.contains("busy"), "{told}");
    }
}
