//! `GET /api/v1/albums/{id}/assets`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AlbumId;
use library::Library;
use wire::{Asset, Page, PageQuery};

use crate::paging::page;
use crate::params::{PathParams, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// What an album shows.
///
/// Newest first.
#[utoipa::path(
    get,
    path = "/api/v1/albums/{id}/assets",
    operation_id = "list_album_assets",
    tag = "albums",
    params(("id" = AlbumId, Path), PageQuery),
    responses(
        (status = 200, description = "What an album shows", body = Page<Asset>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_album_assets(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AlbumId>,
    QueryParams(query): QueryParams<PageQuery>,
) -> Answer<Json<Page<Asset>>> {
    let listed = library.album_assets(&caller, id, page(query.after.as_deref(), query.limit)?).await?;
    Ok(Json(paging::to_wire(listed, convert::assets::item)))
}
