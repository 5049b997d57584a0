//! `POST /api/v1/setup`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::{LoginAnswer, SetupRequest};

use super::login::answer;
use crate::address::Address;
use crate::json::JsonBody;
use crate::problem::Answer;

/// Claims a fresh hub with its one-time code.
///
/// Makes the owner and logs the owner in.
#[utoipa::path(
    post,
    path = "/api/v1/setup",
    operation_id = "set_up",
    tag = "accounts",
    request_body = SetupRequest,
    responses(
        (status = 201, description = "Claims a fresh hub with its one-time code", body = LoginAnswer),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong guesses; see Retry-After", body = wire::Problem, content_type = "application/problem+json"),
    ),
    security(()),
)]
pub(super) async fn set_up(
    State(library): State<Arc<Library>>,
    address: Address,
    JsonBody(body): JsonBody<SetupRequest>,
) -> Answer<(StatusCode, Json<LoginAnswer>)> {
    let logged_in = library.set_up(&body.code, body.name, &body.password, &address.0).await?;
    Ok((StatusCode::CREATED, Json(answer(&library, logged_in))))
}
