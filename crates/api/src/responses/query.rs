//! What is asked of a response that is kept.

use super::includes;
use crate::error::Code;
use crate::fields::Fields;
use crate::pages::ascending;
use crate::{Error, Parsed};

/// `GET /v1/responses/{id}`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrieveRequest {
    pub stream: bool,
    /// The last event that is known already.
    pub starting_after: Option<i64>,
}

impl RetrieveRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let request = Self {
            stream: f.bool("stream")?.unwrap_or(false),
            starting_after: f.integer("starting_after", 0..=i64::from(u32::MAX))?,
        };
        if request.starting_after.is_some() && !request.stream {
            let message = "'starting_after' is only allowed when 'stream' is true.";
            return Err(Error::field("starting_after", Code::InvalidValue, message));
        }
        // What was asked for when it was made is kept, and nothing else.
        includes(f)?;
        f.bool("include_obfuscation")?;
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}

/// `GET /v1/responses/{id}/input_items`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ItemsRequest {
    pub after: Option<String>,
    pub limit: usize,
    pub ascending: bool,
}

impl ItemsRequest {
    pub fn parse(mut fields: Fields) -> Result<Parsed<Self>, Error> {
        let f = &mut fields;
        let request = Self {
            after: f.string("after")?,
            limit: f.count("limit", 1..=100)?.unwrap_or(20),
            ascending: ascending(f)?,
        };
        includes(f)?;
        let ignored = fields.rest()?;
        Ok(Parsed { request, ignored })
    }
}
