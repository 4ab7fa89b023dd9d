//! `/api/models`: what is here and what could be, on its way here, in memory, and gone.

use api::Error;
use axum::Extension;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::caller::Caller;
use crate::error::ApiError;
use crate::pulls::Pull;
use crate::routes::json;
use crate::shelf::{Card, ShelfError, Standing, Stays};

pub(crate) async fn list(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
) -> Result<Response, ApiError> {
    let (used, limit) = app.models().memory();
    let cards = cards(&app).await?;
    let data: Vec<_> = cards.iter().map(|card| told(&app, &caller, card)).collect();
    Ok(json(&json!({
        "object": "list",
        "memory": {"used_bytes": used, "limit_bytes": limit},
        "data": data,
    })))
}

/// Fetches it in the background.
pub(crate) async fn pull(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let card = find(&app, &name).await?;
    // One that is damaged is made whole.
    if !card.installed || card.problem.is_some() {
        let started = app.pulls().start(app.models().shelf(), &card.name);
        started.map_err(|e| {
            ApiError::internal().with_private(format!("no thread for a pull of {name}: {e}"))
        })?;
    }
    Ok(accepted(&told(&app, &caller, &card)))
}

/// Stops to fetch it, or forgets why that failed.
pub(crate) async fn stop_pull(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let card = find(&app, &name).await?;
    match app.pulls().stop(&card.name) {
        true => Ok(json(&told(&app, &caller, &card))),
        false => Err(ApiError::nothing("pull of a model", &name)),
    }
}

/// Loads it in the background.
pub(crate) async fn load(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let card = installed(&app, &name).await?;
    let loading = app.models().loading(&card.name);
    let (in_background, root) = (app.clone(), card.name.clone());
    tokio::spawn(async move {
        // What fails is told by the list.
        let _ = in_background.any_model(&root).await;
        drop(loading);
    });
    Ok(accepted(&told(&app, &caller, &card)))
}

pub(crate) async fn unload(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let card = installed(&app, &name).await?;
    let (in_background, root) = (app.clone(), card.name.clone());
    // Memory is given back on a thread that may wait.
    let unloaded = spawn_blocking(move || in_background.models().unload(&root)).await;
    let unloaded = unloaded.map_err(|_| ApiError::internal())?;
    unloaded.map_err(|why| stays(&name, why))?;
    Ok(json(&told(&app, &caller, &card)))
}

/// Removes it from the disk.
pub(crate) async fn remove(
    State(app): State<App>,
    Path(name): Path<String>,
) -> Result<Response, ApiError> {
    let card = installed(&app, &name).await?;
    if under_way(&app.pulls().get(&card.name)) {
        let message = format!("The model `{name}` is being fetched; stop that first.");
        return Err(ApiError::conflict(message));
    }
    let (in_background, root) = (app.clone(), card.name.clone());
    let removed = spawn_blocking(move || in_background.models().remove(&root)).await;
    let removed = removed.map_err(|_| ApiError::internal())?;
    match removed.map_err(|why| stays(&name, why))? {
        Ok(()) => Ok(json(
            &json!({"id": card.name, "object": "model", "deleted": true}),
        )),
        Err(ShelfError::Unknown) => Err(ApiError::nothing("model", &name)),
        Err(ShelfError::Given) => {
            let message = format!("The model `{name}` stays: {}.", ShelfError::Given);
            Err(ApiError::new(
                StatusCode::FORBIDDEN,
                Error::request(message),
            ))
        }
        Err(why) => {
            let message = format!("The model `{name}` could not be removed.");
            let error = ApiError::conflict(message);
            Err(error.with_private(format!("cannot remove {name}: {why}")))
        }
    }
}

fn accepted(answer: &Value) -> Response {
    (StatusCode::ACCEPTED, json(answer)).into_response()
}

fn stays(name: &str, why: Stays) -> ApiError {
    ApiError::conflict(format!("The model `{name}` stays: {why}."))
}

async fn cards(app: &App) -> Result<Vec<Card>, ApiError> {
    let app = app.clone();
    let cards = spawn_blocking(move || app.models().shelf().cards()).await;
    cards.map_err(|_| ApiError::internal())
}

/// A model by its own name or another one.
async fn find(app: &App, name: &str) -> Result<Card, ApiError> {
    let names = app.names().await?;
    let root = names.iter().find(|(known, _)| known == name);
    let root = root.map_or(name, |(_, root)| root);
    let found = cards(app).await?.into_iter().find(|card| card.name == root);
    found.ok_or_else(|| ApiError::nothing("model", name))
}

async fn installed(app: &App, name: &str) -> Result<Card, ApiError> {
    let card = find(app, name).await?;
    match card.installed {
        true => Ok(card),
        false => {
            let message = format!("The model `{name}` is not on this machine yet.");
            Err(ApiError::conflict(message))
        }
    }
}

fn under_way(pull: &Option<Pull>) -> bool {
    pull.as_ref().is_some_and(|pull| pull.error.is_none())
}

fn kind(can: &[&str]) -> &'static str {
    if can.contains(&"embeddings") {
        "embedding"
    } else if can.contains(&"chat") {
        "chat"
    } else {
        "completion"
    }
}

fn state(card: &Card, standing: &Standing, pull: &Option<Pull>) -> &'static str {
    if under_way(pull) {
        "pulling"
    } else if standing.loading {
        "loading"
    } else if standing.bytes > 0 {
        "loaded"
    } else if card.installed {
        "installed"
    } else {
        "available"
    }
}

/// A model as the page shows it. What went wrong names files, which are the operator's.
fn told(app: &App, caller: &Caller, card: &Card) -> Value {
    let standing = app.models().standing(&card.name);
    let pull = app.pulls().get(&card.name);
    let failed = standing.failed.as_ref().map(ToString::to_string);
    let private = |why: Option<String>| match caller.admin {
        true => why,
        false => why.map(|_| "It failed; keys of the scope \"admin\" see why.".to_owned()),
    };
    let pulled = pull.as_ref().map(|pull| {
        json!({"bytes": pull.bytes, "total": pull.total, "error": private(pull.error.clone())})
    });
    let resident = Some(standing.bytes).filter(|&bytes| bytes > 0);
    json!({
        "id": card.name,
        "object": "model",
        "aliases": app.aliases_of(&card.name),
        "kind": kind(&card.can),
        "state": state(card, &standing, &pull),
        "format": card.format,
        "bytes": card.bytes,
        "context": standing.context.or(card.context),
        "dimensions": card.dimensions,
        "parameters": card.parameters,
        "licence": card.licence,
        "source": card.source,
        "description": card.description,
        "resident_bytes": resident,
        "in_use": standing.in_use,
        "can": card.can,
        "pull": pulled,
        "problem": private(card.problem.clone().or(failed)),
    })
}
