//! `POST /api/v1/logout`

use std::sync::Arc;

use axum::extract::State;
use http::StatusCode;
use library::Library;

use crate::problem::Answer;
use crate::signed::Signed;

/// Ends the token of this call.
///
/// It stops working at once.
#[utoipa::path(
    post,
    path = "/api/v1/logout",
    operation_id = "logout",
    tag = "accounts",
    responses(
        (status = 204, description = "Done"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn logout(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
) -> Answer<StatusCode> {
    library.log_out(&caller).await?;
    Ok(StatusCode::NO_CONTENT)
}
