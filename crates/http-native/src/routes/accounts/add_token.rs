//! `POST /api/v1/tokens`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::{FreshToken, NewToken};

use crate::convert;
use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes a token for a script or another program.
///
/// The secret is shown this once.
#[utoipa::path(
    post,
    path = "/api/v1/tokens",
    operation_id = "add_token",
    tag = "accounts",
    request_body = NewToken,
    responses(
        (status = 201, description = "Makes a token for a script or another program", body = FreshToken),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_token(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<NewToken>,
) -> Answer<(StatusCode, Json<FreshToken>)> {
    let fresh = library.add_token(&caller, body.name).await?;
    let token = convert::accounts::token(fresh.token, caller.token_id);
    Ok((StatusCode::CREATED, Json(FreshToken { secret: fresh.secret, token })))
}
