//! `/v1/embeddings`: vectors as transformers computes them, in every form that clients ask.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use testkit::{Golden, assert_close};

use crate::running::Server;

const PATH: &str = "/v1/embeddings";

fn ask(server: &Server, more: Value) -> Value {
    let mut body = json!({"model": "tiny-embed"});
    body.as_object_mut()
        .unwrap()
        .extend(more.as_object().unwrap().clone());
    server.post(PATH, &body).ok()
}

/// The numbers of an answer's vectors, in order.
fn vectors(answer: &Value) -> Vec<Vec<f32>> {
    let data = answer["data"].as_array().unwrap().iter().enumerate();
    let vector = |(i, item): (usize, &Value)| {
        assert_eq!(
            (&item["object"], &item["index"]),
            (&json!("embedding"), &json!(i))
        );
        match &item["embedding"] {
            Value::String(text) => {
                let bytes = STANDARD.decode(text).unwrap();
                let numbers = bytes.chunks_exact(4);
                let numbers = numbers.map(|b| f32::from_le_bytes(b.try_into().unwrap()));
                numbers.collect()
            }
            numbers => {
                let numbers = numbers.as_array().unwrap().iter();
                numbers.map(|x| x.as_f64().unwrap() as f32).collect()
            }
        }
    };
    data.map(vector).collect()
}

fn golden() -> (Golden, Vec<String>) {
    let golden = Golden::open("models/tiny-embed/golden.safetensors");
    let texts = serde_json::from_str(golden.metadata("texts")).unwrap();
    (golden, texts)
}

#[test]
fn vectors_are_transformers_in_floats_and_in_base64() {
    let server = Server::start();
    let (golden, texts) = golden();
    let floats = ask(&server, json!({"input": texts, "user": "me"}));
    let got = vectors(&floats);
    // Two layers, and vectors of length 1.
    assert_close("mean", &got.concat(), &golden.f32("mean"), 2e-5);
    let tokens: usize = golden.lens("lens").iter().sum();
    assert_eq!(
        floats["usage"],
        json!({"prompt_tokens": tokens, "total_tokens": tokens})
    );
    assert_eq!(
        (&floats["model"], &floats["object"]),
        (&json!("tiny-embed"), &json!("list"))
    );
    let base64 = ask(
        &server,
        json!({"input": texts, "encoding_format": "base64"}),
    );
    assert!(base64["data"][0]["embedding"].is_string());
    assert_eq!(vectors(&base64), got);
    let alone = ask(
        &server,
        json!({"input": texts[1], "encoding_format": "float"}),
    );
    assert_eq!(vectors(&alone), got[1..2], "company changes nothing");
}

#[test]
fn shortened_vectors_have_length_one() {
    let server = Server::start();
    let whole = vectors(&ask(&server, json!({"input": "lamp"})));
    let short = vectors(&ask(&server, json!({"input": "lamp", "dimensions": 5})));
    let length = whole[0][..5].iter().map(|x| x * x).sum::<f32>().sqrt();
    let want: Vec<f32> = whole[0][..5].iter().map(|x| x / length).collect();
    // The same sums and quotients in the same order.
    assert_close("short", &short[0], &want, 0.0);
}

/// The ids are tiktoken's, as LangChain sends them.
#[test]
fn ids_are_those_of_openais_vocabulary() {
    let server = Server::start();
    let texts = ["2 + 2 = 4", "お誕生日おめでとう"];
    let ids = json!([
        [17, 489, 220, 17, 284, 220, 19],
        [33334, 45918, 243, 21990, 9080, 33334, 62004, 16556, 78699]
    ]);
    let of_texts = ask(&server, json!({"input": texts}));
    let of_ids = ask(&server, json!({"input": ids, "encoding_format": "base64"}));
    assert_eq!(vectors(&of_texts), vectors(&of_ids));
    assert_eq!(of_texts["usage"], of_ids["usage"]);
    let one = ask(&server, json!({"input": ids[0]}));
    assert_eq!(vectors(&one)[0], vectors(&of_texts)[0]);
}

