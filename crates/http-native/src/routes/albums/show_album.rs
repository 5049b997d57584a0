//! `GET /api/v1/albums/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AlbumId;
use library::Library;
use wire::Album;

use crate::convert;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// An album.
///
/// With how many assets it shows.
#[utoipa::path(
    get,
    path = "/api/v1/albums/{id}",
    operation_id = "show_album",
    tag = "albums",
    params(("id" = AlbumId, Path)),
    responses(
        (status = 200, description = "An album", body = Album),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_album(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AlbumId>,
) -> Answer<Json<Album>> {
    Ok(Json(convert::albums::album(library.album(&caller, id).await?)))
}
