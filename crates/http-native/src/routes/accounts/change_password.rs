//! `PUT /api/v1/me/password`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use library::Library;
use wire::NewPassword;

use crate::address::Address;
use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Changes the caller's password.
///
/// Every other token of the person is revoked.
#[utoipa::path(
    put,
    path = "/api/v1/me/password",
    operation_id = "change_password",
    tag = "accounts",
    request_body = NewPassword,
    responses(
        (status = 204, description = "Done"),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong guesses; see Retry-After", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn change_password(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    address: Address,
    JsonBody(body): JsonBody<NewPassword>,
) -> Answer<StatusCode> {
    library.change_password(&caller, &body.current, &body.new, &address.0).await?;
    Ok(StatusCode::NO_CONTENT)
}
