//! `/v1/files`: uploads in any form, lists in pages, bytes as they came.

use std::collections::BTreeSet;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};
use server::Limits;
use tempfile::TempDir;

use crate::running::{Answer, Server, eventually};

const BOUNDARY: &str = "----a boundary";

/// A part of a form; a name of a file makes it one.
pub(crate) fn part(name: &str, filename: Option<&str>, value: &[u8]) -> Vec<u8> {
    let filename = filename.map_or(String::new(), |f| format!("; filename=\"{f}\""));
    let head = format!(
        "--{BOUNDARY}\r\nContent-Disposition: form-data; name=\"{name}\"{filename}\r\n\r\n"
    );
    [head.as_bytes(), value, b"\r\n"].concat()
}

pub(crate) fn post_form(server: &Server, parts: &[Vec<u8>]) -> Answer {
    let end = format!("--{BOUNDARY}--\r\n");
    let body = [&parts.concat(), end.as_bytes()].concat();
    let kind = format!("multipart/form-data; boundary=\"{BOUNDARY}\"");
    server.post_bytes("/v1/files", &kind, &body)
}

pub(crate) fn upload(server: &Server, name: &str, purpose: &str, bytes: &[u8]) -> Value {
    let parts = [
        part("purpose", None, purpose.as_bytes()),
        part("file", Some(name), bytes),
    ];
    post_form(server, &parts).ok()
}

#[test]
fn bytes_come_back_as_they_went() {
    let server = Server::start();
    let mut bytes: Vec<u8> = (0..9 << 20).map(|i: usize| ((i * i) >> 7) as u8).collect();
    bytes.extend_from_slice(format!("\r\n--{}\r\n", &BOUNDARY[1..]).as_bytes());
    for bytes in [&bytes[..], b"", b"\r\n"] {
        let file = upload(&server, "/a/p\u{e4}th b.bin", "user_data", bytes);
        assert_eq!(file["object"], "file");
        assert_eq!(file["bytes"], bytes.len());
        assert_eq!(file["filename"], "/a/p\u{e4}th b.bin");
        assert_eq!(file["purpose"], "user_data");
        assert_eq!(file["status"], "uploaded");
        assert_eq!(file["expires_at"], Value::Null);
        let id = file["id"].as_str().unwrap();
        assert!(id.starts_with("file-"));
        assert_eq!(server.get(&format!("/v1/files/{id}")).ok(), file);
        let (head, content) = server.get_bytes(&format!("/v1/files/{id}/content"));
        assert!(content == bytes);
        assert_eq!(head["content-length"], bytes.len().to_string().as_str());
        assert_eq!(head["x-content-type-options"], "nosniff");
    }
}

#[test]
fn a_file_is_processed_after_a_moment() {
    let server = Server::start();
    let file = upload(&server, "a", "assistants", b"a");
    let path = format!("/v1/files/{}", file["id"].as_str().unwrap());
    eventually(|| server.get(&path).ok()["status"] == "processed");
}

#[test]
fn a_deleted_file_is_gone() {
    let server = Server::start();
    let id = upload(&server, "a", "user_data", b"a")["id"].clone();
    let path = format!("/v1/files/{}", id.as_str().unwrap());
    let deleted = json!({"id": id, "object": "file", "deleted": true});
    assert_eq!(server.delete(&path).ok(), deleted);
    let gone = (
        404,
        "invalid_request_error".to_owned(),
        Some("id".to_owned()),
        None,
    );
    for answer in [
        server.delete(&path),
        server.get(&path),
        server.get(&format!("{path}/content")),
        server.get("/v1/files/file-x"),
        server.get("/v1/files/..%2f..%2flyceum.db/content"),
        // Which PostgreSQL takes for no text.
        server.get("/v1/files/file-%00"),
        server.get("/v1/files/%00/content"),
        server.delete("/v1/files/file-%00"),
    ] {
        assert_eq!(answer.error(), gone);
    }
    for query in ["", "?purpose=unheard-of", "?purpose=%00"] {
        let listed = server.get(&format!("/v1/files{query}")).ok();
        assert_eq!(listed["data"], json!([]), "{query}");
    }
}

