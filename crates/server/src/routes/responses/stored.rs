//! Responses that are kept.

use std::collections::HashSet;
use std::time::Duration;

use api::error::Code;
use api::pages;
use api::responses::{ItemsRequest, RetrieveRequest, Writer, deleted, is_id, with_output};
use api::{Error, Parsed};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::{Value, json};
use store::{ResponseChain, ResponseItem, StoredResponse};

use super::context::CHARS;
use super::run::{SILENCE, state};
use crate::app::{App, now};
use crate::body::tell_ignored;
use crate::error::ApiError;
use crate::query::Query;
use crate::routes::json as answer;
use crate::sse::{Events, events};

/// How often a stream looks whether the response has ended.
const LOOK: Duration = Duration::from_millis(500);

fn unreadable(id: &str) -> ApiError {
    ApiError::internal().with_private(format!("the row of {id} is not JSON"))
}

fn object(text: &str, id: &str) -> Result<Value, ApiError> {
    serde_json::from_str(text).map_err(|_| unreadable(id))
}

fn objects(items: &[ResponseItem]) -> Result<Vec<Value>, ApiError> {
    items
        .iter()
        .map(|item| object(&item.body, &item.id))
        .collect()
}

/// The response, if it is there. One whose server is gone has failed.
pub(super) async fn find(app: &App, id: &str) -> Result<Option<StoredResponse>, ApiError> {
    if !is_id(id) {
        return Ok(None);
    }
    let Some(found) = app.database().response(id, now() as i64).await? else {
        return Ok(None);
    };
    let lapsed = found
        .state
        .lease_until
        .filter(|&until| until < now() as i64);
    if lapsed.is_none() {
        return Ok(Some(found));
    }
    // Clocks differ between servers, and leap where a machine slept: whoever still answers it
    // changes the lease meanwhile.
    tokio::time::sleep(SILENCE).await;
    let mut response = object(&found.state.body, id)?;
    response["status"] = json!("failed");
    response["error"] = json!({"code": "server_error",
        "message": "The server stopped before this response was complete."});
    let failed = state(&response, "[]".to_owned(), None);
    app.database()
        .change_response(id, &failed, &[], lapsed)
        .await?;
    // Somebody may have renewed or ended it meanwhile.
    Ok(app.database().response(id, now() as i64).await?)
}

async fn found(app: &App, id: &str) -> Result<StoredResponse, ApiError> {
    find(app, id).await?.ok_or_else(|| {
        let message = format!("Response with id '{id}' not found.");
        let error = Error::request(message).with_param("response_id");
        ApiError::new(StatusCode::NOT_FOUND, error)
    })
}

/// The object as clients read it.
async fn whole(app: &App, kept: &StoredResponse) -> Result<Value, ApiError> {
    let response = object(&kept.state.body, &kept.id)?;
    let items = app.database().response_items(&kept.id).await?;
    let output: Vec<_> = items.into_iter().filter(|item| item.output).collect();
    Ok(with_output(response, objects(&output)?))
}

pub(crate) async fn retrieve(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(fields): Query,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = RetrieveRequest::parse(fields)?;
    let kept = found(&app, &id).await?;
    let mut response = if request.stream {
        let (listener, stream) = events();
        tokio::spawn(replay(app, kept, listener, request.starting_after));
        stream
    } else {
        answer(&whole(&app, &kept).await?)
    };
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

/// Tells the events again, once all are known.
async fn replay(app: App, mut kept: StoredResponse, listener: Events, after: Option<i64>) {
    while kept.state.lease_until.is_some() {
        tokio::select! {
            () = listener.closed() => return,
            () = tokio::time::sleep(LOOK) => {}
        }
        match find(&app, &kept.id).await {
            Ok(Some(now)) => kept = now,
            // It was deleted: there is nothing to tell.
            Ok(None) => return listener.done().await,
            Err(e) => {
                listener.error(&e.told(&app)).await;
                return;
            }
        }
    }
    let response = match whole(&app, &kept).await {
        Ok(response) => response,
        Err(e) => {
            listener.error(&e.told(&app)).await;
            return;
        }
    };
    let events = Writer::replay(response, &kept.state.deltas);
    let from = after.map_or(0, |after| usize::try_from(after + 1).unwrap_or(0));
    for event in events.iter().skip(from) {
        if !listener.named(event).await {
            return;
        }
    }
    listener.done().await;
}

pub(crate) async fn delete(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    found(&app, &id).await?;
    app.database().delete_response(&id).await?;
    Ok(answer(&deleted(&id)))
}

pub(crate) async fn cancel(
    State(app): State<App>,
    Path(id): Path<String>,
) -> Result<Response, ApiError> {
    let kept = found(&app, &id).await?;
    let mut response = object(&kept.state.body, &id)?;
    if response["background"] != true {
        let message = "Cannot cancel a synchronous response.";
        return Err(Error::request(message).with_param("response_id").into());
    }
    response["status"] = json!("cancelled");
    let cancelled = state(&response, "[]".to_owned(), None);
    // One that has ended stays as it is.
    app.database()
        .change_response(&id, &cancelled, &[], None)
        .await?;
    let kept = found(&app, &id).await?;
    Ok(answer(&whole(&app, &kept).await?))
}

/// What the model read: the items of the responses before, and the request's own.
async fn items_read(app: &App, id: &str) -> Result<Vec<Value>, ApiError> {
    let own = app.database().response_items(id).await?;
    let input = own.iter().filter(|item| !item.output).cloned();
    let items: Vec<_> = match app.database().response_chain(id, CHARS).await? {
        ResponseChain::Whole(mut all) => {
            all.truncate(all.len().saturating_sub(own.len()));
            all.into_iter().chain(input).collect()
        }
        ResponseChain::Broken | ResponseChain::TooLong => input.collect(),
    };
    // An item that was referred to again stands where it stood first.
    let mut seen = HashSet::new();
    let items: Vec<_> = items
        .into_iter()
        .filter(|item| seen.insert(item.id.clone()))
        .collect();
    objects(&items)
}

pub(crate) async fn input_items(
    State(app): State<App>,
    Path(id): Path<String>,
    Query(fields): Query,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = ItemsRequest::parse(fields)?;
    found(&app, &id).await?;
    let mut items = items_read(&app, &id).await?;
    if !request.ascending {
        items.reverse();
    }
    let first = match &request.after {
        None => 0,
        Some(after) => {
            let place = items.iter().position(|item| item["id"] == after.as_str());
            let place = place.ok_or_else(|| {
                let message = format!("No item with id '{after}' in response '{id}'.");
                Error::field("after", Code::InvalidValue, message)
            })?;
            place + 1
        }
    };
    let rest = &items[first..];
    let page = &rest[..rest.len().min(request.limit)];
    let mut response = answer(&pages::list(page.to_vec(), page.len() < rest.len()));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}
