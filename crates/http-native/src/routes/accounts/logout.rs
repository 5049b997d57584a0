//! `POST /api/v1/logout`

use std::sync::Arc;

use axum::extract::State;
use axum::response::AppendHeaders;
use http::header::SET_COOKIE;
use http::{HeaderName, HeaderValue, StatusCode};
use http_kit::session::end_cookies;
use library::Library;

use crate::problem::Answer;
use crate::signed::Signed;

/// Ends the token of this call.
///
/// It stops working at once. A browser is told to forget its session's cookie.
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
) -> Answer<(StatusCode, AppendHeaders<[(HeaderName, HeaderValue); 2]>)> {
    library.log_out(&caller).await?;
    Ok((StatusCode::NO_CONTENT, AppendHeaders(end_cookies().map(|cookie| (SET_COOKIE, cookie)))))
}
