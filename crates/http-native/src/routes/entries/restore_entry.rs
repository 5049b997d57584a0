//! `POST /api/v1/trash/{id}/restore`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::EntryId;
use library::Library;
use wire::EntryWithPath;

use crate::convert;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Brings a deleted item back.
///
/// To its folder when that lives, else to the same path, made again.
#[utoipa::path(
    post,
    path = "/api/v1/trash/{id}/restore",
    operation_id = "restore_entry",
    tag = "entries",
    params(("id" = EntryId, Path)),
    responses(
        (status = 200, description = "Brings a deleted item back", body = EntryWithPath),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn restore_entry(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<EntryId>,
) -> Answer<Json<EntryWithPath>> {
    Ok(Json(convert::entries::with_path(library.restore(&caller, id).await?)))
}
