//! `GET /api/v1/assets`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{Asset, AssetQuery, Page};

use crate::paging::page;
use crate::params::QueryParams;
use crate::problem::Answer;
use crate::signed::Signed;
use crate::{convert, paging};

/// Pictures and videos by time.
///
/// Newest first, of one Space or of all. Every one, parts of items too, which say whose they are.
#[utoipa::path(
    get,
    path = "/api/v1/assets",
    operation_id = "list_assets",
    tag = "assets",
    params(AssetQuery),
    responses(
        (status = 200, description = "Pictures and videos by time", body = Page<Asset>),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn list_assets(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    QueryParams(query): QueryParams<AssetQuery>,
) -> Answer<Json<Page<Asset>>> {
    let wanted = page(query.after.as_deref(), query.limit)?;
    let listed = library.assets(&caller, query.space, wanted).await?;
    Ok(Json(paging::to_wire(listed, convert::assets::item)))
}
