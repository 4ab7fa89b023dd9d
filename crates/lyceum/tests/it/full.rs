//! A disk that is full: what cannot be kept is refused with a reason, what is kept can be
//! read, and all is well again once there is room.

use std::fs::{self, File};
use std::io::{BufRead, BufReader, Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::time::Duration;

use serde_json::{Value, json};

use crate::sandbox::{LYCEUM, Sandbox};

/// A server whose data folder is a disk of its own, which nobody else sees.
struct Server {
    child: Child,
    base: String,
    agent: ureq::Agent,
    /// On that disk.
    filler: PathBuf,
    /// Held, as a server whose words nobody takes would end.
    words: BufReader<std::process::ChildStderr>,
}

impl Server {
    fn start(sandbox: &Sandbox) -> Self {
        let data = sandbox.path("data");
        fs::create_dir(&data).unwrap();
        let line = "mount -t tmpfs -o size=8m tmpfs \"$1\" && shift && exec \"$@\"";
        let mut command = Command::new("unshare");
        command.args(["--map-root-user", "--mount", "sh", "-c", line, "sh"]);
        command
            .arg(&data)
            .args([LYCEUM, "--offline", "--data"])
            .arg(&data);
        command.args(["serve", "-m", "./tiny", "--port", "0"]);
        command
            .current_dir(sandbox.path("."))
            .stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut words = BufReader::new(child.stderr.take().unwrap());
        let base = loop {
            let mut line = String::new();
            assert!(words.read_line(&mut line).unwrap() > 0, "it does not start");
            if let Some(at) = line.find("http://") {
                let word = line[at..].trim_end();
                break word.trim_end_matches("\u{1b}[0m").to_owned();
            }
        };
        let agent = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .max_idle_connections(0)
            .timeout_global(Some(Duration::from_secs(60)));
        // The disk is seen through the process that has it.
        let root = PathBuf::from(format!("/proc/{}/root", child.id()));
        let filler = root.join(data.strip_prefix("/").unwrap()).join("filler");
        Self {
            base,
            agent: agent.build().new_agent(),
            filler,
            child,
            words,
        }
    }

    fn fill(&self) {
        let mut file = File::create(&self.filler).unwrap();
        for size in [1 << 20, 4096, 1] {
            while file.write_all(&vec![b'x'; size]).is_ok() {}
        }
    }

    fn ask(&self, path: &str, kind: &str, body: Option<&[u8]>) -> (u16, Value, Option<String>) {
        let url = format!("{}{path}", self.base);
        let response = match body {
            None => self.agent.get(url).call(),
            Some(body) => self.agent.post(url).header("content-type", kind).send(body),
        };
        let response = response.unwrap();
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let retry = headers.get("retry-after");
        let retry = retry.map(|value| value.to_str().unwrap().to_owned());
        let mut text = String::new();
        response
            .into_body()
            .into_reader()
            .read_to_string(&mut text)
            .unwrap();
        (status, serde_json::from_str(&text).unwrap(), retry)
    }

    fn upload(&self, bytes: &[u8]) -> (u16, Value, Option<String>) {
        let part = "\r\n--part\r\nContent-Disposition: form-data; name=";
        let head =
            format!("{part}\"purpose\"\r\n\r\nuser_data{part}\"file\"; filename=\"f\"\r\n\r\n");
        let body = [head.as_bytes(), bytes, b"\r\n--part--\r\n"].concat();
        self.ask("/files", "multipart/form-data; boundary=part", Some(&body))
    }

    fn complete(&self) -> (u16, Value, Option<String>) {
        let body = json!({"model": "gpt-4o", "prompt": "a", "max_tokens": 1}).to_string();
        self.ask("/completions", "application/json", Some(body.as_bytes()))
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// Whether this machine lets its users have disks of their own.
fn can_mount() -> bool {
    let mut probe = Command::new("unshare");
    probe.args(["--map-root-user", "--mount", "sh", "-c"]);
    probe.arg("mount -t tmpfs -o size=1m tmpfs /tmp");
    probe
        .stderr(Stdio::null())
        .status()
        .is_ok_and(|status| status.success())
}

fn refused((status, body, retry): &(u16, Value, Option<String>)) {
    assert_eq!(*status, 503, "{body}");
    assert_eq!(body["error"]["type"], "server_error");
    let message = body["error"]["message"].as_str().unwrap();
    assert!(
        message.contains("cannot keep anything right now"),
        "{message}"
    );
    assert!(retry.as_ref().unwrap().parse::<u32>().unwrap() >= 1);
}

#[test]
fn a_full_disk_is_told_and_gotten_over() {
    if !can_mount() {
        eprintln!("no disk can be mounted here: nothing was tested");
        return;
    }
    let sandbox = Sandbox::new();
    let mut server = Server::start(&sandbox);
    let big = vec![b'y'; 300_000];
    let (status, kept, _) = server.upload(&big);
    assert_eq!(status, 200, "{kept}");
    assert_eq!(server.complete().0, 200);

    server.fill();
    refused(&server.upload(&big));
    // What is there can be read, and the server lives.
    let path = format!("/files/{}", kept["id"].as_str().unwrap());
    assert_eq!(server.ask(&path, "", None).1, kept);
    assert_eq!(server.ask("/models", "", None).0, 200);
    // An answer whose usage cannot be written down is none. The log of the database may have
    // some room left.
    let answers = (0..200).map(|_| server.complete());
    let last = answers.into_iter().find(|answer| answer.0 != 200);
    refused(&last.expect("usage is written where there is no room"));

    fs::remove_file(&server.filler).unwrap();
    let (status, again, _) = server.upload(&big);
    assert_eq!(status, 200, "{again}");
    assert_eq!(server.complete().0, 200);
    let (_, files, _) = server.ask("/files", "", None);
    let ids: Vec<_> = files["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|f| &f["id"])
        .collect();
    assert_eq!(
        ids,
        [&again["id"], &kept["id"]],
        "what was refused left nothing"
    );
    // The operator reads why.
    server.child.kill().unwrap();
    let mut said = String::new();
    server.words.read_to_string(&mut said).unwrap();
    assert!(said.contains("No space left on device"), "{said}");
}
