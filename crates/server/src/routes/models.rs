//! `GET /v1/models`, `GET` and `DELETE /v1/models/{model}`, and the engines of
//! old clients.

use api::Error;
use api::error::Code;
use api::models::{Engine, List, Model};
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::Response;
use serde_json::json;

use super::json;
use crate::app::App;
use crate::error::ApiError;

pub(crate) async fn list(State(app): State<App>) -> Result<Response, ApiError> {
    let names = app.names().await?;
    let models = names
        .iter()
        .map(|(id, root)| Model::new(id, root, app.started()));
    Ok(json(&json!(List::new(models.collect()))))
}

pub(crate) async fn retrieve(
    State(app): State<App>,
    Path(model): Path<String>,
) -> Result<Response, ApiError> {
    let (id, root) = find(&app, &model).await?;
    Ok(json(&json!(Model::new(&id, &root, app.started()))))
}

/// Only models that were trained here can be deleted, and there are none yet.
pub(crate) async fn delete(
    State(app): State<App>,
    Path(model): Path<String>,
) -> Result<Response, ApiError> {
    find(&app, &model).await?;
    let message = format!(
        "The model `{model}` is not one of your own; `lyceum models rm {model}` removes it from \
         this machine."
    );
    Err(ApiError::new(
        StatusCode::FORBIDDEN,
        Error::request(message),
    ))
}

pub(crate) async fn engines(State(app): State<App>) -> Result<Response, ApiError> {
    let names = app.names().await?;
    let engines = names.iter().map(|(id, _)| Engine::new(id)).collect();
    Ok(json(&json!(List::new(engines))))
}

pub(crate) async fn engine(
    State(app): State<App>,
    Path(model): Path<String>,
) -> Result<Response, ApiError> {
    let (id, _) = find(&app, &model).await?;
    Ok(json(&json!(Engine::new(&id))))
}

/// A model by one of its names, and the name of the model itself.
async fn find(app: &App, name: &str) -> Result<(String, String), ApiError> {
    let found = app.names().await?.into_iter().find(|(id, _)| id == name);
    found.ok_or_else(|| {
        let message = format!("The model '{name}' does not exist");
        let error = Error::field("model", Code::ModelNotFound, message);
        ApiError::new(StatusCode::NOT_FOUND, error)
    })
}
