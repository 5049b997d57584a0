//! `POST /api/v1/assets/{id}/split`

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

/// Keeps apart what is one item.
///
/// A part leaves its item; asked of what leads, the whole item falls apart. No guess joins them again.
#[utoipa::path(
    post,
    path = "/api/v1/assets/{id}/split",
    operation_id = "split_item",
    tag = "assets",
    params(("id" = AssetId, Path)),
    responses(
        (status = 200, description = "The picture or video, alone now", body = Asset),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "It stands alone already, or is in the trash", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn split_item(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AssetId>,
) -> Answer<Json<Asset>> {
    Ok(Json(convert::assets::item(library.split_item(&caller, id).await?)))
}
