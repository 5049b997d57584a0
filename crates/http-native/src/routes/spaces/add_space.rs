//! `POST /api/v1/spaces`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::{NewSpace, Space};

use crate::convert;
use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes a Group Space.
///
/// The caller governs it.
#[utoipa::path(
    post,
    path = "/api/v1/spaces",
    operation_id = "add_space",
    tag = "spaces",
    request_body = NewSpace,
    responses(
        (status = 201, description = "Makes a Group Space", body = Space),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_space(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<NewSpace>,
) -> Answer<(StatusCode, Json<Space>)> {
    let space = library.add_space(&caller, body.name).await?;
    Ok((StatusCode::CREATED, Json(convert::spaces::space(space))))
}
