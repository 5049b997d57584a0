//! `POST /api/v1/login`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::accounts::{Introduction, LoggedIn};
use library::{Device, Library, User};
use wire::{LoginAnswer, LoginRequest, Me};

use crate::address::Address;
use crate::convert;
use crate::json::JsonBody;
use crate::problem::Answer;

/// Name and password for a token.
///
/// With a device the token lasts until it is revoked.
#[utoipa::path(
    post,
    path = "/api/v1/login",
    operation_id = "login",
    tag = "accounts",
    request_body = LoginRequest,
    responses(
        (status = 200, description = "Name and password for a token", body = LoginAnswer),
        (status = 400, description = "The request does not make sense", body = wire::Problem, content_type = "application/problem+json"),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
        (status = 429, description = "Too many wrong guesses; see Retry-After", body = wire::Problem, content_type = "application/problem+json"),
    ),
    security(()),
)]
pub(super) async fn login(
    State(library): State<Arc<Library>>,
    address: Address,
    JsonBody(body): JsonBody<LoginRequest>,
) -> Answer<Json<LoginAnswer>> {
    let device = body.device.map(|device| Introduction {
        installation: device.installation,
        name: device.name,
        platform: device.platform,
    });
    let logged_in = library.log_in(body.name, &body.password, device, &address.0).await?;
    Ok(Json(answer(&library, logged_in)))
}

/// What set-up and login answer.
pub(super) fn answer(library: &Library, logged_in: LoggedIn) -> LoginAnswer {
    LoginAnswer { token: logged_in.secret, me: me(library, logged_in.user, logged_in.device) }
}

/// Who somebody is from now on.
pub(super) fn me(library: &Library, user: User, device: Option<Device>) -> Me {
    Me {
        hub_id: library.hub_id(),
        hub_version: env!("CARGO_PKG_VERSION").to_owned(),
        user: convert::accounts::user(user),
        device: device.map(convert::devices::device),
    }
}
