//! `POST /api/v1/assets/{id}/lead`

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

/// Has a part lead its item.
///
/// Lists then show it instead. For what leads already, or stands alone, nothing changes.
#[utoipa::path(
    post,
    path = "/api/v1/assets/{id}/lead",
    operation_id = "lead_item",
    tag = "assets",
    params(("id" = AssetId, Path)),
    responses(
        (status = 200, description = "What leads now, with its parts", body = Asset),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "It is in the trash", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn lead_item(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AssetId>,
) -> Answer<Json<Asset>> {
    Ok(Json(convert::assets::item(library.lead_item(&caller, id).await?)))
}
