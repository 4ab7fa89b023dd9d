//! `POST /api/inspect/prompt`: what the model's template makes of a conversation, exactly as the
//! model would read it.

use api::chat::ChatRequest;
use api::error::Code;
use api::{Error, Parsed};
use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use tokio::task::spawn_blocking;

use crate::app::App;
use crate::body::{Json, tell_ignored};
use crate::error::ApiError;
use crate::routes::chat::chat;
use crate::routes::json;
use crate::routes::system::TEXT;
use crate::shelf::Loaded;

pub(crate) async fn inspect(
    State(app): State<App>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = ChatRequest::parse(fields)?;
    let model = request.model.clone();
    let loaded = app.model(&model).await?;
    let chat = chat(request);
    let answer = spawn_blocking(move || prompt(&model, &loaded, &chat)).await;
    let answer = answer.map_err(|_| ApiError::internal())?;
    let mut response = json(&answer.map_err(ApiError::of_chat)?);
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

fn prompt(model: &str, loaded: &Loaded, chat: &engine::ChatRequest) -> Result<Value, ApiError> {
    let prompt = loaded
        .model
        .prompt_text(&chat.messages, &chat.tools.tools)?;
    if prompt.len() > TEXT {
        let message = format!(
            "Invalid 'messages': the prompt is too long to be shown. Expected at most {TEXT} \
             bytes, but got {} instead.",
            prompt.len()
        );
        return Err(Error::field("messages", Code::StringAboveMaxLength, message).into());
    }
    let tokenizer = loaded.model.tokenizer();
    let token = |&id: &u32| {
        let bytes = tokenizer.piece_bytes(id).unwrap_or_default();
        json!({"id": id, "text": String::from_utf8_lossy(bytes), "bytes": bytes,
               "special": tokenizer.is_special(id)})
    };
    let tokens: Vec<_> = loaded.model.encode(&prompt).iter().map(token).collect();
    Ok(
        json!({"object": "prompt", "model": model, "prompt": prompt, "tokens": tokens,
              "context": loaded.model.context()}),
    )
}
