//! `PATCH /api/v1/spaces/{id}`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::SpaceId;
use library::Library;
use wire::{Space, SpacePatch};

use crate::convert;
use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Renames a Space.
///
/// For who governs it.
#[utoipa::path(
    patch,
    path = "/api/v1/spaces/{id}",
    operation_id = "rename_space",
    tag = "spaces",
    params(("id" = SpaceId, Path)),
    request_body = SpacePatch,
    responses(
        (status = 200, description = "Renames a Space", body = Space),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn rename_space(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<SpaceId>,
    JsonBody(body): JsonBody<SpacePatch>,
) -> Answer<Json<Space>> {
    let space = library.rename_space(&caller, id, body.name).await?;
    Ok(Json(convert::spaces::space(space)))
}
