//! `GET /api/v1/albums`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Album, AssetQuery, Page};

use crate::paging::page;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// Albums.
///
/// By name, of one Space or of all.
#[utoipa::path(
    get,
    path = "/api/v1/albums",
    operation_id = "list_albums",
    tag = "albums",
    params(AssetQuery),
    responses(
        (status = 200, description = "Albums", body = Page<Album>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_albums(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<AssetQuery>,
) -> Answer<Json<Page<Album>>> {
    let wanted = page(query.after.as_deref(), query.limit)?;
    let listed = library.albums(&caller, query.space, wanted).await?;
    Ok(Json(paging::to_wire(listed, convert::albums::album)))
}
