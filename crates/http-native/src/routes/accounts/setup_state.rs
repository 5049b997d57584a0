//! `GET /api/v1/setup`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::SetupState;

use crate::problem::Answer;

/// Whether this hub waits to be claimed.
///
/// The only thing that a stranger is told.
#[utoipa::path(
    get,
    path = "/api/v1/setup",
    operation_id = "setup_state",
    tag = "accounts",
    responses(
        (status = 200, description = "Whether this hub waits to be claimed", body = SetupState),
    ),
    security(()),
)]
pub(super) async fn setup_state(State(library): State<Arc<Library>>) -> Answer<Json<SetupState>> {
    Ok(Json(SetupState {
        needed: library.setup_needed().await?,
        version: env!("CARGO_PKG_VERSION").to_owned(),
    }))
}
