//! `GET /api/v1/spaces/{id}/lookup`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use domain::SpaceId;
use library::Library;
use wire::EntryWithPath;

use crate::convert;
use crate::params::{PathParams, PathQuery, QueryParams};
use crate::problem::Answer;
use crate::signed::Signed;

/// The folder or file at a path.
///
/// An empty path is the topmost folder.
#[utoipa::path(
    get,
    path = "/api/v1/spaces/{id}/lookup",
    operation_id = "look_up",
    tag = "spaces",
    params(("id" = SpaceId, Path), PathQuery),
    responses(
        (status = 200, description = "The folder or file at a path", body = EntryWithPath),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn look_up(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<SpaceId>,
    QueryParams(query): QueryParams<PathQuery>,
) -> Answer<Json<EntryWithPath>> {
    let found = library.entry_at(&caller, id, query.path).await?;
    Ok(Json(convert::entries::with_path(found)))
}
