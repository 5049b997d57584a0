//! `GET /api/v1/albums/{id}/timeline`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AlbumId;
use library::Library;
use wire::{PageQuery, TimelinePage};

use crate::convert;
use crate::paging::page;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;

/// What an album shows, as a timeline does.
///
/// Newest first, as columns.
#[utoipa::path(
    get,
    path = "/api/v1/albums/{id}/timeline",
    operation_id = "list_album_moments",
    tag = "albums",
    params(("id" = AlbumId, Path), PageQuery),
    responses(
        (status = 200, description = "What an album shows", body = TimelinePage),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_album_moments(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AlbumId>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<TimelinePage>> {
    let listed = library.album_moments(&caller, id, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(convert::timeline::page(listed)))
}
