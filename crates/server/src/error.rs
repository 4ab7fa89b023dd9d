//! The only error a handler returns, and the one place where errors become
//! answers. What a client may read is written here; what only the operator may
//! read goes beside it.

use api::Error;
use api::error::{Code, Kind};
use axum::http::{HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use engine::{CompletionError, EmbedError, Failure, GrammarOf, Refusal, Reject};
use store::{BlobError, DatabaseError};

use crate::app::App;
use crate::caller;
use crate::limit::{self, Exhausted, Standings, What};
use crate::shelf::ShelfError;

#[derive(Debug)]
pub(crate) struct ApiError {
    pub(crate) status: StatusCode,
    pub(crate) error: Error,
    retry_after_s: Option<u32>,
    private: Option<String>,
    /// It is about this part's schema, which the route knows by another name.
    pub(crate) grammar: Option<GrammarOf>,
    /// Of a key that has used them up.
    standings: Option<Box<Standings>>,
}

/// An answer that is an error, and what only the operator may read of it.
#[derive(Clone)]
pub(crate) struct Failed {
    pub(crate) error: Error,
    pub(crate) private: Option<String>,
}

impl ApiError {
    pub(crate) fn new(status: StatusCode, error: Error) -> Self {
        Self {
            status,
            error,
            retry_after_s: None,
            private: None,
            grammar: None,
            standings: None,
        }
    }

    /// Adds what only the operator may read.
    pub(crate) fn with_private(self, private: String) -> Self {
        let private = Some(private);
        Self { private, ..self }
    }

    pub(crate) fn private(&self) -> Option<&str> {
        self.private.as_deref()
    }

    /// What a client of a broken stream reads; the operator reads the rest.
    pub(crate) fn told(self, app: &App) -> Error {
        self.private.iter().for_each(|private| app.report(private));
        self.error
    }

    pub(crate) fn bad(error: Error) -> Self {
        Self::new(StatusCode::BAD_REQUEST, error)
    }

    pub(crate) fn internal() -> Self {
        let error = Error::server("The server had an error while processing your request.");
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, error)
    }

    pub(crate) fn unavailable(message: impl Into<String>, retry_after_s: Option<u32>) -> Self {
        Self {
            retry_after_s,
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, Error::server(message))
        }
    }

    /// There was no more time for an answer.
    pub(crate) fn stopping() -> Self {
        Self::unavailable("The server is shutting down.", Some(RETRY_S))
    }

    pub(crate) fn overloaded(retry_after_s: u32) -> Self {
        let message = "The engine is currently overloaded, please try again later.";
        Self::unavailable(message, Some(retry_after_s))
    }

    /// What is kept cannot be reached now: the disk is full or the database is away.
    pub(crate) fn not_kept(e: &dyn std::error::Error) -> Self {
        let mut private = e.to_string();
        let mut source = e.source();
        while let Some(cause) = source {
            private += &format!(": {cause}");
            source = cause.source();
        }
        let message = format!("The server cannot keep anything right now: {e}.");
        Self::unavailable(message, Some(RETRY_S)).with_private(private)
    }

    /// More was asked for than a key may have in a minute.
    pub(crate) fn exhausted(e: Exhausted) -> Self {
        let (kind, unit) = match e.what {
            What::Requests => (Kind::Requests, "requests"),
            What::Tokens => (Kind::Tokens, "tokens"),
        };
        let wait = limit::spelt(e.wait);
        let message = format!(
            "Rate limit reached for this API key on {unit} per min. Limit: {} / min. Please try \
             again in {wait}.",
            e.limit
        );
        let error = Error::request(message).with_code(Code::RateLimitExceeded);
        let seconds = e.wait.as_secs_f64().ceil() as u32;
        Self {
            retry_after_s: Some(seconds),
            standings: Some(Box::new(e.standings)),
            ..Self::new(StatusCode::TOO_MANY_REQUESTS, Error { kind, ..error })
        }
    }

    /// A key has used all that it ever may.
    pub(crate) fn no_quota() -> Self {
        let message = "You exceeded the budget of this API key; `lyceum keys limit` raises it.";
        let error = Error {
            kind: Kind::InsufficientQuota,
            ..Error::request(message).with_code(Code::InsufficientQuota)
        };
        Self::new(StatusCode::TOO_MANY_REQUESTS, error)
    }

    pub(crate) fn no_model(name: &str) -> Self {
        let message = format!(
            "The model `{name}` does not exist or you do not have access to it. GET /v1/models \
             lists those that do."
        );
        let error = Error::request(message).with_code(Code::ModelNotFound);
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// A model that is known and not there.
    pub(crate) fn not_loaded(name: &str, e: &ShelfError) -> Self {
        match e {
            ShelfError::Unknown => Self::no_model(name),
            ShelfError::Full => {
                let message = format!(
                    "There is no memory for the model `{name}` while others are answering, please \
                     try again later."
                );
                Self::unavailable(message, Some(RETRY_S))
            }
            _ => {
                let error = format!("The model `{name}` cannot be loaded.");
                Self::unavailable(error, None).with_private(format!("cannot load {name}: {e}"))
            }
        }
    }

    /// Something else is under way that this would disturb.
    pub(crate) fn conflict(message: impl Into<String>) -> Self {
        Self::new(StatusCode::CONFLICT, Error::request(message))
    }

    /// There is nothing of this kind and name.
    pub(crate) fn nothing(kind: &str, name: &str) -> Self {
        let message = format!("There is no {kind} '{name}'.");
        Self::new(StatusCode::NOT_FOUND, Error::request(message))
    }

    /// A model that only makes embeddings was asked for text.
    pub(crate) fn no_text(name: &str) -> Self {
        let message = format!(
            "The model `{name}` makes embeddings and writes no text. Did you mean to use \
             v1/embeddings?"
        );
        Self::wrong_model(message)
    }

    /// A model that only writes text was asked for embeddings.
    pub(crate) fn no_embeddings(name: &str) -> Self {
        let message = format!(
            "The model `{name}` writes text and makes no embeddings. GET /v1/models lists others."
        );
        Self::wrong_model(message)
    }

    fn wrong_model(message: impl Into<String>) -> Self {
        let error = Error::request(message).with_param("model");
        Self::new(StatusCode::NOT_FOUND, error)
    }

    /// The same error, of a schema that is the field `param`.
    pub(crate) fn in_schema(mut self, param: &str) -> Self {
        let why = &self.error.message;
        self.error.message = format!("Invalid schema in '{param}': {why}.");
        self.error.code = Some(Code::InvalidValue);
        self.error.param = Some(param.to_owned());
        self
    }

    /// The same error of a chat, where the prompt is called `messages`.
    pub(crate) fn of_chat(mut self) -> Self {
        let prompt = self.error.param.as_deref() == Some("prompt");
        if prompt || self.error.code == Some(Code::ContextLengthExceeded) {
            self.error.param = Some("messages".to_owned());
        }
        self
    }
}

