//! `PUT /api/v1/spaces/{id}/members/{user_id}`

use std::sync::Arc;

use axum::extract::State;
use domain::{SpaceId, UserId};
use http::StatusCode;
use library::Library;
use wire::MemberRole;

use crate::json::JsonBody;
use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes somebody a member.
///
/// Or changes what a member may do.
#[utoipa::path(
    put,
    path = "/api/v1/spaces/{id}/members/{user_id}",
    operation_id = "set_member",
    tag = "spaces",
    params(("id" = SpaceId, Path), ("user_id" = UserId, Path)),
    request_body = MemberRole,
    responses(
        (status = 204, description = "Done"),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn set_member(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams((id, user_id)): PathParams<(SpaceId, UserId)>,
    JsonBody(body): JsonBody<MemberRole>,
) -> Answer<StatusCode> {
    library.set_member(&caller, id, user_id, body.role).await?;
    Ok(StatusCode::NO_CONTENT)
}
