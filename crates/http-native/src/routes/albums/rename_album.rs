//! `PATCH /api/v1/albums/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AlbumId;
use library::Library;
use wire::{Album, AlbumPatch};

use crate::convert;
use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Renames an album.
///
/// No other album of the Space may have the name.
#[utoipa::path(
    patch,
    path = "/api/v1/albums/{id}",
    operation_id = "rename_album",
    tag = "albums",
    params(("id" = AlbumId, Path)),
    request_body = AlbumPatch,
    responses(
        (status = 200, description = "Renames an album", body = Album),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn rename_album(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AlbumId>,
    JsonBody(body): JsonBody<AlbumPatch>,
) -> Answer<Json<Album>> {
    Ok(Json(convert::albums::album(library.rename_album(&caller, id, body.name).await?)))
}
