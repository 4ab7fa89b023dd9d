//! `POST /v1/embeddings`.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::fields::{Fields, missing, not_empty, unsupported_value};
use crate::prompt::{Prompt, prompts};
use crate::{Error, Parsed, Usage};

/// How the numbers of a vector are written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    Float,
    /// Little-endian f32, which all SDKs ask for and undo.
    Base64,
}

#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddingRequest {
    pub model: String,
    /// Ids are those of `cl100k_base`, as all embedding models of OpenAI have them.
    pub input: Vec<Prompt>,
    pub encoding: Encoding,
    /// Numbers of a vector, if not all.
    pub dimensions: Option<usize>,
}

const ENCODINGS: [&str; 2] = ["float", "base64"];

/// Wider than any vector.
const WIDEST: u32 = 1 << 20;

impl EmbeddingRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let model = f.model()?;
        let input = prompts(f, "input")?.ok_or_else(|| missing("input"))?;
        for (i, prompt) in input.iter().enumerate() {
            if let Prompt::Ids(ids) = prompt {
                not_empty(&format!("input[{i}]"), ids.len())?;
            }
        }
        let encoding = match f.string("encoding_format")?.as_deref() {
            None | Some("float") => Encoding::Float,
            Some("base64") => Encoding::Base64,
            Some(other) => return Err(unsupported_value("encoding_format", other, &ENCODINGS)),
        };
        let request = Self {
            model,
            input,
            encoding,
            dimensions: f.count("dimensions", 1..=WIDEST)?,
        };
        f.note("user");
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

/// The answer: `vectors` in the order of the inputs.
pub fn answer(model: &str, vectors: &[Vec<f32>], encoding: Encoding, usage: Usage) -> Value {
    let data = vectors.iter().enumerate().map(|(index, vector)| {
        let embedding = match encoding {
            Encoding::Float => json!(vector),
            Encoding::Base64 => {
                let bytes: Vec<u8> = vector.iter().flat_map(|x| x.to_le_bytes()).collect();
                json!(STANDARD.encode(bytes))
            }
        };
        json!({"object": "embedding", "index": index, "embedding": embedding})
    });
    json!({
        "object": "list",
        "data": data.collect::<Vec<_>>(),
        "model": model,
        "usage": {"prompt_tokens": usage.prompt_tokens, "total_tokens": usage.total_tokens},
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(body: Value) -> Result<EmbeddingRequest, Error> {
        let fields = Fields::parse(body.to_string().as_bytes()).unwrap();
        EmbeddingRequest::parse(fields).map(|parsed| parsed.request)
    }

    #[test]
    fn input_has_four_forms_and_may_be_an_empty_text() {
        let input = |input| parse(json!({"model": "m", "input": input})).map(|r| r.input);
        let text = |t: &str| Prompt::Text(t.to_owned());
        assert_eq!(input(json!("")).unwrap(), [text("")]);
        assert_eq!(input(json!(["a", ""])).unwrap(), [text("a"), text("")]);
        assert_eq!(input(json!([1, 2])).unwrap(), [Prompt::Ids(vec![1, 2])]);
        let lists = input(json!([[1], [2, 3]])).unwrap();
        assert_eq!(lists, [Prompt::Ids(vec![1]), Prompt::Ids(vec![2, 3])]);
        for (bad, param) in [
            (json!(null), "input"),
            (json!([]), "input"),
            (json!([[1], []]), "input[1]"),
            (json!([1, "a"]), "input"),
            (json!({"a": 1}), "input"),
            (json!(vec!["a"; 2049]), "input"),
        ] {
            let error = input(bad.clone()).unwrap_err();
            assert_eq!(error.param.as_deref(), Some(param), "{bad}");
        }
    }

    #[test]
    fn how_vectors_are_wanted_is_checked() {
        let with = |name: &str, value: Value| {
            let mut body = json!({"model": "m", "input": "a"});
            body[name] = value;
            parse(body)
        };
        assert_eq!(
            parse(json!({"model": "m", "input": "a"})).unwrap().encoding,
            Encoding::Float
        );
        let base64 = with("encoding_format", json!("base64")).unwrap();
        assert_eq!(base64.encoding, Encoding::Base64);
        assert_eq!(with("dimensions", json!(3)).unwrap().dimensions, Some(3));
        for (name, bad) in [
            ("encoding_format", json!("int8")),
            ("dimensions", json!(0)),
            ("dimensions", json!(1.5)),
        ] {
            assert_eq!(with(name, bad).unwrap_err().param.as_deref(), Some(name));
        }
    }

    /// IEEE 754 says what 1, -2 and 0.1 are.
    #[test]
    fn base64_is_little_endian_f32() {
        let usage = Usage::default();
        let answer = answer("m", &[vec![1.0, -2.0, 0.1]], Encoding::Base64, usage);
        let bytes = STANDARD.decode(answer["data"][0]["embedding"].as_str().unwrap());
        let want = [0, 0, 0x80, 0x3f, 0, 0, 0, 0xc0, 0xcd, 0xcc, 0xcc, 0x3d];
        assert_eq!(bytes.unwrap(), want);
    }
}
