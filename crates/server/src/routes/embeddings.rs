//! `POST /v1/embeddings`,
//! <https://platform.openai.com/docs/api-reference/embeddings>.

use std::sync::Arc;

use api::embeddings::{EmbeddingRequest, answer};
use api::error::Code;
use api::prompt::Prompt;
use api::{Error, Parsed, Usage};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use engine::{EmbedError, Embedder, Embeddings, Ticket, embedding};
use tokio::sync::oneshot;

use super::json;
use crate::app::App;
use crate::ask::priority;
use crate::body::{Json, tell_ignored};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::meter::Charge;
use crate::shelf::Loaded;

pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = EmbeddingRequest::parse(fields)?;
    let loaded = app.embedder(&request.model).await?;
    let width = loaded.model.width();
    if let Some(wanted) = request.dimensions.filter(|&wanted| wanted > width) {
        return Err(too_wide(wanted, width).into());
    }
    let charge = app.charge(&caller, &request.model, "embeddings");
    let mut embeddings = embed(&loaded, request.input, charge).await?;
    if let Some(wanted) = request.dimensions {
        let vectors = embeddings.vectors.iter_mut();
        vectors.for_each(|vector| embedding::shorten(vector, wanted));
    }
    let usage = usage(embeddings.tokens);
    let answer = answer(&request.model, &embeddings.vectors, request.encoding, usage);
    let mut response = json(&answer);
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

fn usage(tokens: usize) -> Usage {
    let mut usage = Usage::default();
    usage.add(tokens, 0, 0);
    usage
}

fn too_wide(wanted: usize, width: usize) -> Error {
    let message = format!(
        "Invalid 'dimensions': integer above maximum value. Expected a value <= {width}, the \
         width of this model, but got {wanted} instead."
    );
    Error::field("dimensions", Code::IntegerAboveMaxValue, message)
}

/// The vectors, once what they used is written down. Who leaves is charged for what was
/// computed until then.
async fn embed(
    loaded: &Arc<Loaded<Embedder>>,
    input: Vec<Prompt>,
    charge: Charge,
) -> Result<Embeddings, ApiError> {
    let priority = priority();
    let (tell, told) = oneshot::channel();
    let embedder = Arc::clone(loaded);
    // Texts fall into tokens there.
    let submitted = tokio::task::spawn_blocking(move || {
        let prompts = input.into_iter().enumerate().map(prompt);
        let prompts: Vec<_> = prompts.collect::<Result<_, _>>()?;
        let done = move |result| {
            let _ = tell.send(result);
        };
        let ticket = embedder.model.submit(&prompts, priority, done)?;
        Ok::<Ticket, ApiError>(ticket)
    });
    let ticket = submitted.await.map_err(|_| ApiError::internal())??;
    let embedder = Arc::clone(loaded);
    let ending = charge.app.ending().clone();
    let (tell, written) = oneshot::channel();
    let write = async move {
        let result = told.await.unwrap_or(Err(EmbedError::Failed));
        drop(embedder);
        let tokens = match &result {
            Ok(embeddings) => embeddings.tokens,
            Err(EmbedError::Cancelled { tokens }) => *tokens,
            Err(_) => 0,
        };
        if tokens > 0 {
            charge.write(usage(tokens)).await?;
        }
        Ok(result?)
    };
    ending.spawn(async move {
        // Nobody may be there to hear it.
        let _ = tell.send(write.await);
    });
    let embeddings = written.await.map_err(|_| ApiError::internal())?;
    drop(ticket);
    embeddings
}

/// An input as the model takes it: ids are those of OpenAI's vocabulary.
fn prompt((index, prompt): (usize, Prompt)) -> Result<engine::Prompt, ApiError> {
    let text = match prompt {
        Prompt::Text(text) => text,
        Prompt::Ids(ids) => embedding::cl100k::decode(&ids).map_err(|id| {
            let message = format!(
                "Invalid 'input[{index}]': {id} is no token of text in cl100k_base, which token \
                 ids have to be of."
            );
            Error::field("input", Code::InvalidValue, message)
        })?,
    };
    Ok(engine::Prompt::Text(text))
}
