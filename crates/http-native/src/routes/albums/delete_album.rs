//! `DELETE /api/v1/albums/{id}`

use std::sync::Arc;

use axum::extract::State;
use domain::AlbumId;
use http::StatusCode;
use library::Library;

use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Deletes an album.
///
/// Its pictures stay where they are.
#[utoipa::path(
    delete,
    path = "/api/v1/albums/{id}",
    operation_id = "delete_album",
    tag = "albums",
    params(("id" = AlbumId, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn delete_album(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AlbumId>,
) -> Answer<StatusCode> {
    library.delete_album(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
