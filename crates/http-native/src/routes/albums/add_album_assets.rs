//! `POST /api/v1/albums/{id}/assets`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AlbumId;
use library::Library;
use wire::{AlbumAssets, ChangedCount};

use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Adds assets to an album.
///
/// Those of other Spaces are left out.
#[utoipa::path(
    post,
    path = "/api/v1/albums/{id}/assets",
    operation_id = "add_album_assets",
    tag = "albums",
    params(("id" = AlbumId, Path)),
    request_body = AlbumAssets,
    responses(
        (status = 200, description = "Adds assets to an album", body = ChangedCount),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_album_assets(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AlbumId>,
    JsonBody(body): JsonBody<AlbumAssets>,
) -> Answer<Json<ChangedCount>> {
    Ok(Json(ChangedCount { changed: library.add_to_album(&caller, id, body.asset_ids).await? }))
}
