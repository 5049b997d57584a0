//! `DELETE /api/v1/tokens/{id}`

use std::sync::Arc;

use axum::extract::State;
use domain::TokenId;
use http::StatusCode;
use library::Library;

use crate::params::PathParams;
use crate::problem::Answer;
use crate::signed::Signed;

/// Revokes one of the caller's tokens.
///
/// It stops working at once, also in mid-upload.
#[utoipa::path(
    delete,
    path = "/api/v1/tokens/{id}",
    operation_id = "revoke_token",
    tag = "accounts",
    params(("id" = TokenId, Path)),
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 404, description = "Not there, or not the caller's to see", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn revoke_token(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    PathParams(id): PathParams<TokenId>,
) -> Answer<StatusCode> {
    library.revoke_token(&caller, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
