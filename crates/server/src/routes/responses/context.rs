//! What the model reads: the responses before, then a request's own items.

use std::sync::Arc;

use api::Error;
use api::error::Code;
use api::responses::{Context, CreateResponse, Input, Item, is_id, item_of};
use engine::{Message, Refusal};
use serde_json::Value;
use store::{ResponseChain, ResponseItem};

use super::stored::find;
use crate::app::App;
use crate::error::ApiError;
use crate::routes::role;
use crate::shelf::Loaded;

/// Responses in a chain.
const DEPTH: i64 = 1000;

/// Characters of all items of a chain.
pub(super) const CHARS: i64 = 64 << 20;

/// What part of the context is left to an answer of any length where items are left out.
const ROOM: usize = 8;

pub(super) struct Conversation {
    pub(super) previous_id: Option<String>,
    /// Responses before this one.
    pub(super) depth: i64,
    before: Vec<Item>,
    /// The request's own.
    pub(super) own: Vec<Item>,
}

/// The same error where the prompt is called `input`.
pub(super) fn of_input(mut e: ApiError) -> ApiError {
    if e.error.param.as_deref() == Some("messages") {
        e.error.param = Some("input".to_owned());
    }
    match e.grammar {
        Some(_) => e.in_schema("text.format"),
        None => e,
    }
}

pub(super) async fn read(app: &App, context: &Context) -> Result<Conversation, ApiError> {
    let mut conversation = Conversation {
        previous_id: context.previous_response_id.clone(),
        depth: 0,
        before: Vec::new(),
        own: Vec::new(),
    };
    if let Some(id) = &context.previous_response_id {
        (conversation.before, conversation.depth) = previous(app, id).await?;
    }
    let mut chars = 0;
    for input in &context.input {
        let item = match input {
            Input::Item(item) => item.clone(),
            Input::Reference { id, param } => {
                let Some(kept) = item(app, id).await? else {
                    let message = format!("Item with id '{id}' not found.");
                    return Err(Error::field(param, Code::InvalidValue, message).into());
                };
                parsed(&kept)?
            }
        };
        // A few bytes can refer to a large item, again and again.
        chars += item.text.len() as i64;
        if chars > CHARS {
            let message = format!("Invalid 'input': over {CHARS} characters.");
            return Err(Error::field("input", Code::StringAboveMaxLength, message).into());
        }
        conversation.own.push(item);
    }
    Ok(conversation)
}

async fn item(app: &App, id: &str) -> Result<Option<ResponseItem>, ApiError> {
    match is_id(id) {
        true => Ok(app.database().response_item(id).await?),
        false => Ok(None),
    }
}

/// The items of a chain up to its last response, and how many responses it has.
async fn previous(app: &App, id: &str) -> Result<(Vec<Item>, i64), ApiError> {
    let bad =
        |code, message: String| ApiError::bad(Error::field("previous_response_id", code, message));
    let not_found = |what: &str| bad(Code::PreviousResponseNotFound, what.to_owned());
    let Some(last) = find(app, id).await? else {
        let what = format!("Previous response with id '{id}' not found.");
        return Err(not_found(&what));
    };
    if last.state.lease_until.is_some() {
        let message = format!("Previous response with id '{id}' is still in progress.");
        return Err(bad(Code::InvalidValue, message));
    }
    if last.depth + 1 >= DEPTH {
        let message = format!("At most {DEPTH} responses stand one upon the other.");
        return Err(bad(Code::InvalidValue, message));
    }
    let items = match app.database().response_chain(id, CHARS).await? {
        ResponseChain::Whole(items) => items,
        ResponseChain::Broken => {
            let what = format!("A response before '{id}' was deleted.");
            return Err(not_found(&what));
        }
        ResponseChain::TooLong => {
            let message = format!("The responses up to '{id}' have over {CHARS} characters.");
            return Err(bad(Code::InvalidValue, message));
        }
    };
    let items = items.iter().map(parsed).collect::<Result<_, _>>()?;
    Ok((items, last.depth + 1))
}

/// An item that was kept, as it was once read.
fn parsed(kept: &ResponseItem) -> Result<Item, ApiError> {
    let private = |e: &dyn std::fmt::Display| {
        ApiError::internal().with_private(format!("item {} cannot be read: {e}", kept.id))
    };
    let value: Value = serde_json::from_str(&kept.body).map_err(|e| private(&e))?;
    item_of(value).map_err(|e| private(&e.message))
}

/// What the model reads, oldest first.
pub(super) struct Messages {
    instructions: Option<Message>,
    items: Vec<Message>,
}

impl Conversation {
    /// Instructions hold for one response, so those before are not repeated.
    pub(super) fn messages(&self, instructions: Option<&str>) -> Messages {
        let items = self.before.iter().chain(&self.own);
        Messages {
            instructions: instructions.map(|text| Message::new("system", text)),
            items: items
                .map(|item| Message::new(role(&item.role), &*item.text))
                .collect(),
        }
    }
}

impl Messages {
    pub(super) fn all(self) -> Vec<Message> {
        self.from(0)
    }

    /// Without the oldest.
    fn from(&self, first: usize) -> Vec<Message> {
        let items = self.items[first..].iter();
        self.instructions.iter().chain(items).cloned().collect()
    }
}

/// The messages that fit the context: all, or without the oldest where that was
/// asked for.
pub(super) async fn fitted(
    loaded: &Arc<Loaded>,
    messages: Messages,
    request: &CreateResponse,
) -> Result<Vec<Message>, ApiError> {
    let loaded = Arc::clone(loaded);
    let (wanted, truncate) = (request.max_output_tokens, request.context.truncate);
    let task = tokio::task::spawn_blocking(move || {
        let context = loaded.model.context();
        let tokens = |first: usize| {
            loaded
                .model
                .chat_prompt(&messages.from(first))
                .map(|i| i.len())
        };
        let (prompt, max_tokens) = (tokens(0)?, wanted.unwrap_or(1));
        if prompt.saturating_add(max_tokens) <= context {
            return Ok(messages.all());
        }
        let last = messages.items.len() - 1;
        if truncate {
            // Once something is left out anyway, an answer shall have some room. Where
            // messages have an order, a template may refuse some of the ends.
            let room = wanted.unwrap_or(context / ROOM);
            let fits =
                |first| tokens(first).is_ok_and(|prompt| prompt.saturating_add(room) <= context);
            // What fits is found by halving: less is shorter.
            let (mut low, mut high) = (1.min(last), last);
            while low < high {
                let middle = low.midpoint(high);
                match fits(middle) {
                    true => high = middle,
                    false => low = middle + 1,
                }
            }
            if fits(low) {
                return Ok(messages.from(low));
            }
        }
        Err(ApiError::from(Refusal::Context {
            prompt,
            max_tokens,
            context,
        })
        .of_chat())
    });
    let fitted = task.await.map_err(|_| ApiError::internal())?;
    fitted.map_err(of_input)
}

/// How many tokens the model would read.
pub(super) async fn tokens(
    loaded: &Arc<Loaded>,
    messages: Vec<Message>,
) -> Result<usize, ApiError> {
    let loaded = Arc::clone(loaded);
    let task = tokio::task::spawn_blocking(move || loaded.model.chat_prompt(&messages));
    let ids = task.await.map_err(|_| ApiError::internal())?;
    Ok(ids
        .map_err(|e| of_input(ApiError::from(e).of_chat()))?
        .len())
}
