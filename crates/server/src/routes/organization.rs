//! `/v1/organization/usage/*`, `/v1/organization/costs`,
//! <https://platform.openai.com/docs/api-reference/usage>.

use std::collections::BTreeMap;

use api::Parsed;
use api::organization::{Bucket, Kind, Sums, UsageRequest, answer};
use axum::extract::State;
use axum::response::Response;
use store::{UsageRow, Used};

use super::json;
use crate::app::{App, now};
use crate::body::tell_ignored;
use crate::error::ApiError;
use crate::query::Query;

pub(crate) async fn completions(
    State(app): State<App>,
    query: Query,
) -> Result<Response, ApiError> {
    page(&app, query, Kind::Completions).await
}

pub(crate) async fn embeddings(State(app): State<App>, query: Query) -> Result<Response, ApiError> {
    page(&app, query, Kind::Embeddings).await
}

pub(crate) async fn costs(State(app): State<App>, query: Query) -> Result<Response, ApiError> {
    page(&app, query, Kind::Costs).await
}

async fn page(app: &App, Query(fields): Query, kind: Kind) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = UsageRequest::parse(fields)?;
    let width = request.width.seconds();
    let end = request.end_time.unwrap_or_else(|| now() as i64 + 1);
    // Buckets begin at whole minutes, hours or days.
    let first = request.page.unwrap_or(request.start_time);
    let first = first.div_euclid(width) * width;
    let last = first + width * request.limit as i64;
    let rows = app.database().usage(first, last.min(end), width).await?;
    let buckets: Vec<_> = (first..last.min(end))
        .step_by(width as usize)
        .map(|start| Bucket {
            start_time: start,
            end_time: start + width,
            groups: groups(&rows, start, kind, &request),
        })
        .collect();
    let next = (last < end).then_some(last);
    let mut response = json(&answer(kind, &buckets, next));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// The sums of a bucket, by what they are to be told apart by.
fn groups(rows: &[UsageRow], start: i64, kind: Kind, request: &UsageRequest) -> Vec<Sums> {
    let among = |wanted: &[String], name: &String| wanted.is_empty() || wanted.contains(name);
    let wanted = |row: &&UsageRow| {
        let embeddings = row.endpoint == "embeddings";
        let counts = match kind {
            Kind::Completions => !embeddings,
            Kind::Embeddings => embeddings,
            Kind::Costs => true,
        };
        row.start == start
            && counts
            && among(&request.api_key_ids, &row.key_id)
            && among(&request.models, &row.model)
    };
    let mut groups: BTreeMap<_, Used> = BTreeMap::new();
    for row in rows.iter().filter(wanted) {
        let by = request.group_by;
        let api_key_id = by.api_key.then(|| row.key_id.clone());
        let model = by.model.then(|| row.model.clone());
        *groups.entry((api_key_id, model)).or_default() += row.used;
    }
    let sums = |((api_key_id, model), used): ((_, _), Used)| Sums {
        api_key_id,
        model,
        requests: used.requests,
        input_tokens: used.input_tokens,
        cached_tokens: used.cached_tokens,
        output_tokens: used.output_tokens,
    };
    groups.into_iter().map(sums).collect()
}
