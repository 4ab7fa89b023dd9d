//! `/v1/responses`, <https://platform.openai.com/docs/api-reference/responses>.

mod context;
mod run;
mod stored;

use api::Parsed;
use api::responses::{Context, CreateResponse, Writer, initial};
use axum::Extension;
use axum::extract::State;
use axum::response::Response;
use engine::{ChatRequest, Generation};
use uuid::Uuid;

use self::context::{fitted, of_input, read};
use self::run::{Record, Run};
use super::{generation, json, tools};
use crate::app::{App, now};
use crate::ask::{Task, ask};
use crate::body::{Json, tell_ignored};
use crate::caller::Caller;
use crate::error::ApiError;
use crate::sse::events;

pub(crate) use self::run::KEPT_S;
pub(crate) use self::stored::{cancel, delete, input_items, retrieve};

pub(crate) async fn create(
    State(app): State<App>,
    Extension(caller): Extension<Caller>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = CreateResponse::parse(fields)?;
    let mut response = answer(app, &caller, request).await?;
    tell_ignored(&mut response, &ignored);
    Ok(response)
}

async fn answer(app: App, caller: &Caller, request: CreateResponse) -> Result<Response, ApiError> {
    let loaded = app.model(&request.model).await?;
    let conversation = read(&app, &request.context).await?;
    let (store, background) = (request.store.unwrap_or(true), request.background);
    let streams = request.sampling.stream;
    let messages = conversation.messages(request.context.instructions.as_deref());
    let functions = tools::tools(request.context.tools.clone());
    // Who waits for nothing should hear at once of what does not fit.
    let messages = match request.context.truncate || background {
        true => fitted(&loaded, messages, &functions, &request).await?,
        false => messages.all(),
    };
    let task = Task::Chat(ChatRequest {
        generation: Generation {
            max_tokens: request.max_output_tokens,
            logprobs: request.logprobs,
            ..generation(&request.sampling)
        },
        tools: functions,
        format: tools::format(request.format),
        ..ChatRequest::new(messages)
    });
    let id = format!("resp_{}", Uuid::new_v4().simple());
    let response = initial(&id, now(), store, request.echo);
    let record = store.then(|| Record::new(&response, conversation));
    if background && let Some(record) = &record {
        record.begin(&app, &response).await?;
    }
    let charge = app.charge(caller, &request.model, "responses");
    let mut run = Run {
        answers: ask(&loaded, vec![task], true, charge),
        logprobs: request.logprobs.is_some(),
        writer: Writer::new(response.clone()),
        record,
        background,
        listener: None,
        app: app.clone(),
    };
    // An error before the first byte is an error of the request.
    let first = match background {
        true => None,
        false => run.answers.next().await.map_err(of_input)?,
    };
    if !streams && !background {
        return Ok(json(&run.whole(first).await?));
    }
    let (listener, stream) = events();
    run.listener = streams.then_some(listener);
    app.ending().spawn(run.told(first));
    Ok(if streams { stream } else { json(&response) })
}

/// How many tokens the model would read.
pub(crate) async fn input_tokens(
    State(app): State<App>,
    Json(fields): Json,
) -> Result<Response, ApiError> {
    let Parsed { request, ignored } = Context::parse(fields)?;
    let (model, context) = request;
    let loaded = app.model(&model).await?;
    let conversation = read(&app, &context).await?;
    let messages = conversation.messages(context.instructions.as_deref());
    let functions = tools::tools(context.tools);
    let tokens = context::tokens(&loaded, messages.all(), functions).await?;
    let mut response = json(&api::responses::input_tokens(tokens));
    tell_ignored(&mut response, &ignored);
    Ok(response)
}
