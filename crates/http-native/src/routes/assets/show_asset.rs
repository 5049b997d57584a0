//! `GET /api/v1/assets/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AssetId;
use library::Library;
use wire::Asset;

use crate::convert;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// A picture or video.
///
/// Live or in the trash.
#[utoipa::path(
    get,
    path = "/api/v1/assets/{id}",
    operation_id = "show_asset",
    tag = "assets",
    params(("id" = AssetId, Path)),
    responses(
        (status = 200, description = "A picture or video", body = Asset),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_asset(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AssetId>,
) -> Answer<Json<Asset>> {
    Ok(Json(convert::assets::item(library.asset(&caller, id).await?)))
}
