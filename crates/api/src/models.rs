//! `GET /v1/models`, and the engines of old clients.

use serde::Serialize;

#[derive(Clone, Debug, Serialize)]
pub struct Model {
    pub id: String,
    pub object: &'static str,
    pub created: u64,
    pub owned_by: String,
    pub root: String,
    pub parent: Option<String>,
    pub permission: [Permission; 1],
}

/// What the models of 2023 said about themselves; old clients print it.
#[derive(Clone, Debug, Serialize)]
pub struct Permission {
    pub id: String,
    pub object: &'static str,
    pub created: u64,
    pub allow_create_engine: bool,
    pub allow_sampling: bool,
    pub allow_logprobs: bool,
    pub allow_search_indices: bool,
    pub allow_view: bool,
    pub allow_fine_tuning: bool,
    pub organization: &'static str,
    pub group: Option<String>,
    pub is_blocking: bool,
}

impl Model {
    /// `root` is the model that answers under this name.
    pub fn new(id: &str, root: &str, created: u64) -> Self {
        Self {
            id: id.to_owned(),
            object: "model",
            created,
            owned_by: "lyceum".to_owned(),
            root: root.to_owned(),
            parent: None,
            permission: [Permission {
                id: format!("modelperm-{id}"),
                object: "model_permission",
                created,
                allow_create_engine: false,
                allow_sampling: true,
                allow_logprobs: true,
                allow_search_indices: false,
                allow_view: true,
                allow_fine_tuning: false,
                organization: "*",
                group: None,
                is_blocking: false,
            }],
        }
    }
}

/// A model as clients before 2023 knew it.
#[derive(Clone, Debug, Serialize)]
pub struct Engine {
    pub id: String,
    pub object: &'static str,
    pub owner: &'static str,
    pub ready: bool,
    pub created: Option<u64>,
    pub permissions: Option<String>,
}

impl Engine {
    pub fn new(id: &str) -> Self {
        Self {
            id: id.to_owned(),
            object: "engine",
            owner: "lyceum",
            ready: true,
            created: None,
            permissions: None,
        }
    }
}

/// A list that is not paged.
#[derive(Clone, Debug, Serialize)]
pub struct List<T> {
    pub object: &'static str,
    pub data: Vec<T>,
}

impl<T> List<T> {
    pub fn new(data: Vec<T>) -> Self {
        let object = "list";
        Self { object, data }
    }
}
