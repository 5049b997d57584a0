//! `GET /api/v1/assets/{id}/facts`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AssetId;
use library::Library;
use wire::AssetFacts;

use crate::convert;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// What is known of a picture or video.
///
/// What looking into it found, with links to what it can be shown with. Live or in the trash.
#[utoipa::path(
    get,
    path = "/api/v1/assets/{id}/facts",
    operation_id = "show_facts",
    tag = "assets",
    params(("id" = AssetId, Path)),
    responses(
        (status = 200, description = "What is known of a picture or video", body = AssetFacts),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn show_facts(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AssetId>,
) -> Answer<Json<AssetFacts>> {
    Ok(Json(convert::facts::facts(library.asset_facts(&caller, id).await?)))
}
