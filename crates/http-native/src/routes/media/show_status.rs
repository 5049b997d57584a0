//! `GET /api/v1/media/status`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::MediaStatus;

use crate::convert;
use crate::problem::Answer;
use crate::signed::Signed;

/// How far looking into pictures and videos is.
///
/// Everybody's, counted; for the hub's owner and managers.
#[utoipa::path(
    get,
    path = "/api/v1/media/status",
    operation_id = "show_media_status",
    tag = "media",
    responses(
        (status = 200, description = "How far it is", body = MediaStatus),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_status(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
) -> Answer<Json<MediaStatus>> {
    Ok(Json(convert::media::status(library.media_progress_for(&caller).await?)))
}
