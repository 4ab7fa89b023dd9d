//! `/v1/organization/usage/*` and `/v1/organization/costs`: what was used, in
//! pages of buckets of time.

use serde_json::{Map, Value, json};

use crate::error::Code;
use crate::fields::{Fields, missing, unsupported_value};
use crate::{Error, Parsed};

/// The width of a bucket of time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Width {
    Minute,
    Hour,
    Day,
}

impl Width {
    /// What documents call it, and the default and greatest count of buckets in a page.
    fn named(name: &str) -> Option<(Self, usize, u32)> {
        match name {
            "1m" => Some((Self::Minute, 60, 1440)),
            "1h" => Some((Self::Hour, 24, 168)),
            "1d" => Some((Self::Day, 7, 31)),
            _ => None,
        }
    }

    pub fn seconds(self) -> i64 {
        match self {
            Self::Minute => 60,
            Self::Hour => 3600,
            Self::Day => 86_400,
        }
    }
}

/// What results are told apart by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GroupBy {
    pub api_key: bool,
    pub model: bool,
}

#[derive(Clone, Debug, PartialEq)]
pub struct UsageRequest {
    /// Seconds of Unix time.
    pub start_time: i64,
    pub end_time: Option<i64>,
    pub width: Width,
    /// Buckets in a page.
    pub limit: usize,
    pub group_by: GroupBy,
    pub api_key_ids: Vec<String>,
    pub models: Vec<String>,
    /// Where the page before ended.
    pub page: Option<i64>,
}

/// Filters of a list.
const MOST: usize = 100;

/// What results can be told apart by.
const GROUPS: [&str; 4] = ["project_id", "user_id", "api_key_id", "model"];

/// Seconds of Unix time that can be asked for: those of years with four digits.
const TIMES: std::ops::RangeInclusive<i64> = 0..=253_402_300_799;

impl UsageRequest {
    /// Reads the fields of a query.
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let start = f.integer("start_time", TIMES)?;
        let name = f.string("bucket_width")?.unwrap_or_else(|| "1d".to_owned());
        let Some((width, default, most)) = Width::named(&name) else {
            return Err(unsupported_value(
                "bucket_width",
                &name,
                &["1m", "1h", "1d"],
            ));
        };
        let request = Self {
            start_time: start.ok_or_else(|| missing("start_time"))?,
            end_time: f.integer("end_time", TIMES)?,
            width,
            limit: f.count("limit", 1..=most)?.unwrap_or(default),
            group_by: group_by(f)?,
            api_key_ids: f.strings("api_key_ids", MOST)?,
            models: f.strings("models", MOST)?,
            page: page(f)?,
        };
        // There is one project and nobody but keys.
        for name in ["project_ids", "user_ids", "batch"] {
            f.refuse(name, &[])?;
        }
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

fn group_by(fields: &mut Fields) -> Result<GroupBy, Error> {
    let mut by = GroupBy::default();
    for name in fields.strings("group_by", MOST)? {
        match name.as_str() {
            "api_key_id" => by.api_key = true,
            "model" => by.model = true,
            // There is one of each, so that telling them apart changes nothing.
            "project_id" | "user_id" | "service_tier" | "line_item" => {}
            other => {
                return Err(unsupported_value("group_by", other, &GROUPS));
            }
        }
    }
    Ok(by)
}

const PAGE: &str = "page_";

fn page(fields: &mut Fields) -> Result<Option<i64>, Error> {
    let Some(page) = fields.string("page")? else {
        return Ok(None);
    };
    let start = page.strip_prefix(PAGE).and_then(|page| page.parse().ok());
    let start = start.filter(|start| TIMES.contains(start));
    let unknown = || Error::field("page", Code::InvalidValue, "No such page.");
    start.map(Some).ok_or_else(unknown)
}

/// The sums of a group in a bucket.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sums {
    pub api_key_id: Option<String>,
    pub model: Option<String>,
    pub requests: i64,
    pub input_tokens: i64,
    pub cached_tokens: i64,
    pub output_tokens: i64,
}

/// What is told of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    Completions,
    Embeddings,
    Costs,
}

fn result(kind: Kind, sums: &Sums) -> Value {
    let mut map = Map::new();
    let mut set = |name: &str, value: Value| map.insert(name.to_owned(), value);
    match kind {
        Kind::Completions => {
            set("object", json!("organization.usage.completions.result"));
            set("input_tokens", json!(sums.input_tokens));
            set("output_tokens", json!(sums.output_tokens));
            set("input_cached_tokens", json!(sums.cached_tokens));
            set("input_audio_tokens", json!(0));
            set("output_audio_tokens", json!(0));
            set("num_model_requests", json!(sums.requests));
            set("batch", Value::Null);
        }
        Kind::Embeddings => {
            set("object", json!("organization.usage.embeddings.result"));
            set("input_tokens", json!(sums.input_tokens));
            set("num_model_requests", json!(sums.requests));
        }
        Kind::Costs => {
            // One's own machine sends no bill.
            set("object", json!("organization.costs.result"));
            set("amount", json!({"value": 0.0, "currency": "usd"}));
            set("line_item", Value::Null);
            set("project_id", Value::Null);
            return Value::Object(map);
        }
    }
    set("project_id", Value::Null);
    set("user_id", Value::Null);
    set("api_key_id", json!(sums.api_key_id));
    set("model", json!(sums.model));
    Value::Object(map)
}

/// A bucket of time and the groups in it.
pub struct Bucket {
    pub start_time: i64,
    pub end_time: i64,
    pub groups: Vec<Sums>,
}

/// A page of buckets; `next` is where the next one begins.
pub fn answer(kind: Kind, buckets: &[Bucket], next: Option<i64>) -> Value {
    let bucket = |b: &Bucket| {
        let results: Vec<_> = b.groups.iter().map(|sums| result(kind, sums)).collect();
        json!({
            "object": "bucket",
            "start_time": b.start_time,
            "end_time": b.end_time,
            "results": results,
        })
    };
    json!({
        "object": "page",
        "data": buckets.iter().map(bucket).collect::<Vec<_>>(),
        "has_more": next.is_some(),
        "next_page": next.map(|start| format!("{PAGE}{start}")),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_cannot_be_told_apart_and_pages_of_no_time_are_refused() {
        let parse = |name: &str, value: &str| {
            let query = json!({"start_time": 1, name: value});
            UsageRequest::parse(Fields::parse(query.to_string().as_bytes()).unwrap())
        };
        assert!(parse("group_by", "model").unwrap().request.group_by.model);
        let page = parse("page", "page_253402300799").unwrap().request.page;
        assert_eq!(page, Some(253_402_300_799));
        for (name, value) in [
            ("group_by", "batch"),
            ("batch", "true"),
            ("page", "page_9223372036854775807"),
            ("page", "page_-1"),
            ("page", "page_x"),
            ("page", "1"),
        ] {
            let error = parse(name, value).unwrap_err();
            assert_eq!(error.param.as_deref(), Some(name), "{value}");
        }
    }
}
