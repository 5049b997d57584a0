//! `POST /api/v1/assets/{id}/join`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::AssetId;
use library::Library;
use wire::{Asset, JoinItem};

use crate::convert;
use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes one item of several.
///
/// The one in the address leads. All must be of one Space; each brings along what belongs to it.
#[utoipa::path(
    post,
    path = "/api/v1/assets/{id}/join",
    operation_id = "join_item",
    tag = "assets",
    params(("id" = AssetId, Path)),
    request_body = JoinItem,
    responses(
        (status = 200, description = "What leads, with its parts", body = Asset),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "One of them is in the trash, or they are too many", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn join_item(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<AssetId>,
    JsonBody(body): JsonBody<JoinItem>,
) -> Answer<Json<Asset>> {
    Ok(Json(convert::assets::item(library.join_item(&caller, id, body.asset_ids).await?)))
}
