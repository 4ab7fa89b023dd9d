//! `POST /v1/edits`, gone from OpenAI's platform in January 2024 and asked for by clients
//! of 2023: a chat in which the model is told to edit a text.

use api::Parsed;
use api::edits::{EditRequest, answer};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use engine::{ChatRequest, Message};

use super::{generation, json};
use crate::app::{App, now};
use crate::ask::{Task, ask};
use crate::body::{Json, tell_ignored};
use crate::caller::Caller;
use crate::error::ApiError;

const SYSTEM: &str = "You edit texts. The user gives an instruction and a text. Answer with the \
                      edited text alone, without comments or quotation marks.";

pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = EditRequest::parse(fields)?;
    let loaded = app.model(&request.model).await?;
    let charge = app.charge(&caller, &request.model, "edits");
    let task = Task::Chat(chat(&request));
    let mut answers = ask(&loaded, vec![task], false, charge);
    let whole = answers.whole().await?.into_iter().flat_map(|c| c.choices);
    let texts: Vec<String> = whole.map(|choice| choice.text).collect();
    let mut response = json(&answer(now(), &texts, answers.usage()));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

fn chat(request: &EditRequest) -> ChatRequest {
    let (instruction, input) = (&request.instruction, &request.input);
    let asked = format!("Instruction: {instruction}\n\nText:\n{input}");
    ChatRequest {
        generation: generation(&request.sampling),
        ..ChatRequest::new(vec![
            Message::new("system", SYSTEM),
            Message::new("user", asked),
        ])
    }
}
