//! Lists that are read page by page.

use serde_json::{Value, json};

use crate::Error;
use crate::error::Code;
use crate::fields::{Fields, unsupported_value};

/// Which part of a list is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PageRequest {
    /// The page begins behind it.
    pub after: Option<String>,
    pub limit: i64,
    /// The oldest first.
    pub ascending: bool,
}

impl PageRequest {
    /// Of objects whose ids begin with `prefix`, `default` a page, at most `most`.
    pub fn parse(
        fields: &mut Fields,
        prefix: &str,
        default: i64,
        most: i64,
    ) -> Result<Self, Error> {
        let after = fields.string("after")?.filter(|after| !after.is_empty());
        if let Some(after) = after.as_deref().filter(|after| !is_id(after, prefix)) {
            let message = format!("Invalid 'after': no such object: {after}.");
            return Err(Error::field("after", Code::InvalidValue, message));
        }
        let ascending = ascending(fields)?;
        // Clients ask for none at times.
        let limit = fields.integer("limit", 0..=most)?.unwrap_or(default);
        Ok(Self {
            after,
            limit,
            ascending,
        })
    }
}

/// Whether the oldest comes first.
pub(crate) fn ascending(fields: &mut Fields) -> Result<bool, Error> {
    match fields.string("order")?.as_deref() {
        None | Some("desc") => Ok(false),
        Some("asc") => Ok(true),
        Some(other) => Err(unsupported_value("order", other, &["asc", "desc"])),
    }
}

/// Whether a text could be an id of ours: not every database takes all characters.
pub fn is_id(text: &str, prefix: &str) -> bool {
    let hex = |b: u8| b.is_ascii_digit() || (b'a'..=b'f').contains(&b);
    let rest = text.strip_prefix(prefix);
    rest.is_some_and(|rest| rest.len() == 32 && rest.bytes().all(hex))
}

/// A page; `id` of its ends tells clients where the next one begins.
pub fn list(data: Vec<Value>, has_more: bool) -> Value {
    // Strings, as the description has it, also where there is nothing.
    let id = |value: Option<&Value>| value.map_or_else(|| json!(""), |v| v["id"].clone());
    let (first, last) = (id(data.first()), id(data.last()));
    json!({
        "object": "list",
        "data": data,
        "first_id": first,
        "last_id": last,
        "has_more": has_more,
    })
}