#[test]
fn older_paths_and_other_names_lead_there() {
    let server = Server::start();
    let want = vectors(&ask(&server, json!({"input": "lamp"})));
    for (path, body) in [
        (
            PATH,
            json!({"input": "lamp", "model": "text-embedding-3-small"}),
        ),
        (
            "/v1/engines/text-embedding-3-small/embeddings",
            json!({"input": "lamp"}),
        ),
        (
            "/openai/deployments/tiny-embed/embeddings?api-version=2023-05-15",
            json!({"input": "lamp"}),
        ),
    ] {
        assert_eq!(vectors(&server.post(path, &body).ok()), want, "{path}");
    }
    let tokens = json!({"model": "tiny-embed", "input": "lamp"});
    assert!(server.post("/v1/tokenize", &tokens).ok()["count"].as_u64() > Some(0));
    let metrics = server.get("/metrics").text;
    assert!(
        metrics.contains("lyceum_texts_waiting{model=\"tiny-embed\"} 0\n"),
        "{metrics}"
    );
}

#[test]
fn what_cannot_be_computed_is_told() {
    let server = Server::start();
    let long = vec!["lamp"; 100].join(" ");
    let error = |path: &str, body: Value| {
        let (status, _, param, code) = server.post(path, &body).error();
        (status, param.unwrap_or_default(), code.unwrap_or_default())
    };
    let own = |status, param: &str, code: &str| (status, param.to_owned(), code.to_owned());
    let embed = |input: Value| json!({"model": "tiny-embed", "input": input});
    let bad = "invalid_value";
    assert_eq!(
        error(PATH, embed(json!(["a", long]))),
        own(400, "", "context_length_exceeded")
    );
    assert_eq!(
        error(PATH, embed(json!([[17], [100_257]]))),
        own(400, "input", bad)
    );
    let wide = json!({"model": "tiny-embed", "input": "a", "dimensions": 37});
    assert_eq!(
        error(PATH, wide),
        own(400, "dimensions", "integer_above_max_value")
    );
    let chat = json!({"model": "tiny-chat", "input": "a"});
    assert_eq!(error(PATH, chat), own(404, "model", ""));
    let unknown = json!({"model": "none", "input": "a"});
    assert_eq!(error(PATH, unknown), own(404, "", "model_not_found"));
    for (path, body) in [
        (
            "/v1/completions",
            json!({"model": "tiny-embed", "prompt": "a"}),
        ),
        (
            "/v1/chat/completions",
            json!({"model": "tiny-embed", "messages": [{"role": "user", "content": "a"}]}),
        ),
        (
            "/v1/responses",
            json!({"model": "tiny-embed", "input": "a"}),
        ),
    ] {
        assert_eq!(error(path, body), own(404, "model", ""), "{path}");
    }
    let answer = server.post(PATH, &embed(json!(["a", long])));
    let message = &answer.json()["error"]["message"];
    let told = "maximum context length is 64 tokens";
    assert!(message.as_str().unwrap().contains(told), "{message}");
}

#[test]
fn usage_is_kept_apart() {
    let server = Server::start();
    let (golden, texts) = golden();
    ask(&server, json!({"input": texts}));
    server
        .post(PATH, &json!({"model": "tiny-embed", "input": []}))
        .error();
    let page =
        server.get("/v1/organization/usage/embeddings?start_time=1&bucket_width=1d&limit=31");
    let total = |page: &Value| {
        let buckets = page["data"].as_array().unwrap().iter();
        let results = buckets.flat_map(|b| b["results"].as_array().unwrap());
        let tokens = results.filter_map(|r| r["input_tokens"].as_u64());
        tokens.sum::<u64>()
    };
    let today = std::time::SystemTime::now()
        .duration_since(std::time::UNIX_EPOCH)
        .unwrap()
        .as_secs()
        - 60;
    assert_eq!(total(&page.ok()), 0, "the first page is of 1970");
    let ask = |what: &str| {
        let path = format!("/v1/organization/usage/{what}?start_time={today}");
        total(&server.get(&path).ok())
    };
    let tokens: usize = golden.lens("lens").iter().sum();
    assert_eq!(ask("embeddings"), tokens as u64);
    assert_eq!(ask("completions"), 0);
}