/// Parts, the answer's status, and the parameter that it names.
type Refused = (Vec<Vec<u8>>, u16, Option<&'static str>);

/// What may be wrong with a form, and the parameter that is named.
#[test]
fn a_wrong_form_is_refused_by_name() {
    let limits = Limits {
        file: 100_000,
        ..Limits::default()
    };
    let server = Server::start_with(Vec::new(), limits);
    let text = |name: &str, value: &str| part(name, None, value.as_bytes());
    let file = || part("file", Some("a.jsonl"), b"{}\n");
    let anchor = || text("expires_after[anchor]", "created_at");
    let rows: Vec<Refused> = vec![
        (vec![file()], 400, Some("purpose")),
        (vec![text("purpose", "batch")], 400, Some("file")),
        (vec![], 400, Some("file")),
        (
            vec![file(), text("purpose", "search")],
            400,
            Some("purpose"),
        ),
        (
            vec![file(), text("purpose", "batch_output")],
            400,
            Some("purpose"),
        ),
        (
            vec![file(), file(), text("purpose", "batch")],
            400,
            Some("file"),
        ),
        (
            vec![file(), text("purpose", "batch"), text("purpose", "batch")],
            400,
            Some("purpose"),
        ),
        (
            vec![file(), text("purpose", &"a".repeat(70_000))],
            400,
            Some("purpose"),
        ),
        (
            vec![file(), part("purpose", None, b"\xff")],
            400,
            Some("purpose"),
        ),
        (
            vec![file(), text("purpose", "batch"), anchor()],
            400,
            Some("expires_after.seconds"),
        ),
        (
            vec![file(), text("purpose", "batch"), anchor(), anchor()],
            400,
            Some("expires_after[anchor]"),
        ),
        (
            vec![
                file(),
                text("purpose", "batch"),
                anchor(),
                text("expires_after[seconds]", "3599"),
            ],
            400,
            Some("expires_after.seconds"),
        ),
        (
            vec![part("file", Some(&"a".repeat(2000)), b"")],
            400,
            Some("file"),
        ),
        (
            vec![
                text("purpose", "user_data"),
                part("file", Some("a"), &[0; 100_001]),
            ],
            413,
            Some("file"),
        ),
        (
            (0..40).map(|i| text(&format!("p{i}"), "x")).collect(),
            400,
            None,
        ),
    ];
    for (parts, status, param) in rows {
        let shown = String::from_utf8_lossy(&parts.concat())
            .chars()
            .take(300)
            .collect::<String>();
        let (got, _, named, _) = post_form(&server, &parts).error();
        assert_eq!((got, named.as_deref()), (status, param), "{shown}");
    }
    for (kind, body) in [
        ("application/json", "{}"),
        ("multipart/form-data", "--x--\r\n"),
        ("multipart/form-data; boundary=x", "--x\r\nContent-Dispo"),
        ("multipart/form-data; boundary=x", "no form at all"),
    ] {
        let error = server
            .post_bytes("/v1/files", kind, body.as_bytes())
            .error();
        assert_eq!(error.0, 400, "{kind} {body}");
    }
    let whole = part("file", Some("a"), &[0; 100_000]);
    post_form(&server, &[text("purpose", "user_data"), whole]).ok();
    assert_eq!(
        server.get("/v1/files").ok()["data"]
            .as_array()
            .unwrap()
            .len(),
        1
    );
}

#[test]
fn lines_are_checked_where_lines_are_meant() {
    let server = Server::start();
    for (bytes, wrong) in [("{}\n{}", None), ("", Some(1)), ("{}\n\n[1]\n", Some(3))] {
        for purpose in ["batch", "fine-tune", "user_data"] {
            let purpose_part = part("purpose", None, purpose.as_bytes());
            // The purpose is known only after the file.
            let parts = [part("file", Some("a"), bytes.as_bytes()), purpose_part];
            let answer = post_form(&server, &parts);
            let Some(line) = wrong.filter(|_| purpose != "user_data") else {
                answer.ok();
                continue;
            };
            assert_eq!(answer.status, 400);
            let message = answer.json()["error"]["message"]
                .as_str()
                .unwrap()
                .to_owned();
            let start = "Expected file to have JSONL format, where every line is a valid JSON \
                         dictionary.";
            assert!(message.starts_with(start), "{message}");
            assert!(message.contains(&format!("Line {line} ")), "{message}");
        }
    }
}

#[test]
fn expiry_is_counted_from_the_upload() {
    let server = Server::start();
    let parts = [
        part("expires_after[seconds]", None, b"3600"),
        part("file", Some("a"), b"a"),
        part("expires_after[anchor]", None, b"created_at"),
        part("purpose", None, b"vision"),
        part("colour", None, b"blue"),
    ];
    let answer = post_form(&server, &parts);
    assert_eq!(answer.headers["x-lyceum-ignored"], "colour");
    let file = answer.ok();
    let after =
        |file: &Value| file["expires_at"].as_i64().unwrap() - file["created_at"].as_i64().unwrap();
    assert_eq!(after(&file), 3600);
    assert_eq!(after(&upload(&server, "b", "batch", b"{}")), 30 * 24 * 3600);
}

/// As Node sends it: in chunks, cut anywhere, without a length.
#[test]
fn a_chunked_form_is_read() {
    let server = Server::start();
    let parts = [
        part("file", Some("a"), b"some bytes"),
        part("purpose", None, b"user_data"),
        format!("--{BOUNDARY}--\r\n").into_bytes(),
    ];
    let body = parts.concat();
    for size in [1, 7, 64] {
        let mut stream = TcpStream::connect(server.address).unwrap();
        let head = format!(
            "POST /v1/files HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\
             Content-Type: multipart/form-data; boundary=\"{BOUNDARY}\"\r\n\
             Transfer-Encoding: chunked\r\n\r\n"
        );
        stream.write_all(head.as_bytes()).unwrap();
        for chunk in body.chunks(size) {
            write!(stream, "{:x}\r\n", chunk.len()).unwrap();
            stream.write_all(&[chunk, b"\r\n"].concat()).unwrap();
        }
        stream.write_all(b"0\r\n\r\n").unwrap();
        let mut answer = String::new();
        stream.read_to_string(&mut answer).unwrap();
        assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");
        assert!(answer.contains("\"bytes\":10"), "{answer}");
    }
}

/// All ids of a list, page by page, as the SDKs walk it.
pub(crate) fn walk(server: &Server, path: &str) -> Vec<String> {
    let (mut ids, mut after) = (Vec::new(), String::new());
    loop {
        let page = server.get(&format!("{path}{after}")).ok();
        assert_eq!(page["object"], "list");
        let data = page["data"].as_array().unwrap();
        ids.extend(data.iter().map(|v| v["id"].as_str().unwrap().to_owned()));
        assert_eq!(
            page["first_id"],
            data.first().map_or(Value::Null, |v| v["id"].clone())
        );
        assert_eq!(
            page["last_id"],
            data.last().map_or(Value::Null, |v| v["id"].clone())
        );
        if page["has_more"] == false {
            return ids;
        }
        after = format!("&after={}", ids.last().unwrap());
    }
}

#[test]
fn a_list_is_walked_in_both_orders() {
    let server = Server::start();
    let purposes = ["vision", "user_data"];
    let files: Vec<(String, &str)> = (0..250)
        .map(|i| {
            let purpose = purposes[usize::from(i % 5 == 0)];
            let file = upload(&server, "a", purpose, b"a");
            (file["id"].as_str().unwrap().to_owned(), purpose)
        })
        .collect();
    let mut want: Vec<_> = files.iter().map(|(id, _)| id.clone()).collect();
    let unique: BTreeSet<_> = want.iter().collect();
    assert_eq!(unique.len(), 250);
    for limit in [1, 9, 10, 249, 250, 10_000] {
        let asc = walk(&server, &format!("/v1/files?order=asc&limit={limit}"));
        assert_eq!(asc, want, "{limit}");
    }
    let of_purpose = walk(&server, "/v1/files?order=asc&limit=7&purpose=user_data");
    let wanted = files.iter().filter(|(_, purpose)| *purpose == "user_data");
    assert_eq!(
        of_purpose,
        wanted.map(|(id, _)| id.clone()).collect::<Vec<_>>()
    );
    want.reverse();
    assert_eq!(walk(&server, "/v1/files?limit=33"), want);
    assert_eq!(walk(&server, "/v1/files?"), want);
    // Who deletes what a page told of goes on behind it.
    let page = server.get("/v1/files?limit=3").ok();
    server.delete(&format!("/v1/files/{}", want[2])).ok();
    let after = page["last_id"].as_str().unwrap();
    let next = server.get(&format!("/v1/files?limit=1&after={after}")).ok();
    assert_eq!(next["data"][0]["id"], want[3].as_str());
    let none = server.get("/v1/files?limit=0").ok();
    assert_eq!(
        (&none["data"], &none["has_more"]),
        (&json!([]), &json!(true))
    );
    for (query, param) in [
        ("after=file-unknown", "after"),
        ("after=%00", "after"),
        ("after=batch_00000000000000000000000000000000", "after"),
        ("limit=10001", "limit"),
        ("limit=-1", "limit"),
        ("limit=x", "limit"),
        ("order=up", "order"),
    ] {
        let (status, _, named, _) = server.get(&format!("/v1/files?{query}")).error();
        assert_eq!((status, named.as_deref()), (400, Some(param)), "{query}");
    }
}

#[test]
fn files_outlive_the_server_and_leftovers_do_not() {
    let folder = TempDir::new().unwrap();
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    let id = upload(&server, "a", "user_data", b"kept")["id"].clone();
    let id = id.as_str().unwrap();
    server.stop();
    let blobs = folder.path().join("blobs");
    let (orphan, part, fresh) = ("file-orphan", "file-part#1", "file-fresh");
    let hours_ago = SystemTime::now() - Duration::from_secs(7200);
    for name in [orphan, part, fresh, id] {
        let path = blobs.join(name);
        if name != id {
            std::fs::write(&path, "left").unwrap();
        }
        if name != fresh {
            let file = std::fs::File::options().write(true).open(&path).unwrap();
            file.set_modified(hours_ago).unwrap();
        }
    }
    let server = Server::start_in(folder.path(), Vec::new(), Limits::default());
    eventually(|| !blobs.join(part).exists());
    // Whose row may be on its way: the next look will tell.
    assert!(blobs.join(orphan).exists() && blobs.join(fresh).exists());
    let (_, content) = server.get_bytes(&format!("/v1/files/{id}/content"));
    assert_eq!(content, b"kept");
}