impl From<Error> for ApiError {
    fn from(error: Error) -> Self {
        Self::bad(error)
    }
}

/// Time after which a database may be back.
const RETRY_S: u32 = 5;

impl From<DatabaseError> for ApiError {
    fn from(e: DatabaseError) -> Self {
        Self::not_kept(&e)
    }
}

impl From<BlobError> for ApiError {
    fn from(e: BlobError) -> Self {
        Self::not_kept(&e)
    }
}

impl From<CompletionError> for ApiError {
    fn from(e: CompletionError) -> Self {
        let field = |name: &str, message: String| {
            Self::bad(Error::field(name, Code::InvalidValue, message))
        };
        match e {
            CompletionError::EmptyPrompt => field("prompt", sentence(&e)),
            CompletionError::NoInfill => {
                let message = "This model cannot fill in between a prompt and a suffix.";
                Self::bad(Error::field("suffix", Code::UnsupportedValue, message))
            }
            CompletionError::NoTemplate => {
                let message = "This is not a chat model and thus not supported in the \
                               v1/chat/completions endpoint. Did you mean to use v1/completions?";
                Self::wrong_model(message)
            }
            CompletionError::Template(source) => field(
                "messages",
                format!("The model's chat template does not take these messages: {source}."),
            ),
            CompletionError::Parameter { name, .. } => field(name, sentence(&e)),
            CompletionError::Rejected(reject) => reject.into(),
            CompletionError::Grammar { of, source } => Self {
                grammar: Some(of),
                ..Self::bad(Error::request(source.to_string()))
            },
            CompletionError::Failed(Failure::Grammar { source, .. }) => Self {
                grammar: Some(GrammarOf::Answer),
                ..Self::bad(Error::request(format!("it is too complex ({source})")))
            },
            CompletionError::Failed(failure) => {
                Self::internal().with_private(format!("an answer failed: {failure}"))
            }
        }
    }
}

