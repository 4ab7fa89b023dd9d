//! `GET /api/settings`: what is in force, and where it was said.

use axum::extract::State;
use axum::response::Response;
use serde_json::json;

use crate::app::App;
use crate::routes::json;

pub(crate) async fn retrieve(State(app): State<App>) -> Response {
    let about = app.about();
    json(&json!({
        "object": "settings",
        "version": about.version,
        "platform": about.platform,
        "data": about.data,
        "file": about.file,
        "started_at": app.started(),
        "settings": about.settings,
    }))
}
