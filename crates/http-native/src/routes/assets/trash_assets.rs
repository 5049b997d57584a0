//! `POST /api/v1/assets/trash`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::{TrashAssets, TrashedAssets};

use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Puts pictures and videos into the trash, wherever they are filed.
///
/// All of them or none. They can be brought back, file by file.
#[utoipa::path(
    post,
    path = "/api/v1/assets/trash",
    operation_id = "trash_assets",
    tag = "assets",
    request_body = TrashAssets,
    responses(
        (status = 200, description = "The files that went", body = TrashedAssets),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn trash_assets(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<TrashAssets>,
) -> Answer<Json<TrashedAssets>> {
    Ok(Json(TrashedAssets { entry_ids: library.trash_assets(&caller, body.asset_ids).await? }))
}
