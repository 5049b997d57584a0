//! `GET /api/v1/assets/{id}/entries`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AssetId;
use library::Library;
use wire::{EntryWithPath, Page};

use crate::convert;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Where a picture or video is filed.
///
/// Its files, oldest first, all at once; none while it is in the trash.
#[utoipa::path(
    get,
    path = "/api/v1/assets/{id}/entries",
    operation_id = "list_asset_entries",
    tag = "assets",
    params(("id" = AssetId, Path)),
    responses(
        (status = 200, description = "Where it is filed", body = Page<EntryWithPath>),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_asset_entries(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AssetId>,
) -> Answer<Json<Page<EntryWithPath>>> {
    let found = library.asset_entries(&caller, id).await?;
    let items = found.into_iter().map(convert::entries::with_path).collect();
    Ok(Json(Page { items, next: None }))
}
