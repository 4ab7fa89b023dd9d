//! The query of a path as fields, so that they are read and refused as a body's.

use std::convert::Infallible;

use api::Fields;
use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use serde_json::{Map, Value};

use crate::body::Strict;

/// The fields of a query; one that comes twice, or as `name[]`, is an array.
pub(crate) struct Query(pub(crate) Fields);

/// Fields that are read; further ones are nobody's.
const MOST: usize = 512;

impl<S: Send + Sync> FromRequestParts<S> for Query {
    type Rejection = Infallible;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Infallible> {
        let fields = Fields::new(read(parts.uri.query().unwrap_or_default()));
        Ok(Self(fields.strict(Strict::of(&parts.extensions))))
    }
}

fn read(query: &str) -> Map<String, Value> {
    let mut map = Map::new();
    for (name, text) in form_urlencoded::parse(query.as_bytes()).take(MOST) {
        let (name, list) = match name.strip_suffix("[]") {
            Some(name) => (name.to_owned(), true),
            None => (name.into_owned(), false),
        };
        let value = value(&text);
        match map.get_mut(&name) {
            Some(Value::Array(all)) => all.push(value),
            Some(first) => *first = Value::Array(vec![first.take(), value]),
            None if list => {
                map.insert(name, Value::Array(vec![value]));
            }
            None => {
                map.insert(name, value);
            }
        }
    }
    map
}

/// A query has nothing but text: what looks like a number or a truth is one.
pub(crate) fn value(text: &str) -> Value {
    match (text, text.parse::<i64>()) {
        ("true", _) => Value::Bool(true),
        ("false", _) => Value::Bool(false),
        (_, Ok(number)) => Value::from(number),
        _ => Value::from(text),
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn a_query_is_read_as_a_body() {
        let map = read("limit=20&after=file-1&a[]=x&b=1&b=2&stream=true&empty=&sp=a+b%26");
        let want = json!({"limit": 20, "after": "file-1", "a": ["x"], "b": [1, 2],
            "stream": true, "empty": "", "sp": "a b&"});
        assert_eq!(Value::Object(map), want);
    }
}
