//! `POST /api/v1/sessions/end-others`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::ChangedCount;

use crate::problem::Answer;
use crate::signed::Signed;

/// Ends the caller's sessions in all other browsers.
///
/// They stop working at once. Devices and programs keep their tokens.
#[utoipa::path(
    post,
    path = "/api/v1/sessions/end-others",
    operation_id = "end_other_sessions",
    tag = "accounts",
    responses(
        (status = 200, description = "How many sessions ended", body = ChangedCount),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn end_other_sessions(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
) -> Answer<Json<ChangedCount>> {
    Ok(Json(ChangedCount { changed: library.end_other_sessions(&caller).await? }))
}
