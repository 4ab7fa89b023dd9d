//! What can be wrong with a tokenizer or a chat template.

/// A tokenizer that cannot be used, and the field that says so.
#[derive(Debug, thiserror::Error)]
pub enum TokenizerError {
    #[error("tokenizer is not valid JSON")]
    Json(#[source] serde_json::Error),
    #[error("tokenizer field {field}: wanted {wanted}, got {got}")]
    Field {
        field: String,
        wanted: String,
        got: String,
    },
    #[error("tokenizer field {field}: {got} is not supported; supported are {supported}")]
    Unsupported {
        field: String,
        got: String,
        supported: String,
    },
    #[error("tokenizer field {field}: pattern {pattern:?} cannot be compiled")]
    Pattern {
        field: String,
        pattern: String,
        #[source]
        source: Box<fancy_regex::Error>,
    },
}

impl TokenizerError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Json(_) => "the file is damaged or not a tokenizer.json; fetch it again".into(),
            Self::Field { .. } => "the tokenizer is damaged; fetch the model again".into(),
            Self::Unsupported { supported, .. } => {
                format!("use a model whose tokenizer is one of: {supported}")
            }
            Self::Pattern { .. } => "write the pattern without the unsupported syntax".into(),
        })
    }

    pub(crate) fn field(
        field: impl Into<String>,
        wanted: impl Into<String>,
        got: impl Into<String>,
    ) -> Self {
        Self::Field {
            field: field.into(),
            wanted: wanted.into(),
            got: got.into(),
        }
    }

    pub(crate) fn unsupported(
        field: impl Into<String>,
        got: impl Into<String>,
        supported: impl Into<String>,
    ) -> Self {
        Self::Unsupported {
            field: field.into(),
            got: got.into(),
            supported: supported.into(),
        }
    }
}

/// A chat template that does not parse or does not render.
#[derive(Debug, thiserror::Error)]
pub enum TemplateError {
    #[error("chat template does not parse: line {line}: {detail}")]
    Parse { line: usize, detail: String },
    #[error("chat template failed: line {line}: {detail}")]
    Render { line: usize, detail: String },
    /// The template itself refused, through `raise_exception`.
    #[error("chat template refused the messages: line {line}: {detail}")]
    Refused { line: usize, detail: String },
}

impl TemplateError {
    /// What to do about it.
    pub fn hint(&self) -> Option<String> {
        Some(match self {
            Self::Parse { .. } => "the model's template is damaged or uses unknown syntax".into(),
            Self::Render { .. } => "check the messages' roles and contents".into(),
            Self::Refused { .. } => {
                "change the messages as the template asks, often: roles must alternate".into()
            }
        })
    }
}