impl From<EmbedError> for ApiError {
    fn from(e: EmbedError) -> Self {
        match e {
            EmbedError::Context {
                index,
                tokens,
                context,
            } => {
                let message = format!(
                    "This model's maximum context length is {context} tokens, however you \
                     requested {tokens} tokens in input[{index}]. Please reduce the length of the \
                     input."
                );
                Self::bad(Error::request(message).with_code(Code::ContextLengthExceeded))
            }
            EmbedError::Vocabulary { .. } => {
                Self::bad(Error::field("input", Code::InvalidValue, sentence(&e)))
            }
            EmbedError::Busy { retry_after_s } => Self::overloaded(retry_after_s),
            EmbedError::Cancelled { .. } | EmbedError::Failed => {
                Self::internal().with_private(format!("an embedding failed: {e}"))
            }
        }
    }
}

impl From<Reject> for ApiError {
    fn from(reject: Reject) -> Self {
        match reject {
            Reject::Refused(why) => why.into(),
            Reject::Busy { retry_after_s, .. } => Self::overloaded(retry_after_s),
            Reject::Sampling(ref bad) => {
                let message = sentence(&reject);
                Self::bad(Error::field(bad.name, Code::InvalidValue, message))
            }
            Reject::Vocabulary { .. } => Self::bad(Error::field(
                "prompt",
                Code::InvalidValue,
                sentence(&reject),
            )),
            Reject::Stopped => {
                let message = "The model has stopped and is loaded again when it is next asked.";
                Self::unavailable(message, Some(1)).with_private("an engine has ended".to_owned())
            }
        }
    }
}

impl From<Refusal> for ApiError {
    fn from(why: Refusal) -> Self {
        let (prompt, max_tokens, limit) = match why {
            Refusal::Context {
                prompt,
                max_tokens,
                context,
            } => (prompt, max_tokens, context),
            Refusal::Memory {
                prompt,
                max_tokens,
                capacity,
            } => (prompt, max_tokens, capacity),
            Refusal::Candidates { .. } => {
                return Self::bad(Error::field("n", Code::InvalidValue, sentence(&why)));
            }
            _ => return Self::bad(Error::request(sentence(&why))),
        };
        let message = format!(
            "This model's maximum context length is {limit} tokens. However, you requested {} \
             tokens ({prompt} in the prompt, {max_tokens} in the completion). Please reduce the \
             length of the prompt or completion.",
            prompt.saturating_add(max_tokens)
        );
        Self::bad(Error::request(message).with_code(Code::ContextLengthExceeded))
    }
}

/// An error of ours as a sentence.
fn sentence(e: &dyn std::error::Error) -> String {
    let text = e.to_string();
    let mut chars = text.chars();
    let first = chars.next().into_iter().flat_map(char::to_uppercase);
    first.chain(chars).chain(['.']).collect()
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let json = (header::CONTENT_TYPE, "application/json");
        let mut response = (self.status, [json], self.error.body()).into_response();
        if let Some(seconds) = self.retry_after_s {
            let value = HeaderValue::from(seconds.max(1));
            response.headers_mut().insert(header::RETRY_AFTER, value);
        }
        if let Some(standings) = &self.standings {
            caller::tell(&mut response, standings);
        }
        let no_quota = self.error.kind == Kind::InsufficientQuota;
        if self.status == StatusCode::INTERNAL_SERVER_ERROR || no_quota {
            // The same again would fail again.
            let name = HeaderName::from_static("x-should-retry");
            response
                .headers_mut()
                .insert(name, HeaderValue::from_static("false"));
        }
        response.extensions_mut().insert(Failed {
            error: self.error,
            private: self.private,
        });
        response
    }
}
