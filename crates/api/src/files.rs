//! `/v1/files`: what is kept of files, and how an upload is described.

use serde::Serialize;
use serde_json::{Value, json};

use crate::error::Code;
use crate::fields::{Fields, missing, unsupported_value};
use crate::{Error, Parsed};

/// What clients may upload files for.
pub const UPLOAD_PURPOSES: [&str; 6] = [
    "assistants",
    "batch",
    "fine-tune",
    "vision",
    "user_data",
    "evals",
];

/// What files of results are for.
pub const BATCH_OUTPUT: &str = "batch_output";

/// Greatest lengths of what a client names a file.
const FILENAME: usize = 1024;

/// A file as clients see it.
#[derive(Clone, Debug, Serialize)]
pub struct File {
    pub id: String,
    pub object: &'static str,
    pub bytes: i64,
    pub created_at: i64,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub expires_at: Option<i64>,
    pub filename: String,
    pub purpose: String,
    pub status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status_details: Option<String>,
}

/// The answer to `DELETE`.
pub fn deleted(id: &str) -> Value {
    json!({"id": id, "object": "file", "deleted": true})
}

/// What an upload says beside its bytes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Upload {
    pub purpose: String,
    /// Seconds from the upload until the file is removed.
    pub expires_after_s: Option<i64>,
}

impl Upload {
    /// From the parts that are text, nested as their names say.
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let purpose = fields.required_string("purpose")?;
        known_purpose(&purpose)?;
        let expires_after_s = expires_after(&mut fields, "expires_after")?;
        let request = Self {
            purpose,
            expires_after_s,
        };
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

/// Whether there may be files of it.
pub fn is_purpose(purpose: &str) -> bool {
    purpose == BATCH_OUTPUT || UPLOAD_PURPOSES.contains(&purpose)
}

fn known_purpose(purpose: &str) -> Result<(), Error> {
    match UPLOAD_PURPOSES.contains(&purpose) {
        true => Ok(()),
        false => Err(unsupported_value("purpose", purpose, &UPLOAD_PURPOSES)),
    }
}

/// `{"anchor": "created_at", "seconds": …}`.
pub(crate) fn expires_after(fields: &mut Fields, name: &str) -> Result<Option<i64>, Error> {
    let Some(mut policy) = fields.object(name)? else {
        return Ok(None);
    };
    let anchor = policy.required_string("anchor")?;
    if anchor != "created_at" {
        let param = format!("{name}.anchor");
        return Err(unsupported_value(&param, &anchor, &["created_at"]));
    }
    let seconds = policy.integer("seconds", 3600..=2_592_000)?;
    let seconds = seconds.ok_or_else(|| missing(&format!("{name}.seconds")))?;
    Ok(Some(seconds))
}

/// A client's name for a file, which must not be endless. No system has names with a zero.
pub fn filename(name: &str) -> Result<(), Error> {
    if name.chars().count() <= FILENAME && !name.contains('\0') {
        return Ok(());
    }
    let message = format!(
        "The name of the file is too long, at most {FILENAME} characters, or has a NUL in it."
    );
    Err(Error::field("file", Code::InvalidValue, message))
}

/// A line of a file that is to be JSONL and is not.
pub fn not_jsonl(line: usize) -> Error {
    Error::request(format!(
        "Expected file to have JSONL format, where every line is a valid JSON dictionary. Line \
         {line} is not a dictionary."
    ))
}

pub fn no_such_file(id: &str) -> Error {
    Error::request(format!("No such File object: {id}")).with_param("id")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_upload_is_described_by_its_parts() {
        let parse = |value: Value| {
            let parsed = Upload::parse(Fields::parse(value.to_string().as_bytes()).unwrap());
            parsed.map(|p| (p.request.purpose, p.request.expires_after_s))
        };
        let hour = json!({"anchor": "created_at", "seconds": 3600});
        let good = parse(json!({"purpose": "vision", "expires_after": hour}));
        assert_eq!(good.unwrap(), ("vision".to_owned(), Some(3600)));
        for (value, param) in [
            (json!({}), "purpose"),
            (json!({"purpose": "batch_output"}), "purpose"),
            (
                json!({"purpose": "batch", "expires_after": 1}),
                "expires_after",
            ),
            (
                json!({"purpose": "batch", "expires_after": {"seconds": 3600}}),
                "expires_after.anchor",
            ),
            (
                json!({"purpose": "batch", "expires_after": {"anchor": "now", "seconds": 3600}}),
                "expires_after.anchor",
            ),
            (
                json!({"purpose": "batch", "expires_after": {"anchor": "created_at"}}),
                "expires_after.seconds",
            ),
            (
                json!({"purpose": "batch",
                    "expires_after": {"anchor": "created_at", "seconds": 3599}}),
                "expires_after.seconds",
            ),
        ] {
            let error = parse(value.clone()).unwrap_err();
            assert_eq!(error.param.as_deref(), Some(param), "{value}");
        }
    }
}
