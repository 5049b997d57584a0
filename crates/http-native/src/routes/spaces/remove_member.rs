//! `DELETE /api/v1/spaces/{id}/members/{user_id}`

use std::sync::Arc;

use axum::extract::State;
use domain::{SpaceId, UserId};
use http::StatusCode;
use library::Library;

use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Ends a membership.
///
/// Everybody may leave by themselves.
#[utoipa::path(
    delete,
    path = "/api/v1/spaces/{id}/members/{user_id}",
    operation_id = "remove_member",
    tag = "spaces",
    params(("id" = SpaceId, Path), ("user_id" = UserId, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn remove_member(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams((id, user_id)): PathParams<(SpaceId, UserId)>,
) -> Answer<StatusCode> {
    library.remove_member(&caller, id, user_id).await?;
    Ok(StatusCode::NO_CONTENT)
}
