//! `POST /api/v1/sessions`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::response::AppendHeaders;
use http::header::SET_COOKIE;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode};
use http_kit::Refusal;
use http_kit::session::{begin_cookie, comes_from_own_page};
use library::Library;
use wire::{Me, NewSession};

use super::login::me;
use crate::address::Address;
use crate::json::JsonBody;
use crate::problem::Answer;

/// What a call from a page of somebody else is told: it must not log anybody in.
const NOT_OWN: &str = "only this hub's own pages may begin a session; programs log in for a token";

/// Begins a session in a browser.
///
/// Its secret goes into a cookie that no script can read. The cookie counts only in calls of the hub's own
/// pages. With a set-up code it claims a fresh hub first.
#[utoipa::path(
    post,
    path = "/api/v1/sessions",
    operation_id = "begin_session",
    tag = "accounts",
    request_body = NewSession,
    responses(
        (status = 201, description = "The session has begun; its cookie is in the answer", body = Me),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "The name or the password is wrong", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not a page of this hub, or the wrong set-up code", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong guesses; see Retry-After", body = wire::Problem, content_type = "application/problem+json"),
    ),
    security(()),
)]
pub(super) async fn begin_session(
    State(library): State<Arc<Library>>,
    address: Address,
    method: Method,
    headers: HeaderMap,
    JsonBody(body): JsonBody<NewSession>,
) -> Answer<(StatusCode, AppendHeaders<Option<(HeaderName, HeaderValue)>>, Json<Me>)> {
    if !comes_from_own_page(&method, &headers) {
        return Err(Refusal::new(StatusCode::FORBIDDEN, "forbidden", NOT_OWN).into());
    }
    let NewSession { code, name, password, label } = body;
    let new = library::accounts::NewSession { code, name, password, label };
    let begun = library.begin_session(new, &address.0).await?;
    let cookie = begin_cookie(&headers, &begun.secret, library.session_lasts());
    let cookie = AppendHeaders(cookie.map(|cookie| (SET_COOKIE, cookie)));
    Ok((StatusCode::CREATED, cookie, Json(me(&library, begun.user, begun.device))))
}
