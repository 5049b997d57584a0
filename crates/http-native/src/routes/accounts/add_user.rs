//! `POST /api/v1/users`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use http::StatusCode;
use library::Library;
use library::accounts::NewAccount;
use wire::{NewUser, User};

use crate::convert;
use crate::json::JsonBody;
use crate::problem::Answer;
use crate::signed::Signed;

/// Makes an account.
///
/// With a My Space and a place in the Public Space.
#[utoipa::path(
    post,
    path = "/api/v1/users",
    operation_id = "add_user",
    tag = "accounts",
    request_body = NewUser,
    responses(
        (status = 201, description = "Makes an account", body = User),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 403, description = "Not allowed", body = wire::Problem, content_type = "application/problem+json"),
        (status = 409, description = "Not possible as things stand", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn add_user(
    State(library): State<Arc<Library>>,
    Signed(caller): Signed,
    JsonBody(body): JsonBody<NewUser>,
) -> Answer<(StatusCode, Json<User>)> {
    let new = NewAccount { name: body.name, role: body.role, password: body.password };
    let user = library.add_account(&caller, new).await?;
    Ok((StatusCode::CREATED, Json(convert::accounts::user(user))))
}
