//! `GET /api/v1/me`

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use library::Library;
use wire::Me;

use crate::convert;
use crate::problem::Answer;
use crate::signed::Signed;

/// Who is calling.
///
/// The hub, the person and the device.
#[utoipa::path(
    get,
    path = "/api/v1/me",
    operation_id = "me",
    tag = "accounts",
    responses(
        (status = 200, description = "Who is calling", body = Me),
        (status = 401, description = "No token, or one that no longer works", body = wire::Problem, content_type = "application/problem+json"),
    ),
)]
pub(super) async fn me(State(library): State<Arc<Library>>, Signed(caller): Signed) -> Answer<Json<Me>> {
    let user = library.account_of(&caller).await?;
    let device = library.calling_device(&caller).await?;
    Ok(Json(Me {
        hub_id: library.hub_id(),
        hub_version: env!("CARGO_PKG_VERSION").to_owned(),
        user: convert::accounts::user(user),
        device: device.map(convert::devices::device),
    }))
}
