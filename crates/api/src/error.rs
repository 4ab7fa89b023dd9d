//! The error object. Old clients crash on anything else under `error`, so all
//! four keys are always there.

use serde::Serialize;

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Error {
    pub message: String,
    #[serde(rename = "type")]
    pub kind: Kind,
    pub param: Option<String>,
    pub code: Option<Code>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    InsufficientQuota,
    InvalidRequestError,
    /// Too many requests in a minute.
    Requests,
    ServerError,
    /// Too many tokens in a minute.
    Tokens,
}

/// What programs tell errors apart by.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Code {
    ArrayAboveMaxLength,
    ArrayBelowMinLength,
    ContextLengthExceeded,
    DecimalAboveMaxValue,
    DecimalBelowMinValue,
    InsufficientQuota,
    IntegerAboveMaxValue,
    IntegerBelowMinValue,
    InvalidApiKey,
    InvalidType,
    InvalidValue,
    MismatchedOrganization,
    MissingRequiredParameter,
    ModelNotFound,
    PreviousResponseNotFound,
    RateLimitExceeded,
    StringAboveMaxLength,
    UnknownParameter,
    UnsupportedParameter,
    UnsupportedValue,
}

impl Error {
    /// Something about the request as a whole.
    pub fn request(message: impl Into<String>) -> Self {
        Self {
            message: message.into(),
            kind: Kind::InvalidRequestError,
            param: None,
            code: None,
        }
    }

    /// Something about a field.
    pub fn field(param: impl Into<String>, code: Code, message: impl Into<String>) -> Self {
        Self {
            param: Some(param.into()),
            code: Some(code),
            ..Self::request(message)
        }
    }

    /// Our fault.
    pub fn server(message: impl Into<String>) -> Self {
        Self {
            kind: Kind::ServerError,
            ..Self::request(message)
        }
    }

    #[must_use]
    pub fn with_code(self, code: Code) -> Self {
        let code = Some(code);
        Self { code, ..self }
    }

    #[must_use]
    pub fn with_param(self, param: impl Into<String>) -> Self {
        let param = Some(param.into());
        Self { param, ..self }
    }

    /// The body of an answer, or of an event in a stream.
    pub fn body(&self) -> String {
        #[derive(Serialize)]
        struct Body<'a> {
            error: &'a Error,
        }
        serde_json::to_string(&Body { error: self }).expect("strings and names are JSON")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_keys_are_always_there() {
        assert_eq!(
            Error::request("no").body(),
            r#"{"error":{"message":"no","type":"invalid_request_error","param":null,"code":null}}"#
        );
        let named = Error::field("n", Code::IntegerAboveMaxValue, "too many");
        assert!(
            named
                .body()
                .contains(r#""param":"n","code":"integer_above_max_value""#)
        );
        assert!(
            Error::server("oh")
                .body()
                .contains(r#""type":"server_error""#)
        );
    }
}
